//! Compares two schemas, key by key.

use std::collections::BTreeMap;

use dataworks_api_spec::{IdKind, Schema, Type, Version};

use super::{
    Change, Place, Used,
    limits::{self, Shift},
    reads::{Reads, Target},
    rename::{Presence, is_respelled, presence},
    rules::rule,
};

/// On which side of a call a schema stands: what narrows a request may be nothing to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Parameter,
    Request,
    Answer,
}

impl Side {
    /// `answer-field-removed` of `removed`.
    fn named(self, what: &str) -> String {
        let kind = match self {
            Self::Parameter => "parameter",
            Self::Request => "request-field",
            Self::Answer => "answer-field",
        };
        format!("{kind}-{what}")
    }

    fn is_sent(self) -> bool {
        self != Self::Answer
    }
}

/// A place in both specs.
#[derive(Clone)]
pub(super) struct Spot {
    /// Where it is in the head.
    path: String,
    /// Where it was in the base.
    from: String,
    sides: Vec<Side>,
    used: Option<Used>,
}

impl Spot {
    pub(super) fn new(path: &str, sides: &[Side], used: Option<Used>) -> Self {
        Self { path: path.to_owned(), from: path.to_owned(), sides: sides.to_vec(), used }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A parameter or a shared type, each side's name.
    pub(super) fn renamed(&self, old: &str, new: &str) -> Self {
        Self { path: format!("{}.{new}", self.path), from: format!("{}.{old}", self.from), ..self.clone() }
    }

    /// A step inside: what stands in a parameter is a field.
    fn step(&self, step: &str) -> Self {
        self.steps(step, step)
    }

    /// A step inside, as each side has it.
    fn steps(&self, old: &str, new: &str) -> Self {
        let inside = |side: &Side| if *side == Side::Parameter { Side::Request } else { *side };
        Self {
            path: format!("{}{new}", self.path),
            from: format!("{}{old}", self.from),
            sides: self.sides.iter().map(inside).collect(),
            used: self.used,
        }
    }
}

/// Shared types that both sides have: name in the base → name in the head.
pub(super) type Types<'a> = BTreeMap<&'a str, &'a str>;

/// The walk through the schemas of an action or of a shared type.
pub(super) struct Walk<'w, 'a> {
    pub base: &'a Version,
    pub head: &'a Version,
    /// The action's name in the base and in the head; empty in a shared type.
    actions: [&'a str; 2],
    pub types: &'w Types<'a>,
    pub changes: &'w mut Vec<Change>,
    /// Pairs of shared types whose contents are being compared.
    open: Vec<(String, String)>,
}

/// What a schema is, under the names that shared types have: without documentation, and without what must be given.
pub(super) fn shape(schema: &Schema, types: &Types<'_>) -> Schema {
    let inside = |inner: &Option<Box<Schema>>| inner.as_ref().map(|inner| Box::new(shape(inner, types)));
    let named = |name: &String| types.get(name.as_str()).map_or_else(|| name.clone(), |name| (*name).to_owned());
    Schema {
        reference: schema.reference.as_ref().map(named),
        example: None,
        required: false,
        deprecated: false,
        items: inside(&schema.items),
        properties: schema.properties.iter().map(|(name, field)| (name.clone(), shape(field, types))).collect(),
        additional_properties: inside(&schema.additional_properties),
        ..schema.clone()
    }
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(
        base: &'a Version,
        head: &'a Version,
        actions: [&'a str; 2],
        types: &'w Types<'a>,
        changes: &'w mut Vec<Change>,
    ) -> Self {
        Self { base, head, actions, types, changes, open: Vec::new() }
    }

    /// A change with the rule of the side that suffers most.
    fn change(&self, spot: &Spot, pick: impl Fn(Side) -> String) -> Change {
        let ids = spot.sides.iter().map(|side| pick(*side));
        let worst = ids.max_by_key(|id| (rule(id).wire, rule(id).level)).unwrap_or_default();
        let mut change = Change::new(&worst, self.place(&spot.path));
        change.used = spot.used;
        change
    }

    pub(super) fn place(&self, path: &str) -> Place {
        Place::of_action(self.head.name(), self.actions[1], path)
    }

    /// A parameter or a field that plainly has another name; what else changed about it is compared under the new one.
    pub(super) fn renamed(&mut self, spot: &Spot, pick: impl Fn(Side) -> String, old: &str, new: &str) {
        let mut change = self.change(spot, pick).before(old).after(new);
        change.from = Some(Place::of_action(self.base.name(), self.actions[0], spot.from.as_str()));
        self.changes.push(change);
    }

    fn say(&mut self, spot: &Spot, pick: impl Fn(Side) -> String, before: Option<String>, after: Option<String>) {
        let mut change = self.change(spot, pick);
        (change.before, change.after) = (before, after);
        self.changes.push(change);
    }

    /// Compares a parameter, a field, or what a list or a map holds.
    pub(super) fn whole(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        if base == head {
            return;
        }
        match (base.required, head.required) {
            (false, true) => self.say(spot, |side| side.named("became-required"), None, None),
            (true, false) => self.say(spot, |side| side.named("became-optional"), None, None),
            _ => {}
        }
        match (base.deprecated, head.deprecated) {
            (false, true) => self.say(spot, |side| side.named("deprecated"), None, None),
            (true, false) => self.say(spot, |side| side.named("undeprecated"), None, None),
            _ => {}
        }
        self.contents(spot, base, head);
    }

    /// Compares what a value may be.
    fn contents(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        // Every key of the format has its place below; a new one does not compile until it has.
        let Schema {
            reference,
            kind: _,
            format,
            required: _,
            deprecated: _,
            values: _,
            minimum: _,
            maximum: _,
            exclusive_minimum: _,
            exclusive_maximum: _,
            min_length: _,
            max_length: _,
            min_items: _,
            max_items: _,
            pattern,
            default,
            example,
            is_file_transfer_url,
            items,
            properties: _,
            additional_properties: _,
        } = head;
        let same = match (&base.reference, reference) {
            (Some(old), Some(new)) => self.types.get(old.as_str()) == Some(&new.as_str()),
            (None, None) => true,
            _ => false,
        };
        if !same {
            return self.reference(spot, base, head);
        }
        if base.example != *example {
            self.say(spot, |_| "example-changed".to_owned(), base.example.clone(), example.clone());
        }
        if !self.kind(spot, base, head) {
            // What another type says about its values cannot be compared, but an identifier is a text either way.
            if self.ids(spot) {
                self.values(spot, base, head);
                self.pattern(spot, base.pattern.as_ref(), pattern.as_ref());
            }
            return;
        }
        if base.format != *format {
            self.say(spot, |_| "format-changed".to_owned(), base.format.clone(), format.clone());
        }
        if base.is_file_transfer_url != *is_file_transfer_url {
            let pick = |side: Side| either(side, "request-file-url-changed", "answer-file-url-changed");
            let file = |is: bool| Some(if is { "the URL of a file" } else { "a text" }.to_owned());
            self.say(spot, pick, file(base.is_file_transfer_url), file(*is_file_transfer_url));
        }
        self.values(spot, base, head);
        self.bounds(spot, base, head);
        self.pattern(spot, base.pattern.as_ref(), pattern.as_ref());
        self.default(spot, base.default.as_ref(), default.as_ref());
        self.fields(spot, base, head);
        self.map(spot, base, head);
        if base.items.is_some() || items.is_some() {
            let anything = Schema::default();
            let [old, new] = [&base.items, items].map(|items| items.as_deref().unwrap_or(&anything));
            self.whole(&spot.step("[]"), old, new);
        }
    }

    /// Another `$ref`, or one in place of what stood there: the names differ, the contents may.
    fn reference(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        let pick = |side: Side| either(side, "request-reference-changed", "answer-reference-changed");
        let shown = |schema: &Schema| schema.reference.as_ref().map(|name| format!("types.{name}"));
        self.say(spot, pick, shown(base), shown(head));
        let pair = (format!("{:?}", base.reference), format!("{:?}", head.reference));
        if self.open.contains(&pair) {
            return;
        }
        self.open.push(pair);
        if let (Some(old), Some(new)) = (self.base.resolve(base), self.head.resolve(head)) {
            self.contents(spot, old, new);
        }
        self.open.pop();
    }

    /// Whether the type is the same.
    fn kind(&mut self, spot: &Spot, base: &Schema, head: &Schema) -> bool {
        if base.kind == head.kind {
            return true;
        }
        let (old, new) = (base.kind.unwrap_or(Type::Any), head.kind.unwrap_or(Type::Any));
        if old == new {
            self.say(spot, |_| "type-restated".to_owned(), None, None);
            return true;
        }
        let [before, action] = self.actions;
        let target = Target::at(self.base, before, &spot.from, base);
        // People hold the field at the type that it had.
        let held =
            self.head.pin(action, &spot.path).is_some() && target == Target::at(self.head, action, &spot.path, head);
        let id = self.ids(spot);
        let pick = |side: Side| match side {
            _ if id => either(side, "request-id-type-changed", "answer-id-type-changed"),
            Side::Answer => match target.reads(new) {
                Reads::None => "answer-field-type-changed".to_owned(),
                _ if held => "answer-type-held".to_owned(),
                Reads::All => "answer-type-readable".to_owned(),
                Reads::Some => "answer-type-partly-readable".to_owned(),
            },
            Side::Parameter | Side::Request if is_widened(old, new, side) => "request-type-widened".to_owned(),
            side => side.named("type-changed"),
        };
        self.say(spot, pick, Some(typed(base)), Some(typed(head)));
        false
    }

    /// Whether both sides have an identifier at a path: one value, not several in one text.
    fn ids(&self, spot: &Spot) -> bool {
        let [before, action] = self.actions;
        let single = |kind: Option<IdKind>| matches!(kind, Some(IdKind::Number | IdKind::Text));
        single(self.base.id_kind(before, &spot.from)) && single(self.head.id_kind(action, &spot.path))
    }

    fn values(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        let listed = |schema: &Schema| schema.values.clone().filter(|values| !values.is_empty());
        let [before, action] = self.actions;
        let enumeration = self.base.enumeration_of(before, &spot.from);
        let enumeration = enumeration.or_else(|| self.head.enumeration_of(action, &spot.path)).map(str::to_owned);
        let first = self.changes.len();
        let pick = |what: &'static str| {
            move |side: Side| format!("{}-enum-{what}", if side.is_sent() { "request" } else { "answer" })
        };
        match (listed(base), listed(head)) {
            (None, Some(new)) => self.say(spot, pick("published"), None, Some(new.join(", "))),
            (Some(old), None) => self.say(spot, pick("withdrawn"), Some(old.join(", ")), None),
            (Some(old), Some(new)) => {
                let [old, new] = [&old, &new].map(|all| all.iter().map(|value| (value.as_str(), value.as_str())));
                for found in presence(old, new, is_respelled) {
                    let text = |text: &str| Some(text.to_owned());
                    match found {
                        Presence::Removed(value) => self.say(spot, pick("value-removed"), text(value), None),
                        Presence::Added(value) => self.say(spot, pick("value-added"), None, text(value)),
                        Presence::Renamed(old, new) => self.say(spot, pick("value-renamed"), text(old), text(new)),
                    }
                }
            }
            (None, None) => {}
        }
        self.changes[first..].iter_mut().for_each(|change| change.enumeration.clone_from(&enumeration));
    }

    fn bounds(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        let [before, action] = self.actions;
        // One or several: nobody looks at their bounds, neither before sending nor, as it seems, in the service.
        let id = self.base.is_id(before, &spot.from) && self.head.is_id(action, &spot.path);
        for Shift { what, how, answer, before, after } in limits::shifts(base, head) {
            let pick = |side: Side| match how {
                _ if id => "id-bounds-changed".to_owned(),
                None => "bounds-restated".to_owned(),
                Some(how) => either(side, &format!("request-{what}-{how}"), answer),
            };
            self.say(spot, pick, before, after);
        }
    }

    fn pattern(&mut self, spot: &Spot, base: Option<&String>, head: Option<&String>) {
        if base == head {
            return;
        }
        let request = if head.is_some() { "request-pattern-changed" } else { "request-pattern-removed" };
        let pick = |side: Side| either(side, request, "answer-pattern-changed");
        self.say(spot, pick, base.cloned(), head.cloned());
    }

    fn default(&mut self, spot: &Spot, base: Option<&String>, head: Option<&String>) {
        let request = match (base, head) {
            (None, Some(_)) => "request-default-added",
            (Some(_), None) => "request-default-removed",
            (Some(old), Some(new)) if old != new => "request-default-changed",
            _ => return,
        };
        self.say(spot, |side| either(side, request, "answer-default-changed"), base.cloned(), head.cloned());
    }

    fn fields(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        let types = self.types;
        let [old, new] = [base, head].map(|of| of.properties.iter().map(|(name, schema)| (name.as_str(), schema)));
        let equal = |old: &Schema, new: &Schema| shape(old, types) == shape(new, &Types::new());
        for found in presence(old, new, equal) {
            match found {
                Presence::Removed(name) => {
                    let was = typed(&base.properties[name]);
                    self.say(&spot.step(&format!(".{name}")), |side| side.named("removed"), Some(was), None);
                }
                Presence::Added(name) => {
                    let schema = &head.properties[name];
                    let pick = |side: Side| match side {
                        Side::Answer => "answer-field-added".to_owned(),
                        _ if schema.required => "request-field-added-required".to_owned(),
                        _ => "request-field-added-optional".to_owned(),
                    };
                    self.say(&spot.step(&format!(".{name}")), pick, None, Some(typed(schema)));
                }
                Presence::Renamed(old, new) => {
                    let spot = spot.steps(&format!(".{old}"), &format!(".{new}"));
                    self.renamed(&spot, |side| side.named("renamed"), old, new);
                    self.whole(&spot, &base.properties[old], &head.properties[new]);
                }
            }
        }
        for (name, new) in &head.properties {
            if let Some(old) = base.properties.get(name) {
                self.whole(&spot.step(&format!(".{name}")), old, new);
            }
        }
    }

    fn map(&mut self, spot: &Spot, base: &Schema, head: &Schema) {
        let what = match (&base.additional_properties, &head.additional_properties) {
            (Some(old), Some(new)) => return self.whole(&spot.step("{}"), old, new),
            (None, Some(_)) => "opened",
            (Some(_), None) => "closed",
            (None, None) => return,
        };
        let pick = |side: Side| format!("{}-map-{what}", if side.is_sent() { "request" } else { "answer" });
        self.say(spot, pick, None, None);
    }
}

fn either(side: Side, request: &str, answer: &str) -> String {
    if side.is_sent() { request } else { answer }.to_owned()
}

/// Whether the service goes on taking values of the old type. Parameters travel as text whatever they are.
fn is_widened(old: Type, new: Type, side: Side) -> bool {
    match new {
        Type::Any => true,
        Type::Number => old == Type::Integer,
        Type::String => side == Side::Parameter && matches!(old, Type::Integer | Type::Number | Type::Boolean),
        Type::Integer | Type::Boolean | Type::Array | Type::Object => false,
    }
}

/// `integer (int64)`, `list of string`, `types.Column`.
fn typed(schema: &Schema) -> String {
    if let Some(name) = &schema.reference {
        return format!("types.{name}");
    }
    let name = match schema.kind {
        Some(Type::String) => "string",
        Some(Type::Integer) => "integer",
        Some(Type::Number) => "number",
        Some(Type::Boolean) => "boolean",
        Some(Type::Array) => {
            return schema
                .items
                .as_ref()
                .map_or_else(|| "list".to_owned(), |items| format!("list of {}", typed(items)));
        }
        Some(Type::Object) if schema.additional_properties.is_some() => "map",
        Some(Type::Object) => "object",
        Some(Type::Any) | None => "any",
    };
    schema.format.as_ref().map_or_else(|| name.to_owned(), |format| format!("{name} ({format})"))
}
