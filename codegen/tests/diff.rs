//! Every rule of the diff, on small specs; then the diff as a whole.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod diff_fixture;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use dataworks_api_spec::{Schema, Spec};
use dataworks_codegen::diff::{self, Change, Report, Verdict, bump, diff, render};
use diff_fixture::Fixture;

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> Vec<Fixture> {
    diff_fixture::all(&package().join("tests/diff"))
}

fn report(fixture: &Fixture) -> Report {
    diff(&fixture.base, &fixture.head).unwrap_or_else(|error| panic!("{}: {error}", fixture.name))
}

#[test]
fn every_rule_has_a_fixture() {
    let rules: BTreeSet<String> = diff::all().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(rules.len(), diff::all().count(), "an id stands twice");
    let tested: BTreeSet<String> = fixtures().into_iter().map(|fixture| fixture.rule).collect();
    assert_eq!(rules, tested);
}

#[test]
fn a_fixture_triggers_its_rule_with_its_verdicts() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        let changes = report(&fixture).changes;
        let found: BTreeSet<&str> = changes.iter().map(|change| change.rule.id).collect();
        let expected = [&fixture.rule].into_iter().chain(&fixture.also).map(String::as_str).collect();
        let any = |breaks: fn(&Change) -> bool| changes.iter().any(breaks);
        let (wire, rust) = (any(|it| it.wire == Verdict::Breaks), any(|it| it.rust == Verdict::Breaks));
        let told =
            |change: &Change| (change.rule.id, change.place.clone(), change.before.clone(), change.after.clone());
        let once: BTreeSet<_> = changes.iter().map(told).collect();
        assert_eq!(once.len(), changes.len(), "{}: something is told twice", fixture.name);
        if found != expected || (wire, rust) != (fixture.wire, fixture.rust) {
            let lost: Vec<_> = changes.iter().flat_map(|change| &change.lost).collect();
            wrong.push(format!("{}: {found:?}, wire {wire}, rust {rust} by {lost:?}", fixture.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_stays_the_same_is_no_change() {
    for fixture in fixtures() {
        assert_eq!(diff(&fixture.base, &fixture.base).unwrap(), Report::default(), "{}", fixture.name);
    }
    let spec = committed();
    assert_eq!(diff(&spec, &spec).unwrap(), Report::default());
}

fn committed() -> Spec {
    Spec::load(&package().join("../api-spec")).unwrap()
}

/// Takes one key after the other out of a schema, and tells what is left.
fn without_one_key(schema: &Schema) -> Vec<Schema> {
    let all = serde_json::to_value(schema).unwrap();
    let keys: Vec<String> = all.as_object().unwrap().keys().cloned().collect();
    let without = |key: String| {
        let mut less = all.clone();
        less.as_object_mut().unwrap().remove(&key);
        serde_json::from_value(less).unwrap()
    };
    keys.into_iter().map(without).collect()
}

#[test]
fn a_key_that_goes_away_is_told_and_never_a_panic() {
    let mut seen = 0;
    for (name, action) in &committed().version("2018-06-01").unwrap().actions {
        let mut base = fixtures()[0].base.clone();
        base.versions[0].actions = BTreeMap::from([(name.clone(), action.clone())]);
        for less in without_one_key(&action.answer) {
            let mut head = base.clone();
            head.versions[0].actions.get_mut(name).unwrap().answer = less;
            seen += check(&base, &head, name);
        }
        for (parameter, it) in &action.parameters {
            for less in without_one_key(&it.schema) {
                let mut head = base.clone();
                let action = head.versions[0].actions.get_mut(name).unwrap();
                action.parameters.get_mut(parameter).unwrap().schema = less;
                seen += check(&base, &head, name);
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

/// A spec that can become Rust is compared, another is refused; either way something is said.
fn check(base: &Spec, head: &Spec, name: &str) -> usize {
    match diff(base, head) {
        Ok(report) => assert!(!report.changes.is_empty(), "{name}"),
        Err(error) => assert!(error.to_string().starts_with("the head cannot become Rust: "), "{error}"),
    }
    1
}

/// Replaces the schema at a path by another one; references are left alone.
fn replace_at(version: &mut dataworks_api_spec::Version, action: &str, path: &str, by: &Schema) -> Option<()> {
    let action = version.actions.get_mut(action)?;
    let (root, mut rest) = path.split_at(path.find(['.', '[', '{']).unwrap_or(path.len()));
    let mut schema = match root {
        "answer" => &mut action.answer,
        _ => {
            let name = rest.strip_prefix('.')?;
            let (name, after) = name.split_at(name.find(['.', '[', '{']).unwrap_or(name.len()));
            rest = after;
            &mut action.parameters.get_mut(name)?.schema
        }
    };
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[]") {
            (schema, rest) = (schema.items.as_deref_mut()?, after);
        } else if let Some(after) = rest.strip_prefix("{}") {
            (schema, rest) = (schema.additional_properties.as_deref_mut()?, after);
        } else {
            let name = rest.strip_prefix('.')?;
            let (name, after) = name.split_at(name.find(['.', '[', '{']).unwrap_or(name.len()));
            (schema, rest) = (schema.properties.get_mut(name)?, after);
        }
    }
    *schema = by.clone();
    Some(())
}

/// The committed overlay, and in turn another type at each place about which people decided something.
#[test]
fn no_change_of_a_type_makes_the_overlay_stop_the_diff() {
    let file = Path::new("schema.yaml");
    let others = [
        "{ type: string }",
        "{ type: integer }",
        "{ type: boolean }",
        "{ type: object, additionalProperties: { type: string } }",
        "{ type: array, items: { type: array, items: { type: number } } }",
        "{}",
    ];
    let others = others.map(|text| dataworks_api_spec::parse::<Schema>(file, text).unwrap());
    let (mut seen, mut dangling) = (0, 0);
    for version in &committed().versions {
        for (name, entry) in &version.overlay.actions {
            let mut paths: BTreeSet<String> = entry.ids.iter().chain(&entry.json).cloned().collect();
            paths.extend(entry.renames.keys().chain(entry.pins.keys()).cloned());
            let pages = entry.pages.as_ref().and_then(|_| version.decisions(name).pages);
            paths.extend(pages.into_iter().flat_map(|paging| {
                let (parameter, items) = match paging {
                    dataworks_api_spec::Paging::Numbered(it) => (it.page, it.items),
                    dataworks_api_spec::Paging::Token(it) => (it.token, it.items),
                };
                [format!("request.{parameter}"), format!("answer.{items}"), "answer".to_owned()]
            }));
            let fills =
                entry.shorthands.iter().flat_map(|it| it.fills.keys().chain(it.takes.iter().map(|it| &it.name)));
            paths.extend(fills.map(|parameter| format!("request.{parameter}")));
            let one = |of: &dataworks_api_spec::Version| Spec { versions: vec![of.clone()], ..Spec::default() };
            let mut alone = version.clone();
            alone.actions.retain(|other, _| other == name);
            alone.overlay.actions.retain(|other, _| other == name);
            alone.overlay.enums.clear();
            if !serde_json::to_string(&alone.actions).unwrap().contains("$ref") {
                (alone.types, alone.overlay.types) = Default::default();
            }
            for path in paths {
                // Each place in turn gets three of them, so that it does not take a minute.
                for other in others.iter().cycle().skip(seen).take(3) {
                    let mut head = alone.clone();
                    if replace_at(&mut head, name, &path, other).is_none() {
                        continue;
                    }
                    let report =
                        diff(&one(&alone), &one(&head)).unwrap_or_else(|error| panic!("{name} {path}: {error}"));
                    seen += 1;
                    dangling += report.count(|change| change.rule.id == "overlay-entry-dangling");
                }
            }
        }
    }
    assert!(seen > 300 && dangling > 100, "{seen} {dangling}");
}

#[test]
fn a_shared_type_is_reported_once_with_its_sides() {
    let path = Path::new("spec.yaml");
    let fixture = |name: &str| fixtures().into_iter().find(|it| it.name == name).unwrap();
    let mut both = fixture("type-form-changed").base;
    let mut head = both.clone();
    let thing = head.versions[0].types.get_mut("Thing").unwrap();
    thing.schema.properties.insert("Size".to_owned(), dataworks_api_spec::parse(path, "{ type: integer }").unwrap());
    let found = diff(&both, &head).unwrap().changes;
    let told: Vec<_> = found.iter().map(|it| (it.rule.id, it.place.to_string(), it.used)).collect();
    let used = Some(diff::Used::Both);
    assert_eq!(told, [("request-field-added-optional", "2001-01-01/types.Thing.Size".to_owned(), used)]);
    both.versions.clear();
    assert_eq!(diff(&both, &head).unwrap().changes[0].rule.id, "version-added");
}

#[test]
fn each_change_is_blamed_for_its_own_losses() {
    let mut base = fixtures().into_iter().find(|it| it.name == "enum-field-added").unwrap().base;
    let mut head = base.clone();
    for spec in [&mut base, &mut head] {
        let action = spec.versions[0].actions.get_mut("GetThing").unwrap();
        let mode = action.answer.properties["Mode"].clone();
        action.answer.properties.insert("Other".to_owned(), mode);
    }
    let fields = &mut head.versions[0].overlay.enums.get_mut("Mode").unwrap().fields;
    fields.extend(["GetThing.answer.Mode", "*.answer.Other"].map(str::to_owned));
    let found = diff(&base, &head).unwrap().changes;
    let lost: Vec<_> = found.iter().map(|change| (change.after.as_deref().unwrap(), change.lost.join("; "))).collect();
    let text = |field: &str| {
        format!("`v2001_01_01::GetThingResponseBody.{field}` is `Option<types::Mode>`, was `Option<String>`")
    };
    assert_eq!(lost, [("*.answer.Other", text("other")), ("GetThing.answer.Mode", text("mode"))]);
}

#[test]
fn a_value_is_blamed_for_the_name_that_it_takes_alone() {
    let mut base = fixtures().into_iter().find(|it| it.name == "enum-field-added").unwrap().base;
    let mut head = base.clone();
    for (spec, values) in [(&mut base, &["SMS", "MAIL"][..]), (&mut head, &["mail", "Sms", "Urgent", "SMS", "MAIL"])] {
        let action = spec.versions[0].actions.get_mut("GetThing").unwrap();
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        action.parameters.get_mut("Mode").unwrap().schema.values = Some(values);
        // Nobody has listed `SMS`, so that the order of publication decides.
        let listed = &mut spec.versions[0].overlay.enums.get_mut("Mode").unwrap().values;
        *listed = BTreeMap::from([("MAIL".to_owned(), None)]);
    }
    let found = diff(&base, &head).unwrap().changes;
    let told: Vec<_> =
        found.iter().map(|it| (it.rule.id, it.after.as_deref().unwrap_or_default(), it.lost.len())).collect();
    let added = |value, lost| ("request-enum-value-added", value, lost);
    assert_eq!(told, [added("Sms", 1), added("Urgent", 0), added("mail", 0)]);
    assert_eq!(found[0].lost, ["`v2001_01_01::types::Mode::Sms` is `Sms` now, was `SMS`"]);
}

#[test]
fn what_cannot_become_rust_is_an_error_of_its_side() {
    let base = fixtures().into_iter().find(|it| it.name == "type-name-changed").unwrap().base;
    let mut head = base.clone();
    head.versions[0].actions.get_mut("GetThing").unwrap().type_names = BTreeMap::new();
    let error = diff(&base, &head).unwrap_err().to_string();
    assert!(error.starts_with("the head cannot become Rust: 2001-01-01 GetThing: `typeNames` has no name"), "{error}");
    let error = diff(&head, &base).unwrap_err().to_string();
    assert!(error.starts_with("the base cannot become Rust: "), "{error}");
}

fn golden(name: &str) -> PathBuf {
    package().join("tests/diff_golden").join(name)
}

/// Holds a text against its file; `UPDATE_GOLDENS=1` writes it.
fn compare(name: &str, text: &str) {
    let path = golden(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == expected,
        "{} is not what comes out:\n{text}\n`UPDATE_GOLDENS=1 cargo test -p dataworks-codegen --test diff` writes it",
        path.display()
    );
}

/// One of everything: the changes of these fixtures, each of them in an action of its own.
fn sample() -> Report {
    let chosen = [
        "action-added",
        "action-deprecated",
        "action-removed",
        "answer-enum-value-added",
        "answer-field-removed~object",
        "answer-id-type-changed",
        "endpoint-host-changed",
        "enum-field-added",
        "parameter-added-optional",
        "parameter-added-required",
        "parameter-renamed",
        "request-pattern-changed",
        "summary-changed",
        "type-form-changed",
    ];
    let mut all = Report::default();
    for fixture in fixtures().into_iter().filter(|fixture| chosen.contains(&fixture.name.as_str())) {
        let name: String = fixture.name.split(['-', '~']).map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        for mut change in report(&fixture).changes {
            if change.place.action.as_deref() == Some("GetThing") {
                change.place.action = Some(name.clone());
            }
            change.note =
                change.note.or_else(|| (change.rule.id == "action-added").then(|| "Drops a thing | now.".to_owned()));
            all.changes.push(change);
        }
    }
    all.changes.sort_by(|one, other| (&one.place, one.rule.id).cmp(&(&other.place, other.rule.id)));
    let entries = "[{rule: parameter-renamed, at: '*', reason: Nobody used it., expires: 2026-12-31}]";
    let file = Path::new("ignore.yaml");
    let today = "2026-01-01".parse().unwrap();
    let entries = diff::ignore::read(file, entries, today).unwrap();
    assert_eq!(diff::ignore::apply(&entries, &mut all, today, None), [] as [String; 0]);
    all
}

#[test]
fn every_format_reads_well() {
    let report = sample();
    let next = bump("0.1.0", &report).unwrap();
    compare("report.txt", &render::text(&report, &next));
    compare("report.md", &render::markdown(&report, &next));
    compare("report.json", &render::json(&report, &next));
    compare("report.github", &render::github(&report, |_| None));
    compare("CHANGELOG.md", &render::changelog(&report, &next, "2026-01-01"));
    compare("rules.md", &render::rules_markdown());
    let json: serde_json::Value = serde_json::from_str(&render::rules_json()).unwrap();
    assert_eq!(json["rules"].as_array().unwrap().len(), diff::all().count());
    assert!(render::rules_text().contains("parameter-added-required"));
    let (none, next) = (Report::default(), bump("0.1.0", &Report::default()).unwrap());
    assert_eq!(render::text(&none, &next), "Nothing changed.\n");
    assert_eq!(render::github(&none, |_| None), "");
    assert!(render::markdown(&none, &next).starts_with(&format!("{}\n", render::MARKER)));
    assert!(render::markdown(&none, &next).ends_with("Nothing changed.\n"));
}

/// What callers notice of: every rule but those of documentation and of what means the same.
#[test]
fn the_changelog_tells_what_callers_notice() {
    let fixtures = fixtures();
    let entry = |name: &str| {
        let report = report(fixtures.iter().find(|it| it.name == name).unwrap());
        let text = render::changelog(&report, &bump("0.1.0", &report).unwrap(), "2026-01-01");
        text.split_once("2026-01-01\n\n").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (name, expected) in [
        (
            "safety-relaxed",
            "### Changed - 2001-01-01: An action counts as safer than before: it is repeated without asking: `GetThing`",
        ),
        ("safety-tightened", "it is not repeated without asking: "),
        ("secret-decided", "### Changed - 2001-01-01: A value is a secret: it is masked: `GetThing.request.Name`."),
        ("secret-dropped", "A value is no secret any more: it is shown: "),
        ("enum-value-decided", "### Added - 2001-01-01: 1 value: `enums.Mode.values."),
        ("answer-enum-value-added", "### Added - 2001-01-01: 1 value: `B` of `GetThing.answer.Mode`."),
        ("answer-enum-value-renamed", "A value of a text in an answer is written differently: "),
        ("request-enum-value-added", "### Added - 2001-01-01: 1 value: `"),
        ("enum-added", "numeration"),
        ("shorthand-changed~fills", "A shorthand takes other values or fills other parameters: "),
        ("alias-added", "### Added - 2001-01-01: 1 name to look an action up by: `"),
        ("alias-removed", "### Removed - 2001-01-01: 1 name to look an action up by: `"),
        ("pages-added", "### Added - 2001-01-01: 1 action with pages: `"),
        ("pages-changed", "An action pages in another way: "),
        ("outcome-changed", "An action says elsewhere in its answer whether it succeeded: "),
        ("endpoint-added", "### Added - 2001-01-01: 1 endpoint: `endpoints."),
        ("request-default-changed", "The service takes another value when nothing is given: "),
        ("request-maximum-raised", "The greatest value in a request is greater, or there is none: "),
        ("pin-decided", "A field keeps a Rust type that upstream has left"),
        ("replacement-decided", "People name another replacement for a deprecated action"),
        ("doc-changed", "Nothing that callers notice."),
        ("safety-restated", "Nothing that callers notice."),
    ] {
        let entry = entry(name);
        assert!(entry.contains(expected), "{name}: {entry}");
    }
    // Whatever warns or breaks is told, a rule of tomorrow too; what is dangling is left to people before that.
    for fixture in fixtures.iter().filter(|it| !it.rule.starts_with("overlay-entry-dangling")) {
        let serious = report(fixture).changes.iter().any(|change| change.severity() > diff::Severity::Info);
        let entry = entry(&fixture.name);
        assert!(!serious || !entry.contains("Nothing that callers notice."), "{}: {entry}", fixture.name);
    }
}

#[test]
fn no_value_breaks_out_of_markdown() {
    let mut report = report(&fixtures().into_iter().find(|it| it.name == "request-pattern-changed").unwrap());
    let change = &mut report.changes[0];
    change.after = Some("a`b|c".to_owned());
    change.note = Some("see `x` | <b>\n# y".to_owned());
    change.place.path.push_str("`|z");
    let next = bump("0.1.0", &report).unwrap();
    let text = render::markdown(&report, &next);
    let row = text.lines().find(|line| line.contains("request-pattern-changed")).unwrap();
    assert!(row.contains("`` a`b\\|c ``; see \\`x\\` \\\\| \\<b\\> \\# y | `` 2001-01-01/"), "{row}");
    assert!(row.contains("`\\|z `` | **breaks**"), "{row}");
    let text = render::changelog(&report, &next, "2026-01-01");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("→ `` a`b|c ``; see \\`x\\` \\| \\<b\\> \\# y)."), "{text}");
    for change in &mut report.changes {
        change.ignored = Some("A `reason` | *so*.".to_owned());
    }
    let text = render::markdown(&report, &next);
    assert!(text.contains("(A \\`reason\\` \\| \\*so\\*.)"), "{text}");
}

#[test]
fn annotations_are_the_most_serious_ones_at_their_lines() {
    let one = |name: &str| report(&fixtures().into_iter().find(|it| it.name == name).unwrap()).changes.remove(0);
    let (wire, both) = (one("parameter-added-required"), one("parameter-removed"));
    let (warning, info) = (one("action-deprecated"), one("summary-changed"));
    let mut report = Report { changes: vec![wire; 11] };
    report.changes.push(both);
    report.changes.extend(vec![warning; 11]);
    report.changes.push(info);
    let read = |file: &str| {
        assert_eq!(file, "api-spec/2001-01-01/actions/GetThing.json");
        Some("{\n  \"parameters\": {\n    \"Size\": {}\n  }\n}".to_owned())
    };
    let text = render::github(&report, read);
    let count = |command: &str| text.lines().filter(|line| line.starts_with(command)).count();
    assert_eq!([count("::error "), count("::warning "), count("::notice "), text.lines().count()], [10, 10, 1, 21]);
    let start = "::error file=api-spec/2001-01-01/actions/GetThing.json,line=3,title=parameter-removed::";
    assert!(text.starts_with(start), "{text}");
    let end = "::2 more errors are in the summary; 1 more warning is in the summary; 1 further changes";
    assert!(text.lines().last().unwrap().contains(end), "{text}");
}

#[test]
fn what_changes_in_the_groups_is_shown() {
    let group = |id: &str, title: &str| dataworks_api_spec::Group {
        id: id.to_owned(),
        title: title.to_owned(),
        doc: format!("About {id}."),
    };
    let base = Spec { groups: vec![group("a", "A"), group("b", "B")], ..Spec::default() };
    let told = |groups: Vec<dataworks_api_spec::Group>| {
        let report = diff(&base, &Spec { groups, ..Spec::default() }).unwrap();
        let text = |it: &Change| {
            let [before, after] = [&it.before, &it.after].map(|it| it.clone().unwrap());
            format!("{} {}: {before} → {after}", it.rule.id, it.place)
        };
        report.changes.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(told(vec![group("b", "B"), group("a", "A")]), ["groups-changed groups: a, b → b, a"]);
    assert_eq!(told(vec![group("a", "A"), group("b", "Bees")]), ["groups-changed groups.b.title: B → Bees"]);
    let mut other = group("a", "A");
    other.doc = "On a.".to_owned();
    assert_eq!(told(vec![other, group("b", "B")]), ["groups-changed groups.a.doc: About a. → On a."]);
}

#[test]
fn the_version_says_who_breaks() {
    let of = |name: &str| report(&fixtures().into_iter().find(|it| it.name == name).unwrap());
    let next = |current: &str, report: &Report| bump(current, report).unwrap().next;
    let (breaks, adds, fixes) = (of("parameter-removed"), of("action-added"), of("summary-changed"));
    assert_eq!(["0.1.2", "1.2.3"].map(|current| next(current, &breaks)), ["0.2.0", "2.0.0"]);
    assert_eq!(["0.1.2", "1.2.3"].map(|current| next(current, &adds)), ["0.1.3", "1.3.0"]);
    assert_eq!(["0.1.2", "1.2.3"].map(|current| next(current, &fixes)), ["0.1.3", "1.2.4"]);
    let new = [
        "action-deprecated",
        "alias-added",
        "answer-enum-value-added",
        "answer-field-added",
        "enum-value-decided",
        "parameter-added-optional",
        "parameter-added-required",
        "shorthand-added",
        "version-added",
    ];
    assert_eq!(new.map(|name| next("1.2.3", &of(name))), [(); 9].map(|()| "1.3.0"));
    assert_eq!(next("0.1.2", &Report::default()), "0.1.2");
    assert_eq!(bump("0.1.2", &breaks).unwrap().why, "1 change breaks Rust callers, before 1.0");
    assert_eq!(bump("one", &fixes).unwrap_err(), "`one` is no version such as 0.1.0");
}

#[test]
fn accepted_changes_have_a_reason_and_a_day() {
    let fixture = fixtures().into_iter().find(|it| it.name == "parameter-removed").unwrap();
    let file = Path::new("ignore.yaml");
    let apply = |text: &str| {
        let (mut report, today) = (report(&fixture), "2026-06-01".parse().unwrap());
        let entries = diff::ignore::read(file, text, today)?;
        let stale = diff::ignore::apply(&entries, &mut report, today, None);
        if stale.is_empty() { Ok(report.count(|_| true)) } else { Err(stale) }
    };
    let problem = |text: &str| apply(text).unwrap_err().join("\n");
    let at = "rule: parameter-removed, at: '2001-01-01/GetThing.request.Size'";
    assert_eq!(apply(&format!("[{{{at}, reason: Unused., expires: 2026-06-01}}]")), Ok(0));
    assert_eq!(apply(&format!("[{{{at}, reason: Unused., expires: 2027-06-01}}]")), Ok(0));
    assert_eq!(apply("# nothing\n"), Ok(1));
    let start = "ignore.yaml: entry 1, `parameter-removed` at `2001-01-01/GetThing.request.Size`: ";
    let late = problem(&format!("[{{{at}, reason: Unused., expires: 2026-05-31}}]"));
    assert!(late.starts_with(&format!("{start}expired on 2026-05-31")), "{late}");
    assert!(problem(&format!("[{{{at}, reason: ' ', expires: 2026-06-01}}]")).contains("gives no reason"));
    assert!(problem(&format!("[{{{at}, expires: 2026-06-01}}]")).contains("missing field `reason`"));
    assert!(problem(&format!("[{{{at}, reason: Unused., expires: soon}}]")).contains("`expires` is `soon`"));
    let unused = problem("[{rule: parameter-removed, at: '2001-01-01/Other*', reason: Unused., expires: 2026-06-01}]");
    assert!(unused.ends_with("matches no change: remove the entry"), "{unused}");
    assert!(problem("[{rule: gone, at: '*', reason: A., expires: 2026-06-01}]").contains("there is no such rule"));
}

#[test]
fn an_entry_has_one_form_and_stands_once() {
    let read = |text: &str| diff::ignore::read(Path::new("ignore.yaml"), text, "2026-06-01".parse().unwrap());
    let entry = |at: &str, expires: &str| {
        format!("# Looked at.\n- rule: action-removed\n  at: '{at}'\n  reason: A.\n  expires: {expires}\n")
    };
    for day in ["20261231", "2026-12-31T10:00:00", "2026-12-31 10:00", "'2026-12-31 '", "+002026-12-31", "2026-13-01"] {
        let told = read(&entry("a", day)).unwrap_err().join("\n");
        let written = day.trim_matches('\'');
        let expected = format!(
            "ignore.yaml:2: entry 1, `action-removed` at `a`: `expires` is `{written}`, and a day is written 2026-12-31"
        );
        assert_eq!(told, expected);
    }
    let far = read(&entry("a", "2027-06-02")).unwrap_err().join("\n");
    assert!(far.ends_with("is 2027-06-02, more than a year away: 2027-06-01 is the latest day"), "{far}");
    let twice = read(&(entry("a", "2026-12-31") + &entry("b", "2026-12-31") + &entry("a", "2026-11-30"))).unwrap_err();
    assert_eq!(twice, ["ignore.yaml:12: entry 3, `action-removed` at `a`: is there twice: remove one of them"]);
}

#[test]
fn what_one_version_cannot_tell_is_not_stale() {
    let today = "2026-06-01".parse().unwrap();
    let text = "[{rule: action-removed, at: 2024-05-18/GetNode, reason: A., expires: 2026-12-31}]";
    let entries = diff::ignore::read(Path::new("ignore.yaml"), text, today).unwrap();
    let stale = |version| diff::ignore::apply(&entries, &mut Report::default(), today, version).len();
    assert_eq!([None, Some("2020-05-18"), Some("2024-05-18")].map(stale), [1, 0, 1]);
}

/// A pull request holds 65,536 characters: what is more is left to the terminal, and says so.
#[test]
fn a_summary_fits_into_a_pull_request() {
    let spec = Spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec")).unwrap();
    let mut nothing = spec.clone();
    for version in &mut nothing.versions {
        version.actions.clear();
        version.overlay.actions.clear();
    }
    for (base, head) in [(&spec, &nothing), (&nothing, &spec)] {
        let report = diff(base, head).unwrap();
        let text = render::markdown(&report, &bump("0.1.0", &report).unwrap());
        assert!(text.len() < 50_000, "{}", text.len());
        assert!(text.contains("Too many to be listed here: `cargo xtask diff` shows them."), "{text}");
    }
}

#[test]
fn an_accepted_break_counts_for_the_version_and_the_changelog() {
    let spec = Spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../api-spec")).unwrap();
    let mut head = spec.clone();
    let last = head.versions.last_mut().unwrap();
    last.actions.remove("GetNode");
    let mut report = diff(&spec, &head).unwrap();
    for change in &mut report.changes {
        change.ignored = Some("Looked at.".to_owned());
    }
    let next = bump("0.1.0", &report).unwrap();
    assert_eq!(next.next, "0.2.0");
    assert!(render::changelog(&report, &next, "2027-01-07").contains("`GetNode`"));
}
