//! An access key from environment variables.

use super::provide::{Miss, provides};
use super::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, Context, Credentials, SECURITY_TOKEN};

/// The access key in the environment: `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, for a temporary
/// one, `ALIBABA_CLOUD_SECURITY_TOKEN`.
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::EnvironmentVariables;
///
/// // These and nothing else, where the default chain would go on.
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(EnvironmentVariables::new()).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EnvironmentVariables;

impl EnvironmentVariables {
    /// The environment of the configuration.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    #[allow(clippy::unused_async, reason = "providers are alike")]
    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let get = |name: &str| context.environment.get(name);
        let (Some(id), Some(secret)) = (get(ACCESS_KEY_ID), get(ACCESS_KEY_SECRET)) else {
            let missing: Vec<&str> =
                [ACCESS_KEY_ID, ACCESS_KEY_SECRET].into_iter().filter(|name| get(name).is_none()).collect();
            return Err(Miss::Lacks(format!("{} not set", missing.join(" and "))));
        };
        let credentials = Credentials::new(id, secret);
        Ok(match get(SECURITY_TOKEN) {
            Some(token) => credentials.with_security_token(token),
            None => credentials,
        })
    }
}

provides!(EnvironmentVariables);
