//! Files that an action takes: authorized, put into object storage and named to the action.

use std::sync::{Arc, Mutex};

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::v2020_05_18::{self, CreateImportMigrationRequest};
use dataworks_sdk::v2024_05_18::{
    Client, CreateResourceFileRequest, CreateResourceRequest, ImportCertificateRequest, UpdateResourceRequest,
};
use dataworks_sdk::{Config, Error, ErrorKind, ServiceUrls, Upload, UploadStep};

use crate::support::{KEY, builder};

async fn stage() -> (Emulator, Config) {
    let emulator = Emulator::start().await.unwrap();
    let urls = ServiceUrls::new().open_platform(emulator.url()).object_storage(emulator.url());
    let config = builder(&emulator.url()).region("cn-shanghai").service_urls(urls).build().unwrap();
    (emulator, config)
}

fn request() -> CreateResourceFileRequest {
    CreateResourceFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name("orders.py")
        .file_type(12)
        .file_folder_path("Business_process/Suite")
        .origin_resource_name("orders.py")
        .register_to_calc_engine(true)
}

/// What the action was given, as it lies in object storage.
fn given(emulator: &Emulator, action: &str, parameter: &str) -> Vec<u8> {
    let requests = emulator.requests();
    let request = requests.iter().rfind(|request| request.action == action).unwrap();
    emulator.object(request.parameter(parameter).unwrap()).unwrap().to_vec()
}

#[tokio::test]
async fn a_file_takes_three_steps() {
    let (emulator, config) = stage().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let keep = told.clone();
    let file =
        Upload::from_bytes("print(1)\n").on_progress(move |sent, total| keep.lock().unwrap().push((sent, total)));
    Client::new(&config).create_resource_file(request()).upload(file).await.unwrap();
    let requests = emulator.requests();
    let actions: Vec<&str> = requests.iter().map(|request| request.action.as_str()).collect();
    assert_eq!(actions, ["AuthorizeFileUpload", "PostObject", "CreateResourceFile"]);
    assert_eq!(requests[0].parameter("RegionId"), Some("cn-shanghai"));
    let fields: Vec<&str> = requests[1].form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(fields, ["OSSAccessKeyId", "policy", "Signature", "key", "success_action_status", "file"]);
    let key = requests[1].parameter("key").unwrap();
    let url = format!("http://dataworks-emulator-uploads.oss-cn-shanghai.aliyuncs.com/{key}");
    assert_eq!(requests[2].parameter("ResourceFile"), Some(url.as_str()));
    assert_eq!(given(&emulator, "CreateResourceFile", "ResourceFile"), b"print(1)\n");
    assert_eq!(*told.lock().unwrap(), [(9, 9)]);
}

#[tokio::test]
async fn all_six_actions_take_files() {
    let (emulator, config) = stage().await;
    let (new, old) = (Client::new(&config), v2020_05_18::Client::new(&config));
    let file = |text: &'static str| Upload::from_bytes(text);
    new.create_resource_file(request()).upload(file("1")).await.unwrap();
    let resource = CreateResourceRequest::new().project_id(PROJECT_ID).spec("{}");
    new.create_resource(resource).upload(file("2")).await.unwrap();
    let resource = UpdateResourceRequest::new().project_id(PROJECT_ID).id("1").spec("{}");
    new.update_resource(resource).upload(file("3")).await.unwrap();
    let certificate = ImportCertificateRequest::new().project_id(PROJECT_ID).name("ca.crt");
    new.import_certificate(certificate).upload(file("4")).await.unwrap();
    let resource = v2020_05_18::CreateResourceFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name("a.py")
        .file_type(12)
        .file_folder_path("Business_process/Suite")
        .origin_resource_name("a.py")
        .register_to_calc_engine(true);
    old.create_resource_file(resource).upload(file("5")).await.unwrap();
    assert_eq!(given(&emulator, "CreateResourceFile", "ResourceFile"), b"5");
    let migration =
        CreateImportMigrationRequest::new().project_id(PROJECT_ID).name("m").package_type("DATAWORKS_MODEL");
    old.create_import_migration(migration).upload(file("6")).await.unwrap();
    assert_eq!(given(&emulator, "CreateResource", "ResourceFile"), b"2");
    assert_eq!(given(&emulator, "UpdateResource", "ResourceFile"), b"3");
    assert_eq!(given(&emulator, "ImportCertificate", "CertificateFile"), b"4");
    assert_eq!(given(&emulator, "CreateImportMigration", "PackageFile"), b"6");
    assert_eq!(emulator.count("PostObject"), 6);
}

