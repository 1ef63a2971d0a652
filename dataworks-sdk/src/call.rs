//! A call that is ready to go: options first, then `.await`.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::client::Client;
use crate::decode;
use crate::encode;
use crate::error::Error;
use crate::events::{self, Events};
use crate::execute;
use crate::expand::{self, Expanded};
use crate::model::{Datum, Model, Shown, Target};
use crate::operation::{Kind, Operation};
use crate::pagination::{Items, Pages};
use crate::request::{Paged, Request, Streams, Uploads};
use crate::response::Response;
use crate::retry::RetryPolicy;
use crate::upload::{self, Upload};

/// A call that is ready to go: set options on it, then `.await` it.
///
/// Dropping the future cancels the call; a write may have reached the service by then.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")]
/// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// use std::time::Duration;
/// use dataworks_sdk::v2020_05_18::GetNodeRequest;
///
/// let request = GetNodeRequest::new().node_id(123456).project_env("PROD");
/// let node = client.get_node(request).timeout(Duration::from_secs(30)).no_retry().await?;
/// println!("{:?}", node.data.node_name);
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<R> {
    pub(crate) parts: Box<CallParts>,
    request: PhantomData<fn() -> R>,
}

/// Everything about a call but the type of its answer.
pub(crate) struct CallParts {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    pub(crate) request: Source,
    pub(crate) options: CallOptions,
}

/// Where the values of a request come from.
pub(crate) enum Source {
    Typed(Box<dyn Model>),
    Untyped(serde_json::Map<String, Value>),
}

/// What can be different for one call.
#[derive(Clone, Default)]
pub(crate) struct CallOptions {
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) headers: HeaderMap,
    pub(crate) bad_header: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) skip_validation: bool,
}

impl Source {
    pub(crate) fn datum(&self) -> Datum<'_> {
        match self {
            Self::Typed(model) => Datum::Model(model),
            Self::Untyped(map) => Datum::Map(map),
        }
    }

    /// The request with what a shorthand fills; `None` if none is used.
    pub(crate) fn expanded(&self, operation: &'static Operation) -> Option<Expanded> {
        match self {
            Self::Typed(_) => None,
            Self::Untyped(map) => expand::expand(operation, map),
        }
    }

    /// Sets a scalar parameter, or one inside an object (`Params.NextToken`): the number or the token of a page.
    pub(crate) fn set(&mut self, path: &'static str, text: &str) {
        match self {
            Self::Typed(model) => set_in_model(&mut **model, path, text),
            Self::Untyped(map) => set_in_map(map, path, text),
        }
    }
}

fn set_in_model(model: &mut dyn Model, path: &str, text: &str) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(slot) = model.shape().position(name, 0).and_then(|at| model.slot_mut(at)) else { return };
    let Some(rest) = rest else {
        match slot.open(true) {
            Target::Text(place) => text.clone_into(place),
            Target::Id(place) => *place = text.into(),
            Target::Integer(place) => *place = text.parse().unwrap_or(*place),
            _ => {}
        }
        return;
    };
    // To open a place empties it, so that what stands there is read again with the new value in it.
    let mut object = match encode::to_value(slot.see()) {
        Value::Object(object) => object,
        _ => serde_json::Map::new(),
    };
    set_in_map(&mut object, rest, text);
    // What was just written is an object of well-formed JSON.
    let _ = decode::decode(Value::Object(object).to_string().as_bytes(), slot);
}

fn set_in_map(map: &mut serde_json::Map<String, Value>, path: &str, text: &str) {
    let Some((name, rest)) = path.split_once('.') else {
        map.insert(path.to_owned(), text.into());
        return;
    };
    let inner = map.entry(name).or_insert_with(|| Value::Object(serde_json::Map::new()));
    if inner.is_null() {
        *inner = Value::Object(serde_json::Map::new());
    }
    // Anything else was refused by the checks of the first page.
    if let Value::Object(inner) = inner {
        set_in_map(inner, rest, text);
    }
}

impl CallOptions {
    pub(crate) fn header(&mut self, name: &str, value: &str) {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.bad_header = Some(name.to_owned()),
        }
    }
}

/// The options are the same for a typed call and for one by name.
macro_rules! call_options {
    () => {
        /// How long the call may take in all, with its repetitions.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.parts.options.total_timeout = Some(timeout);
            self
        }

        /// How long the server may take to begin its answer, and between the pieces of it.
        pub fn read_timeout(mut self, timeout: std::time::Duration) -> Self {
            self.parts.options.read_timeout = Some(timeout);
            self
        }

        /// How this call is repeated.
        pub fn retry(mut self, policy: $crate::RetryPolicy) -> Self {
            self.parts.options.retry = Some(policy);
            self
        }

        /// One attempt only.
        pub fn no_retry(self) -> Self {
            self.retry($crate::RetryPolicy::never())
        }

        /// A header to be sent along. The signature does not cover it.
        pub fn header(mut self, name: &str, value: &str) -> Self {
            self.parts.options.header(name, value);
            self
        }

        /// Another region for this call.
        pub fn region(mut self, region: impl Into<String>) -> Self {
            self.parts.options.region = Some(region.into());
            self
        }

        /// Another endpoint for this call.
        pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
            self.parts.options.endpoint = Some(endpoint.into());
            self
        }

        /// Sends the request even if the checks find something wrong with it.
        pub fn skip_validation(mut self) -> Self {
            self.parts.options.skip_validation = true;
            self
        }

        /// The signed request, without sending it.
        ///
        /// # Errors
        /// Those of a call before anything is sent: a wrong request, no credentials, no endpoint.
        pub async fn prepare(self) -> Result<$crate::PreparedRequest, $crate::Error> {
            $crate::execute::prepare(&self.parts).await
        }
    };
}
pub(crate) use call_options;

