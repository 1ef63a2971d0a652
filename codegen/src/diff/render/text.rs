//! For a terminal.

use std::fmt::Write as _;

use super::{groups, inside, parts, summary, used, values, verdict};
use crate::diff::{Bump, Change, Report};

/// So many losses of one change are named; JSON has all of them.
const MOST_LOSSES: usize = 5;

/// The report for a terminal.
#[must_use]
pub fn text(report: &Report, bump: &Bump) -> String {
    if report.changes.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut text = String::new();
    for (_, what, count) in summary(report).into_iter().filter(|(.., count)| *count > 0) {
        let _ = writeln!(text, "{count:>6}  {what}");
    }
    let _ = writeln!(text, "\nSuggested version: {} ({})", bump.next, bump.why);
    for (heading, changes) in parts(report) {
        let _ = writeln!(text, "\n{heading} ({})", changes.len());
        if heading == "New actions" {
            changes.iter().for_each(|change| new_action(&mut text, change));
            continue;
        }
        for (name, changes) in groups(&changes) {
            let _ = writeln!(text, "  {name}");
            changes.iter().for_each(|change| one(&mut text, change));
        }
    }
    text
}

fn new_action(text: &mut String, change: &Change) {
    let name = change.place.action.as_deref().unwrap_or_default();
    let summary = change.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
    let _ = writeln!(text, "  {} {name}{summary}", change.place.version);
}

fn one(text: &mut String, change: &Change) {
    let mut line = String::new();
    let values = values(change, str::to_owned, str::to_owned);
    for part in [change.rule.id, inside(change), &values] {
        if !part.is_empty() {
            let _ = write!(line, "  {part}");
        }
    }
    let remarks: Vec<&str> =
        [Some(verdict(change)), used(change)].into_iter().flatten().filter(|it| !it.is_empty()).collect();
    if !remarks.is_empty() {
        let _ = write!(line, "  [{}]", remarks.join("; "));
    }
    let _ = writeln!(text, "  {line}");
    for lost in change.lost.iter().take(MOST_LOSSES) {
        let _ = writeln!(text, "        {}", lost.replace('`', ""));
    }
    if change.lost.len() > MOST_LOSSES {
        let _ = writeln!(text, "        and {} more", change.lost.len() - MOST_LOSSES);
    }
    if change.breaks() && change.wire == crate::diff::Verdict::Breaks {
        let _ = writeln!(text, "        wire: {}", change.rule.why);
    }
    if let Some(reason) = &change.ignored {
        let _ = writeln!(text, "        accepted: {reason}");
    }
}
