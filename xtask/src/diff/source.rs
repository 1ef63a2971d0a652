//! Where the two sides of a comparison come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dataworks_api_spec::{Spec, Version, parse};
use dataworks_codegen::import::Document;
use tempfile::TempDir;

use crate::files::about;
use crate::import::current;

/// One side of a comparison.
pub(crate) enum Source {
    /// A folder of versions.
    Spec(PathBuf),
    /// A folder of one version.
    Version(PathBuf),
    /// What git had, in a folder that goes away.
    Revision(TempDir),
    /// An official file.
    Official(Box<Document>),
}

impl Source {
    /// The working tree.
    pub(crate) fn tree(root: &Path) -> Result<Self, String> {
        let spec = root.join("api-spec");
        if spec.is_dir() {
            return Ok(Self::Spec(spec));
        }
        Err(format!("{}: is no folder; run it in the repository, or give its folder with --root", spec.display()))
    }

    /// What a person named: a path if there is one, else a revision.
    pub(crate) fn find(root: &Path, name: &str) -> Result<Self, String> {
        let path = Path::new(name);
        if path.is_file() {
            let text = fs::read_to_string(path).map_err(|error| about(path, &error))?;
            let document = Document::read(name, &text).map_err(|refused| refused.to_string())?;
            return Ok(Self::Official(Box::new(document)));
        }
        if !path.is_dir() {
            return revision(root, name);
        }
        let inner = path.join("api-spec");
        let is_version = ["json", "yaml", "yml"].iter().any(|it| path.join("service").with_extension(it).is_file());
        Ok(match (inner.is_dir(), is_version) {
            (true, _) => Self::Spec(inner),
            (false, true) => Self::Version(path.to_owned()),
            (false, false) => Self::Spec(path.to_owned()),
        })
    }

    /// Whether it has every version, not one alone.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Self::Spec(_) | Self::Revision(_))
    }

    /// What a file holds that is named as in the repository: `api-spec/2020-05-18/service.json`.
    pub(crate) fn text(&self, file: &str) -> Option<String> {
        let inner = file.strip_prefix("api-spec/")?;
        let path = match self {
            Self::Spec(dir) => dir.join(inner),
            Self::Version(dir) => dir.join(inner.split_once('/')?.1),
            Self::Revision(dir) => dir.path().join(inner),
            Self::Official(_) => return None,
        };
        fs::read_to_string(path).ok()
    }

    /// The folder of a version, where the side has folders.
    fn folder(&self, version: &str) -> Option<PathBuf> {
        match self {
            Self::Spec(dir) => Some(dir.join(version)),
            Self::Version(dir) => Some(dir.clone()),
            Self::Revision(dir) => Some(dir.path().join(version)),
            Self::Official(_) => None,
        }
    }
}

/// What git had of `api-spec` in a revision.
fn revision(root: &Path, name: &str) -> Result<Source, String> {
    let found =
        git(root, None, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])?;
    if !found.status.success() {
        return Err(format!(
            "`{name}` is neither a folder nor a file here, nor a git revision of {}: look for a typing error, or fetch it first",
            root.display()
        ));
    }
    let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    let dir = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    // An index of its own: neither the working tree nor what is staged is touched.
    let index = dir.path().join(".index");
    let read = git(root, Some(&index), &["read-tree", &format!("{commit}:./api-spec")])?;
    if !read.status.success() {
        return Err(format!("revision `{name}` has no folder `api-spec`: {}", said(&read)));
    }
    let prefix = format!("--prefix={}/", dir.path().display());
    let written = git(root, Some(&index), &["checkout-index", "--all", "--quiet", &prefix])?;
    if !written.status.success() {
        return Err(format!("`api-spec` of revision `{name}` cannot be written out: {}", said(&written)));
    }
    Ok(Source::Revision(dir))
}

fn git(root: &Path, index: Option<&Path>, args: &[&str]) -> Result<Output, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(args);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    command.output().map_err(|error| format!("git cannot be run: {error}; without it, compare folders or files"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// Reads both sides. An official file is imported on top of the other side, whose overlay and recorded names it takes.
pub(crate) fn load(root: &Path, base: &Source, head: &Source) -> Result<(Spec, Spec), String> {
    match (base, head) {
        (Source::Official(base), Source::Official(head)) => {
            let tree = Source::Spec(root.join("api-spec"));
            let (base, files) = official(base, &tree, None)?;
            let (head, _) = official(head, &tree, Some(files))?;
            Ok((base, head))
        }
        (Source::Official(base), head) => {
            let version = base.version().to_owned();
            let (base, _) = official(base, head, None)?;
            Ok((base, only(read(head)?, Some(&version))))
        }
        (base, Source::Official(head)) => {
            let version = head.version().to_owned();
            let (head, _) = official(head, base, None)?;
            Ok((only(read(base)?, Some(&version)), head))
        }
        (base, head) => {
            let (old, new) = (read(base)?, read(head)?);
            let single = |source: &Source, spec: &Spec| match source {
                Source::Version(_) => spec.versions.first().map(|version| version.name().to_owned()),
                _ => None,
            };
            let version = single(base, &old).or_else(|| single(head, &new));
            // One version says nothing about the names that all of them share.
            let (mut old, mut new) = (only(old, version.as_deref()), only(new, version.as_deref()));
            if version.is_some() {
                (old.glossary, new.glossary) = (BTreeMap::new(), BTreeMap::new());
                (old.groups, new.groups) = (Vec::new(), Vec::new());
            }
            Ok((old, new))
        }
    }
}

fn read(source: &Source) -> Result<Spec, String> {
    let spec = match source {
        Source::Spec(dir) => Spec::load_unchecked(dir).readable(),
        Source::Revision(dir) => Spec::load_unchecked(dir.path()).readable(),
        Source::Version(dir) => {
            Version::load_unchecked(dir).map(|version| Spec { versions: vec![version], ..Spec::default() })
        }
        Source::Official(_) => return Ok(Spec::default()),
    };
    spec.map_err(|error| error.to_string())
}

fn only(mut spec: Spec, version: Option<&str>) -> Spec {
    spec.versions.retain(|it| version.is_none_or(|version| it.name() == version));
    spec
}

type Files = BTreeMap<String, String>;

/// An official file as a spec: imported over `files`, or over those of the other side.
fn official(document: &Document, other: &Source, files: Option<Files>) -> Result<(Spec, Files), String> {
    let name = document.version().to_owned();
    let folder = other.folder(&name).filter(|folder| folder.is_dir());
    let files = match (files, &folder) {
        (Some(files), _) => files,
        (None, Some(folder)) => current(folder)?,
        (None, None) => Files::new(),
    };
    let import = document.clone().import(&files).map_err(|refused| refused.to_string())?;
    let mut version = Version::default();
    for (path, text) in &import.files {
        let file = Path::new(path);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let wrong = |error: dataworks_api_spec::Error| error.to_string();
        match path.split('/').next() {
            Some("actions") => drop(version.actions.insert(stem, parse(file, text).map_err(wrong)?)),
            Some("types") => drop(version.types.insert(stem, parse(file, text).map_err(wrong)?)),
            _ => version.service = parse(file, text).map_err(wrong)?,
        }
    }
    let mut spec = Spec::default();
    if folder.is_some() {
        let decided = read(other)?;
        spec.glossary.clone_from(&decided.glossary);
        spec.groups.clone_from(&decided.groups);
        if let Some(decided) = decided.version(&name) {
            version.overlay.clone_from(&decided.overlay);
            version.examples.clone_from(&decided.examples);
        }
    }
    spec.versions.push(version);
    Ok((spec, import.files))
}
