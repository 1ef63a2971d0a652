//! Open enumerations: the overlay's values, and those that upstream published since.

use std::collections::BTreeMap;

use dataworks_api_spec::{Schema, Version};

use super::{
    Context, docs,
    model::{EnumModel, Variant},
    names,
};

pub(crate) fn lower(context: &Context<'_>, findings: &mut Vec<String>) -> Vec<EnumModel> {
    let version = context.version;
    let mut published = published(version);
    let mut models = Vec::new();
    for (name, enumeration) in &version.overlay.enums {
        let place = format!("{} overlay.yaml enums.{name}", version.name());
        if !names::is_type(name) {
            findings.push(format!("{place}: no type can have this name; choose another"));
        }
        let taken = version.types.keys().find(|shared| super::structs::root_name(context, shared) == *name);
        if taken.is_some() {
            findings.push(format!("{place}: a shared schema has this name already; choose another"));
        }
        let decided = enumeration.values.keys().map(String::as_str);
        let mut values: Vec<&str> = decided.clone().collect();
        for value in published.remove(name.as_str()).unwrap_or_default() {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let since: Vec<&str> = values[enumeration.values.len()..].to_vec();
        // A value leaves the name to the one that it looks like, and each published since to those before it.
        let (first, alike) = decided.partition(|value| !enumeration.lookalikes.contains_key(*value));
        let given = names::variants([first, alike].into_iter().chain(since.into_iter().map(|value| vec![value])));
        let variant = |value: &str| Variant {
            name: given[value].clone(),
            value: value.to_owned(),
            doc: enumeration.values.get(value).and_then(Option::as_deref).map(docs::sentence),
        };
        models.push(EnumModel {
            name: name.clone(),
            module: context.shared.module(name).to_owned(),
            docs: vec![docs::sentence(&enumeration.doc)],
            variants: values.into_iter().map(variant).collect(),
        });
    }
    models
}

/// Name of an enumeration → the values that upstream publishes where it stands, in order of appearance.
pub(crate) fn published(version: &Version) -> BTreeMap<&str, Vec<&str>> {
    let mut found = Found { version, values: BTreeMap::new() };
    for (name, action) in &version.actions {
        for (parameter, it) in &action.parameters {
            found.walk(name, &format!("request.{parameter}"), &it.schema);
        }
        found.walk(name, "answer", &action.answer);
    }
    for (name, shared) in &version.types {
        found.walk("", &format!("types.{name}"), &shared.schema);
    }
    found.values
}

struct Found<'a> {
    version: &'a Version,
    values: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Found<'a> {
    fn walk(&mut self, action: &str, path: &str, schema: &'a Schema) {
        if let Some(values) = schema.values.as_ref().filter(|values| !values.is_empty())
            && let Some(name) = self.version.enumeration_of(action, path)
        {
            self.values.entry(name).or_default().extend(values.iter().map(String::as_str));
        }
        for (name, field) in &schema.properties {
            self.walk(action, &format!("{path}.{name}"), field);
        }
        if let Some(items) = &schema.items {
            self.walk(action, &format!("{path}[]"), items);
        }
        if let Some(values) = &schema.additional_properties {
            self.walk(action, &format!("{path}{{}}"), values);
        }
    }
}
