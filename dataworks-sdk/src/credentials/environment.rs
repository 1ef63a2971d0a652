//! An access key from environment variables.

use super::provide::{Miss, provides};
use super::{Context, Credentials};

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
        Credentials::of_environment(&context.environment).map_err(Miss::Lacks)
    }
}

provides!(EnvironmentVariables);
