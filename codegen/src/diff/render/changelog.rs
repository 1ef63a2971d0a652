//! An entry for `CHANGELOG.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{code, escaped, values};
use crate::diff::{Bump, Change, Report, Rule, Verdict};

/// How wide a line may be.
const WIDTH: usize = 125;

/// What is new, and what it is called.
const ADDED: &[(&[&str], &str)] = &[
    (&["action-added"], "action"),
    (&["parameter-added-optional", "request-field-added-optional"], "parameter"),
    (&["answer-field-added"], "answer field"),
    (&["enum-added"], "enumeration"),
    (&["enum-value-decided", "request-enum-value-added", "answer-enum-value-added"], "value"),
    (&["pages-added"], "action with pages"),
    (&["shorthand-added"], "shorthand"),
    (&["waiter-added"], "waiter"),
    (&["alias-added"], "name to look an action up by"),
    (&["endpoint-added", "endpoint-vpc-added"], "endpoint"),
];

const DEPRECATED: &[&str] =
    &["action-deprecated", "parameter-deprecated", "request-field-deprecated", "answer-field-deprecated"];

/// What is gone: everything else that goes is told as a change.
const REMOVED: &[(&[&str], &str)] =
    &[(&["action-removed"], "action"), (&["alias-removed"], "name to look an action up by")];

const VERSIONS: [&str; 2] = ["version-added", "version-removed"];

/// What callers of the SDK do not notice unless it breaks something: sentences, groups, and what means the same.
const SILENT: &[&str] = &[
    "action-example-added",
    "action-example-changed",
    "action-example-removed",
    "answer-default-changed",
    "answer-field-became-required",
    "answer-file-url-changed",
    "answer-id-type-changed",
    "answer-item-count-changed",
    "answer-length-changed",
    "answer-pattern-changed",
    "answer-range-changed",
    "answer-reference-changed",
    "directory-changed",
    "doc-added",
    "doc-changed",
    "doc-removed",
    "enum-doc-changed",
    "enum-lookalikes-changed",
    "enum-value-doc-changed",
    "enum-value-restated",
    "error-code-added",
    "error-code-removed",
    "example-changed",
    "field-name-changed",
    "format-changed",
    "glossary-added",
    "glossary-changed",
    "glossary-removed",
    "group-added",
    "group-changed",
    "group-removed",
    "groups-changed",
    "id-bounds-changed",
    "name-kept",
    "name-not-kept",
    "operation-type-changed",
    "outcome-restated",
    "overlay-entry-dangling",
    "pages-restated",
    "parameter-style-restated",
    "pin-restated",
    "rename-restated",
    "request-id-type-changed",
    "request-reference-changed",
    "rust-surface-changed",
    "safety-restated",
    "shorthand-restated",
    "summary-added",
    "summary-changed",
    "summary-removed",
    "type-added",
    "type-form-changed",
    "type-name-added",
    "type-name-changed",
    "type-name-removed",
    "type-removed",
    "type-renamed",
    "waiter-restated",
    "type-restated",
    "undecided-added",
    "undecided-removed",
];

/// A ready entry, in the form of Keep a Changelog: what callers of the SDK notice, not every change of the spec.
#[must_use]
pub fn changelog(report: &Report, bump: &Bump, today: &str) -> String {
    let mut text = format!("## [{}] - {today}\n", bump.next);
    let sections = [
        ("Added", new_versions(report, "version-added").chain(named(report, ADDED)).collect::<Vec<_>>()),
        ("Changed", changed(report)),
        ("Deprecated", deprecated(report)),
        ("Removed", new_versions(report, "version-removed").chain(named(report, REMOVED)).collect()),
    ];
    let is_silent = sections.iter().all(|(_, entries)| entries.is_empty());
    for (heading, entries) in sections.into_iter().filter(|(_, entries)| !entries.is_empty()) {
        let _ = write!(text, "\n### {heading}\n\n");
        entries.iter().for_each(|entry| text.push_str(&wrapped(entry)));
    }
    if is_silent {
        text.push_str("\nNothing that callers notice.\n");
    }
    text
}

/// Whether a change stands in one of the lists of names. A list has no room to say what breaks.
fn is_named(change: &Change) -> bool {
    let of = |list: &[(&[&str], &str)]| list.iter().any(|(ids, _)| ids.contains(&change.rule.id));
    of(REMOVED) || of(ADDED) && !change.breaks()
}

fn new_versions<'r>(report: &'r Report, rule: &'static str) -> impl Iterator<Item = String> + use<'r> {
    let of = report.changes.iter().filter(move |change| change.rule.id == rule);
    of.map(|it| match &it.note {
        Some(note) => format!("The API version {}, {}.", it.place.version, escaped(note)),
        None => format!("The API version {}.", it.place.version),
    })
}

