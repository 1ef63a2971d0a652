//! `cargo xtask import`, as it is typed.

mod common;

use std::fs;

use common::{Repository, api_docs};

const VERSION: &str = "2020-05-18";

#[test]
fn imports_and_then_changes_nothing() {
    let repository = Repository::new();
    let file = repository.download(
        "a.json",
        &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]),
    );
    let out = repository.run(&["import", &file]).done();
    assert_eq!(
        out,
        "2020-05-18: actions: 2 new, 0 changed, 0 removed, 0 unchanged\n\
         2020-05-18: shared types: 1 new, 0 changed, 0 removed, 0 unchanged\n"
    );
    for path in [
        "service.json",
        "overlay.yaml",
        "actions/GetTree.json",
        "actions/ListTrees.json",
        "types/Leaf.json",
    ] {
        assert!(
            repository.path(&format!("api-spec/{VERSION}/{path}")).is_file(),
            "{path}"
        );
    }
    dataworks_api_spec::Spec::load(&repository.path("api-spec")).unwrap();

    let modified = || {
        fs::metadata(repository.path("api-spec/2020-05-18/actions/GetTree.json"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let (before, written) = (repository.everything(), modified());
    let out = repository.run(&["import", &file]).done();
    assert!(
        out.contains("actions: 0 new, 0 changed, 0 removed, 2 unchanged"),
        "{out}"
    );
    assert_eq!(repository.everything(), before);
    assert_eq!(modified(), written, "an unchanged file is not written again");
}

#[test]
fn an_update_says_what_changed() {
    let repository = Repository::new();
    let actions = [("GetTree", "Id"), ("ListTrees", "Name"), ("PlantTree", "Name")];
    let old = repository.download("old.json", &api_docs(VERSION, &actions));
    let new = repository.download(
        "new.json",
        &api_docs(
            VERSION,
            &[("FellTree", "Id"), ("GetTree", "TreeId"), ("ListTrees", "Name")],
        ),
    );
    repository.run(&["import", &old]).done();
    let out = repository.run(&["import", &new]).done();
    let expected = [
        "2020-05-18: actions: 1 new, 1 changed, 1 removed, 1 unchanged",
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
    assert_eq!(
        fs::read_to_string(repository.path(overlay)).unwrap(),
        "# by hand\nactions: {}\n"
    );
    assert!(repository.path("api-spec/README.md").is_file());
    assert!(repository.path("api-spec/2020-05-18/actions/notes.txt").is_file());
}

#[test]
fn a_broken_file_among_several_stops_all() {
    let repository = Repository::new();
    let good = repository.download("good.json", &api_docs(VERSION, &[("GetTree", "Id")]));
    repository.run(&["import", &good]).done();

    let better = repository.download(
        "better.json",
        &api_docs(VERSION, &[("GetTree", "Id"), ("ListTrees", "Name")]),
    );
    let other = repository.download("other.yaml", &api_docs("2024-05-18", &[("GetTree", "Id")]));
    let style = api_docs("2018-06-01", &[("GetTree", "Id")]).replace(r#""in": "query""#, r#""in": "body""#);
    let place = repository.download("place.json", &style);
    let syntax = repository.download("syntax.json", "{\n  oops");
    let missing = repository.path("missing.json").display().to_string();
    let before = repository.everything();
    let err = repository
        .run(&["import", &better, &other, &place, &syntax, &missing])
        .failed();
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
    assert!(
        err.contains("two.json: version 2020-05-18 was given before, in another file"),
        "{err}"
    );
    assert!(!repository.path("api-spec").exists());
}

#[test]
fn nothing_is_written_outside() {
    let repository = Repository::new();
    let before = repository.everything();
    for (version, action) in [
        ("../../evil", "GetTree"),
        (VERSION, "../../../evil"),
        (VERSION, "/evil"),
    ] {
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
