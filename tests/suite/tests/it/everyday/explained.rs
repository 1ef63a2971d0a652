//! What the README calls everyday is what documentation explains best: every field, and an example of each action.

use std::collections::BTreeSet;
use std::path::Path;

use dataworks_api_spec::{Schema, Spec, Version};

/// The everyday actions; some versions lack some of them.
const ACTIONS: [&str; 22] = [
    "ListProjects",
    "GetProject",
    "CreateProject",
    "UpdateProject",
    "ListNodes",
    "GetNode",
    "CreateFile",
    "UpdateFile",
    "DeleteFile",
    "DeployFile",
    "ListInstances",
    "GetInstance",
    "GetInstanceLog",
    "RunCycleDagNodes",
    "RunSmokeTest",
    "RestartInstance",
    "StopInstance",
    "ListDataSources",
    "GetDataSource",
    "CreateDataSource",
    "UpdateDataSource",
    "DeleteDataSource",
];

fn spec() -> Spec {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api-spec");
    Spec::load(&root).unwrap_or_else(|error| panic!("{error}"))
}

fn everyday(version: &Version) -> Vec<&'static str> {
    ACTIONS.into_iter().filter(|name| version.actions.contains_key(*name)).collect()
}

/// The names of the shared types that the everyday actions use, directly or inside others.
fn shared(version: &Version) -> BTreeSet<&str> {
    let mut open: Vec<&Schema> = Vec::new();
    for action in everyday(version).into_iter().map(|name| &version.actions[name]) {
        open.push(&action.answer);
        open.extend(action.parameters.values().map(|parameter| &parameter.schema));
    }
    let mut found = BTreeSet::new();
    while let Some(schema) = open.pop() {
        open.extend(schema.properties.values());
        open.extend(schema.items.as_deref());
        open.extend(schema.additional_properties.as_deref());
        let named = schema.reference.as_deref().filter(|name| found.insert(*name));
        open.extend(named.and_then(|name| version.types.get(name)).map(|it| &it.schema));
    }
    found
}

#[test]
fn every_action_has_an_example_in_each_version() {
    let spec = spec();
    let mut count = 0;
    for version in &spec.versions {
        for name in everyday(version) {
            count += 1;
            let example = version.examples.get(name);
            assert!(example.is_some(), "api-spec/{}/examples/{name}.rs is missing", version.name());
            // With `new` or with a shorthand.
            let call = format!("{name}Request::");
            assert!(example.unwrap().contains(&call), "{} {name}: the example makes no request", version.name());
        }
    }
    assert_eq!(count, 36);
}

#[test]
fn every_field_is_explained() {
    let spec = spec();
    let mut silent = Vec::new();
    for coverage in dataworks_codegen::coverage(&spec).unwrap() {
        let version = spec.version(&coverage.version).unwrap();
        let (actions, types) = (everyday(version), shared(version));
        let is_everyday = |place: &str| match place.split_once(' ') {
            Some((action, _)) => actions.contains(&action),
            None => place.split('.').nth(1).is_some_and(|name| types.contains(name)),
        };
        let unexplained = coverage.requests.unexplained.iter().chain(&coverage.answers.unexplained);
        silent.extend(
            unexplained.filter(|place| is_everyday(place)).map(|place| format!("{} {place}", coverage.version)),
        );
    }
    assert!(silent.is_empty(), "nobody explained\n{}", silent.join("\n"));
}
