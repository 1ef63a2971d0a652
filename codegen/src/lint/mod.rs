//! What a spec lacks or says twice although it can be read and becomes Rust.
//!
//! Here and not in `dataworks-api-spec`, because names that had to be made unique are known where names are made.

mod actions;
mod bounds;
mod enums;
mod glossary;
mod groups;
mod load;
mod names;
mod no_rust;
mod pages;
mod places;
mod reviews;
mod secrets;
mod summaries;
mod waiters;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use dataworks_api_spec::{
    Day, Loaded, Version,
    position::{self, Position},
};

/// Something to look for in a spec.
#[derive(Debug, PartialEq, Eq)]
pub struct Lint {
    /// What stands in brackets in front of its findings.
    pub id: &'static str,
    /// Whether a finding fails the check.
    pub severity: Severity,
    /// What it finds.
    pub meaning: &'static str,
    /// What to do about a finding.
    pub remedy: &'static str,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It must not stay.
    Error,
    /// Somebody should look at it.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Every lint, sorted by its id.
pub const LINTS: &[&Lint] = &[
    &actions::WITHOUT_GROUP,
    &actions::WITHOUT_SAFETY,
    &actions::WITHOUT_SUMMARY,
    &bounds::CONTRADICTORY,
    &actions::WITHOUT_REPLACEMENT,
    &enums::NEAR_DUPLICATE,
    &load::FILE_UNREAD,
    &load::GLOSSARY_ENTRY,
    &glossary::NAME_ONLY,
    &groups::TWINS,
    &names::MADE_UNIQUE,
    &load::NO_RUST,
    &load::OVERLAY_ENTRY,
    &pages::UNDECIDED,
    &load::PAGINATOR,
    &enums::UNDECIDED,
    &actions::READ_BY_CHANGING_NAME,
    &reviews::OVERDUE,
    &secrets::TWINS,
    &secrets::UNMARKED,
    &summaries::SAME,
    &summaries::STYLE,
    &enums::FITS,
    &load::WAITER,
    &waiters::UNDECIDED,
];

/// Something that a lint found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The lint.
    pub lint: &'static Lint,
    /// The file, below the folder of the spec.
    pub file: PathBuf,
    /// Where in the file.
    pub spot: Spot,
    /// The place in words: `actions.ListNodes`.
    pub place: String,
    /// What is wrong with which value, and what to do.
    pub message: String,
}

impl Finding {
    /// Line and column of the finding in the text of its file, as far as they can be told.
    #[must_use]
    pub fn position(&self, text: &str) -> Option<Position> {
        match &self.spot {
            Spot::Whole => None,
            Spot::At(line, column) => Some((*line, *column)),
            Spot::Decision { section, entry, key, value } => position::in_decisions(text, section, entry, key, value),
            Spot::Fact(keys) => position::in_json(text, keys),
        }
    }
}

/// Where in a file something was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In the file as a whole.
    Whole,
    /// At this line and column.
    At(u64, u64),
    /// In this entry of a section of decisions, at a value under a key.
    Decision {
        /// `actions`
        section: &'static str,
        /// `ListNodes`
        entry: String,
        /// `renames`
        key: &'static str,
        /// `answer.Data`
        value: String,
    },
    /// At the last of these keys, each inside the value of the one before.
    Fact(Vec<String>),
}

/// Looks for everything in [`LINTS`]: errors first, then by file.
#[must_use]
pub fn lint(dir: &Path, loaded: &Loaded, today: &Day) -> Vec<Finding> {
    let mut findings = Vec::new();
    load::check(dir, loaded, &mut findings);
    for version in &loaded.spec.versions {
        let mut checked = Checked { version, findings: &mut findings };
        for check in CHECKS {
            check(&mut checked);
        }
        reviews::check(&mut checked, today);
    }
    glossary::check(&loaded.spec, &mut findings);
    actions::replacements(&loaded.spec, &mut findings);
    groups::check(&loaded.spec, &mut findings);
    secrets::twins(&loaded.spec, &mut findings);
    findings.sort_by(|one, other| {
        let order = |it: &Finding| (it.lint.severity, it.file.clone());
        order(one).cmp(&order(other))
    });
    findings
}

/// What looks at one version by itself.
const CHECKS: &[fn(&mut Checked<'_>)] = &[
    actions::check,
    bounds::check,
    enums::check,
    names::check,
    pages::check,
    secrets::check,
    summaries::check,
    waiters::check,
];

/// A version under the lints, and what they found so far.
struct Checked<'a> {
    version: &'a Version,
    findings: &'a mut Vec<Finding>,
}

impl Checked<'_> {
    /// Notes something about an action: where it is decided, or else where it is described.
    fn at_action(&mut self, lint: &'static Lint, action: &str, key: &'static str, what: impl fmt::Display) {
        let place = format!("actions.{action}");
        if self.version.overlay.actions.contains_key(action) {
            let spot = Spot::Decision { section: "actions", entry: action.to_owned(), key, value: String::new() };
            self.add(lint, "overlay.yaml", spot, place, what);
        } else {
            self.add(lint, &format!("actions/{action}.json"), Spot::Whole, place, what);
        }
    }

    /// Notes something about a decision.
    fn at_decision(
        &mut self,
        lint: &'static Lint,
        (section, entry): (&'static str, &str),
        key: &'static str,
        value: &str,
        what: impl fmt::Display,
    ) {
        let place = [section, entry, key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        let spot = Spot::Decision { section, entry: entry.to_owned(), key, value: value.to_owned() };
        self.add(lint, "overlay.yaml", spot, place, what);
    }

    /// Notes something about a parameter or a field.
    fn at_field(&mut self, lint: &'static Lint, field: &places::Place<'_>, what: impl fmt::Display) {
        let spot = Spot::Fact(field.keys.clone());
        self.add(lint, &field.file(), spot, field.name(), what);
    }

    fn add(&mut self, lint: &'static Lint, file: &str, spot: Spot, place: String, what: impl fmt::Display) {
        let file = Path::new(self.version.name()).join(file);
        self.findings.push(Finding { lint, file, spot, place, message: format!("{what}; {}", lint.remedy) });
    }
}
