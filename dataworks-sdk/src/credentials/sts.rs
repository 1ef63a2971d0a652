//! Temporary credentials of a role, from the Security Token Service.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::header::CONTENT_TYPE;
use secrecy::ExposeSecret;

use super::context::{Ask, Patience, failed, is_on, json, temporary};
use super::provide::{Miss, ProvideCredentials, fails, provides};
use super::{Context, Credentials, Identity};
use crate::endpoint::Network;
use crate::error::{Error, ErrorKind};
use crate::operation;
use crate::signature::{Stamp, percent, rpc};

const VERSION: &str = "2015-04-01";

/// What a session is called that nobody gave a name: it stands in the audit log of the account.
const SESSION_NAME: &str = "dataworks-sdk-rust";

/// Temporary credentials of a RAM role, by the action `AssumeRole` of the Security Token Service (STS).
///
/// The trust policy of the role has to name the caller, who needs the permission `sts:AssumeRole`. The session is called by
/// `ALIBABA_CLOUD_ROLE_SESSION_NAME` or `dataworks-sdk-rust` and lasts an hour unless set.
///
/// STS is asked at `sts.{region}.aliyuncs.com`, where the region is [`sts_region`](Self::sts_region) or
/// `ALIBABA_CLOUD_STS_REGION`, and without one at `sts.aliyuncs.com`. Where DataWorks is reached through a VPC it is
/// `sts-vpc.{region}.aliyuncs.com`, in the client's region if no other is given.
/// [`ServiceUrls::sts`](crate::ServiceUrls::sts) overrides that.
///
/// ```
/// use std::time::Duration;
/// use dataworks_sdk::credentials::{AssumeRole, DefaultChain};
/// use dataworks_sdk::Config;
///
/// let role = AssumeRole::new(DefaultChain::new(), "acs:ram::1234567890:role/dw-role")
///     .session_name("nightly-import")
///     .duration(Duration::from_secs(1800));
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(role).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRole {
    source: Arc<dyn ProvideCredentials>,
    role: Role,
    policy: Option<String>,
    external_id: Option<String>,
}

/// What both ways to a role have in common.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) session_name: Option<String>,
    pub(crate) duration: Duration,
    pub(crate) sts_region: Option<String>,
}

impl Role {
    pub(crate) fn new(arn: String) -> Self {
        Self { arn, session_name: None, duration: Duration::from_secs(3600), sts_region: None }
    }

    /// The parameters that both ways have.
    fn parameters(&self, context: &Context) -> Result<Vec<(&'static str, String)>, Miss> {
        let seconds = self.duration.as_secs();
        if seconds < 900 {
            return fails(format!("a session of {} lasts {seconds} s, and 900 s is the least", self.arn));
        }
        let name = self.session_name.clone().or_else(|| context.environment.get("ALIBABA_CLOUD_ROLE_SESSION_NAME"));
        Ok(vec![
            ("DurationSeconds", seconds.to_string()),
            ("RoleArn", self.arn.clone()),
            ("RoleSessionName", name.unwrap_or_else(|| SESSION_NAME.to_owned())),
        ])
    }

