//! The client of any version: the generated ones add a method per action.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::action::ActionCall;
use crate::call::Call;
use crate::check::nearest;
use crate::config::Config;
use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::operation::{Api, Operation};
use crate::request::Request;

/// What the clients of all versions have in common.
#[derive(Clone)]
pub struct Client {
    pub(crate) api: &'static Api,
    pub(crate) config: Config,
    /// Where its calls go, once the first has gone there.
    home: Arc<OnceLock<BaseUrl>>,
}

impl Client {
    /// A client of `api`.
    #[must_use]
    pub fn new(api: &'static Api, config: &Config) -> Self {
        Self { api, config: config.clone(), home: Arc::default() }
    }

    /// A client of `api` with everything from the environment.
    ///
    /// # Errors
    /// Those of [`Config::from_env`].
    pub fn from_env(api: &'static Api) -> Result<Self, Error> {
        Ok(Self::new(api, &Config::from_env()?))
    }

    /// What the client was made from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn home(&self) -> Result<BaseUrl, Error> {
        if let Some(home) = self.home.get() {
            return Ok(home.clone());
        }
        let home = self.config.shared().base_url(self.api, None, None)?;
        Ok(self.home.get_or_init(|| home).clone())
    }

    /// A typed call.
    pub fn call<R: Request>(&self, request: R) -> Call<R> {
        Call::new(self.clone(), request)
    }

    /// A call by name, the official one or an everyday one ([`Operation::aliases`](crate::Operation::aliases)).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the version has no such action.
    pub fn action(&self, name: &str) -> Result<ActionCall, Error> {
        let Some(operation) = self.api.operation(name) else {
            let known = nearest(name, self.api.names());
            let error = Error::new(ErrorKind::InvalidRequest, format!("{} has no action {name:?}", self.api.version));
            return Err(match known {
                Some(known) => {
                    let official = self.api.operation(known).map(Operation::name).filter(|official| *official != known);
                    let official = official.map(|it| format!(" (an everyday name of `{it}`)")).unwrap_or_default();
                    error.with_hint(format!("did you mean `{known}`{official}?"))
                }
                None => error.with_hint("`operations()` of the client lists them"),
            });
        };
        Ok(ActionCall::new(self.clone(), operation))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("version", &self.api.version).field("config", &self.config).finish()
    }
}
