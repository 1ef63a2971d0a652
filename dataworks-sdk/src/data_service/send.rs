//! The way of a call: put together, sign, send, understand, repeat.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use tracing::{Instrument as _, Span};

use super::answer::{self, Delivered};
use super::call::{Body, Parts};
use super::credentials::Identity;
use super::{failure, signature};
use crate::error::{Error, ErrorKind};
use crate::execute::{self, Progress};
use crate::operation::Method;
use crate::prepare::PreparedRequest;
use crate::retry::Attempts;
use crate::secret::{Secrets, names_one};
use crate::signature::acs3::Signed;
use crate::signature::{Stamp, percent};
use crate::transport::{self, Timeouts};

/// Makes a call; the answer has been looked at as far as all answers are the same.
pub(super) async fn send(parts: &Parts) -> Result<Delivered, Error> {
    let name = parts.name();
    let span = tracing::info_span!(
        target: "dataworks_sdk",
        "data_service_call",
        call = name.as_str(),
        attempt = tracing::field::Empty,
        status = tracing::field::Empty,
        request_id = tracing::field::Empty,
    );
    let limit = parts.options.total_timeout.or(parts.client.0.config.shared().total_timeout);
    let progress = Progress::default();
    let work = Box::pin(run(parts, &span, &progress).instrument(span.clone()));
    let result = match limit {
        None => work.await,
        Some(limit) => match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(progress.total_timeout(limit)),
        },
    };
    result.map_err(|error| error.with_action(&name))
}

async fn run(parts: &Parts, span: &Span, progress: &Progress) -> Result<Delivered, Error> {
    execute::needs_runtime()?;
    check(parts)?;
    let shared = parts.client.0.config.shared();
    let policy = parts.options.retry.as_ref().unwrap_or(&shared.retry);
    let timeouts = Timeouts { read: parts.options.read_timeout.unwrap_or(shared.timeouts.read), ..shared.timeouts };
    let secrets = secrets(parts);
    let mut attempts = Attempts::new(policy, &shared.budget, parts.idempotent);
    let mut sent = false;
    loop {
        span.record("attempt", attempts.attempt);
        let request = prepare(parts, &Stamp::new(shared.clock.now()));
        progress.sending();
        let error = match shared.transport.send(request, timeouts).await {
            Ok(answer) => match understand(span, answer) {
                Ok((answer, request_id)) => {
                    shared.budget.earn(attempts.attempt);
                    tracing::debug!(target: "dataworks_sdk", "answered");
                    let (name, attempts) = (parts.name(), attempts.attempt);
                    return Ok(Delivered { answer, request_id, attempts, name, secrets });
                }
                Err(error) => error,
            },
            Err(undelivered) => Error::from(undelivered),
        };
        let error = error.masked(&secrets, false);
        let Some(delay) = attempts.after(&error) else {
            // What the last attempt did is not all that was done.
            let error = error.or_sent(sent);
            tracing::debug!(target: "dataworks_sdk", error = %error, "failed");
            return Err(error);
        };
        tracing::debug!(target: "dataworks_sdk", error = %error, delay_ms = execute::milliseconds(delay), "repeating");
        sent |= error.may_have_been_sent();
        progress.note(error, sent);
        // Wait first, then stamp and sign: a signature is good for 15 minutes only.
        tokio::time::sleep(delay).await;
    }
}

/// Everything that is wrong with a call before it is sent.
fn check(parts: &Parts) -> Result<(), Error> {
    let wrong = |message: String| Err(Error::new(ErrorKind::InvalidRequest, message));
    if let Some(problem) = &parts.problem {
        return wrong(problem.clone());
    }
    if let Some(name) = &parts.options.bad_header {
        return wrong(format!("the header {name:?} has a name or value that HTTP forbids"));
    }
    if parts.options.read_timeout == Some(Duration::ZERO) {
        return wrong("read_timeout is 0: nothing could ever come about".to_owned());
    }
    if parts.method == Method::Get && !matches!(parts.body, Body::Nothing) {
        return wrong("a GET has no body: give its parameters with `query`".to_owned());
    }
    if parts.query.iter().any(|(name, _)| name.is_empty()) {
        return wrong("a parameter of the query has no name".to_owned());
    }
    Ok(())
}

