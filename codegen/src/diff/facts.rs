//! Compares what upstream publishes: service, actions, parameters, shared types.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{
    Action, Endpoint, Parameter, Place as Travels, Schema, Service, SharedType, Style, Type, Version,
};

use super::{
    Change, Place, Used,
    moved::Moved,
    rename::{Presence, presence},
    schema::{Side, Spot, Types, Walk, shape},
};
use crate::lower::shared::{answered, is_struct, requested};

/// What both sides have.
pub(super) struct Kept<'a> {
    /// Actions: name in the base, name in the head.
    pub actions: Vec<(&'a str, &'a str)>,
    /// Shared types: name in the base → name in the head.
    pub types: Types<'a>,
    /// The head's names for what the base has, and the other way round.
    pub moved: [Moved; 2],
}

/// Compares the facts of a version.
pub(super) fn version<'a>(base: &'a Version, head: &'a Version, changes: &mut Vec<Change>) -> Kept<'a> {
    // The overlay has comparisons of its own.
    let Version { service: _, actions: _, types: _, overlay: _, examples: _ } = head;
    let first = changes.len();
    let types = shared_types(base, head, changes);
    let actions = actions(base, head, &types, changes);
    service(base, head, &actions, changes);
    for (old, name) in &actions {
        let walk = Walk::new(base, head, [old, name], &types, changes);
        Actions { name, walk }.compare(&base.actions[*old], &head.actions[*name]);
    }
    let moved = Moved::both(changes[first..].iter());
    // What is recorded by path needs every other name.
    for (old, name) in &actions {
        let recorded = [&base.actions[*old].type_names, &head.actions[*name].type_names];
        names([(base, *old), (head, *name)], recorded, &moved, changes);
        let recorded = [&base.actions[*old].field_names, &head.actions[*name].field_names];
        field_names([(base, *old), (head, *name)], recorded, &moved, changes);
    }
    for (old, new) in &types {
        let recorded = [&base.types[*old].type_names, &head.types[*new].type_names];
        names([(base, ""), (head, "")], recorded, &moved, changes);
        let recorded = [&base.types[*old].field_names, &head.types[*new].field_names];
        field_names([(base, ""), (head, "")], recorded, &moved, changes);
    }
    Kept { actions, types, moved }
}

fn service(base: &Version, head: &Version, kept: &[(&str, &str)], changes: &mut Vec<Change>) {
    let Service { product, version, endpoints, directories } = &head.service;
    let at = |path: String| Place::of_version(version, path);
    let old = &base.service;
    if old.product != *product {
        changes.push(Change::new("product-changed", at("product".to_owned())).before(&old.product).after(product));
    }
    for region in old.endpoints.keys().chain(endpoints.keys()).collect::<BTreeSet<_>>() {
        let place = at(format!("endpoints.{region}"));
        match (old.endpoints.get(region), endpoints.get(region)) {
            (Some(old), Some(new)) => endpoint(&place, old, new, changes),
            (Some(old), None) => changes.push(Change::new("endpoint-removed", place).before(&old.public)),
            (None, Some(new)) => changes.push(Change::new("endpoint-added", place).after(&new.public)),
            (None, None) => {}
        }
    }
    let (old, new) = (by_action(&old.directories), by_action(directories));
    for (before, action) in kept {
        let [old, new] =
            [(&old, before), (&new, action)].map(|(all, name)| all.get(*name).map(|paths| paths.join(", ")));
        if old != new {
            let mut change = Change::new("directory-changed", Place::of_action(version, action, ""));
            (change.before, change.after) = (old, new);
            changes.push(change);
        }
    }
}

fn endpoint(place: &Place, old: &Endpoint, new: &Endpoint, changes: &mut Vec<Change>) {
    let Endpoint { public, vpc } = new;
    if old.public != *public {
        changes.push(Change::new("endpoint-host-changed", place.clone()).before(&old.public).after(public));
    }
    let rule = match (&old.vpc, vpc) {
        (None, Some(_)) => "endpoint-vpc-added",
        (Some(_), None) => "endpoint-vpc-removed",
        (Some(old), Some(new)) if old != new => "endpoint-vpc-changed",
        _ => return,
    };
    let mut change = Change::new(rule, place.clone());
    (change.before, change.after) = (old.vpc.clone(), vpc.clone());
    changes.push(change);
}

