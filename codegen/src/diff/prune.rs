//! Takes out of an overlay what speaks of nothing, so that the rest can be compared and become Rust.

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, ActionOverlay, Outcome, Pages, Schema, Shorthand, Taken, TypeOverlay, Version};

use super::{Change, Place};

/// Removes the entries that name what is not there, and tells of each.
pub(super) fn prune(version: &mut Version) -> Vec<Change> {
    let facts = version.clone();
    let mut pruning = Pruning { facts: &facts, gone: Vec::new() };
    let overlay = &mut version.overlay;
    for (name, enumeration) in &mut overlay.enums {
        let place = Place::of_version(facts.name(), format!("enums.{name}"));
        pruning.retain(&place, &mut enumeration.fields, |field| pruning_field(&facts, field));
    }
    let place = Place::of_version(facts.name(), "undecided");
    pruning.retain(&place, &mut overlay.undecided, |field| pruning_field(&facts, field));
    let place = Place::of_version(facts.name(), "names_kept");
    pruning.retain(&place, &mut overlay.names_kept, |field| pruning_field(&facts, field));
    overlay.actions.retain(|name, entry| pruning.action(name, entry));
    version.examples.retain(|name, _| {
        let stands = facts.actions.contains_key(name);
        if !stands {
            pruning.tell(Place::of_action(facts.name(), name, ""), "its example");
        }
        stands
    });
    overlay.types.retain(|name, entry| pruning.shared_type(name, entry));
    pruning.gone
}

struct Pruning<'a> {
    facts: &'a Version,
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
        for paths in [&mut entry.ids, &mut entry.secrets, &mut entry.json] {
            self.retain(&place(""), paths, |path| facts.schema_at(name, path).is_some());
        }
        self.paths(name, &mut entry.renames);
        self.paths(name, &mut entry.docs);
        self.paths(name, &mut entry.pins);
        entry.shorthands.retain(|shorthand| {
            let stands = shorthand_stands(action, shorthand);
            if !stands {
                self.tell(place(&format!("shorthands.{}", shorthand.name)), &shorthand.name);
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
        true
    }

    /// Whether a shared type is there; takes out of its entry what is not.
    fn shared_type(&mut self, name: &str, entry: &mut TypeOverlay) -> bool {
        let facts = self.facts;
        let place = Place::of_version(facts.name(), format!("types.{name}"));
        if !facts.types.contains_key(name) {
            self.tell(place, name);
            return false;
        }
        for paths in [&mut entry.ids, &mut entry.secrets, &mut entry.json] {
            self.retain(&place, paths, |path| facts.schema_at("", path).is_some());
        }
        self.paths("", &mut entry.renames);
        self.paths("", &mut entry.docs);
        self.paths("", &mut entry.pins);
        true
    }

    fn tell(&mut self, place: Place, entry: &str) {
        self.gone.push(Change::new("overlay-entry-dangling", place).before(entry));
    }

    fn retain(&mut self, place: &Place, entries: &mut Vec<String>, stands: impl Fn(&str) -> bool) {
        entries.retain(|entry| {
            let stands = stands(entry);
            if !stands {
                self.tell(place.clone(), entry);
            }
            stands
        });
    }

    fn paths<T>(&mut self, action: &str, entries: &mut BTreeMap<String, T>) {
        let facts = self.facts;
        entries.retain(|path, _| {
            let stands = facts.schema_at(action, path).is_some();
            if !stands {
                self.tell(Place::of_action(facts.name(), action, path.as_str()), path);
            }
            stands
        });
    }
}

/// Whether a field of an enumeration (`ListNodes.request.Type`, `*.request.Type`, `types.Column.Type`) is there.
fn pruning_field(facts: &Version, field: &str) -> bool {
    if field.starts_with("types.") {
        return facts.schema_at("", field).is_some();
    }
    let Some((action, path)) = field.split_once('.') else { return false };
    match action {
        "*" => facts.actions.keys().any(|action| facts.schema_at(action, path).is_some()),
        action => facts.schema_at(action, path).is_some(),
    }
}

/// Whether the parameters are there that a shorthand fills, hands on, or takes its types from.
fn shorthand_stands(action: &Action, shorthand: &Shorthand) -> bool {
    let parameter = |name: &String| action.parameters.contains_key(name);
    let taken = |taken: &Taken| match taken.like.as_deref() {
        Some(Taken::DATE) => true,
        _ => parameter(taken.like.as_ref().unwrap_or(&taken.name)),
    };
    shorthand.fills.keys().all(parameter) && shorthand.takes.iter().all(taken)
}

fn pages_stand(facts: &Version, name: &str, action: &Action, pages: &Pages) -> bool {
    let parameter = |name: &String| action.parameters.contains_key(name);
    let field = |path: &String| facts.schema_at(name, &format!("answer.{path}"));
    let list = |path: &String| field(path).is_some_and(|schema: &Schema| schema.items.is_some());
    match pages {
        Pages::Numbered(it) => {
            let total = it.total.as_ref().is_none_or(|total| field(total).is_some());
            parameter(&it.page) && parameter(&it.size) && list(&it.items) && total
        }
        Pages::Token(it) => {
            let size = it.size.as_ref().is_none_or(parameter);
            parameter(&it.token) && size && list(&it.items) && field(&it.next).is_some()
        }
        Pages::None(_) => true,
    }
}

fn outcome_stands(facts: &Version, name: &str, outcome: &Outcome) -> bool {
    let field = |field: &str| facts.schema_at(name, &format!("answer.{field}"));
    match outcome {
        Outcome::Status(status) => field(status).is_some(),
        Outcome::Items(items) => field(items).is_some_and(|schema| schema.additional_properties.is_some()),
        Outcome::None(_) => field("Success").is_some(),
    }
}
