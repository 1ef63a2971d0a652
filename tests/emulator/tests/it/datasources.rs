//! Data sources, in both versions.

use dataworks_emulator::Emulator;

use crate::client::{Answer, Client, NEW, OLD};

const PROJECT: (&str, &str) = ("ProjectId", "530487");

const URL: &str =
    r#"{"envType":"Prod","jdbcUrl":"jdbc:postgresql://127.0.0.1:5432/tour","username":"u","password":"p"}"#;

async fn create(client: &Client, environment: &str) -> Answer {
    let url = URL.replace("Prod", environment);
    let parameters = [
        PROJECT,
        ("Name", "pg_tour"),
        ("Type", "postgresql"),
        ("ConnectionPropertiesMode", "UrlMode"),
        ("ConnectionProperties", &url),
    ];
    client.call(NEW, "CreateDataSource", &parameters).await
}

#[tokio::test]
async fn data_sources_of_a_name_are_listed_together() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let (prod, dev) = (create(&client, "Prod").await.id("/Id"), create(&client, "Dev").await.id("/Id"));
    assert_eq!(create(&client, "Prod").await.code(), "ConnectionAlreadyExist");
    assert_eq!(create(&client, "Moon").await.code(), "InvalidParameter");
    let listed = client.ok(NEW, "ListDataSources", &[PROJECT, ("Types", "mysql,postgresql")]).await;
    assert_eq!(listed.at("/PagingInfo/TotalCount"), 1, "one name, two environments");
    let group = listed.at("/PagingInfo/DataSources/0");
    assert_eq!((&group["Name"], &group["Type"]), (&"pg_tour".into(), &"postgresql".into()));
    let ids: Vec<_> = group["DataSource"].as_array().unwrap().iter().map(|it| it["Id"].to_string()).collect();
    assert_eq!(ids, [prod, dev.clone()]);
    let only = client.ok(NEW, "ListDataSources", &[PROJECT, ("EnvType", "Dev")]).await;
    assert_eq!(only.id("/PagingInfo/DataSources/0/DataSource/0/Id"), dev);
    assert_eq!(client.ok(OLD, "ListDataSources", &[PROJECT]).await.at("/Data/TotalCount"), 2);
}

#[tokio::test]
async fn a_data_source_is_changed_and_goes() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let id = create(&client, "Prod").await.id("/Id");
    let changed = URL.replace("tour", "other");
    let parameters = [PROJECT, ("Id", &id), ("ConnectionProperties", &changed), ("Description", "changed")];
    client.ok(NEW, "UpdateDataSource", &parameters).await;
    let got = client.ok(NEW, "GetDataSource", &[("Id", &id)]).await;
    assert_eq!(got.at("/DataSource/ConnectionProperties/jdbcUrl"), "jdbc:postgresql://127.0.0.1:5432/other");
    assert_eq!(got.at("/DataSource/Description"), "changed");
    assert_eq!(got.at("/DataSource/ConnectionPropertiesMode"), "UrlMode", "what is not given stays");

    client.ok(NEW, "DeleteDataSource", &[("Id", &id)]).await;
    for action in ["GetDataSource", "DeleteDataSource"] {
        client.refused(NEW, action, &[("Id", &id)], 400, "1000010005").await;
    }
    client.refused(NEW, "UpdateDataSource", &parameters, 400, "1000010005").await;
    assert_eq!(client.ok(NEW, "ListDataSources", &[PROJECT]).await.at("/PagingInfo/TotalCount"), 0);
}

#[tokio::test]
async fn the_older_actions_see_the_same_sources() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let parameters = [
        PROJECT,
        ("Name", "rds"),
        ("DataSourceType", "rds"),
        ("SubType", "mysql"),
        ("EnvType", "1"),
        ("Content", r#"{"tag":"rds"}"#),
    ];
    let created = client.ok(OLD, "CreateDataSource", &parameters).await;
    assert_eq!(created.at("/HttpStatusCode"), "200", "a text in this answer");
    let id = created.id("/Data");
    let this = [("DataSourceId", id.as_str())];
    let change = [this[0], ("Description", "d"), ("Status", "DISABLED")];
    client.ok(OLD, "UpdateDataSource", &change).await;
    let filters = [PROJECT, ("SubType", "mysql"), ("Status", "DISABLED")];
    let listed = client.ok(OLD, "ListDataSources", &filters).await;
    assert_eq!(listed.at("/Data/DataSources/0/Description"), "d");
    assert_eq!(listed.at("/Data/DataSources/0/Status"), 0);
    let newer = client.ok(NEW, "GetDataSource", &[("Id", &id)]).await;
    assert_eq!(newer.at("/DataSource/ConnectionProperties/tag"), "rds");
    client.ok(OLD, "DeleteDataSource", &this).await;
    let code = "Invalid.Tenant.ConnectionNotExists";
    client.refused(OLD, "DeleteDataSource", &this, 400, code).await;
    client.refused(OLD, "UpdateDataSource", &this, 400, "DataSource.NotFound").await;
}
