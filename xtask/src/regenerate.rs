//! `cargo xtask regenerate`: `api-spec` in, the SDK's generated code out.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use dataworks_api_spec::Spec;
use dataworks_codegen::Options;

use crate::files::{Staged, read_into};
use crate::say;

/// What every generated file begins with.
const MARK: &str = "// @generated";
const GENERATED: &str = "dataworks-sdk/src/generated";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Writes nothing; says what is not as api-spec has it, and fails if anything is.
    #[arg(long)]
    check: bool,
}

/// How the folder differs from what should be in it.
#[derive(Default)]
struct Difference<'a> {
    new: Vec<&'a str>,
    changed: Vec<&'a str>,
    orphans: Vec<&'a str>,
    unchanged: usize,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let start = Instant::now();
    let dir = root.join(GENERATED);
    let wanted = generate(root)?;
    let mut found = BTreeMap::new();
    read_into(&mut found, &dir, "")?;
    let foreign: Vec<_> = found
        .iter()
        .filter(|(_, text)| !text.starts_with(MARK))
        .map(|(path, _)| path)
        .collect();
    if !foreign.is_empty() {
        let lines = foreign.iter().map(|path| {
            format!("{GENERATED}/{path}: is not generated (no {MARK:?} at its beginning): move it elsewhere")
        });
        return Err(lines.collect::<Vec<_>>().join("\n"));
    }
    let difference = compare(&wanted, &found);
    if args.check {
        return check(&difference);
    }

    let mut staged = Staged::default();
    for path in difference.new.iter().chain(&difference.changed) {
        staged.write(dir.join(path), &wanted[*path])?;
    }
    for path in &difference.orphans {
        staged.remove(dir.join(path));
    }
    staged.commit()?;
    let Difference {
        new,
        changed,
        orphans,
        unchanged,
    } = &difference;
    let seconds = start.elapsed().as_secs_f64();
    let [new, changed, removed] = [new, changed, orphans].map(Vec::len);
    say(&format!(
        "{new} new, {changed} changed, {removed} removed, {unchanged} unchanged in {seconds:.2} s"
    ));
    Ok(())
}

fn compare<'a>(wanted: &'a BTreeMap<String, String>, found: &'a BTreeMap<String, String>) -> Difference<'a> {
    let mut difference = Difference::default();
    for (path, text) in wanted {
        match found.get(path) {
            None => difference.new.push(path),
            Some(old) if old != text => difference.changed.push(path),
            Some(_) => difference.unchanged += 1,
        }
    }
    difference.orphans = found
        .keys()
        .filter(|path| !wanted.contains_key(*path))
        .map(String::as_str)
        .collect();
    difference
}

fn check(difference: &Difference<'_>) -> Result<(), String> {
    let Difference {
        new, changed, orphans, ..
    } = difference;
    let mut lines = Vec::new();
    for (what, paths) in [("missing", new), ("stale", changed), ("orphan", orphans)] {
        lines.extend(paths.iter().map(|path| format!("{what}: {GENERATED}/{path}")));
    }
    if lines.is_empty() {
        return Ok(());
    }
    lines.push("run: cargo xtask regenerate".to_owned());
    Err(lines.join("\n"))
}

/// The files that should be there.
fn generate(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let spec = Spec::load(&root.join("api-spec")).map_err(|error| error.to_string())?;
    let options = Options {
        core: "crate::__rt".to_owned(),
        client_feature: Some("client".to_owned()),
        version_features: true,
    };
    dataworks_codegen::generate(&spec, &options).map_err(|error| error.to_string())
}
