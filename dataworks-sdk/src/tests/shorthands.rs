use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::model::{API, RUN};
use super::scripted::{Scripted, answer};
use crate::action::ActionCall;
use crate::error::Error;
use crate::signature::percent;

/// A call of `RunThings` with these values, set in the order in which they stand.
fn call(values: &[(&str, Value)]) -> (Scripted, ActionCall) {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let call = service.client().action("RunThings").unwrap();
    let call = values.iter().fold(call, |call, (name, value)| call.set(name, value.clone()));
    (service, call)
}

/// The form of what is sent.
async fn sent(values: &[(&str, Value)]) -> String {
    let (_, call) = call(values);
    call.prepare().await.unwrap().body().unwrap().to_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    percent::form(pairs.iter().copied())
}

async fn fails(values: &[(&str, Value)]) -> Error {
    let (service, call) = call(values);
    let error = call.await.unwrap_err();
    assert_eq!(service.count(), 0);
    error
}

async fn findings(values: &[(&str, Value)]) -> Vec<String> {
    fails(values).await.findings().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_is_given_fills_the_parameters() {
    let expected = form(&[
        ("Day", "2026-01-07 00:00:00"),
        ("Env", "PROD"),
        ("Extra", "123456"),
        ("Ids", "123456"),
        ("Name", "run 123456 in PROD 2026-01-07"),
        ("Quick", "false"),
        ("RootId", "123456"),
    ]);
    for (id, on) in [
        (json!(123_456), json!("2026-01-07")),
        (json!("123456"), json!("20260107")),
        (json!(123_456), json!(20_260_107)),
        (json!(123_456), json!("2026-01-07 00:00:00")),
    ] {
        let values = [("Env", json!("PROD")), ("ThingId", id), ("On", on)];
        assert_eq!(sent(&values).await, expected);
    }
}

#[tokio::test]
async fn explicit_values_win_before_and_after() {
    let short = [("Env", json!("PROD")), ("ThingId", json!(7)), ("On", json!("2026-01-07"))];
    let explicit =
        [("Name", json!("mine")), ("Quick", json!(true)), ("Extra", Value::Null), ("Day", json!("2026-01-08"))];
    let expected = form(&[
        ("Day", "2026-01-08"),
        ("Env", "PROD"),
        ("Extra", "7"),
        ("Ids", "7"),
        ("Name", "mine"),
        ("Quick", "true"),
        ("RootId", "7"),
    ]);
    assert_eq!(sent(&[&short[..], &explicit].concat()).await, expected);
    assert_eq!(sent(&[&explicit[..], &short].concat()).await, expected);
}

#[tokio::test]
async fn several_identifiers_go_into_a_list_and_into_a_text() {
    let values = [
        ("Env", json!("DEV")),
        ("ThingIds", json!([7, "8"])),
        ("On", json!("20260107")),
        ("Mode", json!("m")),
        ("Key", json!("hidden")),
        ("RootId", json!(7)),
    ];
    let expected = form(&[
        ("Day", "2026-01-07"),
        ("Env", "DEV"),
        ("Ids", "7,8"),
        ("Mode", "m"),
        ("Name", "run 7,8"),
        ("RootId", "7"),
        ("Token", "hidden"),
    ]);
    assert_eq!(sent(&values).await, expected);
    let (_, call) = call(&values);
    assert!(!format!("{call:?}").contains("hidden"));
}

#[test]
fn a_call_shows_what_was_set_and_hides_what_it_does_not_know() {
    let values = [("ThingId", json!(7)), ("On", json!("2026-01-07")), ("Pasword", json!("swordfish"))];
    let (_, call) = call(&values);
    assert_eq!(format!("{call:?}"), r#"RunThings { On: "2026-01-07", Pasword: ***, ThingId: 7 }"#);
}

#[tokio::test]
async fn what_is_missing_is_named_once() {
    assert_eq!(
        findings(&[("Env", json!("PROD")), ("ThingId", json!(7))]).await,
        ["On: the shorthand for_thing needs it too, to fill Day, Name"]
    );
    assert_eq!(
        findings(&[("On", json!("2026-01-07"))]).await,
        [
            "ThingId: the shorthand for_thing needs it too, to fill Extra, Ids, Name, RootId",
            "Env: required, but not set",
        ]
    );
    // The shorthand that takes what is given is meant, and its own parameter is missing.
    let values = [("Env", json!("DEV")), ("RootId", json!(7)), ("ThingIds", json!("7")), ("On", json!("20260107"))];
    assert_eq!(
        findings(&values).await,
        ["Mode: the shorthand for_things needs it too", "Key: the shorthand for_things needs it too, to fill Token"]
    );
    // Nothing is left to be filled with it.
    let values = [("Day", "2026-01-07"), ("Env", "PROD"), ("Name", "mine"), ("ThingId", "7")];
    let values = values.map(|(name, value)| (name, json!(value)));
    assert!(sent(&values).await.starts_with("Day=2026-01-07&Env=PROD&Extra=7&Ids=7&Name=mine"));
}

#[tokio::test]
async fn what_is_wrong_is_found_where_it_was_given() {
    let values = |id: Value, on: Value| [("Env", json!("PROD")), ("ThingId", id), ("On", on)];
    assert_eq!(
        findings(&values(json!("x"), json!("next monday"))).await,
        [
            "ThingId: a numeric identifier is expected, found \"x\"",
            "On: a date like 2026-01-07 is expected, found \"next monday\"",
        ]
    );
    assert_eq!(
        findings(&values(json!([1]), json!({"day": 1}))).await,
        [
            "ThingId: a numeric identifier is expected, found a list",
            "On: a date like 2026-01-07 is expected, found an object",
        ]
    );
    let explicit =
        [("Day", json!("2026-02-30 00:00:00")), ("Env", json!("E")), ("Name", json!("n")), ("RootId", json!(1))];
    assert_eq!(findings(&explicit).await, ["Day: a date like 2026-01-07 is expected, found \"2026-02-30 00:00:00\""]);
    let foreign = [&values(json!(7), json!("2026-01-07"))[..], &[("Key", json!("k"))]].concat();
    assert_eq!(findings(&foreign).await, ["Key: the shorthand for_thing does not take it"]);
    let key = [("Key", json!({"a": "hidden"})), ("ThingIds", json!([]))];
    let error = format!("{0} {0:?}", fails(&key).await);
    assert!(!error.contains("hidden") && error.contains("Key: a text is expected"), "{error}");
}

#[tokio::test]
async fn names_of_a_shorthand_are_never_sent() {
    let (service, call) = call(&[("ThingId", json!(7)), ("On", json!("soon")), ("Key", json!("k")), ("New", json!(1))]);
    call.skip_validation().await.unwrap();
    let expected = form(&[
        ("Day", "soon 00:00:00"),
        ("Extra", "7"),
        ("Ids", "7"),
        ("Quick", "false"),
        ("RootId", "7"),
        ("New", "1"),
    ]);
    assert_eq!(service.requests()[0].body.as_deref(), Some(expected.as_str()));
    let null = [
        ("ThingId", Value::Null),
        ("Day", json!("2026-01-07")),
        ("Env", json!("E")),
        ("Name", json!("n")),
        ("RootId", json!(1)),
    ];
    assert_eq!(sent(&null).await, "Day=2026-01-07&Env=E&Name=n&RootId=1");
}

#[tokio::test]
async fn names_of_a_shorthand_are_offered() {
    let found = findings(&[("thing_id", json!(7)), ("Env", json!("PROD"))]).await;
    assert!(found.contains(&"thing_id: no such parameter; did you mean `ThingId`?".to_owned()), "{found:?}");
}

#[tokio::test]
async fn pages_see_what_was_filled() {
    let service = Scripted::new(|page, _| {
        let things: Vec<Value> = (0..2 - page).map(|_| json!({"Id": page})).collect();
        answer(200, &json!({"Data": {"Things": things}}))
    });
    let call = || service.client().action("ListThings").unwrap();
    let items: Vec<_> = call().set("Project", 7).items().unwrap().try_collect().await.unwrap();
    assert_eq!(items.len(), 3);
    let sent: Vec<_> = service.requests().iter().map(|request| request.body.clone().unwrap()).collect();
    assert_eq!(sent, ["PageNumber=1&PageSize=2&ProjectId=7", "PageNumber=2&PageSize=2&ProjectId=7"]);
    let error = call().set("Project", "x").items().unwrap().try_next().await.unwrap_err();
    assert_eq!(error.findings()[0].to_string(), "Project: a numeric identifier is expected, found \"x\"");
}

#[tokio::test]
async fn a_missing_parameter_says_from_what_a_shorthand_fills_it() {
    let found = findings(&[("Day", json!("0000-01-07")), ("Name", json!("mine"))]).await;
    assert_eq!(
        found,
        [
            "Day: a date like 2026-01-07 is expected, found \"0000-01-07\"",
            "Env: required, but not set",
            "RootId: required, but not set; the shorthand for_thing fills it from ThingId",
        ]
    );
}

#[tokio::test]
async fn an_everyday_name_does_as_well() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    assert_eq!(service.client().action("StartThings").unwrap().operation().name(), "RunThings");
    let error = service.client().action("StartThing").unwrap_err();
    assert!(error.to_string().contains("did you mean `StartThings` (an everyday name of `RunThings`)?"), "{error}");
    assert_eq!(RUN.aliases(), ["StartThings"]);
    assert!(API.operation("UpdateThing").unwrap().aliases().is_empty());
}
