//! A call that is ready to go: parameters and options first, then `send` or `rows`.

use std::fmt::{self, Display};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::Answer;
use super::client::{Client, Stage};
use super::pages::{Pages, Rows};
use super::send;
use crate::call::CallOptions;
use crate::error::Error;
use crate::operation::Method;
use crate::retry::RetryPolicy;
use crate::signature::percent;

/// A call of a published API: set parameters and options on it, then [`send`](Self::send) it, or read all its pages with
/// [`rows`](Self::rows).
///
/// Dropping the future cancels the call; a write may have reached the API by then.
///
/// ```
/// # async fn example(api: dataworks_sdk::data_service::Client) -> Result<(), dataworks_sdk::Error> {
/// use std::time::Duration;
/// use serde_json::{Value, json};
///
/// let answer = api
///     .post("/orders/search")
///     .json(&json!({"day": "2026-01-07", "city": "杭州"}))
///     .idempotent() // it only asks
///     .timeout(Duration::from_secs(30))
///     .send::<Value>()
///     .await?;
/// println!("{:?}", answer.rows());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a call does nothing until it is sent"]
pub struct Call(pub(super) Box<Parts>);

#[derive(Clone)]
pub(super) struct Parts {
    pub(super) client: Client,
    pub(super) method: Method,
    /// As it is given, for people.
    pub(super) path: String,
    pub(super) query: Pairs,
    pub(super) body: Body,
    pub(super) options: CallOptions,
    pub(super) stage: Stage,
    pub(super) idempotent: bool,
    /// The first thing that is wrong with the call.
    pub(super) problem: Option<String>,
}

/// Names and values, not encoded.
pub(super) type Pairs = Vec<(String, String)>;

#[derive(Clone)]
pub(super) enum Body {
    Nothing,
    Form(Pairs),
    Json(Value),
}

impl Call {
    pub(super) fn new(client: Client, method: Method, path: &str) -> Self {
        let problem = if path.contains(['?', '#']) {
            // What follows it may be a secret.
            Some("the path holds a ? or #: parameters belong to `query` of the call".to_owned())
        } else if path.split('/').any(|part| matches!(part, "." | "..")) {
            Some(format!("the path {path:?} holds . or .. as a part"))
        } else {
            None
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (options, stage) = (client.0.options.clone(), client.0.stage);
        Self(Box::new(Parts {
            idempotent: method == Method::Get,
            client,
            method,
            path,
            query: Vec::new(),
            body: Body::Nothing,
            options,
            stage,
            problem,
        }))
    }

    /// A parameter in the query. One that is given again is sent again.
    pub fn query(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.query.push((name.into(), value.to_string()));
        self
    }

    /// A parameter in a form body. A call has a form or JSON, not both.
    pub fn form(mut self, name: impl Into<String>, value: impl Display) -> Self {
        match &mut self.0.body {
            Body::Form(form) => form.push((name.into(), value.to_string())),
            Body::Nothing => self.0.body = Body::Form(vec![(name.into(), value.to_string())]),
            Body::Json(_) => self.0.wrong("the call has a JSON body and a form: it can have one of them"),
        }
        self
    }

    /// The body, as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_value(body) {
            _ if matches!(self.0.body, Body::Form(_)) => {
                self.0.wrong("the call has a form and a JSON body: it can have one of them");
            }
            Ok(body) => self.0.body = Body::Json(body),
            Err(error) => self.0.wrong(&format!("the body cannot be written as JSON: {error}")),
        }
        self
    }

    /// A header to be sent along. Those that the client writes itself cannot be set.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(instead) = reserved(name) {
            self.0.wrong(&format!("the header {name:?} is written by the client{instead}"));
        }
        self.0.options.header(name, value);
        self
    }

    /// The environment that this call goes to.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.0.stage = stage;
        self
    }

    /// The call may reach the API twice: it is repeated as a read is.
    pub fn idempotent(mut self) -> Self {
        self.0.idempotent = true;
        self
    }

    /// How long the call may take in all, with its repetitions.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.options.total_timeout = Some(timeout);
        self
    }

    /// How long the server may take to begin its answer, and between the pieces of it.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.0.options.read_timeout = Some(timeout);
        self
    }

    /// How this call is repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.options.retry = Some(policy);
        self
    }

    /// One attempt only.
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::never())
    }

    /// Makes the call and reads the rows of its answer: one page where the API pages.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) before anything is sent, if the call makes no sense;
    /// [`ErrorKind::Service`](crate::ErrorKind::Service) if gateway or API refuse;
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the answer is no JSON or a row is no `T`; those of the connection.
    pub async fn send<T: DeserializeOwned>(self) -> Result<Answer<T>, Error> {
        Answer::read(send::send(&self.0).await?)
    }

    /// All pages, one by one, from the one that `pageNum` asks for, or the first.
    ///
    /// `pageNum` is set where `pageNum` or `pageSize` was given: in the query, the form or the JSON body; where neither was, in
    /// the form or JSON body if there is one, and else in the query.
    pub fn pages<T: DeserializeOwned>(self) -> Pages<T> {
        Pages::new(self)
    }

    /// The rows of all pages, one by one.
    pub fn rows<T: DeserializeOwned>(self) -> Rows<T> {
        self.pages().rows()
    }

    /// `GET /orders`.
    #[cfg(feature = "blocking")]
    pub(crate) fn name(&self) -> String {
        self.0.name()
    }
}

