//! One configuration for many clients: built once, cloned cheaply, and what is costly is shared.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::credentials::{Context, Credentials, DefaultChain, Held, Http, Miss, ProvideCredentials, profile_region};
use crate::endpoint::{BaseUrl, Network};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::operation::Api;
use crate::rate_limit::{RateLimit, RateLimits};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::service_urls::ServiceUrls;
use crate::signature::SignatureAlgorithm;
use crate::transport::http_client::{HttpClient, Settings};
use crate::transport::{Timeouts, Transport};

/// What clients are made from: region, credentials, timeouts, retries, and the connections that they share.
///
/// A client of each API version made from one `Config` shares connection pool, credentials and retry budget. Cloning it
/// copies a pointer.
///
/// ```
/// # #[cfg(all(feature = "v2020-05-18", feature = "v2024-05-18"))] {
/// use dataworks_sdk::{Config, Credentials, v2020_05_18, v2024_05_18};
///
/// let config = Config::builder()
///     .region("cn-hangzhou")
///     .credentials(Credentials::new("an id", "a secret"))
///     .build()?;
/// let old = v2020_05_18::Client::new(&config);
/// let new = v2024_05_18::Client::new(&config);
/// # }
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct Config(Arc<Shared>);

pub(crate) struct Shared {
    region: Option<String>,
    endpoint: Option<BaseUrl>,
    network: Network,
    allow_http: bool,
    pub(crate) credentials: Held,
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) timeouts: Timeouts,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) rate_limits: RateLimits,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) clock: Arc<Clock>,
}

impl Config {
    /// A configuration to be filled in.
    #[must_use]
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// Everything from the environment of the process: see [`Builder`] for the variables.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is no region, or a setting makes no sense.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// The region that calls go to.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl Shared {
    /// Who calls.
    pub(crate) async fn credentials(&self) -> Result<Credentials, Error> {
        match self.credentials.ready() {
            Some(credentials) => Ok(credentials),
            // Boxed, because it is rarely needed and large.
            None => Box::pin(self.credentials.get()).await,
        }
    }

    /// Where a call goes.
    pub(crate) fn base_url(&self, api: &Api, region: Option<&str>, endpoint: Option<&str>) -> Result<BaseUrl, Error> {
        match (endpoint, region, &self.endpoint, &self.region) {
            (Some(endpoint), ..) => BaseUrl::parse(endpoint, self.allow_http),
            (None, Some(region), ..) => BaseUrl::of_region(api, region, self.network),
            (None, None, Some(endpoint), _) => Ok(endpoint.clone()),
            (None, None, None, Some(region)) => BaseUrl::of_region(api, region, self.network),
            (None, None, None, None) => Err(no_region("not looked at")),
        }
    }
}

