//! Carries signed requests: what it takes and answers is plain data, so that tests can play the other side.

pub(crate) mod http_client;
pub(crate) mod pools;
pub(crate) mod proxy;
pub(crate) mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use crate::error::{Error, ErrorKind};
use crate::prepare::PreparedRequest;
use crate::upload::Pieces;

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

impl Undelivered {
    /// An answer that holds more than is taken.
    pub(crate) fn too_large(limit: usize) -> Self {
        Self { cause: Cause::TooLarge(limit), sent: true, source: "the answer is too large".into() }
    }
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

/// A form with a file, for object storage.
pub(crate) struct FileForm {
    pub(crate) url: String,
    /// What comes before the file, in this order. Some of it is secret.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) file_name: String,
    /// How many bytes there are in the pieces.
    pub(crate) length: u64,
    pub(crate) pieces: Pieces,
}

/// An answer whose body is still coming.
pub(crate) struct Opened {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) pieces: Box<dyn ReadPieces>,
    /// The most that is taken of an answer that is read as a whole.
    pub(crate) limit: usize,
}

impl Opened {
    /// The whole answer.
    pub(crate) async fn whole(mut self) -> Result<Answer, Undelivered> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.pieces.read().await? {
            if body.len() + piece.len() > self.limit {
                return Err(Undelivered::too_large(self.limit));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status: self.status, headers: self.headers, body: body.freeze() })
    }
}

pub(crate) type Piece<'a> = Pin<Box<dyn Future<Output = Result<Option<Bytes>, Undelivered>> + Send + 'a>>;

/// A body that comes piece by piece.
pub(crate) trait ReadPieces: Send {
    /// The next piece, which may take as long as the read timeout; `None` at the end.
    fn read(&mut self) -> Piece<'_>;
}

pub(crate) type Opening<'a> = Pin<Box<dyn Future<Output = Result<Opened, Undelivered>> + Send + 'a>>;

/// What carries requests.
pub(crate) trait Transport: Send + Sync {
    fn send(&self, request: PreparedRequest, timeouts: Timeouts) -> Delivery<'_>;

    /// Sends a request whose answer is read as it comes.
    fn open(&self, request: PreparedRequest, timeouts: Timeouts) -> Opening<'_>;

    /// Sends a form with a file. It may take as long as it likes while pieces of the file are taken.
    fn upload(&self, form: FileForm, timeouts: Timeouts) -> Delivery<'_>;
}
