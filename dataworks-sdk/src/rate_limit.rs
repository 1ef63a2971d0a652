//! How fast an action is called: the service allows a fixed rate of each, and refuses what comes faster.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;

/// How fast an action may be called.
///
/// Every attempt of a call takes a slot, repetitions as well, and waits for it in the order in which it came. The wait
/// counts towards the call's total timeout. When the service throttles all the same, the rate is halved and nobody calls
/// before the service's delay is over; every call that succeeds then brings it a little nearer to what was set.
///
/// ```
/// use dataworks_sdk::{Config, RateLimit};
///
/// let config = Config::builder()
///     .region("cn-hangzhou")
///     .rate_limit("ListNodes", RateLimit::per_second(5.0).burst(2))
///     .rate_limit_each(RateLimit::per_second(20.0))
///     .build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct RateLimit {
    per_second: f64,
    burst: u32,
}

impl RateLimit {
    /// So many calls in a second, evenly spaced; less than one is written as a fraction. Must be above 0.
    pub fn per_second(calls: f64) -> Self {
        Self { per_second: calls, burst: 1 }
    }

    /// How many calls may come at once after a pause. Default: 1, and 0 counts as 1.
    pub fn burst(mut self, calls: u32) -> Self {
        self.burst = calls.max(1);
        self
    }

    fn interval(self) -> Result<Duration, Error> {
        let interval = Duration::try_from_secs_f64(1.0 / self.per_second).ok();
        interval.filter(|interval| !interval.is_zero() && *interval <= LONGEST).ok_or_else(|| {
            let message = format!("a rate limit of {} calls per second cannot be kept", self.per_second);
            Error::new(ErrorKind::Config, message).with_hint("between one call a day and a thousand million a second")
        })
    }
}

const LONGEST: Duration = Duration::from_secs(86_400);

/// However often the service throttles, one call in so many is still made.
const SLOWEST: u32 = 64;

/// The limits of a configuration, shared by all its clients.
#[derive(Debug, Default)]
pub(crate) struct RateLimits {
    /// By the name of the action: the versions have most actions apart, and the others are limited together.
    named: HashMap<String, Arc<Limiter>>,
    each: Option<RateLimit>,
    others: Mutex<HashMap<&'static str, Arc<Limiter>>>,
}

impl RateLimits {
    /// # Errors
    /// [`ErrorKind::Config`] if a rate is not above 0.
    pub(crate) fn new(named: Vec<(String, RateLimit)>, each: Option<RateLimit>) -> Result<Self, Error> {
        let named = named.into_iter().map(|(action, limit)| Ok((action, Arc::new(Limiter::new(limit)?))));
        each.map(RateLimit::interval).transpose()?;
        Ok(Self { named: named.collect::<Result<_, Error>>()?, each, others: Mutex::default() })
    }

    pub(crate) fn of(&self, action: &'static str) -> Option<Arc<Limiter>> {
        if let Some(limiter) = self.named.get(action) {
            return Some(limiter.clone());
        }
        let limit = self.each?;
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = others.get(action) {
            return Some(limiter.clone());
        }
        // Checked when the configuration was built.
        let limiter = Arc::new(Limiter::new(limit).ok()?);
        others.insert(action, limiter.clone());
        Some(limiter)
    }
}

/// Hands out slots of one action.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// The spacing that was set.
    interval: Duration,
    burst: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The spacing now, after throttling.
    interval: Duration,
    /// When the next call would be due if all came evenly.
    due: Option<Instant>,
    /// What was sent before is news of the old rate.
    slowed: Option<Instant>,
}

/// The moment at which an attempt was let through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot(Instant);

