//! ACS3-HMAC-SHA256: query, headers and a digest of the body are signed, and the signature is a header.

use hmac::digest::Key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::{Stamp, hex, percent};
use crate::credentials::{Credentials, Identity};
use crate::error::{Error, ErrorKind};
use crate::operation::Method;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What of a request is signed, beside the headers.
pub(crate) struct Content<'a> {
    pub(crate) method: Method,
    /// As the `host` header has it: with a port if it is not the scheme's own.
    pub(crate) host: &'a str,
    /// In any order, not encoded.
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

/// What was signed: shown beside the server's if the two do not match.
#[derive(Debug, Default)]
pub(crate) struct Signed {
    pub(crate) canonical_request: String,
    pub(crate) string_to_sign: String,
}

/// The query parameters that say how a request without signature is meant.
pub(crate) fn common(credentials: &Credentials) -> Option<(&'static str, &'static str)> {
    match credentials.identity() {
        Identity::AccessKey { .. } => None,
        Identity::Bearer(_) => Some(("SignatureType", "BEARERTOKEN")),
        Identity::Anonymous => Some(("Format", "json")),
    }
}

/// Adds what the protocol wants to the headers, and signs them with the content. Headers that are added later are not
/// covered. Without an access key nothing is signed.
///
/// # Errors
/// [`ErrorKind::Credentials`] if HTTP forbids a character of the access key id or of a token.
pub(crate) fn sign(
    content: &Content<'_>,
    headers: &mut HeaderMap,
    credentials: &Credentials,
    stamp: &Stamp,
) -> Result<Option<Signed>, Error> {
    let payload = hex(&Sha256::digest(content.body));
    let mut add = |name: &'static str, text: &str| -> Result<(), Error> {
        let mut value = HeaderValue::from_str(text).map_err(|_| {
            let message = format!("what would be the header `{name}` holds a character that HTTP forbids");
            Error::new(ErrorKind::Credentials, message)
                .with_hint("look for a line break or a space at the end of the access key or token")
        })?;
        value.set_sensitive(name.ends_with("-token"));
        headers.insert(HeaderName::from_static(name), value);
        Ok(())
    };
    add("x-acs-date", &stamp.timestamp())?;
    add("x-acs-signature-nonce", &stamp.nonce)?;
    add("x-acs-content-sha256", &payload)?;
    let (id, secret) = match credentials.identity() {
        Identity::AccessKey { id, secret, token, .. } => {
            if let Some(token) = token {
                add("x-acs-accesskey-id", id)?;
                add("x-acs-security-token", token.expose_secret())?;
            }
            (id, secret)
        }
        Identity::Bearer(token) => {
            add("x-acs-bearer-token", token.expose_secret())?;
            return Ok(None);
        }
        Identity::Anonymous => return Ok(None),
    };
    let mut signed: Vec<(&str, &str)> = headers
        .iter()
        .filter(|(name, _)| **name == CONTENT_TYPE || name.as_str().starts_with("x-acs-"))
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .chain([("host", content.host)])
        .collect();
    let canonical_request = canonical_request(content, &mut signed, &payload);
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let string_to_sign = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(&canonical_request)));
    let signature = signature(secret, &string_to_sign);
    let authorization = format!("{ALGORITHM} Credential={id},SignedHeaders={names},Signature={signature}");
    // Ids are plain text: the same id was a header's value above, or could have been.
    let mut authorization = HeaderValue::from_str(&authorization).map_err(|_| {
        Error::new(ErrorKind::Credentials, format!("the access key id {id:?} holds a character that HTTP forbids"))
    })?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    Ok(Some(Signed { canonical_request, string_to_sign }))
}

/// Method, path, query, headers, their names, and the digest of the body, a line each. Sorts the headers.
fn canonical_request(content: &Content<'_>, headers: &mut [(&str, &str)], payload: &str) -> String {
    let mut query = content.query.to_vec();
    query.sort_unstable();
    headers.sort_unstable();
    let mut text = String::with_capacity(1024);
    text.extend([content.method.as_str(), "\n/\n"]);
    percent::push_query(&mut text, query);
    text.push('\n');
    for (name, value) in headers.iter() {
        text.extend([*name, ":", value.trim(), "\n"]);
    }
    text.push('\n');
    for (index, (name, _)) in headers.iter().enumerate() {
        text.extend([if index > 0 { ";" } else { "" }, *name]);
    }
    text.extend(["\n", payload]);
    text
}

