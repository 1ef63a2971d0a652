//! Small specs for the tests.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::{Service, Version, parse};

/// A version with these actions, these shared schemas and this overlay (YAML).
pub(crate) fn version(actions: Value, types: Value, overlay: &str) -> Version {
    Version {
        service: Service { version: "2020-05-18".to_owned(), ..Service::default() },
        actions: serde_json::from_value(actions).unwrap(),
        types: serde_json::from_value(types).unwrap(),
        overlay: parse(Path::new("overlay.yaml"), overlay).unwrap(),
        examples: BTreeMap::new(),
    }
}

/// An action with these parameters, and with these fields in its answer.
pub(crate) fn action(parameters: &Value, fields: &Value) -> Value {
    let mut parameters = parameters.clone();
    for parameter in parameters.as_object_mut().unwrap().values_mut() {
        parameter["in"] = json!("query");
    }
    json!({ "method": "POST", "parameters": parameters, "answer": object(fields) })
}

/// An object with these fields.
pub(crate) fn object(fields: &Value) -> Value {
    json!({ "type": "object", "properties": fields })
}

/// A list of these.
pub(crate) fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}
