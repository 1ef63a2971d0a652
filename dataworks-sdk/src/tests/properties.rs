//! What must hold for any text, any JSON and any bytes.

use percent_encoding::percent_decode_str;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

use super::model::ListThingsResponseBody;
use crate::decode::decode;
use crate::model::Datum;
use crate::operation::Method;
use crate::params::flatten;
use crate::signature::{percent, rpc};
use crate::{Id, Json, from_json};

fn pairs(query: &str) -> Vec<(String, String)> {
    let text = |part: &str| percent_decode_str(part).decode_utf8().unwrap().into_owned();
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (text(name), text(value))).unwrap();
    query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn borrowed(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// JSON with the names of the model in it, so that they are met often.
fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "[A-Za-z.]{0,4}",
        prop::sample::select(vec![
            "Data", "Things", "Id", "Size", "Child", "Labels", "Numbers", "Any", "Colour", "Success"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(name.clone(), inner, 0..6).prop_map(|map| Value::Object(Map::from_iter(map))),
        ]
    })
}

/// The scalars of a value, which are what flattening sends.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(list) => list.iter().map(leaves).sum(),
        Value::Object(map) => map.values().map(leaves).sum(),
        _ => 1,
    }
}

proptest! {
    #[test]
    fn a_query_says_what_went_in(sent in vec((".{0,8}", ".{0,12}"), 0..6)) {
        let query = percent::query(borrowed(&sent));
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte)));
        prop_assert_eq!(pairs(&query), sent.clone());
        prop_assert_eq!(pairs(&percent::form(borrowed(&sent)).replace('+', "%20")), sent);
    }

    #[test]
    fn the_order_of_parameters_does_not_change_the_signature(sent in vec((".{0,8}", ".{0,12}"), 0..6), turn in 0_usize..6) {
        let mut turned = sent.clone();
        turned.rotate_left(turn.min(sent.len()));
        let text = rpc::string_to_sign(Method::Post, borrowed(&sent));
        prop_assert_eq!(&text, &rpc::string_to_sign(Method::Post, borrowed(&turned)));
        let canonical = percent_decode_str(text.strip_prefix("POST&%2F&").unwrap()).decode_utf8().unwrap();
        let mut sorted = sent;
        sorted.sort();
        prop_assert_eq!(pairs(&canonical), sorted);
    }

    #[test]
    fn every_scalar_is_sent_once_under_its_own_name(value in json()) {
        let mut sent = Vec::new();
        flatten("P", Datum::Any(&value), &mut |name, text| sent.push((name, text)));
        prop_assert_eq!(sent.len(), leaves(&value));
        prop_assert!(sent.iter().all(|(name, _)| name.starts_with('P')));
    }

    #[test]
    fn any_bytes_decode_or_fail(bytes in vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes, &mut ListThingsResponseBody::default());
        let _ = decode(&bytes, &mut None::<Value>);
    }

    #[test]
    fn any_object_decodes_and_comes_back(value in json()) {
        let Value::Object(object) = value else { return Ok(()) };
        let text = Value::Object(object).to_string();
        let once: ListThingsResponseBody = from_json(text.as_bytes()).unwrap();
        let written = serde_json::to_string(&Json(&once)).unwrap();
        let twice: ListThingsResponseBody = from_json(written.as_bytes()).unwrap();
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(written, serde_json::to_string(&Json(&twice)).unwrap());
    }

    #[test]
    fn untyped_json_is_kept_as_it_came(value in json()) {
        prop_assume!(value.is_object());
        let mut read: Option<Value> = None;
        decode(value.to_string().as_bytes(), &mut read).unwrap();
        prop_assert_eq!(read.unwrap(), value);
    }

    #[test]
    fn identifiers_have_one_order(texts in vec("-?[0-9]{0,3}[a-b]?", 3)) {
        let ids: Vec<Id> = texts.iter().map(Id::from).collect();
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            prop_assert_eq!(ids[a].cmp(&ids[b]), ids[b].cmp(&ids[a]).reverse());
            prop_assert_eq!(ids[a] == ids[b], ids[a].cmp(&ids[b]).is_eq());
        }
        let mut sorted = ids;
        sorted.sort();
        prop_assert!(sorted[0] <= sorted[1] && sorted[1] <= sorted[2] && sorted[0] <= sorted[2]);
    }
}
