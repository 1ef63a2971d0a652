//! What providers need of the world around them: environment, files, and HTTP to the services that give credentials.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::BytesMut;
use http::{HeaderMap, Method};
use reqwest::Url;
use serde_json::Value;

use super::Credentials;
use super::cache::no_runtime;
use super::provide::{Miss, fails};
use crate::clock::Clock;
use crate::endpoint::Network;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, service};
use crate::secret::Secrets;
use crate::service_urls::Services;
use crate::transport::Answer;
use crate::transport::http_client::HttpClient;
use crate::transport::pools::Pools;

/// No file and no answer with credentials is longer.
pub(crate) const LONGEST: usize = 1024 * 1024;

/// What a configuration shares with its provider.
#[derive(Debug, Default)]
pub struct Context {
    pub(crate) environment: Environment,
    pub(crate) region: Option<String>,
    pub(crate) network: Network,
    pub(crate) services: Services,
    pub(crate) http: Http,
    pub(crate) clock: Arc<Clock>,
}

/// The HTTP clients for credentials: the configuration's own, and a direct one.
#[derive(Debug, Default)]
pub(crate) struct Http {
    own: OnceLock<Pools>,
    /// Plain HTTP is for the metadata service and for loopback: no proxy stands in between.
    direct: OnceLock<Pools>,
}

impl Http {
    /// With the client of the configuration; the user's own is taken for everything.
    pub(crate) fn new(pools: Pools, users_own: bool) -> Self {
        let direct = if users_own { pools.clone().into() } else { OnceLock::new() };
        Self { own: pools.into(), direct }
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        let direct = url.scheme() == "http";
        let cell = if direct { &self.direct } else { &self.own };
        if let Some(pools) = cell.get() {
            return pools.client();
        }
        let pools = if direct { HttpClient::direct()? } else { HttpClient::of_defaults()? };
        cell.get_or_init(|| pools).client()
    }
}

/// One request for credentials.
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<String>,
}

impl Ask {
    pub(crate) fn new(method: Method, url: &str) -> Result<Self, Error> {
        // The URL may hold a secret, so it isn't shown.
        let url =
            Url::parse(url).map_err(|error| Error::new(ErrorKind::Config, format!("the URL is none: {error}")))?;
        Ok(Self { method, url, headers: HeaderMap::new(), body: None })
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Result<Self, Error> {
        let mut value = http::HeaderValue::from_str(value).map_err(|_| {
            Error::new(
                ErrorKind::Credentials,
                format!("the value of the header {name} has characters that HTTP forbids"),
            )
        })?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }
}

/// How patiently something is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) timeout: Duration,
    pub(crate) attempts: u32,
    /// Whether to ask again who could not be reached, or did not answer in time.
    pub(crate) unreachable_again: bool,
}

impl Patience {
    /// That of STS and its like.
    pub(crate) const USUAL: Self = Self { timeout: Duration::from_secs(10), attempts: 3, unreachable_again: true };
}

impl Context {
    /// For a provider that is used by itself.
    pub(crate) fn standalone() -> Result<Self, Error> {
        let context = Self { environment: Environment::process(), ..Self::default() };
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(no_runtime());
        }
        Ok(context)
    }

    /// Asks, and asks again after a failed connection, a timeout and a server fault: asking for credentials changes nothing.
    /// Each attempt is made anew by `ask`. What is no success is an error, without the `secrets` and without its body.
    pub(crate) async fn ask(
        &self,
        patience: Patience,
        secrets: &[&str],
        ask: &(dyn Fn() -> Result<Ask, Error> + Send + Sync),
    ) -> Result<Answer, Error> {
        let mut attempt = 1;
        let mut clock_corrected = false;
        loop {
            let error = match self.once(patience.timeout, ask()?).await {
                Ok(answer) => match service::by_status(&answer) {
                    None => return Ok(answer),
                    Some(error) => {
                        if error.code() == Some("InvalidTimeStamp.Expired") && !clock_corrected {
                            clock_corrected = true;
                            self.clock.correct(&answer.headers);
                            continue;
                        }
                        error.masked(&Secrets::of(secrets.iter().copied()), true)
                    }
                },
                Err(error) => error,
            };
            let again = patience.unreachable_again || error.http_status().is_some();
            if attempt >= patience.attempts || !again || !error.is_retryable() {
                return Err(error);
            }
            let bound = Duration::from_millis(200) * (1 << attempt.min(4));
            tokio::time::sleep(bound.mul_f64(fastrand::f64())).await;
            attempt += 1;
        }
    }

    async fn once(&self, limit: Duration, ask: Ask) -> Result<Answer, Error> {
        let place = place(&ask.url);
        let client = self.http.client(&ask.url)?;
        let mut request = reqwest::Request::new(ask.method, ask.url);
        let origin = request.url().origin();
        *request.headers_mut() = ask.headers;
        *request.body_mut() = ask.body.map(Into::into);
        let exchange = async {
            let mut response = client.execute(request).await.map_err(|error| broken(&place, error))?;
            if response.url().origin() != origin {
                let message =
                    format!("{place} redirected, and the reqwest client of your own followed: switch that off");
                return Err(Error::new(ErrorKind::Config, message));
            }
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let mut body = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| broken(&place, error))? {
                if body.len() + chunk.len() > LONGEST {
                    return Err(Error::new(ErrorKind::Config, format!("{place} answers more than {LONGEST} bytes")));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer { status, headers, body: body.freeze() })
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(result) => result,
            Err(_) => {
                let limit = humantime::format_duration(limit);
                Err(Error::new(ErrorKind::Timeout, format!("{place} gave no answer within {limit}")))
            }
        }
    }

    /// A file of the home folder.
    pub(crate) fn home(&self, path: &str) -> Option<PathBuf> {
        home(&self.environment, path)
    }

    /// The text of a file, or `None` if there is none.
    pub(crate) async fn read(&self, path: &Path) -> Result<Option<String>, Error> {
        let path = path.to_owned();
        let read = tokio::task::spawn_blocking(move || read(&path)).await;
        read.unwrap_or_else(|_| Err(Error::new(ErrorKind::Credentials, "reading the file was broken off")))
    }

    pub(crate) fn is_on(&self, variable: &str) -> bool {
        is_on(&self.environment, variable)
    }
}

