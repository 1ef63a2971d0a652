//! Nodes: files as the scheduler sees them, once submitted (development) and deployed (production).

use serde_json::{Value, json};

use super::answer::{data, done, object, page};
use super::files::File;
use super::{ACCOUNT, Call, OLDER, Outcome, Store};
use crate::error::Refusal;

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// `NodeId`, and `TaskId` in 2024-05-18: not the file's.
    pub(super) id: i64,
    pub(super) development: Option<Copy>,
    /// Each deployment; the latest that has ended is what runs.
    pub(super) production: Vec<Copy>,
}

/// A file as it was submitted.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) version: i64,
    /// From when it is there.
    pub(super) at: i64,
    pub(super) content: String,
}

impl Node {
    pub(super) fn new(id: i64) -> Self {
        Self { id, development: None, production: Vec::new() }
    }

    /// What is in production, or in development, of it now.
    pub(super) fn copy(&self, production: bool, now: i64) -> Option<&Copy> {
        if production { self.production.iter().rev().find(|copy| copy.at <= now) } else { self.development.as_ref() }
    }
}

/// What a file's type is to the scheduler.
fn program_type(kind: i64) -> &'static str {
    match kind {
        6 => "DIDE_SHELL",
        10 => "ODPS_SQL",
        11 => "ODPS_MR",
        23 => "DI",
        24 => "ODPS_SQL_SCRIPT",
        99 => "VIRTUAL",
        221 => "PYODPS",
        225 => "ODPS_SPARK",
        227 => "EMR_HIVE",
        228 => "EMR_SPARK",
        1221 => "PYODPS3",
        _ => "OTHER",
    }
}

fn kind_of(program_type: &str) -> i64 {
    let kinds = [6, 10, 11, 23, 24, 99, 221, 225, 227, 228, 1221];
    kinds.into_iter().find(|kind| self::program_type(*kind).eq_ignore_ascii_case(program_type)).unwrap_or(10)
}

