//! The signature of the API gateway: HMAC-SHA256 over method, headers, path and parameters.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// The digest of a body, as `content-md5` has it.
pub(crate) fn content_md5(body: &[u8]) -> String {
    STANDARD.encode(Md5::digest(body))
}

/// The text that both sides sign: `header` answers headers by name, and `signed` names those of the gateway's own.
pub(crate) fn string_to_sign<'a>(
    method: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    signed: &[&str],
    path: &str,
    parameters: impl Iterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut lines = vec![method.to_owned()];
    for name in ["accept", "content-md5", "content-type", "date"] {
        lines.push(header(name).unwrap_or_default().to_owned());
    }
    let mut signed = signed.to_vec();
    signed.sort_unstable();
    lines.extend(signed.iter().map(|name| format!("{name}:{}", header(name).unwrap_or_default())));
    let mut first = BTreeMap::new();
    for (name, value) in parameters {
        first.entry(name).or_insert(value);
    }
    let pair = |(name, value): (&str, &str)| if value.is_empty() { name.to_owned() } else { format!("{name}={value}") };
    let query = first.into_iter().map(pair).collect::<Vec<_>>().join("&");
    lines.push(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
    lines.join("\n")
}

/// Whether `signature` (Base64) is that of `text` under `secret`. Takes the same time wherever they differ.
#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn verify(secret: &str, text: &str, signature: &str) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    STANDARD.decode(signature).is_ok_and(|given| mac.verify_slice(&given).is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::Value;

    use super::*;
    use crate::request::decode;

    /// Recorded from the official client.
    const VECTORS: &str = include_str!("../../tests/data/api_gateway.json");

    #[test]
    fn the_recorded_signatures_are_ours() {
        let file: Value = serde_json::from_str(VECTORS).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 5);
        for vector in vectors {
            let (name, text) = (&vector["name"], |name: &str| vector[name].as_str().unwrap());
            let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let headers: HashMap<String, String> = vector["headers"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect();
            let header = |name: &str| headers.get(name).map(String::as_str);
            let (_, path) = text("url").split_once(".com").unwrap();
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let form =
                vector["form"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value)));
            let parameters: Vec<_> = decode(query).unwrap().into_iter().chain(form).collect();
            let parameters = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let signed: Vec<&str> = header("x-ca-signature-headers").unwrap().split(',').collect();
            let ours = string_to_sign(text("method"), header, &signed, path, parameters);
            assert_eq!(ours, vector["string_to_sign"], "{name}");
            assert!(verify(text("app_secret"), &ours, text("signature")), "{name}");
            assert!(!verify("another", &ours, text("signature")), "{name}");
            if let Some(digest) = header("content-md5") {
                assert_eq!(content_md5(text("body").as_bytes()), digest, "{name}");
            }
        }
    }
}
