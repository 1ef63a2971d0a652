//! The signature of the API gateway: HMAC-SHA256 over method, some headers, path and parameters.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::Key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{ACCEPT, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue};
use md5::{Digest as _, Md5};
use sha2::Sha256;

pub(super) const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const SIGNED_NAMES: HeaderName = HeaderName::from_static("x-ca-signature-headers");
const SIGNATURE: HeaderName = HeaderName::from_static("x-ca-signature");

/// The digest of a body that is no form, as `content-md5` has it.
pub(crate) fn content_md5(body: &str) -> String {
    STANDARD.encode(Md5::digest(body.as_bytes()))
}

/// The headers that are signed: all of the gateway's own but those that the signature stands in.
fn signed(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let own = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-ca-"));
    own.filter(|(name, _)| **name != SIGNED_NAMES && **name != SIGNATURE)
        .map(|(name, value)| (name.as_str(), text(Some(value)).into_owned()))
        .collect()
}

fn text(value: Option<&HeaderValue>) -> std::borrow::Cow<'_, str> {
    value.map_or("".into(), |value| String::from_utf8_lossy(value.as_bytes()))
}

/// What is signed. `path` is the URL's; `parameters` are those of the query and then those of a form, not encoded.
pub(crate) fn string_to_sign<'a>(
    method: &str,
    headers: &HeaderMap,
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut out = String::with_capacity(512);
    let plain = [ACCEPT, CONTENT_MD5, CONTENT_TYPE, DATE].map(|name| text(headers.get(name)));
    for line in std::iter::once(method).chain(plain.iter().map(|line| &**line)) {
        out.extend([line, "\n"]);
    }
    for (name, value) in signed(headers) {
        out.extend([name, ":", &value, "\n"]);
    }
    out.push_str(path);
    let mut sorted: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in parameters {
        // Of a parameter that is given more than once the first is signed.
        sorted.entry(name).or_insert(value);
    }
    for (index, (name, value)) in sorted.into_iter().enumerate() {
        out.push(if index == 0 { '?' } else { '&' });
        out.push_str(name);
        if !value.is_empty() {
            out.extend(["=", value]);
        }
    }
    out
}

/// The signature of `text`.
pub(crate) fn signature(secret: &str, text: &str) -> String {
    // HMAC takes keys of any length, so there is no other branch.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| Hmac::new(&Key::<Hmac<Sha256>>::default()));
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Adds the two headers that carry the signature.
pub(super) fn sign<'a>(
    method: &str,
    headers: &mut HeaderMap,
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    secret: &str,
) {
    let names = signed(headers).into_keys().collect::<Vec<_>>().join(",");
    let signature = signature(secret, &string_to_sign(method, headers, path, parameters));
    // Names of headers and Base64 always make a header.
    for (name, value) in [(SIGNED_NAMES, names), (SIGNATURE, signature)] {
        headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn vectors() -> Vec<Value> {
        let file: Value = serde_json::from_str(include_str!("../../tests/conformance/api_gateway.json")).unwrap();
        file["vectors"].as_array().unwrap().clone()
    }

    fn plain(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    #[test]
    fn every_vector_of_the_official_client() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 5);
        for vector in &vectors {
            let name = &vector["name"];
            let mut headers = HeaderMap::new();
            for (name, value) in vector["headers"].as_object().unwrap() {
                let ours = [SIGNED_NAMES.as_str(), SIGNATURE.as_str()].contains(&name.as_str());
                if !ours {
                    headers.insert(HeaderName::try_from(name).unwrap(), plain(value).parse().unwrap());
                }
            }
            let url = reqwest::Url::parse(vector["url"].as_str().unwrap()).unwrap();
            let form =
                vector["form"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value)));
            let parameters: Vec<(String, String)> = url.query_pairs().into_owned().chain(form).collect();
            let parameters = || parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let method = vector["method"].as_str().unwrap();
            if let Some(digest) = headers.get("content-md5") {
                assert_eq!(digest, content_md5(vector["body"].as_str().unwrap()).as_str(), "{name}");
            }
            assert_eq!(string_to_sign(method, &headers, url.path(), parameters()), vector["string_to_sign"], "{name}");
            sign(method, &mut headers, url.path(), parameters(), vector["app_secret"].as_str().unwrap());
            assert_eq!(headers[&SIGNATURE], vector["signature"].as_str().unwrap(), "{name}");
            assert_eq!(headers[&SIGNED_NAMES], vector["headers"][SIGNED_NAMES.as_str()].as_str().unwrap(), "{name}");
        }
    }

    #[test]
    fn the_first_of_a_repeated_parameter_is_signed() {
        let text = string_to_sign("GET", &HeaderMap::new(), "/a", [("b", "2"), ("a", "1"), ("b", "3")]);
        assert_eq!(text, "GET\n\n\n\n\n/a?a=1&b=2");
    }
}
