//! Every parameter and field of a version, each where it is written down.

use dataworks_api_spec::{Schema, Version};

/// A parameter, a field, or what a list or map holds.
pub(super) struct Place<'a> {
    /// The action; empty in a shared schema.
    pub(super) action: &'a str,
    /// `answer.Data.Nodes[]`
    pub(super) path: String,
    pub(super) schema: &'a Schema,
    /// The keys that lead to it in its file.
    pub(super) keys: Vec<String>,
}

impl Place<'_> {
    /// The name of the field, also where this is what it holds.
    pub(super) fn field(&self) -> &str {
        let plain = self.path.trim_end_matches(['[', ']', '{', '}']);
        plain.rsplit('.').next().unwrap_or(plain)
    }

    /// As an overlay names it.
    pub(super) fn name(&self) -> String {
        placed(self.action, &self.path)
    }

    /// The file below the folder of the version.
    pub(super) fn file(&self) -> String {
        file(self.action, &self.path)
    }
}

/// `ListNodes.answer.Data`, `types.Column.Name`.
pub(super) fn placed(action: &str, path: &str) -> String {
    if action.is_empty() { path.to_owned() } else { format!("{action}.{path}") }
}

/// The file of an action or of the shared schema in which a path lies.
pub(super) fn file(action: &str, path: &str) -> String {
    if !action.is_empty() {
        return format!("actions/{action}.json");
    }
    let name = path.strip_prefix("types.").unwrap_or(path).split(['.', '[', '{']).next().unwrap_or_default();
    format!("types/{name}.json")
}

/// All of them, in the order of actions and paths.
pub(super) fn all(version: &Version) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    for (action, facts) in &version.actions {
        for (name, parameter) in &facts.parameters {
            let keys = ["parameters", name].map(str::to_owned).to_vec();
            walk(Place { action, path: format!("request.{name}"), schema: &parameter.schema, keys }, &mut found);
        }
        let keys = vec!["answer".to_owned()];
        walk(Place { action, path: "answer".to_owned(), schema: &facts.answer, keys }, &mut found);
    }
    for (name, shared) in &version.types {
        let keys = vec!["schema".to_owned()];
        walk(Place { action: "", path: format!("types.{name}"), schema: &shared.schema, keys }, &mut found);
    }
    found
}

fn walk<'a>(place: Place<'a>, found: &mut Vec<Place<'a>>) {
    let Place { action, schema, .. } = place;
    let inside = |mark: &str, keys: &[&str], schema: &'a Schema| {
        let keys = place.keys.iter().cloned().chain(keys.iter().map(|&key| key.to_owned())).collect();
        Place { action, path: format!("{}{mark}", place.path), schema, keys }
    };
    let fields = schema.properties.iter().map(|(name, it)| inside(&format!(".{name}"), &["properties", name], it));
    let items = schema.items.iter().map(|it| inside("[]", &["items"], it));
    let values = schema.additional_properties.iter().map(|it| inside("{}", &["additionalProperties"], it));
    let inner: Vec<_> = fields.chain(items).chain(values).collect();
    found.push(place);
    for place in inner {
        walk(place, found);
    }
}
