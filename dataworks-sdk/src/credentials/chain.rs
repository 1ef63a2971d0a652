//! Where credentials are looked for when none were given.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::provide::{Miss, provides};
use super::{
    AssumeRoleWithOidc, CliProfile, Context, Credentials, CredentialsFile, CredentialsUri, EcsRole,
    EnvironmentVariables,
};
use crate::error::{Error, ErrorKind};

/// Where credentials are looked for when none are given, in the order of Alibaba Cloud's own SDKs:
///
/// 1. [`EnvironmentVariables`]
/// 2. [`AssumeRoleWithOidc`], if its three variables are set
/// 3. [`CliProfile`]
/// 4. [`CredentialsFile`]
/// 5. [`EcsRole`]
/// 6. [`CredentialsUri`]
///
/// The first that is set up answers, and is kept for later refreshes. One that is set up and fails is an error, and the next
/// ones are not asked: to go on would mean to call as somebody else. If none is set up, the error lists what each lacks.
///
/// It is the default of a [`Config`](crate::Config); it can also be the source of an [`AssumeRole`](super::AssumeRole).
#[derive(Clone, Default)]
pub struct DefaultChain {
    kept: Arc<OnceLock<Link>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Link {
    Environment,
    Oidc,
    CliProfile,
    File,
    Ecs,
    Uri,
}

impl Link {
    const ALL: [Self; 6] = [Self::Environment, Self::Oidc, Self::CliProfile, Self::File, Self::Ecs, Self::Uri];

    fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Oidc => "OIDC",
            Self::CliProfile => "CLI profile",
            Self::File => "credentials file",
            Self::Ecs => "ECS instance role",
            Self::Uri => "credentials URI",
        }
    }

    async fn load(self, context: &Context) -> Result<Credentials, Miss> {
        match self {
            Self::Environment => EnvironmentVariables::new().load(context).await,
            Self::Oidc => AssumeRoleWithOidc::new().load(context).await,
            Self::CliProfile => CliProfile::new().load(context).await,
            Self::File => CredentialsFile::new().load(context).await,
            Self::Ecs => EcsRole::new().load(context).await,
            Self::Uri => CredentialsUri::new().load(context).await,
        }
    }
}

impl DefaultChain {
    /// Nobody has answered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        if let Some(kept) = self.kept.get() {
            return kept.load(context).await;
        }
        let mut lacks = Vec::new();
        for link in Link::ALL {
            match link.load(context).await {
                Ok(credentials) => {
                    tracing::debug!(target: "dataworks_sdk", provider = link.name(), "credentials found");
                    // Two that look at the same time find the same.
                    let _ = self.kept.set(link);
                    return Ok(credentials);
                }
                Err(Miss::Lacks(what)) => lacks.push(format!("{}: {what}", link.name())),
                Err(Miss::Fails(error)) => return Err(Miss::Fails(error)),
            }
        }
        let error = Error::new(ErrorKind::Credentials, "no credentials found").with_hint(
            "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, run `aliyun configure`, or give an access \
             key to the builder with `credentials(Credentials::new(id, secret))`",
        );
        Err(error.with_details(lacks).into())
    }
}

provides!(DefaultChain);

impl fmt::Debug for DefaultChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultChain").field("answered", &self.kept.get().map(|link| link.name())).finish()
    }
}
