//! Uploads over a scripted service: what is sent, what is repeated, which step failed, and where secrets must not turn up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use super::scripted::{Play, Scripted, answer, raw};
use crate::action::ActionCall;
use crate::client::Client;
use crate::operation::{Api, Endpoint, Kind, Method, Operation, form};
use crate::prepare::PreparedRequest;
use crate::transport::Cause;
use crate::{Config, Error, ErrorKind, Response, ServiceUrls, Upload, UploadStep};

static SEND: Operation = Operation::new("SendThing", Method::Post)
    .parameters(&[form("File", Kind::File).required(), form("Name", Kind::Text).required()]);
static OTHER: Operation = Operation::new("StartThing", Method::Post);
static API: Api = Api {
    product: "dataworks-public",
    version: "2001-01-01",
    endpoints: &[Endpoint { region: "cn-known", public: "dataworks.known.example.com", vpc: None }],
    operations: &[&SEND, &OTHER],
};

const SECRETS: [&str; 3] = ["LTAIplanted", "planted-policy", "planted+signature="];

fn authorized() -> Play {
    let body = json!({
        "AccessKeyId": SECRETS[0], "EncodedPolicy": SECRETS[1], "Signature": SECRETS[2], "Bucket": "bucket",
        "Endpoint": "oss-cn-a.aliyuncs.com", "ObjectKey": "a/b c", "RequestId": "R1", "UseAccelerate": false,
    });
    answer(200, &body)
}

fn is_authorization(request: &PreparedRequest) -> bool {
    request.url.contains("Action=AuthorizeFileUpload")
}

/// A service where everything goes well.
fn service() -> Scripted {
    Scripted::new(|_, request| if is_authorization(request) { authorized() } else { answer(200, &json!({"Id": 7})) })
}

fn call_at(service: &Scripted, config: &Config) -> ActionCall {
    assert_eq!(service.count(), 0);
    Client::new(&API, config).action("SendThing").unwrap().set("Name", "n")
}

fn call(service: &Scripted) -> ActionCall {
    call_at(service, &service.builder().region("cn-a").build().unwrap())
}

async fn upload(service: &Scripted, file: impl Into<Upload>) -> Result<Response<Value>, Error> {
    call(service).upload(file).unwrap().await
}

/// Everything that an error can print.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{:?}", error.body());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn three_steps_in_their_form() {
    let service = service();
    let told = Arc::new(Mutex::new(Vec::new()));
    let content = vec![7; 100_000];
    let keep = told.clone();
    let file = Upload::from_bytes(content.clone())
        .file_name("orders.py")
        .on_progress(move |sent, total| keep.lock().unwrap().push((sent, total)));
    let response = upload(&service, file).await.unwrap();
    assert_eq!(response["Id"], 7);

    let requests = service.requests();
    let [first, last] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!((first.method(), first.body()), ("GET", None));
    assert!(first.url.starts_with("https://openplatform.aliyuncs.com/?") && is_authorization(first), "{}", first.url);
    for part in ["Version=2019-12-19", "Product=dataworks-public", "RegionId=cn-a", "Signature="] {
        assert!(first.url.contains(part), "{part} is not in {}", first.url);
    }
    assert_eq!(last.body(), Some("File=http%3A%2F%2Fbucket.oss-cn-a.aliyuncs.com%2Fa%2Fb+c&Name=n"));

    let stored = service.stored();
    let [form] = stored.as_slice() else { panic!("{stored:?}") };
    assert_eq!(form.url, "https://bucket.oss-cn-a.aliyuncs.com/");
    let names = ["OSSAccessKeyId", "policy", "Signature", "key", "success_action_status"];
    assert_eq!(form.fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    let values = [SECRETS[0], SECRETS[1], SECRETS[2], "a/b c", "201"];
    assert_eq!(form.fields.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), values);
    assert_eq!((form.file_name.as_str(), form.length), ("orders.py", 100_000));
    assert!(form.content == content);
    assert_eq!(*told.lock().unwrap(), [(65_536, 100_000), (100_000, 100_000)]);
}

