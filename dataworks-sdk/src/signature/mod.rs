//! Signs requests.

pub(crate) mod percent;
pub(crate) mod rpc;

use std::time::SystemTime;

/// What makes one delivery of a request different from the next: it is stamped anew for every attempt.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) time: SystemTime,
    pub(crate) nonce: String,
}

impl Stamp {
    pub(crate) fn new(time: SystemTime) -> Self {
        Self {
            time,
            nonce: uuid::Uuid::new_v4().simple().to_string(),
        }
    }

    /// `2026-01-07T08:09:10Z`.
    pub(crate) fn timestamp(&self) -> String {
        humantime::format_rfc3339_seconds(self.time).to_string()
    }
}
