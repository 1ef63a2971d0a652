//! The way of every call, written once and generic over nothing: check, flatten, sign, send, understand, repeat.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tracing::{Instrument as _, Span};

use crate::call::{CallParts, Source};
use crate::credentials::{Credentials, no_runtime};
use crate::decode::{self, Mismatch};
use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind, service};
use crate::events::{self, Rest};
use crate::model::{Datum, Slot};
use crate::operation::Safety;
use crate::params::Params;
use crate::prepare::{self, CLIENT_TOKEN, PreparedRequest, Signing};
use crate::response::{self, Meta};
use crate::retry::Attempts;
use crate::secret::{Mask, Secrets, enabled};
use crate::signature::Stamp;
use crate::transport::{Answer, Timeouts};
use crate::upload::UploadStep;

/// Carries a call out and reads the answer into `body`.
pub(crate) async fn execute(parts: &CallParts, body: &mut dyn Slot) -> Result<Box<Meta>, Error> {
    let span = span(parts);
    let progress = Progress::default();
    let work = run(parts, body, &span, &progress, None).instrument(span.clone());
    limited(parts.operation.name(), limit(parts), &progress, work).await
}

/// The span of a call.
pub(crate) fn span(parts: &CallParts) -> Span {
    tracing::info_span!(
        target: "dataworks_sdk",
        "dataworks_call",
        action = parts.operation.name(),
        version = parts.client.api.version,
        attempt = tracing::field::Empty,
        status = tracing::field::Empty,
        request_id = tracing::field::Empty,
    )
}

/// How long a call may take in all.
pub(crate) fn limit(parts: &CallParts) -> Option<Duration> {
    parts.options.total_timeout.or(parts.client.config.shared().total_timeout)
}

/// Does the work of a call within its limit.
pub(crate) async fn limited<T>(
    action: &str,
    limit: Option<Duration>,
    progress: &Progress,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(no_runtime().with_action(action));
    }
    let result = match limit {
        None => work.await,
        Some(limit) => match tokio::time::timeout(limit, work).await {
            Ok(result) => result,
            Err(_) => Err(progress.total_timeout(limit)),
        },
    };
    result.map_err(|error| error.with_action(action))
}

/// What is known when a call is cut off.
#[derive(Default)]
pub(crate) struct Progress {
    /// Whether a request is on its way, or an earlier one may have been carried out.
    sent: AtomicBool,
    /// How the last attempt failed.
    last: Mutex<Option<Error>>,
    /// What is being done before the action itself.
    step: Mutex<Option<UploadStep>>,
}

impl Progress {
    /// A request is on its way.
    pub(crate) fn sending(&self) {
        self.sent.store(true, Ordering::Relaxed);
    }

    /// An attempt has failed: what is on its way no more, unless an earlier one was.
    pub(crate) fn note(&self, error: Error, sent: bool) {
        self.sent.store(sent, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// A step begins, or the action itself.
    pub(crate) fn begin(&self, step: Option<UploadStep>) {
        self.sent.store(false, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
    }

    pub(crate) fn total_timeout(&self, limit: Duration) -> Error {
        let message = format!(
            "the call was not finished within its timeout of {}; `timeout` on the call or the builder raises it",
            humantime::format_duration(limit)
        );
        let step = *self.step.lock().unwrap_or_else(PoisonError::into_inner);
        let error = Error::new(ErrorKind::Timeout, message);
        let error = match step {
            None => error.maybe_sent(self.sent.load(Ordering::Relaxed)),
            Some(step) => error.with_step(step),
        };
        match self.last.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(last) => error.with_source(last),
            None => error,
        }
    }
}

/// The signed request of a call, without sending it.
pub(crate) async fn prepare(parts: &CallParts) -> Result<PreparedRequest, Error> {
    let signed = Ready::new(parts).await.and_then(|ready| ready.sign(None));
    signed.map_err(|error| error.with_action(parts.operation.name()))
}

/// # Errors
/// [`ErrorKind::Config`] where there is no runtime to wait in.
pub(crate) fn needs_runtime() -> Result<(), Error> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(no_runtime()),
    }
}

/// Finds what is wrong with a call before anything of it is sent.
pub(crate) async fn check(parts: &CallParts) -> Result<(), Error> {
    Ready::new(parts).await.map(drop)
}

/// Where a call goes.
pub(crate) fn base(parts: &CallParts) -> Result<BaseUrl, Error> {
    match (parts.options.region.as_deref(), parts.options.endpoint.as_deref()) {
        (None, None) => parts.client.home(),
        (region, endpoint) => parts.client.config.shared().base_url(parts.client.api, region, endpoint),
    }
}

