//! Takes out of an overlay what speaks of nothing, so that the rest can be compared and become Rust.

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, Outcome, Pages, Schema, Shorthand, Version};

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
    overlay.actions.retain(|name, entry| {
        let place = |path: &str| Place::of_action(facts.name(), name, path);
        let Some(action) = facts.actions.get(name) else {
            pruning.tell(place(""), name);
            return false;
        };
        for paths in [&mut entry.ids, &mut entry.secrets, &mut entry.json] {
            pruning.retain(&place(""), paths, |path| facts.schema_at(name, path).is_some());
        }
        pruning.paths(name, &mut entry.renames);
        pruning.paths(name, &mut entry.docs);
        pruning.paths(name, &mut entry.pins);
        let gone = |shorthand: &Shorthand| shorthand.fills.keys().any(|it| !action.parameters.contains_key(it));
        if entry.shorthands.iter().any(gone) {
            entry.shorthands.retain(|shorthand| !gone(shorthand));
            pruning.tell(place(""), "shorthands");
        }
        if entry.pages.as_ref().is_some_and(|pages| !pages_stand(&facts, name, action, pages)) {
            entry.pages = None;
            pruning.tell(place(""), "pages");
        }
        if entry.outcome.as_ref().is_some_and(|outcome| !outcome_stands(&facts, name, outcome)) {
            entry.outcome = None;
            pruning.tell(place(""), "outcome");
        }
        true
    });
    version.examples.retain(|name, _| {
        let stands = facts.actions.contains_key(name);
        if !stands {
            pruning.tell(Place::of_action(facts.name(), name, ""), "its example");
        }
        stands
    });
    overlay.types.retain(|name, entry| {
        let place = Place::of_version(facts.name(), format!("types.{name}"));
        if !facts.types.contains_key(name) {
            pruning.tell(place, name);
            return false;
        }
        for paths in [&mut entry.ids, &mut entry.secrets, &mut entry.json] {
            pruning.retain(&place, paths, |path| facts.schema_at("", path).is_some());
        }
        pruning.paths("", &mut entry.renames);
        pruning.paths("", &mut entry.docs);
        pruning.paths("", &mut entry.pins);
        true
    });
    pruning.gone
}

struct Pruning<'a> {
    facts: &'a Version,
    gone: Vec<Change>,
}

impl Pruning<'_> {
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
