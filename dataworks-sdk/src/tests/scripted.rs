//! A transport that answers from a script.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::model::API;
use crate::builder::Builder;
use crate::client::Client;
use crate::config::Config;
use crate::credentials::Credentials;
use crate::prepare::PreparedRequest;
use crate::transport::{Answer, Cause, Delivery, Timeouts, Transport, Undelivered};

type Script = dyn Fn(usize, &PreparedRequest) -> Play + Send + Sync;

type Delivered = (Instant, Arc<PreparedRequest>);

/// What happens to one delivery.
pub(crate) enum Play {
    Answer(Answer),
    Undelivered(Cause, bool),
    Hang,
}

/// Answers each delivery by the script, and remembers when and with what it came.
#[derive(Clone)]
pub(crate) struct Scripted {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Delivered>>>,
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(usize, &PreparedRequest) -> Play + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), seen: Arc::default() }
    }

    pub(crate) fn builder(&self) -> Builder<Config> {
        Config::builder()
            .endpoint("http://127.0.0.1:1")
            .credentials(Credentials::new("testid", "testsecret"))
            .transport(self.clone())
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&API, &self.builder().build().unwrap())
    }

    pub(crate) fn requests(&self) -> Vec<Arc<PreparedRequest>> {
        self.seen.lock().unwrap().iter().map(|(_, request)| request.clone()).collect()
    }

    /// The pauses between the deliveries.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        let seen = self.seen.lock().unwrap();
        seen.windows(2).map(|pair| pair[1].0 - pair[0].0).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

impl Transport for Scripted {
    fn send(&self, request: PreparedRequest, _: Timeouts) -> Delivery<'_> {
        let mut seen = self.seen.lock().unwrap();
        let play = (self.script)(seen.len(), &request);
        seen.push((Instant::now(), Arc::new(request)));
        Box::pin(async move {
            match play {
                Play::Answer(answer) => Ok(answer),
                Play::Undelivered(cause, sent) => Err(Undelivered { cause, sent, source: "scripted".into() }),
                Play::Hang => std::future::pending().await,
            }
        })
    }
}

pub(crate) fn answer(status: u16, body: &Value) -> Play {
    Play::Answer(raw(status, body.to_string(), &[]))
}

pub(crate) fn with_header(status: u16, body: &Value, name: &'static str, value: &str) -> Play {
    Play::Answer(raw(status, body.to_string(), &[(name, value)]))
}

pub(crate) fn raw(status: u16, body: impl Into<String>, headers: &[(&'static str, &str)]) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Answer { status, headers: map, body: body.into().into() }
}
