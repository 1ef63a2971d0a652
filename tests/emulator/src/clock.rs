//! The emulator's time: the system's, or one that a test turns by hand.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time: to the checks of timestamps, to the `Date` header and to everything that has a life cycle.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's time.
    #[must_use]
    pub fn system() -> Self {
        Self::new(SystemTime::now)
    }

    /// The time that a function tells.
    #[must_use]
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }

    /// The time now, in milliseconds since the epoch as DataWorks writes it.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        to_ms(self.now())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", humantime::format_rfc3339_millis(self.now()))
    }
}

/// A clock that stands still until it is turned. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: SystemTime) -> Self {
        Self(Arc::new(AtomicI64::new(to_ms(start))))
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Shows another time from now on, earlier or later.
    pub fn set(&self, time: SystemTime) {
        self.0.store(to_ms(time), Ordering::SeqCst);
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        from_ms(self.0.load(Ordering::SeqCst))
    }
}

impl From<&ManualClock> for Clock {
    fn from(manual: &ManualClock) -> Self {
        let manual = manual.clone();
        Self::new(move || manual.now())
    }
}

/// Milliseconds since the epoch, negative before it.
fn to_ms(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

fn from_ms(ms: i64) -> SystemTime {
    let distance = Duration::from_millis(ms.unsigned_abs());
    let time = if ms < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let manual = ManualClock::new(from_ms(1_000));
        let clock = Clock::from(&manual);
        assert_eq!(clock.now_ms(), 1_000);
        manual.advance(Duration::from_millis(234));
        assert_eq!(clock.now_ms(), 1_234);
        manual.set(from_ms(-5));
        assert_eq!(clock.now_ms(), -5);
    }
}
