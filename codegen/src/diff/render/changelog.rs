//! An entry for `CHANGELOG.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::values;
use crate::diff::{Bump, Change, Report, Verdict};

/// How wide a line may be.
const WIDTH: usize = 125;

/// A ready entry, in the form of Keep a Changelog: what callers of the SDK notice, not every change of the spec.
#[must_use]
pub fn changelog(report: &Report, bump: &Bump, today: &str) -> String {
    let mut text = format!("## [{}] - {today}\n", bump.next);
    let sections = [
        ("Added", added(report)),
        ("Changed", changed(report)),
        (
            "Deprecated",
            listed(
                report,
                &["action-deprecated", "parameter-deprecated", "request-field-deprecated", "answer-field-deprecated"],
            ),
        ),
        ("Removed", removed(report)),
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

/// Names by version: `2024-05-18`: 3 actions: `A`, `B`, `C`.
fn by_version<'a>(
    changes: impl Iterator<Item = &'a Change>,
    name: impl Fn(&Change) -> String,
) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes {
        all.entry(change.place.version.clone()).or_default().push(name(change));
    }
    all
}

fn counted(all: BTreeMap<String, Vec<String>>, what: &str) -> Vec<String> {
    let line = |(version, names): (String, Vec<String>)| {
        let plural = if names.len() == 1 { "" } else { "s" };
        format!("{version}: {} {what}{plural}: {}.", names.len(), names.join(", "))
    };
    all.into_iter().map(line).collect()
}

fn added(report: &Report) -> Vec<String> {
    let of = |ids: &'static [&'static str]| report.changes.iter().filter(move |change| ids.contains(&change.rule.id));
    let mut entries: Vec<String> = of(&["version-added"])
        .map(|it| format!("The API version {}, {}.", it.place.version, it.note.as_deref().unwrap_or_default()))
        .collect();
    let action = |change: &Change| format!("`{}`", change.place.action.as_deref().unwrap_or_default());
    entries.extend(counted(by_version(of(&["action-added"]), action), "action"));
    let place = |change: &Change| format!("`{}`", change.place.inner());
    let parameters = of(&["parameter-added-optional", "request-field-added-optional"]);
    entries.extend(counted(by_version(parameters, place), "parameter"));
    entries.extend(counted(by_version(of(&["answer-field-added"]), place), "answer field"));
    entries.extend(counted(by_version(of(&["pages-added"]), place), "action with pages"));
    entries.extend(counted(by_version(of(&["shorthand-added"]), place), "shorthand"));
    entries
}

fn changed(report: &Report) -> Vec<String> {
    const GONE: [&str; 2] = ["action-removed", "version-removed"];
    const NEW: [&str; 2] = ["action-added", "version-added"];
    let told = |change: &&Change| change.breaks() && !GONE.contains(&change.rule.id) && !NEW.contains(&change.rule.id);
    let entry = |change: &Change| {
        let what = match (change.rust, change.wire) {
            (Verdict::Breaks, _) => "**Breaks callers.** ",
            _ => "",
        };
        let values = values(change, |text| format!("`{text}`"));
        let values = if values.is_empty() { String::new() } else { format!(" ({values})") };
        let meaning = change.rule.meaning.trim_end_matches('.');
        format!("{what}{} `{}`: {meaning}{values}.", change.place.version, change.place.inner())
    };
    report.changes.iter().filter(told).map(entry).collect()
}

fn listed(report: &Report, ids: &[&str]) -> Vec<String> {
    let changes = report.changes.iter().filter(|change| ids.contains(&change.rule.id));
    let entry = |change: &Change| {
        let instead = change.after.as_ref().map(|after| format!(": {after}")).unwrap_or_default();
        format!("{} `{}`{instead}.", change.place.version, change.place.inner())
    };
    changes.map(entry).collect()
}

fn removed(report: &Report) -> Vec<String> {
    let of = |id: &'static str| report.changes.iter().filter(move |change| change.rule.id == id);
    let mut entries: Vec<String> =
        of("version-removed").map(|it| format!("The API version {}.", it.place.version)).collect();
    let action = |change: &Change| format!("`{}`", change.place.inner());
    entries.extend(counted(by_version(of("action-removed"), action), "action"));
    entries
}

/// A list entry whose lines are no wider than the rest of the file.
fn wrapped(entry: &str) -> String {
    let mut text = String::from("-");
    let mut width = 1;
    for word in entry.split(' ') {
        let length = word.chars().count();
        if width + 1 + length > WIDTH && width > 2 {
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
