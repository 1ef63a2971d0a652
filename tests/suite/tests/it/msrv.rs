//! The oldest compiler that we promise is the oldest that our dependencies allow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::fixtures::cargo;

/// `1.89` and `1.89.0` are the same.
fn version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

/// The packages that the SDK is built from, on any platform, without what only builds or tests it.
fn dependencies(metadata: &Value, sdk: &str) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").iter().map(|node| (text(node, "id"), node)).collect();
    let mut todo = vec![sdk];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !seen.insert(id.to_owned()) {
            continue;
        }
        for dependency in list(nodes[id], "deps") {
            if list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null()) {
                todo.push(text(dependency, "pkg"));
            }
        }
    }
    seen.remove(sdk);
    seen
}

#[test]
fn the_minimum_rust_version_is_that_of_the_dependencies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let metadata = cargo(&root, &["metadata", "--locked", "--format-version", "1", "--all-features"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages: BTreeMap<&str, &Value> =
        list(&metadata, "packages").iter().map(|package| (text(package, "id"), package)).collect();
    let (id, sdk) = packages.iter().find(|(_, package)| package["name"] == "dataworks-sdk").unwrap();

    let dependencies = dependencies(&metadata, id);
    assert!(dependencies.len() > 50, "only {} dependencies were found", dependencies.len());
    let versions = dependencies.iter().filter_map(|id| {
        let package = packages[id.as_str()];
        Some((version(package["rust_version"].as_str()?), text(package, "name")))
    });
    let (highest, by) = versions.max().unwrap();
    let ours = version(text(sdk, "rust_version"));
    assert_eq!(ours, highest, "`rust-version` in the root Cargo.toml must be that of {by}");
}
