//! HTTP: takes connections, lets each request through the checks, and answers or misbehaves as asked.

use std::collections::VecDeque;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::Sleep;

use crate::auth::{self, Callers, Nonces};
use crate::catalog::{Catalog, Operation};
use crate::check;
use crate::clock::Clock;
use crate::error::Refusal;
use crate::fault::{Fault, Faults};
use crate::gateway;
use crate::ids;
use crate::journal::Journal;
use crate::request::Received;
use crate::state::{Call, Store, Time};
use crate::uploads::{self, Uploads};

/// How long a shutdown waits for calls that are under way.
const GRACE: Duration = Duration::from_secs(2);
/// The media type of events.
const EVENT_STREAM: &str = "text/event-stream";
/// How many events an answer is given in.
const EVENTS: usize = 3;
/// The series of identifiers that request ids are taken from.
pub(crate) const REQUESTS: u64 = 1;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) callers: Callers,
    pub(crate) nonces: Nonces,
    pub(crate) clock: Clock,
    pub(crate) speed: f64,
    pub(crate) strict: bool,
    pub(crate) catalog: Catalog,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    /// Absent when every answer comes from the spec's shape.
    pub(crate) store: Option<Mutex<Store>>,
    pub(crate) uploads: Uploads,
    pub(crate) answered: AtomicU64,
}

impl Shared {
    pub(crate) fn time(&self) -> Time {
        Time { now: self.clock.now_ms(), speed: self.speed }
    }
}

