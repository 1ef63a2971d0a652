//! A service in memory.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_core::Stream as _;
use serde_json::Value;

use super::fault::{Fault, REQUEST_ID, answer};
use super::sent::SentRequest;
use crate::builder::Builder;
use crate::config::Config;
use crate::credentials::Credentials;
use crate::encode::Json;
use crate::environment::Environment;
use crate::prepare::PreparedRequest;
use crate::request::Request;
use crate::transport::{
    Answer, Cause, Delivery, FileForm, Opened, Opening, Piece, ReadPieces, Timeouts, Transport, Undelivered,
};

/// A service that answers what the test says. Clones are the same service.
///
/// See the [module](super) for an example.
#[derive(Clone, Default)]
pub struct MockService(Arc<Mutex<Script>>);

type Answers = Arc<dyn Fn(&SentRequest) -> Option<String> + Send + Sync>;

#[derive(Default)]
struct Script {
    answers: HashMap<String, Answers>,
    faults: HashMap<String, VecDeque<Fault>>,
    sent: Vec<SentRequest>,
}

impl MockService {
    /// A service that foresees nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A configuration whose calls all come here: any client is made from it. Nothing is taken from the environment.
    ///
    /// # Panics
    /// Never: its settings are fixed.
    #[must_use]
    #[allow(clippy::expect_used, reason = "fixed settings, and only in tests")]
    pub fn config(&self) -> Config {
        self.builder().build().expect("fixed settings")
    }

    /// The same with further settings: retries, timeouts, rate limits.
    #[must_use]
    pub fn builder(&self) -> Builder<Config> {
        Config::builder()
            .environment(Environment::from_iter([("MOCK", "true")]))
            .endpoint("http://127.0.0.1:1")
            .credentials(Credentials::new("mock-id", "mock-secret"))
            .transport(self.clone())
    }

    /// Answers every call of an action from now on. The last answer that was given for an action counts.
    pub fn answer<R: Request + Default>(&self, answer: impl Fn(&R) -> R::Answer + Send + Sync + 'static) {
        self.add(R::OPERATION.name(), move |sent| {
            let typed = sent.as_typed::<R>()?;
            serde_json::to_string(&Json(&answer(&typed))).ok()
        });
    }

    /// Answers every call of an action with JSON, as the service would.
    pub fn answer_json(&self, action: &str, answer: impl Fn(&SentRequest) -> Value + Send + Sync + 'static) {
        self.add(action, move |sent| Some(answer(sent).to_string()));
    }

    fn add(&self, action: &str, answers: impl Fn(&SentRequest) -> Option<String> + Send + Sync + 'static) {
        self.script().answers.insert(action.to_owned(), Arc::new(answers));
    }

    /// Spoils the next delivery of an action that no earlier fault waits for. Repetitions are deliveries, too.
    pub fn fail_next(&self, action: &str, fault: Fault) {
        self.script().faults.entry(action.to_owned()).or_default().push_back(fault);
    }

    /// Everything that was sent, the oldest first, spoiled deliveries as well.
    #[must_use]
    pub fn sent(&self) -> Vec<SentRequest> {
        self.script().sent.clone()
    }

    /// The requests of one action.
    #[must_use]
    pub fn requests<R: Request + Default>(&self) -> Vec<R> {
        self.script().sent.iter().filter_map(SentRequest::as_typed).collect()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a file may be put: asked for before each upload, and the same for all.
const AUTHORIZATION: &str = r#"{"AccessKeyId":"mock","Bucket":"mock","EncodedPolicy":"","Endpoint":"mock.invalid","ObjectKey":"mock","RequestId":"mock","Signature":"mock","UseAccelerate":false}"#;

/// An answer that comes in one piece.
struct Whole(Option<Bytes>);

impl ReadPieces for Whole {
    fn read(&mut self) -> Piece<'_> {
        Box::pin(std::future::ready(Ok(self.0.take())))
    }
}

impl Transport for MockService {
    /// Answers that come as events come as one: an ordinary answer.
    fn open(&self, request: PreparedRequest, timeouts: Timeouts) -> Opening<'_> {
        Box::pin(async move {
            let Answer { status, headers, body } = self.send(request, timeouts).await?;
            Ok(Opened { status, headers, pieces: Box::new(Whole(Some(body))), limit: usize::MAX })
        })
    }

    /// Takes every file.
    fn upload(&self, mut form: FileForm, _: Timeouts) -> Delivery<'_> {
        Box::pin(async move {
            while let Some(piece) = poll_fn(|context| Pin::new(&mut form.pieces).poll_next(context)).await {
                let broken = |error| Undelivered { cause: Cause::Broken, sent: true, source: Box::new(error) };
                piece.map_err(broken)?;
            }
            Ok(answer(201, &[], Bytes::new()))
        })
    }

    fn send(&self, request: PreparedRequest, timeouts: Timeouts) -> Delivery<'_> {
        let sent = SentRequest::new(&request);
        let (fault, answers) = {
            let mut script = self.script();
            script.sent.push(sent.clone());
            let fault = script.faults.get_mut(&sent.action).and_then(VecDeque::pop_front);
            (fault, script.answers.get(&sent.action).cloned())
        };
        Box::pin(async move {
            if let Some(fault) = fault {
                return fault.happen(timeouts).await;
            }
            // The test's own closure runs with nothing locked: it may ask the service.
            let authorized = || (sent.action == "AuthorizeFileUpload").then(|| AUTHORIZATION.to_owned());
            match answers.and_then(|answers| answers(&sent)).or_else(authorized) {
                Some(body) => Ok(answer(200, &[("x-acs-request-id".to_owned(), REQUEST_ID.to_owned())], body.into())),
                None => {
                    let message = format!("the test gives no answer to {} of {}", sent.action, sent.version);
                    Fault::error(400, "MockService.NoAnswer", &message).happen(timeouts).await
                }
            }
        })
    }
}