    /// Where STS is.
    fn sts(&self, context: &Context) -> Result<String, Error> {
        if let Some(url) = &context.services.sts {
            return Ok(url.as_str().to_owned());
        }
        let vpc = context.network == Network::Vpc || is_on(&context.environment, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
        let region = self.sts_region.clone().or_else(|| context.environment.get("ALIBABA_CLOUD_STS_REGION"));
        // From inside a VPC the central address is out of reach.
        let region = region.or_else(|| context.region.clone().filter(|_| vpc));
        let Some(region) = region else { return Ok("https://sts.aliyuncs.com".to_owned()) };
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !region.bytes().all(letter) {
            let message = format!("the STS region {region:?} is no region id such as `cn-hangzhou`");
            return Err(Error::new(ErrorKind::Credentials, message));
        }
        Ok(format!("https://{}.{region}.aliyuncs.com", if vpc { "sts-vpc" } else { "sts" }))
    }

    /// Asks STS: `query` goes into the URL, and what nobody else should see into the form.
    async fn ask(
        &self,
        context: &Context,
        action: &str,
        secrets: &[&str],
        request: &(dyn Fn() -> Request + Send + Sync),
    ) -> Result<Credentials, Miss> {
        let what = format!("{action} of {}", self.arn);
        let url = self.sts(context)?;
        let ask = || {
            let Request { query, form } = request();
            let mut ask = Ask::new(Method::POST, &format!("{url}/?{query}"))?;
            ask.headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/x-www-form-urlencoded"));
            ask.body = Some(form);
            Ok(ask)
        };
        let answer = context.ask(Patience::USUAL, secrets, &ask).await;
        let answer = answer.map_err(|error| {
            let hint = hint(error.code().unwrap_or_default());
            failed(&what, error, hint)
        })?;
        temporary(&what, &json(&what, &answer.body)?["Credentials"])
    }
}

/// One delivery, encoded.
pub(crate) struct Request {
    query: String,
    form: String,
}

/// What the codes of STS mean.
fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        code if code.starts_with("NoPermission") => {
            "check the trust policy of the role, which must name the caller, and that the caller may do `sts:AssumeRole`"
        }
        code if code.starts_with("AuthenticationFail") => {
            "check the OIDC provider (ARN, issuer, audience) and the trust policy of the role"
        }
        code if code.starts_with("EntityNotExist") => "check the ARN: there is no such role or provider in the account",
        code if code.contains("DurationSeconds") || code.contains("MaxSessionDuration") => {
            "the session is longer than the role allows"
        }
        code if code.starts_with("InvalidAccessKeyId") || code.starts_with("InvalidSecurityToken") => {
            "check the access key that takes the role on: it is unknown, disabled or expired"
        }
        "SignatureDoesNotMatch" => "check the secret of the access key that takes the role on",
        _ => return None,
    })
}

