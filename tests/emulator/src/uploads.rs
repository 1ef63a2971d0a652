//! Files on their way to an action: `OpenPlatform`, which says where one may be put, and object storage, which takes it.
//!
//! Both are played at the emulator's own address: `AuthorizeFileUpload` is called at `/`, and a form is posted to
//! `/<bucket>/`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha1::Sha1;

use crate::error::Refusal;
use crate::ids;
use crate::request::Received;

pub(crate) const ACTION: &str = "AuthorizeFileUpload";
pub(crate) const VERSION: &str = "2019-12-19";
/// What faults, counts and the journal call a form that is posted to object storage.
pub(crate) const POST_OBJECT: &str = "PostObject";

const BUCKET: &str = "dataworks-emulator-uploads";
const KEY_ID: &str = "LTAIemulatorupload";
const SECRET: &str = "the key of the bucket";
/// The series of identifiers that keys of objects are taken from.
const OBJECTS: u64 = 11;
/// How long an authorization is good.
const GOOD_FOR: Duration = Duration::from_secs(3600);
/// The fields before the file, in the order in which the official clients send them.
const FIELDS: [&str; 5] = ["OSSAccessKeyId", "policy", "Signature", "key", "success_action_status"];

/// The objects that were uploaded, by the URL under which an action finds them.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    authorized: u64,
    /// Key → URL of what may be uploaded.
    expected: HashMap<String, String>,
    objects: HashMap<String, Bytes>,
}

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn object(&self, url: &str) -> Option<Bytes> {
        self.lock().objects.get(url).cloned()
    }

    /// Says where a file may be put.
    pub(crate) fn authorize(&self, received: &Received, now: SystemTime) -> Result<Map<String, Value>, Refusal> {
        let need = |name: &str| {
            received.parameter(name).filter(|value| !value.is_empty()).ok_or_else(|| Refusal::missing(name))
        };
        let (product, region) = (need("Product")?, need("RegionId")?);
        if product != "dataworks-public" {
            return Err(Refusal::invalid("Product", format!("\"{product}\" is not dataworks-public")));
        }
        let mut inner = self.lock();
        let key = format!("{}/{}", crate::state::ACCOUNT, ids::uuid(OBJECTS, inner.authorized));
        inner.authorized += 1;
        let endpoint = format!("oss-{region}.aliyuncs.com");
        inner.expected.insert(key.clone(), format!("http://{BUCKET}.{endpoint}/{key}"));
        let policy = json!({
            "expiration": humantime::format_rfc3339_millis(now + GOOD_FOR).to_string(),
            "conditions": [{"bucket": BUCKET}, ["eq", "$key", key]],
        });
        let policy = STANDARD.encode(policy.to_string());
        let answer = json!({
            "AccessKeyId": KEY_ID,
            "Bucket": BUCKET,
            "EncodedPolicy": policy,
            "Endpoint": endpoint,
            "ObjectKey": key,
            "Signature": STANDARD.encode(mac(&policy).finalize().into_bytes()),
            "UseAccelerate": false,
        });
        Ok(answer.as_object().cloned().unwrap_or_default())
    }

    /// Takes a file, and answers in XML.
    pub(crate) fn take(&self, received: &Received, now: SystemTime) -> Result<String, Refusal> {
        let file = received.file.clone().unwrap_or_default();
        let names: Vec<&str> = received.form.iter().map(|(name, _)| name.as_str()).collect();
        let expected: Vec<&str> = FIELDS.into_iter().chain(["file"]).collect();
        if names != expected {
            let message = format!("The fields {} are not {}.", names.join(", "), expected.join(", "));
            return Err(Refusal::new(400, "MalformedPOSTRequest", message));
        }
        if received.path != format!("/{BUCKET}/") {
            return Err(Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist."));
        }
        let field = |name: &str| received.parameter(name).unwrap_or_default();
        if field("OSSAccessKeyId") != KEY_ID {
            let message = "The OSS Access Key Id you provided does not exist in our records.";
            return Err(Refusal::new(403, "InvalidAccessKeyId", message));
        }
        let signature = STANDARD.decode(field("Signature")).unwrap_or_default();
        if mac(field("policy")).verify_slice(&signature).is_err() {
            let message = "The request signature we calculated does not match the signature you provided.";
            return Err(Refusal::new(403, "SignatureDoesNotMatch", message));
        }
        let key = field("key");
        allowed(field("policy"), key, now)?;
        if field("success_action_status") != "201" {
            return Err(Refusal::new(400, "InvalidArgument", "The emulator answers with the status 201 alone."));
        }
        let mut inner = self.lock();
        let url = inner.expected.get(key).cloned().ok_or_else(|| denied("The key was not given out."))?;
        inner.objects.insert(url.clone(), file);
        Ok(format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Bucket>{BUCKET}</Bucket>\
             <Location>{url}</Location><Key>{key}</Key></PostResponse>\n"
        ))
    }
}

