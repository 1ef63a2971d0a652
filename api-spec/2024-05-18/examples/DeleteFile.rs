use dataworks_sdk::v2024_05_18::DeleteFileRequest;

let request = DeleteFileRequest::new().project_id(530486).file_id(1000201);
match client.delete_file(request).await {
    Err(error) if error.is_not_found() => println!("it is gone already"),
    answer => match answer?.into_body().deployment_id {
        Some(deployment) => println!("deployment {deployment} takes its node out of production"),
        None => println!("it was not in production"),
    },
}
