//! Waits for what an answer tells of: asks, looks, sleeps, and asks again.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::action::ActionCall;
use crate::call::{Call, CallFuture, CallParts};
use crate::check::nearest;
use crate::error::{Ended, Error, ErrorKind};
use crate::execute;
use crate::model::{Datum, Model, Slot};
use crate::operation::Safety;
use crate::pagination::one;
use crate::response::{Meta, Response};
use crate::waiter::{Waiter, Waits, until};

/// From one question to the next the interval grows by so much, up to so many times what it was at first.
const GROWTH: f64 = 1.1;
const MOST_GROWTH: f64 = 3.0;
/// The longest interval to begin with.
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);
/// No state is longer than this: whatever stands there is none then.
const LONGEST_STATE: usize = 64;

/// A call that is repeated until its answer says that the goal is reached: set options on it, then `.await` it.
///
/// It answers what the last call answered. A state that can never become the goal is an error of the kind
/// [`WaitFailed`](ErrorKind::WaitFailed), and when the time is up one of the kind [`WaitTimeout`](ErrorKind::WaitTimeout):
/// both keep the last answer ([`Error::last_answer`]) and its state ([`Error::last_state`]). States that nobody knows are
/// taken for ones on the way.
///
/// It asks at once, then after the interval, which varies by a fifth so that waits do not ask in step, and grows by a tenth
/// each time up to three times its length. Errors that may pass, such as a broken connection or throttling, do not end the
/// wait as long as asking again is safe and there is time; each call is repeated by its own retry policy before it counts
/// as failed. Dropping the future ends the wait.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")]
/// # async fn example(client: dataworks_sdk::v2020_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// use std::time::Duration;
/// use dataworks_sdk::v2020_05_18::GetInstanceRequest;
///
/// let request = GetInstanceRequest::new().project_env("PROD").instance_id(1_170_330_757_800_000_000_i64);
/// let wait = client.get_instance(request).wait_until_finished().timeout(Duration::from_secs(2 * 3600));
/// match wait.on_progress(|progress| println!("{progress}")).await {
///     Ok(instance) => println!("finished at {:?}", instance.data.finish_time),
///     Err(error) if error.last_state() == Some("FAILURE") => println!("{error}"), // says where the log is
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<T> {
    parts: Box<WaitParts>,
    /// Polls the parts until there is an answer: the one thing that depends on its type.
    run: Run<T>,
}

type Run<T> = fn(Box<WaitParts>) -> CallFuture<T>;

/// Everything about a wait but the type of its answer.
struct WaitParts {
    call: Box<CallParts>,
    waiter: &'static Waiter,
    interval: Duration,
    timeout: Duration,
    on_progress: Option<OnProgress>,
}

type OnProgress = Box<dyn FnMut(&Progress<'_>) + Send>;

/// How far a wait has come, after each time that it asked.
///
/// `Display` shows the state and the time that has passed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The state in the answer; `None` where the answer had none or there was none.
    pub state: Option<&'a str>,
    /// Why there was no answer: "not yet", or something that may pass.
    pub error: Option<&'a Error>,
    /// How often it has asked.
    pub asked: u32,
    /// How long it has waited.
    pub elapsed: Duration,
    /// In how long it asks again; `None` after an answer that ends the wait.
    pub next: Option<Duration>,
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.state, self.error) {
            (Some(state), _) => f.write_str(state)?,
            (None, Some(error)) => write!(f, "no answer ({})", error.message())?,
            (None, None) => f.write_str("no state")?,
        }
        write!(f, " after {}", shown(self.elapsed))
    }
}

impl<T> Wait<T> {
    /// How long to wait in all, from the first question to the last answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = timeout;
        self
    }

    /// How long to wait before asking for the second time: a millisecond at least, a day at most.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.parts.interval = interval.clamp(Duration::from_millis(1), LONGEST_INTERVAL);
        self
    }

    /// Called after each time that it asked.
    pub fn on_progress(mut self, progress: impl FnMut(&Progress<'_>) + Send + 'static) -> Self {
        self.parts.on_progress = Some(Box::new(progress));
        self
    }

    /// The action that it asks.
    #[cfg(feature = "blocking")]
    pub(crate) fn action(&self) -> &'static str {
        self.parts.call.operation.name()
    }

    fn new(call: Box<CallParts>, waiter: &'static Waiter, run: Run<T>) -> Self {
        let (interval, timeout) = (waiter.interval(), waiter.timeout());
        Self { parts: Box::new(WaitParts { call, waiter, interval, timeout, on_progress: None }), run }
    }
}

