//! Small specs, one for each feature of the format, against the code that they become.
//!
//! The expected code is compiled too, by the suite: it is generated for use outside the SDK.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use dataworks_api_spec::Spec;
use dataworks_codegen::{Options, generate};

fn options() -> Options {
    Options {
        core: "dataworks_sdk::__rt".to_owned(),
        client_feature: None,
        // The crate that they would be in.
        examples_use: Some("dataworks_sdk".to_owned()),
        version_features: false,
    }
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The features, by the names of their folders.
fn features() -> Vec<PathBuf> {
    let entries = fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path());
    let mut features: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    features.sort();
    features
}

fn read(dir: &Path, below: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            read(&path, below, files);
        } else {
            let name = path.strip_prefix(below).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn specs_become_the_expected_code() {
    let update = env::var_os("UPDATE_GOLDENS").is_some();
    let mut stale = Vec::new();
    for feature in features() {
        let expected_dir = feature.join("expected");
        let spec = Spec::load(&feature.join("spec")).unwrap_or_else(|error| panic!("{}: {error}", feature.display()));
        let generated = generate(&spec, &options()).unwrap_or_else(|error| panic!("{}: {error}", feature.display()));
        let mut expected = BTreeMap::new();
        read(&expected_dir, &expected_dir, &mut expected);
        if generated == expected {
            continue;
        }
        if update {
            let _ = fs::remove_dir_all(&expected_dir);
            for (path, text) in &generated {
                let path = expected_dir.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            continue;
        }
        let name = feature.file_name().unwrap().to_str().unwrap();
        stale.extend(differences(name, &generated, &expected));
    }
    assert!(
        stale.is_empty(),
        "{}\nlook at each, then `UPDATE_GOLDENS=1 cargo test -p dataworks-codegen --test golden` writes them",
        stale.join("\n")
    );
}

/// One line for each file: what is wrong, and where it first differs.
fn differences(feature: &str, new: &BTreeMap<String, String>, old: &BTreeMap<String, String>) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, text) in new {
        match old.get(path) {
            None => lines.push(format!("{feature}/expected/{path} is missing")),
            Some(old) if old != text => {
                let at = text.lines().zip(old.lines()).position(|(new, old)| new != old);
                let at = at.unwrap_or(text.lines().count().min(old.lines().count()));
                let line = |text: &str| text.lines().nth(at).unwrap_or("(its end)").trim().to_owned();
                let (new, old) = (line(text), line(old));
                lines.push(format!("{feature}/expected/{path}:{}: `{old}` has become `{new}`", at + 1));
            }
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|path| !new.contains_key(*path));
    lines.extend(gone.map(|path| format!("{feature}/expected/{path} is not generated any more")));
    lines
}

#[test]
fn the_same_spec_gives_the_same_bytes() {
    for feature in features() {
        let spec = Spec::load(&feature.join("spec")).unwrap();
        let first = generate(&spec, &options()).unwrap();
        let (second, third) = std::thread::scope(|scope| {
            let run = || scope.spawn(|| generate(&spec, &options()).unwrap());
            let (second, third) = (run(), run());
            (second.join().unwrap(), third.join().unwrap())
        });
        assert!(first == second && first == third, "{}", feature.display());
    }
}
