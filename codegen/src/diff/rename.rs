//! Recognises a removal and an addition that are one rename.

use std::collections::BTreeMap;

/// Words are similar from here on: one of four letters may differ.
const SIMILAR: f64 = 0.7;

/// Beginnings that turn a word into its opposite: `Enable` and `Disable`, `Import` and `Export`, `Bind` and `Unbind`.
const OPPOSITES: &[(&str, &str)] = &[
    ("", "a"),
    ("", "de"),
    ("", "dis"),
    ("", "im"),
    ("", "in"),
    ("", "mis"),
    ("", "non"),
    ("", "re"),
    ("", "un"),
    ("a", "de"),
    ("as", "dis"),
    ("at", "de"),
    ("en", "de"),
    ("en", "dis"),
    ("im", "ex"),
    ("in", "de"),
    ("in", "ex"),
    ("in", "out"),
    ("off", "on"),
    ("over", "under"),
    ("post", "pre"),
    ("up", "down"),
];

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

/// Whether two names differ in spelling alone, or word by word in a few letters that do not turn one into its opposite.
/// A word more or less, or another word in its place, is another thing.
fn is_similar(old: &str, new: &str) -> bool {
    let (words, others) = (words(old), words(new));
    is_respelled(old, new)
        || (is_near(&spelled(old), &spelled(new))
            && words.len() == others.len()
            && words.iter().zip(&others).all(|(old, new)| is_same_word(old, new)))
}

fn is_near(old: &str, new: &str) -> bool {
    strsim::normalized_damerau_levenshtein(old, new) >= SIMILAR
}

fn is_same_word(old: &str, new: &str) -> bool {
    let (old, new) = (spelled(old), spelled(new));
    let opposite = |one: &str, other: &str| {
        let turned = |(first, second): &(&str, &str)| {
            let stem = one.strip_prefix(first).filter(|stem| stem.len() > 1);
            stem.is_some_and(|stem| other.strip_prefix(second) == Some(stem))
        };
        OPPOSITES.iter().any(turned)
    };
    // `Num` for `Number`.
    let short = |one: &str, other: &str| one.len() > 2 && other.starts_with(one);
    old == new
        || (!opposite(&old, &new) && !opposite(&new, &old))
            && (is_near(&old, &new) || short(&old, &new) || short(&new, &old))
}

/// The words of a name, numbers too: `DIJobId2` has `DI`, `Job`, `Id` and `2`.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (index, letter) in letters.iter().copied().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let begins = before.is_some_and(|before| {
            let ends_capitals = before.is_uppercase() && letters.get(index + 1).is_some_and(|next| next.is_lowercase());
            (letter.is_uppercase() && (before.is_lowercase() || ends_capitals))
                || letter.is_numeric() != before.is_numeric()
        });
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        words.last_mut().into_iter().for_each(|word| word.extend(letter.is_alphanumeric().then_some(letter)));
    }
    words.retain(|word| !word.is_empty());
    words
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

    #[test]
    fn another_word_is_another_thing() {
        let split = |name| words(name).join(" ");
        assert_eq!(split("DIJobId2"), "DI Job Id 2");
        assert_eq!(split("owner_name"), "owner name");
        for (old, new) in [
            ("OwnerName", "OwnerNames"),
            ("DataSource", "Datasource"),
            ("PageNum", "PageNumber"),
            ("ReceiveTime", "RecieveTime"),
            ("CreateTime", "CreatedTime"),
            ("IsEnable", "IsEnabled"),
            ("Policies", "Policy"),
        ] {
            assert!(is_similar(old, new) && is_similar(new, old), "{old} {new}");
        }
        for (old, new) in [
            ("EnableAlarm", "DisableAlarm"),
            ("CreateNode", "UpdateNode"),
            ("CreateNode", "DeleteNode"),
            ("UpdateNode", "DeleteNode"),
            ("MinDuration", "MaxDuration"),
            ("InputTableNames", "OutputTableNames"),
            ("StartPlanTimes", "StopPlanTimes"),
            ("StartBizDateTime", "EndBizDateTime"),
            ("SourceDataSourceTypes", "TargetDataSourceTypes"),
            ("AddProjectMember", "RemoveProjectMember"),
            ("ImportWorkflow", "ExportWorkflow"),
            ("IncludeNodes", "ExcludeNodes"),
            ("AssociateProject", "DissociateProject"),
            ("TagDataAssets", "UnTagDataAssets"),
            ("RunNodeInstances", "RerunNodeInstances"),
            ("OnlineTables", "OfflineTables"),
            ("InternalAddress", "ExternalAddress"),
            ("AttributeKey1", "AttributeKey2"),
            ("IsEnabled", "IsNotEnabled"),
            ("ListNodes", "ListAllNodes"),
            ("NodeId", "NodeUid"),
        ] {
            assert!(!is_similar(old, new) && !is_similar(new, old), "{old} {new}");
        }
    }
}
