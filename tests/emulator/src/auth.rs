//! Who calls, and whether that is so: the checks that come before an action is looked at.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::error::Refusal;
use crate::request::{Protocol, Received};
use crate::signature::acs3::{self, Authorization};
use crate::signature::rpc;

/// How far a timestamp may be from the service's time, in milliseconds.
pub(crate) const SKEW: i64 = 15 * 60 * 1_000;

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

/// Everyone that the emulator knows.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    pub(crate) keys: HashMap<String, Key>,
    pub(crate) bearer_tokens: HashSet<String>,
    /// Whether nobody in particular may call, too.
    pub(crate) anonymous: bool,
}

/// What a request says of who sends it and when.
struct Claim<'a> {
    time: &'a str,
    nonce: &'a str,
    proof: Proof<'a>,
}

enum Proof<'a> {
    Nothing,
    Bearer(&'a str),
    Signed { id: &'a str, token: Option<&'a str>, signature: Signature<'a> },
}

enum Signature<'a> {
    Rpc(&'a str),
    Acs3(Authorization<'a>),
}

/// Checks key, time, signature, nonce and permission, in the service's order.
pub(crate) fn check(received: &Received, callers: &Callers, nonces: &Nonces, now: i64) -> Result<(), Refusal> {
    let claim = match received.protocol() {
        Protocol::Rpc => rpc_claim(received),
        Protocol::Acs3 => acs3_claim(received),
    }?;
    let (id, key) = match &claim.proof {
        Proof::Nothing if callers.anonymous => ("", None),
        Proof::Nothing => return Err(Refusal::missing("AccessKeyId")),
        Proof::Bearer(token) if callers.bearer_tokens.contains(*token) => ("", None),
        Proof::Bearer(_) => {
            return Err(Refusal::new(400, "InvalidBearerToken", "Specified bearer token is not valid."));
        }
        Proof::Signed { id, .. } => (*id, Some(callers.keys.get(*id).ok_or_else(unknown_key)?)),
    };
    if let (Proof::Signed { token: given, .. }, Some(key)) = (&claim.proof, key) {
        token(key, *given)?;
    }
    timestamp(claim.time, now)?;
    if let (Proof::Signed { signature, .. }, Some(key)) = (&claim.proof, key) {
        verify(received, signature, key)?;
    }
    if !nonces.is_new(id, claim.nonce, now) {
        return Err(Refusal::new(400, "SignatureNonceUsed", "Specified signature nonce was used already."));
    }
    let action = received.action().unwrap_or_default();
    if key.is_none_or(|key| (key.allows)(action)) { Ok(()) } else { Err(Refusal::forbidden(action, id)) }
}

fn rpc_claim(received: &Received) -> Result<Claim<'_>, Refusal> {
    let given = |name: &str| received.parameter(name).filter(|value| !value.is_empty());
    let need = |name: &str| given(name).ok_or_else(|| Refusal::missing(name));
    let bearer = given("BearerToken");
    if bearer.is_some() && given("SignatureType") != Some("BEARERTOKEN") {
        return Err(Refusal::invalid("SignatureType", "a bearer token goes with BEARERTOKEN"));
    }
    let proof = match (bearer, given("AccessKeyId"), given("Signature")) {
        (Some(token), ..) => Proof::Bearer(token),
        (None, None, None) => Proof::Nothing,
        (None, id, signature) => {
            need("Timestamp")?;
            need("SignatureNonce")?;
            for (name, only) in [("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")] {
                let value = need(name)?;
                if value != only {
                    return Err(Refusal::invalid(name, format!("\"{value}\" is not {only}")));
                }
            }
            Proof::Signed {
                id: id.ok_or_else(|| Refusal::missing("AccessKeyId"))?,
                token: given("SecurityToken"),
                signature: Signature::Rpc(signature.ok_or_else(|| Refusal::missing("Signature"))?),
            }
        }
    };
    Ok(Claim { time: need("Timestamp")?, nonce: need("SignatureNonce")?, proof })
}

fn acs3_claim(received: &Received) -> Result<Claim<'_>, Refusal> {
    let given = |name: &str| received.header(name).filter(|value| !value.is_empty());
    let need = |name: &str| given(name).ok_or_else(|| Refusal::missing(name));
    let bearer = given("x-acs-bearer-token");
    if bearer.is_some() && received.parameter("SignatureType") != Some("BEARERTOKEN") {
        return Err(Refusal::invalid("SignatureType", "a bearer token goes with BEARERTOKEN"));
    }
    let proof = match (bearer, given("authorization")) {
        (Some(token), _) => Proof::Bearer(token),
        (None, None) => Proof::Nothing,
        (None, Some(header)) => {
            let authorization =
                Authorization::parse(header).map_err(|problem| Refusal::invalid("authorization", problem))?;
            let id = authorization.id;
            Proof::Signed { id, token: given("x-acs-security-token"), signature: Signature::Acs3(authorization) }
        }
    };
    Ok(Claim { time: need("x-acs-date")?, nonce: need("x-acs-signature-nonce")?, proof })
}

fn unknown_key() -> Refusal {
    Refusal::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

fn verify(received: &Received, signature: &Signature<'_>, key: &Key) -> Result<(), Refusal> {
    let (right, ours) = match signature {
        Signature::Rpc(signature) => {
            let text = rpc::string_to_sign(&received.method, received.parameters());
            (rpc::verify(&key.secret, &text, signature), format!("server string to sign is:{text}"))
        }
        Signature::Acs3(authorization) => {
            let digest = received.digest.as_deref().unwrap_or_default();
            if received.header("x-acs-content-sha256") != Some(digest) {
                let problem = format!("the body's SHA-256 is {digest}");
                return Err(Refusal::invalid("x-acs-content-sha256", problem));
            }
            // Whatever the service goes by must be signed, or it could be changed on the way.
            let must = received.headers.iter().map(|(name, _)| name.as_str());
            let must = must.filter(|name| ["host", "content-type"].contains(name) || name.starts_with("x-acs-"));
            if let Some(name) = must.into_iter().find(|name| !authorization.signed_headers.contains(name)) {
                return Err(Refusal::invalid("authorization", format!("SignedHeaders lacks {name}")));
            }
            let canonical = acs3::canonical_request(received, &authorization.signed_headers, digest);
            let text = acs3::string_to_sign(&canonical);
            let right = acs3::verify(&key.secret, &text, authorization.signature);
            (right, format!("server string to sign is:{text} server canonicalRequest is:{canonical}"))
        }
    };
    if right {
        return Ok(());
    }
    let message = format!("Specified signature is not matched with our calculation. {ours}");
    Err(Refusal::new(400, "SignatureDoesNotMatch", message))
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
    pub(crate) fn is_new(&self, key: &str, nonce: &str, now: i64) -> bool {
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
