//! Annotations of GitHub Actions, at the files where the changes stand.

use std::fmt::Write as _;

use super::{line::line, used, values, verdict};
use crate::diff::{Change, Report, Severity, Verdict, rules::is_decided};

/// So many errors, and as many warnings, GitHub shows of one step; what is more it drops.
const MOST: usize = 10;

/// The report as workflow commands, a line each: the most serious ones, and how many there are besides. `text` answers
/// what a file of the head holds, `api-spec/2020-05-18/actions/GetNode.json` for example, where it can be read.
#[must_use]
pub fn github(report: &Report, text: impl Fn(&str) -> Option<String>) -> String {
    let mut commands = String::new();
    let mut left = Vec::new();
    for (severity, command) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        let mut changes: Vec<&Change> = report.open().filter(|change| change.severity() == severity).collect();
        changes.sort_by_key(|change| std::cmp::Reverse(breaks(change)));
        for change in changes.iter().take(MOST) {
            let file = file(change);
            let line = text(&file).and_then(|text| line(change, &file, &text));
            let line = line.map(|line| format!(",line={line}")).unwrap_or_default();
            let (file, title, data) = (property(&file), property(change.rule.id), data(&message(change)));
            let _ = writeln!(commands, "::{command} file={file}{line},title={title}::{data}");
        }
        let more = changes.len().saturating_sub(MOST);
        if more > 0 {
            left.push(format!("{more} more {command}{} in the summary", if more == 1 { " is" } else { "s are" }));
        }
    }
    // Changes for information alone would drown the rest.
    let infos = report.count(|change| change.severity() == Severity::Info);
    if infos > 0 {
        left.push(format!("{infos} further changes break nothing and surprise nobody"));
    }
    if !left.is_empty() {
        let _ = writeln!(commands, "::notice title=spec diff::{}", data(&left.join("; ")));
    }
    commands
}

/// How many of the two break.
fn breaks(change: &Change) -> usize {
    [change.wire, change.rust].iter().filter(|it| **it == Verdict::Breaks).count()
}

fn message(change: &Change) -> String {
    let values = values(change, str::to_owned, str::to_owned);
    let mut lines = vec![format!("{}: {}", change.place, change.rule.meaning)];
    lines.extend(Some(values).filter(|values| !values.is_empty()));
    let verdict = Some(verdict(change)).filter(|it| !it.is_empty());
    lines.extend([verdict, used(change)].into_iter().flatten().map(str::to_owned));
    lines.extend(change.lost.iter().take(5).cloned());
    lines.join("\n")
}

/// The file to look at.
fn file(change: &Change) -> String {
    let (rule, place) = (change.rule.id, &change.place);
    let shared = place.path.strip_prefix("types.").and_then(|path| path.split(['.', '[', '{']).next());
    let inner = match (&place.action, shared) {
        _ if rule.starts_with("glossary-") => return "api-spec/glossary.yaml".to_owned(),
        _ if rule.starts_with("groups-") => return "api-spec/groups.yaml".to_owned(),
        (Some(action), _) if rule.starts_with("action-example-") => format!("examples/{action}.rs"),
        _ if is_decided(rule) || place.path.starts_with("enums.") => "overlay.yaml".to_owned(),
        (Some(action), _) => format!("actions/{action}.json"),
        (None, Some(name)) => format!("types/{name}.json"),
        (None, None) => "service.json".to_owned(),
    };
    format!("api-spec/{}/{inner}", place.version)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Place;

    #[test]
    fn a_change_is_shown_in_the_file_where_people_mend_it() {
        let at = |rule: &str, action: &str, path: &str| {
            file(&Change::new(rule, Place::of_action("2020-05-18", action, path)))
        };
        for (rule, action, path, expected) in [
            ("parameter-removed", "GetThing", "request.Size", "actions/GetThing.json"),
            ("answer-field-removed", "", "types.Thing.Size", "types/Thing.json"),
            ("endpoint-removed", "", "endpoints.cn-shanghai", "service.json"),
            ("pin-dropped", "GetThing", "request.Size", "overlay.yaml"),
            ("shorthand-changed", "GetThing", "shorthands.for_thing", "overlay.yaml"),
            ("action-example-removed", "GetThing", "", "examples/GetThing.rs"),
            ("rust-surface-changed", "GetThing", "answer.Size", "actions/GetThing.json"),
        ] {
            assert_eq!(at(rule, action, path), format!("api-spec/2020-05-18/{expected}"), "{rule}");
        }
        assert_eq!(file(&Change::new("groups-changed", Place::default())), "api-spec/groups.yaml");
        assert_eq!(file(&Change::new("glossary-removed", Place::default())), "api-spec/glossary.yaml");
    }

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("100%\r\nnext: a, b"), "100%25%0D%0Anext: a, b");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
    }
}
