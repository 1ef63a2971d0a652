//! What the service answers when it refuses: HTTP status, code, message, in its own form.

use serde_json::{Map, Value, json};

/// A refusal. Most go out as an HTTP error; the older actions also say `Success: false` at 200.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// `AccessDeniedDetail`, where a permission is missing.
    pub(crate) denied: Option<Value>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), denied: None }
    }

    /// A parameter that is not what the action takes; `path` names it, `DefaultRunProperties.RunPolicy.Type` for a nested one.
    pub(crate) fn invalid(path: &str, problem: impl std::fmt::Display) -> Self {
        Self::new(400, "InvalidParameter", format!("The specified parameter {path} is not valid: {problem}."))
    }

    /// A parameter that must be given and is not.
    pub(crate) fn missing(path: &str) -> Self {
        Self::new(
            400,
            "MissingParameter",
            format!("The input parameter \"{path}\" that is mandatory for processing this request is not supplied."),
        )
    }

    /// A resource that is not there.
    pub(crate) fn not_found(status: u16, code: &str, what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(status, code, format!("The {what} {id} does not exist."))
    }

    /// `Success: false` at 200.
    pub(crate) fn unsuccessful(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(200, code, message)
    }

    /// The access key may not do this.
    pub(crate) fn forbidden(action: &str, key: &str) -> Self {
        let mut refusal = Self::new(
            403,
            "Forbidden.Access",
            format!("You are not authorized to perform the operation dataworks:{action}."),
        );
        refusal.denied = Some(json!({
            "AuthAction": format!("dataworks:{action}"),
            "AuthPrincipalDisplayName": key,
            "AuthPrincipalOwnerId": crate::state::ACCOUNT,
            "AuthPrincipalType": "SubUser",
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
        }));
        refusal
    }

    /// The body in which object storage carries it.
    pub(crate) fn xml(&self, request_id: &str, host: &str) -> String {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>{}</Code>\n  <Message>{}</Message>\n  \
             <RequestId>{request_id}</RequestId>\n  <HostId>{}</HostId>\n</Error>\n",
            escape(&self.code),
            escape(&self.message),
            escape(host)
        )
    }

    /// The body that carries it.
    pub(crate) fn body(&self, request_id: &str, host: &str) -> Value {
        let mut body = Map::new();
        body.insert("RequestId".into(), request_id.into());
        if self.status == 200 {
            body.insert("Success".into(), false.into());
            body.insert("ErrorCode".into(), self.code.as_str().into());
            body.insert("ErrorMessage".into(), self.message.as_str().into());
            body.insert("HttpStatusCode".into(), 200.into());
            return Value::Object(body);
        }
        body.insert("HostId".into(), host.into());
        body.insert("Code".into(), self.code.as_str().into());
        body.insert("Message".into(), self.message.as_str().into());
        let recommend = format!(
            "https://api.aliyun.com/troubleshoot?q={}&product=dataworks-public&requestId={request_id}",
            self.code
        );
        body.insert("Recommend".into(), recommend.into());
        if let Some(denied) = &self.denied {
            body.insert("AccessDeniedDetail".into(), denied.clone());
        }
        Value::Object(body)
    }
}
