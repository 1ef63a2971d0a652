//! Checks of entries that name fields by path.

use std::collections::BTreeMap;

use super::{
    check_reason,
    report::{Report, nearest},
};
use crate::{
    Enumeration, Lookalike, Pin, Schema, Type, Version,
    alike::are_alike,
    decisions::{names_an_id, type_of},
    lookup::{Lost, field_name},
};

impl Version {
    /// Whether a path exists; reports it if not.
    pub(super) fn check_path(&self, action: &str, key: &str, path: &str, report: &mut Report<'_>) -> Option<&Schema> {
        if action.is_empty() != path.starts_with("types.") {
            let section = if action.is_empty() { "actions" } else { "types" };
            report.add(key, path, format!("`{path}` belongs to the section `{section}`: move it there"));
            return None;
        }
        match self.find(action, path) {
            Ok(found) => Some(found.schema),
            Err(lost) => {
                report.add(key, path, format!("`{path}` is not there: {}", explain(&lost)));
                None
            }
        }
    }

    pub(super) fn check_lists(
        &self,
        action: &str,
        ids: &[String],
        secrets: &[String],
        json: &[String],
        report: &mut Report<'_>,
    ) {
        for (key, paths) in [("ids", ids), ("secrets", secrets), ("json", json)] {
            for (index, path) in paths.iter().enumerate() {
                if paths[..index].contains(path) {
                    report.add(key, path, format!("`{path}` is listed twice"));
                }
                let Some(schema) = self.check_path(action, key, path, report) else {
                    continue;
                };
                match key {
                    "ids" if !schema.is_plain() => {
                        let elements = if schema.kind == Some(Type::Array) {
                            format!("; its elements are named by `{path}[]`")
                        } else {
                            String::new()
                        };
                        report.add(key, path, format!("`{path}` is neither a text nor a whole number{elements}"));
                    }
                    "ids" if field_name(path).is_some_and(names_an_id) => {
                        report.add(key, path, format!("`{path}` is an identifier by its name: remove it"));
                    }
                    "json" if schema.kind != Some(Type::String) => {
                        report.add(key, path, format!("`{path}` is no text"));
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn check_pins(&self, action: &str, pins: &BTreeMap<String, Pin>, report: &mut Report<'_>) {
        for (path, pin) in pins {
            check_reason("pins", &pin.why, report);
            let Some(schema) = self.check_path(action, "pins", path, report) else {
                continue;
            };
            if matches!(schema.kind, Some(Type::Array | Type::Object)) {
                report.add("pins", path, format!("`{path}` is a list or an object: only a single value can be pinned"));
            } else if schema.kind == Some(pin.to.as_type()) {
                report.add("pins", path, format!("`{path}` has that type upstream: remove the pin"));
            }
        }
    }

    pub(super) fn check_enumerations(&self, report: &mut Report<'_>) {
        // Action and path → the enumeration that covers it.
        let mut covered: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (name, enumeration) in &self.overlay.enums {
            report.enter("enums", name);
            if self.types.contains_key(name) {
                report.add("", name, format!("`{name}` is a shared schema too: choose another name"));
            }
            if !name.starts_with(|first: char| first.is_ascii_uppercase())
                || !name.chars().all(|it| it.is_ascii_alphanumeric())
            {
                report.add(
                    "",
                    name,
                    format!("`{name}` is no name of a type: capital letter first, then letters and digits"),
                );
            }
            self.check_sentence("doc", &enumeration.doc, report);
            if enumeration.values.is_empty() {
                report.add("values", "", "lists no values".to_owned());
            }
            if enumeration.fields.is_empty() {
                report.add("fields", "", "stands nowhere: list its fields or remove it".to_owned());
            }
            check_lookalikes(enumeration, report);
            for field in &enumeration.fields {
                for place in self.check_text_field(field, "fields", report) {
                    if let Some(other) = covered.insert(place, name) {
                        report.add(
                            "fields",
                            field,
                            if other == name {
                                format!("`{field}` is covered twice")
                            } else {
                                format!("`{field}` is covered by `{other}` too: keep one of them")
                            },
                        );
                    }
                }
            }
        }
    }

    pub(super) fn check_undecided(&self, report: &mut Report<'_>) {
        report.enter("undecided", "");
        for (index, field) in self.overlay.undecided.iter().enumerate() {
            if self.overlay.undecided[..index].contains(field) {
                report.add("", field, format!("`{field}` is listed twice"));
            }
            for (action, path) in self.check_text_field(field, "", report) {
                if let Some(name) = self.enumeration_of(action, path) {
                    report.add("", field, format!("`{field}` has the enumeration `{name}`: remove it here or there"));
                }
                let values = self.schema_at(action, path).and_then(|schema| schema.values.as_ref());
                if values.is_none_or(Vec::is_empty) {
                    report.add("", field, format!("no values are published for `{field}`: remove it"));
                }
            }
        }
    }

    /// Each kept name belongs to an object or a field that exists and has no better name.
    pub(super) fn check_names_kept(&self, report: &mut Report<'_>) {
        report.enter("names_kept", "");
        for (index, kept) in self.overlay.names_kept.iter().enumerate() {
            if self.overlay.names_kept[..index].contains(kept) {
                report.add("", kept, format!("`{kept}` is listed twice"));
            }
            let (owner, path) = kept.split_once('.').unwrap_or((kept, ""));
            let (action, path) = if owner == "types" { ("", kept.as_str()) } else { (owner, path) };
            if !action.is_empty() && !self.actions.contains_key(action) {
                report.add("", kept, format!("there is no action `{action}`{}", nearest(action, self.actions.keys())));
                continue;
            }
            self.check_path(action, "", path, report);
            let of_action = self.overlay.actions.get(action).map(|it| &it.renames);
            let of_type = type_of(path).and_then(|name| self.overlay.types.get(name)).map(|it| &it.renames);
            if of_action.or(of_type).is_some_and(|renames| renames.contains_key(path)) {
                report.add("", kept, format!("`{kept}` has another name in `renames`: remove it here or there"));
            }
        }
    }

    /// The texts that `<Action>.<path>`, `*.<path>` or `types.<Type>.<path>` names; reports it if there are none.
    fn check_text_field<'a>(&'a self, field: &'a str, key: &str, report: &mut Report<'_>) -> Vec<(&'a str, &'a str)> {
        let (action, path) = field.split_once('.').unwrap_or((field, ""));
        if action == "*" {
            let is_text =
                |name: &str| self.schema_at(name, path).is_some_and(|schema| schema.kind == Some(Type::String));
            let places: Vec<_> =
                self.actions.keys().map(String::as_str).filter(|name| is_text(name)).map(|name| (name, path)).collect();
            if places.is_empty() {
                report.add(key, field, format!("no action has a text at `{path}`"));
            }
            return places;
        }
        let (action, path) = if action == "types" { ("", field) } else { (action, path) };
        if !action.is_empty() && !self.actions.contains_key(action) {
            report.add(key, field, format!("there is no action `{action}`{}", nearest(action, self.actions.keys())));
            return Vec::new();
        }
        match self.check_path(action, key, path, report).map(|schema| schema.kind) {
            Some(Some(Type::String)) => vec![(action, path)],
            Some(_) => {
                report.add(key, field, format!("`{field}` is no text"));
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// Both values are there, and a reader could take one for the other.
fn check_lookalikes(enumeration: &Enumeration, report: &mut Report<'_>) {
    for (value, Lookalike { of, why }) in &enumeration.lookalikes {
        for missing in [value, of].into_iter().filter(|it| !enumeration.values.contains_key(*it)) {
            let offer = nearest(missing, enumeration.values.keys());
            report.add("lookalikes", missing, format!("`values` has no `{missing}`{offer}"));
        }
        if !are_alike(value, of) {
            report.add("lookalikes", value, format!("nobody takes `{value}` for `{of}`: remove it"));
        }
        check_reason("lookalikes", why, report);
    }
}

/// Where a path ends, and what may be meant.
pub(super) fn explain(lost: &Lost<'_>) -> String {
    let Lost { known, unknown, candidates, missing } = lost;
    let place = if known.is_empty() { "a path" } else { known };
    let offer = match *missing {
        "[]" => format!("; its elements are named by `{known}[]`"),
        "{}" => format!("; its values are named by `{known}{{}}`"),
        _ => nearest(unknown, candidates.iter()),
    };
    format!("`{place}` has no `{unknown}`{offer}")
}
