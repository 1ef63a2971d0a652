//! What cannot become Rust is refused, with the place and the way out.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::Path;

use dataworks_api_spec::{Action, NumberedPages, Overlay, Pages, Rename, Spec, Version, parse};
use dataworks_codegen::{Options, generate};

const ACTION: &str = r#"{
    "method": "GET",
    "parameters": { "PageNumber": { "in": "query", "type": "integer" } },
    "answer": { "type": "object", "properties": {
        "Data": { "type": "object", "properties": { "Name": { "type": "string" }, "Names": { "type": "array" } } },
        "Info": { "type": "object", "properties": { "Name": { "type": "string" } } }
    } },
    "typeNames": { "answer.Data": "Data", "answer.Info": "Info" }
}"#;

fn spec() -> Spec {
    let action: Action = parse(Path::new("ListThings.json"), ACTION).unwrap();
    let mut version = Version::default();
    version.service.version = "2001-01-01".to_owned();
    version.actions.insert("ListThings".to_owned(), action);
    Spec { versions: vec![version], ..Spec::default() }
}

fn options() -> Options {
    Options { core: "crate::__rt".to_owned(), client_feature: None, examples_use: None, version_features: false }
}

/// The finding about a spec that was changed in one way.
fn finding(change: impl FnOnce(&mut Version)) -> String {
    let mut spec = spec();
    change(&mut spec.versions[0]);
    let error = generate(&spec, &options()).unwrap_err();
    assert_eq!(error.findings().len(), 1, "{error}");
    error.to_string()
}

fn rename(version: &mut Version, path: &str, to: &str) {
    let entry = version.overlay.actions.entry("ListThings".to_owned()).or_default();
    entry.renames.insert(path.to_owned(), Rename { to: to.to_owned(), why: "For the test.".to_owned(), review: None });
}

#[test]
fn as_it_is_it_becomes_rust() {
    assert!(generate(&spec(), &options()).is_ok());
}

#[test]
fn a_type_without_a_recorded_name() {
    let found = finding(|version| {
        version.actions.get_mut("ListThings").unwrap().type_names.remove("answer.Info");
    });
    assert_eq!(
        found,
        "2001-01-01 ListThings: `typeNames` has no name for `answer.Info`; `cargo xtask import` gives one"
    );
}

#[test]
fn two_types_of_one_name() {
    let found = finding(|version| rename(version, "answer.Info", "Data"));
    assert_eq!(found, "2001-01-01 ListThings: two types would be named `Data`; rename one in overlay.yaml");
}

#[test]
fn a_type_that_hides_what_generated_code_uses() {
    let names = |version: &mut Version| {
        let names = &mut version.actions.get_mut("ListThings").unwrap().type_names;
        names.insert("answer.Info".to_owned(), "Option".to_owned());
    };
    assert_eq!(finding(names), "2001-01-01 ListThings: no type can be named `Option`; rename it in overlay.yaml");
}

#[test]
fn a_better_name_that_fits_nothing() {
    for (path, to) in [("answer.Data.Name", "BetterName"), ("answer.Info", "Option")] {
        let found = finding(|version| rename(version, path, to));
        let overlay = "api-spec/2001-01-01/overlay.yaml: actions.ListThings.renames";
        let start = format!("{overlay}: `{path}` cannot be named `{to}`: a field has a name like");
        assert!(found.starts_with(&start), "{found}");
    }
}

#[test]
fn two_fields_of_one_name() {
    let found = finding(|version| rename(version, "answer.Data.Name", "names"));
    assert_eq!(
        found,
        "2001-01-01 ListThings answer.Data: `Name` and `Names` would both be named `names` in Rust; \
         rename one in overlay.yaml"
    );
}

#[test]
fn two_actions_of_one_name() {
    let found = finding(|version| {
        let action = version.actions["ListThings"].clone();
        version.actions.insert("List_Things".to_owned(), action);
    });
    assert_eq!(
        found,
        "api-spec/2001-01-01/actions: `ListThings` and `List_Things` would both be named `ListThings` in Rust; \
         only one of them can stay in the spec: remove the file of the other"
    );
}

#[test]
fn two_shared_schemas_of_one_name() {
    let found = finding(|version| {
        for name in ["NodeInfo", "Node_Info"] {
            let shared = r#"{"schema": {"type": "object", "properties": {"Id": {"type": "integer"}}}}"#;
            let shared = parse(Path::new("shared.json"), shared).unwrap();
            version.types.insert(name.to_owned(), shared);
        }
    });
    assert_eq!(
        found,
        "api-spec/2001-01-01/types: `NodeInfo` and `Node_Info` would both be named `NodeInfo` in Rust; \
         rename one in overlay.yaml"
    );
}

#[test]
fn pages_that_lead_nowhere() {
    for (items, reason) in [
        ("Data.Things", "there is no field `Things`"),
        ("Data.Name", "`Name` is no list"),
        ("Data.Names[].Name", "`Names` holds no objects"),
        ("Data[].Names", "`Data` is no list; `[]` marks one"),
    ] {
        let found = finding(|version| {
            let entry = version.overlay.actions.entry("ListThings".to_owned()).or_default();
            entry.pages = Some(Pages::Numbered(NumberedPages {
                page: "PageNumber".to_owned(),
                size: "PageSize".to_owned(),
                items: items.to_owned(),
                total: None,
            }));
        });
        assert_eq!(found, format!("2001-01-01 ListThings: the items of its pages, `{items}`: {reason}"));
    }
}

#[test]
fn shorthands_that_do_not_fit() {
    let size = "{name: Size, like: PageNumber, doc: The size.}";
    for (name, takes, fills, found) in [
        (
            "page_number",
            size,
            r#"{PageNumber: "{Size}"}"#,
            "needs another name: a function of the request has it, or none can",
        ),
        ("for", size, r#"{PageNumber: "{Size}"}"#, "needs another name: a function of the request has it, or none can"),
        (
            "for_size",
            size,
            r#"{PageNumber: "1{Size}"}"#,
            "fills `PageNumber` with `1{Size}`, which does not fit its type",
        ),
        (
            "on",
            "{name: Day, like: date, doc: The day.}",
            r#"{PageNumber: "{Day}"}"#,
            "fills `PageNumber` with `{Day}`, which does not fit its type",
        ),
        ("for_region", "{name: RegionId}", "{}", "takes `RegionId`, which is never sent"),
        ("for_size", size, r#"{RegionId: "{Size}"}"#, "fills `RegionId`, which is never sent"),
    ] {
        let text = format!(
            "actions: {{ListThings: {{shorthands: [{{name: {name}, summary: It lists., takes: [{takes}], fills: {fills}}}]}}}}"
        );
        let overlay: Overlay = parse(Path::new("overlay.yaml"), &text).unwrap();
        let problem = finding(|version| {
            version.overlay = overlay;
            let region = parse(Path::new("region.json"), r#"{ "in": "host", "type": "string" }"#).unwrap();
            version.actions.get_mut("ListThings").unwrap().parameters.insert("RegionId".to_owned(), region);
        });
        assert_eq!(problem, format!("2001-01-01 ListThings: the shorthand `{name}` {found}"));
    }
}

#[test]
fn a_core_that_is_no_path() {
    let options = Options { core: "no path".to_owned(), ..options() };
    let error = generate(&spec(), &options).unwrap_err();
    assert_eq!(error.to_string(), "`no path` is no path of a Rust module");
}
