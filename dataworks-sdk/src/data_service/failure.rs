//! Reads failures out of answers: the gateway's out of status and headers, the API's out of `errCode`.

use super::answer::Envelope;
use crate::error::{Error, ErrorKind, ServiceFailure, service};
use crate::transport::Answer;

pub(super) const REQUEST_ID: &str = "x-ca-request-id";

/// The failure that an HTTP status announces.
pub(super) fn by_status(answer: &Answer) -> Option<Error> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    let mut failure = described(answer);
    // An API may have an error page of its own, with or without a code in it.
    if let Ok(envelope) = Envelope::read(answer) {
        failure.code = failure.code.or(envelope.failed_code());
        failure.message = failure.message.or(envelope.message);
        failure.request_id = failure.request_id.or(envelope.request_id);
    }
    Some(service::failed(answer, failure))
}

/// The failure that an answer of status 200 carries inside.
pub(super) fn by_code(answer: &Answer, envelope: &Envelope) -> Option<Error> {
    let code = envelope.failed_code()?;
    let mut failure = described(answer);
    failure.code = Some(code);
    failure.message = envelope.message.clone().or(failure.message);
    failure.request_id = envelope.request_id.clone().or(failure.request_id);
    if failure.message.is_none() {
        failure.message = Some("the API says that the call did not succeed, and not why".to_owned());
        failure.body = Some(service::kept(&answer.body));
    }
    Some(Error::new(ErrorKind::Service, String::new()).with_service(failure))
}

/// The failure of an answer that cannot be read as JSON.
pub(super) fn unreadable(answer: &Answer, error: serde_json::Error) -> Error {
    service::unread(answer, described(answer), error)
}

/// What headers and body say, in the gateway's form or in another's.
pub(super) fn described(answer: &Answer) -> ServiceFailure {
    let mut failure = service::described(answer);
    let header = |name: &str| {
        let value = answer.headers.get(name)?;
        let text = String::from_utf8_lossy(value.as_bytes()).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    failure.gateway = true;
    failure.code = header("x-ca-error-code").or(failure.code);
    failure.message = header("x-ca-error-message").or(failure.message);
    failure.request_id = header(REQUEST_ID).or(failure.request_id);
    failure
}
