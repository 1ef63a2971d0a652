//! What is wrong with a spec, told to a person.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Everything that is wrong with what was read, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    problems: Vec<Problem>,
}

impl Error {
    /// What is wrong, in the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// `Ok` when there is nothing to report.
    pub(crate) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// One thing that is wrong: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line and column from 1, where they are known.
    pub position: Option<(u64, u64)>,
    /// The place inside the file: `actions.ListNodes.ids`, or empty.
    pub place: String,
    /// What is wrong with which value, and what to do.
    pub message: String,
}

impl Problem {
    /// A problem with a file as a whole.
    pub(crate) fn new(file: &Path, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), position: None, place: String::new(), message: message.into() }
    }

    pub(crate) fn position(mut self, line: u64, column: u64) -> Self {
        self.position = Some((line, column));
        self
    }

    pub(crate) fn place(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        if !self.place.is_empty() {
            write!(f, ": {}", self.place)?;
        }
        write!(f, ": {}", self.message)
    }
}
