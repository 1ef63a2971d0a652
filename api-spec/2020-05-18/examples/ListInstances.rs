use dataworks_sdk::v2020_05_18::ListInstancesRequest;
use futures_util::TryStreamExt;

let request = ListInstancesRequest::new()
    .project_id(530486)
    .project_env("PROD")
    .bizdate("2026-11-23 00:00:00")
    .status("FAILURE")
    .page_size(100);
let mut failed = client.list_instances(request).items(); // all pages, one by one
while let Some(instance) = failed.try_next().await? {
    println!("{:?}, a run of {:?}: {:?}", instance.instance_id, instance.node_name, instance.error_message);
}
