//! Misbehaviour on demand: one fault spoils one call.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// The call is done, and the JSON of its answer ends half way, although the answer is whole by HTTP's measure.
    HalfJson,
    /// The call is done, and the second half of the answer's body comes this much after the first (in real time).
    Slow(Duration),
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

/// Faults that come by chance: the same for the same seed and the same order of calls.
#[derive(Debug)]
pub(crate) struct Chance {
    /// Of 2^32.
    rate: u64,
    seed: u64,
    drawn: AtomicU64,
}

impl Chance {
    /// A fault for this share of the calls, 0 to 1.
    pub(crate) fn new(rate: f64, seed: u64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 2^32")]
        let rate = (rate.clamp(0.0, 1.0) * (1_u64 << 32) as f64) as u64;
        Self { rate, seed, drawn: AtomicU64::new(0) }
    }

    /// What happens to the next call.
    fn draw(&self) -> Option<Fault> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        // SplitMix64: neighbours have nothing in common.
        let mut bits = self.seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        (bits >> 32 < self.rate).then(|| Self::fault(bits & 0xffff_ffff))
    }

    /// Every kind that a service in trouble shows, each as often as the others.
    fn fault(bits: u64) -> Fault {
        match bits % 10 {
            0 => Fault::Throttle { retry_after_ms: None },
            1 => Fault::throttle(100),
            2 => Fault::status(500, "InternalError.System", "An internal system error occurred."),
            3 => Fault::status(503, "ServiceUnavailable", "The service is unavailable for a moment."),
            4 => Fault::CloseOnArrival,
            5 => Fault::CloseBeforeAnswer,
            6 => Fault::Truncate,
            7 => Fault::HalfJson,
            8 => Fault::Slow(Duration::from_millis(300)),
            _ => Fault::CloseIdle,
        }
    }
}

/// The faults that wait for their calls.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    chance: Option<Chance>,
    /// How many wait: calls look here first, so that a healthy emulator takes no lock.
    waiting: AtomicUsize,
    queues: Mutex<HashMap<String, VecDeque<Fault>>>,
}

impl Faults {
    /// None but by chance.
    pub(crate) fn new(chance: Option<Chance>) -> Self {
        Self { chance, ..Self::default() }
    }

    /// A fault by chance, once per call.
    pub(crate) fn draw(&self) -> Option<Fault> {
        self.chance.as_ref()?.draw()
    }

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
    fn chance_keeps_its_rate_and_repeats_itself() {
        let draw = |rate, seed| {
            let chance = Chance::new(rate, seed);
            (0..10_000).map(|_| chance.draw()).collect::<Vec<_>>()
        };
        let faults = draw(0.1, 7);
        let happened: Vec<_> = faults.iter().flatten().collect();
        assert!((900..1_100).contains(&happened.len()), "{} of 10,000", happened.len());
        for kind in (0..10).map(Chance::fault) {
            let times = happened.iter().filter(|fault| ***fault == kind).count();
            assert!((50..150).contains(&times), "{kind:?} {times} times");
        }
        assert_eq!(faults, draw(0.1, 7));
        assert_ne!(faults, draw(0.1, 8));
        assert!(draw(0.0, 7).iter().all(Option::is_none) && draw(1.0, 7).iter().all(Option::is_some));
    }

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