#[tokio::test]
async fn by_name_and_from_a_path() {
    let (emulator, config) = stage().await;
    let path = std::env::temp_dir().join(format!("dataworks-suite-upload-{}", std::process::id()));
    std::fs::write(&path, "from a path").unwrap();
    let call = Client::new(&config).action("CreateResourceFile").unwrap();
    let call = call.set("ProjectId", PROJECT_ID).set("FileName", "orders.py").set("FileType", 12);
    let call = call.set("FileFolderPath", "Business_process/Suite").set("OriginResourceName", "orders.py");
    let call = call.set("RegisterToCalcEngine", true);
    let answer = call.upload(path.as_path()).unwrap().await;
    std::fs::remove_file(&path).unwrap();
    assert!(answer.unwrap().request_id().is_some());
    assert_eq!(given(&emulator, "CreateResourceFile", "ResourceFile"), b"from a path");
}

#[tokio::test]
async fn a_large_reader_is_streamed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const LENGTH: usize = 12 << 20;
    let (emulator, config) = stage().await;
    // A pipe of 64 KiB holds no more: the writer could not end if the reader waited for the whole.
    let (mut writer, reader) = tokio::io::duplex(64 << 10);
    let writing = tokio::spawn(async move {
        let mut source = tokio::io::repeat(b'x').take(LENGTH as u64);
        tokio::io::copy(&mut source, &mut writer).await.unwrap();
        writer.shutdown().await.unwrap();
    });
    let file = Upload::from_reader(reader).length(LENGTH as u64);
    Client::new(&config).create_resource_file(request()).upload(file).await.unwrap();
    writing.await.unwrap();
    let object = given(&emulator, "CreateResourceFile", "ResourceFile");
    assert!(object.len() == LENGTH && object.iter().all(|byte| *byte == b'x'));
}

fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{:?}", error.body());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn faults_at_each_step() {
    let (emulator, config) = stage().await;
    let client = Client::new(&config);
    let upload = || client.create_resource_file(request()).upload(b"x".to_vec());
    emulator.inject("AuthorizeFileUpload", Fault::CloseOnArrival);
    emulator.inject("AuthorizeFileUpload", Fault::throttle(1));
    emulator.inject("PostObject", Fault::CloseBeforeAnswer);
    emulator.inject("PostObject", Fault::status(503, "ServiceUnavailable", "Please reduce your request rate."));
    upload().await.unwrap();
    assert_eq!((emulator.count("AuthorizeFileUpload"), emulator.count("PostObject")), (3, 3));
    assert_eq!(emulator.count("CreateResourceFile"), 1);

    emulator.inject("PostObject", Fault::status(403, "AccessDenied", "The bucket & you do not match."));
    let error = upload().await.unwrap_err();
    assert_eq!((error.upload_step(), error.code()), (Some(UploadStep::Upload), Some("AccessDenied")));
    assert_eq!((error.http_status(), error.message()), (Some(403), "The bucket & you do not match."));
    assert!(error.request_id().is_some() && !error.may_have_been_sent(), "{error}");
    let requests = emulator.requests();
    let post = requests.iter().rfind(|request| request.action == "PostObject").unwrap();
    let text = shown(&error);
    for secret in
        ["OSSAccessKeyId", "policy", "Signature"].map(|name| post.parameter(name).unwrap()).iter().chain(&[KEY])
    {
        assert!(!text.contains(secret), "{secret} is in: {text}");
    }

    emulator.inject("CreateResourceFile", Fault::CloseBeforeAnswer);
    let error = upload().await.unwrap_err();
    assert_eq!((error.kind(), error.upload_step(), error.may_have_been_sent()), (ErrorKind::Connection, None, true));
}

#[tokio::test]
async fn a_url_that_nothing_was_uploaded_to_is_refused() {
    let (_emulator, config) = stage().await;
    let error = Client::new(&config).create_resource_file(request().resource_file("http://h/f")).await.unwrap_err();
    assert!(error.code() == Some("InvalidParameter") && error.message().contains("ResourceFile"), "{error}");
}

#[tokio::test]
async fn an_unreachable_storage_is_explained() {
    let emulator = Emulator::start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let urls = ServiceUrls::new().open_platform(emulator.url()).object_storage(nowhere);
    let config: Config = builder(&emulator.url()).region("cn-shanghai").service_urls(urls).build().unwrap();
    let error = Client::new(&config).create_resource_file(request()).upload(b"x".to_vec()).await.unwrap_err();
    assert_eq!((error.kind(), error.upload_step()), (ErrorKind::Connect, Some(UploadStep::Upload)));
    assert!(error.to_string().contains("`ServiceUrls::object_storage`"), "{error}");
}
