//! For programs.

use serde_json::{Value, json as value};

use super::summary;
use crate::diff::{Bump, Change, Report, Used, Verdict};

/// The version of the form: it grows when a program that reads the form has to change.
pub const SCHEMA: u32 = 1;

/// The report for programs: `{schema, summary, bump, changes}`, two spaces of indentation, and a line feed at the end.
#[must_use]
pub fn json(report: &Report, bump: &Bump) -> String {
    let summary: serde_json::Map<String, Value> =
        summary(report).into_iter().map(|(key, _, count)| (key.to_owned(), count.into())).collect();
    let all = value!({
        "schema": SCHEMA,
        "summary": summary,
        "bump": { "next": bump.next, "why": bump.why },
        "changes": report.changes.iter().map(change).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn change(change: &Change) -> Value {
    let place = &change.place;
    let mut all = value!({
        "rule": change.rule.id,
        "severity": change.severity().as_str(),
        "at": place.to_string(),
        "version": place.version,
        "path": place.path,
        "breaks": { "wire": change.wire == Verdict::Breaks, "rust": change.rust == Verdict::Breaks },
        "meaning": change.rule.meaning,
        "why": change.rule.why,
    });
    let used = change.used.map(|used| match used {
        Used::Requests => "requests",
        Used::Answers => "answers",
        Used::Both => "both",
    });
    // What does not apply is left out.
    let more = [
        ("action", place.action.as_deref()),
        ("before", change.before.as_deref()),
        ("after", change.after.as_deref()),
        ("note", change.note.as_deref()),
        ("used", used),
        ("ignored", change.ignored.as_deref()),
    ];
    for (key, text) in more {
        if let Some(text) = text {
            all[key] = text.into();
        }
    }
    if !change.lost.is_empty() {
        all["lost"] = change.lost.clone().into();
    }
    all
}
