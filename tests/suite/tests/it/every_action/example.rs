//! Values made from the schemas of the spec: what a caller might send and what the service might answer.

use dataworks_api_spec::{IdKind, Schema, Type, Version};
use serde_json::{Map, Value, json};

/// Stands wherever the spec has a secret, and nowhere else.
pub(super) const SECRET: &str = "hunter2";

/// What is done to the values of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the spec has them.
    Spec,
    /// Texts for numbers and booleans, numbers for texts where the text is one.
    Swapped,
    /// `null` for every scalar.
    Null,
}

/// A value as it stands on the wire, and as it is found again: identifiers as texts, comma lists as lists.
pub(super) struct Made {
    pub(super) wire: Value,
    pub(super) found: Value,
}

impl Made {
    fn same(value: Value) -> Self {
        Self { wire: value.clone(), found: value }
    }
}

pub(super) struct Maker<'a> {
    pub(super) version: &'a Version,
    pub(super) action: &'a str,
    pub(super) form: Form,
}

/// How often a shared schema is looked into on the way to itself.
const DEEPEST: usize = 3;

impl Maker<'_> {
    /// A value for the schema at `path`; nothing where a schema that holds itself has to end.
    pub(super) fn make(&self, schema: &Schema, path: &str) -> Option<Made> {
        self.value(schema, path, &mut Vec::new())
    }

    fn value(&self, schema: &Schema, path: &str, inside: &mut Vec<String>) -> Option<Made> {
        if let Some(name) = &schema.reference {
            if inside.iter().filter(|outer| *outer == name).count() == DEEPEST {
                return None;
            }
            inside.push(name.clone());
            let made = self.value(&self.version.types[name].schema, path, inside);
            inside.pop();
            return made;
        }
        match schema.kind {
            Some(Type::Array) => {
                let any = Schema::default();
                let items = schema.items.as_deref().unwrap_or(&any);
                let made = self.value(items, &format!("{path}[]"), inside)?;
                let wanted = schema.min_items.unwrap_or(2).max(2).min(schema.max_items.unwrap_or(u64::MAX));
                let times = usize::try_from(wanted).unwrap();
                // A list of nothing but nulls may be found empty.
                let found = if made.found.is_null() { Value::Null } else { vec![made.found; times].into() };
                Some(Made { wire: vec![made.wire; times].into(), found })
            }
            Some(Type::Object) if !schema.properties.is_empty() => {
                let (mut wire, mut found) = (Map::new(), Map::new());
                for (name, field) in &schema.properties {
                    if let Some(made) = self.value(field, &format!("{path}.{name}"), inside) {
                        wire.insert(name.clone(), made.wire);
                        found.insert(name.clone(), made.found);
                    }
                }
                Some(Made { wire: wire.into(), found: found.into() })
            }
            Some(Type::Object) => match &schema.additional_properties {
                Some(values) => {
                    let made = self.value(values, &format!("{path}{{}}"), inside)?;
                    Some(Made { wire: json!({"a key": made.wire}), found: json!({"a key": made.found}) })
                }
                None => Some(Made::same(self.anything(path))),
            },
            None | Some(Type::Any) => Some(Made::same(self.anything(path))),
            Some(kind) => Some(self.scalar(kind, schema, path)),
        }
    }

    /// What stands where the spec doesn't say what does.
    fn anything(&self, path: &str) -> Value {
        if self.version.is_secret(self.action, path) {
            return json!({"password": SECRET});
        }
        json!({"key": "value", "nested": {"list": [1, true]}})
    }

    fn scalar(&self, kind: Type, schema: &Schema, path: &str) -> Made {
        let id = self.version.id_kind(self.action, path);
        let secret = self.version.is_secret(self.action, path);
        let (wire, mut found) = match (kind, id) {
            (Type::String, Some(IdKind::CommaList)) => {
                ("17,1234567890123456789".into(), json!(["17", "1234567890123456789"]))
            }
            (Type::Integer, Some(_)) => {
                let number =
                    if schema.format.as_deref() == Some("int32") { 1_234_567 } else { 1_234_567_890_123_456_789_i64 };
                (number.into(), number.to_string().into())
            }
            (Type::String, Some(_)) => ("1234567890123456789".into(), "1234567890123456789".into()),
            (Type::String, None) => {
                let text = self.text(schema, path, secret);
                (text.clone().into(), text.into())
            }
            (Type::Integer, None) => {
                let number = number(schema).as_i64().unwrap();
                (number.into(), number.into())
            }
            (Type::Number, _) => (number(schema), number(schema)),
            _ => (true.into(), true.into()),
        };
        let wire = match self.form {
            Form::Spec => wire,
            Form::Null => Value::Null,
            Form::Swapped => swapped(&wire, id == Some(IdKind::CommaList)),
        };
        if self.form == Form::Null {
            found = Value::Null;
        }
        Made { wire, found }
    }

    fn text(&self, schema: &Schema, path: &str, secret: bool) -> String {
        let published = schema.values.as_ref().and_then(|values| values.first());
        let text = match published {
            _ if self.version.is_json(self.action, path) && secret => format!(r#"{{"password":"{SECRET}"}}"#),
            _ if self.version.is_json(self.action, path) => r#"{"a":[1,"ü"]}"#.to_owned(),
            _ if secret => SECRET.to_owned(),
            _ if self.version.is_dated(self.action, path) => "2026-01-07 00:00:00".to_owned(),
            Some(value) => value.clone(),
            // A number, so that it can be swapped for one; with what has to be escaped only where nobody swaps.
            None if self.form == Form::Swapped => "4711".to_owned(),
            // Joined by commas, elements can hold none.
            None if path.ends_with("[]") => "数 a+b&c=d*~/".to_owned(),
            None => "数 a+b&c=d*~/,".to_owned(),
        };
        let length = u64::try_from(text.chars().count()).unwrap();
        match (schema.min_length, schema.max_length) {
            (Some(least), _) if length < least => {
                format!("{text}{}", "x".repeat(usize::try_from(least - length).unwrap()))
            }
            (_, Some(most)) if length > most => text.chars().take(usize::try_from(most).unwrap()).collect(),
            _ => text,
        }
    }
}