/// Names by version: `2024-05-18: 3 actions: A, B, C.`
fn named(report: &Report, list: &[(&[&str], &str)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (ids, what) in list {
        let of = report.changes.iter().filter(|change| ids.contains(&change.rule.id) && is_named(change));
        let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for change in of {
            all.entry(&change.place.version).or_default().push(name(change));
        }
        lines.extend(all.into_iter().map(|(version, names)| {
            let (first, rest) = what.split_once(' ').unwrap_or((what, ""));
            let (first, rest) = match (names.len(), rest) {
                (1, "") => (first.to_owned(), String::new()),
                (1, rest) => (first.to_owned(), format!(" {rest}")),
                // `answer fields`, and `actions with pages`.
                (_, "field") => (format!("{first} fields"), String::new()),
                (_, "") => (format!("{first}s"), String::new()),
                (_, rest) => (format!("{first}s"), format!(" {rest}")),
            };
            format!("{version}: {} {first}{rest}: {}.", names.len(), names.join(", "))
        }));
    }
    lines
}

/// What a change is told by in a list: its place, and what came or went there.
fn name(change: &Change) -> String {
    let place = code(&change.place.inner());
    match (change.rule.id, &change.before, &change.after) {
        ("alias-added" | "answer-enum-value-added" | "request-enum-value-added", _, Some(value))
        | ("alias-removed", Some(value), _) => format!("{} of {place}", code(value)),
        _ => place,
    }
}

/// What breaks, one by one; and what callers notice besides, by its kind.
fn changed(report: &Report) -> Vec<String> {
    let told = |change: &&Change| {
        let elsewhere = is_named(change) || VERSIONS.contains(&change.rule.id) || DEPRECATED.contains(&change.rule.id);
        !elsewhere && (change.breaks() || !SILENT.contains(&change.rule.id))
    };
    let told: Vec<&Change> = report.changes.iter().filter(told).collect();
    let mut entries: Vec<String> = told.iter().filter(|change| change.breaks()).map(|change| broken(change)).collect();
    let mut kinds: BTreeMap<(&str, &str), (&Rule, Vec<String>)> = BTreeMap::new();
    for change in told.into_iter().filter(|change| !change.breaks()) {
        let kind = kinds.entry((&change.place.version, change.rule.id)).or_insert((change.rule, Vec::new()));
        kind.1.push(format!("{}{}", code(&change.place.inner()), in_brackets(change)));
    }
    let kinds = kinds.into_iter().map(|((version, _), (rule, places))| {
        format!("{version}: {}: {}.", rule.meaning.trim_end_matches('.'), places.join(", "))
    });
    entries.extend(kinds);
    entries
}

fn broken(change: &Change) -> String {
    let what = if change.rust == Verdict::Breaks { "**Breaks callers.** " } else { "" };
    let meaning = change.rule.meaning.trim_end_matches('.');
    let (version, place) = (&change.place.version, code(&change.place.inner()));
    format!("{what}{version} {place}: {meaning}{}.", in_brackets(change))
}

/// What it was and what it is.
fn in_brackets(change: &Change) -> String {
    let values = values(change, code, escaped);
    if values.is_empty() { values } else { format!(" ({values})") }
}

fn deprecated(report: &Report) -> Vec<String> {
    let entry = |change: &Change| {
        let instead = change.after.as_ref().map(|after| format!(": {}", escaped(after))).unwrap_or_default();
        format!("{} {}{instead}.", change.place.version, code(&change.place.inner()))
    };
    report.changes.iter().filter(|change| DEPRECATED.contains(&change.rule.id)).map(entry).collect()
}

/// A list entry whose lines are no wider than the rest of the file.
fn wrapped(entry: &str) -> String {
    let mut text = String::from("-");
    let mut width = 1;
    for word in entry.split(' ') {
        let length = word.chars().count();
        if width + 1 + length > WIDTH && width > 2 && may_begin(word) {
            text.push_str("\n ");
            width = 1;
        }
        text.push(' ');
        text.push_str(word);
        width += 1 + length;
    }
    text.push('\n');
    text
}

/// Whether a line may begin with a word: Markdown looks for lists, headings and the like there, inside of code too.
fn may_begin(word: &str) -> bool {
    let number = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = number.len() < word.len() && (number.is_empty() || number.starts_with(['.', ')']));
    !(word.starts_with(['-', '+', '*', '#', '>', '=', '|', '~', '<', '_']) || word.starts_with("```") || is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::find;

    #[test]
    fn every_rule_that_is_named_is_there_once() {
        let lists = ADDED.iter().chain(REMOVED).flat_map(|(ids, _)| *ids);
        let all: Vec<&str> = lists.chain(DEPRECATED).chain(SILENT).chain(&VERSIONS).copied().collect();
        for (index, id) in all.iter().enumerate() {
            assert!(find(id).is_some(), "{id}");
            assert!(!all[..index].contains(id), "{id} stands twice");
        }
    }

    #[test]
    fn no_line_begins_as_something_else() {
        let long = "a".repeat(WIDTH - 4);
        for word in ["-", "*x", "#", ">", "1.", "12)", "```", "|", "===", "<b>"] {
            assert_eq!(wrapped(&format!("{long} {word} end")), format!("- {long} {word}\n  end\n"), "{word}");
        }
        assert_eq!(wrapped(&format!("{long} `code`")), format!("- {long}\n  `code`\n"));
    }
}
