//! Names of fields: a rule gives them, and what came first keeps its own when a twin comes that only case tells apart.

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, Place, Schema};
use serde_json::Value;

use crate::lower::names::{fields, fields_beside, raw};

/// The fields of each object: path of the object → wire names.
#[derive(Default)]
pub(super) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Those of an action: its parameters, as far as they are sent, and all that is nested.
    pub(super) fn of(action: &Action) -> Self {
        let mut all = Self::default();
        for (name, parameter) in &action.parameters {
            if parameter.place != Place::Host {
                all.add("request", name);
            }
            all.schema(&format!("request.{name}"), &parameter.schema);
        }
        all.schema("answer", &action.answer);
        all
    }

    /// Those of a shared schema.
    pub(super) fn of_shared(name: &str, schema: &Schema) -> Self {
        let mut all = Self::default();
        all.schema(&format!("types.{name}"), schema);
        all
    }

    /// Those of a file that is there: its parameters, its answer, its schema. It may be of an older form.
    pub(super) fn read([parameters, answer, schema]: [&Value; 3], name: &str) -> Self {
        let mut all = Self::default();
        for (name, parameter) in parameters.as_object().into_iter().flatten() {
            if parameter["in"] != "host" {
                all.add("request", name);
            }
            all.value(&format!("request.{name}"), parameter);
        }
        all.value("answer", answer);
        all.value(&format!("types.{name}"), schema);
        all
    }

    fn add(&mut self, object: &str, field: &str) {
        self.0.entry(object.to_owned()).or_default().push(field.to_owned());
    }

    fn schema(&mut self, path: &str, schema: &Schema) {
        for (name, field) in &schema.properties {
            self.add(path, name);
            self.schema(&format!("{path}.{name}"), field);
        }
        for (mark, inner) in [("[]", &schema.items), ("{}", &schema.additional_properties)] {
            if let Some(inner) = inner {
                self.schema(&format!("{path}{mark}"), inner);
            }
        }
    }

    fn value(&mut self, path: &str, schema: &Value) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            self.add(path, name);
            self.value(&format!("{path}.{name}"), field);
        }
        for (mark, key) in [("[]", "items"), ("{}", "additionalProperties")] {
            if let Some(inner) = schema.get(key) {
                self.value(&format!("{path}{mark}"), inner);
            }
        }
    }
}

/// What has to be recorded so that every field keeps the name that it had: nothing where the rule alone does that.
pub(super) fn given(now: &Fields, before: &Fields, recorded: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (path, wire) in &now.0 {
        let wire = || wire.iter().map(String::as_str);
        let had = before.0.get(path).map(Vec::as_slice).unwrap_or_default();
        let old = had.iter().filter_map(|wire| {
            let name = recorded.get(&format!("{path}.{wire}"))?;
            Some((wire.as_str(), raw(name)))
        });
        let mut old = fields_beside(had.iter().map(String::as_str), &old.collect());
        old.retain(|name, _| wire().any(|wire| wire == *name));
        let (names, by_rule) = (fields_beside(wire(), &old), fields(wire()));
        let mut differing = names.clone();
        differing.retain(|wire, name| by_rule[wire] != *name);
        // What is left to the rule has to come out the same beside the rest.
        let record = if fields_beside(wire(), &differing) == names { differing } else { names };
        let plain = |name: &str| name.strip_prefix("r#").unwrap_or(name).to_owned();
        kept.extend(record.iter().map(|(wire, name)| (format!("{path}.{wire}"), plain(name))));
    }
    kept
}