#[tokio::test(start_paused = true)]
async fn addresses_of_ones_own() {
    let service = service();
    let urls = ServiceUrls::new().open_platform("http://127.0.0.1:2").object_storage("http://127.0.0.1:3");
    let config = service.builder().region("cn-a").service_urls(urls).build().unwrap();
    call_at(&service, &config).upload(vec![1]).unwrap().await.unwrap();
    assert!(service.requests()[0].url.starts_with("http://127.0.0.1:2/?"));
    assert_eq!(service.stored()[0].url, "http://127.0.0.1:3/bucket/");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_when_something_is_wrong() {
    let service = service();
    let config: Config = service.builder().region("cn-a").build().unwrap();
    let client = Client::new(&API, &config);
    let bare = || client.action("SendThing").unwrap();
    let error = bare().upload(vec![1]).unwrap().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.findings().iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["Name"]);
    let error = bare().set("Name", "n").set("File", "http://h/f").upload(vec![1]).unwrap().await.unwrap_err();
    assert!(error.to_string().starts_with("SendThing: File is set"), "{error}");
    let error = client.action("StartThing").unwrap().upload(vec![1]).unwrap_err();
    assert!(error.to_string().contains("takes no file"), "{error}");

    let error = upload(&service, Upload::from_path("/nowhere/f")).await.unwrap_err();
    assert_eq!((error.kind(), error.upload_step()), (ErrorKind::File, None));
    assert!(error.to_string().starts_with("SendThing: /nowhere/f cannot be read: "), "{error}");
    let error = upload(&service, Upload::from_path(std::env::temp_dir())).await.unwrap_err();
    assert!(error.to_string().ends_with("is no file"), "{error}");
    let endless = Upload::from_reader(tokio::io::repeat(1));
    let error = upload(&service, endless).await.unwrap_err();
    assert!(error.kind() == ErrorKind::File && error.to_string().contains("33554432 bytes"), "{error}");

    // A region is known by its endpoint, and otherwise has to be given.
    let unnamed = call_at(&service, &service.builder().build().unwrap());
    let error = unnamed.upload(vec![1]).unwrap().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("`region`"), "{error}");
    assert_eq!((service.count(), service.stored().len()), (0, 0));
    let known = service.builder().endpoint("dataworks.known.example.com").build().unwrap();
    call_at(&service, &known).upload(vec![1]).unwrap().await.unwrap();
    assert!(service.requests()[0].url.contains("RegionId=cn-known"));
}

#[tokio::test(start_paused = true)]
async fn the_step_is_named_and_secrets_are_not() {
    let refused = || answer(403, &json!({"Code": "Forbidden", "Message": "no", "RequestId": "R9"}));
    let service = Scripted::new(move |_, _| refused());
    let error = upload(&service, vec![1]).await.unwrap_err();
    assert_eq!((error.upload_step(), error.code()), (Some(UploadStep::Authorize), Some("Forbidden")));
    assert!(error.to_string().starts_with("SendThing: authorizing the upload: Forbidden: no (HTTP 403"), "{error}");

    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>{} {} {}</Message><RequestId>R2</RequestId>\
         <OSSAccessKeyId>{0}</OSSAccessKeyId></Error>",
        SECRETS[0], SECRETS[1], SECRETS[2]
    );
    let service = self::service().storage(move |_| Play::Answer(raw(403, body.clone(), &[])));
    let error = upload(&service, vec![1]).await.unwrap_err();
    assert_eq!((error.upload_step(), error.code()), (Some(UploadStep::Upload), Some("AccessDenied")));
    assert_eq!((error.request_id(), error.message()), (Some("R2"), "*** *** ***"));
    assert!(error.to_string().starts_with("SendThing: uploading the file: AccessDenied: "), "{error}");
    let text = shown(&error);
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");

    let service = Scripted::new(move |_, request| if is_authorization(request) { authorized() } else { refused() });
    let error = upload(&service, vec![1]).await.unwrap_err();
    assert_eq!((error.upload_step(), error.code()), (None, Some("Forbidden")));

    let service = Scripted::new(|_, _| answer(200, &json!({"Bucket": "b", "AccessKeyId": SECRETS[0]})));
    let error = upload(&service, vec![1]).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("lacks Endpoint"), "{error}");
    assert!(!shown(&error).contains(SECRETS[0]));
}

/// How often the form was sent when its first delivery ends like this, and whether all went well.
async fn forms(file: Upload, first: impl Fn() -> Play + Send + Sync + 'static) -> (usize, Result<(), Error>) {
    let service =
        service().storage(move |attempt| if attempt == 0 { first() } else { Play::Answer(raw(201, "", &[])) });
    let result = upload(&service, file).await.map(drop);
    if result.is_ok() {
        assert_eq!(service.stored().last().unwrap().content, b"content");
    }
    (service.stored().len(), result)
}

fn reader() -> Upload {
    Upload::from_reader(&b"content"[..]).length(7)
}

