use dataworks_sdk::v2020_05_18::{GetInstanceRequest, StopInstanceRequest};

let instance = 1_170_330_757_800_000_000_i64;
let stopped = client.stop_instance(StopInstanceRequest::new().project_env("PROD").instance_id(instance)).await?;
if stopped.data == Some(true) {
    let request = GetInstanceRequest::new().project_env("PROD").instance_id(instance);
    println!("{:?}", client.get_instance(request).await?.data.status); // it ends as a failure
}
