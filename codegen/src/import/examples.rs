//! The examples with which a new version begins: those of the version before it that still hold.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Schema, Spec, Version};

use crate::{
    Error,
    diff::{Change, diff},
};

/// The older version's examples of actions that the new version has, too, and that nothing breaks on the way: not for the
/// compiler, and not for the service. They speak of the new version's module; the second list names the others.
///
/// # Errors
/// When one of the versions cannot become Rust, with everything that stands in the way.
pub fn examples(version: &Version, older: &Version) -> Result<(BTreeMap<String, String>, Vec<String>), Error> {
    let texts = older.examples.iter().filter(|(name, _)| version.actions.contains_key(*name));
    let used: BTreeSet<&str> = texts.clone().flat_map(|(name, text)| actions(older, name, text)).collect();
    let name_of_both = version.service.version.clone();
    // Under one name, the two compare as if one became the other. What no example uses is left out: it would only take time.
    let spec = |of: &Version| {
        let mut version = Version { examples: BTreeMap::new(), ..of.clone() };
        version.service.version.clone_from(&name_of_both);
        version.actions.retain(|name, _| used.contains(name.as_str()));
        Spec { versions: vec![version], ..Spec::default() }
    };
    let report = diff(&spec(older), &spec(version))?;
    let breaks: Vec<&Change> = report.changes.iter().filter(|change| change.breaks()).collect();
    let (mut kept, mut left) = (BTreeMap::new(), Vec::new());
    for (name, text) in texts {
        let actions = actions(older, name, text);
        let stand = actions.iter().all(|action| version.actions.contains_key(*action));
        if stand && !breaks.iter().any(|change| concerns(change, older, &actions, text)) {
            kept.insert(name.clone(), text.replace(&module(older), &module(version)));
        } else {
            left.push(name.clone());
        }
    }
    Ok((kept, left))
}

/// `v2024_05_18`.
fn module(version: &Version) -> String {
    format!("v{}", version.name().replace('-', "_"))
}

/// The actions that an example calls: its own, and those whose requests it names.
fn actions<'a>(version: &Version, own: &'a str, text: &'a str) -> BTreeSet<&'a str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let requests = words.filter_map(|word| word.strip_suffix("Request"));
    requests.filter(|name| version.actions.contains_key(*name)).chain([own]).collect()
}

/// Whether a change may be met by an example that calls these actions.
fn concerns(change: &Change, version: &Version, actions: &BTreeSet<&str>, text: &str) -> bool {
    let place = &change.place;
    let lost = |action: &str| change.lost.iter().any(|lost| lost.contains(&format!("::{action}Re")));
    let mut steps = place.path.split(['.', '[', '{']);
    let is_used = match (&place.action, steps.next(), steps.next()) {
        (Some(action), ..) => return actions.contains(action.as_str()),
        (None, Some("types"), Some(name)) => actions.iter().any(|action| reached(version, action).contains(name)),
        (None, Some("enums"), Some(name)) => text.contains(name),
        _ => false,
    };
    is_used || actions.iter().any(|action| lost(action))
}

/// The shared types that an action sends or answers.
fn reached<'v>(version: &'v Version, action: &str) -> BTreeSet<&'v str> {
    let mut found = BTreeSet::new();
    let Some(action) = version.actions.get(action) else { return found };
    let mut open: Vec<&Schema> = action.parameters.values().map(|it| &it.schema).chain([&action.answer]).collect();
    while let Some(schema) = open.pop() {
        if let Some(name) = schema.reference.as_deref().filter(|name| found.insert(*name)) {
            open.extend(version.types.get(name).map(|shared| &shared.schema));
        }
        open.extend(schema.properties.values());
        open.extend(schema.items.iter().chain(&schema.additional_properties).map(AsRef::as_ref));
    }
    found
}
