//! `cargo xtask import`, as it is typed.

mod common;

use std::fs;

use common::{Repository, api_docs};

const VERSION: &str = "2020-05-18";

#[test]
fn imports_and_then_changes_nothing() {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    let out = repository.run(&["import", &file]).done();
    assert_eq!(
        out,
        "2020-05-18: actions: 2 new, 0 changed, 0 removed, 0 unchanged\n\
         2020-05-18: shared types: 1 new, 0 changed, 0 removed, 0 unchanged\n"
    );
    for path in ["service.json", "overlay.yaml", "actions/GetTree.json", "actions/ListTrees.json", "types/Leaf.json"] {
        assert!(repository.path(&format!("api-spec/{VERSION}/{path}")).is_file(), "{path}");
    }
    dataworks_api_spec::Spec::load(&repository.path("api-spec")).unwrap();

    let modified =
        || fs::metadata(repository.path("api-spec/2020-05-18/actions/GetTree.json")).unwrap().modified().unwrap();
    let (before, written) = (repository.everything(), modified());
    let out = repository.run(&["import", &file]).done();
    assert!(out.contains("actions: 0 new, 0 changed, 0 removed, 2 unchanged"), "{out}");
    assert_eq!(repository.everything(), before);
    assert_eq!(modified(), written, "an unchanged file is not written again");
}

#[test]
fn an_update_says_what_changed() {
    let repository = Repository::new();
    let actions =
        [("CutTree", "Id"), ("GetTree", "Id"), ("ListTrees", "Name"), ("MoveTree", "Id"), ("PlantTree", "Name")];
    let old = repository.download("old.json", &api_docs(VERSION, &actions));
    let new = repository.download(
        "new.json",
        &api_docs(
            VERSION,
            &[("CutTree", "Id"), ("FellTree", "Id"), ("GetTree", "TreeId"), ("ListTrees", "Name"), ("MoveTree", "Id")],
        ),
    );
    repository.run(&["import", &old]).done();
    let out = repository.run(&["import", &new]).done();
    let expected = [
        "2020-05-18: actions: 1 new, 1 changed, 1 removed, 3 unchanged",
        "2020-05-18: shared types: 0 new, 0 changed, 0 removed, 1 unchanged",
        "  new: actions/FellTree.json",
        "  changed: actions/GetTree.json",
        "  removed: actions/PlantTree.json",
    ];
    assert_eq!(out.lines().collect::<Vec<_>>(), expected);
    assert!(!repository.path("api-spec/2020-05-18/actions/PlantTree.json").exists());
}

#[test]
fn what_people_wrote_stays() {
    let repository = Repository::new();
    let overlay = "api-spec/2020-05-18/overlay.yaml";
    repository.write(overlay, "# by hand\nactions: {}\n");
    repository.write("api-spec/README.md", "by hand");
    repository.write("api-spec/2020-05-18/actions/notes.txt", "by hand");
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    repository.run(&["import", &file]).done();
    assert_eq!(fs::read_to_string(repository.path(overlay)).unwrap(), "# by hand\nactions: {}\n");
    assert!(repository.path("api-spec/README.md").is_file());
    assert!(repository.path("api-spec/2020-05-18/actions/notes.txt").is_file());
}

#[test]
fn a_broken_file_among_several_stops_all() {
    let repository = Repository::new();
    let good = repository.download("good.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    repository.run(&["import", &good]).done();

    let better = repository.download("better.json", &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]));
    let other = repository.download("other.yaml", &api_docs("2024-05-18", &[("GetTree", "Id")]));
    let style = api_docs("2018-06-01", &[("GetTree", "Id")]).replace(r#""in": "query""#, r#""in": "body""#);
    let place = repository.download("place.json", &style);
    let syntax = repository.download("syntax.json", "{\n  oops");
    let missing = repository.path("missing.json").display().to_string();
    let before = repository.everything();
    let err = repository.run(&["import", &better, &other, &place, &syntax, &missing]).failed();
    let lines: Vec<_> = err.lines().collect();
    assert!(
        lines[0].ends_with("place.json: apis.GetTree.parameters[0].in: expected query, formData, host, found \"body\""),
        "{err}"
    );
    assert!(lines[1].contains("syntax.json: line 2 column 3: is no JSON"), "{err}");
    assert!(lines[2].contains("missing.json: "), "{err}");
    assert_eq!(lines[3..], ["Nothing was imported: api-spec is as it was."], "{err}");
    assert_eq!(repository.everything(), before);

    let out = repository.run(&["import", &better, &other]).done();
    assert!(out.contains("2024-05-18: actions: 1 new"), "{out}");
}

