//! Official files, from the disk or from the web.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;

use crate::files::about;

/// Where the official files are: the version and `api-docs.json` follow.
pub(crate) const OFFICIAL: &str = "https://api.aliyun.com/meta/v1/products/dataworks-public/versions";

/// Many times the largest file there is.
const LARGEST: u64 = 64 << 20;

/// From the first byte to the last.
const PATIENCE: Duration = Duration::from_secs(120);

/// The address of a version's official file.
pub(crate) fn address(base: &str, version: &str) -> String {
    format!("{}/{version}/api-docs.json", base.trim_end_matches('/'))
}

/// The text of a file or of what a URL serves.
pub(crate) fn text(source: &str) -> Result<String, String> {
    if source.starts_with("https://") || source.starts_with("http://") {
        download(source)
    } else {
        let file = Path::new(source);
        fs::read_to_string(file).map_err(|error| about(file, &error))
    }
}

fn download(url: &str) -> Result<String, String> {
    let uri: Uri = url.parse().map_err(|error| format!("{url}: is no URL: {error}"))?;
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    if uri.scheme_str() == Some("http") && !local {
        return Err(format!("{url}: anybody on the way can change what http:// brings; take https://"));
    }
    // Where it leads on to another address, too.
    let agent: Agent = Agent::config_builder().timeout_global(Some(PATIENCE)).https_only(!local).build().into();
    let failed = |error: ureq::Error| {
        let advice = "download it another way and give the file instead";
        format!("{url}: cannot be fetched: {error}; {advice}")
    };
    let mut answer = agent.get(uri).call().map_err(failed)?;
    answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(failed)
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
        let refused = text("http://example.com/api-docs.json").unwrap_err();
        assert!(refused.contains("take https://"), "{refused}");
        // Nobody listens there, which is found out by asking.
        for host in ["127.0.0.1:9", "localhost:9", "[::1]:9"] {
            let refused = text(&format!("http://{host}/api-docs.json")).unwrap_err();
            assert!(refused.contains("cannot be fetched"), "{refused}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        assert!(text("no-such-file.json").unwrap_err().starts_with("no-such-file.json: "));
    }
}
