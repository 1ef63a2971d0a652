//! Checks of what is written for readers: groups, sentences, examples.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::report::{Report, nearest};
use crate::{ActionOverlay, Problem, Schema, Spec, Version};

/// Longer sentences about a field are no single line any more.
const LONGEST: usize = 160;

impl Version {
    pub(super) fn check_docs(&self, action: &str, docs: &BTreeMap<String, String>, report: &mut Report<'_>) {
        for (path, text) in docs {
            self.check_path(action, "docs", path, report);
            self.check_sentence("docs", text, report);
            if text.chars().count() > LONGEST {
                report.add("docs", path, format!("`{text}` is longer than {LONGEST} characters: shorten it"));
            }
        }
    }

    pub(super) fn check_examples(&self, dir: &Path, problems: &mut Vec<Problem>) {
        for name in self.examples.keys().filter(|name| !self.actions.contains_key(*name)) {
            let file = dir.join("examples").join(name).with_extension("rs");
            let offer = nearest(name, self.actions.keys());
            problems
                .push(Problem::new(&file, format!("there is no action `{name}`{offer}; rename or remove the file")));
        }
    }
}

impl Spec {
    /// The group of an action is one of those in `groups.yaml`.
    pub(super) fn check_group(&self, name: &str, entry: &ActionOverlay, report: &mut Report<'_>) {
        let Some(group) = &entry.group else { return };
        if !self.groups.iter().any(|known| known.id == *group) {
            let offer = nearest(group, self.groups.iter().map(|known| &known.id));
            report.enter("actions", name);
            report.add("group", group, format!("`groups.yaml` has no `{group}`{offer}"));
        }
    }

    /// Each group has actions, and no two are alike.
    pub(super) fn check_groups(&self, file: Option<&Path>, problems: &mut Vec<Problem>) {
        let Some(file) = file else { return };
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut report = Report::new(file, &text, problems);
        let entries = self.versions.iter().flat_map(|version| version.overlay.actions.values());
        let used: BTreeSet<&String> = entries.filter_map(|entry| entry.group.as_ref()).collect();
        let mut seen = BTreeSet::new();
        for group in &self.groups {
            if !seen.insert(&group.id) {
                report.add("", &group.id, format!("`{}` is there twice", group.id));
            }
            if !used.contains(&group.id) {
                report.add("", &group.id, format!("no action is in the group `{}`: remove it", group.id));
            }
            if group.title.trim().is_empty() || !is_sentence(&group.doc) {
                report.add("", &group.id, format!("`{}` needs a title, and a sentence as its doc", group.id));
            }
        }
    }

    /// Each entry of the glossary is what some field is explained with.
    pub(super) fn check_glossary(&self, file: Option<&Path>, problems: &mut Vec<Problem>) {
        let Some(file) = file else { return };
        let paths = self.paths();
        let mut used = BTreeSet::new();
        let mut names = BTreeSet::new();
        for path in &paths {
            used.extend(self.glossary_at(path).map(|(key, _)| key));
            names.extend(path.rsplit('.').next().map(|name| name.trim_end_matches(['[', ']', '{', '}'])));
        }
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut report = Report::new(file, &text, problems);
        for (key, line) in &self.glossary {
            report.enter("", key);
            if !used.contains(key.as_str()) {
                let last = key.rsplit('.').next().unwrap_or(key);
                let why = if names.contains(last) {
                    "every field at the end of such a path has a longer entry, or there is none".to_owned()
                } else {
                    format!("no parameter and no field is named `{last}`{}", nearest(last, names.iter()))
                };
                report.add("", key, format!("{why}; remove the entry"));
            }
            if !is_sentence(line) {
                report.add("", key, format!("`{line}` is no sentence: one line that ends with a full stop"));
            }
            if line.chars().count() > LONGEST {
                report.add("", key, format!("`{line}` is longer than {LONGEST} characters: shorten it"));
            }
        }
    }

    /// The path of every parameter and field; those of shared schemas as `types.Column.Name`.
    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for version in &self.versions {
            for action in version.actions.values() {
                for (name, parameter) in &action.parameters {
                    let path = format!("request.{name}");
                    below(&parameter.schema, &path, &mut paths);
                    paths.push(path);
                }
                below(&action.answer, "answer", &mut paths);
            }
            for (name, shared) in &version.types {
                below(&shared.schema, &format!("types.{name}"), &mut paths);
            }
        }
        paths
    }
}

/// The paths of the fields inside a schema.
fn below(schema: &Schema, path: &str, paths: &mut Vec<String>) {
    for (name, field) in &schema.properties {
        let path = format!("{path}.{name}");
        below(field, &path, paths);
        paths.push(path);
    }
    for inner in schema.items.iter().chain(&schema.additional_properties) {
        below(inner, path, paths);
    }
}

fn is_sentence(text: &str) -> bool {
    text.ends_with('.') && !text.contains('\n') && text.trim() == text
}
