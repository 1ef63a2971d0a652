//! Pages and items as streams, with a guard against servers that repeat themselves or never end.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::call::CallParts;
use crate::encode::{self, Encoded};
use crate::error::{Error, ErrorKind};
use crate::execute;
use crate::model::{Datum, Slot};
use crate::operation::{self, Cursor, Kind, Operation};
use crate::request::Paged;
use crate::response::{Meta, Response};

/// All pages of a typed call, one by one: a `Stream` of answers.
pub type Pages<R> = PageStream<Typed<R>>;
/// The items of all pages of a typed call, one by one: a `Stream`.
pub type Items<R> = ItemStream<Typed<R>>;
/// All pages of a call by name, one by one: a `Stream` of answers.
pub type ActionPages = PageStream<Untyped>;
/// The items of all pages of a call by name, one by one: a `Stream`.
pub type ActionItems = ItemStream<Untyped>;

/// How pages look: typed or not.
#[doc(hidden)]
pub trait PageKind: 'static {
    /// What a page is read into.
    type Read: Slot + Default + Send + 'static;
    /// The body of a page.
    type Body: Send + 'static;
    /// What the pages are made of.
    type Item: Send + 'static;
    /// The body out of what was read.
    fn body(read: Self::Read) -> Self::Body;
    /// The items of one page.
    fn items(operation: &Operation, body: Self::Body) -> Vec<Self::Item>;
}

/// Pages of a typed call.
#[doc(hidden)]
pub struct Typed<R>(PhantomData<fn() -> R>);

impl<R: Paged> PageKind for Typed<R> {
    type Read = R::Answer;
    type Body = R::Answer;
    type Item = R::Item;

    fn body(read: R::Answer) -> R::Answer {
        read
    }

    fn items(_: &Operation, body: R::Answer) -> Vec<R::Item> {
        R::items(body)
    }
}

/// Pages of a call by name.
#[doc(hidden)]
pub struct Untyped;

impl PageKind for Untyped {
    type Read = Option<Value>;
    type Body = Value;
    type Item = Value;

    fn body(read: Option<Value>) -> Value {
        read.unwrap_or_default()
    }

    fn items(operation: &Operation, body: Value) -> Vec<Value> {
        let mut items = Vec::new();
        if let Some(pages) = operation.paging() {
            each_item(Datum::Any(&body), pages.items, &mut |item| {
                items.push(encode::to_value(item));
            });
        }
        items
    }
}

/// Shows the items at `path`: the elements of the lists that stand there.
fn each_item<'a>(body: Datum<'a>, path: &str, see: &mut dyn FnMut(Datum<'a>)) {
    body.at(path, &mut |items| {
        if let Datum::List(list) = items.plain() {
            (0..).map_while(|index| list.get(index)).for_each(&mut *see);
        }
    });
}

/// More pages than this are never fetched ahead.
const MOST_AHEAD: usize = 1000;

/// No call pages further than this by itself.
pub(crate) const MAX_PAGES: u32 = 10_000;

/// All pages, one by one: a `Stream` of answers. After an error it ends.
#[must_use = "a stream does nothing until it is polled"]
pub struct PageStream<K: PageKind> {
    pub(crate) operation: &'static Operation,
    state: State<K>,
    prefetch: usize,
}

type Page<K> = Result<Response<<K as PageKind>::Body>, Error>;
type Turn<K> = Pin<Box<dyn Future<Output = (Turner, Page<K>)> + Send>>;

enum State<K: PageKind> {
    Ready(Turner),
    Turning(Turn<K>),
    Ahead(mpsc::Receiver<Page<K>>, AbortOnDrop),
    Done,
}

/// A task that ends with whoever waits for it.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<K: PageKind> PageStream<K> {
    pub(crate) fn new(parts: Box<CallParts>) -> Self {
        let operation = parts.operation;
        Self { operation, state: Turner::new(parts).map_or(State::Done, State::Ready), prefetch: 0 }
    }

    /// Fetches up to this many pages ahead of the one that is being read. Default: none.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// After this many pages the stream ends with an error. Default: 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        if let State::Ready(turner) = &mut self.state {
            turner.max_pages = pages;
        }
        self
    }

    /// The items of the pages, one by one.
    pub fn items(self) -> ItemStream<K> {
        ItemStream { pages: self, page: VecDeque::new(), left: None }
    }

    /// Begins to fetch ahead, if that is wanted and there is a runtime to do it on.
    fn start(&self, turner: Turner) -> State<K> {
        let runtime = tokio::runtime::Handle::try_current();
        match (self.prefetch, runtime) {
            (1.., Ok(runtime)) => {
                let (sender, receiver) = mpsc::channel(self.prefetch.min(MOST_AHEAD));
                State::Ahead(receiver, AbortOnDrop(runtime.spawn(fetch_ahead::<K>(turner, sender))))
            }
            _ => State::Turning(Box::pin(turn::<K>(turner))),
        }
    }
}

