//! Workflow and task instances of 2024-05-18: the same runs as the DAGs and instances of 2020-05-18.

use serde_json::{Map, Value, json};

use super::answer::{object, page};
use super::instances::days;
use super::runs::{Dag, Instance, Origin, Task};
use super::{ACCOUNT, Call, NEWER, Outcome, Store, dates};
use crate::error::Refusal;
use crate::ids;

/// The service's seconds that the creation of instances takes.
const CREATION: f64 = 2.0;
const OPERATIONS: u64 = 2;

/// What `CreateWorkflowInstances` began.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    begun: i64,
    outcome: Result<Vec<i64>, String>,
}

impl Instance {
    fn listed_2024(&self, call: &Call<'_>) -> Map<String, Value> {
        let moment = self.moment(call.time);
        let mut body = object(json!({
            "BaselineId": 123_456,
            "Bizdate": self.bizdate,
            "CreateTime": self.created,
            "CreateUser": ACCOUNT,
            "DataSource": {"Name": self.task.connection},
            "Description": "",
            "Id": self.id,
            "ModifyTime": moment.finished.or(moment.runs).unwrap_or(self.created),
            "ModifyUser": ACCOUNT,
            "Owner": self.task.owner,
            "PeriodNumber": 1,
            "Priority": 1,
            "ProjectEnv": if self.production { "Prod" } else { "Dev" },
            "ProjectId": self.project,
            "RerunMode": "AllAllowed",
            "RunNumber": self.attempts.len(),
            "Runtime": {"Gateway": "cn-hangzhou.1.2", "ProcessId": format!("T3_{}", self.id)},
            "RuntimeResource": {"Cu": "0.25", "Image": "", "ResourceGroupId": "S_res_group_emulator"},
            "Status": moment.state.newer(),
            "TaskId": self.task.node,
            "TaskName": self.task.name,
            "TaskType": self.task.program_type,
            "Timeout": 3_600,
            "TriggerRecurrence": "Normal",
            "TriggerTime": self.bizdate + dates::DAY,
            "TriggerType": if self.origin == Origin::Manual { "Manual" } else { "Scheduler" },
            "UnifiedWorkflowInstanceId": self.dag,
            "WorkflowId": 1,
            "WorkflowInstanceId": self.dag,
            "WorkflowInstanceType": self.origin.newer(),
            "WorkflowName": "",
        }));
        let times = [
            ("WaitingTriggerTime", moment.waits_for_time),
            ("WaitingResourceTime", moment.waits_for_resources),
            ("StartedTime", moment.runs),
            ("FinishedTime", moment.finished),
        ];
        for (name, at) in times {
            if let Some(at) = at {
                body.insert(name.to_owned(), at.into());
            }
        }
        body
    }

    fn detail_2024(&self, call: &Call<'_>) -> Value {
        let mut body = self.listed_2024(call);
        body.insert("Inputs".to_owned(), json!({"Variables": []}));
        body.insert("Outputs".to_owned(), json!({"TaskOutputs": [{"Output": self.task.name}], "Variables": []}));
        body.insert("Script".to_owned(), json!({"Content": self.task.content, "Parameters": self.task.parameters}));
        body.insert("Tags".to_owned(), json!([]));
        body.into()
    }
}

fn unknown(id: i64) -> Refusal {
    Refusal::not_found(404, "TaskInstance.NotFound", "task instance", id)
}