fn signature(secret: &SecretString, text: &str) -> String {
    // HMAC takes keys of any length, so there is no other branch.
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(secret.expose_secret().as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Key::<Hmac<Sha256>>::default()));
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    const FULL: &str = include_str!("../../tests/conformance/acs3.json");
    const MINIMAL: &str = include_str!("../../tests/conformance/acs3_minimal_headers.json");

    fn vectors(text: &str) -> Vec<Value> {
        serde_json::from_str(text).unwrap()
    }

    fn texts(value: &Value) -> BTreeMap<String, String> {
        value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect()
    }

    fn pairs(texts: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
        texts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn method(value: &Value) -> Method {
        if value == "GET" { Method::Get } else { Method::Post }
    }

    /// What the official clients signed, with the headers that they signed.
    #[test]
    fn every_vector_is_signed_as_recorded() {
        let full = vectors(FULL);
        assert_eq!(full.len(), 7);
        for vector in &full {
            let (input, signing) = (&vector["input"], &vector["signing"]);
            let Some(expected) = signing["canonical_request"].as_str() else {
                assert!(["acs3-bearer", "acs3-anonymous"].contains(&vector["name"].as_str().unwrap()));
                continue;
            };
            let wire = &vector["wire"];
            let headers = texts(if wire.is_null() { &input["headers"] } else { &wire["headers"] });
            let names: Vec<&str> = signing["signed_headers"].as_str().unwrap().split(';').collect();
            let mut headers: Vec<_> = pairs(&headers).into_iter().filter(|(name, _)| names.contains(name)).collect();
            let query = texts(if wire.is_null() { &input["query"] } else { &wire["query"] });
            let query = pairs(&query);
            let body = wire["body"].as_str().unwrap_or_default();
            let content = Content { method: method(&input["method"]), host: "", query: &query, body };
            let text = canonical_request(&content, &mut headers, &hex(&Sha256::digest(body)));
            assert_eq!(text, expected, "{}", vector["name"]);
            let string_to_sign = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(&text)));
            assert_eq!(string_to_sign, signing["string_to_sign"], "{}", vector["name"]);
            let secret = SecretString::from(input["access_key_secret"].as_str().unwrap());
            let signature = signature(&secret, &string_to_sign);
            let authorization = signing["authorization"].as_str().unwrap();
            assert!(authorization.ends_with(&format!(",Signature={signature}")), "{}: {signature}", vector["name"]);
        }
    }

    /// The whole of what we add and sign: only `host`, `content-type` and `x-acs-*`.
    #[test]
    fn every_minimal_vector_is_ours() {
        let minimal = vectors(MINIMAL);
        assert_eq!(minimal.len(), 4);
        for vector in &minimal {
            let expected = texts(&vector["headers"]);
            let credentials = Credentials::new("testid", "testsecret");
            let token = expected.get("x-acs-security-token").cloned();
            let credentials = token.into_iter().fold(credentials, Credentials::with_security_token);
            let query = texts(&vector["query"]);
            let query = pairs(&query);
            let body = vector["body"].as_str().unwrap_or_default();
            let content = Content { method: method(&vector["method"]), host: &expected["host"], query: &query, body };
            let mut headers = HeaderMap::new();
            let given = ["accept", "user-agent"].map(|name| (name, "not signed"));
            let named = ["x-acs-action", "x-acs-version", "content-type"]
                .into_iter()
                .filter_map(|name| Some((name, expected.get(name)?.as_str())));
            for (name, value) in given.into_iter().chain(named) {
                headers.insert(name, value.parse().unwrap());
            }
            let signed = sign(&content, &mut headers, &credentials, &stamp(&expected)).unwrap().unwrap();
            assert_eq!(signed.canonical_request, vector["canonical_request"], "{}", vector["name"]);
            assert_eq!(signed.string_to_sign, vector["string_to_sign"], "{}", vector["name"]);
            assert_eq!(headers["authorization"].to_str().unwrap(), vector["authorization"], "{}", vector["name"]);
            for (name, value) in expected.iter().filter(|(name, _)| *name != "host") {
                assert_eq!(headers[name].to_str().unwrap(), value, "{}", vector["name"]);
            }
        }
    }

    fn stamp(headers: &BTreeMap<String, String>) -> Stamp {
        let time = humantime::parse_rfc3339(&headers["x-acs-date"]).unwrap();
        Stamp { time, nonce: headers["x-acs-signature-nonce"].clone() }
    }

    #[test]
    fn without_an_access_key_nothing_is_signed() {
        for (name, credentials) in
            [("acs3-bearer", Credentials::bearer("bt-123")), ("acs3-anonymous", Credentials::anonymous())]
        {
            let full = vectors(FULL);
            let vector = full.iter().find(|vector| vector["name"] == name).unwrap();
            let mut expected = texts(&vector["wire"]["headers"]);
            let content = Content { method: Method::Post, host: "", query: &[], body: "Id=12345" };
            let mut headers = HeaderMap::new();
            assert!(sign(&content, &mut headers, &credentials, &stamp(&expected)).unwrap().is_none());
            expected.retain(|name, _| {
                name.starts_with("x-acs-") && !name.ends_with("action") && !name.ends_with("version")
            });
            let ours: BTreeMap<String, String> =
                headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
            assert_eq!(ours, expected, "{name}");
            let query: BTreeMap<_, _> = common(&credentials).into_iter().collect();
            assert_eq!(serde_json::to_value(query).unwrap(), vector["wire"]["query"], "{name}");
        }
    }

    #[test]
    fn what_no_header_can_hold_is_an_error_without_the_secret() {
        let content = Content { method: Method::Get, host: "h", query: &[], body: "" };
        let credentials = Credentials::new("id", "s").with_security_token("planted\nsecret");
        let stamp = Stamp::new(std::time::UNIX_EPOCH);
        let error = sign(&content, &mut HeaderMap::new(), &credentials, &stamp).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains("x-acs-security-token") && !text.contains("planted"), "{text}");
        assert!(sign(&content, &mut HeaderMap::new(), &Credentials::new("i\nd", "s"), &stamp).is_err());
    }
}
