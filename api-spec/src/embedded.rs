//! The spec as it was when the program was built, packed into it. Nothing is read before it is asked for.
//!
//! ```
//! use dataworks_api_spec::embedded;
//!
//! let action = embedded::action("2020-05-18", "ListNodes").expect("an action of that version");
//! assert!(action.parameters.contains_key("ProjectId"));
//! ```

use std::{collections::BTreeMap, path::Path};

use serde::de::DeserializeOwned;

use crate::{Action, Group, Overlay, Service, SharedType, Spec, Version, parse};

/// A file: its path inside the spec, and what it holds.
struct File {
    path: &'static str,
    text: &'static str,
}

/// The files of a version, each table sorted by name.
struct Packed {
    service: File,
    overlay: File,
    examples: &'static [(&'static str, &'static str)],
    actions: &'static [(&'static str, File)],
    types: &'static [(&'static str, File)],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The names of the versions, sorted.
#[must_use]
pub fn versions() -> &'static [&'static str] {
    NAMES
}

/// The product and the endpoints of a version.
#[must_use]
pub fn service(version: &str) -> Option<Service> {
    Some(packed(version)?.service.read())
}

/// What people decided about a version.
#[must_use]
pub fn overlay(version: &str) -> Option<Overlay> {
    Some(packed(version)?.overlay.read())
}

/// The names of a version's actions, sorted.
#[must_use]
pub fn actions(version: &str) -> impl ExactSizeIterator<Item = &'static str> + use<> {
    packed(version).map_or(&[][..], |packed| packed.actions).iter().map(|(name, _)| *name)
}

/// One action, read now.
#[must_use]
pub fn action(version: &str, name: &str) -> Option<Action> {
    one(packed(version)?.actions, name)
}

/// The names of a version's shared schemas, sorted.
#[must_use]
pub fn types(version: &str) -> impl ExactSizeIterator<Item = &'static str> + use<> {
    packed(version).map_or(&[][..], |packed| packed.types).iter().map(|(name, _)| *name)
}

/// One shared schema, read now.
#[must_use]
pub fn shared_type(version: &str, name: &str) -> Option<SharedType> {
    one(packed(version)?.types, name)
}

/// A whole version.
#[must_use]
pub fn version(version: &str) -> Option<Version> {
    let packed = packed(version)?;
    Some(Version {
        service: packed.service.read(),
        actions: all(packed.actions),
        types: all(packed.types),
        overlay: packed.overlay.read(),
        examples: packed.examples.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    })
}

/// As much of a version as it takes to ask it about one action: that action alone, with the shared schemas and the decisions.
#[must_use]
pub fn excerpt(version: &str, action: &str) -> Option<Version> {
    let packed = packed(version)?;
    Some(Version {
        service: packed.service.read(),
        actions: BTreeMap::from([(action.to_owned(), one(packed.actions, action)?)]),
        types: all(packed.types),
        overlay: packed.overlay.read(),
        examples: BTreeMap::new(),
    })
}

/// The groups under which documentation lists actions, in that order.
#[must_use]
pub fn groups() -> Vec<Group> {
    GROUPS.as_ref().map(File::read).unwrap_or_default()
}

/// One line about fields whose name means the same everywhere.
#[must_use]
pub fn glossary() -> BTreeMap<String, String> {
    GLOSSARY.as_ref().map(File::read).unwrap_or_default()
}

impl Spec {
    /// Everything that was packed into the program. [`embedded`](crate::embedded) reads single actions.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            versions: versions().iter().filter_map(|name| version(name)).collect(),
            groups: groups(),
            glossary: glossary(),
        }
    }
}

impl File {
    /// The tests read every file, so only a crate that was tampered with can fail here.
    fn read<T: DeserializeOwned>(&self) -> T {
        parse(Path::new(self.path), self.text).unwrap_or_else(|error| panic!("the embedded spec is damaged: {error}"))
    }
}

fn packed(version: &str) -> Option<&'static Packed> {
    NAMES.binary_search(&version).ok().and_then(|index| VERSIONS.get(index))
}

fn one<T: DeserializeOwned>(table: &[(&str, File)], name: &str) -> Option<T> {
    let index = table.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(table[index].1.read())
}

fn all<T: DeserializeOwned>(table: &[(&str, File)]) -> BTreeMap<String, T> {
    table.iter().map(|(name, file)| ((*name).to_owned(), file.read())).collect()
}
