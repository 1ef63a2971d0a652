//! Collects what is wrong with an overlay and finds the line.

use std::path::Path;

use crate::{Problem, position::in_decisions};

/// The problems of one file, each under the entry that is being checked.
pub(super) struct Report<'a> {
    file: &'a Path,
    text: &'a str,
    section: &'static str,
    entry: String,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Self { file, text, section: "", entry: String::new(), problems }
    }

    /// Goes to an entry of a section (`actions`, `ListNodes`).
    pub(super) fn enter(&mut self, section: &'static str, entry: &str) {
        self.section = section;
        entry.clone_into(&mut self.entry);
    }

    /// Notes what is wrong with a value under a key of the entry.
    pub(super) fn add(&mut self, key: &str, value: &str, message: String) {
        let mut place = self.section.to_owned();
        for part in [self.entry.as_str(), key] {
            if !part.is_empty() && !place.is_empty() {
                place.push('.');
            }
            place.push_str(part);
        }
        let problem = Problem::new(self.file, message).place(place);
        self.problems.push(match in_decisions(self.text, self.section, &self.entry, key, value) {
            Some((line, column)) => problem.position(line, column),
            None => problem,
        });
    }
}

/// `; did you mean …?` with the known name that is closest to a wrong one, or nothing.
pub(super) fn nearest<S: AsRef<str>>(wrong: &str, known: impl Iterator<Item = S>) -> String {
    let furthest = wrong.len() / 3 + 1;
    let lower = wrong.to_lowercase();
    // No fewer letters differ than one name has more than the other.
    let could_be = |name: &S| name.as_ref().len().abs_diff(wrong.len()) <= furthest;
    known
        .filter(could_be)
        .map(|name| (strsim::levenshtein(&lower, &name.as_ref().to_lowercase()), name))
        .filter(|(distance, _)| *distance <= furthest)
        .min_by(|left, right| (left.0, left.1.as_ref()).cmp(&(right.0, right.1.as_ref())))
        .map(|(_, name)| format!("; did you mean `{}`?", name.as_ref()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        assert_eq!(nearest("ListNode", ["ListNodes", "ListTasks"].iter()), "; did you mean `ListNodes`?");
        assert_eq!(nearest("listnodes", ["ListNodes"].iter()), "; did you mean `ListNodes`?");
        assert_eq!(nearest("Nonsense", ["ListNodes"].iter()), "");
    }

    #[test]
    fn a_value_is_found_under_its_entry() {
        let text = "enums:\n  A:\n    doc: x\nactions:\n  A:\n    ids: [answer.X]\n  B:\n    # answer.Y\n    ids: [answer.Y]\n";
        let mut problems = Vec::new();
        let mut report = Report::new(Path::new("overlay.yaml"), text, &mut problems);
        report.enter("actions", "B");
        report.add("ids", "answer.Y", "wrong".to_owned());
        report.add("ids", "answer.X", "wrong".to_owned());
        report.enter("types", "B");
        report.add("", "B", "wrong".to_owned());
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "overlay.yaml:9:11: actions.B.ids: wrong",
                "overlay.yaml:9:5: actions.B.ids: wrong",
                "overlay.yaml: types.B: wrong"
            ]
        );
    }
}
