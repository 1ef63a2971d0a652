//! `cargo xtask update`: what upstream publishes now goes the whole way, and the summary says what that means.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_api_spec::Spec;
use dataworks_codegen::diff::{Severity, bump, diff, render};
use dataworks_codegen::import::Import;

use crate::diff::today;
use crate::fetch::{self, OFFICIAL};
use crate::files::{Staged, about};
use crate::import::{OVERLAY, import, much_removed, report, stage};
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

/// Fetches and checks everything first; then imports, compares, generates, and sums up.
pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let dir = root.join("api-spec");
    let before = Spec::load(&dir).map_err(|error| format!("{error}\nNothing was updated: mend api-spec first."))?;
    let imports = fetched(&dir, &before, args)?;
    for (version, import) in &imports {
        report(version, import);
    }
    if imports.values().all(is_nothing_new) {
        say("api-spec is as upstream has it");
        return Ok(());
    }
    let mut staged = Staged::default();
    for (version, import) in &imports {
        stage(&mut staged, &dir.join(version), import, OVERLAY)?;
    }
    staged.commit()?;

    let after = Spec::load_unchecked(&dir).readable().map_err(|error| error.to_string())?;
    let checked = Spec::load(&dir).map(drop).map_err(|error| error.to_string());
    let summary = sum_up(&before, &after, checked.as_ref().err())?;
    match &args.summary {
        Some(file) => fs::write(file, &summary).map_err(|error| about(file, &error))?,
        None => say(summary.trim_end()),
    }
    checked.map_err(|problems| {
        format!("{problems}\napi-spec is updated; the overlay is not: mend it, then run cargo xtask regenerate")
    })?;
    regenerate::run(root, &regenerate::Args::write())
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
fn sum_up(before: &Spec, after: &Spec, problems: Option<&String>) -> Result<String, String> {
    let report = diff(before, after).map_err(|error| error.to_string())?;
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
    tasks.push("Put the entry below into `CHANGELOG.md`, in words for users.".to_owned());
    text.push_str("\n### Left to people\n\n");
    for task in tasks {
        text.push_str(&format!("- [ ] {task}\n"));
    }
    if let Some(problems) = problems {
        text.push_str(&format!("\n```text\n{problems}\n```\n"));
    }
    let entry = render::changelog(&report, &bump, &today().to_string());
    text.push_str(&format!(
        "\n<details><summary>Entry for CHANGELOG.md</summary>\n\n```markdown\n{}\n```\n\n</details>\n",
        entry.trim_end()
    ));
    Ok(text)
}
