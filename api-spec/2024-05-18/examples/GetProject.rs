use dataworks_sdk::v2024_05_18::GetProjectRequest;

let answer = client.get_project(GetProjectRequest::new().id(530486)).await?;
let project = &answer.project;
println!("{:?}, which people see as {:?}: {:?}", project.name, project.display_name, project.status);
if project.dev_environment_enabled == Some(true) {
    println!("development is apart from production");
}
