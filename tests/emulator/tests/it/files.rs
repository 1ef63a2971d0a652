//! From a file to a node, on a clock that is turned by hand.

use std::time::{Duration, SystemTime};

use dataworks_emulator::{Emulator, ManualClock};

use crate::client::{Client, NEW, OLD};

const PROJECT: (&str, &str) = ("ProjectId", "530486");

/// Time at the service's own pace.
async fn start() -> (Emulator, Client, ManualClock) {
    let clock = ManualClock::new(SystemTime::now());
    let emulator = Emulator::builder().clock(&clock).speed(1.0).start().await.unwrap();
    let client = Client::new(&emulator);
    (emulator, client, clock)
}

/// A new file, and the parameters that name it.
async fn create(client: &Client) -> String {
    let parameters = [
        PROJECT,
        ("FileName", "dwd_tour"),
        ("FileType", "10"),
        ("Content", "select 1;\n"),
        ("FileFolderPath", "Business_process/Tour/MaxCompute"),
        ("InputList", "project_root,a.b"),
        ("ApplyScheduleImmediately", "true"),
    ];
    let id = client.ok(OLD, "CreateFile", &parameters).await.id("/Data");
    let again = client.refused(OLD, "CreateFile", &parameters, 400, "InvalidParameter").await;
    assert!(again.text.contains("exists already"), "{}", again.text);
    id
}

#[tokio::test]
async fn a_file_is_created_changed_and_deleted() {
    let (_emulator, client, _) = start().await;
    let id = create(&client).await;
    assert_eq!(id.len(), 19, "more digits than a float keeps");
    let file = [PROJECT, ("FileId", id.as_str())];
    let got = client.ok(NEW, "GetFile", &file).await;
    assert_eq!(got.id("/Data/File/FileId"), id);
    assert_eq!(got.at("/Data/File/Content"), "select 1;\n");
    assert_eq!(got.at("/Data/File/CommitStatus"), 0);
    assert_eq!(got.at("/Data/NodeConfiguration/InputList/1/Input"), "a.b");
    assert_eq!(got.at("/Data/NodeConfiguration/ApplyScheduleImmediately"), "true");
    assert_eq!(got.body.pointer("/Data/File/NodeId"), None);

    let change = [file[0], file[1], ("Content", "select 2;"), ("AutoParsing", "false")];
    client.ok(OLD, "UpdateFile", &change).await;
    let got = client.ok(OLD, "GetFile", &file).await;
    assert_eq!(got.at("/Data/File/Content"), "select 2;");
    assert_eq!(got.at("/Data/File/FileName"), "dwd_tour", "what is not given stays");
    assert_eq!(got.at("/Data/File/AutoParsing"), false);

    let deleted = client.ok(OLD, "DeleteFile", &file).await;
    assert_eq!(deleted.body.get("DeploymentId"), None, "nothing was deployed");
    client.refused(OLD, "GetFile", &file, 404, "File.NotFound").await;
    client.refused(NEW, "DeleteFile", &file, 404, "File.NotFound").await;
    client.refused(OLD, "UpdateFile", &file, 404, "File.NotFound").await;
}

#[tokio::test]
async fn a_file_is_submitted_and_deployed_in_its_time() {
    let (_emulator, client, clock) = start().await;
    let id = create(&client).await;
    let file = [PROJECT, ("FileId", id.as_str())];
    let answer = client.refused(OLD, "DeployFile", &file, 200, "File.NotSubmitted").await;
    assert_eq!(answer.at("/Success"), false);
    let deployment = client.ok(OLD, "SubmitFile", &file).await.id("/Data");
    let node = client.ok(OLD, "GetFile", &file).await.id("/Data/File/NodeId");
    let production = [("NodeId", node.as_str()), ("ProjectEnv", "PROD")];
    client.ok(OLD, "GetNode", &[production[0], ("ProjectEnv", "DEV")]).await;
    client.refused(OLD, "GetNode", &production, 404, "Node.NotFound").await;
    let answer = client.refused(OLD, "DeployFile", &file, 200, "9990020002").await;
    let message = answer.at("/ErrorMessage").as_str().unwrap();
    assert!(message.contains("流水线未准备好") && message.contains("pipeline"), "{message}");
    let state = client.ok(OLD, "GetDeployment", &[PROJECT, ("DeploymentId", &deployment)]).await;
    assert_eq!(state.at("/Data/Deployment/Status"), 0);
    assert_eq!(state.at("/Data/Deployment/ToEnvironment"), 1);

    clock.advance(Duration::from_secs(10));
    let deployment = client.ok(OLD, "DeployFile", &file).await.id("/Data");
    client.refused(OLD, "GetNode", &production, 404, "Node.NotFound").await;
    clock.advance(Duration::from_secs(8));
    let state = client.ok(OLD, "GetDeployment", &[PROJECT, ("DeploymentId", &deployment)]).await;
    assert_eq!(state.at("/Data/Deployment/Status"), 1);
    assert_eq!(state.at("/Data/DeployedItems/0/FileVersion"), 1);
    let got = client.ok(OLD, "GetNode", &production).await;
    assert_eq!(got.id("/Data/FileId"), id);
    let flow = [PROJECT, ("ProjectEnv", "PROD"), ("BizName", "Tour")];
    assert_eq!(client.ok(OLD, "ListNodes", &flow).await.at("/Data/TotalCount"), 1);
}

