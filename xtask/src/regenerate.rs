//! `cargo xtask regenerate`: `api-spec` in, the SDK's generated code out.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use dataworks_api_spec::Spec;
use dataworks_codegen::Options;

use crate::files::{Staged, about, read_into};
use crate::say;

/// What every generated file begins with.
const MARK: &str = "// @generated";
const GENERATED: &str = "dataworks-sdk/src/generated";
pub(crate) const MANIFEST: &str = "dataworks-sdk/Cargo.toml";

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
    /// Files that this program did not write, in the way.
    foreign: Vec<&'a str>,
    unchanged: usize,
}

pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let start = Instant::now();
    let spec = Spec::load(&root.join("api-spec")).map_err(|error| error.to_string())?;
    let wanted = generate(&spec)?;
    if args.check {
        let found = found(root)?;
        check(&compare(&wanted, &found))?;
        return note_missing_features(root, &spec);
    }
    let written = write(root, &wanted)?;
    say(&format!("{written} in {:.2} s", start.elapsed().as_secs_f64()));
    note_missing_features(root, &spec)
}

/// What writing came to.
pub(crate) struct Written {
    new: usize,
    changed: usize,
    removed: usize,
    unchanged: usize,
}

impl Written {
    /// How many files were not as they should be.
    pub(crate) fn stale(&self) -> usize {
        self.new + self.changed + self.removed
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { new, changed, removed, unchanged } = self;
        write!(f, "{new} new, {changed} changed, {removed} removed, {unchanged} unchanged")
    }
}

/// Writes what is not as it should be: the files that [`generate`] has made.
pub(crate) fn write(root: &Path, wanted: &BTreeMap<String, String>) -> Result<Written, String> {
    let dir = root.join(GENERATED);
    let found = found(root)?;
    let difference = compare(wanted, &found);
    if !difference.foreign.is_empty() {
        check(&difference)?;
    }
    let mut staged = Staged::default();
    for path in difference.new.iter().chain(&difference.changed) {
        staged.write(dir.join(path), &wanted[*path])?;
    }
    for path in &difference.orphans {
        staged.remove(dir.join(path));
    }
    staged.commit()?;
    let Difference { new, changed, orphans, unchanged, foreign: _ } = &difference;
    Ok(Written { new: new.len(), changed: changed.len(), removed: orphans.len(), unchanged: *unchanged })
}

/// The files that are there.
fn found(root: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    read_into(&mut found, &root.join(GENERATED), "")?;
    Ok(found)
}

/// Each version stands under a feature, which people add: without it, the new code is never compiled.
pub(crate) fn note_missing_features(root: &Path, spec: &Spec) -> Result<(), String> {
    let path = root.join(MANIFEST);
    let manifest = match fs::read_to_string(&path) {
        Ok(manifest) => manifest,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(about(&path, &error)),
    };
    for version in &spec.versions {
        let feature = format!("v{}", version.name());
        let names = manifest.lines().filter_map(|line| line.split_once('='));
        if !names.map(|(name, _)| name.trim()).any(|name| name == feature) {
            say(&format!(
                "note: {MANIFEST} has no feature for {}, so its code is not compiled; add under [features]:\n{feature} = []",
                version.name()
            ));
        }
    }
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
    // What lost its mark and stands where it is generated is only stale.
    for (path, text) in found.iter().filter(|(path, _)| !wanted.contains_key(*path)) {
        let list = if text.starts_with(MARK) { &mut difference.orphans } else { &mut difference.foreign };
        list.push(path);
    }
    difference
}

/// Fails with everything that differs, and with what to do.
fn check(difference: &Difference<'_>) -> Result<(), String> {
    let Difference { new, changed, orphans, foreign, unchanged: _ } = difference;
    let line = |path: &&str| {
        format!("foreign: {GENERATED}/{path}: is not generated (no {MARK:?} at its beginning): move it elsewhere")
    };
    let mut lines: Vec<_> = foreign.iter().map(line).collect();
    for (what, paths) in [("missing", new), ("stale", changed), ("orphan", orphans)] {
        lines.extend(paths.iter().map(|path| format!("{what}: {GENERATED}/{path}")));
    }
    if lines.is_empty() {
        return Ok(());
    }
    let after = if foreign.is_empty() { "run" } else { "nothing was written; then run" };
    lines.push(format!("{after}: cargo xtask regenerate"));
    Err(lines.join("\n"))
}

/// The files that should be there.
pub(crate) fn generate(spec: &Spec) -> Result<BTreeMap<String, String>, String> {
    let options = Options {
        core: "crate::__rt".to_owned(),
        client_feature: Some("client".to_owned()),
        examples_use: Some("dataworks_sdk".to_owned()),
        version_features: true,
    };
    dataworks_codegen::generate(spec, &options).map_err(|error| error.to_string())
}
