//! What changed between two specs, by meaning rather than by line, and what breaks.
//!
//! Every change has a [`Rule`] and two verdicts. Whether the **wire** breaks is a matter of the rule: would a program
//! built from the base still work with the service that the head describes? Whether **Rust callers** break is found out
//! by generating both sides and comparing the public surface, so that it is what the generator really does.
//!
//! No I/O: two specs in, a [`Report`] out, and texts made of it by [`render`].

mod decisions;
mod facts;
pub mod ignore;
mod limits;
mod moved;
mod overlay;
mod prune;
mod reads;
mod rename;
pub mod render;
mod rules;
mod rust;
mod schema;
mod version;

use std::{collections::BTreeSet, fmt};

use dataworks_api_spec::{Spec, Version};

use crate::{Error, lower::lower};

pub use rules::{Reach, Rule, all, find, rules};
pub use version::{Bump, bump};

/// Whether something that worked goes on working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does.
    Safe,
    /// It does not.
    Breaks,
}

/// How serious a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Nothing breaks, but somebody may be surprised.
    Warning,
    /// It breaks the wire or Rust callers.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The version; empty for the glossary.
    pub version: String,
    /// The action, if it stands in one.
    pub action: Option<String>,
    /// The path inside: `request.PageSize`, `types.Column.Name`, `endpoints.cn-shanghai`, `enums.Mode`; may be empty.
    pub path: String,
}

impl Place {
    pub(crate) fn of_version(version: &str, path: impl Into<String>) -> Self {
        Self { version: version.to_owned(), action: None, path: path.into() }
    }

    pub(crate) fn of_action(version: &str, action: &str, path: impl Into<String>) -> Self {
        let path = path.into();
        // What lies in a shared type does not lie in the action that uses it.
        let action = (!action.is_empty() && !path.starts_with("types.")).then(|| action.to_owned());
        Self { version: version.to_owned(), action, path }
    }

    /// The place inside its version: `ListNodes.request.PageSize`.
    #[must_use]
    pub fn inner(&self) -> String {
        let parts = [self.action.as_deref().unwrap_or_default(), &self.path];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
    }
}

/// `2024-05-18/ListNodes.request.PageSize`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner();
        let parts = [self.version.as_str(), &inner];
        f.write_str(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
    }
}

/// Which side of the calls uses a shared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Used {
    /// Requests alone.
    Requests,
    /// Answers alone.
    Answers,
    /// Both.
    Both,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its kind.
    pub rule: &'static Rule,
    /// Where, in the head; what is gone, where it was.
    pub place: Place,
    /// What was there, if that can be said in a few words.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
    /// What else a reviewer should know: the summary of a new action, for example.
    pub note: Option<String>,
    /// Which side of the calls uses the shared type in which it stands.
    pub used: Option<Used>,
    /// Whether a program built from the base still works with the service of the head.
    pub wire: Verdict,
    /// Whether callers written against the SDK of the base still compile and mean the same.
    pub rust: Verdict,
    /// What Rust callers lose.
    pub lost: Vec<String>,
    /// Why it was accepted, if it was.
    pub ignored: Option<String>,
    /// Where it was in the base, where that is another place.
    pub(crate) from: Option<Place>,
    /// The enumeration whose values changed.
    pub(crate) enumeration: Option<String>,
}

impl Change {
    pub(crate) fn new(rule: &str, place: Place) -> Self {
        let rule = rules::rule(rule);
        Self {
            rule,
            place,
            before: None,
            after: None,
            note: None,
            used: None,
            wire: rule.wire,
            rust: Verdict::Safe,
            lost: Vec::new(),
            ignored: None,
            from: None,
            enumeration: None,
        }
    }

    pub(crate) fn before(mut self, text: impl Into<String>) -> Self {
        self.before = Some(text.into());
        self
    }

    pub(crate) fn after(mut self, text: impl Into<String>) -> Self {
        self.after = Some(text.into());
        self
    }

    pub(crate) fn note(mut self, text: Option<&str>) -> Self {
        self.note = text.map(str::to_owned);
        self
    }

    /// Whether it breaks the wire or Rust callers.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.wire == Verdict::Breaks || self.rust == Verdict::Breaks
    }

    /// How serious it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.breaks() { Severity::Error } else { self.rule.level }
    }
}

/// What changed between two specs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Every change, by version, place and rule.
    pub changes: Vec<Change>,
}

impl Report {
    /// The changes that nobody has accepted.
    pub fn open(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.ignored.is_none())
    }

    /// How many open changes there are of a kind.
    #[must_use]
    pub fn count(&self, of_kind: impl Fn(&Change) -> bool) -> usize {
        self.open().filter(|change| of_kind(change)).count()
    }
}

/// Compares two specs. The head's overlay may speak of what is not there any more: that is reported as a change.
///
/// # Errors
/// When one of the specs cannot become Rust, with everything that stands in the way.
pub fn diff(base: &Spec, head: &Spec) -> Result<Report, Error> {
    // What a spec gains does not compile here until it is compared.
    let Spec { versions: _, groups, glossary } = head;
    let (base_raw, head_raw) = (base, head);
    let (base, mut head) = (without_dangling(base), head.clone());
    let mut changes = Vec::new();
    let actions = actions(&head);
    for version in &mut head.versions {
        changes.extend(prune::prune(version, &actions));
    }
    let (base_rust, head_rust) = (lowered(&base, "base")?, lowered(&head, "head")?);
    for version in &base.versions {
        match (head.version(version.name()), base_raw.version(version.name()), head_raw.version(version.name())) {
            (Some(new), Some(old_raw), Some(new_raw)) => {
                let kept = facts::version(version, new, &mut changes);
                decisions::version(version, new, &kept, &mut changes);
                overlay::version(old_raw, new_raw, &kept, &mut changes);
            }
            _ => changes.push(whole("version-removed", version)),
        }
    }
    let added = head.versions.iter().filter(|version| base.version(version.name()).is_none());
    changes.extend(added.map(|version| whole("version-added", version)));
    overlay::groups(&base_raw.groups, groups, &mut changes);
    overlay::glossary(&base_raw.glossary, glossary, &mut changes);
    rust::blame(&base_rust, &head_rust, &mut changes);
    changes.sort_by(|one, other| (&one.place, one.rule.id).cmp(&(&other.place, other.rule.id)));
    Ok(Report { changes })
}

/// A spec without what its overlays say of things that are not there: what people will have made of it, and what
/// [`diff`] compares.
#[must_use]
pub fn without_dangling(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    let actions = actions(&spec);
    spec.versions.iter_mut().for_each(|version| drop(prune::prune(version, &actions)));
    spec
}

/// The names of the actions of all versions.
fn actions(spec: &Spec) -> BTreeSet<String> {
    spec.versions.iter().flat_map(|version| version.actions.keys().cloned()).collect()
}

fn whole(rule: &str, version: &Version) -> Change {
    let count = format!("{} actions", version.actions.len());
    Change::new(rule, Place::of_version(version.name(), "")).note(Some(&count))
}

fn lowered(spec: &Spec, side: &str) -> Result<Vec<crate::lower::model::VersionModel>, Error> {
    lower(spec).map_err(|error| {
        let findings = error.findings().iter().map(|finding| format!("the {side} cannot become Rust: {finding}"));
        Error::new(findings.collect())
    })
}
