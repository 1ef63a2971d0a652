//! `cargo xtask new-version`, as it is typed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Repository, api_docs};
use dataworks_api_spec::Spec;

const OVERLAY: &str = "\
# Decided by hand.
names_kept:
  # Short enough.
  - GetTree.answer.Leaf # of a tree
  - PlantTree.answer.Leaf
actions:
  # Trees are dear.
  GetTree:
    summary: Returns a tree.
    aliases: [ShowTree]
  ListTrees:
    summary: Lists the trees.
    ids: [request.Name]
  PlantTree:
    summary: Plants a tree.
";

/// A repository with one version, and a manifest like the SDK's.
fn repository() -> Repository {
    let repository = Repository::new();
    let actions = [("GetTree", "Id"), ("ListTrees", "Name"), ("PlantTree", "Name")];
    let old = repository.download("old.json", &api_docs("2024-05-18", &actions));
    repository.run(&["import", &old]).done();
    repository.write("api-spec/2024-05-18/overlay.yaml", OVERLAY);
    let features =
        "[features]\ndefault = []\n# One per API version.\nall-versions = [\"v2024-05-18\"]\nv2024-05-18 = []\n";
    repository.write("dataworks-sdk/Cargo.toml", features);
    repository.run(&["regenerate"]).done();
    repository
}

#[test]
fn a_version_is_one_command_and_a_review() {
    let repository = repository();
    // `ListTrees` has another parameter now, and `FellTree` is new.
    let actions = [("FellTree", "Id"), ("GetTree", "Id"), ("ListTrees", "Kind")];
    let file = repository.download("new.json", &api_docs("2027-01-01", &actions));
    let out = repository.run(&["new-version", &file]).done();
    for line in [
        "2027-01-01: actions: 3 new, 0 changed",
        "2027-01-01: decisions of the version before were taken over for 1 actions, in part for 1; 1 actions are new",
        "  in part: ListTrees",
        "  new: FellTree",
        "To review: api-spec/2027-01-01/overlay.yaml",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    let overlay = fs::read_to_string(repository.path("api-spec/2027-01-01/overlay.yaml")).unwrap();
    let taken = "  # Trees are dear.\n  GetTree:\n    summary: Returns a tree.\n    aliases: [ShowTree]\n";
    assert!(overlay.contains(taken), "{overlay}");
    let kept = "names_kept:\n  # Short enough.\n  - GetTree.answer.Leaf # of a tree\nactions:\n";
    assert!(overlay.contains(kept), "{overlay}");
    assert!(
        overlay.contains("  # - FellTree\n") && !overlay.contains("PlantTree") && !overlay.contains("ids:"),
        "{overlay}"
    );

    let spec = Spec::load(&repository.path("api-spec")).unwrap();
    let version = spec.version("2027-01-01").unwrap();
    assert_eq!(version.decisions("ListTrees").summary, Some("Lists the trees."));
    assert_eq!(version.decisions("FellTree").summary, None);
    let manifest = fs::read_to_string(repository.path("dataworks-sdk/Cargo.toml")).unwrap();
    assert!(manifest.contains("all-versions = [\"v2024-05-18\", \"v2027-01-01\"]\n"), "{manifest}");
    assert!(manifest.contains("v2027-01-01 = []\n") && manifest.contains("# One per API version.\n"), "{manifest}");
    repository.run(&["regenerate", "--check"]).done();

    let again = repository.run(&["new-version", &file]).failed();
    assert!(again.contains("api-spec has 2027-01-01 already: cargo xtask update"), "{again}");
}

/// An example stays where nothing it uses breaks: neither its own action nor another one that it calls.
#[test]
fn examples_that_still_hold_are_taken_over() {
    let repository = repository();
    let example = |requests: &str| {
        format!("use dataworks_sdk::v2024_05_18::{{{requests}}};\n\nclient.get_tree(GetTreeRequest::new()).await?;\n")
    };
    for (name, requests) in [
        ("GetTree", "GetTreeRequest"),
        ("ListTrees", "ListTreesRequest"),
        ("PlantTree", "PlantTreeRequest, ListTreesRequest"),
    ] {
        repository.write(&format!("api-spec/2024-05-18/examples/{name}.rs"), &example(requests));
    }
    let actions = [("GetTree", "Id"), ("ListTrees", "Kind"), ("PlantTree", "Name")];
    let file = repository.download("new.json", &api_docs("2027-01-01", &actions));
    let out = repository.run(&["new-version", &file]).done();
    assert!(out.contains("2027-01-01: examples taken over: 1\n"), "{out}");
    assert!(out.contains("  not taken over, as what they use has changed: ListTrees, PlantTree\n"), "{out}");
    let taken = fs::read_to_string(repository.path("api-spec/2027-01-01/examples/GetTree.rs")).unwrap();
    assert_eq!(taken, example("GetTreeRequest").replace("v2024_05_18", "v2027_01_01"));
    let names: Vec<_> = fs::read_dir(repository.path("api-spec/2027-01-01/examples")).unwrap().collect();
    assert_eq!(names.len(), 1);
    let code = fs::read_to_string(repository.path("dataworks-sdk/src/generated/v2027_01_01/client.rs")).unwrap();
    assert!(code.contains("use dataworks_sdk::v2027_01_01::{GetTreeRequest};"), "{code}");
}

#[test]
fn what_cannot_be_added_leaves_everything_as_it_was() {
    let repository = repository();
    let good = repository.download("good.json", &api_docs("2027-01-01", &[("GetTree", "Id")]));
    // Two names that become one in Rust: found out before anything is written.
    let alike = repository.download("alike.json", &api_docs("2027-01-01", &[("GetTree", "Id"), ("Get_Tree", "Id")]));
    let broken = repository.download("broken.json", "{}");
    let before = repository.everything();
    for (file, complaint) in [(&alike, "would both be named"), (&broken, "broken.json")] {
        let err = repository.run(&["new-version", file]).failed();
        assert!(err.contains(complaint) && !err.contains("overlay.yaml:"), "{err}");
        assert!(repository.everything() == before, "{file} has changed something");
    }
    repository.write("dataworks-sdk/Cargo.toml", "[package]\n");
    let before = repository.everything();
    let err = repository.run(&["new-version", &good]).failed();
    assert!(err.contains("has no table [features]"), "{err}");
    assert!(repository.everything() == before);
}

/// This repository with a made-up version beside the others: its code compiles.
#[test]
fn the_code_of_a_new_version_compiles_in_the_sdk() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let repository = Repository::new();
    for part in ["Cargo.toml", "Cargo.lock", "api-spec", "codegen", "dataworks-sdk", "tests", "xtask"] {
        copy(&here.join(part), &repository.path(part));
    }
    let actions = [("CreateProject", "Name"), ("GetNode", "Id"), ("MakeCoffee", "Cups")];
    let file = repository.download("new.json", &api_docs("2027-01-01", &actions));
    repository.run(&["new-version", &file]).done();
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(repository.path(""))
        .args(["check", "--quiet", "--offline", "--locked", "--package", "dataworks-sdk", "--lib"])
        .args(["--no-default-features", "--features", "v2027-01-01"])
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-version"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Copies what is no link and no build.
fn copy(from: &Path, to: &Path) {
    if from.is_symlink() || from.ends_with("target") {
        return;
    }
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let name = entry.unwrap().file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}
