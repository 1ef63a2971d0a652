use dataworks_sdk::v2018_06_01::DeleteFileRequest;

let request = DeleteFileRequest::new().project_id(530486).file_id(1000201);
match client.delete_file(request).await {
    Err(error) if error.is_not_found() => println!("it is gone already"),
    answer => println!("deleted: {:?}", answer?.success),
}
