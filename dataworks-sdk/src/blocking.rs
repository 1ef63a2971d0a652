//! Calls that block: for programs without a runtime of their own.
//!
//! What is called blocking is polled on the caller's thread, and there is one runtime in the background for its connections
//! and timers. It begins with the first blocking call of the process and runs as long as the process does: a connection
//! stands still with the runtime that drives it, so this one never does. Blocking calls have connections of their own, too:
//! see `transport::pools`.

use std::fmt;
use std::future::{Future, poll_fn};
use std::iter::FusedIterator;
use std::pin::Pin;
use std::sync::OnceLock;

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::{self, Handle, Runtime};

use crate::action::ActionCall;
use crate::call::Call;
use crate::data_service;
use crate::error::{Error, ErrorKind};
use crate::pagination::{ActionItems, ActionPages, ItemStream, Items, PageKind, PageStream, Pages};
use crate::request::{Paged, Request};
use crate::response::Response;
use crate::wait::Wait;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// Waits for `work` on this thread. `what` is called so: the action, for an error that says what failed.
///
/// # Errors
/// [`ErrorKind::Config`] inside a runtime, where `work` is not begun, and if no thread can be had; those of `work`.
pub(crate) fn run<T>(what: &str, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = outside().and_then(|()| runtime()).map_err(|error| error.with_action(what))?;
    runtime.block_on(work)
}

/// Whether what asks runs for a blocking call: on its thread, or in a task that it has begun.
pub(crate) fn is_running() -> bool {
    match (RUNTIME.get(), Handle::try_current()) {
        (Some(runtime), Ok(current)) => runtime.handle().id() == current.id(),
        _ => false,
    }
}

/// A thread that drives a runtime must not wait: tokio would panic, or everything on the runtime would stand still.
fn outside() -> Result<(), Error> {
    match Handle::try_current() {
        Err(_) => Ok(()),
        Ok(_) => Err(Error::new(ErrorKind::Config, "a blocking call inside a tokio runtime would hold up all that runs there")
            .with_hint(
                "`.await` the call instead; in code that cannot, make the blocking call on a thread of its own (`std::thread`), \
                 or give the call to `Handle::current().block_on` inside `spawn_blocking`",
            )),
    }
}

fn runtime() -> Result<&'static Runtime, Error> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let builder =
        runtime::Builder::new_multi_thread().worker_threads(1).thread_name("dataworks-sdk").enable_all().build();
    let built = builder.map_err(|error| {
        Error::new(ErrorKind::Config, format!("no runtime for blocking calls can be started: {error}"))
            .with_hint("it needs a thread and a few file descriptors: look at the limits of the process")
            .with_source(error)
    })?;
    // Of two that are built at once one is dropped: nothing runs on it yet.
    Ok(RUNTIME.get_or_init(|| built))
}

/// A stream as an iterator, for programs without a runtime: what [`pages_blocking`](Call::pages_blocking) and
/// [`items_blocking`](Call::items_blocking) of a call answer.
///
/// It is as lazy as the stream: a page is fetched when the first item of it is asked for, on the caller's thread. With
/// `prefetch` pages come in meanwhile, until it is dropped. After an error it ends.
///
/// ```no_run
/// # #[cfg(feature = "v2020-05-18")]
/// # fn example(client: &dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// use dataworks_sdk::v2020_05_18::ListNodesRequest;
///
/// let request = || ListNodesRequest::new().project_id(530486).project_env("PROD");
/// for node in client.list_nodes(request()).items_blocking() {
///     println!("{:?}", node?.node_name);
/// }
/// // Options belong to the stream.
/// let some = client.list_nodes(request()).items().max_items(500).prefetch(1).blocking();
/// let some = some.collect::<Result<Vec<_>, _>>()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the stream; [`ErrorKind::Config`] if it is asked for its next item inside a tokio runtime.
#[must_use = "an iterator does nothing until it is asked"]
pub struct Blocking<S> {
    stream: Option<S>,
    what: String,
}

impl<S> Blocking<S> {
    fn new(what: impl Into<String>, stream: S) -> Self {
        Self { stream: Some(stream), what: what.into() }
    }
}

impl<T, S: Stream<Item = Result<T, Error>> + Unpin> Iterator for Blocking<S> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let stream = self.stream.as_mut()?;
        let next = poll_fn(|context| Pin::new(&mut *stream).poll_next(context));
        let next = run(&self.what, async { next.await.transpose() }).transpose();
        if !matches!(next, Some(Ok(_))) {
            self.stream = None;
        }
        next
    }
}

impl<T, S: Stream<Item = Result<T, Error>> + Unpin> FusedIterator for Blocking<S> {}

impl<S: fmt::Debug> fmt::Debug for Blocking<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.stream).finish()
    }
}

impl<R> Call<R> {
    /// The signed request, without sending it: [`prepare`](Self::prepare), outside of any runtime.
    ///
    /// # Errors
    /// Those of `prepare`; [`ErrorKind::Config`] inside a tokio runtime.
    pub fn prepare_blocking(self) -> Result<crate::PreparedRequest, Error> {
        run(self.parts.operation.name(), Box::pin(self.prepare()))
    }
}

