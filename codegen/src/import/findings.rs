//! What is wrong with a file, and where in it.

use std::fmt;

/// How many findings of one file are shown.
const SHOWN: usize = 20;

/// Why an official file was not taken: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Where: `apis.ListNodes.parameters[3].in`, `line 3 column 7`, or nothing for the whole file.
    pub at: String,
    /// What: the value found, and what is allowed.
    pub what: String,
}

impl Refused {
    pub(super) fn one(file: &str, at: &impl ToString, what: impl Into<String>) -> Self {
        let finding = Finding { at: at.to_string(), what: what.into() };
        Self { file: file.to_owned(), findings: vec![finding] }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().take(SHOWN).enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            let colon = if finding.at.is_empty() { "" } else { ": " };
            write!(f, "{line}{}: {}{colon}{}", self.file, finding.at, finding.what)?;
        }
        match self.findings.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} more", self.file),
        }
    }
}

impl std::error::Error for Refused {}

/// A place in a file: what an error points at.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    up: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(super) const ROOT: At<'static> = At { up: None, step: Step::Root };

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { up: Some(self), step: Step::Key(key) }
    }

    /// The place as it stands in a sentence, where the whole file needs a name too.
    pub(super) fn name(&self) -> String {
        match self.step {
            Step::Root => "the top level".to_owned(),
            Step::Key(_) | Step::Index(_) => self.to_string(),
        }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { up: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        let dot = match self.up {
            Some(At { up: Some(_), .. }) => ".",
            _ => "",
        };
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) if is_plain(key) => write!(f, "{dot}{key}"),
            // Whatever would blur the path, or the terminal, is quoted.
            Step::Key(key) => write!(f, "{dot}{key:?}"),
        }
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}
