//! Temporary credentials of an account and an access configuration, from CloudSSO.

use std::time::{Duration, SystemTime};

use http::Method;
use http::header::CONTENT_TYPE;
use reqwest::Url;
use serde_json::json;

use super::context::{self, Ask, Patience, failed, temporary};
use super::provide::{Miss, fails};
use super::{Context, Credentials};
use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind};

/// What a profile of the mode `CloudSSO` says.
pub(crate) struct CloudSso<'a> {
    /// How the profile is called in errors, and by the command line.
    pub(crate) profile: String,
    pub(crate) name: &'a str,
    pub(crate) sign_in_url: &'a str,
    pub(crate) account: &'a str,
    pub(crate) access_configuration: &'a str,
    pub(crate) access_token: &'a str,
    /// Seconds since 1970.
    pub(crate) expires: Option<u64>,
}

impl CloudSso<'_> {
    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let log_in = format!("log in again: `aliyun configure --mode CloudSSO --profile {}`", self.name);
        let expires = self.expires.filter(|expires| *expires > 0);
        let expires = expires.and_then(|expires| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(expires)));
        if expires.is_some_and(|expires| expires <= context.clock.now()) {
            let message = format!("the CloudSSO access token of {} has expired", self.profile);
            return Err(Error::new(ErrorKind::Credentials, message).with_hint(log_in).into());
        }
        let url = format!("{}/cloud-credentials", self.base(context)?);
        let body = json!({"AccountId": self.account, "AccessConfigurationId": self.access_configuration}).to_string();
        let ask = || {
            let ask = Ask::new(Method::POST, &url)?;
            let mut ask = ask.header("authorization", &format!("Bearer {}", self.access_token))?;
            ask.headers.insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
            ask.body = Some(body.clone());
            Ok(ask)
        };
        let what = format!("CloudSSO ({})", self.profile);
        let answer = context.ask(Patience::USUAL, &[self.access_token], &ask).await;
        let answer = answer.map_err(|error| {
            let refused = matches!(error.http_status(), Some(401 | 403));
            failed(&what, error, refused.then_some(&*log_in))
        })?;
        temporary(&what, &context::json(&what, &answer.body)?["CloudCredential"])
    }

    /// Where the sign-in page is, there are the credentials.
    fn base(&self, context: &Context) -> Result<String, Miss> {
        if let Some(url) = &context.services.cloud_sso {
            return Ok(url.as_str().to_owned());
        }
        let Ok(url) = Url::parse(self.sign_in_url) else {
            return fails(format!("`cloud_sso_sign_in_url` of {} is no URL", self.profile));
        };
        match BaseUrl::parse(&url.origin().ascii_serialization(), false) {
            Ok(base) => Ok(base.as_str().to_owned()),
            Err(error) => fails(format!("`cloud_sso_sign_in_url` of {}: {}", self.profile, error.message())),
        }
    }
}
