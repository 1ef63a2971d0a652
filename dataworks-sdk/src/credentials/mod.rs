//! Who calls: an access key or a bearer token, given or from the environment.

use std::fmt;
use std::sync::Arc;

use hmac::Hmac;
use secrecy::SecretString;
use sha1::Sha1;

use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::signature::rpc;

/// An access key, and the security token of a temporary one; or a bearer token; or nobody.
///
/// The secret parts are wiped from memory when dropped, and `Debug` never shows them.
///
/// ```
/// use dataworks_sdk::Credentials;
///
/// let credentials = Credentials::new("LTAI-example", "a secret").with_security_token("a token");
/// assert!(!format!("{credentials:?}").contains("a secret"));
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Identity>);

#[derive(Clone)]
pub(crate) enum Identity {
    AccessKey {
        id: String,
        secret: SecretString,
        token: Option<SecretString>,
        /// Keyed with the secret once, not for every signature.
        hmac_sha1: Hmac<Sha1>,
    },
    Bearer(SecretString),
    Anonymous,
}

impl Credentials {
    /// A long-term access key.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<SecretString>) -> Self {
        let secret = access_key_secret.into();
        Self(Arc::new(Identity::AccessKey {
            id: access_key_id.into(),
            hmac_sha1: rpc::keyed(&secret),
            secret,
            token: None,
        }))
    }

    /// A bearer token: requests carry it and are not signed.
    #[must_use]
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self(Arc::new(Identity::Bearer(token.into())))
    }

    /// Nobody: requests say who sends them in no way, and are not signed. The few actions that need no permission answer.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(Arc::new(Identity::Anonymous))
    }

    /// The security token of a temporary access key. Anything else stays as it is.
    #[must_use]
    pub fn with_security_token(mut self, security_token: impl Into<SecretString>) -> Self {
        if let Identity::AccessKey { token, .. } = Arc::make_mut(&mut self.0) {
            *token = Some(security_token.into());
        }
        self
    }

    /// `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, if set, `ALIBABA_CLOUD_SECURITY_TOKEN`.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`], naming what is missing.
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let missing = [ACCESS_KEY_ID, ACCESS_KEY_SECRET].map(|name| environment.get(name).is_none().then_some(name));
        let missing: Vec<&str> = missing.into_iter().flatten().collect();
        match (environment.get(ACCESS_KEY_ID), environment.get(ACCESS_KEY_SECRET)) {
            (Some(id), Some(secret)) => {
                let credentials = Self::new(id, secret);
                Ok(match environment.get(SECURITY_TOKEN) {
                    Some(token) => credentials.with_security_token(token),
                    None => credentials,
                })
            }
            _ => Err(Error::new(
                ErrorKind::Credentials,
                format!("{} not set", missing.join(" and ")),
            )
            .with_hint(
                "set the environment, or give an access key to the builder with `credentials(Credentials::new(id, secret))`",
            )),
        }
    }

    /// The id of the access key, which is no secret; nothing else has one.
    #[must_use]
    pub fn access_key_id(&self) -> Option<&str> {
        match &*self.0 {
            Identity::AccessKey { id, .. } => Some(id),
            Identity::Bearer(_) | Identity::Anonymous => None,
        }
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0
    }
}

const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Identity::AccessKey { id, token, .. } => f
                .debug_struct("Credentials")
                .field("access_key_id", id)
                .field("temporary", &token.is_some())
                .finish_non_exhaustive(),
            Identity::Bearer(_) => f.write_str("Credentials { bearer, .. }"),
            Identity::Anonymous => f.write_str("Credentials { anonymous }"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_what_is_missing() {
        let of = |variables: &[(&str, &str)]| Credentials::from_environment(&variables.iter().copied().collect());
        let error = of(&[(ACCESS_KEY_SECRET, "secret-of-the-test")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        let text = error.to_string();
        assert!(text.contains(ACCESS_KEY_ID) && !text.contains("ACCESS_KEY_SECRET not"), "{text}");
        assert!(!text.contains("secret-of-the-test"));

        let credentials =
            of(&[(ACCESS_KEY_ID, "id"), (ACCESS_KEY_SECRET, "secret-of-the-test"), (SECURITY_TOKEN, "t")]);
        let shown = format!("{:?}", credentials.unwrap());
        assert_eq!(shown, r#"Credentials { access_key_id: "id", temporary: true, .. }"#);
    }
}
