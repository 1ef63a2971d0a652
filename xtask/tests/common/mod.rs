//! Runs the program on a folder of its own.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(dead_code, reason = "each file of tests uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository that holds nothing but what the tests put there.
pub(crate) struct Repository(TempDir);

/// What a run came to.
pub(crate) struct Run {
    pub(crate) ok: bool,
    /// What the program ended with.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(repository.path("api-spec")).unwrap();
        repository
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("repository").join(path)
    }

    /// A file beside the repository, as one that was downloaded.
    pub(crate) fn download(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let root = self.path("");
        let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).arg("--root").arg(root).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Run { ok: output.status.success(), code: output.status.code().unwrap(), out, err }
    }

    /// Runs git in it.
    #[track_caller]
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git").arg("-C").arg(self.path("")).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Commits everything, into a new repository of git if there is none.
    #[track_caller]
    pub(crate) fn commit(&self) {
        self.git(&["init", "--quiet", "--initial-branch=main"]);
        self.git(&["add", "."]);
        let author = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"];
        self.git(&[&author[..], &["commit", "--quiet", "--allow-empty", "--message", "all"]].concat());
    }

    /// Every file there is, beside the repository too, with its text.
    pub(crate) fn everything(&self) -> BTreeMap<PathBuf, String> {
        let mut files = BTreeMap::new();
        collect(self.0.path(), &mut files);
        files
    }
}

impl Run {
    /// What it said, if it succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert!(self.ok, "{}\n{}", self.out, self.err);
        self.out
    }

    /// What it complained about, if it failed.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert!(!self.ok, "{}", self.out);
        self.err
    }
}

fn collect(dir: &Path, files: &mut BTreeMap<PathBuf, String>) {
    // A folder counts too: none may be left behind.
    files.insert(dir.to_owned(), String::new());
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path.clone(), fs::read_to_string(&path).unwrap());
        }
    }
}

/// An official file of these actions, each with a parameter of the given name.
pub(crate) fn api_docs(version: &str, actions: &[(&str, &str)]) -> String {
    let actions: Vec<_> = actions
        .iter()
        .map(|(name, parameter)| {
            format!(
                r##""{name}": {{
                    "methods": ["post"],
                    "parameters": [{{"name": "{parameter}", "in": "query", "schema": {{"type": "string"}}}}],
                    "responses": {{"200": {{"schema": {{"type": "object", "properties": {{
                        "RequestId": {{"type": "string"}}, "Leaf": {{"$ref": "#/components/schemas/Leaf"}}
                    }}}}}}}}
                }}"##
            )
        })
        .collect();
    format!(
        r#"{{
            "info": {{"style": "RPC", "product": "dataworks-public", "version": "{version}"}},
            "components": {{"schemas": {{"Leaf": {{"type": "object", "properties": {{"Color": {{"type": "string"}}}}}}}}}},
            "apis": {{{}}},
            "endpoints": [{{"regionId": "cn-north", "endpoint": "north.example.com"}}]
        }}"#,
        actions.join(",")
    )
}