fn by_action(directories: &BTreeMap<String, Vec<String>>) -> BTreeMap<&str, Vec<&str>> {
    let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, actions) in directories {
        actions.iter().for_each(|action| paths.entry(action).or_default().push(path));
    }
    paths
}

fn named<T>(all: &BTreeMap<String, T>) -> impl Iterator<Item = (&str, &T)> {
    all.iter().map(|(name, it)| (name.as_str(), it))
}

fn actions<'a>(
    base: &'a Version,
    head: &'a Version,
    types: &Types<'_>,
    changes: &mut Vec<Change>,
) -> Vec<(&'a str, &'a str)> {
    let at = |name: &str| Place::of_action(head.name(), name, "");
    let none = Types::new();
    let mut kept: Vec<(&str, &str)> = Vec::new();
    let equal = |old: &Action, new: &Action| {
        let all = |action: &Action, types: &Types<'_>| -> (Schema, Vec<(String, Travels, Schema)>) {
            let parameters = action.parameters.iter();
            let parameters = parameters.map(|(name, it)| (name.clone(), it.place, shape(&it.schema, types)));
            (shape(&action.answer, types), parameters.collect())
        };
        old.method == new.method && all(old, types) == all(new, &none)
    };
    for found in presence(named(&base.actions), named(&head.actions), equal) {
        changes.push(match found {
            Presence::Removed(name) => {
                let instead = base.decisions(name).replaced_by.map(|it| format!("{it} is named in its place"));
                Change::new("action-removed", at(name)).note(instead.as_deref())
            }
            Presence::Added(name) => Change::new("action-added", at(name)).note(head.decisions(name).summary),
            Presence::Renamed(old, new) => {
                kept.push((old, new));
                let mut change = Change::new("action-renamed", at(new)).before(old).after(new);
                change.from = Some(at(old));
                change
            }
        });
    }
    let same = base.actions.keys().filter(|name| head.actions.contains_key(*name));
    kept.extend(same.map(|name| (name.as_str(), name.as_str())));
    kept
}

/// One action that both sides have.
struct Actions<'w, 'a> {
    /// Its name in the head.
    name: &'a str,
    walk: Walk<'w, 'a>,
}

