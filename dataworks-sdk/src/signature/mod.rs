//! Signs requests.

pub(crate) mod acs3;
pub(crate) mod percent;
pub(crate) mod rpc;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RPC signature 1.0 with HMAC-SHA1: every parameter is signed, and the signature stands in the query.
    #[default]
    HmacSha1,
    /// The official clients' default: the query, some headers and a digest of the body are signed, and the signature
    /// stands in a header. A security token travels in a header, too, and not in the URL.
    Acs3HmacSha256,
}

/// What makes one delivery of a request different from the next: it is stamped anew for every attempt.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) time: SystemTime,
    pub(crate) nonce: String,
}

impl Stamp {
    pub(crate) fn new(time: SystemTime) -> Self {
        Self { time, nonce: nonce(time) }
    }

    /// `2026-01-07T08:09:10Z`.
    pub(crate) fn timestamp(&self) -> String {
        humantime::format_rfc3339_seconds(self.time).to_string()
    }
}

/// A number that is used once: a random one for the process, and then the count, which asks the system for nothing.
fn nonce(time: SystemTime) -> String {
    static SEED: LazyLock<u128> = LazyLock::new(|| uuid::Uuid::new_v4().as_u128());
    static COUNT: AtomicU64 = AtomicU64::new(0);
    // A forked process has the seed and the count of its parent, and never its nanosecond at the same count.
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let moment = since.as_nanos() << 64;
    let count = u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
    hex(&(*SEED ^ (moment | count)).to_be_bytes())
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_nonce_is_used_once() {
        let nonces: HashSet<String> = (0..10_000).map(|_| nonce(SystemTime::UNIX_EPOCH)).collect();
        assert_eq!(nonces.len(), 10_000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 32));
    }
}
