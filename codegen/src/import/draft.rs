//! The overlay with which a new version begins: what people decided about the version before it, as far as it holds.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use dataworks_api_spec::{ActionOverlay, Enumeration, Lookalike, Overlay, TypeOverlay, Version};

/// A first overlay, for people to go on with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text of `overlay.yaml`.
    pub text: String,
    /// The actions whose decisions were taken over whole.
    pub taken: Vec<String>,
    /// The actions of which only summary and group were taken over, because something else does not hold any more.
    pub partly: Vec<String>,
    /// The actions that the older version does not have.
    pub fresh: Vec<String>,
}

/// Writes the first overlay of a version. Of the older one, its decisions and the text in which they stand are needed:
/// entries that hold are copied with their comments.
#[must_use]
pub fn draft(version: &Version, older: Option<(&Version, &str)>) -> Draft {
    let doubts = older.and_then(|(older, _)| doubts(version, &older.overlay));
    with_doubts(version, older, doubts)
}

type Doubts = BTreeSet<(String, String)>;

fn with_doubts(version: &Version, older: Option<(&Version, &str)>, doubts: Option<Doubts>) -> Draft {
    let nothing = Overlay::default();
    let (decided, entries) = older.map_or((&nothing, BTreeMap::new()), |(older, text)| (&older.overlay, entries(text)));
    let drafting = Drafting { version, decided, entries, trial: RefCell::new(bare(version)), doubts };
    let mut draft = Draft {
        text: format!(
            "# What people decided about {}: enumerations, actions, shared types. The format is documented in \
             ../README.md#overlayyaml.\n",
            version.name()
        ),
        ..Draft::default()
    };
    drafting.enumerations(&mut draft);
    let items = older.map_or_else(BTreeMap::new, |(_, text)| items(text));
    drafting.places("undecided", &items, &drafting.decided.undecided, &mut draft);
    drafting.places("names_kept", &items, &drafting.decided.names_kept, &mut draft);
    drafting.actions(&mut draft);
    drafting.types(&mut draft);
    draft
}

struct Drafting<'a> {
    version: &'a Version,
    decided: &'a Overlay,
    /// Section and name → the lines of the entry in the older file, comments above it included.
    entries: BTreeMap<(&'a str, &'a str), &'a str>,
    /// The version, in which one entry after the other is tried: a copy for each of them would be most of the work.
    trial: RefCell<Version>,
    /// Section and entry of what does not hold as a whole; all else needs no trial. Nothing where that is not known.
    doubts: Option<Doubts>,
}

/// The facts of a version.
fn bare(version: &Version) -> Version {
    Version { overlay: Overlay::default(), examples: BTreeMap::new(), ..version.clone() }
}

/// Whether a place lies in an action or a shared type that the version does not have.
fn is_gone(version: &Version, place: &str) -> bool {
    let mut steps = place.split('.');
    match (steps.next().unwrap_or_default(), steps.next().unwrap_or_default()) {
        ("*", _) => false,
        ("types", name) => !version.types.contains_key(name.split(['[', '{']).next().unwrap_or_default()),
        (action, _) => !version.actions.contains_key(action),
    }
}

/// What is wrong with the older decisions in the new version, beside what speaks of actions and types that are gone:
/// section and entry.
fn doubts(version: &Version, decided: &Overlay) -> Option<Doubts> {
    let mut overlay = decided.clone();
    let stands = |place: &String| !is_gone(version, place);
    overlay.enums.values_mut().for_each(|enumeration| enumeration.fields.retain(stands));
    overlay.enums.retain(|_, enumeration| !enumeration.fields.is_empty());
    overlay.undecided.retain(stands);
    overlay.names_kept.retain(stands);
    overlay.actions.retain(|name, _| version.actions.contains_key(name));
    overlay.types.retain(|name, _| version.types.contains_key(name));
    let Err(error) = (Version { overlay, ..bare(version) }).validate() else {
        return Some(BTreeSet::new());
    };
    let mut doubts = BTreeSet::new();
    for problem in error.problems() {
        let mut place = problem.place.split('.');
        let section =
            place.next().filter(|it| ["enums", "undecided", "names_kept", "actions", "types"].contains(it))?;
        doubts.insert((section.to_owned(), place.next().unwrap_or_default().to_owned()));
    }
    Some(doubts)
}