impl Limiter {
    fn new(limit: RateLimit) -> Result<Self, Error> {
        let interval = limit.interval()?;
        let state = State { interval, due: None, slowed: None };
        Ok(Self { interval, burst: limit.burst, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a slot. One that was waited for in vain is lost.
    pub(crate) async fn slot(&self) -> Slot {
        let at = self.reserve(Instant::now());
        tokio::time::sleep_until(at).await;
        Slot(at)
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut state = self.state();
        let ahead = state.interval.saturating_mul(self.burst - 1);
        let due = state.due.unwrap_or(now).max(now);
        // A burst is let through early, by as much as it is long; after throttling there is none.
        let early = if state.interval > self.interval { Duration::ZERO } else { ahead };
        state.due = Some(due + state.interval);
        due.checked_sub(early).unwrap_or(now).max(now)
    }

    /// What this slot let through has failed; only throttling, and no used-up quota, says something about the rate.
    pub(crate) fn failed(&self, slot: Slot, error: &Error, policy: &RetryPolicy) {
        if error.is_throttling() && !error.is_quota_exceeded() {
            // Longer than that no call is to wait.
            self.throttled(slot, error.retry_after().filter(|wait| policy.accepts(*wait)));
        } else if error.http_status().is_some() {
            self.passed(slot);
        }
    }

    /// The service throttled what this slot let through, and wants to be left alone for a while.
    fn throttled(&self, slot: Slot, wait: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.state();
        if state.slowed.is_none_or(|slowed| slot.0 > slowed) {
            state.interval = (state.interval * 2).min(self.interval.saturating_mul(SLOWEST));
            state.slowed = Some(now);
        }
        let free = now + wait.unwrap_or_default();
        state.due = Some(state.due.map_or(free, |due| due.max(free)));
    }

    /// What this slot let through was not throttled.
    pub(crate) fn passed(&self, slot: Slot) {
        let mut state = self.state();
        if state.interval > self.interval && state.slowed.is_none_or(|slowed| slot.0 > slowed) {
            state.interval = state.interval.mul_f64(0.95).max(self.interval);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(limit: RateLimit) -> Limiter {
        Limiter::new(limit).unwrap()
    }

    async fn waits(limiter: &Limiter, calls: usize) -> Vec<u128> {
        let start = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..calls {
            limiter.slot().await;
            waits.push(start.elapsed().as_millis());
        }
        waits
    }

    #[tokio::test(start_paused = true)]
    async fn evenly_and_in_bursts() {
        assert_eq!(waits(&limiter(RateLimit::per_second(10.0)), 4).await, [0, 100, 200, 300]);
        let bursts = limiter(RateLimit::per_second(10.0).burst(3));
        assert_eq!(waits(&bursts, 5).await, [0, 0, 0, 100, 200]);
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(waits(&bursts, 4).await, [0, 0, 0, 100], "a pause saves up one burst and no more");
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_slows_down_and_success_speeds_up() {
        let limiter = limiter(RateLimit::per_second(10.0));
        let slots = [limiter.slot().await, limiter.slot().await];
        for slot in slots {
            limiter.throttled(slot, Some(Duration::from_secs(2)));
        }
        assert_eq!(limiter.state().interval.as_millis(), 200, "both were news of one rate");
        assert_eq!(waits(&limiter, 3).await, [2000, 2200, 2400], "nobody calls before the delay is over");
        limiter.passed(slots[1]);
        assert_eq!(limiter.state().interval.as_millis(), 200, "an earlier success says nothing");
        for _ in 0..20 {
            let slot = limiter.slot().await;
            limiter.passed(slot);
        }
        assert_eq!(limiter.state().interval.as_millis(), 100, "and never faster than what was set");
        for _ in 0..100 {
            let slot = limiter.slot().await;
            limiter.throttled(slot, None);
        }
        assert_eq!(limiter.state().interval.as_millis(), 6400);
    }

    #[test]
    fn a_rate_that_is_none_is_refused() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-9, 1e12] {
            let error = RateLimits::new(vec![("A".to_owned(), RateLimit::per_second(rate))], None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{rate}");
            assert!(RateLimits::new(Vec::new(), Some(RateLimit::per_second(rate))).is_err(), "{rate}");
        }
    }

    #[test]
    fn who_is_limited() {
        let limit = RateLimit::per_second(1.0);
        let named = RateLimits::new(vec![("A".to_owned(), limit)], None).unwrap();
        assert!(named.of("A").is_some() && named.of("B").is_none());
        let each = RateLimits::new(Vec::new(), Some(limit)).unwrap();
        let (a, b) = (each.of("A").unwrap(), each.of("B").unwrap());
        assert!(Arc::ptr_eq(&a, &each.of("A").unwrap()) && !Arc::ptr_eq(&a, &b));
    }
}
