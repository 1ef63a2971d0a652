//! Compares what people decided: enumerations, actions, shared types, the glossary.
//!
//! A key that the overlay gains does not compile here until it has its line in [`version`]'s comparisons.

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
};

use dataworks_api_spec::{
    ActionOverlay, Enumeration, Group, Overlay, Pin, Rename, Schema, Shorthand, TypeOverlay, Version, Waiter,
};

use super::{
    Change, Place,
    facts::Kept,
    moved::Moved,
    prune::{any_at, has_values, is_text},
    rename::{Presence, presence},
};
use crate::lower::enums::published;

/// Compares two overlays as they are written, the base's under the head's names. Entries about what only one side has are
/// part of that.
pub(super) fn version(base: &Version, head: &Version, kept: &Kept<'_>, changes: &mut Vec<Change>) {
    let Overlay { enums, undecided, names_kept, actions, types } = &head.overlay;
    let [to, back] = &kept.moved;
    let was = to.overlay(base);
    let mut all = Decided { base, head, back, actions: ["", ""], entry: String::new(), changes };
    all.enums(&was.enums, enums);
    all.entry = "undecided".to_owned();
    all.fields(["undecided-added", "undecided-removed"], None, [&was.undecided, undecided], has_values);
    all.entry = "names_kept".to_owned();
    all.fields(["name-kept", "name-not-kept"], None, [&was.names_kept, names_kept], |_| true);
    let (nothing, no_type) = (ActionOverlay::default(), TypeOverlay::default());
    for (old, name) in &kept.actions {
        all.actions = [old, name];
        all.entry = String::new();
        let [old, new] = [&was.actions, actions].map(|all| all.get(*name).unwrap_or(&nothing));
        all.action(old, new);
    }
    for (old, name) in &kept.actions {
        let [old, new] = [(base, old), (head, name)].map(|(version, name)| version.examples.get(*name));
        // An example is too long to be shown.
        let change = text(
            "action-example",
            Place::of_action(head.name(), name, ""),
            old.map(String::as_str),
            new.map(String::as_str),
        );
        all.changes.extend(change.map(|change| Change { before: None, after: None, ..change }));
    }
    for name in kept.types.values() {
        all.actions = ["", ""];
        all.entry = format!("types.{name}");
        let [old, new] = [&was.types, types].map(|all| all.get(*name).unwrap_or(&no_type));
        all.shared_type(old, new);
    }
}

/// Compares two glossaries.
pub(super) fn glossary(base: &BTreeMap<String, String>, head: &BTreeMap<String, String>, changes: &mut Vec<Change>) {
    for name in base.keys().chain(head.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (base.get(name).map(String::as_str), head.get(name).map(String::as_str));
        changes.extend(text("glossary", Place::of_version("", format!("glossary.{name}")), old, new));
    }
}

/// Compares two lists of groups: which there are and their order, and of each its title and sentence.
pub(super) fn groups(base: &[Group], head: &[Group], changes: &mut Vec<Change>) {
    let mut add = |old: &str, new: &str, path: &str| {
        if old != new {
            changes.push(stated("groups-changed", Place::of_version("", path), Some(old), Some(new)));
        }
    };
    let shown = |groups: &[Group]| groups.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(", ");
    add(&shown(base), &shown(head), "groups");
    for Group { id, title, doc } in head {
        if let Some(old) = base.iter().find(|old| old.id == *id) {
            add(&old.title, title, &format!("groups.{id}.title"));
            add(&old.doc, doc, &format!("groups.{id}.doc"));
        }
    }
}

/// A text that comes, goes or changes: `<kind>-added`, `-removed`, `-changed`.
fn text(kind: &str, place: Place, old: Option<&str>, new: Option<&str>) -> Option<Change> {
    let what = match (old, new) {
        (None, Some(_)) => "added",
        (Some(_), None) => "removed",
        (old, new) if old != new => "changed",
        _ => return None,
    };
    Some(stated(&format!("{kind}-{what}"), place, old, new))
}

fn stated(rule: &str, place: Place, before: Option<&str>, after: Option<&str>) -> Change {
    let mut change = Change::new(rule, place);
    (change.before, change.after) = (before.map(str::to_owned), after.map(str::to_owned));
    change
}