#[tokio::test]
async fn production_changes_only_with_a_deployment() {
    let (_emulator, client, clock) = start().await;
    let id = create(&client).await;
    let file = [PROJECT, ("FileId", id.as_str())];
    client.ok(OLD, "SubmitFile", &file).await;
    clock.advance(Duration::from_secs(10));
    client.ok(NEW, "DeployFile", &file).await;
    clock.advance(Duration::from_secs(8));
    let node = client.ok(OLD, "GetFile", &file).await.id("/Data/File/NodeId");
    let production = [("NodeId", node.as_str()), ("ProjectEnv", "PROD")];
    client.ok(OLD, "UpdateFile", &[file[0], file[1], ("Content", "select 3;")]).await;
    assert_eq!(client.ok(OLD, "GetNodeCode", &production).await.at("/Data"), "select 1;\n");
    client.ok(OLD, "SubmitFile", &file).await;
    clock.advance(Duration::from_secs(10));
    client.ok(OLD, "DeployFile", &[PROJECT, ("NodeId", &node)]).await;
    assert_eq!(client.ok(OLD, "GetNodeCode", &production).await.at("/Data"), "select 1;\n");
    clock.advance(Duration::from_secs(8));
    assert_eq!(client.ok(OLD, "GetNodeCode", &production).await.at("/Data"), "select 3;");

    let deleted = client.ok(NEW, "DeleteFile", &file).await;
    assert!(deleted.at("/DeploymentId").is_i64());
    client.refused(OLD, "GetNode", &production, 404, "Node.NotFound").await;
}

#[tokio::test]
async fn files_are_found_by_what_they_are() {
    let (_emulator, client, _) = start().await;
    let count = async |parameters: &[(&str, &str)]| {
        let all: Vec<_> = [PROJECT].iter().chain(parameters).copied().collect();
        client.ok(OLD, "ListFiles", &all).await.at("/Data/TotalCount").as_u64().unwrap()
    };
    assert_eq!(count(&[]).await, 230);
    assert_eq!(count(&[("Keyword", "sync_rds")]).await, 46);
    assert_eq!(count(&[("FileTypes", "6,23")]).await, 92);
    assert_eq!(count(&[("FileFolderPath", "Business_process/manual_reports/")]).await, 23);
    assert_eq!(count(&[("ExactFileName", "sync_rds_to_odps_007")]).await, 1);
}

#[tokio::test]
async fn contents_and_folders_are_listed_on_request() {
    let (_emulator, client, _) = start().await;
    let bare = client.ok(OLD, "ListFiles", &[PROJECT, ("ExactFileName", "sync_rds_to_odps_007")]).await;
    assert_eq!(bare.body.pointer("/Data/Files/0/Content"), None);
    let id = bare.id("/Data/Files/0/FileId");
    let parameters = [PROJECT, ("FileIdIn", &id), ("NeedContent", "true"), ("NeedAbsoluteFolderPath", "true")];
    let full = client.ok(OLD, "ListFiles", &parameters).await;
    assert!(full.at("/Data/Files/0/Content").as_str().unwrap().contains("emulator: fail"));
    assert_eq!(full.at("/Data/Files/0/AbsoluteFolderPath"), "Business_process/First_Business_Process/MaxCompute");
    let answer = client.refused(OLD, "ListFiles", &[("PageSize", "5")], 400, "MissingParameter").await;
    assert!(answer.text.contains("ProjectId or ProjectIdentifier"), "{}", answer.text);
    client.refused(OLD, "ListFiles", &[PROJECT, ("FileIdIn", "1,x")], 400, "InvalidParameter").await;
    // A file of another project is not there.
    client.refused(OLD, "GetFile", &[("ProjectId", "530487"), ("FileId", &id)], 404, "File.NotFound").await;
}

