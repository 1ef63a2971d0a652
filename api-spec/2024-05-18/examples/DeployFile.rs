use dataworks_sdk::v2024_05_18::{DeployFileRequest, GetDeploymentPackageRequest};
use std::time::Duration;

let mut waits = [10, 15, 20].into_iter();
let deployment = loop {
    let request = DeployFileRequest::new().project_id(530486).file_id(1000201).comment("New totals");
    match client.deploy_file(request).await {
        // For some seconds after `SubmitFile` the pipeline is not ready.
        Err(error) if error.message().contains("pipeline") => match waits.next() {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => return Err(error.into()),
        },
        answer => break answer?.into_body().data,
    }
};
let request = GetDeploymentPackageRequest::new().project_id(530486).deployment_id(&deployment);
println!("status {:?}", client.get_deployment_package(request).await?.data.deployment.status); // 1 is success, 2 failure
