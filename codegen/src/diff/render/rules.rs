//! The table of rules itself.

use std::fmt::Write as _;

use serde_json::json;

use crate::diff::{Reach, Rule, Severity, Verdict, all};

fn severity(rule: &Rule) -> Severity {
    if rule.wire == Verdict::Breaks { Severity::Error } else { rule.level }
}

fn wire(rule: &Rule) -> &'static str {
    if rule.wire == Verdict::Breaks { "breaks" } else { "safe" }
}

/// Generating both sides tells; a rule says only whether it can be.
fn rust(rule: &Rule) -> &'static str {
    match rule.rust {
        Reach::Never => "safe",
        Reach::Name | Reach::Type | Reach::Any | Reach::Pages => "by its effect",
    }
}

/// The rules for a terminal.
#[must_use]
pub fn rules_text() -> String {
    let width = all().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = format!("{:<width$}  {:<8}  {:<6}  {:<13}  meaning\n", "rule", "severity", "wire", "Rust");
    for rule in all() {
        let severity = severity(rule).as_str();
        let (wire, rust) = (wire(rule), rust(rule));
        let _ =
            writeln!(text, "{:<width$}  {severity:<8}  {wire:<6}  {rust:<13}  {} {}", rule.id, rule.meaning, rule.why);
    }
    let _ = writeln!(
        text,
        "\n{} rules. Rust `by its effect`: both sides are generated and compared; a break makes the severity `error`.",
        all().count()
    );
    text
}

/// The rules as a Markdown table.
#[must_use]
pub fn rules_markdown() -> String {
    let mut text = String::from("| Rule | Severity | Wire | Rust | Meaning | Why |\n|---|---|---|---|---|---|\n");
    for rule in all() {
        let (severity, wire, rust) = (severity(rule).as_str(), wire(rule), rust(rule));
        let _ = writeln!(text, "| `{}` | {severity} | {wire} | {rust} | {} | {} |", rule.id, rule.meaning, rule.why);
    }
    text
}

/// The rules for programs.
#[must_use]
pub fn rules_json() -> String {
    let rules: Vec<_> = all()
        .map(|rule| {
            json!({
                "id": rule.id,
                "severity": severity(rule).as_str(),
                "wire": wire(rule),
                "rust": rust(rule),
                "meaning": rule.meaning,
                "why": rule.why,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "schema": super::SCHEMA, "rules": rules }))
}
