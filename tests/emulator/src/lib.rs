//! A local DataWorks to test against: it checks signatures and parameters, keeps state for the everyday resources,
//! answers every action in the shape of the real service, and misbehaves on demand.
//!
//! It shares no code with the SDK: it reads the specification through `dataworks-api-spec` and checks signatures on its
//! own, so that it is a witness and not an accomplice.
//!
//! State is kept, for both versions at once, of projects, files and their deployments, nodes, data sources, instances and
//! Data Service APIs. What is published of these is called under [`Emulator::gateway_url`].
//! It starts with three projects: [`PROJECT_ID`] has 230 deployed nodes, data sources for each environment and the
//! instances of yesterday, the others are empty. A node whose code holds `emulator: fail` fails when it runs. What the
//! service takes time for takes time here, too, only faster: see [`Builder::speed`].
//!
//! An action that can answer with events does so when the request accepts `text/event-stream`: its answer comes three times.
//!
//! It also plays what an upload needs: the action `AuthorizeFileUpload` of `OpenPlatform` (2019-12-19), and object storage in
//! path style, which takes a form at `/<bucket>/`. Both are at its own URL. Such a form counts as `PostObject`, for faults, too.
//! It is refused, in XML, if its fields are not those of the official clients in their order, or if policy and signature are
//! not those that were given out. An action that takes a file is refused unless its URL names one that was uploaded.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use dataworks_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::builder().access_key("testid", "testsecret").start().await?;
//! emulator.inject("ListProjects", Fault::throttle(200));
//! println!("point a client at {}", emulator.url());
//! assert_eq!(emulator.count("ListProjects"), 0);
//! emulator.shutdown().await;
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod auth;
mod catalog;
mod check;
mod clock;
mod error;
mod fault;
mod gateway;
mod ids;
mod journal;
mod request;
mod server;
mod shape;
mod signature;
mod state;
mod uploads;

pub use clock::{Clock, ManualClock};
pub use fault::Fault;
pub use journal::Request;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use auth::{Callers, Key};
use server::Shared;
use state::{Application, Store, Time};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

// The README's program is compiled, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The project that has nodes, data sources and instances from the start.
pub const PROJECT_ID: i64 = 530_486;

/// The access key of an emulator that was given none.
const DEFAULT_KEY: (&str, &str) = ("testid", "testsecret");
/// The application of [`PROJECT_ID`] in an emulator that was given none: app code, app key and app secret.
const DEFAULT_APPLICATION: (&str, &str, &str) = ("testappcode", "testappkey", "testappsecret");
/// How many times faster than the service's everything happens: a run takes a second, and not a minute.
const DEFAULT_SPEED: f64 = 60.0;
/// How many requests the journal keeps.
const DEFAULT_JOURNAL: usize = 10_000;

/// A running emulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// What can be set before it starts.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts one as it comes: on a free port of the loopback address, with the access key `testid` / `testsecret`.
    ///
    /// # Errors
    /// When no port could be taken.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Where it listens, as a URL: `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where the published Data Service APIs of a group are called, `http://127.0.0.1:41234/api-gateway/orders`: in place of
    /// the group's own domain.
    #[must_use]
    pub fn gateway_url(&self, group: &str) -> String {
        format!("http://{}{}{group}", self.addr, gateway::PREFIX)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Spoils the next call of an action (`*`: of any action) that no earlier fault waits for. A published Data Service API
    /// is named by its path, `/orders`, here as in [`count`](Self::count).
    pub fn inject(&self, action: &str, fault: Fault) {
        self.shared.faults.push(action, fault);
    }

    /// Throttles the next calls of an action, so many times. No delay is named: see [`Fault::throttle`].
    pub fn throttle(&self, action: &str, times: usize) {
        for _ in 0..times {
            self.inject(action, Fault::Throttle { retry_after_ms: None });
        }
    }

    /// Takes back every fault that has not happened.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// The requests that came in, the oldest first, as many as the journal keeps.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.journal.requests()
    }

    /// How many requests named an action.
    #[must_use]
    pub fn count(&self, action: &str) -> usize {
        self.shared.journal.count(action)
    }

    /// What was uploaded to object storage, by the URL that the action was given.
    #[must_use]
    pub fn object(&self, url: &str) -> Option<bytes::Bytes> {
        self.shared.uploads.object(url)
    }

    /// Forgets the requests and their counts.
    pub fn clear_requests(&self) {
        self.shared.journal.clear();
    }

    /// Stops: takes no more connections, lets the calls under way end, closes.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // The only failure would be a panic of the server, which is gone then, too.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What can be set before an [`Emulator`] starts.
#[derive(Debug)]
#[must_use = "nothing runs before `start`"]
pub struct Builder {
    listen: SocketAddr,
    callers: Callers,
    applications: BTreeMap<i64, Application>,
    clock: Clock,
    speed: f64,
    strict: bool,
    stateful: bool,
    journal: usize,
    faults: Vec<(String, Fault)>,
    chance: Option<fault::Chance>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            callers: Callers::default(),
            applications: BTreeMap::new(),
            clock: Clock::system(),
            speed: DEFAULT_SPEED,
            strict: true,
            stateful: true,
            journal: DEFAULT_JOURNAL,
            faults: Vec::new(),
            chance: None,
        }
    }
}

