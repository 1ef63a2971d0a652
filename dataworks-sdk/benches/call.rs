//! How much CPU time a whole small call takes, next to the same bytes through bare reqwest.
//!
//! `cargo bench -p dataworks-sdk --bench call` prints `call_ratio 1.15`: the CPU time of this thread for a `GetNode` that
//! is checked, signed, sent, read and decoded, over that for the same request, signed beforehand, sent and read into
//! bytes by reqwest alone. The server answers from memory, in a thread whose time is not counted. `cargo xtask budget`
//! reads the line and holds it against its bound.

mod support;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use dataworks_sdk::v2020_05_18::{Client, GetNodeRequest, GetNodeResponseBody};
use dataworks_sdk::{Credentials, PreparedRequest};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ANSWER: &str = r#"{"RequestId":"E6F0DBDD-5AD7-4870-A93C-61C3F7C3A58D","HttpStatusCode":200,"Success":true,"Data":{"NodeId":1000371234,"NodeName":"dws_trade_shop_order_1d","OwnerId":"193379068365512345","ProjectId":33671,"ProgramType":"ODPS_SQL","CronExpress":"00 30 02 * * ?","SchedulerType":"NORMAL","Priority":1,"Repeatability":"true","CreateTime":1593879116000,"ModifyTime":1734537000000,"ResGroupName":"Default resource group"}}"#;

fn main() {
    stay_on_one_core();
    let seen = Arc::new(Mutex::new(String::new()));
    let address = serve(Arc::clone(&seen));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client: Client = Client::builder()
        .endpoint(format!("http://{address}"))
        .credentials(Credentials::new("testid", "testsecret"))
        .build()
        .expect("a client");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bare = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("dataworks-sdk-rust/", env!("CARGO_PKG_VERSION")))
        .build()
        .expect("a reqwest client");
    let prepared = runtime.block_on(client.get_node(request()).prepare()).expect("a signed request");

    let body = runtime.block_on(ours(&client));
    let first = std::mem::take(&mut *seen.lock().expect("the server writes"));
    assert_eq!(body.data.node_name.as_deref(), Some("dws_trade_shop_order_1d"));
    assert_eq!(runtime.block_on(reqwest_alone(&bare, &prepared)), ANSWER);
    assert_eq!(first, *seen.lock().expect("the server writes"), "the two send different requests");
    if support::timed() {
        let compared = support::compare(
            400,
            50,
            || drop(runtime.block_on(ours(&client))),
            || drop(runtime.block_on(reqwest_alone(&bare, &prepared))),
        );
        println!("call_ratio {:.3}", compared.ratio);
        println!("  {:?} of CPU time, bare reqwest {:?}", compared.ours, compared.other);
    }
}

/// On one core the server runs while the client waits. On two, what the one pays for waking the other, and with it the
/// ratio, depends on how busy the machine is.
#[cfg(target_os = "linux")]
fn stay_on_one_core() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    let this = nix::unistd::Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else { return };
    let last = (0..CpuSet::count()).rev().find(|core| allowed.is_set(*core) == Ok(true));
    let mut one = CpuSet::new();
    // Where it isn't allowed the figure is only less steady.
    let _ = last.map(|core| one.set(core).and_then(|()| sched_setaffinity(this, &one)));
}

#[cfg(not(target_os = "linux"))]
fn stay_on_one_core() {}

fn request() -> GetNodeRequest {
    GetNodeRequest::new().node_id(1_000_371_234).project_env("PROD")
}

async fn ours(client: &Client) -> GetNodeResponseBody {
    client.get_node(request()).await.expect("an answer").into_body()
}

async fn reqwest_alone(client: &reqwest::Client, prepared: &PreparedRequest) -> Bytes {
    let method = prepared.method().parse().expect("a method");
    let mut request = client.request(method, prepared.url());
    for (name, value) in prepared.headers() {
        request = request.header(name, value);
    }
    if let Some(body) = prepared.body() {
        request = request.body(body.to_owned());
    }
    request.send().await.expect("an answer").bytes().await.expect("a body")
}

/// A server that answers every request with the same bytes, and keeps the last request in `seen`. One thread serves all
/// connections: how far it is from this one must not be another matter for each of the two clients.
fn serve(seen: Arc<Mutex<String>>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a listener that need not wait");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&seen)));
            }
        });
    });
    address
}

async fn converse(mut stream: TcpStream, seen: Arc<Mutex<String>>) {
    let _ = stream.set_nodelay(true);
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ANSWER}",
        ANSWER.len()
    );
    let mut received = Vec::new();
    while let Ok(1..) = stream.read_buf(&mut received).await {
        let Some(request) = request_in(&received) else { continue };
        *seen.lock().expect("nobody panics with it") = request;
        received.clear();
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The headers in an order of their own, and the body, once all of it is there. The request line is left out: nonce and
/// signature differ.
fn request_in(received: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(received).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut headers: Vec<String> = head.lines().skip(1).map(str::to_ascii_lowercase).collect();
    let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
    if length.is_some_and(|length| length.parse() != Ok(body.len())) {
        return None;
    }
    headers.sort();
    Some(format!("{}\n\n{body}", headers.join("\n")))
}
