//! Projects (workspaces): list them, look at one. `cargo run --example projects`
//!
//! It only reads: with an access key in the environment it talks to DataWorks, else to an emulator inside the process.

mod common;

use common::text;
use dataworks_sdk::v2024_05_18::{Client, GetProjectRequest, ListProjectsRequest};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::reading().await?;
    let client = Client::new(&stage.config);

    let request = ListProjectsRequest::new().status("Available").page_size(50);
    let mut projects = client.list_projects(request).items();
    while let Some(project) = projects.try_next().await? {
        println!("{:<10} {}", text(&project.id), text(&project.name));
    }

    let answer = client.get_project(GetProjectRequest::new().id(&stage.project)).await?;
    let project = &answer.project;
    println!("\n{}: {}", text(&project.name), text(&project.description));
    println!("development environment: {}", text(&project.dev_environment_enabled));
    Ok(())
}
