use dataworks_sdk::v2020_05_18::CreateDataSourceRequest;
use serde_json::json;

let request = CreateDataSourceRequest::new()
    .project_id(530486)
    .name("orders")
    .data_source_type("postgresql")
    .env_type(1) // production
    .content(json!({
        "jdbcUrl": "jdbc:postgresql://pg.example.com:5432/orders",
        "username": "reader",
        "password": std::env::var("ORDERS_PASSWORD")?, // never shown in Debug, errors or traces
        "tag": "public",
    }));
println!("data source {:?}", client.create_data_source(request).await?.data);
