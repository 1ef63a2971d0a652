//! reqwest, with a TLS configuration of our own and our own timers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::Url;
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::{Answer, Cause, Delivery, Timeouts, Transport, Undelivered};
use crate::error::{Error, ErrorKind};
use crate::operation::Method;
use crate::prepare::PreparedRequest;

/// Carries requests over HTTP.
pub(crate) struct HttpClient {
    client: reqwest::Client,
    /// The last URL without its query, as given and parsed: most calls of a client go to one host.
    base: Mutex<Option<(String, Url)>>,
}

/// What a client of our own is built from.
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) user_agent: String,
}

impl HttpClient {
    /// A client whose TLS neither needs nor touches a process-wide provider.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let broken = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Config, format!("the HTTP client cannot be built: {error}")).with_source(error)
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().map_err(|error| broken(error.into()))?)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // What is repeated, and whether it may be, is decided in one place: `retry`.
            .retry(reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.idle_timeout)
            .user_agent(&settings.user_agent)
            .build()
            .map_err(|error| broken(error.into()))?;
        Ok(Self::from_client(client))
    }

    /// A client of the caller's own, taken as it is.
    pub(crate) fn from_client(client: reqwest::Client) -> Self {
        Self {
            client,
            base: Mutex::new(None),
        }
    }

    async fn deliver(&self, request: PreparedRequest, timeouts: Timeouts) -> Result<Answer, Undelivered> {
        let request = self.request(request)?;
        let late = || Undelivered {
            cause: Cause::ReadTimeout(timeouts.read),
            sent: true,
            source: "the read timeout ran out".into(),
        };
        let response = tokio::time::timeout(head_timeout(timeouts), self.client.execute(request)).await;
        let mut response = response
            .map_err(|_| late())?
            .map_err(|error| undelivered(error, timeouts))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        loop {
            let chunk = tokio::time::timeout(timeouts.read, response.chunk()).await;
            match chunk
                .map_err(|_| late())?
                .map_err(|error| undelivered(error, timeouts))?
            {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => {
                    return Ok(Answer {
                        status,
                        headers,
                        body: body.freeze(),
                    });
                }
            }
        }
    }

    /// The parsed URL: its query alone is new in every request.
    fn url(&self, text: &str) -> Result<Url, Box<dyn std::error::Error + Send + Sync>> {
        let Some((base, query)) = text.split_once('?') else {
            return Ok(Url::parse(text)?);
        };
        let mut last = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        let mut url = match &*last {
            Some((text, url)) if text == base => url.clone(),
            _ => last.insert((base.to_owned(), Url::parse(base)?)).1.clone(),
        };
        drop(last);
        url.set_query(Some(query));
        Ok(url)
    }

    fn request(&self, request: PreparedRequest) -> Result<reqwest::Request, Undelivered> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        };
        let url = self.url(&request.url).map_err(|error| Undelivered {
            cause: Cause::Connect,
            sent: false,
            source: error,
        })?;
        let mut builder = self.client.request(method, url);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        builder = builder.headers(request.extra);
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        builder.build().map_err(|error| Undelivered {
            cause: Cause::Connect,
            sent: false,
            source: error.without_url().into(),
        })
    }
}

impl Transport for HttpClient {
    fn send(&self, request: PreparedRequest, timeouts: Timeouts) -> Delivery<'_> {
        Box::pin(self.deliver(request, timeouts))
    }
}

/// The read timeout, unless a longer connect timeout would never get its turn.
fn head_timeout(timeouts: Timeouts) -> Duration {
    if timeouts.connect < timeouts.read {
        timeouts.read
    } else {
        timeouts.connect + timeouts.read
    }
}

fn undelivered(error: reqwest::Error, timeouts: Timeouts) -> Undelivered {
    let (cause, sent) = match (error.is_connect(), error.is_timeout()) {
        (true, true) => (Cause::ConnectTimeout(timeouts.connect), false),
        (true, false) => (Cause::Connect, false),
        (false, true) => (Cause::ReadTimeout(timeouts.read), true),
        (false, false) => (Cause::Broken, true),
    };
    Undelivered {
        cause,
        sent,
        source: error.without_url().into(),
    }
}

/// rustls with ring (the provider that costs least to build), the system's roots, and HTTP/2 where it is offered.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    // A preconfigured TLS client gets no protocol names from reqwest.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
