//! A table of function pointers per action: what is generic is expanded 702 times, so it is as little as possible.

use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use dataworks_sdk::__rt::{Model, Operation};
use dataworks_sdk::{
    ActionCall, ActionItems, ActionPages, Call, Config, Error, Items, Paged, Pages, PreparedRequest, Request, from_json,
};

/// A model that can be shown and sent around.
pub(super) trait Shown: Model + Debug {}
impl<T: Model + Debug> Shown for T {}

/// What is known of a call that was answered.
pub(super) struct Answered {
    pub(super) body: Box<dyn Shown>,
    pub(super) shown: String,
    pub(super) request_id: Option<String>,
    pub(super) mismatches: Vec<String>,
    pub(super) failures: usize,
}

type Later<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
type Read = Result<Box<dyn Shown>, serde_json::Error>;

/// Everything that a test does with an action, by its types.
pub(super) struct Probe {
    pub(super) operation: &'static Operation,
    /// Its call by name.
    pub(super) by_name: fn(&Config, &str) -> ActionCall,
    /// Bytes of the call and of its future.
    pub(super) sizes: [usize; 2],
    /// What there is to an action that pages.
    pub(super) paging: fn() -> Option<Paging>,
    pub(super) request: fn(&[u8]) -> Read,
    pub(super) answer: fn(&[u8]) -> Read,
    /// How a call of this request is shown by `Debug`.
    pub(super) shown: fn(&Config, &[u8]) -> String,
    pub(super) prepare: fn(&Config, &[u8]) -> Later<PreparedRequest>,
    pub(super) call: fn(&Config, &[u8]) -> Later<Answered>,
}

/// Compiles only for what may move to another thread.
const fn size_of_sendable<T: Send + 'static>() -> usize {
    size_of::<T>()
}

const fn sizes<R: Request>() -> [usize; 2] {
    [size_of_sendable::<Call<R>>(), size_of_sendable::<<Call<R> as IntoFuture>::IntoFuture>()]
}

fn read<T: Shown + Default + 'static>(json: &[u8]) -> Read {
    Ok(Box::new(from_json::<T>(json)?))
}

async fn answered<R: Request<Answer: Debug>>(call: Call<R>) -> Result<Answered, Error> {
    let response = call.await?;
    Ok(Answered {
        shown: format!("{response:?}"),
        request_id: response.request_id().map(str::to_owned),
        mismatches: response.mismatches().iter().map(ToString::to_string).collect(),
        failures: response.failures().len(),
        body: Box::new(response.into_body()),
    })
}

/// The same of what is called by name: the call, its future, its streams.
pub(super) const UNTYPED: [usize; 4] = [
    size_of_sendable::<ActionCall>(),
    size_of_sendable::<<ActionCall as IntoFuture>::IntoFuture>(),
    size_of_sendable::<ActionPages>(),
    size_of_sendable::<ActionItems>(),
];

/// How the items of an answer are counted, and the bytes of the two streams.
pub(super) struct Paging {
    pub(super) items: fn(&[u8]) -> usize,
    pub(super) sizes: [usize; 2],
}

/// Finds out whether an action pages: `(&Of::<R>(PhantomData)).paging()` is [`DoesPage`]'s where that applies, and
/// otherwise [`DoesNotPage`]'s, which is one reference further away.
struct Of<R>(PhantomData<R>);

trait DoesPage {
    fn paging(&self) -> Option<Paging>;
}

impl<R: Paged> DoesPage for Of<R> {
    fn paging(&self) -> Option<Paging> {
        Some(Paging {
            items: |json| R::items(from_json::<R::Answer>(json).unwrap()).len(),
            sizes: [size_of_sendable::<Pages<R>>(), size_of_sendable::<Items<R>>()],
        })
    }
}

trait DoesNotPage {
    fn paging(&self) -> Option<Paging>;
}

impl<R> DoesNotPage for &Of<R> {
    fn paging(&self) -> Option<Paging> {
        None
    }
}

/// The table of one version, out of the generated list of its actions.
macro_rules! probes {
    ($($method:ident: $request:ident => $answer:ident;)*) => {
        #[allow(deprecated, reason = "deprecated actions are called as well")]
        pub(super) static PROBES: &[Probe] = &[$(
            Probe {
                operation: <$request as Request>::OPERATION,
                by_name: |config, name| Client::new(config).action(name).unwrap(),
                sizes: sizes::<$request>(),
                paging: || (&Of::<$request>(PhantomData)).paging(),
                request: read::<$request>,
                answer: read::<$answer>,
                shown: |config, json| format!("{:?}", Client::new(config).$method(from_json(json).unwrap())),
                prepare: |config, json| Box::pin(Client::new(config).$method(from_json(json).unwrap()).prepare()),
                call: |config, json| Box::pin(answered(Client::new(config).$method(from_json(json).unwrap()))),
            },
        )*];
    };
}

macro_rules! versions {
    ($($module:ident: $name:literal, $list:ident;)*) => {
        $(mod $module {
            use std::marker::PhantomData;

            use dataworks_sdk::$module::*;
            use dataworks_sdk::{Request, from_json};

            use super::{DoesNotPage as _, DoesPage as _, Of, Probe, answered, read, sizes};

            dataworks_sdk::$list!(probes);
        })*

        /// Version → its actions, in the order of their names.
        pub(super) fn all() -> Vec<(&'static str, &'static [Probe])> {
            vec![$(($name, $module::PROBES)),*]
        }
    };
}

dataworks_sdk::for_each_version!(versions);
