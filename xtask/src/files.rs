//! Folders of texts: read whole, and written so that an error leaves them as they were.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A message that says which file it is about.
pub(crate) fn about(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Adds the files under a folder that exists, by their path from `base` with `/` between its steps.
pub(crate) fn read_into(files: &mut BTreeMap<String, String>, base: &Path, folder: &str) -> Result<(), String> {
    let dir = base.join(folder);
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(about(&dir, &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| about(&dir, &error))?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| format!("{}: the name is no UTF-8", path.display()))?;
        let inner = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        if path.is_dir() {
            read_into(files, base, &inner)?;
        } else {
            files.insert(inner, fs::read_to_string(&path).map_err(|error| about(&path, &error))?);
        }
    }
    Ok(())
}

/// Writes and removals that wait until all of them are prepared.
#[derive(Default)]
pub(crate) struct Staged {
    /// Written beside the target → the target.
    writes: Vec<(PathBuf, PathBuf)>,
    removals: Vec<PathBuf>,
    /// Folders made on the way, outer ones first.
    made: Vec<PathBuf>,
}

impl Staged {
    /// Prepares a file beside its place.
    pub(crate) fn write(&mut self, path: PathBuf, text: &str) -> Result<(), String> {
        if let Some(dir) = path.parent() {
            self.make(dir)?;
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".new");
        let beside = path.with_file_name(name);
        self.writes.push((beside.clone(), path));
        fs::write(&beside, text).map_err(|error| about(&beside, &error))
    }

    /// Notes a file for removal.
    pub(crate) fn remove(&mut self, path: PathBuf) {
        self.removals.push(path);
    }

    fn make(&mut self, dir: &Path) -> Result<(), String> {
        let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).map(Path::to_owned).collect();
        self.made.extend(missing.into_iter().rev());
        fs::create_dir_all(dir).map_err(|error| about(dir, &error))
    }

    /// Puts everything in its place.
    pub(crate) fn commit(mut self) -> Result<(), String> {
        let interrupted = |path: &Path, error: &io::Error| {
            format!("{}; some files are already updated, run it again", about(path, error))
        };
        for (beside, path) in std::mem::take(&mut self.writes) {
            fs::rename(&beside, &path).map_err(|error| interrupted(&path, &error))?;
        }
        for path in std::mem::take(&mut self.removals) {
            fs::remove_file(&path).map_err(|error| interrupted(&path, &error))?;
            // A folder that holds something else stays.
            if let Some(dir) = path.parent() {
                let _ = fs::remove_dir(dir);
            }
        }
        Ok(())
    }
}

/// Takes back what was prepared and not put in its place.
impl Drop for Staged {
    fn drop(&mut self) {
        for (beside, _) in &self.writes {
            let _ = fs::remove_file(beside);
        }
        // Only empty folders can be removed this way, so those that were filled stay.
        for dir in self.made.iter().rev() {
            let _ = fs::remove_dir(dir);
        }
    }
}
