//! The settings of a configuration, checked before the first call.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;

use crate::config::{Config, REGION, Shared, no_region};
use crate::credentials::{Context, Credentials, DefaultChain, Held, Http, Miss, ProvideCredentials, profile_region};
use crate::endpoint::{BaseUrl, Network};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind};
use crate::rate_limit::{RateLimit, RateLimits};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::service_urls::ServiceUrls;
use crate::signature::SignatureAlgorithm;
use crate::transport::http_client::{HttpClient, MAX_RESPONSE_BYTES, Settings};
use crate::transport::pools::Pools;
use crate::transport::proxy::Proxies;
use crate::transport::{Timeouts, Transport, tls};

/// Builds a [`Config`], or a client straight away.
///
/// What is not given comes from around: the credentials from the [default chain](crate::credentials::DefaultChain), at the
/// first call; the region from `ALIBABA_CLOUD_REGION_ID`, `ALIBABACLOUD_REGION_ID`, `ALICLOUD_REGION_ID` or `REGION`, and then
/// from `region_id` of the [CLI profile](crate::credentials::CliProfile); the network is the VPC if
/// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`; `ALIBABA_CLOUD_USER_AGENT` is added to the user agent; a proxy from `HTTPS_PROXY` and its like, see
/// [`proxy`](Self::proxy).
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
    proxies: Proxies,
    roots: Vec<u8>,
    max_response_bytes: usize,
    http_client: Option<reqwest::Client>,
    #[cfg(any(test, feature = "testing"))]
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
            proxies: Proxies::default(),
            roots: Vec::new(),
            max_response_bytes: MAX_RESPONSE_BYTES,
            http_client: None,
            #[cfg(any(test, feature = "testing"))]
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

    /// The proxy that everything goes through: `http://host:port`, with `user:password@` in front of the host if it asks.
    /// Default: those of `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, but for the hosts of `NO_PROXY` and for loopback.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxies = Proxies::Given(url.into());
        self
    }

    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.proxies = Proxies::Direct;
        self
    }

    /// The certificates of a PEM file, trusted beside those of the system: a proxy's that opens TLS, for example. Can be
    /// given several times.
    #[must_use]
    pub fn root_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.extend_from_slice(pem.as_ref());
        self.roots.push(b'\n');
        self
    }

    /// The largest answer that is taken, in bytes, once it is unpacked. Default: 64 MiB.
    #[must_use]
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// A reqwest client of your own, taken as it is: TLS, proxies, connect timeout, idle timeout and user agent are then
    /// what you set on it, and [`connect_timeout`](Self::connect_timeout), [`idle_timeout`](Self::idle_timeout),
    /// [`proxy`](Self::proxy) and [`root_certificate_pem`](Self::root_certificate_pem) have no effect. Redirects should stay off. Credentials are asked for through it, too, those of the metadata service at
    /// `100.100.100.200` among them: its proxy should leave that address out.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    #[cfg(any(test, feature = "testing"))]
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
        if self.max_response_bytes == 0 {
            return Err(Error::new(ErrorKind::Config, "max_response_bytes is 0: no answer would ever be taken"));
        }
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
        Ok(T::from(Config::new(Shared {
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
            open_platform: context.services.open_platform.clone(),
            object_storage: context.services.object_storage.clone(),
            credentials: match self.credentials {
                Some(Who::Fixed(credentials)) => Held::Fixed(credentials),
                Some(Who::Provider(provider)) => Held::cached(provider, context),
                None => Held::cached(Arc::new(DefaultChain::new()), context),
            },
        })))
    }

    /// What carries calls, and what carries requests for credentials.
    fn carrier(&mut self) -> Result<(Box<dyn Transport>, Http), Error> {
        #[cfg(any(test, feature = "testing"))]
        if let Some(transport) = self.transport.take() {
            return Ok((transport, Http::default()));
        }
        let limit = self.max_response_bytes;
        if let Some(client) = self.http_client.take() {
            let pools = Pools::of(client);
            return Ok((Box::new(HttpClient::new(pools.clone(), limit)), Http::new(pools, true)));
        }
        let suffix = self.environment.get("ALIBABA_CLOUD_USER_AGENT").map(|suffix| format!(" {suffix}"));
        let pools = Pools::new(Settings {
            connect_timeout: self.connect_timeout,
            idle_timeout: self.idle_timeout,
            user_agent: format!("dataworks-sdk-rust/{}{}", env!("CARGO_PKG_VERSION"), suffix.unwrap_or_default()),
            proxies: self.proxies.resolve(&self.environment)?,
            roots: self.roots()?,
        })?;
        Ok((Box::new(HttpClient::new(pools.clone(), limit)), Http::new(pools, false)))
    }

    fn roots(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        if self.roots.is_empty() { Ok(Vec::new()) } else { tls::certificates(&self.roots) }
    }
}

/// The credentials that a builder was given.
#[derive(Debug)]
enum Who {
    Fixed(Credentials),
    Provider(Arc<dyn ProvideCredentials>),
}

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