/// A file of the home folder.
pub(crate) fn home(environment: &Environment, path: &str) -> Option<PathBuf> {
    let home = environment.get("HOME").or_else(|| environment.get("USERPROFILE"))?;
    Some(Path::new(&home).join(path))
}

/// Whether a variable is `true`.
pub(crate) fn is_on(environment: &Environment, variable: &str) -> bool {
    environment.get(variable).is_some_and(|on| on.eq_ignore_ascii_case("true"))
}

/// The text of a file, or `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Error> {
    let refuse = |why: &dyn std::fmt::Display| {
        Err(Error::new(ErrorKind::Credentials, format!("{} cannot be read: {why}", path.display())))
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return refuse(&error),
    };
    let mut bytes = Vec::new();
    match file.take(LONGEST as u64 + 1).read_to_end(&mut bytes) {
        Err(error) => return refuse(&error),
        Ok(length) if length > LONGEST => return refuse(&format!("it is longer than {LONGEST} bytes")),
        Ok(_) => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(_) => refuse(&"it is no UTF-8 text"),
    }
}

/// Scheme, host, port and path: what stands before an @ or after a ? may be a secret.
pub(crate) fn place(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn broken(place: &str, error: reqwest::Error) -> Error {
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, _) => ErrorKind::Connect,
        (false, true) => ErrorKind::Timeout,
        (false, false) => ErrorKind::Connection,
    };
    let error = error.without_url();
    // The innermost cause says most: a name that does not resolve, a certificate.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let what = if kind == ErrorKind::Connect { "cannot be reached" } else { "broke off" };
    Error::new(kind, format!("{place} {what}: {cause}")).with_source(error)
}

/// The failure of asking for credentials, and what to do about it.
pub(crate) fn failed(what: &str, error: Error, hint: Option<&str>) -> Error {
    let failed = Error::new(ErrorKind::Credentials, format!("{what}: {}", error.without_hint()));
    let failed = match hint {
        Some(hint) => failed.with_hint(hint),
        None => failed,
    };
    failed.with_source(error)
}

/// The JSON of an answer, without a word of it in the error.
pub(crate) fn json(what: &str, body: &[u8]) -> Result<Value, Error> {
    let refuse =
        |why: String| Err(Error::new(ErrorKind::Credentials, format!("{what} answered no JSON object: {why}")));
    match serde_json::from_slice(body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => refuse("it is another kind of JSON".to_owned()),
        Err(error) => refuse(error.to_string()),
    }
}

/// `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`, as every service answers them.
pub(crate) fn temporary(what: &str, answer: &Value) -> Result<Credentials, Miss> {
    let text = |key: &str| answer[key].as_str().filter(|text| !text.is_empty());
    let (Some(id), Some(secret), Some(token)) = (text("AccessKeyId"), text("AccessKeySecret"), text("SecurityToken"))
    else {
        let keys = ["AccessKeyId", "AccessKeySecret", "SecurityToken"];
        let missing: Vec<&str> = keys.into_iter().filter(|key| text(key).is_none()).collect();
        return fails(format!("the answer of {what} lacks {}", missing.join(" and ")));
    };
    let credentials = Credentials::new(id, secret).with_security_token(token);
    match text("Expiration").map(|time| (time, humantime::parse_rfc3339_weak(time))) {
        None => Ok(credentials),
        Some((_, Ok(expires_at))) => Ok(credentials.with_expiry(expires_at)),
        Some((time, Err(_))) => fails(format!("the answer of {what} has an Expiration that is no time: {time:?}")),
    }
}
