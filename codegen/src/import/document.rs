//! One official file: read as a whole, then turned into the files of its version.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dataworks_api_spec::{Action, Endpoint, Problem, Service, SharedType};
use serde::Deserialize;

use super::action::Home;
use super::findings::{At, Finding, Refused};
use super::reader::Reader;
use super::value::Value;
use super::{fields, fields::Fields, is_type_name, is_version, names, print};

/// The product whose versions these are, where nothing is there yet that says so.
const PRODUCT: &str = "dataworks-public";

/// An official file that has been read and found in order.
#[derive(Clone, Debug)]
pub struct Document {
    file: String,
    service: Service,
    actions: BTreeMap<String, Action>,
    types: BTreeMap<String, SharedType>,
    notes: Vec<String>,
}

/// What an official file becomes.
#[derive(Clone, Debug)]
pub struct Import {
    /// Path inside the version's folder (`actions/ListNodes.json`) → text.
    pub files: BTreeMap<String, String>,
    /// How these files differ from what is there.
    pub changes: Changes,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// How the files of a version change: paths inside its folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Files that are not there yet.
    pub new: Vec<String>,
    /// Files whose text changes.
    pub changed: Vec<String>,
    /// Files of what upstream no longer has.
    pub removed: Vec<String>,
    /// Files that stay as they are.
    pub unchanged: Vec<String>,
}

impl Document {
    /// Reads an official file: YAML if its name ends so, else JSON.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, or the first place where it is no JSON or YAML.
    pub fn read(file: &str, text: &str) -> Result<Self, Refused> {
        let root = parse(file, text)?;
        let mut reader = Reader::default();
        report_duplicates(&mut reader, &At::ROOT, &root);
        let (service, actions, types) = reader.document(&root);
        if !reader.findings.is_empty() {
            return Err(Refused { file: file.to_owned(), findings: reader.findings });
        }
        Ok(Self { file: file.to_owned(), service, actions, types, notes: reader.into_notes() })
    }

    /// The API version: the name of the folder.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.service.version
    }

    /// The files of the version, given those that are there: path inside the version's folder → text.
    /// Names of nested types that are recorded in these stay.
    ///
    /// # Errors
    ///
    /// Where it is of another product than the version that is there, or where a present file cannot be read, so that
    /// its recorded names would be lost.
    pub fn import(self, current: &BTreeMap<String, String>) -> Result<Import, Refused> {
        self.check_product(current.get("service.json"))?;
        let mut files = BTreeMap::new();
        let mut findings = Vec::new();
        let mut recorded = |path: &str| {
            let text = current.get(path).map_or("{}", String::as_str);
            match serde_json::from_str::<Recorded>(text) {
                Ok(recorded) => recorded,
                Err(error) => {
                    let what = format!("holds names that must stay, and cannot be read: {error}; restore or delete it");
                    findings.push(Finding { at: format!("{}/{path}", self.service.version), what });
                    Recorded::default()
                }
            }
        };
        let printed = |model: Result<String, serde_json::Error>| {
            model.map_err(|error| Refused::one(&self.file, &"", format!("cannot be written as JSON: {error}")))
        };
        files.insert("service.json".to_owned(), printed(print::file(&self.service))?);
        for (name, mut action) in self.actions {
            let path = format!("actions/{name}.json");
            let before = recorded(&path);
            action.type_names = names::of_action(&name, &action, &before.type_names);
            action.field_names = fields::given(&Fields::of(&action), &before.fields(&name), &before.field_names);
            files.insert(path, printed(print::file(&action))?);
        }
        for (name, mut shared) in self.types {
            let path = format!("types/{name}.json");
            let before = recorded(&path);
            shared.type_names = names::of_shared(&name, &shared.schema, &before.type_names);
            let now = Fields::of_shared(&name, &shared.schema);
            shared.field_names = fields::given(&now, &before.fields(&name), &before.field_names);
            files.insert(path, printed(print::file(&shared))?);
        }
        if !findings.is_empty() {
            return Err(Refused { file: self.file, findings });
        }
        Ok(Import { changes: Changes::between(current, &files), files, notes: self.notes })
    }
}

/// What is read of `service.json` that is there.
#[derive(Deserialize)]
struct Served {
    product: String,
}

/// What is read of a file that is there: other keys may be of an older form.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Recorded {
    type_names: BTreeMap<String, String>,
    field_names: BTreeMap<String, String>,
    parameters: serde_json::Value,
    answer: serde_json::Value,
    schema: serde_json::Value,
}

impl Recorded {
    fn fields(&self, name: &str) -> Fields {
        Fields::read([&self.parameters, &self.answer, &self.schema], name)
    }
}

impl Document {
    /// A file of another product would take away everything that is there.
    fn check_product(&self, service: Option<&String>) -> Result<(), Refused> {
        let version = &self.service.version;
        let expected = match service.map(|text| serde_json::from_str::<Served>(text)) {
            None => PRODUCT.to_owned(),
            Some(Ok(served)) => served.product,
            Some(Err(error)) => {
                let what = format!("names the product, and cannot be read: {error}; restore or delete it");
                return Err(Refused::one(&self.file, &format!("{version}/service.json"), what));
            }
        };
        if self.service.product == expected {
            return Ok(());
        }
        let what = format!(
            "{:?} is another product: {version} is of {expected:?}; take that product's file",
            self.service.product
        );
        Err(Refused::one(&self.file, &"info.product", what))
    }
}

