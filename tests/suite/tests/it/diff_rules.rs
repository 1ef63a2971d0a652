//! The diff's verdict for Rust callers, held against the compiler: for each rule, a caller written against the base is
//! compiled against the head, and breaks if and only if the diff says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_api_spec::Spec;
use dataworks_codegen::{
    Options,
    diff::{diff, without_dangling},
    generate,
};
use dataworks_sdk::v2020_05_18::{GetBaselineStatusResponseBody, GetNodeResponseBody};
use serde_json::{Value, json};

use crate::fixtures;

#[allow(dead_code, reason = "the generator's own tests read the rest")]
#[path = "../../../../codegen/tests/diff_fixture/mod.rs"]
mod diff_fixture;
use diff_fixture::Fixture;

/// Every caller against its base, in one program.
const BASE: &str = "all_against_base";
/// Every caller that stays whole against its head, in one program.
const HEAD: &str = "safe_against_head";

/// The name of a fixture as a module and a program.
fn module(fixture: &Fixture) -> String {
    fixture.name.replace(['-', '~'], "_")
}

#[test]
fn callers_break_where_the_diff_says_so() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("diff-rules");
    let fixtures = diff_fixture::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/diff"));
    write(&dir.join("project"), &fixtures);
    let arguments =
        ["check", "--bins", "--keep-going", "--offline", "--message-format=json", "--target-dir", "../target"];
    let output = fixtures::command(&dir.join("project"), &arguments).output().unwrap();
    let (broken, compiled) = read(&String::from_utf8(output.stdout).unwrap());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(compiled.contains("dataworks_sdk"), "nothing was compiled:\n{said}");
    for name in [BASE, HEAD] {
        assert!(compiled.contains(name) && !broken.contains_key(name), "{name}: {:?}\n{said}", broken.get(name));
    }
    for fixture in fixtures.iter().filter(|fixture| fixture.rust) {
        let name = module(fixture);
        let errors = broken.get(&name).unwrap_or_else(|| panic!("{name}: the caller still compiles"));
        let own = format!("bin/{name}.rs");
        assert!(
            errors.iter().all(|file| file.ends_with(&own)),
            "{name}: what is generated is broken itself: {errors:?}"
        );
    }
}

