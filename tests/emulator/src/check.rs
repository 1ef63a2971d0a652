//! Parameters against the spec: which there are, which must be there, and what they hold.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Parameter, Place, Schema, Style, Type};
use serde_json::{Map, Value};

use crate::catalog::Operation;
use crate::error::Refusal;
use crate::request::Received;

/// What every call carries beside its action's own parameters.
const COMMON: [&str; 13] = [
    "AccessKeyId",
    "Action",
    "BearerToken",
    "Format",
    "RegionId",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
    "Version",
];
/// No value of DataWorks nests deeper.
const DEEPEST: usize = 32;
/// The highest index of a flattened list: a larger one would only cost memory.
const LONGEST: usize = 10_000;

/// The parameters of a call, by name, as JSON of the spec's types.
#[derive(Debug, Default)]
pub(crate) struct Values(BTreeMap<String, Value>);

impl Values {
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A value inside a parameter: `Params.NextToken`.
    pub(crate) fn at(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let first = self.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }
}

/// What the check found out about a request that passes.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) values: Values,
    /// Parameters that came in the query and belong in the form, or the other way round.
    pub(crate) misplaced: Vec<String>,
}

/// A structured parameter on its way back from `Name.1.Key=value`.
#[derive(Debug)]
enum Tree<'a> {
    Leaf(&'a str),
    Node(BTreeMap<&'a str, Tree<'a>>),
}

/// The parameters of a request, sorted by how they travel.
#[derive(Debug, Default)]
struct Given<'a> {
    plain: BTreeMap<&'a str, &'a str>,
    flattened: BTreeMap<&'a str, Tree<'a>>,
    misplaced: Vec<String>,
}

/// Checks the parameters of a request. `strict` refuses what the spec does not know.
pub(crate) fn check(operation: &Operation, received: &Received, strict: bool) -> Result<Checked, Refusal> {
    let checker = Checker { operation, strict };
    let given = checker.sort(received)?;
    let parameters = &operation.action().parameters;
    let required = parameters.iter().filter(|(_, it)| it.schema.required && it.place != Place::Host);
    for name in required.map(|(name, _)| name.as_str()) {
        // An empty text is as good as none.
        let there = given.plain.get(name).is_some_and(|text| !text.is_empty()) || given.flattened.contains_key(name);
        if !there {
            return Err(Refusal::missing(name));
        }
    }
    let mut checked = Checked { misplaced: given.misplaced, ..Checked::default() };
    for (name, text) in given.plain {
        let value = checker.plain(name, &parameters[name], text)?;
        checked.values.0.insert(name.to_owned(), value);
    }
    for (name, tree) in given.flattened {
        let at = At { path: name.to_owned(), spec: format!("request.{name}"), depth: 0 };
        checked.values.0.insert(name.to_owned(), checker.tree(&at, &parameters[name].schema, tree)?);
    }
    Ok(checked)
}

/// Hangs a value into the tree under what follows the parameter's name: `.1.Key`.
fn grow<'a>(tree: &mut Tree<'a>, name: &str, rest: &'a str, value: &'a str) -> Result<(), Refusal> {
    if rest.matches('.').count() > DEEPEST {
        return Err(Refusal::invalid(&name[..name.len() - rest.len()], "it nests too deeply"));
    }
    let mut place = tree;
    for part in rest.split('.').skip(1) {
        let Tree::Node(children) = place else {
            return Err(Refusal::invalid(name, "it is given as a value and as a structure"));
        };
        place = children.entry(part).or_insert_with(|| Tree::Node(BTreeMap::new()));
    }
    match place {
        Tree::Node(children) if children.is_empty() && !rest.is_empty() => *place = Tree::Leaf(value),
        Tree::Node(_) if rest.is_empty() => {
            return Err(Refusal::invalid(name, format!("a structure is sent element by element: {name}.1=…")));
        }
        _ => return Err(Refusal::invalid(name, "it is given more than once")),
    }
    Ok(())
}

