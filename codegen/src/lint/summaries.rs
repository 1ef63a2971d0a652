//! How summaries are written. Their length and their full stop are checked when the spec is read.

use std::collections::BTreeMap;

use dataworks_api_spec::says_more;

use super::{Checked, Lint, Severity};

pub(super) static STYLE: Lint = Lint {
    id: "summary-style",
    severity: Severity::Error,
    meaning: "A summary does not begin with a verb in the third person, or is made of the words of the name.",
    remedy: "begin with what the action does (`Lists`, `Creates`, `Stops`), and say what to, or what it returns",
};

pub(super) static SAME: Lint = Lint {
    id: "summary-same",
    severity: Severity::Error,
    meaning: "Two actions of a version have the same summary.",
    remedy: "say in each what sets it apart",
};

/// Words that end like a verb in the third person and are none.
const NO_VERBS: &[&str] = &["Always", "As", "Has", "Is", "Its", "This", "Was"];

pub(super) fn check(checked: &mut Checked<'_>) {
    let mut seen = BTreeMap::new();
    for (name, entry) in &checked.version.overlay.actions {
        let Some(summary) = &entry.summary else { continue };
        if !begins_with_a_verb(summary) {
            let what = format!("`{summary}` does not begin with a verb in the third person");
            checked.at_decision(&STYLE, ("actions", name), "summary", "", what);
        }
        if !says_more(name, summary) {
            let what = format!("`{summary}` says no more than the name");
            checked.at_decision(&STYLE, ("actions", name), "summary", "", what);
        }
        if let Some(other) = seen.insert(summary, name) {
            let what = format!("`{summary}` is the summary of `{other}`, too");
            checked.at_decision(&SAME, ("actions", name), "summary", "", what);
        }
    }
}

fn begins_with_a_verb(summary: &str) -> bool {
    let word = summary.split([' ', ',']).next().unwrap_or_default();
    let capital = word.starts_with(|first: char| first.is_ascii_uppercase());
    let rest = word.get(1..).unwrap_or_default();
    let lower = rest.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    capital && lower && word.ends_with('s') && !word.ends_with("ss") && !NO_VERBS.contains(&word)
}
