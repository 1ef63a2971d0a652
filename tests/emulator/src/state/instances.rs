//! DAGs and instances of 2020-05-18.

use serde_json::{Value, json};

use super::answer::{data, object, page};
use super::files::File;
use super::nodes::{Copy, Node};
use super::runs::{Dag, Instance, Origin, State, Task};
use super::{ACCOUNT, Call, OLDER, Outcome, Store, dates};
use crate::error::Refusal;

/// More instances than this one call does not make.
const MOST_INSTANCES: usize = 1_000;

impl Task {
    pub(super) fn new(file: &File, node: &Node, copy: &Copy, parameters: Option<&str>) -> Self {
        Self {
            node: node.id,
            name: file.name.clone(),
            program_type: file.program_type(),
            owner: file.owner.clone(),
            connection: file.connection.clone(),
            content: copy.content.clone(),
            parameters: parameters.map_or_else(|| file.setting_text("ParaValue"), str::to_owned),
        }
    }
}

impl Instance {
    fn listed_2020(&self, call: &Call<'_>) -> Value {
        let moment = self.moment(call.time);
        let mut body = object(json!({
            "BaselineId": 123_456,
            "Bizdate": self.bizdate,
            "BusinessId": 1_000_001,
            "Connection": self.task.connection,
            "CreateTime": self.created,
            "CreateUser": ACCOUNT,
            "CycTime": self.bizdate + dates::DAY,
            "DagId": self.dag,
            "DagType": self.origin.older(),
            "DqcDescription": "",
            "DqcType": 0,
            "InstanceId": self.id,
            "ModifyTime": moment.finished.or(moment.runs).unwrap_or(self.created),
            "NodeId": self.task.node,
            "NodeName": self.task.name,
            "ParamValues": self.task.parameters,
            "Priority": 1,
            "RelatedFlowId": 1_000_001,
            "RepeatInterval": 120_000,
            "Repeatability": true,
            "Status": moment.state.older(),
            "TaskRerunTime": self.attempts.len().saturating_sub(1),
            "TaskType": "NORMAL(0)",
        }));
        let times = [
            ("BeginWaitTimeTime", moment.waits_for_time),
            ("BeginWaitResTime", moment.waits_for_resources),
            ("BeginRunningTime", moment.runs),
            ("FinishTime", moment.finished),
        ];
        for (name, at) in times {
            if let Some(at) = at {
                body.insert(name.to_owned(), at.into());
            }
        }
        if moment.state == State::Failure {
            body.insert("ErrorMessage".to_owned(), "The task has failed: see its log.".into());
        }
        body.into()
    }

    fn detail_2020(&self, call: &Call<'_>) -> Value {
        let mut body = object(self.listed_2020(call));
        body.remove("ErrorMessage");
        body.insert("Owner".to_owned(), self.task.owner.as_str().into());
        body.insert("PeriodNumber".to_owned(), 1.into());
        body.into()
    }
}

/// A date that the action needs, `2020-05-20 00:00:00`.
fn date(call: &Call<'_>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = call.filter(name) else { return Ok(None) };
    let parsed = dates::parse(text).map(dates::midnight);
    parsed.map(Some).ok_or_else(|| Refusal::invalid(name, format!("\"{text}\" is not a date like 2020-05-20 00:00:00")))
}

/// The days from one date to another.
pub(super) fn days(first: i64, last: i64, tasks: usize) -> Result<Vec<i64>, Refusal> {
    if last < first {
        return Err(Refusal::invalid("EndBizDate", "it is before StartBizDate"));
    }
    let count = usize::try_from((last - first) / dates::DAY + 1).unwrap_or(usize::MAX);
    if count.saturating_mul(tasks) > MOST_INSTANCES {
        return Err(Refusal::invalid(
            "EndBizDate",
            format!("{count} days of {tasks} nodes are more than {MOST_INSTANCES} instances"),
        ));
    }
    Ok((0..count).map(|day| first + i64::try_from(day).unwrap_or_default() * dates::DAY).collect())
}

impl Store {
    /// The tasks of nodes that are in an environment; one that is not deployed is not found there.
    pub(super) fn tasks(&self, ids: &[i64], production: bool, now: i64) -> Result<Vec<Task>, Refusal> {
        let task =
            |id: &i64| self.node(*id, production, now).map(|(file, node, copy)| Task::new(file, node, copy, None));
        ids.iter().map(task).collect()
    }

