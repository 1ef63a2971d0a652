//! What rules and overlay together say about an action and its fields: the one place where it is decided.

use std::collections::BTreeMap;

use crate::{
    Action, ActionOverlay, NumberedPages, Outcome, Pages, Piece, PinnedType, Safety, Schema, Shorthand, Taken,
    TokenPages, Type, TypeOverlay, Version, Waiter,
    lookup::{Found, field_name},
    pieces,
};

/// What is decided about an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions<'a> {
    /// One sentence: what it does and returns.
    pub summary: Option<&'a str>,
    /// The id of the group under which documentation lists it.
    pub group: Option<&'a str>,
    /// Whether a call may be repeated without asking.
    pub safety: Safety,
    /// How it pages, if it does.
    pub pages: Option<Paging>,
    /// Where its answer carries the outcome.
    pub outcome: OutcomeField<'a>,
    /// Whether it can also answer with a stream of events, each of which holds an answer.
    pub events: bool,
    /// Everyday names under which people look for it.
    pub aliases: &'a [String],
    /// Ways to make a request from a few values.
    pub shorthands: &'a [Shorthand],
    /// The goal that its answer tells of → how.
    pub waiters: &'a BTreeMap<String, Waiter>,
    /// What replaces it: an action of the same version, or `<version> <Action>` of another.
    pub replaced_by: Option<&'a str>,
}

/// How an action pages.
#[derive(Clone, Debug, PartialEq)]
pub enum Paging {
    /// By page number.
    Numbered(NumberedPages),
    /// By the token of the next page.
    Token(TokenPages),
}

/// Where an answer carries its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeField<'a> {
    /// In a top-level `Success`, a boolean or a text.
    Success,
    /// In this top-level boolean.
    Status(&'a str),
    /// Item by item, in this top-level map of `{Success, Message}`.
    Items(&'a str),
    /// Nowhere: the HTTP status alone tells.
    None,
}

/// How an identifier travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// As a number.
    Number,
    /// As a text.
    Text,
    /// Several of them in one text, joined by commas.
    CommaList,
}

