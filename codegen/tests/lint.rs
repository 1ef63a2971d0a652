//! Each lint finds what it should on a small spec, and nothing else; the spec of this repository passes.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::{Path, PathBuf};

use dataworks_api_spec::{Action, Day, Group, Loaded, Overlay, Problem, SharedType, Spec, Version, parse};
use dataworks_codegen::lint::{Finding, LINTS, Severity, lint};
use dataworks_codegen::{Options, generate};

/// Decided in all that matters.
const LIST_NODES: &str = r#"{
    "method": "GET",
    "parameters": { "PageNumber": { "in": "query", "type": "integer" }, "PageSize": { "in": "query", "type": "integer" } },
    "answer": { "type": "object", "properties": {
        "Nodes": { "type": "array", "items": { "type": "object", "properties": { "Name": { "type": "string" } } } },
        "TotalCount": { "type": "integer" }
    } },
    "typeNames": { "answer.Nodes[]": "Node" }
}"#;

/// An action without parameters, with these fields in its answer and these names of nested types.
fn action(keys: &str, fields: &str, type_names: &str) -> String {
    format!(
        r#"{{ "method": "GET", {keys} "answer": {{ "type": "object", "properties": {{ {fields} }} }},
            "typeNames": {{ {type_names} }} }}"#
    )
}

/// A version of these actions and this overlay, in which `ListNodes` is in order.
fn version(actions: &[(&str, &str)], overlay: &str) -> Version {
    let mut version = Version::default();
    version.service.version = "2001-01-01".to_owned();
    for (name, text) in [("ListNodes", LIST_NODES)].iter().chain(actions) {
        let action: Action = parse(Path::new("action.json"), text).unwrap();
        version.actions.insert((*name).to_owned(), action);
    }
    version.overlay = parse::<Overlay>(Path::new("overlay.yaml"), overlay).unwrap();
    let entry = version.overlay.actions.entry("ListNodes".to_owned()).or_default();
    entry.summary.get_or_insert_with(|| "Lists what runs by schedule.".to_owned());
    entry.group.get_or_insert_with(|| "nodes".to_owned());
    version
}

fn spec(version: Version) -> Spec {
    let group =
        |id: &str| Group { id: id.to_owned(), title: "Nodes".to_owned(), doc: "What runs by schedule.".to_owned() };
    let glossary = [("Name".to_owned(), "What people call it.".to_owned())].into();
    Spec { versions: vec![version], groups: vec![group("nodes"), group("files")], glossary }
}

fn findings(spec: Spec) -> Vec<Finding> {
    let today = Day::try_from("2027-01-07".to_owned()).unwrap();
    lint(Path::new("api-spec"), &Loaded { spec, ..Loaded::default() }, &today)
}

/// `id place` of what is found.
fn found(actions: &[(&str, &str)], overlay: &str) -> Vec<String> {
    places(&findings(spec(version(actions, overlay))))
}

fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.lint.id, finding.place)).collect()
}

const ENTRY: &str = "summary: Gets what it is asked for., group: nodes";

/// An overlay in which an action has a summary, a group, and this.
fn decided(name: &str, keys: &str) -> String {
    format!("actions: {{{name}: {{summary: Gets what it is asked for., group: nodes, {keys}}}}}\n")
}

