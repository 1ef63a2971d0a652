//! What the documentation says about a field, built from the facts.

use std::fmt::Write as _;

use dataworks_api_spec::{Schema, Spec, Version, is_generic, says_more};

use super::{
    Context,
    model::{Field, Ty},
    names, version_module,
};

/// Longer examples are cut.
const LONGEST_EXAMPLE: usize = 80;

/// Longer patterns help nobody.
const LONGEST_PATTERN: usize = 60;

/// A sentence as it stands in documentation: escaped, with a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = escape(text.trim());
    if text.ends_with(['.', '!', '?']) || text.is_empty() { text } else { format!("{text}.") }
}

/// Keeps rustdoc from taking brackets for links and angles for tags, outside of code.
pub(crate) fn escape(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut escaped = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            escaped.push('`');
        }
        if index % 2 == 1 {
            escaped.push_str(part);
            continue;
        }
        for word in part.split_inclusive(' ') {
            if word.starts_with("http://") || word.starts_with("https://") {
                let (url, rest) = word.split_at(word.trim_end_matches(['.', ',', ';', ')', ' ']).len());
                let _ = write!(escaped, "<{url}>{rest}");
                continue;
            }
            for c in word.chars() {
                if matches!(c, '[' | ']' | '<' | '>' | '*' | '_' | '\\') && !is_inside_word(c, word) {
                    escaped.push('\\');
                }
                escaped.push(c);
            }
        }
    }
    escaped
}

/// An underscore inside a word needs no escape.
fn is_inside_word(c: char, word: &str) -> bool {
    let word = word.trim();
    c == '_' && !word.starts_with('_') && !word.ends_with('_')
}

/// A text as code, or nothing where it cannot be.
pub(crate) fn code(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && !text.contains(|c: char| c == '`' || c.is_control());
    fits.then(|| format!("`{text}`"))
}

/// The sentence that people wrote about a field, as it is, and whether it is about the field's place.
pub(crate) fn written<'a>(context: &Context<'a>, action: &str, field: &Field) -> Option<(&'a str, bool)> {
    let version = context.version;
    match context.spec.explanation(version, action, &field.path) {
        Some(written) => Some((written.text, written.placed)),
        // What an enumeration says of itself, it says of the places that share it.
        None => match inner(&field.ty) {
            Ty::Enum(name) => Some((version.overlay.enums.get(name)?.doc.as_str(), true)),
            _ => None,
        },
    }
}

/// The sentence that people wrote about a field, and whether it explains it.
fn lead(context: &Context<'_>, action: &str, field: &Field) -> Option<(String, bool)> {
    let (text, placed) = written(context, action, field)?;
    Some((sentence(text), says_more(&field.wire, text) && (placed || !is_generic(&field.wire))))
}

/// The documentation of a field: what it is, then what holds for its value. And whether people explained it.
pub(crate) fn field(context: &Context<'_>, action: &str, field: &Field, schema: &Schema) -> (Vec<String>, bool) {
    let (lead, explained) = lead(context, action, field).map_or((None, false), |(lead, told)| (Some(lead), told));
    let counted =
        lead.as_ref().is_some_and(|line| field.least.is_some_and(|least| line.contains(&format!("from {least}"))));
    let is_dated = lead.as_ref().is_some_and(|line| line.contains("epoch"));
    let mut text = lead.unwrap_or_else(|| format!("`{}`.", field.wire));
    let mut say = |sentence: String| {
        text.push(' ');
        text.push_str(&sentence);
    };
    if field.required {
        say("Required.".to_owned());
    }
    if is_time(&field.wire, schema) && !is_dated {
        say("Milliseconds since the epoch.".to_owned());
    }
    if let Some(range) = range(field, counted) {
        say(range);
    }
    if let Some(pattern) = schema.pattern.as_deref().filter(|it| it.len() <= LONGEST_PATTERN).and_then(code) {
        say(format!("Matches {pattern}."));
    }
    let default = schema.default.as_deref().and_then(|text| value(&field.ty, text));
    if let Some(default) = &default {
        say(format!("Default: {default}."));
    }
    let values = values(&field.ty, schema);
    // An enumeration documents its own.
    if !values.is_empty() && !matches!(inner(&field.ty), Ty::Enum(_)) {
        say(match values.as_slice() {
            [only] => format!("Only {only}."),
            [first, second] => format!("{first} or {second}."),
            _ => format!("One of {}.", values.join(", ")),
        });
    }
    if let Some(example) = example(field, schema) {
        let told = values.contains(&example) || default.as_ref() == Some(&example);
        if !told {
            say(format!("Example: {example}."));
        }
    }
    (vec![text], explained)
}

/// The published values of a field or of its elements.
fn values(ty: &Ty, schema: &Schema) -> Vec<String> {
    let own = schema.values.iter().flatten();
    let elements = schema.items.iter().flat_map(|items| items.values.iter().flatten());
    own.chain(elements).filter_map(|text| value(ty, text)).collect()
}