/// `span` is the call's own: the current one would be the caller's where this one is filtered out. With `events` it asks
/// for events, reads the first one and leaves the others there.
pub(crate) async fn run(
    parts: &CallParts,
    body: &mut dyn Slot,
    span: &Span,
    progress: &Progress,
    mut events: Option<&mut Rest>,
) -> Result<Box<Meta>, Error> {
    needs_runtime()?;
    let shared = parts.client.config.shared();
    let mut ready = Ready::new(parts).await?;
    let policy = parts.options.retry.as_ref().unwrap_or(&shared.retry);
    let mut attempts = Attempts::new(policy, &shared.budget, ready.repeatable());
    let limiter = shared.rate_limits.of(parts.operation.name());
    let (mut waited, mut sent, mut renewed) = (None, false, false);
    loop {
        span.record("attempt", attempts.attempt);
        // Wait first, then stamp and sign: a signature is good for 15 minutes only.
        let slot = match &limiter {
            Some(limiter) => Some(limiter.slot().await),
            None => None,
        };
        if slot.is_some() || waited.is_some() {
            // The wait may have been longer than the credentials are good for.
            ready.credentials = shared.credentials().await.map_err(|error| error.or_sent(sent))?;
        }
        let request = ready.sign(waited.map(|delay| (attempts.attempt - 1, delay)))?;
        progress.sending();
        let error = match ready.deliver(request, (span, attempts.attempt), body, events.as_deref_mut()).await {
            Ok(meta) => {
                shared.budget.earn(attempts.attempt);
                if let (Some(limiter), Some(slot)) = (&limiter, slot) {
                    limiter.passed(slot);
                }
                tracing::debug!(target: "dataworks_sdk", "answered");
                return Ok(meta);
            }
            Err(error) => error,
        };
        if let (Some(limiter), Some(slot)) = (&limiter, slot) {
            limiter.failed(slot, &error, policy);
        }
        progress.sent.store(sent || error.may_have_been_sent(), Ordering::Relaxed);
        let error = match ready.renew(error, &mut renewed).await {
            Ok(()) => continue,
            Err(error) => error,
        };
        let Some(delay) = attempts.after(&error) else {
            // What the last attempt did is not all that was done.
            let error = error.or_sent(sent);
            tracing::debug!(target: "dataworks_sdk", error = %error, "failed");
            return Err(error);
        };
        tracing::debug!(target: "dataworks_sdk", error = %error, delay_ms = milliseconds(delay), "repeating");
        sent |= error.may_have_been_sent();
        progress.note(error, sent);
        tokio::time::sleep(delay).await;
        waited = Some(delay);
    }
}

/// The parameters of a call, those that a shorthand fills among them.
fn params(parts: &CallParts) -> Result<Params, Error> {
    let (operation, skip) = (parts.operation, parts.options.skip_validation);
    match parts.request.expanded(operation) {
        None => prepare::checked(operation, parts.request.datum(), skip),
        Some(mut expanded) => {
            let findings = if skip { Vec::new() } else { expanded.check(operation) };
            prepare::written(operation, Datum::Map(&expanded.request), findings)
        }
    }
}

pub(crate) fn milliseconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
}

/// A call that passed the checks: what is the same for each of its attempts.
struct Ready<'a> {
    parts: &'a CallParts,
    base: BaseUrl,
    credentials: Credentials,
    params: Params,
    timeouts: Timeouts,
}

