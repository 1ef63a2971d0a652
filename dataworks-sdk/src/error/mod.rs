//! One error for everything, with predicates that keep their meaning.

mod denied;
mod ended;
mod hint;
#[cfg(feature = "client")]
mod mismatch;
#[cfg(feature = "client")]
pub(crate) mod service;

pub use denied::AccessDeniedDetail;
pub(crate) use ended::Ended;
#[cfg(feature = "client")]
pub use mismatch::{Difference, SignatureMismatch};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::check::Finding;
#[cfg(feature = "client")]
use crate::secret::{Mask, enabled};

/// What went wrong with a call.
///
/// The kinds and predicates keep their meaning between releases; [`ErrorKind`] may gain kinds. `Display` always has the
/// action and, as far as they are known, code, message and request id, then what to do about it.
///
/// # Troubleshooting
/// | you see | ask | then |
/// |---|---|---|
/// | a parameter is wrong | [`findings`](Self::findings), [`code`](Self::code) | mend the request |
/// | `Forbidden…` | [`is_access_denied`](Self::is_access_denied) | check the RAM policy and the role in the workspace |
/// | too many requests | [`is_throttling`](Self::is_throttling), [`retry_after`](Self::retry_after) | slow down; a used-up quota needs waiting or an upgrade |
/// | not there | [`is_not_found`](Self::is_not_found) | check the id and the region |
/// | a timeout or a broken connection after a write | [`may_have_been_sent`](Self::may_have_been_sent) | look whether it happened before you repeat it |
///
/// ```
/// # #[cfg(all(feature = "client", feature = "v2020-05-18"))]
/// # async fn example() -> Result<(), dataworks_sdk::Error> {
/// use dataworks_sdk::v2020_05_18::{Client, GetNodeRequest};
///
/// let client = Client::from_env()?;
/// match client.get_node(GetNodeRequest::new().node_id(123456).project_env("PROD")).await {
///     Ok(node) => println!("{:?}", node.data.node_name),
///     Err(error) if error.is_not_found() => println!("no such node"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    action: Option<String>,
    #[cfg(feature = "client")]
    step: Option<crate::upload::UploadStep>,
    message: String,
    hint: Option<String>,
    sent: bool,
    service: Option<Box<ServiceFailure>>,
    findings: Vec<Finding>,
    /// How far a wait had come.
    ended: Option<Box<Ended>>,
    /// Lines below the others.
    details: Vec<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// What kind of thing went wrong. Kinds may be added; a kind keeps its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client cannot be built: no region, no usable endpoint, a wrong setting.
    Config,
    /// There is no usable credential.
    Credentials,
    /// The request is wrong; nothing was sent. See [`Error::findings`].
    InvalidRequest,
    /// No connection came about; nothing was sent.
    Connect,
    /// A timeout ran out. The message names which one.
    Timeout,
    /// The connection broke.
    Connection,
    /// The service answered that it failed. See [`Error::code`].
    Service,
    /// The service answered something that cannot be read.
    Decode,
    /// The answer is larger than the client takes. It is not repeated; a write has been carried out.
    TooLarge,
    /// The file to upload cannot be read.
    File,
    /// Reading all pages made no progress: the server repeats itself or never ends.
    Pagination,
    /// A wait came to a state that can never become what it waited for. See [`Error::last_state`] and
    /// [`Error::last_answer`].
    WaitFailed,
    /// The time for a wait is up. See [`Error::last_state`] and [`Error::last_answer`].
    WaitTimeout,
}

