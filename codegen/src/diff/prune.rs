//! Takes out of an overlay what speaks of nothing or does not fit any more, so that the rest can be compared and become Rust.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{
    Action, ActionOverlay, Outcome, Pages, Pin, Place as Travels, Schema, Spec, Taken, Type, TypeOverlay, Version,
    Waiter,
};

use super::{Change, Place};
use crate::lower::fitting::Fitting;

/// Removes the entries that name what is not there or fit nothing there, and tells of each.
///
/// `actions` are the names of those of all versions.
pub(super) fn prune(version: &mut Version, actions: &BTreeSet<String>) -> Vec<Change> {
    let facts = version.clone();
    let mut pruning = Pruning { facts: &facts, actions, gone: Vec::new() };
    let overlay = &mut version.overlay;
    for (name, enumeration) in &mut overlay.enums {
        let place = Place::of_version(facts.name(), format!("enums.{name}"));
        pruning.retain(|_| place.clone(), &mut enumeration.fields, |field| any_at(&facts, field, is_text));
    }
    let place = Place::of_version(facts.name(), "undecided");
    pruning.retain(|_| place.clone(), &mut overlay.undecided, |field| any_at(&facts, field, has_values));
    let place = Place::of_version(facts.name(), "names_kept");
    pruning.retain(|_| place.clone(), &mut overlay.names_kept, |field| any_at(&facts, field, |_| true));
    overlay.actions.retain(|name, entry| pruning.action(name, entry));
    version.examples.retain(|name, _| {
        let stands = facts.actions.contains_key(name);
        if !stands {
            pruning.tell(Place::of_action(facts.name(), name, ""), "its example");
        }
        stands
    });
    overlay.types.retain(|name, entry| pruning.shared_type(name, entry));
    pruning.misfits(version);
    pruning.gone
}

struct Pruning<'a> {
    facts: &'a Version,
    actions: &'a BTreeSet<String>,
    gone: Vec<Change>,
}

impl Pruning<'_> {
    /// Whether an action is there; takes out of its entry what is not.
    fn action(&mut self, name: &str, entry: &mut ActionOverlay) -> bool {
        let facts = self.facts;
        let place = |path: &str| Place::of_action(facts.name(), name, path);
        let Some(action) = facts.actions.get(name) else {
            self.tell(place(""), name);
            return false;
        };
        self.lists(name, [&mut entry.ids, &mut entry.secrets, &mut entry.json]);
        self.paths(name, &mut entry.renames, |_, _| true);
        self.paths(name, &mut entry.docs, |_, _| true);
        self.paths(name, &mut entry.pins, can_be_pinned);
        // What is said of an argument would be said of a parameter that has its name now.
        entry.shorthands.retain(|shorthand| {
            let explained = |taken: &Taken| taken.like.is_some() || taken.doc.is_some();
            let stands = !shorthand.takes.iter().any(|it| explained(it) && action.parameters.contains_key(&it.name));
            if !stands {
                self.tell(place(&format!("shorthands.{}", shorthand.name)), &shorthand.name);
            }
            stands
        });
        // What has an action's name means that action.
        let actions = self.actions;
        let alias = |alias: &str| place(&format!("aliases.{alias}"));
        self.retain(alias, &mut entry.aliases, |alias| !actions.contains(alias));
        entry.waiters.retain(|goal, waiter| {
            let stands = waiter_stands(facts, name, action, waiter);
            if !stands {
                self.tell(place(&format!("waiters.{goal}")), goal);
            }
            stands
        });
        if entry.pages.as_ref().is_some_and(|pages| !pages_stand(facts, name, action, pages)) {
            entry.pages = None;
            self.tell(place(""), "pages");
        }
        if entry.outcome.as_ref().is_some_and(|outcome| !outcome_stands(facts, name, outcome)) {
            entry.outcome = None;
            self.tell(place(""), "outcome");
        }
        if entry.replaced_by.as_ref().is_some_and(|target| !is_replaceable(facts, action, target)) {
            self.tell(place(""), &format!("replaced_by {}", entry.replaced_by.take().unwrap_or_default()));
        }
        true
    }

    /// Whether a shared type is there; takes out of its entry what is not.
    fn shared_type(&mut self, name: &str, entry: &mut TypeOverlay) -> bool {
        if !self.facts.types.contains_key(name) {
            self.tell(Place::of_version(self.facts.name(), format!("types.{name}")), name);
            return false;
        }
        self.lists("", [&mut entry.ids, &mut entry.secrets, &mut entry.json]);
        self.paths("", &mut entry.renames, |_, _| true);
        self.paths("", &mut entry.docs, |_, _| true);
        self.paths("", &mut entry.pins, can_be_pinned);
        true
    }

    /// Takes out what the generator itself would stop at: names, pages and shorthands.
    fn misfits(&mut self, version: &mut Version) {
        let decides = |it: &ActionOverlay| !it.renames.is_empty() || !it.shorthands.is_empty() || it.pages.is_some();
        let overlay = &version.overlay;
        if !overlay.actions.values().any(decides) && overlay.types.values().all(|it| it.renames.is_empty()) {
            return;
        }
        let (spec, pruned) = (Spec::default(), version.clone());
        let fitting = Fitting::new(&spec, &pruned);
        for (name, entry) in version.overlay.actions.iter_mut().filter(|(_, entry)| decides(entry)) {
            let place = |path: &str| Place::of_action(pruned.name(), name, path);
            let misfits = fitting.action(name);
            entry.renames.retain(|path, _| !misfits.renames.contains(path));
            entry.shorthands.retain(|shorthand| !misfits.shorthands.contains(&shorthand.name));
            misfits.renames.iter().for_each(|path| self.tell(place(path), path));
            misfits.shorthands.iter().for_each(|name| self.tell(place(&format!("shorthands.{name}")), name));
            if misfits.pages && entry.pages.take().is_some() {
                self.tell(place(""), "pages");
            }
        }
        for (name, entry) in version.overlay.types.iter_mut().filter(|(_, entry)| !entry.renames.is_empty()) {
            let misfits = fitting.shared_type(name);
            entry.renames.retain(|path, _| !misfits.contains(path));
            misfits.iter().for_each(|path| self.tell(Place::of_version(pruned.name(), path), path));
        }
    }

    fn tell(&mut self, place: Place, entry: &str) {
        self.gone.push(Change::new("overlay-entry-dangling", place).before(entry));
    }

    fn retain(&mut self, place: impl Fn(&str) -> Place, entries: &mut Vec<String>, stands: impl Fn(&str) -> bool) {
        entries.retain(|entry| {
            let stands = stands(entry);
            if !stands {
                self.tell(place(entry), entry);
            }
            stands
        });
    }

    /// Identifiers are texts or whole numbers, JSON is carried by texts; anything may be a secret.
    fn lists(&mut self, action: &str, [ids, secrets, json]: [&mut Vec<String>; 3]) {
        self.list(action, ids, is_plain);
        self.list(action, secrets, |_| true);
        self.list(action, json, is_text);
    }

    fn list(&mut self, action: &str, paths: &mut Vec<String>, fits: fn(&Schema) -> bool) {
        let facts = self.facts;
        let place = |path: &str| Place::of_action(facts.name(), action, path);
        self.retain(place, paths, |path| facts.schema_at(action, path).is_some_and(fits));
    }

    fn paths<T>(&mut self, action: &str, entries: &mut BTreeMap<String, T>, fits: impl Fn(&T, &Schema) -> bool) {
        let facts = self.facts;
        entries.retain(|path, entry| {
            let stands = facts.schema_at(action, path).is_some_and(|schema| fits(entry, schema));
            if !stands {
                self.tell(Place::of_action(facts.name(), action, path.as_str()), path);
            }
            stands
        });
    }
}

