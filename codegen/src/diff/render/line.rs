//! The line of a file on which a change stands, as far as it can be found.

use dataworks_api_spec::position::{in_decisions, in_json};

use crate::diff::Change;

/// The line on which a change stands in the text of its file; what is gone is shown where it was missed.
pub(super) fn line(change: &Change, file: &str, text: &str) -> Option<u64> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let path = change.place.path.as_str();
    let found = match name {
        "overlay.yaml" => decided(change, text),
        "glossary.yaml" => in_decisions(text, "", path.strip_prefix("glossary.")?, "", ""),
        "groups.yaml" => {
            let id = path.strip_prefix("groups.")?.split('.').next()?;
            in_decisions(text, "", "", "", &format!("id: {id}"))
        }
        _ if name.ends_with(".json") => nearest_key(text, keys(path)),
        _ => None,
    };
    found.map(|(line, _)| line)
}

/// The last of these keys, or the nearest one around it that is there.
fn nearest_key(text: &str, mut keys: Vec<String>) -> Option<(u64, u64)> {
    while !keys.is_empty() {
        let found = in_json(text, &keys);
        if found.is_some() {
            return found;
        }
        keys.pop();
    }
    None
}

/// The keys that lead to a place in the file of an action, a shared type or a service.
fn keys(path: &str) -> Vec<String> {
    let marked = path.replace("[]", ".[]").replace("{}", ".{}");
    let mut steps = marked.split('.');
    let mut keys: Vec<String> = match steps.next() {
        Some("request") => ["parameters"].into_iter().chain(steps.next()).map(str::to_owned).collect(),
        Some("answer") => vec!["answer".to_owned()],
        Some("types") => steps.next().map(|_| vec!["schema".to_owned()]).unwrap_or_default(),
        // A region has no dot in it.
        Some("endpoints") => return ["endpoints"].into_iter().chain(steps).map(str::to_owned).collect(),
        _ => return Vec::new(),
    };
    for step in steps {
        match step {
            "[]" => keys.push("items".to_owned()),
            "{}" => keys.push("additionalProperties".to_owned()),
            name => keys.extend(["properties".to_owned(), name.to_owned()]),
        }
    }
    keys
}

/// The keys of an overlay's entries, and what the rules about them begin with.
const KEYS: &[(&str, &str)] = &[
    ("summary-", "summary"),
    ("group-", "group"),
    ("safety-", "safety"),
    ("pages-", "pages"),
    ("outcome-", "outcome"),
    ("events-", "events"),
    ("id-", "ids"),
    ("secret-", "secrets"),
    ("json-", "json"),
    ("alias-", "aliases"),
    ("shorthand-", "shorthands"),
    ("doc-", "docs"),
    ("replacement-", "replaced_by"),
    ("rename-", "renames"),
    ("pin-", "pins"),
];

/// Where an overlay speaks of the change: its value, or else its key, its entry, its section.
fn decided(change: &Change, text: &str) -> Option<(u64, u64)> {
    let path = change.place.path.as_str();
    let key = KEYS.iter().find(|(begin, _)| change.rule.id.starts_with(begin)).map_or("", |(_, key)| key);
    let said = change.after.as_deref().or(change.before.as_deref()).unwrap_or_default();
    let mut steps = path.splitn(4, '.');
    let listed;
    let (section, entry, key, value) = match (&change.place.action, steps.next(), steps.next()) {
        (Some(action), ..) => {
            let value = path.strip_prefix("shorthands.").unwrap_or(path);
            ("actions", action.as_str(), key, if value.is_empty() && key == "aliases" { said } else { value })
        }
        (None, Some("enums"), Some(name)) => {
            let (key, value) = (steps.next().unwrap_or_default(), steps.next().unwrap_or_default());
            // A value is a key of its own, so that `RUN` is not found in `RUNNING`.
            listed = if key == "values" { format!("{value}:") } else { value.to_owned() };
            ("enums", name, key, listed.as_str())
        }
        (None, Some("types"), Some(name)) => ("types", name.split(['[', '{']).next().unwrap_or(name), key, path),
        (None, Some(list @ ("undecided" | "names_kept")), None) => (list, "", "", said),
        _ => return None,
    };
    in_decisions(text, section, entry, key, value).or_else(|| in_decisions(text, section, "", "", ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Place;

    const ACTION: &str = r#"{
  "method": "POST",
  "parameters": {
    "Owner": { "in": "query", "type": "string" },
    "Rules": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": { "Tags": { "type": "object", "additionalProperties": {
          "properties": { "Size": { "type": "integer" } } } } }
      }
    }
  },
  "answer": {
    "properties": {
      "Owner": { "type": "string" }
    }
  }
}"#;

    fn at(rule: &str, action: &str, path: &str, file: &str, text: &str) -> Option<u64> {
        let change = Change::new(rule, Place::of_action("2020-05-18", action, path));
        line(&change.after("ShowTree"), file, text)
    }

    #[test]
    fn a_key_of_an_action_has_its_line() {
        for (path, expected) in [
            ("request.Owner", 4),
            ("request.Rules[].Tags", 9),
            ("request.Rules[].Tags{}.Size", 10),
            ("answer.Owner", 16),
            ("answer.Gone.Size", 15),
            ("request.Gone", 3),
        ] {
            let found = at("parameter-removed", "GetThing", path, "actions/GetThing.json", ACTION);
            assert_eq!(found, Some(expected), "{path}");
        }
        assert_eq!(at("method-changed", "GetThing", "", "actions/GetThing.json", ACTION), None);
        let service = "{\n  \"endpoints\": {\n    \"cn-shanghai\": { \"public\": \"a\" }\n  }\n}";
        assert_eq!(at("endpoint-host-changed", "", "endpoints.cn-shanghai", "service.json", service), Some(3));
        let shared = "{\n  \"schema\": {\n    \"properties\": {\n      \"Size\": {}\n    }\n  }\n}";
        assert_eq!(at("answer-field-added", "", "types.Thing.Size", "types/Thing.json", shared), Some(4));
    }

    #[test]
    fn an_entry_of_people_has_its_line() {
        let overlay = "\
enums:
  Mode:
    doc: A.
    values:
      A:
      B:
    fields:
      - GetTree.answer.Mode
undecided:
  - ShowTree
actions:
  GetTree:
    aliases: [LookAtTree,
      ShowTree]
    secrets: [request.Name]
    shorthands:
      - name: for_id
";
        for (rule, action, path, expected) in [
            ("enum-value-decided", "", "enums.Mode.values.B", 6),
            ("enum-field-added", "", "enums.Mode.fields.GetTree.answer.Mode", 8),
            ("enum-removed", "", "enums.Gone", 1),
            ("undecided-added", "", "undecided", 10),
            ("alias-added", "GetTree", "", 14),
            ("secret-decided", "GetTree", "request.Name", 15),
            ("secret-dropped", "GetTree", "request.Gone", 15),
            ("shorthand-changed", "GetTree", "shorthands.for_id", 17),
            ("safety-relaxed", "GetTree", "", 12),
            ("safety-relaxed", "FellTree", "", 11),
        ] {
            assert_eq!(at(rule, action, path, "overlay.yaml", overlay), Some(expected), "{rule} {path}");
        }
        let glossary = "Color: Green.\nSize: In metres.\n";
        assert_eq!(at("glossary-changed", "", "glossary.Size", "glossary.yaml", glossary), Some(2));
        let groups = "- {id: a, title: A}\n- {id: b, title: B}\n";
        assert_eq!(at("groups-changed", "", "groups.b.title", "groups.yaml", groups), Some(2));
    }
}
