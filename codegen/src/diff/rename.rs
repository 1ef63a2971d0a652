//! Recognises a removal and an addition that are one rename.

/// Names are similar from here on: one of four letters may differ.
const SIMILAR: f64 = 0.7;

/// The pairs (removed, added) that are plainly the same thing under another name: equal, of similar names, and neither
/// has another candidate.
pub(super) fn pairs<'a, T>(
    removed: &[(&'a str, T)],
    added: &[(&'a str, T)],
    equal: impl Fn(&T, &T) -> bool,
) -> Vec<(&'a str, &'a str)> {
    let fits = |old: &(&str, T), new: &(&str, T)| is_similar(old.0, new.0) && equal(&old.1, &new.1);
    let only = |mut found: Vec<&'a str>| found.pop().filter(|_| found.is_empty());
    let mut pairs = Vec::new();
    for old in removed {
        let new = only(added.iter().filter(|new| fits(old, new)).map(|new| new.0).collect());
        let Some(new) = new.and_then(|name| added.iter().find(|new| new.0 == name)) else { continue };
        if only(removed.iter().filter(|old| fits(old, new)).map(|old| old.0).collect()).is_some() {
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
