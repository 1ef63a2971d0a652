//! Credentials from an address that the user named.

use std::fmt;

use http::Method;
use reqwest::Url;

use super::context::{Ask, Patience, failed, json, place, temporary};
use super::provide::{Miss, fails, lacks, provides};
use super::{Context, Credentials};

const CREDENTIALS_URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// Temporary credentials from an address: the one of `ALIBABA_CLOUD_CREDENTIALS_URI`, or another.
///
/// It is asked by `GET` and answers `{"Code":"Success","AccessKeyId":…,"AccessKeySecret":…,"SecurityToken":…,
/// "Expiration":…}`. Plain `http://` is allowed, since it is often a helper on the same machine; no proxy is used for that.
///
/// ```
/// use dataworks_sdk::Config;
/// use dataworks_sdk::credentials::CredentialsUri;
///
/// let helper = CredentialsUri::at("http://localhost:6666/credentials");
/// let config = Config::builder().region("cn-hangzhou").credentials_provider(helper).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct CredentialsUri(Option<String>);

impl CredentialsUri {
    /// The address of the environment.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This address.
    #[must_use]
    pub fn at(uri: impl Into<String>) -> Self {
        Self(Some(uri.into()))
    }

    pub(crate) async fn load(&self, context: &Context) -> Result<Credentials, Miss> {
        let Some(uri) = self.0.clone().or_else(|| context.environment.get(CREDENTIALS_URI)) else {
            return lacks(format!("{CREDENTIALS_URI} not set"));
        };
        // Whatever else it is, it may hold a secret.
        let url = match Url::parse(&uri) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => return fails("the credentials URI is no address that begins with http:// or https://"),
        };
        let what = format!("the credentials URI {}", place(&url));
        let ask = || Ask::new(Method::GET, url.as_str());
        let secrets: Vec<String> = url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).chain(url.password()).collect();
        let answer = context.ask(Patience::USUAL, &secrets, &ask).await;
        let answer = json(&what, &answer.map_err(|error| failed(&what, error, None))?.body)?;
        match answer["Code"].as_str() {
            None | Some("Success") => temporary(&what, &answer),
            Some(code) => fails(format!("{what} answers {code}")),
        }
    }
}

provides!(CredentialsUri);

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.as_deref().and_then(|uri| Url::parse(uri).ok()).map(|url| place(&url));
        f.debug_tuple("CredentialsUri").field(&place).finish()
    }
}
