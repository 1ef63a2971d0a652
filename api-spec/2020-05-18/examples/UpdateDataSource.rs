use dataworks_sdk::v2020_05_18::UpdateDataSourceRequest;
use serde_json::json;

let request = UpdateDataSourceRequest::new()
    .data_source_id(22130)
    .description("Orders, by the reader of 2027")
    .content(json!({
        "jdbcUrl": "jdbc:postgresql://pg.example.com:5432/orders",
        "username": "reader_2027",
        "password": std::env::var("ORDERS_PASSWORD")?,
        "tag": "public",
    }));
assert_eq!(client.update_data_source(request).await?.data, Some(true));
