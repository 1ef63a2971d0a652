//! Generates the Rust SDK of Alibaba Cloud DataWorks `OpenAPI` from the reviewed spec, and imports the official metadata
//! into it.
//!
//! No I/O on the way out: [`generate`] takes the spec and returns the text of each file, [`diff::diff`] compares two specs.

mod coverage;
pub mod diff;
mod emit;
mod error;
pub mod import;
pub mod lint;
mod lower;

use std::collections::BTreeMap;

use dataworks_api_spec::Spec;

pub use coverage::{Counted, Coverage, coverage};
pub use error::Error;

/// How generated code reaches what it is not itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// The path of the core: `crate::__rt` inside the SDK, `dataworks_sdk::__rt` elsewhere.
    pub core: String,
    /// The feature that the client needs, if any.
    pub client_feature: Option<String>,
    /// The name of the crate in examples, `dataworks_sdk`; without it there are none, because nobody could compile them.
    pub examples_use: Option<String>,
    /// Whether each version stands under a feature of its name, `v2020-05-18` for example.
    pub version_features: bool,
}

/// Generates all files: path below the folder of generated code → text. The same spec gives the same bytes.
///
/// # Errors
/// When the spec cannot become Rust: a nested type without a recorded name, names that collide, pages that lead nowhere.
pub fn generate(spec: &Spec, options: &Options) -> Result<BTreeMap<String, String>, Error> {
    let versions = lower::lower(spec)?;
    emit::emit(&versions, options)
}