impl AssumeRole {
    /// The role of this ARN, `acs:ram::{account}:role/{name}`, taken on by the credentials of `source`.
    #[must_use]
    pub fn new(source: impl ProvideCredentials + 'static, role_arn: impl Into<String>) -> Self {
        Self { source: Arc::new(source), role: Role::new(role_arn.into()), policy: None, external_id: None }
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

    /// What the role of another account asks for.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The region whose STS is asked.
    #[must_use]
    pub fn sts_region(mut self, region: impl Into<String>) -> Self {
        self.role.sts_region = Some(region.into());
        self
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let source = self.source.provide_with(context).await?;
        let Identity::AccessKey { secret, token, .. } = source.identity() else {
            return fails(format!("AssumeRole of {} needs an access key, and its source gives none", self.role.arn));
        };
        let parameters = self.parameters(context)?;
        let secrets = [Some(secret), token.as_ref()].into_iter().flatten().map(ExposeSecret::expose_secret);
        let secrets: Vec<&str> = secrets.collect();
        let request = || {
            let stamp = Stamp::new(context.clock.now());
            let pairs = signed("AssumeRole", operation::Method::Post, &parameters, &source, &stamp);
            let is_own = |name: &str| name == "SecurityToken" || parameters.iter().any(|(own, _)| *own == name);
            let texts = |own: bool| {
                let pairs = pairs.iter().filter(move |(name, _)| is_own(name) == own);
                pairs.map(|(name, value)| (*name, value.as_str()))
            };
            Request { query: percent::query(texts(false)), form: percent::form(texts(true)) }
        };
        self.role.ask(context, "AssumeRole", &secrets, &request).await
    }

    fn parameters(&self, context: &Context) -> Result<Vec<(&'static str, String)>, Miss> {
        let mut parameters = self.role.parameters(context)?;
        parameters.extend(self.policy.clone().map(|policy| ("Policy", policy)));
        parameters.extend(self.external_id.clone().map(|id| ("ExternalId", id)));
        Ok(parameters)
    }
}

provides!(AssumeRole);

/// All parameters of a signed request, the signature among them.
fn signed(
    action: &str,
    method: operation::Method,
    own: &[(&'static str, String)],
    credentials: &Credentials,
    stamp: &Stamp,
) -> Vec<(&'static str, String)> {
    let mut pairs: Vec<(&'static str, String)> = rpc::common(action, VERSION, credentials, stamp)
        .into_iter()
        .map(|(name, value)| (name, value.into_owned()))
        .collect();
    // STS writes it in capitals.
    pairs.iter_mut().filter(|(name, _)| *name == "Format").for_each(|(_, value)| *value = "JSON".to_owned());
    pairs.extend(own.iter().cloned());
    let text = rpc::string_to_sign(method, pairs.iter().map(|(name, value)| (*name, value.as_str())));
    pairs.extend(rpc::signature(credentials, &text).map(|signature| ("Signature", signature)));
    pairs
}

/// Asks for the credentials of a role by an OIDC token.
pub(crate) async fn by_token(
    role: &Role,
    context: &Context,
    provider_arn: &str,
    policy: Option<&str>,
    token: &str,
) -> Result<Credentials, Miss> {
    let parameters = role.parameters(context)?;
    let request = || {
        let stamp = Stamp::new(context.clock.now());
        let time = stamp.timestamp();
        let common = [
            ("Action", "AssumeRoleWithOIDC"),
            ("Format", "JSON"),
            ("SignatureNonce", &stamp.nonce),
            ("Timestamp", &time),
            ("Version", VERSION),
        ];
        let own = parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let own = own.chain([("OIDCProviderArn", provider_arn), ("OIDCToken", token)]);
        let own = own.chain(policy.map(|policy| ("Policy", policy)));
        Request { query: percent::query(common), form: percent::form(own) }
    };
    role.ask(context, "AssumeRoleWithOIDC", &[token], &request).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::Environment;

    #[test]
    fn every_vector() {
        let vectors = include_str!("../../tests/conformance/sts_assume_role.json");
        let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
        assert_eq!(vectors.len(), 3);
        for vector in &vectors {
            let mut wanted: BTreeMap<String, String> = serde_json::from_value(vector["params"].clone()).unwrap();
            let secret = vector["secret"].as_str().unwrap();
            let source = Credentials::new(&*wanted["AccessKeyId"], secret);
            let source = wanted
                .get("SecurityToken")
                .into_iter()
                .fold(source, |source, token| source.with_security_token(token.as_str()));
            let role = AssumeRole::new(source.clone(), &*wanted["RoleArn"]).session_name(&*wanted["RoleSessionName"]);
            let role = wanted.get("Policy").into_iter().fold(role, AssumeRole::policy);
            let time = humantime::parse_rfc3339(&wanted["Timestamp"]).unwrap();
            let stamp = Stamp { time, nonce: wanted["SignatureNonce"].clone() };
            let parameters = role.parameters(&Context::default()).unwrap();
            let ours = signed("AssumeRole", operation::Method::Get, &parameters, &source, &stamp);
            wanted.insert("Signature".to_owned(), vector["signature"].as_str().unwrap().to_owned());
            let ours: BTreeMap<String, String> =
                ours.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            assert_eq!(ours, wanted, "{}", vector["name"]);
        }
    }

    #[test]
    fn where_sts_is() {
        let place = |region: Option<&str>, network, client: Option<&str>, variables: &[(&str, &str)]| {
            let context = Context {
                network,
                region: client.map(str::to_owned),
                environment: Environment::from_iter(variables.iter().copied()),
                ..Context::default()
            };
            Role { sts_region: region.map(str::to_owned), ..Role::new("arn".to_owned()) }.sts(&context)
        };
        let url = |region, network, client, variables| place(region, network, client, variables).unwrap();
        let (public, vpc) = (Network::Public, Network::Vpc);
        let named = [("ALIBABA_CLOUD_STS_REGION", "cn-beijing")];
        let enabled = [("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", "true")];
        assert_eq!(url(None, public, Some("cn-a"), &[]), "https://sts.aliyuncs.com");
        assert_eq!(url(None, public, Some("cn-a"), &named), "https://sts.cn-beijing.aliyuncs.com");
        assert_eq!(url(Some("cn-b"), public, Some("cn-a"), &named), "https://sts.cn-b.aliyuncs.com");
        assert_eq!(url(None, vpc, Some("cn-a"), &named), "https://sts-vpc.cn-beijing.aliyuncs.com");
        assert_eq!(url(None, vpc, Some("cn-a"), &[]), "https://sts-vpc.cn-a.aliyuncs.com");
        assert_eq!(url(Some("cn-b"), public, None, &enabled), "https://sts-vpc.cn-b.aliyuncs.com");
        assert_eq!(url(None, public, None, &enabled), "https://sts.aliyuncs.com");
        assert!(place(Some("evil.example.com/"), public, None, &[]).is_err());
    }
}
