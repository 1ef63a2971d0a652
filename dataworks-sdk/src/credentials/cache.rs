//! What a configuration holds: fixed credentials, or the last ones of a provider and the way to the next.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use super::provide::ProvideCredentials;
use super::{Context, Credentials};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};

/// How long a provider may take: longer than the slowest of this crate, a command of 60 s and a role behind it.
const LIMIT: Duration = Duration::from_secs(120);

/// Refreshing begins this long before the expiry at the earliest and at the latest.
const EARLIEST: Duration = Duration::from_secs(900);
const LATEST: Duration = Duration::from_secs(180);

/// Credentials that live for a moment only are not asked for more often than this, while they are good.
const SHORTEST: Duration = Duration::from_secs(5);

/// The pause after the first refresh that failed, and the longest one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The credentials of a configuration.
pub(crate) enum Held {
    Fixed(Credentials),
    Cached(Arc<Cache>),
}

impl Held {
    pub(crate) fn cached(provider: Arc<dyn ProvideCredentials>, context: Context) -> Self {
        Self::Cached(Arc::new(Cache { provider, context, state: Mutex::default() }))
    }

    /// Those at hand, without waiting: what nearly every call takes.
    pub(crate) fn ready(&self) -> Option<Credentials> {
        match self {
            Self::Fixed(credentials) => Some(credentials.clone()),
            Self::Cached(cache) => cache.ready(),
        }
    }

    /// Those at hand, or the next ones.
    pub(crate) async fn get(&self) -> Result<Credentials, Error> {
        match self {
            Self::Fixed(credentials) => Ok(credentials.clone()),
            Self::Cached(cache) => cache.get().await,
        }
    }

    /// Others than these, which the service refuses as expired. `None` if there are no others.
    pub(crate) async fn renewed(&self, refused: &Credentials) -> Result<Option<Credentials>, Error> {
        match self {
            Self::Fixed(_) => Ok(None),
            Self::Cached(cache) => cache.renewed(refused).await,
        }
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(credentials) => credentials.fmt(f),
            Self::Cached(cache) => cache.provider.fmt(f),
        }
    }
}

/// The last credentials of a provider.
pub(crate) struct Cache {
    provider: Arc<dyn ProvideCredentials>,
    context: Context,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Entry>,
    /// The refresh that is under way: there is one at a time.
    flight: Option<Flight>,
    flights: u64,
    /// How many refreshes have failed in a row, and until when none is begun while the last credentials are good.
    failures: i32,
    pause: Option<Instant>,
    /// The same credentials came back in the place of refused ones: until then that is not tried again.
    vain: Option<Instant>,
}

struct Entry {
    credentials: Credentials,
    expires_at: Option<SystemTime>,
    /// The expiry and the time to refresh, by the clock that nobody sets.
    until: Option<Instant>,
    refresh: Option<Instant>,
}

type Landed = Option<Result<Credentials, Error>>;

/// A refresh that runs as a task of its own: no caller that is dropped stops it.
#[derive(Clone)]
struct Flight {
    number: u64,
    /// When it counts as lost: its runtime may have been left standing.
    lost: Instant,
    landed: watch::Receiver<Landed>,
}

/// What a caller gets from a look at the state.
enum Look {
    Ready(Credentials),
    Wait(Flight),
}

impl Cache {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ready(self: &Arc<Self>) -> Option<Credentials> {
        let mut state = self.state();
        let (credentials, departure) = self.serve(&mut state)?;
        drop(state);
        departure.into_iter().for_each(Departure::launch);
        Some(credentials)
    }

    /// The last credentials if they are good, and the refresh of those that are due.
    fn serve(self: &Arc<Self>, state: &mut State) -> Option<(Credentials, Option<Departure>)> {
        let entry = state.current.as_ref()?;
        let credentials = entry.credentials.clone();
        let Some(expires_at) = entry.expires_at else { return Some((credentials, None)) };
        let now = Instant::now();
        // The monotonic clock stands still while a machine sleeps, and the other one may be set.
        if entry.until.is_some_and(|until| now >= until) || self.context.clock.now() >= expires_at {
            return None;
        }
        let due = entry.refresh.is_some_and(|refresh| now >= refresh);
        let free = state.pause.is_none_or(|pause| now >= pause) && state.flight(now).is_none();
        // Without a runtime a later call begins it.
        let departure = if due && free { self.depart(state, now) } else { None };
        Some((credentials, departure))
    }

    fn look(self: &Arc<Self>) -> Result<Look, Error> {
        let mut state = self.state();
        let (look, departure) = match self.serve(&mut state) {
            Some((credentials, departure)) => (Look::Ready(credentials), departure),
            None => {
                let now = Instant::now();
                let departure = if state.flight(now).is_some() { None } else { self.depart(&mut state, now) };
                (Look::Wait(state.flight(now).cloned().ok_or_else(no_runtime)?), departure)
            }
        };
        drop(state);
        departure.into_iter().for_each(Departure::launch);
        Ok(look)
    }

