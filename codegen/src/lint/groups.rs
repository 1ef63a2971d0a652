//! Actions on one thing that documentation would tear apart.

use std::collections::BTreeMap;

use dataworks_api_spec::Spec;

use super::{Checked, Finding, Lint, Severity};
use crate::import::singular::singular;

pub(super) static TWINS: Lint = Lint {
    id: "group-twins",
    severity: Severity::Warning,
    meaning: "Actions that create, update, delete, get or list the same thing are in different groups.",
    remedy: "put them into one group",
};

const VERBS: &[&str] = &["Create", "Delete", "Get", "List", "Update"];

pub(super) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    for version in &spec.versions {
        // Thing → the first action that has a group, and the group. One word can mean two things in two versions.
        let mut first: BTreeMap<String, (&str, &str)> = BTreeMap::new();
        for name in version.actions.keys() {
            let (Some(thing), Some(group)) = (thing(name), version.decisions(name).group) else { continue };
            let (other, expected) = *first.entry(thing).or_insert((name, group));
            if expected != group {
                let what = format!("it is in `{group}`, but `{other}` is in `{expected}`");
                let mut checked = Checked { version, findings };
                checked.at_decision(&TWINS, ("actions", name), "group", "", what);
            }
        }
    }
}

/// What an action is about, whatever it does to it: what follows the first word of its name, in the singular.
pub(super) fn after_verb(action: &str) -> Option<String> {
    let name = action.strip_prefix("Batch").unwrap_or(action);
    let at = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at)?;
    Some(singular(&name[at..]))
}

/// What an action creates, updates, deletes, gets or lists.
fn thing(action: &str) -> Option<String> {
    let rest = VERBS.iter().find_map(|verb| action.strip_prefix(verb))?;
    rest.starts_with(|c: char| c.is_ascii_uppercase()).then(|| singular(rest))
}
