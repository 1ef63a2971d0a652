//! Answers that come as events.

use std::time::Duration;

use dataworks_emulator::{Emulator, Fault};
use dataworks_sdk::v2024_05_18::{
    Client, LoadAgentSessionRequest, PromptAgentSessionRequest, PromptAgentSessionResponseBody, prompt_agent_session,
};
use dataworks_sdk::{ErrorKind, Events};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::support::{builder, config, http};

fn request() -> PromptAgentSessionRequest {
    let params = prompt_agent_session::Params::new().session_id("sess_0f12abc34");
    PromptAgentSessionRequest::new().id("1").jsonrpc("2.0").params(params)
}

#[tokio::test]
async fn both_actions_and_by_name() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    let events: Vec<_> = client.prompt_agent_session(request()).events().try_collect().await.unwrap();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.request_id().is_some() && event.jsonrpc.is_some()));
    let load = LoadAgentSessionRequest::new().id("1");
    assert_eq!(client.load_agent_session(load).events().count().await, 3);
    let call = client.action("PromptAgentSession").unwrap().set("Id", "1");
    let events: Vec<_> = call.events().unwrap().try_collect().await.unwrap();
    assert!(events.iter().all(|event| event["RequestId"].is_string()));
    assert!(client.action("ListNodes").unwrap().events().is_err());
    // Without events it answers as ever.
    assert!(client.prompt_agent_session(request()).await.unwrap().request_id().is_some());
    let requests = emulator.requests();
    let accepted: Vec<_> = requests.iter().map(|request| request.header("accept").unwrap()).collect();
    assert_eq!(accepted, ["text/event-stream", "text/event-stream", "text/event-stream", "application/json"]);
}

#[tokio::test]
async fn faults_before_and_after_the_first_event() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    emulator.throttle("PromptAgentSession", 1);
    assert_eq!(client.prompt_agent_session(request()).events().count().await, 3);
    assert_eq!(emulator.count("PromptAgentSession"), 2);

    emulator.inject("PromptAgentSession", Fault::Truncate);
    let items: Vec<_> = client.prompt_agent_session(request()).events().collect().await;
    assert_eq!(items.len(), 2);
    let error = items[1].as_ref().unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Connection, true), "{error}");
    assert_eq!(emulator.count("PromptAgentSession"), 3);
}

#[tokio::test]
async fn each_piece_has_the_read_timeout_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        http::receive(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        stream.write_all(format!("{head}data: {{\"Method\": \"one\"}}\n\ndata: {{").as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = Client::new(&builder(&url).read_timeout(Duration::from_millis(40)).build().unwrap());
    let mut events = client.prompt_agent_session(request()).events();
    assert_eq!(events.try_next().await.unwrap().unwrap().method.as_deref(), Some("one"));
    let error = events.try_next().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout && error.to_string().contains("read timeout of 40ms"), "{error}");
    assert!(events.try_next().await.unwrap().is_none());
}

#[test]
fn a_stream_moves_between_threads() {
    fn sendable<T: Send + 'static>() {}
    sendable::<Events<PromptAgentSessionResponseBody>>();
    sendable::<Events<serde_json::Value>>();
}
