//! What the emulator remembers: one store for every version of the API.
//!
//! Bodies here are written by hand after the service's documentation; nothing of them is made from the spec.

mod answer;
mod apis;
mod datasources;
mod dates;
mod definition;
mod deployments;
mod files;
mod instances;
mod nodes;
mod projects;
pub(crate) mod rows;
mod runs;
mod seed;
mod tasks;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

pub(crate) use apis::{Application, Published};
pub(crate) use definition::{Definition, Parameter};

use crate::check::Values;
use crate::error::Refusal;

/// The account that owns everything here.
pub(crate) const ACCOUNT: &str = "1107550004253538";

/// Does one action: changes the store and says what to answer, without the `RequestId`.
pub(crate) type Handler = fn(&mut Store, &Call<'_>) -> Outcome;
pub(crate) type Outcome = Result<Map<String, Value>, Refusal>;

/// The environments as 2020-05-18 and as 2024-05-18 write them.
const OLDER: [&str; 2] = ["PROD", "DEV"];
const NEWER: [&str; 2] = ["Prod", "Dev"];

/// One call of an action.
pub(crate) struct Call<'a> {
    pub(crate) values: &'a Values,
    pub(crate) time: Time,
}

impl Call<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.values.text(name)
    }

    /// A text that is there and not empty.
    fn filter(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.values.integer(name)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.values.flag(name)
    }

    /// Whether the call is about production. It is, where it does not say; `words` are those of its version.
    fn production(&self, name: &str, [production, development]: [&str; 2]) -> Result<bool, Refusal> {
        match self.filter(name) {
            None => Ok(true),
            Some(word) if word == production => Ok(true),
            Some(word) if word == development => Ok(false),
            Some(word) => Err(Refusal::invalid(name, format!("\"{word}\" is neither {production} nor {development}"))),
        }
    }

    /// An integer that the spec requires.
    fn id(&self, name: &str) -> Result<i64, Refusal> {
        self.integer(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A list of integers: of JSON, or a text with commas. Nothing when it is not given.
    fn ids(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        match self.values.get(name) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list.iter().filter_map(Value::as_i64).collect())),
            Some(value) => comma_ids(value.as_str().unwrap_or_default())
                .map(Some)
                .map_err(|part| Refusal::invalid(name, format!("\"{part}\" is not an identifier"))),
        }
    }
}

/// The identifiers of a comma list; the part that is none, if there is one.
fn comma_ids(text: &str) -> Result<Vec<i64>, &str> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| part)).collect()
}

/// The time of a call, and how much faster than the service's everything happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    pub(crate) now: i64,
    pub(crate) speed: f64,
}

impl Time {
    /// Whether so many of the service's seconds after `start` (milliseconds) are over.
    fn reached(&self, start: i64, seconds: f64) -> bool {
        self.now >= self.after(start, seconds)
    }

    /// When so many of the service's seconds after `start` are over.
    #[allow(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer there is")]
    fn after(&self, start: i64, seconds: f64) -> i64 {
        start.saturating_add((seconds * 1000.0 / self.speed).round() as i64)
    }
}

/// Everything there is.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// How many identifiers were given out.
    given: i64,
    projects: BTreeMap<i64, projects::Project>,
    files: BTreeMap<i64, files::File>,
    deployments: BTreeMap<i64, deployments::Deployment>,
    data_sources: BTreeMap<i64, datasources::DataSource>,
    apis: BTreeMap<i64, apis::Api>,
    /// Project → its application, where it is not made up.
    applications: BTreeMap<i64, Application>,
    dags: BTreeMap<i64, runs::Dag>,
    instances: BTreeMap<i64, runs::Instance>,
    /// Operation id → what `CreateWorkflowInstances` began.
    operations: HashMap<String, tasks::Operation>,
    /// Action and client token → what the first call with it answered.
    tokens: HashMap<(String, String), Map<String, Value>>,
}

impl Store {
    /// A store with something in it to look at.
    pub(crate) fn new(time: Time, applications: BTreeMap<i64, Application>) -> Self {
        let mut store = Self { applications, ..Self::default() };
        seed::fill(&mut store, time);
        store
    }

    /// Does an action; a call that repeats a client token gets the first one's answer.
    pub(crate) fn run(&mut self, action: &str, handler: Handler, call: &Call<'_>) -> Outcome {
        let token = call.filter("ClientToken").map(|token| (action.to_owned(), token.to_owned()));
        if let Some(answered) = token.as_ref().and_then(|token| self.tokens.get(token)) {
            return Ok(answered.clone());
        }
        let body = handler(self, call)?;
        if let Some(token) = token {
            self.tokens.insert(token, body.clone());
        }
        Ok(body)
    }

