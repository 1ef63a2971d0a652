//! `cargo xtask diff`, as it is typed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{Repository, Run, api_docs};
use serde_json::Value;

const VERSION: &str = "2020-05-18";

/// A repository with two actions, committed.
fn committed() -> Repository {
    let repository = Repository::new();
    let file = repository.download("old.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    repository.run(&["import", &file]).done();
    repository.commit();
    repository
}

/// Imports a version in which `GetTree` takes another parameter and `ListTrees` is gone.
fn change(repository: &Repository) -> String {
    let file = repository.download("new.json", &api_docs(VERSION, &[("GetTree", "Color"), ("PlantTree", "Color")]));
    repository.run(&["import", "--allow-removals", &file]).done();
    file
}

/// The rules and places of a report.
fn found(run: Run) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&run.done()).unwrap();
    assert_eq!(report["schema"], 1);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    report["changes"].as_array().unwrap().iter().map(|it| (text(&it["rule"]), text(&it["at"]))).collect()
}

fn expected() -> Vec<(String, String)> {
    [
        ("parameter-added-optional", "2020-05-18/GetTree.request.Color"),
        ("parameter-removed", "2020-05-18/GetTree.request.Id"),
        ("action-removed", "2020-05-18/ListTrees"),
        ("action-added", "2020-05-18/PlantTree"),
    ]
    .map(|(rule, at)| (rule.to_owned(), at.to_owned()))
    .to_vec()
}

#[test]
fn revisions_and_the_working_tree_are_compared() {
    let repository = committed();
    assert_eq!(repository.run(&["diff"]).done(), "Nothing changed.\n");
    change(&repository);
    repository.git(&["add", "api-spec/2020-05-18/actions/PlantTree.json"]);
    let status = || repository.git(&["status", "--porcelain"]);
    let before = status();
    assert_eq!(found(repository.run(&["diff", "--format", "json"])), expected());
    assert_eq!(status(), before, "neither files nor git's index are touched");
    assert_eq!(found(repository.run(&["diff", "main", "--format", "json"])), expected());
    repository.commit();
    assert_eq!(repository.run(&["diff"]).done(), "Nothing changed.\n");
    assert_eq!(found(repository.run(&["diff", "HEAD~1", "HEAD", "--format", "json"])), expected());
}

#[test]
fn a_wrong_side_is_named() {
    let repository = committed();
    let err = repository.run(&["diff", "no-such-branch"]).failed();
    assert!(err.starts_with("`no-such-branch` is neither a folder nor a file here, nor a git revision of "), "{err}");
    let err = repository.run(&["diff", "--upload-pack=x"]).failed();
    assert!(err.contains("unexpected argument"), "{err}");
    let empty = repository.download("empty.json", "{}");
    let err = repository.run(&["diff", &empty]).failed();
    assert!(err.contains("info: is missing: is this an api-docs file?"), "{err}");
    let file = repository.path("api-spec/2020-05-18/actions").display().to_string();
    assert!(repository.run(&["diff", &file]).failed().contains("holds no version"));
    let bare = Repository::new();
    let before = bare.everything();
    assert!(bare.run(&["diff"]).failed().contains("nor a git revision of"));
    assert_eq!(bare.everything(), before);
    let err = repository.run(&["diff", "--version", "2001-01-01"]).failed();
    assert_eq!(err, "neither side has a version `2001-01-01`; the head has 2020-05-18\n");
}

