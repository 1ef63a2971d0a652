use dataworks_sdk::v2020_05_18::{ListProjectsRequest, types::ProjectStatus};
use futures_util::TryStreamExt;

let mut projects = client.list_projects(ListProjectsRequest::new().page_size(50)).items();
while let Some(project) = projects.try_next().await? {
    if project.project_status_code == Some(ProjectStatus::Available) {
        println!("{:?} {:?}", project.project_id, project.project_identifier);
    }
}
