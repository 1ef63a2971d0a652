//! Reports as texts: for a terminal, a pull request, programs, annotations and the changelog.

mod changelog;
mod github;
mod json;
mod line;
mod markdown;
mod rules;
mod text;

use std::fmt::Write as _;

use super::{Change, Report, Severity, Verdict};

pub use changelog::changelog;
pub use github::github;
pub use json::{SCHEMA, json};
pub use markdown::{MARKER, markdown};
pub use rules::{rules_json, rules_markdown, rules_text};
pub use text::text;

/// What a reviewer wants to know first: key, words, count.
fn summary(report: &Report) -> [(&'static str, &'static str, usize); 8] {
    let of = |id: &'static str| move |change: &Change| change.rule.id == id;
    let level = |level: Severity| move |change: &Change| change.severity() == level;
    [
        ("actions_added", "actions added", report.count(of("action-added"))),
        ("actions_removed", "actions removed", report.count(of("action-removed"))),
        ("actions_renamed", "actions renamed", report.count(of("action-renamed"))),
        ("breaks_wire", "breaks the wire", report.count(|change| change.wire == Verdict::Breaks)),
        ("breaks_rust", "breaks Rust callers", report.count(|change| change.rust == Verdict::Breaks)),
        ("warnings", "warnings", report.count(level(Severity::Warning))),
        ("infos", "for information", report.count(level(Severity::Info))),
        ("accepted", "accepted by the ignore file", report.changes.len() - report.count(|_| true)),
    ]
}

/// The parts of a report: a heading, and the changes below it.
fn parts(report: &Report) -> Vec<(&'static str, Vec<&Change>)> {
    let of = |level: Severity| report.open().filter(move |change| change.severity() == level && !is_new_action(change));
    let parts = [
        ("Breaking", of(Severity::Error).collect::<Vec<_>>()),
        ("Warnings", of(Severity::Warning).collect()),
        ("New actions", report.open().filter(|change| is_new_action(change)).collect()),
        ("Information", of(Severity::Info).collect()),
        ("Accepted", report.changes.iter().filter(|change| change.ignored.is_some()).collect()),
    ];
    parts.into_iter().filter(|(_, changes)| !changes.is_empty()).collect()
}

fn is_new_action(change: &Change) -> bool {
    change.rule.id == "action-added"
}

/// Changes by what they stand in: an action, a shared type, an enumeration, or the version.
fn groups<'c>(changes: &[&'c Change]) -> Vec<(String, Vec<&'c Change>)> {
    let mut groups: Vec<(String, Vec<&Change>)> = Vec::new();
    for change in changes {
        let name = group(change);
        match groups.last_mut().filter(|(last, _)| *last == name) {
            Some((_, group)) => group.push(change),
            None => groups.push((name, vec![change])),
        }
    }
    groups
}

fn group(change: &Change) -> String {
    let place = &change.place;
    let head = place.action.as_deref().unwrap_or_else(|| shared_head(&place.path).0);
    let parts = [place.version.as_str(), head];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The place inside of its group.
fn inside(change: &Change) -> &str {
    let path = &change.place.path;
    if change.place.action.is_some() { path } else { shared_head(path).1 }
}

/// `types.Column` and `Name` of `types.Column.Name`.
fn shared_head(path: &str) -> (&str, &str) {
    let marks = ['.', '[', '{'];
    let first = path.find(marks).map_or(path.len(), |at| at + 1);
    let end = path[first..].find(marks).map_or(path.len(), |at| first + at);
    (&path[..end], path[end..].trim_start_matches('.'))
}

/// `was a, is b`, as far as either is known, and the note.
fn values(change: &Change, quote: impl Fn(&str) -> String, prose: impl Fn(&str) -> String) -> String {
    const LONGEST: usize = 160;
    let short = |text: &String| {
        let line = line(text);
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => quote(&format!("{}…", &line[..end])),
            None => quote(&line),
        }
    };
    let mut text = match (&change.before, &change.after) {
        (Some(old), Some(new)) => format!("{} → {}", short(old), short(new)),
        (Some(old), None) => format!("was {}", short(old)),
        (None, Some(new)) => short(new),
        (None, None) => String::new(),
    };
    if let Some(note) = &change.note {
        let comma = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{comma}{}", prose(&line(note)));
    }
    text
}

/// A text as one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as code of Markdown, in one line; the fence is longer than what it holds.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // Two fences with nothing between them would be one.
    let space = if longest > 0 || text.is_empty() { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text in one line that is read as neither Markdown nor HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(c, '*' | '_' | '[' | ']' | '<' | '>' | '|' | '\\' | '#' | '`' | '~' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// `breaks wire and Rust`, or nothing.
fn verdict(change: &Change) -> &'static str {
    match (change.wire, change.rust) {
        (Verdict::Breaks, Verdict::Breaks) => "breaks wire and Rust",
        (Verdict::Breaks, Verdict::Safe) => "breaks wire",
        (Verdict::Safe, Verdict::Breaks) => "breaks Rust",
        (Verdict::Safe, Verdict::Safe) => "",
    }
}

/// Which side of the calls uses the shared type, in words.
fn used(change: &Change) -> Option<&'static str> {
    change.used.map(|used| match used {
        super::Used::Requests => "used by requests",
        super::Used::Answers => "used by answers",
        super::Used::Both => "used by requests and answers",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_code() {
        for (text, expected) in [
            ("plain", "`plain`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            ("`", "`` ` ``"),
            ("", "`  `"),
            ("a\nb", "`a b`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn prose_is_read_as_it_is_written() {
        assert_eq!(
            escaped("a `b` | <i>*c*</i>\n\n# d &amp; ~e~"),
            "a \\`b\\` \\| \\<i\\>\\*c\\*\\</i\\> \\# d \\&amp; \\~e\\~"
        );
    }
}