#[tokio::test(start_paused = true)]
async fn a_form_is_repeated_while_there_is_a_file_to_send() {
    let bytes = || Upload::from_bytes(&b"content"[..]);
    let unavailable = || Play::Answer(raw(503, "<Error><Code>ServiceUnavailable</Code></Error>", &[]));
    let broken = || Play::Undelivered(Cause::Broken, true);
    assert!(matches!(forms(bytes(), unavailable).await, (2, Ok(()))));
    assert!(matches!(forms(bytes(), broken).await, (2, Ok(()))));
    let path = std::env::temp_dir().join(format!("dataworks-sdk-upload-{}", std::process::id()));
    std::fs::write(&path, "content").unwrap();
    assert!(matches!(forms(Upload::from_path(&path), broken).await, (2, Ok(()))));
    std::fs::remove_file(&path).unwrap();
    // Without a length it is in memory.
    assert!(matches!(forms(Upload::from_reader(&b"content"[..]), broken).await, (2, Ok(()))));
    // Nothing was read from it yet.
    assert!(matches!(forms(reader(), || Play::Undelivered(Cause::Connect, false)).await, (2, Ok(()))));

    let (count, result) = forms(reader(), broken).await;
    let error = result.unwrap_err();
    assert_eq!((count, error.kind(), error.may_have_been_sent()), (1, ErrorKind::Connection, false));
    assert!(error.hint().unwrap().contains("upload bytes or a path"), "{error}");
    let denied = || Play::Answer(raw(403, "<Error><Code>AccessDenied</Code></Error>", &[]));
    assert!(matches!(forms(bytes(), denied).await, (1, Err(_))));
}

#[tokio::test(start_paused = true)]
async fn an_authorization_is_repeated_and_the_action_only_if_that_is_safe() {
    let fault = || answer(503, &json!({"Code": "ServiceUnavailable", "Message": "m"}));
    let service = Scripted::new(move |attempt, request| match (attempt, is_authorization(request)) {
        (0, _) => fault(),
        (_, true) => authorized(),
        (_, false) => fault(),
    });
    let error = upload(&service, vec![1]).await.unwrap_err();
    assert_eq!((service.count(), service.stored().len()), (3, 1));
    assert!(error.may_have_been_sent() && error.upload_step().is_none(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_ends_or_fails_early_says_so() {
    let service = service();
    let error = upload(&service, Upload::from_reader(&b"content"[..]).length(9)).await.unwrap_err();
    assert_eq!((error.kind(), error.upload_step()), (ErrorKind::File, Some(UploadStep::Upload)));
    assert!(error.to_string().contains("ended after 7 of 9 bytes"), "{error}");
    let broken = broken_reader();
    let error = upload(&self::service(), Upload::from_reader(broken).length(9)).await.unwrap_err();
    assert!(error.kind() == ErrorKind::File && error.to_string().contains("the disk is gone"), "{error}");
    // No more than the length is read.
    let long = self::service();
    upload(&long, Upload::from_reader(&b"content and more"[..]).length(7)).await.unwrap();
    assert_eq!(long.stored()[0].content, b"content");
}

/// A reader that fails.
fn broken_reader() -> impl tokio::io::AsyncRead + Send + 'static {
    struct Broken;
    impl tokio::io::AsyncRead for Broken {
        fn poll_read(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            _: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<std::io::Result<()>> {
            std::task::Poll::Ready(Err(std::io::Error::other("the disk is gone")))
        }
    }
    Broken
}

#[tokio::test(start_paused = true)]
async fn one_timeout_covers_all_steps() {
    let limit = Duration::from_secs(5);
    let timed = async |service: &Scripted, file: Upload| {
        let error = call(service).timeout(limit).upload(file).unwrap().await.unwrap_err();
        assert!(error.kind() == ErrorKind::Timeout && error.to_string().contains("timeout of 5s"), "{error}");
        (error.upload_step(), error.may_have_been_sent())
    };
    let bytes = || Upload::from_bytes(vec![1]);
    let hangs = Scripted::new(|_, _| Play::Hang);
    assert_eq!(timed(&hangs, bytes()).await, (Some(UploadStep::Authorize), false));
    let hangs = service().storage(|_| Play::Hang);
    assert_eq!(timed(&hangs, bytes()).await, (Some(UploadStep::Upload), false));
    let hangs = Scripted::new(|_, request| if is_authorization(request) { authorized() } else { Play::Hang });
    assert_eq!(timed(&hangs, bytes()).await, (None, true));
    // A reader that gives nothing is waited for no longer.
    let (mut writer, reader) = tokio::io::duplex(16);
    writer.write_all(b"begin").await.unwrap();
    assert_eq!(timed(&service(), Upload::from_reader(reader).length(7)).await, (Some(UploadStep::Upload), false));
}

#[test]
fn without_a_runtime_there_is_an_error() {
    let service = service();
    let future = call(&service).timeout(Duration::from_secs(1)).upload(Upload::from_path("f")).unwrap();
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = future.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(result.unwrap_err().to_string().contains("runtime"));
}

#[test]
fn debug_shows_no_content() {
    let text = format!("{:?}", Upload::from_bytes(&b"secret content"[..]).file_name("f"));
    assert_eq!(text, "Upload { bytes: 14, file_name: Some(\"f\"), .. }");
}