impl<R: Request> Call<R> {
    pub(crate) fn new(client: Client, request: R) -> Self {
        let parts = CallParts {
            client,
            operation: R::OPERATION,
            request: Source::Typed(Box::new(request)),
            options: CallOptions::default(),
        };
        Self { parts: Box::new(parts), request: PhantomData }
    }
}

impl<R> Call<R> {
    call_options!();
}

impl<R: Paged> Call<R> {
    /// All pages, one by one. The first is the one that the request asks for, or the first there is.
    pub fn pages(self) -> Pages<R> {
        Pages::new(self.parts)
    }

    /// The items of all pages, one by one.
    pub fn items(self) -> Items<R> {
        self.pages().items()
    }
}

impl<R: Uploads> Call<R> {
    /// Uploads a file and calls the action with its URL, in three steps: OpenPlatform says where the file may be put, object
    /// storage takes it, and then comes the action itself. [`Upload`] says from where; bytes and paths are good as they are.
    ///
    /// The timeout of the call is one for all steps. The read timeout does not run while the file moves.
    /// [`Error::upload_step`] tells which step has failed; nothing was done before the action was called.
    ///
    /// # Errors
    /// Those of every call, [`ErrorKind::File`](crate::ErrorKind::File) if the file cannot be read, and
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if there is an endpoint and no region to upload for.
    ///
    /// ```
    /// # #[cfg(feature = "v2020-05-18")]
    /// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// use dataworks_sdk::Upload;
    /// use dataworks_sdk::v2020_05_18::CreateImportMigrationRequest;
    ///
    /// let request = CreateImportMigrationRequest::new().project_id(530486).name("m").package_type("DATAWORKS_V2");
    /// let migration = client.create_import_migration(request).upload(Upload::from_path("package.zip")).await?;
    /// println!("{:?}", migration.data);
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(self, file: impl Into<Upload>) -> CallFuture<R::Answer> {
        let (mut parts, file) = (self.parts, file.into());
        CallFuture(Box::pin(async move {
            let mut body = R::Answer::default();
            let meta = upload::upload(&mut parts, R::FILE, file, &mut body).await?;
            Ok(Response::new(body, meta))
        }))
    }
}

impl<R: Streams> Call<R> {
    /// The answers as they come, as a stream of events.
    ///
    /// ```
    /// # #[cfg(feature = "v2024-05-18")]
    /// # async fn example(client: dataworks_sdk::v2024_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// use dataworks_sdk::v2024_05_18::{LoadAgentSessionRequest, load_agent_session::Params};
    /// use futures_util::TryStreamExt;
    ///
    /// let request = LoadAgentSessionRequest::new().id(1).jsonrpc("2.0").params(Params::new().session_id("sess_1"));
    /// let mut events = client.load_agent_session(request).events();
    /// while let Some(event) = events.try_next().await? {
    ///     println!("{:?}", event.method);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(self) -> Events<R::Answer> {
        events::typed(self.parts)
    }
}

/// The answer to come.
#[must_use = "a call does nothing until it is awaited"]
pub struct CallFuture<T>(pub(crate) Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>);

impl<T> Future for CallFuture<T> {
    type Output = Result<Response<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for CallFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallFuture")
    }
}

impl<R: Request> IntoFuture for Call<R> {
    type Output = Result<Response<R::Answer>, Error>;
    type IntoFuture = CallFuture<R::Answer>;

    fn into_future(self) -> CallFuture<R::Answer> {
        let parts = self.parts;
        CallFuture(Box::pin(async move {
            let mut body = R::Answer::default();
            let meta = execute::execute(&parts, &mut body).await?;
            Ok(Response::new(body, meta))
        }))
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.parts, f)
    }
}

impl fmt::Debug for CallParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(self.operation.name());
        for field in self.operation.shape().fields() {
            match self.request.datum().field(field.name) {
                Datum::Absent => {}
                datum => {
                    out.field(field.name, &Shown { datum, kind: &field.kind, secret: field.secret });
                }
            }
        }
        // What no parameter is called: a shorthand's own values, and what a slip could have made of a secret's name.
        if let Datum::Map(map) = self.request.datum() {
            map.each(&mut |name, datum| {
                if self.operation.shape().field(name).is_none() {
                    let (kind, secret) = self.operation.kind_in_shorthand(name).unwrap_or((&Kind::Any, true));
                    out.field(name, &Shown { datum, kind, secret });
                }
            });
        }
        out.finish()
    }
}
