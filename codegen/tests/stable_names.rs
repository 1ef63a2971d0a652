//! Names once given stay: what upstream adds renames nothing that is there.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use dataworks_api_spec::{Spec, Version, parse};
use dataworks_codegen::{Options, generate, import::Document};
use serde_json::{Value, json};

/// An official file with one action, whose answer has these fields in `Data`.
fn official(data: &Value, parameters: &Value) -> Value {
    json!({
        "version": "1.0",
        "info": { "style": "RPC", "product": "dataworks-public", "version": "2024-05-18" },
        "components": { "schemas": {} },
        "apis": { "ListNodes": {
            "methods": ["get"],
            "parameters": parameters,
            "responses": { "200": { "schema": { "type": "object", "properties": {
                "Data": { "type": "object", "properties": data },
                "RequestId": { "type": "string" },
            } } } },
        } },
        "endpoints": [{ "regionId": "cn-hangzhou", "endpoint": "dataworks.cn-hangzhou.aliyuncs.com" }],
    })
}

/// Imports over what is there.
fn import(official: &Value, current: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let document = Document::read("api-docs.json", &official.to_string()).unwrap();
    document.import(current).unwrap().files
}

fn spec(files: &BTreeMap<String, String>) -> Spec {
    let mut version = Version::default();
    for (path, text) in files {
        let file = Path::new(path);
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if path == "service.json" {
            version.service = parse(file, text).unwrap();
        } else if path.starts_with("actions/") {
            version.actions.insert(name, parse(file, text).unwrap());
        }
    }
    Spec { versions: vec![version], ..Spec::default() }
}

/// Every public name with what it belongs to, and the type of each field.
fn public_names(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let options =
        Options { core: "crate::__rt".to_owned(), client_feature: None, examples_use: None, version_features: false };
    let mut names = BTreeSet::new();
    for (path, text) in generate(&spec(files), &options).unwrap() {
        let mut owner = String::new();
        for line in text.lines() {
            if line.starts_with("pub struct ") || line.starts_with("impl ") {
                owner = line.to_owned();
            }
            if line.trim_start().starts_with("pub ") {
                names.insert(format!("{path}: {owner}: {}", line.trim()));
            }
        }
    }
    names
}

#[test]
fn an_added_field_and_an_added_object_rename_nothing() {
    let node = json!({ "type": "object", "properties": {
        "Name": { "type": "string" },
        "Owner": { "type": "object", "properties": { "Name": { "type": "string" } } },
    } });
    let page = json!({ "name": "PageNumber", "in": "query", "schema": { "type": "integer" } });
    let before = official(&json!({ "Nodes": { "type": "array", "items": node } }), &json!([page]));

    let owner = json!({ "type": "object", "properties": { "Id": { "type": "string" } } });
    let after = official(
        &json!({
            "Count": { "type": "integer" },
            "Node": node,
            "Nodes": { "type": "array", "items": node },
            // It comes first, it is less deep, and it has the name that a deeper one has already.
            "Owner": owner,
        }),
        &json!([
            { "name": "Filter", "in": "query", "style": "json", "schema": { "type": "object", "properties": {
                "Node": { "type": "string" },
                "Owner": owner,
            } } },
            page,
        ]),
    );

    let first = import(&before, &BTreeMap::new());
    let second = import(&after, &first);
    let (old, new) = (public_names(&first), public_names(&second));
    let lost: Vec<&String> = old.difference(&new).collect();
    assert!(lost.is_empty(), "renamed or gone: {lost:#?}");
    assert!(new.iter().any(|name| name.contains("pub count: Option<i64>")), "{new:#?}");
    assert!(new.iter().any(|name| name.contains("pub filter: Option<Filter>")), "{new:#?}");

    // Without the record the new object would have taken the name.
    let fresh = public_names(&import(&after, &BTreeMap::new()));
    assert!(old.difference(&fresh).next().is_some(), "the test tempts nobody");
}

