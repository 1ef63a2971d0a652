//! All actions of all versions, one by one, against what the spec says about them.
//!
//! What is expected is computed here, from the spec and the rules of the wire (`expect`), not by the SDK's tables.

mod answers;
mod calls;
mod example;
mod expect;
// The core's own tests look in the same way, and see what each mask is for.
#[path = "../../../../../dataworks-sdk/src/tests/printed.rs"]
mod printed;
mod probe;
mod requests;
mod secrets;

use std::path::Path;
use std::sync::OnceLock;

use dataworks_api_spec::{Action, Spec, Version};
use dataworks_sdk as sdk;

use probe::Probe;

fn spec() -> &'static Spec {
    static SPEC: OnceLock<Spec> = OnceLock::new();
    SPEC.get_or_init(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api-spec");
        Spec::load(&dir).unwrap_or_else(|error| panic!("{error}"))
    })
}

/// An action, seen from both sides.
#[derive(Clone, Copy)]
struct Case {
    version: &'static Version,
    name: &'static str,
    facts: &'static Action,
    probe: &'static Probe,
}

/// Looks at every action, and fails with everything that was found.
fn each(look: impl Fn(&Case, &mut Vec<String>)) {
    let mut problems = Vec::new();
    let mut seen = 0;
    for (version, probes) in probe::all() {
        let version = spec().version(version).unwrap();
        assert_eq!(version.actions.len(), probes.len(), "{}", version.name());
        for ((name, facts), probe) in version.actions.iter().zip(probes) {
            assert_eq!(name, probe.operation.name(), "the lists of actions differ");
            let mut found = Vec::new();
            look(&Case { version, name, facts, probe }, &mut found);
            problems.extend(found.into_iter().map(|problem| format!("{} {name}: {problem}", version.name())));
            seen += 1;
        }
    }
    assert_eq!(seen, spec().versions.iter().map(|version| version.actions.len()).sum::<usize>());
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
