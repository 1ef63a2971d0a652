//! JSON laid out for review: what fits stands on one line, so that a small change is a small diff.

use serde::Serialize;

use super::value::Value;

/// The width of a line.
const COLUMNS: usize = 120;
const INDENT: usize = 2;

/// The text of a spec file: keys in the order of the model's fields.
pub(super) fn file(model: &impl Serialize) -> Result<String, serde_json::Error> {
    // Through text, because that keeps the order of the fields.
    let value: Value = serde_json::from_str(&serde_json::to_string(model)?)?;
    let mut out = String::new();
    expand(&value, 0, &mut out);
    out.push('\n');
    Ok(out)
}

/// A text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object or list with one entry to a line; a scalar as it is.
fn expand(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let lines = entries.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value));
            expand_lines('{', lines, '}', indent, out);
        }
        Value::List(values) if !values.is_empty() => {
            expand_lines('[', values.iter().map(|value| (String::new(), value)), ']', indent, out);
        }
        _ => out.push_str(&flat(value).unwrap_or_default()),
    }
}

fn expand_lines<'v>(
    open: char,
    lines: impl Iterator<Item = (String, &'v Value)>,
    close: char,
    indent: usize,
    out: &mut String,
) {
    let inner = indent + INDENT;
    out.push(open);
    for (index, (key, value)) in lines.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n(' ', inner));
        out.push_str(&key);
        let room = COLUMNS.saturating_sub(inner + key.chars().count() + ",".len());
        match flat(value) {
            Some(line) if line.chars().count() <= room => out.push_str(&line),
            _ => expand(value, inner, out),
        }
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

/// A value on one line, unless it holds an object inside.
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::Object(entries) if entries.is_empty() => Some("{}".to_owned()),
        Value::Object(entries) => {
            let entries: Option<Vec<_>> =
                entries.iter().map(|(key, value)| Some(format!("{}: {}", quoted(key), flat_inside(value)?))).collect();
            Some(format!("{{ {} }}", entries?.join(", ")))
        }
        Value::List(values) => {
            let values: Option<Vec<_>> = values.iter().map(flat_inside).collect();
            Some(format!("[{}]", values?.join(", ")))
        }
        scalar => Some(scalar.to_string()),
    }
}

fn flat_inside(value: &Value) -> Option<String> {
    if matches!(value, Value::Object(_)) { None } else { flat(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(json: &str) -> String {
        file(&serde_json::from_str::<serde_json::Value>(json).unwrap()).unwrap()
    }

    #[test]
    fn what_holds_no_object_stands_on_one_line() {
        let text = printed(r#"{"a":{"b":["x","y"],"c":1.5},"d":[],"e":{"f":{"g":true}},"h":[{"i":null},[1,2]]}"#);
        let expected = r#"{
  "a": { "b": ["x", "y"], "c": 1.5 },
  "d": [],
  "e": {
    "f": { "g": true }
  },
  "h": [
    { "i": null },
    [1, 2]
  ]
}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn a_line_is_at_most_120_columns() {
        for length in 90..130 {
            let text = printed(&format!(r#"{{"key":{{"pattern":"{}"}}}}"#, "é".repeat(length)));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            let one_line = text.lines().count() == 3;
            assert_eq!(one_line, length <= 120 - r#"  "key": { "pattern": "" },"#.len(), "{text}");
            assert!(widest <= 120 || !one_line, "{text}");
        }
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(printed(r#"{"a\"b":"c\n\u0001运"}"#), "{\n  \"a\\\"b\": \"c\\n\\u0001运\"\n}\n");
    }
}
