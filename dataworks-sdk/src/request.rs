//! What makes a model a request.

use crate::model::Model;
use crate::operation::{Api, Operation};

/// A request with a typed answer.
pub trait Request: Model + 'static {
    /// The body of the answer.
    type Answer: Model + Default + 'static;
    /// The version that the action belongs to.
    const API: &'static Api;
    /// The action.
    const OPERATION: &'static Operation;
}

/// A request whose answers come in pages.
pub trait Paged: Request {
    /// What the pages are made of.
    type Item: Send + 'static;
    /// The items of one page.
    fn items(answer: Self::Answer) -> Vec<Self::Item>;
}

/// A request that takes a file, by the URL of an uploaded one.
pub trait Uploads: Request {
    /// The parameter that holds the URL.
    const FILE: &'static str;
}

/// A request whose answer can come as a stream of events.
pub trait Streams: Request {}
