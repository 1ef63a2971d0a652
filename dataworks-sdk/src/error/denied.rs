//! Why the caller may not do something.

use std::fmt;

use serde_json::Value;

/// What the service says about a missing permission. Nothing in it is guaranteed to be there.
///
/// ```
/// # fn example(error: &dataworks_sdk::Error) {
/// if let Some(denied) = error.access_denied_detail() {
///     println!("{} needs a policy that allows {:?}", denied.principal_name().unwrap_or("the caller"), denied.action());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AccessDeniedDetail(Value);

impl AccessDeniedDetail {
    pub(crate) fn new(value: Value) -> Self {
        Self(value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The action that a policy would have to allow, `dataworks:ListNodes` for example.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.text("AuthAction")
    }

    /// Who was denied, by kind: `SubUser`, `AssumedRoleUser` and others.
    #[must_use]
    pub fn principal_type(&self) -> Option<&str> {
        self.text("AuthPrincipalType")
    }

    /// Who was denied, by name: the id of a RAM user, `role:session` of an assumed role.
    #[must_use]
    pub fn principal_name(&self) -> Option<&str> {
        self.text("AuthPrincipalDisplayName")
    }

    /// The Alibaba Cloud account that the caller belongs to.
    #[must_use]
    pub fn principal_owner_id(&self) -> Option<&str> {
        self.text("AuthPrincipalOwnerId")
    }

    /// How it was denied: `ImplicitDeny`, no policy allows it, or `ExplicitDeny`, a policy forbids it.
    #[must_use]
    pub fn no_permission_type(&self) -> Option<&str> {
        self.text("NoPermissionType")
    }

    /// The kind of policy that decided, `AccountLevelIdentityBasedPolicy` for example.
    #[must_use]
    pub fn policy_type(&self) -> Option<&str> {
        self.text("PolicyType")
    }

    /// What RAM's `DecodeDiagnosticMessage` turns into the whole story.
    #[must_use]
    pub fn encoded_diagnostic_message(&self) -> Option<&str> {
        self.text("EncodedDiagnosticMessage")
    }

    /// Everything, as the service said it.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

/// `dataworks:ListNodes is denied to SubUser 2345 (ImplicitDeny, AccountLevelIdentityBasedPolicy)`, as far as it is known.
impl fmt::Display for AccessDeniedDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is denied", self.action().unwrap_or("this"))?;
        for (index, who) in [self.principal_type(), self.principal_name()].into_iter().flatten().enumerate() {
            f.write_str(if index == 0 { " to " } else { " " })?;
            f.write_str(who)?;
        }
        let why: Vec<&str> = [self.no_permission_type(), self.policy_type()].into_iter().flatten().collect();
        if why.is_empty() { Ok(()) } else { write!(f, " ({})", why.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_known_is_said() {
        let detail = AccessDeniedDetail::new(json!({
            "AuthAction": "dataworks:ListNodes",
            "AuthPrincipalDisplayName": "2345",
            "AuthPrincipalOwnerId": "1234",
            "AuthPrincipalType": "SubUser",
            "NoPermissionType": "ImplicitDeny",
            "PolicyType": "AccountLevelIdentityBasedPolicy",
            "EncodedDiagnosticMessage": "AQ",
            "New": 1,
        }));
        let text = "dataworks:ListNodes is denied to SubUser 2345 (ImplicitDeny, AccountLevelIdentityBasedPolicy)";
        assert_eq!(detail.to_string(), text);
        assert_eq!(detail.principal_owner_id(), Some("1234"));
        assert_eq!(detail.encoded_diagnostic_message(), Some("AQ"));
        assert_eq!(detail.as_value()["New"], 1);
        assert_eq!(AccessDeniedDetail::new(json!("nothing")).to_string(), "this is denied");
    }
}
