//! Answers: read in every form that the service might choose, found again, shown.

use dataworks_api_spec::Paging;
use dataworks_sdk::Json;
use serde_json::{Value, json};

use super::example::{Form, Made, Maker, SECRET, missing};
use super::{Case, each};

pub(super) fn answer(case: &Case, form: Form) -> Made {
    let maker = Maker { version: case.version, action: case.name, form };
    maker.make(&case.facts.answer, "answer").unwrap()
}

/// Puts a field that nobody knows into every object.
fn with_unknown_fields(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(with_unknown_fields),
        Value::Object(fields) => {
            fields.values_mut().for_each(with_unknown_fields);
            fields.insert("NewInTheNextRelease".to_owned(), json!([{"deep": [null, 1, "x", {}]}]));
        }
        _ => {}
    }
}

fn read(case: &Case, body: &Value, problems: &mut Vec<String>) -> Option<Value> {
    match (case.probe.answer)(body.to_string().as_bytes()) {
        Ok(answer) => {
            let shown = format!("{answer:?}");
            if shown.contains(SECRET) {
                problems.push(format!("a secret is shown: {shown}"));
            }
            Some(serde_json::to_value(Json(&*answer)).unwrap())
        }
        Err(error) => {
            problems.push(format!("{body} is not read: {error}"));
            None
        }
    }
}

#[test]
fn every_form_is_read_and_found_again() {
    each(|case, problems| {
        for form in [Form::Spec, Form::Swapped, Form::Null] {
            let mut made = answer(case, form);
            with_unknown_fields(&mut made.wire);
            if let Some(found) = read(case, &made.wire, problems) {
                missing(&made.found, &found, "", problems);
            }
        }
    });
}

#[test]
fn what_is_missing_or_misshapen_is_left_empty() {
    /// The scalars become `other`, one level of the body becomes it as a whole.
    fn bend(value: &Value, other: &Value, depth: usize) -> Value {
        match value {
            _ if depth == 0 => other.clone(),
            Value::Array(elements) => elements.iter().map(|value| bend(value, other, depth - 1)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), bend(value, other, depth - 1))).collect()
            }
            _ => other.clone(),
        }
    }
    each(|case, problems| {
        read(case, &json!({}), problems);
        let made = answer(case, Form::Spec);
        let others = [json!(null), json!(""), json!("text"), json!(-7), json!(1.5), json!(true), json!([]), json!({})];
        for other in others {
            for depth in 1..=5 {
                read(case, &bend(&made.wire, &other, depth), problems);
            }
        }
    });
}

#[test]
fn items_are_found_where_the_spec_says() {
    let mut paged = 0;
    let counted = std::cell::RefCell::new(&mut paged);
    each(|case, problems| {
        let (path, paging) = match (case.version.decisions(case.name).pages, (case.probe.paging)()) {
            (Some(Paging::Numbered(pages)), Some(paging)) => (pages.items, paging),
            (Some(Paging::Token(pages)), Some(paging)) => (pages.items, paging),
            (None, None) => return,
            (by_spec, _) => return problems.push(format!("the spec says {by_spec:?}, the types say otherwise")),
        };
        **counted.borrow_mut() += 1;
        let body = answer(case, Form::Spec).wire;
        let expected = count(&body, &path);
        let found = (paging.items)(body.to_string().as_bytes());
        if found != expected || found == 0 {
            problems.push(format!("{found} items are found at {path}, {expected} are there"));
        }
        if case.probe.operation.paging().map(|pages| pages.items) != Some(path.as_str()) {
            problems.push(format!("the table has no {path}"));
        }
    });
    assert!(paged > 100, "only {paged} actions page");
}

/// How many elements the lists at a path hold in all; a `[]` on the way goes into each element.
fn count(value: &Value, path: &str) -> usize {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let value = &value[step.trim_end_matches("[]")];
    let inner: Vec<&Value> =
        if step.ends_with("[]") { value.as_array().unwrap().iter().collect() } else { vec![value] };
    match rest {
        Some(rest) => inner.into_iter().map(|value| count(value, rest)).sum(),
        None => value.as_array().map_or(0, Vec::len),
    }
}
