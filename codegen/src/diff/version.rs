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

/// Suggests the next version. Before 1.0 the minor number says that callers break, and the patch number all else.
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
    let added = count(|change| change.rule.id == "action-added");
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
            (format!("{major}.{}.0", minor + 1), format!("{} new, and no Rust caller breaks", actions(added)))
        }
        _ => (format!("{major}.{minor}.{}", patch + 1), format!("{}, and no Rust caller breaks", told(all))),
    };
    Ok(Bump { next, why })
}

fn actions(count: usize) -> String {
    if count == 1 { "1 action is".to_owned() } else { format!("{count} actions are") }
}

fn told(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}
