//! Without a runtime: the same calls, and pages as iterators. `cargo run --example blocking --features blocking`
//!
//! It only reads: in DataWorks if there is an access key in the environment, else in an emulator inside the process.

mod common;

use std::error::Error;
use std::thread;

use common::{Stage, text};
use dataworks_sdk::v2020_05_18::{Client, ListNodesRequest};
use dataworks_sdk::v2024_05_18::{self, ListProjectsRequest};
use tokio::runtime::Runtime;

fn main() -> Result<(), Box<dyn Error>> {
    // The emulator has to run somewhere. A program of yours needs no runtime, nor tokio beside the SDK: it begins with
    // `Config::from_env()`.
    let runtime = Runtime::new()?;
    let stage = runtime.block_on(common::reading())?;
    let nodes = look_around(&stage)?;
    println!("\n{nodes} nodes in all");
    Ok(())
}

/// How many nodes there are in the project.
fn look_around(stage: &Stage) -> Result<usize, Box<dyn Error>> {
    let (client, project) = (Client::new(&stage.config), &stage.project);

    // A call, and its answer.
    let request = ListNodesRequest::new().project_id(project).project_env("PROD").page_size(10);
    let page = client.list_nodes(request.clone()).send_blocking()?;
    println!(
        "{} of {} nodes, request {}",
        page.data.nodes.len(),
        text(&page.data.total_count),
        page.request_id().unwrap_or("-")
    );

    // The items of all pages: an iterator that fetches a page when it gets there.
    let projects = v2024_05_18::Client::new(&stage.config).list_projects(ListProjectsRequest::new()).items_blocking();
    for project in projects.take(3) {
        let project = project?;
        println!("{:<8} {}", text(&project.id), text(&project.name));
    }

    // Options belong to the call and to the stream; the iterator comes last.
    let reports = client.list_nodes(request.clone().node_name("report")).items().max_items(20).prefetch(1).blocking();
    let reports = reports.collect::<Result<Vec<_>, _>>()?;
    println!("{} nodes whose names hold \"report\"", reports.len());

    // Any action by its name.
    let call = client.action("ListNodes")?.set("ProjectId", project.as_str()).set("ProjectEnv", "PROD");
    println!("{} nodes, says the call by name", call.send_blocking()?["Data"]["TotalCount"]);

    // A client is for many threads at once.
    let ask = |number| client.list_nodes(request.clone().page_number(number)).send_blocking();
    let pages = thread::scope(|scope| {
        let threads = [1, 2, 3].map(|number| scope.spawn(move || ask(number)));
        threads.map(thread::ScopedJoinHandle::join)
    });
    for page in pages {
        let page = page.map_err(|_| "a thread panicked")??;
        println!("page {}: {} nodes", text(&page.data.page_number), page.data.nodes.len());
    }

    let mut pages = client.list_nodes(request.page_size(100)).pages_blocking();
    Ok(pages.try_fold(0, |sum, page| page.map(|page| sum + page.data.nodes.len()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_around_without_a_runtime() -> Result<(), Box<dyn Error>> {
        let runtime = Runtime::new()?;
        let stage = runtime.block_on(common::writing())?;
        assert_eq!(look_around(&stage)?, 230);
        Ok(())
    }
}
