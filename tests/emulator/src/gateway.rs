//! The API gateway: published Data Service APIs, called under `/api-gateway/<group>/<path of the API>`.
//!
//! The real gateway has a domain for each group; here the group is a part of the path, which the signature covers as it is.

use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::auth::SKEW;
use crate::fault::Fault;
use crate::ids;
use crate::request::{BODY_LIMIT, Pairs, Received, decode};
use crate::server::{Answer, Closed, REQUESTS, Shared, cut};
use crate::signature::gateway as signature;
use crate::state::{Application, Definition, Parameter, Published, rows};

/// What the paths of all published APIs begin with.
pub(crate) const PREFIX: &str = "/api-gateway/";

/// Which API is called.
pub(crate) struct Target {
    group: String,
    /// Decoded.
    path: String,
}

impl Target {
    /// What a request calls, if that is an API and no action.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        let rest = parts.uri.path().strip_prefix(PREFIX)?;
        let (group, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        Some(Self { group: group.to_owned(), path })
    }
}

/// A refusal: the gateway's own codes have six characters.
struct Refused {
    status: u16,
    code: String,
    message: String,
}

fn refused<T>(status: u16, code: &str, message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { status, code: code.to_owned(), message: message.into() })
}

/// A request with all that may carry parameters.
struct Request {
    received: Received,
    json: Value,
    body: Bytes,
    is_form: bool,
}

pub(crate) async fn handle(
    shared: &Shared,
    last: &Arc<Notify>,
    target: Target,
    parts: &Parts,
    body: Incoming,
) -> Result<Response<Answer>, Closed> {
    let (mut received, readable) = Received::head(parts);
    received.api = Some(target.path.clone());
    if shared.faults.take(&target.path, |fault| *fault == Fault::CloseOnArrival).is_some() {
        shared.journal.note(&received);
        return Err(Closed);
    }
    let readable =
        readable.map_err(|refusal| Refused { status: 400, code: "I400RU".to_owned(), message: refusal.message });
    let request = Request { received, json: Value::Null, body: Bytes::new(), is_form: false };
    let (request, readable) = match readable {
        Ok(()) => request.read(body).await,
        Err(refusal) => (request, Err(refusal)),
    };
    let number = shared.journal.note(&request.received);
    let id = ids::uuid(REQUESTS, shared.answered.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    // Faults come after the signature was checked.
    let outcome = readable.and_then(|()| answer(shared, &target, &request));
    let admitted = outcome.as_ref().err().is_none_or(|refusal| refusal.status == 400 && refusal.code.starts_with("I"));
    let fault = if admitted { shared.faults.take(&target.path, |fault| *fault != Fault::CloseOnArrival) } else { None };
    if let Some(Fault::Delay(time)) = &fault {
        tokio::time::sleep(*time).await;
    }
    let mut response = reply(outcome, &id, fault.as_ref());
    if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(shared.clock.now())) {
        response.headers_mut().insert(DATE, date);
    }
    shared.journal.amend(number, |noted| {
        noted.status = Some(response.status().as_u16());
        noted.code.clone_from(&response.body().code);
    });
    cut(response, fault.as_ref(), last)
}

impl Request {
    /// Reads the body: a form or JSON.
    async fn read(mut self, body: Incoming) -> (Self, Result<(), Refused>) {
        let Ok(collected) = Limited::new(body, BODY_LIMIT).collect().await else {
            return (self, refused(413, "I413RL", "Request body too Large"));
        };
        self.body = collected.to_bytes();
        let kind = self.received.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        self.is_form = kind == "application/x-www-form-urlencoded";
        let text = std::str::from_utf8(&self.body).unwrap_or_default();
        if self.is_form {
            match decode(text) {
                Ok(form) => self.received.form = form,
                Err(refusal) => return (self, refused(400, "I400BD", format!("Invalid Body: {}", refusal.message))),
            }
        } else if !self.body.is_empty() && kind == "application/json" {
            match serde_json::from_str(text) {
                Ok(json) => self.json = json,
                Err(error) => return (self, refused(400, "I400BD", format!("Invalid Body: {error}"))),
            }
        }
        (self, Ok(()))
    }

