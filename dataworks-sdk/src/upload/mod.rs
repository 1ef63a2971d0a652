//! Uploading a file with a call: an authorisation from `OpenPlatform`, a form to object storage, then the action.

mod file;

use serde_json::Value;
use tracing::{Instrument as _, Span};

pub use file::Upload;
pub(crate) use file::{Pieces, Watch};

use crate::call::{CallOptions, CallParts, Source};
use crate::client::Client;
use crate::endpoint::BaseUrl;
use crate::error::{Error, ErrorKind, service};
use crate::execute::{self, Progress};
use crate::model::{Datum, Slot};
use crate::operation::{Api, Field, Kind, Method, Operation, Outcome, query};
use crate::response::Meta;
use crate::retry::Attempts;
use crate::secret::Secrets;
use crate::transport::{FileForm, Timeouts};
use file::File;

/// A step of an upload that comes before its action: see [`Error::upload_step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UploadStep {
    /// Asking `OpenPlatform` where the file may be put.
    Authorize,
    /// Sending the file to object storage.
    Upload,
}

impl UploadStep {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorizing the upload",
            Self::Upload => "uploading the file",
        }
    }
}

static AUTHORIZE: Operation = Operation::new("AuthorizeFileUpload", Method::Get)
    .read()
    .parameters(&[query("Product", Kind::Text), query("RegionId", Kind::Text)])
    .outcome(Outcome::None)
    .secret_answer();

static OPEN_PLATFORM: Api =
    Api { product: "OpenPlatform", version: "2019-12-19", endpoints: &[], operations: &[&AUTHORIZE] };

/// Where `OpenPlatform` is, unless [`ServiceUrls`](crate::ServiceUrls) says otherwise.
const OPEN_PLATFORM_HOST: &str = "openplatform.aliyuncs.com";

/// The parameter of an action that takes a file.
pub(crate) fn file_field(operation: &'static Operation) -> Option<&'static Field> {
    operation.shape().fields().iter().find(|field| matches!(field.kind, Kind::File))
}

/// Uploads the file, carries the call out with its URL, and reads the answer into `body`.
pub(crate) async fn upload(
    parts: &mut CallParts,
    parameter: &'static str,
    file: Upload,
    body: &mut dyn Slot,
) -> Result<Box<Meta>, Error> {
    let (name, limit) = (parts.operation.name(), execute::limit(parts));
    let span = execute::span(parts);
    let progress = Progress::default();
    let work = steps((parts, &span), parameter, file, body, &progress).instrument(span.clone());
    execute::limited(name, limit, &progress, work).await
}

async fn steps(
    (parts, span): (&mut CallParts, &Span),
    parameter: &'static str,
    file: Upload,
    body: &mut dyn Slot,
    progress: &Progress,
) -> Result<Box<Meta>, Error> {
    if !matches!(parts.request.datum().field(parameter).plain(), Datum::Absent) {
        let message =
            format!("{parameter} is set, and `upload` sets it: leave it out, or send the call without a file");
        return Err(Error::new(ErrorKind::InvalidRequest, message));
    }
    // What is wrong with the request is found before anything is sent: its file is as good as there.
    parts.request.set(parameter, "http://upload/");
    execute::check(parts).await?;
    let region = region(parts)?;
    let file = file.open().await?;
    progress.begin(Some(UploadStep::Authorize));
    let place = authorize(parts, region, progress).await.map_err(|error| before(error, UploadStep::Authorize))?;
    progress.begin(Some(UploadStep::Upload));
    store(parts, &place, &file, progress).await.map_err(|error| before(error, UploadStep::Upload))?;
    parts.request.set(parameter, &place.file_url());
    progress.begin(None);
    execute::run(parts, body, span, progress, None).await
}

/// An error of a step before the action: whatever happened, the action did not.
fn before(error: Error, step: UploadStep) -> Error {
    let error = error.maybe_sent(false).with_step(step);
    match (error.kind(), step) {
        (ErrorKind::Connect, UploadStep::Authorize) => {
            error.with_hint("check the network; `ServiceUrls::open_platform` gives another address")
        }
        (ErrorKind::Connect, UploadStep::Upload) => {
            error.with_hint("check the network; `ServiceUrls::object_storage` gives another address")
        }
        _ => error,
    }
}

/// The region that the file is for: the call's, the client's, or the one whose endpoint is called.
fn region(parts: &CallParts) -> Result<String, Error> {
    let (config, options) = (&parts.client.config, &parts.options);
    let given = options.region.as_deref().or_else(|| config.region());
    let by_host = || {
        let host = execute::base(parts).ok()?.host().to_owned();
        let mut known = parts.client.api.endpoints.iter();
        Some(known.find(|endpoint| endpoint.public == host || endpoint.vpc == Some(&host))?.region)
    };
    given.or_else(by_host).map(str::to_owned).ok_or_else(|| {
        Error::new(ErrorKind::Config, "an upload has to name its region, and there is only an endpoint")
            .with_hint("give the builder a `region`, too")
    })
}

/// Where a file may be put, and what shows that it may.
struct Place {
    bucket: String,
    endpoint: String,
    key: String,
    access_key_id: String,
    policy: String,
    signature: String,
}

async fn authorize(parts: &CallParts, region: String, progress: &Progress) -> Result<Place, Error> {
    let (config, options) = (&parts.client.config, &parts.options);
    let endpoint = config.shared().open_platform.as_ref().map_or(OPEN_PLATFORM_HOST, BaseUrl::as_str);
    let request = [("Product", parts.client.api.product.to_owned()), ("RegionId", region)];
    let request = request.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let asking = CallParts {
        client: Client::new(&OPEN_PLATFORM, config),
        operation: &AUTHORIZE,
        request: Source::Untyped(request),
        options: CallOptions {
            read_timeout: options.read_timeout,
            retry: options.retry.clone(),
            endpoint: Some(endpoint.to_owned()),
            ..CallOptions::default()
        },
    };
    let mut answer: Option<Value> = None;
    let span = execute::span(&asking);
    execute::run(&asking, &mut answer, &span, progress, None).instrument(span.clone()).await?;
    Place::read(&answer.unwrap_or_default())
}

impl Place {
    fn read(answer: &Value) -> Result<Self, Error> {
        let text = |name: &str| {
            let text = answer[name].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| {
                Error::new(ErrorKind::Decode, format!("the answer of {} lacks {name}", AUTHORIZE.name()))
            })
        };
        Ok(Self {
            bucket: text("Bucket")?,
            endpoint: text("Endpoint")?,
            key: text("ObjectKey")?,
            access_key_id: text("AccessKeyId")?,
            policy: text("EncodedPolicy")?,
            signature: text("Signature")?,
        })
    }

    /// What the action is told: where the service finds the file.
    fn file_url(&self) -> String {
        format!("http://{}.{}/{}", self.bucket, self.endpoint, self.key)
    }

    /// Where the form goes: to the bucket's host, or to the path of the bucket below an address of the caller's own.
    fn form_url(&self, own: Option<&BaseUrl>) -> Result<String, Error> {
        let refuse = |what: &str| {
            let message = format!("the answer of {} names {what}, where no file can be sent", AUTHORIZE.name());
            Error::new(ErrorKind::Decode, message)
        };
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !self.bucket.bytes().all(letter) {
            return Err(refuse(&format!("the bucket {:?}", self.bucket)));
        }
        match own {
            Some(base) => Ok(format!("{}/{}/", base.as_str(), self.bucket)),
            None => BaseUrl::parse(&format!("{}.{}", self.bucket, self.endpoint), false)
                .map(|base| format!("{}/", base.as_str()))
                .map_err(|_| refuse(&format!("the endpoint {:?}", self.endpoint))),
        }
    }

    /// The fields of the form, in the order that object storage wants; the file comes after them.
    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("OSSAccessKeyId", self.access_key_id.clone()),
            ("policy", self.policy.clone()),
            ("Signature", self.signature.clone()),
            ("key", self.key.clone()),
            ("success_action_status", "201".to_owned()),
        ]
    }

    fn secrets(&self) -> Secrets {
        Secrets::of([self.access_key_id.as_str(), &self.policy, &self.signature])
    }
}

