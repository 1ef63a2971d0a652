//! One configuration for many clients: built once, cloned cheaply, and what is costly is shared.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::builder::Builder;
use crate::clock::Clock;
use crate::credentials::{Credentials, Held};
use crate::endpoint::{BaseUrl, Network};
use crate::error::{Error, ErrorKind};
use crate::operation::Api;
use crate::rate_limit::RateLimits;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::signature::SignatureAlgorithm;
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
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<BaseUrl>,
    pub(crate) network: Network,
    pub(crate) allow_http: bool,
    pub(crate) credentials: Held,
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) timeouts: Timeouts,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: RetryBudget,
    pub(crate) rate_limits: RateLimits,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) open_platform: Option<BaseUrl>,
    pub(crate) object_storage: Option<BaseUrl>,
}

impl Config {
    /// A configuration to be filled in.
    #[must_use]
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
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

    /// Whether plain `http://` may leave this machine.
    pub(crate) fn allows_http(&self) -> bool {
        self.allow_http
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

/// Where the region is looked for, in this order.
pub(crate) const REGION: [&str; 4] =
    ["ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION_ID", "REGION"];

/// The three places where a region can come from, and what the last one lacks.
pub(crate) fn no_region(profile: &str) -> Error {
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
