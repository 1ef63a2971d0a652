use dataworks_sdk::v2020_05_18::{CreateProjectRequest, create_project::Tag};

let request = CreateProjectRequest::new()
    .project_identifier("sales_reports")
    .project_name("Sales reports")
    .project_mode(3) // standard mode: development apart from production
    .tags([Tag::new().key("team").value("sales")])
    .client_token("create-sales-reports-1"); // a repeated call makes no second workspace
let project = client.create_project(request).await?.into_body().data;
println!("workspace {project:?}");
