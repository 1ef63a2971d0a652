//! Blocking calls: from plain threads, over real HTTP, against an emulator that has a runtime to itself.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::v2020_05_18::types::InstanceStatus;
use dataworks_sdk::v2020_05_18::{
    Client, GetInstanceRequest, GetNodeRequest, ListInstancesRequest, RunSmokeTestRequest,
};
use dataworks_sdk::{ActionCall, Error, ErrorKind, RetryPolicy};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::runtime::{Builder, Runtime};

use super::nodes;
use crate::support::{builder, config};

const ALL: usize = 230;

/// An emulator on a runtime of its own.
struct Stage {
    emulator: Emulator,
    runtime: Runtime,
}

impl Deref for Stage {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

fn stage() -> (Stage, Client) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    let client = Client::new(&config(&emulator));
    (Stage { emulator, runtime }, client)
}

/// A runtime of the caller's, of the kind that runs only while somebody blocks on it.
fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn by_name(client: &Client) -> ActionCall {
    let action = client.action("ListNodes").unwrap();
    action.set("ProjectId", PROJECT_ID).set("ProjectEnv", "PROD").set("PageSize", 100)
}

fn assert_explained(error: &Error) {
    assert_eq!((error.kind(), error.may_have_been_sent()), (ErrorKind::Config, false), "{error}");
    let text = error.to_string();
    for part in ["ListNodes", "blocking call inside a tokio runtime", "`.await`", "spawn_blocking"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn calls_outside_any_runtime() {
    let (emulator, client) = stage();
    let page = client.list_nodes(nodes().page_size(2)).timeout(Duration::from_secs(600)).send_blocking().unwrap();
    assert_eq!((page.data.nodes.len(), page.data.total_count), (2, Some(230)));
    assert!(page.request_id().is_some());
    let page = by_name(&client).send_blocking().unwrap();
    assert_eq!(page["Data"]["TotalCount"], 230);
    assert_eq!(emulator.count("ListNodes"), 2);

    let typed = client.list_nodes(nodes()).prepare_blocking().unwrap();
    let named = by_name(&client).prepare_blocking().unwrap();
    assert!(typed.url().contains("Action=ListNodes") && named.url().contains("Action=ListNodes"));
    assert_eq!(emulator.count("ListNodes"), 2, "what is prepared is not sent");
}

#[test]
fn failures_and_repetitions_are_those_of_other_calls() {
    let (emulator, client) = stage();
    let error = client.get_node(GetNodeRequest::new().project_env("PROD").node_id(1)).send_blocking().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = client.list_nodes(nodes().page_size(1000)).send_blocking().unwrap_err();
    assert_eq!((error.kind(), emulator.count("ListNodes")), (ErrorKind::InvalidRequest, 0));
    emulator.throttle("ListNodes", 1);
    emulator.inject("ListNodes", Fault::CloseOnArrival);
    assert_eq!(client.list_nodes(nodes()).send_blocking().unwrap().attempts(), 3);
}

#[test]
fn items_and_pages_are_iterators() {
    let (emulator, client) = stage();
    let items = client.list_nodes(nodes().page_size(100)).items_blocking();
    let ids: Vec<_> = items.map(|node| String::from(node.unwrap().node_id.unwrap())).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ALL, "each once");
    let named: Vec<_> =
        by_name(&client).items_blocking().unwrap().map(|node| node.unwrap()["NodeId"].to_string()).collect();
    assert_eq!(named, ids);

    let pages: Result<Vec<_>, _> = client.list_nodes(nodes().page_size(100)).pages_blocking().collect();
    assert_eq!(pages.unwrap().iter().map(|page| page.data.nodes.len()).collect::<Vec<_>>(), [100, 100, 30]);
    assert_eq!(by_name(&client).pages_blocking().unwrap().count(), 3);
    assert_eq!(emulator.count("ListNodes"), 12);
    let error = client.action("GetNode").unwrap().items_blocking().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn a_page_is_fetched_when_its_first_item_is_asked_for() {
    let (emulator, client) = stage();
    let mut items = client.list_nodes(nodes().page_size(20)).items_blocking();
    assert_eq!(emulator.count("ListNodes"), 0);
    assert_eq!(items.by_ref().take(20).map(Result::unwrap).count(), 20);
    assert_eq!(emulator.count("ListNodes"), 1);
    assert!(items.next().unwrap().is_ok());
    assert_eq!(emulator.count("ListNodes"), 2);
    drop(items);

    emulator.clear_requests();
    let some = client.list_nodes(nodes().page_size(20)).items().max_items(45).blocking();
    assert_eq!((some.map(Result::unwrap).count(), emulator.count("ListNodes")), (45, 3), "the fourth is not fetched");
    assert!(client.list_nodes(nodes()).items().max_items(0).blocking().next().is_none());
    assert_eq!(emulator.count("ListNodes"), 3);
}

#[test]
fn pages_come_in_ahead() {
    let (emulator, client) = stage();
    let mut items = client.list_nodes(nodes().page_size(20)).items().prefetch(2).blocking();
    assert_eq!(emulator.count("ListNodes"), 0);
    let first = items.next().unwrap().unwrap();
    // Nobody reads on, and yet pages come in: two in the queue, one more in hand.
    while emulator.count("ListNodes") < 4 {
        thread::yield_now();
    }
    let rest = items.map(Result::unwrap).count();
    assert_eq!((rest + 1, emulator.count("ListNodes")), (ALL, 12));
    assert!(first.node_id.is_some());
}

#[test]
fn a_failure_on_the_way_ends_the_iterator() {
    let (emulator, client) = stage();
    let mut pages = client.list_nodes(nodes().page_size(100)).pages_blocking();
    assert!(pages.next().unwrap().is_ok());
    emulator.inject("ListNodes", Fault::status(403, "Forbidden.RAM", "no"));
    let error = pages.next().unwrap().unwrap_err();
    assert!(error.is_access_denied(), "{error}");
    assert!(pages.next().is_none() && pages.next().is_none());
    assert_eq!(emulator.count("ListNodes"), 2);
    let error = client.list_nodes(nodes().page_size(20)).items().max_pages(2).blocking().find_map(Result::err).unwrap();
    assert_eq!(error.kind(), ErrorKind::Pagination, "{error}");
}

#[test]
fn inside_a_runtime_it_is_an_explained_error() {
    let (emulator, client) = stage();
    let tried = async {
        assert_explained(&client.list_nodes(nodes()).send_blocking().unwrap_err());
        assert_explained(&client.list_nodes(nodes()).prepare_blocking().unwrap_err());
        assert_explained(&by_name(&client).send_blocking().unwrap_err());
        assert_explained(&by_name(&client).prepare_blocking().unwrap_err());
        let mut items = client.list_nodes(nodes()).items_blocking();
        assert_explained(&items.next().unwrap().unwrap_err());
        assert!(items.next().is_none());
        let mut pages = by_name(&client).pages_blocking().unwrap();
        assert_explained(&pages.next().unwrap().unwrap_err());
        assert!(pages.next().is_none());
        let call = client.list_nodes(nodes());
        assert_explained(&tokio::task::spawn_blocking(|| call.send_blocking().unwrap_err()).await.unwrap());
    };
    current_thread().block_on(tried);
    let call = client.list_nodes(nodes());
    let error = emulator.runtime.block_on(async { tokio::spawn(async { call.send_blocking().unwrap_err() }).await });
    assert_explained(&error.unwrap());
    assert_eq!(emulator.count("ListNodes"), 0, "nothing was sent");
    assert!(client.list_nodes(nodes()).send_blocking().is_ok(), "and outside it works");
}

#[test]
fn a_wait_is_over_when_what_it_waits_for_is() {
    let (emulator, client) = stage();
    let node = client.list_nodes(nodes().page_size(1)).send_blocking().unwrap().into_body().data.nodes.remove(0);
    let request = RunSmokeTestRequest::new().project_env("PROD").name("suite").bizdate("2026-11-23 00:00:00");
    let dag = client.run_smoke_test(request.node_id(node.node_id)).send_blocking().unwrap().into_body().data;
    let request = ListInstancesRequest::new().project_id(PROJECT_ID).project_env("PROD").dag_id(&dag);
    let instance = client.list_instances(request).items_blocking().next().unwrap().unwrap();
    let wait = || {
        let request = GetInstanceRequest::new().project_env("PROD").instance_id(&instance.instance_id);
        client.get_instance(request).wait_until_finished().interval(Duration::from_millis(1))
    };
    let inside = current_thread().block_on(async { wait().send_blocking().unwrap_err() });
    assert_eq!((inside.kind(), emulator.count("GetInstance")), (ErrorKind::Config, 0), "{inside}");
    assert!(inside.to_string().contains("GetInstance"), "{inside}");
    let ended = wait().send_blocking().unwrap();
    assert_eq!(ended.data.status, Some(InstanceStatus::Success));
    assert!(emulator.count("GetInstance") > 1);
    let by_name = client.action("GetInstance").unwrap().set("ProjectEnv", "PROD");
    let by_name =
        by_name.set("InstanceId", String::from(instance.instance_id.unwrap())).wait_until("finished").unwrap();
    assert_eq!(by_name.send_blocking().unwrap()["Data"]["Status"], "SUCCESS");
}

/// What the error inside a runtime advises.
#[test]
fn the_advice_of_that_error_works() {
    let (_emulator, client) = stage();
    let (one, two) = (client.list_nodes(nodes()), client.list_nodes(nodes()));
    current_thread().block_on(async {
        assert!(client.list_nodes(nodes()).await.is_ok());
        assert!(thread::spawn(|| one.send_blocking()).join().unwrap().is_ok());
        let blocked = tokio::task::spawn_blocking(|| tokio::runtime::Handle::current().block_on(two.into_future()));
        assert!(blocked.await.unwrap().is_ok());
    });
}

#[test]
fn many_threads_at_once() {
    const THREADS: usize = 16;
    const SIZES: [i32; 5] = [1, 2, 3, 4, 5];
    let (emulator, client) = stage();
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                for size in SIZES {
                    let page = client.list_nodes(nodes().page_size(size)).send_blocking().unwrap();
                    assert_eq!(i32::try_from(page.data.nodes.len()), Ok(size));
                }
                let items = client.list_nodes(nodes().page_size(100)).items().prefetch(1).blocking();
                assert_eq!(items.map(Result::unwrap).count(), ALL);
            });
        }
    });
    assert_eq!(emulator.count("ListNodes"), THREADS * (SIZES.len() + 3));
}

