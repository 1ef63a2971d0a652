//! Reads actions.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Action, Method, Parameter, Place, Schema, Style, Type};

use super::findings::At;
use super::reader::Reader;
use super::value::Value;
use super::{is_field_name, is_type_name, is_version};

const METHODS: &[(&str, Method)] =
    &[("GET", Method::Get), ("POST", Method::Post), ("PUT", Method::Put), ("DELETE", Method::Delete)];
const PLACES: &[(&str, Place)] = &[("query", Place::Query), ("formData", Place::FormData), ("host", Place::Host)];
const STYLES: &[(&str, Style)] = &[("json", Style::Json), ("simple", Style::Simple), ("repeatList", Style::RepeatList)];

/// What is left behind of an action: prose, and what is the same for all of them.
const PROSE: &[&str] = &[
    "consumes",
    "description",
    "extraInfo",
    "produces",
    "requestParamsDescription",
    "responseDemo",
    "responseParamsDescription",
    "schemes",
    "security",
    "summary",
    "systemTags",
    "title",
];
const PARAMETER_PROSE: &[&str] =
    &["allowEmptyValue", "description", "docRequired", "example", "extraInfo", "summary", "title"];
const RESPONSE_PROSE: &[&str] = &["description", "headers", "summary", "title"];

/// What the protocol itself sends with every call: a parameter of such a name would break it.
const COMMON: &[&str] = &[
    "Action",
    "Version",
    "Format",
    "Signature",
    "SignatureNonce",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureType",
    "Timestamp",
    "AccessKeyId",
    "SecurityToken",
    "BearerToken",
];

/// The product and version that an action belongs to.
#[derive(Clone, Copy)]
pub(super) struct Home<'a> {
    pub(super) product: &'a str,
    pub(super) version: &'a str,
}

impl<'v> Reader<'v> {
    pub(super) fn action(&mut self, at: &At<'_>, value: &'v Value, home: Home<'_>) -> Action {
        let mut action = Action {
            method: Method::Post,
            deprecated: false,
            replaced_by: None,
            operation_type: None,
            parameters: BTreeMap::new(),
            answer: Schema { kind: Some(Type::Object), ..Schema::default() },
            error_codes: BTreeMap::new(),
            type_names: BTreeMap::new(),
            field_names: BTreeMap::new(),
        };
        let entries = self.object(at, value);
        for (key, value) in &entries {
            let here = at.key(key);
            match *key {
                "methods" => {}
                "deprecated" => action.deprecated = self.boolean(&here, value),
                "operationType" => action.operation_type = self.text(&here, value).map(str::to_owned),
                "replacedBy" => action.replaced_by = self.replacement(&here, value, home).or(action.replaced_by),
                "staticInfo" => action.replaced_by = self.substitution(&here, value, home).or(action.replaced_by),
                "parameters" => action.parameters = self.parameters(&here, value),
                "responses" => self.answer(&here, value, &mut action.answer),
                "errorCodes" => action.error_codes = self.error_codes(&here, value),
                _ if PROSE.contains(key) => {}
                _ => self.unknown("an action", at, key),
            }
        }
        action.method = self.method(at, value);
        action
    }

    /// POST if it is listed, because it has room; else the first.
    fn method(&mut self, at: &At<'_>, action: &'v Value) -> Method {
        let here = at.key("methods");
        let Some(value) = action.get("methods") else {
            if matches!(action, Value::Object(_)) {
                self.wrong(&here, "is missing: a list of HTTP methods");
            }
            return Method::Post;
        };
        let listed = self.list(&here, value);
        let is_post = |value: &Value| matches!(value, Value::Text(text) if text.eq_ignore_ascii_case("post"));
        let index = listed.iter().position(is_post).unwrap_or(0);
        let Some(value) = listed.get(index) else {
            if matches!(value, Value::List(_)) {
                self.wrong(&here, "is empty: a list of HTTP methods");
            }
            return Method::Post;
        };
        let upper = match value {
            Value::Text(text) => Value::Text(text.to_ascii_uppercase()),
            other => other.clone(),
        };
        self.one_of(&here.index(index), &upper, METHODS).unwrap_or(Method::Post)
    }

    fn parameters(&mut self, at: &At<'_>, value: &'v Value) -> BTreeMap<String, Parameter> {
        let mut parameters = BTreeMap::new();
        for (index, value) in self.list(at, value).iter().enumerate() {
            let here = at.index(index);
            let Some((name, parameter)) = self.parameter(&here, value) else {
                continue;
            };
            if parameters.insert(name.to_owned(), parameter).is_some() {
                self.wrong(&here.key("name"), format!("{name:?} is the name of two parameters"));
            }
        }
        parameters
    }