impl<T> IntoFuture for Wait<T> {
    type Output = Result<Response<T>, Error>;
    type IntoFuture = CallFuture<T>;

    fn into_future(self) -> CallFuture<T> {
        (self.run)(self.parts)
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WaitParts { call, waiter, interval, timeout, on_progress: _ } = &*self.parts;
        f.debug_struct("Wait")
            .field("call", call)
            .field("until", &waiter.name())
            .field("interval", interval)
            .field("timeout", timeout)
            .finish_non_exhaustive()
    }
}

/// Polls until there is an answer of this type.
fn typed<T: Model + Default + 'static>(parts: Box<WaitParts>) -> CallFuture<T> {
    CallFuture(Box::pin(async move {
        let mut waiting = Waiting::new(parts);
        loop {
            let mut body = T::default();
            if let Some(meta) = waiting.ask(&mut body).await? {
                return Ok(Response::new(body, meta));
            }
        }
    }))
}

fn untyped(parts: Box<WaitParts>) -> CallFuture<Value> {
    CallFuture(Box::pin(async move {
        let mut waiting = Waiting::new(parts);
        loop {
            let mut body: Option<Value> = None;
            if let Some(meta) = waiting.ask(&mut body).await? {
                return Ok(Response::new(body.unwrap_or_default(), meta));
            }
        }
    }))
}

