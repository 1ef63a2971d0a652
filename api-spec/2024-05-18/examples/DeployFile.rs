use dataworks_sdk::v2024_05_18::{DeployFileRequest, GetDeploymentPackageRequest};

let request = DeployFileRequest::new().project_id(530486).file_id(1000201).comment("New totals");
// For some seconds after `SubmitFile` the pipeline is not ready.
let deployment = client.deploy_file(request).wait_until_accepted().await?.into_body().data;

let request = GetDeploymentPackageRequest::new().project_id(530486).deployment_id(&deployment);
let deployed = client.get_deployment_package(request).wait_until_finished().await?;
println!("{:?} is in production", deployed.data.deployment.name);
