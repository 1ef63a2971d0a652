//! A marker in every secret that the spec knows of, and in the credentials: nothing that can be printed may hold it, whatever
//! the service does.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use dataworks_sdk::{ActionCall, Config, Credentials, Error, RetryPolicy};
use futures_util::FutureExt as _;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};

use super::answers::answer;
use super::example::{self, Form};
use super::printed::{KEY, MARK, Play, Printed, SECRET, TOKEN};
use super::requests::full;
use super::{Case, each};
use crate::flows::secrets::Kept;
use crate::support::{builder, http};

/// Which answers the service has: version and action to body.
type Bodies = HashMap<(String, String), Value>;

/// The value with the marker in the place of what the example has for a secret; JSON inside texts is written anew.
fn planted(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains(example::SECRET) => {
            match serde_json::from_str::<Value>(text).ok().filter(|inner| !inner.is_string()) {
                Some(mut inner @ Value::Object(_)) => {
                    inner["x"] = example::SECRET.into();
                    planted(&inner).to_string().into()
                }
                Some(inner) => planted(&inner).to_string().into(),
                None => text.replace(example::SECRET, SECRET).into(),
            }
        }
        Value::Array(elements) => elements.iter().map(planted).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), planted(value))).collect(),
        other => other.clone(),
    }
}

/// The value with the marker in the place of its first text that is no secret.
fn misplaced(value: &mut Value) -> bool {
    match value {
        Value::String(text) if text.starts_with("数 a+b") => {
            *text = format!("{MARK}!");
            true
        }
        Value::Array(elements) => elements.iter_mut().any(misplaced),
        Value::Object(fields) => fields.values_mut().any(misplaced),
        _ => false,
    }
}

/// An action with its secrets.
struct Planted {
    typed: Map<String, Value>,
    wire: Map<String, Value>,
    answer: Value,
    /// How many there are.
    secrets: usize,
}

impl Planted {
    fn new(case: &Case) -> Self {
        let (full, answer) = (full(case), answer(case, Form::Spec).wire);
        let of = |values: Map<String, Value>| match planted(&values.into()) {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        let secrets = [Value::from(full.typed.clone()), answer.clone()];
        let secrets = secrets.map(|values| values.to_string().matches(example::SECRET).count()).iter().sum();
        Self { typed: of(full.typed), wire: of(full.wire), answer: planted(&answer), secrets }
    }
}

/// A service for each way to behave, and one configuration for each.
struct Services {
    runtime: Runtime,
    playing: Vec<(Play, Config)>,
    breaking: Config,
    hanging: Config,
}

fn configured(url: &str) -> Config {
    let credentials = Credentials::new("testid", KEY).with_security_token(TOKEN);
    let builder = builder(url).credentials(credentials).retry(RetryPolicy::never());
    builder.read_timeout(Duration::from_millis(500)).build().unwrap()
}

impl Services {
    fn start(bodies: Bodies) -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let bodies = Arc::new(bodies);
        let (playing, breaking, hanging) = runtime.block_on(async {
            let mut playing = Vec::new();
            for play in Play::ALL {
                let bodies = bodies.clone();
                let url = http::serve(move |received| {
                    let named = |name| received.parameter(name).unwrap_or_default().to_owned();
                    let parameters = [&*received.query, &*received.form].concat();
                    let (status, body) = play.answer(&parameters, &bodies[&(named("Version"), named("Action"))]);
                    http::Answer::json(status, &body)
                });
                playing.push((play, configured(&url.await)));
            }
            let (breaking, hanging) = (silent(Duration::ZERO).await, silent(Duration::from_secs(3600)).await);
            (playing, configured(&breaking), configured(&hanging))
        });
        Self { runtime, playing, breaking, hanging }
    }
}

/// A server that reads a request, and closes the connection after this time without a word.
async fn silent(time: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                http::receive(&mut stream).await;
                tokio::time::sleep(time).await;
            });
        }
    });
    url
}

fn by_name(case: &Case, config: &Config, planted: &Planted) -> ActionCall {
    let call = (case.probe.by_name)(config, case.name).skip_validation();
    planted.wire.iter().fold(call, |call, (name, value)| call.set(name, value.clone()))
}

/// Everything that a call prints before it is sent.
fn before(case: &Case, config: &Config, planted: &Planted, printed: &mut Printed) {
    let json = Value::Object(planted.typed.clone()).to_string();
    printed.debug("request", &(case.probe.request)(json.as_bytes()).unwrap());
    printed.text("call", (case.probe.shown)(config, json.as_bytes()));
    printed.debug("call by name", &by_name(case, config, planted));
    match (case.probe.prepare)(config, json.as_bytes()).now_or_never().unwrap() {
        Ok(prepared) => printed.debug("prepared", &prepared),
        Err(error) => printed.error("prepare", &error),
    }
    printed.debug("answer", &(case.probe.answer)(planted.answer.to_string().as_bytes()).unwrap());
}

/// Everything that comes of a call, typed and by name.
fn called(case: &Case, what: &str, config: &Config, planted: &Planted, runtime: &Runtime, printed: &mut Printed) {
    let json = Value::Object(planted.typed.clone()).to_string();
    match runtime.block_on((case.probe.call)(config, json.as_bytes())) {
        Ok(answered) => {
            printed.text(&format!("{what}: answer"), answered.shown);
            printed.debug(&format!("{what}: body"), &answered.body);
            printed.debug(&format!("{what}: mismatches"), &answered.mismatches);
        }
        Err(error) => printed.error(what, &error),
    }
    let call = by_name(case, config, planted);
    match runtime.block_on(async { call.send().await }) {
        Ok(answer) => {
            printed.debug(&format!("{what} by name: answer"), &answer);
            printed.debug(&format!("{what} by name: rest"), &(answer.mismatches(), answer.failures()));
        }
        Err(error) => printed.error(&format!("{what} by name"), &error),
    }
}

