//! RPC signature 1.0 with HMAC-SHA1: every parameter is signed, and the signature is a parameter itself.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;

use super::{Stamp, percent};
use crate::credentials::{Credentials, Identity};
use crate::operation::Method;

/// The parameters that every request carries in its query, without the signature.
pub(crate) fn common<'a>(
    action: &'a str,
    version: &'a str,
    credentials: &'a Credentials,
    stamp: &'a Stamp,
) -> Vec<(&'static str, Cow<'a, str>)> {
    // In the order in which they are signed: what is sorted already is sorted fast.
    let mut common = Vec::with_capacity(10);
    let mut add = |name: &'static str, value: Cow<'a, str>| common.push((name, value));
    match credentials.identity() {
        Identity::AccessKey { id, token, .. } => {
            add("AccessKeyId", id.into());
            add("Action", action.into());
            add("Format", "json".into());
            if let Some(token) = token {
                add("SecurityToken", token.expose_secret().into());
            }
            add("SignatureMethod", "HMAC-SHA1".into());
            add("SignatureNonce", stamp.nonce.as_str().into());
            add("SignatureVersion", "1.0".into());
        }
        Identity::Bearer(token) => {
            add("Action", action.into());
            add("BearerToken", token.expose_secret().into());
            add("Format", "json".into());
            add("SignatureNonce", stamp.nonce.as_str().into());
            add("SignatureType", "BEARERTOKEN".into());
        }
        Identity::Anonymous => {
            add("Action", action.into());
            add("Format", "json".into());
            add("SignatureNonce", stamp.nonce.as_str().into());
        }
    }
    add("Timestamp", stamp.timestamp().into());
    add("Version", version.into());
    common
}

/// `METHOD&%2F&<canonical query, encoded once more>`, where the canonical query is `k=v&k=v`, sorted and encoded.
pub(crate) fn string_to_sign<'a>(method: Method, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters.into_iter().collect();
    sorted.sort_unstable();
    let mut text = String::with_capacity(1024);
    text.extend([method.as_str(), "&%2F&"]);
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push_str("%26");
        }
        percent::push_twice(&mut text, name);
        text.push_str("%3D");
        percent::push_twice(&mut text, value);
    }
    text
}

/// The signature of `text`; without an access key nothing is signed.
pub(crate) fn signature(credentials: &Credentials, text: &str) -> Option<String> {
    let Identity::AccessKey { hmac_sha1, .. } = credentials.identity() else { return None };
    let mut mac = hmac_sha1.clone();
    mac.update(text.as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

/// HMAC-SHA1, keyed by the secret and `&`.
pub(crate) fn keyed(secret: &SecretString) -> Hmac<Sha1> {
    let key = SecretString::from(format!("{}&", secret.expose_secret()));
    // HMAC takes keys of any length, so there is no other branch.
    Hmac::new_from_slice(key.expose_secret().as_bytes()).unwrap_or_else(|_| Hmac::new(&Key::<Hmac<Sha1>>::default()))
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
        if vector["input"]["method"] == "GET" { Method::Get } else { Method::Post }
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
            let credentials = text("security_token").into_iter().fold(credentials, Credentials::with_security_token);
            let time = humantime::parse_rfc3339(text("timestamp").unwrap()).unwrap();
            let stamp = Stamp { time, nonce: text("nonce").unwrap().to_owned() };
            let mut ours: BTreeMap<String, String> =
                common(text("action").unwrap(), text("version").unwrap(), &credentials, &stamp)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.into_owned()))
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
