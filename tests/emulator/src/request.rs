//! A request as it came over the wire, decoded but not judged.

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::error::Refusal;
use crate::signature::acs3;
use crate::uploads;

/// The most that a body may hold. Contents of files are the largest that people send.
pub(crate) const BODY_LIMIT: usize = 32 << 20;
/// The most that a form for object storage may hold, with its file.
const OBJECT_LIMIT: usize = 256 << 20;

/// Decoded name and value pairs, in the order they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// A request, decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Pairs,
    pub(crate) form: Pairs,
    pub(crate) headers: Pairs,
    /// The SHA-256 of the body, if the head says that it is signed.
    pub(crate) digest: Option<String>,
    /// The path of the published API that is called, in place of an action.
    pub(crate) api: Option<String>,
    /// Whether it posts a form to object storage; the fields are then in `form`.
    pub(crate) posts_object: bool,
    /// The file in that form.
    pub(crate) file: Option<Bytes>,
}

/// How a request says who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Everything in the query.
    Rpc,
    /// Everything in headers.
    Acs3,
}

impl Received {
    /// Decodes the head. What cannot be decoded is a refusal, and the rest is still there for the journal.
    pub(crate) fn head(parts: &Parts) -> (Self, Result<(), Refusal>) {
        let query = decode(parts.uri.query().unwrap_or_default());
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let mut received = Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            headers: headers.collect(),
            ..Self::default()
        };
        let form = received.header("content-type").is_some_and(|kind| kind.starts_with("multipart/form-data"));
        received.posts_object = form && received.method == "POST" && received.path != "/";
        let outcome = query.map(|pairs| received.query = pairs);
        (received, outcome)
    }

    /// Reads and decodes the form.
    pub(crate) async fn body(&mut self, parts: &Parts, body: Incoming) -> Result<(), Refusal> {
        let limit = if self.posts_object { OBJECT_LIMIT } else { BODY_LIMIT };
        let collected = Limited::new(body, limit).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                Refusal::new(413, "InvalidRequest.BodyTooLarge", format!("The body is larger than {limit} bytes."))
            } else {
                Refusal::new(400, "InvalidRequest.Body", format!("The body could not be read: {error}."))
            }
        })?;
        let bytes: Bytes = collected.to_bytes();
        if self.protocol() == Protocol::Acs3 {
            self.digest = Some(acs3::digest(&bytes));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if self.posts_object {
            let parts = uploads::parts(kind, &bytes);
            let parts = parts.ok_or_else(|| {
                let message = "The body of your POST request is not well-formed multipart/form-data.";
                Refusal::new(400, "MalformedPOSTRequest", message)
            })?;
            for (name, value) in parts {
                let is_file = name == "file";
                // A file can be large: the journal does without it.
                let text = if is_file { String::new() } else { String::from_utf8_lossy(&value).into_owned() };
                self.form.push((name, text));
                if is_file {
                    self.file = Some(value);
                }
            }
            return Ok(());
        }
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let problem =
                format!("The content type \"{kind}\" is not supported: send application/x-www-form-urlencoded.");
            return Err(Refusal::new(415, "UnsupportedMediaType", problem));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Refusal::new(400, "InvalidRequest.Body", "The form is not UTF-8."))?;
        self.form = decode(text)?;
        Ok(())
    }

    /// What both protocols say with a header is said with a query parameter in the older one.
    pub(crate) fn protocol(&self) -> Protocol {
        let acs3 = ["authorization", "x-acs-content-sha256", "x-acs-bearer-token"];
        if acs3.iter().any(|name| self.header(name).is_some()) { Protocol::Acs3 } else { Protocol::Rpc }
    }

    /// The action that is called, if any is named; of a published API its path.
    pub(crate) fn action(&self) -> Option<&str> {
        if self.posts_object {
            return Some(uploads::POST_OBJECT);
        }
        self.api.as_deref().or_else(|| self.named("Action", "x-acs-action"))
    }

    /// The version of the action.
    pub(crate) fn version(&self) -> Option<&str> {
        self.named("Version", "x-acs-version")
    }

    fn named(&self, parameter: &str, header: &str) -> Option<&str> {
        let value = match self.protocol() {
            Protocol::Rpc => self.parameter(parameter),
            Protocol::Acs3 => self.header(header),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The first parameter of this name, wherever it stands.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The first header of this name (lower case).
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter: the query's, then the form's.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().chain(&self.form).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Decodes `a=b&c=d`. On this wire `+` and `%20` are both a space.
pub(crate) fn decode(text: &str) -> Result<Pairs, Refusal> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode_part(name)?, decode_part(value)?))
        })
        .collect()
}

fn decode_part(text: &str) -> Result<String, Refusal> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Refusal::invalid(text, "it is not UTF-8 once it is percent-decoded"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_and_percent_twenty_are_spaces() {
        let pairs = decode("A=x+y%20z&B=%2B&C=&D").unwrap();
        let expected = [("A", "x y z"), ("B", "+"), ("C", ""), ("D", "")];
        assert_eq!(pairs, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn broken_text_is_refused_by_name() {
        let refusal = decode("A=%FF").unwrap_err();
        assert_eq!((refusal.status, refusal.code.as_str()), (400, "InvalidParameter"));
        assert!(refusal.message.contains("%FF"), "{}", refusal.message);
        assert_eq!(decode("A=100%").unwrap(), [("A".to_owned(), "100%".to_owned())]);
    }
}
