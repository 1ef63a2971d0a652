use serde_json::{Value, json};

use super::model::{Colour, ListThingsResponseBody, Thing};
use crate::decode::decode;
use crate::{Json, from_json};

fn thing(json: &str) -> Thing {
    from_json(json.as_bytes()).unwrap()
}

fn mismatches(json: &Value) -> Vec<String> {
    let mut body = ListThingsResponseBody::default();
    let found = decode(json.to_string().as_bytes(), &mut body).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn scalars_come_in_any_form() {
    let texts = thing(r#"{"Enabled":"True","Id":7,"Name":12,"Size":"-3","Weight":"1.5","Colour":"GREEN"}"#);
    assert_eq!(texts.enabled, Some(true));
    assert_eq!(texts.id.unwrap(), "7");
    assert_eq!(texts.name.as_deref(), Some("12"));
    assert_eq!((texts.size, texts.weight), (Some(-3), Some(1.5)));
    assert_eq!(texts.colour, Some(Colour::from("GREEN")));
    assert_eq!(Colour::VALUES, ["RED", "BLUE"]);
    let numbers = thing(r#"{"Enabled":1,"Id":"a","Size":4.0,"Weight":2,"Name":true,"Colour":"RED"}"#);
    assert_eq!(numbers.enabled, Some(true));
    assert_eq!((numbers.size, numbers.weight), (Some(4), Some(2.0)));
    assert_eq!(numbers.name.as_deref(), Some("true"));
    assert_eq!(numbers.colour, Some(Colour::Red));
}

#[test]
fn an_identifier_never_goes_through_a_number() {
    let long = "123456789012345678901234567890";
    assert_eq!(thing(&format!(r#"{{"Id":{long}}}"#)).id.unwrap(), long);
    assert_eq!(thing(r#"{"Id":9007199254740993}"#).id.unwrap(), "9007199254740993");
    assert_eq!(thing(r#"{"Id":"a\"b\u4e2d"}"#).id.unwrap(), "a\"b中");
    assert_eq!(thing(r#"{"Id":""}"#).id, None);
}

#[test]
fn untyped_numbers_are_exact() {
    let any = thing(
        r#"{"Any":{"a":123456789012345678901234567890,"b":[18446744073709551615,-1.5],"c":"12345678901234567890x"}}"#,
    );
    let expected = json!({"a": "123456789012345678901234567890", "b": [18_446_744_073_709_551_615_u64, -1.5], "c": "12345678901234567890x"});
    assert_eq!(any.any.unwrap(), expected);
}

#[test]
fn null_and_empty_leave_nothing_behind() {
    let empty = thing(
        r#"{"Any":null,"Child":null,"Colour":null,"Enabled":"","Id":null,"Labels":null,"Name":null,"Numbers":"","Size":"","Weight":null}"#,
    );
    assert_eq!(empty, Thing::default());
    assert_eq!(thing(r#"{"Name":""}"#).name.as_deref(), Some(""));
    assert_eq!(thing(r#"{"Child":{}}"#).child.as_deref(), Some(&Thing::default()));
}

#[test]
fn a_repeated_key_replaces() {
    assert_eq!(thing(r#"{"Numbers":[1,2],"Numbers":[3]}"#).numbers, [3]);
    assert_eq!(thing(r#"{"Child":{"Size":1},"Child":{"Name":"n"}}"#).child.unwrap().size, None);
    assert_eq!(thing(r#"{"Child":{"Size":1},"Child":null}"#).child, None);
    assert_eq!(thing(r#"{"Size":1,"Size":"x"}"#).size, None);
}

#[test]
fn lists_maps_and_recursion() {
    let parent =
        thing(r#"{"Labels":{"a":["x",null,1],"b":null},"Numbers":[1,"2",null,"x",3],"Child":{"Child":{"Size":3}}}"#);
    assert_eq!(parent.labels.len(), 1);
    assert_eq!(parent.labels["a"], ["x", "1"]);
    assert_eq!(parent.numbers, [1, 2, 3]);
    assert_eq!(parent.child.unwrap().child.unwrap().size, Some(3));
}

#[test]
fn what_cannot_be_read_is_reported_by_path() {
    let body = json!({"Data": {"Things": [
        {"Size": 1},
        {"Size": "big", "Numbers": [1, {}, "y"], "Labels": {"k": 5}, "Enabled": [], "Weight": "NaN", "Id": true},
    ]}, "Success": "perhaps"});
    assert_eq!(
        mismatches(&body),
        [
            "Data.Things[1].Enabled: expected a boolean, found a list",
            "Data.Things[1].Id: expected an identifier, found true",
            "Data.Things[1].Labels.k: expected a list, found 5",
            "Data.Things[1].Numbers[1]: expected a whole number, found an object",
            "Data.Things[1].Numbers[2]: expected a whole number, found \"y\"",
            "Data.Things[1].Size: expected a whole number, found \"big\"",
            "Data.Things[1].Weight: expected a number, found \"NaN\"",
            "Success: expected a boolean, found \"perhaps\"",
        ]
    );
}

#[test]
fn a_secret_is_not_shown_where_it_cannot_be_read() {
    let found = mismatches(&json!({"Data": {"Things": [{"Password": {"hidden": "hidden"}}]}}));
    assert_eq!(found, ["Data.Things[0].Password: expected a text, found ***"]);
    let shown = format!("{:?}", thing(r#"{"Password":"hidden","Size":1}"#));
    assert_eq!(shown, r"Thing { Labels: {}, Numbers: [], Password: ***, Size: 1 }");
}

#[test]
fn many_mismatches_are_bounded() {
    let body = json!({"Data": {"Things": vec![json!({"Size": "x"}); 1000]}});
    assert_eq!(mismatches(&body).len(), 100);
}

#[test]
fn broken_json_is_an_error() {
    for broken in ["", "[", "[]", "1", "{", r#"{"Data":{"Things":[{"Size":1}"#, "{} x", "{\"Name\":\"\u{0}\"}"] {
        assert!(from_json::<ListThingsResponseBody>(broken.as_bytes()).is_err(), "{broken:?}");
    }
    let deep = format!(r#"{{"Data":{}"#, "{\"Child\":".repeat(100_000));
    assert!(from_json::<ListThingsResponseBody>(deep.as_bytes()).is_err());
    assert!(from_json::<ListThingsResponseBody>(&[b'{', 0xff, b'}']).is_err());
}

#[test]
fn what_was_read_is_written_the_same() {
    let json = r#"{"Any":{"x":1},"Child":{"Labels":{},"Name":"c","Numbers":[]},"Colour":"GREEN","Id":"1","Labels":{"k":["v"]},"Numbers":[1],"Password":"p","Weight":1.5}"#;
    assert_eq!(serde_json::to_string(&Json(&thing(json))).unwrap(), json);
}

#[test]
fn keys_in_any_order() {
    let sorted = thing(r#"{"Name":"a","Numbers":[1],"Size":2,"Weight":3}"#);
    let reversed = thing(r#"{"Weight":3,"Size":2,"New":{"x":[1]},"Numbers":[1],"Name":"a"}"#);
    assert_eq!(sorted, reversed);
}

#[test]
fn elements_of_a_list_may_differ_in_order_and_fields() {
    let json = br#"{"Data":{"Things":[{"Weight":1,"Size":2,"Name":"a"},{"Weight":3,"Size":4,"Name":"b"},
        {"Name":"c","New":0,"Weight":5},{},{"Size":6,"Weight":7}]}}"#;
    let answer: ListThingsResponseBody = from_json(json).unwrap();
    let read: Vec<_> =
        answer.data.things.iter().map(|thing| (thing.weight, thing.size, thing.name.as_deref())).collect();
    assert_eq!(
        read,
        [
            (Some(1.0), Some(2), Some("a")),
            (Some(3.0), Some(4), Some("b")),
            (Some(5.0), None, Some("c")),
            (None, None, None),
            (Some(7.0), Some(6), None),
        ]
    );
}

#[test]
fn an_identifier_of_any_length_is_exact_and_the_rest_is_read_once() {
    for id in ["123456789012345678901234567890".to_owned(), "9".repeat(400), "1.50".to_owned(), "-0".to_owned()] {
        let json = format!(r#"{{"Size":"x","Id":{id},"Numbers":[1]}}"#);
        let mut thing = Thing::default();
        let mismatches = decode(json.as_bytes(), &mut thing).unwrap();
        assert_eq!(thing.id.unwrap(), id.as_str());
        assert_eq!((mismatches.len(), thing.numbers.len()), (1, 1), "{id}");
    }
}

#[test]
fn a_deep_untyped_body_is_an_error() {
    let deep = format!(r#"{{"a":{}1234567890123456789{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(decode(deep.as_bytes(), &mut None::<Value>).is_err());
    let long = format!(r#"{{"a":{}12345678901234567890123{}}}"#, "[".repeat(100), "]".repeat(100));
    let mut read: Option<Value> = None;
    decode(long.as_bytes(), &mut read).unwrap();
    assert!(read.unwrap().to_string().contains("\"12345678901234567890123\""));
}
