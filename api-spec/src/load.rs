//! From files to values.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{Error, Overlay, Problem, Spec, Version};

/// The forms in which a file can be written, in the order in which they are looked for.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// A spec as far as it could be read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The versions of which every file was read, groups and glossary. Its overlays may speak of what is not there.
    pub spec: Spec,
    /// Files that could not be read or do not hold what they should.
    pub unread: Vec<Problem>,
    /// What speaks of something that is not there, or says what holds anyway.
    pub wrong: Vec<Problem>,
}

impl Loaded {
    /// The spec, whatever is wrong with its overlays: for comparisons with what was, or what may be.
    ///
    /// # Errors
    /// When a file could not be read: all of them.
    pub fn readable(self) -> Result<Spec, Error> {
        Error::unless_empty(self.unread)?;
        Ok(self.spec)
    }
}

impl Spec {
    /// Reads every version folder in `dir`, and the glossary and the groups if there are some.
    ///
    /// # Errors
    /// When a file cannot be read or does not hold what it should: everything that is wrong, in all versions.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        let Loaded { spec, mut unread, wrong } = Self::load_unchecked(dir);
        unread.extend(wrong);
        Error::unless_empty(unread)?;
        Ok(spec)
    }

    /// Reads what can be read, and tells apart what cannot and what is wrong.
    #[must_use]
    pub fn load_unchecked(dir: &Path) -> Loaded {
        let mut loaded = Loaded::default();
        let Loaded { spec, unread, wrong } = &mut loaded;
        let mut folders = Vec::new();
        keep(version_folders(dir), &mut folders, unread);
        for folder in folders {
            match Version::read(&folder) {
                Ok((version, overlay)) => {
                    version.check(&folder, &overlay, wrong);
                    spec.versions.push(version);
                }
                Err(error) => unread.extend(error.into_problems()),
            }
        }
        if spec.versions.is_empty() && unread.is_empty() {
            unread.push(Problem::new(dir, "holds no version: a version is a folder with a `service.json`"));
            return loaded;
        }
        let glossary = find(dir, "glossary");
        if let Some(file) = &glossary {
            keep(read(file), &mut spec.glossary, unread);
        }
        let groups = find(dir, "groups");
        if let Some(file) = &groups {
            keep(read(file), &mut spec.groups, unread);
        }
        // A version that could not be read may hold what these checks look for.
        if unread.is_empty() {
            spec.validate(dir, groups.as_deref(), glossary.as_deref(), wrong);
        }
        loaded
    }
}

impl Version {
    /// Reads one version: a folder with `service.json`, `actions/`, `types/`, `examples/` and `overlay.yaml`.
    ///
    /// # Errors
    /// When a file cannot be read, does not hold what it should, or when the overlay speaks of what is not there:
    /// everything that is wrong with the version.
    pub fn load(dir: &Path) -> Result<Self, Error> {
        let (version, overlay) = Self::read(dir)?;
        let mut problems = Vec::new();
        version.check(dir, &overlay, &mut problems);
        Error::unless_empty(problems)?;
        Ok(version)
    }

    /// Reads as [`load`](Self::load) does, without holding the overlay against the facts.
    ///
    /// # Errors
    /// When a file cannot be read or does not hold what it should: everything that is wrong with the version.
    pub fn load_unchecked(dir: &Path) -> Result<Self, Error> {
        Self::read(dir).map(|(version, _)| version)
    }

    /// Reads the files of one version, and answers the overlay's path and text, too.
    fn read(dir: &Path) -> Result<(Self, (PathBuf, String)), Error> {
        let mut problems = Vec::new();
        let mut version = Self::default();
        let Some(service) = find(dir, "service") else {
            return Err(Problem::new(
                dir,
                "has no `service.json`: `cargo xtask import` writes it; remove the folder if it is none of a version",
            )
            .into());
        };
        keep(read(&service), &mut version.service, &mut problems);
        keep(read_folder(&dir.join("actions")), &mut version.actions, &mut problems);
        keep(read_folder(&dir.join("types")), &mut version.types, &mut problems);
        keep(read_examples(&dir.join("examples")), &mut version.examples, &mut problems);
        let mut overlay = (PathBuf::new(), Overlay::default(), String::new());
        keep(read_overlay(dir), &mut overlay, &mut problems);
        Error::unless_empty(problems)?;
        let (file, decided, text) = overlay;
        version.overlay = decided;
        Ok((version, (file, text)))
    }

    /// Holds the version against its folder, and its overlay against the facts.
    fn check(&self, dir: &Path, (overlay, text): &(PathBuf, String), problems: &mut Vec<Problem>) {
        let folder = dir.file_name().unwrap_or_default();
        if folder != self.name() {
            let (name, folder) = (self.name(), folder.display());
            let message = format!("is of version `{name}` but lies in a folder named `{folder}`");
            let service = find(dir, "service").unwrap_or_else(|| dir.to_owned());
            problems.push(Problem::new(&service, message));
        }
        self.validate_as(dir, overlay, text, problems);
    }
}

