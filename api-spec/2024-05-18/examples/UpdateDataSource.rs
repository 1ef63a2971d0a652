use dataworks_sdk::v2024_05_18::UpdateDataSourceRequest;
use serde_json::json;

let request = UpdateDataSourceRequest::new()
    .project_id(530486)
    .id(16035)
    .connection_properties_mode("UrlMode")
    .connection_properties(json!({
        "address": [{"host": "pg.example.com", "port": 5432}],
        "database": "orders",
        "envType": "Prod",
        "username": "reader_2027",
        "password": std::env::var("ORDERS_PASSWORD")?,
    }));
assert_eq!(client.update_data_source(request).await?.success, Some(true));