impl Changes {
    fn between(current: &BTreeMap<String, String>, files: &BTreeMap<String, String>) -> Self {
        let mut changes = Self::default();
        for (path, text) in files {
            let list = match current.get(path) {
                None => &mut changes.new,
                Some(old) if old != text => &mut changes.changed,
                Some(_) => &mut changes.unchanged,
            };
            list.push(path.clone());
        }
        changes.removed = current.keys().filter(|path| !files.contains_key(*path)).cloned().collect();
        changes
    }
}

fn parse(file: &str, text: &str) -> Result<Value, Refused> {
    let path = Path::new(file);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    dataworks_api_spec::parse(path, text).map_err(|error| {
        let yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        let form = if yaml { "YAML" } else { "JSON" };
        let finding = |problem: &Problem| {
            let at = problem.position.map(|(line, column)| format!("line {line} column {column}"));
            Finding { at: at.unwrap_or_default(), what: format!("is no {form}: {}", problem.message) }
        };
        Refused { file: file.to_owned(), findings: error.problems().iter().map(finding).collect() }
    })
}

/// A key that stands twice in one object: one of the two would be lost.
fn report_duplicates(reader: &mut Reader<'_>, at: &At<'_>, value: &Value) {
    match value {
        Value::Object(entries) => {
            let mut seen = BTreeSet::new();
            for (key, value) in entries {
                let here = at.key(key);
                if !seen.insert(key) {
                    reader.wrong(&here, "stands there twice");
                }
                report_duplicates(reader, &here, value);
            }
        }
        Value::List(values) => {
            for (index, value) in values.iter().enumerate() {
                report_duplicates(reader, &at.index(index), value);
            }
        }
        _ => {}
    }
}

type Parts = (Service, BTreeMap<String, Action>, BTreeMap<String, SharedType>);

impl<'v> Reader<'v> {
    fn document(&mut self, root: &'v Value) -> Parts {
        let at = At::ROOT;
        let entries = self.object(&at, root);
        for (key, _) in &entries {
            if !["version", "info", "directories", "components", "apis", "endpoints"].contains(key) {
                self.unknown("the file", &at, key);
            }
        }
        if !matches!(root, Value::Object(_)) {
            return Parts::default();
        }
        let mut service = self.info(root);
        let types = self.components(root);
        let home = Home { product: &service.product, version: &service.version };
        let mut actions = self.actions(root, home);
        self.check_replacements(&mut actions);
        self.check_loops(&types);
        self.check_answers(&actions, &types);
        service.endpoints = self.endpoints(root);
        if let Some(directories) = root.get("directories") {
            let at = at.key("directories");
            self.directories(&at, directories, "", &actions, &mut service.directories);
        }
        (service, actions, types)
    }

    fn info(&mut self, root: &'v Value) -> Service {
        let mut service = Service::default();
        let at = At::ROOT.key("info");
        let Some(info) = root.get("info") else {
            self.wrong(&at, "is missing: is this an api-docs file?");
            return service;
        };
        for (key, value) in self.object(&at, info) {
            let here = at.key(key);
            match key {
                "product" => service.product = self.text(&here, value).unwrap_or_default().to_owned(),
                "version" => service.version = self.text(&here, value).unwrap_or_default().to_owned(),
                // The other style of the gateway travels by paths and headers, which the spec has no place for.
                "style" => drop(self.one_of(&here, value, &[("RPC", ())])),
                "title" | "description" | "summary" => {}
                _ => self.unknown("info", &at, key),
            }
        }
        for (key, found) in [("product", &service.product), ("version", &service.version)] {
            if info.get(key).is_none() && matches!(info, Value::Object(_)) {
                self.wrong(&at.key(key), "is missing");
            } else if key == "version" && !found.is_empty() && !is_version(found) {
                self.wrong(&at.key(key), format!("{found:?} is no date such as 2020-05-18"));
            }
        }
        service
    }

    fn components(&mut self, root: &'v Value) -> BTreeMap<String, SharedType> {
        let mut types = BTreeMap::new();
        let Some(components) = root.get("components") else {
            return types;
        };
        let at = At::ROOT.key("components");
        for (key, value) in self.object(&at, components) {
            if key != "schemas" {
                self.unknown("components", &at, key);
                continue;
            }
            let at = at.key(key);
            self.check_present(&at, value);
            let schemas = self.object(&at, value);
            self.shared = schemas.iter().map(|(name, _)| *name).collect();
            self.check_names(&at, &schemas, "a schema");
            for (name, value) in schemas {
                let schema = self.schema(&at.key(name), value);
                types.insert(
                    name.to_owned(),
                    SharedType { schema, type_names: BTreeMap::new(), field_names: BTreeMap::new() },
                );
            }
        }
        types
    }