    fn instance_2020(&mut self, call: &Call<'_>) -> Result<&mut Instance, Refusal> {
        let id = call.id("InstanceId")?;
        let production = call.production("ProjectEnv", OLDER)?;
        let instance = self.instances.get_mut(&id).filter(|instance| instance.production == production);
        instance.ok_or_else(|| Refusal::not_found(404, "Instance.NotFound", "instance", id))
    }
}

pub(super) fn run_cycle_dag_nodes(store: &mut Store, call: &Call<'_>) -> Outcome {
    let production = call.production("ProjectEnv", OLDER)?;
    let (root, _, _) = store.node(call.id("RootNodeId")?, production, call.time.now)?;
    let project = root.project;
    let excluded = call.ids("ExcludeNodeIds")?.unwrap_or_default();
    let mut included = call.ids("IncludeNodeIds")?.unwrap_or_default();
    included.retain(|id| !excluded.contains(id));
    if included.is_empty() {
        return Err(Refusal::invalid("IncludeNodeIds", "no node is left to run"));
    }
    let tasks = store.tasks(&included, production, call.time.now)?;
    let first = date(call, "StartBizDate")?.ok_or_else(|| Refusal::missing("StartBizDate"))?;
    let last = date(call, "EndBizDate")?.ok_or_else(|| Refusal::missing("EndBizDate"))?;
    let mut dags = Vec::new();
    for bizdate in days(first, last, tasks.len())? {
        let dag = Dag {
            id: 0,
            project,
            name: call.owned("Name").unwrap_or_default(),
            production,
            origin: Origin::Backfill,
            bizdate,
            created: call.time.now,
        };
        dags.push(store.start_dag(dag, tasks.clone(), call.time));
    }
    Ok(data(dags))
}

pub(super) fn run_smoke_test(store: &mut Store, call: &Call<'_>) -> Outcome {
    let production = call.production("ProjectEnv", OLDER)?;
    let (file, node, copy) = store.node(call.id("NodeId")?, production, call.time.now)?;
    let task = Task::new(file, node, copy, call.filter("NodeParams"));
    let dag = Dag {
        id: 0,
        project: file.project,
        name: call.owned("Name").unwrap_or_default(),
        production,
        origin: Origin::SmokeTest,
        bizdate: date(call, "Bizdate")?.ok_or_else(|| Refusal::missing("Bizdate"))?,
        created: call.time.now,
    };
    Ok(data(store.start_dag(dag, vec![task], call.time)))
}

pub(super) fn run_manual_dag_nodes(store: &mut Store, call: &Call<'_>) -> Outcome {
    let production = call.production("ProjectEnv", OLDER)?;
    let project = match call.integer("ProjectId") {
        Some(id) => store.project_2020(id)?.id,
        None => store.project_named(call.text("ProjectName").unwrap_or_default())?.id,
    };
    let flow = call.text("FlowName").unwrap_or_default();
    let excluded = call.ids("ExcludeNodeIds")?.unwrap_or_default();
    let mut included = call.ids("IncludeNodeIds")?.filter(|ids| !ids.is_empty()).unwrap_or_else(|| {
        let of_flow = store.files.values().filter(|file| file.project == project && file.flow() == flow);
        of_flow.filter_map(|file| file.in_environment(production, call.time.now)).map(|(node, _)| node.id).collect()
    });
    included.retain(|id| !excluded.contains(id));
    if included.is_empty() {
        return Err(Refusal::not_found(404, "Flow.NotFound", "manually triggered workflow", flow));
    }
    let tasks = store.tasks(&included, production, call.time.now)?;
    let yesterday = dates::midnight(call.time.now) - dates::DAY;
    let bizdate = date(call, "BizDate")?.or(date(call, "StartBizDate")?).unwrap_or(yesterday);
    let dag = Dag {
        id: 0,
        project,
        name: flow.to_owned(),
        production,
        origin: Origin::Manual,
        bizdate,
        created: call.time.now,
    };
    Ok(object(json!({"DagId": store.start_dag(dag, tasks, call.time)})))
}

