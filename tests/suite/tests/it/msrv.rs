//! The oldest compiler that we promise is the oldest that our dependencies allow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::fixtures::cargo;

/// `1.89` and `1.89.0` are the same.
fn version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

fn texts<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

#[test]
fn the_minimum_rust_version_is_that_of_the_dependencies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let metadata = cargo(&root, &["metadata", "--offline", "--format-version", "1", "--all-features"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages: BTreeMap<&str, &Value> =
        metadata["packages"].as_array().unwrap().iter().map(|package| (texts(package, "id"), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|node| (texts(node, "id"), node)).collect();
    let sdk = packages.iter().find(|(_, package)| package["name"] == "dataworks-sdk").unwrap();

    let mut todo = vec![*sdk.0];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let normal = |kind: &Value| kind["kind"].is_null();
            if dependency["dep_kinds"].as_array().unwrap().iter().any(normal) {
                todo.push(texts(dependency, "pkg"));
            }
        }
    }
    seen.remove(sdk.0);
    assert!(seen.len() > 50, "only {} dependencies were found", seen.len());
    let of = |id: &&&str| packages[**id]["rust_version"].as_str().map(|text| (version(text), texts(packages[**id], "name")));
    let (highest, by) = seen.iter().filter_map(|id| of(&id)).max().unwrap();
    let ours = version(sdk.1["rust_version"].as_str().unwrap());
    assert_eq!(ours, highest, "`rust-version` in the root Cargo.toml must be that of {by}");
}
