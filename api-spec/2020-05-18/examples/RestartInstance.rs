use dataworks_sdk::v2020_05_18::{ListInstancesRequest, RestartInstanceRequest};
use futures_util::TryStreamExt;

let request = ListInstancesRequest::new().project_id(530486).project_env("PROD").status("FAILURE");
let mut failed = client.list_instances(request).items();
while let Some(instance) = failed.try_next().await? {
    let request = RestartInstanceRequest::new().project_env("PROD").instance_id(&instance.instance_id);
    let restarted = client.restart_instance(request).await?.data == Some(true);
    println!("{:?} runs again: {restarted}", instance.node_name);
}
