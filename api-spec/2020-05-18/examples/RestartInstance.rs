use dataworks_sdk::v2020_05_18::{ListInstancesRequest, RestartInstanceRequest};
use futures_util::TryStreamExt;

let request = ListInstancesRequest::new().project_id(530486).project_env("PROD").status("FAILURE");
// All of them first: what runs again leaves the list, and pages would shift.
let failed: Vec<_> = client.list_instances(request).items().try_collect().await?;
for instance in &failed {
    let request = RestartInstanceRequest::new().project_env("PROD").instance_id(&instance.instance_id);
    let restarted = client.restart_instance(request).await?.data == Some(true);
    println!("{:?} runs again: {restarted}", instance.node_name);
}
