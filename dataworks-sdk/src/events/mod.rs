//! Answers that come as a stream of server-sent events.

mod parser;
mod source;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

pub(crate) use source::{Rest, begin};

use crate::call::CallParts;
use crate::error::Error;
use crate::execute::{self, Progress};
use crate::model::Slot;
use crate::response::{Meta, Response};
use source::Source;

/// The answers of a call as they come: a `Stream`. After an error it ends.
///
/// Each event holds an answer of the ordinary form, and is read as one: [`raw`](Response::raw) is its text. A service that
/// answers without events gives one item. A failure before the first event is repeated like that of any call; after it
/// nothing is, for the service has begun to do what was asked. The read timeout is for the time between two pieces; the
/// timeout of the call is for all of it. An event of more than 8 MiB is an error.
///
/// Dropping the stream closes the connection.
#[must_use = "a stream does nothing until it is polled"]
pub struct Events<T> {
    state: State<T>,
    turn: fn(Box<Reader>) -> Turn<T>,
}

type Item<T> = Result<Response<T>, Error>;
type Turn<T> = Pin<Box<dyn Future<Output = (Box<Reader>, Option<Item<T>>)> + Send>>;

enum State<T> {
    Ready(Box<Reader>),
    Turning(Turn<T>),
    Done,
}

impl<T> Events<T> {
    fn new(parts: Box<CallParts>, turn: fn(Box<Reader>) -> Turn<T>) -> Self {
        let reader = Reader { parts, span: Span::none(), rest: None, deadline: None, attempts: 1 };
        Self { state: State::Ready(Box::new(reader)), turn }
    }
}

/// The events of a typed call.
pub(crate) fn typed<T: Slot + Default + Send + 'static>(parts: Box<CallParts>) -> Events<T> {
    Events::new(parts, |reader| Box::pin(turn(reader, |body: T| body)))
}

/// The events of a call by name.
pub(crate) fn untyped(parts: Box<CallParts>) -> Events<Value> {
    Events::new(parts, |reader| Box::pin(turn(reader, Option::unwrap_or_default)))
}

/// Reads the next event into an empty body, out of which `finish` makes the answer's.
async fn turn<S: Slot + Default + Send, T>(
    mut reader: Box<Reader>,
    finish: fn(S) -> T,
) -> (Box<Reader>, Option<Item<T>>) {
    let mut body = S::default();
    let name = reader.parts.operation.name();
    let read = reader.read(&mut body).await.map_err(|error| error.with_action(name));
    let item = read.transpose().map(|meta| meta.map(|meta| Response::new(finish(body), meta)));
    (reader, item)
}

impl<T> Stream for Events<T> {
    type Item = Item<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut turn = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => return Poll::Ready(None),
            State::Ready(reader) => (self.turn)(reader),
            State::Turning(turn) => turn,
        };
        match turn.as_mut().poll(context) {
            Poll::Pending => {
                self.state = State::Turning(turn);
                Poll::Pending
            }
            Poll::Ready((reader, item)) => {
                if let Some(Ok(_)) = &item {
                    self.state = State::Ready(reader);
                }
                Poll::Ready(item)
            }
        }
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Reads one event after the other.
struct Reader {
    parts: Box<CallParts>,
    span: Span,
    /// What comes after the last event that was read; `None` before the first.
    rest: Option<Rest>,
    /// When the call has to be over, and how long it may take in all.
    deadline: Option<(Instant, Duration)>,
    attempts: u32,
}

impl Reader {
    async fn read(&mut self, body: &mut (dyn Slot + Send)) -> Result<Option<Box<Meta>>, Error> {
        match self.rest.take() {
            None => self.first(body).await,
            Some(Rest::Over | Rest::Nothing) => Ok(None),
            Some(Rest::Open(source)) => self.after(source, body).await,
        }
    }

    /// Makes the call.
    async fn first(&mut self, body: &mut (dyn Slot + Send)) -> Result<Option<Box<Meta>>, Error> {
        let limit = execute::limit(&self.parts);
        self.span = execute::span(&self.parts);
        self.deadline = limit.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
        let (progress, mut rest) = (Progress::default(), Rest::Over);
        let work = execute::run(&self.parts, body, &self.span, &progress, Some(&mut rest));
        let work = work.instrument(self.span.clone());
        let meta = execute::limited(self.parts.operation.name(), limit, &progress, work).await?;
        self.attempts = meta.attempts;
        let is_answer = !matches!(rest, Rest::Nothing);
        self.rest = Some(rest);
        Ok(is_answer.then_some(meta))
    }

    /// Reads on. Whatever fails now, the service has begun to do what was asked.
    async fn after(
        &mut self,
        mut source: Box<Source>,
        body: &mut (dyn Slot + Send),
    ) -> Result<Option<Box<Meta>>, Error> {
        let operation = self.parts.operation;
        let next = source.next().instrument(self.span.clone());
        let next = match self.deadline {
            None => next.await,
            Some((deadline, limit)) => match tokio::time::timeout_at(deadline, next).await {
                Ok(next) => next,
                Err(_) => Err(Progress::default().total_timeout(limit)),
            },
        };
        let read = next.and_then(|answer| {
            let understood = |answer| execute::understand(&self.parts, &self.span, answer, body, self.attempts);
            answer.map(understood).transpose()
        });
        let meta = read.map_err(|error| {
            let error = error.masked(&source.secrets, operation.has_secret_answer()).maybe_sent(true);
            self.span.in_scope(|| tracing::debug!(target: "dataworks_sdk", error = %error, "failed"));
            error
        })?;
        self.rest = Some(Rest::Open(source));
        Ok(meta)
    }
}
