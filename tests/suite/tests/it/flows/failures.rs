//! The ways in which an answer fails, as a caller sees them.

use std::time::Duration;

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::v2020_05_18::{
    Client, CreateFileRequest, DeleteFileRequest, GetProjectRequest, ListProjectsRequest,
};
use dataworks_sdk::{Error, ErrorKind, v2024_05_18};

use super::nodes;
use crate::support::{builder, config};

async fn stage() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    (emulator, client)
}

/// A write that the emulator would do.
fn file() -> CreateFileRequest {
    CreateFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name("suite")
        .file_type(10)
        .file_folder_path("Business_process/Suite")
}

/// The failure of the next call, which is made only once.
async fn failure(client: &Client, emulator: &Emulator, fault: Fault) -> Error {
    emulator.clear_requests();
    emulator.inject("ListProjects", fault);
    client.list_projects(ListProjectsRequest::new()).no_retry().await.unwrap_err()
}

#[tokio::test]
async fn nothing_wrong_leaves() {
    let (emulator, client) = stage().await;
    let error = client.list_nodes(nodes().page_size(1000).project_env("")).await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::InvalidRequest, false));
    assert!(error.findings().iter().any(|finding| finding.path == "PageSize"), "{error}");
    assert_eq!(emulator.count("ListNodes"), 0);
    // The server is of the same opinion, if it is asked.
    let error = client.list_nodes(nodes().page_size(1000)).skip_validation().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidParameter"), "{error}");
    assert!(error.to_string().starts_with("ListNodes: InvalidParameter: "), "{error}");
    assert!(error.request_id().is_some() && !error.is_retryable());
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (emulator, client) = stage().await;
    let error = client.get_project(GetProjectRequest::new().project_id(404)).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let gone = v2024_05_18::GetDataSourceRequest::new().id(404);
    let error = v2024_05_18::Client::new(&config(&emulator)).get_data_source(gone).await.unwrap_err();
    assert!(error.is_not_found() && error.code() == Some("1000010005"), "{error}");
    for (status, code) in
        [(400, "1101080008"), (400, "9990040003"), (400, "1101080166"), (403, "400010"), (400, "500130")]
    {
        let error = failure(&client, &emulator, Fault::status(status, code, "?")).await;
        assert!(error.is_not_found() && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn a_limited_key_is_refused() {
    let emulator = Emulator::builder()
        .access_key_with("testid", "testsecret", |action| action.starts_with("List"))
        .start()
        .await
        .unwrap();
    let client = Client::new(&config(&emulator));
    client.list_projects(ListProjectsRequest::new()).await.unwrap();
    let error = client.delete_file(DeleteFileRequest::new().file_id(1).project_id(1)).await.unwrap_err();
    assert!(error.is_access_denied() && !error.may_have_been_sent(), "{error:?}");
    assert_eq!((error.http_status(), error.action()), (Some(403), Some("DeleteFile")));
    assert!(error.code().unwrap().starts_with("Forbidden"), "{error}");
    assert!(error.to_string().contains("RAM"), "{error}");
    assert_eq!(emulator.count("DeleteFile"), 1);
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let (emulator, client) = stage().await;
    emulator.inject("ListProjects", Fault::throttle(2));
    emulator.inject("ListProjects", Fault::throttle(1));
    let listed = client.list_projects(ListProjectsRequest::new()).await.unwrap();
    assert_eq!((listed.attempts(), emulator.count("ListProjects")), (3, 3));
    let last = emulator.requests().pop().unwrap();
    assert_eq!(last.header("x-acs-retry-attempts"), Some("2"));
    let nonces: std::collections::BTreeSet<_> =
        emulator.requests().iter().map(|request| request.parameter("SignatureNonce").unwrap().to_owned()).collect();
    assert_eq!(nonces.len(), 3, "each attempt is signed anew");
    // A write was refused, so it can be repeated too.
    emulator.inject("CreateFile", Fault::throttle(1));
    assert_eq!(client.create_file(file()).await.unwrap().attempts(), 2);
}

#[tokio::test]
async fn a_long_wait_is_the_callers() {
    let (emulator, client) = stage().await;
    emulator.inject("ListProjects", Fault::throttle(3_600_000));
    let error = client.list_projects(ListProjectsRequest::new()).await.unwrap_err();
    assert!(error.is_throttling());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(emulator.count("ListProjects"), 1);
    let error = failure(&client, &emulator, Fault::status(429, "Throttling.Api.Risk", "used up")).await;
    assert!(error.is_quota_exceeded() && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn success_false_is_a_failure() {
    let (emulator, client) = stage().await;
    let error =
        failure(&client, &emulator, Fault::raw(200, "application/json", r#"{"Success": false, "ErrorCode": "E"}"#))
            .await;
    assert_eq!((error.code(), error.http_status()), (Some("E"), Some(200)), "an action without such a field");
    emulator.inject("CreateFile", Fault::unsuccessful("Invalid.File.Name", "the name is taken"));
    let error = client.create_file(file()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.http_status()),
        (ErrorKind::Service, Some("Invalid.File.Name"), Some(200))
    );
    assert_eq!(error.message(), "the name is taken");
    assert!(error.request_id().is_some(), "{error}");
    assert_eq!(emulator.count("CreateFile"), 1);
}

#[tokio::test]
async fn gateways_and_proxies_answer_otherwise() {
    let (emulator, client) = stage().await;
    let xml = "<?xml version='1.0'?><Error><RequestId>R-1</RequestId><Code>ServiceUnavailable</Code><Message>a &lt; b</Message></Error>";
    let error = failure(&client, &emulator, Fault::raw(503, "text/xml", xml)).await;
    assert_eq!((error.code(), error.message(), error.request_id()), (Some("ServiceUnavailable"), "a < b", Some("R-1")));
    assert!(error.is_retryable() && error.may_have_been_sent());

    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let error = failure(&client, &emulator, Fault::raw(502, "text/html", html)).await;
    assert_eq!((error.kind(), error.http_status(), error.body()), (ErrorKind::Service, Some(502), Some(html)));
    assert!(error.is_retryable(), "{error}");
    let error = failure(&client, &emulator, Fault::raw(200, "text/html", html)).await;
    assert_eq!((error.kind(), error.body()), (ErrorKind::Decode, Some(html)), "{error}");
    assert!(error.may_have_been_sent());

    let error = failure(&client, &emulator, Fault::raw(504, "", "")).await;
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Service, Some(504)), "{error}");
    let error = failure(&client, &emulator, Fault::raw(200, "", "")).await;
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Decode, Some(200)), "{error}");
    let error = failure(&client, &emulator, Fault::raw(200, "application/json", r#"{"PageResult": {"#)).await;
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("ends too early"), "{error}");
    let error = failure(&client, &emulator, Fault::raw(302, "", "")).await;
    assert!(error.to_string().contains("redirect"), "{error}");
}

#[tokio::test]
async fn a_server_fault_repeats_reads_alone() {
    let (emulator, client) = stage().await;
    let fault = || Fault::status(500, "InternalError.System", "oops");
    emulator.inject("ListProjects", fault());
    assert_eq!(client.list_projects(ListProjectsRequest::new()).await.unwrap().attempts(), 2);
    emulator.inject("CreateFile", fault());
    let error = client.create_file(file()).await.unwrap_err();
    assert!(error.is_retryable() && error.may_have_been_sent(), "{error:?}");
    assert_eq!(emulator.count("CreateFile"), 1);
    // In a region without DataWorks nothing gets better.
    emulator.inject("ListProjects", Fault::status(500, "Forbidden.Not.Server", "not here"));
    emulator.clear_requests();
    let error = client.list_projects(ListProjectsRequest::new()).await.unwrap_err();
    assert!(error.to_string().contains("region") && emulator.count("ListProjects") == 1, "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_no_failure() {
    let (emulator, client) = stage().await;
    let body = r#"{"Data": {"NodeId": {"no": "id"}, "NodeName": "n"}, "Success": true}"#;
    emulator.inject("GetNode", Fault::raw(200, "application/json", body));
    let request = dataworks_sdk::v2020_05_18::GetNodeRequest::new().node_id(1).project_env("PROD");
    let node = client.get_node(request).await.unwrap();
    assert_eq!((node.data.node_id.as_ref(), node.data.node_name.as_deref()), (None, Some("n")));
    let [mismatch] = node.mismatches() else { panic!("{:?}", node.mismatches()) };
    assert_eq!((mismatch.path.as_str(), mismatch.expected), ("Data.NodeId", "an identifier"));
}

#[tokio::test]
async fn items_of_a_batch_fail_by_themselves() {
    let emulator = Emulator::start().await.unwrap();
    let body = r#"{"SuccessInfo": {"7": {"Success": true}, "8": {"Success": "false", "Message": "no such instance"}}, "RequestId": "r"}"#;
    emulator.inject("RerunTaskInstances", Fault::raw(200, "application/json", body));
    let client = v2024_05_18::Client::new(&config(&emulator));
    let rerun = client.rerun_task_instances(v2024_05_18::RerunTaskInstancesRequest::new().ids([7, 8])).await.unwrap();
    let [failed] = rerun.failures() else { panic!("{:?}", rerun.failures()) };
    assert_eq!((failed.item.as_str(), failed.message.as_deref()), ("8", Some("no such instance")));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once() {
    let clock = dataworks_emulator::ManualClock::new(std::time::SystemTime::now() + Duration::from_secs(3600));
    let emulator = Emulator::builder().clock(&clock).start().await.unwrap();
    let config = builder(&emulator.url()).build().unwrap();
    let client = Client::new(&config);
    assert_eq!(client.list_projects(ListProjectsRequest::new()).await.unwrap().attempts(), 2);
    assert_eq!(client.list_projects(ListProjectsRequest::new()).await.unwrap().attempts(), 1, "it is remembered");
    let other = v2024_05_18::Client::new(&config);
    assert_eq!(other.list_projects(v2024_05_18::ListProjectsRequest::new()).await.unwrap().attempts(), 1, "and shared");
}
