use dataworks_sdk::v2020_05_18::{ListInstancesRequest, RunSmokeTestRequest};
use futures_util::TryStreamExt;

let request = RunSmokeTestRequest::new()
    .name("try the new totals")
    .project_env("PROD")
    .node_id(700_006_680_527_i64) // a deployed node
    .bizdate("2026-11-23 00:00:00");
let dag = client.run_smoke_test(request).await?.into_body().data;

let request = ListInstancesRequest::new().project_id(530486).project_env("PROD").dag_id(&dag);
let instance = client.list_instances(request).items().try_next().await?.ok_or("nothing runs")?;
println!("instance {:?} is {:?}", instance.instance_id, instance.status);
