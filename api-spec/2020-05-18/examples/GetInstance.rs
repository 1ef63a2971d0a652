use dataworks_sdk::v2020_05_18::GetInstanceRequest;
use std::time::Duration;

let request = GetInstanceRequest::new().project_env("PROD").instance_id(1_170_330_757_800_000_000_i64);
let wait = client.get_instance(request).wait_until_finished().timeout(Duration::from_secs(3600));
// An instance that fails is an error: it says where the log is.
let instance = wait.on_progress(|progress| println!("{progress}")).await?.into_body().data;
println!("{:?} ended as {:?} at {:?}", instance.node_name, instance.status, instance.finish_time);