/// A decision for which somebody gave a reason.
trait Reasoned: PartialEq {
    /// What was decided.
    fn is(&self) -> String;
    /// The reason, and when to look again.
    fn why(&self) -> String;
}

impl Reasoned for Rename {
    fn is(&self) -> String {
        let Self { to, why: _, review: _ } = self;
        to.clone()
    }

    fn why(&self) -> String {
        let review = self.review.as_ref().map(|day| format!(" (until {})", day.as_str()));
        format!("{}{}", self.why, review.unwrap_or_default())
    }
}

impl Reasoned for Pin {
    fn is(&self) -> String {
        let Self { to, why: _, review: _ } = self;
        format!("{to:?}").to_lowercase()
    }

    fn why(&self) -> String {
        format!("{} (until {})", self.why, self.review.as_str())
    }
}

/// The entry at hand, and where it belongs.
struct Decided<'w, 'a> {
    base: &'a Version,
    head: &'a Version,
    /// The base's names for what the head has.
    back: &'a Moved,
    /// The action's name in the base and in the head; empty elsewhere.
    actions: [&'a str; 2],
    /// What the entry is about inside of its version; empty for an action.
    entry: String,
    changes: &'w mut Vec<Change>,
}

impl Decided<'_, '_> {
    fn at(&self, path: &str) -> Place {
        Place::of_action(self.head.name(), self.actions[1], path)
    }

    fn add(&mut self, rule: &str, path: &str, before: Option<&str>, after: Option<&str>) {
        let place = self.at(path);
        self.changes.push(stated(rule, place, before, after));
    }

    fn action(&mut self, old: &ActionOverlay, new: &ActionOverlay) {
        // Safety, pages and outcome are compared by what comes of them, in `decisions`.
        let ActionOverlay {
            summary,
            group,
            safety: _,
            pages: _,
            outcome: _,
            events,
            ids,
            secrets,
            json,
            aliases,
            shorthands,
            waiters,
            docs,
            replaced_by,
            renames,
            pins,
        } = new;
        self.summary(old.summary.as_deref(), summary.as_deref());
        let change = text("group", self.at(""), old.group.as_deref(), group.as_deref());
        self.changes.extend(change);
        match (old.events, events) {
            (false, true) => self.add("events-decided", "", None, None),
            (true, false) => self.add("events-dropped", "", None, None),
            _ => {}
        }
        self.paths("id", &old.ids, ids);
        self.paths("secret", &old.secrets, secrets);
        self.paths("json", &old.json, json);
        self.list("alias-added", "alias-removed", &old.aliases, aliases);
        if old.replaced_by != *replaced_by {
            self.add("replacement-decided", "", old.replaced_by.as_deref(), replaced_by.as_deref());
        }
        self.shorthands(&old.shorthands, shorthands);
        self.waiters(&old.waiters, waiters);
        self.docs(&old.docs, docs);
        self.reasoned("rename", &old.renames, renames);
        self.reasoned("pin", &old.pins, pins);
    }

    fn shared_type(&mut self, old: &TypeOverlay, new: &TypeOverlay) {
        let TypeOverlay { summary, ids, secrets, json, docs, renames, pins } = new;
        self.summary(old.summary.as_deref(), summary.as_deref());
        self.paths("id", &old.ids, ids);
        self.paths("secret", &old.secrets, secrets);
        self.paths("json", &old.json, json);
        self.docs(&old.docs, docs);
        self.reasoned("rename", &old.renames, renames);
        self.reasoned("pin", &old.pins, pins);
    }

    fn summary(&mut self, old: Option<&str>, new: Option<&str>) {
        let change = text("summary", self.at(&self.entry), old, new);
        self.changes.extend(change);
    }

    /// Names in a list, whatever their order.
    fn list(&mut self, added: &str, removed: &str, old: &[String], new: &[String]) {
        let entry = self.entry.clone();
        for it in new.iter().filter(|it| !old.contains(it)) {
            self.add(added, &entry, None, Some(it));
        }
        for it in old.iter().filter(|it| !new.contains(it)) {
            self.add(removed, &entry, Some(it), None);
        }
    }