#[test]
fn it_can_be_dropped_anywhere() {
    let (emulator, client) = stage();
    let begun = || {
        let mut items = client.list_nodes(nodes().page_size(20)).items().prefetch(1).blocking();
        assert!(items.next().unwrap().is_ok());
        items
    };
    drop(begun());
    let items = begun();
    thread::spawn(move || drop(items)).join().unwrap();
    let (items, call) = (begun(), client.list_nodes(nodes()));
    current_thread().block_on(async { drop((items, call)) });
    // A stream that was begun in a runtime goes on without it, and the other way round.
    let runtime = current_thread();
    let mut stream = client.list_nodes(nodes().page_size(100)).pages();
    assert!(runtime.block_on(stream.next()).unwrap().is_ok());
    assert_eq!(stream.blocking().map(Result::unwrap).count(), 2);
    // The connections outlive client and emulator, and nobody minds.
    let other = Client::new(&config(&emulator));
    drop(client);
    assert!(other.list_nodes(nodes()).send_blocking().is_ok());
    drop(emulator);
    assert_eq!(other.list_nodes(nodes()).no_retry().send_blocking().unwrap_err().kind(), ErrorKind::Connect);
}

/// A runtime of one thread stands still while nobody blocks on it, and so do the connections that were made in it.
#[test]
fn connections_of_a_runtime_that_stands_still_are_not_waited_for() {
    let (emulator, _) = stage();
    let config = builder(&emulator.url()).retry(RetryPolicy::never()).build().unwrap();
    let client = Client::new(&config);
    let runtime = current_thread();
    for _ in 0..3 {
        let nodes = runtime.block_on(client.list_nodes(nodes().page_size(100)).items().try_collect::<Vec<_>>());
        assert_eq!(nodes.unwrap().len(), ALL);
        let nodes = client.list_nodes(super::nodes().page_size(100)).items_blocking().collect::<Result<Vec<_>, _>>();
        assert_eq!(nodes.unwrap().len(), ALL);
    }
}
