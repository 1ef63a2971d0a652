//! What the base says, under the names that the head has for it.

use std::collections::BTreeMap;

use dataworks_api_spec::{ActionOverlay, Overlay, Schema, TypeOverlay, Version};

use super::Change;

/// So many `$ref`s in a row lead nowhere.
const MOST_REFERENCES: usize = 16;

/// The names that one side has in place of the other's.
#[derive(Default)]
pub(super) struct Moved {
    actions: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
    /// Action (empty in a shared type) and path of a parameter or field → its other name.
    fields: BTreeMap<(String, String), String>,
}

impl Moved {
    /// From the base to the head, and the other way round.
    pub(super) fn both<'c>(changes: impl Iterator<Item = &'c Change>) -> [Self; 2] {
        let [mut to, mut back] = [Self::default(), Self::default()];
        for change in changes {
            let (Some(old), new) = (&change.from, &change.place) else { continue };
            for (moved, one, other) in [(&mut to, old, new), (&mut back, new, old)] {
                let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
                match (&one.action, &other.action) {
                    (Some(one), Some(other)) if change.rule.id == "action-renamed" => {
                        moved.actions.insert(one.clone(), other.clone());
                    }
                    _ if change.rule.id == "type-renamed" => {
                        moved.types.insert(last(&one.path), last(&other.path));
                    }
                    (action, _) => {
                        let action = action.clone().unwrap_or_default();
                        moved.fields.insert((action, one.path.clone()), last(&other.path));
                    }
                }
            }
        }
        [to, back]
    }

    fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.types.is_empty() && self.fields.is_empty()
    }

    /// A path on the other side. `version` is the side where it is written.
    pub(super) fn path(&self, version: &Version, action: &str, path: &str) -> String {
        if self.is_empty() {
            return path.to_owned();
        }
        // Where the walk is, as the place itself is named: in a shared type that begins anew.
        let (mut owner, mut at, mut moved) = (action, String::new(), String::new());
        let mut schema: Option<&Schema> = None;
        for step in steps(path) {
            for _ in 0..MOST_REFERENCES {
                let Some(name) = schema.and_then(|schema| schema.reference.as_ref()) else { break };
                (owner, at) = ("", format!("types.{name}"));
                schema = version.types.get(name).map(|shared| &shared.schema);
            }
            let root = std::mem::take(&mut at);
            at = format!("{root}{step}");
            let name = step.strip_prefix('.').unwrap_or_default();
            let other = match root.as_str() {
                "types" => self.types.get(name),
                _ => self.fields.get(&(owner.to_owned(), at.clone())),
            };
            moved.push_str(&other.map_or_else(|| step.to_owned(), |other| format!(".{other}")));
            schema = match (root.as_str(), step) {
                ("", "answer") => version.actions.get(action).map(|action| &action.answer),
                ("request", _) => {
                    version.actions.get(action).and_then(|action| action.parameters.get(name)).map(|it| &it.schema)
                }
                ("types", _) => version.types.get(name).map(|shared| &shared.schema),
                (_, "[]") => schema.and_then(|schema| schema.items.as_deref()),
                (_, "{}") => schema.and_then(|schema| schema.additional_properties.as_deref()),
                _ => schema.and_then(|schema| schema.properties.get(name)),
            };
        }
        moved
    }

    /// `<Action>.<path>`, `*.<path>` or `types.<Type>.<path>` on the other side.
    pub(super) fn field(&self, version: &Version, field: &str) -> String {
        match field.split_once('.') {
            Some(("types", _)) => self.path(version, "", field),
            Some((action, path)) => {
                let other = self.actions.get(action).map_or(action, String::as_str);
                format!("{other}.{}", self.path(version, action, path))
            }
            None => field.to_owned(),
        }
    }

    /// The overlay of a version under the other side's names. What a shorthand, pages or an outcome say is left as it is:
    /// it has to be written anew.
    pub(super) fn overlay(&self, version: &Version) -> Overlay {
        let mut overlay = version.overlay.clone();
        if self.is_empty() {
            return overlay;
        }
        let Overlay { enums, undecided, names_kept, actions, types } = &mut overlay;
        let fields = enums.values_mut().flat_map(|it| &mut it.fields).chain(undecided).chain(names_kept);
        fields.for_each(|field| *field = self.field(version, field));
        for (name, entry) in actions.iter_mut() {
            let ActionOverlay { ids, secrets, json, docs, renames, pins, .. } = entry;
            self.lists(version, name, [ids, secrets, json]);
            self.keys(version, name, docs);
            self.keys(version, name, renames);
            self.keys(version, name, pins);
        }
        for entry in types.values_mut() {
            let TypeOverlay { summary: _, ids, secrets, json, docs, renames, pins } = entry;
            self.lists(version, "", [ids, secrets, json]);
            self.keys(version, "", docs);
            self.keys(version, "", renames);
            self.keys(version, "", pins);
        }
        rename(actions, &self.actions);
        rename(types, &self.types);
        overlay
    }

    fn lists(&self, version: &Version, action: &str, lists: [&mut Vec<String>; 3]) {
        lists.into_iter().flatten().for_each(|path| *path = self.path(version, action, path));
    }

    fn keys<T>(&self, version: &Version, action: &str, entries: &mut BTreeMap<String, T>) {
        let old = std::mem::take(entries).into_iter();
        entries.extend(old.map(|(path, entry)| (self.path(version, action, &path), entry)));
    }
}

fn rename<T>(entries: &mut BTreeMap<String, T>, names: &BTreeMap<String, String>) {
    let old = std::mem::take(entries).into_iter();
    entries.extend(old.map(|(name, entry)| (names.get(&name).cloned().unwrap_or(name), entry)));
}

/// The steps of a path: `answer`, `.Data`, `[]`, `.Name`.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        let end = if rest.starts_with("[]") || rest.starts_with("{}") {
            2
        } else {
            let mut inner = rest.char_indices().skip(1);
            inner.find(|(_, c)| matches!(c, '.' | '[' | '{')).map_or(rest.len(), |(at, _)| at)
        };
        let (step, after) = rest.split_at(end);
        rest = after;
        (!step.is_empty()).then_some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_steps() {
        let all = |path| steps(path).collect::<Vec<_>>();
        assert_eq!(all("answer.Data[].Map{}.Id"), ["answer", ".Data", "[]", ".Map", "{}", ".Id"]);
        assert_eq!(all("types.A[][]"), ["types", ".A", "[]", "[]"]);
        assert_eq!(all(""), [""; 0]);
        assert_eq!(all("answer."), ["answer", "."]);
        assert_eq!(all("[").concat(), "[");
    }
}