    /// Whether a place is there on both sides: what is said about others is part of their coming and going.
    fn is_kept(&self, path: &str) -> bool {
        let [before, action] = self.actions;
        let was = self.back.path(self.head, action, path);
        self.base.schema_at(before, &was).is_some() && self.head.schema_at(action, path).is_some()
    }

    /// Paths in a list: `<kind>-decided`, `<kind>-dropped`.
    fn paths(&mut self, kind: &str, old: &[String], new: &[String]) {
        for (of, other, what) in [(new, old, "decided"), (old, new, "dropped")] {
            for path in of.iter().filter(|path| !other.contains(path)) {
                if self.is_kept(path) {
                    self.add(&format!("{kind}-{what}"), path, None, None);
                }
            }
        }
    }

    /// Decisions with a reason and perhaps a day to look again: `<kind>-decided`, `-dropped`, `-changed`, `-restated`.
    fn reasoned<T: Reasoned>(&mut self, kind: &str, old: &BTreeMap<String, T>, new: &BTreeMap<String, T>) {
        for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let (was, is) = (old.get(path), new.get(path));
            let what = match (was, is) {
                (None, Some(_)) => "decided",
                (Some(_), None) => "dropped",
                (Some(was), Some(is)) if was.is() != is.is() => "changed",
                (was, is) if was != is => "restated",
                _ => continue,
            };
            if self.is_kept(path) {
                let shown = |it: Option<&T>| it.map(|it| if what == "restated" { it.why() } else { it.is() });
                self.add(&format!("{kind}-{what}"), path, shown(was).as_deref(), shown(is).as_deref());
            }
        }
    }