#[test]
fn a_twin_that_case_alone_tells_apart_takes_no_name() {
    let text = json!({ "type": "string" });
    let parameter = |name: &str| json!({ "name": name, "in": "query", "schema": text });
    let data = |fields: &[&str]| -> Value {
        let fields: serde_json::Map<_, _> = fields.iter().map(|name| ((*name).to_owned(), text.clone())).collect();
        json!({ "Rows": { "type": "array", "items": { "type": "object", "properties": fields } } })
    };
    let wire = |files: &BTreeMap<String, String>, name: &str| -> String {
        let options = Options {
            core: "crate::__rt".to_owned(),
            client_feature: None,
            examples_use: None,
            version_features: false,
        };
        let files = generate(&spec(files), &options).unwrap();
        let text = &files["v2024_05_18/actions/list_nodes.rs"];
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let field = lines.iter().position(|line| line.starts_with(&format!("pub {name}: ")));
        // Nobody says anything else about it.
        let doc = lines[field.unwrap_or_else(|| panic!("{name}: {text}")) - 1];
        doc.trim_start_matches("/// `").trim_end_matches("`.").to_owned()
    };
    let first = import(&official(&data(&["columns"]), &json!([parameter("level")])), &BTreeMap::new());
    assert!(!first["actions/ListNodes.json"].contains("fieldNames"), "the rule alone names them");
    let both = official(&data(&["columns", "Columns"]), &json!([parameter("level"), parameter("Level")]));
    let second = import(&both, &first);
    for (name, wire_name) in
        [("level", "level"), ("level_pascal", "Level"), ("columns", "columns"), ("columns_pascal", "Columns")]
    {
        assert_eq!(wire(&second, name), wire_name);
    }
    let lost: Vec<_> = public_names(&first).difference(&public_names(&second)).cloned().collect();
    assert!(lost.is_empty(), "{lost:#?}");
    assert_eq!(import(&both, &second), second, "the record stays");
    // Where the first one goes, the name does not pass to the other.
    let third = import(&official(&data(&["Columns"]), &json!([parameter("Level"), parameter("LEVEL")])), &second);
    assert_eq!(wire(&third, "level_pascal"), "Level");
    assert_eq!(wire(&third, "level"), "LEVEL");
    assert_eq!(wire(&third, "columns_pascal"), "Columns");
    // Without a past the official way to write decides.
    let fresh = import(&both, &BTreeMap::new());
    assert_eq!((wire(&fresh, "level"), wire(&fresh, "level_lower")), ("Level".into(), "level".into()));
}

#[test]
fn a_value_that_case_alone_tells_apart_takes_no_variant() {
    let overlay = |text: &str| parse(Path::new("overlay.yaml"), text).unwrap();
    let variants = |values: &Value, decided: &str| {
        let parameter = json!({ "name": "Env", "in": "query", "schema": { "type": "string", "enum": values } });
        let mut spec = spec(&import(&official(&json!({}), &json!([parameter])), &BTreeMap::new()));
        spec.versions[0].overlay = overlay(decided);
        let options = Options {
            core: "crate::__rt".to_owned(),
            client_feature: None,
            examples_use: None,
            version_features: false,
        };
        let text = generate(&spec, &options).unwrap().remove("v2024_05_18/types/env.rs").unwrap();
        let pairs = text.lines().filter_map(|line| line.trim().split_once(" = \""));
        let names = |(variant, value): (&str, &str)| (value.split('"').next().unwrap().to_owned(), variant.to_owned());
        pairs.map(names).collect::<BTreeMap<_, _>>()
    };
    let entry = |values: &str| {
        format!("enums: {{ Env: {{ doc: E., values: {{ {values} }}, fields: [ListNodes.request.Env], LOOKALIKES }} }}")
    };
    let plain = entry("PROD: null, DEV: null").replace(", LOOKALIKES", "");
    let expected = [("DEV", "Dev"), ("PROD", "Prod"), ("Prod", "ProdPascal")];
    let expected = expected.map(|(value, name)| (value.to_owned(), name.to_owned())).into();
    assert_eq!(variants(&json!(["Prod", "PROD", "DEV"]), &plain), expected);
    // What is decided of it then changes nothing.
    let both =
        entry("PROD: null, DEV: null, Prod: null").replace("LOOKALIKES", "lookalikes: { Prod: { of: PROD, why: B. } }");
    assert_eq!(variants(&json!(["Prod", "PROD", "DEV"]), &both), expected);
    // Of those that nobody decided, the first keeps it.
    let none = entry("DEV: null").replace(", LOOKALIKES", "");
    assert_eq!(variants(&json!(["PROD", "DEV", "Prod"]), &none), expected);
}
