//! Files of `DataStudio`: what people edit. A file that is submitted and deployed is a node of the scheduler.

use serde_json::{Map, Value, json};

use super::answer::{data, done, object, page};
use super::deployments::Target;
use super::nodes::Node;
use super::{ACCOUNT, Call, Outcome, Store};
use crate::error::Refusal;

/// The service gives files and nodes numbers of 19 digits, more than a float keeps.
const FIRST_ID: i64 = 8_604_388_726_201_130_000;

/// The parameters that say when and how the scheduler runs the node.
const SETTINGS: [&str; 20] = [
    "ApplyScheduleImmediately",
    "AutoRerunIntervalMillis",
    "AutoRerunTimes",
    "CronExpress",
    "CycleType",
    "DependentNodeIdList",
    "DependentType",
    "EndEffectDate",
    "IgnoreParentSkipRunningProperty",
    "ImageId",
    "InputList",
    "InputParameters",
    "OutputList",
    "OutputParameters",
    "ParaValue",
    "RerunMode",
    "ResourceGroupId",
    "SchedulerType",
    "StartEffectDate",
    "Timeout",
];

#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) id: i64,
    pub(super) project: i64,
    pub(super) name: String,
    /// `FileType`: 10 is an ODPS SQL.
    pub(super) kind: i64,
    pub(super) content: String,
    pub(super) description: String,
    pub(super) folder: String,
    pub(super) owner: String,
    pub(super) connection: String,
    pub(super) advanced: String,
    pub(super) auto_parsing: bool,
    pub(super) start_immediately: bool,
    pub(super) stop: bool,
    pub(super) created: i64,
    pub(super) edited: i64,
    /// Whether the latest change is submitted.
    pub(super) committed: bool,
    pub(super) submitted: Option<i64>,
    /// Counts the submissions.
    pub(super) version: i64,
    pub(super) settings: Map<String, Value>,
    pub(super) node: Option<Node>,
    /// The FlowSpec of 2024-05-18 that it was made from.
    pub(super) spec: Option<String>,
}

impl File {
    pub(super) fn new(id: i64, project: i64, name: &str, kind: i64, now: i64) -> Self {
        Self {
            id,
            project,
            name: name.to_owned(),
            kind,
            folder: "Business_process/default/MaxCompute".to_owned(),
            owner: ACCOUNT.to_owned(),
            connection: "odps_first".to_owned(),
            auto_parsing: true,
            created: now,
            edited: now,
            ..Self::default()
        }
    }

    /// A setting, or what the service takes when it is not given.
    pub(super) fn setting(&self, name: &str) -> Value {
        if let Some(value) = self.settings.get(name) {
            return value.clone();
        }
        match name {
            "ApplyScheduleImmediately" | "IgnoreParentSkipRunningProperty" => "false".into(),
            "AutoRerunIntervalMillis" => 120_000.into(),
            "AutoRerunTimes" => 3.into(),
            "CronExpress" => "00 00 00 * * ?".into(),
            "CycleType" => "DAY".into(),
            "DependentType" => "NONE".into(),
            "RerunMode" => "ALL_ALLOWED".into(),
            "ResourceGroupId" => 375_827_434_852_437_i64.into(),
            "SchedulerType" => "NORMAL".into(),
            "EndEffectDate" | "StartEffectDate" | "Timeout" => 0.into(),
            _ => "".into(),
        }
    }

    pub(super) fn setting_text(&self, name: &str) -> String {
        self.setting(name).as_str().unwrap_or_default().to_owned()
    }

    /// The business flow it lies in.
    pub(super) fn flow(&self) -> &str {
        self.folder.split('/').nth(1).unwrap_or_default()
    }

