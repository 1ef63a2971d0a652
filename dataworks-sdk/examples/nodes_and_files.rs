//! Nodes and files: list nodes across pages, bring a file to production. `cargo run --example nodes_and_files`
//!
//! It writes, so it always plays against an emulator inside the process.

mod common;

use common::{POLL, text};
use dataworks_sdk::v2020_05_18::{
    Client, CreateFileRequest, DeleteFileRequest, DeployFileRequest, GetDeploymentRequest, ListNodesRequest,
    SubmitFileRequest, UpdateFileRequest,
};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::writing().await?;
    let (client, project) = (Client::new(&stage.config), &stage.project);

    let request = ListNodesRequest::new().project_id(project).project_env("PROD").page_size(100);
    let mut nodes = client.list_nodes(request).items().prefetch(1);
    let mut count = 0;
    while let Some(node) = nodes.try_next().await? {
        count += 1;
        if node.program_type.as_deref() == Some("PYODPS3") && count < 20 {
            println!("{}  {}", text(&node.node_id), text(&node.node_name));
        }
    }
    println!("{count} nodes");

    // `FileType` 10 is an ODPS SQL.
    let request = CreateFileRequest::new().project_id(project).file_name("example").file_type(10).content("SELECT 1;");
    let file = client.create_file(request).await?.into_body().data;
    let request = UpdateFileRequest::new().project_id(project).file_id(&file).content("SELECT 2;");
    client.update_file(request).await?;

    client.submit_file(SubmitFileRequest::new().project_id(project).file_id(&file)).await?;
    // For some seconds after a file is submitted the pipeline isn't ready, and says so.
    let request = DeployFileRequest::new().project_id(project).file_id(&file);
    let deployment = client.deploy_file(request).wait_until_accepted().interval(POLL).await?.into_body().data;
    let request = GetDeploymentRequest::new().project_id(project).deployment_id(&deployment);
    let deployed = client.get_deployment(request).wait_until_finished().interval(POLL).await?;
    println!("file {}, deployment {}: {}", text(&file), text(&deployment), text(&deployed.data.deployment.name));

    client.delete_file(DeleteFileRequest::new().project_id(project).file_id(&file)).await?;
    Ok(())
}