impl Drafting<'_> {
    fn enumerations(&self, draft: &mut Draft) {
        let mut texts = Vec::new();
        for (name, enumeration) in &self.decided.enums {
            let holds = self.is_beyond_doubt("enums", name);
            let fields: Vec<&String> = enumeration
                .fields
                .iter()
                .filter(|field| !is_gone(self.version, field) && (holds || self.stands(name, field)))
                .collect();
            if fields.len() == enumeration.fields.len() {
                texts.extend(self.entries.get(&("enums", name)).map(|text| (*text).to_owned()));
            } else if !fields.is_empty() {
                texts.push(written(name, enumeration, &fields));
            }
        }
        section("enums", &texts, draft);
    }

    /// Whether a field of an enumeration is there and a text.
    fn stands(&self, name: &str, field: &str) -> bool {
        let alone = Enumeration { fields: vec![field.to_owned()], ..self.decided.enums[name].clone() };
        self.holds(Overlay { enums: BTreeMap::from([(name.to_owned(), alone)]), ..Overlay::default() })
    }

    /// A list of places, as far as they are there, each with its comments.
    fn places(&self, section_name: &str, items: &Items<'_>, places: &[String], draft: &mut Draft) {
        let holds = |place: &String| {
            let mut alone = Overlay::default();
            let list = if section_name == "undecided" { &mut alone.undecided } else { &mut alone.names_kept };
            list.push(place.clone());
            self.holds(alone)
        };
        let written = |place: &String| match items.get(&(section_name, place)) {
            Some(text) => (*text).to_owned(),
            None => format!("  - {}\n", quoted(place)),
        };
        let all = self.is_beyond_doubt(section_name, "");
        let texts: Vec<String> =
            places.iter().filter(|place| !is_gone(self.version, place) && (all || holds(place))).map(written).collect();
        section(section_name, &texts, draft);
    }

    fn actions(&self, draft: &mut Draft) {
        let mut texts = Vec::new();
        for name in self.version.actions.keys() {
            let Some(entry) = self.decided.actions.get(name) else {
                draft.fresh.push(name.clone());
                continue;
            };
            let whole = self.entries.get(&("actions", name.as_str())).filter(|_| self.action_holds(name, entry));
            if let Some(text) = whole {
                draft.taken.push(name.clone());
                texts.push((*text).to_owned());
            } else {
                draft.partly.push(name.clone());
                texts.push(outline(name, entry));
            }
        }
        if !draft.fresh.is_empty() {
            let mut text = String::from("  # New in this version, and still without summary and group:\n");
            for name in &draft.fresh {
                let _ = writeln!(text, "  # - {name}");
            }
            texts.push(text);
        }
        // A section without entries holds nothing, which YAML takes for no map.
        if texts.iter().all(|text| text.lines().all(|line| line.trim_start().starts_with('#'))) {
            draft.text.push_str("actions: {}\n");
            draft.text.extend(texts);
        } else {
            section("actions", &texts, draft);
        }
    }

    fn action_holds(&self, name: &str, entry: &ActionOverlay) -> bool {
        self.is_beyond_doubt("actions", name)
            || self.holds(Overlay { actions: BTreeMap::from([(name.to_owned(), entry.clone())]), ..Overlay::default() })
    }

    fn types(&self, draft: &mut Draft) {
        let holds = |name: &str, entry: &TypeOverlay| {
            self.is_beyond_doubt("types", name)
                || self
                    .holds(Overlay { types: BTreeMap::from([(name.to_owned(), entry.clone())]), ..Overlay::default() })
        };
        let there = self.decided.types.iter().filter(|(name, _)| self.version.types.contains_key(*name));
        let held = there.filter(|(name, entry)| holds(name, entry));
        let texts = held.filter_map(|(name, _)| self.entries.get(&("types", name.as_str())));
        let texts: Vec<String> = texts.map(|text| (*text).to_owned()).collect();
        section("types", &texts, draft);
    }

    /// Whether nothing is wrong with these decisions in the new version.
    fn holds(&self, overlay: Overlay) -> bool {
        let mut trial = self.trial.borrow_mut();
        trial.overlay = overlay;
        trial.validate().is_ok()
    }

    /// Whether an entry holds together with all others, and so alone.
    fn is_beyond_doubt(&self, section: &str, entry: &str) -> bool {
        self.doubts.as_ref().is_some_and(|doubts| !doubts.contains(&(section.to_owned(), entry.to_owned())))
    }
}

