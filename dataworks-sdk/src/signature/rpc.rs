//! RPC signature 1.0 with HMAC-SHA1: every parameter is signed, and the signature is a parameter itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;

use super::{Stamp, percent};
use crate::credentials::{Credentials, Identity};
use crate::operation::Method;

/// The parameters that every request carries in its query, without the signature.
pub(crate) fn common(
    action: &str,
    version: &str,
    credentials: &Credentials,
    stamp: &Stamp,
) -> Vec<(&'static str, String)> {
    let mut common = vec![
        ("Action", action.to_owned()),
        ("Format", "json".to_owned()),
        ("SignatureNonce", stamp.nonce.clone()),
        ("Timestamp", stamp.timestamp()),
        ("Version", version.to_owned()),
    ];
    match credentials.identity() {
        Identity::AccessKey { id, token, .. } => {
            common.push(("AccessKeyId", id.clone()));
            common.push(("SignatureMethod", "HMAC-SHA1".to_owned()));
            common.push(("SignatureVersion", "1.0".to_owned()));
            if let Some(token) = token {
                common.push(("SecurityToken", token.expose_secret().to_owned()));
            }
        }
        Identity::Bearer(token) => {
            common.push(("BearerToken", token.expose_secret().to_owned()));
            common.push(("SignatureType", "BEARERTOKEN".to_owned()));
        }
    }
    common
}

/// `METHOD&%2F&<canonical query, encoded once more>`.
pub(crate) fn string_to_sign<'a>(method: Method, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters.into_iter().collect();
    sorted.sort_unstable();
    let canonical = percent::query(sorted);
    let mut text = String::with_capacity(2 * canonical.len());
    text.extend([method.as_str(), "&%2F&"]);
    percent::push(&mut text, &canonical);
    text
}

/// The signature of `text`; a bearer token signs nothing.
pub(crate) fn signature(credentials: &Credentials, text: &str) -> Option<String> {
    match credentials.identity() {
        Identity::AccessKey { secret, .. } => hmac_sha1(secret, text),
        Identity::Bearer(_) => None,
    }
}

/// Base64 of HMAC-SHA1 over `text`, keyed by the secret and `&`.
fn hmac_sha1(secret: &SecretString, text: &str) -> Option<String> {
    let key = SecretString::from(format!("{}&", secret.expose_secret()));
    // HMAC takes keys of any length: there always is one.
    let mut mac = Hmac::<Sha1>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    fn texts(value: &Value) -> BTreeMap<String, String> {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn method(vector: &Value) -> Method {
        if vector["input"]["method"] == "GET" {
            Method::Get
        } else {
            Method::Post
        }
    }

    #[test]
    fn every_vector_of_the_official_client() {
        let vectors: Vec<Value> = serde_json::from_str(include_str!("../../tests/conformance/rpc_v1.json")).unwrap();
        assert_eq!(vectors.len(), 5);
        for vector in &vectors {
            let signing = &vector["signing"];
            let Some(signed) = signing.get("signed_params").map(texts) else {
                continue;
            };
            let pairs = || signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let name = &vector["name"];
            assert_eq!(percent::query(pairs()), signing["canonicalized_query"], "{name}");
            let text = string_to_sign(method(vector), pairs());
            assert_eq!(text, signing["string_to_sign"], "{name}");
            let credentials = Credentials::new("testid", vector["input"]["access_key_secret"].as_str().unwrap());
            assert_eq!(signature(&credentials, &text).unwrap(), signing["signature"], "{name}");
        }
    }

    #[test]
    fn the_common_parameters_are_those_of_the_official_client() {
        let vectors: Vec<Value> = serde_json::from_str(include_str!("../../tests/conformance/rpc_v1.json")).unwrap();
        for vector in vectors.iter().filter(|vector| !vector["wire"].is_null()) {
            let input = &vector["input"];
            let text = |name: &str| input[name].as_str();
            let credentials = match text("bearer_token") {
                Some(token) => Credentials::bearer(token),
                None => Credentials::new(text("access_key_id").unwrap(), text("access_key_secret").unwrap()),
            };
            let credentials = text("security_token")
                .into_iter()
                .fold(credentials, Credentials::with_security_token);
            let time = humantime::parse_rfc3339(text("timestamp").unwrap()).unwrap();
            let stamp = Stamp {
                time,
                nonce: text("nonce").unwrap().to_owned(),
            };
            let mut ours: BTreeMap<String, String> =
                common(text("action").unwrap(), text("version").unwrap(), &credentials, &stamp)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
            let wire = texts(&vector["wire"]["query"]);
            let given = input["query"].as_object().into_iter().flatten();
            ours.extend(given.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
            let signed = vector["signing"]["string_to_sign"].as_str();
            let signature = signed.and_then(|text| signature(&credentials, text));
            ours.extend(signature.map(|signature| ("Signature".to_owned(), signature)));
            assert_eq!(ours, wire, "{}", vector["name"]);
        }
    }

    #[test]
    fn a_bearer_token_signs_nothing() {
        assert_eq!(signature(&Credentials::bearer("token"), "text"), None);
    }
}