async fn fetch_ahead<K: PageKind>(mut turner: Turner, sender: mpsc::Sender<Page<K>>) {
    while !turner.done {
        let (next, page) = turn::<K>(turner).await;
        turner = next;
        if sender.send(page).await.is_err() {
            return;
        }
    }
}

/// Fetches the next page.
async fn turn<K: PageKind>(mut turner: Turner) -> (Turner, Page<K>) {
    let mut read = K::Read::default();
    let page = match turner.fetch(&mut read).await {
        Ok(meta) => Ok(Response::new(K::body(read), meta)),
        Err(error) => {
            turner.done = true;
            Err(error)
        }
    };
    (turner, page)
}

impl<K: PageKind> Stream for PageStream<K> {
    type Item = Page<K>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Ready(turner) if turner.done => return Poll::Ready(None),
                State::Ready(turner) => self.state = self.start(turner),
                State::Turning(mut turn) => match turn.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Turning(turn);
                        return Poll::Pending;
                    }
                    Poll::Ready((turner, page)) => {
                        self.state = State::Ready(turner);
                        return Poll::Ready(Some(page));
                    }
                },
                State::Ahead(mut pages, task) => match pages.poll_recv(context) {
                    Poll::Ready(None) => return Poll::Ready(None),
                    next => {
                        self.state = State::Ahead(pages, task);
                        return next;
                    }
                },
            }
        }
    }
}

/// The items of all pages, one by one: a `Stream`. After an error it ends.
#[must_use = "a stream does nothing until it is polled"]
pub struct ItemStream<K: PageKind> {
    pub(crate) pages: PageStream<K>,
    page: VecDeque<K::Item>,
    left: Option<usize>,
}

impl<K: PageKind> ItemStream<K> {
    /// Ends after this many items.
    pub fn max_items(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// Fetches up to this many pages ahead of the one that is being read. Default: none.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages = self.pages.prefetch(pages);
        self
    }

    /// After this many pages the stream ends with an error. Default: 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }
}

impl<K: PageKind> Unpin for ItemStream<K> {}

impl<K: PageKind> Stream for ItemStream<K> {
    type Item = Result<K::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(item) = self.page.pop_front() {
                self.left = self.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.page = K::items(self.pages.operation, page.into_body()).into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<K: PageKind> fmt::Debug for PageStream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream").field("prefetch", &self.prefetch).finish_non_exhaustive()
    }
}

impl<K: PageKind> fmt::Debug for ItemStream<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream").field("pages", &self.pages).field("left", &self.left).finish_non_exhaustive()
    }
}

/// Turns pages: knows where it is and when it is done.
struct Turner {
    parts: Box<CallParts>,
    pages: &'static operation::Pages,
    number: i64,
    fetched: i64,
    turned: u32,
    max_pages: u32,
    last: Option<u64>,
    tokens: HashSet<String>,
    /// What ends the stream after the page that came.
    broken: Option<Error>,
    done: bool,
}

impl Turner {
    fn new(mut parts: Box<CallParts>) -> Option<Self> {
        let pages = parts.operation.paging()?;
        let asked = one(parts.request.datum(), pages.parameter()).unwrap_or(Datum::Absent);
        let number = asked.integer().unwrap_or(1);
        let token = asked.text();
        if let Cursor::Number { parameter, .. } = pages.cursor {
            // Before the checks: the parameter may be a required one.
            parts.request.set(parameter, &number.to_string());
        }
        if let Some(size) = pages.size {
            let field = parts.operation.shape().field_at(size);
            let missing = one(parts.request.datum(), size).is_none();
            if let (true, Some(field)) = (missing, field.filter(|field| field.required)) {
                parts.request.set(size, &field.maximum.unwrap_or(100).to_string());
            }
        }
        Some(Self {
            parts,
            pages,
            number,
            fetched: 0,
            turned: 0,
            max_pages: MAX_PAGES,
            last: None,
            tokens: token.into_iter().collect(),
            broken: None,
            done: false,
        })
    }

