//! A client of the APIs of one address.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::call::Call;
use super::credentials::AppCredentials;
use crate::call::CallOptions;
use crate::config::Config;
use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::operation::Method;
use crate::retry::RetryPolicy;

/// Calls the published Data Service APIs of one address. Cloning it copies a pointer.
///
/// ```
/// use dataworks_sdk::data_service::{AppCredentials, Client};
/// use dataworks_sdk::{Config, Credentials};
///
/// // By itself: it needs neither a region nor an access key.
/// let api = Client::builder("https://abc-cn-hangzhou.alicloudapi.com").app_key("203000001", "a secret").build()?;
///
/// // Beside the clients of DataWorks: connections, timeouts, retries and the retry budget are those of the `Config`.
/// let config = Config::builder().region("cn-hangzhou").credentials(Credentials::new("an id", "a secret")).build()?;
/// let api = Client::new(&config, "https://abc-cn-hangzhou.alicloudapi.com", AppCredentials::code("a code"))?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: Config,
    pub(super) base: BaseUrl,
    /// What stands before each path, encoded, without a slash at its end.
    pub(super) prefix: String,
    pub(super) credentials: AppCredentials,
    pub(super) stage: Stage,
    pub(super) options: CallOptions,
}

/// The environment of the gateway that an API is called in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// What is published for everyone.
    #[default]
    Release,
    /// What is published to be tried before that.
    Pre,
    /// What is published for tests.
    Test,
}

impl Stage {
    /// As the header `x-ca-stage` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Release => "RELEASE",
            Self::Pre => "PRE",
            Self::Test => "TEST",
        }
    }
}

impl Client {
    /// A client to be filled in. The address is that of the API group, `https://host`, perhaps with a path that all calls have
    /// in front of theirs.
    pub fn builder(base_url: impl Into<String>) -> Builder {
        Builder {
            base_url: base_url.into(),
            config: None,
            credentials: None,
            stage: Stage::default(),
            allow_http: false,
            options: CallOptions::default(),
        }
    }

    /// A client that shares connections, timeouts, retry policy and retry budget with others of `config`. Region and access
    /// key of the configuration play no part.
    ///
    /// # Errors
    /// Those of [`Builder::build`].
    pub fn new(config: &Config, base_url: impl Into<String>, credentials: AppCredentials) -> Result<Self, Error> {
        Self::builder(base_url).config(config).credentials(credentials).build()
    }