impl<'a> Actions<'_, 'a> {
    fn add(&mut self, rule: &str, before: Option<String>, after: Option<String>) {
        let mut change = Change::new(rule, Place::of_action(self.walk.head.name(), self.name, ""));
        (change.before, change.after) = (before, after);
        self.walk.changes.push(change);
    }

    fn compare(mut self, base: &'a Action, head: &'a Action) {
        let Action {
            method,
            deprecated,
            replaced_by,
            operation_type,
            parameters,
            answer,
            error_codes,
            type_names: _,
            field_names: _,
        } = head;
        if base.method != *method {
            let shown = |method: dataworks_api_spec::Method| Some(method.as_str().to_owned());
            self.add("method-changed", shown(base.method), shown(*method));
        }
        // A replacement that comes and goes with the deprecation is part of it.
        let told = match (base.deprecated, *deprecated) {
            (false, true) => {
                self.add("action-deprecated", None, replaced_by.as_ref().map(|it| format!("use {it}")));
                base.replaced_by.is_none()
            }
            (true, false) => {
                self.add("action-undeprecated", None, None);
                replaced_by.is_none()
            }
            _ => false,
        };
        if !told && base.replaced_by != *replaced_by {
            self.add("action-replacement-changed", base.replaced_by.clone(), replaced_by.clone());
        }
        if base.operation_type != *operation_type {
            self.add("operation-type-changed", base.operation_type.clone(), operation_type.clone());
        }
        self.error_codes(&base.error_codes, error_codes);
        self.parameters(&base.parameters, parameters);
        self.walk.whole(&Spot::new("answer", &[Side::Answer], None), &base.answer, answer);
    }

    fn error_codes(&mut self, old: &BTreeMap<u16, Vec<String>>, new: &BTreeMap<u16, Vec<String>>) {
        let told = |(status, codes): (&u16, &Vec<String>)| -> Vec<String> {
            let nothing = codes.is_empty().then(|| format!("no code ({status})"));
            codes.iter().map(|code| format!("{code} ({status})")).chain(nothing).collect()
        };
        let all = |codes: &BTreeMap<u16, Vec<String>>| -> BTreeSet<String> { codes.iter().flat_map(told).collect() };
        let (old, new) = (all(old), all(new));
        new.difference(&old).for_each(|code| self.add("error-code-added", None, Some(code.clone())));
        old.difference(&new).for_each(|code| self.add("error-code-removed", Some(code.clone()), None));
    }

    fn parameters(&mut self, base: &'a BTreeMap<String, Parameter>, head: &'a BTreeMap<String, Parameter>) {
        let types = self.walk.types;
        let equal = |old: &Parameter, new: &Parameter| {
            let same = shape(&old.schema, types) == shape(&new.schema, &Types::new());
            old.place == new.place && old.style == new.style && same
        };
        let spot = Spot::new("request", &[Side::Parameter], None);
        for found in presence(named(base), named(head), equal) {
            match found {
                Presence::Removed(name) => {
                    self.presence(name, &base[name], "parameter-removed", "host-parameter-removed");
                }
                Presence::Added(name) => {
                    let rule = added(&head[name]);
                    self.presence(name, &head[name], rule, "host-parameter-added");
                }
                Presence::Renamed(old, new) => {
                    let spot = spot.renamed(old, new);
                    if base[old].place == Travels::Host {
                        self.walk.renamed(&spot, |_| "host-parameter-changed".to_owned(), old, new);
                    } else {
                        self.walk.renamed(&spot, |_| "parameter-renamed".to_owned(), old, new);
                        self.parameter(&spot, &base[old], &head[new]);
                    }
                }
            }
        }
        for (name, old) in base {
            if let Some(new) = head.get(name) {
                self.parameter(&spot.renamed(name, name), old, new);
            }
        }
    }

    /// A parameter that one side alone has.
    fn presence(&mut self, name: &str, parameter: &Parameter, rule: &str, of_host: &str) {
        let rule = if parameter.place == Travels::Host { of_host } else { rule };
        let place = self.walk.place(&format!("request.{name}"));
        self.walk.changes.push(Change::new(rule, place));
    }

    fn parameter(&mut self, spot: &Spot, base: &Parameter, head: &Parameter) {
        let Parameter { place, style, schema } = head;
        let at = self.walk.place(spot.path());
        match (base.place, *place) {
            // The client picks the endpoint itself: nothing of it is sent, and requests have no such field.
            (Travels::Host, Travels::Host) => {
                if base != head {
                    self.walk.changes.push(Change::new("host-parameter-changed", at));
                }
                return;
            }
            // Nobody could send it before.
            (Travels::Host, _) => {
                self.walk.changes.push(Change::new(added(head), at).before("host").after(travels(*place)));
                return;
            }
            (old, new) if old != new => {
                let change = Change::new("parameter-place-changed", at.clone());
                self.walk.changes.push(change.before(travels(old)).after(travels(new)));
            }
            _ => {}
        }
        if base.style != *style {
            let plain =
                [(self.walk.base, &base.schema), (self.walk.head, schema)].into_iter().all(|(version, schema)| {
                    let kind = version.resolve(schema).and_then(|schema| schema.kind);
                    !matches!(kind, None | Some(Type::Array | Type::Object | Type::Any))
                });
            let same = base.style.unwrap_or(Style::RepeatList) == style.unwrap_or(Style::RepeatList);
            let rule = if plain || same { "parameter-style-restated" } else { "parameter-style-changed" };
            let mut change = Change::new(rule, at);
            (change.before, change.after) = (base.style.map(styled), style.map(styled));
            self.walk.changes.push(change);
        }
        self.walk.whole(spot, &base.schema, schema);
    }
}

/// The rule of a parameter that callers can send now.
fn added(parameter: &Parameter) -> &'static str {
    if parameter.schema.required { "parameter-added-required" } else { "parameter-added-optional" }
}

fn travels(place: Travels) -> &'static str {
    match place {
        Travels::Query => "query",
        Travels::FormData => "form body",
        Travels::Host => "host",
    }
}

fn styled(style: Style) -> String {
    let name = match style {
        Style::Json => "json",
        Style::Simple => "simple",
        Style::RepeatList => "repeatList",
    };
    name.to_owned()
}

