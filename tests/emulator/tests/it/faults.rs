//! Misbehaviour on demand.

use std::time::Duration;

use dataworks_emulator::{Emulator, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{Client, OLD, parse};

async fn start() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    (emulator, client)
}

#[tokio::test]
async fn throttling_names_its_delay() {
    let emulator = Emulator::builder()
        .inject("ListProjects", Fault::throttle(200))
        .throttle("ListProjects", 1)
        .start()
        .await
        .unwrap();
    let client = Client::new(&emulator);
    // A request that is not signed well uses up no fault.
    let stranger = Client { secret: "x".into(), ..client.clone() };
    stranger.refused(OLD, "ListProjects", &[], 400, "SignatureDoesNotMatch").await;
    let answer = client.refused(OLD, "ListProjects", &[], 429, "Throttling.User").await;
    assert_eq!(answer.header("x-acs-retry-after"), Some("200"));
    let answer = client.refused(OLD, "ListProjects", &[], 429, "Throttling.User").await;
    assert_eq!(answer.header("x-acs-retry-after"), None);
    client.ok(OLD, "ListProjects", &[]).await;
    assert_eq!(emulator.count("ListProjects"), 4);
    let seen: Vec<_> = emulator.requests().iter().map(|request| (request.status, request.code.clone())).collect();
    assert_eq!(seen[1], (Some(429), Some("Throttling.User".to_owned())));
    assert_eq!(seen[3], (Some(200), None));
}

