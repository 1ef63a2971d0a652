//! Decisions that hold for some time.

use dataworks_api_spec::{Day, Pin, Rename};

use super::{Checked, Lint, Severity};

pub(super) static OVERDUE: Lint = Lint {
    id: "review-overdue",
    severity: Severity::Warning,
    meaning: "The day on which to look again at a pin or a better name has passed.",
    remedy: "look whether it is still needed, then remove it or set another day",
};

pub(super) fn check(checked: &mut Checked<'_>, today: &Day) {
    let overlay = &checked.version.overlay;
    let of_actions = overlay.actions.iter().map(|(name, it)| (("actions", name), &it.pins, &it.renames));
    let of_types = overlay.types.iter().map(|(name, it)| (("types", name), &it.pins, &it.renames));
    for ((section, name), pins, renames) in of_actions.chain(of_types) {
        let pins = pins.iter().map(|(path, Pin { review, .. })| ("pins", path, Some(review)));
        let renames = renames.iter().map(|(path, Rename { review, .. })| ("renames", path, review.as_ref()));
        for (key, path, review) in pins.chain(renames) {
            if let Some(day) = review.filter(|day| *day < today) {
                let what = format!("`{path}` was to be looked at again on {}", day.as_str());
                checked.at_decision(&OVERDUE, (section, name), key, path, what);
            }
        }
    }
}
