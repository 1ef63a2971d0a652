//! Timeouts say which one ran out, how long it was and how to raise it. Nothing here looks at a clock: the server never
//! answers, and the timeout is short.

use std::time::Duration;

use dataworks_sdk::ErrorKind;
use dataworks_sdk::v2020_05_18::{Client, CreateFileRequest, ListProjectsRequest};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{builder, http};

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(600);

/// Takes connections and requests, sends `beginning`, and then nothing.
async fn silent(beginning: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open: Vec<TcpStream> = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if !beginning.is_empty() {
                http::receive(&mut stream).await;
                stream.write_all(beginning.as_bytes()).await.unwrap();
            }
            open.push(stream);
        }
    });
    address.to_string()
}

#[tokio::test]
async fn reading() {
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"PageResult\":"] {
        let url = format!("http://{}", silent(beginning).await);
        let client = Client::new(&builder(&url).read_timeout(SHORT).build().unwrap());
        let error = client.list_projects(ListProjectsRequest::new()).no_retry().await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_sent(), error.is_retryable()), (ErrorKind::Timeout, true, true));
        let text = error.to_string();
        assert!(text.contains("read timeout of 40ms") && text.contains("`read_timeout`"), "{text}");
    }
}

#[tokio::test]
async fn reading_by_the_call() {
    let url = format!("http://{}", silent("").await);
    let client = Client::new(&builder(&url).read_timeout(LONG).build().unwrap());
    let request = CreateFileRequest::new().project_id(1).file_name("f").file_type(10);
    let error = client.create_file(request).read_timeout(SHORT).await.unwrap_err();
    assert!(error.to_string().contains("read timeout of 40ms"), "{error}");
    assert!(error.to_string().contains("look before you repeat a write"), "{error}");
}

#[tokio::test]
async fn connecting() {
    // The TCP connection comes about, the TLS one never does.
    let url = format!("https://{}", silent("").await);
    let client = Client::new(&builder(&url).connect_timeout(SHORT).read_timeout(LONG).build().unwrap());
    let error = client.list_projects(ListProjectsRequest::new()).no_retry().await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Timeout, false), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("connect timeout of 40ms") && text.contains("`connect_timeout`"), "{text}");
}

#[tokio::test]
async fn in_all() {
    let url = format!("http://{}", silent("").await);
    let client = Client::new(&builder(&url).read_timeout(LONG).timeout(LONG).build().unwrap());
    let error = client.list_projects(ListProjectsRequest::new()).timeout(SHORT).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Timeout, true), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("timeout of 40ms") && text.contains("`timeout` on the call"), "{text}");
}
