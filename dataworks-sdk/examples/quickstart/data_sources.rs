//! Data sources: their connection properties are secrets.

use dataworks_sdk::Error;
use dataworks_sdk::v2024_05_18::{
    CreateDataSourceRequest, DeleteDataSourceRequest, GetDataSourceRequest, ListDataSourcesRequest,
    UpdateDataSourceRequest,
};
use futures_util::TryStreamExt as _;
use serde_json::json;

use crate::Tour;
use crate::common::text;
use crate::screen::{self, show};

pub(crate) async fn list(tour: &Tour) -> Result<(), Error> {
    let (v2024, project) = (&tour.v2024, &tour.project);
    screen::heading("Data sources");
    let mut pages = show!(v2024.list_data_sources(ListDataSourcesRequest::new().project_id(project)).pages());
    while let Some(page) = pages.try_next().await? {
        for group in &page.paging_info.data_sources {
            let sources = group.data_source.len();
            screen::line(format_args!(
                "{:<22} {:<12} in {sources} environments",
                text(&group.name),
                text(&group.r#type)
            ));
        }
    }
    Ok(())
}

pub(crate) async fn life_of_a_data_source(tour: &Tour) -> Result<(), Error> {
    let (v2024, project) = (&tour.v2024, &tour.project);
    screen::heading("A PostgreSQL data source: create, list, update, get, delete");

    let mut connection = json!({
        "address": [{"host": "pg.example.com", "port": 5432}],
        "database": "orders",
        "envType": "Prod",
        "username": "reader",
        "password": "a secret",
    });
    let created = show!(
        v2024.create_data_source(
            CreateDataSourceRequest::new()
                .project_id(project)
                .name("quickstart_orders")
                .r#type("postgresql")
                .connection_properties_mode("UrlMode")
                .connection_properties(connection.clone())
        )
    )
    .await?;
    let id = &created.id;
    screen::line(format_args!("data source {}", text(id)));

    let request = ListDataSourcesRequest::new().project_id(project).types(["postgresql"]);
    let sources: Vec<_> = show!(v2024.list_data_sources(request).items().try_collect().await?);
    for source in &sources {
        screen::line(format_args!("{}  {}", text(&source.id), text(&source.qualified_name)));
    }

    connection["address"][0]["port"] = 5433.into();
    show!(
        v2024.update_data_source(
            UpdateDataSourceRequest::new()
                .project_id(project)
                .id(id)
                .connection_properties(connection)
                .description("moved to another port")
        )
    )
    .await?;
    screen::line("updated");

    let answer = show!(v2024.get_data_source(GetDataSourceRequest::new().id(id))).await?;
    let source = &answer.data_source;
    let port = source.connection_properties.as_ref().and_then(|properties| properties.pointer("/address/0/port"));
    screen::line(format_args!("{}, port {}", text(&source.description), text(&port)));
    screen::say("\n  Connection properties are secret: no Debug, error or log shows them.");
    screen::line(format_args!("{source:#?}"));

    show!(v2024.delete_data_source(DeleteDataSourceRequest::new().id(id))).await?;
    screen::line("deleted");
    match show!(v2024.get_data_source(GetDataSourceRequest::new().id(id))).await {
        Err(error) if error.is_not_found() => screen::failed(&error),
        other => screen::line(format_args!("{other:?}")),
    }
    Ok(())
}