    /// Sentences about places that are there on both sides.
    fn docs(&mut self, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) {
        for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            if self.is_kept(path) {
                let [was, is] = [old, new].map(|docs| docs.get(path).map(String::as_str));
                let change = text("doc", self.at(path), was, is);
                self.changes.extend(change);
            }
        }
    }

    fn shorthands(&mut self, old: &[Shorthand], new: &[Shorthand]) {
        let named = |of: &[Shorthand], name: &str| of.iter().find(|it| it.name == name).cloned();
        for name in old.iter().chain(new).map(|it| it.name.as_str()).collect::<BTreeSet<_>>() {
            let path = format!("shorthands.{name}");
            match (named(old, name), named(new, name)) {
                (None, Some(_)) => self.add("shorthand-added", &path, None, Some(name)),
                (Some(_), None) => self.add("shorthand-removed", &path, Some(name), None),
                (Some(old), Some(new)) => {
                    let Shorthand { name: _, summary, takes, fills } = &new;
                    if old.takes != *takes || old.fills != *fills {
                        self.add("shorthand-changed", &path, None, None);
                    } else if old.summary != *summary {
                        self.add("shorthand-restated", &path, Some(&old.summary), Some(summary));
                    }
                }
                (None, None) => {}
            }
        }
    }

    fn waiters(&mut self, old: &BTreeMap<String, Waiter>, new: &BTreeMap<String, Waiter>) {
        for goal in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let path = format!("waiters.{goal}");
            match (old.get(goal), new.get(goal)) {
                (None, Some(_)) => self.add("waiter-added", &path, None, Some(goal)),
                (Some(_), None) => self.add("waiter-removed", &path, Some(goal), None),
                (Some(old), Some(new)) if old != new => {
                    // What it says is documentation, what it waits for is not.
                    let Waiter { doc, hint, .. } = new.clone();
                    let restated = Waiter { doc, hint, ..old.clone() } == *new;
                    let rule = if restated { "waiter-restated" } else { "waiter-changed" };
                    self.add(rule, &path, None, None);
                }
                _ => {}
            }
        }
    }

    fn enums(&mut self, old: &BTreeMap<String, Enumeration>, new: &BTreeMap<String, Enumeration>) {
        let [was, is] = [old, new].map(|all| all.iter().map(|(name, it)| (name.as_str(), it)));
        let equal = |old: &Enumeration, new: &Enumeration| {
            old.values.keys().eq(new.values.keys()) && old.fields.iter().any(|field| new.fields.contains(field))
        };
        for found in presence(was, is, equal) {
            match found {
                Presence::Removed(name) => {
                    self.add("enum-removed", &format!("enums.{name}"), Some(&old[name].fields.join(", ")), None);
                }
                Presence::Added(name) => {
                    self.add("enum-added", &format!("enums.{name}"), None, Some(&new[name].fields.join(", ")));
                }
                Presence::Renamed(before, after) => {
                    let mut change = Change::new("enum-renamed", self.at(&format!("enums.{after}")));
                    change.from = Some(self.at(&format!("enums.{before}")));
                    self.changes.push(change.before(before).after(after));
                    self.enumeration([before, after], &old[before], &new[after]);
                }
            }
        }
        for (name, new) in new {
            if let Some(old) = old.get(name) {
                self.enumeration([name, name], old, new);
            }
        }
    }

    fn enumeration(&mut self, [before, name]: [&str; 2], old: &Enumeration, new: &Enumeration) {
        let Enumeration { doc, values, lookalikes, fields } = new;
        let entry = format!("enums.{name}");
        if old.doc != *doc {
            self.add("enum-doc-changed", &entry, Some(&old.doc), Some(doc));
        }
        if old.lookalikes != *lookalikes {
            let shown = |of: &Enumeration| of.lookalikes.keys().cloned().collect::<Vec<_>>().join(", ");
            self.add("enum-lookalikes-changed", &entry, Some(&shown(old)), Some(&shown(new)));
        }
        let [was_published, is_published] = [(self.base, before), (self.head, name)]
            .map(|(version, name)| LazyCell::new(move || published(version).remove(name).unwrap_or_default()));
        for value in old.values.keys().chain(values.keys()).collect::<BTreeSet<_>>() {
            let path = format!("{entry}.values.{value}");
            match (old.values.get(value), values.get(value)) {
                // It is a value of the enumeration either way.
                (None, Some(None)) if was_published.contains(&value.as_str()) => {
                    self.add("enum-value-restated", &path, Some("published"), Some("listed"));
                }
                (Some(None), None) if is_published.contains(&value.as_str()) => {
                    self.add("enum-value-restated", &path, Some("listed"), Some("published"));
                }
                (None, Some(Some(doc))) if was_published.contains(&value.as_str()) => {
                    self.add("enum-value-doc-changed", &path, None, Some(doc));
                }
                (Some(Some(doc)), None) if is_published.contains(&value.as_str()) => {
                    self.add("enum-value-doc-changed", &path, Some(doc), None);
                }
                (None, Some(_)) => self.add("enum-value-decided", &path, None, Some(value)),
                (Some(_), None) => self.add("enum-value-dropped", &path, Some(value), None),
                (Some(old), Some(new)) if old != new => {
                    self.add("enum-value-doc-changed", &path, old.as_deref(), new.as_deref());
                }
                _ => {}
            }
        }
        self.fields(["enum-field-added", "enum-field-removed"], Some(&entry), [&old.fields, fields], is_text);
    }

    /// Fields in a list, as `<Action>.<path>`. `enumeration` is the entry in which each has a place of its own.
    fn fields(
        &mut self,
        [added, removed]: [&str; 2],
        enumeration: Option<&str>,
        [old, new]: [&[String]; 2],
        fits: fn(&Schema) -> bool,
    ) {
        let entry = self.entry.clone();
        let at = |field: &str| enumeration.map_or(entry.clone(), |entry| format!("{entry}.fields.{field}"));
        for field in new.iter().filter(|field| !old.contains(field)) {
            // What is not there is dangling, and told so.
            if any_at(self.head, field, fits) {
                self.add(added, &at(field), None, Some(field));
            }
        }
        for field in old.iter().filter(|field| !new.contains(field)) {
            let before = self.back.field(self.head, field);
            // It has another name, and the list has not followed: nobody took it out.
            let is_left_behind = before != *field && new.contains(&before) && !any_at(self.head, &before, fits);
            if !is_left_behind {
                self.add(removed, &at(field), Some(field), None);
            }
        }
    }
}
