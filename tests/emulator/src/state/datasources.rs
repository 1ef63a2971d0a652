//! Data sources: each environment has its own, and 2024-05-18 groups them by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{data, object, page};
use super::{ACCOUNT, Call, NEWER, Outcome, Store, dates};
use crate::error::Refusal;

const FIRST_ID: i64 = 20_000;

#[derive(Clone, Debug)]
pub(super) struct DataSource {
    id: i64,
    pub(super) project: i64,
    name: String,
    kind: String,
    sub_kind: String,
    description: String,
    /// `UrlMode`, `InstanceMode`, `CdhMode`.
    mode: String,
    /// `ConnectionProperties`, and `Content` in 2020-05-18.
    properties: Value,
    production: bool,
    enabled: bool,
    created: i64,
    modified: i64,
}

impl DataSource {
    pub(super) fn new(project: i64, name: &str, kind: &str, properties: Value, now: i64) -> Self {
        Self {
            id: 0,
            project,
            name: name.to_owned(),
            kind: kind.to_owned(),
            sub_kind: String::new(),
            description: String::new(),
            mode: "UrlMode".to_owned(),
            production: is_production(&properties).unwrap_or(true),
            properties,
            enabled: true,
            created: now,
            modified: now,
        }
    }

    fn object_2020(&self) -> Value {
        json!({
            "ConnectStatus": 1,
            "Content": self.properties.to_string(),
            "DataSourceType": self.kind,
            "DefaultEngine": false,
            "Description": self.description,
            "EnvType": i64::from(self.production),
            "GmtCreate": dates::long(self.created),
            "GmtModified": dates::long(self.modified),
            "Id": self.id,
            "Name": self.name,
            "Operator": ACCOUNT,
            "ProjectId": self.project,
            "Sequence": 300,
            "Shared": false,
            "Status": i64::from(self.enabled),
            "SubType": self.sub_kind,
            "TenantId": 280_749_521,
        })
    }

    /// What stands in a group of 2024-05-18; the group has the name and the type.
    fn grouped_2024(&self) -> Value {
        json!({
            "ConnectionProperties": self.properties,
            "ConnectionPropertiesMode": self.mode,
            "CreateTime": self.created,
            "CreateUser": ACCOUNT,
            "Description": self.description,
            "Id": self.id,
            "ModifyTime": self.modified,
            "ModifyUser": ACCOUNT,
            "QualifiedName": format!("{ACCOUNT}:cn-hangzhou:{}:{}", self.kind, self.name),
        })
    }

    fn object_2024(&self) -> Value {
        let mut body = self.grouped_2024();
        body["Name"] = self.name.as_str().into();
        body["ProjectId"] = self.project.into();
        body["Type"] = self.kind.as_str().into();
        body
    }
}

/// Which environment connection properties say they are for.
fn is_production(properties: &Value) -> Option<bool> {
    match properties.get("envType")?.as_str()? {
        "Prod" => Some(true),
        "Dev" => Some(false),
        _ => None,
    }
}

/// The JSON object in a text parameter.
fn properties(name: &str, text: &str) -> Result<Value, Refusal> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| Refusal::invalid(name, format!("it is not JSON: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(Refusal::invalid(name, "it is not a JSON object")) }
}

/// Connection properties of 2024-05-18 name their environment.
fn properties_2024(call: &Call<'_>) -> Result<Value, Refusal> {
    let value = properties("ConnectionProperties", call.text("ConnectionProperties").unwrap_or_default())?;
    if is_production(&value).is_none() {
        return Err(Refusal::invalid("ConnectionProperties", "envType must be \"Prod\" or \"Dev\""));
    }
    Ok(value)
}

fn environment_2020(call: &Call<'_>) -> Result<Option<bool>, Refusal> {
    match call.integer("EnvType") {
        None => Ok(None),
        Some(0) => Ok(Some(false)),
        Some(1) => Ok(Some(true)),
        Some(other) => {
            Err(Refusal::invalid("EnvType", format!("{other} is neither 0 (development) nor 1 (production)")))
        }
    }
}

/// `Status` of 2020-05-18.
fn status_2020(call: &Call<'_>) -> Result<Option<bool>, Refusal> {
    match call.filter("Status") {
        None => Ok(None),
        Some("ENABLED") => Ok(Some(true)),
        Some("DISABLED") => Ok(Some(false)),
        Some(other) => Err(Refusal::invalid("Status", format!("\"{other}\" is neither ENABLED nor DISABLED"))),
    }
}

impl Store {
    pub(super) fn add_data_source(&mut self, source: DataSource) -> Result<i64, Refusal> {
        let same = |it: &DataSource| {
            it.project == source.project && it.name == source.name && it.production == source.production
        };
        if self.data_sources.values().any(same) {
            let message = format!("The data source {} exists already in this environment.", source.name);
            return Err(Refusal::new(400, "ConnectionAlreadyExist", message));
        }
        let id = self.next_id(FIRST_ID);
        self.data_sources.insert(id, DataSource { id, ..source });
        Ok(id)
    }

    fn data_source(&mut self, id: i64, code: &str) -> Result<&mut DataSource, Refusal> {
        self.data_sources.get_mut(&id).ok_or_else(|| Refusal::not_found(400, code, "data source", id))
    }
}

/// The code of 2024-05-18 for a data source that is not there.
const UNKNOWN_2024: &str = "1000010005";

/// The 2020 answers carry their HTTP status as a text.
fn texted(mut body: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    body.insert("HttpStatusCode".to_owned(), "200".into());
    body
}

pub(super) fn create_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let content = properties("Content", call.text("Content").unwrap_or_default())?;
    let kind = call.text("DataSourceType").unwrap_or_default();
    let mut source = DataSource::new(project, call.text("Name").unwrap_or_default(), kind, content, call.time.now);
    source.production = environment_2020(call)?.unwrap_or(true);
    source.sub_kind = call.owned("SubType").unwrap_or_default();
    source.description = call.owned("Description").unwrap_or_default();
    Ok(texted(data(store.add_data_source(source)?)))
}

