//! An answer made from the spec's shape alone: the same one every time, every field of it there.

use dataworks_api_spec::{NumberedPages, OutcomeField, Paging, Schema, TokenPages, Type};
use serde_json::{Map, Value, json};

use crate::catalog::Operation;
use crate::check::Values;

/// How many elements a list holds.
const ELEMENTS: usize = 2;
/// Where a shape that contains itself ends.
const DEEPEST: usize = 12;
const MOST_REFERENCES: usize = 3;
/// The token of the second page, which is the last.
const SECOND_PAGE: &str = "page-2";

/// What an action answers, made once: a call only fills in its own part.
#[derive(Debug)]
pub(crate) struct Template {
    body: Map<String, Value>,
    /// The items of the second page of an action that pages by token.
    second: Value,
    pages: Option<Paging>,
    /// The top-level map that tells the outcome of each item.
    outcomes: Option<String>,
}

impl Template {
    pub(crate) fn new(operation: &Operation) -> Self {
        let maker = Maker { operation };
        let spec = operation.spec();
        let decisions = spec.decisions(operation.name());
        let answer = &operation.action().answer;
        let mut body = match maker.value(answer, &Place::root("answer")) {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        body.remove("RequestId");
        succeed(&mut body, &decisions.outcome);
        let items = match &decisions.pages {
            Some(Paging::Token(pages)) => outer(&pages.items),
            _ => "",
        };
        let second = spec.schema_at(operation.name(), &format!("answer.{items}")).filter(|_| !items.is_empty());
        let second = second.and_then(|list| list.items.as_deref()).map_or(Value::Null, |item| {
            let place = Place { path: format!("answer.{items}[]"), index: ELEMENTS, ..Place::root("") };
            json!([maker.value(item, &place)])
        });
        let outcomes = match decisions.outcome {
            OutcomeField::Items(field) => Some(field.to_owned()),
            _ => None,
        };
        Self { body, second, pages: decisions.pages, outcomes }
    }

    /// The body of one call's answer, without its `RequestId`.
    pub(crate) fn answer(&self, values: &Values) -> Map<String, Value> {
        let mut body = self.body.clone();
        match &self.pages {
            Some(Paging::Numbered(pages)) => numbered(&mut body, pages, values),
            Some(Paging::Token(pages)) => self.by_token(&mut body, pages, values),
            None => {}
        }
        if let Some(field) = &self.outcomes
            && let Some(Value::Array(ids)) = values.get("Ids")
        {
            let one = body.get(field).and_then(Value::as_object).and_then(|map| map.values().next().cloned());
            let one = one.unwrap_or_else(|| json!({"Success": true}));
            let each = ids.iter().map(|id| (plain(id), one.clone())).collect();
            body.insert(field.clone(), Value::Object(each));
        }
        body
    }

    fn by_token(&self, body: &mut Map<String, Value>, pages: &TokenPages, values: &Values) {
        let more = values.at(&pages.token).is_none_or(|token| plain(token).is_empty());
        set(body, &pages.next, if more { SECOND_PAGE.into() } else { "".into() });
        if !more && let Some(items) = at(body, outer(&pages.items)) {
            *items = self.second.clone();
        }
        if let Some(size) = pages.size.as_deref().and_then(|name| values.at(name)?.as_i64().map(|size| (name, size))) {
            echo(body, &pages.items, size.0, size.1);
        }
    }
}

/// Cuts the page out of all items there are, and says how many those are.
fn numbered(body: &mut Map<String, Value>, pages: &NumberedPages, values: &Values) {
    let page = values.at(&pages.page).and_then(Value::as_i64).unwrap_or(1).max(1);
    let size = values.at(&pages.size).and_then(Value::as_i64).unwrap_or(10).max(0);
    let start = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let mut total = 0;
    if let Some(Value::Array(items)) = at(body, outer(&pages.items)) {
        total = items.len();
        *items = items.drain(..).skip(start).take(usize::try_from(size).unwrap_or(usize::MAX)).collect();
    }
    if let Some(path) = &pages.total {
        set(body, path, total.into());
    }
    echo(body, &pages.items, &pages.page, page);
    echo(body, &pages.items, &pages.size, size);
}

/// Repeats a paging parameter in the objects on the way to the items, where the answer has such a field.
fn echo(body: &mut Map<String, Value>, items: &str, name: &str, value: i64) {
    let name = name.rsplit('.').next().unwrap_or(name);
    let ends = outer(items).match_indices('.').map(|(end, _)| end + 1);
    for end in std::iter::once(0).chain(ends) {
        set(body, &format!("{}{name}", &items[..end]), value.into());
    }
}

/// Sets a field that is there, in the type it has.
fn set(body: &mut Map<String, Value>, path: &str, value: Value) {
    if let Some(field) = at(body, path) {
        *field = if field.is_string() { plain(&value).into() } else { value };
    }
}

fn at<'a>(body: &'a mut Map<String, Value>, path: &str) -> Option<&'a mut Value> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let field = body.get_mut(first)?;
    match rest {
        None => Some(field),
        Some(rest) => at(field.as_object_mut()?, rest),
    }
}

