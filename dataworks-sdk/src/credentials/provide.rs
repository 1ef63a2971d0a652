//! The trait that everything that gives credentials has, and what those of this crate have in common.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::Credentials;
use super::context::Context;
use crate::error::{Error, ErrorKind};

/// What [`ProvideCredentials::provide_credentials`] gives: boxed, so that the trait needs no macro.
pub type ProvideFuture<'a> = Pin<Box<dyn Future<Output = Result<Credentials, Error>> + Send + 'a>>;

/// Gives credentials, again whenever the last ones are about to expire.
///
/// A [`Config`](crate::Config) asks once for all its callers: at the first call, in the background between 15 and 3 minutes
/// before the [expiry](Credentials::with_expiry), and when the service says that a token has expired. Those without an
/// expiry are kept. While asking fails, the last ones serve for as long as they are good. An answer is waited for during two
/// minutes.
///
/// `Debug` must show no secret: that of a [`Config`](crate::Config) shows it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use dataworks_sdk::{Config, Credentials, Error, ProvideCredentials, ProvideFuture};
///
/// #[derive(Debug)]
/// struct Vault {
///     path: String,
/// }
///
/// impl Vault {
///     async fn read(&self) -> Result<(String, String), std::io::Error> {
///         // Ask the vault for what is at `self.path`.
///         Ok(("LTAI-example".to_owned(), "a secret".to_owned()))
///     }
/// }
///
/// impl ProvideCredentials for Vault {
///     fn provide_credentials(&self) -> ProvideFuture<'_> {
///         Box::pin(async move {
///             let (id, secret) = self.read().await.map_err(Error::credentials)?;
///             let until = SystemTime::now() + Duration::from_secs(3600);
///             Ok(Credentials::new(id, secret).with_expiry(until))
///         })
///     }
/// }
///
/// let config = Config::builder()
///     .region("cn-hangzhou")
///     .credentials_provider(Vault { path: "dataworks/ci".to_owned() })
///     .build()?;
/// # Ok::<(), Error>(())
/// ```
pub trait ProvideCredentials: fmt::Debug + Send + Sync {
    /// The credentials of now.
    ///
    /// # Errors
    /// [`ErrorKind::Credentials`], from [`Error::credentials`] for example. The text must hold no secret.
    fn provide_credentials(&self) -> ProvideFuture<'_>;

    /// The same with the HTTP client, the addresses and the environment of a configuration, for the providers of this crate.
    #[doc(hidden)]
    fn provide_with<'a>(&'a self, context: &'a Context) -> ProvideFuture<'a> {
        let _ = context;
        self.provide_credentials()
    }
}

impl ProvideCredentials for Credentials {
    fn provide_credentials(&self) -> ProvideFuture<'_> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Arc<P> {
    fn provide_credentials(&self) -> ProvideFuture<'_> {
        (**self).provide_credentials()
    }

    fn provide_with<'a>(&'a self, context: &'a Context) -> ProvideFuture<'a> {
        (**self).provide_with(context)
    }
}

impl<P: ProvideCredentials + ?Sized> ProvideCredentials for Box<P> {
    fn provide_credentials(&self) -> ProvideFuture<'_> {
        (**self).provide_credentials()
    }

    fn provide_with<'a>(&'a self, context: &'a Context) -> ProvideFuture<'a> {
        (**self).provide_with(context)
    }
}

/// Why a provider of this crate gave nothing.
#[derive(Debug)]
pub(crate) enum Miss {
    /// It is not set up, and this is what it lacks: a chain goes on.
    Lacks(String),
    /// It is set up and failed: to go on would mean to call as somebody else.
    Fails(Error),
}

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        Self::Fails(error)
    }
}

impl From<Miss> for Error {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Lacks(what) => Self::new(ErrorKind::Credentials, what),
            Miss::Fails(error) => error,
        }
    }
}

/// A provider that fails like this.
pub(crate) fn fails<T>(message: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::Fails(Error::new(ErrorKind::Credentials, message)))
}

/// A provider that is not set up.
pub(crate) fn lacks<T>(what: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::Lacks(what.into()))
}

/// [`ProvideCredentials`] for a type with `async fn load(&self, &Context) -> Result<Credentials, Miss>`.
macro_rules! provides {
    ($type:ty) => {
        impl $crate::credentials::ProvideCredentials for $type {
            fn provide_credentials(&self) -> $crate::credentials::ProvideFuture<'_> {
                Box::pin(async move { Ok(self.load(&$crate::credentials::Context::standalone()?).await?) })
            }

            fn provide_with<'a>(
                &'a self,
                context: &'a $crate::credentials::Context,
            ) -> $crate::credentials::ProvideFuture<'a> {
                Box::pin(async move { Ok(self.load(context).await?) })
            }
        }
    };
}
pub(crate) use provides;
