//! Collects what is wrong with an overlay and finds the line.

use std::{ops::Range, path::Path};

use crate::Problem;

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
        self.problems.push(match self.position(key, value) {
            Some((line, column)) => problem.position(line, column),
            None => problem,
        });
    }

    /// Where a value stands in the text of the file, or else its key, or else its entry.
    fn position(&self, key: &str, value: &str) -> Option<(u64, u64)> {
        let mut range = 0..self.text.len();
        let mut depth = 0;
        for name in [self.section, &self.entry] {
            if !name.is_empty() {
                range = self.block(range, depth, name)?;
                depth += 2;
            }
        }
        let mut at = range.start;
        for part in [format!("{key}:"), value.to_owned()] {
            if part.len() > 1 {
                at = self.find(at..range.end, &part).unwrap_or(at);
            }
        }
        let before = &self.text[..at];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        Some((before.matches('\n').count() as u64 + 1, before[line..].chars().count() as u64 + 1))
    }

    /// The part of the text that belongs to a key which is indented so far.
    fn block(&self, range: Range<usize>, depth: usize, key: &str) -> Option<Range<usize>> {
        let mut start = None;
        let mut offset = range.start;
        for line in self.text[range.clone()].split_inclusive('\n') {
            let inner = line.trim_start();
            // The first line of a range may begin behind its indentation.
            let begin = offset + line.len() - inner.len();
            let indent = begin - self.text[..begin].rfind('\n').map_or(0, |end| end + 1);
            if indent <= depth && !inner.is_empty() && !inner.starts_with('#') {
                if start.is_some() {
                    return start.map(|start| start..offset);
                }
                let rest = inner.trim_start_matches('"').strip_prefix(key);
                if indent == depth && rest.is_some_and(|rest| rest.trim_start_matches('"').starts_with(':')) {
                    start = Some(begin);
                }
            }
            offset += line.len();
        }
        start.map(|start| start..range.end)
    }

    /// The first place of a word that is not in a comment line.
    fn find(&self, range: Range<usize>, word: &str) -> Option<usize> {
        self.text[range.clone()].match_indices(word).map(|(index, _)| range.start + index).find(|&index| {
            let line = &self.text[self.text[..index].rfind('\n').map_or(0, |end| end + 1)..index];
            !line.trim_start().starts_with('#')
        })
    }
}

/// `; did you mean …?` with the known name that is closest to a wrong one, or nothing.
pub(super) fn nearest<S: AsRef<str>>(wrong: &str, known: impl Iterator<Item = S>) -> String {
    let furthest = wrong.len() / 3 + 1;
    known
        .map(|name| (strsim::levenshtein(&wrong.to_lowercase(), &name.as_ref().to_lowercase()), name))
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
