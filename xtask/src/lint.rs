//! `cargo xtask lint`: what the spec lacks or says twice, and how much of it people explained.

mod coverage;
mod print;

use std::path::Path;

use clap::ValueEnum;
use dataworks_api_spec::{Day, Loaded, Spec};
use dataworks_codegen::lint::{LINTS, Severity, lint};

use crate::diff::today;
use crate::say;

/// Where the spec lies in the repository.
const SPEC: &str = "api-spec";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Lists the lints: what each finds and what to do about it.
    #[arg(long, conflicts_with = "coverage")]
    list: bool,
    /// Prints how much of the generated code people explained; fails if it is less than it has to be.
    #[arg(long)]
    coverage: bool,
    /// With --coverage: lists what nobody explained.
    #[arg(long, requires = "coverage")]
    missing: bool,
    /// How to print.
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// The day that reviews are held against, `2027-06-30`; today if not given.
    #[arg(long, value_name = "DAY", value_parser = day)]
    today: Option<Day>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people.
    Text,
    /// One JSON value.
    Json,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let json = args.format == Format::Json;
    if args.list {
        say(&if json { print::list_as_json() } else { print::list() });
        return Ok(());
    }
    let dir = root.join(SPEC);
    if args.coverage {
        return coverage::run(&dir, args.missing, json);
    }
    let loaded: Loaded = Spec::load_unchecked(&dir);
    let today = match &args.today {
        Some(day) => day.clone(),
        None => day(&today().to_string())?,
    };
    let findings = lint(&dir, &loaded, &today);
    let placed = print::place(&dir, &findings);
    say(&if json { print::as_json(&placed) } else { print::as_text(&placed) });
    let errors = findings.iter().filter(|finding| finding.lint.severity == Severity::Error).count();
    match errors {
        0 => Ok(()),
        1 => Err("1 error: mend it, or decide about it in overlay.yaml (api-spec/README.md)".to_owned()),
        _ => Err(format!("{errors} errors: mend them, or decide about them in overlay.yaml (api-spec/README.md)")),
    }
}

fn day(text: &str) -> Result<Day, String> {
    Day::try_from(text.to_owned())
}
