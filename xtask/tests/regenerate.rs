//! `cargo xtask regenerate`, as it is typed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;

use common::{Repository, api_docs};

const GENERATED: &str = "dataworks-sdk/src/generated";

/// A repository with a small spec and the code generated from it, and the path of one generated file.
fn generated() -> (Repository, String) {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs("2020-05-18", &[("GetTree", "Id")]));
    repository.run(&["import", &file]).done();
    let out = repository.run(&["regenerate"]).done();
    assert!(out.contains(" new, 0 changed, 0 removed, 0 unchanged in "), "{out}");
    let files = repository.everything().into_keys();
    let generated = repository.path(GENERATED);
    let mut paths = files
        .filter(|path| path.is_file())
        .filter_map(|path| Some(path.strip_prefix(&generated).ok()?.to_owned()));
    let path = paths.next_back().unwrap().display().to_string();
    (repository, format!("{GENERATED}/{path}"))
}

#[test]
fn regenerating_twice_changes_nothing() {
    let (repository, _) = generated();
    let before = repository.everything();
    let out = repository.run(&["regenerate"]).done();
    assert!(out.starts_with("0 new, 0 changed, 0 removed, "), "{out}");
    assert_eq!(repository.everything(), before);
    assert_eq!(repository.run(&["regenerate", "--check"]).done(), "");
}

#[test]
fn check_lists_what_differs_and_writes_nothing() {
    let (repository, path) = generated();
    let orphan = format!("{GENERATED}/old/thing.rs");
    repository.write(&orphan, "// @generated long ago\n");
    repository.write(&path, "// @generated and touched\n");
    let before = repository.everything();
    let err = repository.run(&["regenerate", "--check"]).failed();
    let expected = [
        format!("stale: {path}"),
        format!("orphan: {orphan}"),
        "run: cargo xtask regenerate".to_owned(),
    ];
    assert_eq!(err.lines().collect::<Vec<_>>(), expected);
    assert_eq!(repository.everything(), before);

    fs::remove_file(repository.path(&path)).unwrap();
    let err = repository.run(&["regenerate", "--check"]).failed();
    assert!(err.contains(&format!("missing: {path}")), "{err}");

    let out = repository.run(&["regenerate"]).done();
    assert!(out.starts_with("1 new, 0 changed, 1 removed, "), "{out}");
    assert!(!repository.path(&format!("{GENERATED}/old")).exists());
    repository.run(&["regenerate", "--check"]).done();
}

#[test]
fn a_file_that_is_not_generated_is_never_removed() {
    let (repository, path) = generated();
    let foreign = format!("{GENERATED}/mine.rs");
    repository.write(&foreign, "// by hand\n");
    repository.write(&path, "// @generated and touched\n");
    let before = repository.everything();
    let err = repository.run(&["regenerate"]).failed();
    assert!(err.starts_with(&format!("{foreign}: is not generated")), "{err}");
    assert_eq!(repository.everything(), before);
}

#[test]
fn a_broken_spec_changes_nothing() {
    let (repository, _) = generated();
    repository.write("api-spec/2020-05-18/actions/GetTree.json", "{");
    let before = repository.everything();
    let err = repository.run(&["regenerate"]).failed();
    assert!(err.contains("GetTree.json"), "{err}");
    assert_eq!(repository.everything(), before);
}
