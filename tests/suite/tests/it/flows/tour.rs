//! The tour of the quickstart. What one action answers goes into the next in one expression.

use std::time::{Duration, SystemTime};

use dataworks_emulator::{Emulator, ManualClock, PROJECT_ID};
use dataworks_sdk::v2020_05_18::types::InstanceStatus;
use dataworks_sdk::{Config, v2020_05_18 as old, v2024_05_18 as new};
use futures_util::TryStreamExt as _;
use serde_json::json;

use crate::support::config;

/// An emulator whose clock is turned by hand, at the service's own pace.
async fn stage() -> (Emulator, Config, ManualClock) {
    let clock = ManualClock::new(SystemTime::now());
    let emulator = Emulator::builder().clock(&clock).speed(1.0).start().await.unwrap();
    let config = config(&emulator);
    (emulator, config, clock)
}

#[tokio::test]
async fn both_versions_see_the_same_projects() {
    let (_emulator, config, _) = stage().await;
    let (old, new) = (old::Client::new(&config), new::Client::new(&config));
    let listed = old.list_projects(old::ListProjectsRequest::new()).await.unwrap();
    let paged: Vec<_> =
        new.list_projects(new::ListProjectsRequest::new().page_size(10)).items().try_collect().await.unwrap();
    let ids =
        |ids: Vec<Option<dataworks_sdk::Id>>| ids.into_iter().flatten().collect::<std::collections::BTreeSet<_>>();
    let listed = ids(listed.page_result.project_list.iter().map(|project| project.project_id.clone()).collect());
    assert_eq!(listed, ids(paged.into_iter().map(|project| project.id).collect()));
    assert_eq!(listed.len(), 3);

    let created =
        new.create_project(new::CreateProjectRequest::new().name("suite_project").display_name("Suite")).await.unwrap();
    let got = old.get_project(old::GetProjectRequest::new().project_id(&created.id)).await.unwrap();
    assert_eq!(got.data.project_id, created.id);
    let update = new::UpdateProjectRequest::new().id(&created.id).description("changed");
    new.update_project(update).await.unwrap();
    let got = new.get_project(new::GetProjectRequest::new().id(&created.id)).await.unwrap();
    assert_eq!(got.project.description.as_deref(), Some("changed"));
}

#[tokio::test]
async fn a_file_becomes_a_node_and_goes() {
    let (_emulator, config, clock) = stage().await;
    let (old, new) = (old::Client::new(&config), new::Client::new(&config));
    let request = old::CreateFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name("dwd_suite")
        .file_type(10)
        .content("SELECT 1;")
        .file_folder_path("Business_process/Suite/MaxCompute")
        .input_list("project_root");
    let file = old.create_file(request).await.unwrap().into_body().data;
    let change =
        old::UpdateFileRequest::new().project_id(PROJECT_ID).file_id(&file).content("SELECT 2;").auto_parsing(false);
    old.update_file(change).await.unwrap();
    let submitted = old.submit_file(old::SubmitFileRequest::new().project_id(PROJECT_ID).file_id(&file)).await.unwrap();
    assert!(submitted.data.is_some());
    // The pipeline isn't ready at once: HTTP 200, and a failure all the same.
    let deploy = || old::DeployFileRequest::new().project_id(PROJECT_ID).file_id(&file);
    let error = old.deploy_file(deploy()).await.unwrap_err();
    assert_eq!((error.http_status(), error.code()), (Some(200), Some("9990020002")), "{error}");
    clock.advance(Duration::from_secs(10));
    let deployed = old.deploy_file(deploy()).await.unwrap();
    clock.advance(Duration::from_secs(10));
    let request = old::GetDeploymentRequest::new().project_id(PROJECT_ID).deployment_id(&deployed.data);
    assert_eq!(old.get_deployment(request).await.unwrap().data.deployment.status, Some(1));

    let got = new.get_file(new::GetFileRequest::new().project_id(PROJECT_ID).file_id(&file)).await.unwrap();
    assert_eq!(got.data.file.content.as_deref(), Some("SELECT 2;"));
    let node =
        old.get_node(old::GetNodeRequest::new().project_env("PROD").node_id(&got.data.file.node_id)).await.unwrap();
    assert_eq!(node.data.node_name.as_deref(), Some("dwd_suite"));

    new.delete_file(new::DeleteFileRequest::new().project_id(PROJECT_ID).file_id(&file)).await.unwrap();
    let gone = old.get_file(old::GetFileRequest::new().project_id(PROJECT_ID).file_id(&file)).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}