impl File {
    pub(super) fn program_type(&self) -> &'static str {
        program_type(self.kind)
    }

    /// The node with the copy that is in the environment, if one is.
    pub(super) fn in_environment(&self, production: bool, now: i64) -> Option<(&Node, &Copy)> {
        let node = self.node.as_ref()?;
        node.copy(production, now).map(|copy| (node, copy))
    }

    fn node_2020(&self, node: &Node, copy: &Copy) -> Value {
        json!({
            "BaselineId": 123_456,
            "BusinessId": 1_000_001,
            "Connection": self.connection,
            "CreateTime": self.created,
            "CronExpress": self.setting("CronExpress"),
            "DeployDate": copy.at,
            "Description": self.description,
            "DqcDescription": "",
            "DqcType": 0,
            "FileId": self.id,
            "FileType": self.kind,
            "FileVersion": copy.version,
            "ModifyTime": self.edited,
            "NodeId": node.id,
            "NodeName": self.name,
            "OwnerId": self.owner,
            "ParamValues": self.setting("ParaValue"),
            "Priority": 1,
            "ProgramType": self.program_type(),
            "ProjectId": self.project,
            "RelatedFlowId": 1_000_001,
            "RepeatInterval": self.setting("AutoRerunIntervalMillis"),
            "RepeatMode": 0,
            "Repeatability": self.setting_text("RerunMode") != "ALL_DENIED",
            "ResGroupIdentifier": "group_375827434852437",
            "ResGroupName": "Default resource group",
            "SchedulerType": self.setting("SchedulerType"),
        })
    }

    fn recurrence(&self) -> &'static str {
        match self.setting_text("SchedulerType").as_str() {
            "PAUSE" => "Pause",
            "SKIP" => "Skip",
            "MANUAL" => "NoneAuto",
            _ => "Normal",
        }
    }

    fn rerun_mode(&self) -> &'static str {
        match self.setting_text("RerunMode").as_str() {
            "ALL_DENIED" => "Denied",
            "FAILURE_ALLOWED" => "FailureAllowed",
            _ => "Allowed",
        }
    }

    /// A node of 2024-05-18. Its id is the file's.
    fn listed_2024(&self) -> Value {
        json!({
            "CreateTime": self.created,
            "DataSource": {"Name": self.connection, "Type": "odps"},
            "Description": self.description,
            "Id": self.id.to_string(),
            "Inputs": {"NodeOutputs": [], "Tables": [], "Variables": []},
            "ModifyTime": self.edited,
            "Name": self.name,
            "Outputs": {
                "NodeOutputs": [{"Data": self.id.to_string(), "RefTableName": self.name}],
                "Tables": [],
                "Variables": [],
            },
            "Owner": self.owner,
            "ProjectId": self.project,
            "Recurrence": self.recurrence(),
            "RuntimeResource": {"ResourceGroup": "S_res_group_emulator", "ResourceGroupId": "375827434852437"},
            "Script": {
                "Id": (self.id - 1_000_000).to_string(),
                "Path": format!("{}/{}", self.folder, self.name),
                "Runtime": {"Command": self.program_type()},
            },
            "Strategy": {
                "InstanceMode": "T+1",
                "RerunInterval": self.setting("AutoRerunIntervalMillis"),
                "RerunMode": self.rerun_mode(),
                "RerunTimes": self.setting("AutoRerunTimes"),
                "Timeout": self.setting("Timeout"),
            },
            "Tags": [],
            "TaskId": self.node.as_ref().map_or(0, |node| node.id),
            "Trigger": {
                "Cron": self.setting("CronExpress"),
                "EndTime": "9999-01-01 00:00:00",
                "Id": (self.id + 1_000_000).to_string(),
                "StartTime": "1970-01-01 00:00:00",
                "Timezone": "Asia/Shanghai",
                "Type": if self.recurrence() == "NoneAuto" { "Manual" } else { "Scheduler" },
            },
        })
    }

    /// The FlowSpec: the text it was made from, or one that says what the file says.
    fn flow_spec(&self) -> String {
        self.spec.clone().unwrap_or_else(|| {
            let node = json!({
                "id": self.id.to_string(),
                "name": self.name,
                "owner": self.owner,
                "recurrence": self.recurrence(),
                "script": {
                    "path": format!("{}/{}", self.folder, self.name),
                    "runtime": {"command": self.program_type()},
                    "content": self.content,
                },
                "trigger": {"type": "Scheduler", "cron": self.setting("CronExpress"), "timezone": "Asia/Shanghai"},
                "outputs": {"nodeOutputs": [{"data": self.id.to_string(), "refTableName": self.name}]},
            });
            json!({"version": "1.1.0", "kind": "CycleWorkflow", "spec": {"nodes": [node]}}).to_string()
        })
    }

    /// Takes over a FlowSpec: its first node is the file.
    fn apply_spec(&mut self, text: &str, now: i64) -> Result<(), Refusal> {
        let spec: Value =
            serde_json::from_str(text).map_err(|error| Refusal::invalid("Spec", format!("it is not JSON: {error}")))?;
        let node = spec.pointer("/spec/nodes/0").filter(|node| node.is_object());
        let node = node.ok_or_else(|| Refusal::invalid("Spec", "spec.nodes holds no node"))?;
        let read = |path: &str| node.pointer(path).and_then(Value::as_str);
        let name = read("/name").filter(|name| !name.is_empty());
        name.ok_or_else(|| Refusal::missing("Spec.spec.nodes.1.name"))?.clone_into(&mut self.name);
        if let Some(content) = read("/script/content") {
            content.clone_into(&mut self.content);
        }
        if let Some((folder, _)) = read("/script/path").and_then(|path| path.rsplit_once('/')) {
            folder.clone_into(&mut self.folder);
        }
        if let Some(command) = read("/script/runtime/command") {
            self.kind = kind_of(command);
        }
        if let Some(cron) = read("/trigger/cron") {
            self.settings.insert("CronExpress".to_owned(), cron.into());
        }
        self.spec = Some(text.to_owned());
        self.edited = now;
        self.committed = false;
        Ok(())
    }
}

/// A node that is not there. The facts name no code for it: this one is made like the documented `DataSource.NotFound`.
fn unknown(id: impl std::fmt::Display, place: &str) -> Refusal {
    Refusal::new(404, "Node.NotFound", format!("The node {id} does not exist{place}."))
}

