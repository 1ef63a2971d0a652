//! Calls: small, sendable, shallow, and answered by a server that has read the spec by itself.

use std::sync::mpsc;
use std::thread;

use dataworks_emulator::Emulator;
use dataworks_sdk::{Config, Error, Json};
use serde_json::Value;
use tokio::runtime;

use super::example::SECRET;
use super::probe::{Answered, UNTYPED};
use super::requests::full;
use super::{Case, each};
use crate::support::{KEY, config};

/// What a call, its future and its streams may take on the caller's stack.
const LARGEST_CALL: usize = 64;
/// A stream holds where it is, and the page that is being read by a pointer.
const LARGEST_STREAM: usize = 192;
/// Programs have threads this small.
const STACK: usize = 256 * 1024;

#[test]
fn calls_futures_and_streams_are_small() {
    let [call, future, pages, items] = UNTYPED;
    assert!(call.max(future) <= LARGEST_CALL && pages.max(items) <= LARGEST_STREAM, "{UNTYPED:?}");
    each(|case, problems| {
        for (what, size) in ["call", "future"].into_iter().zip(case.probe.sizes) {
            if size > LARGEST_CALL {
                problems.push(format!("its {what} takes {size} bytes"));
            }
        }
        let streams = (case.probe.paging)().map(|paging| paging.sizes);
        for (what, size) in ["pages", "items"].into_iter().zip(streams.into_iter().flatten()) {
            if size > LARGEST_STREAM {
                problems.push(format!("its stream of {what} takes {size} bytes"));
            }
        }
    });
}

/// An emulator on a thread of its own, with as much stack as it likes.
struct Server {
    config: Config,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    fn start() -> Self {
        let (started, start) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let thread = thread::spawn(move || {
            runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
                let emulator = Emulator::builder().stateless().journal(0).start().await.unwrap();
                started.send(config(&emulator)).unwrap();
                // Whether it is told to stop or forgotten: it stops.
                let _ = stopped.await;
            });
        });
        Self { config: start.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().map(thread::JoinHandle::join);
    }
}

/// Runs on a thread of 256 KiB that bears the action's name: an overflow says whose it is.
fn on_a_small_stack<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn_scoped(scope, work).unwrap();
        thread.join().unwrap()
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn every_call_succeeds_on_a_small_stack() {
    let server = Server::start();
    each(|case, problems| {
        let json = Value::Object(full(case).typed).to_string();
        let call = || block_on((case.probe.call)(&server.config, json.as_bytes()));
        match on_a_small_stack(case.name, call) {
            Ok(answered) => judge(case, &answered, problems),
            Err(error) => problems.push(complaint(&error)),
        }
    });
}

fn judge(case: &Case, answered: &Answered, problems: &mut Vec<String>) {
    if !answered.mismatches.is_empty() || answered.failures > 0 {
        problems.push(format!("{:?} could not be read, {} items failed", answered.mismatches, answered.failures));
    }
    if answered.request_id.is_none() {
        problems.push("the answer has no request id".to_owned());
    }
    let fields = case.version.resolve(&case.facts.answer).unwrap().properties.len();
    let found = serde_json::to_value(Json(&*answered.body)).unwrap();
    if found.as_object().unwrap().len() < fields {
        problems.push(format!("of {fields} fields only these are found: {found}"));
    }
    if answered.shown.contains(SECRET) {
        problems.push(format!("a secret is shown: {}", answered.shown));
    }
}

/// An error, and whether it gave away anything.
fn complaint(error: &Error) -> String {
    let text = format!("{error}\n{error:?}");
    assert!(!text.contains(SECRET) && !text.contains(KEY), "a secret is shown: {text}");
    text
}

#[test]
fn every_action_succeeds_by_its_name() {
    let server = Server::start();
    each(|case, problems| {
        let call = (case.probe.by_name)(&server.config, case.name);
        let values = full(case).wire;
        let call = values.into_iter().fold(call, |call, (name, value)| call.set(&name, value));
        match on_a_small_stack(case.name, || block_on(async { call.send().await })) {
            Ok(answer) if answer.request_id().is_none() => problems.push("the answer has no request id".to_owned()),
            Ok(_) => {}
            Err(error) => problems.push(complaint(&error)),
        }
    });
}
