//! Changes that people have accepted: each with a reason and a day on which it is looked at again.

use std::path::Path;

use dataworks_api_spec::parse;
use jiff::{ToSpan as _, civil::Date};
use serde::Deserialize;

use super::{Report, find};

/// One accepted change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// The place as the report has it, `*` for any part of it.
    pub at: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it stands: file and line as far as it is known, and what it is about.
    place: String,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rule: String,
    at: String,
    reason: String,
    expires: String,
}

/// Reads an ignore file.
///
/// # Errors
/// When it is no list of entries, with line and column; or when an entry names no rule, gives no reason, has a day in
/// another form than `2026-12-31` or more than a year from `today`, or stands there twice: every such entry.
pub fn read(file: &Path, text: &str, today: Date) -> Result<Vec<Entry>, Vec<String>> {
    let written: Option<Vec<Written>> = parse(file, text).map_err(|error| vec![error.to_string()])?;
    let written = written.unwrap_or_default();
    let lines = lines(text, written.len());
    let (mut entries, mut problems) = (Vec::<Entry>::new(), Vec::new());
    for (index, it) in written.into_iter().enumerate() {
        let line = lines.get(index).map(|line| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line}: entry {}, `{}` at `{}`", file.display(), index + 1, it.rule, it.at);
        let mut wrong = |what: String| problems.push(format!("{place}: {what}"));
        if find(&it.rule).is_none() {
            wrong("there is no such rule; `cargo xtask diff --rules` lists them".to_owned());
        }
        if it.reason.trim().is_empty() {
            wrong("gives no reason: say why in a sentence".to_owned());
        }
        if entries.iter().any(|other| other.rule == it.rule && other.at == it.at) {
            wrong("is there twice: remove one of them".to_owned());
        }
        match day(&it.expires, today) {
            Err(reason) => wrong(reason),
            Ok(expires) => {
                let reason = it.reason.trim().to_owned();
                entries.push(Entry { rule: it.rule, at: it.at, reason, expires, place });
            }
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

/// Marks what the entries accept, and answers which of them are stale: past their day, or without a change. Of a
/// comparison of one `version` alone, entries of other versions say nothing.
#[must_use]
pub fn apply(entries: &[Entry], report: &mut Report, today: Date, version: Option<&str>) -> Vec<String> {
    let mut stale = Vec::new();
    for Entry { rule, at, reason, expires, place } in entries {
        let mut used = false;
        for change in &mut report.changes {
            if change.rule.id == rule && matches(at, &change.place.to_string()) {
                change.ignored = Some(reason.clone());
                used = true;
            }
        }
        let is_elsewhere = version.is_some_and(|version| !could_be_of(at, version));
        if *expires < today && !is_elsewhere {
            stale.push(format!(
                "{place}: expired on {expires}: look at the change again, then remove the entry or give it a new day"
            ));
        }
        if !used && !is_elsewhere {
            stale.push(format!("{place}: matches no change: remove the entry"));
        }
    }
    stale
}

/// Whether a pattern can match a place of that version.
fn could_be_of(pattern: &str, version: &str) -> bool {
    let fixed = pattern.split('*').next().unwrap_or_default();
    let length = fixed.len().min(version.len());
    fixed.as_bytes()[..length] == version.as_bytes()[..length]
}

/// Reads a day in its one form, `2026-12-31`, a year from today at most: what is accepted is looked at again.
fn day(text: &str, today: Date) -> Result<Date, String> {
    let day: Option<Date> = text.parse().ok();
    // What the parser takes beside that form, times and other ways to write a day, is not what it prints.
    let Some(day) = day.filter(|day| day.to_string() == text) else {
        return Err(format!("`expires` is `{text}`, and a day is written 2026-12-31"));
    };
    let latest = today.checked_add(1.year()).unwrap_or(Date::MAX);
    if day > latest {
        return Err(format!("`expires` is {day}, more than a year away: {latest} is the latest day"));
    }
    Ok(day)
}

/// The lines on which the entries of a list begin, if each of them has one of its own.
fn lines(text: &str, count: usize) -> Vec<usize> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let dashes = || {
        let numbered = text.lines().enumerate();
        numbered.filter(|(_, line)| line.trim_start().starts_with("- ") || line.trim() == "-")
    };
    // The list itself is indented least; what is further in belongs to an entry.
    let least = dashes().map(|(_, line)| indent(line)).min();
    let lines: Vec<usize> =
        dashes().filter(|(_, line)| Some(indent(line)) == least).map(|(index, _)| index + 1).collect();
    if lines.len() == count { lines } else { Vec::new() }
}

/// Whether a text fits a pattern in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(head) else { return false };
    text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| matches(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("2024-05-18/*.request.Name", "2024-05-18/ListNodes.request.Name"));
        assert!(matches("*", "") && matches("a*", "a") && matches("*a*", "bab"));
        assert!(!matches("a*b", "abc") && !matches("", "a") && !matches("a", "b"));
    }

    #[test]
    fn a_pattern_can_be_of_a_version() {
        for of in ["*", "2024-*", "2024-05-18/ListNodes", "2024-05-18*"] {
            assert!(could_be_of(of, "2024-05-18"), "{of}");
        }
        assert!(!could_be_of("2020-05-18/*", "2024-05-18") && !could_be_of("2023*", "2024-05-18"));
    }

    #[test]
    fn entries_have_lines_where_each_has_its_own() {
        assert_eq!(lines("# - no\n- rule: a\n  at: |\n    - b\n\n-\n  rule: c\n", 2), [2, 6]);
        assert_eq!(lines("[{rule: a}]\n", 1), [] as [usize; 0]);
    }
}
