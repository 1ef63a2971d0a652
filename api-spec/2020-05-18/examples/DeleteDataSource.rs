use dataworks_sdk::v2020_05_18::DeleteDataSourceRequest;

match client.delete_data_source(DeleteDataSourceRequest::new().data_source_id(16035)).await {
    Err(error) if error.is_not_found() => println!("it is gone already"),
    answer => println!("deleted: {:?}", answer?.data),
}
