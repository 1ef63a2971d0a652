//! Checks of `waiters`.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    fields::explain,
    report::{Report, nearest},
};
use crate::{Action, GOALS, Type, Version, Waiter};

impl Version {
    pub(super) fn check_waiters(
        &self,
        name: &str,
        action: &Action,
        waiters: &BTreeMap<String, Waiter>,
        report: &mut Report<'_>,
    ) {
        for (goal, waiter) in waiters {
            let key = &format!("waiters.{goal}");
            if !GOALS.contains(&goal.as_str()) {
                let offer = nearest(goal, GOALS.iter());
                let known = GOALS.join("`, `");
                report.add(key, "", format!("`{goal}` is no goal of a waiter{offer}; there are `{known}`"));
            }
            self.check_sentence(key, &waiter.doc, report);
            self.check_way(name, key, waiter, report);
            for parameter in waiter.named() {
                if !action.parameters.contains_key(parameter) {
                    let offer = nearest(parameter, action.parameters.keys());
                    report.add(key, parameter, format!("there is no parameter `{parameter}`{offer}"));
                } else if self.is_secret(name, &format!("request.{parameter}")) {
                    report.add(key, parameter, format!("`{parameter}` is a secret: a hint is shown"));
                }
            }
            if waiter.interval == 0 || waiter.timeout <= waiter.interval {
                let (interval, timeout) = (waiter.interval, waiter.timeout);
                let what = format!("asks every {interval} s for {timeout} s: wait a second at least, and ask twice");
                report.add(key, "interval", what);
            }
        }
    }

    /// How the waiter knows where it is: by a state, or by errors that say "not yet".
    fn check_way(&self, action: &str, key: &str, waiter: &Waiter, report: &mut Report<'_>) {
        if waiter.not_yet.iter().any(|it| it.code.is_none() && it.message.as_deref().is_none_or(str::is_empty)) {
            report.add(key, "not_yet", "an error that is `not_yet` has a `code` or a part of its `message`".to_owned());
        }
        let mut seen = BTreeSet::new();
        for state in waiter.states().filter(|state| !seen.insert(state.as_str())) {
            report.add(key, state, format!("`{state}` is listed twice"));
        }
        if let Some(path) = &waiter.reason {
            self.check_seen(action, (key, path), "a text", |kind| kind == Type::String, report);
        }
        match &waiter.at {
            Some(path) => {
                let plain = |kind| matches!(kind, Type::Integer | Type::String | Type::Boolean);
                self.check_seen(action, (key, path), "a text, a whole number or a boolean", plain, report);
                if waiter.success.is_empty() {
                    report.add(key, "", "has no `success`: it would never end well".to_owned());
                }
                self.check_states(action, (key, path), waiter, report);
            }
            None if waiter.not_yet.is_empty() => {
                report.add(key, "", "has neither `at` nor `not_yet`: it waits for nothing".to_owned());
            }
            None => {
                for state in waiter.states() {
                    report.add(key, state, format!("`{state}` is a state of nothing: say `at` which path"));
                }
            }
        }
    }

    /// A field of the answer that is shown.
    fn check_seen(
        &self,
        action: &str,
        (key, path): (&str, &str),
        wanted: &str,
        fits: impl Fn(Type) -> bool,
        report: &mut Report<'_>,
    ) {
        let full = format!("answer.{path}");
        match self.find(action, &full) {
            _ if path.contains(['[', '{']) => {
                report.add(key, path, format!("`{path}` leads to several values: a waiter looks at one"));
            }
            Ok(_) if self.is_secret(action, &full) => {
                report.add(key, path, format!("`{path}` is a secret: what a waiter looks at is shown"));
            }
            Ok(found) if found.schema.kind.is_some_and(fits) => {}
            Ok(_) => report.add(key, path, format!("`{path}` in the answer is not {wanted}")),
            Err(lost) => report.add(key, path, format!("`{path}` is not in the answer: {}", explain(&lost))),
        }
    }

    /// Each state is one that the field can have.
    fn check_states(&self, action: &str, (key, path): (&str, &str), waiter: &Waiter, report: &mut Report<'_>) {
        let full = format!("answer.{path}");
        let kind = self.schema_at(action, &full).and_then(|schema| schema.kind);
        let Some(known) = self.known_states(action, &full) else { return };
        for state in waiter.states() {
            match kind {
                Some(Type::Integer) if state.parse::<i64>().is_err() => {
                    report.add(key, state, format!("`{path}` is a whole number, and `{state}` is none"));
                }
                Some(Type::Boolean) if !matches!(state.as_str(), "true" | "false") => {
                    report.add(key, state, format!("`{path}` is `true` or `false`, and never `{state}`"));
                }
                _ if !known.is_empty() && !known.contains(&state.as_str()) => {
                    let offer = nearest(state, known.iter());
                    report.add(key, state, format!("`{path}` has no value `{state}`{offer}"));
                }
                _ => {}
            }
        }
    }
}
