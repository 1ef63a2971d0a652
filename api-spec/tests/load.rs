//! What happens to files that are not as they should be: every error names file, place, value and what to do.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{fs, path::Path};

use dataworks_api_spec::{Safety, Spec, Version, parse};
use tempfile::TempDir;

const SERVICE: &str =
    r#"{"product": "dataworks-public", "version": "2020-05-18", "endpoints": {"cn-hangzhou": {"public": "h"}}}"#;
const LIST_NODES: &str = r#"{
  "method": "POST",
  "parameters": { "PageNumber": { "in": "formData", "type": "integer" }, "Env": { "in": "formData", "type": "string" } },
  "answer": { "type": "object", "properties": { "Data": { "type": "object", "properties": { "Nodes": { "type": "array", "items": { "$ref": "Node" } } } } } }
}"#;
const NODE: &str =
    r#"{"schema": {"type": "object", "properties": {"Name": {"type": "string"}, "Secret": {"type": "string"}}}}"#;

/// A spec of one version, with these files laid over it.
fn spec(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let usual = [("service.json", SERVICE), ("actions/ListNodes.json", LIST_NODES), ("types/Node.json", NODE)];
    let decided = files.iter().any(|(name, _)| name.starts_with("overlay."));
    let overlay = Some(&("overlay.yaml", "actions: {}\n")).filter(|_| !decided);
    for (name, text) in usual.iter().chain(overlay).chain(files) {
        let (name, folder) = name.strip_prefix("../").map_or((*name, "2020-05-18"), |name| (name, "."));
        let file = dir.path().join(folder).join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    dir
}

/// What is wrong, one line each, paths inside the spec.
fn problems(dir: &Path) -> Vec<String> {
    let prefix = format!("{}/", dir.display());
    let error = Spec::load(dir).expect_err("a wrong spec was taken");
    error.to_string().lines().map(|line| line.replace(&prefix, "")).collect()
}

fn overlay(text: &str) -> Vec<String> {
    problems(spec(&[("overlay.yaml", text)]).path())
}

#[test]
fn a_spec_may_be_json_or_yaml() {
    let yaml =
        "schema:\n  type: object\n  properties:\n    Id: {type: integer, minimum: 1, maximum: 9223372036854775807}\n";
    let files = [
        ("types/Other.yaml", yaml),
        ("overlay.json", r#"{"actions": {"ListNodes": {"summary": "Lists nodes."}}}"#),
        ("../glossary.yml", "Env: The environment.\n"),
    ];
    let dir = spec(&files);
    let spec = Spec::load(dir.path()).unwrap();
    let version = spec.version("2020-05-18").unwrap();
    assert_eq!(version.types.len(), 2);
    assert_eq!(version.schema_at("", "types.Other.Id").unwrap().maximum, Some(i64::MAX.into()));
    assert_eq!(version.decisions("ListNodes").summary, Some("Lists nodes."));
    assert_eq!(spec.glossary["Env"], "The environment.");
    assert_eq!(&Version::load(&dir.path().join("2020-05-18")).unwrap(), version);
}

#[test]
fn what_cannot_be_parsed_is_shown_with_line_and_column() {
    let dir = spec(&[
        ("actions/Broken.json", "{\n  \"method\": }"),
        ("actions/Wrong.yaml", "method: POST\nanswer: {tpye: object}\n"),
    ]);
    let problems = problems(dir.path());
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("2020-05-18/actions/Broken.json:2:13: "), "{}", problems[0]);
    assert!(problems[1].starts_with("2020-05-18/actions/Wrong.yaml:2:10: unknown field `tpye`"), "{}", problems[1]);
}

#[test]
fn folders_that_hold_something_else_are_refused() {
    let empty = tempfile::tempdir().unwrap();
    assert!(Spec::load(empty.path()).unwrap_err().to_string().contains("holds no version"));
    assert!(Spec::load(&empty.path().join("gone")).unwrap_err().to_string().contains("cannot be read"));
    assert!(Version::load(empty.path()).unwrap_err().to_string().contains("has no `service.json`"));
    let dir = spec(&[("actions/ListNodes.yaml", LIST_NODES), ("actions/notes.txt", "")]);
    assert_eq!(
        problems(dir.path()),
        [
            "2020-05-18/actions/ListNodes.yaml: `ListNodes` is there in two forms: remove one of the files",
            "2020-05-18/actions/notes.txt: is neither JSON nor YAML by its ending: remove it or rename it",
        ]
    );
    let dir = spec(&[("service.json", &SERVICE.replace("2020-05-18", "2020-05-19"))]);
    assert_eq!(
        problems(dir.path()),
        ["2020-05-18/service.json: is of version `2020-05-19` but lies in a folder named `2020-05-18`"]
    );
}

#[test]
fn a_reference_must_lead_somewhere() {
    let dir = spec(&[("types/Node.json", r#"{"schema": {"items": {"$ref": "Nod"}}}"#)]);
    assert_eq!(
        problems(dir.path()),
        [
            "2020-05-18/types/Node.json: schema: names the shared schema `Nod`, which is not in `types/`; did you mean `Node`?"
        ]
    );
}

#[test]
fn every_dangling_entry_is_reported_at_once() {
    let text = "\
enums:
  Env: {doc: An environment., values: {PROD: }, fields: [ListNodes.request.Evn, '*.request.Gone', ListNode.request.Env]}
  Node: {doc: A kind of node, values: {}, fields: [types.Node.Name, types.Node.Name]}
undecided: [ListNodes.request.Env]
actions:
  ListNode:
    summary: Lists nodes.
  ListNodes:
    summary: Lists nodes
    safety: {is: read, why: Its name says so.}
    pages: {page: PageNo, size: PageSize, items: Data.Node, total: Data.Nodes}
    outcome: {status: Data}
    ids: [request.PageNumber, request.PageNumber, 'answer.Data.Nodes[]']
    secrets: ['answer.Data.Nodes[].Secrets', types.Node.Secret, 'answer.Data.Nodes.Secret']
    json: [request.PageNumber]
    aliases: [ListNodes]
    replaced_by: ListNods
    renames: {answer.Dada: {to: 1st, why: ''}}
    events: true
types:
  Nodes: {}
  Node:
    secrets: [request.Env, types.Node.Secret]
    renames: {types.Node.Secret: {to: Vec, why: Short.}}
";
    let expected = [
        ":2:68: enums.Env.fields: `request.Evn` is not there: `request` has no `Evn`; did you mean `Env`?",
        ":2:82: enums.Env.fields: no action has a text at `request.Gone`",
        ":2:99: enums.Env.fields: there is no action `ListNode`; did you mean `ListNodes`?",
        ":3:3: enums.Node: `Node` is a shared schema too: choose another name",
        ":3:10: enums.Node.doc: `A kind of node` is no sentence: one line that ends with a full stop",
        ":3:31: enums.Node.values: lists no values",
        ":3:52: enums.Node.fields: `types.Node.Name` is covered twice",
        ":4:13: undecided: no values are published for `ListNodes.request.Env`: remove it",
        ":6:3: actions.ListNode: there is no action `ListNode`; did you mean `ListNodes`?; remove the entry if it is gone upstream",
        ":9:5: actions.ListNodes.summary: `Lists nodes` is no sentence: one line that ends with a full stop",
        ":10:5: actions.ListNodes.safety: says what the rule says anyway: remove it",
        ":11:19: actions.ListNodes.pages: there is no parameter `PageNo`",
        ":11:33: actions.ListNodes.pages: there is no parameter `PageSize`",
        ":11:50: actions.ListNodes.pages: `Data.Node` is not in the answer: `answer.Data` has no `Node`; did you mean `Nodes`?",
        ":11:68: actions.ListNodes.pages: `Data.Nodes` in the answer is not a number or a text",
        ":12:23: actions.ListNodes.outcome: the answer has no top-level boolean `Data`",
        ":19:5: actions.ListNodes.events: it pages, and pages are no events: `pages: {none: …}` says that it does not",
        ":13:11: actions.ListNodes.ids: `request.PageNumber` is listed twice",
        ":13:52: actions.ListNodes.ids: `answer.Data.Nodes[]` is neither a text nor a whole number",
        ":14:16: actions.ListNodes.secrets: `answer.Data.Nodes[].Secrets` is not there: `answer.Data.Nodes[]` has no `Secrets`; did you mean `Secret`?",
        ":14:46: actions.ListNodes.secrets: `types.Node.Secret` belongs to the section `types`: move it there",
        ":14:66: actions.ListNodes.secrets: `answer.Data.Nodes.Secret` is not there: `answer.Data.Nodes` has no `Secret`; its elements are named by `answer.Data.Nodes[]`",
        ":15:12: actions.ListNodes.json: `request.PageNumber` is no text",
        ":16:15: actions.ListNodes.aliases: `ListNodes` is an action itself: remove the alias",
        ":17:18: actions.ListNodes.replaced_by: the action is not deprecated, so nothing replaces it: remove it",
        ":17:18: actions.ListNodes.replaced_by: there is no action `ListNods`; did you mean `ListNodes`?",
        ":18:15: actions.ListNodes.renames: `answer.Dada` is not there: `answer` has no `Dada`; did you mean `Data`?",
        ":18:5: actions.ListNodes.renames: gives no reason: say why in a sentence",
        ":18:33: actions.ListNodes.renames: `1st` is no Rust name: letters, digits and `_`, a letter first",
        ":23:15: types.Node.secrets: `request.Env` belongs to the section `actions`: move it there",
        ":24:39: types.Node.renames: `Vec` is taken: Rust or the generated code means something else by it; choose another name",
        ":21:3: types.Nodes: there is no shared schema `Nodes`; did you mean `Node`?",
    ];
    let expected: Vec<String> = expected.iter().map(|line| format!("2020-05-18/overlay.yaml{line}")).collect();
    let problems = overlay(text);
    for (index, line) in expected.iter().enumerate() {
        assert_eq!(problems.get(index), Some(line));
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
}

#[test]
fn a_version_has_one_overlay_that_says_something() {
    let dir = spec(&[]);
    Spec::load(dir.path()).unwrap();
    let restore = "restore it, or write `actions: {}` into it if nothing is decided yet";
    fs::remove_file(dir.path().join("2020-05-18/overlay.yaml")).unwrap();
    assert_eq!(problems(dir.path()), [format!("2020-05-18: has no `overlay.yaml`: {restore}")]);
    for empty in ["", "\n \n", "# only a word\n", "---\n", "null\n"] {
        assert_eq!(overlay(empty), [format!("2020-05-18/overlay.yaml: is empty: {restore}")], "{empty:?}");
    }
    for written in ["{}\n", "actions: {}\n"] {
        Spec::load(spec(&[("overlay.yaml", written)]).path()).unwrap();
    }
    let dir = spec(&[("overlay.yaml", "actions: {}\n"), ("overlay.yml", "actions: {}\n")]);
    assert_eq!(
        problems(dir.path()),
        ["2020-05-18/overlay.yml: stands beside `overlay.yaml`, and only one can count: put both into one file"]
    );
}

#[test]
fn a_folder_named_like_a_version_is_one() {
    let dir = spec(&[("../src/lib.rs", ""), ("../examples/a.rs", ""), ("../2020-05/a.txt", "")]);
    Spec::load(dir.path()).unwrap();
    fs::create_dir(dir.path().join("2031-01-01")).unwrap();
    let found = problems(dir.path());
    assert_eq!(
        found,
        [
            "2031-01-01: has no `service.json`: `cargo xtask import` writes it; remove the folder if it is none of a version"
        ]
    );
}

#[test]
fn what_the_rules_say_anyway_is_refused() {
    let action = r#"{
      "method": "POST",
      "parameters": { "PageNumber": { "in": "query", "type": "integer" }, "PageSize": { "in": "query", "type": "integer" } },
      "answer": { "type": "object", "properties": { "Total": { "type": "integer" }, "Rows": { "type": "array", "items": {} }, "NodeId": { "type": "integer" } } }
    }"#;
    let text = "actions:\n  ListRows:\n    pages: {page: PageNumber, size: PageSize, items: Rows, total: Total}\n    outcome: {none: why}\n    ids: [answer.NodeId]\n";
    let problems = problems(spec(&[("actions/ListRows.json", action), ("overlay.yaml", text)]).path());
    assert_eq!(
        problems,
        [
            "2020-05-18/overlay.yaml:3:5: actions.ListRows.pages: says what the shape of the action says anyway: remove it",
            "2020-05-18/overlay.yaml:4:5: actions.ListRows.outcome: the answer has no top-level `Success` to set aside: remove it",
            "2020-05-18/overlay.yaml:5:11: actions.ListRows.ids: `answer.NodeId` is an identifier by its name: remove it",
        ]
    );
}

#[test]
fn a_page_inside_a_parameter_is_held_against_the_facts() {
    let action = r#"{
      "method": "POST",
      "parameters": { "Params": { "in": "formData", "style": "json", "type": "object", "properties": {
        "NextToken": { "type": "string" }, "Sizes": { "type": "array", "items": { "type": "integer" } } } } },
      "answer": { "type": "object", "properties": { "Rows": { "type": "array", "items": {} }, "Next": { "type": "string" } } },
      "typeNames": { "request.Params": "Params" }
    }"#;
    let run = |token: &str, size: &str| {
        let pages = format!("{{token: {token}, size: \"{size}\", items: Rows, next: Next}}");
        let text = format!("actions:\n  ListRows:\n    pages: {pages}\n");
        let dir = spec(&[("actions/ListRows.json", action), ("overlay.yaml", &text)]);
        Spec::load(dir.path()).map_or_else(|error| error.to_string(), |_| "read".to_owned())
    };
    let sizes = "`Params.Sizes` is not one number or text";
    for (token, size, found) in [
        (
            "Params.NextTokn",
            "Params.NextToken",
            "`Params.NextTokn` is no parameter: `request.Params` has no `NextTokn`",
        ),
        ("Parms.NextToken", "Params.NextToken", "there is no parameter `Parms`; did you mean `Params`?"),
        ("Params.NextToken", "Params.Sizes", sizes),
        ("Params.NextToken", "Params.Sizes[]", "`Params.Sizes[]` is not one number or text"),
    ] {
        let problem = run(token, size);
        assert!(problem.contains(found), "{problem}");
    }
    assert_eq!(run("Params.NextToken", "Params.NextToken"), "read");
}

#[test]
fn a_token_is_set_aside_where_there_is_one() {
    let overlay = "actions:\n  ListNodes:\n    safety: {is: once, why: It is reserved.}\n";
    let found = problems(spec(&[("actions/ListNodes.json", LIST_NODES), ("overlay.yaml", overlay)]).path());
    assert_eq!(
        found,
        [
            "2020-05-18/overlay.yaml:3:5: actions.ListNodes.safety: it has no `ClientToken` to set aside: `write` says the same"
        ]
    );
    let token = LIST_NODES.replacen(
        "\"parameters\": {",
        "\"parameters\": { \"ClientToken\": { \"in\": \"query\", \"type\": \"string\" },",
        1,
    );
    let read = Spec::load(spec(&[("actions/ListNodes.json", &token), ("overlay.yaml", overlay)]).path()).unwrap();
    assert_eq!(read.versions[0].decisions("ListNodes").safety, Safety::Once);
}

#[test]
fn a_replacement_in_another_version_and_the_glossary_are_checked_with_all_versions_at_hand() {
    let action = LIST_NODES.replace("\"method\": \"POST\"", "\"method\": \"POST\", \"deprecated\": true");
    let files = |target: &str, glossary: &'static str| {
        let overlay = format!("actions:\n  ListNodes:\n    replaced_by: {target}\n");
        spec(&[("actions/ListNodes.json", &action), ("overlay.yaml", &overlay), ("../glossary.yaml", glossary)])
    };
    assert_eq!(
        problems(files("2024-05-18 ListTasks", "Env: The environment.\nEnw: Gone.\nName: No full stop\n").path()),
        [
            "2020-05-18/overlay.yaml:3:18: actions.ListNodes.replaced_by: there is no version `2024-05-18`",
            "glossary.yaml:2:1: Enw: no parameter and no field is named `Enw`; did you mean `Env`?; remove the entry",
            "glossary.yaml:3:1: Name: `No full stop` is no sentence: one line that ends with a full stop",
        ]
    );
    assert_eq!(
        problems(files("2020-05-18 ListTasks", "Env: The environment.\n").path()),
        [
            "2020-05-18/overlay.yaml:3:29: actions.ListNodes.replaced_by: 2020-05-18 has no action `ListTasks`; did you mean `ListNodes`?"
        ]
    );
}

#[test]
fn decisions_about_names_values_and_safety_are_held_against_the_facts() {
    let text = "\
enums:
  Env:
    doc: Where.
    values: {PROD: , DEVEL: }
    lookalikes:
      DEVEL: {of: PROD, why: Both are real.}
      DEVELS: {of: DEVEL, why: Both are real.}
    fields: [ListNodes.request.Env]
names_kept: [ListNodes.answer.Dta, ListNode.answer.Data, types.Node.Name, types.Node.Name, ListNodes.answer.Data]
actions:
  ListNodes:
    safety: {is: read, why: It lists.}
    renames: {answer.Data: {to: Things, why: Nicer.}}
";
    assert_eq!(
        overlay(text),
        [
            "2020-05-18/overlay.yaml:6:7: enums.Env.lookalikes: nobody takes `DEVEL` for `PROD`: remove it",
            "2020-05-18/overlay.yaml:7:7: enums.Env.lookalikes: `values` has no `DEVELS`; did you mean `DEVEL`?",
            "2020-05-18/overlay.yaml:9:24: names_kept: `answer.Dta` is not there: `answer` has no `Dta`; did you mean `Data`?",
            "2020-05-18/overlay.yaml:9:36: names_kept: there is no action `ListNode`; did you mean `ListNodes`?",
            "2020-05-18/overlay.yaml:9:58: names_kept: `types.Node.Name` is listed twice",
            "2020-05-18/overlay.yaml:9:92: names_kept: `ListNodes.answer.Data` has another name in `renames`: remove it here or there",
            "2020-05-18/overlay.yaml:12:5: actions.ListNodes.safety: says what the rule says anyway: remove it",
        ]
    );
}

#[test]
fn what_is_in_doubt_may_be_decided_as_the_rule_does() {
    let action = LIST_NODES.replace("\"method\": \"POST\"", "\"method\": \"POST\", \"deprecated\": true");
    let overlay = "actions:\n  TestNode:\n    safety: {is: write, why: It starts a test.}\n    replaced_by: none\n";
    let dir = spec(&[("actions/TestNode.json", &action), ("overlay.yaml", overlay)]);
    let spec = Spec::load(dir.path()).unwrap();
    assert!(spec.versions[0].is_safety_clear("TestNode"));
    assert_eq!(spec.versions[0].decisions("TestNode").replaced_by, None);
}

#[test]
fn what_is_wrong_hides_nothing_that_can_be_read() {
    let other = [("../2024-05-18/service.json", "{"), ("overlay.yaml", "actions:\n  ListNode: {}\n")];
    let dir = spec(&other);
    let loaded = Spec::load_unchecked(dir.path());
    assert_eq!(loaded.spec.versions.len(), 1);
    assert!(loaded.spec.versions[0].actions.contains_key("ListNodes"));
    assert!(loaded.unread.iter().all(|problem| problem.file.starts_with(dir.path().join("2024-05-18"))));
    assert!(!loaded.unread.is_empty());
    assert_eq!(loaded.wrong.len(), 1);
    assert_eq!((loaded.wrong[0].place.as_str(), loaded.wrong[0].position), ("actions.ListNode", Some((2, 3))));
}

#[test]
fn a_large_official_file_in_yaml_is_within_the_limits() {
    let mut text = String::from("apis:\n");
    for index in 0..30_000 {
        text.push_str(&format!("  Action{index}: {{title: some prose, methods: [post], deprecated: false}}\n"));
    }
    let value: serde_json::Value = parse(Path::new("api-docs.yaml"), &text).unwrap();
    assert_eq!(value["apis"].as_object().unwrap().len(), 30_000);
}

#[test]
fn sentences_pins_and_shorthands_are_held_against_the_facts() {
    let text = r#"
actions:
  ListNodes:
    docs:
      request.Envv: The environment.
      request.Env: No full stop
    pins:
      request.Env: {to: string, why: It was a text., review: 2027-06-30}
      answer.Data: {to: integer, why: It was a number., review: 2027-06-30}
    shorthands:
      - name: forOne
        summary: One page.
        takes: [{name: Page, like: PageNumbr}, {name: PageNumber, doc: The page.}]
        fills: {Env: "{Pag}", PageNumber: one, PageSize: "10"}
      - name: in_env
        summary: Those of an environment.
        takes: [{name: From, like: PageNumber, doc: The first page.}]
        fills: {PageNumber: "{From}}"}
"#;
    assert_eq!(
        overlay(text),
        [
            "4:5: actions.ListNodes.docs: `No full stop` is no sentence: one line that ends with a full stop",
            "5:7: actions.ListNodes.docs: `request.Envv` is not there: `request` has no `Envv`; did you mean `Env`?",
            "9:7: actions.ListNodes.pins: `answer.Data` is a list or an object: only a single value can be pinned",
            "8:7: actions.ListNodes.pins: `request.Env` has that type upstream: remove the pin",
            "11:15: actions.ListNodes.shorthands: `forOne` is no name of a function, like `for_node`",
            "13:36: actions.ListNodes.shorthands: `like` is neither `date` nor a parameter: `PageNumbr`; did you mean \
             `PageNumber`?",
            "13:24: actions.ListNodes.shorthands: `Page` is no parameter, so it needs a sentence as its `doc`",
            "13:24: actions.ListNodes.shorthands: nothing is filled from `Page`: use it or remove it",
            "13:55: actions.ListNodes.shorthands: `PageNumber` is a parameter itself: remove `like` and `doc`",
            "14:23: actions.ListNodes.shorthands: `{Pag}` is not among what is taken; did you mean `Page`?",
            "13:55: actions.ListNodes.shorthands: `PageNumber` is taken as it is: do not fill it",
            "14:43: actions.ListNodes.shorthands: `one` does not fit the parameter `PageNumber`",
            "14:48: actions.ListNodes.shorthands: there is no parameter `PageSize`",
            "18:30: actions.ListNodes.shorthands: `{From}}` has a brace that belongs to no other",
        ]
        .map(|line| format!("2020-05-18/overlay.yaml:{line}"))
    );
}

#[test]
fn waiters_are_held_against_the_facts() {
    let get = r#"{"method": "GET", "parameters": {"Id": {"in": "query", "type": "integer"}, "Key": {"in": "query", "type": "string"}},
        "answer": {"type": "object", "properties": {"Count": {"type": "integer"}, "State": {"type": "string"}, "Why": {"type": "string"},
        "Rows": {"type": "array", "items": {"type": "string"}}}}}"#;
    let text = r#"
enums:
  State: {doc: States., values: {Busy: , Done: , Lost: }, fields: [GetThing.answer.State]}
actions:
  GetThing:
    secrets: [request.Key, answer.Why]
    waiters:
      finnished: {doc: Waits., at: State, success: [Done], interval: 1, timeout: 9}
      finished: {doc: No full stop, at: Stat, success: [Done], interval: 1, timeout: 9}
      started: {doc: Waits., at: State, success: [Dome], failure: [Lost], pending: [Lost], interval: 9, timeout: 9}
      stopped: {doc: Waits., at: Count, success: [many], reason: Why, hint: "see {Idd}, {Key}", interval: 1, timeout: 9}
      created: {doc: Waits., at: "Rows[]", success: [Done], interval: 1, timeout: 9}
      ready: {doc: Waits., at: State, failure: [Lost], interval: 0, timeout: 9}
      deployed: {doc: Waits., success: [Done], interval: 1, timeout: 9}
      accepted: {doc: Waits., pending: [Busy], not_yet: [{code: A}, {}], interval: 1, timeout: 9}
"#;
    let found = problems(spec(&[("overlay.yaml", text), ("actions/GetThing.json", get)]).path());
    let goals = "there are `accepted`, `created`, `deployed`, `finished`, `ready`, `started`, `stopped`, `submitted`";
    assert_eq!(found, [
            "15:48: actions.GetThing.waiters.accepted: an error that is `not_yet` has a `code` or a part of its `message`",
            "15:41: actions.GetThing.waiters.accepted: `Busy` is a state of nothing: say `at` which path",
            "12:35: actions.GetThing.waiters.created: `Rows[]` leads to several values: a waiter looks at one",
            "14:7: actions.GetThing.waiters.deployed: has neither `at` nor `not_yet`: it waits for nothing",
            "9:7: actions.GetThing.waiters.finished: `No full stop` is no sentence: one line that ends with a full stop",
            "9:41: actions.GetThing.waiters.finished: `Stat` is not in the answer: `answer` has no `Stat`; did you mean `State`?",
            "8:7: actions.GetThing.waiters.finnished: `finnished` is no goal of a waiter; did you mean `finished`?; {goals}",
            "13:7: actions.GetThing.waiters.ready: has no `success`: it would never end well",
            "13:56: actions.GetThing.waiters.ready: asks every 0 s for 9 s: wait a second at least, and ask twice",
            "10:68: actions.GetThing.waiters.started: `Lost` is listed twice",
            "10:51: actions.GetThing.waiters.started: `State` has no value `Dome`; did you mean `Done`?",
            "10:92: actions.GetThing.waiters.started: asks every 9 s for 9 s: wait a second at least, and ask twice",
            "11:66: actions.GetThing.waiters.stopped: `Why` is a secret: what a waiter looks at is shown",
            "11:51: actions.GetThing.waiters.stopped: `Count` is a whole number, and `many` is none",
            "11:83: actions.GetThing.waiters.stopped: there is no parameter `Idd`; did you mean `Id`?",
            "11:90: actions.GetThing.waiters.stopped: `Key` is a secret: a hint is shown",
        ].map(|line| format!("2020-05-18/overlay.yaml:{}", line.replace("{goals}", goals))));
    let right = r#"
enums:
  State: {doc: States., values: {Busy: , Done: , Lost: }, fields: [GetThing.answer.State]}
actions:
  GetThing:
    waiters:
      finished: {doc: Waits., at: State, success: [Done], failure: [Lost], pending: [Busy], reason: Why, hint: "see {Id}", interval: 1, timeout: 9}
      started: {doc: Waits., at: Count, success: ["1", "-2"], not_yet: [{code: A, message: b}], interval: 1, timeout: 9}
      accepted: {doc: Waits., not_yet: [{message: b}], interval: 1, timeout: 9}
"#;
    let spec = Spec::load(spec(&[("overlay.yaml", right), ("actions/GetThing.json", get)]).path()).unwrap();
    let version = spec.version("2020-05-18").unwrap();
    let finished = &version.decisions("GetThing").waiters["finished"];
    assert_eq!((finished.states().count(), finished.named().collect::<Vec<_>>()), (3, vec!["Id"]));
    assert_eq!(version.known_states("GetThing", "answer.State"), Some(vec!["Busy", "Done", "Lost"]));
    assert_eq!(version.known_states("GetThing", "answer.Count"), Some(vec![]));
    assert_eq!(version.known_states("GetThing", "answer.Why"), None);
}

#[test]
fn a_review_is_a_day() {
    let pin = |day: &str| {
        format!("actions:\n  ListNodes:\n    pins:\n      request.Env: {{to: integer, why: W., review: {day}}}\n")
    };
    assert!(Spec::load(spec(&[("overlay.yaml", pin("2027-06-30").as_str())]).path()).is_ok());
    for day in ["2027-13-01", "2027-6-1", "30.06.2027", "2027-06-00", "soon"] {
        let found = overlay(&pin(day));
        assert!(found.len() == 1 && found[0].contains("is no day like `2027-06-30`"), "{day}: {found:?}");
    }
}

#[test]
fn a_group_is_one_of_those_in_the_file() {
    let groups = "- {id: nodes, title: Nodes, doc: What runs.}\n- {id: files, title: Files, doc: What is edited.}\n";
    let dir = spec(&[("overlay.yaml", "actions:\n  ListNodes: {group: nods}\n"), ("../groups.yaml", groups)]);
    assert_eq!(
        problems(dir.path()),
        [
            "2020-05-18/overlay.yaml:2:22: actions.ListNodes.group: `groups.yaml` has no `nods`; did you mean `nodes`?",
            "groups.yaml:1:8: no action is in the group `nodes`: remove it",
            "groups.yaml:2:8: no action is in the group `files`: remove it",
        ]
    );
    let twice = format!("{groups}- {{id: nodes, title: '', doc: What runs.}}\n");
    let dir = spec(&[("overlay.yaml", "actions:\n  ListNodes: {group: nodes}\n"), ("../groups.yaml", &twice)]);
    let found = problems(dir.path());
    assert!(found.iter().any(|line| line.ends_with("`nodes` is there twice")), "{found:?}");
    assert!(found.iter().any(|line| line.ends_with("`nodes` needs a title, and a sentence as its doc")), "{found:?}");
}

#[test]
fn an_example_is_named_after_its_action() {
    let example = |name| spec(&[(name, "let page = client.list_nodes(request).await?;\n")]);
    let dir = example("examples/ListNodes.rs");
    let read = Spec::load(dir.path()).unwrap();
    assert!(read.versions[0].examples["ListNodes"].starts_with("let page"));
    let missing = "2020-05-18/examples/ListNode.rs: there is no action `ListNode`; did you mean `ListNodes`?; rename or \
                   remove the file";
    assert_eq!(problems(example("examples/ListNode.rs").path()), [missing]);
    let wrong = "2020-05-18/examples/ListNodes.txt: is no Rust file by its ending: remove it or rename it";
    assert_eq!(problems(example("examples/ListNodes.txt").path()), [wrong]);
}
