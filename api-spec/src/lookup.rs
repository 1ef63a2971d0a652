//! Finds the schema that a path names.

use crate::{Schema, Type, Version};

/// So many `$ref`s in a row lead nowhere: shared schemas that only name each other.
const MOST_REFERENCES: usize = 16;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// `.Name`
    Field(&'a str),
    /// `[]`
    Items,
    /// `{}`
    Values,
}

/// A place in the spec that was found.
pub(crate) struct Found<'a> {
    pub(crate) schema: &'a Schema,
    /// The same place as seen from each shared schema that the path leads through: `types.Column.Name`.
    pub(crate) shared: Vec<String>,
}

/// Where a walk stopped.
pub(crate) struct Lost<'p> {
    /// The part of the path that exists.
    pub(crate) known: &'p str,
    /// The field that does not, or the whole rest where that is no field.
    pub(crate) unknown: &'p str,
    /// The names that stand there instead.
    pub(crate) candidates: Vec<String>,
    /// `[]` or `{}` where a list or a map stands in the way.
    pub(crate) missing: &'static str,
}

impl Version {
    /// The schema at a path: `request.Name`, `answer.Data.Nodes[].Owner`, or (with any action, an empty one too)
    /// `types.Column.Name`. A `$ref` on the way or at the end is followed.
    #[must_use]
    pub fn schema_at(&self, action: &str, path: &str) -> Option<&Schema> {
        self.find(action, path).ok().map(|found| found.schema)
    }

    /// Follows `$ref`s until a schema says something itself.
    #[must_use]
    pub fn resolve<'a>(&'a self, schema: &'a Schema) -> Option<&'a Schema> {
        let mut schema = schema;
        for _ in 0..MOST_REFERENCES {
            let Some(name) = &schema.reference else {
                return Some(schema);
            };
            schema = &self.types.get(name)?.schema;
        }
        None
    }

    pub(crate) fn find<'p>(&self, action: &str, path: &'p str) -> Result<Found<'_>, Lost<'p>> {
        let (mut schema, start) = self.root(action, path)?;
        let mut shared = Vec::new();
        let mut rest = &path[start..];
        loop {
            let mut hops = 0;
            while let Some(name) = &schema.reference {
                let target = self.types.get(name).filter(|_| hops < MOST_REFERENCES);
                let Some(target) = target else {
                    return Err(lost(path, rest, Vec::new()));
                };
                shared.push(format!("types.{name}{rest}"));
                schema = &target.schema;
                hops += 1;
            }
            if rest.is_empty() {
                return Ok(Found { schema, shared });
            }
            let Some((step, after)) = next_step(rest) else {
                return Err(lost(path, rest, Vec::new()));
            };
            let inner = match step {
                Step::Field(name) => schema.properties.get(name),
                Step::Items => schema.items.as_deref(),
                Step::Values => schema.additional_properties.as_deref(),
            };
            let Some(inner) = inner else {
                let missing = match (step, &schema.items, &schema.additional_properties) {
                    (Step::Items, ..) | (_, None, None) => "",
                    (_, Some(_), _) => "[]",
                    (Step::Values, None, Some(_)) => "",
                    (Step::Field(_), None, Some(_)) => "{}",
                };
                return Err(Lost { missing, ..lost(path, rest, schema.properties.keys().cloned().collect()) });
            };
            schema = inner;
            rest = after;
        }
    }

    /// The schema where a path begins, and how many bytes of the path name it.
    fn root<'p>(&self, action: &str, path: &'p str) -> Result<(&Schema, usize), Lost<'p>> {
        let head = path.split(['.', '[', '{']).next().unwrap_or_default();
        let rest = &path[head.len()..];
        let heads = || ["request", "answer", "types"].map(str::to_owned).to_vec();
        let (schema, after) = match head {
            "answer" => (self.actions.get(action).map(|action| &action.answer), rest),
            "request" | "types" => {
                let Some((Step::Field(name), after)) = next_step(rest) else {
                    return Err(lost(path, rest, Vec::new()));
                };
                let schema = if head == "types" {
                    self.types.get(name).map(|shared| &shared.schema)
                } else {
                    self.actions
                        .get(action)
                        .and_then(|action| action.parameters.get(name))
                        .map(|parameter| &parameter.schema)
                };
                (schema, after)
            }
            _ => {
                return Err(Lost { known: "", unknown: head, candidates: heads(), missing: "" });
            }
        };
        let candidates = || match head {
            "types" => self.types.keys().cloned().collect(),
            _ => self.actions.get(action).map(|it| it.parameters.keys().cloned().collect()).unwrap_or_default(),
        };
        schema.map(|schema| (schema, path.len() - after.len())).ok_or_else(|| lost(path, rest, candidates()))
    }
}