/// Where a value stands: for the reader (`Tasks.1.Name`) and in the spec (`request.Tasks[].Name`).
struct At {
    path: String,
    spec: String,
    depth: usize,
}

impl At {
    fn field(&self, name: &str) -> Self {
        Self { path: format!("{}.{name}", self.path), spec: format!("{}.{name}", self.spec), depth: self.depth + 1 }
    }

    fn element(&self, index: usize) -> Self {
        Self { path: format!("{}.{}", self.path, index + 1), spec: format!("{}[]", self.spec), depth: self.depth + 1 }
    }

    fn value(&self, key: &str) -> Self {
        Self { path: format!("{}.{key}", self.path), spec: format!("{}{{}}", self.spec), depth: self.depth + 1 }
    }

    fn invalid(&self, problem: impl std::fmt::Display) -> Refusal {
        Refusal::invalid(&self.path, problem)
    }
}

struct Checker<'a> {
    operation: &'a Operation,
    strict: bool,
}

impl Checker<'_> {
    fn sort<'a>(&self, received: &'a Received) -> Result<Given<'a>, Refusal> {
        let mut given = Given::default();
        let mut common = BTreeSet::new();
        let query = received.query.iter().map(|pair| (Place::Query, pair));
        let form = received.form.iter().map(|pair| (Place::FormData, pair));
        for (place, (name, value)) in query.chain(form) {
            let top = name.split('.').next().unwrap_or_default();
            let parameter = self.operation.action().parameters.get(top).filter(|it| it.place != Place::Host);
            let Some(parameter) = parameter else {
                if !COMMON.contains(&name.as_str()) {
                    self.unknown(name)?;
                } else if !common.insert(name) {
                    return Err(Refusal::invalid(name, "it is given more than once"));
                }
                continue;
            };
            if parameter.place != place && !given.misplaced.iter().any(|it| it == top) {
                given.misplaced.push(top.to_owned());
            }
            if self.is_flattened(parameter) {
                let tree = given.flattened.entry(top).or_insert_with(|| Tree::Node(BTreeMap::new()));
                grow(tree, name, &name[top.len()..], value)?;
            } else if name.len() > top.len() {
                self.unknown(name)?;
            } else if given.plain.insert(top, value).is_some() {
                return Err(Refusal::invalid(name, "it is given more than once"));
            }
        }
        Ok(given)
    }

    fn unknown(&self, name: &str) -> Result<(), Refusal> {
        if !self.strict {
            return Ok(());
        }
        Err(Refusal::invalid(name, format!("{} has no such parameter", self.operation.name())))
    }

    fn is_flattened(&self, parameter: &Parameter) -> bool {
        let schema = self.operation.spec().resolve(&parameter.schema);
        let structured = schema.is_some_and(|it| matches!(it.kind, Some(Type::Array | Type::Object)));
        structured && matches!(parameter.style, None | Some(Style::RepeatList))
    }

    fn plain(&self, name: &str, parameter: &Parameter, text: &str) -> Result<Value, Refusal> {
        let at = At { path: name.to_owned(), spec: format!("request.{name}"), depth: 0 };
        match parameter.style {
            Some(Style::Json) => {
                let value =
                    serde_json::from_str(text).map_err(|error| at.invalid(format!("it is not JSON: {error}")))?;
                self.json(&at, &parameter.schema, &value)?;
                Ok(value)
            }
            Some(Style::Simple) => {
                let schema = self.operation.spec().resolve(&parameter.schema).unwrap_or(&parameter.schema);
                let items = schema.items.as_deref().cloned().unwrap_or_default();
                let parts = text.split(',').filter(|_| !text.is_empty()).enumerate();
                let list: Vec<_> =
                    parts.map(|(index, part)| self.text(&at.element(index), &items, part)).collect::<Result<_, _>>()?;
                count(&at, schema, list.len())?;
                Ok(Value::Array(list))
            }
            _ => self.text(&at, &parameter.schema, text),
        }
    }

    /// A scalar that travels as text.
    fn text(&self, at: &At, schema: &Schema, text: &str) -> Result<Value, Refusal> {
        let schema = self.operation.spec().resolve(schema).unwrap_or(schema);
        let value = match schema.kind {
            Some(Type::Integer) => {
                Value::from(text.parse::<i64>().map_err(|_| at.invalid(format!("\"{text}\" is not a whole number")))?)
            }
            Some(Type::Number) => {
                let number = text.parse().ok().and_then(serde_json::Number::from_f64);
                Value::Number(number.ok_or_else(|| at.invalid(format!("\"{text}\" is not a number")))?)
            }
            Some(Type::Boolean) => match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ => return Err(at.invalid(format!("\"{text}\" is neither true nor false"))),
            },
            _ => Value::from(text),
        };
        self.bounds(at, schema, &value)?;
        Ok(value)
    }

    /// A value inside JSON: the spec's types, exactly.
    fn json(&self, at: &At, schema: &Schema, value: &Value) -> Result<(), Refusal> {
        if at.depth > DEEPEST {
            return Err(at.invalid("it nests too deeply"));
        }
        let schema = self.operation.spec().resolve(schema).unwrap_or(schema);
        let expected = match (schema.kind, value) {
            (None | Some(Type::Any), _) => return Ok(()),
            (Some(Type::Object), Value::Object(fields)) => return self.object(at, schema, fields),
            (Some(Type::Array), Value::Array(list)) => {
                count(at, schema, list.len())?;
                let items = schema.items.as_deref().cloned().unwrap_or_default();
                let mut elements = list.iter().enumerate();
                return elements.try_for_each(|(index, value)| self.json(&at.element(index), &items, value));
            }
            (Some(Type::String), Value::String(_))
            | (Some(Type::Boolean), Value::Bool(_))
            | (Some(Type::Number), Value::Number(_)) => None,
            (Some(Type::Integer), Value::Number(number)) if number.is_i64() || number.is_u64() => None,
            (Some(Type::Object), _) => Some("an object"),
            (Some(Type::Array), _) => Some("a list"),
            (Some(Type::String), _) => Some("a text"),
            (Some(Type::Boolean), _) => Some("true or false"),
            (Some(Type::Number), _) => Some("a number"),
            (Some(Type::Integer), _) => Some("a whole number"),
        };
        match expected {
            Some(expected) => Err(at.invalid(format!("{expected} is expected, not {}", shortened(value)))),
            None => self.bounds(at, schema, value),
        }
    }

    fn object(&self, at: &At, schema: &Schema, fields: &Map<String, Value>) -> Result<(), Refusal> {
        if schema.properties.is_empty() && schema.additional_properties.is_none() {
            return Ok(());
        }
        for (name, value) in fields {
            if let Some(field) = schema.properties.get(name) {
                self.json(&at.field(name), field, value)?;
            } else if let Some(values) = &schema.additional_properties {
                self.json(&at.value(name), values, value)?;
            } else {
                self.unknown(&at.field(name).path)?;
            }
        }
        require(at, schema, |name| fields.contains_key(name))
    }

    /// A flattened value.
    fn tree(&self, at: &At, schema: &Schema, tree: Tree<'_>) -> Result<Value, Refusal> {
        let schema = self.operation.spec().resolve(schema).unwrap_or(schema);
        match (schema.kind, tree) {
            (Some(Type::Array), Tree::Node(children)) => self.list(at, schema, children),
            (Some(Type::Object), Tree::Node(children)) => {
                let mut fields = Map::new();
                for (name, child) in children {
                    let value = if let Some(field) = schema.properties.get(name) {
                        self.tree(&at.field(name), field, child)?
                    } else if let Some(values) = &schema.additional_properties {
                        self.tree(&at.value(name), values, child)?
                    } else {
                        self.unknown(&at.field(name).path)?;
                        continue;
                    };
                    fields.insert(name.to_owned(), value);
                }
                require(at, schema, |name| fields.contains_key(name))?;
                Ok(Value::Object(fields))
            }
            (Some(Type::Array | Type::Object), Tree::Leaf(_)) => {
                Err(at.invalid(format!("a structure is expected: {}.1=…", at.path)))
            }
            (_, Tree::Leaf(text)) => self.text(at, schema, text),
            (_, Tree::Node(_)) => Err(at.invalid("a single value is expected, not a structure")),
        }
    }

    fn list(&self, at: &At, schema: &Schema, children: BTreeMap<&str, Tree<'_>>) -> Result<Value, Refusal> {
        let items = schema.items.as_deref().cloned().unwrap_or_default();
        let mut list = Vec::new();
        for (key, child) in children {
            // The index is kept: what a client left out stays empty.
            let index = key.parse::<usize>().ok().filter(|index| (1..=LONGEST).contains(index));
            let Some(index) = index else {
                return Err(Refusal::invalid(
                    &at.field(key).path,
                    format!("elements are numbered from 1 to {LONGEST}"),
                ));
            };
            if list.len() < index {
                list.resize(index, Value::Null);
            }
            list[index - 1] = self.tree(&at.element(index - 1), &items, child)?;
        }
        count(at, schema, list.len())?;
        Ok(Value::Array(list))
    }

    /// Bounds of a scalar. Upstream's bounds on identifiers are wrong, so they say nothing.
    fn bounds(&self, at: &At, schema: &Schema, value: &Value) -> Result<(), Refusal> {
        let problem = match value {
            Value::Number(number) => range(schema, number),
            Value::String(text) => length(schema, text),
            _ => None,
        };
        match problem {
            Some(problem) if !self.operation.spec().is_id(self.operation.name(), &at.spec) => Err(at.invalid(problem)),
            _ => Ok(()),
        }
    }
}

