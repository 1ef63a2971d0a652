//! `cargo xtask lint`, as it is typed.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Repository, Run, api_docs};
use serde_json::Value;

const OVERLAY: &str = "api-spec/2020-05-18/overlay.yaml";
const DECIDED: &str = "actions:\n  GetTree:\n    summary: Gets what grows here.\n    group: trees\n";
const GROUPS: &str = "- id: trees\n  title: Trees\n  doc: What grows.\n";

/// A repository with one action and this overlay.
fn repository(overlay: &str) -> Repository {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs("2020-05-18", &[("GetTree", "TreeName")]));
    repository.run(&["import", &file]).done();
    repository.write("api-spec/groups.yaml", GROUPS);
    repository.write("api-spec/glossary.yaml", "Color: Green, unless it is autumn.\n");
    repository.write(OVERLAY, overlay);
    repository
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn a_spec_in_order_passes() {
    assert_eq!(repository(DECIDED).run(&["lint"]).done(), "0 errors, 0 warnings\n");
}

#[test]
fn a_finding_says_where_what_and_what_to_do() {
    let repository = repository("actions:\n  GetTree:\n    group: trees\n");
    let run = repository.run(&["lint"]);
    let lines: Vec<_> = run.out.lines().collect();
    let expected = [
        "api-spec/2020-05-18/overlay.yaml:2:3: [action-without-summary] actions.GetTree: it has no summary; write a \
         `summary`: what it does, and what it returns where that is not plain",
        "1 error, 0 warnings",
        "  1 action-without-summary (error)",
    ];
    assert_eq!(lines, expected);
    assert_eq!(run.failed(), "1 error: mend it, or decide about it in overlay.yaml (api-spec/README.md)\n");
}

#[test]
fn a_field_is_found_in_its_file() {
    let repository = repository(DECIDED);
    let file = repository.path("api-spec/2020-05-18/types/Leaf.json");
    let text = std::fs::read_to_string(&file).unwrap();
    repository.write("api-spec/2020-05-18/types/Leaf.json", &text.replace("Color", "Password"));
    let out = repository.run(&["lint"]).out;
    let at = text.find("\"Color\"").unwrap();
    let line = text[..at].matches('\n').count() + 1;
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
    let start = format!("api-spec/2020-05-18/types/Leaf.json:{line}:{column}: [secret-unmarked] types.Leaf.Password: ");
    assert!(out.starts_with(&start), "{out}\n{start}");
}

#[test]
fn what_cannot_be_read_is_a_finding_and_no_crash() {
    let repository = repository(&DECIDED.replace("GetTree", "GetTre"));
    repository.write("api-spec/2024-05-18/service.json", "{\n  oops");
    let run = repository.run(&["lint"]);
    let out = &run.out;
    assert!(out.contains("api-spec/2024-05-18/service.json:2:3: [file-unread] "), "{out}");
    assert!(out.contains("api-spec/2020-05-18/overlay.yaml:2:3: [overlay-entry] actions.GetTre: there is no"), "{out}");
    assert!(out.contains("did you mean `GetTree`?"), "{out}");
    assert!(out.contains("api-spec/2020-05-18/actions/GetTree.json: [action-without-summary] "), "{out}");
    run.failed();
}

#[test]
fn a_warning_fails_nothing_and_a_day_can_be_given() {
    let pin = "    pins: {request.TreeName: {to: integer, why: It was one., review: 2027-01-06}}\n";
    let repository = repository(&format!("{DECIDED}{pin}"));
    assert_eq!(repository.run(&["lint", "--today", "2027-01-06"]).done(), "0 errors, 0 warnings\n");
    let out = repository.run(&["lint", "--today", "2027-01-07"]).done();
    assert!(
        out.starts_with("api-spec/2020-05-18/overlay.yaml:5:12: [review-overdue] warning: actions.GetTree.pins: "),
        "{out}"
    );
    let err = repository.run(&["lint", "--today", "soon"]).failed();
    assert!(err.contains("`soon` is no day like `2027-06-30`"), "{err}");
}

#[test]
fn json_says_the_same() {
    let repository = repository("actions:\n  GetTree:\n    group: trees\n");
    let run = repository.run(&["lint", "--format", "json"]);
    let findings = json(&run);
    let finding = &findings["findings"][0];
    assert_eq!(finding["lint"], "action-without-summary");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["file"], OVERLAY);
    assert_eq!((&finding["line"], &finding["column"]), (&2.into(), &3.into()));
    assert_eq!(finding["place"], "actions.GetTree");
    assert_eq!(findings["findings"].as_array().unwrap().len(), 1);
    assert!(!run.ok);
}

#[test]
fn the_lints_are_listed() {
    let repository = Repository::new();
    let out = repository.run(&["lint", "--list"]).done();
    assert!(out.contains("pager-undecided (error)\n  An action takes a page"), "{out}");
    let listed = json(&repository.run(&["lint", "--list", "--format", "json"]));
    assert_eq!(listed["lints"].as_array().unwrap().len(), out.matches("What to do: ").count());
}

#[test]
fn coverage_is_held_against_its_bounds() {
    let repository = repository(DECIDED);
    repository.write("api-spec/glossary.yaml", "{}\n");
    let run = repository.run(&["lint", "--coverage", "--missing"]);
    let expected = [
        "missing: 2020-05-18 GetTree request.TreeName",
        "missing: 2020-05-18 GetTree answer.Leaf",
        "missing: 2020-05-18 GetTree answer.RequestId",
        "missing: 2020-05-18 types.Leaf.Color",
        "2020-05-18: request parameters 0 of 1 = 0.0 %, answer fields 0 of 3 = 0.0 %",
        "all versions: request parameters 0 of 1 = 0.0 %, answer fields 0 of 3 = 0.0 %",
        "at least: request parameters 90 %, answer fields 70 %",
    ];
    assert_eq!(run.out.lines().collect::<Vec<_>>(), expected);
    let err = run.failed();
    assert!(err.contains("request parameters: 0 of 1 = 0.0 %, but 90 % have to be: explain 1 more"), "{err}");
    assert!(err.contains("answer fields: 0 of 3 = 0.0 %, but 70 % have to be: explain 3 more"), "{err}");

    let glossary = "Color: Green, unless it is autumn.\nLeaf: What grows on a branch.\n\
                    RequestId: What support asks for first.\nTreeName: How people call it.\n";
    repository.write("api-spec/glossary.yaml", glossary);
    let out = repository.run(&["lint", "--coverage"]).done();
    assert!(out.contains("all versions: request parameters 1 of 1 = 100.0 %, answer fields 3 of 3 = 100.0 %"), "{out}");
    let figures = json(&repository.run(&["lint", "--coverage", "--format", "json"]));
    assert_eq!(figures["requests"]["explained"], 1);
    assert_eq!(figures["versions"][0]["answers"]["fields"], 3);
    assert_eq!(figures["bounds"]["requests"], 90);
}

#[test]
fn nothing_is_written() {
    let repository = repository(DECIDED);
    let before = repository.everything();
    for args in [&["lint"][..], &["lint", "--list"], &["lint", "--coverage", "--missing"]] {
        repository.run(args);
        assert_eq!(repository.everything(), before);
    }
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let repository = Repository::new();
    repository.run(&["lint", "--missing"]).failed();
    repository.run(&["lint", "--list", "--coverage"]).failed();
}