fn inner(ty: &Ty) -> &Ty {
    match ty {
        Ty::List(element) => inner(element),
        ty => ty,
    }
}

/// A value of a field: a number as it is, a text as code.
fn value(ty: &Ty, text: &str) -> Option<String> {
    let plain = matches!(inner(ty), Ty::Integer | Ty::Number | Ty::Boolean | Ty::IdNumber);
    let text = text.trim();
    if plain && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')) && !text.is_empty()
    {
        Some(text.to_owned())
    } else {
        code(text)
    }
}

/// An example that tells something: none of a boolean, of a time or of what counts pages.
fn example(field: &Field, schema: &Schema) -> Option<String> {
    const COUNTERS: &[&str] = &["MaxResults", "PageNum", "PageNumber", "PageSize", "TotalCount", "TotalNum"];
    if COUNTERS.contains(&field.wire.as_str()) || is_time(&field.wire, schema) {
        return None;
    }
    let shown = !field.secret && !matches!(inner(&field.ty), Ty::Boolean | Ty::Enum(_) | Ty::Object(_));
    let text = schema.example.as_deref().filter(|_| shown)?.trim();
    if text.chars().count() <= LONGEST_EXAMPLE {
        return value(&field.ty, text);
    }
    let cut: String = text.chars().take(LONGEST_EXAMPLE).collect();
    code(&format!("{}…", cut.trim_end()))
}

fn is_time(wire: &str, schema: &Schema) -> bool {
    let named = wire.ends_with("Time") || wire.ends_with("Date");
    let example = schema.example.as_deref().unwrap_or_default();
    named && example.len() == 13 && example.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a value or a length must keep to.
fn range(field: &Field, counted: bool) -> Option<String> {
    let unit = match field.ty {
        Ty::Integer | Ty::Number => "",
        Ty::List(_) => "element",
        _ => "character",
    };
    // What fits 32 bits is what a whole number is: no news.
    let most = field.most.filter(|most| !(unit.is_empty() && *most == i64::from(i32::MAX)));
    let count = |number: i64| match unit {
        "" => number.to_string(),
        unit if number == 1 => format!("1 {unit}"),
        unit => format!("{number} {unit}s"),
    };
    match (field.least, most) {
        (Some(least), Some(most)) if unit.is_empty() => Some(format!("From {least} to {most}.")),
        (Some(least), Some(most)) => Some(format!("{least} to {}.", count(most))),
        // The glossary said it.
        (Some(_), None) if counted => None,
        (Some(least), None) => Some(format!("At least {}.", count(least))),
        (None, Some(most)) => Some(format!("At most {}.", count(most))),
        (None, None) => None,
    }
}

/// Whether what is named in place of an action is another one that is there, as far as the spec can tell.
pub(crate) fn is_callable(spec: &Spec, version: &Version, action: &str, target: &str) -> bool {
    let (of, name) = target.split_once(' ').unwrap_or((version.name(), target));
    if of == version.name() {
        return name != action && version.actions.contains_key(name);
    }
    spec.version(of).is_none_or(|other| other.actions.contains_key(name))
}

/// What to use in place of a deprecated action.
pub(crate) fn replacement(context: &Context<'_>, action: &str, replaced_by: Option<&str>) -> String {
    let method = |action: &str| names::method(&names::modules([action])[action]).trim_start_matches("r#").to_owned();
    let known = |version: &str, action: &str| {
        context.spec.versions.iter().any(|it| it.name() == version && it.actions.contains_key(action))
    };
    let replaced_by = replaced_by.filter(|target| is_callable(context.spec, context.version, action, target));
    match replaced_by.map(|name| name.split_once(' ').unwrap_or((context.version.name(), name))) {
        None => "the service advises against it and names no replacement".to_owned(),
        Some((version, action)) if version == context.version.name() => format!("use `{}`", method(action)),
        Some((version, action)) if known(version, action) => {
            format!("use `{}::Client::{}`", version_module(version), method(action))
        }
        Some((version, action)) => format!("use `{action}` of version {version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_survive_rustdoc() {
        assert_eq!(sentence("Lists `a[0]` of [x] and <b>"), "Lists `a[0]` of \\[x\\] and \\<b\\>.");
        assert_eq!(sentence("See https://example.com/a_b."), "See <https://example.com/a_b>.");
        assert_eq!(sentence("A project_id, kept.\n  Two lines"), "A project_id, kept. Two lines.");
    }

    #[test]
    fn code_holds_no_code_and_no_line_break() {
        assert_eq!(code(" a*b ").as_deref(), Some("`a*b`"));
        assert_eq!(code("a`b"), None);
        assert_eq!(code("a\nb"), None);
        assert_eq!(code(" "), None);
    }
}
