//! Holds two surfaces against each other and finds the change that is to blame for each loss.

use std::collections::BTreeSet;

use super::surface::{Item, Surface, surface};
use crate::{
    diff::{Change, Place, Reach, Verdict},
    lower::model::VersionModel,
};

/// What callers lose.
struct Loss<'a> {
    path: &'a str,
    item: &'a Item,
    /// The type it has now, if it is still there.
    now: Option<&'a Item>,
}

/// Marks the changes that break Rust callers; what none explains becomes a change of its own.
pub(in crate::diff) fn blame(base: &[VersionModel], head: &[VersionModel], changes: &mut Vec<Change>) {
    let (base, head) = (surface(base), surface(head));
    let mut unexplained = Vec::new();
    for loss in losses(&base, &head) {
        let text = loss.text();
        let guilty = guilty(&loss, changes);
        if guilty.is_empty() {
            let mut change = Change::new("rust-surface-changed", loss.item.place.clone());
            change.rust = Verdict::Breaks;
            change.lost.push(text);
            unexplained.push(change);
            continue;
        }
        for index in guilty {
            changes[index].rust = Verdict::Breaks;
            changes[index].lost.push(text.clone());
        }
    }
    changes.extend(unexplained);
}

/// What is gone or has another type; what is part of something gone is not named again.
fn losses<'a>(base: &'a Surface, head: &'a Surface) -> Vec<Loss<'a>> {
    let mut losses = Vec::new();
    let mut lost = BTreeSet::new();
    for (path, item) in base {
        if item.owner.as_ref().is_some_and(|owner| !head.contains_key(owner)) {
            continue;
        }
        let now = head.get(path);
        let same = now.is_some_and(|now| now.signature == item.signature && now.wire == item.wire);
        // A field's path sorts before its setter's: `.` comes before `:`.
        if same || item.field.as_ref().is_some_and(|field| lost.contains(field)) {
            continue;
        }
        lost.insert(path.clone());
        losses.push(Loss { path, item, now });
    }
    losses
}

impl Loss<'_> {
    fn text(&self) -> String {
        let path = self.path;
        match self.now {
            None => format!("`{path}` is gone"),
            Some(now) if now.signature != self.item.signature => {
                format!("`{path}` is `{}`, was `{}`", now.signature, self.item.signature)
            }
            Some(now) => format!("`{path}` is `{}` now, was `{}`", now.wire, self.item.wire),
        }
    }

    /// Whether a kind of change can be the reason.
    fn can_come_of(&self, reach: Reach) -> bool {
        match reach {
            Reach::Never => false,
            Reach::Any => true,
            Reach::Pages => self.item.pages,
            // What is gone may have been the type of something.
            Reach::Type => self.now.is_some() || self.item.signature.is_empty(),
            Reach::Name => self.now.is_none_or(|now| now.wire != self.item.wire),
        }
    }
}

/// The changes to blame: at the place itself, else at the nearest place around it, else at what decides about its type.
fn guilty(loss: &Loss<'_>, changes: &[Change]) -> Vec<usize> {
    let can = |change: &Change| loss.can_come_of(change.rule.rust);
    let places = |change: &Change| [Some(change.place.clone()), change.from.clone()].into_iter().flatten();
    let find = |fits: &dyn Fn(&Change, &Place) -> bool| -> Vec<usize> {
        let fitting = |change: &Change| can(change) && places(change).any(|place| fits(change, &place));
        changes.iter().enumerate().filter(|(_, change)| fitting(change)).map(|(index, _)| index).collect()
    };
    let own = &loss.item.place;
    let now = loss.now.map(|now| &now.place);
    let others: Vec<&Place> = loss.item.others.iter().chain(loss.now.into_iter().flat_map(|now| &now.others)).collect();
    let here = |at: &Place, place: &Place| at == place || is_element(at, place);
    let mut found = find(&|_, place| here(own, place) || now.is_some_and(|now| here(now, place)));
    if found.is_empty() {
        found = find(&|change, place| {
            others.iter().any(|other| {
                here(other, place) || (is_around(other, place) && change.rule.id.starts_with("enum-field-"))
            })
        });
    }
    if found.is_empty() {
        let enumeration = loss.item.place.path.strip_prefix("enums.").and_then(|path| path.split('.').next());
        found = find(&|change, _| enumeration.is_some() && change.enumeration.as_deref() == enumeration);
    }
    if found.is_empty() {
        // An object that gets its first field or loses its last one is another type.
        found = find(&|change, place| {
            let direct = |path: &str| {
                is_around(own, place)
                    && !place.path[path.len()..].trim_start_matches("[]").trim_start_matches('.').contains('.')
            };
            change.rule.id.contains("-field-") && direct(&own.path)
        });
    }
    if found.is_empty() {
        let around = find(&|change, place| is_around(place, own) && explains_parts(change));
        let nearest = around.iter().map(|index| changes[*index].place.inner().len()).max();
        found = around.into_iter().filter(|index| Some(changes[*index].place.inner().len()) == nearest).collect();
    }
    found
}

/// Whether a change decides about what lies in its place, too.
fn explains_parts(change: &Change) -> bool {
    let id = change.rule.id;
    change.rule.rust == Reach::Any && !id.starts_with("rename-") && !id.starts_with("type-name-")
}

/// Whether `inner` are the elements of what stands at `outer`.
fn is_element(outer: &Place, inner: &Place) -> bool {
    let rest = inner.path.strip_prefix(outer.path.as_str()).filter(|_| same_owner(outer, inner));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| b"[]{}".contains(&byte)))
}

/// Whether `inner` lies inside of `outer`.
fn is_around(outer: &Place, inner: &Place) -> bool {
    if outer.path.is_empty() {
        return outer.version == inner.version && (outer.action.is_none() || outer.action == inner.action);
    }
    let rest = inner.path.strip_prefix(outer.path.as_str()).filter(|_| same_owner(outer, inner));
    rest.is_some_and(|rest| rest.starts_with(['.', '[', '{']))
}

fn same_owner(one: &Place, other: &Place) -> bool {
    one.version == other.version && one.action == other.action
}
