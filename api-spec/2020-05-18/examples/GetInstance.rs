use dataworks_sdk::v2020_05_18::{GetInstanceRequest, types::InstanceStatus};
use std::time::Duration;

for _ in 0..360 {
    let request = GetInstanceRequest::new().project_env("PROD").instance_id(1_170_330_757_800_000_000_i64);
    let instance = client.get_instance(request).await?.into_body().data;
    if let Some(InstanceStatus::Success | InstanceStatus::Failure) = &instance.status {
        println!("{:?} ended as {:?} at {:?}", instance.node_name, instance.status, instance.finish_time);
        break;
    }
    tokio::time::sleep(Duration::from_secs(10)).await; // for an hour at most
}