impl Store {
    /// The file of a node that is in production, or in development.
    pub(super) fn node(&self, id: i64, production: bool, now: i64) -> Result<(&File, &Node, &Copy), Refusal> {
        let found = self.files.values().find_map(|file| {
            let (node, copy) = file.in_environment(production, now)?;
            (node.id == id).then_some((file, node, copy))
        });
        let place = if production { " in production: deploy it first" } else { " in development: submit it first" };
        found.ok_or_else(|| unknown(id, place))
    }

    fn own_node_2024(&mut self, call: &Call<'_>) -> Result<&mut File, Refusal> {
        let id = call.text("Id").unwrap_or_default();
        let project = call.integer("ProjectId");
        if let Some(project) = project {
            self.project_2024(project)?;
        }
        let file = id.parse().ok().and_then(|id: i64| self.files.get_mut(&id));
        file.filter(|file| project.is_none_or(|project| file.project == project)).ok_or_else(|| unknown(id, ""))
    }
}

pub(super) fn list_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let production = call.production("ProjectEnv", OLDER)?;
    let all = store.files.values().filter(|file| {
        file.project == project
            && call.filter("NodeName").is_none_or(|name| file.name.contains(name))
            && call.filter("Owner").is_none_or(|owner| file.owner == owner)
            && call.filter("ProgramType").is_none_or(|kind| file.program_type() == kind)
            && call.filter("SchedulerType").is_none_or(|kind| file.setting_text("SchedulerType") == kind)
            && call.filter("BizName").is_none_or(|flow| file.flow() == flow)
    });
    let there =
        all.filter_map(|file| file.in_environment(production, call.time.now).map(|(node, copy)| (file, node, copy)));
    let page = page(call, there)?;
    Ok(data(page.object("Nodes", |(file, node, copy)| file.node_2020(node, copy))))
}

pub(super) fn get_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let production = call.production("ProjectEnv", OLDER)?;
    let (file, node, copy) = store.node(call.id("NodeId")?, production, call.time.now)?;
    let mut body = file.node_2020(node, copy);
    // A boolean in the list, a text here: that is how the service has it.
    body["Repeatability"] = body["Repeatability"].to_string().into();
    Ok(data(body))
}

pub(super) fn code(store: &mut Store, call: &Call<'_>) -> Outcome {
    let production = call.production("ProjectEnv", OLDER)?;
    let (_, _, copy) = store.node(call.id("NodeId")?, production, call.time.now)?;
    Ok(data(copy.content.as_str()))
}

pub(super) fn list_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let scene =
        call.filter("Scene").is_none_or(|scene| scene.replace('_', "").eq_ignore_ascii_case("DataworksProject"));
    let all = store.files.values().filter(|file| {
        file.project == project
            && scene
            && call.filter("ContainerId").is_none()
            && call.filter("Name").is_none_or(|name| file.name.contains(name))
            && call.filter("Recurrence").is_none_or(|word| file.recurrence() == word)
            && call.filter("RerunMode").is_none_or(|word| file.rerun_mode() == word)
    });
    let mut page = page(call, all)?.object("Nodes", File::listed_2024);
    // The paging fields of this answer are texts.
    for name in ["PageNumber", "PageSize", "TotalCount"] {
        page[name] = page[name].to_string().into();
    }
    Ok(object(json!({"PagingInfo": page})))
}

pub(super) fn get_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let file = store.own_node_2024(call)?;
    let node = json!({
        "CreateTime": file.created,
        "Id": file.id.to_string(),
        "ModifyTime": file.edited,
        "Name": file.name,
        "Owner": file.owner,
        "ProjectId": file.project,
        "Spec": file.flow_spec(),
        "TaskId": file.node.as_ref().map_or(0, |node| node.id),
    });
    Ok(object(json!({"Node": node})))
}

pub(super) fn create_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let mut file = File::new(0, project, "", 10, call.time.now);
    ACCOUNT.clone_into(&mut file.owner);
    file.apply_spec(call.text("Spec").unwrap_or_default(), call.time.now)?;
    let id = store.add_file(|id| File { id, ..file });
    Ok(object(json!({"Id": id.to_string()})))
}

pub(super) fn update_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let file = store.own_node_2024(call)?;
    file.apply_spec(call.text("Spec").unwrap_or_default(), call.time.now)?;
    Ok(object(json!({"Success": true})))
}

pub(super) fn delete_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = store.own_node_2024(call)?.id;
    store.files.remove(&id);
    let mut body = done();
    body.remove("HttpStatusCode");
    Ok(body)
}