/// The one overlay of a version, with its file and its text. Without it, every decision about safety and secrets would
/// be gone unnoticed.
fn read_overlay(dir: &Path) -> Result<(PathBuf, Overlay, String), Error> {
    let mut files = forms(dir, "overlay");
    let Some(file) = files.next() else {
        let message = "has no `overlay.yaml`: restore it, or write `actions: {}` into it if nothing is decided yet";
        return Err(Problem::new(dir, message).into());
    };
    if let Some(other) = files.next() {
        let name = file.file_name().unwrap_or_default().display();
        let message = format!("stands beside `{name}`, and only one can count: put both into one file");
        return Err(Problem::new(&other, message).into());
    }
    let text = read_text(&file)?;
    if text.trim().is_empty() || parse::<Option<IgnoredAny>>(&file, &text).is_ok_and(|value| value.is_none()) {
        let message = "is empty: restore it, or write `actions: {}` into it if nothing is decided yet";
        return Err(Problem::new(&file, message).into());
    }
    Ok((file.clone(), parse(&file, &text)?, text))
}

/// Reads a file: YAML when its name ends in `.yaml` or `.yml`, otherwise JSON.
///
/// # Errors
/// When it cannot be read or does not hold a `T`, with line and column.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Error> {
    parse(file, &read_text(file)?)
}

fn read_text(file: &Path) -> Result<String, Error> {
    fs::read_to_string(file).map_err(|error| Problem::new(file, format!("cannot be read: {error}")).into())
}

/// Reads a text as `read` does; the file's name decides the form and stands in errors.
///
/// # Errors
/// When the text does not hold a `T`, with line and column.
pub fn parse<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, Error> {
    let yaml = file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let parsed = if yaml { parse_yaml(text) } else { parse_json(text) };
    parsed.map_err(|(position, message)| {
        let problem = Problem::new(file, message);
        match position {
            Some((line, column)) => problem.position(line, column),
            None => problem,
        }
        .into()
    })
}

type Failure = (Option<(u64, u64)>, String);

fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line() as u64, error.column() as u64);
        let message = error.to_string();
        let suffix = format!(" at line {line} column {column}");
        (Some((line, column)), message.strip_suffix(&suffix).unwrap_or(&message).to_owned())
    })
}

fn parse_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    // An official file with all its prose is larger than the parser's everyday limits.
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_nodes: 5_000_000, max_events: 20_000_000 },
        with_snippet: false,
        strict_booleans: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let position = error.location().map(|location| (location.line(), location.column()));
        let message = error.render();
        let suffix = position.map(|(line, column)| format!(" at line {line}, column {column}")).unwrap_or_default();
        (position, message.strip_suffix(&suffix).unwrap_or(&message).to_owned())
    })
}

/// The file of that name in either form.
pub(crate) fn find(dir: &Path, stem: &str) -> Option<PathBuf> {
    forms(dir, stem).next()
}

/// The files of that name, of which there should be one.
fn forms(dir: &Path, stem: &str) -> impl Iterator<Item = PathBuf> {
    let base = dir.join(stem);
    let files = ENDINGS.iter().map(move |ending| base.with_extension(ending));
    files.filter(|file| file.is_file())
}

fn keep<T>(result: Result<T, Error>, slot: &mut T, problems: &mut Vec<Problem>) {
    match result {
        Ok(value) => *slot = value,
        Err(error) => problems.extend(error.into_problems()),
    }
}

/// The folders in `dir` that hold a version or are named like one, sorted by name.
fn version_folders(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut folders = entries(dir)?;
    folders.retain(|path| path.is_dir() && (find(path, "service").is_some() || is_named_like_a_version(path)));
    Ok(folders)
}

/// `2020-05-18`.
fn is_named_like_a_version(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().as_encoded_bytes();
    let fits = |(index, byte): (usize, &u8)| match index {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    name.len() == "2020-05-18".len() && name.iter().enumerate().all(fits)
}

/// Every file of a folder, by the name before its ending. A folder that is not there holds nothing.
fn read_folder<T: DeserializeOwned>(dir: &Path) -> Result<BTreeMap<String, T>, Error> {
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    if !dir.is_dir() {
        return Ok(values);
    }
    for file in entries(dir)? {
        let Some(name) = file.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        if !file.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
            problems.push(Problem::new(&file, "is neither JSON nor YAML by its ending: remove it or rename it"));
            continue;
        }
        if values.contains_key(name) {
            problems.push(Problem::new(&file, format!("`{name}` is there in two forms: remove one of the files")));
            continue;
        }
        match read(&file) {
            Ok(value) => drop(values.insert(name.to_owned(), value)),
            Err(error) => problems.extend(error.into_problems()),
        }
    }
    Error::unless_empty(problems)?;
    Ok(values)
}

/// The examples of a version, by the name of the action.
fn read_examples(dir: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut examples = BTreeMap::new();
    let mut problems = Vec::new();
    for file in if dir.is_dir() { entries(dir)? } else { Vec::new() } {
        let name = file.file_stem().and_then(|stem| stem.to_str());
        let Some(name) = name.filter(|_| file.extension() == Some("rs".as_ref())) else {
            problems.push(Problem::new(&file, "is no Rust file by its ending: remove it or rename it"));
            continue;
        };
        match read_text(&file) {
            Ok(text) => drop(examples.insert(name.to_owned(), text)),
            Err(error) => problems.extend(error.into_problems()),
        }
    }
    Error::unless_empty(problems)?;
    Ok(examples)
}

/// What lies in a folder, sorted by name, without hidden files.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error| Problem::new(dir, format!("cannot be read: {error}"));
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
