//! Imports made-up files in the official form.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use dataworks_api_spec::{Action, Method, Place, Service, SharedType, Style, Type};
use dataworks_codegen::import::{Document, Import};
use serde_json::{Value, json};

const JSON: &str = include_str!("fixtures/import/full.json");
const YAML: &str = include_str!("fixtures/import/full.yaml");

type Files = BTreeMap<String, String>;

fn import(file: &str, text: &str, current: &Files) -> Import {
    Document::read(file, text).unwrap().import(current).unwrap()
}

/// The files of the full form after a change.
fn import_changed(current: &Files, change: impl FnOnce(&mut Value)) -> Import {
    import("api-docs.json", &changed(change), current)
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(JSON).unwrap();
    change(&mut value);
    value.to_string()
}

fn full() -> Import {
    import("api-docs.json", JSON, &Files::new())
}

/// What is said about a file that is refused.
fn refused(file: &str, text: &str) -> Vec<String> {
    let refused = Document::read(file, text).unwrap_err();
    let lines = refused.to_string();
    lines.lines().map(|line| line.strip_prefix(&format!("{file}: ")).unwrap().to_owned()).collect()
}

fn refused_after(change: impl FnOnce(&mut Value)) -> Vec<String> {
    refused("api-docs.json", &changed(change))
}