impl fmt::Debug for MockService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.script();
        let mut actions: Vec<&String> = script.answers.keys().collect();
        actions.sort();
        f.debug_struct("MockService").field("answers", &actions).field("sent", &script.sent.len()).finish()
    }
}

#[cfg(all(test, feature = "v2020-05-18", feature = "v2024-05-18"))]
mod tests {
    use std::time::Duration;

    use futures_util::TryStreamExt as _;
    use serde_json::json;
    use tokio::time::Instant;

    use super::*;
    use crate::v2020_05_18::{self as old, CreateFileRequest, ListNodesRequest, ListNodesResponseBody};
    use crate::v2024_05_18::{self as new, CreateDataSourceRequest, CreateDataSourceResponseBody};
    use crate::{ErrorKind, SignatureAlgorithm};

    #[tokio::test(start_paused = true)]
    async fn pages_and_retries_run_as_always() {
        let service = MockService::new();
        service.answer(|request: &ListNodesRequest| {
            let mut answer = ListNodesResponseBody::default();
            answer.data.total_count = Some(3);
            let page = usize::try_from(request.page_number.unwrap()).unwrap();
            answer.data.nodes.resize_with(if page == 1 { 2 } else { 1 }, Default::default);
            answer
        });
        service.fail_next("ListNodes", Fault::throttled_for(Duration::from_secs(2)));
        service.fail_next("ListNodes", Fault::refused());
        let client = old::Client::new(&service.config());
        let begin = Instant::now();
        let request = ListNodesRequest::new().project_id(1).project_env("PROD").page_size(2);
        let nodes: Vec<_> = client.list_nodes(request).items().try_collect().await.unwrap();
        assert_eq!((nodes.len(), service.requests::<ListNodesRequest>().len()), (3, 4));
        assert!(begin.elapsed() >= Duration::from_secs(2));
        assert_eq!(service.sent()[0].parameter("SignatureMethod"), Some("HMAC-SHA1"));
    }

    #[tokio::test(start_paused = true)]
    async fn every_fault_is_what_it_says() {
        let service = MockService::new();
        let client = old::Client::new(&service.config());
        let request = || CreateFileRequest::new().project_id(1).file_name("f").file_type(10);
        for (fault, kind, sent) in [
            (Fault::silence(), ErrorKind::Timeout, true),
            (Fault::broken(), ErrorKind::Connection, true),
            (Fault::raw(200, "{\"RequestId\":"), ErrorKind::Decode, true),
            (Fault::error(403, "Forbidden.Access", "no"), ErrorKind::Service, false),
            (Fault::unsuccessful("Invalid.Name", "no"), ErrorKind::Service, false),
        ] {
            service.fail_next("CreateFile", fault.clone());
            let error = client.create_file(request()).await.unwrap_err();
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, sent), "{fault:?}: {error}");
        }
        assert_eq!(service.sent().len(), 5, "no write is repeated");
        let error = client.create_file(request()).await.unwrap_err();
        assert!(error.to_string().contains("no answer to CreateFile of 2020-05-18"), "{error}");
    }

    #[tokio::test]
    async fn structured_requests_come_back_as_they_were() {
        let service = MockService::new();
        service.answer(|_: &CreateDataSourceRequest| CreateDataSourceResponseBody::default());
        service.answer_json("ListNodes", |sent| json!({ "RequestId": sent.parameter("ProjectId") }));
        let config = service.builder().signature_algorithm(SignatureAlgorithm::Acs3HmacSha256).build().unwrap();
        let request = CreateDataSourceRequest::new()
            .project_id(530_486)
            .name("orders 中文 a+b&c")
            .r#type("postgresql")
            .connection_properties_mode("UrlMode")
            .connection_properties(json!({ "password": "planted" }));
        new::Client::new(&config).create_data_source(request.clone()).await.unwrap();
        assert_eq!(service.requests::<CreateDataSourceRequest>(), [request]);
        assert!(!format!("{service:?} {:?}", service.sent()).contains("planted"));

        let request = ListNodesRequest::new().project_id(7).project_env("PROD");
        let listed = old::Client::new(&config).list_nodes(request).await.unwrap();
        assert_eq!(listed.request_id(), Some("7"));
        assert!(service.requests::<ListNodesRequest>().len() == 1 && service.sent()[1].action() == "ListNodes");
    }
}
