//! Projects and their nodes: lists that come in pages.

use dataworks_sdk::Error;
use dataworks_sdk::v2020_05_18::ListNodesRequest;
use dataworks_sdk::v2024_05_18::{Client, ListProjectsRequest};
use futures_util::TryStreamExt as _;

use crate::Tour;
use crate::common::text;
use crate::screen::{self, show};

pub(crate) async fn projects(v2024: &Client) -> Result<(), Error> {
    screen::heading("Projects");
    let mut projects = show!(v2024.list_projects(ListProjectsRequest::new()).items());
    while let Some(project) = projects.try_next().await? {
        let (id, name) = (text(&project.id), text(&project.name));
        screen::line(format_args!("{id:<8} {name:<20} {:<12} {}", text(&project.display_name), text(&project.status)));
    }
    Ok(())
}

pub(crate) async fn nodes(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("All nodes of a project, across pages");
    let mut pages =
        show!(v2020.list_nodes(ListNodesRequest::new().project_id(project).project_env("PROD").page_size(100)).pages());
    let mut first = Vec::new();
    let mut count = 0;
    while let Some(page) = pages.try_next().await? {
        let nodes = page.into_body().data.nodes;
        screen::line(format_args!("a page of {} nodes", nodes.len()));
        count += nodes.len();
        if first.is_empty() {
            first = nodes;
        }
    }
    screen::line(format_args!("{count} nodes in all, the first of them:"));
    for node in first.iter().take(4) {
        let (id, name) = (text(&node.node_id), text(&node.node_name));
        screen::line(format_args!("{id}  {name:<26} {:<10} {}", text(&node.program_type), text(&node.cron_express)));
    }

    screen::say("\n  Or item by item: a Stream that turns the pages by itself.");
    let request = ListNodesRequest::new().project_id(project).project_env("PROD").node_name("report");
    let reports: Vec<_> = show!(v2020.list_nodes(request).items().max_items(20).try_collect().await?);
    screen::line(format_args!("{} nodes whose names hold \"report\"", reports.len()));
    Ok(())
}
