//! Many callers at once against a service that misbehaves, and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dataworks_emulator::PROJECT_ID;
use dataworks_sdk::v2020_05_18::{self as older, CreateProjectRequest, ListNodesRequest};
use dataworks_sdk::v2024_05_18::{self as newer, CreateNodeRequest, GetProjectRequest, ListProjectsRequest};
use dataworks_sdk::{Config, Credentials, Environment, Error, Response, RetryPolicy};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::figures::{Memory, Tally};

/// How many nodes the emulator's project has: a read that brings fewer has lost some.
const NODES: usize = 230;
/// Nodes are created where nobody reads, so that reads stay as large as they are.
const ELSEWHERE: i64 = PROJECT_ID + 1;
/// With a tenth of the calls spoiled, three attempts lose one read of a thousand, eight none.
const ATTEMPTS: u32 = 8;

/// How hard it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) duration: Duration,
    pub(crate) callers: usize,
}

/// What became of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The service says that it is done: it must be there, once.
    Done,
    /// It may be there, once.
    Unknown,
    /// The error says that it was not carried out.
    Refused,
    /// The service had it already, and it was this caller's: the SDK sent it twice.
    Twice,
}

/// What there is to know afterwards.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) tally: Arc<Tally>,
    pub(crate) elapsed: Duration,
    pub(crate) memory: Memory,
    /// Writes by outcome, without a token and with one.
    pub(crate) plain: Writes,
    pub(crate) with_token: Writes,
}

/// One kind of writes.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    pub(crate) done: usize,
    pub(crate) unknown: usize,
    pub(crate) refused: usize,
    /// What the service has more than once, or was sent more than once.
    pub(crate) doubled: Vec<String>,
    /// Said to be done, and not there.
    pub(crate) lost: Vec<String>,
    /// Said not to have been carried out, and there.
    pub(crate) unasked: Vec<String>,
}

impl Writes {
    fn judge(&mut self, name: String, outcome: Outcome, there: usize) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Unknown => self.unknown += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Twice => {}
        }
        let list = match (outcome, there) {
            (Outcome::Twice, _) | (_, 2..) => &mut self.doubled,
            (Outcome::Done, 0) => &mut self.lost,
            (Outcome::Refused, 1) => &mut self.unasked,
            _ => return,
        };
        list.push(name);
    }
}

/// Clients of both versions, of one configuration.
#[derive(Clone)]
struct Clients {
    older: older::Client,
    newer: newer::Client,
    tally: Arc<Tally>,
}

/// Lets the callers loose on the emulator at `url`, and counts afterwards what it has.
///
/// # Errors
/// When there can be no client, or what was created cannot be listed in the end.
pub(crate) async fn run(url: &str, settings: Settings) -> Result<Report, Error> {
    let config: Config = Config::builder()
        .environment(Environment::from_iter([("NOTHING", "here")]))
        .endpoint(url)
        .credentials(Credentials::new("testid", "testsecret"))
        .retry(RetryPolicy::default().max_attempts(ATTEMPTS).base_delay(Duration::from_millis(50)))
        .build()?;
    let tally = Arc::<Tally>::default();
    let clients =
        Clients { older: older::Client::new(&config), newer: newer::Client::new(&config), tally: tally.clone() };
    let begun = Instant::now();
    let until = begun + settings.duration;
    let sampler = tokio::spawn(Memory::watch(until));
    let callers: Vec<_> =
        (0..settings.callers).map(|number| tokio::spawn(caller(number, clients.clone(), until))).collect();
    let mut written = Vec::new();
    for caller in callers {
        match caller.await {
            Ok(outcomes) => written.extend(outcomes),
            Err(_) => tally.fail("a caller panicked".to_owned()),
        }
    }
    let elapsed = begun.elapsed();
    let memory = sampler.await.unwrap_or_default();
    let (mut plain, mut with_token) = (Writes::default(), Writes::default());
    let there = clients.created().await?;
    for (name, outcome) in written {
        let times = there.get(&name).copied().unwrap_or_default();
        let writes = if name.starts_with("soak_node") { &mut plain } else { &mut with_token };
        writes.judge(name, outcome, times);
    }
    Ok(Report { tally, elapsed, memory, plain, with_token })
}

