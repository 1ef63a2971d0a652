//! `cargo xtask regenerate`, as it is typed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::process::Command;

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
    let mut paths =
        files.filter(|path| path.is_file()).filter_map(|path| Some(path.strip_prefix(&generated).ok()?.to_owned()));
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
    let expected = [format!("stale: {path}"), format!("orphan: {orphan}"), "run: cargo xtask regenerate".to_owned()];
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
    for args in [&["regenerate"][..], &["regenerate", "--check"]] {
        let err = repository.run(args).failed();
        let lines: Vec<_> = err.lines().collect();
        assert!(lines[0].starts_with(&format!("foreign: {foreign}: is not generated")), "{err}");
        let stale = format!("stale: {path}");
        assert_eq!(lines[1..], [stale.as_str(), "nothing was written; then run: cargo xtask regenerate"]);
        assert_eq!(repository.everything(), before);
    }
}

#[test]
fn a_generated_file_that_lost_its_mark_is_stale() {
    let (repository, path) = generated();
    repository.write(&path, "// by mistake\n");
    let err = repository.run(&["regenerate", "--check"]).failed();
    assert_eq!(err, format!("stale: {path}\nrun: cargo xtask regenerate\n"));
    let out = repository.run(&["regenerate"]).done();
    assert!(out.starts_with("0 new, 1 changed, 0 removed, "), "{out}");
}

#[test]
fn a_version_without_a_feature_is_noted() {
    let (repository, _) = generated();
    let manifest = "dataworks-sdk/Cargo.toml";
    let has = "[features]\nv2020-05-18 = []\n";
    repository.write(manifest, has);
    assert_eq!(repository.run(&["regenerate", "--check"]).done(), "");
    let file = repository.download("b.json", &api_docs("2031-01-01", &[("GetTree", "Id")]));
    repository.run(&["import", &file]).done();
    let note = "note: dataworks-sdk/Cargo.toml has no feature for 2031-01-01, so its code is not compiled; \
                add under [features]:\nv2031-01-01 = []\n";
    let out = repository.run(&["regenerate"]).done();
    assert!(out.ends_with(note), "{out}");
    assert_eq!(repository.run(&["regenerate", "--check"]).done(), note);
    repository.write(manifest, &format!("{has}v2031-01-01 = []\n"));
    assert_eq!(repository.run(&["regenerate", "--check"]).done(), "");
}

#[test]
fn without_an_overlay_nothing_is_generated() {
    let (repository, _) = generated();
    fs::remove_file(repository.path("api-spec/2020-05-18/overlay.yaml")).unwrap();
    let before = repository.everything();
    let err = repository.run(&["regenerate"]).failed();
    assert!(err.contains("has no `overlay.yaml`: restore it"), "{err}");
    assert_eq!(repository.everything(), before);
}

/// `cargo xtask regenerate --check 2>&1 | head -1`.
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let (repository, path) = generated();
    repository.write(&path, "// @generated and touched\n");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["regenerate", "--check", "--root"])
        .arg(repository.path(""))
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1), "a panic is 101");
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
