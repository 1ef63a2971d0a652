//! Workspaces: projects, as the API calls them.

use serde_json::{Value, json};

use super::answer::{data, object, page};
use super::{ACCOUNT, Call, Outcome, Store, dates};
use crate::error::Refusal;

const FIRST_ID: i64 = 600_000;

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) id: i64,
    /// `ProjectIdentifier`, and `Name` in 2024-05-18.
    pub(super) identifier: String,
    /// `ProjectName`, and `DisplayName` in 2024-05-18.
    pub(super) name: String,
    pub(super) description: String,
    /// Whether it has a development environment beside production.
    pub(super) development: bool,
    pub(super) dev_role_disabled: bool,
    pub(super) pai: bool,
    pub(super) available: bool,
    pub(super) resource_group: String,
    pub(super) tags: Value,
    pub(super) created: i64,
    pub(super) modified: i64,
}

impl Project {
    pub(super) fn new(id: i64, identifier: &str, name: &str, now: i64) -> Self {
        Self {
            id,
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            development: true,
            dev_role_disabled: false,
            pai: false,
            available: true,
            resource_group: "rg-acfmzbn7pti3zfa".to_owned(),
            tags: json!([]),
            created: now,
            modified: now,
        }
    }

    fn status(&self) -> &'static str {
        if self.available { "Available" } else { "Forbidden" }
    }

    fn listed_2020(&self) -> Value {
        json!({
            "DisableDevelopment": !self.development,
            "IsDefault": 0,
            "ProjectDescription": self.description,
            "ProjectId": self.id,
            "ProjectIdentifier": self.identifier,
            "ProjectName": self.name,
            "ProjectOwnerBaseId": ACCOUNT,
            "ProjectStatus": if self.available { 0 } else { 4 },
            "ProjectStatusCode": self.status().to_uppercase(),
            "ResourceManagerResourceGroupId": self.resource_group,
            "TablePrivacyMode": 1,
            "Tags": self.tags,
            "UseProxyOdpsAccount": true,
        })
    }

    fn detail_2020(&self) -> Value {
        json!({
            "Appkey": "0",
            "BaseProject": false,
            "DefaultDiResourceGroupIdentifier": "group_280749521",
            "Destination": 0,
            "DevStorageQuota": "0",
            "DevelopmentType": 4,
            "DisableDevelopment": !self.development,
            "EnvTypes": if self.development { json!(["DEV", "PROD"]) } else { json!(["PROD"]) },
            "GmtCreate": dates::long(self.created),
            "GmtModified": dates::long(self.modified),
            "IsAllowDownload": 1,
            "IsDefault": 0,
            "MaxFlowNode": 1000,
            "ProdStorageQuota": "1",
            "ProjectDescription": self.description,
            "ProjectId": self.id,
            "ProjectIdentifier": self.identifier,
            "ProjectMode": if self.development { 3 } else { 2 },
            "ProjectName": self.name,
            "ProjectOwnerBaseId": ACCOUNT,
            "ProtectedMode": 0,
            "ResidentArea": "private",
            "ResourceManagerResourceGroupId": self.resource_group,
            "SchedulerMaxRetryTimes": 3,
            "SchedulerRetryInterval": 120_000,
            "Status": if self.available { 0 } else { 4 },
            "TablePrivacyMode": 1,
            "Tags": self.tags,
            "TenantId": 280_749_521,
            "UseProxyOdpsAccount": true,
        })
    }

    fn object_2024(&self) -> Value {
        json!({
            "AliyunResourceGroupId": self.resource_group,
            "AliyunResourceTags": self.tags,
            "Description": self.description,
            "DevEnvironmentEnabled": self.development,
            "DevRoleDisabled": self.dev_role_disabled,
            "DisplayName": self.name,
            "Id": self.id,
            "Name": self.identifier,
            "Owner": ACCOUNT,
            "PaiTaskEnabled": self.pai,
            "Status": self.status(),
        })
    }
}

/// A project that is not there, as 2020-05-18 says it.
fn unknown_2020(id: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(400, "Invalid.Tenant.ProjectNotExists", "project", id)
}

impl Store {
    /// The project that `ProjectId` or `ProjectIdentifier` names, for the actions that take either.
    pub(super) fn either_project(&self, call: &Call<'_>) -> Result<i64, Refusal> {
        if let Some(id) = call.integer("ProjectId") {
            return self.project_2020(id).map(|project| project.id);
        }
        let Some(identifier) = call.filter("ProjectIdentifier") else {
            return Err(Refusal::missing("ProjectId or ProjectIdentifier"));
        };
        self.project_named(identifier).map(|project| project.id)
    }

    pub(super) fn project_named(&self, identifier: &str) -> Result<&Project, Refusal> {
        let found = self.projects.values().find(|project| project.identifier == identifier);
        found.ok_or_else(|| unknown_2020(identifier))
    }

    pub(super) fn project_2020(&self, id: i64) -> Result<&Project, Refusal> {
        self.projects.get(&id).ok_or_else(|| unknown_2020(id))
    }