impl Parts {
    fn wrong(&mut self, problem: &str) {
        self.problem.get_or_insert_with(|| problem.to_owned());
    }

    /// The path of the URL, encoded.
    pub(super) fn whole_path(&self) -> String {
        let mut whole = self.client.0.prefix.clone();
        for part in self.path.split('/').skip(1) {
            whole.push('/');
            percent::push(&mut whole, part);
        }
        whole
    }

    /// `GET /orders`.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.as_str(), self.path)
    }

    /// The value of a parameter, wherever it stands.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let find = |pairs: &Pairs| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        find(&self.query).or_else(|| match &self.body {
            Body::Nothing => None,
            Body::Form(form) => find(form),
            Body::Json(body) => match body.get(name)? {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            },
        })
    }

    /// Sets the number of the page, where [`Call::pages`] says.
    pub(super) fn set_page(&mut self, number: i64) {
        const NAMES: [&str; 2] = ["pageNum", "pageSize"];
        let [name, _] = NAMES;
        let put = |pairs: &mut Pairs| {
            pairs.retain(|(key, _)| key != name);
            pairs.push((name.to_owned(), number.to_string()));
        };
        if self.query.iter().any(|(key, _)| NAMES.contains(&key.as_str())) {
            return put(&mut self.query);
        }
        match &mut self.body {
            Body::Form(form) => put(form),
            Body::Json(Value::Object(body)) => {
                body.insert(name.to_owned(), number.into());
            }
            Body::Nothing | Body::Json(_) => put(&mut self.query),
        }
    }
}

/// What to do instead of setting a header that the client writes itself.
fn reserved(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "authorization" | "appcode" | "x-ca-key" => Some(": its builder takes the credentials"),
        "x-ca-stage" => Some(": set it with `stage`"),
        "x-ca-timestamp"
        | "x-ca-nonce"
        | "x-ca-signature"
        | "x-ca-signature-headers"
        | "x-ca-signature-method"
        | "content-md5"
        | "content-length"
        | "host" => Some(""),
        _ => None,
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nobody has said which values are secret.
        let names = |pairs: &Pairs| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let mut out = f.debug_struct("Call");
        out.field("call", &format_args!("{}", self.name())).field("query", &names(&self.query));
        match &self.body {
            Body::Nothing => {}
            Body::Form(form) => {
                out.field("form", &names(form));
            }
            Body::Json(body) => {
                let fields: Vec<&str> = body.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                out.field("json", &fields);
            }
        }
        out.field("client", &self.client).finish_non_exhaustive()
    }
}
