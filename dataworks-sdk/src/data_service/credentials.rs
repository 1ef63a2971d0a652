//! Which application calls.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, ErrorKind};

/// The application that calls an API: by its app code, or by a signature with its app key and secret.
///
/// `GetDataServiceApplication` of 2020-05-18 answers all three. The secret parts are wiped from memory when dropped, and
/// `Debug` never shows them.
///
/// ```
/// use dataworks_sdk::data_service::AppCredentials;
///
/// let credentials = AppCredentials::key("203000001", "a secret");
/// assert!(!format!("{credentials:?}").contains("a secret"));
/// ```
#[derive(Clone)]
pub struct AppCredentials(pub(super) Identity);

#[derive(Clone)]
pub(super) enum Identity {
    Code { code: SecretString, own_header: bool },
    Key { key: String, secret: SecretString },
    Anonymous,
}

impl AppCredentials {
    /// An app code. It travels in the header `Authorization`, as `APPCODE <code>`.
    #[must_use]
    pub fn code(code: impl Into<SecretString>) -> Self {
        Self(Identity::Code { code: code.into(), own_header: false })
    }

    /// The app code in a header of its own, `appCode`, for gateways or proxies that want `Authorization` for themselves. What
    /// has no app code stays as it is.
    #[must_use]
    pub fn in_own_header(mut self) -> Self {
        if let Identity::Code { own_header, .. } = &mut self.0 {
            *own_header = true;
        }
        self
    }

    /// An app key and its secret: requests are signed with HMAC-SHA256, and the secret stays here.
    #[must_use]
    pub fn key(key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self(Identity::Key { key: key.into(), secret: secret.into() })
    }

    /// Nobody, for APIs that are open to all.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(Identity::Anonymous)
    }

    /// What must not be shown.
    pub(super) fn secret(&self) -> Option<&str> {
        match &self.0 {
            Identity::Code { code: secret, .. } | Identity::Key { secret, .. } => Some(secret.expose_secret()),
            Identity::Anonymous => None,
        }
    }

    /// # Errors
    /// [`ErrorKind::Credentials`] if something is empty or cannot stand in a header.
    pub(super) fn check(&self) -> Result<(), Error> {
        // The secret signs, and does not travel.
        let parts: &[(&str, &str, bool)] = match &self.0 {
            Identity::Code { code, .. } => &[("app code", code.expose_secret(), true)],
            Identity::Key { key, secret } => &[("app key", key, true), ("app secret", secret.expose_secret(), false)],
            Identity::Anonymous => &[],
        };
        for (name, value, travels) in parts {
            let problem = match value {
                value if value.trim().is_empty() => "is empty",
                // A line break at the end is what a file leaves there.
                value if value.trim() != *value => "begins or ends with a space or a line break",
                value if *travels && !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) => {
                    "holds what cannot stand in a header"
                }
                _ => continue,
            };
            return Err(Error::new(ErrorKind::Credentials, format!("the {name} {problem}")));
        }
        Ok(())
    }
}

impl fmt::Debug for AppCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Identity::Code { .. } => f.write_str("AppCredentials { app_code, .. }"),
            Identity::Key { key, .. } => f.debug_struct("AppCredentials").field("app_key", key).finish_non_exhaustive(),
            Identity::Anonymous => f.write_str("AppCredentials { anonymous }"),
        }
    }
}
