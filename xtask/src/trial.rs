//! A copy of `api-spec` in which a change is tried before it is made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use dataworks_api_spec::Spec;
use tempfile::TempDir;

use crate::files::{Staged, about, read_into};

/// A copy, and what it is a copy of.
pub(crate) struct Trial {
    copy: TempDir,
    original: PathBuf,
}

impl Trial {
    /// Copies what is read from there.
    pub(crate) fn of(dir: &Path, spec: &Spec) -> Result<Self, String> {
        let copy = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let mut files = BTreeMap::new();
        for version in &spec.versions {
            read_into(&mut files, dir, version.name())?;
        }
        for stem in ["glossary", "groups"] {
            for file in ["json", "yaml", "yml"].map(|ending| format!("{stem}.{ending}")) {
                let path = dir.join(&file);
                if path.is_file() {
                    files.insert(file, fs::read_to_string(&path).map_err(|error| about(&path, &error))?);
                }
            }
        }
        let mut staged = Staged::default();
        for (path, text) in &files {
            staged.write(copy.path().join(path), text)?;
        }
        staged.commit()?;
        Ok(Self { copy, original: dir.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        self.copy.path()
    }

    /// What is wrong with the copy, said of the original: the copy is gone when it is read.
    pub(crate) fn told(&self, error: &impl ToString) -> String {
        let [copy, original] = [self.path(), &self.original].map(|path| path.display().to_string());
        error.to_string().replace(&copy, &original)
    }
}