    /// Takes over what the call gives; what it leaves out stays.
    fn apply(&mut self, call: &Call<'_>) {
        let texts: [(&str, &mut String); 7] = [
            ("FileName", &mut self.name),
            ("Content", &mut self.content),
            ("FileDescription", &mut self.description),
            ("FileFolderPath", &mut self.folder),
            ("Owner", &mut self.owner),
            ("ConnectionName", &mut self.connection),
            ("AdvancedSettings", &mut self.advanced),
        ];
        for (name, field) in texts {
            if let Some(text) = call.text(name) {
                text.clone_into(field);
            }
        }
        let flags: [(&str, &mut bool); 3] = [
            ("AutoParsing", &mut self.auto_parsing),
            ("StartImmediately", &mut self.start_immediately),
            ("Stop", &mut self.stop),
        ];
        for (name, field) in flags {
            *field = call.flag(name).unwrap_or(*field);
        }
        for name in SETTINGS {
            if let Some(value) = call.values.get(name) {
                // Two of them are booleans in requests and texts in answers.
                let value = value.as_bool().map_or_else(|| value.clone(), |flag| flag.to_string().into());
                self.settings.insert(name.to_owned(), value);
            }
        }
        // What a FlowSpec said before is said by the file now.
        self.spec = None;
        self.committed = false;
        self.edited = call.time.now;
    }

    /// The fields that `GetFile` and `ListFiles` share.
    fn shared(&self) -> Map<String, Value> {
        let mut body = object(json!({
            "AutoParsing": self.auto_parsing,
            "BizId": 1_000_001,
            "BusinessId": 1_000_001,
            "CommitStatus": i64::from(self.committed),
            "ConnectionName": self.connection,
            "CreateTime": self.created,
            "CreateUser": ACCOUNT,
            "CurrentVersion": self.version,
            "FileDescription": self.description,
            "FileFolderId": "2735c2d6",
            "FileId": self.id,
            "FileName": self.name,
            "FileType": self.kind,
            "IsMaxCompute": matches!(self.kind, 10 | 11 | 24),
            "LastEditTime": self.edited,
            "LastEditUser": ACCOUNT,
            "Owner": self.owner,
            "ParentId": -1,
            "UseType": "NORMAL",
        }));
        if let Some(node) = &self.node {
            body.insert("NodeId".to_owned(), node.id.into());
        }
        body
    }

    fn detail(&self) -> Value {
        let mut file = self.shared();
        file.insert("AdvancedSettings".to_owned(), self.advanced.as_str().into());
        file.insert("Content".to_owned(), self.content.as_str().into());
        file.insert("DeletedStatus".to_owned(), "NORMAL".into());
        json!({"File": file, "NodeConfiguration": self.configuration()})
    }

    fn configuration(&self) -> Map<String, Value> {
        let mut body: Map<String, Value> =
            SETTINGS.iter().map(|name| ((*name).to_owned(), self.setting(name))).collect();
        let names = |name: &str| -> Vec<String> {
            self.setting_text(name).split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let inputs: Vec<_> =
            names("InputList").iter().map(|input| json!({"Input": input, "ParseType": "MANUAL"})).collect();
        let outputs: Vec<_> =
            names("OutputList").iter().map(|output| json!({"Output": output, "RefTableName": ""})).collect();
        body.insert("InputList".to_owned(), inputs.into());
        body.insert("OutputList".to_owned(), outputs.into());
        for name in ["InputParameters", "OutputParameters"] {
            let list = serde_json::from_str(&self.setting_text(name)).ok().filter(Value::is_array);
            body.insert(name.to_owned(), list.unwrap_or_else(|| json!([])));
        }
        body.insert("StartImmediately".to_owned(), self.start_immediately.into());
        body.insert("Stop".to_owned(), self.stop.into());
        body
    }

    fn listed(&self, call: &Call<'_>) -> Value {
        let mut body = self.shared();
        if call.flag("NeedContent") == Some(true) {
            body.insert("Content".to_owned(), self.content.as_str().into());
        }
        if call.flag("NeedAbsoluteFolderPath") == Some(true) {
            body.insert("AbsoluteFolderPath".to_owned(), self.folder.as_str().into());
        }
        body.into()
    }
}

/// A file that is not there. The facts name no code for it: this one is made like the documented `DataSource.NotFound`.
fn unknown(id: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(404, "File.NotFound", "file", id)
}

impl Store {
    pub(super) fn add_file(&mut self, make: impl FnOnce(i64) -> File) -> i64 {
        let id = self.next_id(FIRST_ID);
        self.files.insert(id, make(id));
        id
    }