/// Whether the policy allows to put something at this key now.
fn allowed(policy: &str, key: &str, now: SystemTime) -> Result<(), Refusal> {
    let text = STANDARD.decode(policy).unwrap_or_default();
    let policy: Value = serde_json::from_slice(&text).unwrap_or_default();
    let expires = policy["expiration"].as_str().and_then(|time| humantime::parse_rfc3339(time).ok());
    if expires.is_none_or(|expires| expires < now) {
        return Err(denied("Policy expired."));
    }
    let conditions = policy["conditions"].as_array();
    let named = json!(["eq", "$key", key]);
    if conditions.is_none_or(|conditions| !conditions.contains(&named)) {
        return Err(denied("Policy Condition failed: [\"eq\", \"$key\"]."));
    }
    Ok(())
}

fn denied(why: &str) -> Refusal {
    Refusal::new(403, "AccessDenied", format!("Invalid according to Policy: {why}"))
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn mac(policy: &str) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
    mac.update(policy.as_bytes());
    mac
}

/// The parts of a `multipart/form-data` body: name and content, in the order they came.
pub(crate) fn parts(kind: &str, body: &Bytes) -> Option<Vec<(String, Bytes)>> {
    let boundary = kind.split(';').map(str::trim).find_map(|part| part.strip_prefix("boundary="))?;
    let delimiter = format!("\r\n--{}", boundary.trim_matches('"'));
    let mut parts = Vec::new();
    // The first delimiter has no line before it.
    let mut at = delimiter.len() - 2;
    if !body.starts_with(&delimiter.as_bytes()[2..]) {
        return None;
    }
    while body[at..].starts_with(b"\r\n") {
        at += 2;
        let length = find(&body[at..], b"\r\n\r\n")?;
        let head = std::str::from_utf8(&body[at..at + length]).ok()?;
        let (_, name) = head.split_once("name=\"")?;
        let name = name.split('"').next()?.to_owned();
        at += length + 4;
        let length = find(&body[at..], delimiter.as_bytes())?;
        parts.push((name, body.slice(at..at + length)));
        at += length + delimiter.len();
    }
    body[at..].starts_with(b"--").then_some(parts)
}

/// Where `needle` begins. Bodies are large, so whole stretches without its first byte are skipped.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        from += hay[from..].iter().position(|byte| *byte == needle[0])?;
        if hay[from..].starts_with(needle) {
            return Some(from);
        }
        from += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_apart() {
        let kind = "multipart/form-data; boundary=b";
        let body = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: \
                    form-data; name=\"file\"; filename=\"f\"\r\nContent-Type: x/y\r\n\r\n\r\n-\r\n\r\n--b--\r\n";
        let expected = [("key".to_owned(), "k".into()), ("file".to_owned(), "\r\n-\r\n".into())];
        assert_eq!(parts(kind, &body.into()).unwrap(), expected);
        for broken in ["", "--b", "--b--", "--b\r\nx", &body[..body.len() - 6]] {
            assert!(parts(kind, &broken.to_owned().into()).is_none_or(|parts| parts.is_empty()), "{broken}");
        }
        assert_eq!(parts("multipart/form-data", &body.into()), None);
    }
}