#[tokio::test]
async fn all_nodes_come_page_by_page_and_once() {
    let (_emulator, client, _) = start().await;
    let mut seen = std::collections::BTreeSet::new();
    for number in 1.. {
        let number = number.to_string();
        let parameters = [PROJECT, ("ProjectEnv", "PROD"), ("PageSize", "100"), ("PageNumber", &number)];
        let page = client.ok(OLD, "ListNodes", &parameters).await;
        assert_eq!(page.at("/Data/TotalCount"), 230);
        let nodes = page.at("/Data/Nodes").as_array().unwrap();
        seen.extend(nodes.iter().map(|node| node["NodeId"].as_i64().unwrap()));
        if nodes.len() < 100 {
            assert_eq!((number.as_str(), nodes.len()), ("3", 30));
            break;
        }
    }
    assert_eq!(seen.len(), 230);
    let parameters = [PROJECT, ("ProjectEnv", "PROD"), ("ProgramType", "DI"), ("NodeName", "_00")];
    assert_eq!(client.ok(OLD, "ListNodes", &parameters).await.at("/Data/TotalCount"), 2);
    let manual = client.ok(OLD, "ListNodes", &[PROJECT, ("ProjectEnv", "PROD"), ("SchedulerType", "MANUAL")]).await;
    assert_eq!(manual.at("/Data/TotalCount"), 23);
    let newer = client.ok(NEW, "ListNodes", &[PROJECT, ("PageSize", "50"), ("PageNumber", "5")]).await;
    assert_eq!(newer.at("/PagingInfo/TotalCount"), "230", "a text in this answer");
    assert_eq!(newer.at("/PagingInfo/Nodes").as_array().unwrap().len(), 30);
    assert!(newer.at("/PagingInfo/Nodes/0/Id").is_string());
}

#[tokio::test]
async fn a_node_of_2024_is_a_file() {
    let (_emulator, client, _) = start().await;
    let spec = r#"{"version":"1.1.0","kind":"CycleWorkflow","spec":{"nodes":[{"name":"by_spec","script":{"path":"Business_process/Tour/MaxCompute/by_spec","runtime":{"command":"DIDE_SHELL"},"content":"echo 1"}}]}}"#;
    let parameters = [PROJECT, ("Scene", "DATAWORKS_PROJECT"), ("Spec", spec)];
    let id = client.ok(NEW, "CreateNode", &parameters).await.id("/Id");
    let file = client.ok(OLD, "GetFile", &[PROJECT, ("FileId", &id)]).await;
    assert_eq!((file.at("/Data/File/FileType"), file.at("/Data/File/Content")), (&6.into(), &"echo 1".into()));
    let changed = spec.replace("echo 1", "echo 2");
    client.ok(NEW, "UpdateNode", &[PROJECT, ("Id", &id), ("Spec", &changed)]).await;
    let node = client.ok(NEW, "GetNode", &[("Id", &id)]).await;
    assert_eq!((node.at("/Node/Spec"), node.at("/Node/Name")), (&changed.as_str().into(), &"by_spec".into()));
    client.refused(NEW, "UpdateNode", &[PROJECT, ("Id", &id), ("Spec", "{}")], 400, "InvalidParameter").await;
    client.ok(OLD, "UpdateFile", &[PROJECT, ("FileId", &id), ("Content", "echo 3")]).await;
    let node = client.ok(NEW, "GetNode", &[("Id", &id)]).await;
    let spec: serde_json::Value = serde_json::from_str(node.at("/Node/Spec").as_str().unwrap()).unwrap();
    assert_eq!(spec.pointer("/spec/nodes/0/script/content").unwrap(), "echo 3");
    client.ok(NEW, "DeleteNode", &[PROJECT, ("Id", &id)]).await;
    client.refused(NEW, "GetNode", &[("Id", &id)], 404, "Node.NotFound").await;
}