/// Calls until the time is up, and everything once in any case; answers what it wrote.
async fn caller(number: usize, clients: Clients, until: Instant) -> Vec<(String, Outcome)> {
    let mut written = Vec::new();
    let mut turn = number;
    while Instant::now() < until || turn < number + 10 {
        turn += 1;
        match turn % 10 {
            0 => {
                let name = format!("soak_node_{number}_{turn}");
                let outcome = clients.create_node(&name).await;
                written.push((name, outcome));
            }
            5 => {
                let name = format!("soak_project_{number}_{turn}");
                let outcome = clients.create_project(&name).await;
                written.push((name, outcome));
            }
            1 | 6 => clients.by_name().await,
            2 | 7 => clients.pages_by_name().await,
            3 | 8 => clients.small().await,
            _ => clients.pages().await,
        }
    }
    written
}

impl Clients {
    /// Waits for a call, and notes how long it took and how often it was sent.
    async fn timed<T>(&self, call: impl Future<Output = Result<Response<T>, Error>>) -> Result<Response<T>, Error> {
        let begun = Instant::now();
        let result = call.await;
        self.tally.answered(begun.elapsed(), result.as_ref().map_or(0, Response::attempts));
        result
    }

    fn read(&self, what: &str, result: Result<bool, Error>) {
        match result {
            Ok(true) => self.tally.read(),
            Ok(false) => self.tally.fail(format!("{what}: something is missing in the answer")),
            Err(error) => self.tally.fail(format!("{what}: {error}")),
        }
    }

    async fn pages(&self) {
        let request = ListNodesRequest::new().project_id(PROJECT_ID).project_env("PROD").page_size(50);
        let mut pages = self.older.list_nodes(request).pages();
        let mut nodes = 0;
        let all = loop {
            let begun = Instant::now();
            match pages.try_next().await {
                Ok(None) => break Ok(nodes == NODES),
                Ok(Some(page)) => {
                    self.tally.answered(begun.elapsed(), page.attempts());
                    nodes += page.data.nodes.len();
                }
                Err(error) => break Err(error),
            }
        };
        self.read("ListNodes, all pages", all);
    }

    async fn pages_by_name(&self) {
        let result = async {
            let call = self.newer.action("ListNodes")?.set("ProjectId", PROJECT_ID).set("PageSize", 100);
            let nodes: Vec<Value> = call.items()?.try_collect().await?;
            Ok(nodes.len() == NODES)
        };
        self.read("ListNodes by name, all items", result.await);
    }

    async fn by_name(&self) {
        let result = async {
            let call = self.newer.action("ListNodes")?.set("ProjectId", PROJECT_ID).set("PageSize", 10);
            Ok(self.timed(call.send()).await?["PagingInfo"]["TotalCount"].as_str() == Some(&*NODES.to_string()))
        };
        self.read("ListNodes by name", result.await);
    }

    async fn small(&self) {
        let call = self.newer.get_project(GetProjectRequest::new().id(PROJECT_ID));
        let answer = self.timed(call.into_future()).await;
        self.read("GetProject", answer.map(|answer| answer.project.name.as_deref() == Some("emulator_default")));
    }

    async fn create_node(&self, name: &str) -> Outcome {
        let node =
            json!({"name": name, "script": {"path": format!("Soak/{name}"), "runtime": {"command": "ODPS_SQL"}}});
        let spec = json!({"version": "1.1.0", "kind": "Node", "spec": {"nodes": [node]}});
        let request = CreateNodeRequest::new().project_id(ELSEWHERE).scene("DATAWORKS_PROJECT").spec(spec);
        outcome(self.timed(self.newer.create_node(request).into_future()).await)
    }

    async fn create_project(&self, name: &str) -> Outcome {
        let request = CreateProjectRequest::new().project_identifier(name).project_name(name);
        outcome(self.timed(self.older.create_project(request).into_future()).await)
    }

    /// How often the emulator has what was created, by name.
    async fn created(&self) -> Result<BTreeMap<String, usize>, Error> {
        let mut there = BTreeMap::new();
        let mut note = |name: Option<String>| *there.entry(name.unwrap_or_default()).or_insert(0) += 1;
        let nodes = newer::ListNodesRequest::new().project_id(ELSEWHERE).page_size(100);
        let mut nodes = self.newer.list_nodes(nodes).items();
        while let Some(node) = nodes.try_next().await? {
            note(node.name);
        }
        let mut projects = self.newer.list_projects(ListProjectsRequest::new().page_size(100)).items();
        while let Some(project) = projects.try_next().await? {
            note(project.name);
        }
        Ok(there)
    }
}

fn outcome<T>(result: Result<Response<T>, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(error) if error.message().contains("exists already") => Outcome::Twice,
        Err(error) if error.may_have_been_sent() => Outcome::Unknown,
        Err(_) => Outcome::Refused,
    }
}