#[tokio::test]
async fn an_instance_runs_to_its_end_and_once_more() {
    let (_emulator, config, clock) = stage().await;
    let client = old::Client::new(&config);
    let node = client.list_nodes(super::nodes().node_name("dwd_trade_order_di_001")).await.unwrap();
    // An answer's identifier goes into the next request as it is.
    let run = client
        .run_smoke_test(
            old::RunSmokeTestRequest::new()
                .project_env("PROD")
                .name("suite")
                .bizdate("2026-11-23 00:00:00")
                .node_id(&node.data.nodes[0].node_id),
        )
        .await
        .unwrap();
    let instances = client
        .list_instances(old::ListInstancesRequest::new().project_id(PROJECT_ID).project_env("PROD").dag_id(&run.data))
        .await
        .unwrap();
    let id = instances.data.instances[0].instance_id.clone();
    let status = async || {
        let request = old::GetInstanceRequest::new().project_env("PROD").instance_id(&id);
        client.get_instance(request).await.unwrap().into_body().data.status.unwrap()
    };
    let mut seen = vec![status().await];
    for _ in 0..30 {
        clock.advance(Duration::from_secs(4));
        seen.push(status().await);
    }
    seen.dedup();
    let lived = [
        InstanceStatus::NotRun,
        InstanceStatus::WaitTime,
        InstanceStatus::WaitResource,
        InstanceStatus::Running,
        InstanceStatus::Success,
    ];
    assert_eq!(seen, lived);
    let log = old::GetInstanceLogRequest::new().project_env("PROD").instance_id(&id);
    let log = client.get_instance_log(log).await.unwrap().into_body().data.unwrap();
    assert!(log.contains("SUCCESS"), "{log}");

    client.restart_instance(old::RestartInstanceRequest::new().project_env("PROD").instance_id(&id)).await.unwrap();
    assert_ne!(status().await, InstanceStatus::Success);
    clock.advance(Duration::from_secs(20));
    client.stop_instance(old::StopInstanceRequest::new().project_env("PROD").instance_id(&id)).await.unwrap();
    clock.advance(Duration::from_secs(120));
    assert_eq!(status().await, InstanceStatus::Failure);
}

#[tokio::test]
async fn a_backfill_runs_what_is_asked_for() {
    let (_emulator, config, _) = stage().await;
    let client = old::Client::new(&config);
    let nodes = client.list_nodes(super::nodes().page_size(3)).await.unwrap();
    let ids: Vec<_> = nodes.data.nodes.iter().map(|node| node.node_id.clone()).collect();
    let request = old::RunCycleDagNodesRequest::new()
        .project_env("PROD")
        .name("suite")
        .root_node_id(&ids[0])
        .include_node_ids(ids.iter().map(Option::as_ref))
        .start_biz_date("2026-11-20 00:00:00")
        .end_biz_date("2026-11-21 00:00:00")
        .biz_begin_time("00:00:00")
        .biz_end_time("23:59:59")
        .parallelism(false);
    let run = client.run_cycle_dag_nodes(request).await.unwrap();
    assert!(!run.data.is_empty());
    let dag = client.get_dag(old::GetDagRequest::new().project_env("PROD").dag_id(&run.data[0])).await.unwrap();
    assert_eq!(dag.data.dag_id.as_ref(), run.data.first());
}

#[tokio::test]
async fn a_backfill_needs_a_node_and_a_date() {
    let (emulator, config, _) = stage().await;
    let client = old::Client::new(&config);
    let nodes = client.list_nodes(super::nodes().page_size(1)).await.unwrap();
    let node = nodes.data.nodes[0].node_id.as_ref().unwrap();
    let request = old::RunCycleDagNodesRequest::for_node("PROD", node, "2026-01-07");
    let run = client.run_cycle_dag_nodes(request).await.unwrap();
    let typed = emulator.requests().pop().unwrap().form;
    assert_eq!(run.data.len(), 1);
    let dag = client.get_dag(old::GetDagRequest::new().project_env("PROD").dag_id(&run.data[0])).await.unwrap();
    assert_eq!(dag.data.name, Some(format!("backfill {node} 2026-01-07")));

    let call = client.action("BackfillNodes").unwrap().set("ProjectEnv", "PROD").set("NodeId", node);
    let run = call.set("BizDate", "20260107").send().await.unwrap();
    assert_eq!(run["Data"].as_array().unwrap().len(), 1);
    assert_eq!(emulator.requests().pop().unwrap().form, typed);
}

#[tokio::test]
async fn a_data_source_comes_changes_and_goes() {
    let (_emulator, config, _) = stage().await;
    let client = new::Client::new(&config);
    let properties = |host: &str| json!({"envType": "Prod", "jdbcUrl": format!("jdbc:postgresql://{host}:5432/db"), "username": "u", "password": "hunter2"});
    let created = client
        .create_data_source(
            new::CreateDataSourceRequest::new()
                .project_id(PROJECT_ID)
                .name("pg_suite")
                .r#type("postgresql")
                .connection_properties_mode("UrlMode")
                .connection_properties(properties("a")),
        )
        .await
        .unwrap();
    let groups: Vec<_> = client
        .list_data_sources(new::ListDataSourcesRequest::new().project_id(PROJECT_ID).types(["postgresql"]))
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(groups.len(), 1);
    client
        .update_data_source(
            new::UpdateDataSourceRequest::new()
                .project_id(PROJECT_ID)
                .id(&created.id)
                .connection_properties_mode("UrlMode")
                .connection_properties(properties("b")),
        )
        .await
        .unwrap();
    let got = client.get_data_source(new::GetDataSourceRequest::new().id(&created.id)).await.unwrap();
    assert!(String::from_utf8_lossy(got.raw()).contains("postgresql://b:5432"), "the bytes are kept");
    assert!(!format!("{got:?}").contains("hunter2"), "{got:?}");
    client.delete_data_source(new::DeleteDataSourceRequest::new().id(&created.id)).await.unwrap();
    let gone = client.get_data_source(new::GetDataSourceRequest::new().id(&created.id)).await.unwrap_err();
    assert!(gone.is_not_found(), "{gone}");
}
