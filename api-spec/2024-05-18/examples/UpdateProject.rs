use dataworks_sdk::v2024_05_18::UpdateProjectRequest;

// Nobody can work in it until its status is `Available` again.
let request = UpdateProjectRequest::new().id(530486).display_name("Sales reports (closed)").status("Forbidden");
let answer = client.update_project(request).await?;
println!("request {:?}", answer.request_id());
