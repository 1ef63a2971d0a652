//! The role of the ECS instance on which the program runs, from the metadata service.

use std::time::Duration;

use http::Method;

use super::context::{Ask, Patience, failed, json, temporary};
use super::provide::{Miss, fails, lacks, provides};
use super::{Context, Credentials};
use crate::error::{Error, ErrorKind};
use crate::service_urls::METADATA;
use crate::signature::percent;

const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN: &str = "x-aliyun-ecs-metadata-token";

/// A second to connect, by the direct client, and another for the answer. Who is not there at once is not there.
const PATIENCE: Patience = Patience { timeout: Duration::from_secs(2), attempts: 2, unreachable_again: false };

/// Temporary credentials of the RAM role of the ECS instance on which the program runs.
///
/// They come from the metadata service at `http://100.100.100.200`, past every proxy (a reqwest client of your own decides
/// that itself). The role is [`role`](Self::role) or `ALIBABA_CLOUD_ECS_METADATA`, and otherwise the one that the instance
/// has. Version 2 of the service, with a session token, is asked first; version 1 only where there is no token, and not if
/// `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`. `ALIBABA_CLOUD_ECS_METADATA_DISABLED=true` switches this provider off.
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::EcsRole;
///
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(EcsRole::new()).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct EcsRole {
    role: Option<String>,
}

impl EcsRole {
    /// The role that the instance has.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The name of the role, which spares a request.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        if context.is_on(DISABLED) {
            return lacks(format!("switched off by {DISABLED}"));
        }
        let metadata = Metadata::open(context).await?;
        let role = match self.role.clone().or_else(|| context.environment.get(ROLE)) {
            Some(role) => role,
            None => metadata.role().await?,
        };
        let what = format!("the metadata service (role {role:?})");
        let answer = metadata.get(&format!("{ROLES}{}", percent::encode(&role))).await;
        let answer = json(&what, answer.map_err(|error| missed(&what, error))?.as_bytes())?;
        match answer["Code"].as_str() {
            None | Some("Success") => temporary(&what, &answer),
            Some(code) => fails(format!("{what} answers {code}")),
        }
    }
}

provides!(EcsRole);

/// The metadata service, with its session token if it gives one.
struct Metadata<'a> {
    context: &'a Context,
    base: &'a str,
    token: Option<String>,
}

impl<'a> Metadata<'a> {
    async fn open(context: &'a Context) -> Result<Self, Miss> {
        let base = context.services.metadata.as_ref().map_or(METADATA, |url| url.as_str());
        let ask = || {
            let ask = Ask::new(Method::PUT, &format!("{base}/latest/api/token"))?;
            ask.header("x-aliyun-ecs-metadata-token-ttl-seconds", "21600")
        };
        let token = match context.ask(PATIENCE, &[], &ask).await {
            Ok(answer) => String::from_utf8_lossy(&answer.body).trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::Connect => return Err(missed("the metadata service", error)),
            Err(error) if context.is_on(V1_DISABLED) => {
                let what = format!("the metadata service gives no session token, and {V1_DISABLED} is set");
                return Err(failed(&what, error, None).into());
            }
            // An old instance, or a container that the token does not get into.
            Err(_) => String::new(),
        };
        Ok(Self { context, base, token: Some(token).filter(|token| !token.is_empty()) })
    }

    async fn get(&self, path: &str) -> Result<String, Error> {
        let ask = || {
            let ask = Ask::new(Method::GET, &format!("{}{path}", self.base))?;
            match &self.token {
                Some(token) => ask.header(TOKEN, token),
                None => Ok(ask),
            }
        };
        let secrets: Vec<&str> = self.token.as_deref().into_iter().collect();
        let answer = self.context.ask(PATIENCE, &secrets, &ask).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    /// The role of the instance.
    async fn role(&self) -> Result<String, Miss> {
        let what = "the metadata service (role of the instance)";
        let answer = self.get(ROLES).await.map_err(|error| match error.http_status() {
            Some(404) => Miss::Lacks("the instance has no RAM role".to_owned()),
            _ => missed(what, error),
        })?;
        match answer.lines().map(str::trim).find(|line| !line.is_empty()) {
            Some(role) => Ok(role.to_owned()),
            None => lacks("the instance has no RAM role"),
        }
    }
}

/// Where nobody answers there is no instance.
fn missed(what: &str, error: Error) -> Miss {
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout => {
            Miss::Lacks(format!("no ECS instance, it seems: {}", error.without_hint()))
        }
        _ if error.http_status() == Some(404) => {
            Miss::Fails(failed(what, error, Some("check the name of the role: the instance has none of that name")))
        }
        _ => Miss::Fails(failed(what, error, None)),
    }
}