pub(super) fn get_dag(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("DagId")?;
    let production = call.production("ProjectEnv", OLDER)?;
    let dag = store.dags.get(&id).filter(|dag| dag.production == production);
    let dag = dag.ok_or_else(|| Refusal::not_found(404, "Dag.NotFound", "DAG", id))?;
    let moments: Vec<_> = store.instances.values().filter(|it| it.dag == id).map(|it| it.moment(call.time)).collect();
    let over = moments.iter().all(|moment| moment.state.is_over());
    let status = match moments.iter().any(|moment| moment.state == State::Failure) {
        true if over => "FAILURE",
        false if over => "SUCCESS",
        _ if moments.iter().all(|moment| moment.state == State::NotRun) => "CREATED",
        _ => "RUNNING",
    };
    let mut body = object(json!({
        "Bizdate": dag.bizdate,
        "CreateTime": dag.created,
        "CreateUser": ACCOUNT,
        "DagId": dag.id,
        "Gmtdate": dates::midnight(dag.created),
        "ModifyTime": dag.created,
        "Name": dag.name,
        "OpSeq": dag.id + 1,
        "ProjectId": dag.project,
        "Status": status,
        "Type": dag.origin.older(),
    }));
    if let Some(start) = moments.iter().filter_map(|moment| moment.waits_for_time).min() {
        body.insert("StartTime".to_owned(), start.into());
    }
    if let Some(end) = moments.iter().filter_map(|moment| moment.finished).max().filter(|_| over) {
        body.insert("FinishTime".to_owned(), end.into());
    }
    Ok(data(body))
}

pub(super) fn list(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let production = call.production("ProjectEnv", OLDER)?;
    let (day, begin, end) = (date(call, "Bizdate")?, date(call, "BeginBizdate")?, date(call, "EndBizdate")?);
    let flow = |instance: &Instance| {
        let file =
            store.files.values().find(|file| file.node.as_ref().is_some_and(|node| node.id == instance.task.node));
        file.map(File::flow).unwrap_or_default().to_owned()
    };
    let mut all: Vec<&Instance> = store
        .instances
        .values()
        .filter(|instance| {
            instance.project == project
                && instance.production == production
                && day.is_none_or(|day| instance.bizdate == day)
                && begin.is_none_or(|begin| instance.bizdate >= begin)
                && end.is_none_or(|end| instance.bizdate <= end)
                && call.integer("DagId").is_none_or(|dag| instance.dag == dag)
                && call.integer("NodeId").is_none_or(|node| instance.task.node == node)
                && call.filter("NodeName").is_none_or(|name| instance.task.name.contains(name))
                && call.filter("Owner").is_none_or(|owner| instance.task.owner == owner)
                && call.filter("ProgramType").is_none_or(|kind| instance.task.program_type == kind)
                && call.filter("Status").is_none_or(|status| instance.moment(call.time).state.older() == status)
                && call.filter("BizName").is_none_or(|name| flow(instance) == name)
        })
        .collect();
    if call.filter("OrderBy").is_some() {
        // Numbers are given out in time, so both orders are this one.
        all.reverse();
    }
    let page = page(call, all.into_iter())?;
    Ok(data(page.object("Instances", |instance| instance.listed_2020(call))))
}

pub(super) fn get(store: &mut Store, call: &Call<'_>) -> Outcome {
    Ok(data(store.instance_2020(call)?.detail_2020(call)))
}

/// The log of the latest go, or of the one that `InstanceHistoryId` counts.
pub(super) fn log(store: &mut Store, call: &Call<'_>) -> Outcome {
    let instance = store.instance_2020(call)?;
    let number = call.integer("InstanceHistoryId").map(|number| usize::try_from(number).unwrap_or_default());
    let number = number.unwrap_or(instance.attempts.len());
    let log = instance.log(number, call.time);
    let log = log.ok_or_else(|| Refusal::not_found(404, "InstanceHistory.NotFound", "run", number))?;
    Ok(data(log))
}

pub(super) fn restart(store: &mut Store, call: &Call<'_>) -> Outcome {
    let instance = store.instance_2020(call)?;
    if instance.restart(call.time) {
        return Ok(data(true));
    }
    let state = instance.moment(call.time).state.older();
    Err(Refusal::invalid("InstanceId", format!("the instance is {state}: only one that has ended runs again")))
}

pub(super) fn stop(store: &mut Store, call: &Call<'_>) -> Outcome {
    let instance = store.instance_2020(call)?;
    if instance.stop(call.time) {
        return Ok(data(true));
    }
    let state = instance.moment(call.time).state.older();
    Err(Refusal::invalid("InstanceId", format!("the instance is {state}: it has ended already")))
}
