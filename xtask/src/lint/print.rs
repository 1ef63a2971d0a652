//! Findings as lines for people and as JSON for programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_codegen::lint::{Finding, Severity};
use serde_json::{Value, json};

use super::{LINTS, SPEC};

/// A finding and where it stands in its file.
pub(super) struct Placed<'a> {
    finding: &'a Finding,
    file: String,
    position: Option<(u64, u64)>,
}

/// Looks every finding up in its file, each of which is read once.
pub(super) fn place<'a>(dir: &Path, findings: &'a [Finding]) -> Vec<Placed<'a>> {
    let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
    let place = |finding: &'a Finding| {
        // A file that cannot be read has no lines: the finding says so itself.
        let text = texts
            .entry(finding.file.clone())
            .or_insert_with(|| fs::read_to_string(dir.join(&finding.file)).unwrap_or_default());
        let steps = Path::new(SPEC).join(&finding.file);
        let file = steps.iter().map(|step| step.to_string_lossy()).collect::<Vec<_>>().join("/");
        Placed { finding, file, position: finding.position(text) }
    };
    let mut placed: Vec<_> = findings.iter().map(place).collect();
    let order = |it: &Placed<'_>| (it.finding.lint.severity, it.file.clone(), it.position);
    placed.sort_by_key(order);
    placed
}

pub(super) fn as_text(placed: &[Placed<'_>]) -> String {
    let mut lines: Vec<String> = placed.iter().map(line).collect();
    let count = |severity: Severity| placed.iter().filter(|it| it.finding.lint.severity == severity).count();
    let [errors, warnings] = [Severity::Error, Severity::Warning].map(count);
    let by_lint = LINTS.iter().filter_map(|lint| {
        let count = placed.iter().filter(|it| it.finding.lint == *lint).count();
        (count > 0).then(|| format!("  {count} {} ({})", lint.id, lint.severity.as_str()))
    });
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    lines.push(format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")));
    lines.extend(by_lint);
    lines.join("\n")
}

/// `api-spec/2020-05-18/overlay.yaml:3:5: [pager-undecided] actions.ListNodes: what; what to do`.
fn line(placed: &Placed<'_>) -> String {
    let Placed { finding, file, position } = placed;
    let position = position.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    let place = if finding.place.is_empty() { String::new() } else { format!("{}: ", finding.place) };
    let warning = if finding.lint.severity == Severity::Warning { "warning: " } else { "" };
    format!("{file}{position}: [{}] {warning}{place}{}", finding.lint.id, finding.message)
}

pub(super) fn as_json(placed: &[Placed<'_>]) -> String {
    let one = |placed: &Placed<'_>| {
        let Placed { finding, file, position } = placed;
        json!({
            "lint": finding.lint.id,
            "severity": finding.lint.severity.as_str(),
            "file": file,
            "line": position.map(|(line, _)| line),
            "column": position.map(|(_, column)| column),
            "place": finding.place,
            "message": finding.message,
        })
    };
    let findings: Vec<Value> = placed.iter().map(one).collect();
    format!("{:#}", json!({ "findings": findings }))
}

pub(super) fn list() -> String {
    let line = |lint: &&dataworks_codegen::lint::Lint| {
        format!("{} ({})\n  {}\n  What to do: {}.", lint.id, lint.severity.as_str(), lint.meaning, lint.remedy)
    };
    LINTS.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn list_as_json() -> String {
    let one = |lint: &&dataworks_codegen::lint::Lint| {
        json!({
            "id": lint.id,
            "severity": lint.severity.as_str(),
            "meaning": lint.meaning,
            "remedy": lint.remedy,
        })
    };
    format!("{:#}", json!({ "lints": LINTS.iter().map(one).collect::<Vec<Value>>() }))
}
