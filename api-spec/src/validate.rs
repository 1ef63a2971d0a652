//! Holds the overlay against the facts: an entry that speaks of what is not there, or says what holds anyway, is an error.

mod docs;
mod fields;
mod pages;
mod report;
mod shorthands;
mod waiters;

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    ActionOverlay, Error, Outcome, Problem, Rename, Safety, Schema, Spec, Type, Version,
    decisions::{is_safety_doubtful, safety_by_rule, type_of},
    load::find,
};
use report::{Report, nearest};

/// Names that no better name can be: what generated code names without a path, and words that Rust keeps for itself.
pub const RESERVED: &[&str] =
    &["Box", "Client", "Default", "Into", "IntoIterator", "Option", "Self", "String", "Vec", "crate", "self", "super"];

impl Version {
    /// Checks that every entry of the overlay names what exists and is used.
    ///
    /// # Errors
    /// When an entry is not: every such entry, with the nearest name that exists.
    pub fn validate(&self) -> Result<(), Error> {
        let mut problems = Vec::new();
        self.validate_as(Path::new(self.name()), &Path::new(self.name()).join("overlay.yaml"), "", &mut problems);
        Error::unless_empty(problems)
    }

    /// Checks facts and overlay; the text is searched for the line of what is wrong.
    pub(crate) fn validate_as(&self, dir: &Path, overlay: &Path, text: &str, problems: &mut Vec<Problem>) {
        let before = problems.len();
        self.check_references(dir, problems);
        // What leads nowhere hides what the overlay speaks of.
        let is_whole = problems.len() == before;
        self.check_examples(dir, problems);
        if !is_whole {
            return;
        }
        let mut report = Report::new(overlay, text, problems);
        self.check_enumerations(&mut report);
        self.check_undecided(&mut report);
        self.check_names_kept(&mut report);
        for (name, entry) in &self.overlay.actions {
            self.check_action(name, entry, &mut report);
        }
        for (name, entry) in &self.overlay.types {
            report.enter("types", name);
            if !self.types.contains_key(name) {
                report.add("", name, format!("there is no shared schema `{name}`{}", nearest(name, self.types.keys())));
                continue;
            }
            self.check_summary(entry.summary.as_deref(), &mut report);
            self.check_lists("", &entry.ids, &entry.secrets, &entry.json, &mut report);
            self.check_renames("", entry.renames.iter(), &mut report);
            self.check_docs("", &entry.docs, &mut report);
            self.check_pins("", &entry.pins, &mut report);
            let lists = entry.ids.iter().chain(&entry.secrets).chain(&entry.json);
            let paths = lists.chain(entry.renames.keys()).chain(entry.docs.keys()).chain(entry.pins.keys());
            for path in paths.filter(|path| type_of(path).is_some_and(|it| it != name)) {
                report.add("", path, format!("`{path}` does not lie in `{name}`: move it to its own entry"));
            }
        }
    }

    /// Every `$ref` leads to a shared schema.
    fn check_references(&self, dir: &Path, problems: &mut Vec<Problem>) {
        let mut check = |folder: &str, name: &str, place: &str, schema: &Schema| {
            for reference in dangling(schema, self) {
                problems.push(
                    Problem::new(
                        &dir.join(folder).join(name).with_extension("json"),
                        format!(
                            "names the shared schema `{reference}`, which is not in `types/`{}",
                            nearest(&reference, self.types.keys())
                        ),
                    )
                    .place(place),
                );
            }
        };
        for (name, action) in &self.actions {
            for (parameter, it) in &action.parameters {
                check("actions", name, &format!("request.{parameter}"), &it.schema);
            }
            check("actions", name, "answer", &action.answer);
        }
        for (name, shared) in &self.types {
            check("types", name, "schema", &shared.schema);
        }
    }

