//! What `overlay.yaml` holds: the decisions that people made about a version.
//!
//! A path names a place inside an action: `request.<Parameter>` or `answer.<Field>`, then `.<Field>` for a field,
//! `[]` for the elements of a list and `{}` for the values of a map. `types.<Type>.<Field>` is a place inside a shared schema.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Type, Waiter};

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
    /// `<Action>.<path>` or `types.<Type>.<path>` of nested objects and fields whose names had to be made unique and that
    /// stay as they are: looked at and decided.
    #[serde(default)]
    pub names_kept: Vec<String>,
    /// Name of an action → what was decided about it.
    #[serde(default)]
    pub actions: BTreeMap<String, ActionOverlay>,
    /// Name of a shared schema → what was decided about it.
    #[serde(default)]
    pub types: BTreeMap<String, TypeOverlay>,
}

/// A group of actions in `groups.yaml`: a part of the product.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What an action's `group` says, `data-quality`.
    pub id: String,
    /// The heading in documentation.
    pub title: String,
    /// One sentence: what the part of the product is.
    pub doc: String,
}

/// An enumeration that gets a type.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enumeration {
    /// One sentence: what the values are.
    pub doc: String,
    /// Wire value → one sentence about it, or nothing.
    pub values: BTreeMap<String, Option<String>>,
    /// Wire value → the other one that it is so like that one of them could be a mistake, but both are real.
    #[serde(default)]
    pub lookalikes: BTreeMap<String, Lookalike>,
    /// `<Action>.<path>` (the action may be `*`) or `types.<Type>.<path>`.
    pub fields: Vec<String>,
}

/// The value that another one looks like, and why both are there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookalike {
    /// The value that it looks like.
    pub of: String,
    /// Where both come from.
    pub why: String,
}

/// What was decided about an action.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionOverlay {
    /// One sentence: what it does and returns.
    #[serde(default)]
    pub summary: Option<String>,
    /// The id of the group in `groups.yaml` under which documentation lists it.
    #[serde(default)]
    pub group: Option<String>,
    /// An exception to the rule for safety.
    #[serde(default)]
    pub safety: Option<SafetyOverlay>,
    /// How it pages, where its shape does not say so safely.
    #[serde(default)]
    pub pages: Option<Pages>,
    /// Where its answer carries the outcome, if not in a top-level `Success`.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Whether it can also answer with a stream of events, each of which holds an answer.
    #[serde(default)]
    pub events: bool,
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
    /// Ways to make a request from a few values, each a function of the request's type.
    #[serde(default)]
    pub shorthands: Vec<Shorthand>,
    /// The goal that its answer tells of (`finished`) → how.
    #[serde(default)]
    pub waiters: BTreeMap<String, Waiter>,
    /// Path of a parameter or field → one sentence about it at this place.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
    /// What replaces a deprecated action, where upstream does not say or is mistaken: an action, or `<version> <Action>`;
    /// `none` where nothing does.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// Path of a field → a better Rust name (`snake_case`); path of a nested object → a better type name (`CamelCase`).
    #[serde(default)]
    pub renames: BTreeMap<String, Rename>,
    /// Path of a parameter or field → the type that it keeps in Rust, whatever upstream says now.
    #[serde(default)]
    pub pins: BTreeMap<String, Pin>,
}

impl ActionOverlay {
    /// What `replaced_by` says where nothing replaces the action.
    pub(crate) const NO_REPLACEMENT: &str = "none";

    /// Nothing decided.
    pub(crate) const NOTHING: Self = Self {
        summary: None,
        group: None,
        safety: None,
        pages: None,
        outcome: None,
        events: false,
        ids: Vec::new(),
        secrets: Vec::new(),
        json: Vec::new(),
        aliases: Vec::new(),
        shorthands: Vec::new(),
        waiters: BTreeMap::new(),
        docs: BTreeMap::new(),
        replaced_by: None,
        renames: BTreeMap::new(),
        pins: BTreeMap::new(),
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
    /// Path of a field → one sentence about it.
    #[serde(default)]
    pub docs: BTreeMap<String, String>,
    /// Path → a better Rust name.
    #[serde(default)]
    pub renames: BTreeMap<String, Rename>,
    /// Path of a field → the type that it keeps in Rust.
    #[serde(default)]
    pub pins: BTreeMap<String, Pin>,
}

/// A better Rust name, and why.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rename {
    /// The name.
    pub to: String,
    /// Why the derived one is not good enough.
    pub why: String,
    /// When to look again whether it is still needed, `2027-06-30`: for a name that only holds out against an upstream change.
    #[serde(default)]
    pub review: Option<Day>,
}

/// A type that a field keeps in Rust, whatever upstream says now, and why.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The type. A value inside JSON is written as it says, too.
    pub to: PinnedType,
    /// What changed upstream, and why callers should not see it.
    pub why: String,
    /// When to look again whether it is still needed.
    pub review: Day,
}

/// What a field can be pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PinnedType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any JSON value.
    Any,
}

impl PinnedType {
    /// The same as a type of a schema.
    #[must_use]
    pub fn as_type(self) -> Type {
        match self {
            Self::String => Type::String,
            Self::Integer => Type::Integer,
            Self::Number => Type::Number,
            Self::Boolean => Type::Boolean,
            Self::Any => Type::Any,
        }
    }
}

/// A day as `2027-06-30`. Days compare as they follow each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(String);

impl Day {
    /// The day as `2027-06-30`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u8>().ok());
        let digits =
            |(index, byte): (usize, u8)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        let shaped = text.len() == "2027-06-30".len() && text.bytes().enumerate().all(digits);
        let exists = number(5..7).is_some_and(|month| (1..=12).contains(&month))
            && number(8..10).is_some_and(|day| (1..=31).contains(&day));
        if shaped && exists { Ok(Self(text)) } else { Err(format!("`{text}` is no day like `2027-06-30`")) }
    }
}

/// A way to make a request from a few values.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shorthand {
    /// The name of the function, `for_node`.
    pub name: String,
    /// One sentence: what the request then asks for.
    pub summary: String,
    /// What it takes, in order.
    pub takes: Vec<Taken>,
    /// Parameter → its value, in which `{Name}` stands for what was taken. What is set explicitly wins.
    pub fills: BTreeMap<String, String>,
}

/// A value that a shorthand takes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// A parameter of the action, or another name for what only `fills` use.
    pub name: String,
    /// The parameter whose type it has, where it is none itself; `date` for a business date (`2026-01-07`).
    #[serde(default)]
    pub like: Option<String>,
    /// One sentence about it, where it is no parameter itself.
    #[serde(default)]
    pub doc: Option<String>,
}

impl Taken {
    /// What [`like`](Self::like) says of a business date.
    pub const DATE: &'static str = "date";
}

/// A part of what a shorthand fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What stands there as it is.
    Text(&'a str),
    /// `{Name}`: what was taken under this name.
    Taken(&'a str),
}

/// The parts of what a shorthand fills, none of them empty.
pub fn pieces(value: &str) -> impl Iterator<Item = Piece<'_>> {
    let parts = value.split('{').enumerate().flat_map(|(index, part)| match part.split_once('}') {
        Some((name, text)) if index > 0 => [Piece::Taken(name), Piece::Text(text)],
        _ => [Piece::Text(part), Piece::Text("")],
    });
    parts.filter(|piece| *piece != Piece::Text(""))
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
    /// A repetition may do it twice even with the same `ClientToken`: the service documents it as reserved.
    Once,
}

/// How an action pages. Parameters by name, those inside an object by path (`Params.NextToken`); answer fields by path without the leading `answer.`.
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
