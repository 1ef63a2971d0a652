use dataworks_sdk::v2024_05_18::CreateDataSourceRequest;
use serde_json::json;

let request = CreateDataSourceRequest::new()
    .project_id(530486)
    .name("orders")
    .r#type("postgresql")
    .connection_properties_mode("UrlMode")
    .connection_properties(json!({
        "address": [{"host": "pg.example.com", "port": 5432}],
        "database": "orders",
        "envType": "Prod",
        "username": "reader",
        "password": std::env::var("ORDERS_PASSWORD")?, // never shown in Debug, errors or traces
    }));
println!("data source {:?}", client.create_data_source(request).await?.id);
