use dataworks_sdk::v2024_05_18::ListProjectsRequest;
use futures_util::TryStreamExt;

let request = ListProjectsRequest::new().status("Available").page_size(50);
let mut projects = client.list_projects(request).items(); // all pages, one by one
while let Some(project) = projects.try_next().await? {
    println!("{:?} {:?}", project.id, project.name);
}