    fn parameter(&mut self, at: &At<'_>, value: &'v Value) -> Option<(&'v str, Parameter)> {
        let (mut name, mut place, mut style, mut schema) = (None, None, None, None);
        let mut deprecated = false;
        let entries = self.object(at, value);
        if !matches!(value, Value::Object(_)) {
            return None;
        }
        for (key, value) in entries {
            let here = at.key(key);
            match key {
                "name" => name = self.text(&here, value),
                "in" => place = self.one_of(&here, value, PLACES),
                "style" => style = self.one_of(&here, value, STYLES),
                "schema" => schema = Some(self.schema(&here, value)),
                "deprecated" => deprecated = self.boolean(&here, value),
                _ if PARAMETER_PROSE.contains(&key) => {}
                _ => self.unknown("a parameter", at, key),
            }
        }
        for key in ["name", "in", "schema"] {
            if value.get(key).is_none() {
                self.wrong(&at.key(key), "is missing");
            }
        }
        let name = name?;
        if !is_field_name(name) {
            let what = "is no name of a parameter: only letters, digits, _ and -, with a letter among them";
            self.wrong(&at.key("name"), format!("{name:?} {what}"));
        }
        if COMMON.contains(&name) {
            let what = "is a parameter of the protocol itself, which goes with every call: no action can have it";
            self.wrong(&at.key("name"), format!("{name:?} {what}"));
        }
        let mut schema = schema?;
        schema.deprecated |= deprecated;
        Some((name, Parameter { place: place?, style, schema }))
    }

    fn answer(&mut self, at: &At<'_>, value: &'v Value, answer: &mut Schema) {
        for (status, value) in self.object(at, value) {
            let here = at.key(status);
            if status != "200" {
                self.unknown("responses", at, status);
                continue;
            }
            for (key, value) in self.object(&here, value) {
                match key {
                    "schema" => *answer = self.schema(&here.key(key), value),
                    _ if RESPONSE_PROSE.contains(&key) => {}
                    _ => self.unknown("a response", &here, key),
                }
            }
        }
    }

    fn error_codes(&mut self, at: &At<'_>, value: &'v Value) -> BTreeMap<u16, Vec<String>> {
        let mut codes = BTreeMap::new();
        for (status, value) in self.object(at, value) {
            let here = at.key(status);
            let number = status.parse().ok().filter(|number| (100..600).contains(number));
            if number.is_none() {
                self.wrong(&here, "is no HTTP status");
            }
            let mut listed = BTreeSet::new();
            for (index, value) in self.list(&here, value).iter().enumerate() {
                let here = here.index(index);
                for (key, value) in self.object(&here, value) {
                    match key {
                        "errorCode" => listed.extend(self.text(&here.key(key), value).map(str::to_owned)),
                        "errorMessage" | "description" => {}
                        _ => self.unknown("an error code", &here, key),
                    }
                }
            }
            // Sorted, because their order upstream means nothing and moves.
            if let Some(number) = number.filter(|_| !listed.is_empty()) {
                codes.insert(number, listed.into_iter().collect());
            }
        }
        codes
    }

    fn substitution(&mut self, at: &At<'_>, value: &'v Value, home: Home<'_>) -> Option<String> {
        let substitutions = self.object(at, value).into_iter().find(|(key, _)| *key == "substitutions")?.1;
        let at = at.key("substitutions");
        let named = self.list(&at, substitutions).iter().enumerate();
        let named: Vec<_> =
            named.filter_map(|(index, value)| self.replacement(&at.index(index), value, home)).collect();
        named.into_iter().next()
    }

    /// `product::version::Action` as `Action`, or `version Action` where that is another version.
    fn replacement(&mut self, at: &At<'_>, value: &'v Value, home: Home<'_>) -> Option<String> {
        let text = self.text(at, value)?;
        let parts: Vec<_> = text.split("::").map(str::trim).collect();
        let (product, version, action) = match *parts.as_slice() {
            [product, version, action] => (product, version, action),
            [version, action] => (home.product, version, action),
            [action] => (home.product, home.version, action),
            _ => ("", "", ""),
        };
        if !is_type_name(action) || !is_version(version) {
            self.note(at, format_args!("{text:?} names no action (<product>::<version>::<Action>), left out"));
        } else if product != home.product {
            self.note(at, format_args!("{text:?} is an action of another product, left out"));
        } else if version == home.version {
            return Some(action.to_owned());
        } else {
            return Some(format!("{version} {action}"));
        }
        None
    }
}