#[test]
fn folders_are_compared() {
    let (old, new) = (committed(), committed());
    change(&new);
    let paths = |repository: &Repository| {
        ["", "api-spec", "api-spec/2020-05-18"].map(|path| repository.path(path).display().to_string())
    };
    for (base, head) in paths(&old).iter().zip(&paths(&new)) {
        assert_eq!(found(old.run(&["diff", base, head, "--format", "json"])), expected(), "{base}");
    }
    new.write("api-spec/2021-01-01/service.json", r#"{"product": "p", "version": "2021-01-01", "endpoints": {}}"#);
    new.write("api-spec/2021-01-01/overlay.yaml", "actions: {}\n");
    let [base, head] = [&old, &new].map(|it| it.path("").display().to_string());
    let versions =
        |run: Run| found(run).into_iter().filter(|(rule, _)| rule.starts_with("version-")).collect::<Vec<_>>();
    let told = |rule: &str| [(rule.to_owned(), "2021-01-01".to_owned())];
    assert_eq!(versions(old.run(&["diff", &base, &head, "--format", "json"])), told("version-added"));
    assert_eq!(versions(old.run(&["diff", &head, &base, "--format", "json"])), told("version-removed"));
}

#[test]
fn official_files_take_names_and_overlay_of_the_other_side() {
    let repository = committed();
    let overlay = "api-spec/2020-05-18/overlay.yaml";
    repository.write(overlay, "actions:\n  GetTree:\n    ids: [request.Id]\n  ListTrees:\n    summary: Lists trees.\n");
    let new = repository.download("new.json", &api_docs(VERSION, &[("GetTree", "Color"), ("PlantTree", "Color")]));
    let mut dangling = expected();
    dangling.insert(1, ("overlay-entry-dangling".to_owned(), "2020-05-18/GetTree.request.Id".to_owned()));
    dangling.insert(4, ("overlay-entry-dangling".to_owned(), "2020-05-18/ListTrees".to_owned()));
    let tree = repository.path("").display().to_string();
    assert_eq!(found(repository.run(&["diff", &tree, &new, "--format", "json"])), dangling);
    let old = repository.download("old.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    assert_eq!(found(repository.run(&["diff", &old, "--format", "json"])), [], "the tree is what was imported");
    assert_eq!(found(repository.run(&["diff", &old, &new, "--format", "json"])), dangling);
}

#[test]
fn it_fails_when_it_is_asked_to() {
    let repository = committed();
    for what in ["breaking", "warning", "any"] {
        repository.run(&["diff", "--fail-on", what]).done();
    }
    change(&repository);
    assert_eq!(repository.run(&["diff", "--fail-on", "breaking"]).failed(), "2 changes are breaking\n");
    assert_eq!(repository.run(&["diff", "--fail-on", "any"]).failed(), "4 changes are there\n");
    let out = repository.run(&["diff", "--format", "github"]).done();
    let start = "::error file=api-spec/2020-05-18/actions/GetTree.json,line=3,title=parameter-removed::";
    assert!(out.starts_with(start), "{out}");
    repository.commit();
    assert!(repository.run(&["diff", "HEAD~1", "HEAD", "--format", "github"]).done().starts_with(start));
    repository.git(&["reset", "--quiet", "--soft", "HEAD~1"]);
    let out = repository.run(&["diff", "--changelog", "--today", "2026-05-01", "--current", "0.3.1"]).done();
    assert!(out.starts_with("## [0.4.0] - 2026-05-01\n\n### Added\n\n- 2020-05-18: 1 action: `PlantTree`.\n"), "{out}");
    let out = repository.run(&["diff", "--format", "markdown"]).done();
    assert!(out.contains("| **breaks Rust callers** | **2** |"), "{out}");
}

#[test]
fn accepted_changes_do_not_fail() {
    let repository = committed();
    change(&repository);
    let entry =
        |rule: &str, at: &str| format!("- {{rule: {rule}, at: \"{at}\", reason: Unused., expires: 2026-05-01}}\n");
    let both = entry("parameter-removed", "*/GetTree.request.Id") + &entry("action-removed", "2020-05-18/ListTrees");
    let ignore = "api-spec/diff-ignore.yaml";
    repository.write(ignore, &both);
    let out = repository.run(&["diff", "--fail-on", "breaking", "--today", "2026-05-01"]).done();
    assert!(out.contains("2  accepted by the ignore file"), "{out}");
    let err = repository.run(&["diff", "--today", "2026-05-02"]).failed();
    assert!(
        err.starts_with("api-spec/diff-ignore.yaml:1: entry 1, `parameter-removed` at `*/GetTree.request.Id`: expired")
    );
    let unused = repository.download("ignore.yaml", &entry("action-removed", "2020-05-18/GetTree"));
    let err = repository.run(&["diff", "--ignore", &unused, "--today", "2026-05-01"]).failed();
    assert!(err.ends_with("matches no change: remove the entry\n"), "{err}");
    repository.write(ignore, "- {rule: action-removed, at: \"*\"}\n");
    assert!(repository.run(&["diff"]).failed().starts_with("api-spec/diff-ignore.yaml:1:"));
    let err = repository.run(&["diff", "--ignore", "no/such.yaml"]).failed();
    assert!(err.starts_with("no/such.yaml: "), "{err}");
}

#[test]
fn entries_about_other_versions_say_nothing_of_one_alone() {
    let repository = committed();
    let service = r#"{"product": "dataworks-public", "version": "2021-01-01", "endpoints": {}}"#;
    repository.write("api-spec/2021-01-01/service.json", service);
    repository.write("api-spec/2021-01-01/overlay.yaml", "actions: {}\n");
    repository.commit();
    change(&repository);
    let entry =
        |at: &str, day: &str| format!("- {{rule: action-removed, at: \"{at}\", reason: Unused., expires: {day}}}\n");
    let entries = entry("2020-05-18/ListTrees", "2026-05-02") + &entry("2021-01-01/ListTrees", "2026-04-01");
    repository.write("api-spec/diff-ignore.yaml", &entries);
    let run = |args: &[&str]| repository.run(&[&["diff", "--today", "2026-05-01"], args].concat());
    run(&["--version", "2020-05-18"]).done();
    let both = run(&["--version", "2021-01-01"]).failed();
    assert!(both.contains(":2: entry 2") && !both.contains("entry 1"), "{both}");
    assert!(both.contains("expired on 2026-04-01") && both.contains("matches no change"), "{both}");
    assert!(run(&[]).failed().contains("entry 2"));
}

#[test]
fn the_exit_code_says_what_came_of_it() {
    let repository = committed();
    change(&repository);
    let code = |args: &[&str]| repository.run(&[&["diff", "--today", "2026-05-01"], args].concat()).code;
    assert_eq!(code(&[]), 0);
    assert_eq!(code(&["--fail-on", "breaking"]), 1);
    let ignore = |text: &str| repository.download("ignore.yaml", text);
    let unused = ignore("- {rule: action-removed, at: nowhere, reason: A., expires: 2026-05-02}\n");
    assert_eq!(code(&["--ignore", &unused]), 1);
    let broken = ignore("- {rule: action-removed, at: nowhere, reason: A., expires: 20260502}\n");
    assert_eq!(code(&["--ignore", &broken]), 2);
    let run = repository.run(&["diff", "--ignore", &broken, "--fail-on", "breaking"]);
    assert!(run.out.contains("2  breaks Rust callers"), "the report is there all the same: {}", run.out);
    for wrong in [&["no-such-branch"][..], &["--version", "2001-01-01"], &["--ignore", "no/such.yaml"], &["--nonsense"]]
    {
        assert_eq!(code(wrong), 2, "{wrong:?}");
    }
    assert_eq!(code(&["--changelog", "--format", "json"]), 2);
    assert_eq!(code(&["--rules", "--format", "github"]), 2);
    repository.write("api-spec/2020-05-18/service.json", "{");
    assert_eq!(code(&[]), 2);
    let help = repository.run(&["diff", "--help"]).done();
    for line in ["Exit codes:", "  0  compared", "  1  something is", "  2  could not compare"] {
        assert!(help.contains(line), "{help}");
    }
}

#[test]
fn the_rules_are_listed() {
    let repository = Repository::new();
    let text = repository.run(&["diff", "--rules"]).done();
    assert!(text.contains("parameter-added-required"), "{text}");
    assert!(repository.run(&["diff", "--rules", "--format", "markdown"]).done().starts_with("| Rule |"));
    let json: Value = serde_json::from_str(&repository.run(&["diff", "--rules", "--format", "json"]).done()).unwrap();
    assert!(json["rules"].as_array().unwrap().len() > 100);
    assert!(repository.run(&["diff", "--rules", "--format", "github"]).failed().contains("no annotations"));
}