/// Whether the decoder reads a value into a field of the kind.
fn is_read(kind: &str, value: &str) -> bool {
    let node = |field: &str| -> GetNodeResponseBody {
        dataworks_sdk::from_json(format!(r#"{{"Data": {{"{field}": {value}}}}}"#).as_bytes()).unwrap()
    };
    match kind {
        "text" => node("NodeName").data.node_name.is_some(),
        "enumeration" => node("SchedulerType").data.scheduler_type.is_some(),
        "id" => node("NodeId").data.node_id.is_some(),
        "integer" => node("Priority").data.priority.is_some(),
        "number" => {
            let json = format!(r#"{{"Data": {{"Buffer": {value}}}}}"#);
            dataworks_sdk::from_json::<GetBaselineStatusResponseBody>(json.as_bytes()).unwrap().data.buffer.is_some()
        }
        _ => {
            let json = format!(r#"{{"Success": {value}}}"#);
            dataworks_sdk::from_json::<GetNodeResponseBody>(json.as_bytes()).unwrap().success.is_some()
        }
    }
}

/// The verdict about another type of an answer, held against the decoder.
#[test]
fn answers_are_readable_where_the_decoder_reads_them() {
    let fixtures = diff_fixture::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/diff"));
    let fixture = fixtures.iter().find(|it| it.name == "answer-type-readable~enumeration").unwrap();
    let fields = [
        ("text", "Name", "string"),
        ("enumeration", "Mode", "string"),
        ("id", "NodeId", "string"),
        ("integer", "Name", "integer"),
        ("number", "Name", "number"),
        ("boolean", "Name", "boolean"),
    ];
    let types: [(&str, &[&str]); 6] = [
        ("string", &[r#""7""#, r#""true""#, r#""x y""#]),
        ("integer", &["0", "1", "7"]),
        ("number", &["1", "7.5"]),
        ("boolean", &["true", "false"]),
        ("array", &["[]", "[1]"]),
        ("object", &["{}", r#"{"A": 1}"#]),
    ];
    for (kind, name, old) in fields {
        for (new, values) in types.into_iter().filter(|(new, _)| *new != old) {
            let side = |ty: &str| {
                let mut spec = fixture.base.clone();
                let answer = &mut spec.versions[0].actions.get_mut("GetThing").unwrap().answer;
                answer.properties.insert(name.to_owned(), serde_json::from_value(json!({ "type": ty })).unwrap());
                spec
            };
            let found = diff(&side(old), &side(new)).unwrap().changes;
            let rules: Vec<&str> = found.iter().map(|change| change.rule.id).collect();
            let expected = match values.iter().filter(|value| is_read(kind, value)).count() {
                0 => "answer-field-type-changed",
                read if read < values.len() => "answer-type-partly-readable",
                _ if kind == "id" && new == "integer" => "answer-id-type-changed",
                _ => "answer-type-readable",
            };
            assert!(rules.contains(&expected), "{kind}, now {new}: {rules:?}, and the decoder says {expected}");
        }
    }
}

/// A project with a program for each caller that breaks, and one for all others.
fn write(project: &Path, fixtures: &[Fixture]) {
    let _ = fs::remove_dir_all(project);
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dataworks-sdk").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"diff-rules\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\ndataworks-sdk = {{ path = {sdk:?}, default-features = false }}\n"
    );
    put(&project.join("Cargo.toml"), &manifest);
    fs::copy(sdk.join("../Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let mut programs: BTreeMap<String, String> = BTreeMap::new();
    for fixture in fixtures {
        let name = module(fixture);
        for (side, spec) in [("base", &fixture.base), ("head", &fixture.head)] {
            let api = generated(&project.join(side).join(&name), spec);
            let program = match (side, fixture.rust) {
                ("base", _) => BASE,
                (_, true) => &name,
                (_, false) => HEAD,
            };
            let text = programs.entry(program.to_owned()).or_insert_with(|| "#![allow(warnings)]\n".to_owned());
            let caller = &fixture.caller;
            let _ = write!(
                text,
                "mod {name} {{\n#[path = {api:?}]\npub mod api;\nfn caller() {{\nuse api::v2001_01_01::*;\n{caller}}}\n}}\n"
            );
        }
    }
    for (name, text) in programs {
        put(&project.join(format!("src/bin/{name}.rs")), &format!("{text}fn main() {{}}\n"));
    }
}

/// Writes what a spec becomes; returns the path of its root module.
fn generated(dir: &Path, spec: &Spec) -> PathBuf {
    // The client only adds the methods whose requests are here, and would bring HTTP and TLS with it.
    let options = Options {
        core: "dataworks_sdk::__rt".to_owned(),
        client_feature: Some("never".to_owned()),
        examples_use: None,
        version_features: false,
    };
    for (path, text) in generate(&without_dangling(spec), &options).unwrap() {
        // Macros are the crate's, whatever module they stand in: one of each name can be.
        let text = if path.ends_with("for_each_action.rs") { String::new() } else { text };
        put(&dir.join(path), &text);
    }
    dir.join("mod.rs")
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The programs with errors and the files of these, and everything that was compiled.
fn read(messages: &str) -> (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>) {
    let (mut broken, mut compiled) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let name = message["target"]["name"].as_str().unwrap_or_default().to_owned();
        match message["reason"].as_str() {
            Some("compiler-artifact") => drop(compiled.insert(name)),
            Some("compiler-message") if message["message"]["level"] == "error" => {
                let spans = message["message"]["spans"].as_array().unwrap().iter();
                let files =
                    spans.filter(|span| span["is_primary"] == true).filter_map(|span| span["file_name"].as_str());
                broken.entry(name).or_default().extend(files.map(str::to_owned));
            }
            _ => {}
        }
    }
    (broken, compiled)
}
