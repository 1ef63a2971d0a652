//! What a code means: the table of the errors worth naming, as functions.

use super::{Error, ErrorKind};

/// Not-found codes that are mere numbers: project, project member, data source, DI job.
const NOT_FOUND: &[&str] = &["1101080008", "9990040003", "1101080166", "1000010005", "500130"];

fn is_code(error: &Error, is: impl Fn(&str) -> bool) -> bool {
    error.code().is_some_and(is)
}

/// Whether the API gateway says it, whose codes have six characters: a letter for the kind, then the HTTP status.
fn is_gateway(error: &Error) -> bool {
    error.service().is_some_and(|failure| failure.gateway)
}

pub(super) fn is_quota(error: &Error) -> bool {
    is_code(error, |code| matches!(code, "Throttling.Api.Risk" | "Throttling.Resource"))
}

pub(super) fn is_throttling(error: &Error) -> bool {
    let by_code = is_code(error, |code| {
        let gateway = is_gateway(error) && code.starts_with("T429");
        code == "Throttling" || code.starts_with("Throttling.") || gateway
    });
    by_code || error.http_status() == Some(429)
}

pub(super) fn is_not_found(error: &Error) -> bool {
    let by_code = is_code(error, |code| {
        let named = code.contains("NotFound") || code.contains("NotExist");
        let about_the_caller = code.starts_with("InvalidAccessKeyId") || code.starts_with("InvalidAction");
        NOT_FOUND.contains(&code) || (named && !about_the_caller)
    });
    let member = error.http_status() == Some(403) && is_code(error, |code| code == "400010");
    let by_status = error.http_status() == Some(404) && error.code().is_none_or(|code| !code.starts_with("Invalid"));
    by_code || member || by_status
}

pub(super) fn is_access_denied(error: &Error) -> bool {
    if is_gateway(error) {
        // `I` is about the input, whatever the status: a protocol that the API does not speak.
        let refused = matches!(error.http_status(), Some(401 | 403)) && !is_code(error, |code| code.starts_with("I40"));
        return refused || is_code(error, |code| code.starts_with("A40"));
    }
    is_code(error, |code| {
        let denied = code.starts_with("Forbidden") || code == "NoPermission" || code == "PERMISSION.DENIED.ERROR";
        (denied && !wrong_region(code)) || code == "ResourceNotAuthorized.Api"
    }) || (error.http_status() == Some(403) && error.code().is_none())
}

fn wrong_region(code: &str) -> bool {
    code == "Forbidden.Not.Server"
}

fn is_server_fault(error: &Error) -> bool {
    let by_code = is_code(error, |code| {
        code.starts_with("InternalError") || code.starts_with("ServiceUnavailable") || code == "UNKNOWN.ERROR"
    });
    let by_status = error.http_status().is_some_and(|status| status >= 500);
    (by_code || by_status) && !is_code(error, wrong_region)
}

/// Whether the service may answer otherwise a little later.
pub(super) fn is_transient(error: &Error) -> bool {
    (is_throttling(error) && !is_quota(error)) || is_server_fault(error)
}

pub(super) fn hint(error: &Error) -> Option<&'static str> {
    let code = error.code().unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::InvalidRequest if !error.findings().is_empty() => {
            "`skip_validation()` on the call sends it all the same"
        }
        ErrorKind::Connect if !error.may_have_been_sent() => {
            "check the network, the region and the endpoint; nothing was sent"
        }
        ErrorKind::Connect | ErrorKind::Connection | ErrorKind::Timeout if error.may_have_been_sent() => {
            "the request may have been carried out: look before you repeat a write"
        }
        ErrorKind::Service if is_gateway(error) => return gateway_hint(error),
        ErrorKind::Service | ErrorKind::Decode => return service_hint(error, code),
        _ => return None,
    })
}

fn gateway_hint(error: &Error) -> Option<&'static str> {
    Some(match error.http_status() {
        _ if is_throttling(error) => "too many requests: slow down",
        _ if error.message().starts_with("Invalid Signature") => "check the app secret: the signature does not match",
        _ if is_access_denied(error) => {
            "check the app code or app key, and that the API is authorized to the workspace of that application"
        }
        Some(404) => "check base URL, path and stage, and that the API is published",
        Some(405) => "check the method: an API is called with the one it was created with",
        _ if is_server_fault(error) => "the fault is the server's: retry later",
        Some(200) => "the API itself failed: its error codes are its author's",
        _ => return None,
    })
}

fn service_hint(error: &Error, code: &str) -> Option<&'static str> {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| code.starts_with(beginning));
    Some(match code {
        "SignatureDoesNotMatch" => "check the access key secret: the signature does not match",
        "InvalidTimeStamp.Expired" => "check the clock of this machine: it is more than 15 minutes off",
        "SignatureNonceUsed" => "an earlier delivery of this request may have been accepted: look before you repeat it",
        "ResourceNotAuthorized.Api" => "the edition of DataWorks does not include this action",
        code if wrong_region(code) => "DataWorks is not served here: check the region and the endpoint",
        _ if is_quota(error) => "the quota is used up: wait until it is renewed, or raise it",
        _ if is_throttling(error) => "too many requests: slow down",
        _ if starts(&["InvalidAccessKeyId", "InvalidSecurityToken"]) => {
            "check the access key: it is unknown, disabled or expired"
        }
        _ if is_access_denied(error) => "check the RAM policy and the role in the workspace",
        _ if is_not_found(error) => "check the id, the region and the workspace",
        _ if starts(&["InvalidParameter", "Invalid.", "MissingParameter", "Missing", "IllegalParameter"]) => {
            "a parameter is wrong: check its format"
        }
        _ if is_server_fault(error) => "the fault is the server's: retry later",
        _ => return None,
    })
}