/// Every field that must be there.
fn require(at: &At, schema: &Schema, given: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let missing = schema.properties.iter().find(|(name, field)| field.required && !given(name));
    missing.map_or(Ok(()), |(name, _)| Err(Refusal::missing(&at.field(name).path)))
}

fn count(at: &At, schema: &Schema, len: usize) -> Result<(), Refusal> {
    let len = len as u64;
    match (schema.min_items, schema.max_items) {
        (Some(least), _) if len < least => Err(at.invalid(format!("it holds {len} elements, the least is {least}"))),
        (_, Some(most)) if len > most => Err(at.invalid(format!("it holds {len} elements, the most is {most}"))),
        _ => Ok(()),
    }
}

fn range(schema: &Schema, number: &serde_json::Number) -> Option<String> {
    let value = number.as_f64()?;
    let least = schema.minimum.as_ref().and_then(serde_json::Number::as_f64);
    let most = schema.maximum.as_ref().and_then(serde_json::Number::as_f64);
    if let Some(least) = least
        && (value < least || (schema.exclusive_minimum && value <= least))
    {
        return Some(format!("{number} is below the least value, {least}"));
    }
    if let Some(most) = most
        && (value > most || (schema.exclusive_maximum && value >= most))
    {
        return Some(format!("{number} is above the greatest value, {most}"));
    }
    let narrow = schema.format.as_deref() == Some("int32");
    let fits = number.as_i64().is_some_and(|value| i32::try_from(value).is_ok());
    (narrow && !fits).then(|| format!("{number} does not fit into 32 bits"))
}

fn length(schema: &Schema, text: &str) -> Option<String> {
    if schema.min_length.is_none() && schema.max_length.is_none() {
        return None;
    }
    let len = text.chars().count() as u64;
    if let Some(least) = schema.min_length.filter(|least| len < *least) {
        return Some(format!("it has {len} characters, the least is {least}"));
    }
    let most = schema.max_length.filter(|most| len > *most)?;
    Some(format!("it has {len} characters, the most is {most}"))
}

fn shortened(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { format!("{}…", text.chars().take(MOST).collect::<String>()) }
}
