//! The time by the server's clock, as far as it is known.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The clock of this machine and how far it is off, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    pub(crate) fn now(&self) -> SystemTime {
        let offset = self.0.load(Ordering::Relaxed);
        let distance = Duration::from_millis(offset.unsigned_abs());
        let now = SystemTime::now();
        let corrected = if offset < 0 { now.checked_sub(distance) } else { now.checked_add(distance) };
        corrected.unwrap_or(now)
    }

    /// Takes over the clock of the server that answered with these headers.
    pub(crate) fn correct(&self, headers: &HeaderMap) {
        let date = headers.get("date").and_then(|date| date.to_str().ok());
        let Some(server) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else { return };
        let ahead = |later: SystemTime, earlier: SystemTime| {
            later.duration_since(earlier).ok().and_then(|distance| i64::try_from(distance.as_millis()).ok())
        };
        let now = SystemTime::now();
        if let Some(offset) = ahead(server, now).or_else(|| ahead(now, server).map(|behind| -behind)) {
            self.0.store(offset, Ordering::Relaxed);
        }
    }
}
