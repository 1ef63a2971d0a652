//! Data Service: make an API over a table, publish it, and call it with its app code. `cargo run --example data_service`
//!
//! It writes, so it always plays against an emulator inside the process.

mod common;

use std::error::Error;
use std::time::{Duration, SystemTime};

use common::{Stage, text};
use dataworks_sdk::v2020_05_18::{
    Client, CreateDataServiceApiAuthorityRequest, CreateDataServiceApiRequest, GetDataServiceApplicationRequest,
    ListDataServiceApplicationsRequest, PublishDataServiceApiRequest, SubmitDataServiceApiRequest,
};
use dataworks_sdk::{Id, data_service, v2024_05_18};
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use serde_json::json;

/// A row of the answer, as the API below declares it.
#[derive(Debug, Deserialize)]
struct Order {
    id: i64,
    day: String,
    amount: f64,
}

/// The group of APIs: in the console "business process", and the end of its address here.
const GROUP: &str = "example_orders";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let stage = common::writing().await?;
    let orders = make_and_call(&stage).await?;
    println!("{} orders, {:.2} in all", orders.len(), orders.iter().map(|order| order.amount).sum::<f64>());
    Ok(())
}

async fn make_and_call(stage: &Stage) -> Result<Vec<Order>, Box<dyn Error>> {
    let (client, project) = (Client::new(&stage.config), &stage.project);

    let source = data_source(stage).await?;
    let api = create(&client, project, &source).await?;
    client.submit_data_service_api(SubmitDataServiceApiRequest::new().project_id(project).api_id(&api)).await?;
    client.publish_data_service_api(PublishDataServiceApiRequest::new().project_id(project).api_id(&api)).await?;
    println!("API {api} over data source {source} is published");

    // Whose application may call it, and until when: here the project's own, for a day, in seconds since 1970.
    let tomorrow = SystemTime::now() + Duration::from_secs(24 * 3600);
    let end = i64::try_from(tomorrow.duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?;
    let request = CreateDataServiceApiAuthorityRequest::new().project_id(project).api_id(&api);
    client.create_data_service_api_authority(request.authorized_project_id(project).end_time(end)).await?;
    let code = app_code(&client, project).await?;

    // Connections, retries and timeouts are those of the clients above.
    let credentials = data_service::AppCredentials::code(code);
    let api = data_service::Client::new(&stage.config, stage.gateway(GROUP)?, credentials)?;

    let page = api.get("/orders").query("day", "2026-01-07").query("pageSize", 3).send::<Order>().await?;
    println!("\npage {}, {} orders in all:", text(&page.page_num()), text(&page.total_num()));
    for order in &page {
        println!("{:>4}  {}  {:>8.2}", order.id, order.day, order.amount);
    }

    // What is wrong is the gateway's to say: a required parameter is missing.
    if let Err(error) = api.get("/orders").send::<Order>().await {
        println!("\n{error}\n");
    }

    // All pages, row by row.
    Ok(api.get("/orders").query("day", "2026-01-07").rows().try_collect().await?)
}

/// A data source to read from.
async fn data_source(stage: &Stage) -> Result<Id, Box<dyn Error>> {
    let request = v2024_05_18::CreateDataSourceRequest::new()
        .project_id(&stage.project)
        .name("example_orders")
        .r#type("postgresql")
        .connection_properties_mode("UrlMode")
        .connection_properties(json!({
            "address": [{"host": "pg.example.com", "port": 5432}],
            "database": "orders",
            "envType": "Prod",
            "username": "reader",
            "password": "a secret",
        }));
    let created = v2024_05_18::Client::new(&stage.config).create_data_source(request).await?;
    Ok(created.into_body().id.ok_or("the data source has no id")?)
}

/// `GET /orders?day=…` over the table `orders`, page by page.
async fn create(client: &Client, project: &Id, source: &Id) -> Result<Id, Box<dyn Error>> {
    // Data types: 0 text, 2 long, 4 double. Operators: 0 equal. Positions: 1 query.
    let details = json!({
        "isPagedResponse": true,
        "wizardConnection": {"connectionId": source.as_i64(), "tableName": "orders"},
        "wizardRequestParameters": [{
            "columnName": "day", "parameterName": "day", "parameterDataType": 0,
            "parameterOperator": 0, "parameterPosition": 1, "isRequiredParameter": true,
        }],
        "wizardResponseParameters": [
            {"columnName": "id", "parameterName": "id", "parameterDataType": 2},
            {"columnName": "day", "parameterName": "day", "parameterDataType": 0},
            {"columnName": "amount", "parameterName": "amount", "parameterDataType": 4},
        ],
    });
    let request = CreateDataServiceApiRequest::new()
        .project_id(project)
        .group_id(GROUP)
        .api_name("example_orders")
        .api_path("/orders")
        .api_description("The orders of a day")
        .api_mode(0) // made in the wizard, not of a script
        .request_method(0) // GET
        .response_content_type(0) // JSON
        .protocols("0,1") // HTTP and HTTPS
        .timeout(10_000) // ms
        .visible_range(0) // the whole workspace
        .wizard_details(details);
    Ok(client.create_data_service_api(request).await?.into_body().data.ok_or("the API has no id")?)
}

/// The app code of the project's application.
async fn app_code(client: &Client, project: &Id) -> Result<String, Box<dyn Error>> {
    let request = ListDataServiceApplicationsRequest::new().project_id_list(project.as_str());
    let application = client.list_data_service_applications(request).items().try_next().await?.unwrap_or_default();
    let request =
        GetDataServiceApplicationRequest::new().project_id(project).application_id(application.application_id);
    let application = client.get_data_service_application(request).await?.into_body().data;
    // The code is a secret: `Debug` masks it.
    println!("{application:?}");
    Ok(application.application_code.ok_or("the application has no code")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_api_is_made_and_called() -> Result<(), Box<dyn Error>> {
        let stage = common::writing().await?;
        let orders = make_and_call(&stage).await?;
        assert!(orders.len() > 10, "more than a page: {orders:?}");
        assert!(orders.iter().all(|order| order.day == "2026-01-07"));
        let ids: std::collections::BTreeSet<_> = orders.iter().map(|order| order.id).collect();
        assert_eq!(ids.len(), orders.len());
        Ok(())
    }
}
