//! How bytes travel: proxies, TLS with roots of one's own, HTTP/2, packed answers, answers that are too large, and calls
//! that are given up.

use std::convert::Infallible;
use std::future::IntoFuture as _;
use std::io::Write as _;
use std::sync::Arc;

use dataworks_emulator::Emulator;
use dataworks_sdk::v2020_05_18::{Client, ListProjectsRequest};
use dataworks_sdk::{Builder, Config, Credentials, Environment, ErrorKind, RetryPolicy};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, version};

use crate::support::builder;

const PROJECTS: &str = r#"{"RequestId":"R1","PageResult":{"TotalCount":0,"ProjectList":[]}}"#;

/// For a host that no name server knows: only a proxy gets there.
fn faraway() -> Builder<Config> {
    builder("http://dataworks.example.invalid").allow_http(true).retry(RetryPolicy::never())
}

async fn list(config: Builder<Config>) -> Result<usize, dataworks_sdk::Error> {
    let client = Client::new(&config.build()?);
    Ok(client.list_projects(ListProjectsRequest::new()).await?.page_result.project_list.len())
}

#[tokio::test]
async fn through_the_proxy_that_was_given() {
    let proxy = Emulator::start().await.unwrap();
    assert_eq!(list(faraway().proxy(proxy.url())).await.unwrap(), 3);
    let host = proxy.requests()[0].headers.iter().find(|(name, _)| name == "host").cloned();
    assert_eq!(host.unwrap().1, "dataworks.example.invalid");
    let error = list(faraway().no_proxy()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn through_the_proxy_of_the_environment() {
    let proxy = Emulator::start().await.unwrap();
    let with = |more: &[(&str, &str)]| {
        let proxied = [("http_proxy", proxy.url())].into_iter();
        Environment::from_iter(proxied.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))))
    };
    assert_eq!(list(faraway().environment(with(&[]))).await.unwrap(), 3);
    let past = faraway().environment(with(&[("NO_PROXY", "localhost, .example.invalid")]));
    assert_eq!(list(past).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(list(faraway().environment(with(&[])).no_proxy()).await.unwrap_err().kind(), ErrorKind::Connect);

    let here = Emulator::start().await.unwrap();
    list(builder(&here.url()).environment(with(&[]))).await.unwrap();
    assert_eq!((here.count("ListProjects"), proxy.count("ListProjects")), (1, 1), "loopback needs no proxy");
}

/// A server with a certificate that only it vouches for, which says in `x-protocol` what it was spoken to in.
async fn tls_server(protocols: &[&str]) -> (String, String) {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let answer = hyper::service::service_fn(|request: hyper::Request<hyper::body::Incoming>| {
                    let protocol = format!("{:?}", request.version());
                    let answer = hyper::Response::builder().header("x-protocol", protocol);
                    async {
                        Ok::<_, Infallible>(answer.body(Full::new(Bytes::from_static(PROJECTS.as_bytes()))).unwrap())
                    }
                });
                let _ = if two {
                    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), answer)
                        .await
                } else {
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await
                };
            });
        }
    });
    (format!("https://localhost:{port}"), cert.pem())
}

#[tokio::test]
async fn roots_of_ones_own_and_the_protocol_that_is_offered() {
    for (offered, spoken) in [(&["h2", "http/1.1"][..], "HTTP/2.0"), (&["http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")] {
        let (url, pem) = tls_server(offered).await;
        let client = Client::new(&builder(&url).root_certificate_pem(&pem).build().unwrap());
        let listed = client.list_projects(ListProjectsRequest::new()).await.unwrap();
        assert_eq!(listed.headers()["x-protocol"], spoken, "{offered:?}");
        let error = list(builder(&url).retry(RetryPolicy::never())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "nobody else vouches for it: {error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
    let error = builder("https://localhost").root_certificate_pem("no PEM").build().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
}

/// Answers every request with these bytes.
async fn bytes_server(head: &'static str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 8192];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
        }
    });
    url
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

const PACKED: &str = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    let url = bytes_server(PACKED, gzip(PROJECTS.as_bytes())).await;
    assert_eq!(list(builder(&url)).await.unwrap(), 0);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_taken() {
    let long = format!(r#"{{"RequestId":"{}"}}"#, "R".repeat(100_000));
    let told = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    let untold = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    for (what, url) in [
        ("told beforehand", bytes_server(told, Vec::new()).await),
        ("not told", bytes_server(untold, long.clone().into()).await),
        ("packed", bytes_server(PACKED, gzip(long.as_bytes())).await),
    ] {
        let error = list(builder(&url).max_response_bytes(50_000)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{what}: {error}");
        assert!(error.to_string().contains("50000 bytes") && error.may_have_been_sent(), "{what}: {error}");
    }
    assert!(builder("http://127.0.0.1:1").max_response_bytes(0).build().is_err());
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_behind() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (arrived, mut arrival) = tokio::sync::mpsc::channel(1);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 8192];
        let read = stream.read(&mut request).await.unwrap();
        arrived.send(read).await.unwrap();
        // It never answers: the connection ends when the caller has gone.
        stream.read(&mut request).await
    });
    let client = Client::new(
        &Config::builder()
            .environment(Environment::from_iter([("NOTHING", "here")]))
            .endpoint(url)
            .credentials(Credentials::new("testid", "testsecret"))
            .build()
            .unwrap(),
    );
    let mut call = Box::pin(client.list_projects(ListProjectsRequest::new()).into_future());
    tokio::select! {
        _ = &mut call => panic!("nobody answers"),
        read = arrival.recv() => assert!(read.unwrap() > 0),
    }
    drop(call);
    let ended = server.await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
}
