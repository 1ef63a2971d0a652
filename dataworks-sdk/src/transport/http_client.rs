//! reqwest, with a TLS configuration of our own and our own timers.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rustls::pki_types::CertificateDer;

use super::proxy::Proxies;
use super::{Answer, Cause, Delivery, Timeouts, Transport, Undelivered, tls};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::operation::Method;
use crate::prepare::PreparedRequest;

/// Carries requests over HTTP.
pub(crate) struct HttpClient {
    client: reqwest::Client,
    max_response_bytes: usize,
}

/// The largest answer that is taken, if nothing else is said: logs are the largest that there are.
pub(crate) const MAX_RESPONSE_BYTES: usize = 64 << 20;

/// What a client of our own is built from.
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) user_agent: String,
    /// The first that fits counts.
    pub(crate) proxies: Vec<reqwest::Proxy>,
    /// Trusted beside the system's.
    pub(crate) roots: Vec<CertificateDer<'static>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            // Less than load balancers keep theirs.
            idle_timeout: Duration::from_secs(15),
            user_agent: concat!("dataworks-sdk-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxies: Vec::new(),
            roots: Vec::new(),
        }
    }
}

impl HttpClient {
    /// A library's client whose TLS neither needs nor touches a process-wide provider.
    pub(crate) fn library(settings: Settings) -> Result<reqwest::Client, Error> {
        let broken = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Config, format!("the HTTP client cannot be built: {error}")).with_source(error)
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&settings.roots).map_err(|error| broken(error.into()))?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // What is repeated, and whether it may be, is decided in one place: `retry`.
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.idle_timeout)
            .user_agent(&settings.user_agent)
            // The environment is read by us: it can be another than the process's.
            .no_proxy();
        for proxy in settings.proxies {
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| broken(error.into()))
    }

    /// The library's client, for a provider of credentials that is used by itself.
    pub(crate) fn of_defaults() -> Result<reqwest::Client, Error> {
        let proxies = Proxies::Environment.resolve(&Environment::process())?;
        Self::library(Settings { proxies, ..Settings::default() })
    }

    /// One past every proxy, for the metadata service of the machine and for loopback: a second is long there.
    pub(crate) fn direct() -> Result<reqwest::Client, Error> {
        Self::library(Settings { connect_timeout: Duration::from_secs(1), ..Settings::default() })
    }

    pub(crate) fn new(client: reqwest::Client, max_response_bytes: usize) -> Self {
        Self { client, max_response_bytes }
    }

    async fn deliver(&self, request: PreparedRequest, timeouts: Timeouts) -> Result<Answer, Undelivered> {
        let request = Self::request(request);
        let late = || Undelivered {
            cause: Cause::ReadTimeout(timeouts.read),
            sent: true,
            source: "the read timeout ran out".into(),
        };
        let response = within(head_timeout(timeouts), self.client.execute(request)).await;
        let mut response = response.ok_or_else(late)?.map_err(|error| undelivered(error, timeouts))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let too_large = || Undelivered {
            cause: Cause::TooLarge(self.max_response_bytes),
            sent: true,
            source: "the answer is too large".into(),
        };
        if response.content_length().is_some_and(|length| length > self.max_response_bytes as u64) {
            return Err(too_large());
        }
        let mut body = Body::default();
        loop {
            let chunk = within(timeouts.read, response.chunk()).await;
            match chunk.ok_or_else(late)?.map_err(|error| undelivered(error, timeouts))? {
                Some(chunk) if body.len() + chunk.len() > self.max_response_bytes => return Err(too_large()),
                Some(chunk) => body.push(chunk),
                None => return Ok(Answer { status, headers, body: body.whole() }),
            }
        }
    }

    fn request(request: PreparedRequest) -> reqwest::Request {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        };
        let (whole, query) = match request.url.split_once('?') {
            Some((whole, query)) => (whole, Some(query)),
            None => (&*request.url, None),
        };
        let path = whole.strip_prefix(request.base.as_str()).unwrap_or_default();
        let url = request.base.with(path, query);
        let mut out = reqwest::Request::new(method, url);
        *out.headers_mut() = request.headers;
        *out.body_mut() = request.body.map(Into::into);
        out
    }
}

/// What comes within the time limit. There is a timer only if there is something to wait for: mostly a body has come with
/// its head.
async fn within<F: Future>(limit: Duration, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let at_once = poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    });
    match at_once.await {
        Some(output) => Some(output),
        None => tokio::time::timeout(limit, work).await.ok(),
    }
}

/// The pieces of a body. Most come in one, which then needs no copy.
#[derive(Default)]
struct Body {
    first: Bytes,
    all: BytesMut,
}

impl Body {
    fn push(&mut self, chunk: Bytes) {
        if self.first.is_empty() {
            self.first = chunk;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&chunk);
    }

    fn len(&self) -> usize {
        if self.all.is_empty() { self.first.len() } else { self.all.len() }
    }

    fn whole(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}

impl Transport for HttpClient {
    fn send(&self, request: PreparedRequest, timeouts: Timeouts) -> Delivery<'_> {
        Box::pin(self.deliver(request, timeouts))
    }
}

/// The read timeout, unless a longer connect timeout would never get its turn.
fn head_timeout(timeouts: Timeouts) -> Duration {
    if timeouts.connect < timeouts.read { timeouts.read } else { timeouts.connect.saturating_add(timeouts.read) }
}

fn undelivered(error: reqwest::Error, timeouts: Timeouts) -> Undelivered {
    let (cause, sent) = match (error.is_connect(), error.is_timeout()) {
        (true, true) => (Cause::ConnectTimeout(timeouts.connect), false),
        (true, false) => (Cause::Connect, false),
        (false, true) => (Cause::ReadTimeout(timeouts.read), true),
        (false, false) => (Cause::Broken, true),
    };
    Undelivered { cause, sent, source: error.without_url().into() }
}
