//! Pages and items over the emulator's 230 nodes.

use std::collections::BTreeSet;
use std::time::Duration;

use dataworks_emulator::{Emulator, Fault};
use dataworks_sdk::v2020_05_18::Client;
use dataworks_sdk::{ErrorKind, v2024_05_18};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::nodes;
use crate::support::config;

const ALL: usize = 230;

async fn stage() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&config(&emulator));
    (emulator, client)
}

#[tokio::test]
async fn items_of_all_pages() {
    let (emulator, client) = stage().await;
    let ids: Vec<_> =
        client.list_nodes(nodes().page_size(100)).items().map_ok(|node| node.node_id).try_collect().await.unwrap();
    assert_eq!(ids.len(), ALL);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ALL, "each once");
    assert_eq!(emulator.count("ListNodes"), 3);
    let by_name: Vec<_> = client
        .action("ListNodes")
        .unwrap()
        .set("ProjectId", dataworks_emulator::PROJECT_ID)
        .set("ProjectEnv", "PROD")
        .set("PageSize", 100)
        .items()
        .unwrap()
        .map_ok(|node| node["NodeId"].to_string())
        .try_collect()
        .await
        .unwrap();
    let typed: Vec<_> = ids.into_iter().flatten().map(String::from).collect();
    assert_eq!(by_name, typed);
}

#[tokio::test]
async fn a_token_inside_a_parameter() {
    use v2024_05_18::ListAgentsRequest;
    let emulator = Emulator::start().await.unwrap();
    let client = v2024_05_18::Client::new(&config(&emulator));
    let agents: Vec<_> = client.list_agents(ListAgentsRequest::new()).items().try_collect().await.unwrap();
    assert_eq!((agents.len(), emulator.count("ListAgents")), (3, 2));
    let action = client.action("ListAgents").unwrap();
    let given = serde_json::json!({"AgentName": "chat", "MaxResults": 2});
    let by_name: Vec<_> = action.set("Params", given).items().unwrap().try_collect().await.unwrap();
    assert_eq!((by_name.len(), emulator.count("ListAgents")), (3, 4));
    let sent: Vec<_> = emulator.requests().iter().map(|it| it.parameter("Params").map(str::to_owned)).collect();
    assert_eq!(
        sent,
        [
            None,
            Some(r#"{"NextToken":"page-2"}"#),
            Some(r#"{"AgentName":"chat","MaxResults":2}"#),
            Some(r#"{"AgentName":"chat","MaxResults":2,"NextToken":"page-2"}"#),
        ]
        .map(|params| params.map(str::to_owned))
    );
}

#[tokio::test]
async fn pages_one_by_one() {
    let (emulator, client) = stage().await;
    let pages: Vec<_> = client.list_nodes(nodes().page_size(50)).pages().try_collect().await.unwrap();
    let sizes: Vec<_> = pages.iter().map(|page| page.data.nodes.len()).collect();
    assert_eq!(sizes, [50, 50, 50, 50, 30]);
    let ids: BTreeSet<_> = pages.iter().filter_map(|page| page.request_id()).collect();
    assert_eq!(ids.len(), 5, "each page is an answer of its own");
    let numbers: Vec<_> = emulator.requests().iter().map(|it| it.parameter("PageNumber").map(str::to_owned)).collect();
    assert_eq!(numbers, ["1", "2", "3", "4", "5"].map(|number| Some(number.to_owned())));
}

#[tokio::test]
async fn a_page_to_begin_with() {
    let (_emulator, client) = stage().await;
    let left = client.list_nodes(nodes().page_size(100).page_number(3)).items().try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(left.len(), 30);
}

#[tokio::test]
async fn no_more_than_asked_for() {
    let (emulator, client) = stage().await;
    let some = client.list_nodes(nodes().page_size(20)).items().max_items(45).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!((some.len(), emulator.count("ListNodes")), (45, 3), "the fourth page is not fetched");
    let none = client.list_nodes(nodes()).items().max_items(0).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!((none.len(), emulator.count("ListNodes")), (0, 3));
}

#[tokio::test]
async fn pages_ahead() {
    let (emulator, client) = stage().await;
    let mut items = client.list_nodes(nodes().page_size(20)).items().prefetch(2);
    let mut names = vec![items.try_next().await.unwrap().unwrap().node_name];
    // Nobody reads on, and yet pages come in: two in the queue, one more in hand.
    let ahead = async {
        while emulator.count("ListNodes") < 3 {
            tokio::task::yield_now().await;
        }
    };
    // Only so that a failure is one, and no hang.
    tokio::time::timeout(Duration::from_secs(60), ahead).await.unwrap();
    names.extend(items.map_ok(|node| node.node_name).try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(names.len(), ALL);
    let in_order: Vec<_> =
        client.list_nodes(nodes().page_size(100)).items().map_ok(|it| it.node_name).try_collect().await.unwrap();
    assert_eq!(names, in_order);
}

#[tokio::test]
async fn a_failure_on_the_way_ends_the_stream() {
    let (emulator, client) = stage().await;
    let mut pages = client.list_nodes(nodes().page_size(100)).pages();
    assert!(pages.next().await.unwrap().is_ok());
    emulator.inject("ListNodes", Fault::status(403, "Forbidden.RAM", "no"));
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(error.is_access_denied(), "{error}");
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_broken_page_is_fetched_again() {
    let (emulator, client) = stage().await;
    emulator.inject("ListNodes", Fault::CloseOnArrival);
    emulator.inject("ListNodes", Fault::Truncate);
    let all = client.list_nodes(nodes().page_size(100)).items().try_collect::<Vec<_>>().await.unwrap();
    assert_eq!((all.len(), emulator.count("ListNodes")), (ALL, 5));
}

#[tokio::test]
async fn a_server_that_never_ends_is_left() {
    let (emulator, client) = stage().await;
    let error =
        client.list_nodes(nodes().page_size(20)).items().max_pages(2).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!((error.kind(), emulator.count("ListNodes")), (ErrorKind::Pagination, 2), "{error}");
}

#[tokio::test]
async fn the_other_version_pages_as_well() {
    let (emulator, _) = stage().await;
    let client = v2024_05_18::Client::new(&config(&emulator));
    let request = v2024_05_18::ListNodesRequest::new().project_id(dataworks_emulator::PROJECT_ID).page_size(100);
    let all = client.list_nodes(request).items().prefetch(1).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!((all.len(), emulator.count("ListNodes")), (ALL, 3));
}
