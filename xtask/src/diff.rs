//! `cargo xtask diff`: two specs in, what changed between them out.

mod source;

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dataworks_codegen::diff::{Report, Severity, bump, diff, ignore, render};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::files::about;
use crate::{Failure, say};
use source::Source;

/// Where accepted changes stand, if any are.
const IGNORE: &str = "api-spec/diff-ignore.yaml";

/// Could not compare: clap ends with this, too, where the command itself is wrong.
const NO_ANSWER: u8 = 2;

/// What the program ends with, for those who run it from a script.
const EXIT_CODES: &str = "\
Exit codes:
  0  compared, and nothing is as serious as --fail-on says
  1  something is, or entries of the ignore file are unused or past their day
  2  could not compare: a side, the ignore file or the command itself cannot be read";

#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// What was: a git revision, a folder (a repository, `api-spec` or one version in it) or an official file.
    #[arg(default_value = "HEAD")]
    base: String,
    /// What is, in the same forms; the working tree if not given.
    head: Option<String>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Prints an entry for CHANGELOG.md instead; it has one form.
    #[arg(long, conflicts_with_all = ["format", "rules"])]
    changelog: bool,
    /// Fails, with exit code 1, if something is as serious as this.
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

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), Failure> {
    let found = if args.rules { list_rules(args.format).map(|()| Vec::new()) } else { compare(root, args) };
    let complaints = found.map_err(|message| Failure { code: NO_ANSWER, message })?;
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

fn list_rules(format: Format) -> Result<(), String> {
    let rules = match format {
        Format::Text => render::rules_text(),
        Format::Markdown => render::rules_markdown(),
        Format::Json => render::rules_json(),
        Format::Github => return Err("rules are no annotations: take text, markdown or json".to_owned()),
    };
    say(rules.trim_end());
    Ok(())
}

/// Prints the report, and answers why the run fails, if it does. An error says why there is no answer.
fn compare(root: &Path, args: &Args) -> Result<Vec<String>, String> {
    let base = Source::find(root, &args.base)?;
    let head = args.head.as_deref().map_or_else(|| Source::tree(root), |head| Source::find(root, head))?;
    let is_whole = base.is_whole() && head.is_whole();
    let side = head;
    let (base, head) = source::load(root, &base, &side)?;
    let alone = head.versions.first().or(base.versions.first()).filter(|_| !is_whole);
    let alone = args.version.as_deref().or(alone.map(dataworks_api_spec::Version::name));
    let mut report = diff(&base, &head).map_err(|error| error.to_string())?;
    let today = args.today.unwrap_or_else(today);
    // The default file is about the working tree: its entries are of no other change.
    let default = Path::new(IGNORE);
    let default = Some((root.join(default), default)).filter(|(file, _)| args.head.is_none() && file.is_file());
    let given = args.ignore.as_ref().map(|file| (file.clone(), file.as_path()));
    let entries = given.or(default).map_or(Ok(Vec::new()), |(file, name)| accepted(&file, name, today));
    let mut complaints = match &entries {
        Ok(entries) => ignore::apply(entries, &mut report, today, alone),
        Err(_) => Vec::new(),
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
        Format::Github => render::github(&report, |file| side.text(file)),
    };
    // Annotations of nothing are nothing.
    if !text.is_empty() {
        say(text.trim_end());
    }
    // What is wrong with the ignore file comes after the report, which nobody should miss for it.
    entries?;
    complaints.extend(judge(&report, args.fail_on));
    Ok(complaints)
}

/// The day, wherever the machine stands.
pub(crate) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// What the file accepts, which messages call `name`.
fn accepted(file: &Path, name: &Path, today: Date) -> Result<Vec<ignore::Entry>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| about(file, &error))?;
    ignore::read(name, &text, today).map_err(|problems| problems.join("\n"))
}

/// What changes accepted in this repository are there, if any.
pub(crate) fn accepted_here(root: &Path) -> Result<Vec<ignore::Entry>, String> {
    let file = root.join(IGNORE);
    if file.is_file() { accepted(&file, Path::new(IGNORE), today()) } else { Ok(Vec::new()) }
}

/// One line that says what is as serious as it may not be.
fn judge(report: &Report, fail_on: Option<FailOn>) -> Option<String> {
    let (least, what) = match fail_on? {
        FailOn::Breaking => (Severity::Error, "breaking"),
        FailOn::Warning => (Severity::Warning, "breaking or worth a warning"),
        FailOn::Any => (Severity::Info, "there"),
    };
    match report.count(|change| change.severity() >= least) {
        0 => None,
        1 => Some(format!("1 change is {what}")),
        count => Some(format!("{count} changes are {what}")),
    }
}
