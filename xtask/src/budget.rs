//! `cargo xtask budget`: what it costs to build and to use the SDK, measured now and held against its bounds.

mod build;
mod memory;
mod run;
mod tls;

use std::path::Path;

use clap::ValueEnum;

use crate::say;
pub(crate) use build::{cargo, line};
pub(crate) use memory::wrapped_rustc;

/// Measured once, on the same two cores: what users of another large SDK put up with.
const REFERENCE: &str = "For comparison, quoted and not measured now: aws-sdk-glue 1.184 with its 309 operations took \
     108 s, 3.75 GB and 545 MB for the crate alone in a debug build on two cores, and 244 s with its dependencies.";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Measures only this; may be given more than once.
    #[arg(long, value_enum, value_name = "WHAT")]
    only: Vec<What>,
    /// Prints JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The SDK alone, all features, debug: time, memory, size.
    Compile,
    /// A small program with the SDK and all its dependencies, from nothing, debug.
    Program,
    /// Decoding a page, against serde with derived structs.
    Decode,
    /// A whole small call, against reqwest alone.
    Call,
    /// `cargo xtask regenerate --check`.
    Regenerate,
    /// The packed SDK crate.
    Package,
    /// What each TLS provider costs, for the choice of ring; only when asked for. Native TLS needs OpenSSL's headers.
    Tls,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Seconds,
    Bytes,
    Ratio,
}

/// One figure and what it may be at most.
struct Row {
    what: String,
    measured: f64,
    bound: f64,
    unit: Unit,
}

impl Row {
    fn new(what: impl Into<String>, measured: f64, bound: f64, unit: Unit) -> Self {
        let what = what.into();
        Self { what, measured, bound, unit }
    }

    /// A figure that is no number is past every bound.
    fn ok(&self) -> bool {
        self.measured <= self.bound
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Seconds => format!("{value:.2} s"),
            _ if value.is_infinite() => "-".to_owned(),
            Self::Bytes if value < 1e9 => format!("{:.1} MB", value / 1e6),
            Self::Bytes => format!("{:.2} GB", value / 1e9),
            Self::Ratio => format!("{value:.3}"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Bytes => "bytes",
            Self::Ratio => "ratio",
        }
    }
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let chosen = |what: &What| args.only.contains(what) || (args.only.is_empty() && *what != What::Tls);
    let load = load();
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for what in What::value_variants().iter().copied().filter(chosen) {
        let measured = match what {
            What::Compile => build::compile(root),
            What::Program => build::program(root),
            What::Decode => run::decode(root),
            What::Call => run::call(root),
            What::Regenerate => run::regenerate(root),
            What::Package => build::package(root),
            What::Tls => tls::providers(root),
        };
        match measured {
            Ok(measured) => rows.extend(measured),
            Err(error) => failures.push(error),
        }
    }
    say(&if args.json { json(&rows, load.as_deref()) } else { table(&rows, load.as_deref()) });
    failures.extend(past(&rows));
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

/// What is past its bound, a line each.
fn past(rows: &[Row]) -> impl Iterator<Item = String> {
    rows.iter().filter(|row| !row.ok()).map(|row| {
        let [measured, bound] = [row.measured, row.bound].map(|value| row.unit.show(value));
        format!("past its bound: {}: {measured}, at most {bound}", row.what)
    })
}

fn table(rows: &[Row], load: Option<&str>) -> String {
    let heads = ["what", "measured", "bound", "ok"].map(str::to_owned);
    let lines = rows.iter().map(|row| {
        let ok = if row.ok() { "yes" } else { "NO" };
        [row.what.clone(), row.unit.show(row.measured), row.unit.show(row.bound), ok.to_owned()]
    });
    let lines: Vec<_> = std::iter::once(heads).chain(lines).collect();
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or_default()
    };
    let [what, measured, bound] = [0, 1, 2].map(width);
    let mut text = String::new();
    for line in &lines {
        let [a, b, c, d] = line;
        text.push_str(&format!("{a:<what$}  {b:>measured$}  {c:>bound$}  {d}\n"));
    }
    if let Some(load) = load {
        text.push_str(&format!("\nLoad of the machine at the start: {load}\n"));
    }
    format!("{text}\n{REFERENCE}")
}

fn json(rows: &[Row], load: Option<&str>) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "what": row.what,
                "measured": row.measured,
                "bound": row.bound,
                "unit": row.unit.name(),
                "ok": row.ok(),
            })
        })
        .collect();
    format!("{:#}", serde_json::json!({ "rows": rows, "load": load }))
}

/// How busy the machine is, where it says so: what it does besides goes into every figure in seconds.
fn load() -> Option<String> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    let minute = load.split_whitespace().next()?.to_owned();
    let cores = std::thread::available_parallelism().ok()?;
    Some(format!("{minute} over the last minute, {cores} cores"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        vec![
            Row::new("inside", 17.9, 18.0, Unit::Seconds),
            Row::new("at it", 0.9, 0.9, Unit::Ratio),
            Row::new("outside", 1.6e9, 1.5e9, Unit::Bytes),
            Row::new("nothing", f64::NAN, 1.0, Unit::Ratio),
        ]
    }

    #[test]
    fn what_is_past_its_bound_is_named() {
        let past: Vec<_> = past(&rows()).collect();
        assert_eq!(
            past,
            ["past its bound: outside: 1.60 GB, at most 1.50 GB", "past its bound: nothing: NaN, at most 1.000",]
        );
    }

    #[test]
    fn the_table_lines_up() {
        let text = table(&rows(), Some("0.50 over the last minute, 2 cores"));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "what     measured    bound  ok");
        assert_eq!(lines[1], "inside    17.90 s  18.00 s  yes");
        assert_eq!(lines[3], "outside   1.60 GB  1.50 GB  NO");
        assert_eq!(lines[6], "Load of the machine at the start: 0.50 over the last minute, 2 cores");
        assert!(text.ends_with(REFERENCE));
    }

    #[test]
    fn json_has_plain_numbers() {
        let json: serde_json::Value = serde_json::from_str(&json(&rows(), None)).unwrap();
        assert_eq!(json["rows"][2]["measured"], 1.6e9);
        assert_eq!(json["rows"][2]["ok"], false);
        assert_eq!(json["rows"][0]["unit"], "s");
        assert_eq!(json["load"], serde_json::Value::Null);
    }

    #[test]
    fn units() {
        assert_eq!(Unit::Bytes.show(86_450_000.0), "86.5 MB");
        assert_eq!(Unit::Bytes.show(1.5e9), "1.50 GB");
        assert_eq!(Unit::Ratio.show(0.8512), "0.851");
    }
}
