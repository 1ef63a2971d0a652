//! The spec's own files: their form, and the decisions that must not get lost.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use dataworks_api_spec::{OutcomeField, Paging, Safety, Schema, Spec, Type, Version, read};
use jsonschema::Validator;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn spec() -> Spec {
    Spec::load(root()).unwrap_or_else(|error| panic!("{error}"))
}

/// The definition of one kind of file.
fn validator(kind: &str) -> Validator {
    let mut schema: Value = read(&root().join("spec.schema.json")).unwrap();
    assert!(schema["$defs"][kind].is_object(), "no definition `{kind}`");
    schema["$ref"] = json!(format!("#/$defs/{kind}"));
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Every file that people or `import` write, and its kind.
fn files() -> Vec<(PathBuf, &'static str)> {
    let mut files = vec![(root().join("glossary.yaml"), "glossary"), (root().join("groups.yaml"), "groups")];
    for version in spec().versions {
        let folder = root().join(version.name());
        files.push((folder.join("service.json"), "service"));
        files.push((folder.join("overlay.yaml"), "overlay"));
        files.extend(
            version.actions.keys().map(|name| (folder.join("actions").join(name).with_extension("json"), "action")),
        );
        files.extend(version.types.keys().map(|name| (folder.join("types").join(name).with_extension("json"), "type")));
    }
    files
}

#[test]
fn every_file_has_the_form_of_its_kind() {
    let validators: BTreeMap<&str, Validator> =
        ["glossary", "groups", "service", "overlay", "action", "type"].map(|kind| (kind, validator(kind))).into();
    let mut wrong = Vec::new();
    for (file, kind) in files() {
        let value: Value = read(&file).unwrap();
        let errors = validators[kind].iter_errors(&value);
        wrong.extend(errors.map(|error| format!("{}: {}: {error}", file.display(), error.instance_path())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_key_has_no_place_in_any_kind() {
    let action = |parameter: Value| json!({ "method": "GET", "parameters": { "A": parameter }, "answer": {} });
    let cases = [
        ("service", json!({ "product": "dataworks-public", "version": "2020-05-18", "endpoints": {}, "endpoint": {} })),
        (
            "service",
            json!({ "product": "dataworks-public", "version": "2020-05-18", "endpoints": { "r": { "public": "h", "x": 1 } } }),
        ),
        ("action", json!({ "method": "GET", "parameters": {}, "answer": {}, "summary": "Prose." })),
        ("action", json!({ "method": "PATCH", "parameters": {}, "answer": {} })),
        ("action", action(json!({ "in": "query", "minimun": 1 }))),
        ("action", action(json!({ "in": "path" }))),
        ("action", action(json!({ "type": "string" }))),
        ("action", action(json!({ "in": "query", "items": { "in": "query" } }))),
        ("action", action(json!({ "in": "query", "properties": { "B": { "typ": "string" } } }))),
        ("action", action(json!({ "in": "query", "minimum": "1" }))),
        ("type", json!({ "schema": {}, "title": "Prose." })),
        ("type", json!({ "schema": { "additionalProperties": { "x": 1 } } })),
        ("overlay", json!({ "action": {} })),
        ("overlay", json!({ "actions": { "A": { "summery": "Lists." } } })),
        ("overlay", json!({ "actions": { "A": { "summary": "No full stop" } } })),
        (
            "overlay",
            json!({ "actions": { "A": { "pages": { "page": "P", "token": "T", "size": "S", "items": "I" } } } }),
        ),
        ("overlay", json!({ "enums": { "E": { "doc": "Kinds.", "values": {}, "fields": ["A.request.B"] } } })),
        ("overlay", json!({ "names_kept": ["*.answer.Data"] })),
        ("overlay", json!({ "actions": { "A": { "replaced_by": "nothing" } } })),
        ("overlay", json!({ "actions": { "A": { "ids": ["Data"] } } })),
        ("glossary", json!({ "Id": 1 })),
    ];
    for (kind, value) in cases {
        assert!(!validator(kind).is_valid(&value), "{kind}: {value}");
    }
    assert!(
        validator("action").is_valid(&action(json!({ "in": "query", "style": "json", "items": { "type": "string" } })))
    );
}

#[test]
fn reading_loses_nothing() {
    for version in spec().versions {
        let folder = root().join(version.name());
        let same = |file: PathBuf, value: Value| {
            assert_eq!(read::<Value>(&file).unwrap(), value, "{}", file.display());
        };
        same(folder.join("service.json"), serde_json::to_value(&version.service).unwrap());
        for (name, action) in &version.actions {
            same(folder.join("actions").join(name).with_extension("json"), serde_json::to_value(action).unwrap());
        }
        for (name, shared) in &version.types {
            same(folder.join("types").join(name).with_extension("json"), serde_json::to_value(shared).unwrap());
        }
    }
}

#[test]
fn an_overlay_says_what_it_is() {
    for version in spec().versions {
        let text = fs::read_to_string(root().join(version.name()).join("overlay.yaml")).unwrap();
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(head.len() >= 2 && head.concat().contains("README.md"), "{}", version.name());
    }
}

#[test]
fn ids_that_hide_in_data_are_known() {
    let spec = spec();
    let count = |kind: Type, name: &str| {
        let version = spec.version(name).unwrap();
        let of_kind = version.actions.keys().filter(|action| {
            version.schema_at(action, "answer.Data").is_some_and(|schema| schema.kind == Some(kind))
                && version.is_id(action, "answer.Data")
        });
        of_kind.count()
    };
    let numbers = count(Type::Integer, "2020-05-18") + count(Type::Integer, "2024-05-18");
    assert_eq!(numbers, 22);
    assert_eq!(count(Type::String, "2020-05-18") + count(Type::String, "2024-05-18"), 3);
    for version in &spec.versions {
        for name in version.actions.keys() {
            let data = version.schema_at(name, "answer.Data");
            if data.is_some_and(|schema| schema.kind == Some(Type::Integer)) {
                assert!(version.is_id(name, "answer.Data"), "{name}: a number in Data that nobody decided about");
            }
        }
    }
}

#[test]
fn outcomes_that_are_no_success_are_known() {
    let spec = spec();
    let names = |version: &'static str, wanted: fn(OutcomeField<'_>) -> bool| {
        let version = spec.version(version).unwrap();
        version.actions.keys().filter(|name| wanted(version.decisions(name).outcome)).cloned().collect::<Vec<_>>()
    };
    let items = names("2024-05-18", |outcome| outcome == OutcomeField::Items("SuccessInfo"));
    assert_eq!(items.len(), 9, "{items:?}");
    let status = names("2020-05-18", |outcome| outcome == OutcomeField::Status("Status"));
    assert_eq!(
        status,
        [
            "AddMetaCollectionEntity",
            "DeleteLineageRelation",
            "DeleteMetaCollection",
            "DeleteMetaCollectionEntity",
            "UpdateMetaCollection"
        ]
    );
}

#[test]
fn writes_behind_a_get_or_a_friendly_name_stay_writes() {
    let spec = spec();
    let cases = [
        (
            "2024-05-18",
            "CreateDIAlarmRule UpdateDIAlarmRule DeleteDIAlarmRule StartDIJob StopDIJob DeleteDIJob DeleteDataSource",
        ),
        (
            "2020-05-18",
            "DeleteMetaCategory CreateProject ImportDataSources DeleteDISyncTask StopDISyncInstance UpdateDIProjectConfig \
             RegisterLineageRelation DeleteTableTheme CheckFileDeployment QueryPublicModelEngine",
        ),
        ("2018-06-01", "GetDataServiceContextUpdateEvent"),
    ];
    for (version, names) in cases {
        let version = spec.version(version).unwrap();
        for name in names.split_whitespace() {
            assert!(version.actions.contains_key(name), "{name}");
            assert_eq!(version.decisions(name).safety, Safety::Write, "{name}");
        }
    }
    assert_eq!(spec.version("2020-05-18").unwrap().decisions("ListNodes").safety, Safety::Read);
}

#[test]
fn nested_lists_of_data_sources_are_flattened() {
    let spec = spec();
    let Some(Paging::Numbered(pages)) = spec.version("2024-05-18").unwrap().decisions("ListDataSources").pages else {
        panic!("ListDataSources does not page");
    };
    assert_eq!(pages.items, "PagingInfo.DataSources[].DataSource");
}

/// Every parameter and field of a version: action, path, schema. Shared schemas have no action.
fn fields(version: &Version) -> Vec<(String, String, &Schema)> {
    let mut open = Vec::new();
    for (name, action) in &version.actions {
        open.push((name.clone(), "answer".to_owned(), &action.answer));
        open.extend(
            action.parameters.iter().map(|(parameter, it)| (name.clone(), format!("request.{parameter}"), &it.schema)),
        );
    }
    open.extend(version.types.iter().map(|(name, it)| (String::new(), format!("types.{name}"), &it.schema)));
    let mut found = Vec::new();
    while let Some((action, path, schema)) = open.pop() {
        open.extend(schema.properties.iter().map(|(name, it)| (action.clone(), format!("{path}.{name}"), it)));
        open.extend(schema.items.iter().map(|it| (action.clone(), format!("{path}[]"), &**it)));
        open.extend(schema.additional_properties.iter().map(|it| (action.clone(), format!("{path}{{}}"), &**it)));
        found.push((action, path, schema));
    }
    found
}

#[test]
fn every_path_is_found_again() {
    for version in spec().versions {
        for (action, path, schema) in fields(&version) {
            let found = version.schema_at(&action, &path);
            assert!(found.is_some(), "{action} {path}");
            assert!(schema.reference.is_some() || found == Some(schema), "{action} {path}");
        }
    }
}
