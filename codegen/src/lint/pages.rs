//! Actions that ask for a page and do not say how.

use super::{Checked, Lint, Severity};

pub(super) static UNDECIDED: Lint = Lint {
    id: "pager-undecided",
    severity: Severity::Error,
    meaning: "An action takes a page, but which list comes in pages, or by which of two ways, is undecided.",
    remedy: "write `pages`: parameters and paths, or `{none: why not}`",
};

/// Parameters that name a page by its number or place.
const NUMBERS: &[&str] = &["CurrentPage", "Offset", "PageIndex", "PageNo", "PageNum", "PageNumber"];
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
        let given = |names: &[&str]| -> Vec<String> {
            let names = names.iter().filter(|name| action.parameters.contains_key(**name));
            names.map(|name| format!("`{name}`")).collect()
        };
        let (numbers, tokens, sizes) = (given(NUMBERS), given(TOKENS), given(SIZES));
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
