//! A transport that answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use http::HeaderMap;
use serde_json::Value;
use tokio::time::Instant;

use super::model::API;
use crate::builder::Builder;
use crate::client::Client;
use crate::config::Config;
use crate::credentials::Credentials;
use crate::prepare::PreparedRequest;
use crate::transport::{
    Answer, Cause, Delivery, FileForm, Opened, Opening, Piece, ReadPieces, Timeouts, Transport, Undelivered,
};

type Script = dyn Fn(usize, &PreparedRequest) -> Play + Send + Sync;
type Storage = dyn Fn(usize) -> Play + Send + Sync;

type Delivered = (Instant, Arc<PreparedRequest>);

/// What happens to one delivery.
pub(crate) enum Play {
    Answer(Answer),
    Undelivered(Cause, bool),
    Hang,
    /// An answer that comes in these pieces, `None` being one that never comes, and then ends or breaks.
    Pieces(Answer, Vec<Option<Vec<u8>>>, bool),
}

/// Answers each delivery by the script, and remembers when and with what it came.
#[derive(Clone)]
pub(crate) struct Scripted {
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Delivered>>>,
    storage: Arc<Storage>,
    stored: Arc<Mutex<Vec<Stored>>>,
}

/// A form that came with a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    pub(crate) url: String,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) file_name: String,
    pub(crate) length: u64,
    pub(crate) content: Vec<u8>,
}

impl Scripted {
    pub(crate) fn new(script: impl Fn(usize, &PreparedRequest) -> Play + Send + Sync + 'static) -> Self {
        let storage = |_| Play::Answer(raw(201, "", &[]));
        Self { script: Arc::new(script), seen: Arc::default(), storage: Arc::new(storage), stored: Arc::default() }
    }

    /// What object storage does with each form, once it has taken the file. What never leaves leaves the file alone.
    pub(crate) fn storage(mut self, storage: impl Fn(usize) -> Play + Send + Sync + 'static) -> Self {
        self.storage = Arc::new(storage);
        self
    }

    pub(crate) fn stored(&self) -> Vec<Stored> {
        self.stored.lock().unwrap().clone()
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
        Box::pin(play.perform())
    }

    fn open(&self, request: PreparedRequest, _: Timeouts) -> Opening<'_> {
        let mut seen = self.seen.lock().unwrap();
        let play = (self.script)(seen.len(), &request);
        seen.push((Instant::now(), Arc::new(request)));
        Box::pin(async move {
            let (answer, pieces, breaks) = match play {
                Play::Pieces(answer, pieces, breaks) => (answer, pieces, breaks),
                play => {
                    let answer = play.perform().await?;
                    let body = answer.body.to_vec();
                    (answer, vec![Some(body)], false)
                }
            };
            let pieces = Box::new(Pieces(pieces.into(), breaks));
            Ok(Opened { status: answer.status, headers: answer.headers, pieces, limit: usize::MAX })
        })
    }

    fn upload(&self, mut form: FileForm, _: Timeouts) -> Delivery<'_> {
        let attempt = self.stored.lock().unwrap().len();
        let play = (self.storage)(attempt);
        Box::pin(async move {
            let mut stored = Stored {
                url: form.url,
                fields: form.fields,
                file_name: form.file_name,
                length: form.length,
                content: Vec::new(),
            };
            let mut broken = None;
            if !matches!(play, Play::Undelivered(_, false)) {
                while let Some(piece) = form.pieces.next().await {
                    match piece {
                        Ok(piece) => stored.content.extend_from_slice(&piece),
                        Err(error) => broken = Some(error),
                    }
                    if broken.is_some() {
                        break;
                    }
                }
            }
            self.stored.lock().unwrap().push(stored);
            match broken {
                Some(error) => Err(Undelivered { cause: Cause::Broken, sent: true, source: error.into() }),
                None => play.perform().await,
            }
        })
    }
}

struct Pieces(VecDeque<Option<Vec<u8>>>, bool);

impl ReadPieces for Pieces {
    fn read(&mut self) -> Piece<'_> {
        Box::pin(async {
            match self.0.pop_front() {
                Some(Some(piece)) => Ok(Some(piece.into())),
                Some(None) => std::future::pending().await,
                None if self.1 => Err(Undelivered { cause: Cause::Broken, sent: true, source: "scripted".into() }),
                None => Ok(None),
            }
        })
    }
}

impl Play {
    async fn perform(self) -> Result<Answer, Undelivered> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Undelivered(cause, sent) => Err(Undelivered { cause, sent, source: "scripted".into() }),
            Self::Hang => std::future::pending().await,
            Self::Pieces(answer, ..) => Ok(answer),
        }
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
