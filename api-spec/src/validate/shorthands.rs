//! Checks of `shorthands`.

use std::collections::BTreeSet;

use super::report::{Report, nearest};
use crate::{Action, Piece, Shorthand, Taken, Type, Version, pieces};

impl Version {
    pub(super) fn check_shorthands(&self, action: &Action, shorthands: &[Shorthand], report: &mut Report<'_>) {
        let mut names = BTreeSet::new();
        for shorthand in shorthands {
            let name = &shorthand.name;
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.chars().all(plain) {
                report.add("shorthands", name, format!("`{name}` is no name of a function, like `for_node`"));
            }
            if !names.insert(name) {
                report.add("shorthands", name, format!("`{name}` is there twice"));
            }
            self.check_sentence("shorthands", &shorthand.summary, report);
            check_takes(action, shorthand, report);
            self.check_fills(action, shorthand, report);
        }
    }

    /// Every value goes into a parameter that can hold it, and every placeholder is something that is taken.
    fn check_fills(&self, action: &Action, shorthand: &Shorthand, report: &mut Report<'_>) {
        let taken: BTreeSet<&str> = shorthand.takes.iter().map(|taken| taken.name.as_str()).collect();
        for (parameter, value) in &shorthand.fills {
            let Some(schema) = action.parameters.get(parameter).and_then(|it| self.resolve(&it.schema)) else {
                let offer = nearest(parameter, action.parameters.keys());
                report.add("shorthands", parameter, format!("there is no parameter `{parameter}`{offer}"));
                continue;
            };
            if shorthand.takes.iter().any(|taken| taken.name == *parameter) {
                report.add("shorthands", parameter, format!("`{parameter}` is taken as it is: do not fill it"));
            }
            let placeholders: Vec<&str> = placeholders(value).collect();
            for name in placeholders.iter().filter(|name| !taken.contains(**name)) {
                let offer = nearest(name, taken.iter());
                report.add("shorthands", value, format!("`{{{name}}}` is not among what is taken{offer}"));
            }
            let braces = (value.matches('{').count(), value.matches('}').count());
            if braces != (placeholders.len(), placeholders.len()) {
                report.add("shorthands", value, format!("`{value}` has a brace that belongs to no other"));
            }
            let fits = !placeholders.is_empty()
                || match schema.kind {
                    Some(Type::String) => true,
                    Some(Type::Integer) => value.parse::<i64>().is_ok(),
                    Some(Type::Boolean) => matches!(value.as_str(), "true" | "false"),
                    _ => false,
                };
            if !fits {
                report.add("shorthands", value, format!("`{value}` does not fit the parameter `{parameter}`"));
            }
        }
    }
}

/// What is taken is a parameter, or explained, typed and used.
fn check_takes(action: &Action, shorthand: &Shorthand, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for taken in &shorthand.takes {
        let name = &taken.name;
        if !seen.insert(name) {
            report.add("shorthands", name, format!("`{name}` is taken twice"));
        }
        if action.parameters.contains_key(name) {
            if taken.like.is_some() || taken.doc.is_some() {
                report.add("shorthands", name, format!("`{name}` is a parameter itself: remove `like` and `doc`"));
            }
            continue;
        }
        match &taken.like {
            Some(like) if like == Taken::DATE || action.parameters.contains_key(like) => {}
            Some(like) => {
                let offer = nearest(like, action.parameters.keys());
                report.add("shorthands", like, format!("`like` is neither `date` nor a parameter: `{like}`{offer}"));
            }
            None => {
                let offer = nearest(name, action.parameters.keys());
                report.add("shorthands", name, format!("`{name}` is no parameter{offer}; or say what it is `like`"));
            }
        }
        if taken.doc.as_ref().is_none_or(|doc| !doc.ends_with('.')) {
            report.add("shorthands", name, format!("`{name}` is no parameter, so it needs a sentence as its `doc`"));
        }
        let used = shorthand.fills.values().any(|value| placeholders(value).any(|it| it == name));
        if !used {
            report.add("shorthands", name, format!("nothing is filled from `{name}`: use it or remove it"));
        }
    }
}

/// The names between braces: `{NodeId}`.
fn placeholders(value: &str) -> impl Iterator<Item = &str> {
    pieces(value).filter_map(|piece| match piece {
        Piece::Taken(name) => Some(name),
        Piece::Text(_) => None,
    })
}
