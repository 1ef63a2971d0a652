use dataworks_sdk::v2020_05_18::{GetInstanceRequest, types::InstanceStatus};
use std::time::Duration;

let instance = loop {
    let request = GetInstanceRequest::new().project_env("PROD").instance_id(1_170_330_757_800_000_000_i64);
    let instance = client.get_instance(request).await?.into_body().data;
    match &instance.status {
        Some(InstanceStatus::Success | InstanceStatus::Failure) => break instance,
        status => println!("still {status:?}"),
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
};
println!("{:?} ended as {:?} at {:?}", instance.node_name, instance.status, instance.finish_time);