/// The three places where a region can come from, and what the last one lacks.
fn no_region(profile: &str) -> Error {
    let message =
        format!("no region: none given to the client, {} not set, and none from the CLI profile: {profile}", REGION[0]);
    Error::new(ErrorKind::Config, message).with_hint(
        "set ALIBABA_CLOUD_REGION_ID, give one to the builder with `region(\"cn-hangzhou\")`, or an endpoint, or set \
         `region_id` in the CLI profile with `aliyun configure`",
    )
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("region", &self.0.region)
            .field("endpoint", &self.0.endpoint.as_ref().map(BaseUrl::as_str))
            .field("network", &self.0.network)
            .field("credentials", &self.0.credentials)
            .field("signature", &self.0.signature)
            .field("timeouts", &self.0.timeouts)
            .field("total_timeout", &self.0.total_timeout)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Config`], or a client straight away.
///
/// What is not given comes from around: the credentials from the [default chain](crate::credentials::DefaultChain), at the
/// first call; the region from `ALIBABA_CLOUD_REGION_ID`, `ALIBABACLOUD_REGION_ID`, `ALICLOUD_REGION_ID` or `REGION`, and then
/// from `region_id` of the [CLI profile](crate::credentials::CliProfile); the network is the VPC if
/// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`; `ALIBABA_CLOUD_USER_AGENT` is added to the user agent.
pub struct Builder<T> {
    region: Option<String>,
    endpoint: Option<String>,
    network: Option<Network>,
    allow_http: bool,
    credentials: Option<Who>,
    signature: SignatureAlgorithm,
    service_urls: ServiceUrls,
    environment: Environment,
    connect_timeout: Duration,
    read_timeout: Duration,
    total_timeout: Option<Duration>,
    idle_timeout: Duration,
    retry: RetryPolicy,
    rate_limits: Vec<(String, RateLimit)>,
    rate_limit_each: Option<RateLimit>,
    http_client: Option<reqwest::Client>,
    #[cfg(test)]
    transport: Option<Box<dyn Transport>>,
    built: PhantomData<fn() -> T>,
}

impl<T: From<Config>> Default for Builder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: From<Config>> Builder<T> {
    /// Nothing given yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            region: None,
            endpoint: None,
            network: None,
            allow_http: false,
            credentials: None,
            signature: SignatureAlgorithm::default(),
            service_urls: ServiceUrls::new(),
            environment: Environment::process(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: None,
            idle_timeout: Duration::from_secs(15),
            retry: RetryPolicy::default(),
            rate_limits: Vec::new(),
            rate_limit_each: None,
            http_client: None,
            #[cfg(test)]
            transport: None,
            built: PhantomData,
        }
    }

    /// The region that calls go to, `cn-hangzhou` for example.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The endpoint instead of the region's: `host`, `host:port`, `https://host` or, on loopback, `http://host:port`.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Which network the region is reached through. Default: the public internet.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = Some(network);
        self
    }

    /// Whether an endpoint may be plain `http://` away from loopback. Default: it may not.
    #[must_use]
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Fixed credentials, an access key for example. Default: what the
    /// [default chain](crate::credentials::DefaultChain) finds.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Who::Fixed(credentials));
        self
    }

    /// What gives credentials, again whenever they expire: one of [`credentials`](crate::credentials), or your own.
    #[must_use]
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(Who::Provider(Arc::new(provider)));
        self
    }

    /// Other addresses for the services beside DataWorks, such as STS.
    #[must_use]
    pub fn service_urls(mut self, urls: ServiceUrls) -> Self {
        self.service_urls = urls;
        self
    }

    /// How requests are signed. Default: RPC signature 1.0 with HMAC-SHA1.
    #[must_use]
    pub fn signature_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.signature = algorithm;
        self
    }

    /// Other environment variables than those of the process.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// How long a connection may take to come about. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long the server may take to begin its answer, and between the pieces of it. Default: 30 s.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// How long a call may take in all, with its repetitions. Default: no limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// How long a connection that nobody uses is kept. Default: 15 s, less than load balancers keep theirs, so that they
    /// don't close one just as it is used again.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many attempts a call has in all. Default: 3.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.retry = self.retry.max_attempts(attempts);
        self
    }

    /// How fast an action may be called, by its official name. All clients of a configuration share the limit; the last
    /// one given counts. Default: no limit.
    #[must_use]
    pub fn rate_limit(mut self, action: impl Into<String>, limit: RateLimit) -> Self {
        self.rate_limits.push((action.into(), limit));
        self
    }

    /// How fast each action without a limit of its own may be called, each by itself. Default: no limit.
    #[must_use]
    pub fn rate_limit_each(mut self, limit: RateLimit) -> Self {
        self.rate_limit_each = Some(limit);
        self
    }

    /// A reqwest client of your own, taken as it is: TLS, proxies, connect timeout, idle timeout and user agent are then
    /// what you set on it, and [`connect_timeout`](Self::connect_timeout) and [`idle_timeout`](Self::idle_timeout) have
    /// no effect. Redirects should stay off. Credentials are asked for through it, too, those of the metadata service at
    /// `100.100.100.200` among them: its proxy should leave that address out.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    #[cfg(test)]
    pub(crate) fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Checks the settings and builds.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is neither region nor endpoint, or a setting makes no sense. A missing access key is
    /// the first call's error.
    pub fn build(mut self) -> Result<T, Error> {
        let region = self.region.take().or_else(|| REGION.iter().find_map(|name| self.environment.get(name)));
        let endpoint =
            self.endpoint.as_deref().map(|endpoint| BaseUrl::parse(endpoint, self.allow_http)).transpose()?;
        let region = match region {
            // The file is read only if nothing else says where to go.
            None if endpoint.is_none() => Some(profile_region(&self.environment).map_err(|miss| match miss {
                Miss::Lacks(what) => no_region(&what),
                Miss::Fails(error) => no_region(error.message()),
            })?),
            region => region,
        };
        for (name, timeout) in [("connect_timeout", self.connect_timeout), ("read_timeout", self.read_timeout)] {
            if timeout.is_zero() {
                return Err(Error::new(ErrorKind::Config, format!("{name} is 0: nothing could ever come about")));
            }
        }
        let vpc = || {
            self.environment.get("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED").is_some_and(|on| on.eq_ignore_ascii_case("true"))
        };
        let network = self.network.unwrap_or_else(|| if vpc() { Network::Vpc } else { Network::Public });
        let (transport, http) = self.carrier()?;
        let context = Context {
            environment: self.environment,
            region: region.clone(),
            network,
            services: self.service_urls.parse(self.allow_http)?,
            http,
            clock: Arc::default(),
        };
        Ok(T::from(Config(Arc::new(Shared {
            region,
            endpoint,
            network,
            allow_http: self.allow_http,
            signature: self.signature,
            timeouts: Timeouts { connect: self.connect_timeout, read: self.read_timeout },
            total_timeout: self.total_timeout,
            retry: self.retry,
            budget: RetryBudget::new(),
            rate_limits: RateLimits::new(self.rate_limits, self.rate_limit_each)?,
            transport,
            clock: context.clock.clone(),
            credentials: match self.credentials {
                Some(Who::Fixed(credentials)) => Held::Fixed(credentials),
                Some(Who::Provider(provider)) => Held::cached(provider, context),
                None => Held::cached(Arc::new(DefaultChain::new()), context),
            },
        }))))
    }

    /// What carries calls, and what carries requests for credentials.
    fn carrier(&mut self) -> Result<(Box<dyn Transport>, Http), Error> {
        #[cfg(test)]
        if let Some(transport) = self.transport.take() {
            return Ok((transport, Http::default()));
        }
        if let Some(client) = self.http_client.take() {
            return Ok((Box::new(HttpClient::from_client(client.clone())), Http::new(client, true)));
        }
        let suffix = self.environment.get("ALIBABA_CLOUD_USER_AGENT").map(|suffix| format!(" {suffix}"));
        let client = HttpClient::new(&Settings {
            connect_timeout: self.connect_timeout,
            idle_timeout: self.idle_timeout,
            user_agent: format!("dataworks-sdk-rust/{}{}", env!("CARGO_PKG_VERSION"), suffix.unwrap_or_default()),
            direct: false,
        })?;
        let http = Http::new(client.library(), false);
        Ok((Box::new(client), http))
    }
}

/// The credentials that a builder was given.
#[derive(Debug)]
enum Who {
    Fixed(Credentials),
    Provider(Arc<dyn ProvideCredentials>),
}

/// Where the region is looked for, in this order.
const REGION: [&str; 4] = ["ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID", "REGION"];

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("credentials", &self.credentials)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