#[test]
fn the_table_is_sorted_and_tells_what_to_do() {
    assert!(LINTS.is_sorted_by(|one, other| one.id < other.id));
    for lint in LINTS {
        assert!(lint.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", lint.id);
        assert!(lint.meaning.ends_with('.') && !lint.remedy.is_empty(), "{}", lint.id);
    }
}

#[test]
fn what_is_in_order_gives_no_finding() {
    assert_eq!(found(&[], "actions: {}"), [""; 0]);
}

#[test]
fn an_action_needs_a_summary_and_a_group() {
    let thing = action("", "", "");
    assert_eq!(
        found(&[("GetThing", &thing)], "actions: {}"),
        ["action-without-summary actions.GetThing", "action-without-group actions.GetThing"]
    );
    assert_eq!(found(&[("GetThing", &thing)], &decided("GetThing", "")), [""; 0]);
}

#[test]
fn an_action_whose_name_says_nothing_needs_a_safety() {
    let thing = action("", "", "");
    let denied = action(r#""operationType": "write","#, "", "");
    let lint = ["action-without-safety actions.CheckThing"];
    assert_eq!(found(&[("CheckThing", &thing)], &decided("CheckThing", "")), lint);
    assert_eq!(found(&[("GetThing", &denied)], &decided("GetThing", "")), ["action-without-safety actions.GetThing"]);
    for is in ["read", "write"] {
        let safety = format!("safety: {{is: {is}, why: Looked at.}}");
        assert_eq!(found(&[("CheckThing", &thing)], &decided("CheckThing", &safety)), [""; 0]);
    }
    assert_eq!(found(&[("DeleteThing", &thing)], &decided("DeleteThing", "")), [""; 0]);
}

#[test]
fn a_read_whose_name_says_that_it_changes_explains_the_word() {
    let thing = action("", "", "");
    for (name, verb) in [("StartThing", "Start"), ("BatchDeleteThing", "Delete")] {
        let run = |why: &str| found(&[(name, &thing)], &decided(name, &format!("safety: {{is: read, why: {why}}}")));
        assert_eq!(run("Looked at."), [format!("read-by-changing-name actions.{name}.safety")]);
        assert_eq!(run(&format!("The {verb} in it stands for a row.")), [""; 0]);
    }
    let write = decided("StartThing", "safety: {is: idempotent, why: Looked at.}");
    assert_eq!(found(&[("StartThing", &thing)], &write), [""; 0]);
    let unclear = decided("CheckThing", "safety: {is: read, why: Looked at.}");
    assert_eq!(found(&[("CheckThing", &thing)], &unclear), [""; 0]);
}

#[test]
fn a_recorded_name_of_a_field_is_the_one_that_is_told() {
    let fields = r#""Level": { "type": "string" }, "level": { "type": "string" }"#;
    let names = r#"}, "fieldNames": { "answer.Level": "level_pascal", "answer.level": "level""#;
    let told = |names: &str| {
        let all = findings(spec(version(&[("GetThing", &action("", fields, names))], &decided("GetThing", ""))));
        let unique = all.into_iter().filter(|it| it.lint.id == "name-made-unique");
        unique.map(|it| format!("{} {}", it.place, it.message.split(';').next().unwrap())).collect::<Vec<_>>()
    };
    let expected = "GetThing.answer.Level its field is named `level_pascal`, because `level` was taken";
    assert_eq!(told(names), [expected]);
    let expected = "GetThing.answer.level its field is named `level_lower`, because `level` was taken";
    assert_eq!(told(""), [expected]);
}

#[test]
fn bounds_leave_room_for_a_value() {
    let messages = |field: &str| {
        let fields = format!(r#""Count": {{ {field} }}"#);
        let all = findings(spec(version(&[("GetThing", &action("", &fields, ""))], &decided("GetThing", ""))));
        let of_bounds = all.iter().filter(|it| it.lint.id == "bounds-contradictory");
        of_bounds.map(|it| it.message.split(';').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (field, told) in [
        (r#""type": "integer", "minimum": 9, "maximum": 1"#, "no value is at least 9 and at most 1"),
        (
            r#""type": "integer", "minimum": 1, "maximum": 1, "exclusiveMaximum": true"#,
            "no value is at least 1 and at most 1",
        ),
        (r#""type": "string", "minLength": 9, "maxLength": 1"#, "no length is at least 9 and at most 1"),
        (r#""type": "array", "minItems": 9, "maxItems": 1"#, "no count is at least 9 and at most 1"),
        (r#""type": "integer", "maximum": 100, "default": "200""#, "the default 200 is above the bound 100"),
        (r#""type": "integer", "minimum": 1, "default": "0""#, "the default 0 is below the bound 1"),
    ] {
        assert_eq!(messages(field), [told], "{field}");
    }
    assert_eq!(messages(r#""type": "integer", "minimum": 1, "maximum": 100, "default": "10""#), [""; 0]);
}

#[test]
fn a_deprecated_action_says_what_replaces_it() {
    let old = action(r#""deprecated": true,"#, "", "");
    assert_eq!(
        found(&[("GetThing", &old)], &decided("GetThing", "")),
        ["deprecated-without-replacement actions.GetThing"]
    );
    for target in ["none", "ListNodes"] {
        assert_eq!(found(&[("GetThing", &old)], &decided("GetThing", &format!("replaced_by: {target}"))), [""; 0]);
    }
    for (target, what) in
        [("GetThing", "the action itself"), ("ListNodesV2", "no action"), ("2001-01-01 Gone", "no action")]
    {
        let old = action(&format!(r#""deprecated": true, "replacedBy": "{target}","#), "", "");
        let found = findings(spec(version(&[("GetThing", &old)], &decided("GetThing", ""))));
        assert_eq!(places(&found), ["deprecated-without-replacement actions.GetThing"], "{target}");
        assert!(found[0].message.contains(what), "{}", found[0].message);
        let spec = spec(version(&[("GetThing", &old)], &decided("GetThing", "")));
        let options = Options {
            core: "crate::__rt".to_owned(),
            client_feature: None,
            examples_use: None,
            version_features: false,
        };
        let code = generate(&spec, &options).unwrap().remove("v2001_01_01/client.rs").unwrap();
        assert!(code.contains("the service advises against it and names no replacement"), "{code}");
    }
}

#[test]
fn summaries_begin_with_a_verb_and_differ() {
    let overlay = format!("actions: {{ListNodes: {{{ENTRY}}}, GetThing: {{{ENTRY}}}}}");
    assert_eq!(found(&[("GetThing", &action("", "", ""))], &overlay), ["summary-same actions.ListNodes.summary"]);
    for summary in [
        "List what runs.",
        "lists what runs.",
        "This lists what runs.",
        "The runs.",
        "Process runs.",
        "Lists the nodes.",
    ] {
        let overlay = format!("actions: {{ListNodes: {{summary: {summary}}}}}");
        assert_eq!(found(&[], &overlay), ["summary-style actions.ListNodes.summary"], "{summary}");
    }
    assert_eq!(found(&[], "actions: {ListNodes: {summary: Re-runs what failed.}}"), [""; 0]);
}

#[test]
fn who_asks_for_a_page_says_how() {
    let page =
        r#""PageNumber": { "in": "query", "type": "integer" }, "PageSize": { "in": "query", "type": "integer" }"#;
    let token = r#""NextToken": { "in": "query", "type": "string" }"#;
    let inside = r#""Params": { "in": "query", "style": "json", "type": "object", "properties": {
        "NextToken": { "type": "string" } } }"#;
    let list = r#""Rows": { "type": "array" }, "TotalCount": { "type": "integer" }"#;
    let with = |parameters: &str, more: &str| {
        action(&format!(r#""parameters": {{ {parameters} }},"#), &format!("{list}{more}"), "")
    };
    let lint = ["pager-undecided actions.GetThing"];
    let undecided = [
        // Two lists.
        with(page, r#", "Others": { "type": "array" }"#),
        // Two pages.
        with(&format!("{page}, {token}"), ""),
        // A page without a size.
        with(r#""Offset": { "in": "query", "type": "integer" }"#, ""),
        with(r#""Page": { "in": "query", "type": "integer" }"#, ""),
        with(r#""Start": { "in": "query", "type": "integer" }, "Limit": { "in": "query", "type": "number" }"#, ""),
        with(r#""CurrentPage": { "in": "query", "type": "integer" }"#, ""),
        // A page inside a parameter.
        action(&format!(r#""parameters": {{ {inside} }}, "#), list, r#""request.Params": "Params""#),
    ];
    for thing in &undecided {
        assert_eq!(found(&[("GetThing", thing)], &decided("GetThing", "")), lint);
        assert_eq!(found(&[("GetThing", thing)], &decided("GetThing", "pages: {none: One list is whole.}")), [""; 0]);
    }
    // A time, not a place.
    let start = r#""Start": { "in": "query", "type": "string" }"#;
    for parameters in [page, start] {
        assert_eq!(found(&[("GetThing", &with(parameters, ""))], &decided("GetThing", "")), [""; 0]);
    }
}

#[test]
fn every_state_that_a_waiter_can_come_to_is_decided() {
    let thing = action("", r#""State": { "type": "string" }, "Phase": { "type": "integer" }"#, "");
    let run = |enums: &str, waiter: &str| {
        let waiters = format!("waiters: {{finished: {{doc: Waits., {waiter}, interval: 1, timeout: 9}}}}");
        found(&[("GetThing", &thing)], &format!("{enums}\n{}", decided("GetThing", &waiters)))
    };
    let enums = "enums: {State: {doc: How., values: {BUSY: , DONE: , LOST: }, fields: [GetThing.answer.State]}}";
    let lint = ["waiter-state-undecided actions.GetThing.waiters"];
    assert_eq!(run("", "at: State, success: [DONE]"), lint);
    assert_eq!(run(enums, "at: State, success: [DONE], failure: [LOST]"), lint);
    assert_eq!(run(enums, "at: State, success: [DONE], failure: [LOST], pending: [BUSY]"), [""; 0]);
    assert_eq!(run("", r#"at: Phase, success: ["1"]"#), [""; 0]);
    assert_eq!(run("", "not_yet: [{code: Busy}]"), [""; 0]);
}

#[test]
fn a_waiter_that_leads_nowhere_is_shown_where_it_stands() {
    let problem = |place: &str| Problem {
        file: PathBuf::from("2001-01-01/overlay.yaml"),
        position: Some((7, 9)),
        place: place.to_owned(),
        message: "is not there".to_owned(),
    };
    let spec = spec(version(&[], "actions: {}"));
    let wrong = vec![problem("actions.GetThing.waiters.finished"), problem("actions.GetThing.ids")];
    let today = Day::try_from("2027-01-07".to_owned()).unwrap();
    let found = lint(Path::new("api-spec"), &Loaded { spec, wrong, ..Loaded::default() }, &today);
    assert_eq!(
        places(&found),
        ["waiter-dangling actions.GetThing.waiters.finished", "overlay-entry actions.GetThing.ids"]
    );
    assert_eq!(found[0].position(""), Some((7, 9)));
}

#[test]
fn what_is_named_like_a_secret_is_marked() {
    let fields = r#""Key": { "type": "object", "properties": { "AccessKeySecret": { "type": "string" } } },
        "Tokens": { "type": "array", "items": { "type": "string" } }, "NextToken": { "type": "string" },
        "PasswordLength": { "type": "integer" }, "MaxTokens": { "type": "integer" }"#;
    let thing = action("", fields, r#""answer.Key": "Key""#);
    assert_eq!(
        found(&[("GetThing", &thing)], &decided("GetThing", "")),
        ["secret-unmarked GetThing.answer.Key.AccessKeySecret", "secret-unmarked GetThing.answer.Tokens[]"]
    );
    let marked = decided("GetThing", "secrets: [answer.Key, answer.Tokens]");
    assert_eq!(found(&[("GetThing", &thing)], &marked), [""; 0]);
}

#[test]
fn what_is_secret_in_one_action_is_so_in_its_twins() {
    let set = r#"{ "method": "POST", "parameters": {
        "Detail": { "in": "formData", "type": "string" }, "Size": { "in": "formData", "type": "integer" } },
        "answer": { "type": "object" } }"#;
    let get = action(
        "",
        r#""Thing": { "type": "object", "properties": { "Detail": { "type": "string" } } }"#,
        r#""answer.Thing": "Thing""#,
    );
    let other = action("", r#""Detail": { "type": "string" }"#, "");
    let actions = [("CreateThing", set), ("GetThing", get.as_str()), ("ListThings", &other), ("GetOther", &other)];
    let entry = |name: &str, secrets: &str| {
        format!("{name}: {{summary: Gets what {name} is asked for., group: nodes, secrets: [{secrets}]}}")
    };
    let overlay = |get: &str, list: &str| {
        let entries = [
            entry("CreateThing", "request.Detail"),
            entry("GetThing", get),
            entry("ListThings", list),
            entry("GetOther", ""),
        ];
        format!("actions: {{{}}}", entries.join(", "))
    };
    assert_eq!(
        found(&actions, &overlay("", "")),
        ["secret-in-twin GetThing.answer.Thing.Detail", "secret-in-twin ListThings.answer.Detail"]
    );
    assert_eq!(found(&actions, &overlay("answer.Thing", "answer.Detail")), [""; 0]);
    // The other version, too.
    let first = version(&actions[..1], &format!("actions: {{{}}}", entry("CreateThing", "request.Detail")));
    let mut second = version(&actions[1..2], &format!("actions: {{{}}}", entry("GetThing", "")));
    second.service.version = "2002-02-02".to_owned();
    let mut both = spec(first);
    both.versions.push(second);
    let findings = findings(both);
    assert_eq!(places(&findings), ["secret-in-twin GetThing.answer.Thing.Detail"]);
    assert!(findings[0].message.contains("2001-01-01 CreateThing.request.Detail"), "{}", findings[0].message);
}

#[test]
fn values_are_decided_and_no_mistakes() {
    let fields =
        r#""Mode": { "type": "string", "enum": ["RUN", "STOP"] }, "Count": { "type": "integer", "enum": ["1"] }"#;
    let thing = action("", fields, "");
    let run = |enums: &str| {
        let actions = decided("GetThing", "");
        found(&[("GetThing", &thing)], &format!("{enums}\n{actions}"))
    };
    assert_eq!(run(""), ["published-values-undecided GetThing.answer.Mode"]);
    assert_eq!(run("undecided: [GetThing.answer.Mode]"), [""; 0]);
    let enums = |more: &str, fields: &str| {
        format!("enums: {{Mode: {{doc: How., values: {{RUN: , STOP: , STOPP: }}, fields: [{fields}], {more}}}}}")
    };
    assert_eq!(run(&enums("", "GetThing.answer.Mode")), ["enum-near-duplicate enums.Mode.values"]);
    let lookalikes = "lookalikes: {STOPP: {of: STOP, why: The service sends both.}}";
    assert_eq!(run(&enums(lookalikes, "GetThing.answer.Mode")), [""; 0]);
    let elsewhere = format!("{}\nundecided: [GetThing.answer.Mode]", enums(lookalikes, "ListNodes.request.Mode"));
    assert_eq!(run(&elsewhere), ["undecided-fits-enumeration undecided"]);
}

#[test]
fn a_value_that_upstream_published_since_may_be_a_mistake_too() {
    let thing = action("", r#""Mode": { "type": "string", "enum": ["STOP", "Stop"] }"#, "");
    let enums = "enums: {Mode: {doc: How., values: {STOP: }, fields: [GetThing.answer.Mode]}}\n";
    let overlay = format!("{enums}{}", decided("GetThing", ""));
    assert_eq!(found(&[("GetThing", &thing)], &overlay), ["enum-near-duplicate enums.Mode.values"]);
}

#[test]
fn a_name_that_was_taken_gets_a_better_one_or_is_kept() {
    let node = r#"{ "type": "object", "properties": { "Id": { "type": "string" } } }"#;
    let fields = format!(
        r#""Node": {node}, "Out": {{ "type": "object", "properties": {{
            "Node": {node}, "fileId": {{ "type": "string" }}, "FileId": {{ "type": "string" }} }} }}"#
    );
    let thing = action("", &fields, r#""answer.Node": "Node", "answer.Out": "Out", "answer.Out.Node": "OutNode""#);
    let run = |more: &str, keys: &str| {
        let actions = decided("GetThing", keys);
        found(&[("GetThing", &thing)], &format!("{more}\n{actions}"))
    };
    assert_eq!(
        run("", ""),
        ["name-made-unique GetThing.answer.Out.Node", "name-made-unique GetThing.answer.Out.fileId"]
    );
    assert_eq!(run("names_kept: [GetThing.answer.Out.Node, GetThing.answer.Out.fileId]", ""), [""; 0]);
    let renames =
        "renames: {answer.Out.Node: {to: Target, why: It is.}, answer.Out.fileId: {to: old_file_id, why: It is.}}";
    assert_eq!(run("", renames), [""; 0]);
    let unused = "names_kept: [GetThing.answer.Out.Node, GetThing.answer.Out.fileId, GetThing.answer.Out]";
    assert_eq!(run(unused, ""), ["overlay-entry names_kept"]);
}

#[test]
fn names_in_shared_schemas_count_too() {
    let mut version = version(&[], "types: {Column: {renames: {types.Column.Option: {to: Choice, why: It is.}}}}");
    let column = r#"{"schema": { "type": "object", "properties": {
            "Option": { "type": "object", "properties": { "Id": { "type": "string" } } },
            "Result": { "type": "object", "properties": { "Id": { "type": "string" } } } } },
        "typeNames": { "types.Column.Option": "ColumnOption", "types.Column.Result": "ColumnResult" }}"#;
    let column: SharedType = parse(Path::new("Column.json"), column).unwrap();
    version.types.insert("Column".to_owned(), column);
    let findings = findings(spec(version));
    assert_eq!(places(&findings), ["name-made-unique types.Column.Result"]);
    assert_eq!(findings[0].file, PathBuf::from("2001-01-01/types/Column.json"));
}

#[test]
fn a_review_that_is_due_is_no_review_that_is_overdue() {
    let overlay = |day: &str| {
        let pin = format!("answer.TotalCount: {{to: string, why: It was one., review: {day}}}");
        let rename = format!("answer.Nodes: {{to: all, why: It was so., review: {day}}}");
        format!("actions: {{ListNodes: {{pins: {{{pin}}}, renames: {{{rename}}}}}}}")
    };
    assert_eq!(
        found(&[], &overlay("2027-01-06")),
        ["review-overdue actions.ListNodes.pins", "review-overdue actions.ListNodes.renames"]
    );
    assert_eq!(found(&[], &overlay("2027-01-07")), [""; 0]);
}

#[test]
fn twins_are_in_one_group() {
    let thing = action("", "", "");
    let actions = [("CreateNode", thing.as_str()), ("StopNode", &thing), ("GetNodeCode", &thing)];
    let entry =
        |name: &str, verb: &str| format!("{name}: {{summary: {verb} what runs by schedule for {name}., group: files}}");
    let entries = [entry("CreateNode", "Creates"), entry("StopNode", "Stops"), entry("GetNodeCode", "Gets")].join(", ");
    assert_eq!(found(&actions, &format!("actions: {{{entries}}}")), ["group-twins actions.ListNodes.group"]);
}

#[test]
fn a_glossary_says_more_than_names() {
    let mut spec = spec(version(&[], "actions: {}"));
    let glossary = [("Name", "The name."), ("Nodes", "What runs by schedule."), ("Nodes.Name", "Names of the name.")];
    spec.glossary = glossary.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    assert_eq!(places(&findings(spec)), ["glossary-says-only-the-name Name", "glossary-says-only-the-name Nodes.Name"]);
}

#[test]
fn what_cannot_become_rust_is_a_finding() {
    let nested = r#""Info": { "type": "object", "properties": { "Id": { "type": "string" } } }"#;
    let thing = action("", nested, "");
    let findings = findings(spec(version(&[("GetThing", &thing)], &decided("GetThing", ""))));
    assert_eq!(places(&findings), ["no-rust GetThing.answer.Info"]);
    assert!(findings[0].message.contains("`typeNames` has no name for `answer.Info`"), "{}", findings[0].message);
    assert_eq!(findings[0].file, Path::new("2001-01-01/actions/GetThing.json"));
    assert_eq!(findings[0].position(&thing), Some((1, 67)));
}

#[test]
fn what_cannot_become_rust_has_file_and_line() {
    let nested =
        |name: &str| format!(r#""{name}": {{ "type": "object", "properties": {{ "Id": {{ "type": "string" }} }} }}"#);
    let names = |info: &str| format!(r#""answer.Data": "Data", "answer.Info": "{info}""#);
    let thing = |info: &str| action("", &format!("{}, {}", nested("Data"), nested("Info")), &names(info));
    let run = |info: &str, keys: &str, more: &str| {
        let entry = "summary: Gets what it is asked for.\n    group: nodes";
        let text = format!("{more}actions:\n  GetThing:\n    {entry}\n    {keys}\n");
        let findings = findings(spec(version(&[("GetThing", &thing(info))], &text)));
        let found = findings.iter().find(|it| it.lint.id == "no-rust").unwrap();
        let file = found.file.strip_prefix("2001-01-01").unwrap().to_str().unwrap().to_owned();
        let content = if file == "overlay.yaml" { text } else { thing(info) };
        (file, found.place.clone(), found.position(&content).is_some())
    };
    let at = |file: &str, place: &str| (file.to_owned(), place.to_owned(), true);
    assert_eq!(run("Option", "", ""), at("actions/GetThing.json", "GetThing.answer.Info"));
    let renamed = "renames: {answer.Info: {to: Data, why: It is.}}";
    assert_eq!(run("Info", renamed, ""), at("overlay.yaml", "actions.GetThing.renames"));
    let lost = "renames: {answer.Info.Id: {to: BetterName, why: It is.}}";
    assert_eq!(run("Info", lost, ""), at("overlay.yaml", "actions.GetThing.renames"));
    let same = "renames: {answer.Info: {to: data, why: It is.}}";
    assert_eq!(run("Info", same, ""), at("actions/GetThing.json", "GetThing.answer.Info"));
    let pages = "pages: {page: P, size: S, items: Data.Ids}";
    assert_eq!(run("Info", pages, ""), at("overlay.yaml", "actions.GetThing.pages"));
    let shorthand = "shorthands: [{name: new, summary: It gets., takes: [], fills: {}}]";
    assert_eq!(run("Info", shorthand, ""), at("overlay.yaml", "actions.GetThing.shorthands"));
    let enums = "enums:\n  Self: {doc: How., values: {RUN: }, fields: []}\n";
    assert_eq!(run("Info", "", enums), at("overlay.yaml", "enums.Self"));
}

#[test]
fn of_two_actions_with_one_name_the_second_is_shown() {
    let thing = action("", "", "");
    let actions = [("GetThing", thing.as_str()), ("Get_Thing", &thing)];
    let findings = findings(spec(version(&actions, "actions: {}")));
    let found = findings.iter().find(|it| it.lint.id == "no-rust").unwrap();
    assert_eq!(
        (found.file.to_str(), found.place.as_str()),
        (Some("2001-01-01/actions/Get_Thing.json"), "actions.Get_Thing")
    );
}

#[test]
fn what_the_reader_refuses_is_a_finding_beside_the_others() {
    let problem = |file: &str, place: &str| Problem {
        file: Path::new("api-spec").join(file),
        position: Some((3, 5)),
        place: place.to_owned(),
        message: "is wrong: remove it".to_owned(),
    };
    let loaded = Loaded {
        spec: spec(version(&[("GetThing", &action("", "", ""))], "actions: {}")),
        unread: vec![problem("2002-02-02/service.json", "")],
        wrong: vec![
            problem("2001-01-01/overlay.yaml", "actions.ListNodes.pages"),
            problem("2001-01-01/overlay.yaml", "actions.ListNodes.ids"),
            problem("glossary.yaml", "Name"),
        ],
    };
    let findings = lint(Path::new("api-spec"), &loaded, &Day::try_from("2027-01-07".to_owned()).unwrap());
    let mut places = places(&findings);
    places.sort();
    assert_eq!(
        places,
        [
            "action-without-group actions.GetThing",
            "action-without-summary actions.GetThing",
            "file-unread ",
            "glossary-entry Name",
            "overlay-entry actions.ListNodes.ids",
            "paginator-dangling actions.ListNodes.pages",
        ]
    );
    let unread = findings.iter().find(|finding| finding.lint.id == "file-unread").unwrap();
    assert_eq!((unread.file.to_str(), unread.position("")), (Some("2002-02-02/service.json"), Some((3, 5))));
}

#[test]
fn the_spec_of_this_repository_has_no_error() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec");
    let today = Day::try_from("2000-01-01".to_owned()).unwrap();
    let findings = lint(&dir, &Spec::load_unchecked(&dir), &today);
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.lint.severity == Severity::Error)
        .map(|finding| format!("[{}] {}: {}", finding.lint.id, finding.place, finding.message))
        .collect();
    assert!(errors.is_empty(), "{}\n`cargo xtask lint` shows where", errors.join("\n"));
}
