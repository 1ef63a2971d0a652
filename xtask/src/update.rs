//! `cargo xtask update`: what upstream publishes now goes the whole way, and the summary says what that means.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_api_spec::Spec;
use dataworks_codegen::diff::ignore::{self, Entry};
use dataworks_codegen::diff::{Severity, bump, diff, render, without_dangling};
use dataworks_codegen::import::Import;

use crate::diff::{accepted_here, today};
use crate::fetch::{self, OFFICIAL};
use crate::files::{Staged, about};
use crate::import::{OVERLAY, import, much_removed, report, stage};
use crate::trial::Trial;
use crate::{regenerate, say};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// An official file or its URL; without one, every version in api-spec is fetched.
    #[arg(value_name = "FILE|URL")]
    source: Option<String>,
    /// Updates this version alone.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Where the official files are: `<URL>/<version>/api-docs.json`.
    #[arg(long, value_name = "URL", default_value = OFFICIAL, conflicts_with = "source")]
    base_url: String,
    /// Writes the summary for the pull request to this file instead of printing it.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Takes a file even if more than a fifth of a version's actions are gone in it.
    #[arg(long)]
    allow_removals: bool,
}

/// Fetches everything and tries it in a copy; then writes, and generates.
pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let dir = root.join("api-spec");
    let before = Spec::load(&dir).map_err(|error| format!("{error}\nNothing was updated: mend api-spec first."))?;
    let accepted =
        accepted_here(root).map_err(|error| format!("{error}\nNothing was updated: mend the file first."))?;
    let imports = fetched(&dir, &before, args)?;
    if imports.values().all(is_nothing_new) {
        imports.iter().for_each(|(version, import)| report(version, import));
        return nothing_new(root, &before, args.summary.as_deref());
    }
    let Tried { after, generated, summary, problems } = tried(&dir, &before, &imports, &accepted)?;
    // First, as it may go anywhere: where it cannot be written, nothing is.
    write_summary(args.summary.as_deref(), &summary)?;
    let mut staged = Staged::default();
    write(&mut staged, &dir, &imports)?;
    staged.commit()?;
    imports.iter().for_each(|(version, import)| report(version, import));
    if args.summary.is_none() {
        say(summary.trim_end());
    }
    match problems {
        Some(problems) => Err(format!(
            "{problems}\napi-spec is updated; the overlay is not: mend it, then run cargo xtask regenerate"
        )),
        None => {
            say(&regenerate::write(root, &generated)?.to_string());
            regenerate::note_missing_features(root, &after)
        }
    }
}

/// Says so; and generates what an update that was interrupted has left as it was.
fn nothing_new(root: &Path, spec: &Spec, summary: Option<&Path>) -> Result<(), String> {
    let written = regenerate::write(root, &regenerate::generate(spec)?)?;
    let told = match written.stale() {
        0 => "api-spec is as upstream has it".to_owned(),
        _ => format!(
            "api-spec is as upstream has it; the code was not as api-spec has it and is generated anew: {written}"
        ),
    };
    write_summary(summary, &format!("{told}\n"))?;
    say(&told);
    Ok(())
}

fn write_summary(file: Option<&Path>, text: &str) -> Result<(), String> {
    let Some(file) = file else { return Ok(()) };
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(file, text)).map_err(|error| about(file, &error))
}

fn write(staged: &mut Staged, dir: &Path, imports: &BTreeMap<String, Import>) -> Result<(), String> {
    imports.iter().try_for_each(|(version, import)| stage(staged, &dir.join(version), import, OVERLAY))
}

/// What an update comes to.
struct Tried {
    /// The spec that it makes.
    after: Spec,
    /// The code of it, without what people have to mend.
    generated: BTreeMap<String, String>,
    /// The summary for the pull request.
    summary: String,
    /// What is wrong with the overlays, which people mend.
    problems: Option<String>,
}

