//! Carries signed requests: what it takes and answers is plain data, so that tests can play the other side.

pub(crate) mod http_client;
pub(crate) mod proxy;
pub(crate) mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, ErrorKind};
use crate::prepare::PreparedRequest;

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// How long to wait for the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
}

/// A delivery that brought no answer.
#[derive(Debug)]
pub(crate) struct Undelivered {
    pub(crate) cause: Cause,
    pub(crate) sent: bool,
    pub(crate) source: Box<dyn std::error::Error + Send + Sync>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Cause {
    Connect,
    ConnectTimeout(Duration),
    ReadTimeout(Duration),
    TooLarge(usize),
    Broken,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |limit: Duration| humantime::format_duration(limit);
        match self.cause {
            Cause::Connect => f.write_str("no connection to the service"),
            Cause::ConnectTimeout(limit) => write!(
                f,
                "no connection within the connect timeout of {}; `connect_timeout` on the builder raises it",
                time(limit)
            ),
            Cause::ReadTimeout(limit) => write!(
                f,
                "nothing more came within the read timeout of {}; `read_timeout` on the call or the builder raises it",
                time(limit)
            ),
            Cause::TooLarge(limit) => write!(
                f,
                "the answer is larger than {limit} bytes; `max_response_bytes` on the builder raises the limit"
            ),
            Cause::Broken => f.write_str("the connection broke before the answer was complete"),
        }?;
        // The library's own words often lead to the cause: a name that does not resolve, a certificate.
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&*self.source);
        while let Some(error) = source {
            if error.source().is_none() && !matches!(self.cause, Cause::ReadTimeout(_) | Cause::TooLarge(_)) {
                write!(f, " ({error})")?;
            }
            source = error.source();
        }
        Ok(())
    }
}

impl From<Undelivered> for Error {
    fn from(undelivered: Undelivered) -> Self {
        let kind = match undelivered.cause {
            Cause::Connect => ErrorKind::Connect,
            Cause::ConnectTimeout(_) | Cause::ReadTimeout(_) => ErrorKind::Timeout,
            Cause::TooLarge(_) => ErrorKind::TooLarge,
            Cause::Broken => ErrorKind::Connection,
        };
        Self::new(kind, undelivered.to_string()).maybe_sent(undelivered.sent).with_source(undelivered.source)
    }
}

pub(crate) type Delivery<'a> = Pin<Box<dyn Future<Output = Result<Answer, Undelivered>> + Send + 'a>>;

/// What carries requests.
pub(crate) trait Transport: Send + Sync {
    fn send(&self, request: PreparedRequest, timeouts: Timeouts) -> Delivery<'_>;
}
