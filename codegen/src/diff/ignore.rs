//! Changes that people have accepted: each with a reason and a day on which it is looked at again.

use std::path::Path;

use dataworks_api_spec::parse;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Report, find};

/// One accepted change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// The place as the report has it, `*` for any part of it.
    pub at: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it counts, `2026-12-31`.
    pub expires: String,
}

/// Reads an ignore file.
///
/// # Errors
/// When it is no list of entries, with line and column.
pub fn read(file: &Path, text: &str) -> Result<Vec<Entry>, String> {
    let entries: Option<Vec<Entry>> = parse(file, text).map_err(|error| error.to_string())?;
    Ok(entries.unwrap_or_default())
}

/// Marks what the entries accept.
///
/// # Errors
/// When an entry names no rule, gives no reason, is past its day or matches no change: every such entry.
pub fn apply(file: &Path, entries: &[Entry], report: &mut Report, today: Date) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let Entry { rule, at, reason, expires } = entry;
        let mut wrong = |what: String| {
            problems.push(format!("{}: entry {}, `{rule}` at `{at}`: {what}", file.display(), index + 1));
        };
        if find(rule).is_none() {
            wrong("there is no such rule; `cargo xtask diff --rules` lists them".to_owned());
            continue;
        }
        if reason.trim().is_empty() {
            wrong("gives no reason: say why in a sentence".to_owned());
        }
        match expires.parse::<Date>() {
            Err(_) => wrong(format!("`expires` is `{expires}`, and a day is written 2026-12-31")),
            Ok(day) if day < today => {
                wrong(format!(
                    "expired on {day}: look at the change again, then remove the entry or give it a new day"
                ));
            }
            Ok(_) => {}
        }
        let mut used = false;
        for change in &mut report.changes {
            if change.rule.id == rule && matches(at, &change.place.to_string()) {
                change.ignored = Some(reason.trim().to_owned());
                used = true;
            }
        }
        if !used {
            wrong("matches no change: remove it".to_owned());
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
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
}