    fn check_action(&self, name: &str, entry: &ActionOverlay, report: &mut Report<'_>) {
        report.enter("actions", name);
        let Some(action) = self.actions.get(name) else {
            report.add(
                "",
                name,
                format!(
                    "there is no action `{name}`{}; remove the entry if it is gone upstream",
                    nearest(name, self.actions.keys())
                ),
            );
            return;
        };
        self.check_summary(entry.summary.as_deref(), report);
        if let Some(safety) = &entry.safety {
            if safety.is == safety_by_rule(name, action) && !is_safety_doubtful(name, action) {
                report.add("safety", "", "says what the rule says anyway: remove it".to_owned());
            }
            if safety.is == Safety::Once && !action.parameters.contains_key("ClientToken") {
                report.add("safety", "", "it has no `ClientToken` to set aside: `write` says the same".to_owned());
            }
            check_reason("safety", &safety.why, report);
        }
        if let Some(pages) = &entry.pages {
            self.check_pages(name, action, pages, report);
        }
        if let Some(outcome) = &entry.outcome {
            self.check_outcome(name, outcome, report);
        }
        if entry.events && self.decisions(name).pages.is_some() {
            report.add(
                "events",
                "",
                "it pages, and pages are no events: `pages: {none: …}` says that it does not".to_owned(),
            );
        }
        self.check_lists(name, &entry.ids, &entry.secrets, &entry.json, report);
        self.check_aliases(name, &entry.aliases, report);
        self.check_replacement(name, entry, report);
        self.check_renames(name, entry.renames.iter(), report);
        self.check_docs(name, &entry.docs, report);
        self.check_pins(name, &entry.pins, report);
        self.check_shorthands(action, &entry.shorthands, report);
        self.check_waiters(name, action, &entry.waiters, report);
    }

    fn check_summary(&self, summary: Option<&str>, report: &mut Report<'_>) {
        const LONGEST: usize = 120;
        let Some(summary) = summary else { return };
        self.check_sentence("summary", summary, report);
        if summary.chars().count() > LONGEST {
            report.add("summary", "", format!("`{summary}` is longer than {LONGEST} characters: shorten it"));
        }
    }

    fn check_sentence(&self, key: &str, text: &str, report: &mut Report<'_>) {
        if !text.ends_with('.') || text.contains('\n') || text.trim() != text {
            report.add(key, "", format!("`{text}` is no sentence: one line that ends with a full stop"));
        }
    }

    fn check_outcome(&self, action: &str, outcome: &Outcome, report: &mut Report<'_>) {
        let field = |name: &str| self.schema_at(action, &format!("answer.{name}"));
        match outcome {
            Outcome::Status(name) if !field(name).is_some_and(|it| it.kind == Some(Type::Boolean)) => {
                report.add("outcome", name, format!("the answer has no top-level boolean `{name}`"));
            }
            Outcome::Items(name) if field(name).is_none_or(|it| it.additional_properties.is_none()) => {
                report.add("outcome", name, format!("the answer has no top-level map `{name}`"));
            }
            Outcome::None(_) if field("Success").is_none() => {
                report.add("outcome", "", "the answer has no top-level `Success` to set aside: remove it".to_owned());
            }
            Outcome::None(why) => check_reason("outcome", why, report),
            Outcome::Status(_) | Outcome::Items(_) => {}
        }
    }

    fn check_aliases(&self, action: &str, aliases: &[String], report: &mut Report<'_>) {
        for alias in aliases {
            let plain = alias.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !plain || !alias.starts_with(|first: char| first.is_ascii_uppercase()) {
                report.add("aliases", alias, format!("`{alias}` is no name of an action: `CamelCase` is"));
            }
            if self.actions.contains_key(alias) {
                report.add("aliases", alias, format!("`{alias}` is an action itself: remove the alias"));
            }
            let other = self.overlay.actions.iter().find(|(name, it)| *name != action && it.aliases.contains(alias));
            if let Some((other, _)) = other {
                report.add("aliases", alias, format!("`{alias}` is an alias of `{other}` too: keep one of them"));
            }
        }
    }

