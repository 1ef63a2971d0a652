use serde_json::{Value, json};

use super::model::{Colour, ListThingsRequest, OPERATION, Task};
use crate::check::check;
use crate::model::Datum;

fn untyped(request: &Value) -> Vec<String> {
    check(&OPERATION, Datum::Any(request)).iter().map(ToString::to_string).collect()
}

fn typed(request: &ListThingsRequest) -> Vec<String> {
    check(&OPERATION, Datum::Model(request)).iter().map(ToString::to_string).collect()
}

fn good() -> ListThingsRequest {
    ListThingsRequest { page_number: Some(1), project_id: Some(1.into()), ..ListThingsRequest::default() }
}

#[test]
fn all_findings_at_once() {
    let request = ListThingsRequest {
        names: Some(vec!["a,b".into()]),
        page_number: Some(0),
        page_size: Some(101),
        tasks: Some(vec![
            Task { name: Some("a".into()), weight: None, ..Task::default() },
            Task { name: None, weight: Some(f64::NAN), ..Task::default() },
        ]),
        ..ListThingsRequest::default()
    };
    assert_eq!(
        typed(&request),
        [
            "Names[0]: the elements travel joined by commas, so \"a,b\" cannot hold one",
            "PageNumber: at least 1 is allowed, found 0",
            "PageSize: 1 to 100 is allowed, found 101",
            "ProjectId: required, but not set; the shorthand of_project fills it from Project",
            "Tasks[1].Name: required, but not set",
            "Tasks[1].Weight: a number is expected, found NaN",
        ]
    );
}

#[test]
fn a_good_request_passes() {
    assert_eq!(typed(&good()), Vec::<String>::new());
    // An unknown value of an enumeration, and an identifier beyond every bound.
    let open = ListThingsRequest {
        colour: Some(Colour::from("GREEN")),
        project_id: Some("1234567890123456789".into()),
        ids: Some(Vec::new()),
        ..good()
    };
    assert_eq!(typed(&open), Vec::<String>::new());
}

#[test]
fn an_identifier_that_travels_as_a_number_is_one() {
    let request = ListThingsRequest { project_id: Some("my-project".into()), ..good() };
    assert_eq!(typed(&request), ["ProjectId: a numeric identifier is expected, found \"my-project\""]);
}

#[test]
fn lengths_are_counted_in_characters() {
    let named = |name: &str| ListThingsRequest {
        tasks: Some(vec![Task { name: Some(name.into()), weight: None, ..Task::default() }]),
        ..good()
    };
    assert_eq!(typed(&named("中中中中中")), Vec::<String>::new());
    assert_eq!(typed(&named("中中中中中中")), ["Tasks[0].Name: at most 5 characters are allowed, found 6 characters"]);
}

#[test]
fn untyped_values_of_the_wrong_kind() {
    let request = json!({
        "Colour": ["RED"],
        "Ids": [1, "x"],
        "PageNumber": "one",
        "Projectid": 1,
        "Tasks": {"Name": "a"},
        "Unheard": 1,
    });
    assert_eq!(
        untyped(&request),
        [
            "Colour: a text is expected, found a list",
            "Ids[1]: a numeric identifier is expected, found \"x\"",
            "PageNumber: a whole number is expected, found \"one\"",
            "ProjectId: required, but not set; the shorthand of_project fills it from Project",
            "Tasks: a list is expected, found an object",
            "Projectid: no such parameter; did you mean `ProjectId`?",
            "Unheard: no such parameter",
        ]
    );
}

#[test]
fn untyped_texts_are_taken_for_what_they_spell() {
    let request = json!({"PageNumber": "1", "ProjectId": "12", "Ids": "[1,2]", "Tasks": [{"Name": "a", "New": 1}]});
    assert_eq!(untyped(&request), Vec::<String>::new());
}

#[test]
fn a_long_value_is_cut() {
    let request = ListThingsRequest { project_id: Some("x".repeat(500).into()), ..good() };
    assert!(typed(&request)[0].len() < 160);
}
