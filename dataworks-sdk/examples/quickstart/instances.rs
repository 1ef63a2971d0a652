//! Runs: start them, follow them, read their logs, restart and stop them.

use dataworks_sdk::v2020_05_18::{
    GetInstanceLogRequest, GetInstanceRequest, ListInstancesRequest, ListNodesRequest, RestartInstanceRequest,
    RunCycleDagNodesRequest, RunSmokeTestRequest, StopInstanceRequest, list_instances, list_nodes,
};
use dataworks_sdk::{Error, ErrorKind, Id};
use futures_util::TryStreamExt as _;

use crate::Tour;
use crate::common::{self, POLL, text};
use crate::screen::{self, show};

/// What ran for yesterday.
pub(crate) async fn yesterday(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("Instances of yesterday");
    let request = ListInstancesRequest::new().project_id(project).project_env("PROD").bizdate(common::yesterday());
    let instances: Vec<_> = show!(v2020.list_instances(request).items().max_items(10).try_collect().await?);
    if instances.is_empty() {
        screen::line("none");
    }
    instances.iter().for_each(show_instance);
    Ok(())
}

pub(crate) async fn backfill(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("A backfill: run nodes for a day, stop one of them");
    let nodes = scheduled_nodes(tour, 2).await?;
    let yesterday = common::yesterday();

    let started = show!(
        v2020.run_cycle_dag_nodes(
            RunCycleDagNodesRequest::new()
                .name("quickstart")
                .project_env("PROD")
                .root_node_id(&nodes[0])
                .include_node_ids(&nodes)
                .start_biz_date(&yesterday)
                .end_biz_date(&yesterday)
                .biz_begin_time("00:00:00")
                .biz_end_time("23:59:59")
                .parallelism(false)
        )
    )
    .await?;
    let dag = started.data.first();
    screen::line(format_args!("DAG {}", text(&dag)));

    let request = ListInstancesRequest::new().project_id(project).project_env("PROD").dag_id(dag);
    let instances: Vec<_> = show!(v2020.list_instances(request).items().try_collect().await?);
    instances.iter().for_each(show_instance);

    if let Some(last) = instances.last() {
        let id = &last.instance_id;
        show!(v2020.stop_instance(StopInstanceRequest::new().project_env("PROD").instance_id(id))).await?;
        follow(tour, id).await?;
    }
    Ok(())
}

pub(crate) async fn smoke_test(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("A smoke test: run a node, follow it, read its log, restart it");
    let nodes = scheduled_nodes(tour, 1).await?;

    let started = show!(
        v2020.run_smoke_test(
            RunSmokeTestRequest::new()
                .name("quickstart")
                .project_env("PROD")
                .node_id(&nodes[0])
                .bizdate(common::yesterday())
        )
    )
    .await?;
    screen::line(format_args!("DAG {}", text(&started.data)));

    let request = ListInstancesRequest::new().project_id(project).project_env("PROD").dag_id(&started.data);
    let instance = show!(v2020.list_instances(request).items().try_next().await?).unwrap_or_default();
    let id = &instance.instance_id;
    follow(tour, id).await?;

    let log = show!(v2020.get_instance_log(GetInstanceLogRequest::new().project_env("PROD").instance_id(id))).await?;
    screen::line(text(&log.data));

    show!(v2020.restart_instance(RestartInstanceRequest::new().project_env("PROD").instance_id(id))).await?;
    follow(tour, id).await?;
    Ok(())
}

/// Nodes that the scheduler runs every day.
async fn scheduled_nodes(tour: &Tour, count: usize) -> Result<Vec<Id>, Error> {
    let request = ListNodesRequest::new().project_id(&tour.project).project_env("PROD").scheduler_type("NORMAL");
    let nodes: Vec<list_nodes::Node> = tour.v2020.list_nodes(request).items().max_items(count).try_collect().await?;
    Ok(nodes.into_iter().filter_map(|node| node.node_id).collect())
}

/// Follows an instance to its end, and shows each state that it comes to.
async fn follow(tour: &Tour, id: &Option<Id>) -> Result<(), Error> {
    let (v2020, shown, mut last) = (&tour.v2020, text(id), String::new());
    let request = GetInstanceRequest::new().project_env("PROD").instance_id(id);
    let wait = show!(v2020.get_instance(request).wait_until_finished().interval(POLL));
    let wait = wait.on_progress(move |progress| {
        let state = progress.state.unwrap_or("-");
        if state != last {
            screen::line(format_args!("instance {shown}  {state}"));
            state.clone_into(&mut last);
        }
    });
    match wait.await {
        Ok(_) => Ok(()),
        // One that failed, or was stopped: the error says where its log is.
        Err(error) if error.kind() == ErrorKind::WaitFailed => {
            screen::failed(&error);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn show_instance(instance: &list_instances::Instance) {
    let (id, name) = (text(&instance.instance_id), text(&instance.node_name));
    screen::line(format_args!("{id}  {name:<26} {}", text(&instance.status)));
}
