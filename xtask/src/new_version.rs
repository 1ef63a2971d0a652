//! `cargo xtask new-version`: the next version of the API, from its official file to code that compiles.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::ValueHint;
use dataworks_api_spec::{Spec, Version};
use dataworks_codegen::import::{Draft, draft, examples};
use toml_edit::{Array, DocumentMut, Item};

use crate::fetch;
use crate::files::{Staged, about, read_into};
use crate::import::{OVERLAY, import, report, stage};
use crate::regenerate::{self, MANIFEST};
use crate::say;
use crate::trial::Trial;

/// The feature that stands for all versions.
const ALL: &str = "all-versions";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The official file of the version, or its URL.
    #[arg(value_name = "FILE|URL", value_hint = ValueHint::FilePath)]
    source: String,
}

/// Everything is tried in a copy of api-spec first.
pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let dir = root.join("api-spec");
    let spec = Spec::load(&dir).map_err(|error| format!("{error}\nNothing was added: mend api-spec first."))?;
    let (name, import) = import(&args.source, &fetch::text(&args.source)?, &dir)?;
    if spec.version(&name).is_some() || dir.join(&name).exists() {
        return Err(format!("api-spec has {name} already: cargo xtask update {}", args.source));
    }
    let manifest = root.join(MANIFEST);
    let text = fs::read_to_string(&manifest).map_err(|error| about(&manifest, &error))?;
    let features = with_feature(&text, &name).map_err(|reason| format!("{}: {reason}", manifest.display()))?;

    let trial = Trial::of(&dir, &spec)?;
    let folder = trial.path().join(&name);
    let mut staged = Staged::default();
    stage(&mut staged, &folder, &import, OVERLAY)?;
    staged.commit()?;
    let version = Version::load(&folder).map_err(|error| nothing(&trial.told(&error)))?;
    let older = spec.versions.iter().rfind(|it| it.name() < version.name()).or(spec.versions.last());
    let draft = drafted(&dir, older, &version)?;
    let mut staged = Staged::default();
    staged.write(folder.join("overlay.yaml"), &draft.text)?;
    staged.commit()?;
    let (examples, left) = taken_over(&folder, older).map_err(|error| nothing(&trial.told(&error)))?;
    let mut staged = Staged::default();
    write_examples(&mut staged, &folder, &examples)?;
    staged.commit()?;
    let whole = Spec::load(trial.path()).map_err(|error| nothing(&trial.told(&error)))?;
    let generated = regenerate::generate(&whole).map_err(|problems| nothing(&problems))?;

    let mut staged = Staged::default();
    stage(&mut staged, &dir.join(&name), &import, &draft.text)?;
    write_examples(&mut staged, &dir.join(&name), &examples)?;
    staged.write(manifest, &features)?;
    staged.commit()?;
    report(&name, &import);
    say(&regenerate::write(root, &generated)?.to_string());
    tell(&name, &draft);
    tell_examples(&name, examples.len(), &left);
    Ok(())
}

type Examples = BTreeMap<String, String>;

/// The examples that go on to hold, and the names of those that do not.
fn taken_over(folder: &Path, older: Option<&Version>) -> Result<(Examples, Vec<String>), String> {
    let Some(older) = older else { return Ok((Examples::new(), Vec::new())) };
    let version = Version::load(folder).map_err(|error| error.to_string())?;
    examples(&version, older).map_err(|error| error.to_string())
}

fn write_examples(staged: &mut Staged, folder: &Path, examples: &Examples) -> Result<(), String> {
    examples.iter().try_for_each(|(name, text)| staged.write(folder.join("examples").join(format!("{name}.rs")), text))
}

/// What stands in the way, and how a person gets around it.
fn nothing(problems: &str) -> String {
    format!(
        "{problems}\nNothing was added. Where decisions of the version before do not fit, mend them there; where new \
         names are in the way, begin with cargo xtask import and decide in overlay.yaml"
    )
}

/// The first overlay: what was decided about the version before.
fn drafted(dir: &Path, older: Option<&Version>, version: &Version) -> Result<Draft, String> {
    let Some(older) = older else { return Ok(draft(version, None)) };
    let mut files = BTreeMap::new();
    read_into(&mut files, dir, older.name())?;
    let text = ["yaml", "yml"].iter().find_map(|ending| files.get(&format!("{}/overlay.{ending}", older.name())));
    Ok(draft(version, text.map(|text| (older, text.as_str()))))
}

/// A manifest with the feature of a version, which `all-versions` names too.
fn with_feature(manifest: &str, version: &str) -> Result<String, String> {
    let feature = format!("v{version}");
    let mut document: DocumentMut = manifest.parse().map_err(|error| format!("is no TOML: {error}"))?;
    let features = document.get_mut("features").and_then(Item::as_table_mut).ok_or("has no table [features]")?;
    if !features.contains_key(&feature) {
        features.insert(&feature, Item::Value(Array::new().into()));
    }
    let all = features.get_mut(ALL).and_then(Item::as_array_mut);
    let all = all.ok_or_else(|| format!("[features] has no list {ALL:?}"))?;
    if all.iter().all(|it| it.as_str() != Some(&feature)) {
        all.push(feature);
    }
    Ok(document.to_string())
}

/// What is left for the review.
fn tell(name: &str, draft: &Draft) {
    let Draft { text: _, taken, partly, fresh } = draft;
    say(&format!(
        "{name}: decisions of the version before were taken over for {} actions, in part for {}; {} actions are new",
        taken.len(),
        partly.len(),
        fresh.len()
    ));
    for (what, names) in [("in part", partly), ("new", fresh)] {
        if !names.is_empty() {
            say(&format!("  {what}: {}", names.join(", ")));
        }
    }
}

fn tell_examples(name: &str, taken: usize, left: &[String]) {
    say(&format!("{name}: examples taken over: {taken}"));
    if !left.is_empty() {
        say(&format!("  not taken over, as what they use has changed: {}", left.join(", ")));
    }
    say(&format!(
        "To review: api-spec/{name}/overlay.yaml (cargo xtask lint says what is missing), whether {MANIFEST} has \
         v{name} in `default`, README and CHANGELOG. Then: cargo test"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"x\" # stays\n\n[features]\ndefault = [\"client\"]\n# One per version.\nv2020-05-18 = []\nall-versions = [\"v2020-05-18\"]\n";

    #[test]
    fn a_feature_is_added_once_and_comments_stay() {
        let with = with_feature(MANIFEST, "2027-01-01").unwrap();
        assert!(
            with.contains("v2027-01-01 = []\n") && with.contains("# One per version.\n") && with.contains("# stays")
        );
        assert!(with.contains("all-versions = [\"v2020-05-18\", \"v2027-01-01\"]"), "{with}");
        assert_eq!(with_feature(&with, "2027-01-01").unwrap(), with);
    }

    #[test]
    fn a_manifest_of_another_kind_is_refused() {
        assert_eq!(with_feature("[package]\n", "2027-01-01").unwrap_err(), "has no table [features]");
        assert!(with_feature("[features]\n", "2027-01-01").unwrap_err().contains("all-versions"));
        assert!(with_feature("[", "2027-01-01").unwrap_err().contains("is no TOML"));
    }
}
