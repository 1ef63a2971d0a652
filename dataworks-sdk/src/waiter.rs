//! Waiters as data: how an answer tells that what a caller waits for has come.

use std::time::Duration;

use crate::request::Request;

/// How a call waits for a goal: it is repeated until its answer has a state that ends the wait.
///
/// On a typed call it is a method, `wait_until_finished()`; a call by name takes its [`name`](Self::name).
///
/// ```
/// # #[cfg(all(feature = "client", feature = "v2020-05-18"))] {
/// use dataworks_sdk::v2020_05_18::Client;
///
/// let get = Client::operations().iter().find(|operation| operation.name() == "GetInstance").unwrap();
/// let finished = &get.waiters()[0];
/// assert_eq!((finished.name(), finished.path()), ("finished", Some("Data.Status")));
/// assert_eq!((finished.states_of_success(), finished.states_of_failure()), (&["SUCCESS"][..], &["FAILURE"][..]));
/// # }
/// ```
#[derive(Debug)]
pub struct Waiter {
    name: &'static str,
    summary: &'static str,
    at: Option<&'static str>,
    success: &'static [&'static str],
    failure: &'static [&'static str],
    not_yet: &'static [(&'static str, &'static str)],
    reason: Option<&'static str>,
    hint: Option<&'static str>,
    interval: u32,
    timeout: u32,
}

impl Waiter {
    /// A waiter that asks after so many seconds for the second time, and gives up after so many.
    #[must_use]
    pub const fn new(name: &'static str, summary: &'static str, interval: u32, timeout: u32) -> Self {
        Self {
            name,
            summary,
            at: None,
            success: &[],
            failure: &[],
            not_yet: &[],
            reason: None,
            hint: None,
            interval,
            timeout,
        }
    }

    /// The path of the state in the answer.
    #[must_use]
    pub const fn at(mut self, path: &'static str) -> Self {
        self.at = Some(path);
        self
    }

    /// The states in which the goal is reached.
    #[must_use]
    pub const fn success(mut self, states: &'static [&'static str]) -> Self {
        self.success = states;
        self
    }

    /// The states in which it never will be.
    #[must_use]
    pub const fn failure(mut self, states: &'static [&'static str]) -> Self {
        self.failure = states;
        self
    }

    /// The errors that say "not yet": code, and a part of the message; what is empty does not matter.
    #[must_use]
    pub const fn not_yet(mut self, errors: &'static [(&'static str, &'static str)]) -> Self {
        self.not_yet = errors;
        self
    }

    /// The path of the text in the answer that says why it failed.
    #[must_use]
    pub const fn reason(mut self, path: &'static str) -> Self {
        self.reason = Some(path);
        self
    }

    /// What to look at after a failure, in which `{Name}` stands for a parameter.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The goal, `finished` for example.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One sentence: what it waits for.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// The path of the state in the answer; `None` where any answer is the goal.
    #[must_use]
    pub const fn path(&self) -> Option<&'static str> {
        self.at
    }

    /// The states in which the goal is reached.
    #[must_use]
    pub const fn states_of_success(&self) -> &'static [&'static str] {
        self.success
    }

    /// The states in which it never will be. Every state that is in neither list, known or not, is one on the way.
    #[must_use]
    pub const fn states_of_failure(&self) -> &'static [&'static str] {
        self.failure
    }

    /// How long it waits before it asks for the second time.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        Duration::from_secs(self.interval as u64)
    }

    /// After how long it gives up.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout as u64)
    }
}

#[cfg(feature = "client")]
impl Waiter {
    /// The path of the text in the answer that says why it failed.
    pub(crate) const fn reason_path(&self) -> Option<&'static str> {
        self.reason
    }

    /// What to look at after a failure, with the values of the request in it.
    pub(crate) fn hint_for(&self, request: crate::model::Datum<'_>) -> Option<String> {
        let mut hint = String::new();
        let mut rest = self.hint?;
        while let Some((text, (name, after))) =
            rest.split_once('{').and_then(|(text, after)| Some((text, after.split_once('}')?)))
        {
            hint.push_str(text);
            hint.push_str(request.field(name).text().as_deref().unwrap_or("as in the request"));
            rest = after;
        }
        hint.push_str(rest);
        Some(hint)
    }

    /// Whether an error says "not yet".
    pub(crate) fn is_not_yet(&self, error: &crate::Error) -> bool {
        let message = error.message().to_ascii_lowercase();
        let fits = |(code, part): &(&str, &str)| {
            (code.is_empty() || error.code() == Some(code)) && message.contains(&part.to_ascii_lowercase())
        };
        error.kind() == crate::ErrorKind::Service && self.not_yet.iter().any(fits)
    }
}

/// A request whose answer tells whether a goal ([`until`]) is reached.
pub trait Waits<Goal>: Request {
    /// How it tells.
    const WAITER: &'static Waiter;
}

/// Everything that a call may wait for: `wait_until_finished()` is there for a request that is
/// [`Waits<until::Finished>`](Waits).
pub mod until {
    /// The service takes the request, for which it was not ready at first.
    #[derive(Debug)]
    pub enum Accepted {}
    /// It has been created.
    #[derive(Debug)]
    pub enum Created {}
    /// It is in production.
    #[derive(Debug)]
    pub enum Deployed {}
    /// It is over, with success.
    #[derive(Debug)]
    pub enum Finished {}
    /// It can be used.
    #[derive(Debug)]
    pub enum Ready {}
    /// It runs.
    #[derive(Debug)]
    pub enum Started {}
    /// It runs no more.
    #[derive(Debug)]
    pub enum Stopped {}
    /// It has been submitted.
    #[derive(Debug)]
    pub enum Submitted {}
}
