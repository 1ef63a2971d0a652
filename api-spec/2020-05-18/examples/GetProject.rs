use dataworks_sdk::v2020_05_18::GetProjectRequest;

let answer = client.get_project(GetProjectRequest::new().project_id(530486)).await?;
let project = &answer.data;
println!("{:?}: {:?}", project.project_identifier, project.project_description);
// A basic workspace has no development environment.
let is_standard = project.project_mode == Some(3);
println!("standard mode: {is_standard}, environments: {:?}", project.env_types);
