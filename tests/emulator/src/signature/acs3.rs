//! ACS3-HMAC-SHA256.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::canonical_query;
use crate::request::Received;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What an `Authorization` header holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Authorization<'a> {
    pub(crate) id: &'a str,
    pub(crate) signed_headers: Vec<&'a str>,
    pub(crate) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// `ACS3-HMAC-SHA256 Credential=<id>,SignedHeaders=a;b,Signature=<hex>`, or what is wrong with it.
    pub(crate) fn parse(header: &'a str) -> Result<Self, String> {
        let rest = header
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| format!("it does not begin with {ALGORITHM}"))?;
        let part = |name: &str| {
            let parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            let found = parts.filter(|(key, _)| *key == name).map(|(_, value)| value).next();
            found.filter(|value| !value.is_empty()).ok_or_else(|| format!("it has no {name}"))
        };
        Ok(Self {
            id: part("Credential")?,
            signed_headers: part("SignedHeaders")?.split(';').collect(),
            signature: part("Signature")?,
        })
    }
}

/// Method, path, query, signed headers, their names, and the digest of the body.
pub(crate) fn canonical_request(received: &Received, signed_headers: &[&str], digest: &str) -> String {
    let query = received.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut names = signed_headers.to_vec();
    names.sort_unstable();
    let mut headers = String::new();
    for name in &names {
        let _ = writeln!(headers, "{name}:{}", received.header(name).unwrap_or_default().trim());
    }
    let (method, path, query, names) = (&received.method, &received.path, canonical_query(query), names.join(";"));
    format!("{method}\n{path}\n{query}\n{headers}\n{names}\n{digest}")
}

/// What both sides sign.
pub(crate) fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", digest(canonical_request.as_bytes()))
}

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether `signature` (hexadecimal) is that of `text` under `secret`. Takes the same time wherever they differ.
#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn verify(secret: &str, text: &str, signature: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    let given: Option<Vec<u8>> = (0..signature.len())
        .step_by(2)
        .map(|at| signature.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
        .collect();
    given.is_some_and(|given| mac.verify_slice(&given).is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// Recorded from the official clients, and one published with the protocol.
    const VECTORS: &str = include_str!("../../tests/data/acs3.json");

    fn pairs(value: &Value) -> Vec<(String, String)> {
        let map: BTreeMap<String, String> = serde_json::from_value(value.clone()).unwrap();
        map.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
    }

    #[test]
    fn the_recorded_signatures_are_ours() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
        assert_eq!(vectors.len(), 9);
        for vector in &vectors {
            let name = &vector["name"];
            let query: BTreeMap<String, String> = serde_json::from_value(vector["query"].clone()).unwrap();
            let received = Received {
                method: vector["method"].as_str().unwrap().to_owned(),
                path: "/".to_owned(),
                query: query.into_iter().collect(),
                headers: pairs(&vector["headers"]),
                ..Received::default()
            };
            let authorization = Authorization::parse(vector["authorization"].as_str().unwrap()).unwrap();
            let digest = digest(vector["body"].as_str().unwrap().as_bytes());
            assert_eq!(received.header("x-acs-content-sha256"), Some(&*digest), "{name}");
            let text = canonical_request(&received, &authorization.signed_headers, &digest);
            assert_eq!(text, vector["canonical_request"], "{name}");
            let secret = vector["secret"].as_str().unwrap();
            assert!(verify(secret, &string_to_sign(&text), authorization.signature), "{name}");
            assert!(!verify("another", &string_to_sign(&text), authorization.signature), "{name}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in ["", "Basic x", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=b"] {
            assert!(Authorization::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "0", "zz", "é0", "00"] {
            assert!(!verify("testsecret", "text", wrong), "{wrong}");
        }
    }
}