/// The outermost list of a path: what a page is cut out of.
fn outer(items: &str) -> &str {
    items.split("[]").next().unwrap_or_default()
}

/// A scalar as it stands in a text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The call went well, so its answer says so: examples of error codes in it would say otherwise.
fn succeed(body: &mut Map<String, Value>, outcome: &OutcomeField<'_>) {
    for name in ["ErrorCode", "ErrorMessage"] {
        if body.get(name).is_some_and(Value::is_string) {
            body.insert(name.to_owned(), "".into());
        }
    }
    set(body, "HttpStatusCode", 200.into());
    if let OutcomeField::Status(field) = outcome {
        body.insert((*field).to_owned(), true.into());
    }
}

/// Where a value stands.
#[derive(Clone, Default)]
struct Place {
    /// In the spec: `answer.Data.Nodes[].NodeId`.
    path: String,
    /// The field's name.
    name: String,
    /// Which element of the innermost list it belongs to: identifiers differ by it.
    index: usize,
    depth: usize,
    references: Vec<String>,
}

impl Place {
    fn root(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    fn inside(&self, step: &str, name: &str, index: usize) -> Self {
        Self {
            path: format!("{}{step}", self.path),
            name: name.to_owned(),
            index,
            depth: self.depth + 1,
            references: self.references.clone(),
        }
    }
}

struct Maker<'a> {
    operation: &'a Operation,
}

impl Maker<'_> {
    fn value(&self, schema: &Schema, place: &Place) -> Value {
        if let Some(name) = &schema.reference {
            let again = place.references.iter().filter(|it| *it == name).count();
            let target = self.operation.spec().types.get(name).filter(|_| again < MOST_REFERENCES);
            let mut place = place.clone();
            place.references.push(name.clone());
            return target.map_or(Value::Null, |shared| self.value(&shared.schema, &place));
        }
        if place.depth > DEEPEST {
            return Value::Null;
        }
        let example = schema.example.as_deref().or(schema.default.as_deref());
        match schema.kind {
            Some(Type::Object) => self.object(schema, place),
            Some(Type::Array) => {
                let items = schema.items.as_deref().cloned().unwrap_or_default();
                let element = |index| self.value(&items, &place.inside("[]", &place.name, index));
                Value::Array((0..ELEMENTS).map(element).filter(|it| !it.is_null()).collect())
            }
            Some(Type::Boolean) => {
                Value::Bool(place.name == "Success" || example.is_none_or(|it| it.trim() != "false"))
            }
            Some(Type::Integer) => self.integer(schema, place, example),
            Some(Type::Number) => {
                json!(example.and_then(|it| it.trim().parse::<f64>().ok()).filter(|it| it.is_finite()).unwrap_or(1.5))
            }
            Some(Type::String) => self.text(schema, place, example),
            None | Some(Type::Any) => match example {
                Some(example) => serde_json::from_str(example).unwrap_or_else(|_| example.into()),
                None => json!({"key": "value"}),
            },
        }
    }

    fn object(&self, schema: &Schema, place: &Place) -> Value {
        let fields = schema.properties.iter().map(|(name, field)| {
            (name.clone(), self.value(field, &place.inside(&format!(".{name}"), name, place.index)))
        });
        let mut object: Map<String, Value> = fields.filter(|(_, value)| !value.is_null()).collect();
        if let Some(values) = &schema.additional_properties {
            let value = self.value(values, &place.inside("{}", "", place.index));
            if !value.is_null() {
                object.insert("key".to_owned(), value);
            }
        } else if object.is_empty()
            && let Some(Ok(Value::Object(example))) = schema.example.as_deref().map(serde_json::from_str)
        {
            return Value::Object(example);
        }
        Value::Object(object)
    }

    fn integer(&self, schema: &Schema, place: &Place, example: Option<&str>) -> Value {
        let is_id = self.operation.spec().is_id(self.operation.name(), &place.path);
        let example = example.and_then(|it| it.trim().parse::<i64>().ok());
        // Identifiers of the service have 19 digits, more than a float keeps.
        let made = if is_id && schema.format.as_deref() != Some("int32") { 1_234_567_890_123_456_789 } else { 1 };
        let value = example.unwrap_or(made);
        let step = if is_id { i64::try_from(place.index).unwrap_or_default() } else { 0 };
        value.saturating_add(step).into()
    }

    fn text(&self, schema: &Schema, place: &Place, example: Option<&str>) -> Value {
        if place.name == "Success" {
            return "true".into();
        }
        let published = schema.values.as_ref().and_then(|values| values.first());
        let text = example.or(published.map(String::as_str)).unwrap_or("text");
        if place.index > 0 && self.operation.spec().is_id(self.operation.name(), &place.path) {
            return match text.parse::<u64>() {
                Ok(number) => number.saturating_add(place.index as u64).to_string().into(),
                Err(_) => format!("{text}-{}", place.index).into(),
            };
        }
        text.into()
    }
}
