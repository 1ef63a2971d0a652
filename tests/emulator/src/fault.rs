//! Misbehaviour on demand: one fault spoils one call.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

/// What goes wrong with one call. All but [`CloseOnArrival`](Fault::CloseOnArrival) come after the signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 429 `Throttling.User`; with a delay, it says so in `x-acs-retry-after` (milliseconds).
    Throttle {
        /// What `x-acs-retry-after` says.
        retry_after_ms: Option<u64>,
    },
    /// An error in the service's own form. Nothing is done.
    Status {
        /// The HTTP status.
        status: u16,
        /// `Code`.
        code: String,
        /// `Message`.
        message: String,
    },
    /// An answer as it stands: XML, HTML, nothing at all, anything that is no answer of the service. Nothing is done.
    Raw {
        /// The HTTP status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body.
        body: Bytes,
    },
    /// 200 with `Success: false`. Nothing is done.
    Unsuccessful {
        /// `ErrorCode`.
        code: String,
        /// `ErrorMessage`.
        message: String,
    },
    /// The call is done and answered as always, this much later (in real time).
    Delay(Duration),
    /// The connection is closed when the head of the request is there: nothing is done.
    CloseOnArrival,
    /// The call is done, and the connection closed in place of an answer.
    CloseBeforeAnswer,
    /// The call is done, and the connection closed in the middle of the answer's body.
    Truncate,
    /// The call is done and answered, and the connection closed without having said so: it goes stale in a client's pool.
    CloseIdle,
}

impl Fault {
    /// 429 that names a delay.
    #[must_use]
    pub fn throttle(retry_after_ms: u64) -> Self {
        Self::Throttle { retry_after_ms: Some(retry_after_ms) }
    }

    /// An error in the service's own form.
    #[must_use]
    pub fn status(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Status { status, code: code.into(), message: message.into() }
    }

    /// A status with a body of any kind, or with none.
    #[must_use]
    pub fn raw(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = if content_type.is_empty() {
            Vec::new()
        } else {
            vec![("content-type".to_owned(), content_type.to_owned())]
        };
        Self::Raw { status, headers, body: body.into() }
    }

    /// 200 with `Success: false`.
    #[must_use]
    pub fn unsuccessful(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Unsuccessful { code: code.into(), message: message.into() }
    }
}

/// The faults that wait for their calls.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// How many wait: calls look here first, so that a healthy emulator takes no lock.
    waiting: AtomicUsize,
    queues: Mutex<HashMap<String, VecDeque<Fault>>>,
}

impl Faults {
    pub(crate) fn push(&self, action: &str, fault: Fault) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.entry(action.to_owned()).or_default().push_back(fault);
        self.waiting.fetch_add(1, Ordering::SeqCst);
    }

    /// The next fault of the action (or of any action, `*`) that `wanted` accepts.
    pub(crate) fn take(&self, action: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        if self.waiting.load(Ordering::SeqCst) == 0 {
            return None;
        }
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [action, "*"] {
            if let Some(queue) = queues.get_mut(key)
                && queue.front().is_some_and(&wanted)
            {
                self.waiting.fetch_sub(1, Ordering::SeqCst);
                return queue.pop_front();
            }
        }
        None
    }

    pub(crate) fn clear(&self) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.clear();
        self.waiting.store(0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_wait_in_order_for_their_action() {
        let faults = Faults::default();
        faults.push("A", Fault::CloseOnArrival);
        faults.push("A", Fault::throttle(5));
        faults.push("*", Fault::Truncate);
        assert_eq!(
            faults.take("A", |fault| *fault != Fault::CloseOnArrival),
            Some(Fault::Truncate),
            "the first of A is not wanted"
        );
        assert_eq!(faults.take("B", |_| true), None);
        assert_eq!(faults.take("A", |_| true), Some(Fault::CloseOnArrival));
        assert_eq!(faults.take("A", |_| true), Some(Fault::throttle(5)));
        assert_eq!(faults.take("A", |_| true), None);
    }
}
