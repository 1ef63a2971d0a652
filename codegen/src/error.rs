//! What can be wrong with a spec.

use std::fmt;

/// Why no code was generated: every finding, each with the place it stands at.
#[derive(Debug)]
pub struct Error {
    findings: Vec<String>,
}

impl Error {
    /// `findings` must not be empty.
    pub(crate) fn new(mut findings: Vec<String>) -> Self {
        findings.sort();
        findings.dedup();
        Self { findings }
    }

    /// The findings, one sentence each.
    #[must_use]
    pub fn findings(&self) -> &[String] {
        &self.findings
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.findings.join("\n"))
    }
}

impl std::error::Error for Error {}