    async fn fetch(&mut self, read: &mut (dyn Slot + Send)) -> Result<Box<Meta>, Error> {
        let name = self.parts.operation.name();
        if let Some(error) = self.broken.take() {
            return Err(error.with_action(name));
        }
        if self.turned == self.max_pages {
            let message = format!("there are more than {} pages", self.max_pages);
            return Err(Error::new(ErrorKind::Pagination, message)
                .with_action(name)
                .with_hint("ask for larger pages, narrow the search, or raise `max_pages`"));
        }
        let meta = execute::execute(&self.parts, read).await?;
        self.turned += 1;
        self.advance(read.see()).map_err(|error| error.with_action(name))?;
        Ok(meta)
    }

    /// Learns from a page where the next one is, if there is one.
    fn advance(&mut self, body: Datum<'_>) -> Result<(), Error> {
        let (elements, items, digest) = self.digest(body);
        self.fetched += items.max(elements);
        match self.pages.cursor {
            Cursor::Number { parameter, total } => {
                if elements > 0 && self.last.replace(digest) == Some(digest) {
                    return Err(repeats(format!("page {} holds the same items as the one before", self.number)));
                }
                self.done = self.is_last(elements, total.and_then(|path| one(body, path)?.integer()), total, body);
                self.number += 1;
                self.parts.request.set(parameter, &self.number.to_string());
            }
            Cursor::Token { parameter, next } => {
                let token = one(body, next).and_then(Datum::text).filter(|token| !token.is_empty());
                match token {
                    None => self.done = true,
                    Some(token) if self.tokens.contains(&token) => {
                        self.broken = Some(repeats(format!("page {} points back to a page before it", self.turned)));
                    }
                    Some(token) => {
                        self.parts.request.set(parameter, &token);
                        self.tokens.insert(token);
                    }
                }
            }
        }
        Ok(())
    }

    /// How many elements the page's list has, which is what a size counts, how many items there are in them, and what
    /// identifies these.
    fn digest(&self, body: Datum<'_>) -> (i64, i64, u64) {
        let outer = self.pages.items.split("[]").next().unwrap_or_default();
        let (mut elements, mut items) = (0, 0);
        each_item(body, outer, &mut |_| elements += 1);
        let mut digest = Digest(DefaultHasher::new());
        each_item(body, self.pages.items, &mut |datum| {
            items += 1;
            // Writing to a hasher cannot fail.
            let _ = serde_json::to_writer(&mut digest, &Encoded { datum, kind: &Kind::Any });
        });
        (elements, items, digest.0.finish())
    }

    /// Whether the page that came was the last. A total of 0 beside items is no total.
    fn is_last(&self, elements: i64, total: Option<i64>, total_path: Option<&str>, body: Datum<'_>) -> bool {
        let Some(parameter) = self.pages.size else {
            return elements == 0;
        };
        let name = parameter.rsplit('.').next().unwrap_or(parameter);
        // The server may allow smaller pages than were asked for, and says so beside the total.
        let beside = total_path.and_then(|path| path.rsplit_once('.')).map(|(parent, _)| format!("{parent}.{name}"));
        let said = one(body, beside.as_deref().unwrap_or(name)).and_then(Datum::integer);
        let size = said.or_else(|| one(self.parts.request.datum(), parameter)?.integer()).filter(|size| *size > 0);
        match (total.filter(|total| *total > 0), size) {
            _ if elements == 0 => true,
            // A server that gives out smaller pages than were asked for need not say so: then it is the count that ends it.
            (Some(total), Some(size)) => {
                let before = self.number.saturating_sub(i64::from(self.turned)).saturating_mul(size);
                self.number.saturating_mul(size) >= total && before.saturating_add(self.fetched) >= total
            }
            (Some(total), None) => self.fetched >= total,
            (None, Some(size)) => elements < size,
            (None, None) => false,
        }
    }
}

/// Hashes what is written to it.
struct Digest(DefaultHasher);

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn one<'a>(body: Datum<'a>, path: &str) -> Option<Datum<'a>> {
    let mut found = None;
    body.at(path, &mut |datum| found = Some(datum));
    found
}

pub(crate) fn repeats(message: String) -> Error {
    Error::new(ErrorKind::Pagination, message)
        .with_hint("the server repeats itself; reading on would never end. Pages by hand: set the page in the request")
}