/// A number within the bounds of the schema.
fn number(schema: &Schema) -> Value {
    let bound = |bound: &Option<serde_json::Number>| bound.as_ref().and_then(serde_json::Number::as_f64);
    let least = bound(&schema.minimum);
    let most = bound(&schema.maximum);
    let fraction = if schema.kind == Some(Type::Number) { 0.5 } else { 0.0 };
    let mut number = 42.0 + fraction;
    if let Some(most) = most.filter(|most| number > *most) {
        number = most.trunc() - if schema.exclusive_maximum { 1.0 } else { 0.0 };
    }
    if let Some(least) = least.filter(|least| number < *least) {
        number = least.trunc() + if schema.exclusive_minimum { 1.0 } else { 0.0 };
    }
    match schema.kind {
        Some(Type::Number) => number.into(),
        #[allow(clippy::cast_possible_truncation, reason = "the bounds of upstream are whole and small")]
        _ => (number as i64).into(),
    }
}

/// Another type that says the same.
fn swapped(value: &Value, comma_list: bool) -> Value {
    match value {
        Value::String(_) if comma_list => value.clone(),
        Value::String(text) => text.parse::<i64>().map_or_else(|_| value.clone(), Value::from),
        Value::Bool(value) => if *value { "True" } else { "false" }.into(),
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

/// Whether everything in `expected` is in `found`, which may hold more.
pub(super) fn missing(expected: &Value, found: &Value, path: &str, problems: &mut Vec<String>) {
    match (expected, found) {
        (Value::Null, _) => {}
        (Value::Object(fields), Value::Object(there)) => {
            for (name, value) in fields {
                let path = format!("{path}.{name}");
                match there.get(name) {
                    Some(found) => missing(value, found, &path, problems),
                    None if value.is_null() => {}
                    None => problems.push(format!("{path} is lost: {value}")),
                }
            }
        }
        (Value::Array(elements), Value::Array(there)) if elements.len() == there.len() => {
            for (index, (value, found)) in elements.iter().zip(there).enumerate() {
                missing(value, found, &format!("{path}[{index}]"), problems);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => problems.push(format!("{path} has become {found}, and was {expected}")),
    }
}