/// Recorded Rust names of an action or a shared type. A name that comes or goes with its object is part of that.
fn names(
    sides: [(&Version, &str); 2],
    recorded: [&BTreeMap<String, String>; 2],
    [to, back]: &[Moved; 2],
    changes: &mut Vec<Change>,
) {
    let ([(base, before), (head, action)], [old, new]) = (sides, recorded);
    let old: BTreeMap<String, &String> = old.iter().map(|(path, name)| (to.path(base, before, path), name)).collect();
    for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let is_object =
            |version: &Version, action: &str, path: &str| version.schema_at(action, path).is_some_and(is_struct);
        let rule = match (old.get(path), new.get(path)) {
            (Some(old), Some(new)) if *old != new => "type-name-changed",
            (None, Some(_)) if !is_object(head, action, path) => "type-name-added",
            (Some(_), None) if !is_object(base, before, &back.path(head, action, path)) => "type-name-removed",
            _ => continue,
        };
        let mut change = Change::new(rule, Place::of_action(head.name(), action, path.as_str()));
        (change.before, change.after) = (old.get(path).map(|name| (*name).clone()), new.get(path).cloned());
        changes.push(change);
    }
}

/// Recorded Rust names of fields.
fn field_names(
    [(base, before), (head, action)]: [(&Version, &str); 2],
    [old, new]: [&BTreeMap<String, String>; 2],
    [to, _]: &[Moved; 2],
    changes: &mut Vec<Change>,
) {
    let old: BTreeMap<String, &String> = old.iter().map(|(path, name)| (to.path(base, before, path), name)).collect();
    for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let [was, is] = [old.get(path).copied(), new.get(path)];
        if was != is {
            let mut change = Change::new("field-name-changed", Place::of_action(head.name(), action, path.as_str()));
            (change.before, change.after) = (was.cloned(), is.cloned());
            changes.push(change);
        }
    }
}

fn shared_types<'a>(base: &'a Version, head: &'a Version, changes: &mut Vec<Change>) -> Types<'a> {
    let at = |name: &str| Place::of_version(head.name(), format!("types.{name}"));
    let mut kept: Types<'_> =
        base.types.keys().filter(|name| head.types.contains_key(*name)).map(|it| (it.as_str(), it.as_str())).collect();
    // A type that leads back to itself does so under its own name.
    let equal = |(old, one): (&str, &SharedType), (new, other): (&str, &SharedType)| {
        shape(&one.schema, &Types::from([(old, new)])) == shape(&other.schema, &Types::new())
    };
    let [old, new] = [base, head].map(|version| named(&version.types).map(|(name, it)| (name, (name, it))));
    for found in presence(old, new, equal) {
        changes.push(match found {
            Presence::Removed(name) => Change::new("type-removed", at(name)),
            Presence::Added(name) => Change::new("type-added", at(name)),
            Presence::Renamed(old, new) => {
                kept.insert(old, new);
                let mut change = Change::new("type-renamed", at(new)).before(old).after(new);
                change.from = Some(at(old));
                change
            }
        });
    }
    let [(old_sent, old_read), (new_sent, new_read)] = [base, head].map(|it| (requested(it), answered(it)));
    for (old, new) in &kept {
        let SharedType { schema, type_names: _, field_names: _ } = &head.types[*new];
        let sent = old_sent.contains(old) || new_sent.contains(new);
        let read = old_read.contains(old) || new_read.contains(new);
        let (sides, used): (&[Side], _) = match (sent, read) {
            (true, true) => (&[Side::Answer, Side::Request], Some(Used::Both)),
            (true, false) => (&[Side::Request], Some(Used::Requests)),
            (false, true) => (&[Side::Answer], Some(Used::Answers)),
            (false, false) => (&[Side::Answer], None),
        };
        if old_sent.contains(old) != new_sent.contains(new) {
            let form = |sent: bool| if sent { "the form of requests" } else { "the form of answers" };
            let change = Change::new("type-form-changed", at(new));
            changes.push(change.before(form(old_sent.contains(old))).after(form(new_sent.contains(new))));
        }
        let mut walk = Walk::new(base, head, ["", ""], &kept, changes);
        let spot = Spot::new("types", sides, used).renamed(old, new);
        walk.whole(&spot, &base.types[*old].schema, schema);
    }
    kept
}
