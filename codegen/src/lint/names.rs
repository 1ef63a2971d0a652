//! Names that are not what the wire says, because another had the name first.

use std::collections::BTreeMap;

use dataworks_api_spec::{Rename, Schema};

use super::{
    Checked, Lint, Severity, Spot,
    load::OVERLAY_ENTRY,
    places::{self, placed},
};
use crate::{import::names::own_name, lower::names};

pub(super) static MADE_UNIQUE: Lint = Lint {
    id: "name-made-unique",
    severity: Severity::Error,
    meaning: "A nested type or a field could not have its own name, because something else has it.",
    remedy: "write a better one under `renames`, or list the place under `names_kept`",
};

pub(super) fn check(checked: &mut Checked<'_>) {
    let mut unique = types(checked);
    unique.extend(fields(checked));
    let version = checked.version;
    let kept = &version.overlay.names_kept;
    for Unique { action, path, keys, message } in &unique {
        let name = placed(action, path);
        if !kept.contains(&name) {
            let file = places::file(action, path);
            checked.add(&MADE_UNIQUE, &file, Spot::Fact(keys.clone()), name, message);
        }
    }
    for entry in kept {
        if !unique.iter().any(|it| placed(&it.action, &it.path) == *entry) {
            let what = format!("`{entry}` has its own name");
            checked.at_decision(&OVERLAY_ENTRY, ("names_kept", ""), "", entry, what);
        }
    }
}

/// A name that had to be made unique.
struct Unique {
    action: String,
    path: String,
    keys: Vec<String>,
    message: String,
}

/// The better names of an action or a shared schema.
type Renames<'a> = Option<&'a BTreeMap<String, Rename>>;

/// Whether the overlay has a better name of that kind: a path can be that of a field and that of its type.
fn renamed(renames: Renames<'_>, path: &str, kind: fn(&str) -> bool) -> bool {
    renames.and_then(|renames| renames.get(path)).is_some_and(|rename| kind(&rename.to))
}

fn types(checked: &Checked<'_>) -> Vec<Unique> {
    let version = checked.version;
    let of_actions = version.actions.iter().map(|(name, action)| {
        (name.as_str(), &action.type_names, version.overlay.actions.get(name).map(|entry| &entry.renames))
    });
    let of_types = version
        .types
        .iter()
        .map(|(name, shared)| ("", &shared.type_names, version.overlay.types.get(name).map(|entry| &entry.renames)));
    let mut unique = Vec::new();
    for (action, type_names, renames) in of_actions.chain(of_types) {
        for (path, name) in type_names {
            let own = own_name(path);
            if *name == own || renamed(renames, path, names::is_type) {
                continue;
            }
            unique.push(Unique {
                action: action.to_owned(),
                path: path.clone(),
                keys: vec!["typeNames".to_owned(), path.clone()],
                message: format!("its type is named `{name}`, because `{own}` was taken"),
            });
        }
    }
    unique
}

fn fields(checked: &Checked<'_>) -> Vec<Unique> {
    let version = checked.version;
    let mut unique = Vec::new();
    for (name, action) in &version.actions {
        let renames = version.overlay.actions.get(name).map(|entry| &entry.renames);
        let wire: Vec<&str> = action.parameters.keys().map(String::as_str).collect();
        let record = Record { recorded: Some(&action.field_names), renames };
        of_object((name, "request"), &["parameters"], &wire, &record, &mut unique);
    }
    for place in places::all(version) {
        let Schema { properties, .. } = place.schema;
        let owner = place.path.strip_prefix("types.").and_then(|rest| rest.split(['.', '[', '{']).next());
        let of_type = owner.and_then(|name| version.overlay.types.get(name)).map(|entry| &entry.renames);
        let of_action = version.overlay.actions.get(place.action).map(|entry| &entry.renames);
        let keys: Vec<&str> = place.keys.iter().map(String::as_str).chain(["properties"]).collect();
        let wire: Vec<&str> = properties.keys().map(String::as_str).collect();
        let recorded = match owner {
            Some(name) => version.types.get(name).map(|shared| &shared.field_names),
            None => version.actions.get(place.action).map(|action| &action.field_names),
        };
        let record = Record { recorded, renames: of_action.or(of_type) };
        of_object((place.action, &place.path), &keys, &wire, &record, &mut unique);
    }
    unique
}

/// The names that import has recorded for fields, and the better ones.
struct Record<'a> {
    recorded: Option<&'a BTreeMap<String, String>>,
    renames: Renames<'a>,
}

/// The fields of one object whose names are longer than they would be alone.
fn of_object(
    (action, path): (&str, &str),
    keys: &[&str],
    wire: &[&str],
    Record { recorded, renames }: &Record<'_>,
    unique: &mut Vec<Unique>,
) {
    let recorded = |field: &str| recorded.and_then(|names| names.get(&format!("{path}.{field}")));
    let given = wire.iter().filter_map(|field| Some((*field, names::raw(recorded(field)?)))).collect();
    for (field, name) in names::fields_beside(wire.iter().copied(), &given) {
        let alone = names::fields([field]).remove(field).unwrap_or_default();
        let path = format!("{path}.{field}");
        if name == alone || renamed(*renames, &path, names::is_field) {
            continue;
        }
        unique.push(Unique {
            action: action.to_owned(),
            path,
            keys: keys.iter().copied().chain([field]).map(str::to_owned).collect(),
            message: format!("its field is named `{name}`, because `{alone}` was taken"),
        });
    }
}