/// Updates a copy, to see that what comes out can become Rust.
fn tried(dir: &Path, before: &Spec, imports: &BTreeMap<String, Import>, accepted: &[Entry]) -> Result<Tried, String> {
    let nothing = |problems: &str| {
        format!(
            "{problems}\nNothing was updated. Run cargo xtask import with the files; mend the entries of overlay.yaml that \
             are named above, or give better names there, under `renames`; then run cargo xtask regenerate"
        )
    };
    let trial = Trial::of(dir, before)?;
    let mut staged = Staged::default();
    write(&mut staged, trial.path(), imports)?;
    staged.commit()?;
    let readable = Spec::load_unchecked(trial.path()).readable();
    let after = readable.map_err(|error| nothing(&trial.told(&error)))?;
    // What can be read may still not become Rust: a name that is taken now.
    let problems = match Spec::load(trial.path()) {
        Ok(spec) => regenerate::generate(&spec).err(),
        Err(error) => Some(trial.told(&error)),
    };
    // An entry that fits no more may be all that stands in the way of Rust, and only the check of the overlay names it.
    let nothing = |found: String| nothing(&problems.iter().cloned().chain([found]).collect::<Vec<_>>().join("\n"));
    // Left aside what people have to mend, all of it has to become Rust.
    let generated = regenerate::generate(&without_dangling(&after)).map_err(nothing)?;
    let summary = sum_up(before, &after, problems.as_ref(), accepted).map_err(nothing)?;
    Ok(Tried { after, generated, summary, problems })
}

/// Version → what its official file becomes.
fn fetched(dir: &Path, spec: &Spec, args: &Args) -> Result<BTreeMap<String, Import>, String> {
    let known: Vec<&str> = spec.versions.iter().map(dataworks_api_spec::Version::name).collect();
    if let Some(version) = args.version.as_deref().filter(|version| !known.contains(version)) {
        let known = known.join(", ");
        return Err(format!("api-spec has no version {version}, only {known}; a new one: cargo xtask new-version"));
    }
    let sources: Vec<(Option<&str>, String)> = match &args.source {
        Some(source) => vec![(args.version.as_deref(), source.clone())],
        None => {
            let wanted = known.iter().filter(|it| args.version.as_deref().is_none_or(|version| version == **it));
            wanted.map(|version| (Some(*version), fetch::address(&args.base_url, version))).collect()
        }
    };
    let mut imports = BTreeMap::new();
    for (wanted, source) in sources {
        let (version, import) = import(&source, &fetch::text(&source)?, dir)?;
        if wanted.is_some_and(|wanted| wanted != version) || !known.contains(&version.as_str()) {
            let wanted = wanted.unwrap_or("one in api-spec");
            let way_out = "update it by its own name, or add it with cargo xtask new-version";
            return Err(format!("{source}: is of version {version}, not {wanted}; {way_out}"));
        }
        match much_removed(&source, &version, &import.changes) {
            Some(message) if !args.allow_removals => return Err(message),
            _ => drop(imports.insert(version, import)),
        }
    }
    Ok(imports)
}

fn is_nothing_new(import: &Import) -> bool {
    let changes = &import.changes;
    [&changes.new, &changes.changed, &changes.removed].iter().all(|paths| paths.is_empty())
}

/// What belongs in the pull request: what is left to do, what changed, and the entry for the CHANGELOG.
fn sum_up(before: &Spec, after: &Spec, problems: Option<&String>, accepted: &[Entry]) -> Result<String, String> {
    let mut report = diff(before, after).map_err(|error| error.to_string())?;
    let stale = ignore::apply(accepted, &mut report, today(), None);
    let bump = bump(env!("CARGO_PKG_VERSION"), &report)?;
    let mut text = render::markdown(&report, &bump);
    let new = report.open().filter(|change| change.rule.id == "action-added").count();
    let breaking = report.open().filter(|change| change.severity() == Severity::Error).count();
    let mut tasks = Vec::new();
    if problems.is_some() {
        tasks
            .push("Mend `overlay.yaml` where it speaks of what is gone, then run `cargo xtask regenerate`.".to_owned());
    }
    if new > 0 {
        tasks.push(format!(
            "Give the {new} new actions a summary and a group; `cargo xtask lint` lists what is missing."
        ));
    }
    if breaking > 0 {
        tasks.push(format!(
            "Look at the {breaking} breaking changes: warn callers, or accept them in `api-spec/diff-ignore.yaml`."
        ));
    }
    if !stale.is_empty() {
        tasks.push("Take out of `api-spec/diff-ignore.yaml` what is stale.".to_owned());
    }
    tasks.push("Put the entry below into `CHANGELOG.md`, in words for users.".to_owned());
    text.push_str("\n### Left to people\n\n");
    for task in tasks {
        text.push_str(&format!("- [ ] {task}\n"));
    }
    let lines = problems.cloned().into_iter().chain(stale).collect::<Vec<_>>().join("\n");
    if !lines.is_empty() {
        text.push_str(&format!("\n```text\n{lines}\n```\n"));
    }
    let entry = render::changelog(&report, &bump, &today().to_string());
    text.push_str(&format!(
        "\n<details><summary>Entry for CHANGELOG.md</summary>\n\n```markdown\n{}\n```\n\n</details>\n",
        entry.trim_end()
    ));
    Ok(text)
}