    /// A project that another resource of 2024-05-18 is asked for in.
    pub(super) fn project_2024(&self, id: i64) -> Result<&Project, Refusal> {
        self.projects.get(&id).ok_or_else(|| Refusal::not_found(400, "9990040003", "project", id))
    }

    /// A project of 2024-05-18 itself.
    fn own_project_2024(&mut self, id: i64) -> Result<&mut Project, Refusal> {
        self.projects.get_mut(&id).ok_or_else(|| Refusal::not_found(400, "1101080008", "project", id))
    }

    fn add_project(
        &mut self,
        name: &str,
        parameter: &str,
        project: impl FnOnce(i64) -> Project,
    ) -> Result<i64, Refusal> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(plain) {
            return Err(Refusal::invalid(
                parameter,
                "it begins with a letter and holds letters, digits and underscores",
            ));
        }
        if self.project_named(name).is_ok() {
            return Err(Refusal::invalid(parameter, format!("a project \"{name}\" exists already")));
        }
        let id = self.next_id(FIRST_ID);
        self.projects.insert(id, project(id));
        Ok(id)
    }
}

pub(super) fn list_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let group = call.filter("ResourceManagerResourceGroupId");
    let all = store.projects.values().filter(|project| group.is_none_or(|group| project.resource_group == group));
    let page = page(call, all)?;
    Ok(object(json!({"PageResult": page.object("ProjectList", Project::listed_2020)})))
}

pub(super) fn get_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = store.either_project(call)?;
    Ok(data(store.project_2020(id)?.detail_2020()))
}

pub(super) fn create_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let identifier = call.text("ProjectIdentifier").unwrap_or_default();
    let id = store.add_project(identifier, "ProjectIdentifier", |id| {
        let mut project = Project::new(id, identifier, call.text("ProjectName").unwrap_or_default(), call.time.now);
        project.description = call.owned("ProjectDescription").unwrap_or_default();
        project.development = call.integer("ProjectMode") == Some(3) && call.flag("DisableDevelopment") != Some(true);
        project.resource_group = call.owned("ResourceManagerResourceGroupId").unwrap_or(project.resource_group);
        project.tags = call.values.get("Tags").cloned().unwrap_or(project.tags);
        project
    })?;
    Ok(data(id))
}

pub(super) fn list_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let ids = call.ids("Ids")?;
    let names = call.values.get("Names").and_then(Value::as_array);
    let named = |project: &Project| names.is_none_or(|names| names.iter().any(|name| *name == project.identifier));
    let all = store.projects.values().filter(|project| {
        ids.as_ref().is_none_or(|ids| ids.contains(&project.id))
            && named(project)
            && call.filter("Status").is_none_or(|status| project.status() == status)
            && call.filter("AliyunResourceGroupId").is_none_or(|group| project.resource_group == group)
            && call.flag("DevEnvironmentEnabled").is_none_or(|flag| project.development == flag)
            && call.flag("DevRoleDisabled").is_none_or(|flag| project.dev_role_disabled == flag)
            && call.flag("PaiTaskEnabled").is_none_or(|flag| project.pai == flag)
    });
    let page = page(call, all)?;
    Ok(object(json!({"PagingInfo": page.object("Projects", Project::object_2024)})))
}

pub(super) fn get_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.own_project_2024(call.id("Id")?)?;
    Ok(object(json!({"Project": project.object_2024()})))
}

pub(super) fn create_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let name = call.text("Name").unwrap_or_default();
    let id = store.add_project(name, "Name", |id| {
        let mut project = Project::new(id, name, "", call.time.now);
        project.development = false;
        apply_2024(&mut project, call);
        project
    })?;
    Ok(object(json!({"Id": id, "ProjectId": id})))
}

pub(super) fn update_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.own_project_2024(call.id("Id")?)?;
    apply_2024(project, call);
    project.modified = call.time.now;
    Ok(object(json!({})))
}

pub(super) fn delete_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = store.own_project_2024(call.id("Id")?)?.id;
    store.projects.remove(&id);
    store.files.retain(|_, file| file.project != id);
    store.data_sources.retain(|_, source| source.project != id);
    Ok(object(json!({})))
}

/// Takes over what the call gives; what it leaves out stays.
fn apply_2024(project: &mut Project, call: &Call<'_>) {
    if let Some(text) = call.owned("DisplayName") {
        project.name = text;
    }
    if let Some(text) = call.owned("Description") {
        project.description = text;
    }
    if let Some(text) = call.owned("AliyunResourceGroupId") {
        project.resource_group = text;
    }
    if let Some(tags) = call.values.get("AliyunResourceTags") {
        project.tags = tags.clone();
    }
    if let Some(status) = call.text("Status") {
        project.available = status == "Available";
    }
    project.development = call.flag("DevEnvironmentEnabled").unwrap_or(project.development);
    project.dev_role_disabled = call.flag("DevRoleDisabled").unwrap_or(project.dev_role_disabled);
    project.pai = call.flag("PaiTaskEnabled").unwrap_or(project.pai);
}