fn parsed<T: serde::de::DeserializeOwned>(files: &Files, path: &str) -> T {
    serde_json::from_str(&files[path]).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_full_form_is_read() {
    let Import { files, changes, .. } = full();
    let paths: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(paths, ["actions/ListBeds.json", "actions/PlantTree.json", "service.json", "types/Leaf.json"]);
    assert_eq!(changes.new, paths);

    let action: Action = parsed(&files, "actions/ListBeds.json");
    assert_eq!(action.method, Method::Post);
    assert!(action.deprecated);
    assert_eq!(action.replaced_by.as_deref(), Some("2024-05-18 ListPatches"));
    assert_eq!(action.operation_type.as_deref(), Some("read"));
    assert_eq!(
        action.error_codes,
        BTreeMap::from([(400, vec!["Busy.Bed".into(), "Invalid.Bed".into()]), (429, vec!["Throttling".into()])])
    );
}

#[test]
fn parameters_are_read() {
    let action: Action = parsed(&full().files, "actions/ListBeds.json");
    let parameters = &action.parameters;
    let bed = &parameters["BedId"];
    assert_eq!((bed.place, bed.style, bed.schema.kind), (Place::FormData, None, Some(Type::Integer)));
    assert_eq!(
        (bed.schema.minimum.clone(), bed.schema.maximum.clone()),
        (Some(1.into()), Some(9_007_199_254_740_993_u64.into()))
    );
    assert_eq!((bed.schema.exclusive_minimum, bed.schema.exclusive_maximum), (true, false));
    assert_eq!((bed.schema.required, bed.schema.example.as_deref()), (true, Some("530486")));
    let season = &parameters["Season"].schema;
    assert_eq!(
        (season.min_length, season.max_length, season.pattern.as_deref()),
        (Some(2), Some(10), Some("^[A-Z]+$"))
    );
    assert_eq!(
        (season.values.clone(), season.default.as_deref()),
        (Some(vec!["SPRING".into(), "AUTUMN".into()]), Some("SPRING"))
    );
    assert_eq!(parameters["Depth"].schema.values, Some(vec!["1".into(), "2".into(), "3".into()]));
    assert!(parameters["Depth"].schema.deprecated);
    assert_eq!(parameters["Ratio"].schema.minimum, serde_json::Number::from_f64(0.5));
    assert_eq!(parameters["Ratio"].schema.maximum, serde_json::Number::from_f64(1.5));
    assert_eq!(parameters["Sunny"].schema.default.as_deref(), Some("true"));
    assert_eq!(parameters["Empty"].schema.values, Some(vec![]));
    assert_eq!((parameters["Ids"].style, parameters["Ids"].schema.min_items), (Some(Style::Json), Some(1)));
    assert_eq!((parameters["Codes"].style, parameters["Leaves"].style), (Some(Style::Simple), Some(Style::RepeatList)));
    assert_eq!(parameters["Leaves"].schema.items.as_ref().unwrap().reference.as_deref(), Some("Leaf"));
    assert!(parameters["Photo"].schema.is_file_transfer_url);
    assert_eq!(parameters["Free"].schema.additional_properties.as_ref().unwrap().kind, None);
    assert_eq!(parameters["Free"].schema.example.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!(parameters["Closed"].schema.additional_properties, None);
    assert_eq!(parameters["ServiceRegion"].place, Place::Host);
}

#[test]
fn answers_types_and_service_are_read() {
    let files = full().files;
    let action: Action = parsed(&files, "actions/ListBeds.json");
    let bed = action.answer.properties["Beds"].items.as_ref().unwrap();
    assert_eq!(bed.properties["Notes"].kind, None);
    assert_eq!(bed.properties["Soil"].kind, Some(Type::Object), "of no type, but it has fields");
    assert_eq!(action.answer.properties["Extra"].kind, Some(Type::Any));
    let names = [("answer.Beds[]", "Bed"), ("answer.Beds[].Bugs{}", "Bug"), ("answer.Beds[].Soil", "Soil")];
    assert_eq!(action.type_names, names.map(|(path, name)| (path.into(), name.into())).into());

    let action: Action = parsed(&files, "actions/PlantTree.json");
    assert_eq!(action.method, Method::Put);
    assert_eq!(action.replaced_by.as_deref(), Some("ListBeds"));
    assert_eq!(action.answer.reference.as_deref(), Some("Leaf"));

    let leaf: SharedType = parsed(&files, "types/Leaf.json");
    assert_eq!(leaf.schema.properties["Twin"].reference.as_deref(), Some("Leaf"));
    assert_eq!(leaf.type_names, BTreeMap::from([("types.Leaf.Veins[]".into(), "Vein".into())]));

    let service: Service = parsed(&files, "service.json");
    assert_eq!((service.product.as_str(), service.version.as_str()), ("dataworks-public", "2020-05-18"));
    assert_eq!(service.endpoints.keys().collect::<Vec<_>>(), ["cn-north", "cn-south"]);
    assert_eq!(service.endpoints["cn-north"].public, "north.example.com");
    assert_eq!(service.endpoints["cn-south"].vpc, None);
    let directories = [("Garden", "PlantTree"), ("Garden/Beds", "ListBeds")];
    assert_eq!(service.directories, directories.map(|(path, action)| (path.into(), vec![action.into()])).into());
}

#[test]
fn prose_is_left_behind() {
    for (path, text) in full().files {
        assert!(!text.contains("left behind"), "{path}: {text}");
    }
}

#[test]
fn yaml_and_json_give_the_same() {
    let [json, yaml] = [("a.json", JSON), ("a.yaml", YAML)].map(|(file, text)| import(file, text, &Files::new()));
    assert_eq!(json.files, yaml.files);
    assert_eq!(json.notes, yaml.notes);
    assert_eq!(import("a.json", &format!("\u{feff}{JSON}"), &Files::new()).files, json.files, "with a byte order mark");
}

#[test]
fn notes_say_what_was_left_out() {
    assert_eq!(
        full().notes,
        [
            r#"endpoints[2]: cn-west has no public host, left out"#,
            r#"directories[0].children[1].children[1]: "GoneAction" is no action of this file, left out"#,
        ]
    );
    let notes = import_changed(&Files::new(), |root| {
        root["apis"]["ListBeds"]["novel"] = json!(1);
        for index in [1, 3, 4] {
            root["apis"]["ListBeds"]["parameters"][index]["schema"]["shiny"] = json!([]);
        }
        root["apis"]["PlantTree"]["replacedBy"] = json!("dataworks-public::2020-05-18::NoSuchAction");
        root["apis"]["ListBeds"]["staticInfo"]["substitutions"] = json!(["other::2020-05-18::Do", "a::b::c::d"]);
        root["apis"]["ListBeds"]["parameters"][1]["schema"]["properties"] = json!({ "A": { "type": "string" } });
    });
    let apis = "apis.ListBeds";
    let expected = [
        format!("{apis}.parameters[1].schema: has fields but is no object: the fields are left out"),
        format!(
            r#"{apis}.staticInfo.substitutions[0]: "other::2020-05-18::Do" is an action of another product, left out"#
        ),
        format!(
            r#"{apis}.staticInfo.substitutions[1]: "a::b::c::d" names no action (<product>::<version>::<Action>), left out"#
        ),
        r#"apis.PlantTree: "NoSuchAction" is said to replace it and is no other action of this file, left out"#
            .to_owned(),
        format!(r#"unknown key "novel" of an action, left out: once, first at {apis}"#),
        format!(r#"unknown key "shiny" of a schema, left out: 3 times, first at {apis}.parameters[1].schema"#),
    ];
    for line in expected {
        assert!(notes.notes.contains(&line), "{line}\n{:#?}", notes.notes);
    }
}

#[test]
fn importing_twice_changes_nothing() {
    let files = full().files;
    let again = import("api-docs.json", JSON, &files);
    assert_eq!(again.files, files);
    assert_eq!(again.changes.unchanged.len(), files.len());
    // The order of a file is not the order of the spec.
    let sorted = changed(|root| root["apis"]["ListBeds"]["parameters"].as_array_mut().unwrap().reverse());
    assert_eq!(import("api-docs.json", &sorted, &files).changes.unchanged.len(), files.len());
}

#[test]
fn one_more_parameter_is_one_more_line() {
    let files = full().files;
    let parameter = json!({ "name": "Width", "in": "query", "schema": { "type": "integer", "minimum": "1" } });
    let update = import_changed(&files, |root| {
        root["apis"]["ListBeds"]["parameters"].as_array_mut().unwrap().insert(3, parameter);
    });
    assert_eq!(update.changes.changed, ["actions/ListBeds.json"]);
    let [old, new] = [&files, &update.files].map(|files| files["actions/ListBeds.json"].lines().collect::<Vec<_>>());
    let added: Vec<_> = new.iter().copied().filter(|line| !old.contains(line)).collect();
    // The line before it gets a comma.
    assert_eq!(
        added,
        [
            r#"    "Sunny": { "in": "query", "type": "boolean", "enum": ["true", "false"], "default": "true" },"#,
            r#"    "Width": { "in": "query", "type": "integer", "minimum": 1 }"#
        ]
    );
    assert_eq!(new.len(), old.len() + 1);
}

#[test]
fn what_upstream_adds_renames_nothing() {
    let files = full().files;
    let update = import_changed(&files, |root| {
        let shallow = json!({ "type": "object", "properties": { "A": { "type": "string" } } });
        root["apis"]["ListBeds"]["responses"]["200"]["schema"]["properties"]["Soil"] = shallow.clone();
        root["apis"]["ListBeds"]["parameters"][0] = json!({ "name": "Bug", "in": "query", "schema": shallow });
    });
    let action: Action = parsed(&update.files, "actions/ListBeds.json");
    assert_eq!(action.type_names["answer.Beds[].Soil"], "Soil");
    assert_eq!(action.type_names["answer.Beds[].Bugs{}"], "Bug");
    assert_eq!(action.type_names["answer.Soil"], "ResponseSoil");
    assert_eq!(action.type_names["request.Bug"], "RequestBug");
}

#[test]
fn what_upstream_removes_goes() {
    let files = full().files;
    let update = import_changed(&files, |root| {
        root["apis"].as_object_mut().unwrap().remove("PlantTree");
        root["components"] = json!({});
        root["apis"]["ListBeds"]["parameters"] = json!([]);
        root["apis"]["ListBeds"]["responses"] = json!({});
    });
    assert_eq!(update.changes.removed, ["actions/PlantTree.json", "types/Leaf.json"]);
    let action: Action = parsed(&update.files, "actions/ListBeds.json");
    assert!(action.type_names.is_empty());
    assert_eq!(action.answer.kind, Some(Type::Object), "an action without a documented answer");
}

#[test]
fn recorded_names_are_not_lost_with_an_unreadable_file() {
    let mut files = full().files;
    files.insert("actions/ListBeds.json".into(), "<<<<<<< HEAD".into());
    let refused = Document::read("api-docs.json", JSON).unwrap().import(&files).unwrap_err().to_string();
    assert!(
        refused.starts_with("api-docs.json: 2020-05-18/actions/ListBeds.json: holds names that must stay"),
        "{refused}"
    );
}

#[test]
fn a_file_of_another_form_is_refused() {
    let syntax = refused("a.json", "{\n  \"info\": {,\n}");
    assert_eq!(syntax, ["line 2 column 12: is no JSON: key must be a string"]);
    assert_eq!(refused("a.json", ""), ["line 1 column 0: is no JSON: EOF while parsing a value"]);
    assert_eq!(refused("a.json", "<html>"), ["line 1 column 1: is no JSON: expected value"]);
    let yaml = &refused("a.yml", "info:\n  version: \"2020\n")[0];
    assert!(yaml.starts_with("line ") && yaml.contains(": is no YAML: "), "{yaml}");
    assert_eq!(refused("a.json", "[]"), ["expected an object, found []"]);
    let empty = ["info: is missing: is this an api-docs file?", "apis: is missing: no action to import"];
    assert_eq!(refused("a.json", "{}"), empty);
}

#[test]
fn what_is_missing_or_wrong_on_top_is_refused() {
    for (pointer, value, expected) in [
        ("/info/version", json!(null), "info.version: is missing"),
        ("/info/version", json!("../../../etc"), r#"info.version: "../../../etc" is no date such as 2020-05-18"#),
        ("/info/version", json!("2020-13-01"), r#"info.version: "2020-13-01" is no date such as 2020-05-18"#),
        ("/info/version", json!(20_200_518), "info.version: expected a text, found 20200518"),
        ("/info/product", json!(null), "info.product: is missing"),
        ("/info/style", json!("ROA"), r#"info.style: expected RPC, found "ROA""#),
        ("/apis", json!({}), "apis: is empty: no action to import"),
        ("/apis", json!([]), "apis: expected an object, found []"),
        ("/endpoints/0/regionId", json!(null), "endpoints[0].regionId: is missing"),
        ("/endpoints/1/regionId", json!("cn-north"), r#"endpoints[1].regionId: "cn-north" stands there twice"#),
        ("/endpoints/1/endpoint", json!("a b/c"), r#"endpoints[1].endpoint: "a b/c" is no host name"#),
        ("/directories/0/children/1", json!(5), "directories[0].children[1]: expected an object, found 5"),
    ] {
        let found = refused_after(|root| *root.pointer_mut(pointer).unwrap() = value);
        assert!(found.contains(&expected.to_owned()), "{pointer}: {found:#?}");
    }
}

#[test]
fn what_is_wrong_with_an_action_is_refused() {
    expect_refused(&[
        ("methods", json!([]), "methods: is empty: a list of HTTP methods"),
        ("methods", json!(null), "methods: is missing: a list of HTTP methods"),
        ("methods/1", json!("PATCH"), "methods[0]: expected GET, POST, PUT, DELETE, found \"HEAD\""),
        ("deprecated", json!("maybe"), "deprecated: expected true or false, found \"maybe\""),
        ("parameters", json!({}), "parameters: expected a list, found {}"),
        ("parameters/3", json!("x"), "parameters[3]: expected an object, found \"x\""),
        ("parameters/3/in", json!("body"), "parameters[3].in: expected query, formData, host, found \"body\""),
        ("parameters/3/in", json!(null), "parameters[3].in: is missing"),
        ("parameters/6/style", json!("flat"), "parameters[6].style: expected json, simple, repeatList, found \"flat\""),
        ("parameters/3/name", json!(null), "parameters[3].name: is missing"),
        ("parameters/3/name", json!("Depth"), "parameters[3].name: \"Depth\" is the name of two parameters"),
        (
            "parameters/3/name",
            json!("a.b"),
            "parameters[3].name: \"a.b\" is no name of a parameter: only letters, digits, _ and -, with a letter among them",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_schema_is_refused() {
    expect_refused(&[
        ("parameters/3/schema", json!(null), "parameters[3].schema: is missing"),
        ("parameters/3/schema", json!([1]), "parameters[3].schema: expected an object, found [1]"),
        (
            "parameters/3/schema/type",
            json!("long"),
            "parameters[3].schema.type: expected string, integer, number, boolean, array, object, any, found \"long\"",
        ),
        ("parameters/3/schema/minimum", json!("low"), "parameters[3].schema.minimum: expected a number, found \"low\""),
        (
            "parameters/1/schema/maxLength",
            json!(-1),
            "parameters[1].schema.maxLength: expected a whole number from 0, found -1",
        ),
        ("parameters/1/schema/enum", json!("A,B"), "parameters[1].schema.enum: expected a list, found \"A,B\""),
        (
            "parameters/1/schema/enum/1",
            json!({}),
            "parameters[1].schema.enum[1]: expected a text, a number, true or false, found {}",
        ),
        (
            "parameters/8/schema/items/$ref",
            json!("#/components/schemas/Twig"),
            "parameters[8].schema.items.$ref: refers to \"Twig\", which components.schemas does not hold",
        ),
        (
            "parameters/8/schema/items/$ref",
            json!("Leaf"),
            "parameters[8].schema.items.$ref: expected #/components/schemas/<Name>, found \"Leaf\"",
        ),
        ("errorCodes/400", json!([7]), "errorCodes.400[0]: expected an object, found 7"),
    ]);
}

/// Puts each value at its place in `ListBeds`, and expects that one message.
fn expect_refused(cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let found = refused_after(|root| {
            root["apis"]["ListBeds"]["methods"][0] = json!("HEAD");
            if *pointer != "methods/1" {
                root["apis"]["ListBeds"]["methods"][0] = json!("GET");
            }
            *root.pointer_mut(&format!("/apis/ListBeds/{pointer}")).unwrap() = value.clone();
        });
        assert_eq!(found, [format!("apis.ListBeds.{expected}")], "{pointer}");
    }
}

#[test]
fn a_name_with_nothing_behind_it_is_refused() {
    let found = refused_after(|root| root["apis"]["GrowTree"] = json!(null));
    assert_eq!(found, ["apis.GrowTree: expected an object, found null"]);
    let found = refused_after(|root| root["components"]["schemas"]["Twig"] = json!(null));
    assert_eq!(found, ["components.schemas.Twig: expected an object, found null"]);
}

#[test]
fn bounds_that_no_value_keeps_are_refused() {
    for (least, most) in [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")] {
        let bounded = |low: Value, high: Value| {
            move |root: &mut Value| {
                root["apis"]["ListBeds"]["parameters"][3]["schema"] =
                    json!({ "type": "integer", least: low, most: high });
            }
        };
        let at = format!("apis.ListBeds.parameters[3].schema.{least}");
        let found = refused_after(bounded(json!("5"), json!(1)));
        assert_eq!(found, [format!("{at}: 5 is more than {most}, 1: no value fits")]);
        import_changed(&Files::new(), bounded(json!(5), json!("5")));
    }
}

#[test]
fn bounds_beyond_64_bits_are_left_out() {
    let nines = "9".repeat(40);
    let schema = json!({ "type": "integer", "minimum": 1, "maximum": nines });
    let update = import_changed(&Files::new(), |root| {
        root["apis"]["ListBeds"]["parameters"][3]["schema"] = schema;
        root["components"]["schemas"]["Leaf"]["properties"]["Area"] = json!({ "type": "number", "maximum": 1e40 });
    });
    let note = format!(r#"apis.ListBeds.parameters[3].schema.maximum: "{nines}" is beyond 64 bits, left out"#);
    assert!(update.notes.contains(&note), "{:#?}", update.notes);
    let value: Value = serde_json::from_str(JSON).unwrap();
    let name = value["apis"]["ListBeds"]["parameters"][3]["name"].as_str().unwrap();
    let action: Action = parsed(&update.files, "actions/ListBeds.json");
    assert_eq!(action.parameters[name].schema.minimum, Some(1.into()));
    assert_eq!(action.parameters[name].schema.maximum, None);
    let leaf: SharedType = parsed(&update.files, "types/Leaf.json");
    assert!(leaf.schema.properties["Area"].maximum.is_some(), "a number may be that large");
}

#[test]
fn references_in_a_circle_are_refused() {
    let refer = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let found = refused_after(|root| {
        let schemas = &mut root["components"]["schemas"];
        for (name, to) in [("Loop", "Loop"), ("La", "Lb"), ("Lb", "La"), ("Way", "La"), ("Good", "Leaf")] {
            schemas[name] = refer(to);
        }
    });
    assert_eq!(
        found,
        [
            "components.schemas.La: leads to nothing but itself: La -> Lb -> La",
            "components.schemas.Lb: leads to nothing but itself: Lb -> La -> Lb",
            "components.schemas.Loop: leads to nothing but itself: Loop -> Loop",
        ]
    );
}

#[test]
fn answers_that_are_no_objects_are_refused() {
    let answer =
        |schema: Value| move |root: &mut Value| root["apis"]["ListBeds"]["responses"]["200"]["schema"] = schema;
    let at = "apis.ListBeds.responses.200.schema";
    for (schema, is) in [
        (json!({ "type": "string" }), "a text"),
        (json!({ "type": "array", "items": { "type": "string" } }), "a list"),
        (json!({ "type": "integer" }), "a number"),
        (json!({ "type": "any" }), "of any type"),
    ] {
        let found = refused_after(answer(schema.clone()));
        assert_eq!(found, [format!("{at}: is {is}: an answer has to be an object")]);
        let found = refused_after(|root| {
            root["components"]["schemas"]["Word"] = schema;
            answer(json!({ "$ref": "#/components/schemas/Word" }))(root);
        });
        assert_eq!(found, [format!("{at}: is {is}: an answer has to be an object")], "through a reference");
    }
    for (schema, is) in [
        (json!({}), "has no type"),
        (json!({ "type": "object", "additionalProperties": { "type": "string" } }), "is a map"),
    ] {
        let notes = import_changed(&Files::new(), answer(schema)).notes;
        let note = format!("{at}: {is} and names no field: the answer has none");
        assert!(notes.contains(&note), "{notes:#?}");
    }
}

#[test]
fn parameters_of_the_protocol_are_refused() {
    for name in ["Action", "Version", "SignatureNonce", "Timestamp", "SecurityToken"] {
        let found = refused_after(|root| root["apis"]["ListBeds"]["parameters"][3]["name"] = json!(name));
        let what = "is a parameter of the protocol itself, which goes with every call: no action can have it";
        assert_eq!(found, [format!("apis.ListBeds.parameters[3].name: {name:?} {what}")]);
    }
}

#[test]
fn an_unknown_key_on_top_says_so() {
    let notes = import_changed(&Files::new(), |root| root["novel"] = json!(1)).notes;
    let expected = r#"unknown key "novel" of the file, left out: once, first at the top level"#;
    assert!(notes.contains(&expected.to_owned()), "{notes:#?}");
}

#[test]
fn another_product_is_refused() {
    let current = Files::from([("service.json".to_owned(), full().files["service.json"].clone())]);
    let ecs = changed(|root| root["info"]["product"] = json!("ecs"));
    for current in [&current, &Files::new()] {
        let refused = Document::read("ecs.json", &ecs).unwrap().import(current).unwrap_err();
        assert_eq!(
            refused.to_string(),
            r#"ecs.json: info.product: "ecs" is another product: 2020-05-18 is of "dataworks-public"; take that product's file"#
        );
    }
    // What is there says which product it is.
    let served = current["service.json"].replace("dataworks-public", "ecs");
    let current = Files::from([("service.json".to_owned(), served)]);
    Document::read("ecs.json", &ecs).unwrap().import(&current).unwrap();
    let refused = Document::read("a.json", JSON).unwrap().import(&current).unwrap_err();
    assert!(refused.to_string().contains(r#""dataworks-public" is another product: 2020-05-18 is of "ecs""#));
    let broken = Files::from([("service.json".to_owned(), "<<<<".to_owned())]);
    let refused = Document::read("a.json", JSON).unwrap().import(&broken).unwrap_err();
    assert!(refused.to_string().contains("2020-05-18/service.json: names the product, and cannot be read"));
}

#[test]
fn names_that_are_no_plain_names_are_refused() {
    for name in ["../../evil", "a/b", "", "a b", "Ä", "1st", "a\u{1b}[31m", ".hidden"] {
        let found = refused_after(|root| root["apis"][name] = root["apis"]["PlantTree"].clone());
        let is_no_name = "is no name of an action: only letters, digits and _, a letter first";
        assert!(found.iter().any(|line| line.ends_with(is_no_name)), "{name:?}: {found:#?}");
        assert!(!found.join("").contains('\u{1b}'), "{found:#?}");
        let found = refused_after(|root| root["components"]["schemas"][name] = json!({ "type": "string" }));
        assert!(found.iter().any(|line| line.contains("is no name of a schema")), "{name:?}: {found:#?}");
    }
    let found = refused_after(|root| root["apis"]["listbeds"] = root["apis"]["PlantTree"].clone());
    assert_eq!(found, [r#"apis.listbeds: differs from "ListBeds" by case only: their files would be one"#]);
    let found = refused_after(|root| root["components"]["schemas"]["Leaf"]["properties"]["a.b[]"] = json!({}));
    assert!(found[0].starts_with(r#"components.schemas.Leaf.properties."a.b[]": is no name of a field"#), "{found:#?}");
}

#[test]
fn keys_that_stand_twice_are_refused() {
    let twice = JSON.replace(r#""PlantTree": {"#, r#""ListBeds": {"#);
    let found = refused("a.json", &twice);
    assert_eq!(found[0], "apis.ListBeds: stands there twice");
    let twice = YAML.replace("\n  PlantTree:\n", "\n  ListBeds:\n");
    let found = refused("a.yaml", &twice);
    assert!(found[0].starts_with("line ") && found[0].contains("ListBeds"), "{found:#?}");
}

#[test]
fn all_findings_come_together() {
    let found = refused_after(|root| {
        for index in 0..13 {
            root["apis"]["ListBeds"]["parameters"][index]["in"] = json!("body");
            root["apis"]["ListBeds"]["parameters"][index]["style"] = json!("flat");
        }
    });
    assert_eq!(found.len(), 21);
    assert_eq!(found[20], "and 6 more");
}