pub(super) fn list_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let (production, enabled) = (environment_2020(call)?, status_2020(call)?);
    let all = store.data_sources.values().filter(|source| {
        source.project == project
            && production.is_none_or(|production| source.production == production)
            && enabled.is_none_or(|enabled| source.enabled == enabled)
            && call.filter("Name").is_none_or(|name| source.name.contains(name))
            && call.filter("DataSourceType").is_none_or(|kind| source.kind == kind)
            && call.filter("SubType").is_none_or(|kind| source.sub_kind == kind)
    });
    Ok(data(page(call, all)?.object("DataSources", DataSource::object_2020)))
}

pub(super) fn update_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let content = call.filter("Content").map(|text| properties("Content", text)).transpose()?;
    let (production, enabled) = (environment_2020(call)?, status_2020(call)?);
    let source = store.data_source(call.id("DataSourceId")?, "DataSource.NotFound")?;
    source.properties = content.unwrap_or_else(|| source.properties.clone());
    source.description = call.owned("Description").unwrap_or_else(|| source.description.clone());
    source.production = production.unwrap_or(source.production);
    source.enabled = enabled.unwrap_or(source.enabled);
    source.modified = call.time.now;
    Ok(texted(data(true)))
}

pub(super) fn delete_2020(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = store.data_source(call.id("DataSourceId")?, "Invalid.Tenant.ConnectionNotExists")?.id;
    store.data_sources.remove(&id);
    Ok(texted(data(true)))
}

pub(super) fn create_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let kind = call.text("Type").unwrap_or_default();
    let name = call.text("Name").unwrap_or_default();
    let mut source = DataSource::new(project, name, kind, properties_2024(call)?, call.time.now);
    source.mode = call.owned("ConnectionPropertiesMode").unwrap_or_default();
    source.description = call.owned("Description").unwrap_or_default();
    Ok(object(json!({"Id": store.add_data_source(source)?})))
}

pub(super) fn list_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let kinds = call.values.get("Types").and_then(Value::as_array).filter(|kinds| !kinds.is_empty());
    let production = call.filter("EnvType").map(|_| call.production("EnvType", NEWER)).transpose()?;
    let matching = store.data_sources.values().filter(|source| {
        source.project == project
            && production.is_none_or(|production| source.production == production)
            && kinds.is_none_or(|kinds| kinds.iter().any(|kind| *kind == source.kind))
            && call.filter("Name").is_none_or(|name| source.name.contains(name))
    });
    // The sources of one name and type, in the order in which the first of each was made.
    let mut groups: Vec<(&str, &str, Vec<Value>)> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for source in matching {
        let place = *places.entry((&source.name, &source.kind)).or_insert(groups.len());
        if place == groups.len() {
            groups.push((&source.name, &source.kind, Vec::new()));
        }
        groups[place].2.push(source.grouped_2024());
    }
    if call.filter("Order").is_none_or(|order| order == "Desc") && call.filter("SortBy").is_some() {
        groups.reverse();
    }
    let page = page(call, groups.into_iter())?;
    let page =
        page.object("DataSources", |(name, kind, sources)| json!({"Name": name, "Type": kind, "DataSource": sources}));
    Ok(object(json!({"PagingInfo": page})))
}

pub(super) fn get_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let source = store.data_source(call.id("Id")?, UNKNOWN_2024)?;
    Ok(object(json!({"DataSource": source.object_2024()})))
}

pub(super) fn update_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2024(call.id("ProjectId")?)?.id;
    let (id, properties) = (call.id("Id")?, properties_2024(call)?);
    let source = store.data_source(id, UNKNOWN_2024)?;
    if source.project != project {
        return Err(Refusal::not_found(400, UNKNOWN_2024, "data source", id));
    }
    source.production = is_production(&properties).unwrap_or(source.production);
    source.properties = properties;
    source.mode = call.owned("ConnectionPropertiesMode").unwrap_or_else(|| source.mode.clone());
    source.description = call.owned("Description").unwrap_or_else(|| source.description.clone());
    source.modified = call.time.now;
    Ok(object(json!({"Success": true})))
}

pub(super) fn delete_2024(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = store.data_source(call.id("Id")?, UNKNOWN_2024)?.id;
    store.data_sources.remove(&id);
    Ok(object(json!({"Success": true})))
}
