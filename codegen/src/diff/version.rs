//! Which version number the change asks for.

use super::{Change, Report, Verdict};

/// A suggested version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bump {
    /// The next version; the current one where nothing changed.
    pub next: String,
    /// Why, in one line.
    pub why: String,
}

/// What gives callers something that they can name, set, read or look up, and what advises them against something: from
/// 1.0 on it raises the minor number, as Semantic Versioning asks for.
const ADDS: &[&str] = &[
    "action-added",
    "action-deprecated",
    "alias-added",
    "answer-enum-published",
    "answer-enum-value-added",
    "answer-enum-value-renamed",
    "answer-field-added",
    "answer-field-deprecated",
    "endpoint-added",
    "endpoint-vpc-added",
    "enum-added",
    "enum-value-decided",
    "json-decided",
    "pages-added",
    "parameter-added-optional",
    "parameter-added-required",
    "parameter-deprecated",
    "request-enum-published",
    "request-enum-value-added",
    "request-enum-value-renamed",
    "request-field-added-optional",
    "request-field-added-required",
    "request-field-deprecated",
    "shorthand-added",
    "type-added",
    "version-added",
];

/// Suggests the next version. Before 1.0 the minor number says that callers break, and the patch number all else; from then
/// on the major number says that they break, the minor one that there is something new or deprecated.
///
/// # Errors
/// When the current version is no `major.minor.patch`.
pub fn bump(current: &str, report: &Report) -> Result<Bump, String> {
    let core = current.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<Option<u64>> = core.split('.').map(|part| part.parse().ok()).collect();
    let [Some(major), Some(minor), Some(patch)] = numbers.as_slice() else {
        return Err(format!("`{current}` is no version such as 0.1.0"));
    };
    // An accepted change is a change: callers meet it all the same.
    let count = |of_kind: fn(&Change) -> bool| report.changes.iter().filter(|change| of_kind(change)).count();
    let breaks = count(|change| change.rust == Verdict::Breaks);
    let added = count(|change| ADDS.contains(&change.rule.id));
    let all = report.changes.len();
    let changes =
        |count: usize| if count == 1 { "1 change breaks".to_owned() } else { format!("{count} changes break") };
    let (next, why) = match (all, breaks, added) {
        (0, ..) => (current.to_owned(), "nothing changed".to_owned()),
        (_, 1.., _) if *major == 0 => {
            (format!("0.{}.0", minor + 1), format!("{} Rust callers, before 1.0", changes(breaks)))
        }
        (_, 1.., _) => (format!("{}.0.0", major + 1), format!("{} Rust callers", changes(breaks))),
        (_, 0, 1..) if *major > 0 => {
            let why = format!("{} something or advises against it, and no Rust caller breaks", adds(added));
            (format!("{major}.{}.0", minor + 1), why)
        }
        _ => (format!("{major}.{minor}.{}", patch + 1), format!("{}, and no Rust caller breaks", told(all))),
    };
    Ok(Bump { next, why })
}

fn adds(count: usize) -> String {
    if count == 1 { "1 change adds".to_owned() } else { format!("{count} changes add") }
}

fn told(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{Place, find};

    #[test]
    fn what_is_new_or_deprecated_raises_the_minor_number() {
        for id in ADDS {
            assert!(find(id).is_some(), "{id}");
            let report = Report { changes: vec![Change::new(id, Place::default())] };
            let next = |current: &str| bump(current, &report).map(|bump| bump.next);
            assert_eq!(["1.2.3", "0.1.2"].map(next), [Ok("1.3.0".to_owned()), Ok("0.1.3".to_owned())], "{id}");
        }
        let report = Report { changes: vec![Change::new("summary-changed", Place::default())] };
        assert_eq!(bump("1.2.3", &report).map(|bump| bump.next), Ok("1.2.4".to_owned()));
    }
}
