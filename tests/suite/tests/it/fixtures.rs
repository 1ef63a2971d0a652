//! Programs of other feature sets: built and run by the cargo that runs this test, in a workspace of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The cargo that runs this test, in a folder.
pub(crate) fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(dir).args(arguments);
    // What the outer cargo set for this package must not reach the inner one: it would build everything anew.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs cargo and returns what it prints; what it says when it fails is the test's failure.
pub(crate) fn cargo(dir: &Path, arguments: &[&str]) -> String {
    let output = command(dir, arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {} failed:\n{said}", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs cargo in the fixtures' workspace, into a folder that stays between runs.
fn build(arguments: &[&str]) -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("fixtures");
    let (subcommand, rest) = arguments.split_first().unwrap();
    let mut all = vec![*subcommand, "--locked", "--quiet", "--target-dir", target.to_str().unwrap()];
    all.extend_from_slice(rest);
    cargo(&fixtures(), &all)
}

/// The names of the packages that one is built from.
fn tree(arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["tree", "--locked", "--prefix", "none", "--edges", "normal", "--format", "{p}"];
    all.extend_from_slice(arguments);
    let tree = cargo(&fixtures(), &all);
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn two_tls_providers_hurt_nobody() {
    let tree = tree(&["-p", "two-providers"]);
    for provider in ["ring", "aws-lc-rs"] {
        assert!(tree.iter().any(|name| name == provider), "{provider} is not in {tree:?}");
    }
    let said = build(&["run", "-p", "two-providers"]);
    assert!(said.ends_with("no process-wide provider\n"), "{said}");
}

#[test]
fn types_need_neither_runtime_nor_http_nor_tls() {
    let tree = tree(&["-p", "no-client"]);
    assert!(tree.iter().any(|name| name == "dataworks-sdk"), "{tree:?}");
    for costly in ["reqwest", "hyper", "tokio", "rustls", "ring", "tracing"] {
        assert!(!tree.iter().any(|name| name == costly), "{costly} is in {tree:?}");
    }
    let said = build(&["run", "-p", "no-client"]);
    assert!(said.starts_with("encoded and decoded"), "{said}");
}

#[test]
fn every_feature_compiles_by_itself() {
    for features in ["", "client", "v2018-06-01", "v2020-05-18", "client,v2024-05-18"] {
        build(&["check", "-p", "feature-sets", "--features", features]);
    }
}
