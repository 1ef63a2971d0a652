//! For a pull request.

use std::fmt::Write as _;

use super::{code, escaped, groups, inside, parts, summary, used, values, verdict};
use crate::diff::{Bump, Change, Report, Verdict};

/// Longer lists are folded.
const UNFOLDED: usize = 12;

/// So much fits into a pull request, which holds 65,536 characters, with what an update adds to it.
const LONGEST: usize = 45_000;

/// What the report begins with: nobody sees it, and a workflow finds its own comment by it.
pub const MARKER: &str = "<!-- cargo xtask diff -->";

/// The report for a pull request, [`MARKER`] first.
#[must_use]
pub fn markdown(report: &Report, bump: &Bump) -> String {
    let mut text = format!("{MARKER}\n## What changes in the API\n\n");
    if report.changes.is_empty() {
        text.push_str("Nothing changed.\n");
        return text;
    }
    text.push_str("| | |\n|---|---:|\n");
    for (_, what, count) in summary(report).into_iter().filter(|(.., count)| *count > 0) {
        let bold = if what.starts_with("breaks") { "**" } else { "" };
        let _ = writeln!(text, "| {bold}{what}{bold} | {bold}{count}{bold} |");
    }
    let _ = writeln!(text, "\nSuggested version: **{}** ({}).", bump.next, bump.why);
    for (heading, changes) in parts(report) {
        let part = part(heading, &changes);
        let _ = writeln!(text, "\n### {heading} ({})\n", changes.len());
        if text.len() + part.len() > LONGEST {
            text.push_str("Too many to be listed here: `cargo xtask diff` shows them.\n");
        } else {
            text.push_str(&part);
        }
    }
    text
}

/// What stands under a heading.
fn part(heading: &str, changes: &[&Change]) -> String {
    let mut text = String::new();
    let folded = heading != "Breaking" && changes.len() > UNFOLDED;
    if folded {
        let _ = writeln!(text, "<details><summary>{} entries</summary>\n", changes.len());
    }
    match heading {
        "New actions" => changes.iter().for_each(|change| new_action(&mut text, change)),
        "Breaking" => breaking(&mut text, changes),
        _ => by_group(&mut text, changes),
    }
    if folded {
        text.push_str("\n</details>\n");
    }
    text
}

fn new_action(text: &mut String, change: &Change) {
    let name = change.place.action.as_deref().unwrap_or_default();
    let summary = change.note.as_ref().map(|note| format!(": {}", escaped(note))).unwrap_or_default();
    let _ = writeln!(text, "- {} {}{summary}", change.place.version, code(name));
}

/// A row for each break, with both verdicts and what callers lose.
fn breaking(text: &mut String, changes: &[&Change]) {
    const MOST_LOSSES: usize = 5;
    text.push_str("| Change | Where | Wire | Rust |\n|---|---|---|---|\n");
    for change in changes {
        let wire = match change.wire {
            Verdict::Breaks => format!("**breaks**: {}", change.rule.why),
            Verdict::Safe => "safe".to_owned(),
        };
        let rust = match change.rust {
            Verdict::Breaks => {
                let shown: Vec<&str> = change.lost.iter().take(MOST_LOSSES).map(String::as_str).collect();
                let more = change.lost.len().saturating_sub(MOST_LOSSES);
                let more = if more > 0 { format!(", and {more} more") } else { String::new() };
                format!("**breaks**: {}{more}", shown.join("; "))
            }
            Verdict::Safe => "safe".to_owned(),
        };
        let values = values(change, code, escaped);
        let values = if values.is_empty() { String::new() } else { format!("<br>{}", cell(&values)) };
        let used = used(change).map(|used| format!("<br>{used}")).unwrap_or_default();
        let place = &change.place;
        let _ = writeln!(
            text,
            "| `{}`{values} | {}{used} | {wire} | {} |",
            change.rule.id,
            cell(&code(&place.to_string())),
            cell(&rust)
        );
    }
}

fn by_group(text: &mut String, changes: &[&Change]) {
    for (name, changes) in groups(changes) {
        let _ = writeln!(text, "- **{}**", escaped(&name));
        for change in changes {
            let mut parts = vec![format!("`{}`", change.rule.id)];
            parts.extend(Some(inside(change)).filter(|path| !path.is_empty()).map(code));
            parts.extend(Some(values(change, code, escaped)).filter(|values| !values.is_empty()));
            let remarks = [Some(verdict(change)).filter(|it| !it.is_empty()), used(change), change.ignored.as_deref()];
            parts.extend(remarks.into_iter().flatten().map(|remark| format!("({})", escaped(remark))));
            let _ = writeln!(text, "  - {}", parts.join(" "));
        }
    }
}

/// A bar ends a cell, inside of code too. The table takes this escape away before anything else is read.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
