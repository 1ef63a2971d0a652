//! The tests of this crate are the crate: see `tests/it`. What is in here compiles the examples of the READMEs.

/// The root README. The Chinese one is not compiled again: `tests/it/readmes.rs` keeps its code blocks the same.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The emulator's README.
#[cfg(doctest)]
#[doc = include_str!("../../emulator/README.md")]
pub struct EmulatorReadme;
