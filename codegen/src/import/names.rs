//! Names of nested types: given once, recorded, and kept whatever is added later.
//!
//! A plain object is named after its field (`ResourceSettings`), an element of a list or map after its field in the
//! singular (`Nodes` → `Node`). Where two want the same name, the shallowest has it; the others put the type names
//! around them in front, and at last `Request` or `Response`.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Action, Schema};
use heck::ToUpperCamelCase as _;

use super::singular::singular;

/// Names that generated code or its readers use otherwise: no generated type may have one.
#[rustfmt::skip]
pub const RESERVED: &[&str] = &[
    // The prelude, and what stands beside it every day.
    "AsMut", "AsRef", "Box", "Clone", "Copy", "Debug", "Default", "DoubleEndedIterator", "Drop", "Eq", "Err",
    "ExactSizeIterator", "Extend", "Fn", "FnMut", "FnOnce", "From", "FromIterator", "Future", "Hash", "Into",
    "IntoFuture", "IntoIterator", "Iterator", "None", "Ok", "Option", "Ord", "PartialEq", "PartialOrd", "Result",
    "Self", "Send", "Sized", "Some", "String", "Sync", "ToOwned", "ToString", "TryFrom", "TryInto", "Unpin", "Vec",
    // The client of each version.
    "Client",
];

/// The names of an action's nested types: path → name, those recorded before as they were.
#[must_use]
pub fn of_action(name: &str, action: &Action, recorded: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut nested = Vec::new();
    for (parameter, found) in &action.parameters {
        let path = format!("request.{parameter}");
        Walk { side: "Request", nested: &mut nested }.schema(&found.schema, &Place::field(path, None));
    }
    let root = Place { path: "answer".into(), root: true, parent: None };
    Walk { side: "Response", nested: &mut nested }.schema(&action.answer, &root);
    let name = name.to_upper_camel_case();
    assign(nested, recorded, &[&format!("{name}Request"), &format!("{name}ResponseBody")])
}

/// The names of a shared schema's nested types: path → name, those recorded before as they were.
#[must_use]
pub fn of_shared(name: &str, schema: &Schema, recorded: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut nested = Vec::new();
    let own = name.to_upper_camel_case();
    let root = Place { path: format!("types.{name}"), root: true, parent: None };
    Walk { side: &own, nested: &mut nested }.schema(schema, &root);
    assign(nested, recorded, &[&own])
}

/// The name that the object at a path would have if it were alone.
pub(crate) fn own_name(path: &str) -> String {
    let field = path.trim_end_matches(['[', ']', '{', '}']);
    let name = match field.rsplit_once('.') {
        Some((_, name)) => name,
        // An answer that is a list itself.
        None => "Item",
    };
    if field == path { name.to_upper_camel_case() } else { singular(name).to_upper_camel_case() }
}

/// An object that needs a name.
struct Nested {
    path: String,
    /// The name it would have if it were alone.
    base: String,
    depth: usize,
    /// The enclosing object that has a name, as an index.
    parent: Option<usize>,
    /// What goes in front when nothing else is left.
    side: String,
}

/// Where a schema stands.
struct Place {
    path: String,
    /// Whether it is the answer or the shared schema itself, which has its name already.
    root: bool,
    parent: Option<usize>,
}

impl Place {
    fn field(path: String, parent: Option<usize>) -> Self {
        Self { path, root: false, parent }
    }

    fn element(&self, mark: &str) -> Self {
        Self { path: format!("{}{mark}", self.path), root: false, parent: self.parent }
    }
}

struct Walk<'a> {
    side: &'a str,
    nested: &'a mut Vec<Nested>,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Schema, place: &Place) {
        if schema.reference.is_some() {
            return;
        }
        if let Some(items) = &schema.items {
            self.schema(items, &place.element("[]"));
        }
        if let Some(values) = &schema.additional_properties {
            self.schema(values, &place.element("{}"));
        }
        if schema.properties.is_empty() {
            return;
        }
        let parent = if place.root { place.parent } else { Some(self.object(place)) };
        for (field, schema) in &schema.properties {
            self.schema(schema, &Place::field(format!("{}.{field}", place.path), parent));
        }
    }

    fn object(&mut self, place: &Place) -> usize {
        self.nested.push(Nested {
            path: place.path.clone(),
            base: own_name(&place.path),
            depth: place.path.matches('.').count(),
            parent: place.parent,
            side: self.side.to_owned(),
        });
        self.nested.len() - 1
    }
}

