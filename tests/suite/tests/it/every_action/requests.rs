//! Requests: checked, encoded, shown.

use dataworks_api_spec::Place;
use dataworks_sdk::{Config, ErrorKind, Json, PreparedRequest};
use futures_util::FutureExt as _;
use serde_json::{Map, Value};

use super::example::{Form, Maker, SECRET, missing};
use super::expect::{Sent, sent};
use super::{Case, each};
use crate::support::{ID, KEY, builder, own, pairs};

/// A request with everything in it: as the spec types it, and as a caller's types do.
pub(super) struct Full {
    pub(super) wire: Map<String, Value>,
    pub(super) typed: Map<String, Value>,
}

pub(super) fn full(case: &Case) -> Full {
    let maker = Maker { version: case.version, action: case.name, form: Form::Spec };
    let (mut wire, mut typed) = (Map::new(), Map::new());
    for (name, parameter) in case.facts.parameters.iter().filter(|(_, it)| it.place != Place::Host) {
        if let Some(made) = maker.make(&parameter.schema, &format!("request.{name}")) {
            wire.insert(name.clone(), made.wire);
            typed.insert(name.clone(), made.found);
        }
    }
    Full { wire, typed }
}

fn nowhere() -> Config {
    builder("http://127.0.0.1:1").build().unwrap()
}

fn seen(prepared: &PreparedRequest, case: &Case, problems: &mut Vec<String>) -> Sent {
    let (_, query) = prepared.url().split_once('?').unwrap();
    let query = pairs(query);
    for (name, value) in [
        ("Action", case.name),
        ("Version", case.version.name()),
        ("AccessKeyId", ID),
        ("Format", "json"),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
    ] {
        if !query.contains(&(name.to_owned(), value.to_owned())) {
            problems.push(format!("{name}={value} is not sent"));
        }
    }
    if prepared.method() != case.facts.method.as_str() {
        problems.push(format!("it is sent with {}", prepared.method()));
    }
    let mut sent = Sent { query: own(query), form: pairs(prepared.body().unwrap_or_default()) };
    sent.query.sort();
    sent.form.sort();
    sent
}

fn compare(expected: &Sent, seen: &Sent, problems: &mut Vec<String>) {
    for (place, expected, seen) in [("query", &expected.query, &seen.query), ("form", &expected.form, &seen.form)] {
        let lost = expected.iter().filter(|pair| !seen.contains(pair));
        problems.extend(lost.map(|(name, value)| format!("{name}={value} is not in the {place}")));
        let more = seen.iter().filter(|pair| !expected.contains(pair));
        problems.extend(more.map(|(name, value)| format!("{name}={value} should not be in the {place}")));
    }
    if expected != seen && problems.is_empty() {
        problems.push("something is sent twice".to_owned());
    }
}

#[test]
fn typed_requests_travel_as_the_spec_says() {
    let config = nowhere();
    each(|case, problems| {
        let full = full(case);
        let expected = sent(case.version, case.name, case.facts, &full.wire);
        let json = Value::Object(full.typed.clone()).to_string();
        match (case.probe.prepare)(&config, json.as_bytes()).now_or_never().unwrap() {
            Ok(prepared) => compare(&expected, &seen(&prepared, case, problems), problems),
            Err(error) => problems.push(error.to_string()),
        }
    });
}

#[test]
fn untyped_requests_travel_as_typed_ones_do() {
    let config = nowhere();
    each(|case, problems| {
        let full = full(case);
        let expected = sent(case.version, case.name, case.facts, &full.wire);
        // Identifiers and comma lists in either form.
        for values in [full.wire, full.typed] {
            let call = (case.probe.by_name)(&config, case.name);
            let call = values.into_iter().fold(call, |call, (name, value)| call.set(&name, value));
            match call.prepare().now_or_never().unwrap() {
                Ok(prepared) => compare(&expected, &seen(&prepared, case, problems), problems),
                Err(error) => problems.push(error.to_string()),
            }
        }
    });
}

#[test]
fn an_empty_request_names_everything_that_is_required() {
    let config = nowhere();
    each(|case, problems| {
        let parameters = case.facts.parameters.iter().filter(|(_, it)| it.place != Place::Host && it.schema.required);
        let required: Vec<&str> = parameters.map(|(name, _)| name.as_str()).collect();
        match (case.probe.prepare)(&config, b"{}").now_or_never().unwrap() {
            Ok(_) if required.is_empty() => {}
            Ok(_) => problems.push(format!("it passes without {required:?}")),
            Err(error) => {
                let found: Vec<&str> = error.findings().iter().map(|finding| finding.path.as_str()).collect();
                if error.kind() != ErrorKind::InvalidRequest || found != required {
                    problems.push(format!("{required:?} are required, but {found:?} are asked for: {error}"));
                }
            }
        }
    });
}

#[test]
fn requests_are_found_again_and_their_secrets_are_not_shown() {
    let config = nowhere();
    let mut secrets = 0;
    let counted = std::cell::RefCell::new(&mut secrets);
    each(|case, problems| {
        let typed = Value::Object(full(case).typed);
        let json = typed.to_string();
        **counted.borrow_mut() += json.matches(SECRET).count();
        let request = (case.probe.request)(json.as_bytes()).unwrap();
        missing(&typed, &serde_json::to_value(Json(&*request)).unwrap(), "", problems);
        let prepared = (case.probe.prepare)(&config, json.as_bytes()).now_or_never().unwrap();
        let shown = [
            format!("{request:?}"),
            (case.probe.shown)(&config, json.as_bytes()),
            prepared.map_or_else(|error| format!("{error:?}"), |prepared| format!("{prepared:?}")),
        ];
        for shown in shown {
            if shown.contains(SECRET) || shown.contains(KEY) {
                problems.push(format!("a secret is shown: {shown}"));
            }
        }
    });
    assert!(secrets > 0, "no secret was planted");
}
