//! What it costs to build the SDK, alone and with everything below it, and to ship it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::memory::{peak, watch};
use super::{Row, Unit};
use crate::files::about;

/// The budget builds in a folder of its own: nothing there comes from another build, and nothing there is in its way.
const TARGET: &str = "target/budget";

/// The SDK alone: its dependencies are there, it is compiled anew.
pub(super) fn compile(root: &Path) -> Result<Vec<Row>, String> {
    let target = root.join(TARGET);
    fs::create_dir_all(&target).map_err(|error| about(&target, &error))?;
    let report = target.join("rustc-memory.txt");
    let build = || -> Result<Duration, String> {
        let mut cargo = cargo(root);
        cargo.args(["build", "--quiet", "--locked", "--package", "dataworks-sdk", "--all-features"]);
        // Debug information as in a user's own workspace: ours keeps less of it.
        cargo.args(["--target-dir", TARGET]).env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "2");
        watch(&mut cargo, &report)?;
        timed(&mut cargo)
    };
    announce("the SDK alone, debug, all features: its dependencies first, then the SDK twice");
    build()?;
    let mut seconds = f64::INFINITY;
    let mut bytes: f64 = 0.0;
    for _ in 0..2 {
        let mut clean = cargo(root);
        clean.args(["clean", "--quiet", "--package", "dataworks-sdk", "--profile", "dev", "--target-dir", TARGET]);
        timed(&mut clean)?;
        remove(&report)?;
        seconds = seconds.min(build()?.as_secs_f64());
        bytes = bytes.max(peak(&report, "dataworks_sdk")?);
    }
    let rlib = size(&target.join("debug/libdataworks_sdk.rlib"))?;
    Ok(vec![
        Row::new("SDK alone, debug, all features: build (best of 2)", seconds, 18.0, Unit::Seconds),
        Row::new("SDK alone, debug, all features: peak memory of rustc", bytes, 1.5e9, Unit::Bytes),
        Row::new("SDK alone, debug, all features: rlib", rlib, 120e6, Unit::Bytes),
    ])
}

/// What a user's first build takes.
pub(super) fn program(root: &Path) -> Result<Vec<Row>, String> {
    announce("a program with the SDK and all its dependencies, from nothing");
    let (seconds, _) = from_nothing(root, "program", &manifest(root), PROGRAM, &[])?;
    let what = "A program with the SDK, dependencies included, default features: build";
    Ok(vec![Row::new(what, seconds, 75.0, Unit::Seconds)])
}

/// Builds a program in a folder of its own: the seconds, and the bytes of the binary.
pub(super) fn from_nothing(
    root: &Path,
    name: &str,
    manifest: &str,
    program: &str,
    flags: &[&str],
) -> Result<(f64, f64), String> {
    let folder = root.join(TARGET).join(name);
    remove(&folder)?;
    let source = folder.join("src");
    fs::create_dir_all(&source).map_err(|error| about(&source, &error))?;
    let lock = root.join("Cargo.lock");
    // The same versions as in the workspace: nothing is resolved anew.
    fs::copy(&lock, folder.join("Cargo.lock")).map_err(|error| about(&lock, &error))?;
    for (name, text) in [("Cargo.toml", manifest), ("src/main.rs", program)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| about(&path, &error))?;
    }
    // Whatever is not on this machine yet is no matter of the compiler.
    let mut fetched = timed(cargo(&folder).args(["fetch", "--quiet", "--offline"]).stderr(std::process::Stdio::null()));
    if fetched.is_err() {
        fetched = timed(cargo(&folder).args(["fetch", "--quiet"]));
    }
    fetched?;
    let mut build = cargo(&folder);
    build.args(["build", "--quiet", "--offline", "--target-dir", "target"]).args(flags);
    let seconds = timed(&mut build)?.as_secs_f64();
    let profile = if flags.contains(&"--release") { "release" } else { "debug" };
    let bytes = size(&folder.join("target").join(profile).join(format!("program{}", std::env::consts::EXE_SUFFIX)))?;
    remove(&folder)?;
    Ok((seconds, bytes))
}

fn manifest(root: &Path) -> String {
    let sdk = root.join("dataworks-sdk");
    format!(
        r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"

[dependencies]
dataworks-sdk = {{ path = {sdk:?} }}
futures-util = {{ version = "0.3", default-features = false }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}

[workspace]
"#
    )
}

const PROGRAM: &str = r#"use dataworks_sdk::v2020_05_18::{Client, ListNodesRequest};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), dataworks_sdk::Error> {
    let client = Client::from_env()?;
    let request = ListNodesRequest::new().project_id(530486).project_env("PROD").page_size(100);
    let mut nodes = client.list_nodes(request).items();
    while let Some(node) = nodes.try_next().await? {
        println!("{:?} {:?}", node.node_id, node.node_name);
    }
    Ok(())
}
"#;

/// The crate as it would be published.
pub(super) fn package(root: &Path) -> Result<Vec<Row>, String> {
    announce("the packed SDK crate");
    let folder = root.join(TARGET).join("package");
    remove(&folder)?;
    let mut cargo = cargo(root);
    cargo.args([
        "package",
        "--quiet",
        "--package",
        "dataworks-sdk",
        "--no-verify",
        "--allow-dirty",
        "--exclude-lockfile",
    ]);
    timed(cargo.args(["--target-dir", TARGET]))?;
    let entries = fs::read_dir(&folder).map_err(|error| about(&folder, &error))?;
    let mut packed: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    packed.retain(|path| path.extension().is_some_and(|extension| extension == "crate"));
    let [packed] = packed.as_slice() else {
        return Err(format!("{}: {} packed crates instead of one", folder.display(), packed.len()));
    };
    Ok(vec![Row::new("The packed SDK crate", size(packed)?, 10e6, Unit::Bytes)])
}

/// What is being measured: some of it takes minutes.
pub(super) fn announce(what: &str) {
    eprintln!("measuring {what}");
}

/// Cargo in `folder`, without what this process was called with.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).env_remove("RUSTC_WRAPPER").env_remove("CARGO_TARGET_DIR");
    cargo
}

/// Runs to the end and says how long it took; a failure is an error.
pub(super) fn timed(command: &mut Command) -> Result<Duration, String> {
    let start = Instant::now();
    let status = command.status();
    let took = start.elapsed();
    match status {
        Ok(status) if status.success() => Ok(took),
        Ok(status) => Err(format!("{}: {status}", line(command))),
        Err(error) => Err(format!("{}: {error}", line(command))),
    }
}

/// A command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    let words: Vec<_> = std::iter::once("cargo".to_owned()).chain(arguments).collect();
    words.join(" ")
}

fn size(path: &Path) -> Result<f64, String> {
    let length = fs::metadata(path).map_err(|error| about(path, &error))?.len();
    #[allow(clippy::cast_precision_loss, reason = "no file is that long")]
    Ok(length as f64)
}

/// Removes a file or a folder that may not be there.
fn remove(path: &Path) -> Result<(), String> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(about(path, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = cargo(dir.path());
        command.args(["build", "--quiet"]).stderr(std::process::Stdio::null());
        let error = timed(&mut command).unwrap_err();
        assert!(error.starts_with("cargo build --quiet: "), "{error}");
    }

    #[test]
    fn what_is_not_there_is_removed_already() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        remove(&file).unwrap();
        fs::write(&file, "text").unwrap();
        assert_eq!(size(&file).unwrap(), 4.0);
        remove(&file).unwrap();
        assert!(size(&file).unwrap_err().contains("file"));
    }
}
