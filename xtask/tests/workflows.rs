//! The workflows in `.github` do their work with `cargo xtask`: each such line runs here as it does there.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::fs;
use std::path::Path;

use common::{Repository, api_docs};
use serde_json::Value;

/// What the runner sets, and what a repository of one commit has for it.
const VARIABLES: &[(&str, &str)] = &[("\"$BASE\"", "HEAD"), ("\"$RUNNER_TEMP/", "\"")];

/// The commands of a workflow, in their order.
fn commands(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows").join(name);
    let workflow: Value = dataworks_api_spec::read(&path).unwrap();
    let jobs = workflow["jobs"].as_object().unwrap().values();
    let steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
    let runs = steps.filter_map(|step| step["run"].as_str());
    runs.flat_map(str::lines).map(|line| line.trim().to_owned()).collect()
}

/// The arguments of a `cargo xtask` line, without what the shell does with its output.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = VARIABLES.iter().fold(line.to_owned(), |line, (name, value)| line.replace(name, value));
    let line = line.strip_prefix("cargo xtask ")?.split(" > ").next()?.replace('"', "");
    Some(line.split_whitespace().map(str::to_owned).collect())
}

fn repository() -> Repository {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs("2024-05-18", &[("GetTree", "Id")]));
    repository.run(&["import", &file]).done();
    let overlay = "actions:\n  GetTree:\n    summary: Returns what grows here.\n    group: trees\n";
    repository.write("api-spec/2024-05-18/overlay.yaml", overlay);
    repository.write("api-spec/groups.yaml", "- {id: trees, title: Trees, doc: What grows.}\n");
    repository.write("api-spec/glossary.yaml", "Color: Green, unless it is autumn.\n");
    repository.commit();
    repository
}

#[test]
fn beside_git_and_gh_there_is_only_xtask() {
    for name in ["spec-diff.yml", "spec-update.yml"] {
        let commands = commands(name);
        assert!(commands.iter().any(|line| line.starts_with("cargo xtask ")), "{name}");
        for line in commands {
            assert!(["cargo xtask ", "git ", "gh "].iter().any(|begin| line.starts_with(begin)), "{name}: {line}");
        }
    }
}

#[test]
fn a_pull_request_gets_its_diff() {
    let repository = repository();
    let overlay = "actions:\n  GetTree:\n    summary: Returns one of what grows here.\n    group: trees\n";
    repository.write("api-spec/2024-05-18/overlay.yaml", overlay);
    let mut ran = 0;
    for line in commands("spec-diff.yml") {
        let Some(arguments) = arguments(&line) else { continue };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let out = repository.run(&arguments).done();
        if arguments.contains(&"markdown") {
            assert!(
                out.starts_with("<!-- cargo xtask diff -->\n## What changes in the API")
                    && out.contains("`summary-changed`"),
                "{out}"
            );
        }
        ran += 1;
    }
    assert_eq!(ran, 5);
}

/// A comment is found by what the report begins with, so that no other comment of the bot is written over.
#[test]
fn a_comment_is_known_by_its_marker() {
    let out = repository().run(&["diff", "--format", "markdown"]).done();
    let marker = out.lines().next().unwrap();
    let commands = commands("spec-diff.yml");
    let finds = commands.iter().filter(|line| line.contains(&format!("startswith(\"{marker}\")")));
    assert_eq!(finds.count(), 1, "{marker}");
    assert!(!commands.iter().any(|line| line.contains("--edit-last")), "{commands:?}");
}

#[test]
fn an_update_leaves_the_summary_of_its_pull_request() {
    let repository = repository();
    let newer = repository.download("b.json", &api_docs("2024-05-18", &[("GetTree", "Id"), ("ListTrees", "Name")]));
    let line = commands("spec-update.yml").into_iter().find(|line| line.starts_with("cargo xtask update")).unwrap();
    let mut arguments = arguments(&line).unwrap();
    let summary = repository.path("summary.md").display().to_string();
    for argument in arguments.iter_mut().filter(|it| *it == "summary.md") {
        argument.clone_from(&summary);
    }
    // There is no network here: the file stands for the address.
    arguments.push(newer);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    repository.run(&arguments).done();
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| actions added | 1 |"), "{summary}");
}
