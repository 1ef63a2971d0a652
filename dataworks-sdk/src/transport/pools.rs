//! A pool of connections for async calls and, where there are any, another one for blocking calls.
//!
//! A connection stands still with the runtime that drives it. A program that makes some calls in a runtime of its own, leaves
//! that, and goes on with blocking calls would find connections in a common pool that nobody drives.

use std::fmt;
#[cfg(feature = "blocking")]
use std::sync::{Arc, OnceLock};

use super::http_client::{HttpClient, Settings};
use crate::error::Error;

/// The library's clients of one configuration: the same settings, and connections apart.
#[derive(Clone)]
pub(crate) struct Pools {
    client: reqwest::Client,
    #[cfg(feature = "blocking")]
    blocking: Option<Arc<(Settings, OnceLock<reqwest::Client>)>>,
}

impl Pools {
    pub(crate) fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self {
            #[cfg(feature = "blocking")]
            blocking: Some(Arc::new((settings.clone(), OnceLock::new()))),
            client: HttpClient::library(settings)?,
        })
    }

    /// A client of the user's own is one, for everything.
    pub(crate) fn of(client: reqwest::Client) -> Self {
        Self {
            client,
            #[cfg(feature = "blocking")]
            blocking: None,
        }
    }

    /// The client for whom asks now.
    pub(crate) fn client(&self) -> Result<&reqwest::Client, Error> {
        #[cfg(feature = "blocking")]
        if let Some((settings, cell)) = self.blocking.as_deref().filter(|_| crate::blocking::is_running()) {
            if let Some(client) = cell.get() {
                return Ok(client);
            }
            let client = HttpClient::library(settings.clone())?;
            return Ok(cell.get_or_init(|| client));
        }
        Ok(&self.client)
    }
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The settings may hold a proxy's password.
        f.write_str("Pools")
    }
}
