//! Waits over HTTP: the emulator's clock moves on each time that a wait has asked.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use dataworks_emulator::{Emulator, Fault, ManualClock, PROJECT_ID};
use dataworks_sdk::v2020_05_18::Client;
use dataworks_sdk::{ErrorKind, Id, Progress, Wait, v2020_05_18 as old, v2024_05_18 as new};
use futures_util::TryStreamExt as _;

use super::nodes;
use crate::support::config;

/// As often as can be: the clock is what goes on.
const POLL: Duration = Duration::from_millis(1);

async fn stage() -> (Emulator, Client, ManualClock) {
    let clock = ManualClock::new(SystemTime::now());
    let emulator = Emulator::builder().clock(&clock).speed(1.0).start().await.unwrap();
    let client = Client::new(&config(&emulator));
    (emulator, client, clock)
}

/// A wait that moves the clock on, and the states that it sees, each once in a row.
fn followed<T>(wait: Wait<T>, clock: &ManualClock) -> (Wait<T>, Arc<Mutex<Vec<String>>>) {
    let (clock, seen) = (clock.clone(), Arc::new(Mutex::new(Vec::<String>::new())));
    let log = seen.clone();
    let see = move |progress: &Progress<'_>| {
        clock.advance(Duration::from_secs(3));
        let mut log = log.lock().unwrap();
        let state = progress.state.unwrap_or("no answer");
        if log.last().is_none_or(|last| last != state) {
            log.push(state.to_owned());
        }
    };
    (wait.interval(POLL).on_progress(see), seen)
}

/// A smoke test: its DAG, and its only instance.
async fn smoke_test(client: &Client) -> (Option<Id>, Option<Id>) {
    let node = client.list_nodes(nodes().node_name("dwd_trade_order_di_001")).await.unwrap();
    let request = old::RunSmokeTestRequest::new()
        .project_env("PROD")
        .name("suite")
        .bizdate("2026-11-23 00:00:00")
        .node_id(&node.data.nodes[0].node_id);
    let dag = client.run_smoke_test(request).await.unwrap().into_body().data;
    let request = old::ListInstancesRequest::new().project_id(PROJECT_ID).project_env("PROD").dag_id(&dag);
    let instances: Vec<_> = client.list_instances(request).items().try_collect().await.unwrap();
    (dag, instances[0].instance_id.clone())
}

fn instance(id: &Option<Id>) -> old::GetInstanceRequest {
    old::GetInstanceRequest::new().project_env("PROD").instance_id(id)
}

#[tokio::test]
async fn an_instance_and_its_dag_finish() {
    let (emulator, client, clock) = stage().await;
    let (dag, id) = smoke_test(&client).await;
    let (wait, seen) = followed(client.get_instance(instance(&id)).wait_until_finished(), &clock);
    let ended = wait.await.unwrap();
    assert_eq!(ended.data.status.as_ref().map(old::types::InstanceStatus::as_str), Some("SUCCESS"));
    assert_eq!(*seen.lock().unwrap(), ["NOT_RUN", "WAIT_TIME", "WAIT_RESOURCE", "RUNNING", "SUCCESS"]);

    let asked = emulator.count("GetDag");
    let request = old::GetDagRequest::new().project_env("PROD").dag_id(&dag);
    let (wait, _) = followed(client.get_dag(request).wait_until_finished(), &clock);
    assert_eq!(wait.await.unwrap().data.dag_id, dag);
    assert!(emulator.count("GetDag") > asked);

    let call = client.action("GetInstance").unwrap().set("ProjectEnv", "PROD").set("InstanceId", id.unwrap().as_str());
    assert_eq!(call.wait_until("finished").unwrap().await.unwrap()["Data"]["Status"], "SUCCESS");
}

#[tokio::test]
async fn an_instance_that_fails_says_where_its_log_is() {
    let (_emulator, client, clock) = stage().await;
    let (_, id) = smoke_test(&client).await;
    clock.advance(Duration::from_secs(20));
    client.stop_instance(old::StopInstanceRequest::new().project_env("PROD").instance_id(&id)).await.unwrap();
    let (wait, _) = followed(client.get_instance(instance(&id)).wait_until_finished(), &clock);
    let error = wait.await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitFailed, Some("FAILURE")), "{error}");
    assert_eq!(error.last_answer().unwrap()["Data"]["Status"], "FAILURE");
    assert!(error.request_id().is_some());
    let log = format!("`GetInstanceLog` with InstanceId {} and ProjectEnv PROD", id.as_ref().unwrap());
    assert!(error.to_string().contains(&log), "{error}");
    let request = old::GetInstanceLogRequest::new().project_env("PROD").instance_id(&id);
    assert!(client.get_instance_log(request).await.unwrap().data.is_some(), "the log is where the error says");
}

#[tokio::test]
async fn a_wait_whose_time_is_up_says_how_far_it_came() {
    let (_emulator, client, _clock) = stage().await;
    let (_, id) = smoke_test(&client).await;
    // The clock stands still, and so does the instance.
    let wait = client.get_instance(instance(&id)).wait_until_finished().interval(POLL);
    let error = wait.timeout(Duration::from_millis(200)).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, Some("NOT_RUN")), "{error}");
    assert!(error.to_string().contains("not finished after ") && error.to_string().contains("`timeout`"), "{error}");
}

