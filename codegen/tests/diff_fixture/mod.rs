//! Pairs of small specs, one or more for each rule of the diff, with a caller and the expected verdicts.
//!
//! A side has `actions`, and perhaps `types`, `overlay`, `glossary`, `service` and `second` (the actions of another
//! version). What every spec has and none of these is about is filled in.

use std::{collections::BTreeMap, fs, path::Path};

use dataworks_api_spec::{Action, Service, SharedType, Spec, Version, parse};
use dataworks_codegen::import::names;
use serde_json::{Map, Value, json};

/// One file of `tests/diff`.
pub(crate) struct Fixture {
    /// The file's name without its ending: the rule, and after a `~` what is special.
    pub(crate) name: String,
    pub(crate) rule: String,
    pub(crate) base: Spec,
    pub(crate) head: Spec,
    /// Rust statements that use what changes.
    #[allow(dead_code, reason = "the suite compiles it")]
    pub(crate) caller: String,
    /// Whether the wire breaks.
    pub(crate) wire: bool,
    /// Whether the caller breaks.
    pub(crate) rust: bool,
    /// Rules that are triggered besides.
    pub(crate) also: Vec<String>,
}

/// Every fixture of a folder, sorted by name.
pub(crate) fn all(dir: &Path) -> Vec<Fixture> {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Fixture {
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let all: Value = parse(file, &fs::read_to_string(file).unwrap()).unwrap_or_else(|error| panic!("{error}"));
    let breaks = |key: &str| match all[key].as_str() {
        Some("breaks") => true,
        Some("safe") => false,
        other => panic!("{name}: `{key}` is {other:?}, and can be `breaks` or `safe`"),
    };
    let also = all["also"].as_array().into_iter().flatten();
    Fixture {
        rule: name.split('~').next().unwrap().to_owned(),
        base: spec(&name, &all["base"]),
        head: spec(&name, &all["head"]),
        caller: all["caller"].as_str().unwrap().to_owned(),
        wire: breaks("wire"),
        rust: breaks("rust"),
        also: also.map(|it| it.as_str().unwrap().to_owned()).collect(),
        name,
    }
}

fn spec(name: &str, side: &Value) -> Spec {
    let nothing = Map::new();
    let side = side.as_object().unwrap_or(&nothing);
    for key in side.keys() {
        let known = ["actions", "types", "overlay", "examples", "groups", "glossary", "service", "second"];
        assert!(known.contains(&key.as_str()), "{name}: a side has no `{key}`");
    }
    let get = |key: &str| side.get(key).cloned().unwrap_or_else(|| json!({}));
    let mut versions = vec![Version {
        service: service("2001-01-01", get("service")),
        actions: actions(&get("actions")),
        types: types(get("types")),
        overlay: serde_json::from_value(get("overlay")).unwrap_or_else(|error| panic!("{name}: {error}")),
        examples: serde_json::from_value(get("examples")).unwrap(),
    }];
    if let Some(second) = side.get("second") {
        let service = service("2002-02-02", json!({}));
        versions.push(Version { service, actions: actions(second), ..Version::default() });
    }
    let groups = side.get("groups").cloned().unwrap_or_else(|| json!([]));
    let [groups, glossary] = [groups, get("glossary")];
    Spec {
        versions,
        groups: serde_json::from_value(groups).unwrap(),
        glossary: serde_json::from_value(glossary).unwrap(),
    }
}

fn service(version: &str, mut given: Value) -> Service {
    given["version"] = version.into();
    for (key, value) in [("product", json!("dataworks-public")), ("endpoints", json!({}))] {
        if given.get(key).is_none() {
            given[key] = value;
        }
    }
    serde_json::from_value(given).unwrap()
}

fn actions(given: &Value) -> BTreeMap<String, Action> {
    let action = |(name, action): (&String, &Value)| {
        let mut all = json!({ "method": "POST", "answer": { "type": "object" } });
        all.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
        let mut action: Action = serde_json::from_value(all).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut type_names = names::of_action(name, &action, &action.type_names);
        type_names.extend(action.type_names);
        action.type_names = type_names;
        (name.clone(), action)
    };
    given.as_object().unwrap().iter().map(action).collect()
}

fn types(given: Value) -> BTreeMap<String, SharedType> {
    let mut types: BTreeMap<String, SharedType> = serde_json::from_value(given).unwrap();
    for (name, shared) in &mut types {
        shared.type_names = names::of_shared(name, &shared.schema, &shared.type_names);
    }
    types
}