impl Version {
    /// What is decided about an action. Of an action that is not there, nothing is known.
    #[must_use]
    pub fn decisions(&self, action: &str) -> Decisions<'_> {
        static NOTHING: ActionOverlay = ActionOverlay::NOTHING;
        let overlay = self.overlay.actions.get(action).unwrap_or(&NOTHING);
        let facts = self.actions.get(action);
        Decisions {
            summary: overlay.summary.as_deref(),
            group: overlay.group.as_deref(),
            safety: overlay.safety.as_ref().map_or_else(
                || facts.map_or(Safety::Write, |facts| safety_by_rule(action, facts)),
                |exception| exception.is,
            ),
            pages: match &overlay.pages {
                Some(Pages::Numbered(pages)) => Some(Paging::Numbered(pages.clone())),
                Some(Pages::Token(pages)) => Some(Paging::Token(pages.clone())),
                Some(Pages::None(_)) => None,
                None => facts.and_then(|facts| self.pages_by_shape(facts)),
            },
            outcome: match &overlay.outcome {
                Some(Outcome::Status(field)) => OutcomeField::Status(field),
                Some(Outcome::Items(field)) => OutcomeField::Items(field),
                Some(Outcome::None(_)) => OutcomeField::None,
                None => facts.map_or(OutcomeField::None, |facts| self.outcome_by_rule(facts)),
            },
            events: overlay.events,
            aliases: &overlay.aliases,
            shorthands: &overlay.shorthands,
            waiters: &overlay.waiters,
            replaced_by: overlay
                .replaced_by
                .as_deref()
                .or_else(|| facts?.replaced_by.as_deref())
                .filter(|target| *target != ActionOverlay::NO_REPLACEMENT)
                .map(|target| target.strip_prefix(self.name()).map_or(target, str::trim_start)),
        }
    }

    /// Whether somebody decided about the safety of an action, or its name leaves no doubt: it begins with a verb that
    /// reads and upstream does not say otherwise, or with one that changes something.
    #[must_use]
    pub fn is_safety_clear(&self, action: &str) -> bool {
        let decided = self.overlay.actions.get(action).is_some_and(|it| it.safety.is_some());
        decided || self.actions.get(action).is_none_or(|facts| !is_safety_doubtful(action, facts))
    }

    /// Whether the published values of the text at a path were looked at and make no enumeration.
    #[must_use]
    pub fn is_undecided(&self, action: &str, path: &str) -> bool {
        self.overlay.undecided.iter().any(|field| is_field_of(field, action, path) || field == path)
    }

    /// Whether an identifier stands at a path. A list is none, its elements may be.
    #[must_use]
    pub fn is_id(&self, action: &str, path: &str) -> bool {
        self.id_kind(action, path).is_some()
    }

    /// How the identifier at a path travels, if one stands there.
    #[must_use]
    pub fn id_kind(&self, action: &str, path: &str) -> Option<IdKind> {
        let found = self.find(action, path).ok().filter(|found| found.schema.is_plain())?;
        let name = field_name(path);
        let listed = || self.listed(action, path, &found, |it| &it.ids, |it| &it.ids, |entry, path| entry == path);
        if !name.is_some_and(names_an_id) && !listed() {
            return None;
        }
        let plural = !path.ends_with("[]") && name.is_some_and(|name| name.ends_with("Ids"));
        Some(match self.pin(action, path).map(PinnedType::as_type).or(found.schema.kind) {
            Some(Type::Integer) => IdKind::Number,
            _ if plural => IdKind::CommaList,
            _ => IdKind::Text,
        })
    }

    /// Whether a secret stands at a path: it, its elements, or something it is part of is listed.
    #[must_use]
    pub fn is_secret(&self, action: &str, path: &str) -> bool {
        self.find(action, path)
            .is_ok_and(|found| self.listed(action, path, &found, |it| &it.secrets, |it| &it.secrets, covers))
    }

    /// Whether the text at a path carries JSON.
    #[must_use]
    pub fn is_json(&self, action: &str, path: &str) -> bool {
        self.find(action, path).is_ok_and(|found| {
            self.listed(action, path, &found, |it| &it.json, |it| &it.json, |entry, path| entry == path)
        })
    }

    /// Whether the text of a parameter begins with a date: a shorthand fills it so.
    #[must_use]
    pub fn is_dated(&self, action: &str, path: &str) -> bool {
        let Some(parameter) = path.strip_prefix("request.") else { return false };
        let shorthands = self.overlay.actions.get(action).map_or(&[][..], |overlay| &overlay.shorthands);
        shorthands.iter().any(|Shorthand { takes, fills, .. }| {
            let first = fills.get(parameter).and_then(|value| pieces(value).next());
            takes
                .iter()
                .filter(|taken| taken.like.as_deref() == Some(Taken::DATE))
                .any(|taken| first == Some(Piece::Taken(&taken.name)))
        })
    }

    /// The name of the enumeration that stands at a path.
    #[must_use]
    pub fn enumeration_of(&self, action: &str, path: &str) -> Option<&str> {
        let found = self.find(action, path).ok().filter(|found| found.schema.kind == Some(Type::String))?;
        let stands = |field: &String| {
            is_field_of(field, action, path)
                || found.shared.contains(field)
                || (path.starts_with("types.") && field == path)
        };
        self.overlay.enums.iter().find(|(_, it)| it.fields.iter().any(stands)).map(|(name, _)| name.as_str())
    }

    /// The type that the field at a path keeps in Rust, whatever upstream says.
    #[must_use]
    pub fn pin(&self, action: &str, path: &str) -> Option<PinnedType> {
        let found = self.find(action, path).ok()?;
        let in_type = |path: &str| self.overlay.types.get(type_of(path)?)?.pins.get(path);
        let in_action = || self.overlay.actions.get(action)?.pins.get(path);
        let pin = in_action().or_else(|| in_type(path)).or_else(|| found.shared.iter().find_map(|path| in_type(path)));
        pin.map(|pin| pin.to)
    }

    /// Whether one of the overlay's lists names a place, seen from the action or from a shared schema on the way to it.
    fn listed(
        &self,
        action: &str,
        path: &str,
        found: &Found<'_>,
        of_action: fn(&ActionOverlay) -> &Vec<String>,
        of_type: fn(&TypeOverlay) -> &Vec<String>,
        matches: fn(&str, &str) -> bool,
    ) -> bool {
        let in_type = |path: &str| {
            type_of(path)
                .and_then(|name| self.overlay.types.get(name))
                .is_some_and(|overlay| of_type(overlay).iter().any(|entry| matches(entry, path)))
        };
        let in_action = || {
            self.overlay
                .actions
                .get(action)
                .is_some_and(|overlay| of_action(overlay).iter().any(|entry| matches(entry, path)))
        };
        in_action() || in_type(path) || found.shared.iter().any(|path| in_type(path))
    }

    pub(crate) fn outcome_by_rule(&self, action: &Action) -> OutcomeField<'static> {
        let success = self.resolve(&action.answer).and_then(|answer| answer.properties.get("Success"));
        match success.and_then(|schema| schema.kind) {
            Some(Type::Boolean | Type::String) => OutcomeField::Success,
            _ => OutcomeField::None,
        }
    }

    /// How an action pages when its shape leaves no doubt.
    pub(crate) fn pages_by_shape(&self, action: &Action) -> Option<Paging> {
        let mut objects = Vec::new();
        self.objects(&action.answer, String::new(), 0, &mut objects);
        match (self.numbered_by_shape(action, &objects), self.token_by_shape(action, &objects)) {
            (Some(pages), None) => Some(Paging::Numbered(pages)),
            (None, Some(pages)) => Some(Paging::Token(pages)),
            // Nothing fits, or both do.
            _ => None,
        }
    }

    fn numbered_by_shape(&self, action: &Action, objects: &[(String, &Schema)]) -> Option<NumberedPages> {
        let page =
            only(["PageNumber", "PageNum", "PageNo"].iter().filter(|name| action.parameters.contains_key(**name)))?;
        action.parameters.get("PageSize")?;
        let total = |object: &Schema| {
            ["TotalCount", "TotalNum", "Total"]
                .into_iter()
                .find(|name| object.properties.get(*name).is_some_and(Schema::is_plain))
        };
        let (path, object) = only(objects.iter().filter(|(_, object)| total(object).is_some()))?;
        Some(NumberedPages {
            page: (*page).to_owned(),
            size: "PageSize".to_owned(),
            items: format!("{path}{}", self.only_list(object)?),
            total: total(object).map(|name| format!("{path}{name}")),
        })
    }

    fn token_by_shape(&self, action: &Action, objects: &[(String, &Schema)]) -> Option<TokenPages> {
        action.parameters.get("NextToken")?;
        let size = only(["MaxResults", "PageSize"].iter().filter(|name| action.parameters.contains_key(**name)))?;
        let (path, object) = only(objects.iter().filter(|(_, object)| object.properties.contains_key("NextToken")))?;
        Some(TokenPages {
            token: "NextToken".to_owned(),
            size: Some((*size).to_owned()),
            items: format!("{path}{}", self.only_list(object)?),
            next: format!("{path}NextToken"),
        })
    }

    fn only_list<'a>(&self, object: &'a Schema) -> Option<&'a str> {
        let is_list = |schema: &Schema| self.resolve(schema).is_some_and(|schema| schema.kind == Some(Type::Array));
        only(object.properties.iter().filter(|(_, schema)| is_list(schema))).map(|(name, _)| name.as_str())
    }

    /// The objects of an answer, each with the prefix of its fields (`Data.`): it and those inside, lists and maps left aside.
    fn objects<'a>(&'a self, schema: &'a Schema, prefix: String, depth: usize, found: &mut Vec<(String, &'a Schema)>) {
        const DEEPEST: usize = 4;
        let Some(object) = self.resolve(schema).filter(|it| depth <= DEEPEST && !it.properties.is_empty()) else {
            return;
        };
        for (name, field) in &object.properties {
            self.objects(field, format!("{prefix}{name}."), depth + 1, found);
        }
        found.push((prefix, object));
    }
}

