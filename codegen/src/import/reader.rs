//! Reads values by their expected kind, and collects what is wrong or unknown on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde_json::Number;

use super::findings::{At, Finding};
use super::value::Value;

/// What the reading of one file has come across.
#[derive(Default)]
pub(super) struct Reader<'v> {
    pub(super) findings: Vec<Finding>,
    /// The names in `components.schemas`.
    pub(super) shared: BTreeSet<&'v str>,
    pub(super) notes: Vec<String>,
    unknown: BTreeMap<String, Seen>,
}

struct Seen {
    first: String,
    times: usize,
}

impl<'v> Reader<'v> {
    pub(super) fn wrong(&mut self, at: &At<'_>, what: impl Into<String>) {
        self.findings.push(Finding { at: at.to_string(), what: what.into() });
    }

    pub(super) fn note(&mut self, at: &At<'_>, what: impl Display) {
        self.notes.push(format!("{at}: {what}"));
    }

    /// A key that this program does not know: no reason to stop, but somebody should look at it.
    pub(super) fn unknown(&mut self, owner: &str, at: &At<'_>, key: &str) {
        let kind = format!("unknown key {key:?} of {owner}");
        self.unknown.entry(kind).or_insert_with(|| Seen { first: at.name(), times: 0 }).times += 1;
    }

    /// The notes, those about unknown keys last.
    pub(super) fn into_notes(self) -> Vec<String> {
        let unknown = self.unknown.into_iter().map(|(kind, Seen { first, times })| {
            let times = if times == 1 { "once".to_owned() } else { format!("{times} times") };
            format!("{kind}, left out: {times}, first at {first}")
        });
        self.notes.into_iter().chain(unknown).collect()
    }

    /// The entries of an object that say something.
    pub(super) fn object(&mut self, at: &At<'_>, value: &'v Value) -> Vec<(&'v str, &'v Value)> {
        let Value::Object(entries) = value else {
            self.expected(at, "an object", value);
            return Vec::new();
        };
        entries.iter().filter(|(_, value)| *value != Value::Null).map(|(key, value)| (key.as_str(), value)).collect()
    }

    pub(super) fn list(&mut self, at: &At<'_>, value: &'v Value) -> &'v [Value] {
        let Value::List(values) = value else {
            self.expected(at, "a list", value);
            return &[];
        };
        values
    }

    pub(super) fn text(&mut self, at: &At<'_>, value: &'v Value) -> Option<&'v str> {
        let Value::Text(text) = value else {
            self.expected(at, "a text", value);
            return None;
        };
        Some(text)
    }

    /// A value of any type, as text. A structured one becomes compact JSON: examples are written both ways.
    pub(super) fn any_text(value: &Value) -> String {
        value.scalar().unwrap_or_else(|| value.to_string())
    }

    pub(super) fn scalar(&mut self, at: &At<'_>, value: &Value) -> Option<String> {
        let text = value.scalar();
        if text.is_none() {
            self.expected(at, "a text, a number, true or false", value);
        }
        text
    }

    pub(super) fn boolean(&mut self, at: &At<'_>, value: &Value) -> bool {
        match value.scalar().as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                self.expected(at, "true or false", value);
                false
            }
        }
    }

    /// A number, which is officially written as text.
    pub(super) fn number(&mut self, at: &At<'_>, value: &Value) -> Option<Number> {
        let number = match value {
            Value::Number(number) => Some(number.clone()),
            Value::Text(text) => text.trim().trim_start_matches('+').parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.expected(at, "a number", value);
        }
        number
    }

    pub(super) fn count(&mut self, at: &At<'_>, value: &Value) -> Option<u64> {
        let count = match value {
            Value::Number(number) => number.as_u64(),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        if count.is_none() {
            self.expected(at, "a whole number from 0", value);
        }
        count
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&mut self, at: &At<'_>, value: &Value, words: &[(&str, T)]) -> Option<T> {
        let found = match value {
            Value::Text(text) => words.iter().find(|(word, _)| word == text),
            _ => None,
        };
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.expected(at, &words.join(", "), value);
        }
        found.map(|(_, meaning)| *meaning)
    }

    pub(super) fn expected(&mut self, at: &At<'_>, expected: &str, found: &Value) {
        self.wrong(at, format!("expected {expected}, found {}", shortened(found)));
    }
}

/// A value as an error shows it: long ones by their beginning.
pub(super) fn shortened(value: &Value) -> String {
    const SHOWN: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
