//! Finds the line of something in the text of a file, for people who have to change it.

use std::{iter::Peekable, ops::Range, str::CharIndices};

/// Line and column from 1.
pub type Position = (u64, u64);

/// Where a value stands in a file of decisions, or else its key, or else its entry: the entry `ListNodes` of the section
/// `actions`, the key `ids` (or `waiters.finished`) in it, the value `answer.Data` under that. What is empty is left out.
#[must_use]
pub fn in_decisions(text: &str, section: &str, entry: &str, key: &str, value: &str) -> Option<Position> {
    let mut range = 0..text.len();
    let mut depth = 0;
    for name in [section, entry] {
        if !name.is_empty() {
            range = block(text, range, depth, name)?;
            depth += 2;
        }
    }
    let mut at = range.start;
    let keys = key.split('.').map(|key| format!("{key}:"));
    for part in keys.chain([value.to_owned()]) {
        if part.len() > 1 {
            at = find(text, at..range.end, &part).unwrap_or(at);
        }
    }
    Some(position(text, at))
}

/// Where the last of these keys stands in a JSON text, each inside the value of the one before.
#[must_use]
pub fn in_json(text: &str, keys: &[String]) -> Option<Position> {
    let mut rest = text.char_indices().peekable();
    let mut at = None;
    for key in keys {
        at = Some(enter(&mut rest, key)?);
    }
    at.map(|at| position(text, at))
}

fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() as u64 + 1, before[line..].chars().count() as u64 + 1)
}

/// The part of the text that belongs to a key which is indented so far.
fn block(text: &str, range: Range<usize>, depth: usize, key: &str) -> Option<Range<usize>> {
    let mut start = None;
    let mut offset = range.start;
    for line in text[range.clone()].split_inclusive('\n') {
        let inner = line.trim_start();
        // The first line of a range may begin behind its indentation.
        let begin = offset + line.len() - inner.len();
        let indent = begin - text[..begin].rfind('\n').map_or(0, |end| end + 1);
        if indent <= depth && !inner.is_empty() && !inner.starts_with('#') {
            if start.is_some() {
                return start.map(|start| start..offset);
            }
            let rest = inner.trim_start_matches('"').strip_prefix(key);
            if indent == depth && rest.is_some_and(|rest| rest.trim_start_matches('"').starts_with(':')) {
                start = Some(begin);
            }
        }
        offset += line.len();
    }
    start.map(|start| start..range.end)
}

/// The first place of a word that is not in a comment line.
fn find(text: &str, range: Range<usize>, word: &str) -> Option<usize> {
    text[range.clone()].match_indices(word).map(|(index, _)| range.start + index).find(|&index| {
        let line = &text[text[..index].rfind('\n').map_or(0, |end| end + 1)..index];
        !line.trim_start().starts_with('#')
    })
}

/// Goes into the next object, behind one of its own keys; answers where the key stands.
fn enter(rest: &mut Peekable<CharIndices<'_>>, key: &str) -> Option<usize> {
    while rest.next()?.1 != '{' {}
    let mut depth = 0_usize;
    while let Some((at, c)) = rest.next() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.checked_sub(1)?,
            '"' => {
                let found = string(rest)?;
                while rest.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                if depth == 0 && found == key && rest.next_if(|(_, c)| *c == ':').is_some() {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// What stands before the closing quote. An escape stays as it is written: no key of a spec has one.
fn string(rest: &mut Peekable<CharIndices<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()?.1 {
            '"' => return Some(text),
            '\\' => {
                text.push('\\');
                text.push(rest.next()?.1);
            }
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_inside_the_value_of_another() {
        let text = r#"{
  "enum": ["answer", "}"],
  "parameters": { "answer": { "Data": 1 } },
  "answer": {
    "properties": { "Data": { "example": "\"{", "properties": { "Id": {} } } }
  }
}"#;
        let at = |keys: &[&str]| in_json(text, &keys.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(at(&["answer"]), Some((4, 3)));
        assert_eq!(at(&["answer", "properties", "Data"]), Some((5, 21)));
        assert_eq!(at(&["answer", "properties", "Data", "properties", "Id"]), Some((5, 65)));
        assert_eq!(at(&["answer", "Data"]), None);
        assert_eq!(at(&[]), None);
        assert_eq!(in_json("{\"a", &["a".to_owned()]), None);
    }
}
