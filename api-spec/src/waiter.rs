//! What `waiters` of an action hold: how a caller knows that what it waits for has come.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Piece, Schema, Type, Version, pieces};

/// The goals that a waiter can have. Each is a word of the SDK, `wait_until_finished`.
pub const GOALS: &[&str] = &["accepted", "created", "deployed", "finished", "ready", "started", "stopped", "submitted"];

/// What to wait for with an action: it is called again and again until its answer says that the goal is reached.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiter {
    /// One sentence: what it waits for.
    pub doc: String,
    /// The path of the state in the answer, without the leading `answer.`; none where any answer is the goal.
    #[serde(default)]
    pub at: Option<String>,
    /// The states in which the goal is reached.
    #[serde(default)]
    pub success: Vec<String>,
    /// The states in which it never will be.
    #[serde(default)]
    pub failure: Vec<String>,
    /// The states on the way. One that stands nowhere counts as one of these.
    #[serde(default)]
    pub pending: Vec<String>,
    /// The errors that say "not yet". Any other error ends the wait.
    #[serde(default)]
    pub not_yet: Vec<NotYet>,
    /// The path of the text in the answer that says why it failed.
    #[serde(default)]
    pub reason: Option<String>,
    /// What to look at after a failure, in which `{InstanceId}` stands for a parameter of the request.
    #[serde(default)]
    pub hint: Option<String>,
    /// How many seconds pass between the first two calls.
    pub interval: u32,
    /// After how many seconds the wait is given up.
    pub timeout: u32,
}

/// An error that says "not yet": it has all that is given here.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotYet {
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
    /// A part of the message; the case of ASCII letters does not matter.
    #[serde(default)]
    pub message: Option<String>,
}

impl Waiter {
    /// Every state that it names.
    pub fn states(&self) -> impl Iterator<Item = &String> {
        self.success.iter().chain(&self.failure).chain(&self.pending)
    }

    /// The parameters that its hint names.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        pieces(self.hint.as_deref().unwrap_or_default()).filter_map(|piece| match piece {
            Piece::Taken(name) => Some(name),
            Piece::Text(_) => None,
        })
    }
}

impl Version {
    /// The states that are known of the field at a path: those of its enumeration and those that are published. `None`
    /// where nothing is known of a text.
    #[must_use]
    pub fn known_states(&self, action: &str, path: &str) -> Option<Vec<&str>> {
        let published = self.schema_at(action, path).and_then(|schema: &Schema| schema.values.as_ref());
        let listed = self.enumeration_of(action, path).and_then(|name| self.overlay.enums.get(name));
        let mut states: BTreeSet<&str> = listed.iter().flat_map(|it| it.values.keys()).map(String::as_str).collect();
        states.extend(published.into_iter().flatten().map(String::as_str));
        let other = self.schema_at(action, path).is_some_and(|schema| schema.kind != Some(Type::String));
        (!states.is_empty() || other).then(|| states.into_iter().collect())
    }
}