impl Builder {
    /// Where to listen. A free port of the loopback address, if not set.
    pub fn listen(mut self, addr: impl Into<SocketAddr>) -> Self {
        self.listen = addr.into();
        self
    }

    /// Knows an access key that may do everything. `testid` / `testsecret`, if none is set.
    pub fn access_key(self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.access_key_with(id, secret, |_| true)
    }

    /// Knows an access key that may do the actions that `allows` accepts; others are `Forbidden` to it.
    pub fn access_key_with(
        self,
        id: impl Into<String>,
        secret: impl Into<String>,
        allows: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let key = Key { secret: secret.into(), token: None, allows: Box::new(allows) };
        self.key(id.into(), key)
    }

    /// Knows a temporary access key, which is good only together with its security token.
    pub fn session_key(self, id: impl Into<String>, secret: impl Into<String>, token: impl Into<String>) -> Self {
        let key = Key { secret: secret.into(), token: Some(token.into()), allows: Box::new(|_| true) };
        self.key(id.into(), key)
    }

    /// Knows a bearer token, whose bearer may do everything.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.callers.bearer_tokens.insert(token.into());
        self
    }

    /// Lets those in who don't say who they are, too. They may do everything.
    pub fn anonymous(mut self) -> Self {
        self.callers.anonymous = true;
        self
    }

    /// The application of a project, which calls published Data Service APIs: its app code, app key and app secret. If none
    /// is set, that of [`PROJECT_ID`] has `testappcode`, `testappkey` and `testappsecret`; those of other projects are made
    /// up, and `GetDataServiceApplication` answers them.
    pub fn application(
        mut self,
        project: i64,
        code: impl Into<String>,
        key: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        let application = Application { code: code.into(), key: key.into(), secret: secret.into() };
        self.applications.insert(project, application);
        self
    }

    fn key(mut self, id: String, key: Key) -> Self {
        self.callers.keys.insert(id, key);
        self
    }

    /// Tells the time by another clock than the system's.
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// How many times faster than the service's everything happens: 60, if not set, so that a run of a minute takes a
    /// second. What is no positive number counts as 1.
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        self
    }

    /// Overlooks parameters that the spec does not know, which are refused otherwise.
    pub fn lenient(mut self) -> Self {
        self.strict = false;
        self
    }

    /// Keeps no state: every action answers from the spec's shape, whatever it is asked.
    pub fn stateless(mut self) -> Self {
        self.stateful = false;
        self
    }

    /// How many requests the journal keeps: 10,000, if not set. It counts them in any case.
    pub fn journal(mut self, capacity: usize) -> Self {
        self.journal = capacity;
        self
    }

    /// Spoils the first call of an action that no earlier fault waits for.
    pub fn inject(mut self, action: impl Into<String>, fault: Fault) -> Self {
        self.faults.push((action.into(), fault));
        self
    }

    /// Throttles the first calls of an action, so many times.
    pub fn throttle(mut self, action: &str, times: usize) -> Self {
        for _ in 0..times {
            self = self.inject(action, Fault::Throttle { retry_after_ms: None });
        }
        self
    }

    /// Spoils this share of all calls of actions, 0 to 1, each with one of the faults that a service in trouble shows:
    /// throttling with and without a delay, 500, 503, connections that close before or after the deed, answers cut off, slow
    /// or half. Which calls and how follows from `seed` and the order of the calls. A fault that was injected goes first.
    pub fn fault_rate(mut self, rate: f64, seed: u64) -> Self {
        self.chance = Some(fault::Chance::new(if rate.is_nan() { 0.0 } else { rate }, seed));
        self
    }

    /// Starts it inside the runtime that this is called in.
    ///
    /// # Errors
    /// When it cannot listen where it should.
    pub async fn start(self) -> io::Result<Emulator> {
        let listener = TcpListener::bind(self.listen).await?;
        let addr = listener.local_addr()?;
        let mut callers = self.callers;
        if callers.keys.is_empty() {
            let (id, secret) = DEFAULT_KEY;
            callers
                .keys
                .insert(id.to_owned(), Key { secret: secret.to_owned(), token: None, allows: Box::new(|_| true) });
        }
        let mut applications = self.applications;
        applications.entry(PROJECT_ID).or_insert_with(|| {
            let (code, key, secret) = DEFAULT_APPLICATION;
            Application { code: code.to_owned(), key: key.to_owned(), secret: secret.to_owned() }
        });
        let time = Time { now: self.clock.now_ms(), speed: self.speed };
        let shared = Arc::new(Shared {
            callers,
            nonces: auth::Nonces::default(),
            clock: self.clock,
            speed: self.speed,
            strict: self.strict,
            catalog: catalog::Catalog::new(),
            faults: fault::Faults::new(self.chance),
            journal: journal::Journal::new(self.journal),
            store: self.stateful.then(|| Mutex::new(Store::new(time, applications))),
            uploads: uploads::Uploads::default(),
            answered: 0.into(),
        });
        for (action, fault) in self.faults {
            shared.faults.push(&action, fault);
        }
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(server::serve(listener, shared.clone(), stopped));
        Ok(Emulator { shared, addr, stop, server })
    }
}
