//! Reads schemas.

use dataworks_api_spec::{Schema, Type};
use serde_json::Number;

use super::findings::At;
use super::reader::{Reader, shortened};
use super::value::Value;
use super::{is_field_name, shared_name};

const TYPES: &[(&str, Type)] = &[
    ("string", Type::String),
    ("integer", Type::Integer),
    ("number", Type::Number),
    ("boolean", Type::Boolean),
    ("array", Type::Array),
    ("object", Type::Object),
    ("any", Type::Any),
];

/// What is left behind: prose, and what says nothing about the wire.
const PROSE: &[&str] =
    &["title", "description", "summary", "docRequired", "enumValueTitles", "extraInfo", "allowEmptyValue"];

impl<'v> Reader<'v> {
    pub(super) fn schema(&mut self, at: &At<'_>, value: &'v Value) -> Schema {
        let mut schema = Schema::default();
        for (key, value) in self.object(at, value) {
            let here = at.key(key);
            let known = self.constraint(&here, key, value, &mut schema)
                || self.structure(&here, key, value, &mut schema)
                || PROSE.contains(&key);
            if !known {
                self.unknown("a schema", at, key);
            }
        }
        self.reconcile(at, &mut schema);
        self.check_bounds(at, value, &mut schema);
        schema
    }

    /// What a schema says about a value; whether the key was one of these.
    fn constraint(&mut self, at: &At<'_>, key: &str, value: &'v Value, schema: &mut Schema) -> bool {
        match key {
            "format" => {
                schema.format = self.text(at, value).filter(|format| !format.is_empty()).map(str::to_owned);
            }
            "required" => schema.required = self.boolean(at, value),
            "deprecated" => schema.deprecated = self.boolean(at, value),
            "enum" => {
                let values = self.list(at, value).iter().enumerate();
                schema.values =
                    Some(values.filter_map(|(index, value)| self.scalar(&at.index(index), value)).collect());
            }
            "minimum" => schema.minimum = self.number(at, value),
            "maximum" => schema.maximum = self.number(at, value),
            "exclusiveMinimum" => schema.exclusive_minimum = self.boolean(at, value),
            "exclusiveMaximum" => schema.exclusive_maximum = self.boolean(at, value),
            "minLength" => schema.min_length = self.count(at, value),
            "maxLength" => schema.max_length = self.count(at, value),
            "minItems" => schema.min_items = self.count(at, value),
            "maxItems" => schema.max_items = self.count(at, value),
            "pattern" => schema.pattern = self.text(at, value).map(str::to_owned),
            "default" => schema.default = Some(Self::any_text(value)),
            "example" => schema.example = Some(Self::any_text(value)),
            "isFileTransferUrl" => schema.is_file_transfer_url = self.boolean(at, value),
            _ => return false,
        }
        true
    }

    /// What a schema is made of; whether the key was one of these.
    fn structure(&mut self, at: &At<'_>, key: &str, value: &'v Value, schema: &mut Schema) -> bool {
        match key {
            "type" => schema.kind = self.one_of(at, value, TYPES),
            "$ref" => schema.reference = self.reference(at, value),
            "items" => schema.items = Some(Box::new(self.schema(at, value))),
            "properties" => {
                for (field, value) in self.object(at, value) {
                    let at = at.key(field);
                    if !is_field_name(field) {
                        self.wrong(
                            &at,
                            "is no name of a field: only letters, digits, _ and -, with a letter among them",
                        );
                    }
                    let field_schema = self.schema(&at, value);
                    schema.properties.insert(field.to_owned(), field_schema);
                }
            }
            "additionalProperties" => {
                schema.additional_properties = match value {
                    Value::Bool(true) => Some(Box::default()),
                    Value::Bool(false) => None,
                    _ => Some(Box::new(self.schema(at, value))),
                }
            }
            _ => return false,
        }
        true
    }

    fn reference(&mut self, at: &At<'_>, value: &'v Value) -> Option<String> {
        let name = shared_name(self.text(at, value)?);
        match name {
            Some(name) if self.shared.contains(name) => Some(name.to_owned()),
            Some(name) => {
                self.wrong(at, format!("refers to {name:?}, which components.schemas does not hold"));
                None
            }
            None => {
                self.expected(at, "#/components/schemas/<Name>", value);
                None
            }
        }
    }

    /// Leaves out bounds that no whole number can reach, and refuses those that no value can keep.
    fn check_bounds(&mut self, at: &At<'_>, value: &Value, schema: &mut Schema) {
        if schema.kind != Some(Type::Number) {
            for (key, bound) in [("minimum", &mut schema.minimum), ("maximum", &mut schema.maximum)] {
                if bound.take_if(|bound| !fits(bound)).is_some() {
                    let written = value.get(key).map(shortened).unwrap_or_default();
                    self.note(&at.key(key), format_args!("{written} is beyond 64 bits, left out"));
                }
            }
        }
        let counts = |least: Option<u64>, most: Option<u64>| Some((Number::from(least?), Number::from(most?)));
        let pairs = [
            ("minimum", "maximum", schema.minimum.clone().zip(schema.maximum.clone())),
            ("minLength", "maxLength", counts(schema.min_length, schema.max_length)),
            ("minItems", "maxItems", counts(schema.min_items, schema.max_items)),
        ];
        for (least, most, bounds) in pairs {
            if let Some((low, high)) = bounds.filter(|(low, high)| is_above(low, high)) {
                self.wrong(&at.key(least), format!("{low} is more than {most}, {high}: no value fits"));
            }
        }
    }

    /// Makes type and structure agree: a type that is missing is clear from what is there, and structure that the
    /// type has no place for would never be used.
    fn reconcile(&mut self, at: &At<'_>, schema: &mut Schema) {
        let object = !schema.properties.is_empty() || schema.additional_properties.is_some();
        if schema.kind.is_none() && schema.reference.is_none() {
            schema.kind = match (object, schema.items.is_some()) {
                (true, _) => Some(Type::Object),
                (false, true) => Some(Type::Array),
                (false, false) => None,
            };
        }
        if object && schema.kind != Some(Type::Object) {
            schema.properties.clear();
            schema.additional_properties = None;
            self.note(at, "has fields but is no object: the fields are left out");
        }
        if schema.items.is_some() && schema.kind != Some(Type::Array) {
            schema.items = None;
            self.note(at, "has items but is no list: the items are left out");
        }
    }
}

/// Whether a bound is within the whole numbers that the wire knows, or a fraction between them.
fn fits(bound: &Number) -> bool {
    /// 2⁶³.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    bound.as_i64().is_some() || (bound.is_f64() && bound.as_f64().is_some_and(|bound| bound.abs() < BEYOND))
}

fn is_above(least: &Number, most: &Number) -> bool {
    match (least.as_i64(), most.as_i64()) {
        (Some(least), Some(most)) => least > most,
        _ => least.as_f64() > most.as_f64(),
    }
}
