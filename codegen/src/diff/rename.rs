//! Recognises a removal and an addition that are one rename.

use std::collections::BTreeMap;

/// Names are similar from here on: one of four letters may differ.
const SIMILAR: f64 = 0.7;

/// How a name differs between the sides.
pub(super) enum Presence<'a> {
    /// It was there.
    Removed(&'a str),
    /// It is there now.
    Added(&'a str),
    /// The old name and the new one of what is plainly the same.
    Renamed(&'a str, &'a str),
}

/// What stands on one side alone: what is gone first, then what is new.
pub(super) fn presence<'a, T: Copy>(
    base: impl Iterator<Item = (&'a str, T)>,
    head: impl Iterator<Item = (&'a str, T)>,
    equal: impl Fn(T, T) -> bool,
) -> Vec<Presence<'a>> {
    let (base, head): (BTreeMap<&str, T>, BTreeMap<&str, T>) = (base.collect(), head.collect());
    let only = |of: &BTreeMap<&'a str, T>, other: &BTreeMap<&str, T>| -> Vec<(&'a str, T)> {
        of.iter().filter(|(name, _)| !other.contains_key(*name)).map(|(name, it)| (*name, *it)).collect()
    };
    let (removed, added) = (only(&base, &head), only(&head, &base));
    let pairs = pairs(&removed, &added, equal);
    let gone = removed.into_iter().map(|(name, _)| match pairs.iter().find(|(old, _)| *old == name) {
        Some((old, new)) => Presence::Renamed(old, new),
        None => Presence::Removed(name),
    });
    let came = added.into_iter().filter(|(name, _)| pairs.iter().all(|(_, new)| new != name));
    gone.chain(came.map(|(name, _)| Presence::Added(name))).collect()
}

/// The pairs (removed, added) that are plainly the same thing under another name: equal, of similar names, and neither
/// has another candidate.
fn pairs<'a, T: Copy>(
    removed: &[(&'a str, T)],
    added: &[(&'a str, T)],
    equal: impl Fn(T, T) -> bool,
) -> Vec<(&'a str, &'a str)> {
    let fits = |old: &(&str, T), new: &(&str, T)| is_similar(old.0, new.0) && equal(old.1, new.1);
    let mut pairs = Vec::new();
    for old in removed {
        let mut candidates = added.iter().filter(|new| fits(old, new));
        let (Some(new), None) = (candidates.next(), candidates.next()) else { continue };
        if removed.iter().filter(|old| fits(old, new)).count() == 1 {
            pairs.push((old.0, new.0));
        }
    }
    pairs
}

fn is_similar(old: &str, new: &str) -> bool {
    let (old, new) = (spelled(old), spelled(new));
    old == new || strsim::normalized_damerau_levenshtein(&old, &new) >= SIMILAR
}

/// Whether two values differ in case, underscores and plural alone.
pub(super) fn is_respelled(old: &str, new: &str) -> bool {
    spelled(old) == spelled(new)
}

/// A name without what spelling alone decides.
fn spelled(name: &str) -> String {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    match plain.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plain.strip_suffix('s').unwrap_or(&plain).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_renames_are_recognised() {
        let pairs = |removed: &[(&'static str, u8)], added: &[(&'static str, u8)]| pairs(removed, added, |a, b| a == b);
        assert_eq!(pairs(&[("OwnerName", 1)], &[("OwnerNames", 1)]), [("OwnerName", "OwnerNames")]);
        assert_eq!(pairs(&[("owner_name", 1)], &[("OwnerName", 1)]), [("owner_name", "OwnerName")]);
        assert_eq!(pairs(&[("ProjectName", 1)], &[("ProjectNames", 2)]), []);
        assert_eq!(pairs(&[("Owner", 1)], &[("Description", 1)]), []);
        assert_eq!(pairs(&[("Name", 1)], &[("Names", 1), ("name", 1)]), [], "either could be it");
        assert_eq!(pairs(&[("Names", 1), ("name", 1)], &[("Name", 1)]), [], "either could be it");
    }
}
