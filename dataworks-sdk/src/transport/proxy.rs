//! Proxies: the one that was given, or those of the environment.

use crate::environment::Environment;
use crate::error::{Error, ErrorKind};

/// What a client goes through.
#[derive(Clone, Default)]
pub(crate) enum Proxies {
    /// `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, but for `NO_PROXY`; in lower case, too.
    #[default]
    Environment,
    /// This one, always. Its URL may hold a password.
    Given(String),
    /// None.
    Direct,
}

/// Makes a proxy of an address.
type Make = fn(&str) -> reqwest::Result<reqwest::Proxy>;

/// Where a proxy from the environment is never asked: what is here needs no way out.
const HERE: &str = "localhost,127.0.0.0/8,::1";

impl Proxies {
    /// As reqwest takes them, the first that fits counts.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if an address is no HTTP proxy's.
    pub(crate) fn resolve(&self, environment: &Environment) -> Result<Vec<reqwest::Proxy>, Error> {
        let get = |name: &str| environment.get(name).or_else(|| environment.get(&name.to_ascii_lowercase()));
        match self {
            Self::Direct => Ok(Vec::new()),
            Self::Given(url) => Ok(vec![checked("proxy", url, |url| reqwest::Proxy::all(url))?]),
            Self::Environment => {
                let except = get("NO_PROXY").map_or_else(|| HERE.to_owned(), |list| format!("{list},{HERE}"));
                let named: [(&str, Make); 3] = [
                    ("HTTPS_PROXY", |url| reqwest::Proxy::https(url)),
                    ("HTTP_PROXY", |url| reqwest::Proxy::http(url)),
                    ("ALL_PROXY", |url| reqwest::Proxy::all(url)),
                ];
                let given = named.into_iter().filter_map(|(name, make)| Some((name, get(name)?, make)));
                let made = given.map(|(name, url, make)| {
                    Ok(checked(name, &url, make)?.no_proxy(reqwest::NoProxy::from_string(&except)))
                });
                made.collect()
            }
        }
    }
}

/// `url` may be `host:port` alone, as many write it. No message shows it.
fn checked(
    name: &str,
    url: &str,
    make: impl Fn(&str) -> reqwest::Result<reqwest::Proxy>,
) -> Result<reqwest::Proxy, Error> {
    let refuse = |why: &str| {
        Error::new(ErrorKind::Config, format!("{name} {why}"))
            .with_hint("write `http://host:port`, or `http://user:password@host:port` if it asks who you are")
    };
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    match url.split_once("://") {
        Some(("http" | "https", _)) => make(&url).map_err(|_| refuse("is no address of a proxy")),
        _ => Err(refuse("is no HTTP proxy: other kinds need a reqwest client of your own (`http_client`)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(proxies: &Proxies, environment: &[(&str, &str)]) -> Result<usize, String> {
        let resolved = proxies.resolve(&environment.iter().copied().collect());
        resolved.map(|proxies| proxies.len()).map_err(|error| format!("{error} {error:?}"))
    }

    #[test]
    fn where_proxies_come_from() {
        let environment = [("HTTPS_PROXY", "proxy.example.com:3128"), ("all_proxy", "http://u:p@proxy.example.com")];
        assert_eq!(resolve(&Proxies::Environment, &environment), Ok(2));
        assert_eq!(resolve(&Proxies::Environment, &[]), Ok(0));
        assert_eq!(resolve(&Proxies::Direct, &environment), Ok(0));
        assert_eq!(resolve(&Proxies::Given("proxy:1".to_owned()), &environment), Ok(1));
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_not_shown() {
        for wrong in ["socks5://u:planted@host:1", "http://u:planted@ho st", "http://u:planted@:::"] {
            let message = resolve(&Proxies::Given(wrong.to_owned()), &[]).unwrap_err();
            assert!(message.contains("proxy") && !message.contains("planted"), "{message}");
            let message = resolve(&Proxies::Environment, &[("HTTPS_PROXY", wrong)]).unwrap_err();
            assert!(message.contains("HTTPS_PROXY") && !message.contains("planted"), "{message}");
        }
    }
}