    /// The next identifier of a kind: its numbers begin at `first`.
    fn next_id(&mut self, first: i64) -> i64 {
        self.given += 1;
        first + self.given
    }
}

/// Who does an action, if state is kept for it.
pub(crate) fn handler(version: &str, action: &str) -> Option<Handler> {
    match version {
        "2018-06-01" => (action == "DeleteFile").then_some(files::delete as Handler),
        "2020-05-18" => older(action).or_else(|| both(action)),
        "2024-05-18" => newer(action).or_else(|| both(action)),
        _ => None,
    }
}

/// Actions that are the same in 2020-05-18 and 2024-05-18.
fn both(action: &str) -> Option<Handler> {
    Some(match action {
        "CreateFile" => files::create,
        "UpdateFile" => files::update,
        "GetFile" => files::get,
        "ListFiles" => files::list,
        "DeleteFile" => files::delete,
        "SubmitFile" => deployments::submit,
        "DeployFile" => deployments::deploy,
        _ => return None,
    })
}

fn older(action: &str) -> Option<Handler> {
    Some(match action {
        "ListProjects" => projects::list_2020,
        "GetProject" => projects::get_2020,
        "CreateProject" => projects::create_2020,
        "GetDeployment" => deployments::get,
        "ListNodes" => nodes::list_2020,
        "GetNode" => nodes::get_2020,
        "GetNodeCode" => nodes::code,
        "CreateDataSource" => datasources::create_2020,
        "ListDataSources" => datasources::list_2020,
        "UpdateDataSource" => datasources::update_2020,
        "DeleteDataSource" => datasources::delete_2020,
        "CreateDataServiceApi" => apis::create,
        "UpdateDataServiceApi" => apis::update,
        "DeleteDataServiceApi" => apis::delete,
        "GetDataServiceApi" => apis::get,
        "ListDataServiceApis" => apis::list,
        "SubmitDataServiceApi" => apis::submit,
        "PublishDataServiceApi" => apis::publish,
        "AbolishDataServiceApi" => apis::abolish,
        "GetDataServicePublishedApi" => apis::get_published,
        "ListDataServicePublishedApis" => apis::list_published,
        "CreateDataServiceApiAuthority" => apis::grant,
        "DeleteDataServiceApiAuthority" => apis::revoke,
        "ListDataServiceApiAuthorities" => apis::list_authorities,
        "ListDataServiceAuthorizedApis" => apis::list_authorized,
        "GetDataServiceApplication" => apis::get_application,
        "ListDataServiceApplications" => apis::list_applications,
        "RunCycleDagNodes" => instances::run_cycle_dag_nodes,
        "RunSmokeTest" => instances::run_smoke_test,
        "RunManualDagNodes" => instances::run_manual_dag_nodes,
        "GetDag" => instances::get_dag,
        "ListInstances" => instances::list,
        "GetInstance" => instances::get,
        "GetInstanceLog" => instances::log,
        "RestartInstance" => instances::restart,
        "StopInstance" => instances::stop,
        _ => return None,
    })
}

fn newer(action: &str) -> Option<Handler> {
    Some(match action {
        "ListProjects" => projects::list_2024,
        "GetProject" => projects::get_2024,
        "CreateProject" => projects::create_2024,
        "UpdateProject" => projects::update_2024,
        "DeleteProject" => projects::delete_2024,
        "ListNodes" => nodes::list_2024,
        "GetNode" => nodes::get_2024,
        "CreateNode" => nodes::create_2024,
        "UpdateNode" => nodes::update_2024,
        "DeleteNode" => nodes::delete_2024,
        "CreateDataSource" => datasources::create_2024,
        "ListDataSources" => datasources::list_2024,
        "GetDataSource" => datasources::get_2024,
        "UpdateDataSource" => datasources::update_2024,
        "DeleteDataSource" => datasources::delete_2024,
        "CreateWorkflowInstances" => tasks::create,
        "GetCreateWorkflowInstancesResult" => tasks::created,
        "ListTaskInstances" => tasks::list,
        "GetTaskInstance" => tasks::get,
        "GetTaskInstanceLog" => tasks::log,
        "RerunTaskInstances" => tasks::rerun,
        "StopTaskInstances" => tasks::stop,
        _ => return None,
    })
}
