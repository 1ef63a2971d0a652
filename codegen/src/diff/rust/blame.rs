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
    /// Where the two objects stand that have the name of the one it is part of, if these are not the same.
    swapped: Option<[&'a Place; 2]>,
}

/// Whether a change at one of its places can be the reason.
type Fits<'a> = &'a dyn Fn(&Change, &Place) -> bool;

/// Marks the changes that break Rust callers; what none explains becomes a change of its own.
pub(in crate::diff) fn blame(base: &[VersionModel], head: &[VersionModel], changes: &mut Vec<Change>) {
    let (base, head) = (surface(base), surface(head));
    let mut unexplained: Vec<Change> = Vec::new();
    for loss in losses(&base, &head) {
        let text = loss.text();
        let guilty = guilty(&loss, changes);
        if guilty.is_empty() {
            let place = &loss.item.place;
            match unexplained.iter_mut().find(|change| change.place == *place) {
                Some(change) => change.lost.push(text),
                None => unexplained.push(unexplained_change(place, text)),
            }
            continue;
        }
        for index in guilty {
            changes[index].rust = Verdict::Breaks;
            changes[index].lost.push(text.clone());
        }
    }
    changes.extend(unexplained);
}

fn unexplained_change(place: &Place, text: String) -> Change {
    let mut change = Change::new("rust-surface-changed", place.clone());
    (change.rust, change.lost) = (Verdict::Breaks, vec![text]);
    change
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
        let owners = item.owner.as_ref().and_then(|owner| Some([&base.get(owner)?.place, &head.get(owner)?.place]));
        losses.push(Loss { path, item, now, swapped: owners.filter(|[old, new]| old != new) });
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

/// The changes to blame: at the place itself, else at what decides about its type, else at the nearest place around it.
fn guilty(loss: &Loss<'_>, changes: &[Change]) -> Vec<usize> {
    let find = |fits: Fits<'_>| -> Vec<usize> {
        let fitting = |change: &Change| {
            let mut places = [Some(&change.place), change.from.as_ref()].into_iter().flatten();
            loss.can_come_of(change.rule.rust) && places.any(|place| fits(change, place))
        };
        changes.iter().enumerate().filter(|(_, change)| fitting(change)).map(|(index, _)| index).collect()
    };
    let own = &loss.item.place;
    let here = |at: &Place, place: &Place| at == place || is_element(at, place);
    let both = || [Some(own), loss.now.map(|now| &now.place)].into_iter().flatten();
    let items = [Some(loss.item), loss.now].into_iter().flatten();
    let others: Vec<&Place> = items.clone().flat_map(|item| &item.others).collect();
    // What the type of a field decides, such as a shorthand's argument, names that field among the others.
    let fields = || others.iter().copied().chain([own]);
    let enumeration = own.path.strip_prefix("enums.").and_then(|path| path.split('.').next());
    // A box comes of a circle, which no single change closes; only what stands here could be the reason as well.
    if loss.now.is_some_and(|now| now.boxed != loss.item.boxed) {
        return find(&|_, place| both().any(|own| here(own, place)));
    }
    let is_value = |item: &Item| item.signature.contains("Value");
    let becomes_object = loss.now.is_some_and(|now| is_value(now) != is_value(loss.item));
    // Of the values that come and go, those that are not spelled as the lost one, before or now, take no name from it.
    let is_spelled = |change: &Change| {
        let texts = [&change.before, &change.after].into_iter().flatten();
        texts.flat_map(|text| text.split(", ")).any(|value| items.clone().any(|item| item.wire == value))
    };
    let steps: [Fits<'_>; 6] = [
        &|_, place| both().any(|own| here(own, place)),
        &|_, place| {
            others.iter().any(|other| here(other, place) || fields().any(|field| names_field(other, place, field)))
        },
        &|change, _| enumeration.is_some() && change.enumeration.as_deref() == enumeration && is_spelled(change),
        &|change, _| enumeration.is_some() && change.enumeration.as_deref() == enumeration,
        // An object that gets its first field or loses its last one is another type.
        &|change, place| {
            let objects = others.iter().copied().filter(|_| becomes_object).chain([own]);
            change.rule.id.contains("-field-") && objects.into_iter().any(|object| is_field(object, place))
        },
        // The name is another object's now.
        &|change, place| loss.swapped.is_some_and(|objects| objects.contains(&place)) && names_types(change),
    ];
    if let Some(found) = steps.into_iter().map(find).find(|found| !found.is_empty()) {
        return found;
    }
    let around = find(&|change, place| explains_parts(change) && both().any(|own| is_around(place, own)));
    let length = |index: &usize| changes[*index].place.inner().len();
    let nearest = around.iter().map(length).max();
    around.into_iter().filter(|index| Some(length(index)) == nearest).collect()
}

/// Whether a change of the fields of an enumeration names this one: `enums.Mode.fields.ListNodes.request.Mode`.
fn names_field(enumeration: &Place, place: &Place, own: &Place) -> bool {
    let fields = format!("{}.fields.", enumeration.path);
    let entry = place.path.strip_prefix(&fields).filter(|_| place.version == own.version);
    entry
        .map(|entry| entry.trim_end_matches("[]"))
        .is_some_and(|entry| entry == own.inner() || entry.strip_prefix("*.").is_some_and(|path| path == own.path))
}

/// Whether `inner` is a field of the object, or of the elements of the list, at `outer`.
fn is_field(outer: &Place, inner: &Place) -> bool {
    let rest = inner.path.strip_prefix(outer.path.as_str()).filter(|_| is_around(outer, inner));
    rest.and_then(|rest| rest.trim_start_matches("[]").strip_prefix('.')).is_some_and(|name| !name.contains('.'))
}

/// Whether a change decides about what lies in its place, too.
fn explains_parts(change: &Change) -> bool {
    change.rule.rust == Reach::Any && !names_types(change)
}

/// Whether a change gives a Rust name.
fn names_types(change: &Change) -> bool {
    ["rename-", "type-name-"].iter().any(|kind| change.rule.id.starts_with(kind))
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