fn section(name: &str, texts: &[String], draft: &mut Draft) {
    if !texts.is_empty() {
        let _ = writeln!(draft.text, "{name}:");
        draft.text.extend(texts.iter().map(String::as_str));
    }
}

/// An enumeration with the fields that are still there.
fn written(name: &str, enumeration: &Enumeration, fields: &[&String]) -> String {
    let mut text = format!("  {name}:\n    doc: {}\n    values:\n", quoted(&enumeration.doc));
    for (value, doc) in &enumeration.values {
        let _ = writeln!(text, "      {}: {}", quoted(value), doc.as_deref().map_or_else(String::new, quoted));
    }
    if !enumeration.lookalikes.is_empty() {
        text.push_str("    lookalikes:\n");
    }
    for (value, alike) in &enumeration.lookalikes {
        let Lookalike { of, why } = alike;
        let _ = writeln!(text, "      {}: {{of: {}, why: {}}}", quoted(value), quoted(of), quoted(why));
    }
    text.push_str("    fields:\n");
    for field in fields {
        let _ = writeln!(text, "      - {}", quoted(field));
    }
    text
}

/// What of an entry holds whatever the fields are.
fn outline(name: &str, entry: &ActionOverlay) -> String {
    let mut text =
        format!("  {name}:\n    # Decisions of the version before that do not all hold here: look them up.\n");
    let lines = [("summary", &entry.summary), ("group", &entry.group)];
    for (key, value) in lines.into_iter().filter_map(|(key, value)| value.as_ref().map(|value| (key, value))) {
        let _ = writeln!(text, "    {key}: {}", quoted(value));
    }
    // An entry that holds nothing is no map.
    if entry.summary.is_none() && entry.group.is_none() {
        text = format!("  {name}: {{}}\n");
    }
    text
}

/// A text in quotes that every YAML reader takes for this text.
fn quoted(text: &str) -> String {
    // A text of JSON is one of YAML.
    serde_json::Value::from(text).to_string()
}

/// Section and place → its line in a list, comments above it included.
type Items<'a> = BTreeMap<(&'a str, &'a str), &'a str>;

/// The items of an overlay's lists that stand on lines of their own: two spaces, a dash, and a place.
fn items(text: &str) -> Items<'_> {
    let mut items = BTreeMap::new();
    let (mut section, mut above, mut offset) = ("", None, 0);
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let inner = line.trim();
        if inner.starts_with('#') && line.starts_with("  ") {
            above.get_or_insert(start);
            continue;
        }
        let begins = above.take().unwrap_or(start);
        if let Some(item) = line.strip_prefix("  - ") {
            // No place has a space or a quote in it.
            let place = item.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
            items.insert((section, place), &text[begins..offset]);
        } else if !line.starts_with(' ') && !inner.is_empty() {
            section = inner.split(':').next().unwrap_or(inner).trim_matches('"');
        }
    }
    items
}