#[tokio::test]
async fn answers_of_every_kind_can_be_put_in_place() {
    let (emulator, client) = start().await;
    emulator.inject("*", Fault::status(503, "ServiceUnavailable", "later"));
    client.refused(OLD, "ListProjects", &[], 503, "ServiceUnavailable").await;
    emulator.inject("ListProjects", Fault::unsuccessful("Invalid.Tenant", "bad"));
    let answer = client.refused(OLD, "ListProjects", &[], 200, "Invalid.Tenant").await;
    assert_eq!((answer.at("/Success"), answer.at("/ErrorMessage")), (&false.into(), &"bad".into()));
    for (kind, body) in
        [("text/html", "<html>bad gateway</html>"), ("text/xml", "<Error><Code>X</Code></Error>"), ("", "")]
    {
        emulator.inject("ListProjects", Fault::raw(502, kind, body));
        let answer = client.call(OLD, "ListProjects", &[]).await;
        assert_eq!(
            (answer.status, answer.text.as_str(), answer.header("content-type")),
            (502, body, Some(kind).filter(|kind| !kind.is_empty()))
        );
    }
    emulator.throttle("ListProjects", 3);
    emulator.clear_faults();
    client.ok(OLD, "ListProjects", &[]).await;
    emulator.inject("ListProjects", Fault::Delay(Duration::from_millis(1)));
    client.ok(OLD, "ListProjects", &[]).await;
    emulator.clear_requests();
    assert_eq!((emulator.count("ListProjects"), emulator.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_connection_can_break_before_and_after_the_deed() {
    let (emulator, client) = start().await;
    let create = |name: &'static str| {
        client.sign(client.request(OLD, "CreateProject", &[("ProjectIdentifier", name), ("ProjectName", name)]))
    };
    let count = async || client.ok(OLD, "ListProjects", &[]).await.at("/PageResult/TotalCount").as_i64().unwrap();

    emulator.inject("CreateProject", Fault::CloseOnArrival);
    let wire = create("arrived");
    assert_eq!(client.exchange(&wire.bytes(false)).await, b"");
    assert_eq!(count().await, 3, "nothing was done");
    assert_eq!(client.send(&wire).await.status, 200, "and its nonce was not used");

    emulator.inject("CreateProject", Fault::CloseBeforeAnswer);
    let wire = create("answered");
    assert_eq!(client.exchange(&wire.bytes(false)).await, b"");
    assert_eq!(count().await, 5, "it was done");
    assert_eq!(client.send(&wire).await.code(), "SignatureNonceUsed");

    emulator.inject("CreateProject", Fault::Truncate);
    let bytes = client.exchange(&create("truncated").bytes(false)).await;
    let answer = parse(&bytes).unwrap();
    let promised: usize = answer.header("content-length").unwrap().parse().unwrap();
    assert!(!answer.text.is_empty() && answer.text.len() < promised, "{} of {promised}", answer.text.len());
    assert_eq!(count().await, 6, "it was done");
    let statuses: Vec<_> =
        emulator.requests().iter().filter(|it| it.action == "CreateProject").map(|it| it.status).collect();
    assert_eq!(statuses, [None, Some(200), None, Some(400), Some(200)]);
}

#[tokio::test]
async fn answers_come_in_halves_or_by_half() {
    let (emulator, client) = start().await;
    let list = |emulator: &Emulator, fault| {
        emulator.inject("ListProjects", fault);
        client.sign(client.request(OLD, "ListProjects", &[]))
    };
    let whole = client.send(&client.sign(client.request(OLD, "ListProjects", &[]))).await;
    let slow = client.send(&list(&emulator, Fault::Slow(Duration::from_millis(5)))).await;
    assert_eq!((slow.status, slow.text.len()), (200, whole.text.len()));
    let half = client.send(&list(&emulator, Fault::HalfJson)).await;
    let promised: usize = half.header("content-length").unwrap().parse().unwrap();
    assert_eq!((half.status, half.text.len(), promised), (200, whole.text.len() / 2, whole.text.len() / 2));
}

#[tokio::test]
async fn calls_are_spoiled_by_chance_and_injected_faults_go_first() {
    let emulator = Emulator::builder().fault_rate(1.0, 7).start().await.unwrap();
    let client = Client::new(&emulator);
    emulator.inject("ListProjects", Fault::status(418, "Teapot", "short and stout"));
    for _ in 0..20 {
        client.exchange(&client.sign(client.request(OLD, "ListProjects", &[])).bytes(false)).await;
    }
    let requests = emulator.requests();
    let codes: Vec<_> = requests.iter().filter_map(|request| request.code.as_deref()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "Teapot").count(), 1, "{codes:?}");
    assert!(codes.contains(&"Throttling.User") && codes.contains(&"ServiceUnavailable"), "{codes:?}");
    assert!(requests.iter().any(|request| request.status.is_none()), "no connection was closed");
}

#[tokio::test]
async fn an_idle_connection_goes_stale() {
    let (emulator, client) = start().await;
    let mut stream = TcpStream::connect(&client.addr).await.unwrap();
    for fault in [None, Some(Fault::CloseIdle)] {
        let last = fault.is_some();
        if let Some(fault) = fault {
            emulator.inject("ListProjects", fault);
        }
        let wire = client.sign(client.request(OLD, "ListProjects", &[]));
        stream.write_all(&wire.bytes(true)).await.unwrap();
        let mut bytes = Vec::new();
        let answer = loop {
            let mut part = [0; 4096];
            let length = stream.read(&mut part).await.unwrap();
            assert_ne!(length, 0, "the answer comes whole");
            bytes.extend_from_slice(&part[..length]);
            if let Some(answer) = parse(&bytes).filter(|answer| answer.body.is_object()) {
                break answer;
            }
        };
        assert_eq!((answer.status, answer.header("connection")), (200, None), "nothing says that it will close");
        if last {
            assert_eq!(stream.read(&mut [0; 16]).await.unwrap(), 0, "and then it closes");
        }
    }
}

#[tokio::test]
async fn a_shutdown_lets_the_call_under_way_end() {
    let (emulator, client) = start().await;
    let mut idle = TcpStream::connect(&client.addr).await.unwrap();
    emulator.inject("ListProjects", Fault::Delay(Duration::from_millis(200)));
    let calling = tokio::spawn({
        let client = client.clone();
        async move { client.call(OLD, "ListProjects", &[]).await }
    });
    while emulator.count("ListProjects") == 0 {
        tokio::task::yield_now().await;
    }
    emulator.shutdown().await;
    assert_eq!(calling.await.unwrap().status, 200);
    assert_eq!(idle.read(&mut [0; 16]).await.unwrap(), 0, "what was idle is closed");
}

#[tokio::test]
async fn a_dropped_emulator_is_gone() {
    let (emulator, client) = start().await;
    let mut idle = TcpStream::connect(&client.addr).await.unwrap();
    client.ok(OLD, "ListProjects", &[]).await;
    drop(emulator);
    let closed = idle.read(&mut [0; 16]).await;
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
}
