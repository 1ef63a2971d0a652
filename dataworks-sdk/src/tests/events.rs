//! Events over a scripted service: in any pieces, repeated before the first one only, and within the limits of a call.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::scripted::{Play, Scripted, answer, raw};
use crate::action::ActionCall;
use crate::client::Client;
use crate::operation::{Api, Kind, Method, Operation, form};
use crate::transport::Cause;
use crate::{Error, ErrorKind, Response};

static WATCH: Operation = Operation::new("WatchThing", Method::Post)
    .parameters(&[form("Name", Kind::Text).required(), form("Password", Kind::Text).secret()])
    .events();
static READ: Operation = Operation::new("GetThing", Method::Post).read().events();
static OTHER: Operation = Operation::new("StartThing", Method::Post);
static API: Api = Api { product: "p", version: "2001-01-01", endpoints: &[], operations: &[&READ, &OTHER, &WATCH] };

fn watch(service: &Scripted) -> ActionCall {
    let client = Client::new(&API, &service.builder().build().unwrap());
    client.action("WatchThing").unwrap().set("Name", "n").set("Password", "hunter2secret")
}

/// An event stream in these pieces.
fn stream(pieces: &[&str]) -> Play {
    let pieces = pieces.iter().map(|piece| Some(piece.as_bytes().to_vec())).collect();
    Play::Pieces(raw(200, "", &[("content-type", "text/event-stream;charset=utf-8")]), pieces, false)
}

/// The same, broken off at the end.
fn broken(pieces: &[&str]) -> Play {
    match stream(pieces) {
        Play::Pieces(answer, pieces, _) => Play::Pieces(answer, pieces, true),
        play => play,
    }
}

async fn all(call: ActionCall) -> Vec<Result<Response<Value>, Error>> {
    call.events().unwrap().collect().await
}

