//! Data sources. What they connect with is secret: it leaves the URL, and nothing shows it.

use dataworks_sdk::{v2020_05_18 as old, v2024_05_18 as new};
use serde_json::json;

use super::{Stage, assert_sent};

const SECRET: &str = "hunter2";

#[tokio::test]
async fn list_2020() {
    let stage = Stage::with(&[(
        "ListDataSources",
        r#"{
            "Data": {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 1,
                "DataSources": [{
                    "Id": 22130, "Name": "abc", "DataSourceType": "rds", "SubType": "mysql", "EnvType": "1", "Status": 1,
                    "ConnectStatus": 1, "Shared": false, "DefaultEngine": "true", "Sequence": 1, "ProjectId": 1000, "TenantId": 233,
                    "Content": "{\"password\":\"hunter2\"}", "GmtCreate": "Mar 31, 2021 11:24:24 AM", "BindingCalcEngineId": 1
                }]
            },
            "Success": true, "HttpStatusCode": 200, "RequestId": "r"
        }"#,
    )])
    .await;
    let request = old::ListDataSourcesRequest::new().project_id(1000).env_type(1).data_source_type("rds");
    let page = old::Client::new(&stage.config).list_data_sources(request).await.unwrap();
    assert_sent!(stage, "GET", query: [("DataSourceType", "rds"), ("EnvType", "1"), ("ProjectId", "1000")], form: []);
    let source = &page.data.data_sources[0];
    assert_eq!(source.id.as_ref().unwrap(), "22130");
    assert_eq!((source.env_type, source.default_engine, source.shared), (Some(1), Some(true), Some(false)));
    assert_eq!(source.content.as_deref(), Some(r#"{"password":"hunter2"}"#));
    assert!(!format!("{page:?}").contains(SECRET), "{page:?}");
}

#[tokio::test]
async fn list_2024() {
    let stage = Stage::with(&[(
        "ListDataSources",
        r#"{
            "PagingInfo": {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 1,
                "DataSources": [{
                    "Name": "pg", "Type": "postgresql",
                    "DataSource": [{
                        "Id": "16036", "ConnectionPropertiesMode": "UrlMode", "CreateTime": 1730217600000, "QualifiedName": "q",
                        "ConnectionProperties": {"envType": "Prod", "password": "hunter2"}
                    }]
                }]
            },
            "RequestId": "r"
        }"#,
    )])
    .await;
    let request = new::ListDataSourcesRequest::new()
        .project_id(1000)
        .env_type("Prod")
        .types(["postgresql", "mysql"])
        .order("Desc");
    let page = new::Client::new(&stage.config).list_data_sources(request).await.unwrap();
    assert_sent!(
        stage, "GET",
        query: [("EnvType", "Prod"), ("Order", "Desc"), ("ProjectId", "1000"), ("Types", "postgresql,mysql")],
        form: []
    );
    let group = &page.paging_info.data_sources[0];
    assert_eq!((group.name.as_deref(), group.r#type.as_deref()), (Some("pg"), Some("postgresql")));
    let source = &group.data_source[0];
    assert_eq!(source.id.as_ref().unwrap(), "16036");
    assert_eq!(source.connection_properties_mode.as_ref().unwrap().as_str(), "UrlMode");
    assert_eq!(source.connection_properties.as_ref().unwrap()["envType"], "Prod");
    assert!(!format!("{page:?}").contains(SECRET), "{page:?}");
}

#[tokio::test]
async fn get_2024() {
    let stage = Stage::with(&[(
        "GetDataSource",
        r#"{
            "DataSource": {
                "Id": 16035, "Name": "demo", "Type": "hologres", "ProjectId": 52660, "ConnectionPropertiesMode": "InstanceMode",
                "ConnectionProperties": "{\"password\":\"hunter2\"}", "CreateTime": 1698286929333
            },
            "RequestId": "r"
        }"#,
    )])
    .await;
    let source =
        new::Client::new(&stage.config).get_data_source(new::GetDataSourceRequest::new().id(16_035)).await.unwrap();
    assert_sent!(stage, "GET", query: [("Id", "16035")], form: []);
    assert_eq!(source.data_source.id.as_ref().unwrap(), "16035");
    assert_eq!(source.data_source.create_time, Some(1_698_286_929_333));
    assert_eq!(source.data_source.connection_properties, Some(json!(r#"{"password":"hunter2"}"#)));
    assert!(!format!("{source:?}").contains(SECRET), "{source:?}");
}

#[tokio::test]
async fn create_update_and_delete_2020() {
    let stage = Stage::with(&[
        ("CreateDataSource", r#"{"Data": 1, "Success": true, "HttpStatusCode": 200, "RequestId": "r"}"#),
        ("UpdateDataSource", r#"{"Data": true, "Success": true, "HttpStatusCode": "200", "RequestId": "r"}"#),
        ("DeleteDataSource", r#"{"Data": true, "Success": true, "RequestId": "r"}"#),
    ])
    .await;
    let client = old::Client::new(&stage.config);
    let request = old::CreateDataSourceRequest::new()
        .project_id(1000)
        .name("pg")
        .data_source_type("postgresql")
        .env_type(1)
        .content(json!({"jdbcUrl": "jdbc:postgresql://h:5432/db", "password": SECRET}));
    let call = client.create_data_source(request);
    assert!(!format!("{call:?}").contains(SECRET), "{call:?}");
    let created = call.await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [("DataSourceType", "postgresql"), ("EnvType", "1"), ("Name", "pg"), ("ProjectId", "1000")],
        form: [("Content", r#"{"jdbcUrl":"jdbc:postgresql://h:5432/db","password":"hunter2"}"#)]
    );
    let request = old::UpdateDataSourceRequest::new().data_source_id(&created.data).description("new").content("{}");
    let updated = client.update_data_source(request).await.unwrap();
    assert_sent!(stage, "PUT", query: [("DataSourceId", "1"), ("Description", "new")], form: [("Content", "{}")]);
    assert_eq!((updated.data, updated.http_status_code.as_deref()), (Some(true), Some("200")));
    let request = old::DeleteDataSourceRequest::new().data_source_id(&created.data);
    assert_eq!(client.delete_data_source(request).await.unwrap().data, Some(true));
    assert_sent!(stage, "POST", query: [("DataSourceId", "1")], form: []);
}

#[tokio::test]
async fn create_update_and_delete_2024() {
    let stage = Stage::with(&[
        ("CreateDataSource", r#"{"Id": 22130, "RequestId": "r"}"#),
        ("UpdateDataSource", r#"{"Success": true, "RequestId": "r"}"#),
        ("DeleteDataSource", r#"{"Success": true, "RequestId": "r"}"#),
    ])
    .await;
    let client = new::Client::new(&stage.config);
    let request = new::CreateDataSourceRequest::new()
        .project_id(1000)
        .name("pg")
        .r#type("postgresql")
        .connection_properties_mode("UrlMode")
        .connection_properties(json!({"envType": "Prod", "password": SECRET}));
    let created = client.create_data_source(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [("ConnectionPropertiesMode", "UrlMode"), ("Name", "pg"), ("ProjectId", "1000"), ("Type", "postgresql")],
        form: [("ConnectionProperties", r#"{"envType":"Prod","password":"hunter2"}"#)]
    );
    let request = new::UpdateDataSourceRequest::new()
        .id(&created.id)
        .project_id("1000")
        .connection_properties(r#"{"envType": "Prod"}"#)
        .description("d");
    assert_eq!(client.update_data_source(request).await.unwrap().success, Some(true));
    assert_sent!(
        stage, "POST",
        query: [("Description", "d"), ("Id", "22130"), ("ProjectId", "1000")],
        form: [("ConnectionProperties", r#"{"envType": "Prod"}"#)]
    );
    assert_eq!(
        client.delete_data_source(new::DeleteDataSourceRequest::new().id(&created.id)).await.unwrap().success,
        Some(true)
    );
    assert_sent!(stage, "GET", query: [("Id", "22130")], form: []);
}