/// The task ids that the run properties name, the roots first.
fn chosen(properties: &Value) -> Vec<i64> {
    let read =
        |name: &str| properties.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64);
    let excluded: Vec<i64> = read("ExcludeTaskIds").collect();
    let mut ids = Vec::new();
    for id in read("RootTaskIds").chain(read("IncludeTaskIds")) {
        if !ids.contains(&id) && !excluded.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The days of `Periods.BizDates`; yesterday when there are none.
fn bizdates(call: &Call<'_>, tasks: usize) -> Result<Vec<i64>, Refusal> {
    let periods = call.values.get("Periods").and_then(|periods| periods.get("BizDates")).and_then(Value::as_array);
    let Some(periods) = periods.filter(|periods| !periods.is_empty()) else {
        return Ok(vec![dates::midnight(call.time.now) - dates::DAY]);
    };
    let mut all = Vec::new();
    for (index, period) in periods.iter().enumerate() {
        let day = |name: &str| {
            let text = period.get(name).and_then(Value::as_str).unwrap_or_default();
            let path = format!("Periods.BizDates.{}.{name}", index + 1);
            let day = dates::parse(text).filter(|_| text.len() == 10);
            day.ok_or_else(|| Refusal::invalid(&path, format!("\"{text}\" is not a date like 2024-11-20")))
        };
        all.extend(days(day("StartBizDate")?, day("EndBizDate")?, tasks)?);
    }
    Ok(all)
}

pub(super) fn create(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let origin = match call.text("Type").unwrap_or_default() {
        "SmokeTest" => Origin::SmokeTest,
        "SupplementData" => Origin::Backfill,
        "Manual" | "ManualWorkflow" | "TriggerWorkflow" => Origin::Manual,
        other => {
            return Err(Refusal::invalid(
                "Type",
                format!("\"{other}\" is none of SmokeTest, SupplementData, Manual, ManualWorkflow, TriggerWorkflow"),
            ));
        }
    };
    let chosen = chosen(call.values.get("DefaultRunProperties").unwrap_or(&Value::Null));
    if chosen.is_empty() {
        return Err(Refusal::missing("DefaultRunProperties.RootTaskIds"));
    }
    let bizdates = bizdates(call, chosen.len())?;
    let production = call.production("EnvType", NEWER)?;
    let start = |store: &mut Store, tasks: Vec<Task>| -> Vec<i64> {
        let dag = |bizdate| Dag {
            id: 0,
            project,
            name: call.owned("Name").unwrap_or_default(),
            production,
            origin,
            bizdate,
            created: call.time.after(call.time.now, CREATION),
        };
        bizdates.iter().map(|bizdate| store.start_dag(dag(*bizdate), tasks.clone(), call.time)).collect()
    };
    // A task that is not there is told by the result of the operation, not by the call that began it.
    let outcome = match store.tasks(&chosen, production, call.time.now) {
        Ok(tasks) => Ok(start(store, tasks)),
        Err(refusal) => Err(refusal.message),
    };
    let number = store.next_id(0).unsigned_abs();
    let id = ids::uuid(OPERATIONS, number).to_lowercase();
    store.operations.insert(id.clone(), Operation { begun: call.time.now, outcome });
    Ok(object(json!({"OperationId": id})))
}

pub(super) fn created(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.text("OperationId").unwrap_or_default();
    let operation =
        store.operations.get(id).ok_or_else(|| Refusal::not_found(404, "Operation.NotFound", "operation", id))?;
    if !call.time.reached(operation.begun, CREATION) {
        return Ok(object(json!({"Result": {"Status": "Creating"}})));
    }
    let result = match &operation.outcome {
        Err(message) => json!({"Status": "CreateFailure", "FailureMessage": message}),
        Ok(dags) => {
            let instances = store.instances.values().filter(|instance| dags.contains(&instance.dag));
            let instances: Vec<i64> = instances.map(|instance| instance.id).collect();
            json!({
                "Status": "Created",
                "UnifiedWorkflowInstanceIds": dags,
                "WorkflowInstanceIds": dags,
                "WorkflowTaskInstanceIds": instances,
            })
        }
    };
    Ok(object(json!({"Result": result})))
}

pub(super) fn list(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let bizdate = dates::midnight(call.id("Bizdate")?);
    let (ids, tasks) = (call.ids("Ids")?, call.ids("TaskIds")?);
    let production = call.production("ProjectEnv", NEWER)?;
    let matches = |instance: &Instance| {
        instance.project == project
            && instance.production == production
            && instance.bizdate == bizdate
            && ids.as_ref().is_none_or(|ids| ids.contains(&instance.id))
            && tasks.as_ref().is_none_or(|tasks| tasks.contains(&instance.task.node))
            && call.integer("Id").is_none_or(|id| instance.id == id)
            && call.integer("TaskId").is_none_or(|task| instance.task.node == task)
            && call.integer("WorkflowInstanceId").is_none_or(|dag| instance.dag == dag)
            && call.integer("UnifiedWorkflowInstanceId").is_none_or(|dag| instance.dag == dag)
            && call.filter("TaskName").is_none_or(|name| instance.task.name.contains(name))
            && call.filter("TaskType").is_none_or(|kind| instance.task.program_type == kind)
            && call.filter("Owner").is_none_or(|owner| instance.task.owner == owner)
            && call.filter("WorkflowInstanceType").is_none_or(|kind| instance.origin.newer() == kind)
            && call.filter("Status").is_none_or(|status| instance.moment(call.time).state.newer() == status)
    };
    let mut all: Vec<_> = store.instances.values().filter(|instance| matches(instance)).collect();
    if call.filter("SortBy").is_some_and(|order| order.ends_with("Desc")) {
        all.reverse();
    }
    let page = page(call, all.into_iter())?;
    Ok(object(json!({"PagingInfo": page.object("TaskInstances", |instance| instance.listed_2024(call).into())})))
}

pub(super) fn get(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("Id")?;
    let instance = store.instances.get(&id).ok_or_else(|| unknown(id))?;
    Ok(object(json!({"TaskInstance": instance.detail_2024(call)})))
}

pub(super) fn log(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("Id")?;
    let instance = store.instances.get(&id).ok_or_else(|| unknown(id))?;
    let number = call.integer("RunNumber").map(|number| usize::try_from(number).unwrap_or_default());
    let number = number.unwrap_or(instance.attempts.len());
    let log = instance.log(number, call.time);
    let log = log.ok_or_else(|| Refusal::invalid("RunNumber", format!("the instance has no run {number}")))?;
    Ok(object(json!({"TaskInstanceLog": log})))
}

pub(super) fn rerun(store: &mut Store, call: &Call<'_>) -> Outcome {
    each(store, call, |instance| instance.restart(call.time), "has not ended")
}

pub(super) fn stop(store: &mut Store, call: &Call<'_>) -> Outcome {
    each(store, call, |instance| instance.stop(call.time), "has ended already")
}

/// Does something to each instance, and says of each how it went.
fn each(store: &mut Store, call: &Call<'_>, change: impl Fn(&mut Instance) -> bool, refused: &str) -> Outcome {
    let ids = call.ids("Ids")?.filter(|ids| !ids.is_empty()).ok_or_else(|| Refusal::missing("Ids"))?;
    let mut outcomes = Map::new();
    for id in ids {
        let problem = match store.instances.get_mut(&id) {
            None => Some("The task instance does not exist.".to_owned()),
            Some(instance) => (!change(instance)).then(|| format!("The task instance {refused}.")),
        };
        let outcome = json!({"Success": problem.is_none(), "Message": problem.unwrap_or_default()});
        outcomes.insert(id.to_string(), outcome);
    }
    Ok(object(json!({"SuccessInfo": outcomes})))
}