fn numbers(items: &[Result<Response<Value>, Error>]) -> Vec<i64> {
    items.iter().flatten().map(|item| item["N"].as_i64().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_as_answers() {
    let service = Scripted::new(|_, _| {
        stream(&[
            ": hello\n\nda",
            "ta: {\"N\": 1, \"RequestId\": \"R1\"}\r",
            "\n\r\ndata: {\ndata: \"N\": 2}\n\nid: 3\ndata: {\"N\": 3}",
        ])
    });
    let items = all(watch(&service)).await;
    assert_eq!(numbers(&items), [1, 2, 3]);
    let first = items[0].as_ref().unwrap();
    assert_eq!((first.request_id(), first.status(), first.attempts()), (Some("R1"), 200, 1));
    assert_eq!(&first.raw()[..], b"{\"N\": 1, \"RequestId\": \"R1\"}");
    assert_eq!(service.requests()[0].headers["accept"], "text/event-stream");
    let error = Client::new(&API, &service.builder().build().unwrap()).action("StartThing").unwrap().events();
    assert!(error.unwrap_err().to_string().contains("does not answer with events"));
}

#[tokio::test(start_paused = true)]
async fn the_stream_ends_where_the_service_says() {
    let done = Scripted::new(|_, _| stream(&["data: {\"N\": 1}\n\ndata: [DONE]\n\ndata: {\"N\": 2}\n\n"]));
    assert_eq!(numbers(&all(watch(&done)).await), [1]);
    for nothing in ["", ": nothing\n\n", "data: [DONE]\n\n", "data: [DONE]"] {
        let service = Scripted::new(move |_, _| stream(&[nothing]));
        assert_eq!(all(watch(&service)).await.len(), 0, "{nothing:?}");
        assert_eq!(service.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_ordinary_answer_is_one_item() {
    let service = Scripted::new(|_, _| answer(200, &json!({"N": 1})));
    assert_eq!(numbers(&all(watch(&service)).await), [1]);
    let service = Scripted::new(|_, _| answer(403, &json!({"Code": "Forbidden", "Message": "no"})));
    let items = all(watch(&service)).await;
    let error = items.into_iter().next().unwrap().unwrap_err();
    assert_eq!((error.code(), error.may_have_been_sent()), (Some("Forbidden"), false));
    // A failure may come with the type of events.
    let body = r#"{"Code": "Throttling.Api.Risk", "Message": "no"}"#;
    let service = Scripted::new(move |_, _| Play::Answer(raw(429, body, &[("content-type", "text/event-stream")])));
    assert!(all(watch(&service)).await[0].as_ref().unwrap_err().is_quota_exceeded());
}

#[tokio::test(start_paused = true)]
async fn a_failure_inside_an_event_ends_the_stream() {
    let service = Scripted::new(|_, _| {
        let failed = r#"data: {"Success": false, "ErrorCode": "No", "ErrorMessage": "hunter2secret is wrong"}"#;
        stream(&["data: {\"N\": 1}\n\n", failed, "\n\ndata: {\"N\": 2}\n\n"])
    });
    let items = all(watch(&service)).await;
    assert_eq!((items.len(), numbers(&items)), (2, vec![1]));
    let error = items[1].as_ref().unwrap_err();
    assert_eq!((error.code(), error.message(), error.action()), (Some("No"), "*** is wrong", Some("WatchThing")));
    assert!(error.may_have_been_sent());

    let service = Scripted::new(|_, _| stream(&["data: {\"N\": 1}\n\ndata: hunter2secret\n\n"]));
    let items = all(watch(&service)).await;
    let error = items[1].as_ref().unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && !format!("{error} {error:?} {:?}", error.body()).contains("hunter2"));
}

#[tokio::test(start_paused = true)]
async fn repeated_before_the_first_event_and_never_after_it() {
    let first = |play: fn() -> Play| {
        Scripted::new(move |attempt, _| if attempt == 0 { play() } else { stream(&["data: {\"N\": 1}\n\n"]) })
    };
    let read = |service: &Scripted| Client::new(&API, &service.builder().build().unwrap()).action("GetThing").unwrap();
    for play in [
        || answer(503, &json!({"Code": "ServiceUnavailable", "Message": "m"})),
        || Play::Undelivered(Cause::Broken, true),
        || broken(&["data: {\"N\""]),
        || stream(&["data: {\"Success\": false, \"ErrorCode\": \"InternalError\"}\n\n"]),
    ] {
        let service = first(play);
        let items = all(read(&service)).await;
        assert_eq!((numbers(&items), items.len(), service.count()), (vec![1], 1, 2));
        assert_eq!(items[0].as_ref().unwrap().attempts(), 2);
        // A write is not repeated.
        let service = first(play);
        let items = all(watch(&service)).await;
        assert!(items[0].as_ref().unwrap_err().may_have_been_sent());
        assert_eq!((items.len(), service.count()), (1, 1));
    }
    let service = first(|| answer(429, &json!({"Code": "Throttling.User", "Message": "m"})));
    assert_eq!(numbers(&all(watch(&service)).await), [1]);

    let service = first(|| broken(&["data: {\"N\": 1}\n\ndata: {"]));
    let items = all(read(&service)).await;
    assert_eq!((items.len(), numbers(&items), service.count()), (2, vec![1], 1));
    let error = items[1].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Connection, true));
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_the_call_is_for_the_whole_stream() {
    let hangs = |pieces: &'static [&'static str]| {
        Scripted::new(move |_, _| match stream(pieces) {
            Play::Pieces(answer, pieces, breaks) => {
                Play::Pieces(answer, pieces.into_iter().chain([None]).collect(), breaks)
            }
            play => play,
        })
    };
    for (pieces, before) in [(&[][..], 0), (&["data: {\"N\": 1}\n\n"][..], 1)] {
        let items = all(watch(&hangs(pieces)).timeout(Duration::from_secs(5))).await;
        assert_eq!(items.len(), before + 1);
        let error = items[before].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Timeout, true));
        assert!(error.to_string().contains("timeout of 5s"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_without_end_is_refused() {
    let service = Scripted::new(|_, _| {
        let large = "x".repeat(3 << 20);
        stream(&["data: {\"N\": 1}\n\ndata: ", &large, &large, &large])
    });
    let items = all(watch(&service)).await;
    assert_eq!(items.len(), 2);
    let error = items[1].as_ref().unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("larger than 8388608 bytes"), "{error}");
}
