//! Connections that break: no read is lost and no write is doubled.

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::ErrorKind;
use dataworks_sdk::v2020_05_18::{Client, CreateFileRequest, CreateProjectRequest, ListProjectsRequest};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::support::{builder, config, http};

async fn stage() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    (emulator, client)
}

/// A write without a token.
fn file(name: &str) -> CreateFileRequest {
    CreateFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name(name)
        .file_type(10)
        .file_folder_path("Business_process/Suite")
}

#[tokio::test]
async fn closed_as_the_request_arrives() {
    let (emulator, client) = stage().await;
    emulator.inject("ListProjects", Fault::CloseOnArrival);
    let listed = client.list_projects(ListProjectsRequest::new()).await.unwrap();
    assert_eq!((listed.attempts(), emulator.count("ListProjects")), (2, 2), "a read is repeated");

    emulator.inject("CreateFile", Fault::CloseOnArrival);
    let error = client.create_file(file("closed")).await.unwrap_err();
    assert_eq!((error.kind(), emulator.count("CreateFile")), (ErrorKind::Connection, 1), "a write is not: {error:?}");
    assert!(error.may_have_been_sent());
    assert!(error.to_string().contains("may have been carried out"), "{error}");
}

#[tokio::test]
async fn closed_instead_of_an_answer() {
    let (emulator, client) = stage().await;
    for fault in [Fault::CloseBeforeAnswer, Fault::Truncate] {
        emulator.clear_requests();
        emulator.inject("ListProjects", fault.clone());
        assert_eq!(client.list_projects(ListProjectsRequest::new()).await.unwrap().attempts(), 2);
        emulator.inject("CreateFile", fault.clone());
        let name = format!("file_{fault:?}");
        let error = client.create_file(file(&name)).await.unwrap_err();
        assert!(error.may_have_been_sent() && emulator.count("CreateFile") == 1, "{error:?}");
        // It was done, and once.
        let again = client.create_file(file(&name)).await.unwrap_err();
        assert!(again.message().contains("exists"), "{again}");
    }
}

#[tokio::test]
async fn a_write_with_a_token_is_repeated() {
    let (emulator, client) = stage().await;
    emulator.inject("CreateProject", Fault::CloseOnArrival);
    let request = CreateProjectRequest::new().project_identifier("suite_token").project_name("Suite");
    assert_eq!(client.create_project(request).await.unwrap().attempts(), 2);
    let tokens: Vec<_> =
        emulator.requests().iter().filter_map(|it| it.parameter("ClientToken").map(str::to_owned)).collect();
    let [first, second] = &tokens[..] else { panic!("{tokens:?}") };
    assert_eq!(first, second, "by the same token");
}

#[tokio::test]
async fn closed_while_it_idled() {
    let (emulator, client) = stage().await;
    for round in 0..20 {
        emulator.inject("ListProjects", Fault::CloseIdle);
        client.list_projects(ListProjectsRequest::new()).await.unwrap();
        // The pool may or may not have noticed.
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        client.list_projects(ListProjectsRequest::new()).await.unwrap();

        emulator.inject("ListProjects", Fault::CloseIdle);
        client.list_projects(ListProjectsRequest::new()).await.unwrap();
        let name = format!("idle_{round}");
        let before = emulator.count("CreateFile");
        match client.create_file(file(&name)).await {
            Ok(created) => assert!(created.data.is_some()),
            Err(error) => assert!(error.may_have_been_sent(), "{error:?}"),
        }
        assert!(emulator.count("CreateFile") <= before + 1, "a write was doubled");
    }
}

/// A server that answers once on each connection, and closes it at the next request without having read it.
#[tokio::test]
async fn closed_just_as_it_is_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, mut connections) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            told.send(()).unwrap();
            tokio::spawn(async move {
                use tokio::io::AsyncWriteExt as _;
                http::receive(&mut stream).await.unwrap();
                let body = r#"{"Success": true}"#;
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
                // Here the client uses the connection again.
                stream.readable().await.unwrap();
            });
        }
    });
    let client = Client::new(&builder(&url).build().unwrap());
    for _ in 0..5 {
        client.list_projects(ListProjectsRequest::new()).await.unwrap();
    }
    let error = client.create_file(file("again")).await.unwrap_err();
    assert!(error.may_have_been_sent(), "{error:?}");
    drop(client);
    let mut count = 0;
    while connections.try_recv().is_ok() {
        count += 1;
    }
    assert_eq!(count, 5, "each read found its way, the write was not tried again");
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&builder(&url).build().unwrap());
    let error = client.create_file(file("nowhere")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Connect, false), "{error:?}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
}

/// Dropping the future cancels the call: the server sees the connection go.
#[tokio::test]
async fn dropped_on_the_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (arrived, arrival) = oneshot::channel();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        http::receive(&mut stream).await.unwrap();
        arrived.send(()).unwrap();
        http::receive(&mut stream).await
    });
    let client = Client::new(&builder(&url).build().unwrap());
    tokio::select! {
        answer = async { client.list_projects(ListProjectsRequest::new()).await } => panic!("{answer:?}"),
        _ = arrival => {}
    }
    assert!(server.await.unwrap().is_none(), "the connection is closed, nothing else was sent");
}
