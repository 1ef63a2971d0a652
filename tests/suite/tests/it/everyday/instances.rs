//! Instances, and what starts and stops them.

use dataworks_sdk::ActionCall;
use dataworks_sdk::v2020_05_18::types::{DagType, InstanceStatus};
use dataworks_sdk::v2020_05_18::{
    Client, GetInstanceLogRequest, GetInstanceRequest, ListInstancesRequest, RestartInstanceRequest,
    RunCycleDagNodesRequest, RunSmokeTestRequest, StopInstanceRequest,
};
use serde_json::json;

use super::{Stage, assert_sent};
use crate::support::{Pairs, written};

#[tokio::test]
async fn list() {
    let stage = Stage::with(&[(
        "ListInstances",
        r#"{
            "Data": {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 1,
                "Instances": [{
                    "InstanceId": 1234567890123456789, "NodeId": 33115, "NodeName": "n", "DagId": "338450167", "DagType": "DAILY",
                    "Status": "NOT_RUN", "Bizdate": 1590336000000, "CycTime": 1590422400000, "CreateUser": 330722,
                    "TaskRerunTime": 0, "Repeatability": true, "ErrorMessage": "", "BaselineId": -1
                }]
            },
            "Success": true, "RequestId": "r"
        }"#,
    )])
    .await;
    let request = ListInstancesRequest::new()
        .project_id(33_671)
        .project_env("PROD")
        .bizdate("2020-05-25 00:00:00")
        .dag_id(338_450_167_i64)
        .status("NOT_RUN");
    let page = Client::new(&stage.config).list_instances(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [
            ("Bizdate", "2020-05-25 00:00:00"),
            ("DagId", "338450167"),
            ("ProjectEnv", "PROD"),
            ("ProjectId", "33671"),
            ("Status", "NOT_RUN"),
        ]
    );
    let instance = &page.data.instances[0];
    assert_eq!(instance.instance_id.as_ref().unwrap(), "1234567890123456789");
    assert_eq!(
        (instance.status.as_ref(), instance.dag_type.as_ref()),
        (Some(&InstanceStatus::NotRun), Some(&DagType::Daily))
    );
    assert_eq!(instance.bizdate, Some(1_590_336_000_000));
    assert_eq!(instance.create_user.as_deref(), Some("330722"));
    assert_eq!(instance.baseline_id.as_ref().unwrap(), "-1");
}

#[tokio::test]
async fn get() {
    let stage = Stage::with(&[(
        "GetInstance",
        r#"{"Data": {"InstanceId": 7, "Status": "SUCCESS", "FinishTime": "1590416704000", "Priority": 3.0}, "Success": true}"#,
    )])
    .await;
    let request = GetInstanceRequest::new().instance_id(7).project_env("PROD");
    let instance = Client::new(&stage.config).get_instance(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("InstanceId", "7"), ("ProjectEnv", "PROD")]);
    assert_eq!(instance.data.status, Some(InstanceStatus::Success));
    assert_eq!((instance.data.finish_time, instance.data.priority), (Some(1_590_416_704_000), Some(3)));
    assert_eq!(instance.request_id, None);
}

