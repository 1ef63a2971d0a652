//! When a call is repeated, and after how long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// How often and how patiently a call is repeated.
///
/// A read is repeated after a failed connection, a timeout and a server fault. A write is repeated only if it never left,
/// was refused by throttling, or carries a `ClientToken`, which is filled in where the action heeds one. A used-up quota is
/// never repeated. The delay is drawn evenly between nothing and an exponentially growing bound; after throttling it is at
/// least what the service asks for.
///
/// ```
/// use std::time::Duration;
/// use dataworks_sdk::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(5).max_delay(Duration::from_secs(30));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_throttle_wait: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, delays of up to 0.5 s, 1 s, … and at most 20 s, and up to 60 s where the service asks for it.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_throttle_wait: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// One attempt.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How many attempts there are in all; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The bound of the first delay; it doubles from one attempt to the next.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The greatest bound of a delay.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest wait that the service may ask for. Above it the error comes at once and says
    /// [`retry_after`](Error::retry_after).
    #[must_use]
    pub fn max_throttle_wait(mut self, wait: Duration) -> Self {
        self.max_throttle_wait = wait;
        self
    }

    /// Whether the service may ask for a wait as long as this.
    pub(crate) fn accepts(&self, wait: Duration) -> bool {
        wait <= self.max_throttle_wait
    }

    /// A delay before attempt `next` (2 or more): full jitter.
    fn delay(&self, next: u32) -> Duration {
        let doublings = next.saturating_sub(2).min(30);
        let bound = self.base_delay.saturating_mul(1 << doublings).min(self.max_delay);
        bound.mul_f64(fastrand::f64())
    }
}

/// What is known about one call while it is being repeated.
pub(crate) struct Attempts<'a> {
    pub(crate) policy: &'a RetryPolicy,
    pub(crate) budget: &'a RetryBudget,
    /// Whether the request may reach the service twice.
    pub(crate) repeatable: bool,
    /// The attempt that runs, from 1.
    pub(crate) attempt: u32,
    clock_corrected: bool,
    nonce_renewed: bool,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy, budget: &'a RetryBudget, repeatable: bool) -> Self {
        Self { policy, budget, repeatable, attempt: 1, clock_corrected: false, nonce_renewed: false }
    }

    /// How long to wait before the next attempt, or `None` if there is to be none.
    pub(crate) fn after(&mut self, error: &Error) -> Option<Duration> {
        if self.attempt >= self.policy.max_attempts {
            return None;
        }
        let delay = self.wanted(error)?;
        if !self.budget.spend() {
            return None;
        }
        self.attempt += 1;
        Some(delay)
    }

    fn wanted(&mut self, error: &Error) -> Option<Duration> {
        let backoff = self.policy.delay(self.attempt + 1);
        match error.code() {
            _ if error.is_quota_exceeded() => None,
            // The caller has corrected the clock by the server's date.
            Some("InvalidTimeStamp.Expired") => once(&mut self.clock_corrected).then_some(Duration::ZERO),
            Some("SignatureNonceUsed") => (self.repeatable && once(&mut self.nonce_renewed)).then_some(Duration::ZERO),
            _ if error.is_throttling() => match error.retry_after() {
                Some(wait) if !self.policy.accepts(wait) => None,
                // A little more than asked for, or all who were refused come back at once.
                Some(wait) => Some(wait.saturating_add(backoff.min(wait / 4))),
                None => Some(backoff),
            },
            _ if error.kind() == ErrorKind::Connect => Some(backoff),
            _ if !error.may_have_been_sent() && error.kind() == ErrorKind::Timeout => Some(backoff),
            _ if error.is_retryable() && self.repeatable => Some(backoff),
            // An answer that breaks off says nothing about the next one.
            _ if error.kind() == ErrorKind::Decode && self.repeatable => Some(backoff),
            _ => None,
        }
    }
}

fn once(done: &mut bool) -> bool {
    !std::mem::replace(done, true)
}

/// What repeating costs, shared by all clients of a configuration: when most calls fail, repeating them makes it worse.
#[derive(Clone, Debug)]
pub(crate) struct RetryBudget(Arc<AtomicU32>);

impl RetryBudget {
    const FULL: u32 = 500;
    const RETRY: u32 = 5;
    const SUCCESS: u32 = 1;

    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU32::new(Self::FULL)))
    }

    fn spend(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(Self::RETRY)).is_ok()
    }

    /// A call that succeeds gives a little back, one that was repeated what that cost.
    pub(crate) fn earn(&self, attempts: u32) {
        let earned = if attempts > 1 { Self::RETRY } else { Self::SUCCESS };
        let add = |left: u32| Some((left + earned).min(Self::FULL));
        // The closure always answers, so this cannot fail.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}
