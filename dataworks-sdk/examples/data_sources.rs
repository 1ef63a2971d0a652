//! Data sources: create a PostgreSQL one in UrlMode, list, update and delete it. `cargo run --example data_sources`
//!
//! It writes, so it always plays against an emulator inside the process.

mod common;

use common::text;
use dataworks_sdk::v2024_05_18::{
    Client, CreateDataSourceRequest, DeleteDataSourceRequest, ListDataSourcesRequest, UpdateDataSourceRequest,
};
use futures_util::TryStreamExt as _;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::writing().await?;
    let (client, project) = (Client::new(&stage.config), &stage.project);

    let mut connection = json!({
        "address": [{"host": "pg.example.com", "port": 5432}],
        "database": "orders",
        "envType": "Prod",
        "username": "reader",
        "password": "a secret",
    });
    let request = CreateDataSourceRequest::new()
        .project_id(project)
        .name("example")
        .r#type("postgresql")
        .connection_properties_mode("UrlMode")
        .connection_properties(connection.clone());
    // Connection properties are secret: `Debug` masks them.
    println!("{request:?}");
    let id = client.create_data_source(request).await?.into_body().id;

    connection["password"] = "another secret".into();
    let request = UpdateDataSourceRequest::new().project_id(project).id(&id).connection_properties(connection);
    client.update_data_source(request).await?;

    let request = ListDataSourcesRequest::new().project_id(project).types(["postgresql"]);
    let mut sources = client.list_data_sources(request).items();
    while let Some(source) = sources.try_next().await? {
        println!("{}  {}", text(&source.id), text(&source.qualified_name));
    }

    client.delete_data_source(DeleteDataSourceRequest::new().id(&id)).await?;
    Ok(())
}