    /// A call of an API that was created with the method GET: a read.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::Get, path)
    }

    /// A call of an API that was created with the method POST: a write, unless [`idempotent`](Call::idempotent) says
    /// otherwise.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::Post, path)
    }

    /// A call of an API with any method. The path is that of the API, `/orders`, as text: what cannot stand in a URL is
    /// encoded.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(self.clone(), method, path)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &format_args!("{}{}", self.0.base.as_str(), self.0.prefix))
            .field("credentials", &self.0.credentials)
            .field("stage", &self.0.stage)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`].
#[must_use = "a builder does nothing until it builds"]
pub struct Builder {
    base_url: String,
    config: Option<Config>,
    credentials: Option<AppCredentials>,
    stage: Stage,
    allow_http: bool,
    options: CallOptions,
}

impl Builder {
    /// Calls with an app code, in the header `Authorization`. For a header of its own see
    /// [`AppCredentials::in_own_header`].
    pub fn app_code(self, code: impl Into<SecretString>) -> Self {
        self.credentials(AppCredentials::code(code))
    }

    /// Calls with the signature of an app key.
    pub fn app_key(self, key: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.credentials(AppCredentials::key(key, secret))
    }

    /// Calls as this application.
    pub fn credentials(mut self, credentials: AppCredentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Shares connections, timeouts, retry policy and retry budget with the clients of this configuration. Without one the
    /// defaults of [`Config`] hold.
    pub fn config(mut self, config: &Config) -> Self {
        self.config = Some(config.clone());
        self
    }

    /// The environment that APIs are called in. Default: [`Stage::Release`].
    pub fn stage(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// Whether the address may be plain `http://` away from loopback. Default: it may if the configuration allows it.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// How long a call may take in all, with its repetitions. Default: as the configuration says, which is no limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.total_timeout = Some(timeout);
        self
    }

    /// How long the server may take to begin its answer, and between the pieces of it. Default: as the configuration says,
    /// 30 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.options.read_timeout = Some(timeout);
        self
    }

    /// How calls are repeated. Default: as the configuration says.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// Checks the settings and builds.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the address is none, or a setting makes no sense; [`ErrorKind::Credentials`] if it is not said
    /// which application calls, or its code, key or secret cannot be sent.
    pub fn build(self) -> Result<Client, Error> {
        let allow_http = self.allow_http || self.config.as_ref().is_some_and(|config| config.shared().allows_http());
        let (base, prefix) = address(&self.base_url, allow_http)?;
        let credentials = self.credentials.ok_or_else(|| {
            Error::new(ErrorKind::Credentials, "no application that calls").with_hint(
                "give its app code with `app_code(code)`, or its app key with `app_key(key, secret)`; \
                 `GetDataServiceApplication` answers them",
            )
        })?;
        credentials.check()?;
        if self.options.read_timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::new(ErrorKind::Config, "read_timeout is 0: nothing could ever come about"));
        }
        let config = match self.config {
            Some(config) => config,
            // The endpoint stands in for a region: calls have an address of their own.
            None => Config::builder().endpoint(base.as_str()).allow_http(allow_http).build()?,
        };
        let (stage, options) = (self.stage, self.options);
        Ok(Client(Arc::new(Inner { config, base, prefix, credentials, stage, options })))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address is not checked yet: it may hold what belongs elsewhere.
        f.debug_struct("Builder")
            .field("credentials", &self.credentials)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}

/// Host and prefix of an address: `https://host:port/prefix`.
fn address(text: &str, allow_http: bool) -> Result<(BaseUrl, String), Error> {
    let text = text.trim();
    let start = text.find("://").map_or(0, |at| at + "://".len());
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let (authority, prefix) = text.split_at(end);
    let base = BaseUrl::parse(authority, allow_http)?;
    let prefix = prefix.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%".contains(&byte);
    if !prefix.bytes().all(plain) || prefix.split('/').any(|part| matches!(part, "." | "..")) {
        let message = format!("what follows {} in the base URL is no plain path", base.as_str());
        return Err(Error::new(ErrorKind::Config, message)
            .with_hint("parameters belong to `query` of a call, and other characters must be percent-encoded"));
    }
    Ok((base, prefix.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let parse = |text: &str| address(text, false).map(|(base, prefix)| format!("{} {prefix}", base.as_str()));
        assert_eq!(parse("https://a.example.com").unwrap(), "https://a.example.com ");
        assert_eq!(parse("a.example.com/").unwrap(), "https://a.example.com ");
        assert_eq!(parse("http://127.0.0.1:8080/gateway/g1/").unwrap(), "http://127.0.0.1:8080 /gateway/g1");
        assert_eq!(parse("http://[::1]:8080/g").unwrap(), "http://[::1]:8080 /g");
        for refused in
            ["", "/orders", "http://a.example.com/x", "a.example.com?appCode=hidden-text", "a.example.com/../x"]
        {
            let error = parse(refused).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{refused}");
            assert!(!format!("{error}{error:?}").contains("hidden-text"), "{error}");
        }
        assert!(address("http://a.example.com/x", true).is_ok());
    }

    #[test]
    fn an_application_is_asked_for_and_looked_at() {
        let builder = || Client::builder("a.example.com");
        let error = builder().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().contains("`app_code(code)`"), "{error}");
        for code in ["", "  ", "planted-code\n", "planted\tcode", "planted-ö"] {
            let error = builder().app_code(code).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials, "{code:?}");
            assert!(!error.to_string().contains("planted"), "{error}");
        }
        assert!(builder().app_key("key", "").build().unwrap_err().to_string().contains("app secret is empty"));
        builder().credentials(AppCredentials::anonymous()).build().unwrap();
    }
}