    fn actions(&mut self, root: &'v Value, home: Home<'_>) -> BTreeMap<String, Action> {
        let at = At::ROOT.key("apis");
        let Some(apis) = root.get("apis") else {
            self.wrong(&at, "is missing: no action to import");
            return BTreeMap::new();
        };
        if matches!(apis, Value::Object(entries) if entries.is_empty()) {
            self.wrong(&at, "is empty: no action to import");
        }
        self.check_present(&at, apis);
        let apis = self.object(&at, apis);
        self.check_names(&at, &apis, "an action");
        apis.into_iter().map(|(name, value)| (name.to_owned(), self.action(&at.key(name), value, home))).collect()
    }

    /// A name without anything behind it: elsewhere `null` says nothing, here it would take away what has the name.
    fn check_present(&mut self, at: &At<'_>, value: &'v Value) {
        let Value::Object(entries) = value else { return };
        for (name, _) in entries.iter().filter(|(_, value)| *value == Value::Null) {
            self.expected(&at.key(name), "an object", &Value::Null);
        }
    }

    /// Names become files and types: they must be plain, and differ in more than case.
    fn check_names(&mut self, at: &At<'_>, entries: &[(&'v str, &'v Value)], what: &str) {
        let mut seen = BTreeMap::new();
        for (name, _) in entries {
            if !is_type_name(name) {
                self.wrong(&at.key(name), format!("is no name of {what}: only letters, digits and _, a letter first"));
            }
            match seen.insert(name.to_ascii_lowercase(), *name) {
                Some(other) if other != *name => {
                    self.wrong(&at.key(name), format!("differs from {other:?} by case only: their files would be one"));
                }
                _ => {}
            }
        }
    }

    /// Drops what is said to replace an action but is not there, which only the whole file shows.
    fn check_replacements(&mut self, actions: &mut BTreeMap<String, Action>) {
        let names: BTreeSet<String> = actions.keys().cloned().collect();
        for (name, action) in actions {
            let missing = |by: &mut String| !by.contains(' ') && (!names.contains(by) || by == name);
            if let Some(by) = action.replaced_by.take_if(missing) {
                self.note(
                    &At::ROOT.key("apis").key(name),
                    format_args!("{by:?} is said to replace it and is no other action of this file, left out"),
                );
            }
        }
    }

    fn endpoints(&mut self, root: &'v Value) -> BTreeMap<String, Endpoint> {
        let mut endpoints = BTreeMap::new();
        let at = At::ROOT.key("endpoints");
        let Some(value) = root.get("endpoints") else {
            return endpoints;
        };
        for (index, value) in self.list(&at, value).iter().enumerate() {
            let at = at.index(index);
            let (mut region, mut public, mut endpoint, mut vpc) = (None, None, None, None);
            for (key, value) in self.object(&at, value) {
                let here = at.key(key);
                match key {
                    "regionId" => region = self.text(&here, value),
                    "public" => public = self.host(&here, value),
                    "endpoint" => endpoint = self.host(&here, value),
                    "vpc" => vpc = self.host(&here, value),
                    "regionName" | "areaId" | "areaName" => {}
                    _ => self.unknown("an endpoint", &at, key),
                }
            }
            if value.get("regionId").is_none() && matches!(value, Value::Object(_)) {
                self.wrong(&at.key("regionId"), "is missing");
            }
            let Some(region) = region else { continue };
            let Some(public) = public.or(endpoint) else {
                self.note(&at, format_args!("{region} has no public host, left out"));
                continue;
            };
            if endpoints.insert(region.to_owned(), Endpoint { public, vpc }).is_some() {
                self.wrong(&at.key("regionId"), format!("{region:?} stands there twice"));
            }
        }
        endpoints
    }

    /// A host name; nothing where it is empty.
    fn host(&mut self, at: &At<'_>, value: &'v Value) -> Option<String> {
        let host = self.text(at, value)?;
        if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
            self.wrong(at, format!("{host:?} is no host name"));
        }
        (!host.is_empty()).then(|| host.to_owned())
    }

    /// The official grouping: directories hold directories and names of actions.
    fn directories(
        &mut self,
        at: &At<'_>,
        children: &'v Value,
        path: &str,
        actions: &BTreeMap<String, Action>,
        directories: &mut BTreeMap<String, Vec<String>>,
    ) {
        for (index, child) in self.list(at, children).iter().enumerate() {
            let at = at.index(index);
            if let Value::Text(action) = child {
                if actions.contains_key(action) {
                    directories.entry(path.to_owned()).or_default().push(action.clone());
                } else {
                    self.note(&at, format_args!("{action:?} is no action of this file, left out"));
                }
                continue;
            }
            for (key, _) in self.object(&at, child) {
                if !["id", "title", "type", "children"].contains(&key) {
                    self.unknown("a directory", &at, key);
                }
            }
            let title = child.get("title").or(child.get("id")).and_then(Value::scalar).unwrap_or_default();
            let path = if path.is_empty() { title } else { format!("{path}/{title}") };
            if let Some(children) = child.get("children") {
                self.directories(&at.key("children"), children, &path, actions, directories);
            }
        }
    }
}
