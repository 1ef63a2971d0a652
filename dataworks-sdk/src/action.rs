//! Any action by name: the same way, over values instead of types.

use std::fmt;
use std::future::IntoFuture;

use serde_json::Value;

use crate::call::{CallFuture, CallOptions, CallParts, Source, call_options};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::events::{self, Events};
use crate::execute;
use crate::operation::Operation;
use crate::pagination::{ActionItems, ActionPages};
use crate::response::Response;
use crate::upload::{self, Upload};

/// A call of an action by its name, with values instead of types: the same checks, signature, repetitions and pages.
///
/// Numbers in the answer are exact: a whole number that no integer type can hold is a text.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")]
/// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// let page = client.action("ListNodes")?.set("ProjectId", 530486).set("ProjectEnv", "PROD").send().await?;
/// println!("{}", page["Data"]["TotalCount"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is sent"]
pub struct ActionCall {
    pub(crate) parts: Box<CallParts>,
}

impl ActionCall {
    pub(crate) fn new(client: Client, operation: &'static Operation) -> Self {
        let request = Source::Untyped(serde_json::Map::new());
        Self { parts: Box::new(CallParts { client, operation, request, options: CallOptions::default() }) }
    }

    /// The action's table: its parameters, how it pages, whether it may be repeated.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.parts.operation
    }

    /// Sets a parameter by its name on the wire. Structured ones take JSON; `null` is as good as not set.
    ///
    /// A name that only a shorthand of the action takes ([`Operation::shorthands`]) is never sent: it fills the parameters
    /// that are not set themselves, whether they are set before or after it.
    ///
    /// ```
    /// # #[cfg(feature = "v2020-05-18")]
    /// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// let backfill = client.action("RunCycleDagNodes")?.set("ProjectEnv", "PROD").set("NodeId", 123456);
    /// println!("{}", backfill.set("BizDate", "2026-01-07").send().await?["Data"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Source::Untyped(parameters) = &mut self.parts.request {
            parameters.insert(name.to_owned(), value.into());
        }
        self
    }

    call_options!();

    /// Sends it.
    pub fn send(self) -> CallFuture<Value> {
        let parts = self.parts;
        CallFuture(Box::pin(async move {
            let mut body: Option<Value> = None;
            let meta = execute::execute(&parts, &mut body).await?;
            Ok(Response::new(body.unwrap_or_default(), meta))
        }))
    }

    /// The answers as they come, as [`Call::events`](crate::Call::events) gives them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action has no events.
    pub fn events(self) -> Result<Events<Value>, Error> {
        if !self.parts.operation.has_events() {
            let name = self.parts.operation.name();
            let message = "the action does not answer with events; `send()` it";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_action(name));
        }
        Ok(events::untyped(self.parts))
    }

    /// Uploads a file and sends the call with its URL, as [`Call::upload`](crate::Call::upload) does.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action takes no file.
    pub fn upload(self, file: impl Into<Upload>) -> Result<CallFuture<Value>, Error> {
        let (mut parts, file) = (self.parts, file.into());
        let name = parts.operation.name();
        let Some(field) = upload::file_field(parts.operation) else {
            let message = "the action takes no file; `send()` it";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_action(name));
        };
        Ok(CallFuture(Box::pin(async move {
            let mut body: Option<Value> = None;
            let meta = upload::upload(&mut parts, field.name, file, &mut body).await?;
            Ok(Response::new(body.unwrap_or_default(), meta))
        })))
    }

    /// All pages, one by one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action does not page.
    pub fn pages(mut self) -> Result<ActionPages, Error> {
        if self.parts.operation.paging().is_none() {
            let name = self.parts.operation.name();
            return Err(
                Error::new(ErrorKind::InvalidRequest, "the action does not page; `send()` it").with_action(name)
            );
        }
        // Turning pages looks at parameters that a shorthand may fill. What is wrong with it is found at the first page.
        let expanded = self.parts.request.expanded(self.parts.operation);
        if let Some(expanded) = expanded.filter(|expanded| expanded.findings.is_empty()) {
            self.parts.request = Source::Untyped(expanded.request);
        }
        Ok(ActionPages::new(self.parts))
    }

    /// The items of all pages, one by one.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action does not page.
    pub fn items(self) -> Result<ActionItems, Error> {
        Ok(self.pages()?.items())
    }
}

impl IntoFuture for ActionCall {
    type Output = Result<Response<Value>, Error>;
    type IntoFuture = CallFuture<Value>;

    fn into_future(self) -> CallFuture<Value> {
        self.send()
    }
}

impl fmt::Debug for ActionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.parts, f)
    }
}
