//! Signed requests as data: what the client sends, and what a transport of the caller's own can send.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::check::{self, Finding};
use crate::credentials::Credentials;
use crate::endpoint::{BaseUrl, Network};
use crate::error::{Error, ErrorKind};
use crate::model::Datum;
use crate::operation::{Api, Method, Operation, Place, Safety};
use crate::params::{Param, Params};
use crate::request::Request;
use crate::secret::{Mask, enabled};
use crate::signature::acs3::{self, Signed};
use crate::signature::{SignatureAlgorithm, Stamp, percent, rpc};

/// A signed request that was not sent.
///
/// It is good for 15 minutes and for one delivery. Its URL holds the signature and may hold a security token: `Debug`
/// shows it without its query.
pub struct PreparedRequest {
    pub(crate) method: Method,
    #[cfg(feature = "client")]
    pub(crate) base: BaseUrl,
    /// With the query: never printed.
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<String>,
    pub(crate) signed: Signed,
}

impl PreparedRequest {
    /// `GET`, `POST` or `PUT`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method.as_str()
    }

    /// The whole URL. It holds the signature, and with a temporary credential the token.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, without those that an HTTP library adds.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// The form body, if the method has one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// What was signed. With [`SignatureAlgorithm::HmacSha1`] it holds every parameter, secrets as well; with
    /// [`SignatureAlgorithm::Acs3HmacSha256`] a digest of the [canonical request](Self::canonical_request). Empty if
    /// nothing was signed.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.signed.string_to_sign
    }

    /// What the string to sign is a digest of, with [`SignatureAlgorithm::Acs3HmacSha256`]: method, query, headers (a
    /// security token among them) and the digest of the body.
    #[must_use]
    pub fn canonical_request(&self) -> Option<&str> {
        Some(&*self.signed.canonical_request).filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for PreparedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.url.split('?').next().filter(|_| enabled(Mask::Url)).unwrap_or(&self.url);
        f.debug_struct("PreparedRequest")
            .field("method", &self.method())
            .field("url", &base)
            .field("body_bytes", &self.body.as_ref().map(String::len))
            .finish_non_exhaustive()
    }
}

/// Signs requests for a transport of your own: it needs neither a runtime nor the feature `client`.
///
/// Read the answer with [`from_json`](crate::from_json).
///
/// ```
/// # #[cfg(feature = "v2020-05-18")] {
/// use dataworks_sdk::v2020_05_18::GetNodeRequest;
/// use dataworks_sdk::{Credentials, Signer};
///
/// let signer = Signer::new(Credentials::new("an id", "a secret")).region("cn-hangzhou");
/// let request = signer.sign(&GetNodeRequest::new().node_id(123456).project_env("PROD"))?;
/// assert_eq!(request.method(), "POST");
/// assert!(request.url().starts_with("https://dataworks.cn-hangzhou.aliyuncs.com/?"));
/// assert_eq!(request.body(), Some("NodeId=123456&ProjectEnv=PROD"));
/// # }
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Signer {
    credentials: Credentials,
    region: Option<String>,
    endpoint: Option<String>,
    network: Network,
    algorithm: SignatureAlgorithm,
}

impl Signer {
    /// Signs with these credentials.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            region: None,
            endpoint: None,
            network: Network::Public,
            algorithm: SignatureAlgorithm::default(),
        }
    }

    /// The region that requests go to.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The endpoint instead of the region's.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Which network the region is reached through.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// How requests are signed. Default: RPC signature 1.0 with HMAC-SHA1.
    #[must_use]
    pub fn signature_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// The signed request, stamped with the time of now.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the request is wrong, [`ErrorKind::Config`] if there is neither region nor
    /// endpoint, [`ErrorKind::Credentials`] if the credentials hold what cannot be sent.
    pub fn sign<R: Request>(&self, request: &R) -> Result<PreparedRequest, Error> {
        self.sign_any(R::API, R::OPERATION, Datum::Model(request))
            .map_err(|error| error.with_action(R::OPERATION.name()))
    }

    fn sign_any(&self, api: &Api, operation: &'static Operation, request: Datum<'_>) -> Result<PreparedRequest, Error> {
        let base = match (&self.endpoint, &self.region) {
            (Some(endpoint), _) => BaseUrl::parse(endpoint, false)?,
            (None, Some(region)) => BaseUrl::of_region(api, region, self.network)?,
            (None, None) => {
                return Err(Error::new(ErrorKind::Config, "the signer has neither region nor endpoint"));
            }
        };
        let params = checked(operation, request, false)?;
        let stamp = Stamp::new(SystemTime::now());
        let (algorithm, version, credentials) = (self.algorithm, api.version, &self.credentials);
        let signing = Signing { algorithm, version, credentials, stamp: &stamp, base: &base, repeated: None };
        assemble(operation, &params, &signing)
    }
}

/// The parameter that makes a repetition known to the service.
pub(crate) const CLIENT_TOKEN: &str = "ClientToken";

/// The parameters of a request that passed the checks.
pub(crate) fn checked(
    operation: &'static Operation,
    request: Datum<'_>,
    skip_validation: bool,
) -> Result<Params, Error> {
    let findings = if skip_validation { Vec::new() } else { check::check(operation, request) };
    written(operation, request, findings)
}