/// Gives every object its recorded name or, the shallowest first, a new one.
fn assign(nested: Vec<Nested>, recorded: &BTreeMap<String, String>, own: &[&str]) -> BTreeMap<String, String> {
    let mut names: Vec<Option<String>> = nested.iter().map(|object| recorded.get(&object.path).cloned()).collect();
    // Compared without case, because two types that differ in it only are one to a reader, and to a table's name.
    let mut taken: BTreeSet<String> = RESERVED.iter().chain(own).map(|name| name.to_ascii_lowercase()).collect();
    taken.extend(names.iter().flatten().map(|name| name.to_ascii_lowercase()));

    let mut order: Vec<usize> = (0..nested.len()).filter(|&index| names[index].is_none()).collect();
    // Stable: requests were collected before answers, and both in the order of their paths.
    order.sort_by_key(|&index| nested[index].depth);
    for index in order {
        let name = free_name(&nested, &names, index, &taken);
        taken.insert(name.to_ascii_lowercase());
        names[index] = Some(name);
    }
    nested.into_iter().zip(names).filter_map(|(object, name)| Some((object.path, name?))).collect()
}

/// The first name that is free: alone, then with one enclosing type after the other in front, then with the side.
fn free_name(nested: &[Nested], names: &[Option<String>], index: usize, taken: &BTreeSet<String>) -> String {
    let free = |name: &str| {
        name.starts_with(|first: char| first.is_alphabetic()) && !taken.contains(&name.to_ascii_lowercase())
    };
    let mut name = nested[index].base.clone();
    let mut parent = nested[index].parent;
    while let (false, Some(up)) = (free(&name), parent) {
        // A parent is shallower, so it has its name. One further out may stand in front already, with the parent's.
        let front = names[up].as_deref().unwrap_or_default();
        if Some(up) == nested[index].parent || !name.starts_with(front) {
            name = format!("{front}{name}");
        }
        parent = nested[up].parent;
    }
    while !free(&name) {
        name = format!("{}{name}", nested[index].side);
    }
    name
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object(properties: &Value) -> Value {
        json!({ "type": "object", "properties": properties })
    }

    fn list(items: &Value) -> Value {
        json!({ "type": "array", "items": items })
    }

    fn action(parameters: &Value, answer: &Value) -> Action {
        let parameters = parameters.as_object().unwrap().iter().map(|(name, schema)| {
            let mut parameter = schema.clone();
            parameter["in"] = "query".into();
            (name.clone(), parameter)
        });
        let parameters: serde_json::Map<_, _> = parameters.collect();
        serde_json::from_value(json!({ "method": "POST", "parameters": parameters, "answer": answer })).unwrap()
    }

    fn named(action: &Action) -> BTreeMap<String, String> {
        of_action("ListNodes", action, &BTreeMap::new())
    }

    fn expect(names: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|(path, name)| ((*path).to_owned(), (*name).to_owned()));
        assert_eq!(*names, expected.collect());
    }

    fn leaf() -> Value {
        object(&json!({ "Name": { "type": "string" } }))
    }

    #[test]
    fn named_after_the_field() {
        let answer = object(&json!({
            "Any": { "type": "object" },
            "DISyncTasks": list(&leaf()),
            "JobSettings": leaf(),
            "Matrix": list(&list(&leaf())),
            "NodeList": list(&leaf()),
            "Plain": { "type": "object", "additionalProperties": { "type": "string" } },
            "Shared": { "$ref": "Column" },
            "SuccessInfos": { "type": "object", "additionalProperties": leaf() },
            "scenes": list(&leaf()),
        }));
        expect(
            &named(&action(&json!({ "Tags": list(&leaf()) }), &answer)),
            &[
                ("answer.DISyncTasks[]", "DiSyncTask"),
                ("answer.JobSettings", "JobSettings"),
                ("answer.Matrix[][]", "Matrix"),
                ("answer.NodeList[]", "Node"),
                ("answer.SuccessInfos{}", "SuccessInfo"),
                ("answer.scenes[]", "Scene"),
                ("request.Tags[]", "Tag"),
            ],
        );
    }

    #[test]
    fn the_shallowest_takes_the_short_name() {
        let deep = object(
            &json!({ "Inputs": object(&json!({ "Node": leaf() })), "Outputs": object(&json!({ "Node": leaf() })) }),
        );
        let answer = object(&json!({ "Data": object(&json!({ "Nodes": list(&deep) })) }));
        expect(
            &named(&action(&json!({}), &answer)),
            &[
                ("answer.Data", "Data"),
                ("answer.Data.Nodes[]", "Node"),
                ("answer.Data.Nodes[].Inputs", "Inputs"),
                ("answer.Data.Nodes[].Inputs.Node", "InputsNode"),
                ("answer.Data.Nodes[].Outputs", "Outputs"),
                ("answer.Data.Nodes[].Outputs.Node", "OutputsNode"),
            ],
        );
    }

    #[test]
    fn one_enclosing_type_after_the_other_goes_in_front() {
        let variable = object(&json!({ "Variables": list(&leaf()) }));
        let answer = object(&json!({
            "A": object(&json!({ "Outputs": variable })),
            "B": object(&json!({ "Outputs": variable })),
            "OutputsVariable": leaf(),
            "Variable": leaf(),
        }));
        let names = named(&action(&json!({ "Variable": leaf() }), &answer));
        assert_eq!(names["request.Variable"], "Variable");
        assert_eq!(names["answer.Variable"], "ResponseVariable");
        assert_eq!(names["answer.A.Outputs"], "Outputs");
        assert_eq!(names["answer.A.Outputs.Variables[]"], "AOutputsVariable");
        assert_eq!(names["answer.B.Outputs"], "BOutputs");
        assert_eq!(names["answer.B.Outputs.Variables[]"], "BOutputsVariable");
    }

    #[test]
    fn names_in_use_are_avoided() {
        let answer = object(&json!({
            "Client": leaf(),
            "Data": object(&json!({ "Files": list(&leaf()), "Option": leaf() })),
            "ListNodesRequest": leaf(),
            "ListNodesResponseBody": leaf(),
            "2fa": leaf(),
        }));
        expect(
            &named(&action(&json!({ "Objects": list(&leaf()) }), &answer)),
            &[
                ("answer.2fa", "Response2fa"),
                ("answer.Client", "ResponseClient"),
                ("answer.Data", "Data"),
                ("answer.Data.Files[]", "File"),
                ("answer.Data.Option", "DataOption"),
                ("answer.ListNodesRequest", "ResponseListNodesRequest"),
                ("answer.ListNodesResponseBody", "ResponseListNodesResponseBody"),
                ("request.Objects[]", "Object"),
            ],
        );
    }

    #[test]
    fn names_that_differ_only_in_case_are_one() {
        let answer = object(&json!({ "DIJob": leaf(), "DiJob": leaf(), "dijob": leaf() }));
        let names = named(&action(&json!({}), &answer));
        assert_eq!(names["answer.DIJob"], "DiJob");
        assert_eq!(names["answer.DiJob"], "ResponseDiJob");
        assert_eq!(names["answer.dijob"], "ResponseResponseDijob");
    }

    #[test]
    fn what_was_given_stays() {
        let nodes = object(&json!({ "Data": object(&json!({ "Nodes": list(&leaf()), "Old": leaf() })) }));
        let before = named(&action(&json!({}), &nodes));
        assert_eq!(before["answer.Data.Nodes[]"], "Node");

        // Shallower ones come, in the request and in the answer, and one goes.
        let nodes = object(&json!({ "Data": object(&json!({ "Nodes": list(&leaf()) })), "Node": leaf() }));
        let later = action(&json!({ "Node": leaf() }), &nodes);
        let after = of_action("ListNodes", &later, &before);
        expect(
            &after,
            &[
                ("answer.Data", "Data"),
                ("answer.Data.Nodes[]", "Node"),
                ("answer.Node", "ResponseNode"),
                ("request.Node", "RequestNode"),
            ],
        );
        assert_eq!(of_action("ListNodes", &later, &after), after);
    }

    #[test]
    fn roots_have_their_own_names() {
        let answer = list(&leaf());
        expect(&named(&action(&json!({}), &answer)), &[("answer[]", "Item")]);

        let shared = object(&json!({ "Column": leaf(), "Tags": list(&leaf()), "Child": { "$ref": "Column" } }));
        let shared = serde_json::from_value(shared).unwrap();
        expect(
            &of_shared("Column", &shared, &BTreeMap::new()),
            &[("types.Column.Column", "ColumnColumn"), ("types.Column.Tags[]", "Tag")],
        );
    }
}
