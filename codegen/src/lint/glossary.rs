//! Sentences that tell nothing.

use std::path::PathBuf;

use dataworks_api_spec::{Spec, says_more};

use super::{Finding, Lint, Severity, Spot};

pub(super) static NAME_ONLY: Lint = Lint {
    id: "glossary-says-only-the-name",
    severity: Severity::Warning,
    meaning: "An entry of the glossary is made of the words of its name, so it explains nothing.",
    remedy: "say what one has to know about it, or remove the entry",
};

pub(super) fn check(spec: &Spec, findings: &mut Vec<Finding>) {
    for (key, text) in &spec.glossary {
        let name = key.rsplit('.').next().unwrap_or(key);
        if !says_more(name, text) {
            findings.push(Finding {
                lint: &NAME_ONLY,
                file: PathBuf::from("glossary.yaml"),
                spot: Spot::Decision { section: "", entry: key.clone(), key: "", value: String::new() },
                place: key.clone(),
                message: format!("`{text}` says only the name; {}", NAME_ONLY.remedy),
            });
        }
    }
}