/// Verbs that only read.
const READING: &[&str] = &["Describe", "Get", "List", "Query", "Search"];

/// Verbs that say by themselves that something changes.
const CHANGING: &[&str] = &[
    "Abolish",
    "Add",
    "Apply",
    "Approve",
    "Associate",
    "Attach",
    "Cancel",
    "Change",
    "Clone",
    "Create",
    "Delete",
    "Deploy",
    "Detach",
    "Disable",
    "Dissociate",
    "Edit",
    "Enable",
    "Establish",
    "Exec",
    "Execute",
    "Grant",
    "Import",
    "Kill",
    "Move",
    "Offline",
    "Publish",
    "Register",
    "Remove",
    "Rename",
    "Rerun",
    "Restart",
    "Resume",
    "Revoke",
    "Rollback",
    "Run",
    "Save",
    "Send",
    "Set",
    "Start",
    "Stop",
    "Submit",
    "Suspend",
    "Tag",
    "Terminate",
    "Trigger",
    "UnTag",
    "Update",
    "Upload",
];

/// What groups of actions put in front of the verb: `DsgUserGroupDelete`, `BatchCreateMetaEntities`.
const FRONTS: &[&str] = &["Batch", "Dsg"];

/// Whether a name begins with one of these verbs, as a word of its own.
fn begins_with(name: &str, verbs: &[&str]) -> bool {
    verbs.iter().any(|verb| {
        name.strip_prefix(verb).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
    })
}

