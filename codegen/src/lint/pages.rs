//! Actions that ask for a page and do not say how.

use dataworks_api_spec::{Action, Schema, Type};

use super::{Checked, Lint, Severity};

pub(super) static UNDECIDED: Lint = Lint {
    id: "pager-undecided",
    severity: Severity::Error,
    meaning: "An action takes a page, but which list comes in pages, or by which of two ways, is undecided.",
    remedy: "write `pages`: parameters and paths, or `{none: why not}`",
};

/// Parameters that name a page by its number or place.
const NUMBERS: &[&str] = &["CurrentPage", "PageIndex", "PageNo", "PageNum", "PageNumber"];
/// Parameters that do so where they are numbers, and are something else where not: a `Start` can be a time.
const PLACES: &[&str] = &["Limit", "Offset", "Page", "Skip", "Start"];
/// Parameters that name a page by where the last one ended.
const TOKENS: &[&str] = &["Cursor", "Marker", "NextMarker", "NextPrimaryKey", "NextToken", "PageToken"];
/// Parameters that say how long a page is.
const SIZES: &[&str] = &["MaxResults", "PageSize"];

pub(super) fn check(checked: &mut Checked<'_>) {
    let version = checked.version;
    for (name, action) in &version.actions {
        if version.overlay.actions.get(name).is_some_and(|entry| entry.pages.is_some()) {
            continue;
        }
        let parameters = parameters(action);
        let named = |fits: &dyn Fn(&str, &Schema) -> bool| -> Vec<String> {
            let fitting = parameters.iter().filter(|(path, schema)| fits(last(path), schema));
            fitting.map(|(path, _)| format!("`{path}`")).collect()
        };
        let is_number = |schema: &Schema| matches!(schema.kind, Some(Type::Integer | Type::Number));
        let numbers = named(&|name, schema| NUMBERS.contains(&name) || (PLACES.contains(&name) && is_number(schema)));
        let tokens = named(&|name, _| TOKENS.contains(&name));
        let sizes = named(&|name, _| SIZES.contains(&name));
        let parameters = [numbers.clone(), tokens.clone(), sizes].concat().join(", ");
        if !numbers.is_empty() && !tokens.is_empty() {
            let what = format!("it takes a page by number and by token: {parameters}");
            checked.at_action(&UNDECIDED, name, "", what);
        } else if !parameters.is_empty() && version.decisions(name).pages.is_none() {
            let what = format!("it takes {parameters}, and the answer does not show which list comes in pages");
            checked.at_action(&UNDECIDED, name, "", what);
        }
    }
}

/// The parameters of an action, and what is in those that are objects: `PageSize`, `Params.NextToken`.
fn parameters(action: &Action) -> Vec<(String, &Schema)> {
    let mut found = Vec::new();
    for (name, parameter) in &action.parameters {
        found.push((name.clone(), &parameter.schema));
        let inside = parameter.schema.properties.iter();
        found.extend(inside.map(|(field, schema)| (format!("{name}.{field}"), schema)));
    }
    found
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
