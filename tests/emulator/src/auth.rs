//! Who calls, and whether that is so: the checks that come before an action is looked at.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::error::Refusal;
use crate::request::Received;
use crate::signature;

/// How far a timestamp may be from the service's time, in milliseconds.
const SKEW: i64 = 15 * 60 * 1_000;

/// An access key that the emulator knows.
pub(crate) struct Key {
    pub(crate) secret: String,
    /// The token that comes with a temporary key.
    pub(crate) token: Option<String>,
    pub(crate) allows: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("temporary", &self.token.is_some()).finish_non_exhaustive()
    }
}

pub(crate) type Keys = HashMap<String, Key>;

/// Checks key, time, signature, nonce and permission, in the service's order.
pub(crate) fn check(received: &Received, keys: &Keys, nonces: &Nonces, now: i64) -> Result<(), Refusal> {
    let given = |name: &str| received.parameter(name).filter(|value| !value.is_empty());
    let need = |name: &str| given(name).ok_or_else(|| Refusal::missing(name));
    if given("Signature").is_none() && received.header("authorization").is_some() {
        let message = "The request is signed with a header: this server checks RPC signature 1.0, in the query.";
        return Err(Refusal::new(400, "UnsupportedSignatureAlgorithm", message));
    }
    let (id, time) = (need("AccessKeyId")?, need("Timestamp")?);
    let (nonce, method, version) = (need("SignatureNonce")?, need("SignatureMethod")?, need("SignatureVersion")?);
    let signature = need("Signature")?;
    if method != "HMAC-SHA1" {
        return Err(Refusal::invalid("SignatureMethod", format!("\"{method}\" is not HMAC-SHA1")));
    }
    if version != "1.0" {
        return Err(Refusal::invalid("SignatureVersion", format!("\"{version}\" is not 1.0")));
    }
    let key = keys
        .get(id)
        .ok_or_else(|| Refusal::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."))?;
    token(key, given("SecurityToken"))?;
    timestamp(time, now)?;
    let text = signature::string_to_sign(&received.method, received.parameters());
    if !signature::verify(&key.secret, &text, signature) {
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{text}");
        return Err(Refusal::new(400, "SignatureDoesNotMatch", message));
    }
    if !nonces.is_new(id, nonce, now) {
        return Err(Refusal::new(400, "SignatureNonceUsed", "Specified signature nonce was used already."));
    }
    let action = given("Action").unwrap_or_default();
    if (key.allows)(action) { Ok(()) } else { Err(Refusal::forbidden(action, id)) }
}

fn token(key: &Key, given: Option<&str>) -> Result<(), Refusal> {
    match (&key.token, given) {
        (None, None) => Ok(()),
        (Some(expected), Some(given)) if expected == given => Ok(()),
        (Some(_), None) => Err(Refusal::missing("SecurityToken")),
        _ => {
            let message = "Specified SecurityToken does not belong to the specified access key.";
            Err(Refusal::new(400, "InvalidSecurityToken.MismatchWithAccessKey", message))
        }
    }
}

fn timestamp(text: &str, now: i64) -> Result<(), Refusal> {
    // `2024-05-18T08:09:10Z`, and nothing shorter or finer.
    let time = humantime::parse_rfc3339(text).ok().filter(|_| text.len() == 20);
    let since = time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let ms = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    let ms = ms.ok_or_else(|| {
        let message = format!("Specified time stamp or date value is not well formatted: \"{text}\".");
        Refusal::new(400, "InvalidTimeStamp.Format", message)
    })?;
    if now.saturating_sub(ms).unsigned_abs() > SKEW.unsigned_abs() {
        return Err(Refusal::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."));
    }
    Ok(())
}

/// The nonces that were used while their timestamps are good.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    hasher: RandomState,
    used: Mutex<Used>,
}

/// Two generations, so that forgetting costs nothing: each holds those of twice the skew at least.
#[derive(Debug, Default)]
struct Used {
    since: i64,
    young: HashSet<u64>,
    old: HashSet<u64>,
}

impl Nonces {
    fn is_new(&self, key: &str, nonce: &str, now: i64) -> bool {
        let nonce = self.hasher.hash_one((key, nonce));
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(used.since) > 2 * SKEW {
            used.since = now;
            used.old = std::mem::take(&mut used.young);
        }
        !used.old.contains(&nonce) && used.young.insert(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_once_per_key_and_long_enough() {
        let nonces = Nonces::default();
        assert!(nonces.is_new("a", "1", 0));
        assert!(!nonces.is_new("a", "1", 1));
        assert!(nonces.is_new("b", "1", 1));
        assert!(nonces.is_new("a", "2", 2 * SKEW));
        assert!(!nonces.is_new("a", "1", 2 * SKEW + 1), "the older generation is still known");
        assert!(nonces.is_new("a", "1", 9 * SKEW), "its timestamp is long expired");
    }

    #[test]
    fn timestamps_are_good_for_a_quarter_of_an_hour() {
        let now = 1_716_019_750_000; // 2024-05-18T08:09:10Z
        for good in ["2024-05-18T08:09:10Z", "2024-05-18T08:24:10Z", "2024-05-18T07:54:10Z"] {
            assert_eq!(timestamp(good, now), Ok(()), "{good}");
        }
        for (bad, code) in [
            ("2024-05-18T08:24:11Z", "InvalidTimeStamp.Expired"),
            ("2024-05-18T07:54:09Z", "InvalidTimeStamp.Expired"),
            ("2024-05-18T08:09:10.5Z", "InvalidTimeStamp.Format"),
            ("2024-05-18 08:09:10", "InvalidTimeStamp.Format"),
            ("now", "InvalidTimeStamp.Format"),
        ] {
            assert_eq!(timestamp(bad, now).unwrap_err().code, code, "{bad}");
        }
    }
}
