//! Where a call goes: an endpoint that was given, the one of the region, or the rule for regions that nobody published.

use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::operation::Api;

/// Which network a region is reached through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Network {
    /// The public internet.
    #[default]
    Public,
    /// The virtual private cloud, from inside Alibaba Cloud.
    Vpc,
}

/// Scheme, host and port, without a trailing slash. Every call has one, so it is cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    text: String,
    /// Parsed once, not for every call.
    #[cfg(feature = "client")]
    url: reqwest::Url,
}

impl BaseUrl {
    /// An endpoint as people write it: `host`, `host:port`, or with `http://` or `https://` in front.
    pub(crate) fn parse(text: &str, allow_http: bool) -> Result<Self, Error> {
        let text = text.trim();
        // What stands before an @ or after a ? may be a secret.
        let shown = text.split(['?', '#']).next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
        let refuse = |why: &str| Err(Error::new(ErrorKind::Config, format!("the endpoint {shown:?} {why}")));
        let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() {
            return refuse("is empty: leave it unset to use the one of the region");
        }
        let Ok(authority) = rest.parse::<http::uri::Authority>() else {
            return refuse("is no host: write `host`, `host:port` or `https://host`, without a path");
        };
        if rest.contains('@') {
            return refuse("holds a user name: credentials belong to the builder");
        }
        match scheme {
            "https" => {}
            "http" if allow_http || is_loopback(authority.host()) => {}
            "http" => return refuse("would send everything unencrypted: `allow_http(true)` on the builder allows it"),
            _ => return refuse("has a scheme other than http and https"),
        }
        Self::new(&format!("{scheme}://{authority}"))
    }

    /// The endpoint of a region.
    pub(crate) fn of_region(api: &Api, region: &str, network: Network) -> Result<Self, Error> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if region.is_empty() || !region.bytes().all(letter) {
            return Err(Error::new(
                ErrorKind::Config,
                format!("the region {region:?} is no region id such as `cn-hangzhou`"),
            ));
        }
        let known = api.endpoints.iter().find(|endpoint| endpoint.region == region);
        let host = match (network, known) {
            (Network::Public, Some(endpoint)) => endpoint.public.to_owned(),
            (Network::Vpc, Some(endpoint)) if endpoint.vpc.is_some() => endpoint.vpc.unwrap_or_default().to_owned(),
            (Network::Public, None) => format!("dataworks.{region}.aliyuncs.com"),
            (Network::Vpc, _) => format!("dataworks-vpc.{region}.aliyuncs.com"),
        };
        Self::new(&format!("https://{host}"))
    }

    #[allow(clippy::unnecessary_wraps, reason = "without the client nothing is parsed")]
    fn new(text: &str) -> Result<Self, Error> {
        Ok(Self(Arc::new(Parsed {
            text: text.to_owned(),
            #[cfg(feature = "client")]
            url: {
                let mut url = reqwest::Url::parse(text).map_err(|error| {
                    Error::new(ErrorKind::Config, format!("the endpoint {text:?} is no URL: {error}"))
                        .with_source(error)
                })?;
                // A query of the usual length: every clone has room for the one that replaces it.
                url.set_query(Some(&"-".repeat(1024)));
                url
            },
        })))
    }

    /// With this path (encoded) and this query, and with no other.
    #[cfg(feature = "client")]
    pub(crate) fn with(&self, path: &str, query: Option<&str>) -> reqwest::Url {
        let mut url = self.0.url.clone();
        // Actions are all called at the root.
        if path != url.path() {
            url.set_path(path);
        }
        url.set_query(query);
        url
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// As HTTP libraries write the `host` header: without the scheme's own port.
    pub(crate) fn host(&self) -> &str {
        let (scheme, authority) = self.0.text.split_once("://").unwrap_or(("", &self.0.text));
        let own = if scheme == "http" { ":80" } else { ":443" };
        authority.strip_suffix(own).unwrap_or(authority)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Endpoint;

    static API: Api = Api {
        product: "dataworks-public",
        version: "2020-05-18",
        endpoints: &[
            Endpoint { region: "cn-a", public: "a.example.com", vpc: Some("vpc.a.example.com") },
            Endpoint { region: "cn-b", public: "b.example.com", vpc: None },
        ],
        operations: &[],
    };

    fn of(region: &str, network: Network) -> String {
        BaseUrl::of_region(&API, region, network).unwrap().as_str().to_owned()
    }

    #[test]
    fn regions() {
        assert_eq!(of("cn-a", Network::Public), "https://a.example.com");
        assert_eq!(of("cn-a", Network::Vpc), "https://vpc.a.example.com");
        assert_eq!(of("cn-b", Network::Vpc), "https://dataworks-vpc.cn-b.aliyuncs.com");
        assert_eq!(of("cn-new", Network::Public), "https://dataworks.cn-new.aliyuncs.com");
        assert!(BaseUrl::of_region(&API, "evil.example.com/", Network::Public).is_err());
        assert!(BaseUrl::of_region(&API, "", Network::Public).is_err());
    }

    #[test]
    fn endpoints_as_people_write_them() {
        let parse =
            |text| BaseUrl::parse(text, false).map(|url| url.as_str().to_owned()).map_err(|error| error.to_string());
        assert_eq!(parse("example.com").unwrap(), "https://example.com");
        assert_eq!(parse("https://example.com:8443/").unwrap(), "https://example.com:8443");
        assert_eq!(parse("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
        assert_eq!(parse("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        for refused in ["", " ", "https://", "http://example.com", "ftp://example.com", "example.com/path", "a@b.c"] {
            let error = parse(refused).unwrap_err();
            assert!(error.contains("endpoint"), "{refused}: {error}");
        }
        let host = |text| BaseUrl::parse(text, true).unwrap().host().to_owned();
        assert_eq!(host("example.com:443"), "example.com");
        assert_eq!(host("http://example.com:443"), "example.com:443");
        assert_eq!(host("http://[::1]:80"), "[::1]");
        assert_eq!(BaseUrl::parse("http://example.com", true).unwrap().as_str(), "http://example.com");
    }
}
