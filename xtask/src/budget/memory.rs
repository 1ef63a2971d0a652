//! How much memory rustc takes: cargo calls this program in its place, and it asks the system afterwards.

use std::env;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::files::about;

/// The file that figures go to: when it is set, this program stands in for rustc.
const REPORT: &str = "DATAWORKS_BUDGET_REPORT";

/// Has cargo call this program for the crates of the workspace, and collect figures in `report`.
pub(super) fn watch(cargo: &mut Command, report: &Path) -> Result<(), String> {
    let own = env::current_exe().map_err(|error| format!("this program does not know its own path: {error}"))?;
    cargo.env("RUSTC_WORKSPACE_WRAPPER", own).env(REPORT, report);
    Ok(())
}

/// Bytes at the peak of the last run for `name`, as reported.
pub(super) fn peak(report: &Path, name: &str) -> Result<f64, String> {
    let text = fs::read_to_string(report).map_err(|error| about(report, &error))?;
    peak_in(&text, name).ok_or_else(|| format!("{}: no run of rustc for {name} was reported", report.display()))
}

fn peak_in(report: &str, name: &str) -> Option<f64> {
    let mut runs = report.lines().filter_map(|line| line.split_once(' '));
    let (_, bytes) = runs.rfind(|(crate_name, _)| *crate_name == name)?;
    bytes.parse().ok()
}

/// Runs rustc if cargo calls this program in its place.
pub(crate) fn wrapped_rustc() -> Option<ExitCode> {
    let report = env::var_os(REPORT)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    let status = match Command::new(&rustc).args(&arguments).status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("{}: {error}", rustc.display());
            return Some(ExitCode::FAILURE);
        }
    };
    if let (Some(name), Some(bytes)) = (crate_name(&arguments), peak_of_children()) {
        let file = OpenOptions::new().create(true).append(true).open(&report);
        if let Err(error) = file.and_then(|mut file| writeln!(file, "{name} {bytes}")) {
            eprintln!("{}: {error}", report.display());
            return Some(ExitCode::FAILURE);
        }
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Some(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The crate that rustc is to compile: cargo also calls it to ask it things.
fn crate_name(arguments: &[OsString]) -> Option<&str> {
    let at = arguments.iter().position(|argument| argument == "--crate-name")?;
    arguments.get(at + 1)?.to_str()
}

/// The most bytes that a child of this process had in memory.
#[cfg(unix)]
fn peak_of_children() -> Option<i64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?.max_rss();
    // Apple counts in bytes, the others in kilobytes.
    Some(if cfg!(target_vendor = "apple") { peak } else { peak * 1024 })
}

/// Other systems have no such figure: the budget says that none was reported.
#[cfg(not(unix))]
fn peak_of_children() -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_run_of_the_crate_counts() {
        let report = "___ 1000\ndataworks_sdk 5000\ndataworks_sdk 7000\nother 9000\nnonsense\n";
        assert_eq!(peak_in(report, "dataworks_sdk"), Some(7000.0));
        assert_eq!(peak_in(report, "missing"), None);
        assert_eq!(peak_in("", "dataworks_sdk"), None);
        assert_eq!(peak_in("dataworks_sdk many", "dataworks_sdk"), None);
    }

    #[test]
    fn the_crate_is_in_the_arguments() {
        let arguments = |texts: &[&str]| texts.iter().map(OsString::from).collect::<Vec<_>>();
        assert_eq!(crate_name(&arguments(&["--crate-name", "a", "-O"])), Some("a"));
        assert_eq!(crate_name(&arguments(&["-vV"])), None);
        assert_eq!(crate_name(&arguments(&["--crate-name"])), None);
    }
}
