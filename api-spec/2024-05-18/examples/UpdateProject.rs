use dataworks_sdk::v2024_05_18::UpdateProjectRequest;

let request = UpdateProjectRequest::new().id(530486).display_name("Sales reports (closed)").status("Forbidden"); // nobody can work in it until it is `Available` again
let answer = client.update_project(request).await?;
println!("request {:?}", answer.request_id());
