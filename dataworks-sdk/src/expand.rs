//! What a call by name gives a shorthand becomes parameters: before the checks, so that they see what will be sent.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::check::{self, Finding};
use crate::date;
use crate::model::Datum;
use crate::operation::{Kind, Operation};
use crate::shorthand::{Fill, Shorthand, Taken};

/// A request without the names that only a shorthand knows.
pub(crate) struct Expanded {
    /// The parameters: those that were set, and those that were filled.
    pub(crate) request: Map<String, Value>,
    /// What is wrong with what the shorthand was given.
    pub(crate) findings: Vec<Finding>,
    /// Parameters that are wrong or missing only because of that.
    told: BTreeSet<&'static str>,
}

impl Expanded {
    /// Everything that is wrong: with what the shorthand was given, then with the rest.
    pub(crate) fn check(&mut self, operation: &'static Operation) -> Vec<Finding> {
        let mut findings = std::mem::take(&mut self.findings);
        let rest = check::check(operation, Datum::Map(&self.request));
        let told = |finding: &Finding| finding.path.split(['.', '[']).next().is_some_and(|it| self.told.contains(it));
        findings.extend(rest.into_iter().filter(|finding| !told(finding)));
        findings
    }
}

/// The request that a shorthand makes of `given`; `None` if nothing in it is for a shorthand.
pub(crate) fn expand(operation: &'static Operation, given: &Map<String, Value>) -> Option<Expanded> {
    let is_own = |name: &str| operation.shorthand_names().any(|own| own == name);
    if !given.keys().any(|name| is_own(name)) {
        return None;
    }
    let mut request = given.clone();
    request.retain(|name, _| !is_own(name));
    let mut expanded = Expanded { request, findings: Vec::new(), told: BTreeSet::new() };
    let own: Vec<&str> =
        given.keys().map(String::as_str).filter(|name| is_own(name) && set(given, name).is_some()).collect();
    if let Some(shorthand) = meant(operation, given, &own) {
        Expansion { operation, shorthand, given }.run(&own, &mut expanded);
    }
    Some(expanded)
}

/// The shorthand that takes most of what is given, and lacks least.
fn meant(operation: &'static Operation, given: &Map<String, Value>, own: &[&str]) -> Option<&'static Shorthand> {
    let rank = |shorthand: &&Shorthand| {
        let taken = own.iter().filter(|name| shorthand.taken(name).is_some()).count();
        (Reverse(taken), shorthand.takes().iter().filter(|taken| set(given, taken.name()).is_none()).count())
    };
    operation.shorthands().iter().filter(|_| !own.is_empty()).min_by_key(rank)
}

/// A value that was set: `null` is as good as not set.
fn set<'a>(given: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    given.get(name).filter(|value| !value.is_null())
}

struct Expansion<'a> {
    operation: &'static Operation,
    shorthand: &'static Shorthand,
    given: &'a Map<String, Value>,
}

impl Expansion<'_> {
    fn run(&self, own: &[&str], expanded: &mut Expanded) {
        let name = self.shorthand.name();
        for other in own.iter().filter(|other| self.shorthand.taken(other).is_none()) {
            expanded.findings.push(finding(other, format!("the shorthand {name} does not take it")));
        }
        let open = || self.shorthand.fills().iter().filter(|fill| set(self.given, fill.parameter()).is_none());
        for taken in self.shorthand.takes() {
            let uses = |fill: &&Fill| pieces(fill.template()).any(|piece| piece == Piece::Taken(taken.name()));
            let filled: Vec<&str> = open().filter(uses).map(Fill::parameter).collect();
            let value = set(self.given, taken.name());
            let found = match value {
                Some(value) => self.wrong(taken, value),
                None => self.missing(taken, &filled).into_iter().collect(),
            };
            if !found.is_empty() || value.is_none() {
                expanded.told.extend(filled);
            }
            expanded.findings.extend(found);
        }
        for fill in open() {
            if let Some(value) = self.value(fill) {
                expanded.request.insert(fill.parameter().to_owned(), value);
            }
        }
    }

    /// What is wrong with a value that is no parameter: the checks look at those.
    fn wrong(&self, taken: &Taken, value: &Value) -> Vec<Finding> {
        let datum = Datum::Any(value);
        match taken.like().and_then(|like| self.operation.shape().field(like)) {
            _ if taken.is_parameter() => Vec::new(),
            Some(field) => check::value(field, taken.name(), datum),
            None if datum.text().and_then(|text| date::day_of(&text)).is_some() => Vec::new(),
            None => vec![finding(taken.name(), check::no_date(datum))],
        }
    }

    /// What is missing is needed as long as something is to be filled with it. The checks look for required parameters.
    fn missing(&self, taken: &Taken, filled: &[&str]) -> Option<Finding> {
        let name = self.shorthand.name();
        match self.operation.shape().field(taken.name()) {
            Some(field) if field.required => None,
            None if filled.is_empty() => None,
            Some(_) if filled.is_empty() => Some(finding(taken.name(), format!("the shorthand {name} needs it too"))),
            _ => {
                let filled = filled.join(", ");
                Some(finding(taken.name(), format!("the shorthand {name} needs it too, to fill {filled}")))
            }
        }
    }

    /// The value of a parameter, if all that its template names is given.
    fn value(&self, fill: &Fill) -> Option<Value> {
        let mut all = pieces(fill.template());
        let value = match (all.next(), all.next()) {
            (Some(Piece::Taken(name)), None) => self.whole(name)?,
            _ => {
                let texts = pieces(fill.template()).map(|piece| match piece {
                    Piece::Text(text) => Some(text.to_owned()),
                    Piece::Taken(name) => text(&self.whole(name)?),
                });
                Value::String(texts.collect::<Option<String>>()?)
            }
        };
        let listed = self.operation.shape().field(fill.parameter()).is_some_and(|it| matches!(it.kind, Kind::List(_)));
        Some(if listed && !value.is_array() { Value::Array(vec![value]) } else { value })
    }

    fn whole(&self, name: &str) -> Option<Value> {
        let value = set(self.given, name)?;
        match self.shorthand.taken(name) {
            Some(taken) if taken.is_date() => Datum::Any(value).text().map(|text| date::day(text).into()),
            _ => Some(value.clone()),
        }
    }
}

fn finding(path: &str, problem: String) -> Finding {
    Finding { path: path.to_owned(), problem }
}

/// A value inside a text: a list's elements are joined by commas.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Array(list) => {
            let texts = list.iter().map(|element| Datum::Any(element).text());
            Some(texts.collect::<Option<Vec<_>>>()?.join(","))
        }
        value => Datum::Any(value).text(),
    }
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Taken(&'a str),
}

/// The parts of a template, none of them empty.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let parts = template.split('{').enumerate().flat_map(|(index, part)| match part.split_once('}') {
        Some((name, text)) if index > 0 => [Piece::Taken(name), Piece::Text(text)],
        _ => [Piece::Text(part), Piece::Text("")],
    });
    parts.filter(|piece| *piece != Piece::Text(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_texts_and_names() {
        let all = |template| pieces(template).collect::<Vec<_>>();
        assert_eq!(all("{A} of {B}."), [Piece::Taken("A"), Piece::Text(" of "), Piece::Taken("B"), Piece::Text(".")]);
        assert_eq!(all("{A}{B}"), [Piece::Taken("A"), Piece::Taken("B")]);
        assert_eq!(all("plain"), [Piece::Text("plain")]);
        assert_eq!(all(""), []);
    }
}
