use dataworks_sdk::v2024_05_18::DeleteDataSourceRequest;

match client.delete_data_source(DeleteDataSourceRequest::new().id(16035)).await {
    Err(error) if error.is_not_found() => println!("it is gone already"),
    answer => println!("deleted: {:?}", answer?.success),
}
