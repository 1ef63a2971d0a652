//! All pages of an API as a stream, with the guards against servers that repeat themselves or never end.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::answer::{Answer, Page};
use super::call::{Call, Parts};
use super::send;
use crate::error::{Error, ErrorKind};
use crate::pagination::{MAX_PAGES, repeats};

type Turn<T> = Pin<Box<dyn Future<Output = (Box<Turner>, Result<Answer<T>, Error>)> + Send>>;

/// All pages of a call, one by one: a `Stream` of answers. After an error it ends.
///
/// The stream ends after the last page; of an API that does not page there is one.
#[must_use = "a stream does nothing until it is polled"]
pub struct Pages<T>(State<T>);

enum State<T> {
    Ready(Box<Turner>),
    Turning(Turn<T>),
    Done,
}

impl<T> Pages<T> {
    pub(super) fn new(call: Call) -> Self {
        Self(State::Ready(Box::new(Turner::new(*call.0))))
    }

    /// After this many pages the stream ends with an error. Default: 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        if let State::Ready(turner) = &mut self.0 {
            turner.max_pages = pages;
        }
        self
    }

    /// `GET /orders`, as long as it has not begun.
    #[cfg(feature = "blocking")]
    pub(crate) fn name(&self) -> String {
        match &self.0 {
            State::Ready(turner) => turner.parts.name(),
            State::Turning(_) | State::Done => "the next page".to_owned(),
        }
    }

    /// The rows of the pages, one by one.
    pub fn rows(self) -> Rows<T> {
        Rows { pages: self, page: VecDeque::new(), left: None }
    }
}

impl<T> Unpin for Pages<T> {}

impl<T: DeserializeOwned + 'static> Stream for Pages<T> {
    type Item = Result<Answer<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.0, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Ready(turner) if turner.done => return Poll::Ready(None),
                State::Ready(turner) => self.0 = State::Turning(Box::pin(turn(turner))),
                State::Turning(mut turn) => match turn.as_mut().poll(context) {
                    Poll::Pending => {
                        self.0 = State::Turning(turn);
                        return Poll::Pending;
                    }
                    Poll::Ready((turner, page)) => {
                        self.0 = State::Ready(turner);
                        return Poll::Ready(Some(page));
                    }
                },
            }
        }
    }
}

/// The rows of all pages, one by one: a `Stream`. After an error it ends.
#[must_use = "a stream does nothing until it is polled"]
pub struct Rows<T> {
    pages: Pages<T>,
    page: VecDeque<T>,
    left: Option<usize>,
}

impl<T> Rows<T> {
    /// Ends after this many rows.
    pub fn max_rows(mut self, rows: usize) -> Self {
        self.left = Some(rows);
        self
    }

    /// After this many pages the stream ends with an error. Default: 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn name(&self) -> String {
        self.pages.name()
    }
}

impl<T> Unpin for Rows<T> {}

impl<T: DeserializeOwned + 'static> Stream for Rows<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(row) = self.page.pop_front() {
                self.left = self.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(row)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(answer)) => self.page = answer.into_rows().into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Turns pages: knows where it is and when it is done.
struct Turner {
    parts: Parts,
    number: i64,
    fetched: i64,
    turned: u32,
    max_pages: u32,
    last: Option<u64>,
    /// What ends the stream before its first page.
    broken: Option<Error>,
    done: bool,
}

/// Fetches the next page. The rows are read here, so that no type has to travel between threads.
async fn turn<T: DeserializeOwned>(mut turner: Box<Turner>) -> (Box<Turner>, Result<Answer<T>, Error>) {
    let fetched = turner.fetch().await.and_then(Answer::read);
    let page = fetched.and_then(|answer| {
        let learned = turner.advance(answer.page(), answer.rows().len());
        learned.map_err(|error| error.with_action(&turner.parts.name())).map(|()| answer)
    });
    turner.done |= page.is_err();
    (turner, page)
}

impl Turner {
    fn new(parts: Parts) -> Self {
        let asked = parts.parameter("pageNum").map(|text| text.trim().parse().map_err(|_| text));
        let broken = match &asked {
            Some(Err(text)) => Some(Error::new(ErrorKind::InvalidRequest, format!("pageNum {text:?} is no number"))),
            _ => None,
        };
        let number = asked.and_then(Result::ok).unwrap_or(1);
        Self { parts, number, fetched: 0, turned: 0, max_pages: MAX_PAGES, last: None, broken, done: false }
    }

    async fn fetch(&mut self) -> Result<super::answer::Delivered, Error> {
        if let Some(error) = self.broken.take() {
            return Err(error.with_action(&self.parts.name()));
        }
        if self.turned == self.max_pages {
            let message = format!("there are more than {} pages", self.max_pages);
            return Err(Error::new(ErrorKind::Pagination, message)
                .with_action(&self.parts.name())
                .with_hint("ask for larger pages, narrow the search, or raise `max_pages`"));
        }
        self.parts.set_page(self.number);
        let delivered = send::send(&self.parts).await?;
        self.turned += 1;
        Ok(delivered)
    }

    /// Learns from a page whether there is another.
    fn advance(&mut self, page: Page, rows: usize) -> Result<(), Error> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        if !page.is_one() {
            self.done = true;
            return Ok(());
        }
        if rows > 0 && self.last.replace(page.digest) == Some(page.digest) {
            return Err(repeats(format!("page {} holds the same rows as the one before", self.number)));
        }
        self.fetched = self.fetched.saturating_add(rows);
        // The API may allow smaller pages than were asked for, and says so.
        let asked = || self.parts.parameter("pageSize").and_then(|text| text.trim().parse().ok());
        let size = page.size.or_else(asked).filter(|size| *size > 0);
        // A total of 0 beside rows is no total.
        self.done = match (page.total.filter(|total| *total > 0), size) {
            _ if rows == 0 => true,
            (Some(total), Some(size)) => {
                let before = self.number.saturating_sub(i64::from(self.turned)).saturating_mul(size);
                self.number.saturating_mul(size) >= total && before.saturating_add(self.fetched) >= total
            }
            (Some(total), None) => self.fetched >= total,
            (None, Some(size)) => rows < size,
            (None, None) => false,
        };
        self.number = self.number.saturating_add(1);
        Ok(())
    }
}
