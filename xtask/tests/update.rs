//! `cargo xtask update`, as it is typed: over fourteen months of real history, and from a server.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use common::{Repository, api_docs};
use dataworks_api_spec::Spec;
use dataworks_codegen::diff::{Verdict, diff};
use flate2::read::GzDecoder;

const VERSION: &str = "2024-05-18";

/// An official file of 2024-05-18 as it was in that month.
fn history(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history").join(format!("{name}.json.gz"));
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

/// A repository that holds the committed decisions about 2024-05-18 and its actions of June 2025.
fn of_june_2025() -> Repository {
    let repository = Repository::new();
    let old = repository.download("2025-06.json", &history("2024-05-18@2025-06"));
    repository.run(&["import", &old]).done();
    repository
}

#[test]
fn fourteen_months_go_the_whole_way() {
    let repository = of_june_2025();
    repository.run(&["regenerate"]).done();
    let before = Spec::load(&repository.path("api-spec")).unwrap();
    let new = repository.download("2026-08.json", &history("2024-05-18@2026-08-bare"));
    let out = repository.run(&["update", "--version", VERSION, &new]).done();

    // The summary is what a comparison of the two says.
    for line in [
        "2024-05-18: actions: 141 new,",
        "| actions added | 141 |",
        "### New actions (141)",
        "- [ ] Give the 141 new actions a summary and a group; `cargo xtask lint` lists what is missing.",
        "```markdown",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    let after = Spec::load(&repository.path("api-spec")).unwrap();
    let report = diff(&before, &after).unwrap();
    assert_eq!(report.count(|change| change.rule.id == "action-added"), 141);
    let types: Vec<_> = report.changes.iter().filter(|change| change.rule.id.contains("type-changed")).collect();
    let turned = types.iter().filter(|it| {
        let was = it.before.as_deref().unwrap_or_default();
        was.contains("integer") && it.after.as_deref().unwrap_or_default().contains("string")
    });
    assert_eq!(turned.count(), 48, "{types:#?}");
    assert_eq!(types.len(), 48, "{types:#?}");
    for change in &report.changes {
        assert_eq!(change.rust, Verdict::Safe, "{change:#?}");
    }

    // The code was generated, and is what the spec says.
    repository.run(&["regenerate", "--check"]).done();
    assert!(repository.path("dataworks-sdk/src/generated/v2024_05_18/actions/create_agent.rs").is_file());
    let out = repository.run(&["update", &new]).done();
    assert!(out.ends_with("api-spec is as upstream has it\n"), "{out}");
}

/// The import is done, the code is not: the next run sees to it.
#[test]
fn an_interrupted_update_is_finished_by_the_next() {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    repository.run(&["import", &file]).done();
    repository.run(&["regenerate"]).done();
    let newer = repository.download("b.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    repository.run(&["import", &newer]).done();
    repository.run(&["regenerate", "--check"]).failed();
    let out = repository.run(&["update", &newer]).done();
    assert!(
        out.contains("as upstream has it; the code was not as api-spec has it and is generated anew: 1 new"),
        "{out}"
    );
    repository.run(&["regenerate", "--check"]).done();
    let summary = repository.path("summary.md");
    let out = repository.run(&["update", "--summary", summary.to_str().unwrap(), &newer]).done();
    assert!(out.ends_with("api-spec is as upstream has it\n"), "{out}");
    assert_eq!(fs::read_to_string(summary).unwrap(), "api-spec is as upstream has it\n");
}

#[test]
fn what_is_accepted_is_no_task() {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    repository.run(&["import", &file]).done();
    let newer = repository.download("b.json", &api_docs(VERSION, &[("GetTree", "Kind"), ("ListTrees", "Name")]));
    let expires =
        jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().saturating_add(jiff::Span::new().days(30));
    let entry =
        |at: &str| format!("- rule: parameter-removed\n  at: {at}\n  reason: Nobody sent it.\n  expires: {expires}\n");
    let ignore = "api-spec/diff-ignore.yaml";
    repository.write(ignore, "- {rule: gone}\n");
    let before = repository.everything();
    let err = repository.run(&["update", &newer]).failed();
    assert!(err.contains("diff-ignore.yaml:1:") && err.contains("Nothing was updated: mend the file first."), "{err}");
    assert!(repository.everything() == before);
    repository.write(ignore, &(entry("2024-05-18/GetTree.request.Id") + &entry("2024-05-18/FellTree.request.Id")));
    let out = repository.run(&["update", &newer]).done();
    assert!(out.contains("| accepted by the ignore file | 1 |") && !out.contains("breaking changes"), "{out}");
    assert!(out.contains("- [ ] Take out of `api-spec/diff-ignore.yaml` what is stale."), "{out}");
    let stale =
        "\napi-spec/diff-ignore.yaml:5: entry 2, `parameter-removed` at `2024-05-18/FellTree.request.Id`: matches no";
    assert!(out.contains(stale), "{out}");
}

/// Upstream turns a flag into a number, and the overlay fills it with `false`.
#[test]
fn a_shorthand_that_fits_no_more_is_named() {
    let repository = Repository::new();
    let docs = |kind: &str| {
        let text = api_docs(VERSION, &[("GetTree", "Id")]);
        let parameter = format!(r#"{{"name": "Deep", "in": "query", "schema": {{"type": "{kind}"}}}}, {{"name": "Id""#);
        text.replacen(r#"{"name": "Id""#, &parameter, 1)
    };
    let file = repository.download("a.json", &docs("boolean"));
    repository.run(&["import", &file]).done();
    let shorthand = "\
actions:
  GetTree:
    shorthands:
      - name: for_id
        summary: Returns a tree.
        takes: [{name: Id}]
        fills: {Deep: \"false\"}
";
    repository.write("api-spec/2024-05-18/overlay.yaml", shorthand);
    repository.run(&["regenerate"]).done();
    let newer = repository.download("b.json", &docs("integer"));
    let run = repository.run(&["update", &newer]);
    let (err, overlay) = (run.failed(), repository.path("api-spec/2024-05-18/overlay.yaml"));
    let named =
        format!("{}:7:24: actions.GetTree.shorthands: `false` does not fit the parameter `Deep`", overlay.display());
    assert!(err.contains(&named), "{err}");
    assert!(err.contains("regenerate"), "{err}");
}

/// Serves these texts, one request each, by the path that is asked for; a text that is a path or a URL leads there.
fn serve(texts: Vec<(&'static str, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                connection.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            let request = String::from_utf8(request).unwrap();
            let path = request.split(' ').nth(1).unwrap();
            let found = texts.iter().find(|(known, _)| path == *known);
            let (status, text) = match found.map(|(_, text)| text.as_str()) {
                Some(text) if text.starts_with('/') || text.contains("://example.com/") => {
                    (format!("302 Found\r\nLocation: {text}"), "")
                }
                Some(text) => ("200 OK".to_owned(), text),
                None => ("404 Not Found".to_owned(), ""),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
            connection.write_all(format!("{head}{text}").as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn every_version_is_fetched_from_a_mirror() {
    let repository = Repository::new();
    for version in ["2020-05-18", VERSION] {
        let file = repository.download("a.json", &api_docs(version, &[("GetTree", "Id")]));
        repository.run(&["import", &file]).done();
    }
    let newer = |version| api_docs(version, &[("GetTree", "Id"), ("ListTrees", "Name")]);
    let mirror = serve(vec![
        ("/meta/2020-05-18/api-docs.json", newer("2020-05-18")),
        ("/meta/2024-05-18/api-docs.json", newer(VERSION)),
        ("/moved", "/meta/2024-05-18/api-docs.json".to_owned()),
        ("/away", "http://example.com/api-docs.json".to_owned()),
        ("/ftp", "ftp://example.com/a.json".to_owned()),
        ("/round", "/round".to_owned()),
        ("/login", "<html><body>Who are you?</body></html>".to_owned()),
    ]);
    let base = format!("{mirror}/meta/");
    let summary = repository.path("../made/on/the/way/summary.md");
    let out = repository.run(&["update", "--base-url", &base, "--summary", summary.to_str().unwrap()]).done();
    assert!(out.contains("2020-05-18: actions: 1 new") && out.contains("2024-05-18: actions: 1 new"), "{out}");
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| actions added | 2 |"), "{summary}");

    let url = format!("{mirror}/meta/2024-05-18/api-docs.json");
    let out = repository.run(&["update", &url]).done();
    assert!(out.contains("api-spec is as upstream has it"), "{out}");
    let moved = format!("{mirror}/moved");
    let out = repository.run(&["update", &moved]).done();
    assert!(out.contains("api-spec is as upstream has it"), "{out}");
    let page = format!("{mirror}/login");
    let err = repository.run(&["update", &page]).failed();
    assert!(err.starts_with(&format!("{page}: answers with a web page (HTML), not with metadata")), "{err}");
    for (path, where_to) in [("away", "http://example.com/api-docs.json: "), ("ftp", "ftp://example.com/a.json: ")] {
        let err = repository.run(&["update", &format!("{mirror}/{path}")]).failed();
        assert!(!err.contains("cannot be fetched") && err.contains("take https://"), "{err}");
        let expected = where_to.replacen(": ", &format!(" (where {mirror}/{path} leads): "), 1);
        assert!(err.starts_with(&expected), "{err}");
    }
    let err = repository.run(&["update", &format!("{mirror}/round")]).failed();
    assert!(err.contains("leads on more than 10 times"), "{err}");
    // Without the slash, and of one version alone.
    let base = format!("{mirror}/meta");
    let out = repository.run(&["update", "--base-url", &base, "--version", VERSION]).done();
    assert!(out.contains("api-spec is as upstream has it") && !out.contains("2020-05-18"), "{out}");
    let missing = format!("{mirror}/api-docs.json");
    let err = repository.run(&["update", &missing]).failed();
    assert!(err.contains("cannot be fetched") && err.contains("404") && err.contains("give the file instead"), "{err}");
}

#[test]
fn what_cannot_be_taken_leaves_everything_as_it_was() {
    let repository = Repository::new();
    let five = [("CutTree", "Id"), ("GetTree", "Id"), ("ListTrees", "Name"), ("MoveTree", "Id"), ("PlantTree", "Name")];
    let file = repository.download("a.json", &api_docs(VERSION, &five));
    repository.run(&["import", &file]).done();
    let other = repository.download("other.json", &api_docs("2027-01-01", &[("GetTree", "Id")]));
    let less = repository.download("less.json", &api_docs(VERSION, &five[..3]));
    let broken = repository.download("broken.json", "{");
    let mut more = five.to_vec();
    more.push(("SawTree", "Id"));
    let more = repository.download("more.json", &api_docs(VERSION, &more));
    // Two names that become one in Rust.
    let mut alike = five.to_vec();
    alike.push(("Get_Tree", "Id"));
    let alike = repository.download("alike.json", &api_docs(VERSION, &alike));
    let nowhere = format!("{broken}/summary.md");
    let before = repository.everything();
    for (args, complaint) in [
        (vec!["update", &other], "is of version 2027-01-01, not one in api-spec"),
        (vec!["update", "--version", VERSION, &other], "is of version 2027-01-01, not 2024-05-18"),
        (vec!["update", "--version", "2019-01-01", &file], "api-spec has no version 2019-01-01, only 2024-05-18"),
        (vec!["update", &less], "2 of the 5 actions of 2024-05-18 are not in it"),
        (vec!["update", &broken], "broken.json"),
        (vec!["update", "no-such-file.json"], "no-such-file.json"),
        (vec!["update", &alike], "`GetTree` and `Get_Tree` would both be named"),
        (vec!["update", &alike], "Nothing was updated. Run cargo xtask import"),
        (vec!["update", &more, "--summary", &nowhere], "broken.json/summary.md: "),
        (vec!["update", "http://example.com/api-docs.json"], "take https://"),
    ] {
        let err = repository.run(&args).failed();
        assert!(err.contains(complaint), "{args:?}: {err}");
        assert!(repository.everything() == before, "{args:?} has changed something");
    }
}

#[test]
fn decisions_about_what_is_gone_are_left_to_people() {
    let repository = Repository::new();
    let five = [("CutTree", "Id"), ("GetTree", "Id"), ("ListTrees", "Name"), ("MoveTree", "Id"), ("PlantTree", "Name")];
    let file = repository.download("a.json", &api_docs(VERSION, &five));
    repository.run(&["import", &file]).done();
    let overlay = "actions:\n  PlantTree:\n    summary: Plants a tree.\n";
    repository.write("api-spec/2024-05-18/overlay.yaml", overlay);
    let less = repository.download("less.json", &api_docs(VERSION, &five[..4]));
    let run = repository.run(&["update", &less]);
    assert!(run.out.contains("- [ ] Mend `overlay.yaml` where it speaks of what is gone"), "{}", run.out);
    let file = repository.path("api-spec/2024-05-18/overlay.yaml");
    let problem = format!("{}:2:3: actions.PlantTree: there is no action `PlantTree`", file.display());
    assert!(run.out.contains(&problem), "{}", run.out);
    let err = run.failed();
    assert!(err.contains(&problem), "{err}");
    let again = repository.run(&["update", &less]).failed();
    assert!(again.contains("Nothing was updated: mend api-spec first."), "{again}");
    assert!(err.contains("api-spec is updated; the overlay is not: mend it, then run cargo xtask regenerate"), "{err}");
    repository.write("api-spec/2024-05-18/overlay.yaml", "actions: {}\n");
    repository.run(&["regenerate"]).done();
}

/// What upstream takes away leaves an example, a decision, a better name's field and a glossary entry behind.
#[test]
fn all_that_is_left_over_is_named_at_once() {
    let repository = Repository::new();
    let five = [("CutTree", "Id"), ("GetTree", "Id"), ("ListTrees", "Name"), ("MoveTree", "Id"), ("PlantTree", "Kind")];
    let file = repository.download("a.json", &api_docs(VERSION, &five));
    repository.run(&["import", &file]).done();
    repository.write("api-spec/2024-05-18/examples/PlantTree.rs", "let planted = client.plant_tree(request).await?;\n");
    repository.write("api-spec/2024-05-18/overlay.yaml", "actions:\n  PlantTree:\n    summary: Plants a tree.\n");
    repository.write("api-spec/glossary.yaml", "Kind: The kind of a tree, such as oak.\n");
    let less = repository.download("less.json", &api_docs(VERSION, &five[..4]));
    let err = repository.run(&["update", &less]).failed();
    for left in [
        "examples/PlantTree.rs: there is no action `PlantTree`",
        "overlay.yaml:2:3: actions.PlantTree: there is no action `PlantTree`",
        "glossary.yaml:1:1: Kind: no parameter and no field is named `Kind`",
    ] {
        assert!(err.contains(left), "{left}\n{err}");
    }
}

/// The overlay can be read, and the code of it cannot be written.
#[test]
fn a_shorthand_whose_name_a_parameter_takes_is_named() {
    let repository = Repository::new();
    let text = api_docs(VERSION, &[("GetTree", "Id")]);
    let file = repository.download("a.json", &text);
    repository.run(&["import", &file]).done();
    let overlay = "actions:\n  GetTree:\n    shorthands:\n      - {name: for_id, summary: Returns a tree., takes: [{name: Id}], fills: {}}\n";
    repository.write("api-spec/2024-05-18/overlay.yaml", overlay);
    repository.run(&["regenerate"]).done();
    let parameter = r#"{"name": "ForId", "in": "query", "schema": {"type": "string"}}, {"name": "Id""#;
    let newer = repository.download("b.json", &text.replacen(r#"{"name": "Id""#, parameter, 1));
    let err = repository.run(&["update", &newer]).failed();
    assert!(err.contains("2024-05-18 GetTree: the shorthand `for_id` needs another name"), "{err}");
    assert!(err.contains("api-spec is updated; the overlay is not"), "{err}");
}