#[tokio::test]
async fn faults_on_the_way_are_waited_out() {
    let (emulator, client, clock) = stage().await;
    let (_, id) = smoke_test(&client).await;
    let faults = [
        Fault::status(503, "ServiceUnavailable", "busy"),
        Fault::CloseOnArrival,
        Fault::Truncate,
        Fault::throttle(5),
        Fault::unsuccessful("InternalError.System", "broken"),
    ];
    for fault in faults {
        emulator.inject("GetInstance", fault);
    }
    let (wait, seen) = followed(client.get_instance(instance(&id)).no_retry().wait_until_finished(), &clock);
    wait.await.unwrap();
    assert_eq!(seen.lock().unwrap()[0], "no answer");
    assert!(emulator.count("GetInstance") > 5, "each fault was an answer to one request");

    emulator.inject("GetInstance", Fault::status(403, "Forbidden.RAM", "no"));
    let error = client.get_instance(instance(&id)).wait_until_finished().await.unwrap_err();
    assert!(error.is_access_denied() && error.last_state().is_none(), "{error}");
}

#[tokio::test]
async fn a_file_is_deployed_as_soon_as_the_pipeline_is_ready() {
    let (emulator, client, clock) = stage().await;
    let request = old::CreateFileRequest::new()
        .project_id(PROJECT_ID)
        .file_name("dwd_waited")
        .file_type(10)
        .content("SELECT 1;")
        .input_list("project_root");
    let file = client.create_file(request).await.unwrap().into_body().data;
    let deploy = || client.deploy_file(old::DeployFileRequest::new().project_id(PROJECT_ID).file_id(&file));

    // What is not submitted will never be: that is no "not yet".
    let error = deploy().wait_until_accepted().await.unwrap_err();
    assert_eq!((error.code(), emulator.count("DeployFile")), (Some("File.NotSubmitted"), 1), "{error}");

    client.submit_file(old::SubmitFileRequest::new().project_id(PROJECT_ID).file_id(&file)).await.unwrap();
    let error = deploy().wait_until_accepted().interval(POLL).timeout(Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout, "{error}");
    assert!(error.to_string().contains("流水线未准备好") && !error.may_have_been_sent(), "{error}");

    let asked = emulator.count("DeployFile");
    let (wait, _) = followed(deploy().wait_until_accepted(), &clock);
    let deployment = wait.await.unwrap().into_body().data;
    assert!(emulator.count("DeployFile") > asked + 2);

    let request = old::GetDeploymentRequest::new().project_id(PROJECT_ID).deployment_id(&deployment);
    let (wait, seen) = followed(client.get_deployment(request).wait_until_finished(), &clock);
    assert_eq!(wait.await.unwrap().data.deployment.status, Some(1));
    assert_eq!(*seen.lock().unwrap(), ["0", "1"]);
}

/// Begins a smoke test of 2024-05-18, and answers the operation.
async fn begin(client: &new::Client, node: &Id) -> String {
    let request = serde_json::json!({
        "ProjectId": PROJECT_ID, "Name": "suite", "Type": "SmokeTest", "WorkflowId": 1, "EnvType": "Prod",
        "DefaultRunProperties": {"RootTaskIds": [node.as_i64()]},
        "Periods": {"BizDates": [{"StartBizDate": "2026-11-23", "EndBizDate": "2026-11-23"}]},
    });
    let call = client.action("CreateWorkflowInstances").unwrap();
    let call = request.as_object().unwrap().iter().fold(call, |call, (name, value)| call.set(name, value.clone()));
    call.await.unwrap()["OperationId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn workflow_instances_are_created_and_their_tasks_finish() {
    let (emulator, client, clock) = stage().await;
    let node = client.list_nodes(nodes().page_size(1)).await.unwrap().data.nodes[0].node_id.clone().unwrap();
    let client = new::Client::new(&config(&emulator));
    let creation = async |node: &Id| {
        let request = new::GetCreateWorkflowInstancesResultRequest::new().operation_id(begin(&client, node).await);
        followed(client.get_create_workflow_instances_result(request).wait_until_created(), &clock).0.await
    };
    let created = creation(&node).await.unwrap();
    let id = &created.result.workflow_task_instance_ids[0];
    let task = || client.get_task_instance(new::GetTaskInstanceRequest::new().id(id));
    let (wait, seen) = followed(task().wait_until_finished(), &clock);
    wait.await.unwrap();
    assert_eq!(seen.lock().unwrap().last().map(String::as_str), Some("Success"));

    let again = creation(&node).await.unwrap();
    let id = &again.result.workflow_task_instance_ids[0];
    let call = client.action("StopTaskInstances").unwrap().set("Ids", serde_json::json!([id.as_i64()]));
    call.await.unwrap();
    let request = new::GetTaskInstanceRequest::new().id(id);
    let error = client.get_task_instance(request).wait_until_finished().interval(POLL).await.unwrap_err();
    assert!(error.to_string().ends_with(&format!("its log: `GetTaskInstanceLog` with Id {id}")), "{error}");

    // A node that is not deployed: the answer says why, and so does the error.
    let error = creation(&Id::from(1)).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitFailed, Some("CreateFailure")), "{error}");
    let why = error.last_answer().unwrap()["Result"]["FailureMessage"].as_str().unwrap().to_owned();
    assert!(error.to_string().contains(why.trim_end_matches('.')), "{error}");
}
