//! `cargo xtask import`: official files in, `api-spec/<version>/` out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_codegen::import::{Changes, Document, Import};

use crate::files::{Staged, about, read_into};
use crate::say;

/// What people decide about a version, before they have.
pub(crate) const OVERLAY: &str = "\
# What people decided about this version; api-spec/README.md says what can stand here.
# `cargo xtask import` made this file and never touches it again.
enums: {}
actions: {}
";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Files as `https://api.aliyun.com/meta/v1/products/dataworks-public/versions/VERSION/api-docs.json` serves them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Takes a file even if more than a fifth of a version's actions are gone in it.
    #[arg(long)]
    allow_removals: bool,
}

/// Checks all files first; nothing is written if one of them is refused.
pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let spec = root.join("api-spec");
    if !spec.is_dir() {
        let what = "is no folder; run it in the repository, or give its folder with --root";
        return Err(format!("{}: {what}", spec.display()));
    }
    let (mut versions, mut refused) = (BTreeMap::<String, Import>::new(), Vec::new());
    for file in &args.files {
        match read(file, &spec) {
            Ok((version, _)) if versions.contains_key(&version) => {
                refused.push(format!("{}: version {version} was given before, in another file", file.display()));
            }
            Ok((version, import)) => match much_removed(&file.display().to_string(), &version, &import.changes) {
                Some(message) if !args.allow_removals => refused.push(message),
                _ => drop(versions.insert(version, import)),
            },
            Err(message) => refused.push(message),
        }
    }
    if !refused.is_empty() {
        return Err(format!("{}\nNothing was imported: api-spec is as it was.", refused.join("\n")));
    }

    let mut staged = Staged::default();
    for (version, import) in &versions {
        stage(&mut staged, &spec.join(version), import, OVERLAY)?;
    }
    staged.commit()?;
    for (version, import) in &versions {
        report(version, import);
    }
    Ok(())
}

const ACTIONS: &str = "actions/";

fn actions(paths: &[String]) -> usize {
    paths.iter().filter(|path| path.starts_with(ACTIONS)).count()
}

fn actions_before(changes: &Changes) -> usize {
    let kept = [&changes.changed, &changes.unchanged, &changes.removed];
    kept.map(|paths| actions(paths)).iter().sum()
}

/// What is wrong with a file that lacks many actions: upstream takes one away now and then, and a file that lacks much
/// more than that is not whole.
pub(crate) fn much_removed(file: &str, version: &str, changes: &Changes) -> Option<String> {
    let (removed, before) = (actions(&changes.removed), actions_before(changes));
    (removed * 5 > before).then(|| {
        format!(
            "{file}: {removed} of the {before} actions of {version} are not in it, more than a fifth: is it whole? \
             If they are really gone, give --allow-removals"
        )
    })
}

fn read(file: &Path, spec: &Path) -> Result<(String, Import), String> {
    let text = fs::read_to_string(file).map_err(|error| about(file, &error))?;
    import(&file.display().to_string(), &text, spec)
}

/// Reads an official text over what is there of its version.
pub(crate) fn import(name: &str, text: &str, spec: &Path) -> Result<(String, Import), String> {
    let document = Document::read(name, text).map_err(|refused| refused.to_string())?;
    let version = document.version().to_owned();
    let current = current(&spec.join(&version))?;
    let import = document.import(&current).map_err(|refused| refused.to_string())?;
    Ok((version, import))
}

/// The files of a version that `import` writes: path inside its folder → text.
pub(crate) fn current(dir: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    for folder in ["actions", "types"] {
        read_into(&mut files, dir, folder)?;
    }
    files.retain(|path, _| path.ends_with(".json"));
    let service = dir.join("service.json");
    if service.exists() {
        files.insert("service.json".into(), fs::read_to_string(&service).map_err(|error| about(&service, &error))?);
    }
    Ok(files)
}

/// Prepares the files of a version, and this overlay where there is none.
pub(crate) fn stage(staged: &mut Staged, dir: &Path, import: &Import, overlay: &str) -> Result<(), String> {
    let changes = &import.changes;
    for path in changes.new.iter().chain(&changes.changed) {
        staged.write(dir.join(path), &import.files[path])?;
    }
    for path in &changes.removed {
        staged.remove(dir.join(path));
    }
    if !["json", "yaml", "yml"].iter().any(|ending| dir.join("overlay").with_extension(ending).exists()) {
        staged.write(dir.join("overlay.yaml"), overlay)?;
    }
    Ok(())
}

/// Says what an import changes.
pub(crate) fn report(version: &str, import: &Import) {
    let Changes { new, changed, removed, unchanged } = &import.changes;
    for (what, folder) in [("actions", ACTIONS), ("shared types", "types/")] {
        let count = |paths: &[String]| paths.iter().filter(|path| path.starts_with(folder)).count();
        let [new, changed, removed, unchanged] = [new, changed, removed, unchanged].map(|paths| count(paths));
        say(&format!("{version}: {what}: {new} new, {changed} changed, {removed} removed, {unchanged} unchanged"));
    }
    // A version that is wholly new needs no list of what is in it.
    let update = !(changed.is_empty() && removed.is_empty() && unchanged.is_empty());
    for (what, paths) in [("new", new), ("changed", changed), ("removed", removed)] {
        for path in paths.iter().filter(|_| update) {
            say(&format!("  {what}: {path}"));
        }
    }
    for note in &import.notes {
        say(&format!("  note: {note}"));
    }
}