/// What libraries log: how much, and what of it holds a secret.
struct Logged {
    records: AtomicUsize,
    found: Mutex<Vec<String>>,
}

static LOGGED: Logged = Logged { records: AtomicUsize::new(0), found: Mutex::new(Vec::new()) };

impl log::Log for Logged {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.records.fetch_add(1, Ordering::Relaxed);
        let text = record.args().to_string();
        if text.contains(MARK) || text.contains("Signature=") {
            self.found.lock().unwrap().push(format!("{}: {text}", record.target()));
        }
    }

    fn flush(&self) {}
}

fn listen_to_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&LOGGED).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

#[test]
fn no_secret_of_any_action_is_ever_printed() {
    listen_to_logs();
    let bodies = std::cell::RefCell::new(Bodies::new());
    each(|case, _| {
        let key = (case.version.name().to_owned(), case.name.to_owned());
        bodies.borrow_mut().insert(key, Planted::new(case).answer);
    });
    let services = Services::start(bodies.into_inner());
    let kept = Kept::default();
    let (secrets, actions, texts) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let look = || {
        each(|case, problems| {
            let planted = Planted::new(case);
            secrets.set(secrets.get() + planted.secrets);
            let mut printed = Printed::default();
            before(case, &services.breaking, &planted, &mut printed);
            let guarded = planted.secrets > 0;
            for (play, config) in &services.playing {
                // Where there are credentials alone, they are the same for all actions.
                let telling =
                    [Play::Success, Play::Refused, Play::SignatureDoesNotMatch, Play::HalfJson].contains(play);
                if guarded || telling {
                    called(case, &format!("{play:?}"), config, &planted, &services.runtime, &mut printed);
                }
            }
            if guarded {
                actions.set(actions.get() + 1);
                called(case, "break", &services.breaking, &planted, &services.runtime, &mut printed);
            }
            problems.extend(printed.found());
            texts.set(texts.get() + printed.len());
        });
        one_timeout(&services);
    };
    tracing::subscriber::with_default(kept.clone(), look);
    assert!(secrets.get() > 100 && actions.get() > 30, "only {secrets:?} secrets in {actions:?} actions");
    assert!(texts.get() > 20_000, "only {texts:?} texts");
    let traced = kept.text();
    assert!(traced.contains("failed") || traced.len() > 100_000, "hardly anything was traced");
    let leaks: Vec<&str> = traced.lines().filter(|line| line.contains(MARK) || line.contains("Signature=")).collect();
    assert!(leaks.is_empty(), "traced: {}", leaks.join("\n"));
    assert!(LOGGED.records.load(Ordering::Relaxed) > 0, "nothing was logged");
    assert_eq!(*LOGGED.found.lock().unwrap(), Vec::<String>::new());
}

/// A read timeout waits, so that one action of those with a secret speaks for all.
fn one_timeout(services: &Services) {
    let once = Cell::new(false);
    each(|case, problems| {
        let planted = Planted::new(case);
        if planted.secrets > 0 && !once.replace(true) {
            let mut printed = Printed::default();
            called(case, "timeout", &services.hanging, &planted, &services.runtime, &mut printed);
            problems.extend(printed.found());
        }
    });
    assert!(once.get());
}

/// The search works for every action: it finds what stands in a field that is not marked, in requests and in answers.
#[test]
fn a_secret_in_a_field_that_is_not_marked_is_found() {
    let config = configured("http://127.0.0.1:1");
    let (requests, answers) = (Cell::new(0), Cell::new(0));
    each(|case, problems| {
        let mut printed = Printed::default();
        let mut plain = Planted { answer: Value::Object(Map::new()), ..Planted::new(case) };
        let mut typed = Value::Object(std::mem::take(&mut plain.typed));
        let mut wire = Value::Object(std::mem::take(&mut plain.wire));
        let in_request = misplaced(&mut typed) && misplaced(&mut wire);
        if let (Value::Object(typed), Value::Object(wire)) = (typed, wire) {
            (plain.typed, plain.wire) = (typed, wire);
        }
        plain.answer = Planted::new(case).answer;
        let in_answer = misplaced(&mut plain.answer);
        before(case, &config, &plain, &mut printed);
        let found = printed.found();
        let places =
            [("request", in_request), ("call", in_request), ("call by name", in_request), ("answer", in_answer)];
        for (place, expected) in places {
            if found.iter().any(|found| found.starts_with(&format!("{place}:"))) != expected {
                problems.push(format!("the search does not see {place}"));
            }
        }
        requests.set(requests.get() + usize::from(in_request));
        answers.set(answers.get() + usize::from(in_answer));
    });
    assert!(requests.get() > 300 && answers.get() > 200, "only {requests:?} requests and {answers:?} answers");
}

/// Every kind of credentials, in all that holds them.
#[test]
fn credentials_are_not_shown() {
    let mut printed = Printed::default();
    let kinds = [
        Credentials::new("testid", KEY),
        Credentials::new("testid", KEY).with_security_token(TOKEN),
        Credentials::bearer(TOKEN),
    ];
    for credentials in kinds {
        printed.debug("credentials", &credentials);
        let builder = builder("http://127.0.0.1:1").credentials(credentials.clone());
        printed.debug("builder", &builder);
        let config: Result<Config, Error> = builder.build();
        let config = config.unwrap();
        printed.debug("config", &config);
        printed.debug("older client", &dataworks_sdk::v2020_05_18::Client::new(&config));
        printed.debug("newer client", &dataworks_sdk::v2024_05_18::Client::new(&config));
    }
    assert_eq!(printed.found(), Vec::<String>::new());
}
