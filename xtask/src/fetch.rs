//! Official files, from the disk or from the web.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Response, header};
use url::{Host, Url};

use crate::files::about;

/// Where the official files are: the version and `api-docs.json` follow.
pub(crate) const OFFICIAL: &str = "https://api.aliyun.com/meta/v1/products/dataworks-public/versions";

/// Many times the largest file there is.
const LARGEST: u64 = 64 << 20;

/// From the first byte to the last.
const PATIENCE: Duration = Duration::from_secs(120);

/// Nobody who serves a file sends people further than this.
const MOST_REDIRECTS: usize = 10;

/// What to do where a URL brings no official file.
const WAY_OUT: &str = "download it another way, with a browser for example, and give the file instead";

/// The address of a version's official file.
pub(crate) fn address(base: &str, version: &str) -> String {
    format!("{}/{version}/api-docs.json", base.trim_end_matches('/'))
}

/// The text of a file or of what a URL serves.
pub(crate) fn text(source: &str) -> Result<String, String> {
    if source.contains("://") {
        return download(source);
    }
    let file = Path::new(source);
    let text = fs::read_to_string(file).map_err(|error| about(file, &error))?;
    match page(&text) {
        Some(what) => Err(format!("{source}: holds {what}, not metadata: save the official file itself, JSON or YAML")),
        None => Ok(text),
    }
}

fn download(address: &str) -> Result<String, String> {
    let mut url: Url = address.parse().map_err(|error| format!("{address}: is no URL: {error}"))?;
    // Each address on the way is looked at before it is asked, so redirects are followed here.
    let agent: Agent = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
    for step in 0..=MOST_REDIRECTS {
        let way = if step == 0 { String::new() } else { format!(" (where {address} leads)") };
        refused(&url).map_or(Ok(()), |reason| Err(format!("{url}{way}: {reason}")))?;
        let failed = |error: ureq::Error| format!("{url}{way}: cannot be fetched: {error}; {WAY_OUT}");
        let mut answer = agent.get(url.as_str()).call().map_err(failed)?;
        if answer.status().is_redirection() {
            url = target(&url, &answer).map_err(|reason| format!("{url}{way}: {reason}; {WAY_OUT}"))?;
            continue;
        }
        let text = answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(failed)?;
        return match page(&text) {
            Some(what) => Err(format!(
                "{url}{way}: answers with {what}, not with metadata: is a login or a proxy in the way? {WAY_OUT}"
            )),
            None => Ok(text),
        };
    }
    Err(format!("{address}: leads on more than {MOST_REDIRECTS} times; {WAY_OUT}"))
}

/// Where an answer leads.
fn target<T>(from: &Url, answer: &Response<T>) -> Result<Url, String> {
    let status = answer.status();
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let to = to.ok_or_else(|| format!("answers {status} and does not say where to"))?;
    from.join(to).map_err(|error| format!("leads to `{to}`, which is no URL: {error}"))
}

/// Why an address is not asked, if it is not.
fn refused(url: &Url) -> Option<String> {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => None,
        "http" if is_here => None,
        "http" => Some("anybody on the way can change what http:// brings; take https://".to_owned()),
        "file" => Some(format!("is a file: give its path alone, {}", url.path())),
        scheme => Some(format!("{scheme}:// is not read here; take https://, or {WAY_OUT}")),
    }
}

/// What a text is that no official file can be, if it is.
fn page(text: &str) -> Option<&'static str> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let begins = |with: &str| start.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    match start {
        "" => Some("nothing at all"),
        _ if begins("<?xml") => Some("XML"),
        _ if start.starts_with('<') => Some("a web page (HTML)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_its_address() {
        let expected = "http://mirror/2024-05-18/api-docs.json";
        assert_eq!(address("http://mirror/", "2024-05-18"), expected);
        assert_eq!(address("http://mirror", "2024-05-18"), expected);
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for host in ["example.com", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[2001:db8::1]"] {
            let refused = text(&format!("http://{host}/api-docs.json")).unwrap_err();
            assert!(refused.contains("take https://"), "{refused}");
        }
        // Nobody listens there, which is found out by asking.
        for host in ["127.0.0.1:9", "localhost:9", "[::1]:9"] {
            let refused = text(&format!("http://{host}/api-docs.json")).unwrap_err();
            assert!(refused.contains("cannot be fetched"), "{refused}");
        }
    }

    #[test]
    fn other_addresses_are_told_what_to_do() {
        let refused = text("ftp://example.com/api-docs.json").unwrap_err();
        assert!(refused.contains("ftp:// is not read here; take https://, or download it"), "{refused}");
        let refused = text("file:///srv/api-docs.json").unwrap_err();
        assert_eq!(refused, "file:///srv/api-docs.json: is a file: give its path alone, /srv/api-docs.json");
    }

    #[test]
    fn a_page_is_no_metadata() {
        for (text, expected) in [
            ("\u{feff} \n<!doctype html><title>Sign in</title>", Some("a web page (HTML)")),
            ("<?XML version='1.0'?><Error/>", Some("XML")),
            (" \n", Some("nothing at all")),
            ("{}", None),
            ("info: {}", None),
        ] {
            assert_eq!(page(text), expected, "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        assert!(text("no-such-file.json").unwrap_err().starts_with("no-such-file.json: "));
    }
}
