//! How a request travels, worked out from the spec: place, style, booleans, identifiers.

use dataworks_api_spec::{Action, Method, Place, Style, Version};
use serde_json::{Map, Value};

use crate::support::Pairs;

/// What stands in the query beside the common parameters, and what in the form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) query: Pairs,
    pub(super) form: Pairs,
}

/// `values` are as the spec types them: an identifier is a number or a text, a comma list is one text.
pub(super) fn sent(version: &Version, name: &str, action: &Action, values: &Map<String, Value>) -> Sent {
    let mut sent = Sent::default();
    let has_body = matches!(action.method, Method::Post | Method::Put);
    for (parameter, value) in values {
        let facts = &action.parameters[parameter];
        let secret = holds_secret(version, name, &format!("request.{parameter}"), value);
        let target = match facts.place {
            _ if !has_body => &mut sent.query,
            Place::Query if !secret => &mut sent.query,
            _ => &mut sent.form,
        };
        match (facts.style, value) {
            (Some(Style::Json), Value::Array(_) | Value::Object(_)) => {
                target.push((parameter.clone(), value.to_string()));
            }
            (Some(Style::Simple), Value::Array(elements)) => {
                let texts: Vec<String> = elements.iter().map(text).collect();
                target.push((parameter.clone(), texts.join(",")));
            }
            _ => flatten(parameter, value, target),
        }
    }
    sent.query.sort();
    sent.form.sort();
    sent
}

/// Whether the value at this path is a secret, or has one inside.
fn holds_secret(version: &Version, action: &str, path: &str, value: &Value) -> bool {
    let inside = |path: &str, value: &Value| holds_secret(version, action, path, value);
    version.is_secret(action, path)
        || match value {
            Value::Array(elements) => elements.iter().any(|element| inside(&format!("{path}[]"), element)),
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| inside(&format!("{path}.{name}"), value) || inside(&format!("{path}{{}}"), value)),
            _ => false,
        }
}

fn flatten(name: &str, value: &Value, pairs: &mut Pairs) {
    match value {
        Value::Null => {}
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                flatten(&format!("{name}.{}", index + 1), element, pairs);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                flatten(&format!("{name}.{field}"), value, pairs);
            }
        }
        scalar => pairs.push((name.to_owned(), text(scalar))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