fn lost<'p>(path: &'p str, rest: &'p str, candidates: Vec<String>) -> Lost<'p> {
    let known = &path[..path.len() - rest.len()];
    let unknown = match next_step(rest) {
        Some((Step::Field(name), _)) => name,
        _ => rest,
    };
    Lost { known, unknown, candidates, missing: "" }
}

/// Takes the first step off a path that begins with `.`, `[]` or `{}`.
pub(crate) fn next_step(path: &str) -> Option<(Step<'_>, &str)> {
    if let Some(rest) = path.strip_prefix("[]") {
        return Some((Step::Items, rest));
    }
    if let Some(rest) = path.strip_prefix("{}") {
        return Some((Step::Values, rest));
    }
    let path = path.strip_prefix('.')?;
    let end = path.find(['.', '[', '{']).unwrap_or(path.len());
    (end > 0).then(|| (Step::Field(&path[..end]), &path[end..]))
}

/// The name of the field where a path ends, `[]` left aside; nothing where it ends in the values of a map.
pub(crate) fn field_name(path: &str) -> Option<&str> {
    let path = path.trim_end_matches("[]");
    let name = &path[path.rfind('.')? + 1..];
    (!name.ends_with("{}")).then_some(name)
}

impl Schema {
    /// Whether it is a text or a whole number.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.kind, Some(Type::String | Type::Integer))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{action, list, object, version};

    fn sample() -> Version {
        let text = json!({ "type": "string" });
        let row = json!({ "Name": text, "Parent": { "$ref": "Row" }, "Tags": { "type": "object", "additionalProperties": list(&text) } });
        let types = json!({
            "Row": { "schema": object(&row) },
            "Loop": { "schema": { "$ref": "Loop" } },
        });
        let fields =
            json!({ "Rows": list(&json!({ "$ref": "Row" })), "Loop": { "$ref": "Loop" }, "Lost": { "$ref": "Gone" } });
        version(json!({ "A": action(&json!({ "Row": { "$ref": "Row" } }), &fields) }), types, "actions: {}")
    }

    #[test]
    fn a_path_leads_through_lists_maps_and_shared_schemas() {
        let version = sample();
        for path in ["answer.Rows[].Name", "answer.Rows[].Parent.Parent.Name", "request.Row.Tags{}[]", "types.Row.Name"]
        {
            assert_eq!(version.schema_at("A", path).and_then(|schema| schema.kind), Some(Type::String), "{path}");
        }
        assert_eq!(version.schema_at("A", "request.Row").and_then(|schema| schema.kind), Some(Type::Object));
        assert_eq!(version.schema_at("A", "answer").and_then(|schema| schema.kind), Some(Type::Object));
        let found = version.find("A", "answer.Rows[].Parent.Name").map_err(|lost| lost.unknown).unwrap();
        assert_eq!(found.shared, ["types.Row.Parent.Name", "types.Row.Name"]);
    }

    #[test]
    fn a_path_that_leads_nowhere_says_where_it_ends() {
        let version = sample();
        let lost = |path| version.find("A", path).err().map(|lost| (lost.known, lost.unknown));
        assert_eq!(lost("answer.Rows[].Nmae"), Some(("answer.Rows[]", "Nmae")));
        assert_eq!(lost("answer.Rows.Name"), Some(("answer.Rows", "Name")));
        assert_eq!(lost("request.Rwo"), Some(("request", "Rwo")));
        assert_eq!(lost("anwser.Rows"), Some(("", "anwser")));
        assert_eq!(lost("types.Rwo"), Some(("types", "Rwo")));
        for path in [
            "",
            ".",
            "request",
            "request.",
            "types",
            "answer.",
            "answer[",
            "answer.Rows[0]",
            "answer..",
            "answer.Loop",
            "answer.Lost",
            "answer{}",
        ] {
            assert!(version.find("A", path).is_err(), "{path}");
        }
        assert!(version.find("B", "answer").is_err());
    }

    #[test]
    fn the_last_field_is_named() {
        let names = ["answer.Data", "request.NodeIds[]", "answer.A[][]", "answer.Map{}", "answer", "answer.Map{}.Id"]
            .map(field_name);
        assert_eq!(names, [Some("Data"), Some("NodeIds"), Some("A"), None, None, Some("Id")]);
    }
}
