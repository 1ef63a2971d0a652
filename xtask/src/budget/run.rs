//! What it costs to use the SDK: the benches measure ratios, and the generator is waited for.

use std::path::Path;
use std::process::Stdio;

use super::build::{announce, cargo, line, timed};
use super::{Row, Unit};

pub(super) fn decode(root: &Path) -> Result<Vec<Row>, String> {
    let printed = bench(root, "decode")?;
    let rows = [
        ("Decoding 100 nodes of 27 fields, over derived serde", "decode_ratio"),
        ("The same with fields in another order", "decode_mixed_ratio"),
    ];
    let row = |(what, name)| figure(&printed, name).map(|ratio| Row::new(what, ratio, 0.9, Unit::Ratio));
    rows.into_iter().map(row).collect()
}

pub(super) fn call(root: &Path) -> Result<Vec<Row>, String> {
    let printed = bench(root, "call")?;
    let ratio = figure(&printed, "call_ratio")?;
    Ok(vec![Row::new("CPU time of a small call, over bare reqwest", ratio, 1.3, Unit::Ratio)])
}

/// What a person waits for who types it, once it is built.
pub(super) fn regenerate(root: &Path) -> Result<Vec<Row>, String> {
    announce("cargo xtask regenerate --check");
    let check = || timed(cargo(root).args(["xtask", "regenerate", "--check"]));
    check()?;
    let mut seconds = f64::INFINITY;
    for _ in 0..3 {
        seconds = seconds.min(check()?.as_secs_f64());
    }
    let what = "cargo xtask regenerate --check (best of 3)";
    Ok(vec![Row::new(what, seconds, 2.0, Unit::Seconds)])
}

/// Runs a bench of the SDK and answers what it prints.
fn bench(root: &Path, name: &str) -> Result<String, String> {
    announce(&format!("the bench {name}, optimised"));
    let mut cargo = cargo(root);
    cargo.args(["bench", "--quiet", "--package", "dataworks-sdk", "--bench", name]);
    let output = cargo.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("{}: {error}", line(&cargo)))?;
    if !output.status.success() {
        return Err(format!("{}: {}", line(&cargo), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The figure of the line `name 0.123`.
fn figure(printed: &str, name: &str) -> Result<f64, String> {
    let mut lines = printed.lines().filter_map(|line| line.split_once(' '));
    let text = lines.find(|(first, _)| *first == name).map(|(_, text)| text.trim());
    let Some(text) = text else {
        return Err(format!("the bench printed no line {name:?}, but: {printed}"));
    };
    match text.parse() {
        Ok(figure) if f64::is_finite(figure) && figure > 0.0 => Ok(figure),
        _ => Err(format!("the bench printed {name} {text:?}, which is no ratio")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str =
        "\ndecode_ratio 0.857\n  75000 bytes: 1µs, derived structs 2µs\ndecode_mixed_ratio 1\nbroken x\nnone NaN\n";

    #[test]
    fn figures_are_found_by_name() {
        assert_eq!(figure(PRINTED, "decode_ratio").unwrap(), 0.857);
        assert_eq!(figure(PRINTED, "decode_mixed_ratio").unwrap(), 1.0);
    }

    #[test]
    fn what_is_no_figure_is_an_error() {
        assert!(figure(PRINTED, "call_ratio").unwrap_err().contains("no line \"call_ratio\""));
        assert!(figure(PRINTED, "broken").unwrap_err().contains("no ratio"));
        assert!(figure(PRINTED, "none").is_err());
    }
}
