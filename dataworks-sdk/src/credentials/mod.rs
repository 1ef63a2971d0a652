//! Who calls: an access key or a bearer token, given or found where Alibaba Cloud's tools keep them.
//!
//! What is handed to [`Config::builder`](crate::Config::builder) is either fixed [`Credentials`] or something that provides
//! them again and again: a type of this module or one of your own that is a [`ProvideCredentials`]. Without either, the
//! [`DefaultChain`] looks around.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use hmac::Hmac;
use secrecy::SecretString;
use sha1::Sha1;

use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
#[cfg(test)]
use crate::secret::{Mask, enabled};
use crate::signature::rpc;

#[cfg(feature = "client")]
mod cache;
#[cfg(feature = "client")]
mod chain;
#[cfg(feature = "client")]
mod cli_profile;
#[cfg(feature = "client")]
mod cloud_sso;
#[cfg(feature = "client")]
mod context;
#[cfg(feature = "client")]
mod ecs;
#[cfg(feature = "client")]
mod environment;
#[cfg(feature = "client")]
mod external;
#[cfg(feature = "client")]
mod ini_file;
#[cfg(feature = "client")]
mod oidc;
#[cfg(feature = "client")]
mod provide;
#[cfg(feature = "client")]
mod sts;
#[cfg(feature = "client")]
mod uri;

#[cfg(feature = "client")]
pub(crate) use {
    cache::{Held, no_runtime},
    cli_profile::region as profile_region,
    context::{Context, Http},
    provide::Miss,
};
#[cfg(feature = "client")]
pub use {
    chain::DefaultChain,
    cli_profile::CliProfile,
    ecs::EcsRole,
    environment::EnvironmentVariables,
    ini_file::CredentialsFile,
    oidc::AssumeRoleWithOidc,
    provide::{ProvideCredentials, ProvideFuture},
    sts::AssumeRole,
    uri::CredentialsUri,
};

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
pub struct Credentials {
    identity: Arc<Identity>,
    expires_at: Option<SystemTime>,
}

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
        Self::of(Identity::AccessKey { id: access_key_id.into(), hmac_sha1: rpc::keyed(&secret), secret, token: None })
    }

    /// A bearer token: requests carry it and are not signed.
    #[must_use]
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self::of(Identity::Bearer(token.into()))
    }

    fn of(identity: Identity) -> Self {
        Self { identity: Arc::new(identity), expires_at: None }
    }

    /// Nobody: requests say who sends them in no way, and are not signed. The few actions that need no permission answer.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of(Identity::Anonymous)
    }

    /// The security token of a temporary access key. Anything else stays as it is.
    #[must_use]
    pub fn with_security_token(mut self, security_token: impl Into<SecretString>) -> Self {
        if let Identity::AccessKey { token, .. } = Arc::make_mut(&mut self.identity) {
            *token = Some(security_token.into());
        }
        self
    }

    /// `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, if set, `ALIBABA_CLOUD_SECURITY_TOKEN`.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`], naming what is missing.
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        Self::of_environment(environment).map_err(|lacks| {
            Error::new(ErrorKind::Credentials, lacks).with_hint(
                "set the environment, or give an access key to the builder with `credentials(Credentials::new(id, secret))`",
            )
        })
    }

    /// The same, or what is lacking.
    fn of_environment(environment: &Environment) -> Result<Self, String> {
        let (Some(id), Some(secret)) = (environment.get(ACCESS_KEY_ID), environment.get(ACCESS_KEY_SECRET)) else {
            let missing = [ACCESS_KEY_ID, ACCESS_KEY_SECRET].into_iter().filter(|name| environment.get(name).is_none());
            return Err(format!("{} not set", missing.collect::<Vec<_>>().join(" and ")));
        };
        let credentials = Self::new(id, secret);
        Ok(match environment.get(SECURITY_TOKEN) {
            Some(token) => credentials.with_security_token(token),
            None => credentials,
        })
    }

    /// The id of the access key, which is no secret; nothing else has one.
    #[must_use]
    pub fn access_key_id(&self) -> Option<&str> {
        match &*self.identity {
            Identity::AccessKey { id, .. } => Some(id),
            Identity::Bearer(_) | Identity::Anonymous => None,
        }
    }

    /// Until when they are good. What provides credentials is asked for new ones before that; those without an expiry are
    /// kept.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use dataworks_sdk::Credentials;
    ///
    /// let until = SystemTime::now() + Duration::from_secs(3600);
    /// let credentials = Credentials::new("STS.an-id", "a secret").with_security_token("a token").with_expiry(until);
    /// assert_eq!(credentials.expires_at(), Some(until));
    /// ```
    #[must_use]
    pub fn with_expiry(mut self, expires_at: SystemTime) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// Until when they are good, if that is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether both would sign alike.
    #[cfg(feature = "client")]
    pub(crate) fn same(&self, other: &Self) -> bool {
        use secrecy::ExposeSecret as _;

        let text = |token: &Option<SecretString>| token.as_ref().map(|token| token.expose_secret().to_owned());
        match (&*self.identity, &*other.identity) {
            _ if Arc::ptr_eq(&self.identity, &other.identity) => true,
            (
                Identity::AccessKey { id, secret, token, .. },
                Identity::AccessKey { id: other_id, secret: other_secret, token: other_token, .. },
            ) => {
                let secrets = secret.expose_secret() == other_secret.expose_secret();
                id == other_id && secrets && text(token) == text(other_token)
            }
            (Identity::Anonymous, Identity::Anonymous) => true,
            (Identity::Bearer(token), Identity::Bearer(other)) => token.expose_secret() == other.expose_secret(),
            _ => false,
        }
    }
}

const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.identity {
            #[cfg(test)]
            Identity::AccessKey { secret, .. } if !enabled(Mask::Credentials) => {
                f.write_str(secrecy::ExposeSecret::expose_secret(secret))
            }
            Identity::AccessKey { id, token, .. } => {
                let mut out = f.debug_struct("Credentials");
                out.field("access_key_id", id).field("temporary", &token.is_some());
                if let Some(expires_at) = self.expires_at {
                    out.field("expires_at", &expires_at);
                }
                out.finish_non_exhaustive()
            }
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
