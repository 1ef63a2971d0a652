//! Looks at where references lead, which only the whole file shows.

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, SharedType, Type};

use super::findings::At;
use super::reader::Reader;

type Types = BTreeMap<String, SharedType>;

impl Reader<'_> {
    /// Shared schemas that lead back to themselves before they say what they hold.
    pub(super) fn check_loops(&mut self, types: &Types) {
        let components = At::ROOT.key("components");
        let schemas = components.key("schemas");
        for name in types.keys() {
            let mut way = vec![name.as_str()];
            let mut next = referred(name, types);
            // A schema that leads into a loop of others is none of that loop.
            while let Some(other) = next.filter(|other| !way[1..].contains(other)) {
                way.push(other);
                next = referred(other, types).filter(|_| other != name);
            }
            if way.len() > 1 && way.last() == Some(&name.as_str()) {
                let way = way.join(" -> ");
                self.wrong(&schemas.key(name), format!("leads to nothing but itself: {way}"));
            }
        }
    }

    /// Every answer is an object with named fields: anything else has no place for what it holds.
    pub(super) fn check_answers(&mut self, actions: &BTreeMap<String, Action>, types: &Types) {
        let apis = At::ROOT.key("apis");
        for (name, action) in actions {
            let mut schema = &action.answer;
            // As many steps as there are schemas: more is a loop, which is reported already.
            for _ in types {
                let named = schema.reference.as_ref().and_then(|name| types.get(name));
                schema = named.map_or(schema, |shared| &shared.schema);
            }
            if schema.reference.is_some() {
                continue;
            }
            let action = apis.key(name);
            let responses = action.key("responses");
            let ok = responses.key("200");
            let at = ok.key("schema");
            let found = match schema.kind {
                Some(Type::Object) if schema.properties.is_empty() && schema.additional_properties.is_some() => {
                    self.note(&at, "is a map and names no field: the answer has none");
                    continue;
                }
                None => {
                    self.note(&at, "has no type and names no field: the answer has none");
                    continue;
                }
                Some(Type::Object) => continue,
                Some(Type::Array) => "a list",
                Some(Type::String) => "a text",
                Some(Type::Integer | Type::Number) => "a number",
                Some(Type::Boolean) => "true or false",
                Some(Type::Any) => "of any type",
            };
            self.wrong(&at, format!("is {found}: an answer has to be an object"));
        }
    }
}

/// The shared schema that another only refers to.
fn referred<'t>(name: &str, types: &'t Types) -> Option<&'t str> {
    types.get(name)?.schema.reference.as_deref()
}
