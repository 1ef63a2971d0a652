//! What a service sends piece by piece, as answers one by one.

use bytes::Bytes;
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE};

use super::parser::{Parser, TooLarge};
use crate::error::{Error, ErrorKind};
use crate::prepare::PreparedRequest;
use crate::secret::Secrets;
use crate::transport::{Answer, Opened, Timeouts, Transport};

/// An open answer and its events.
pub(crate) struct Source {
    opened: Opened,
    parser: Parser,
    /// Whether the answer is at its end.
    closed: bool,
    /// What no error may show.
    pub(crate) secrets: Secrets,
}

const EVENT_STREAM: &str = "text/event-stream";
/// What some services send after the last answer.
const DONE: &[u8] = b"[DONE]";

/// What is left after the first answer.
#[derive(Default)]
pub(crate) enum Rest {
    /// Nothing: it was an ordinary answer, a failure perhaps.
    #[default]
    Over,
    /// Nothing, and there was nothing: events were to come, and none came.
    Nothing,
    /// More events.
    Open(Box<Source>),
}

/// Delivers a request that asks for events, and waits for the first one, or for an ordinary answer.
pub(crate) async fn begin(
    transport: &dyn Transport,
    mut request: PreparedRequest,
    timeouts: Timeouts,
    rest: &mut Rest,
) -> Result<Answer, Error> {
    request.headers.insert(ACCEPT, HeaderValue::from_static(EVENT_STREAM));
    let opened = transport.open(request, timeouts).await?;
    let kind = opened.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(EVENT_STREAM) || !(200..300).contains(&opened.status) {
        *rest = Rest::Over;
        return Ok(opened.whole().await?);
    }
    let secrets = Secrets::of(std::iter::empty());
    let mut source = Box::new(Source { opened, parser: Parser::default(), closed: false, secrets });
    if let Some(answer) = source.next().await? {
        *rest = Rest::Open(source);
        return Ok(answer);
    }
    *rest = Rest::Nothing;
    Ok(source.answer(Bytes::from_static(b"{}")))
}

impl Source {
    /// The next event, as an answer of its own; `None` if there are no more.
    pub(crate) async fn next(&mut self) -> Result<Option<Answer>, Error> {
        loop {
            match self.parser.next() {
                Some(data) if data.trim_ascii() == DONE => return Ok(None),
                Some(body) => return Ok(Some(self.answer(body))),
                None if self.closed => return Ok(None),
                None => {}
            }
            match self.opened.pieces.read().await? {
                Some(piece) => self.parser.push(&piece).map_err(|TooLarge| too_large())?,
                None => {
                    self.parser.end();
                    self.closed = true;
                }
            }
        }
    }

    fn answer(&self, body: Bytes) -> Answer {
        Answer { status: self.opened.status, headers: self.opened.headers.clone(), body }
    }
}

fn too_large() -> Error {
    let message = format!("an event is larger than {} bytes", super::parser::LARGEST);
    Error::new(ErrorKind::Decode, message).maybe_sent(true)
}
