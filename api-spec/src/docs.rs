//! What people wrote about a parameter or a field, and whether that tells anything.

use crate::{Spec, Version, decisions::type_of};

/// A sentence about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// The sentence.
    pub text: &'a str,
    /// Whether it was written for this place or this kind of place, not for every field of the name.
    pub placed: bool,
}

impl Spec {
    /// The sentence about the field at a path: what the overlay says about this place, or else the entry of the glossary
    /// that fits the longest end of the path.
    #[must_use]
    pub fn explanation<'a>(&'a self, version: &'a Version, action: &str, path: &str) -> Option<Explanation<'a>> {
        let placed = |text: &'a String| Explanation { text, placed: true };
        version.doc_at(action, path).map(placed).or_else(|| self.glossary_at(path).map(|(_, it)| it))
    }

    /// The entry of the glossary that fits the longest end of a path: its key and what it says.
    pub(crate) fn glossary_at(&self, path: &str) -> Option<(&str, Explanation<'_>)> {
        let plain = plain(path);
        let starts = std::iter::once(0).chain(plain.match_indices('.').map(|(dot, _)| dot + 1));
        starts.filter_map(|start| self.glossary.get_key_value(&plain[start..])).next().map(|(key, text)| {
            let text = text.as_str();
            (key.as_str(), Explanation { text, placed: key.contains('.') })
        })
    }
}

impl Version {
    /// What the overlay says about a place, seen from the action or from the shared schema in which it lies.
    pub(crate) fn doc_at(&self, action: &str, path: &str) -> Option<&String> {
        let in_type = |path: &str| {
            let docs = type_of(path).and_then(|name| self.overlay.types.get(name)).map(|it| &it.docs);
            docs.and_then(|docs| docs.get(path))
        };
        let in_action = self.overlay.actions.get(action).and_then(|it| it.docs.get(path));
        in_action.or_else(|| in_type(path))
    }
}

/// A path without the marks of elements and values: `answer.Data.Nodes.Owner`.
fn plain(path: &str) -> String {
    path.replace("[]", "").replace("{}", "")
}

/// Whether a name says so little that only a sentence about its place explains it.
#[must_use]
pub fn is_generic(name: &str) -> bool {
    GENERIC.binary_search(&name).is_ok()
}

/// Sorted.
const GENERIC: &[&str] = &[
    "Action",
    "Attribute",
    "Attributes",
    "Category",
    "Code",
    "Comment",
    "Condition",
    "Config",
    "Content",
    "Context",
    "Count",
    "Data",
    "Description",
    "Detail",
    "Details",
    "Enabled",
    "Env",
    "Event",
    "Expression",
    "Extra",
    "Field",
    "Fields",
    "Format",
    "Id",
    "Ids",
    "Index",
    "Info",
    "Input",
    "Inputs",
    "Item",
    "Items",
    "Key",
    "Kind",
    "Label",
    "Labels",
    "Level",
    "List",
    "Message",
    "Method",
    "Mode",
    "Model",
    "Name",
    "Object",
    "Operation",
    "Operator",
    "Option",
    "Options",
    "Order",
    "Output",
    "Outputs",
    "Owner",
    "Param",
    "Parameter",
    "Parameters",
    "Params",
    "Path",
    "Pattern",
    "Position",
    "Properties",
    "Property",
    "Range",
    "Record",
    "Records",
    "Remark",
    "Result",
    "Results",
    "Role",
    "Rule",
    "Rules",
    "Schema",
    "Scope",
    "Script",
    "Setting",
    "Settings",
    "Size",
    "Source",
    "Spec",
    "State",
    "Status",
    "Strategy",
    "Success",
    "Tag",
    "Tags",
    "Target",
    "Text",
    "Title",
    "Total",
    "Type",
    "Unit",
    "Url",
    "Value",
    "Values",
    "Version",
];

/// Words that tell nothing.
const FILLERS: &[&str] = &[
    "a", "all", "an", "and", "any", "are", "as", "at", "be", "been", "being", "by", "do", "does", "each", "for",
    "from", "had", "has", "have", "how", "if", "in", "is", "it", "its", "many", "much", "no", "not", "of", "on", "one",
    "or", "that", "the", "these", "this", "those", "to", "was", "were", "what", "when", "whether", "which", "whose",
    "with",
];

/// Whether a sentence about a name is made of more than the words of the name.
#[must_use]
pub fn says_more(name: &str, sentence: &str) -> bool {
    let known = words_of(name);
    let joined = known.concat();
    let words = sentence.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).any(|word| {
        !FILLERS.contains(&word.as_str()) && !joined.contains(&word) && !known.iter().any(|known| is_near(known, &word))
    })
}

/// Whether two words are the same but for an ending: `node` and `nodes`.
fn is_near(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.len() >= 3 && long.starts_with(short))
}

/// The words of a name in capitals: `DIJobId` → `di`, `job`, `id`.
fn words_of(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|it| chars[it]);
        let after = chars.get(index + 1);
        let begins = match before {
            None => true,
            Some(before) if !c.is_ascii_alphanumeric() || !before.is_ascii_alphanumeric() => true,
            Some(before) if c.is_ascii_uppercase() => {
                !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase)
            }
            Some(before) => c.is_ascii_digit() != before.is_ascii_digit(),
        };
        if begins {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_generic_names_is_sorted() {
        assert!(GENERIC.is_sorted());
        assert!(FILLERS.is_sorted());
        assert!(is_generic("Name") && is_generic("Id") && !is_generic("NodeName"));
    }

    #[test]
    fn the_words_of_the_name_say_nothing_more() {
        assert!(!says_more("NodeId", "The id of the node."));
        assert!(!says_more("NodeIds", "The ids of all nodes."));
        assert!(!says_more("DIJobName", "The name of the DI job."));
        assert!(says_more("NodeId", "The scheduled node, by the id that `ListNodes` answers."));
        assert!(says_more("PageSize", "How many nodes a page holds."));
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words_of("DIJobId"), ["di", "job", "id"]);
        assert_eq!(words_of("projectId2"), ["project", "id", "2"]);
        assert_eq!(words_of("snake_case-name"), ["snake", "case", "name"]);
    }

    #[test]
    fn the_longest_end_of_a_path_decides() {
        let glossary = [("Name", "A."), ("DataSource.Name", "B."), ("answer.DataSource.Name", "C.")];
        let spec = Spec { glossary: glossary.map(|(key, text)| (key.into(), text.into())).into(), ..Spec::default() };
        let at = |path| spec.glossary_at(path).map(|(key, it)| (key, it.text, it.placed));
        assert_eq!(at("answer.DataSource.Name"), Some(("answer.DataSource.Name", "C.", true)));
        assert_eq!(at("answer.Data[].DataSource[].Name"), Some(("DataSource.Name", "B.", true)));
        assert_eq!(at("request.Name"), Some(("Name", "A.", false)));
        assert_eq!(at("request.NodeName"), None);
    }
}
