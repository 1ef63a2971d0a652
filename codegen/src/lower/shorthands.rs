//! Shorthands: what each argument is, and which field gets what.

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, Piece, Schema, Shorthand, Taken, pieces};

use super::{
    Context, check_unique, docs,
    model::{Argument, ArgumentKind, Field, Given, ShorthandModel, Struct, TextPart, Ty},
    names,
};

/// The date in examples.
const EXAMPLE_DATE: &str = "\"2026-01-07\"";

/// Lowers the shorthands of an action.
pub(crate) fn lower(
    context: &Context<'_>,
    (name, action): (&str, &Action),
    shorthands: &[Shorthand],
    request: &Struct,
    findings: &mut Vec<String>,
) -> Vec<ShorthandModel> {
    let mut models = Vec::new();
    for shorthand in shorthands {
        let place = format!("{} {name}: the shorthand `{}`", context.version.name(), shorthand.name);
        let taken = shorthand.name == "new" || request.fields.iter().any(|field| field.setter == shorthand.name);
        if taken || !names::is_field(&shorthand.name) || names::raw(&shorthand.name) != shorthand.name {
            findings.push(format!("{place} needs another name: a function of the request has it, or none can"));
        }
        let lowering = Lowering { context, action: (name, action), shorthand, request };
        let arguments = lowering.arguments(&place, findings);
        let given = lowering.given(&arguments, &place, findings);
        models.push(ShorthandModel {
            name: shorthand.name.clone(),
            summary: shorthand.summary.clone(),
            arguments,
            fills: shorthand.fills.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            given,
        });
    }
    models
}

struct Lowering<'a> {
    context: &'a Context<'a>,
    action: (&'a str, &'a Action),
    shorthand: &'a Shorthand,
    request: &'a Struct,
}

impl Lowering<'_> {
    fn field(&self, wire: &str) -> Option<(usize, &Field)> {
        self.request.fields.iter().enumerate().find(|(_, field)| field.wire == wire)
    }

    fn arguments(&self, place: &str, findings: &mut Vec<String>) -> Vec<Argument> {
        let takes = &self.shorthand.takes;
        let mut names = names::fields(takes.iter().map(|taken| taken.name.as_str()));
        // Nobody writes the names of arguments, and a format string takes no raw ones.
        for name in names.values_mut() {
            if let Some(plain) = name.strip_prefix("r#") {
                *name = format!("{plain}_");
            }
        }
        check_unique(place, names.iter().map(|(wire, name)| (name.as_str(), *wire)), findings);
        let mut arguments = Vec::new();
        for taken in takes {
            match self.argument(taken, &names) {
                Some(argument) => arguments.push(argument),
                None => findings.push(format!("{place} takes `{}`, which is never sent", taken.name)),
            }
        }
        arguments
    }

    /// None for a parameter that only picks the endpoint.
    fn argument(&self, taken: &Taken, names: &BTreeMap<&str, String>) -> Option<Argument> {
        let (action, facts) = self.action;
        let wire = taken.name.as_str();
        let argument = |kind, doc: String, ty, example| Argument {
            wire: wire.to_owned(),
            name: names[wire].clone(),
            kind,
            doc,
            ty,
            example,
        };
        let own = || taken.doc.clone().unwrap_or_default();
        let like = taken.like.as_deref();
        if like == Some(Taken::DATE) {
            return Some(argument(ArgumentKind::Date, own(), Ty::Text, Some(EXAMPLE_DATE.to_owned())));
        }
        let (_, field) = self.field(like.unwrap_or(wire))?;
        let example = example(field, &facts.parameters.get(&field.wire)?.schema);
        let (kind, doc) = match like {
            Some(like) => (ArgumentKind::Like(like.to_owned()), own()),
            None => {
                let written = docs::written(self.context, action, field);
                let doc = written.map_or_else(|| format!("The parameter `{wire}`."), |(text, _)| text.to_owned());
                (ArgumentKind::Parameter, doc)
            }
        };
        Some(argument(kind, doc, field.ty.clone(), example))
    }

    /// What each field gets, in the order of the fields.
    fn given(&self, arguments: &[Argument], place: &str, findings: &mut Vec<String>) -> Vec<(usize, Given)> {
        let mut given = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            if let (ArgumentKind::Parameter, Some((field, _))) = (&argument.kind, self.field(&argument.wire)) {
                given.push((field, Given::Whole(index)));
            }
        }
        for (wire, value) in &self.shorthand.fills {
            let Some((index, field)) = self.field(wire) else {
                findings.push(format!("{place} fills `{wire}`, which is never sent"));
                continue;
            };
            match fill(&field.ty, value, arguments) {
                Some(fill) => given.push((index, fill)),
                None => findings.push(format!("{place} fills `{wire}` with `{value}`, which does not fit its type")),
            }
        }
        given.sort_by_key(|(index, _)| *index);
        given
    }
}