#[test]
fn one_version_in_two_files_is_refused() {
    let repository = Repository::new();
    let [one, two] =
        ["one.json", "two.json"].map(|name| repository.download(name, &api_docs(VERSION, &[("GetTree", "Id")])));
    let err = repository.run(&["import", &one, &two]).failed();
    assert!(err.contains("two.json: version 2020-05-18 was given before, in another file"), "{err}");
    assert!(!repository.path("api-spec/2020-05-18").exists());
}

#[test]
fn a_file_of_another_product_is_refused() {
    let repository = Repository::new();
    let docs = api_docs(VERSION, &[("GetTree", "Id")]);
    let other = repository.download("ecs.json", &docs.replace("dataworks-public", "ecs"));
    let expected = r#"ecs.json: info.product: "ecs" is another product: 2020-05-18 is of "dataworks-public""#;
    let file = repository.download("a.json", &docs);
    // Once where nothing is there yet, and once over what is.
    for _ in 0..2 {
        let before = repository.everything();
        let err = repository.run(&["import", "--allow-removals", &other]).failed();
        assert!(err.contains(expected), "{err}");
        assert_eq!(repository.everything(), before);
        repository.run(&["import", &file]).done();
    }
}

#[test]
fn a_file_without_many_actions_is_refused_unless_allowed() {
    let repository = Repository::new();
    let names = ["GetTree", "ListTrees", "PlantTree", "FellTree"];
    let all = names.map(|name| (name, "Id"));
    let whole = repository.download("whole.json", &api_docs(VERSION, &all));
    let part = repository.download("part.json", &api_docs(VERSION, &all[..3]));
    repository.run(&["import", &whole]).done();
    let before = repository.everything();
    let err = repository.run(&["import", &part]).failed();
    assert!(err.contains("part.json: 1 of the 4 actions of 2020-05-18 are not in it, more than a fifth"), "{err}");
    assert!(err.contains("give --allow-removals\nNothing was imported"), "{err}");
    assert_eq!(repository.everything(), before);
    let out = repository.run(&["import", &part, "--allow-removals"]).done();
    assert!(out.contains("  removed: actions/FellTree.json"), "{out}");
}

#[test]
fn a_folder_that_is_no_repository_stays_as_it_is() {
    let repository = Repository::new();
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    fs::remove_dir(repository.path("api-spec")).unwrap();
    let before = repository.everything();
    let err = repository.run(&["import", &file]).failed();
    assert!(err.contains("api-spec: is no folder"), "{err}");
    assert!(err.contains("--root"), "{err}");
    assert_eq!(repository.everything(), before);
}

#[test]
fn nothing_is_written_outside() {
    let repository = Repository::new();
    let before = repository.everything();
    for (version, action) in [("../../evil", "GetTree"), (VERSION, "../../../evil"), (VERSION, "/evil")] {
        let file = repository.download("evil.json", &api_docs(version, &[(action, "Id")]));
        repository.run(&["import", &file]).failed();
        fs::remove_file(file).unwrap();
        assert_eq!(repository.everything(), before);
    }
}

/// Where the disk refuses, what was prepared is taken back.
#[test]
fn a_failing_disk_leaves_no_half() {
    let repository = Repository::new();
    // A file where a folder has to be.
    repository.write("api-spec/2020-05-18/types", "in the way");
    let file = repository.download("a.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    let before = repository.everything();
    let err = repository.run(&["import", &file]).failed();
    assert!(err.contains("types"), "{err}");
    assert_eq!(repository.everything(), before);
}
