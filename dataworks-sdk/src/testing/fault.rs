//! What goes wrong between a client and a service.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use crate::transport::{Answer, Cause, Timeouts, Undelivered};

/// A failure of one delivery.
#[derive(Clone, Debug)]
#[must_use = "it happens once it is given to `MockService::fail_next`"]
pub struct Fault(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Answer { status: u16, headers: Vec<(String, String)>, body: Bytes },
    Refused,
    Broken,
    Silence,
}

impl Fault {
    /// Too many requests: HTTP 429, `Throttling.User`, without a word about when to come back.
    pub fn throttled() -> Self {
        Self::error(429, "Throttling.User", "Request was denied due to user flow control.")
    }

    /// Too many requests, and how long to stay away.
    pub fn throttled_for(wait: Duration) -> Self {
        Self::throttled().header("x-acs-retry-after", wait.as_millis().to_string())
    }

    /// An error of the service, in its own form.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({ "Code": code, "Message": message, "RequestId": REQUEST_ID, "HostId": "mock" });
        Self::raw(status, body.to_string())
    }

    /// HTTP 200 with `Success: false`, as the older actions fail.
    pub fn unsuccessful(code: &str, message: &str) -> Self {
        let body = json!({ "Success": false, "ErrorCode": code, "ErrorMessage": message, "RequestId": REQUEST_ID });
        Self::raw(200, body.to_string())
    }

    /// Any status and body: what a proxy answers, or JSON that breaks off.
    pub fn raw(status: u16, body: impl Into<Bytes>) -> Self {
        Self(Kind::Answer { status, headers: Vec::new(), body: body.into() })
    }

    /// No connection comes about: nothing was sent.
    pub fn refused() -> Self {
        Self(Kind::Refused)
    }

    /// The connection breaks before there is an answer: nobody knows whether the request was carried out.
    pub fn broken() -> Self {
        Self(Kind::Broken)
    }

    /// Nothing comes until the read timeout has passed.
    pub fn silence() -> Self {
        Self(Kind::Silence)
    }

    /// A header of the answer; faults that are no answer have none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Kind::Answer { headers, .. } = &mut self.0 {
            headers.push((name.into(), value.into()));
        }
        self
    }

    pub(super) async fn happen(self, timeouts: Timeouts) -> Result<Answer, Undelivered> {
        let undelivered = |cause, sent| Err(Undelivered { cause, sent, source: "the test's fault".into() });
        match self.0 {
            Kind::Answer { status, headers, body } => Ok(answer(status, &headers, body)),
            Kind::Refused => undelivered(Cause::Connect, false),
            Kind::Broken => undelivered(Cause::Broken, true),
            Kind::Silence => {
                tokio::time::sleep(timeouts.read).await;
                undelivered(Cause::ReadTimeout(timeouts.read), true)
            }
        }
    }
}

/// The request id of what the script does not give one.
pub(super) const REQUEST_ID: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn answer(status: u16, headers: &[(String, String)], body: Bytes) -> Answer {
    let pairs = headers.iter().filter_map(|(name, value)| {
        Some((HeaderName::try_from(name.as_str()).ok()?, HeaderValue::try_from(value.as_str()).ok()?))
    });
    Answer { status, headers: pairs.collect::<HeaderMap>(), body }
}