    async fn get(self: &Arc<Self>) -> Result<Credentials, Error> {
        // A refresh that vanished, with its runtime for example, is begun once more.
        for _ in 0..2 {
            let mut flight = match self.look()? {
                Look::Ready(credentials) => return Ok(credentials),
                Look::Wait(flight) => flight,
            };
            let landed = tokio::time::timeout_at(flight.lost, flight.landed.wait_for(Option::is_some)).await;
            match landed.ok().and_then(Result::ok).as_deref() {
                Some(Some(Ok(credentials))) => return Ok(credentials.clone()),
                Some(Some(Err(error))) => return Err(error.copy()),
                _ => {}
            }
        }
        let message = "the credential provider ended without an answer: it panicked, or its runtime was shut down";
        Err(Error::new(ErrorKind::Credentials, message))
    }

    /// Prepares a refresh, if there is a runtime.
    fn depart(self: &Arc<Self>, state: &mut State, now: Instant) -> Option<Departure> {
        let runtime = Handle::try_current().ok()?;
        state.flights += 1;
        let (sender, landed) = watch::channel(None);
        // Later than the task's own limit, so that this one says what happened.
        state.flight = Some(Flight { number: state.flights, lost: now + LIMIT + SHORTEST, landed });
        Some(Departure { runtime, landing: Landing { cache: self.clone(), number: state.flights, sender } })
    }

    async fn renewed(self: &Arc<Self>, refused: &Credentials) -> Result<Option<Credentials>, Error> {
        if !self.invalidate(refused) {
            return Ok(None);
        }
        let next = self.get().await?;
        if !next.same(refused) {
            return Ok(Some(next));
        }
        self.state().vain = Instant::now().checked_add(SHORTEST);
        Ok(None)
    }

    /// Forgets the last credentials if they are these. False if that has just been in vain.
    fn invalidate(&self, refused: &Credentials) -> bool {
        let mut state = self.state();
        // Another call may have been here before.
        let last = state.current.as_ref().is_some_and(|entry| entry.credentials.same(refused));
        if last && state.vain.is_some_and(|vain| Instant::now() < vain) {
            return false;
        }
        if last {
            state.current = None;
        }
        true
    }
}

impl State {
    /// The refresh that is under way.
    fn flight(&self, now: Instant) -> Option<&Flight> {
        self.flight.as_ref().filter(|flight| now < flight.lost)
    }
}

/// A refresh that is about to begin. It is launched when the state is not locked any more: a runtime that is shut down drops
/// what it is given at once, and that is an end, too.
struct Departure {
    runtime: Handle,
    landing: Landing,
}

impl Departure {
    fn launch(self) {
        let Self { runtime, landing } = self;
        runtime.spawn(async move {
            let cache = landing.cache.clone();
            let result = match tokio::time::timeout(LIMIT, cache.provider.provide_with(&cache.context)).await {
                Ok(result) => result,
                Err(_) => Err(Error::new(
                    ErrorKind::Credentials,
                    format!("the credential provider gave no answer within {}", humantime::format_duration(LIMIT)),
                )),
            };
            landing.land(result);
        });
    }
}

/// Ends a refresh, however it ends.
struct Landing {
    cache: Arc<Cache>,
    number: u64,
    sender: watch::Sender<Landed>,
}

impl Landing {
    fn land(self, result: Result<Credentials, Error>) {
        let now = Instant::now();
        let mut state = self.cache.state();
        // One that counted as lost may come in after its successor.
        if state.flight.as_ref().is_some_and(|flight| flight.number == self.number) {
            match &result {
                Ok(credentials) => {
                    state.current = Some(Entry::new(credentials, now, &self.cache.context.clock));
                    (state.failures, state.pause) = (0, None);
                    tracing::debug!(target: "dataworks_sdk", "credentials provided");
                }
                Err(error) => {
                    state.pause = now.checked_add(pause(state.failures));
                    state.failures = state.failures.saturating_add(1);
                    tracing::warn!(target: "dataworks_sdk", error = %error, "no credentials provided");
                }
            }
        }
        drop(state);
        self.sender.send_replace(Some(result));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut state = self.cache.state();
        if state.flight.as_ref().is_some_and(|flight| flight.number == self.number) {
            state.flight = None;
        }
    }
}

impl Entry {
    fn new(credentials: &Credentials, now: Instant, clock: &Clock) -> Self {
        let expires_at = credentials.expires_at();
        let left = expires_at.map(|expires_at| expires_at.duration_since(clock.now()).unwrap_or_default());
        Self {
            credentials: credentials.clone(),
            expires_at,
            until: left.and_then(|left| now.checked_add(left)),
            refresh: left.and_then(|left| now.checked_add((left - lead(left)).max(SHORTEST))),
        }
    }
}

/// How long before their expiry credentials that live this long are refreshed: drawn, so that not all processes come at once.
fn lead(left: Duration) -> Duration {
    let (low, high) = ((left / 5).clamp(LATEST, EARLIEST), (left / 4).clamp(LATEST, EARLIEST));
    (low + (high - low).mul_f64(fastrand::f64())).min(left / 2)
}

/// The pause after a refresh that failed, when so many had failed before it.
fn pause(failures: i32) -> Duration {
    let bound = FIRST_PAUSE.saturating_mul(1 << failures.clamp(0, 10)).min(LONGEST_PAUSE);
    bound / 2 + (bound / 2).mul_f64(fastrand::f64())
}

pub(crate) fn no_runtime() -> Error {
    Error::new(ErrorKind::Config, "there is no tokio runtime here")
        .with_hint(
            "call it inside `#[tokio::main]`, or `block_on` of a tokio runtime; without one, `send_blocking()` of the feature \
             `blocking` does",
        )
}
