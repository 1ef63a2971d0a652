//! Published values: decided, and none of them a mistake for another.

use std::collections::BTreeSet;

use dataworks_api_spec::{Type, are_alike};

use super::{Checked, Lint, Severity, places};
use crate::lower::enums::published;

pub(super) static NEAR_DUPLICATE: Lint = Lint {
    id: "enum-near-duplicate",
    severity: Severity::Error,
    meaning: "Two values of an enumeration differ by a letter, by case or by punctuation only.",
    remedy: "remove the mistake, or say under `lookalikes` why both are real",
};

pub(super) static UNDECIDED: Lint = Lint {
    id: "published-values-undecided",
    severity: Severity::Error,
    meaning: "Values are published for a text that has no enumeration.",
    remedy: "list it under an enumeration, or under `undecided`",
};

pub(super) static FITS: Lint = Lint {
    id: "undecided-fits-enumeration",
    severity: Severity::Warning,
    meaning: "An undecided text of the name of an enumeration's field has only values of it.",
    remedy: "list it under the enumeration, or say beside `undecided` why it is another",
};

pub(super) fn check(checked: &mut Checked<'_>) {
    near_duplicates(checked);
    let version = checked.version;
    for place in places::all(version) {
        let Some(values) = place.schema.values.as_ref().filter(|values| !values.is_empty()) else { continue };
        let text = place.schema.kind == Some(Type::String);
        if !text || version.enumeration_of(place.action, &place.path).is_some() {
            continue;
        }
        if !version.is_undecided(place.action, &place.path) {
            let what = format!("nobody decided about its published values: {}", listed(values));
            checked.at_field(&UNDECIDED, &place, what);
            continue;
        }
        // One value alone is in many enumerations.
        if values.len() < 2 {
            continue;
        }
        let fits = version.overlay.enums.iter().find(|(_, enumeration)| {
            let ends = |field: &String| last(field) == place.field();
            values.iter().all(|value| enumeration.values.contains_key(value)) && enumeration.fields.iter().any(ends)
        });
        if let Some((name, _)) = fits {
            let what = format!("it is undecided, but `{name}` has all its values: {}", listed(values));
            let named = place.name();
            checked.at_decision(&FITS, ("undecided", ""), "", &named, what);
        }
    }
}

/// Also among the values that upstream published since.
fn near_duplicates(checked: &mut Checked<'_>) {
    let version = checked.version;
    let mut published = published(version);
    for (name, enumeration) in &version.overlay.enums {
        let mut values: BTreeSet<&str> = enumeration.values.keys().map(String::as_str).collect();
        values.extend(published.remove(name.as_str()).unwrap_or_default());
        let accepted =
            |one: &str, other: &str| enumeration.lookalikes.get(one).is_some_and(|lookalike| lookalike.of == other);
        for (index, one) in values.iter().enumerate() {
            for other in values.iter().skip(index + 1) {
                if are_alike(one, other) && !accepted(one, other) && !accepted(other, one) {
                    let what = format!("`{one}` and `{other}` are nearly the same");
                    checked.at_decision(&NEAR_DUPLICATE, ("enums", name), "values", other, what);
                }
            }
        }
    }
}

fn listed(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

/// The field where a path ends.
fn last(path: &str) -> &str {
    let plain = path.trim_end_matches(['[', ']', '{', '}']);
    plain.rsplit('.').next().unwrap_or(plain)
}
