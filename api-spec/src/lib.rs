//! Reads the reviewed specification of Alibaba Cloud DataWorks `OpenAPI`: the facts of every action and what people decided
//! about them. The format is documented in the `README.md` beside this crate's `Cargo.toml`.
//!
//! ```no_run
//! let spec = dataworks_api_spec::Spec::load("api-spec".as_ref())?;
//! for version in &spec.versions {
//!     for name in version.actions.keys() {
//!         println!("{} {name}: {:?}", version.name(), version.decisions(name).safety);
//!     }
//! }
//! # Ok::<(), dataworks_api_spec::Error>(())
//! ```

mod alike;
mod decisions;
mod docs;
#[cfg(feature = "embedded")]
pub mod embedded;
mod error;
mod load;
mod lookup;
mod model;
mod overlay;
mod parameter;
pub mod position;
#[cfg(test)]
mod testing;
mod validate;
mod waiter;

pub use alike::are_alike;
pub use decisions::{Decisions, IdKind, OutcomeField, Paging, changing_verb};
pub use docs::{Explanation, is_generic, says_more};
pub use error::{Error, Problem};
pub use load::{Loaded, parse, read};
pub use model::*;
pub use overlay::*;
pub use validate::RESERVED;
pub use waiter::{GOALS, NotYet, Waiter};

use std::collections::BTreeMap;

/// Everything: all versions of the API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// The versions, sorted by name.
    pub versions: Vec<Version>,
    /// `groups.yaml`: the groups under which documentation lists actions, in that order.
    pub groups: Vec<Group>,
    /// `glossary.yaml`: the name of a field or parameter, or the end of its path (`DataSource.Name`) → one line that is
    /// true of it wherever it stands.
    pub glossary: BTreeMap<String, String>,
}

impl Spec {
    /// The version of that name.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.name() == name)
    }
}

/// One version of the API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// The product and its endpoints.
    pub service: Service,
    /// Name → action.
    pub actions: BTreeMap<String, Action>,
    /// Name → shared schema.
    pub types: BTreeMap<String, SharedType>,
    /// What people decided.
    pub overlay: Overlay,
    /// Name of an action → an example of its use in Rust: the lines of a function that has a `client`. Who has one is an
    /// everyday action.
    pub examples: BTreeMap<String, String>,
}

impl Version {
    /// The name of the version, `2020-05-18` for example.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.service.version
    }
}