/// Whether a field of an enumeration (`ListNodes.request.Type`, `*.request.Type`, `types.Column.Type`) is there and fits.
pub(super) fn any_at(facts: &Version, field: &str, fits: impl Fn(&Schema) -> bool) -> bool {
    let stands = |action: &str, path: &str| facts.schema_at(action, path).is_some_and(&fits);
    if field.starts_with("types.") {
        return stands("", field);
    }
    match field.split_once('.') {
        Some(("*", path)) => facts.actions.keys().any(|action| stands(action, path)),
        Some((action, path)) => stands(action, path),
        None => false,
    }
}

pub(super) fn is_text(schema: &Schema) -> bool {
    schema.kind == Some(Type::String)
}

/// Whether it is a text with published values.
pub(super) fn has_values(schema: &Schema) -> bool {
    is_text(schema) && schema.values.as_ref().is_some_and(|values| !values.is_empty())
}

fn is_plain(schema: &Schema) -> bool {
    matches!(schema.kind, Some(Type::String | Type::Integer))
}

/// Only a single value can be held at a type.
fn can_be_pinned(_: &Pin, schema: &Schema) -> bool {
    !matches!(schema.kind, Some(Type::Array | Type::Object))
}

/// Whether what pages need is there: single values that are sent or read. The items are the generator's matter.
fn pages_stand(facts: &Version, name: &str, action: &Action, pages: &Pages) -> bool {
    let single = |schema: &Schema| matches!(schema.kind, Some(Type::String | Type::Integer | Type::Number));
    let parameter = |path: &String| {
        let top = path.split('.').next().unwrap_or_default();
        let sent = action.parameters.get(top).is_some_and(|parameter| parameter.place != Travels::Host);
        sent && facts.schema_at(name, &format!("request.{path}")).is_some_and(single)
    };
    let field = |path: &String| facts.schema_at(name, &format!("answer.{path}")).is_some_and(single);
    match pages {
        Pages::Numbered(it) => parameter(&it.page) && parameter(&it.size) && it.total.as_ref().is_none_or(field),
        Pages::Token(it) => parameter(&it.token) && it.size.as_ref().is_none_or(parameter) && field(&it.next),
        Pages::None(_) => true,
    }
}

/// Whether what a waiter looks at and what its hint names is there.
fn waiter_stands(facts: &Version, name: &str, action: &Action, waiter: &Waiter) -> bool {
    let mut paths = waiter.at.iter().chain(&waiter.reason);
    paths.all(|path| facts.schema_at(name, &format!("answer.{path}")).is_some())
        && waiter.named().all(|parameter| action.parameters.contains_key(parameter))
}

/// Whether an action is deprecated, so that something can replace it, and what is said to do so is there or of another
/// version.
fn is_replaceable(facts: &Version, action: &Action, target: &str) -> bool {
    action.deprecated && (target == "none" || target.contains(' ') || facts.actions.contains_key(target))
}

fn outcome_stands(facts: &Version, name: &str, outcome: &Outcome) -> bool {
    let field = |field: &str| facts.schema_at(name, &format!("answer.{field}"));
    match outcome {
        Outcome::Status(status) => field(status).is_some_and(|schema| schema.kind == Some(Type::Boolean)),
        Outcome::Items(items) => field(items).is_some_and(|schema| schema.additional_properties.is_some()),
        Outcome::None(_) => field("Success").is_some(),
    }
}