/// The rule: a read is what says so by its name, unless upstream's word is against it.
pub(crate) fn safety_by_rule(name: &str, action: &Action) -> Safety {
    let denied = action.operation_type.as_deref().is_some_and(|word| word != "read");
    if begins_with(name, READING) && !denied { Safety::Read } else { Safety::Write }
}

/// Whether the rule only takes the safe side: the name says neither that it reads nor that it changes something, or says
/// that it reads and upstream says otherwise. Upstream's `read` alone is no ground for doubt: deletions have it, too.
pub(crate) fn is_safety_doubtful(name: &str, action: &Action) -> bool {
    let clear = match FRONTS.iter().find_map(|front| name.strip_prefix(front)) {
        Some(rest) => verb_inside(rest),
        None if begins_with(name, READING) => Some(Safety::Read),
        None => begins_with(name, CHANGING).then_some(Safety::Write),
    };
    clear != Some(safety_by_rule(name, action))
}

/// The verb in the name of an action that says that something changes: at its beginning, or behind the word that a group
/// of actions puts in front (`BatchDeleteX`, `DsgXDelete`).
#[must_use]
pub fn changing_verb(name: &str) -> Option<&'static str> {
    let verb_of = |word: &str| CHANGING.iter().copied().find(|verb| begins_with(word, &[verb]));
    match FRONTS.iter().find_map(|front| name.strip_prefix(front)) {
        Some(rest) => words(rest).find_map(verb_of),
        None => verb_of(name),
    }
}

/// What the verbs in a name say that does not begin with one. `List` may be none: `DsgWhiteListDeleteList`.
fn verb_inside(name: &str) -> Option<Safety> {
    let any = |verbs: &[&str]| words(name).any(|word| begins_with(word, verbs));
    if any(CHANGING) { Some(Safety::Write) } else { any(READING).then_some(Safety::Read) }
}

/// The rest of a name from each of its words on.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| &name[at..])
}

/// Whether a field of that name holds an identifier.
pub(crate) fn names_an_id(name: &str) -> bool {
    const OTHERS: [&str; 4] = ["Guid", "Uuid", "Uid", "RequestId"];
    let stem = name.strip_suffix("Ids").or_else(|| name.strip_suffix("Id"));
    let ends_so = stem.is_some_and(|stem| stem.is_empty() || stem.ends_with(|last: char| last.is_ascii_lowercase()));
    ends_so && !OTHERS.iter().any(|other| name.ends_with(other))
}

/// Whether an entry names a path, its elements, or something that the path is part of.
fn covers(entry: &str, path: &str) -> bool {
    let whole = entry.trim_end_matches(['[', ']', '{', '}']);
    path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '{']))
}

/// Whether an enumeration's field (`ListNodes.request.Type`, `*.request.Type`) is that path of that action.
pub(crate) fn is_field_of(field: &str, action: &str, path: &str) -> bool {
    let rest = field.strip_suffix(path).and_then(|rest| rest.strip_suffix('.'));
    rest.is_some_and(|name| name == action || (name == "*" && !action.is_empty()))
}

/// The name of the shared schema in which a path (`types.Column.Name`) lies.
pub(crate) fn type_of(path: &str) -> Option<&str> {
    path.strip_prefix("types.")?.split(['.', '[', '{']).next()
}

/// The only element, if there is exactly one.
fn only<T>(mut elements: impl Iterator<Item = T>) -> Option<T> {
    let first = elements.next()?;
    elements.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests;
