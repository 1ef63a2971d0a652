//! Any action by its name: the same checks, signature, repetitions and pages, over JSON.

use dataworks_sdk::{Error, v2020_05_18, v2024_05_18};
use futures_util::TryStreamExt as _;

use crate::Tour;
use crate::screen::{self, show};

pub(crate) async fn by_name(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("Any action by its name");
    let (old, new) = (v2020_05_18::Client::operations().len(), v2024_05_18::Client::operations().len());
    screen::say(format_args!(
        "2020-05-18 has {old} actions, 2024-05-18 {new}: typed, and by name for what is known at run time only."
    ));

    let page =
        show!(v2020.action("ListNodes")?.set("ProjectId", project.as_str()).set("ProjectEnv", "PROD").send()).await?;
    screen::line(format_args!("{} of {} nodes", page["Data"]["PageSize"], page["Data"]["TotalCount"]));

    let call = v2020.action("ListNodes")?.set("ProjectId", project.as_str()).set("ProjectEnv", "PROD");
    let nodes: Vec<_> = show!(call.items()?.max_items(2).try_collect().await?);
    for node in &nodes {
        screen::line(format_args!("{}  {}", node["NodeId"], node["NodeName"]));
    }

    if let Err(error) = show!(v2020.action("ListNode")) {
        screen::failed(&error);
    }
    Ok(())
}
