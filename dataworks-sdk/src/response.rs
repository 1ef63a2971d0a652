//! An answer with what came along.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::HeaderMap;

use crate::decode::Mismatch;
use crate::model::{Datum, Map};
use crate::operation::{Operation, Outcome};
use crate::secret::{Mask, enabled};
use crate::transport::Answer;

/// The body of an answer, and what came along: it derefs to the body.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")]
/// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// use dataworks_sdk::v2020_05_18::ListNodesRequest;
///
/// let page = client.list_nodes(ListNodesRequest::new().project_id(530486).project_env("PROD")).await?;
/// println!("{} nodes, request {:?}", page.data.nodes.len(), page.request_id());
/// let body = page.into_body();
/// # Ok(())
/// # }
/// ```
pub struct Response<T> {
    body: T,
    meta: Box<Meta>,
}

/// What came along with a body.
pub(crate) struct Meta {
    pub(crate) answer: Answer,
    pub(crate) request_id: Option<String>,
    pub(crate) mismatches: Vec<Mismatch>,
    pub(crate) failures: Vec<ItemFailure>,
    pub(crate) attempts: u32,
    /// Whether nothing is known about the body that would tell its secrets.
    pub(crate) untyped: bool,
}

/// One item of a batch that failed although the call as a whole did not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ItemFailure {
    /// Which item: its key in the answer, mostly an id.
    pub item: String,
    /// Why, as the service says it.
    pub message: Option<String>,
}

impl<T> Response<T> {
    pub(crate) fn new(body: T, meta: Box<Meta>) -> Self {
        Self { body, meta }
    }

    /// The body alone.
    pub fn into_body(self) -> T {
        self.body
    }

    /// The id of the request: what support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.meta.request_id.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.meta.answer.status
    }

    /// The HTTP headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.meta.answer.headers
    }

    /// The body as it came: fields that this version doesn't know are in there.
    pub fn raw(&self) -> &Bytes {
        &self.meta.answer.body
    }

    /// What could not be read and was left empty. It is no failure: the service has done what was asked.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.meta.mismatches
    }

    /// The items of a batch (`RerunTaskInstances`, `StopTaskInstances`, …) that failed.
    pub fn failures(&self) -> &[ItemFailure] {
        &self.meta.failures
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.meta.attempts
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Response");
        out.field("status", &self.meta.answer.status).field("request_id", &self.meta.request_id);
        if self.meta.untyped && enabled(Mask::Untyped) {
            out.field("body_bytes", &self.meta.answer.body.len());
        } else {
            out.field("body", &self.body);
        }
        out.finish_non_exhaustive()
    }
}

/// The items that an answer with an outcome per item calls failed.
pub(crate) fn failures(operation: &Operation, body: Datum<'_>) -> Vec<ItemFailure> {
    let Outcome::Items(name) = operation.outcome_place() else {
        return Vec::new();
    };
    let Datum::Map(items) = body.field(name).plain() else {
        return Vec::new();
    };
    let mut failures = Vec::new();
    Map::each(items, &mut |item, outcome| {
        if outcome.field("Success").boolean() == Some(false) {
            let message = outcome.field("Message").text().filter(|message| !message.is_empty());
            failures.push(ItemFailure { item: item.to_owned(), message });
        }
    });
    failures
}
