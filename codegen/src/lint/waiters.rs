//! States that a waiter can come to and that nobody decided about.

use super::{Checked, Lint, Severity};

pub(super) static UNDECIDED: Lint = Lint {
    id: "waiter-state-undecided",
    severity: Severity::Error,
    meaning: "A waiter can come to a state that it does not name, or nobody listed the states of its field.",
    remedy: "list the states in an enumeration, and each under `success`, `failure` or `pending` of the waiter",
};

pub(super) fn check(checked: &mut Checked<'_>) {
    let version = checked.version;
    for (name, entry) in &version.overlay.actions {
        for (goal, waiter) in &entry.waiters {
            let Some(path) = &waiter.at else { continue };
            let mut find = |what: String| checked.at_decision(&UNDECIDED, ("actions", name), "waiters", goal, what);
            let full = format!("answer.{path}");
            match version.known_states(name, &full) {
                None if version.schema_at(name, &full).is_some() => {
                    find(format!("nobody listed the states of `{path}`, which `{goal}` looks at"));
                }
                None => {}
                Some(known) => {
                    let missing = known.iter().filter(|state| !waiter.states().any(|named| named == *state));
                    let missing: Vec<String> = missing.map(|state| format!("`{state}`")).collect();
                    if !missing.is_empty() {
                        find(format!("`{goal}` does not say what to make of {}", missing.join(", ")));
                    }
                }
            }
        }
    }
}
