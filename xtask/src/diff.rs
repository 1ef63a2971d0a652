//! `cargo xtask diff`: two specs in, what changed between them out.

mod source;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dataworks_codegen::diff::{Report, Severity, bump, diff, ignore, render};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::files::about;
use crate::say;
use source::Source;

/// Where accepted changes stand, if any are.
const IGNORE: &str = "api-spec/diff-ignore.yaml";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What was: a git revision, a folder (a repository, `api-spec` or one version in it) or an official file.
    #[arg(default_value = "HEAD")]
    base: String,
    /// What is, in the same forms; the working tree if not given.
    head: Option<String>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Prints an entry for CHANGELOG.md instead.
    #[arg(long)]
    changelog: bool,
    /// Fails if something is as serious as this.
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Changes that are accepted [default: api-spec/diff-ignore.yaml, if it is there].
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Looks at this version of the API alone.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Lists the rules instead.
    #[arg(long)]
    rules: bool,
    /// The SDK's version, from which the next one is suggested.
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    current: String,
    /// The day on which the ignore file's entries may be past theirs; today if not given.
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a pull request.
    Markdown,
    /// For programs.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What breaks the wire or Rust callers.
    Breaking,
    /// That, and what may surprise.
    Warning,
    /// Any change.
    Any,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    if args.rules {
        let rules = match args.format {
            Format::Text => render::rules_text(),
            Format::Markdown => render::rules_markdown(),
            Format::Json => render::rules_json(),
            Format::Github => return Err("rules are no annotations: take text, markdown or json".to_owned()),
        };
        say(rules.trim_end());
        return Ok(());
    }
    let base = Source::find(root, &args.base)?;
    let head = args.head.as_deref().map_or_else(|| Source::tree(root), |head| Source::find(root, head))?;
    let (base, head) = source::load(root, base, head)?;
    let mut report = diff(&base, &head).map_err(|error| error.to_string())?;
    let today = args.today.unwrap_or_else(today);
    // The default file is about the working tree: its entries are of no other change.
    let default = Some(root.join(IGNORE)).filter(|file| args.head.is_none() && file.is_file());
    // What is wrong with it comes after the report, which nobody should miss for it.
    let accepted = match (&args.ignore, &default) {
        (Some(file), _) => accept(file, file, &mut report, today),
        (None, Some(file)) => accept(file, Path::new(IGNORE), &mut report, today),
        (None, None) => Ok(()),
    };
    if let Some(version) = &args.version {
        if base.version(version).is_none() && head.version(version).is_none() {
            let known: Vec<&str> = head.versions.iter().map(dataworks_api_spec::Version::name).collect();
            return Err(format!("neither side has a version `{version}`; the head has {}", known.join(", ")));
        }
        report.changes.retain(|change| change.place.version == *version);
    }
    let bump = bump(&args.current, &report)?;
    let text = match args.format {
        _ if args.changelog => render::changelog(&report, &bump, &today.to_string()),
        Format::Text => render::text(&report, &bump),
        Format::Markdown => render::markdown(&report, &bump),
        Format::Json => render::json(&report, &bump),
        Format::Github => render::github(&report),
    };
    // Annotations of nothing are nothing.
    if !text.is_empty() {
        say(text.trim_end());
    }
    accepted?;
    judge(&report, args.fail_on)
}

/// The day, wherever the machine stands.
pub(crate) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

fn accept(file: &Path, name: &Path, report: &mut Report, today: Date) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| about(file, &error))?;
    let entries = ignore::read(name, &text)?;
    ignore::apply(name, &entries, report, today).map_err(|problems| problems.join("\n"))
}

/// Fails with one line that says why.
fn judge(report: &Report, fail_on: Option<FailOn>) -> Result<(), String> {
    let (least, what) = match fail_on {
        None => return Ok(()),
        Some(FailOn::Breaking) => (Severity::Error, "breaking"),
        Some(FailOn::Warning) => (Severity::Warning, "breaking or worth a warning"),
        Some(FailOn::Any) => (Severity::Info, "there"),
    };
    match report.count(|change| change.severity() >= least) {
        0 => Ok(()),
        1 => Err(format!("1 change is {what}")),
        count => Err(format!("{count} changes are {what}")),
    }
}
