//! Credentials and secret parameters: they travel where they must and turn up nowhere else.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::v2024_05_18::{Client, CreateDataSourceRequest, ListProjectsRequest};
use dataworks_sdk::{Config, Credentials, Environment};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Instrument as _, Metadata, Subscriber};
use tracing_core::span::Current;

use crate::support::{KEY, builder, config};

const PASSWORD: &str = "hunter2+/ü";

fn source() -> CreateDataSourceRequest {
    CreateDataSourceRequest::new()
        .project_id(PROJECT_ID)
        .name("pg_secret")
        .r#type("postgresql")
        .connection_properties_mode("UrlMode")
        .connection_properties(
            json!({"envType": "Prod", "jdbcUrl": "jdbc:postgresql://h/db", "username": "u", "password": PASSWORD}),
        )
}

/// No form of a secret may be in a text: neither as it is nor percent-encoded, once or twice.
fn assert_clean(text: &str) {
    for secret in [KEY, "another-secret", "a-security-token", "hunter2"] {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }
    assert!(!text.contains("Signature="), "a signed URL is in: {text}");
}

#[tokio::test]
async fn a_wrong_signature_shows_neither_key_nor_password() {
    let emulator = Emulator::start().await.unwrap();
    let wrong: Config =
        builder(&emulator.url()).credentials(Credentials::new("testid", "another-secret")).build().unwrap();
    let error = Client::new(&wrong).create_data_source(source()).await.unwrap_err();
    assert_eq!(error.code(), Some("SignatureDoesNotMatch"));
    assert!(error.to_string().contains("secret"), "the hint: {error}");
    assert_clean(&format!("{error}\n{error:?}\n{}\n{:?}", error.message(), error.body()));
    assert_eq!(emulator.count("CreateDataSource"), 1);
}

#[tokio::test]
async fn a_server_that_repeats_secrets_is_masked() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    let body = format!("<html>you sent {PASSWORD} signed with {KEY}</html>");
    for (status, kind) in [(200, "text/html"), (500, "text/html")] {
        emulator.inject("CreateDataSource", Fault::raw(status, kind, body.clone()));
        let error = client.create_data_source(source()).await.unwrap_err();
        assert_clean(&format!("{error}\n{error:?}\n{:?}", error.body()));
    }
    emulator.inject("CreateDataSource", Fault::status(400, "InvalidParameter", format!("{PASSWORD} is no password")));
    let error = client.create_data_source(source()).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameter"));
    assert_clean(&format!("{error}\n{error:?}\n{}", error.message()));
}

#[tokio::test]
async fn a_temporary_key_comes_with_its_token() {
    let emulator =
        Emulator::builder().session_key("STS.id", "another-secret", "a-security-token").start().await.unwrap();
    let environment = Environment::from_iter([
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.id"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "another-secret"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "a-security-token"),
        ("ALIBABA_CLOUD_REGION_ID", "cn-shanghai"),
    ]);
    let config: Config = Config::builder().environment(environment).endpoint(emulator.url()).build().unwrap();
    assert_eq!(config.region(), Some("cn-shanghai"));
    let client = Client::new(&config);
    client.list_projects(ListProjectsRequest::new()).await.unwrap();
    assert_clean(&format!("{config:?} {client:?} {:?}", client.list_projects(ListProjectsRequest::new())));

    let bare = builder(&emulator.url()).credentials(Credentials::new("STS.id", "another-secret")).build().unwrap();
    let error = Client::new(&bare).list_projects(ListProjectsRequest::new()).await.unwrap_err();
    assert_clean(&format!("{error:?}"));
}

#[tokio::test]
async fn errors_of_the_connection_show_no_url() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let credentials = Credentials::new("STS.id", "another-secret").with_security_token("a-security-token");
    let config: Config = builder(&url).credentials(credentials).build().unwrap();
    let error = Client::new(&config).create_data_source(source()).await.unwrap_err();
    let mut text = format!("{error}\n{error:?}");
    let mut source: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(error) = source {
        write!(text, "\n{error}\n{error:?}").unwrap();
        source = error.source();
    }
    assert_clean(&text);
}

/// Keeps everything that is traced, as `name=value`, and knows which span is entered.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    text: String,
    /// What is not looked at, by its target.
    hidden: Option<&'static str>,
    spans: Vec<&'static Metadata<'static>>,
    entered: Vec<u64>,
}

impl Kept {
    fn without(target: &'static str) -> Self {
        Self(Arc::new(Mutex::new(State { hidden: Some(target), ..State::default() })))
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().text.clone()
    }
}

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        writeln!(self.0.lock().unwrap().text, "{}={value}", field.name()).unwrap();
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.lock().unwrap().hidden != Some(metadata.target())
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let number = {
            let mut state = self.0.lock().unwrap();
            writeln!(state.text, "span {}", attributes.metadata().name()).unwrap();
            state.spans.push(attributes.metadata());
            state.spans.len() as u64
        };
        attributes.record(&mut self.clone());
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, span: &Id) {
        self.0.lock().unwrap().entered.push(span.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }

    fn current_span(&self) -> Current {
        let state = self.0.lock().unwrap();
        match state.entered.last() {
            Some(number) => Current::new(Id::from_u64(*number), state.spans[usize::try_from(*number).unwrap() - 1]),
            None => Current::none(),
        }
    }
}

fn traced<T>(kept: &Kept, work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(kept.clone(), || runtime.block_on(work))
}

#[test]
fn spans_tell_the_story_and_no_secret() {
    let kept = Kept::default();
    let request_id = traced(&kept, async {
        let emulator = Emulator::builder()
            .session_key("testid", "another-secret", "a-security-token")
            .inject("CreateDataSource", Fault::throttle(1))
            .start()
            .await
            .unwrap();
        let credentials = Credentials::new("testid", "another-secret").with_security_token("a-security-token");
        let config: Config = builder(&emulator.url()).credentials(credentials).build().unwrap();
        let created = Client::new(&config).create_data_source(source()).await.unwrap();
        // A failure is told as well.
        Client::new(&config).create_data_source(source()).await.unwrap_err();
        created.request_id().unwrap().to_owned()
    });
    let text = kept.text();
    let told = [
        "span dataworks_call",
        "action=\"CreateDataSource\"",
        "version=\"2024-05-18\"",
        "attempt=1",
        "status=429",
        "attempt=2",
        "status=200",
        &format!("request_id={request_id:?}"),
        "error=ConnectionAlreadyExist",
    ];
    let mut rest = text.as_str();
    for fact in told {
        let at = rest.find(fact).unwrap_or_else(|| panic!("{fact} is not told, or too early:\n{text}"));
        rest = &rest[at..];
    }
    assert_clean(&text);
}

/// Who filters our spans out has spans with the same names of fields.
#[test]
fn the_callers_span_is_left_alone() {
    let kept = Kept::without("dataworks_sdk");
    traced(&kept, async {
        let emulator = Emulator::start().await.unwrap();
        let client = Client::new(&config(&emulator));
        let span = tracing::info_span!("handler", status = tracing::field::Empty, request_id = tracing::field::Empty);
        async { client.list_projects(ListProjectsRequest::new()).await.unwrap() }.instrument(span).await;
    });
    let text = kept.text();
    assert!(text.contains("span handler") && !text.contains("dataworks_call"), "{text}");
    assert!(!text.contains("status=") && !text.contains("request_id="), "{text}");
}
