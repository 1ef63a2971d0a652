//! reqwest, with a TLS configuration of our own and our own timers.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::multipart::{Form, Part};
use rustls::pki_types::CertificateDer;

use super::pools::Pools;
use super::proxy::Proxies;
use super::{
    Answer, Cause, Delivery, FileForm, Opened, Opening, Piece, ReadPieces, Timeouts, Transport, Undelivered, tls,
};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::operation::Method;
use crate::prepare::PreparedRequest;
use crate::secret::{Mask, enabled};
use crate::upload::Watch;

/// Carries requests over HTTP.
pub(crate) struct HttpClient {
    pools: Pools,
    max_response_bytes: usize,
}

/// The largest answer that is taken, if nothing else is said: logs are the largest that there are.
pub(crate) const MAX_RESPONSE_BYTES: usize = 64 << 20;

/// What a client of our own is built from.
#[derive(Clone)]
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
    pub(crate) fn of_defaults() -> Result<Pools, Error> {
        let proxies = Proxies::Environment.resolve(&Environment::process())?;
        Pools::new(Settings { proxies, ..Settings::default() })
    }

    /// One past every proxy, for the metadata service of the machine and for loopback: a second is long there.
    pub(crate) fn direct() -> Result<Pools, Error> {
        Pools::new(Settings { connect_timeout: Duration::from_secs(1), ..Settings::default() })
    }

    pub(crate) fn new(pools: Pools, max_response_bytes: usize) -> Self {
        Self { pools, max_response_bytes }
    }

    fn client(&self) -> Result<&reqwest::Client, Undelivered> {
        self.pools.client().map_err(|error| Undelivered { cause: Cause::Connect, sent: false, source: error.into() })
    }

    async fn deliver(&self, request: PreparedRequest, timeouts: Timeouts) -> Result<Answer, Undelivered> {
        let client = self.client()?;
        let response = within(head_timeout(timeouts), client.execute(Self::request(request))).await;
        collect(response.ok_or_else(|| late(timeouts))?, timeouts, self.max_response_bytes).await
    }

    async fn deliver_open(&self, request: PreparedRequest, timeouts: Timeouts) -> Result<Opened, Undelivered> {
        let client = self.client()?;
        let response = within(head_timeout(timeouts), client.execute(Self::request(request))).await;
        let response = response.ok_or_else(|| late(timeouts))?;
        let mut response = response.map_err(|error| undelivered(error, timeouts))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let pieces = Box::new(Coming { response, timeouts });
        Ok(Opened { status, headers, pieces, limit: self.max_response_bytes })
    }

    async fn deliver_file(&self, form: FileForm, timeouts: Timeouts) -> Result<Answer, Undelivered> {
        let watch = form.pieces.watch();
        let file = Part::stream_with_length(reqwest::Body::wrap_stream(form.pieces), form.length);
        let fields = form.fields.into_iter().fold(Form::new(), |fields, (name, value)| fields.text(name, value));
        let whole = fields.part("file", file.file_name(form.file_name));
        let sending = self.client()?.post(form.url).multipart(whole).send();
        let response = while_moving(head_timeout(timeouts), &watch, sending).await;
        collect(response.ok_or_else(|| late(timeouts))?, timeouts, self.max_response_bytes).await
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

/// A body that is still coming.
struct Coming {
    response: Response,
    timeouts: Timeouts,
}

impl ReadPieces for Coming {
    fn read(&mut self) -> Piece<'_> {
        Box::pin(async {
            let piece = within(self.timeouts.read, self.response.chunk()).await;
            piece.ok_or_else(|| late(self.timeouts))?.map_err(|error| undelivered(error, self.timeouts))
        })
    }
}

fn late(timeouts: Timeouts) -> Undelivered {
    Undelivered { cause: Cause::ReadTimeout(timeouts.read), sent: true, source: "the read timeout ran out".into() }
}

/// The whole answer, unless it holds more than the limit.
async fn collect(response: reqwest::Result<Response>, timeouts: Timeouts, limit: usize) -> Result<Answer, Undelivered> {
    let mut response = response.map_err(|error| undelivered(error, timeouts))?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Undelivered::too_large(limit));
    }
    let mut body = Body::default();
    loop {
        let chunk = within(timeouts.read, response.chunk()).await;
        match chunk.ok_or_else(|| late(timeouts))?.map_err(|error| undelivered(error, timeouts))? {
            Some(chunk) if body.len() + chunk.len() > limit => return Err(Undelivered::too_large(limit)),
            Some(chunk) => body.push(chunk),
            None => return Ok(Answer { status, headers, body: body.whole() }),
        }
    }
}

/// What comes while pieces of a file are taken, and within the time limit after the last one.
async fn while_moving<F: Future>(limit: Duration, watch: &Watch, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    loop {
        let before = watch.sent();
        match tokio::time::timeout(limit, work.as_mut()).await {
            Ok(output) => return Some(output),
            Err(_) if watch.sent() == before => return None,
            Err(_) => {}
        }
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

    fn open(&self, request: PreparedRequest, timeouts: Timeouts) -> Opening<'_> {
        Box::pin(self.deliver_open(request, timeouts))
    }

    fn upload(&self, form: FileForm, timeouts: Timeouts) -> Delivery<'_> {
        Box::pin(self.deliver_file(form, timeouts))
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
    Undelivered { cause, sent, source: if enabled(Mask::Url) { error.without_url() } else { error }.into() }
}