/// Serves until `stop` says otherwise, then lets the calls under way end.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, shared.clone(), stop.clone()));
                }
                // Out of file handles, most likely: some are free again in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    // What has not ended by then is cut off with the set.
    let _ = tokio::time::timeout(GRACE, ended).await;
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    // Without it small answers wait for the client's acknowledgement; a socket that refuses it still works.
    let _ = stream.set_nodelay(true);
    let last = Arc::new(Notify::new());
    let service = service_fn(|request| handle(shared.clone(), last.clone(), request));
    let mut serving = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let mut stopping = *stop.borrow();
    if stopping {
        serving.as_mut().graceful_shutdown();
    }
    loop {
        tokio::select! {
            _ = serving.as_mut() => return,
            () = last.notified() => serving.as_mut().graceful_shutdown(),
            _ = stop.changed(), if !stopping => {
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The connection is closed in place of an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed, as a fault asks")
    }
}

impl std::error::Error for Closed {}

async fn handle(
    shared: Arc<Shared>,
    last: Arc<Notify>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, Closed> {
    let (parts, body) = request.into_parts();
    if let Some(target) = gateway::Target::of(&parts) {
        return gateway::handle(&shared, &last, target, &parts, body).await;
    }
    let (mut received, readable) = Received::head(&parts);
    let named = received.action().unwrap_or_default();
    let mut chance = shared.faults.draw();
    let closed = shared.faults.take(named, |fault| *fault == Fault::CloseOnArrival);
    if closed.or_else(|| chance.take_if(|fault| *fault == Fault::CloseOnArrival)).is_some() {
        shared.journal.note(&received);
        return Err(Closed);
    }
    let readable = match readable {
        Ok(()) => received.body(&parts, body).await,
        refused => refused,
    };
    let number = shared.journal.note(&received);
    let admitted = readable.and_then(|()| admit(&shared, &received));
    let action = received.action().unwrap_or_default();
    let waiting = || shared.faults.take(action, |fault| *fault != Fault::CloseOnArrival);
    let fault = if admitted.is_ok() { waiting().or(chance) } else { None };
    let reply = Reply::begin(&shared, &parts, received.posts_object);
    let response = match (admitted, fault) {
        (
            Ok(_),
            Some(
                fault
                @ (Fault::Throttle { .. } | Fault::Status { .. } | Fault::Raw { .. } | Fault::Unsuccessful { .. }),
            ),
        ) => reply.spoiled(fault),
        (admitted, fault) => {
            if let Some(Fault::Delay(time)) = &fault {
                tokio::time::sleep(*time).await;
            }
            let outcome = admitted.and_then(|admitted| perform(&shared, &admitted, &received, number));
            reply.finish(outcome, fault.as_ref(), &last)?
        }
    };
    shared.journal.amend(number, |request| {
        request.status = Some(response.status().as_u16());
        request.code.clone_from(&response.body().code);
    });
    Ok(response)
}

/// What a request is let through to.
enum Admitted {
    Action(Arc<Operation>),
    /// `AuthorizeFileUpload` of `OpenPlatform`.
    Authorize,
    /// A form to object storage, which has checks of its own.
    Object,
}

/// What is answered when all went well.
enum Done {
    Json(Map<String, Value>),
    /// The same answer, as events.
    Events(Map<String, Value>),
    /// By object storage, which has created something.
    Created(String),
}

/// Everything that is checked before the parameters: what is called, how, and by whom.
fn admit(shared: &Shared, received: &Received) -> Result<Admitted, Refusal> {
    if received.posts_object {
        return Ok(Admitted::Object);
    }
    if received.path != "/" {
        return Err(Refusal::new(
            404,
            "InvalidAction.NotFound",
            format!("The path {} is not served: actions are called at /.", received.path),
        ));
    }
    let version = received.version().ok_or_else(|| Refusal::missing("Version"))?;
    let action = received.action().ok_or_else(|| Refusal::missing("Action"))?;
    if (version, action) == (uploads::VERSION, uploads::ACTION) {
        by_method(received, action, "GET")?;
        auth::check(received, &shared.callers, &shared.nonces, shared.clock.now_ms())?;
        return Ok(Admitted::Authorize);
    }
    if !shared.catalog.has_version(version) {
        return Err(Refusal::new(
            400,
            "InvalidVersion",
            format!("Specified parameter Version is not valid: {version}."),
        ));
    }
    let operation = shared.catalog.operation(version, action).ok_or_else(|| {
        Refusal::new(
            404,
            "InvalidAction.NotFound",
            format!("Specified api is not found, please check your url and method: {action} of {version}."),
        )
    })?;
    by_method(received, action, operation.action().method.as_str())?;
    if let Some(format) = received.parameter("Format").filter(|format| !format.eq_ignore_ascii_case("json")) {
        return Err(Refusal::invalid("Format", format!("\"{format}\" is not supported: answers are JSON")));
    }
    auth::check(received, &shared.callers, &shared.nonces, shared.clock.now_ms())?;
    Ok(Admitted::Action(operation))
}

fn by_method(received: &Received, action: &str, expected: &str) -> Result<(), Refusal> {
    if received.method == expected {
        return Ok(());
    }
    let message =
        format!("This http method is not supported: {action} is called with {expected}, not {}.", received.method);
    Err(Refusal::new(400, "UnsupportedHTTPMethod", message))
}

/// Does what is asked for.
fn perform(shared: &Shared, admitted: &Admitted, received: &Received, number: usize) -> Result<Done, Refusal> {
    match admitted {
        Admitted::Action(operation) => {
            let body = act(shared, operation, received, number)?;
            let accepts = received.header("accept").unwrap_or_default();
            let as_events = accepts.contains(EVENT_STREAM) && operation.has_events();
            Ok(if as_events { Done::Events(body) } else { Done::Json(body) })
        }
        Admitted::Authorize => shared.uploads.authorize(received, shared.clock.now()).map(Done::Json),
        Admitted::Object => shared.uploads.take(received, shared.clock.now()).map(Done::Created),
    }
}

/// Checks the parameters and does the action.
fn act(
    shared: &Shared,
    operation: &Operation,
    received: &Received,
    number: usize,
) -> Result<Map<String, Value>, Refusal> {
    let checked = check::check(operation, received, shared.strict)?;
    if !checked.misplaced.is_empty() {
        shared.journal.amend(number, |request| request.misplaced = checked.misplaced);
    }
    if shared.store.is_some() {
        uploaded(shared, operation, &checked.values)?;
    }
    match (&shared.store, operation.handler()) {
        (Some(store), Some(handler)) => {
            let call = Call { values: &checked.values, time: shared.time() };
            store.lock().unwrap_or_else(PoisonError::into_inner).run(operation.name(), handler, &call)
        }
        _ => Ok(operation.template().answer(&checked.values)),
    }
}

/// Whether there is a file wherever a parameter says so.
fn uploaded(shared: &Shared, operation: &Operation, values: &check::Values) -> Result<(), Refusal> {
    let files = operation.action().parameters.iter().filter(|(_, parameter)| parameter.schema.is_file_transfer_url);
    for (name, url) in files.filter_map(|(name, _)| Some((name, values.text(name)?))) {
        if shared.uploads.object(url).is_none() {
            return Err(Refusal::invalid(name, "no file was uploaded to this URL"));
        }
    }
    Ok(())
}

/// An answer in the making.
struct Reply {
    /// Whether refusals are written in XML: by object storage.
    xml: bool,
    request_id: String,
    host: String,
    date: String,
}

impl Reply {
    fn begin(shared: &Shared, parts: &Parts, xml: bool) -> Self {
        let number = shared.answered.fetch_add(1, Ordering::Relaxed);
        let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        Self {
            xml,
            request_id: ids::uuid(REQUESTS, number),
            host: host.to_owned(),
            date: httpdate::fmt_http_date(shared.clock.now()),
        }
    }

    /// The outcome as an answer, and what a fault makes of that.
    fn finish(
        self,
        outcome: Result<Done, Refusal>,
        fault: Option<&Fault>,
        last: &Arc<Notify>,
    ) -> Result<Response<Answer>, Closed> {
        let response = match outcome {
            Ok(Done::Json(mut body)) => {
                body.insert("RequestId".to_owned(), self.request_id.as_str().into());
                self.json(200, &Value::Object(body), None)
            }
            Ok(Done::Events(body)) => self.events(body),
            Ok(Done::Created(xml)) => self.xml(201, xml, None),
            Err(refusal) => self.refused(&refusal),
        };
        cut(response, fault, last)
    }

    /// What a fault answers in place of doing anything.
    fn spoiled(&self, fault: Fault) -> Response<Answer> {
        match fault {
            Fault::Throttle { retry_after_ms } => {
                let mut response =
                    self.refused(&Refusal::new(429, "Throttling.User", "Request was denied due to user flow control."));
                if let Some(ms) = retry_after_ms {
                    response.headers_mut().insert("x-acs-retry-after", ms.into());
                }
                response
            }
            Fault::Raw { status, headers, body } => {
                let mut response = self.head(status, Answer::new(body, None));
                for (name, value) in headers {
                    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                        response.headers_mut().append(name, value);
                    }
                }
                response
            }
            Fault::Unsuccessful { code, message } => self.refused(&Refusal::unsuccessful(code, message)),
            Fault::Status { status, code, message } => self.refused(&Refusal::new(status, code, message)),
            other => self.refused(&Refusal::new(500, "InternalError.Fault", format!("{other:?} is no answer."))),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Response<Answer> {
        if self.xml {
            let body = refusal.xml(&self.request_id, &self.host);
            return self.xml(refusal.status, body, Some(refusal.code.clone()));
        }
        self.json(refusal.status, &refusal.body(&self.request_id, &self.host), Some(refusal.code.clone()))
    }

    fn json(&self, status: u16, body: &Value, code: Option<String>) -> Response<Answer> {
        let mut response = self.head(status, Answer::new(body.to_string().into(), code));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
        if let Ok(id) = HeaderValue::try_from(&self.request_id) {
            headers.insert("x-acs-request-id", id);
        }
        response
    }

    /// The same answer so many times, each as an event.
    fn events(&self, mut body: Map<String, Value>) -> Response<Answer> {
        body.insert("RequestId".to_owned(), self.request_id.as_str().into());
        let data = Value::Object(body).to_string();
        let event = |number: usize| Bytes::from(format!("id: {number}\nevent: message\ndata: {data}\n\n"));
        let mut response = self.head(200, Answer::new(Bytes::from_static(b": the answers follow\n\n"), None));
        response.body_mut().more = (1..=EVENTS).map(event).collect();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
        response
    }

    fn xml(&self, status: u16, body: String, code: Option<String>) -> Response<Answer> {
        let mut response = self.head(status, Answer::new(body.into(), code));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        response
    }

    fn head(&self, status: u16, answer: Answer) -> Response<Answer> {
        let mut response = Response::new(answer);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Ok(date) = HeaderValue::try_from(&self.date) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }
}

/// What a fault makes of an answer and its connection.
pub(crate) fn cut(
    mut response: Response<Answer>,
    fault: Option<&Fault>,
    last: &Arc<Notify>,
) -> Result<Response<Answer>, Closed> {
    match fault {
        Some(Fault::CloseBeforeAnswer) => return Err(Closed),
        Some(Fault::Truncate) => response.body_mut().truncate(),
        Some(Fault::HalfJson) => response.body_mut().halve(),
        Some(Fault::Slow(pause)) => response.body_mut().pause(*pause),
        Some(Fault::CloseIdle) => response.body_mut().last = Some(last.clone()),
        _ => {}
    }
    Ok(response)
}

/// The body of an answer, whole or cut off.
#[derive(Debug)]
pub(crate) struct Answer {
    data: Bytes,
    /// The error code in it, for the journal.
    pub(crate) code: Option<String>,
    /// What follows, piece by piece, when it is not promised how much.
    more: VecDeque<Bytes>,
    /// How many bytes the head promises.
    promised: u64,
    /// How far the cutting has come: the first part must be on its way before the connection breaks.
    broken: Option<bool>,
    /// What comes after a pause.
    rest: Option<(Pin<Box<Sleep>>, Bytes)>,
    /// The connection's owner, who closes it when this is through.
    last: Option<Arc<Notify>>,
}

impl Answer {
    pub(crate) fn new(data: Bytes, code: Option<String>) -> Self {
        Self { promised: data.len() as u64, data, code, more: VecDeque::new(), broken: None, rest: None, last: None }
    }

    fn truncate(&mut self) {
        // Of events, one comes whole.
        if self.more.is_empty() {
            self.data.truncate(self.data.len() / 2);
        }
        self.more.truncate(1);
        self.broken = Some(false);
    }

    fn halve(&mut self) {
        self.data.truncate(self.data.len() / 2);
        self.promised = self.data.len() as u64;
    }

    fn pause(&mut self, pause: Duration) {
        let rest = self.data.split_off(self.data.len() / 2);
        self.rest = Some((Box::pin(tokio::time::sleep(pause)), rest));
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if !self.data.is_empty() {
            let data = std::mem::take(&mut self.data);
            self.promised -= data.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some((pause, rest)) = &mut self.rest {
            std::task::ready!(pause.as_mut().poll(context));
            let data = std::mem::take(rest);
            self.rest = None;
            self.promised -= data.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if let Some(data) = self.more.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.broken {
            None => Poll::Ready(None),
            Some(true) => Poll::Ready(Some(Err(Closed))),
            Some(false) => {
                self.broken = Some(true);
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty() && self.more.is_empty() && self.broken.is_none() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.more.is_empty() { SizeHint::with_exact(self.promised) } else { SizeHint::default() }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(last) = &self.last {
            last.notify_one();
        }
    }
}