/// The parameters of a request in which the checks have found this, with a `ClientToken` where the action heeds one.
pub(crate) fn written(
    operation: &'static Operation,
    request: Datum<'_>,
    findings: Vec<Finding>,
) -> Result<Params, Error> {
    if !findings.is_empty() {
        let message = match findings.len() {
            1 => "the request is wrong and was not sent".to_owned(),
            many => format!("the request is wrong in {many} places and was not sent"),
        };
        return Err(Error::new(ErrorKind::InvalidRequest, message).with_findings(findings));
    }
    let mut params = Params::new(operation, request)
        .map_err(|error| Error::new(ErrorKind::InvalidRequest, "the request cannot be written").with_source(error))?;
    // An empty one is none.
    params.all.retain(|param| param.name != CLIENT_TOKEN || !param.value.is_empty());
    let token = operation.shape().field(CLIENT_TOKEN).filter(|_| operation.safety() != Safety::Once);
    if let (Some(field), None) = (token, params.get(CLIENT_TOKEN)) {
        let value = uuid::Uuid::new_v4().to_string();
        params.all.push(Param { name: CLIENT_TOKEN.into(), value, place: field.place, secret: false });
    }
    Ok(params)
}

const X_ACS_ACTION: HeaderName = HeaderName::from_static("x-acs-action");
const X_ACS_VERSION: HeaderName = HeaderName::from_static("x-acs-version");

/// What a request is signed with, and for where: anew for every attempt.
pub(crate) struct Signing<'a> {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) version: &'static str,
    pub(crate) credentials: &'a Credentials,
    pub(crate) stamp: &'a Stamp,
    pub(crate) base: &'a BaseUrl,
    /// How many attempts there were, and how many milliseconds this one has waited.
    pub(crate) repeated: Option<(u32, u64)>,
}

/// Puts a request together and signs it.
///
/// # Errors
/// [`ErrorKind::Credentials`] if the credentials cannot be sent.
pub(crate) fn assemble(
    operation: &Operation,
    params: &Params,
    signing: &Signing<'_>,
) -> Result<PreparedRequest, Error> {
    let method = operation.method();
    let (query, form): (Vec<_>, Vec<_>) = if method.has_body() {
        (params.of(Place::Query).collect(), params.of(Place::Form).collect())
    } else {
        (params.of(Place::Query).chain(params.of(Place::Form)).collect(), Vec::new())
    };
    let mut request = PreparedRequest {
        method,
        #[cfg(feature = "client")]
        base: signing.base.clone(),
        url: String::with_capacity(1024),
        headers: headers(operation, signing),
        body: None,
        signed: Signed::default(),
    };
    request.url.extend([signing.base.as_str(), "/?"]);
    match signing.algorithm {
        SignatureAlgorithm::HmacSha1 => sign_rpc(&mut request, operation.name(), query, form, signing),
        SignatureAlgorithm::Acs3HmacSha256 => sign_acs3(&mut request, query, form, signing)?,
    }
    Ok(request)
}

fn headers(operation: &Operation, signing: &Signing<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, text) in [(X_ACS_ACTION, operation.name()), (X_ACS_VERSION, signing.version)] {
        // Names of actions and versions are letters and digits, so they always make a header. Not copied: every call has
        // them, and HTTP libraries clone headers.
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())) {
            headers.insert(name, value);
        }
    }
    if let Some((attempts, waited_ms)) = signing.repeated {
        headers.insert("x-acs-retry-attempts", attempts.into());
        headers.insert("x-acs-retry-delay", waited_ms.into());
    }
    headers
}

type Pairs<'a> = Vec<(&'a str, &'a str)>;

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

fn sign_rpc(request: &mut PreparedRequest, action: &str, query: Pairs<'_>, form: Pairs<'_>, signing: &Signing<'_>) {
    let common = rpc::common(action, signing.version, signing.credentials, signing.stamp);
    let common = || common.iter().map(|(name, value)| (*name, &**value));
    let signed = common().chain(query.iter().copied()).chain(form.iter().copied());
    request.signed.string_to_sign = rpc::string_to_sign(request.method, signed);
    let signature = rpc::signature(signing.credentials, &request.signed.string_to_sign);
    let signature = signature.as_deref().map(|signature| ("Signature", signature));
    percent::push_query(&mut request.url, common().chain(query).chain(signature));
    if request.method.has_body() {
        request.headers.insert(CONTENT_TYPE, FORM);
        request.body = Some(percent::form(form));
    }
}

fn sign_acs3(
    request: &mut PreparedRequest,
    mut query: Pairs<'_>,
    form: Pairs<'_>,
    signing: &Signing<'_>,
) -> Result<(), Error> {
    query.extend(acs3::common(signing.credentials));
    percent::push_query(&mut request.url, query.iter().copied());
    if !form.is_empty() {
        request.headers.insert(CONTENT_TYPE, FORM);
        request.body = Some(percent::form(form));
    }
    let content = acs3::Content {
        method: request.method,
        host: signing.base.host(),
        query: &query,
        body: request.body.as_deref().unwrap_or_default(),
    };
    request.signed =
        acs3::sign(&content, &mut request.headers, signing.credentials, signing.stamp)?.unwrap_or_default();
    Ok(())
}