#[tokio::test]
async fn log() {
    let stage =
        Stage::with(&[("GetInstanceLog", r#"{"Data": "line 1\nline \u4e8c", "Success": true, "RequestId": "r"}"#)])
            .await;
    let request = GetInstanceLogRequest::new().instance_id(7).instance_history_id(2).project_env("PROD");
    let log = Client::new(&stage.config).get_instance_log(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("InstanceHistoryId", "2"), ("InstanceId", "7"), ("ProjectEnv", "PROD")]);
    assert_eq!(log.data.as_deref(), Some("line 1\nline 二"));
}

#[tokio::test]
async fn backfill() {
    let stage = Stage::with(&[(
        "RunCycleDagNodes",
        r#"{"Data": [1234567890123456789, "4"], "Success": true, "RequestId": "r"}"#,
    )])
    .await;
    let request = RunCycleDagNodesRequest::new()
        .project_env("PROD")
        .name("xm_create_test")
        .root_node_id(1234)
        .include_node_ids([74_324, 7_654_378])
        .exclude_node_ids(["1_234", "5"])
        .start_biz_date("2020-05-20 00:00:00")
        .end_biz_date("2020-05-21 00:00:00")
        .biz_begin_time("00:00:00")
        .biz_end_time("23:59:59")
        .parallelism(false)
        .node_params(json!({"20000123121": "key1=val1"}));
    let run = Client::new(&stage.config).run_cycle_dag_nodes(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [
            ("BizBeginTime", "00:00:00"),
            ("BizEndTime", "23:59:59"),
            ("EndBizDate", "2020-05-21 00:00:00"),
            ("ExcludeNodeIds", "1_234,5"),
            ("IncludeNodeIds", "74324,7654378"),
            ("Name", "xm_create_test"),
            ("NodeParams", r#"{"20000123121":"key1=val1"}"#),
            ("Parallelism", "false"),
            ("ProjectEnv", "PROD"),
            ("RootNodeId", "1234"),
            ("StartBizDate", "2020-05-20 00:00:00"),
        ]
    );
    assert_eq!(run.data, ["1234567890123456789", "4"]);
}

/// The form of a backfill of one node for one date.
const FOR_NODE: [(&str, &str); 9] = [
    ("BizBeginTime", "00:00:00"),
    ("BizEndTime", "23:59:59"),
    ("EndBizDate", "2026-01-07 00:00:00"),
    ("IncludeNodeIds", "123456"),
    ("Name", "backfill 123456 2026-01-07"),
    ("Parallelism", "false"),
    ("ProjectEnv", "PROD"),
    ("RootNodeId", "123456"),
    ("StartBizDate", "2026-01-07 00:00:00"),
];

const STARTED: &str = r#"{"Data": [4], "Success": true, "RequestId": "r"}"#;

/// `FOR_NODE` with other values.
fn for_node(changes: &[(&str, &str)]) -> Pairs {
    let value = |name: &str, value| changes.iter().find(|(changed, _)| *changed == name).map_or(value, |(_, it)| *it);
    written(&FOR_NODE.map(|(name, it)| (name, value(name, it))))
}

#[tokio::test]
async fn backfill_of_a_node() {
    for date in ["2026-01-07", "20260107", "2026-01-07 00:00:00"] {
        let stage = Stage::with(&[("RunCycleDagNodes", STARTED)]).await;
        let request = RunCycleDagNodesRequest::for_node("PROD", 123_456, date);
        Client::new(&stage.config).run_cycle_dag_nodes(request).await.unwrap();
        assert_eq!(stage.sent(), ("POST".to_owned(), Vec::new(), for_node(&[])));
    }
    let stage = Stage::with(&[("RunCycleDagNodes", STARTED)]).await;
    let request = RunCycleDagNodesRequest::for_node("DEV", "7", "2026-01-07")
        .name("mine")
        .parallelism(true)
        .include_node_ids([7, 8])
        .end_biz_date("2026-01-09 00:00:00");
    Client::new(&stage.config).run_cycle_dag_nodes(request).await.unwrap();
    let expected = for_node(&[
        ("EndBizDate", "2026-01-09 00:00:00"),
        ("IncludeNodeIds", "7,8"),
        ("Name", "mine"),
        ("Parallelism", "true"),
        ("ProjectEnv", "DEV"),
        ("RootNodeId", "7"),
    ]);
    assert_eq!(stage.sent().2, expected);
}

#[tokio::test]
async fn backfill_of_a_node_by_name() {
    let stage = Stage::with(&[("RunCycleDagNodes", STARTED), ("RunCycleDagNodes", STARTED)]).await;
    let client = Client::new(&stage.config);
    let call = || client.action("RunCycleDagNodes").unwrap();
    let short = |call: ActionCall| call.set("ProjectEnv", "PROD").set("NodeId", 123_456).set("BizDate", "2026-01-07");
    short(call()).send().await.unwrap();
    assert_eq!(stage.sent(), ("POST".to_owned(), Vec::new(), for_node(&[])));
    short(call().set("Name", "mine")).set("Parallelism", true).send().await.unwrap();
    assert_eq!(stage.sent().2, for_node(&[("Name", "mine"), ("Parallelism", "true")]));
}

#[tokio::test]
async fn a_backfill_that_is_wrong_is_not_sent() {
    let stage = Stage::with(&[]).await;
    let client = Client::new(&stage.config);
    let request = RunCycleDagNodesRequest::for_node("PROD", "my node", "7 January");
    let error = client.run_cycle_dag_nodes(request).await.unwrap_err();
    let found: Vec<_> = error.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "EndBizDate: a date like 2026-01-07 is expected, found \"7 January 00:00:00\"",
            "RootNodeId: a numeric identifier is expected, found \"my node\"",
            "StartBizDate: a date like 2026-01-07 is expected, found \"7 January 00:00:00\"",
        ]
    );
    let call = client.action("RunCycleDagNodes").unwrap().set("ProjectEnv", "PROD").set("NodeId", 7);
    let error = call.send().await.unwrap_err();
    let found: Vec<_> = error.findings().iter().map(ToString::to_string).collect();
    assert_eq!(found, ["BizDate: the shorthand for_node needs it too, to fill EndBizDate, Name, StartBizDate"]);
    assert_eq!(stage.emulator.count("RunCycleDagNodes"), 0);
}

#[tokio::test]
async fn rerun_is_restart() {
    let stage = Stage::with(&[("RestartInstance", r#"{"Success": true, "RequestId": "r"}"#)]).await;
    let call = Client::new(&stage.config).action("RerunInstance").unwrap();
    assert_eq!(call.operation().name(), "RestartInstance");
    call.set("InstanceId", 7).set("ProjectEnv", "PROD").send().await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("InstanceId", "7"), ("ProjectEnv", "PROD")]);
}

#[tokio::test]
async fn smoke_test() {
    let stage = Stage::with(&[("RunSmokeTest", r#"{"Data": 400, "Success": true, "RequestId": "r"}"#)]).await;
    let request = RunSmokeTestRequest::new()
        .project_env("PROD")
        .node_id(1234)
        .name("smoke")
        .bizdate("2020-05-26 00:00:00")
        .node_params(r#"{"74324":"a=b"}"#);
    let run = Client::new(&stage.config).run_smoke_test(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [
            ("Bizdate", "2020-05-26 00:00:00"),
            ("Name", "smoke"),
            ("NodeId", "1234"),
            ("NodeParams", r#"{"74324":"a=b"}"#),
            ("ProjectEnv", "PROD"),
        ]
    );
    assert_eq!(run.data.as_ref().unwrap(), "400");
}

#[tokio::test]
async fn restart_and_stop() {
    let stage = Stage::with(&[
        ("RestartInstance", r#"{"Data": "true", "Success": true, "RequestId": "r1"}"#),
        ("StopInstance", r#"{"Data": true, "Success": true, "RequestId": "r2"}"#),
    ])
    .await;
    let client = Client::new(&stage.config);
    let request = RestartInstanceRequest::new().instance_id(1_234_567_890_123_456_789_i64).project_env("PROD");
    let restarted = client.restart_instance(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("InstanceId", "1234567890123456789"), ("ProjectEnv", "PROD")]);
    assert_eq!((restarted.data, restarted.request_id()), (Some(true), Some("r1")));
    let request = StopInstanceRequest::new().instance_id(8).project_env("DEV");
    let stopped = client.stop_instance(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("InstanceId", "8"), ("ProjectEnv", "DEV")]);
    assert_eq!((stopped.data, stopped.request_id()), (Some(true), Some("r2")));
}
