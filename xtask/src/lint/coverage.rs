//! `cargo xtask lint --coverage`: the figures, and the bounds they are held against.

use std::path::Path;

use dataworks_api_spec::Spec;
use dataworks_codegen::{Counted, Coverage, coverage};
use serde_json::json;

use crate::say;

/// What has to be explained at least, in percent of all versions together.
const REQUESTS: usize = 90;
const ANSWERS: usize = 70;

/// Explained fields, and all of them.
#[derive(Clone, Copy, Default)]
struct Figure {
    explained: usize,
    fields: usize,
}

impl Figure {
    fn of(counted: &Counted) -> Self {
        Self { explained: counted.explained(), fields: counted.fields }
    }

    fn plus(self, other: Self) -> Self {
        Self { explained: self.explained + other.explained, fields: self.fields + other.fields }
    }

    /// Compared without rounding: what is shown as 90.0 % may be less.
    fn reaches(self, percent: usize) -> bool {
        self.explained * 100 >= percent * self.fields
    }

    /// In thousandths, rounded down, so that a figure never looks better than it is.
    fn per_mille(self) -> usize {
        (self.explained * 1000).checked_div(self.fields).unwrap_or(1000)
    }

    fn show(self) -> String {
        let Self { explained, fields } = self;
        let per_mille = self.per_mille();
        format!("{explained} of {fields} = {}.{} %", per_mille / 10, per_mille % 10)
    }

    fn json(self) -> serde_json::Value {
        json!({ "explained": self.explained, "fields": self.fields })
    }
}

pub(super) fn run(dir: &Path, missing: bool, as_json: bool) -> Result<(), String> {
    let spec = Spec::load(dir).map_err(|error| error.to_string())?;
    let versions = coverage(&spec).map_err(|error| error.to_string())?;
    let sum = |side: fn(&Coverage) -> &Counted| {
        versions.iter().map(|version| Figure::of(side(version))).fold(Figure::default(), Figure::plus)
    };
    let (requests, answers) = (sum(|it| &it.requests), sum(|it| &it.answers));
    say(&if as_json {
        json(&versions, missing, requests, answers)
    } else {
        text(&versions, missing, requests, answers)
    });
    let short: Vec<String> = [("request parameters", requests, REQUESTS), ("answer fields", answers, ANSWERS)]
        .into_iter()
        .filter(|(_, figure, bound)| !figure.reaches(*bound))
        .map(|(what, figure, bound)| {
            let lacking = (bound * figure.fields).div_ceil(100) - figure.explained;
            format!(
                "{what}: {}, but {bound} % have to be: explain {lacking} more in glossary.yaml or under `docs`; \
                 --missing lists them",
                figure.show()
            )
        })
        .collect();
    if short.is_empty() { Ok(()) } else { Err(short.join("\n")) }
}

fn text(versions: &[Coverage], missing: bool, requests: Figure, answers: Figure) -> String {
    let mut lines = Vec::new();
    if missing {
        for version in versions {
            let unexplained = version.requests.unexplained.iter().chain(&version.answers.unexplained);
            lines.extend(unexplained.map(|field| format!("missing: {} {field}", version.version)));
        }
    }
    let line = |name: &str, requests: Figure, answers: Figure| {
        format!("{name}: request parameters {}, answer fields {}", requests.show(), answers.show())
    };
    let of_version = |it: &Coverage| line(&it.version, Figure::of(&it.requests), Figure::of(&it.answers));
    lines.extend(versions.iter().map(of_version));
    lines.push(line("all versions", requests, answers));
    lines.push(format!("at least: request parameters {REQUESTS} %, answer fields {ANSWERS} %"));
    lines.join("\n")
}

fn json(versions: &[Coverage], missing: bool, requests: Figure, answers: Figure) -> String {
    let side = |counted: &Counted| {
        let mut value = Figure::of(counted).json();
        if missing {
            value["unexplained"] = json!(counted.unexplained);
        }
        value
    };
    let of_version =
        |it: &Coverage| json!({ "version": it.version, "requests": side(&it.requests), "answers": side(&it.answers) });
    let versions: Vec<_> = versions.iter().map(of_version).collect();
    let value = json!({
        "versions": versions,
        "requests": requests.json(),
        "answers": answers.json(),
        "bounds": { "requests": REQUESTS, "answers": ANSWERS },
    });
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_reached_or_not_whatever_is_shown() {
        let figure = |explained, fields| Figure { explained, fields };
        assert!(figure(9, 10).reaches(90));
        assert!(!figure(8999, 10_000).reaches(90));
        assert_eq!(figure(8999, 10_000).show(), "8999 of 10000 = 89.9 %");
        assert!(figure(0, 0).reaches(90));
        assert_eq!(figure(0, 0).show(), "0 of 0 = 100.0 %");
    }
}
