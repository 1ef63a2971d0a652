//! The spec, read action by action as calls come in.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use dataworks_api_spec::{Action, Overlay, Schema, SharedType, Version, embedded};

use crate::shape;
use crate::state::{self, Handler};

/// Every action that the emulator knows.
#[derive(Debug)]
pub(crate) struct Catalog {
    versions: Vec<Known>,
}

/// A version, as far as it was read.
#[derive(Debug)]
struct Known {
    name: &'static str,
    overlay: OnceLock<Overlay>,
    operations: RwLock<HashMap<&'static str, Arc<Operation>>>,
}

impl Catalog {
    /// Reads nothing yet.
    pub(crate) fn new() -> Self {
        let known = |name: &&'static str| Known { name, overlay: OnceLock::new(), operations: RwLock::default() };
        Self { versions: embedded::versions().iter().map(known).collect() }
    }

    /// Whether there is such a version.
    pub(crate) fn has_version(&self, version: &str) -> bool {
        self.versions.iter().any(|known| known.name == version)
    }

    /// An action: read at its first call, and kept.
    pub(crate) fn operation(&self, version: &str, action: &str) -> Option<Arc<Operation>> {
        let known = self.versions.iter().find(|known| known.name == version)?;
        let kept = known.operations.read().unwrap_or_else(PoisonError::into_inner).get(action).cloned();
        if kept.is_some() {
            return kept;
        }
        let name = embedded::actions(known.name).find(|name| *name == action)?;
        let overlay = known.overlay.get_or_init(|| embedded::overlay(known.name).unwrap_or_default());
        let operation = Arc::new(Operation::read(known.name, name, overlay)?);
        let mut operations = known.operations.write().unwrap_or_else(PoisonError::into_inner);
        Some(operations.entry(name).or_insert(operation).clone())
    }
}

/// One action: its spec, what it answers and, where state is kept, who does it.
#[derive(Debug)]
pub(crate) struct Operation {
    name: String,
    /// The version with this action alone, and the shared schemas that it names.
    spec: Version,
    handler: Option<Handler>,
    template: OnceLock<shape::Template>,
}

impl Operation {
    fn read(version: &str, name: &str, overlay: &Overlay) -> Option<Self> {
        let action = embedded::action(version, name)?;
        let mut types = BTreeMap::new();
        for parameter in action.parameters.values() {
            gather(version, &parameter.schema, &mut types);
        }
        gather(version, &action.answer, &mut types);
        let decided = overlay.actions.get(name).cloned();
        let overlay = Overlay {
            actions: decided.into_iter().map(|decided| (name.to_owned(), decided)).collect(),
            types: overlay
                .types
                .iter()
                .filter(|(name, _)| types.contains_key(*name))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
            ..Overlay::default()
        };
        let spec =
            Version { actions: BTreeMap::from([(name.to_owned(), action)]), types, overlay, ..Version::default() };
        let handler = state::handler(version, name);
        Some(Self { name: name.to_owned(), spec, handler, template: OnceLock::new() })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn spec(&self) -> &Version {
        &self.spec
    }

    pub(crate) fn action(&self) -> &Action {
        &self.spec.actions[&self.name]
    }

    /// Whether it can answer with events.
    pub(crate) fn has_events(&self) -> bool {
        self.spec.decisions(&self.name).events
    }

    pub(crate) fn handler(&self) -> Option<Handler> {
        self.handler
    }

    /// What it answers when nothing is known but the shape.
    pub(crate) fn template(&self) -> &shape::Template {
        self.template.get_or_init(|| shape::Template::new(self))
    }
}

/// Reads the shared schemas that a schema names, and those that they name.
fn gather(version: &str, schema: &Schema, types: &mut BTreeMap<String, SharedType>) {
    if let Some(name) = schema.reference.as_ref().filter(|name| !types.contains_key(*name))
        && let Some(shared) = embedded::shared_type(version, name)
    {
        types.insert(name.clone(), shared.clone());
        gather(version, &shared.schema, types);
    }
    let inner = schema.items.iter().chain(&schema.additional_properties).map(AsRef::as_ref);
    for schema in inner.chain(schema.properties.values()) {
        gather(version, schema, types);
    }
}
