//! Where the services beside DataWorks are.

use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind};

/// Other addresses for the services that the SDK talks to beside DataWorks: for a private network, or to play them locally.
///
/// Each is written as an endpoint is: `host`, `host:port`, `https://host` or, on loopback, `http://host:port`. What is not
/// given stays where Alibaba Cloud has it.
///
/// ```
/// use dataworks_sdk::{Config, ServiceUrls};
///
/// let urls = ServiceUrls::new().sts("sts-vpc.cn-hangzhou.aliyuncs.com").metadata("http://127.0.0.1:8080");
/// let config = Config::builder().region("cn-hangzhou").service_urls(urls).build()?;
/// # Ok::<(), dataworks_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ServiceUrls {
    metadata: Option<String>,
    sts: Option<String>,
    cloud_sso: Option<String>,
    open_platform: Option<String>,
    object_storage: Option<String>,
}

impl ServiceUrls {
    /// All services where Alibaba Cloud has them.
    pub fn new() -> Self {
        Self::default()
    }

    /// The metadata service of ECS instances. Default: `http://100.100.100.200`.
    pub fn metadata(mut self, url: impl Into<String>) -> Self {
        self.metadata = Some(url.into());
        self
    }

    /// The Security Token Service, which gives temporary credentials of roles. Default: by its region and network, see
    /// [`AssumeRole`](crate::credentials::AssumeRole).
    pub fn sts(mut self, url: impl Into<String>) -> Self {
        self.sts = Some(url.into());
        self
    }

    /// CloudSSO. Default: where the profile's sign-in URL is.
    pub fn cloud_sso(mut self, url: impl Into<String>) -> Self {
        self.cloud_sso = Some(url.into());
        self
    }

    /// `OpenPlatform`, which says where a file may be uploaded. Default: `openplatform.aliyuncs.com`.
    pub fn open_platform(mut self, url: impl Into<String>) -> Self {
        self.open_platform = Some(url.into());
        self
    }

    /// Object storage (OSS), where files are uploaded to: buckets are then paths below this address. Default: the host of
    /// the bucket that `OpenPlatform` names.
    pub fn object_storage(mut self, url: impl Into<String>) -> Self {
        self.object_storage = Some(url.into());
        self
    }

    /// The addresses, checked.
    pub(crate) fn parse(&self, allow_http: bool) -> Result<Services, Error> {
        let parse = |name: &str, url: &Option<String>| {
            let url = url.as_deref().map(|url| BaseUrl::parse(url, allow_http || url == METADATA)).transpose();
            url.map_err(|error| Error::new(ErrorKind::Config, format!("service_urls, {name}: {}", error.message())))
        };
        Ok(Services {
            metadata: parse("metadata", &self.metadata)?,
            sts: parse("sts", &self.sts)?,
            cloud_sso: parse("cloud_sso", &self.cloud_sso)?,
            open_platform: parse("open_platform", &self.open_platform)?,
            object_storage: parse("object_storage", &self.object_storage)?,
        })
    }
}

/// Inside every ECS instance, and plain HTTP by design.
pub(crate) const METADATA: &str = "http://100.100.100.200";

/// What was given of [`ServiceUrls`].
#[derive(Debug, Default)]
pub(crate) struct Services {
    pub(crate) metadata: Option<BaseUrl>,
    pub(crate) sts: Option<BaseUrl>,
    pub(crate) cloud_sso: Option<BaseUrl>,
    pub(crate) open_platform: Option<BaseUrl>,
    pub(crate) object_storage: Option<BaseUrl>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_and_the_metadata_address() {
        let refused = |urls: ServiceUrls| urls.parse(false).map(|_| ()).unwrap_err().to_string();
        assert!(ServiceUrls::new().metadata(METADATA).sts("http://127.0.0.1:1").parse(false).is_ok());
        assert!(ServiceUrls::new().sts("http://sts.example.com").parse(true).is_ok());
        let error = refused(ServiceUrls::new().sts("http://sts.example.com"));
        assert!(error.contains("service_urls, sts") && error.contains("unencrypted"), "{error}");
        assert!(refused(ServiceUrls::new().metadata("http://100.100.100.200.example.com")).contains("metadata"));
        assert!(refused(ServiceUrls::new().cloud_sso("")).contains("cloud_sso"));
        assert!(refused(ServiceUrls::new().open_platform("")).contains("open_platform"));
        assert!(refused(ServiceUrls::new().object_storage("http://oss.example.com")).contains("object_storage"));
    }
}
