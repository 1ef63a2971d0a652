//! Everything that can be printed, and what a service in trouble answers with all that it knows in it. The end-to-end tests
//! take this file, too, for every action.

use std::error::Error as _;
use std::fmt::Debug;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::sdk::Error;

/// What every planted secret begins with, in whatever way the rest of it is written.
pub(crate) const MARK: &str = "Zq7";
/// A planted secret: its rest is written in another way in JSON, in HTML, in a URL and in a form.
pub(crate) const SECRET: &str = "Zq7\"&<+ /ü'";
/// An access key secret and a security token.
pub(crate) const KEY: &str = "Zq7Key<&>";
pub(crate) const TOKEN: &str = "Zq7Token/+==";

/// What was printed, and by what.
#[derive(Default)]
pub(crate) struct Printed(Vec<(String, String)>);

impl Printed {
    pub(crate) fn text(&mut self, what: &str, text: impl Into<String>) {
        self.0.push((what.to_owned(), text.into()));
    }

    pub(crate) fn debug(&mut self, what: &str, value: &dyn Debug) {
        self.text(what, format!("{value:?}\n{value:#?}"));
    }

    /// All that an error says, its causes included.
    pub(crate) fn error(&mut self, what: &str, error: &Error) {
        self.text(&format!("{what}: message"), format!("{error}\n{error:#}\n{}", error.message()));
        self.text(&format!("{what}: body"), error.body().unwrap_or_default());
        self.debug(what, error);
        self.debug(what, &(error.code(), error.recommend(), error.request_id(), error.hint(), error.findings()));
        if let Some(denied) = error.access_denied_detail() {
            self.debug(what, denied);
            self.text(what, denied.to_string());
        }
        if let Some(mismatch) = error.signature_mismatch() {
            let pairs = mismatch.ours().chain(mismatch.theirs().into_iter().flatten());
            let pairs = pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n");
            let what = format!("{what}: signature");
            self.text(&what, pairs);
            self.debug(&what, &(mismatch, mismatch.difference()));
            self.text(&what, mismatch.to_string());
        }
        let mut cause = error.source();
        while let Some(error) = cause {
            self.text(&format!("{what}: cause"), format!("{error}\n{error:?}"));
            cause = error.source();
        }
    }

    /// Where a secret or a signed URL was printed.
    pub(crate) fn found(&self) -> Vec<String> {
        let marks = [MARK, "Signature="];
        let found = self.0.iter().filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)));
        let excerpt = |text: &str| {
            let at = marks.iter().find_map(|mark| text.find(mark)).unwrap_or_default();
            let from = text[..at].char_indices().rev().nth(60).map_or(0, |(from, _)| from);
            text[from..].chars().take(140).collect::<String>()
        };
        found.map(|(what, text)| format!("{what}: …{}…", excerpt(text))).collect()
    }

    /// How much was looked at: a test that looks at nothing finds nothing.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// How a service behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Play {
    Success,
    /// 400, repeating the request.
    Refused,
    /// The string to sign, as the service saw it.
    SignatureDoesNotMatch,
    /// 403, with all that there is to a denied access.
    Denied,
    Throttled,
    /// 500 with a page of HTML.
    Html,
    /// 500 with the gateway's XML.
    Xml,
    /// 500 with JSON that nobody knows.
    Strange,
    /// 200 with `Success` false.
    Unsuccessful,
    /// 200 with JSON that breaks off.
    HalfJson,
    /// 200 with the answer as a text.
    TextForAll,
    /// 200 with texts in the place of objects and lists, one level down.
    WrongTypes,
    /// The same two levels down.
    WrongTypesBelow,
}

impl Play {
    pub(crate) const ALL: [Self; 13] = [
        Self::Success,
        Self::Refused,
        Self::SignatureDoesNotMatch,
        Self::Denied,
        Self::Throttled,
        Self::Html,
        Self::Xml,
        Self::Strange,
        Self::Unsuccessful,
        Self::HalfJson,
        Self::TextForAll,
        Self::WrongTypes,
        Self::WrongTypesBelow,
    ];

    /// What it answers to a request with these parameters, where all goes well with `body`: status and body.
    pub(crate) fn answer(self, parameters: &[(String, String)], body: &Value) -> (u16, String) {
        let parameters: Vec<_> = parameters.iter().filter(|(name, _)| name != "Signature").cloned().collect();
        let said: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let said = format!("{}\n{KEY} {TOKEN}", said.join("\n"));
        let failed = |status: u16, code: &str, message: &str| {
            let body =
                json!({"Code": code, "Message": message, "Recommend": message, "RequestId": "R", "Success": false});
            (status, body.to_string())
        };
        match self {
            Self::Success => (200, body.to_string()),
            Self::Refused => failed(400, "InvalidParameter", &said),
            Self::SignatureDoesNotMatch => {
                let message = format!("not matched. server string to sign is:{}", string_to_sign(&parameters));
                failed(400, "SignatureDoesNotMatch", &message)
            }
            Self::Denied => {
                let detail = json!({"AuthAction": said, "NoPermissionType": said, "EncodedDiagnosticMessage": said});
                let body = json!({"Code": "Forbidden", "Message": said, "AccessDeniedDetail": detail});
                (403, body.to_string())
            }
            Self::Throttled => failed(429, "Throttling.User", &said),
            Self::Html => (500, format!("<html><a title=\"{}\">{said}</a></html>", escaped(&said))),
            Self::Xml => {
                (500, format!("<Error><Code>InternalError</Code><Message>{}</Message></Error>", escaped(&said)))
            }
            Self::Strange => {
                let ascii = json!({"what": said}).to_string().replace('ü', "\\u00fc");
                (500, format!("[{ascii},{}]", ascii.replace('/', "\\/")))
            }
            Self::Unsuccessful => {
                let mut body = body.clone();
                body["Success"] = false.into();
                body["ErrorMessage"] = said.into();
                body["ErrorCode"] = "1".into();
                (200, body.to_string())
            }
            Self::HalfJson => {
                let text = json!({"Message": said, "Data": body}).to_string();
                // In the middle of a secret, if there is one.
                let end = text.rfind(MARK).map_or(text.len() / 2, |at| at + MARK.len() + 3);
                (200, text.chars().take(text[..end].chars().count()).collect())
            }
            Self::TextForAll => (200, Value::from(body.to_string()).to_string()),
            Self::WrongTypes => (200, texts(body, 1).to_string()),
            Self::WrongTypesBelow => (200, texts(body, 2).to_string()),
        }
    }
}

/// The value with texts in the place of what stands this far down.
fn texts(value: &Value, depth: usize) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) if depth == 0 => value.to_string().into(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), texts(value, depth - 1))).collect(),
        Value::Array(elements) => elements.iter().map(|value| texts(value, depth.saturating_sub(1))).collect(),
        Value::Number(number) => json!([number]),
        other => other.clone(),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn string_to_sign(parameters: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    // One more than was sent, so that the two differ.
    format!("POST&%2F&{}", encode(&format!("Added={}&{}", encode(KEY), pairs.join("&"))))
}