    fn check_replacement(&self, action: &str, entry: &ActionOverlay, report: &mut Report<'_>) {
        let Some(target) = entry.replaced_by.as_deref() else {
            return;
        };
        let facts = self.actions.get(action);
        if facts.is_some_and(|facts| !facts.deprecated) {
            report.add(
                "replaced_by",
                target,
                "the action is not deprecated, so nothing replaces it: remove it".to_owned(),
            );
        }
        let upstream = facts.and_then(|facts| facts.replaced_by.as_deref());
        if target == ActionOverlay::NO_REPLACEMENT {
            return;
        }
        if target.strip_prefix(self.name()).map_or(target, str::trim_start) == action {
            report.add("replaced_by", target, "is the action itself: name another, or `none`".to_owned());
        }
        if upstream == Some(target) {
            report.add("replaced_by", target, format!("upstream names `{target}` too: remove it"));
        }
        // Another version is looked up where all of them are at hand.
        if !target.contains(' ') && !self.actions.contains_key(target) {
            report.add(
                "replaced_by",
                target,
                format!("there is no action `{target}`{}", nearest(target, self.actions.keys())),
            );
        }
    }

    fn check_renames<'a>(
        &self,
        action: &str,
        renames: impl Iterator<Item = (&'a String, &'a Rename)>,
        report: &mut Report<'_>,
    ) {
        for (path, rename) in renames {
            self.check_path(action, "renames", path, report);
            check_reason("renames", &rename.why, report);
            let name = &rename.to;
            let plain = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
            if !plain || !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                report.add(
                    "renames",
                    name,
                    format!("`{name}` is no Rust name: letters, digits and `_`, a letter first"),
                );
            } else if RESERVED.contains(&name.as_str()) {
                report.add(
                    "renames",
                    name,
                    format!(
                        "`{name}` is taken: Rust or the generated code means something else by it; choose another name"
                    ),
                );
            }
        }
    }
}

fn check_reason(key: &str, why: &str, report: &mut Report<'_>) {
    if why.trim().is_empty() {
        report.add(key, "", "gives no reason: say why in a sentence".to_owned());
    }
}

/// The `$ref`s in a schema that lead nowhere.
fn dangling(schema: &Schema, version: &Version) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        if let Some(name) = schema.reference.as_ref().filter(|name| !version.types.contains_key(*name)) {
            missing.insert(name.clone());
        }
        open.extend(schema.properties.values());
        open.extend(schema.items.as_deref());
        open.extend(schema.additional_properties.as_deref());
    }
    missing
}

impl Spec {
    /// What only all versions together can tell: replacements in another version, groups, and glossary entries that no
    /// field uses.
    pub(crate) fn validate(
        &self,
        dir: &Path,
        groups: Option<&Path>,
        glossary: Option<&Path>,
        problems: &mut Vec<Problem>,
    ) {
        for version in &self.versions {
            let folder = dir.join(version.name());
            let Some(file) = find(&folder, "overlay") else { continue };
            let text = fs::read_to_string(&file).unwrap_or_default();
            let mut report = Report::new(&file, &text, problems);
            for (name, entry) in &version.overlay.actions {
                self.check_group(name, entry, &mut report);
                self.check_foreign_aliases(version, name, entry, &mut report);
                let Some((other, action)) = entry.replaced_by.as_deref().and_then(|it| it.split_once(' ')) else {
                    continue;
                };
                report.enter("actions", name);
                match self.version(other) {
                    None => report.add("replaced_by", other, format!("there is no version `{other}`")),
                    Some(other) if !other.actions.contains_key(action) => report.add(
                        "replaced_by",
                        action,
                        format!("{} has no action `{action}`{}", other.name(), nearest(action, other.actions.keys())),
                    ),
                    Some(_) => {}
                }
            }
        }
        self.check_groups(groups, problems);
        self.check_glossary(glossary, problems);
    }

    /// A name that is an action of another version means that action, which does something else.
    fn check_foreign_aliases(&self, version: &Version, name: &str, entry: &ActionOverlay, report: &mut Report<'_>) {
        for alias in &entry.aliases {
            let others = self.versions.iter().filter(|it| it.name() != version.name());
            if let Some(other) = others.into_iter().find(|it| it.actions.contains_key(alias)) {
                report.enter("actions", name);
                report.add("aliases", alias, format!("`{alias}` is an action of {}: remove the alias", other.name()));
            }
        }
    }
}