/// What an answer must not make us repeat: the application's secret, and headers whose names speak of one.
fn secrets(parts: &Parts) -> Secrets {
    let named = parts.options.headers.iter().filter(|(name, _)| names_one(name.as_str()));
    let named = named.filter_map(|(_, value)| value.to_str().ok());
    Secrets::of(parts.client.0.credentials.secret().into_iter().chain(named))
}

/// The request of one attempt: stamped and signed anew.
fn prepare(parts: &Parts, stamp: &Stamp) -> PreparedRequest {
    let inner = &parts.client.0;
    let path = parts.whole_path();
    let pairs = |pairs: &[(String, String)]| percent::query(pairs.iter().map(|(name, value)| (&**name, &**value)));
    let mut url = format!("{}{path}", inner.base.as_str());
    if !parts.query.is_empty() {
        url.extend(["?", &pairs(&parts.query)]);
    }
    let (form, body, kind) = match &parts.body {
        Body::Nothing => (&[][..], None, None),
        Body::Form(form) => (
            &form[..],
            Some(percent::form(form.iter().map(|(name, value)| (&**name, &**value)))),
            Some("application/x-www-form-urlencoded; charset=UTF-8"),
        ),
        Body::Json(body) => (&[][..], Some(body.to_string()), Some("application/json; charset=UTF-8")),
    };
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.extend(kind.map(|kind| (CONTENT_TYPE, HeaderValue::from_static(kind))));
    // The caller's come before the signature, which covers the kinds of answer and body.
    headers.extend(parts.options.headers.clone());
    headers.insert("x-ca-stage", HeaderValue::from_static(parts.stage.as_str()));
    if let (Body::Json(_), Some(body)) = (&parts.body, &body) {
        put(&mut headers, signature::CONTENT_MD5, &signature::content_md5(body), false);
    }
    match &inner.credentials.0 {
        Identity::Code { code, own_header: true } => {
            put(&mut headers, HeaderName::from_static("appcode"), code.expose_secret(), true);
        }
        Identity::Code { code, own_header: false } => {
            put(&mut headers, AUTHORIZATION, &format!("APPCODE {}", code.expose_secret()), true);
        }
        Identity::Key { key, secret } => {
            put(&mut headers, HeaderName::from_static("x-ca-key"), key, false);
            put(&mut headers, HeaderName::from_static("x-ca-nonce"), &stamp.nonce, false);
            let since = stamp.time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
            let now = execute::milliseconds(since).to_string();
            put(&mut headers, HeaderName::from_static("x-ca-timestamp"), &now, false);
            let parameters = parts.query.iter().chain(form).map(|(name, value)| (&**name, &**value));
            signature::sign(parts.method.as_str(), &mut headers, &path, parameters, secret.expose_secret());
        }
        Identity::Anonymous => {}
    }
    PreparedRequest { method: parts.method, base: inner.base.clone(), url, headers, body, signed: Signed::default() }
}

/// Sets a header. What was checked when the client was built, or is made here, always makes one.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &str, secret: bool) {
    if let Ok(mut value) = HeaderValue::try_from(value) {
        value.set_sensitive(secret);
        headers.insert(name, value);
    }
}

/// The answer with the id of its request, or how it failed.
fn understand(span: &Span, answer: transport::Answer) -> Result<(transport::Answer, Option<String>), Error> {
    span.record("status", answer.status);
    let refused = failure::by_status(&answer);
    let outcome = match refused {
        Some(error) => Err(error),
        None => answer::Envelope::read(&answer).and_then(|envelope| match failure::by_code(&answer, &envelope) {
            Some(error) => Err(error),
            None => Ok(envelope.request_id.or_else(|| answer.header(failure::REQUEST_ID).map(str::to_owned))),
        }),
    };
    let id = outcome.as_ref().map_or_else(Error::request_id, |id| id.as_deref());
    execute::record_request_id(span, id);
    match outcome {
        Ok(request_id) => Ok((answer, request_id)),
        // An answer that cannot be read comes after the deed.
        Err(error) if error.kind() == ErrorKind::Decode => Err(error.maybe_sent(true)),
        Err(error) => Err(execute::judge(error)),
    }
}