/// The entries of an overlay's text: two spaces, a name, and what is indented further; comments above belong to it.
fn entries(text: &str) -> BTreeMap<(&str, &str), &str> {
    let mut entries = BTreeMap::new();
    let mut section = "";
    let mut open: Option<(&str, usize)> = None;
    // Where the comments begin that stand above the next entry.
    let mut above = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let inner = line.trim();
        let indent = line.len() - line.trim_start().len();
        if inner.is_empty() || indent > 2 {
            continue;
        }
        if inner.starts_with('#') {
            above.get_or_insert(start);
            continue;
        }
        let begins = above.take().unwrap_or(start);
        if let Some((name, from)) = open.take() {
            entries.insert((section, name), &text[from..begins]);
        }
        let name = inner.split(':').next().unwrap_or(inner).trim_matches('"');
        match indent {
            0 => section = name,
            _ => open = Some((name, begins)),
        }
    }
    if let Some((name, from)) = open {
        entries.insert((section, name), &text[from..above.unwrap_or(text.len())]);
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What holds in the new version is found out at once; each entry on its own comes to the same.
    #[test]
    fn trying_everything_at_once_comes_to_the_same() {
        let action =
            |parameters: &str| format!("{{method: POST, parameters: {{{parameters}}}, answer: {{type: object}}}}");
        let of = |name: &str, actions: &[(&str, &str)], overlay: &str| {
            let mut version = Version::default();
            name.clone_into(&mut version.service.version);
            for (name, parameters) in actions {
                let action = dataworks_api_spec::parse("a.yaml".as_ref(), &action(parameters)).unwrap();
                version.actions.insert((*name).to_owned(), action);
            }
            version.overlay = dataworks_api_spec::parse("a.yaml".as_ref(), overlay).unwrap();
            version
        };
        let text = "\
enums:
  Mode:
    doc: A.
    values: {A: }
    fields: [GetTree.request.Mode, FellTree.request.Mode, ListTrees.request.Mode]
  Kind:
    doc: A.
    values: {A: }
    fields: [GetTree.request.Kind]
  Gone:
    doc: A.
    values: {A: }
    fields: [FellTree.request.Kind]
undecided:
  - GetTree.request.Size
  - ListTrees.request.Size
  - FellTree.request.Size
actions:
  GetTree: {summary: Gets a tree., secrets: [request.Kind]}
  ListTrees: {summary: Lists trees., secrets: [request.Mode]}
  FellTree: {summary: Fells a tree.}
";
        let whole = "Mode: {in: query, type: string}, Kind: {in: query, type: string}, Size: {in: query, type: string, enum: [A]}";
        let older = of("2001-01-01", &[("FellTree", whole), ("GetTree", whole), ("ListTrees", whole)], text);
        older.validate().unwrap();
        let less = "Kind: {in: query, type: string}";
        let new = of("2002-01-01", &[("GetTree", whole), ("ListTrees", less), ("PlantTree", less)], "actions: {}");
        let draft = draft(&new, Some((&older, text)));
        assert_eq!(draft, with_doubts(&new, Some((&older, text)), None));
        assert_eq!([&draft.taken, &draft.partly, &draft.fresh], [&["GetTree"], &["ListTrees"], &["PlantTree"]]);
        assert!(draft.text.contains("    fields:\n      - \"GetTree.request.Mode\"\nundecided:\n"), "{}", draft.text);
        assert!(draft.text.contains("undecided:\n  - GetTree.request.Size\nactions:"), "{}", draft.text);
        assert!(!draft.text.contains("Fell") && !draft.text.contains("Gone"), "{}", draft.text);
    }

    const TEXT: &str = "# Head.\nenums:\n  Mode:\n    doc: A.\n    # inside\n    values: {A: }\nactions:\n  # Above.\n  GetTree:\n    summary: Gets.\n\n  ListTrees: {summary: Lists.}\n# End.\n";

    #[test]
    fn an_entry_keeps_the_comments_above_and_inside() {
        let entries = entries(TEXT);
        assert_eq!(entries[&("enums", "Mode")], "  Mode:\n    doc: A.\n    # inside\n    values: {A: }\n");
        assert_eq!(entries[&("actions", "GetTree")], "  # Above.\n  GetTree:\n    summary: Gets.\n\n");
        assert_eq!(entries[&("actions", "ListTrees")], "  ListTrees: {summary: Lists.}\n");
        assert_eq!(entries.len(), 3);
    }

    #[test]
    fn an_item_of_a_list_keeps_its_comments() {
        let text =
            "undecided:\n  # One.\n  - \"*.request.Mode\" # always A\n  - GetTree.answer.Kind\n# End.\nactions:\n";
        let items = items(text);
        assert_eq!(items[&("undecided", "*.request.Mode")], "  # One.\n  - \"*.request.Mode\" # always A\n");
        assert_eq!(items[&("undecided", "GetTree.answer.Kind")], "  - GetTree.answer.Kind\n");
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn a_quoted_text_is_read_as_it_was() {
        for text in ["plain", "with: colon", "a \"quote\" and \\", "NO", "# none", "工作空间", "\u{feff}\u{200b}\t"]
        {
            let read: String = dataworks_api_spec::parse("a.yaml".as_ref(), &quoted(text)).unwrap();
            assert_eq!(read, text);
        }
    }
}
