//! Instances: start a smoke test, follow it to its end, read its log. `cargo run --example instances`
//!
//! It writes, so it always plays against an emulator inside the process.

mod common;

use common::{POLL, text};
use dataworks_sdk::v2020_05_18::{
    Client, GetInstanceLogRequest, GetInstanceRequest, ListInstancesRequest, ListNodesRequest, RunSmokeTestRequest,
};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::writing().await?;
    let (client, project) = (Client::new(&stage.config), &stage.project);

    let request = ListNodesRequest::new().project_id(project).project_env("PROD");
    let node = client.list_nodes(request).items().try_next().await?.ok_or("the project has no node")?;

    let request = RunSmokeTestRequest::new()
        .name("example")
        .project_env("PROD")
        .node_id(&node.node_id)
        .bizdate(common::yesterday());
    let dag = client.run_smoke_test(request).await?.into_body().data;

    let request = ListInstancesRequest::new().project_id(project).project_env("PROD").dag_id(&dag);
    let instance = client.list_instances(request).items().try_next().await?.ok_or("the DAG has no instance")?;
    let id = instance.instance_id;

    // One that fails would be an error, which says where the log is.
    let request = GetInstanceRequest::new().project_env("PROD").instance_id(&id);
    let wait = client.get_instance(request).wait_until_finished().interval(POLL);
    let ended = wait.on_progress(|progress| println!("{progress}")).await?;
    println!("{}: {}", text(&node.node_name), text(&ended.data.status));

    let log = client.get_instance_log(GetInstanceLogRequest::new().project_env("PROD").instance_id(&id)).await?;
    println!("{}", text(&log.data));
    Ok(())
}