/// What the service said when it failed.
#[derive(Clone, Default)]
pub(crate) struct ServiceFailure {
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) recommend: Option<String>,
    pub(crate) access_denied_detail: Option<AccessDeniedDetail>,
    #[cfg(feature = "client")]
    pub(crate) signature_mismatch: Option<SignatureMismatch>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Option<String>,
    /// Whether the API gateway answered, for a published Data Service API, and not DataWorks itself.
    pub(crate) gateway: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            action: None,
            #[cfg(feature = "client")]
            step: None,
            message: message.into(),
            hint: None,
            sent: false,
            service: None,
            findings: Vec::new(),
            ended: None,
            details: Vec::new(),
            source: None,
        }))
    }

    pub(crate) fn with_action(mut self, action: &str) -> Self {
        self.0.action = Some(action.to_owned());
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn with_step(mut self, step: crate::upload::UploadStep) -> Self {
        self.0.step = Some(step);
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_findings(mut self, findings: Vec<Finding>) -> Self {
        self.0.findings = findings;
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn with_details(mut self, details: Vec<String>) -> Self {
        self.0.details = details;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// There is no usable credential: for a [`ProvideCredentials`](crate::ProvideCredentials) of your own. It takes a text,
    /// which must hold no secret, or any error, which becomes the [`source`](std::error::Error::source).
    ///
    /// ```
    /// use dataworks_sdk::{Error, ErrorKind};
    ///
    /// let error = Error::credentials("the vault is sealed");
    /// assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Credentials, "the vault is sealed"));
    /// ```
    #[cfg(feature = "client")]
    #[must_use]
    pub fn credentials(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        Self::new(ErrorKind::Credentials, cause.to_string()).with_source(cause)
    }

    /// The same error once more: what many wait for fails for each of them.
    #[cfg(feature = "client")]
    pub(crate) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// The error, where an earlier attempt may have been carried out.
    #[cfg(feature = "client")]
    pub(crate) fn or_sent(mut self, sent: bool) -> Self {
        self.0.sent |= sent;
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn maybe_sent(mut self, sent: bool) -> Self {
        self.0.sent = sent;
        self
    }

    #[cfg(feature = "client")]
    pub(crate) fn with_service(mut self, failure: ServiceFailure) -> Self {
        self.0.service = Some(Box::new(failure));
        self
    }

    /// The error with what was signed, if it says that the signatures do not match. The service's own text leaves the
    /// message: taken apart it can be read.
    #[cfg(feature = "client")]
    pub(crate) fn with_signed(
        mut self,
        signed: &crate::signature::acs3::Signed,
        params: &crate::params::Params,
        secrets: &crate::secret::Secrets,
    ) -> Self {
        if let Some(failure) =
            self.0.service.as_deref_mut().filter(|it| it.code.as_deref() == Some("SignatureDoesNotMatch"))
        {
            let message = failure.message.take().unwrap_or_default();
            failure.signature_mismatch = Some(SignatureMismatch::new(signed, &message, params, secrets));
            failure.message = Some(mismatch::without_quotation(&message).to_owned());
        }
        self
    }

    /// The error without the secrets of its call, which the service may have repeated.
    #[cfg(feature = "client")]
    pub(crate) fn masked(mut self, secrets: &crate::secret::Secrets, secret_answer: bool) -> Self {
        const KEPT: usize = 4096;
        if let Some(failure) = &mut self.0.service {
            if secret_answer && enabled(Mask::SecretAnswer) {
                failure.body = None;
            }
            if enabled(Mask::Body) {
                failure.body = failure.body.take().map(|text| secrets.mask_cut(text));
            }
            let texts = [&mut failure.message, &mut failure.code, &mut failure.recommend, &mut failure.request_id];
            for text in texts.into_iter().filter(|_| enabled(Mask::Message)) {
                *text = text.take().map(|text| secrets.mask(text));
            }
            if let Some((cut, _)) = failure.body.as_ref().and_then(|body| body.char_indices().nth(KEPT)) {
                failure.body.as_mut().into_iter().for_each(|body| {
                    body.truncate(cut);
                    body.push('…');
                });
            }
            failure.access_denied_detail = failure.access_denied_detail.take().map(|detail| {
                let masked = secrets.mask(detail.as_value().to_string());
                AccessDeniedDetail::new(serde_json::from_str(&masked).unwrap_or(Value::Null))
            });
        }
        self.0.message = secrets.mask(std::mem::take(&mut self.0.message));
        if enabled(Mask::Source) {
            self.0.source = self.0.source.take().map(|cause| secrets.mask_cause(cause));
        }
        self
    }

    /// What happened, without what to do about it: for an error that has this one as its cause.
    #[cfg(feature = "client")]
    pub(crate) fn without_hint(&self) -> impl fmt::Display {
        Happened(self)
    }

    fn service(&self) -> Option<&ServiceFailure> {
        self.0.service.as_deref()
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The action that was called, `ListNodes` for example; method and path of a published Data Service API, `GET /orders`.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.0.action.as_deref()
    }

    /// Which step of an upload failed before the action was called; `None` if it was the action, or a call without a file.
    #[cfg(feature = "client")]
    #[must_use]
    pub fn upload_step(&self) -> Option<crate::upload::UploadStep> {
        self.0.step
    }

    /// The error code of the service, `InvalidParameter.ProjectId` for example.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.service()?.code.as_deref()
    }

    /// What the service said, or what went wrong here.
    #[must_use]
    pub fn message(&self) -> &str {
        self.service().and_then(|failure| failure.message.as_deref()).unwrap_or(&self.0.message)
    }

    /// The id of the request: what support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let waited = || self.0.ended.as_ref()?.request_id.as_deref();
        self.service().and_then(|failure| failure.request_id.as_deref()).or_else(waited)
    }

    /// The HTTP status of the answer, if there was one. 200 can be a failure, too.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        Some(self.service()?.status)
    }

    /// The page where the service explains the error.
    #[must_use]
    pub fn recommend(&self) -> Option<&str> {
        self.service()?.recommend.as_deref()
    }

    /// Which permission was missing, and to whom, as far as the service says it.
    #[must_use]
    pub fn access_denied_detail(&self) -> Option<&AccessDeniedDetail> {
        self.service()?.access_denied_detail.as_ref()
    }

    /// What was signed here beside what the service signed, if the two signatures did not match.
    #[cfg(feature = "client")]
    #[must_use]
    pub fn signature_mismatch(&self) -> Option<&SignatureMismatch> {
        self.service()?.signature_mismatch.as_ref()
    }

    /// The body of an answer that could not be understood: its first 4,096 characters, secrets masked; nothing where
    /// the answer of the action holds secrets.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.service()?.body.as_deref()
    }

    /// Everything that is wrong with a request that was not sent.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref().or_else(|| hint::hint(self))
    }

    /// How long the service wants to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.service()?.retry_after
    }

    /// Whether there were too many requests, or a quota is used up.
    ///
    /// # Troubleshooting
    /// The client slows down and repeats by itself; when this reaches you, that was not enough. Call less often at a time,
    /// or raise `max_attempts`. After [`is_quota_exceeded`](Self::is_quota_exceeded) only waiting or an upgrade helps.
    #[must_use]
    pub fn is_throttling(&self) -> bool {
        hint::is_throttling(self)
    }

    /// Whether a daily quota or the quota of the edition is used up: repeating does not help.
    #[must_use]
    pub fn is_quota_exceeded(&self) -> bool {
        hint::is_quota(self)
    }

    /// Whether what was asked for is not there.
    ///
    /// # Troubleshooting
    /// Check the id, and that region and workspace are the ones where it lives.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        hint::is_not_found(self)
    }

    /// Whether the caller may not do this.
    ///
    /// # Troubleshooting
    /// Check the RAM policy of the user or role and its role in the workspace; [`access_denied_detail`](Self::access_denied_detail)
    /// says which policy denied it.
    #[must_use]
    pub fn is_access_denied(&self) -> bool {
        hint::is_access_denied(self)
    }

    /// Whether the same call may succeed later. It says nothing about whether repeating is safe: for a write, see
    /// [`may_have_been_sent`](Self::may_have_been_sent).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Connection | ErrorKind::WaitTimeout => true,
            ErrorKind::Service | ErrorKind::Decode => hint::is_transient(self),
            // The service that gives credentials may be out of reach for a moment.
            ErrorKind::Credentials => self
                .0
                .source
                .as_deref()
                .and_then(|source| source.downcast_ref::<Self>())
                .is_some_and(Self::is_retryable),
            _ => false,
        }
    }

    /// Whether the service may have carried the request out.
    ///
    /// # Troubleshooting
    /// After a timeout or a broken connection nobody knows. Look whether the write happened before you repeat it.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.0.sent
    }
}