/// Puts the file there. Doing it twice is as good as once, so it is repeated while there is a file to send.
async fn store(parts: &CallParts, place: &Place, file: &File, progress: &Progress) -> Result<(), Error> {
    let (shared, options) = (parts.client.config.shared(), &parts.options);
    let url = place.form_url(shared.object_storage.as_ref())?;
    let timeouts = Timeouts { read: options.read_timeout.unwrap_or(shared.timeouts.read), ..shared.timeouts };
    let policy = options.retry.as_ref().unwrap_or(&shared.retry);
    let mut attempts = Attempts::new(policy, &shared.budget, true);
    let secrets = place.secrets();
    loop {
        let pieces = file.pieces().await?;
        let watch = pieces.watch();
        let (file_name, length) = (file.name.clone(), file.length);
        let form = FileForm { url: url.clone(), fields: place.fields(), file_name, length, pieces };
        let error = match shared.transport.upload(form, timeouts).await {
            Ok(answer) => match service::by_status(&answer) {
                None => {
                    shared.budget.earn(attempts.attempt);
                    tracing::debug!(target: "dataworks_sdk", bytes = length, "uploaded");
                    return Ok(());
                }
                // The body of object storage repeats what was sent.
                Some(error) => error.masked(&secrets, true),
            },
            Err(undelivered) => watch.failure().unwrap_or_else(|| Error::from(undelivered).masked(&secrets, true)),
        };
        let error = error.maybe_sent(false);
        if !file.is_whole() {
            return Err(if error.is_retryable() { error.with_hint(USED_UP) } else { error });
        }
        let Some(delay) = attempts.after(&error) else {
            tracing::debug!(target: "dataworks_sdk", error = %error, "failed");
            return Err(error);
        };
        tracing::debug!(target: "dataworks_sdk", error = %error, "repeating");
        progress.note(error, false);
        tokio::time::sleep(delay).await;
    }
}

const USED_UP: &str = "a reader gives its bytes once, so the file was not sent again: upload bytes or a path";