impl<'a> Ready<'a> {
    async fn new(parts: &'a CallParts) -> Result<Self, Error> {
        let (shared, options) = (parts.client.config.shared(), &parts.options);
        if let Some(name) = &options.bad_header {
            let message = format!("the header {name:?} has a name or value that HTTP forbids");
            return Err(Error::new(ErrorKind::InvalidRequest, message));
        }
        if options.read_timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::new(ErrorKind::InvalidRequest, "read_timeout is 0: nothing could ever come about"));
        }
        let params = params(parts)?;
        let credentials = shared.credentials().await?;
        Ok(Self {
            parts,
            base: base(parts)?,
            credentials,
            params,
            timeouts: Timeouts { read: options.read_timeout.unwrap_or(shared.timeouts.read), ..shared.timeouts },
        })
    }

    /// Delivers a request and reads the answer into `body`. No error shows a secret.
    async fn deliver(
        &self,
        mut request: PreparedRequest,
        (span, attempt): (&Span, u32),
        body: &mut dyn Slot,
        events: Option<&mut Rest>,
    ) -> Result<Box<Meta>, Error> {
        let transport = &*self.parts.client.config.shared().transport;
        let secrets = || Secrets::new(&self.params, &self.credentials);
        // Nothing that carries a request has to know what was signed.
        let signed = std::mem::take(&mut request.signed);
        let answer = match events {
            None => transport.send(request, self.timeouts).await.map_err(Error::from),
            Some(rest) => {
                let first = Box::pin(events::begin(transport, request, self.timeouts, rest)).await;
                if let Rest::Open(source) = rest {
                    source.secrets = secrets();
                }
                first
            }
        };
        answer.and_then(|answer| understand(self.parts, span, answer, body, attempt)).map_err(|error| {
            let secrets = secrets();
            let error = error.with_signed(&signed, &self.params, &secrets);
            error.masked(&secrets, self.parts.operation.has_secret_answer())
        })
    }

    /// Takes others in the place of credentials that the service refused as expired, once. It did nothing, so that every
    /// call can be repeated. The error comes back if it says something else, or if there are no others.
    async fn renew(&mut self, error: Error, renewed: &mut bool) -> Result<(), Error> {
        let refused = matches!(error.code(), Some("InvalidSecurityToken.Expired" | "InvalidAccessKeyId.NotFound"));
        if !refused || std::mem::replace(renewed, true) {
            return Err(error);
        }
        let shared = self.parts.client.config.shared();
        match Box::pin(shared.credentials.renewed(&self.credentials)).await {
            Ok(Some(credentials)) => {
                tracing::debug!(target: "dataworks_sdk", error = %error, "repeating with renewed credentials");
                self.credentials = credentials;
                Ok(())
            }
            Ok(None) => Err(error),
            Err(cause) => Err(error.with_source(cause)),
        }
    }

    fn repeatable(&self) -> bool {
        match self.parts.operation.safety() {
            Safety::Read | Safety::Idempotent => true,
            Safety::Write => self.params.get(CLIENT_TOKEN).is_some(),
            Safety::Once => false,
        }
    }

    /// The request of one attempt: stamped and signed anew.
    fn sign(&self, repeated: Option<(u32, Duration)>) -> Result<PreparedRequest, Error> {
        let (client, shared) = (&self.parts.client, self.parts.client.config.shared());
        let signing = Signing {
            algorithm: shared.signature,
            version: client.api.version,
            credentials: &self.credentials,
            stamp: &Stamp::new(shared.clock.now()),
            base: &self.base,
            repeated: repeated.map(|(attempts, delay)| (attempts, milliseconds(delay))),
        };
        let mut request = prepare::assemble(self.parts.operation, &self.params, &signing)?;
        if !self.parts.options.headers.is_empty() {
            request.headers.extend(self.parts.options.headers.clone());
        }
        Ok(request)
    }
}

/// Reads the answer into `body`, or says how it failed.
pub(crate) fn understand(
    parts: &CallParts,
    span: &Span,
    answer: Answer,
    body: &mut dyn Slot,
    attempts: u32,
) -> Result<Box<Meta>, Error> {
    span.record("status", answer.status);
    if let Some(error) = service::by_status(&answer) {
        if error.code() == Some("InvalidTimeStamp.Expired") {
            parts.client.config.shared().clock.correct(&answer.headers);
        }
        record_request_id(span, error.request_id());
        return Err(judge(error));
    }
    let mut mismatches = match decode::decode(&answer.body, body) {
        Ok(mismatches) => mismatches,
        Err(error) => return Err(service::unreadable(&answer, error).maybe_sent(true)),
    };
    if parts.operation.has_secret_answer() && enabled(Mask::Container) {
        // What stands where an object or a list of them should be holds its secrets.
        mismatches.iter_mut().for_each(Mismatch::hide_container);
    }
    let seen = body.see();
    let request_id = seen.field("RequestId").text().or_else(|| answer.header("x-acs-request-id").map(str::to_owned));
    record_request_id(span, request_id.as_deref());
    if let Some(error) = service::by_outcome(parts.operation, &answer, seen) {
        return Err(judge(error));
    }
    let failures = response::failures(parts.operation, seen);
    Ok(Box::new(Meta {
        answer,
        request_id,
        mismatches,
        failures,
        attempts,
        untyped: matches!(parts.request, Source::Untyped(_)),
    }))
}

/// A refusal did nothing; a server fault may have come after the deed, and a replay says that there was one.
pub(crate) fn judge(error: Error) -> Error {
    let fault = error.is_retryable() && !error.is_throttling();
    let replay = error.code() == Some("SignatureNonceUsed");
    error.maybe_sent(fault || replay)
}

pub(crate) fn record_request_id(span: &Span, request_id: Option<&str>) {
    if let Some(id) = request_id {
        span.record("request_id", id);
    }
}