    /// The value of a parameter, where its position says.
    fn parameter(&self, parameter: &Parameter, path: &Pairs) -> Option<String> {
        let find = |pairs: &Pairs| pairs.iter().find(|(key, _)| *key == parameter.name).map(|(_, value)| value.clone());
        match parameter.position {
            0 => find(path).or_else(|| find(&self.received.query)),
            2 => self.received.header(&parameter.name.to_ascii_lowercase()).map(str::to_owned),
            _ => find(&self.received.query).or_else(|| find(&self.received.form)).or_else(|| {
                match self.json.get(&parameter.name)? {
                    Value::Null => None,
                    Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                }
            }),
        }
    }
}

/// Finds the API, checks who calls and with what, and makes up the rows.
fn answer(shared: &Shared, target: &Target, request: &Request) -> Result<Answered, Refused> {
    let Some(store) = &shared.store else {
        return refused(404, "I404NF", "API not found: this emulator keeps no state");
    };
    let store = store.lock().unwrap_or_else(PoisonError::into_inner);
    let found: Vec<(Published<'_>, Pairs)> = store
        .published(&target.group)
        .filter_map(|api| {
            let path = api.definition.match_path(&target.path)?;
            Some((api, path))
        })
        .collect();
    let stage = request.received.header("x-ca-stage").unwrap_or("RELEASE");
    if found.is_empty() || stage != "RELEASE" {
        let message = format!("API not found: {} in group {}, stage {stage}", target.path, target.group);
        return refused(404, "I404NF", message);
    }
    let Some((api, path)) = found.into_iter().find(|(api, _)| api.definition.method() == request.received.method)
    else {
        return refused(405, "I405UM", format!("Unsupported Method `{}`", request.received.method));
    };
    let now = shared.clock.now_ms();
    let project = caller(shared, request, now, |is| store.application_by(is))?;
    if !api.may_call(project, now) {
        return refused(403, "A403AP", "Unauthorized: the application may not call this API, or not any more");
    }
    content(api.definition, request, &path)
}

/// The project whose application calls, by its app code or by the signature with its app key.
fn caller(
    shared: &Shared,
    request: &Request,
    now: i64,
    find: impl Fn(&dyn Fn(&Application) -> bool) -> Option<(i64, Application)>,
) -> Result<i64, Refused> {
    let header = |name: &str| request.received.header(name).filter(|value| !value.is_empty());
    let code = header("authorization").and_then(|value| value.strip_prefix("APPCODE ")).or_else(|| header("appcode"));
    if let Some(code) = code {
        let found = find(&|application| application.code == code);
        return found
            .map_or_else(|| refused(400, "A400AC", "Invalid AppCode: no application has it"), |(id, _)| Ok(id));
    }
    let (Some(key), Some(given)) = (header("x-ca-key"), header("x-ca-signature")) else {
        return refused(400, "A400MA", "Need authorization, `X-Ca-Key` or `Authorization: APPCODE ...` is required");
    };
    let Some((project, application)) = find(&|application| application.key == key) else {
        return refused(400, "A400IK", "Invalid AppKey: no application has it");
    };
    verify(request, &application.secret, given)?;
    let stamp: Option<i64> = header("x-ca-timestamp").and_then(|text| text.parse().ok());
    if stamp.is_none_or(|stamp| now.saturating_sub(stamp).unsigned_abs() > SKEW.unsigned_abs()) {
        return refused(400, "A400TE", "X-Ca-Timestamp is expired, or no time in milliseconds");
    }
    match header("x-ca-nonce") {
        Some(nonce) if shared.nonces.is_new(key, nonce, now) => Ok(project),
        Some(_) => refused(400, "A400NU", "X-Ca-Nonce was used already"),
        None => refused(400, "I400MH", "Header `X-Ca-Nonce` is Required"),
    }
}

fn verify(request: &Request, secret: &str, given: &str) -> Result<(), Refused> {
    let received = &request.received;
    let signed: Vec<&str> = received.header("x-ca-signature-headers").unwrap_or_default().split(',').collect();
    // Whatever the gateway goes by must be signed, or it could be changed on the way.
    for name in ["x-ca-key", "x-ca-timestamp", "x-ca-nonce", "x-ca-stage"] {
        if received.header(name).is_some() && !signed.contains(&name) {
            return refused(400, "I400HD", format!("Invalid Header `X-Ca-Signature-Headers`: it lacks {name}"));
        }
    }
    if !request.is_form && !request.body.is_empty() {
        let digest = signature::content_md5(&request.body);
        if received.header("content-md5") != Some(&digest) {
            return refused(400, "I400I5", "Invalid Header `Content-MD5`: it is not the digest of the body");
        }
    }
    let text = signature::string_to_sign(
        &received.method,
        |name| received.header(name),
        &signed,
        &received.path,
        received.parameters(),
    );
    if signature::verify(secret, &text, given) {
        return Ok(());
    }
    refused(400, "A400IS", format!("Invalid Signature, Server StringToSign:`{}`", text.replace('\n', "#")))
}

/// What a call is answered with.
enum Answered {
    Data(Value),
    /// What a registered API answers.
    Sample(String),
}

fn content(api: &Definition, request: &Request, path: &Pairs) -> Result<Answered, Refused> {
    let data = rows::answer(api, |parameter| request.parameter(parameter, path));
    match data {
        Err(problem) => refused(400, "I400PR", problem),
        Ok(_) if api.is_registered() => Ok(Answered::Sample(api.details.sample.clone().unwrap_or_default())),
        Ok(data) => Ok(Answered::Data(data)),
    }
}

/// The outcome as an answer, or what a fault puts in its place.
fn reply(outcome: Result<Answered, Refused>, id: &str, fault: Option<&Fault>) -> Response<Answer> {
    let failed = |status: u16, code: &str, message: &str| {
        let mut response = head(status, Answer::new(Bytes::new(), Some(code.to_owned())), id);
        for (name, text) in [("x-ca-error-code", code), ("x-ca-error-message", message)] {
            // As gateways do: bytes beyond ASCII travel as they are.
            if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    };
    let enveloped = |code: Value, message: &str, data: Value, error: Option<String>| {
        let body = json!({"errCode": code, "errMsg": message, "requestId": id, "data": data});
        json_answer(body.to_string(), error, id)
    };
    match (fault, outcome) {
        (Some(Fault::Throttle { retry_after_ms }), _) => {
            let mut response = failed(429, "T429ID", "Throttled by INNER Flow Control");
            if let Some(ms) = retry_after_ms {
                response.headers_mut().insert("x-acs-retry-after", (*ms).into());
            }
            response
        }
        (Some(Fault::Status { status, code, message }), _) => failed(*status, code, message),
        (Some(Fault::Unsuccessful { code, message }), _) => {
            enveloped(code.as_str().into(), message, Value::Null, Some(code.clone()))
        }
        (Some(Fault::Raw { status, headers, body }), _) => {
            let mut response = head(*status, Answer::new(body.clone(), None), id);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    response.headers_mut().append(name, value);
                }
            }
            response
        }
        (_, Ok(Answered::Data(data))) => enveloped(0.into(), "success", data, None),
        (_, Ok(Answered::Sample(text))) => json_answer(text, None, id),
        (_, Err(Refused { status, code, message })) => failed(status, &code, &message),
    }
}

fn json_answer(body: String, error: Option<String>, id: &str) -> Response<Answer> {
    let mut response = head(200, Answer::new(body.into(), error), id);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    response
}

fn head(status: u16, answer: Answer, id: &str) -> Response<Answer> {
    let mut response = Response::new(answer);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-ca-request-id", id);
    }
    response
}