impl<R: Request> Call<R> {
    /// Makes the call and waits for its answer, outside of any runtime.
    ///
    /// ```no_run
    /// # #[cfg(feature = "v2020-05-18")]
    /// # fn main() -> Result<(), dataworks_sdk::Error> {
    /// use dataworks_sdk::v2020_05_18::{Client, GetNodeRequest};
    ///
    /// let client = Client::from_env()?;
    /// let request = GetNodeRequest::new().node_id(123456).project_env("PROD");
    /// println!("{:?}", client.get_node(request).send_blocking()?.data.node_name);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "v2020-05-18"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    /// Those of the call; [`ErrorKind::Config`] inside a tokio runtime, where nothing is sent.
    pub fn send_blocking(self) -> Result<Response<R::Answer>, Error> {
        run(self.parts.operation.name(), self.into_future())
    }
}

impl<R: Paged> Call<R> {
    /// All pages, one by one: [`pages`](Self::pages) as an iterator, outside of any runtime.
    pub fn pages_blocking(self) -> Blocking<Pages<R>> {
        self.pages().blocking()
    }

    /// The items of all pages, one by one: [`items`](Self::items) as an iterator, outside of any runtime.
    pub fn items_blocking(self) -> Blocking<Items<R>> {
        self.items().blocking()
    }
}

impl ActionCall {
    /// The signed request, without sending it: [`prepare`](Self::prepare), outside of any runtime.
    ///
    /// # Errors
    /// Those of `prepare`; [`ErrorKind::Config`] inside a tokio runtime.
    pub fn prepare_blocking(self) -> Result<crate::PreparedRequest, Error> {
        run(self.parts.operation.name(), Box::pin(self.prepare()))
    }

    /// Sends it and waits for its answer, outside of any runtime.
    ///
    /// ```no_run
    /// # #[cfg(feature = "v2020-05-18")]
    /// # fn example(client: &dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// let page = client.action("ListNodes")?.set("ProjectId", 530486).set("ProjectEnv", "PROD").send_blocking()?;
    /// println!("{}", page["Data"]["TotalCount"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the call; [`ErrorKind::Config`] inside a tokio runtime, where nothing is sent.
    pub fn send_blocking(self) -> Result<Response<Value>, Error> {
        run(self.parts.operation.name(), self.send())
    }

    /// All pages, one by one: [`pages`](Self::pages) as an iterator, outside of any runtime.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action does not page.
    pub fn pages_blocking(self) -> Result<Blocking<ActionPages>, Error> {
        Ok(self.pages()?.blocking())
    }

    /// The items of all pages, one by one: [`items`](Self::items) as an iterator, outside of any runtime.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action does not page.
    pub fn items_blocking(self) -> Result<Blocking<ActionItems>, Error> {
        Ok(self.items()?.blocking())
    }
}

impl<T> Wait<T> {
    /// Waits on this thread until the goal is reached, outside of any runtime.
    ///
    /// ```no_run
    /// # #[cfg(feature = "v2020-05-18")]
    /// # fn example(client: &dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// use dataworks_sdk::v2020_05_18::GetInstanceRequest;
    ///
    /// let request = GetInstanceRequest::new().project_env("PROD").instance_id(123456);
    /// let ended = client.get_instance(request).wait_until_finished().send_blocking()?;
    /// println!("finished at {:?}", ended.data.finish_time);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the wait; [`ErrorKind::Config`] inside a tokio runtime, where nothing is sent.
    pub fn send_blocking(self) -> Result<Response<T>, Error> {
        run(self.action(), self.into_future())
    }
}

impl<K: PageKind> PageStream<K> {
    /// As an iterator, outside of any runtime.
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self.operation.name(), self)
    }
}

impl<K: PageKind> ItemStream<K> {
    /// As an iterator, outside of any runtime.
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self.pages.operation.name(), self)
    }
}

impl data_service::Call {
    /// Makes the call and reads the rows of its answer: [`send`](Self::send), outside of any runtime.
    ///
    /// ```no_run
    /// # fn example(api: dataworks_sdk::data_service::Client) -> Result<(), dataworks_sdk::Error> {
    /// let answer = api.get("/orders").query("day", "2026-01-07").send_blocking::<serde_json::Value>()?;
    /// println!("{} of {:?} orders", answer.rows().len(), answer.total_num());
    ///
    /// for order in api.get("/orders").rows_blocking::<serde_json::Value>() {
    ///     println!("{}", order?["id"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `send`; [`ErrorKind::Config`] inside a tokio runtime, where nothing is sent.
    pub fn send_blocking<T: DeserializeOwned>(self) -> Result<data_service::Answer<T>, Error> {
        run(&self.name(), Box::pin(self.send()))
    }

    /// All pages, one by one: [`pages`](Self::pages) as an iterator, outside of any runtime.
    pub fn pages_blocking<T: DeserializeOwned + 'static>(self) -> Blocking<data_service::Pages<T>> {
        self.pages().blocking()
    }

    /// The rows of all pages, one by one: [`rows`](Self::rows) as an iterator, outside of any runtime.
    pub fn rows_blocking<T: DeserializeOwned + 'static>(self) -> Blocking<data_service::Rows<T>> {
        self.rows().blocking()
    }
}

impl<T: DeserializeOwned + 'static> data_service::Pages<T> {
    /// As an iterator, outside of any runtime.
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self.name(), self)
    }
}

impl<T: DeserializeOwned + 'static> data_service::Rows<T> {
    /// As an iterator, outside of any runtime.
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self.name(), self)
    }
}
