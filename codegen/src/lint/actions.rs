//! What every action needs.

use dataworks_api_spec::{Safety, SafetyOverlay, Spec, changing_verb};

use super::{Checked, Finding, Lint, Severity};
use crate::lower::docs::is_callable;

pub(super) static WITHOUT_SUMMARY: Lint = Lint {
    id: "action-without-summary",
    severity: Severity::Error,
    meaning: "An action has no summary.",
    remedy: "write a `summary`: what it does, and what it returns where that is not plain",
};

pub(super) static WITHOUT_GROUP: Lint = Lint {
    id: "action-without-group",
    severity: Severity::Error,
    meaning: "An action is in no group, so documentation lists it under `Others`.",
    remedy: "give it the `group` of its twins, an id from groups.yaml",
};

pub(super) static WITHOUT_SAFETY: Lint = Lint {
    id: "action-without-safety",
    severity: Severity::Error,
    meaning: "The name of an action does not say whether it changes something, or upstream says otherwise.",
    remedy: "decide: `safety: {is: read, why: …}` or `safety: {is: write, why: …}`",
};

pub(super) static WITHOUT_REPLACEMENT: Lint = Lint {
    id: "deprecated-without-replacement",
    severity: Severity::Error,
    meaning: "A deprecated action does not say what to use in its place, or names itself or what is not there.",
    remedy: "write `replaced_by`: an action, `<version> <Action>`, or `none`",
};

pub(super) static READ_BY_CHANGING_NAME: Lint = Lint {
    id: "read-by-changing-name",
    severity: Severity::Warning,
    meaning: "An action counts as a read although its name begins with a verb that changes something, unexplained.",
    remedy: "make it a `write`, or say in `why`, with the word, what it means in this name",
};

pub(super) fn check(checked: &mut Checked<'_>) {
    let version = checked.version;
    for (name, action) in &version.actions {
        let decisions = version.decisions(name);
        if decisions.summary.is_none() {
            checked.at_action(&WITHOUT_SUMMARY, name, "", "it has no summary");
        }
        if decisions.group.is_none() {
            checked.at_action(&WITHOUT_GROUP, name, "", "it is in no group");
        }
        if !version.is_safety_clear(name) {
            let upstream = action.operation_type.as_deref().map(|word| format!(", and upstream says `{word}`"));
            let what = format!("its name leaves open whether it changes something{}", upstream.unwrap_or_default());
            checked.at_action(&WITHOUT_SAFETY, name, "", what);
        }
        let safety = version.overlay.actions.get(name).and_then(|entry| entry.safety.as_ref());
        if let (Some(SafetyOverlay { is: Safety::Read, why }), Some(verb)) = (safety, changing_verb(name))
            && !why.contains(verb)
        {
            let what = format!("it counts as a read, but its name says `{verb}`");
            checked.at_decision(&READ_BY_CHANGING_NAME, ("actions", name), "safety", "", what);
        }
        let decided = version.overlay.actions.get(name).is_some_and(|entry| entry.replaced_by.is_some());
        if action.deprecated && decisions.replaced_by.is_none() && !decided {
            checked.at_action(&WITHOUT_REPLACEMENT, name, "", "it is deprecated, and nobody says what replaces it");
        }
    }
}

/// What only all versions together can tell: whether what is named in place of a deprecated action is there.
pub(super) fn replacements(spec: &Spec, findings: &mut Vec<Finding>) {
    for version in &spec.versions {
        let mut checked = Checked { version, findings };
        for (name, _) in version.actions.iter().filter(|(_, action)| action.deprecated) {
            let target = version.decisions(name).replaced_by;
            if let Some(target) = target.filter(|target| !is_callable(spec, version, name, target)) {
                let what = if target == name { "the action itself" } else { "no action of the spec" };
                let what = format!("it is deprecated, and `{target}`, named in its place, is {what}");
                checked.at_action(&WITHOUT_REPLACEMENT, name, "", what);
            }
        }
    }
}