/// A method of the call for each goal.
macro_rules! goals {
    ($($(#[$doc:meta])* $goal:ident $method:ident;)*) => {
        $(impl<R: Waits<until::$goal>> Call<R> {
            $(#[$doc])*
            ///
            /// How often it asks, how long, and which states end it stands at the client's method and in
            /// [`Operation::waiters`](crate::Operation::waiters).
            pub fn $method(self) -> Wait<R::Answer> {
                Wait::new(self.parts, R::WAITER, typed::<R::Answer>)
            }
        })*
    };
}

goals! {
    /// Repeats the call until the service is ready for it: only the answer "not yet" is waited out, every other error ends it.
    Accepted wait_until_accepted;
    /// Repeats the call until its answer says that what it tells of has been created.
    Created wait_until_created;
    /// Repeats the call until its answer says that what it tells of is in production.
    Deployed wait_until_deployed;
    /// Repeats the call until its answer says that what it tells of has ended well.
    Finished wait_until_finished;
    /// Repeats the call until its answer says that what it tells of can be used.
    Ready wait_until_ready;
    /// Repeats the call until its answer says that what it tells of runs.
    Started wait_until_started;
    /// Repeats the call until its answer says that what it tells of runs no more.
    Stopped wait_until_stopped;
    /// Repeats the call until its answer says that what it tells of has been submitted.
    Submitted wait_until_submitted;
}

impl ActionCall {
    /// Repeats the call until it reaches a goal of the action: the name of one of its
    /// [`waiters`](crate::Operation::waiters), `finished` for example.
    ///
    /// ```
    /// # #[cfg(feature = "v2024-05-18")]
    /// # async fn example(client: dataworks_sdk::v2024_05_18::Client) -> Result<(), dataworks_sdk::Error> {
    /// let run = client.action("GetTaskInstance")?.set("Id", 1234).wait_until("finished")?.await?;
    /// println!("{}", run["TaskInstance"]["FinishedTime"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if the action has no such waiter.
    pub fn wait_until(self, goal: &str) -> Result<Wait<Value>, Error> {
        let operation = self.operation();
        let names = || operation.waiters().iter().map(|waiter| waiter.name());
        if let Some(waiter) = operation.waiters().iter().find(|waiter| waiter.name() == goal) {
            return Ok(Wait::new(self.parts, waiter, untyped));
        }
        let error = Error::new(ErrorKind::InvalidRequest, format!("nothing tells when it is {goal:?}"));
        let error = error.with_action(operation.name());
        Err(match nearest(goal, names()) {
            Some(known) => error.with_hint(format!("did you mean `{known}`?")),
            None if operation.waiters().is_empty() => error.with_hint("the action has no waiters; `send()` it"),
            None => error.with_hint(format!("it has the waiters {}", names().collect::<Vec<_>>().join(", "))),
        })
    }
}

/// A wait that is under way.
struct Waiting {
    parts: Box<WaitParts>,
    /// How long a single call may take, where that is limited.
    call_timeout: Option<Duration>,
    begun: Instant,
    deadline: Option<Instant>,
    asked: u32,
    /// How long to sleep before asking.
    delay: Option<Duration>,
    /// Whether there is no time to ask once more.
    last_time: bool,
    last: Ended,
    error: Option<Error>,
}

/// What an answer says about the wait.
enum Verdict {
    Reached,
    Failed,
    OnTheWay,
}

impl Waiting {
    fn new(parts: Box<WaitParts>) -> Self {
        let begun = Instant::now();
        let options = &parts.call.options;
        let call_timeout = options.total_timeout.or(parts.call.client.config.shared().total_timeout);
        // What lies beyond the end of time is no limit.
        let deadline = begun.checked_add(parts.timeout);
        Self {
            parts,
            call_timeout,
            begun,
            deadline,
            asked: 0,
            delay: None,
            last_time: false,
            last: Ended::default(),
            error: None,
        }
    }

    /// Sleeps, asks and looks: an answer if the goal is reached, nothing if it is not yet.
    async fn ask(&mut self, body: &mut dyn Slot) -> Result<Option<Box<Meta>>, Error> {
        if let Some(delay) = self.delay.take() {
            sleep(delay).await;
        }
        let left = self.left();
        self.parts.call.options.total_timeout = match (self.call_timeout, left) {
            (Some(limit), Some(left)) => Some(limit.min(left)),
            (limit, left) => limit.or(left),
        };
        let result = execute::execute(&self.parts.call, body).await;
        self.asked += 1;
        match result {
            Ok(meta) => self.answered(body.see(), meta),
            Err(error) => self.failed(error).map(|()| None),
        }
    }

    fn answered(&mut self, body: Datum<'_>, meta: Box<Meta>) -> Result<Option<Box<Meta>>, Error> {
        let waiter = self.parts.waiter;
        let text = |path| one(body, path).and_then(Datum::text).filter(|text| !text.is_empty());
        let state = waiter.path().and_then(text).filter(|state| state.len() <= LONGEST_STATE);
        let among = |states: &[&str]| state.as_deref().is_some_and(|state| states.contains(&state));
        let verdict = match waiter.path() {
            None => Verdict::Reached,
            Some(_) if among(waiter.states_of_success()) => Verdict::Reached,
            Some(_) if among(waiter.states_of_failure()) => Verdict::Failed,
            Some(_) => Verdict::OnTheWay,
        };
        let on_the_way = matches!(verdict, Verdict::OnTheWay);
        let next = if on_the_way { self.plan(Duration::ZERO) } else { None };
        self.tell(state.as_deref(), None, next);
        if let Verdict::Reached = verdict {
            return Ok(Some(meta));
        }
        self.last = Ended { state, answer: meta.answer.body, request_id: meta.request_id };
        self.error = None;
        if let Verdict::Failed = verdict {
            return Err(self.ended_badly(waiter.reason_path().and_then(text)));
        }
        self.delay = next;
        if next.is_none() { Err(self.timed_out()) } else { Ok(None) }
    }

    /// Whether to ask again although there was no answer.
    fn failed(&mut self, error: Error) -> Result<(), Error> {
        let not_yet = self.parts.waiter.is_not_yet(&error);
        let out_of_time = error.kind() == ErrorKind::Timeout && self.left().is_some_and(|left| left.is_zero());
        let may_pass = error.is_retryable() || error.kind() == ErrorKind::Decode;
        let safe = self.parts.call.operation.safety() != Safety::Write || !error.may_have_been_sent();
        if out_of_time {
            self.tell(None, Some(&error), None);
            self.error = Some(error);
            return Err(self.timed_out());
        }
        if !(not_yet || may_pass && safe) {
            return Err(error);
        }
        let next = self.plan(error.retry_after().unwrap_or_default());
        self.tell(None, Some(&error), next);
        if not_yet {
            // That is an answer, too.
            self.last.request_id = error.request_id().map(str::to_owned);
        }
        self.error = Some(error);
        self.delay = next;
        if next.is_none() { Err(self.timed_out()) } else { Ok(()) }
    }

    fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// In how long to ask again, and not before `least`: the last time shortly before the end. `None` if there is no time.
    fn plan(&mut self, least: Duration) -> Option<Duration> {
        let growth = GROWTH.powi(i32::try_from(self.asked).unwrap_or(i32::MAX) - 1).min(MOST_GROWTH);
        let delay = self.parts.interval.mul_f64(growth * (0.8 + 0.4 * fastrand::f64())).max(least);
        let Some(left) = self.left().filter(|left| *left <= delay) else {
            return Some(delay);
        };
        let last = left.mul_f64(0.9);
        let worth_it = last >= least && !last.is_zero() && !std::mem::replace(&mut self.last_time, true);
        worth_it.then_some(last)
    }

    fn tell(&mut self, state: Option<&str>, error: Option<&Error>, next: Option<Duration>) {
        let (asked, elapsed) = (self.asked, self.begun.elapsed());
        tracing::debug!(
            target: "dataworks_sdk",
            action = self.parts.call.operation.name(),
            until = self.parts.waiter.name(),
            state,
            asked,
            "waiting"
        );
        if let Some(see) = &mut self.parts.on_progress {
            see(&Progress { state, error, asked, elapsed, next });
        }
    }

    fn ended_badly(&mut self, reason: Option<String>) -> Error {
        let (waiter, call) = (self.parts.waiter, &self.parts.call);
        let state = self.last.state.as_deref().unwrap_or_default();
        let mut message =
            format!("came to the state {state} after {} of waiting until it is {}", self.elapsed(), waiter.name());
        if let Some(reason) = reason {
            message.push_str(": ");
            message.push_str(reason.trim_end_matches('.'));
        }
        let expanded = call.request.expanded(call.operation);
        let request = expanded.as_ref().map_or_else(|| call.request.datum(), |it| Datum::Map(&it.request));
        let error = Error::new(ErrorKind::WaitFailed, message).with_action(call.operation.name());
        let error = match waiter.hint_for(request) {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        error.with_ended(std::mem::take(&mut self.last))
    }

    fn timed_out(&mut self) -> Error {
        let (waiter, call) = (self.parts.waiter, &self.parts.call);
        let state = match (&self.last.state, &self.error) {
            (Some(state), None) => format!("the last state was {state}"),
            (Some(state), Some(error)) => format!("the last state was {state}, then {}", error.without_hint()),
            (None, Some(error)) => format!("the last answer was {}", error.without_hint()),
            (None, None) => "no answer had a state".to_owned(),
        };
        let times = if self.asked == 1 { "once".to_owned() } else { format!("{} times", self.asked) };
        let message = format!("not {} after {} of waiting: {state} (asked {times})", waiter.name(), self.elapsed());
        let sent = self.error.as_ref().is_some_and(Error::may_have_been_sent);
        let hint = if sent && call.operation.safety() == Safety::Write {
            "the request may have been carried out: look before you repeat it"
        } else {
            "look whether it still moves and wait again, or longer: `timeout` on the wait"
        };
        let error = Error::new(ErrorKind::WaitTimeout, message).with_action(call.operation.name()).with_hint(hint);
        let error = error.maybe_sent(sent).with_ended(std::mem::take(&mut self.last));
        match self.error.take() {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }

    fn elapsed(&self) -> impl fmt::Display {
        shown(self.begun.elapsed())
    }
}

/// A time as people say it: milliseconds count below a second only.
fn shown(time: Duration) -> impl fmt::Display {
    let whole = Duration::from_secs(time.as_secs());
    let short = Duration::from_millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    humantime::format_duration(if whole.is_zero() { short } else { whole })
}
