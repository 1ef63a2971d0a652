//! Reads failures out of answers: by status, by the outcome inside a 200, and out of bodies that are no JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{AccessDeniedDetail, Error, ErrorKind, ServiceFailure};
use crate::model::Datum;
use crate::operation::{Operation, Outcome};
use crate::transport::Answer;

/// No more of a body than this is looked at for an error, which keeps the beginning of it once it is masked.
const KEPT: usize = 64 * 1024;

/// The failure that an HTTP status of 400 or more announces.
pub(crate) fn by_status(answer: &Answer) -> Option<Error> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    Some(failed(answer, described(answer)))
}

/// The error of an answer that announces a failure, with a message if the service gave none.
pub(crate) fn failed(answer: &Answer, mut failure: ServiceFailure) -> Error {
    if failure.code.is_none() && failure.message.is_none() {
        failure.body = Some(kept(&answer.body));
        failure.message = Some(match answer.status {
            300..400 => "the service redirected, and redirects are not followed".to_owned(),
            _ if answer.body.is_empty() || &*answer.body == b"{}" => "the service failed without a word".to_owned(),
            _ => "the service failed with a body that is no answer of DataWorks, perhaps a proxy's".to_owned(),
        });
    }
    Error::new(ErrorKind::Service, String::new()).with_service(failure)
}

/// The failure that an answer of status 200 carries inside.
pub(crate) fn by_outcome(operation: &Operation, answer: &Answer, body: Datum<'_>) -> Option<Error> {
    let failed = match operation.outcome_place() {
        Outcome::None => false,
        Outcome::Success | Outcome::Items(_) => is_false("Success", answer, body),
        Outcome::Status(name) => is_false("Success", answer, body) || is_false(name, answer, body),
    };
    if !failed {
        return None;
    }
    let mut failure = described(answer);
    if failure.message.is_none() {
        failure.message = Some("the service says that the call did not succeed, and not why".to_owned());
        failure.body = Some(kept(&answer.body));
    }
    Some(Error::new(ErrorKind::Service, String::new()).with_service(failure))
}

/// Whether the answer says `false` under this name at its top. The model is asked first: it is parsed already.
fn is_false(name: &str, answer: &Answer, body: Datum<'_>) -> bool {
    match body.field(name).boolean() {
        Some(value) => !value,
        None if memchr::memmem::find(&answer.body, name.as_bytes()).is_none() => false,
        None => {
            Envelope::read(&answer.body).and_then(|envelope| envelope.text(&[name])).is_some_and(|text| text == "false")
        }
    }
}

/// The failure of an answer that cannot be read as JSON.
pub(crate) fn unreadable(answer: &Answer, error: serde_json::Error) -> Error {
    unread(answer, described(answer), error)
}

pub(crate) fn unread(answer: &Answer, mut failure: ServiceFailure, error: serde_json::Error) -> Error {
    failure.body = Some(kept(&answer.body));
    let what = if error.is_eof() { "ends too early" } else { "is no JSON object" };
    let (line, column) = (error.line(), error.column());
    let decode = |failure| Error::new(ErrorKind::Decode, String::new()).with_service(failure);
    if error.is_data() {
        // The parser's words quote what stands there.
        failure.message = Some(format!("the body of the answer {what} at line {line} column {column}"));
        return decode(failure);
    }
    failure.message = Some(format!("the body of the answer {what}: {error}"));
    decode(failure).with_source(error)
}

/// What the answer says about its failure, in whichever form.
pub(crate) fn described(answer: &Answer) -> ServiceFailure {
    let mut failure = ServiceFailure { status: answer.status, ..ServiceFailure::default() };
    if let Some(envelope) = Envelope::read(&answer.body) {
        failure.code = envelope.text(&["Code", "code", "ErrorCode", "errorCode"]);
        failure.message = envelope.text(&["Message", "message", "ErrorMessage", "errorMessage", "ErrorMsg", "ErrMsg"]);
        failure.request_id = envelope.text(&["RequestId", "requestId"]);
        failure.recommend = envelope.text(&["Recommend", "recommend"]);
        failure.access_denied_detail =
            envelope.value(&["AccessDeniedDetail", "accessDeniedDetail"]).map(AccessDeniedDetail::new);
    } else if let Ok(body) = std::str::from_utf8(&answer.body) {
        failure.code = tag(body, "Code");
        failure.message = tag(body, "Message");
        failure.request_id = tag(body, "RequestId");
        failure.recommend = tag(body, "Recommend");
    }
    failure.request_id = failure.request_id.or_else(|| answer.header("x-acs-request-id").map(str::to_owned));
    failure.retry_after = retry_after(&answer.headers, SystemTime::now());
    failure
}

/// The top level of a JSON answer.
struct Envelope<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'a> Envelope<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok().map(Self)
    }

    fn value(&self, names: &[&str]) -> Option<Value> {
        let raw = names.iter().find_map(|name| self.0.get(*name))?;
        serde_json::from_str(raw.get()).ok().filter(|value: &Value| !value.is_null())
    }

    /// The first of these that says something.
    fn text(&self, names: &[&str]) -> Option<String> {
        let text = |name: &&str| self.value(&[*name]).and_then(|value| Datum::Any(&value).text());
        names.iter().filter_map(text).find(|text| !text.is_empty())
    }
}

/// What stands between the first `<name>` and its end: the gateway's XML is flat.
fn tag(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let plain = ["&apos;", "&#39;", "&#x27;"].iter().fold(plain, |plain, entity| plain.replace(entity, "'"));
    let plain = plain.replace("&amp;", "&");
    (!plain.is_empty()).then_some(plain)
}

pub(crate) fn kept(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(KEPT)]).into_owned()
}

/// How long the server wants to be left alone, in any of the forms that it says it in.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = |text: &str| text.parse().ok().map(Duration::from_millis);
    let left = |name: &str| {
        let (_, rest) = text(name)?.split_once("TimeLeft:")?;
        milliseconds(rest.split(|letter: char| !letter.is_ascii_digit()).find(|digits| !digits.is_empty())?)
    };
    text("x-acs-retry-after")
        .and_then(milliseconds)
        .or_else(|| {
            let text = text("retry-after")?;
            let until = |date: SystemTime| date.duration_since(now).unwrap_or_default();
            text.parse().ok().map(Duration::from_secs).or_else(|| httpdate::parse_http_date(text).ok().map(until))
        })
        .or_else(|| left("x-ratelimit-user-api"))
        .or_else(|| left("x-ratelimit-user"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        retry_after(&headers, SystemTime::UNIX_EPOCH)
    }

    #[test]
    fn every_form_of_delay_is_read() {
        assert_eq!(wait("x-acs-retry-after", "1500"), Some(Duration::from_millis(1500)));
        assert_eq!(wait("retry-after", "2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("retry-after", "Thu, 01 Jan 1970 00:01:00 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(wait("x-ratelimit-user-api", "Limit:10,TimeLeft:250"), Some(Duration::from_millis(250)));
        assert_eq!(wait("x-ratelimit-user", "TimeLeft: 30 ms"), Some(Duration::from_millis(30)));
        assert_eq!(wait("x-acs-retry-after", "soon"), None);
    }

    #[test]
    fn xml_is_read() {
        let body = "<?xml version='1.0'?><Error><Code>Throttling.User</Code><Message>a &lt; b</Message></Error>";
        assert_eq!(tag(body, "Code").as_deref(), Some("Throttling.User"));
        assert_eq!(tag(body, "Message").as_deref(), Some("a < b"));
        assert_eq!(tag(body, "RequestId"), None);
    }
}
