use dataworks_sdk::v2024_05_18::{CreateProjectRequest, GetProjectRequest};

let request = CreateProjectRequest::new()
    .name("sales_reports")
    .display_name("Sales reports")
    .description("What the sales team looks at every morning")
    .dev_environment_enabled(true); // standard mode: development apart from production
let id = client.create_project(request).await?.into_body().id;

let project = client.get_project(GetProjectRequest::new().id(&id)).await?;
println!("{id:?} is {:?}", project.project.status); // it takes a while to become `Available`
