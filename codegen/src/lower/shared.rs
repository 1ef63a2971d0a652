//! What is known about the shared schemas of a version before any of them is lowered.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Schema, Type, Version};

/// The shared schemas of a version: where they go and which form they take.
pub(crate) struct Shared<'a> {
    /// Name of a shared schema or an enumeration → its module below `types`.
    modules: BTreeMap<&'a str, String>,
    /// Those that a request uses: they take the request's form everywhere.
    requested: BTreeSet<&'a str>,
    /// Name → those that it holds directly or through others, without a list or a map between.
    inside: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(version: &'a Version, modules: BTreeMap<&'a str, String>) -> Self {
        let inside = version.types.iter().map(|(name, shared)| {
            let mut direct = BTreeSet::new();
            collect(&shared.schema, false, &mut direct);
            (name.as_str(), closure(version, direct, false))
        });
        Self { modules, requested: requested(version), inside: inside.collect() }
    }

    /// The module of a shared schema or of an enumeration.
    pub(crate) fn module(&self, name: &str) -> &str {
        self.modules.get(name).map_or("", String::as_str)
    }

    /// Whether a request uses it.
    pub(crate) fn is_requested(&self, name: &str) -> bool {
        self.requested.contains(name)
    }

    /// Whether a field of shared schema `owner` that holds a `name` would make the type endless.
    pub(crate) fn is_endless(&self, owner: &str, name: &str) -> bool {
        owner == name || self.inside.get(name).is_some_and(|inside| inside.contains(owner))
    }
}

/// The shared schemas that requests use.
pub(crate) fn requested(version: &Version) -> BTreeSet<&str> {
    let parameters = version.actions.values().flat_map(|action| action.parameters.values());
    used(version, parameters.map(|parameter| &parameter.schema))
}

/// The shared schemas that answers use.
pub(crate) fn answered(version: &Version) -> BTreeSet<&str> {
    used(version, version.actions.values().map(|action| &action.answer))
}

fn used<'a>(version: &'a Version, schemas: impl Iterator<Item = &'a Schema>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    schemas.for_each(|schema| collect(schema, true, &mut names));
    closure(version, names, true)
}

/// Whether a schema becomes a struct.
pub(crate) fn is_struct(schema: &Schema) -> bool {
    schema.reference.is_none() && schema.kind == Some(Type::Object) && !schema.properties.is_empty()
}

/// The shared schemas that a schema names; with `all`, those in lists and maps too.
fn collect<'a>(schema: &'a Schema, all: bool, names: &mut BTreeSet<&'a str>) {
    if let Some(name) = &schema.reference {
        names.insert(name);
    }
    for field in schema.properties.values() {
        collect(field, all, names);
    }
    if all {
        let inner = schema.items.iter().chain(&schema.additional_properties);
        inner.for_each(|schema| collect(schema, all, names));
    }
}

/// Adds what the named ones name in turn.
fn closure<'a>(version: &'a Version, names: BTreeSet<&'a str>, all: bool) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = names.into_iter().collect();
    while let Some(name) = open.pop() {
        if !found.insert(name) {
            continue;
        }
        if let Some(shared) = version.types.get(name) {
            let mut next = BTreeSet::new();
            collect(&shared.schema, all, &mut next);
            open.extend(next);
        }
    }
    found
}
