//! A role taken on by an OIDC token, as pods of a Kubernetes cluster do.

use std::path::PathBuf;
use std::time::Duration;

use super::provide::{Miss, fails, lacks, provides};
use super::sts::{self, Role};
use super::{Context, Credentials};

const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";

/// Temporary credentials of a RAM role by an OIDC token, with the action `AssumeRoleWithOIDC` of the Security Token Service:
/// RRSA (RAM roles for service accounts) in Kubernetes.
///
/// What is not given comes from the environment, where RRSA puts it: `ALIBABA_CLOUD_ROLE_ARN`,
/// `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`, `ALIBABA_CLOUD_OIDC_TOKEN_FILE` and, for the name of the session,
/// `ALIBABA_CLOUD_ROLE_SESSION_NAME`. The file is read anew for each refresh, since its token changes; the token travels in
/// the body. STS is asked where [`AssumeRole`](super::AssumeRole) asks it.
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::AssumeRoleWithOidc;
///
/// let role = AssumeRoleWithOidc::new()
///     .role_arn("acs:ram::1234567890:role/dw-role")
///     .provider_arn("acs:ram::1234567890:oidc-provider/ack-rrsa")
///     .token_file("/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token");
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(role).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRoleWithOidc {
    /// Its ARN may be empty: then it is the environment's.
    role: Role,
    provider_arn: Option<String>,
    token_file: Option<PathBuf>,
    policy: Option<String>,
}

impl Default for AssumeRoleWithOidc {
    fn default() -> Self {
        Self::new()
    }
}

impl AssumeRoleWithOidc {
    /// Everything from the environment.
    #[must_use]
    pub fn new() -> Self {
        Self { role: Role::new(String::new()), provider_arn: None, token_file: None, policy: None }
    }

    /// The role, `acs:ram::{account}:role/{name}`.
    #[must_use]
    pub fn role_arn(mut self, arn: impl Into<String>) -> Self {
        self.role.arn = arn.into();
        self
    }

    /// The OIDC provider, `acs:ram::{account}:oidc-provider/{name}`.
    #[must_use]
    pub fn provider_arn(mut self, arn: impl Into<String>) -> Self {
        self.provider_arn = Some(arn.into());
        self
    }

    /// The file that holds the token.
    #[must_use]
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.token_file = Some(path.into());
        self
    }

    /// What the session is called in the audit log: 2 to 64 letters, digits and `.@-_`.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.role.session_name = Some(name.into());
        self
    }

    /// How long a session lasts, in whole seconds: 900 s at least, and no longer than the role allows. Default: 3,600 s.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.role.duration = duration;
        self
    }

    /// A policy, as JSON, that takes permissions of the role away.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// The region whose STS is asked.
    #[must_use]
    pub fn sts_region(mut self, region: impl Into<String>) -> Self {
        self.role.sts_region = Some(region.into());
        self
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let get = |name: &str| context.environment.get(name);
        let arn = Some(self.role.arn.clone()).filter(|arn| !arn.is_empty()).or_else(|| get(ROLE_ARN));
        let provider_arn = self.provider_arn.clone().or_else(|| get(PROVIDER_ARN));
        let token_file = self.token_file.clone().or_else(|| get(TOKEN_FILE).map(PathBuf::from));
        let (Some(arn), Some(provider_arn), Some(token_file)) = (&arn, &provider_arn, &token_file) else {
            let missing =
                [(token_file.is_none(), TOKEN_FILE), (arn.is_none(), ROLE_ARN), (provider_arn.is_none(), PROVIDER_ARN)];
            let missing: Vec<&str> =
                missing.into_iter().filter_map(|(missing, name)| missing.then_some(name)).collect();
            return lacks(format!("{} not set", missing.join(" and ")));
        };
        let Some(token) = context.read(token_file).await? else {
            return fails(format!("there is no OIDC token file {}", token_file.display()));
        };
        let token = secrecy::SecretString::from(token);
        let text = secrecy::ExposeSecret::expose_secret(&token).trim();
        if text.is_empty() {
            return fails(format!("the OIDC token file {} is empty", token_file.display()));
        }
        let role = Role { arn: arn.clone(), ..self.role.clone() };
        sts::by_token(&role, context, provider_arn, self.policy.as_deref(), text).await
    }
}

provides!(AssumeRoleWithOidc);