/// What a field of a type gets, if the value fits.
fn fill(ty: &Ty, value: &str, arguments: &[Argument]) -> Option<Given> {
    let named = |name: &str| arguments.iter().position(|argument| argument.wire == name);
    let mut parts = Vec::new();
    for piece in pieces(value) {
        parts.push(match piece {
            Piece::Text(text) => TextPart::Text(text.to_owned()),
            Piece::Taken(name) => TextPart::Argument(named(name)?),
        });
    }
    if parts.iter().all(|part| part.argument().is_none()) {
        return holds(ty, value).then(|| Given::Constant(value.to_owned()));
    }
    if let [TextPart::Argument(only)] = parts.as_slice() {
        let taken = &arguments[*only].ty;
        if taken == ty || (is_text(taken) && is_text(ty)) || (is_id(taken) && is_id(ty)) {
            return Some(Given::Whole(*only));
        }
        let of_ids = matches!(ty, Ty::Ids) || matches!(ty, Ty::List(element) if is_id(element));
        if is_id(taken) && of_ids {
            return Some(Given::Element(*only));
        }
    }
    let shown = parts.iter().filter_map(TextPart::argument).all(|argument| is_shown(&arguments[*argument].ty));
    (is_text(ty) && shown).then_some(Given::Text(parts))
}

fn is_text(ty: &Ty) -> bool {
    matches!(ty, Ty::Text | Ty::JsonText | Ty::File)
}

pub(crate) fn is_id(ty: &Ty) -> bool {
    matches!(ty, Ty::IdText | Ty::IdNumber)
}

/// Whether a value can stand inside a text.
fn is_shown(ty: &Ty) -> bool {
    matches!(ty, Ty::Text | Ty::IdText | Ty::IdNumber | Ty::Ids | Ty::Enum(_) | Ty::Integer | Ty::Boolean)
}

/// Whether a field of this type can hold a constant.
fn holds(ty: &Ty, value: &str) -> bool {
    match ty {
        Ty::Text | Ty::JsonText | Ty::File | Ty::Enum(_) | Ty::IdText | Ty::Ids => true,
        Ty::IdNumber | Ty::Integer => value.parse::<i64>().is_ok(),
        Ty::Boolean => matches!(value, "true" | "false"),
        Ty::Number | Ty::Any | Ty::Object(_) | Ty::List(_) | Ty::Map(_) => false,
    }
}

/// A value in an example, as Rust writes it. Structured ones would be no short example.
fn example(field: &Field, schema: &Schema) -> Option<String> {
    let published = schema.example.as_deref().map(str::trim).filter(|text| !text.is_empty() && !field.secret);
    let text = published.unwrap_or("…");
    let number = |text: &str| text.trim().parse::<i64>().ok().map(|number| number.to_string());
    Some(match &field.ty {
        Ty::Text | Ty::File | Ty::IdText => format!("{text:?}"),
        Ty::Enum(_) => format!("{:?}", schema.values.iter().flatten().next().map_or(text, String::as_str)),
        Ty::IdNumber | Ty::Integer => number(text).unwrap_or_else(|| field.least.unwrap_or(1).to_string()),
        Ty::Ids => {
            let numbers: Option<Vec<String>> = text.split(',').map(number).collect();
            let texts = || text.split(',').map(|text| format!("{:?}", text.trim())).collect();
            format!("[{}]", numbers.unwrap_or_else(texts).join(", "))
        }
        Ty::Boolean => (text == "true").to_string(),
        Ty::JsonText | Ty::Number | Ty::Any | Ty::Object(_) | Ty::List(_) | Ty::Map(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(wire: &str, ty: Ty) -> Argument {
        let kind = ArgumentKind::Like(wire.to_owned());
        Argument { wire: wire.to_owned(), name: wire.to_owned(), kind, doc: String::new(), ty, example: None }
    }

    #[test]
    fn values_go_where_they_fit() {
        let list = |ty: Ty| Ty::List(Box::new(ty));
        let arguments = [
            argument("Id", Ty::IdNumber),
            argument("Ids", Ty::Ids),
            argument("Mode", Ty::Enum("Mode".to_owned())),
            argument("Size", Ty::Integer),
            argument("Text", Ty::Text),
            argument("Texts", list(Ty::Text)),
        ];
        let fill = |ty: Ty, value: &str| fill(&ty, value, &arguments);
        let text = |text: &str| TextPart::Text(text.to_owned());
        assert_eq!(fill(Ty::IdText, "{Id}"), Some(Given::Whole(0)));
        assert_eq!(fill(Ty::Ids, "{Id}"), Some(Given::Element(0)));
        assert_eq!(fill(list(Ty::IdText), "{Id}"), Some(Given::Element(0)));
        assert_eq!(fill(Ty::Ids, "{Ids}"), Some(Given::Whole(1)));
        assert_eq!(fill(list(Ty::Text), "{Texts}"), Some(Given::Whole(5)));
        assert_eq!(fill(Ty::JsonText, "{Text}"), Some(Given::Whole(4)));
        let joined = [text("of "), TextPart::Argument(2), TextPart::Argument(3)];
        assert_eq!(fill(Ty::Text, "of {Mode}{Size}"), Some(Given::Text(joined.into())));
        assert_eq!(fill(Ty::Text, "{Size}"), Some(Given::Text(vec![TextPart::Argument(3)])));
        assert_eq!(fill(Ty::Integer, "7"), Some(Given::Constant("7".to_owned())));
        assert_eq!(fill(Ty::Text, ""), Some(Given::Constant(String::new())));
        for (ty, value) in [
            (Ty::IdNumber, "{Ids}"),
            (Ty::Integer, "{Id}"),
            (Ty::Integer, "1{Size}"),
            (Ty::Boolean, "{Text}"),
            (Ty::Enum("Mode".to_owned()), "{Text}"),
            (Ty::Text, "all {Texts}"),
            (Ty::Text, "{Unheard}"),
            (Ty::IdNumber, "x"),
            (list(Ty::Text), "a"),
        ] {
            assert_eq!(fill(ty.clone(), value), None, "{ty:?} {value}");
        }
    }
}
