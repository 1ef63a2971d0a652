//! What cannot be read, leads nowhere or cannot become Rust, as findings.

use std::path::{Path, PathBuf};

use dataworks_api_spec::{Loaded, Problem};

use super::{Finding, Lint, Severity, Spot, no_rust};
use crate::{Error, lower};

pub(super) static FILE_UNREAD: Lint = Lint {
    id: "file-unread",
    severity: Severity::Error,
    meaning: "A file cannot be read or does not hold what it should.",
    remedy: "mend the file; its version is left out of the other lints until then",
};

pub(super) static GLOSSARY_ENTRY: Lint = Lint {
    id: "glossary-entry",
    severity: Severity::Error,
    meaning: "An entry of the glossary explains no field, or is no sentence.",
    remedy: "remove it, or write a sentence for a field that exists",
};

pub(super) static NO_RUST: Lint = Lint {
    id: "no-rust",
    severity: Severity::Error,
    meaning: "Something cannot become Rust: names that collide, better names that fit nothing, pages that lead nowhere.",
    remedy: "rename one in overlay.yaml, or do what the finding says",
};

pub(super) static OVERLAY_ENTRY: Lint = Lint {
    id: "overlay-entry",
    severity: Severity::Error,
    meaning: "A decision or a group is unused, names what is not there, or says what holds anyway.",
    remedy: "remove it, or name what exists",
};

pub(super) static PAGINATOR: Lint = Lint {
    id: "paginator-dangling",
    severity: Severity::Error,
    meaning: "A paginator names a parameter or a field that is not there.",
    remedy: "name what exists, or say why there are no pages: `pages: {none: …}`",
};

pub(super) static WAITER: Lint = Lint {
    id: "waiter-dangling",
    severity: Severity::Error,
    meaning: "A waiter names a goal, a parameter, a field or a state that is not there, or could never end.",
    remedy: "name what exists",
};

/// What the reader of the spec complains about, and where nothing is wrong there, what code generation would.
pub(super) fn check(dir: &Path, loaded: &Loaded, findings: &mut Vec<Finding>) {
    findings.extend(loaded.unread.iter().map(|problem| finding(dir, &FILE_UNREAD, problem)));
    let (glossary, groups) = (loaded.spec.glossary.is_empty(), loaded.spec.groups.is_empty());
    let missing = [("glossary.yaml", glossary), ("groups.yaml", groups)].into_iter().filter(|(_, missing)| *missing);
    findings.extend(missing.filter(|_| loaded.unread.is_empty()).map(|(file, _)| Finding {
        lint: &FILE_UNREAD,
        file: PathBuf::from(file),
        spot: Spot::Whole,
        place: String::new(),
        message: "is not there, or holds nothing".to_owned(),
    }));
    findings.extend(loaded.wrong.iter().map(|problem| finding(dir, lint_of(problem), problem)));
    if !loaded.unread.is_empty() || !loaded.wrong.is_empty() {
        return;
    }
    let refused = lower::lower(&loaded.spec).err();
    findings.extend(refused.iter().flat_map(Error::findings).map(|message| no_rust::finding(&loaded.spec, message)));
}

fn lint_of(problem: &Problem) -> &'static Lint {
    let of_glossary = problem.file.file_stem().is_some_and(|stem| stem == "glossary");
    if of_glossary {
        &GLOSSARY_ENTRY
    } else if problem.place.starts_with("actions.") && problem.place.ends_with(".pages") {
        &PAGINATOR
    } else if problem.place.starts_with("actions.") && problem.place.contains(".waiters") {
        &WAITER
    } else {
        &OVERLAY_ENTRY
    }
}

fn finding(dir: &Path, lint: &'static Lint, problem: &Problem) -> Finding {
    Finding {
        lint,
        file: problem.file.strip_prefix(dir).unwrap_or(&problem.file).to_owned(),
        spot: problem.position.map_or(Spot::Whole, |(line, column)| Spot::At(line, column)),
        place: problem.place.clone(),
        message: problem.message.clone(),
    }
}