    /// Where the call may say which project it means, the file must lie there.
    pub(super) fn file(&mut self, call: &Call<'_>, id: i64) -> Result<&mut File, Refusal> {
        let project = self.either_project(call)?;
        let file = self.files.get_mut(&id).filter(|file| file.project == project);
        file.ok_or_else(|| unknown(id))
    }

    /// The file that `FileId` or `NodeId` names.
    pub(super) fn file_or_node(&mut self, call: &Call<'_>) -> Result<&mut File, Refusal> {
        if let Some(id) = call.integer("FileId") {
            return self.file(call, id);
        }
        let node = call.integer("NodeId").ok_or_else(|| Refusal::missing("FileId or NodeId"))?;
        let found = self.files.values().find(|file| file.node.as_ref().is_some_and(|it| it.id == node));
        let id = found.map(|file| file.id).ok_or_else(|| unknown(format!("of node {node}")))?;
        self.file(call, id)
    }
}

pub(super) fn create(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.either_project(call)?;
    let name = call.filter("FileName").ok_or_else(|| Refusal::missing("FileName"))?;
    let mut file = File::new(0, project, name, call.id("FileType")?, call.time.now);
    file.apply(call);
    let taken =
        store.files.values().any(|it| it.project == project && it.folder == file.folder && it.name == file.name);
    if taken {
        return Err(Refusal::invalid("FileName", format!("a file \"{name}\" exists already in {}", file.folder)));
    }
    Ok(data(store.add_file(|id| File { id, ..file })))
}

pub(super) fn update(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("FileId")?;
    store.file(call, id)?.apply(call);
    Ok(done())
}

pub(super) fn get(store: &mut Store, call: &Call<'_>) -> Outcome {
    Ok(data(store.file_or_node(call)?.detail()))
}

pub(super) fn list(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.either_project(call)?;
    let chosen = call.ids("FileIdIn")?;
    let kinds = call.ids("FileTypes")?.filter(|kinds| !kinds.is_empty());
    let folder = call.filter("FileFolderPath").map(|folder| folder.trim_end_matches('/'));
    let all = store.files.values().filter(|file| {
        file.project == project
            && chosen.as_ref().is_none_or(|ids| ids.contains(&file.id))
            && kinds.as_ref().is_none_or(|kinds| kinds.contains(&file.kind))
            && folder.is_none_or(|folder| file.folder.starts_with(folder))
            && call.filter("Keyword").is_none_or(|word| file.name.contains(word))
            && call.filter("ExactFileName").is_none_or(|name| file.name == name)
            && call.filter("Owner").is_none_or(|owner| file.owner == owner)
            && call.filter("LastEditUser").is_none_or(|user| user == ACCOUNT)
            && call.filter("UseType").is_none_or(|kind| kind == "NORMAL")
            && call.integer("CommitStatus").is_none_or(|status| i64::from(file.committed) == status)
            && call.integer("NodeId").is_none_or(|id| file.node.as_ref().is_some_and(|node| node.id == id))
    });
    let page = page(call, all)?;
    Ok(data(page.object("Files", |file| file.listed(call))))
}

/// Takes the file away, and with it its node; that of a submitted file goes through a deployment of its own.
pub(super) fn delete(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("FileId")?;
    let submitted = store.file(call, id)?.version > 0;
    let mut body = done();
    if let Some(file) = store.files.remove(&id)
        && submitted
    {
        let deployment = store.add_deployment(&file, Target::Production, call.time.now);
        body.insert("DeploymentId".to_owned(), deployment.into());
    }
    Ok(body)
}