/// What happened, without what to do about it.
#[derive(Clone, Copy)]
struct Happened<'a>(&'a Error);

impl fmt::Display for Happened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = self;
        if let Some(action) = &error.0.action {
            write!(f, "{action}: ")?;
        }
        #[cfg(feature = "client")]
        if let Some(step) = error.0.step {
            write!(f, "{}: ", step.as_str())?;
        }
        match error.service() {
            Some(failure) => {
                if let Some(code) = &failure.code {
                    write!(f, "{code}: ")?;
                }
                write!(f, "{} (HTTP {}", error.message().trim_end_matches('.'), failure.status)?;
                if let Some(id) = &failure.request_id {
                    write!(f, ", request id {id}")?;
                }
                f.write_str(")")?;
                if let Some(wait) = failure.retry_after {
                    write!(f, ", wanted back after {}", humantime::format_duration(wait))?;
                }
            }
            None => {
                f.write_str(&error.0.message)?;
                if let Some(id) = error.request_id() {
                    write!(f, " (request id {id})")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Happened(self).fmt(f)?;
        if let Some(hint) = self.hint() {
            write!(f, "; {hint}")?;
        }
        if let Some(denied) = self.access_denied_detail() {
            write!(f, "\n  {denied}")?;
        }
        #[cfg(feature = "client")]
        if let Some(mismatch) = self.signature_mismatch() {
            fmt::Display::fmt(mismatch, f)?;
        }
        for finding in &self.0.findings {
            write!(f, "\n  {finding}")?;
        }
        for detail in &self.0.details {
            write!(f, "\n  {detail}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind).field("message", &self.to_string());
        if self.0.sent {
            out.field("may_have_been_sent", &true);
        }
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
