//! Runs, on a clock that is turned by hand.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dataworks_emulator::{Emulator, ManualClock};

use crate::client::{Answer, Client, NEW, OLD};

const PROJECT: (&str, &str) = ("ProjectId", "530486");
const PROD: (&str, &str) = ("ProjectEnv", "PROD");

struct Tour {
    _emulator: Emulator,
    client: Client,
    clock: ManualClock,
}

impl Tour {
    /// Time at the service's own pace: a run takes a minute.
    async fn start() -> Self {
        let clock = ManualClock::new(SystemTime::now());
        let emulator = Emulator::builder().clock(&clock).speed(1.0).start().await.unwrap();
        let client = Client::new(&emulator);
        Self { _emulator: emulator, client, clock }
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn node(&self, name: &str) -> String {
        let nodes = self.client.ok(OLD, "ListNodes", &[PROJECT, PROD, ("NodeName", name)]).await;
        nodes.id("/Data/Nodes/0/NodeId")
    }

    async fn smoke_test(&self, node: &str) -> (String, String) {
        let parameters = [PROD, ("NodeId", node), ("Name", "tour"), ("Bizdate", "2026-11-23 00:00:00")];
        let dag = self.client.ok(OLD, "RunSmokeTest", &parameters).await.id("/Data");
        let instances = self.client.ok(OLD, "ListInstances", &[PROJECT, PROD, ("DagId", &dag)]).await;
        assert_eq!(instances.at("/Data/TotalCount"), 1);
        (dag, instances.id("/Data/Instances/0/InstanceId"))
    }

    async fn backfill(&self, root: &str, more: &[(&str, &str)]) -> Answer {
        let mut all = vec![
            PROD,
            ("RootNodeId", root),
            ("Name", "backfill"),
            ("Parallelism", "false"),
            ("BizBeginTime", "00:00:00"),
            ("BizEndTime", "23:59:59"),
        ];
        all.extend_from_slice(more);
        self.client.call(OLD, "RunCycleDagNodes", &all).await
    }

    async fn create_2024(&self, properties: &str) -> String {
        let parameters = [
            PROJECT,
            ("Name", "t"),
            ("Type", "SupplementData"),
            ("WorkflowId", "1"),
            ("Periods", r#"{"BizDates":[{"StartBizDate":"2026-11-20","EndBizDate":"2026-11-21"}]}"#),
            ("DefaultRunProperties", properties),
        ];
        self.client.ok(NEW, "CreateWorkflowInstances", &parameters).await.id("/OperationId")
    }

    async fn created_2024(&self, operation: &str) -> Answer {
        self.client.ok(NEW, "GetCreateWorkflowInstancesResult", &[("OperationId", operation)]).await
    }

    async fn state(&self, instance: &str) -> String {
        let answer = self.client.ok(OLD, "GetInstance", &[PROD, ("InstanceId", instance)]).await;
        answer.id("/Data/Status")
    }

    async fn log(&self, instance: &str) -> String {
        self.client.ok(OLD, "GetInstanceLog", &[PROD, ("InstanceId", instance)]).await.id("/Data")
    }

    async fn dag_state(&self, dag: &str) -> String {
        self.client.ok(OLD, "GetDag", &[PROD, ("DagId", dag)]).await.id("/Data/Status")
    }
}

#[tokio::test]
async fn a_smoke_test_runs_to_its_end() {
    let tour = Tour::start().await;
    let (dag, instance) = tour.smoke_test(&tour.node("dwd_trade_order_di_001").await).await;
    assert_eq!(instance.len(), 19);
    assert_eq!((tour.state(&instance).await, tour.dag_state(&dag).await), ("NOT_RUN".into(), "CREATED".into()));
    let mut log = tour.log(&instance).await;
    assert_eq!(log, "");
    for (seconds, state, grows) in [
        (5, "WAIT_TIME", false),
        (5, "WAIT_RESOURCE", true),
        (8, "RUNNING", true),
        (30, "RUNNING", true),
        (12, "SUCCESS", true),
    ] {
        tour.wait(seconds);
        assert_eq!(tour.state(&instance).await, state);
        let longer = tour.log(&instance).await;
        assert!(longer.starts_with(&log) && (longer.len() > log.len()) == grows, "{state}: {log:?} {longer:?}");
        log = longer;
    }
    assert!(log.contains("dwd_trade_order_di_001") && log.contains("SUCCESS"), "{log}");
    assert_eq!(tour.dag_state(&dag).await, "SUCCESS");
    let newer = tour.client.ok(NEW, "GetTaskInstance", &[("Id", &instance)]).await;
    assert_eq!(
        (newer.at("/TaskInstance/Status"), newer.at("/TaskInstance/WorkflowInstanceType")),
        (&"Success".into(), &"SmokeTest".into())
    );
    let spent = newer.at("/TaskInstance/FinishedTime").as_i64().unwrap()
        - newer.at("/TaskInstance/StartedTime").as_i64().unwrap();
    assert_eq!(spent, 42_000);
    assert_eq!(newer.at("/TaskInstance/Bizdate"), 1_795_363_200_000_i64, "midnight in Beijing");
}

#[tokio::test]
async fn an_instance_is_stopped_and_runs_again() {
    let tour = Tour::start().await;
    let (_, instance) = tour.smoke_test(&tour.node("check_partition_003").await).await;
    let this = [PROD, ("InstanceId", instance.as_str())];
    tour.wait(20);
    let early = tour.client.refused(OLD, "RestartInstance", &this, 400, "InvalidParameter").await;
    assert!(early.text.contains("RUNNING"), "{}", early.text);
    assert_eq!(tour.client.ok(OLD, "StopInstance", &this).await.at("/Data"), true);
    assert_eq!(tour.state(&instance).await, "FAILURE");
    assert!(tour.log(&instance).await.ends_with("stopped.\n"));
    tour.wait(600);
    assert_eq!(tour.state(&instance).await, "FAILURE");
    tour.client.refused(OLD, "StopInstance", &this, 400, "InvalidParameter").await;
    tour.client.ok(OLD, "RestartInstance", &this).await;
    assert_eq!(tour.state(&instance).await, "NOT_RUN");
    tour.wait(60);
    assert_eq!(tour.state(&instance).await, "SUCCESS");
    let older = tour.client.ok(OLD, "GetInstanceLog", &[this[0], this[1], ("InstanceHistoryId", "1")]).await;
    assert!(older.at("/Data").as_str().unwrap().contains("stopped"));
    let got = tour.client.ok(OLD, "GetInstance", &this).await;
    assert_eq!(got.at("/Data/TaskRerunTime"), 1);
    // What runs in production is not in development.
    tour.client.refused(OLD, "GetInstance", &[("ProjectEnv", "DEV"), this[1]], 404, "Instance.NotFound").await;
}

#[tokio::test]
async fn a_broken_node_fails() {
    let tour = Tour::start().await;
    let (dag, instance) = tour.smoke_test(&tour.node("sync_rds_to_odps_007").await).await;
    tour.wait(60);
    assert_eq!((tour.state(&instance).await, tour.dag_state(&dag).await), ("FAILURE".into(), "FAILURE".into()));
    assert!(tour.log(&instance).await.contains("FAILED: ODPS-0130161"));
}

const FROM: (&str, &str) = ("StartBizDate", "2026-11-20 00:00:00");
const TO: (&str, &str) = ("EndBizDate", "2026-11-21 00:00:00");

#[tokio::test]
async fn a_cycle_run_makes_an_instance_for_each_node_and_day() {
    let tour = Tour::start().await;
    let (a, b) = (tour.node("dwd_trade_order_di_001").await, tour.node("check_partition_003").await);
    let both = format!("{a},{b}");
    let answer = tour.backfill(&a, &[FROM, TO, ("IncludeNodeIds", &both)]).await;
    let dags = answer.at("/Data").as_array().unwrap().clone();
    assert_eq!(dags.len(), 2, "a DAG for each day");
    let dag = dags[1].to_string();
    let instances = tour.client.ok(OLD, "ListInstances", &[PROJECT, PROD, ("DagId", &dag)]).await;
    assert_eq!(instances.at("/Data/TotalCount"), 2);
    assert_eq!(instances.at("/Data/Instances/0/DagType"), "SUPPLY_DATA");
    tour.wait(60);
    assert_eq!(tour.dag_state(&dag).await, "RUNNING", "the second node begins after the first");
    tour.wait(6);
    assert_eq!(tour.dag_state(&dag).await, "SUCCESS");
    let day = ("Bizdate", "2026-11-20 00:00:00");
    let filters = [PROJECT, PROD, day, ("Status", "SUCCESS"), ("NodeId", b.as_str())];
    assert_eq!(tour.client.ok(OLD, "ListInstances", &filters).await.at("/Data/TotalCount"), 1);
}

#[tokio::test]
async fn a_cycle_run_needs_nodes_and_days() {
    let tour = Tour::start().await;
    let a = tour.node("dwd_trade_order_di_001").await;
    let this = ("IncludeNodeIds", a.as_str());
    for (more, status, code) in [
        (vec![FROM, TO, ("IncludeNodeIds", "1")], 404, "Node.NotFound"),
        (vec![FROM, TO, ("IncludeNodeIds", "x")], 400, "InvalidParameter"),
        (vec![FROM, TO, this, ("ExcludeNodeIds", &a)], 400, "InvalidParameter"),
        (vec![FROM, ("EndBizDate", "2026-11-19 00:00:00"), this], 400, "InvalidParameter"),
        (vec![FROM, ("EndBizDate", "9999-11-19 00:00:00"), this], 400, "InvalidParameter"),
        (vec![FROM, ("EndBizDate", "soon"), this], 400, "InvalidParameter"),
    ] {
        let answer = tour.backfill(&a, &more).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{more:?}: {}", answer.text);
    }
    let elsewhere = [("ProjectEnv", "TEST"), PROJECT];
    let answer = tour.client.refused(OLD, "ListInstances", &elsewhere, 400, "InvalidParameter").await;
    assert!(answer.text.contains("neither PROD nor DEV"), "{}", answer.text);
}

#[tokio::test]
async fn a_manual_flow_runs_by_its_name() {
    let tour = Tour::start().await;
    let parameters = [PROD, ("ProjectName", "emulator_default"), ("FlowName", "manual_reports")];
    let dag = tour.client.ok(OLD, "RunManualDagNodes", &parameters).await.id("/DagId");
    let instances =
        tour.client.ok(OLD, "ListInstances", &[PROJECT, PROD, ("DagId", &dag), ("OrderBy", "INSTANCE_ID_DESC")]).await;
    assert_eq!(instances.at("/Data/TotalCount"), 23);
    let unknown = [PROD, ("ProjectName", "emulator_default"), ("FlowName", "nothing")];
    tour.client.refused(OLD, "RunManualDagNodes", &unknown, 404, "Flow.NotFound").await;
    tour.client.refused(OLD, "GetDag", &[PROD, ("DagId", "5")], 404, "Dag.NotFound").await;
}

#[tokio::test]
async fn yesterday_has_run() {
    let tour = Tour::start().await;
    let all = tour.client.ok(OLD, "ListInstances", &[PROJECT, PROD, ("PageSize", "100")]).await;
    assert_eq!(all.at("/Data/TotalCount"), 20);
    let failed = tour.client.ok(OLD, "ListInstances", &[PROJECT, PROD, ("Status", "FAILURE")]).await;
    assert_eq!(
        (failed.at("/Data/TotalCount"), failed.at("/Data/Instances/0/NodeName")),
        (&1.into(), &"sync_rds_to_odps_007".into())
    );
    let now = tour.clock.now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let day = (now + 8 * 3_600_000) / 86_400_000 * 86_400_000 - 8 * 3_600_000 - 86_400_000;
    let newer = tour
        .client
        .ok(NEW, "ListTaskInstances", &[PROJECT, ("Bizdate", &day.to_string()), ("Status", "Failure")])
        .await;
    assert_eq!(newer.at("/PagingInfo/TotalCount"), 1);
}

#[tokio::test]
async fn workflow_instances_are_created_followed_and_run_again() {
    let tour = Tour::start().await;
    let task = tour.node("dwd_trade_order_di_001").await;
    let operation = tour.create_2024(&format!(r#"{{"RootTaskIds":[{task}]}}"#)).await;
    assert_eq!(tour.created_2024(&operation).await.at("/Result/Status"), "Creating");
    tour.wait(2);
    let created = tour.created_2024(&operation).await;
    assert_eq!(created.at("/Result/Status"), "Created");
    let ids = created.at("/Result/WorkflowTaskInstanceIds").to_string();
    let id = created.id("/Result/WorkflowTaskInstanceIds/0");
    tour.wait(20);
    let got = tour.client.ok(NEW, "GetTaskInstance", &[("Id", &id)]).await;
    assert_eq!((got.at("/TaskInstance/Status"), got.id("/TaskInstance/TaskId")), (&"Running".into(), task));
    let log = tour.client.ok(NEW, "GetTaskInstanceLog", &[("Id", &id)]).await;
    assert!(log.at("/TaskInstanceLog").as_str().unwrap().contains("Executing"));

    let some = ids.replace(']', ",5]");
    let stopped = tour.client.ok(NEW, "StopTaskInstances", &[("Ids", &some)]).await;
    assert_eq!(stopped.at(&format!("/SuccessInfo/{id}/Success")), true);
    assert_eq!(stopped.at("/SuccessInfo/5/Message"), "The task instance does not exist.");
    let rerun = tour.client.ok(NEW, "RerunTaskInstances", &[("Ids", &ids)]).await;
    assert_eq!(rerun.at(&format!("/SuccessInfo/{id}/Success")), true);
    let again = tour.client.ok(NEW, "RerunTaskInstances", &[("Ids", &ids)]).await;
    assert_eq!(again.at(&format!("/SuccessInfo/{id}/Success")), false);
    tour.wait(60);
    let got = tour.client.ok(NEW, "GetTaskInstance", &[("Id", &id)]).await;
    assert_eq!((got.at("/TaskInstance/Status"), got.at("/TaskInstance/RunNumber")), (&"Success".into(), &2.into()));

    let operation = tour.create_2024(r#"{"RootTaskIds":[5]}"#).await;
    tour.wait(2);
    let failed = tour.created_2024(&operation).await;
    assert_eq!(failed.at("/Result/Status"), "CreateFailure");
    assert!(failed.at("/Result/FailureMessage").as_str().unwrap().contains("does not exist"));
}
