//! Every kind of change that the format can express: a table.

mod facts;
mod overlay;
mod schema;

use super::{Severity, Verdict};

/// One kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The stable name: in reports, ignore files and tests.
    pub id: &'static str,
    /// What happened, in one sentence.
    pub meaning: &'static str,
    /// Whether a program built before the change, calling the service after it, stops working.
    pub wire: Verdict,
    /// Why the wire verdict is what it is, in one sentence.
    pub why: &'static str,
    /// What the change can do to the public Rust surface. Whether it does is found out by generating both sides.
    pub rust: Reach,
    /// How serious it is where it breaks nothing.
    pub level: Severity,
}

/// What a kind of change can do to the public Rust surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing.
    Never,
    /// Give a name or take one away.
    Name,
    /// Change the type of a field or of a setter's argument.
    Type,
    /// Both.
    Any,
    /// Give or take `pages()` and `items()`, or `events()`, or change what an item is.
    Pages,
}

/// The rule of what no other one explains.
const SURFACE: &str = "rust-surface-changed";

/// Every rule, in the order of `cargo xtask diff --rules`.
#[must_use]
pub fn rules() -> &'static [&'static [Rule]] {
    &[facts::RULES, schema::RULES, overlay::RULES]
}

/// Every rule, one after the other.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    rules().iter().copied().flatten()
}

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// Whether a rule is about what people write in an overlay.
pub(super) fn is_decided(id: &str) -> bool {
    id != SURFACE && overlay::RULES.iter().any(|rule| rule.id == id)
}

/// The rule of an id that this crate itself writes; a test triggers each of them.
pub(super) fn rule(id: &str) -> &'static Rule {
    let found = find(id);
    debug_assert!(found.is_some(), "no rule `{id}`");
    found.unwrap_or(&overlay::RULES[overlay::RULES.len() - 1])
}

/// A table of rules: `"id": wire, rust, level; "meaning", "why";`.
macro_rules! table {
    ($( $id:literal: $wire:ident, $rust:ident, $level:ident; $meaning:literal, $why:literal; )*) => {
        &[$( crate::diff::rules::Rule {
            id: $id,
            meaning: $meaning,
            wire: crate::diff::Verdict::$wire,
            why: $why,
            rust: crate::diff::rules::Reach::$rust,
            level: crate::diff::Severity::$level,
        } ),*]
    };
}
use table;
