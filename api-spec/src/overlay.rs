//! What `overlay.yaml` holds: the decisions that people made about a version.
//!
//! A path names a place inside an action: `request.<Parameter>` or `answer.<Field>`, then `.<Field>` for a field,
//! `[]` for the elements of a list and `{}` for the values of a map. `types.<Type>.<Field>` is a place inside a shared schema.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `overlay.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Name of an enumeration → its values and where it stands.
    #[serde(default)]
    pub enums: BTreeMap<String, Enumeration>,
    /// `<Action>.<path>` of texts with published values that stay plain texts: looked at and decided.
    #[serde(default)]
    pub undecided: Vec<String>,
    /// Name of an action → what was decided about it.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionOverlay>,
    /// Name of a shared schema → what was decided about it.
    #[serde(default)]
    pub types: BTreeMap<String, TypeOverlay>,
}

/// An enumeration that gets a type.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enumeration {
    /// One sentence: what the values are.
    pub doc: String,
    /// Wire value → one sentence about it, or nothing.
    pub values: BTreeMap<String, Option<String>>,
    /// `<Action>.<path>` (the action may be `*`) or `types.<Type>.<path>`.
    pub fields: Vec<String>,
}

/// What was decided about an action.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionOverlay {
    /// One sentence: what it does and returns.
    #[serde(default)]
    pub summary: Option<String>,
    /// An exception to the rule for safety.
    #[serde(default)]
    pub safety: Option<SafetyOverlay>,
    /// How it pages, where its shape does not say so safely.
    #[serde(default)]
    pub pages: Option<Pages>,
    /// Where its answer carries the outcome, if not in a top-level `Success`.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Paths of identifiers whose field name does not say so.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Paths of secrets.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Paths of texts that carry JSON.
    #[serde(default)]
    pub json: Vec<String>,
    /// Everyday names under which people look for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What replaces a deprecated action, where upstream does not say or is mistaken: an action, or `<version> <Action>`.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// Path of a field → a better Rust name (`snake_case`); path of a nested object → a better type name (`CamelCase`).
    #[serde(default)]
    pub renames: BTreeMap<String, Rename>,
}

impl ActionOverlay {
    /// Nothing decided.
    pub(crate) const NOTHING: Self = Self {
        summary: None,
        safety: None,
        pages: None,
        outcome: None,
        ids: Vec::new(),
        secrets: Vec::new(),
        json: Vec::new(),
        aliases: Vec::new(),
        replaced_by: None,
        renames: BTreeMap::new(),
    };
}

/// What was decided about a shared schema. Paths begin with `types.<Type>`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeOverlay {
    /// One sentence: what it is.
    #[serde(default)]
    pub summary: Option<String>,
    /// Paths of identifiers whose field name does not say so.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Paths of secrets.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Paths of texts that carry JSON.
    #[serde(default)]
    pub json: Vec<String>,
    /// Path → a better Rust name.
    #[serde(default)]
    pub renames: BTreeMap<String, Rename>,
}

/// A better Rust name, and why.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The name.
    pub to: String,
    /// Why the derived one is not good enough.
    pub why: String,
}

/// A safety that differs from the rule's, and why.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyOverlay {
    /// The safety.
    pub is: Safety,
    /// What the action does that makes it so.
    pub why: String,
}

/// Whether a call may be repeated without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// It changes nothing.
    Read,
    /// It changes something, and a repetition with the same values changes and answers the same.
    Idempotent,
    /// A repetition may do it twice.
    Write,
}

/// How an action pages. Parameters by name, answer fields by path without the leading `answer.`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "PagesEntry")]
pub enum Pages {
    /// By page number.
    Numbered(NumberedPages),
    /// By the token of the next page.
    Token(TokenPages),
    /// Not at all, although it looks like it.
    None(NoPages),
}

/// Pages by number.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberedPages {
    /// The parameter that holds the number of the page, from 1.
    pub page: String,
    /// The parameter that holds the size of a page.
    pub size: String,
    /// The path of the items; a `[]` inside flattens.
    pub items: String,
    /// The path of the number of all items.
    pub total: Option<String>,
}

/// Pages by token.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenPages {
    /// The parameter that holds the token.
    pub token: String,
    /// The parameter that holds the size of a page, if there is one.
    pub size: Option<String>,
    /// The path of the items; a `[]` inside flattens.
    pub items: String,
    /// The path of the token of the next page.
    pub next: String,
}

/// No pages, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct NoPages {
    /// Why.
    pub none: String,
}

/// Every key that `pages` can have: one struct, so that a wrong key is named and not "no variant matches".
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PagesEntry {
    page: Option<String>,
    token: Option<String>,
    size: Option<String>,
    items: Option<String>,
    total: Option<String>,
    next: Option<String>,
    none: Option<String>,
}

impl TryFrom<PagesEntry> for Pages {
    type Error = &'static str;

    fn try_from(entry: PagesEntry) -> Result<Self, Self::Error> {
        let PagesEntry { page, token, size, items, total, next, none } = entry;
        match (page, token, size, items, total, next, none) {
            (Some(page), None, Some(size), Some(items), total, None, None) => {
                Ok(Self::Numbered(NumberedPages { page, size, items, total }))
            }
            (None, Some(token), size, Some(items), None, Some(next), None) => {
                Ok(Self::Token(TokenPages { token, size, items, next }))
            }
            (None, None, None, None, None, None, Some(none)) => Ok(Self::None(NoPages { none })),
            _ => Err(
                "`pages` takes `page`, `size`, `items` and perhaps `total`; or `token`, `items`, `next` and perhaps \
                      `size`; or `none` with the reason",
            ),
        }
    }
}

/// Where an answer carries its outcome.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Outcome {
    /// In this top-level boolean.
    Status(String),
    /// Item by item, in this top-level map of `{Success, Message}`.
    Items(String),
    /// Nowhere, although a top-level `Success` is there; why.
    None(String),
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::parse;

    fn pages(text: &str) -> Result<Pages, String> {
        parse(Path::new("overlay.yaml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn pages_come_in_three_forms() {
        assert!(matches!(
            pages("{page: P, size: S, items: I}"),
            Ok(Pages::Numbered(NumberedPages { total: None, .. }))
        ));
        assert!(matches!(pages("{token: T, items: I, next: N}"), Ok(Pages::Token(TokenPages { size: None, .. }))));
        assert!(matches!(pages("{none: because}"), Ok(Pages::None(_))));
        assert!(pages("{page: P, token: T, size: S, items: I}").unwrap_err().contains("`pages` takes"));
        assert!(pages("{page: P, size: S}").unwrap_err().contains("`pages` takes"));
        assert!(pages("{page: P, siez: S}").unwrap_err().contains("unknown field `siez`"));
    }

    #[test]
    fn a_wrong_key_is_refused_with_line_and_column() {
        let text = "actions:\n  ListNodes:\n    summery: Lists nodes.\n";
        let error = parse::<Overlay>(Path::new("overlay.yaml"), text).unwrap_err().to_string();
        assert!(error.starts_with("overlay.yaml:3:5: unknown field `summery`"), "{error}");
        assert_eq!(error.matches("line").count(), 0, "{error}");
        let twice =
            parse::<Overlay>(Path::new("overlay.yaml"), "actions:\n  A: {}\n  A: {}\n").unwrap_err().to_string();
        assert!(twice.starts_with("overlay.yaml:3:3: duplicate"), "{twice}");
    }
}
