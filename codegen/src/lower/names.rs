//! Rust names from wire names: idiomatic, safe from keywords, and the same on every run.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::RESERVED;
use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Words that no plain identifier may be. Edition 2024, the reserved ones included.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that not even `r#` makes an identifier.
const NEVER_RAW: &[&str] = &["self", "super", "crate", "Self", "_"];

/// Modules that a generated module beside or below them would hide.
const MODULES: &[&str] = &["actions", "alloc", "client", "core", "for_each_action", "rt", "std", "test", "types"];

/// Methods that every request has, and methods of the standard traits that a setter of that name would hide.
const METHODS: &[&str] = &[
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "clone_into",
    "default",
    "eq",
    "fmt",
    "from",
    "into",
    "ne",
    "new",
    "shape",
    "slot",
    "slot_mut",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

/// Methods of the client that are no actions.
const CLIENT_METHODS: &[&str] = &["action", "builder", "config", "from_env", "operations"];

/// How a wire name is turned into a Rust name, and how a word is appended to one.
#[derive(Clone, Copy)]
enum Case {
    Snake,
    Camel,
}

/// The field names of a struct, by wire name.
pub(crate) fn fields<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    fields_beside(wire, &BTreeMap::new())
}

/// The field names of a struct of which some are given: these stay, and none of the others gets one of them.
pub(crate) fn fields_beside<'a>(
    wire: impl IntoIterator<Item = &'a str>,
    given: &BTreeMap<&'a str, String>,
) -> BTreeMap<&'a str, String> {
    unique(wire, Case::Snake, field, given)
}

/// The module names of a version's actions or types, by wire name. They are file names too.
pub(crate) fn modules<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    unique(wire, Case::Snake, module, &BTreeMap::new())
}

/// The variant names of an enumeration, by value. Values of a later generation take no name from an earlier one.
pub(crate) fn variants<'a>(generations: impl IntoIterator<Item = Vec<&'a str>>) -> BTreeMap<&'a str, String> {
    let mut names = BTreeMap::new();
    for values in generations {
        let earlier: Vec<&str> = names.keys().copied().collect();
        names = unique(earlier.into_iter().chain(values), Case::Camel, variant, &names);
    }
    names
}

/// The setter of a field: its name, unless a method that matters has it.
pub(crate) fn setter(field: &str) -> String {
    if METHODS.contains(&field) { format!("with_{field}") } else { field.to_owned() }
}

/// The client method of an action, by the name of its module.
pub(crate) fn method(module: &str) -> String {
    let name = module.trim_end_matches('_');
    if METHODS.contains(&name) || CLIENT_METHODS.contains(&name) { format!("{name}_action") } else { raw(name) }
}

/// The stem of the official type names of an action: its name, unless that is none in Rust.
pub(crate) fn stem(action: &str) -> String {
    let upper = action.starts_with(|c: char| c.is_ascii_uppercase());
    if upper && action.chars().all(|c| c.is_ascii_alphanumeric()) { action.to_owned() } else { camel(action) }
}

/// The static that holds the shape of a request's nested type.
pub(crate) fn shape(type_name: &str) -> String {
    let name = words(type_name).to_shouty_snake_case();
    if name == "OPERATION" { "OPERATION_SHAPE".to_owned() } else { name }
}

/// Whether a type may have this name.
pub(crate) fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        // What else would confuse a reader is the importer's matter.
        && !RESERVED.contains(&name)
}

/// Whether a field may have this name.
pub(crate) fn is_field(name: &str) -> bool {
    let name = name.strip_prefix("r#").unwrap_or(name);
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !NEVER_RAW.contains(&name)
}

/// A field name as an overlay gives it, with `r#` where it needs it.
pub(crate) fn raw(name: &str) -> String {
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// The snake case of a name: what documentation calls a field.
pub(crate) fn snake(wire: &str) -> String {
    let name = words(wire).to_snake_case();
    let name: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
        format!("value_{name}").trim_end_matches('_').to_owned()
    } else {
        name
    }
}

fn field(wire: &str) -> String {
    raw(&snake(wire))
}

fn module(wire: &str) -> String {
    let name = snake(wire);
    let taken = [KEYWORDS, NEVER_RAW, MODULES].iter().any(|list| list.contains(&name.as_str()));
    if taken { format!("{name}_") } else { name }
}

fn camel(wire: &str) -> String {
    let name = words(&spelled(wire)).to_upper_camel_case();
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if name.starts_with(|c: char| c.is_numeric()) { format!("Value{name}") } else { name }
}

/// `Other` holds the values that are not known yet, and `Self` is a keyword that cannot be raw.
fn variant(wire: &str) -> String {
    match camel(wire) {
        name if name.is_empty() => "Empty".to_owned(),
        name if name == "Other" || name == "Self" => format!("{name}Value"),
        name => name,
    }
}

/// Makes a plural of an acronym one word: `APIs` is not `AP` and `Is`.
fn words(wire: &str) -> String {
    let chars: Vec<char> = wire.chars().collect();
    let mut text = String::with_capacity(wire.len());
    for (index, &c) in chars.iter().enumerate() {
        let plural = c == 's'
            && index >= 2
            && chars[index - 1].is_ascii_uppercase()
            && chars[index - 2].is_ascii_uppercase()
            && chars.get(index + 1).is_none_or(|next| !next.is_ascii_lowercase());
        if plural {
            text.push('S');
            if chars.get(index + 1).is_some_and(char::is_ascii_uppercase) {
                text.push('_');
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Spells out the signs that tell values apart: `T+1` is `T plus 1`.
fn spelled(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let mut text = String::with_capacity(value.len());
    for (index, &c) in chars.iter().enumerate() {
        let digit_after = chars.get(index + 1).is_some_and(char::is_ascii_digit);
        let digit_before = index > 0 && chars[index - 1].is_ascii_digit();
        let word = match c {
            '+' => "Plus",
            '-' if index == 0 && digit_after => "Minus",
            '.' if digit_before && digit_after => "Point",
            '%' => "Percent",
            '*' => "Star",
            '#' => "Hash",
            '&' => "And",
            '=' => "Equal",
            '<' => "Less",
            '>' => "Greater",
            '!' => "Not",
            '@' => "At",
            '$' => "Dollar",
            '|' => "Or",
            _ => {
                text.push(c);
                continue;
            }
        };
        text.push(' ');
        text.push_str(word);
        text.push(' ');
    }
    text
}

/// Gives each wire name a name of its own. Where several would get the same, the one that is written the official way
/// (`FileId`) has it, and the others say how they are written: `fileId` is `file_id_camel`, `FileID` is `file_id_upper`.
/// What is given already stays, whatever comes beside it.
fn unique<'a>(
    wire: impl IntoIterator<Item = &'a str>,
    case: Case,
    convert: fn(&str) -> String,
    given: &BTreeMap<&'a str, String>,
) -> BTreeMap<&'a str, String> {
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for name in wire {
        match given.get(name) {
            Some(given) => drop(names.insert(name, given.clone())),
            // Compared without case: a file system may not tell `a.rs` from `A.rs`.
            None => groups.entry(convert(name).to_lowercase()).or_default().push(name),
        }
    }
    let had: BTreeSet<String> = names.values().map(|name| name.to_lowercase()).collect();
    let plain = |name: &String| name.strip_prefix("r#").unwrap_or(name).to_owned();
    let mut taken: BTreeSet<String> = groups.keys().cloned().chain(had.iter().map(plain)).collect();
    for (base, group) in groups {
        let heir = group.iter().find(|name| camel(name) == **name).or(group.first()).copied();
        let heir = heir.filter(|_| !had.contains(&base));
        for name in group {
            let base = convert(name);
            let given = if Some(name) == heir { base } else { apart(&base, style(name), case, &mut taken) };
            names.insert(name, given);
        }
    }
    names
}

fn apart(base: &str, style: &str, case: Case, taken: &mut BTreeSet<String>) -> String {
    let base = base.strip_prefix("r#").unwrap_or(base).trim_end_matches('_');
    let plain = match case {
        Case::Snake => format!("{base}_{style}"),
        Case::Camel => format!("{base}{}", style.to_upper_camel_case()),
    };
    let mut name = plain.clone();
    let mut count = 2;
    while !taken.insert(name.to_lowercase()) {
        name = match case {
            Case::Snake => format!("{plain}_{count}"),
            Case::Camel => format!("{plain}{count}"),
        };
        count += 1;
    }
    name
}

/// How a wire name is written.
fn style(wire: &str) -> &'static str {
    let letters = || wire.chars().filter(|c| c.is_alphabetic());
    if wire.contains('_') {
        "snake"
    } else if wire.contains('-') {
        "kebab"
    } else if wire.contains('.') {
        "dotted"
    } else if wire.contains(|c: char| !c.is_alphanumeric()) {
        "spaced"
    } else if letters().all(char::is_uppercase) {
        "upper"
    } else if letters().all(char::is_lowercase) {
        "lower"
    } else if wire.starts_with(char::is_lowercase) {
        "camel"
    } else if camel(wire) == wire {
        "pascal"
    } else {
        "upper"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(names: &BTreeMap<&str, String>, wire: &str) -> String {
        names[wire].clone()
    }

    #[test]
    fn fields_are_snake_case_and_never_keywords() {
        for (wire, name) in [
            ("ProjectId", "project_id"),
            ("DIJobId", "di_job_id"),
            ("StorageURL", "storage_url"),
            ("APIs", "apis"),
            ("VpcIDs", "vpc_ids"),
            ("APIsPerDay", "apis_per_day"),
            ("Type", "r#type"),
            ("Self", "self_"),
            ("Crate", "crate_"),
            ("3DModel", "value_3d_model"),
            ("dbType", "db_type"),
            ("x-acs-Name", "x_acs_name"),
            ("???", "value"),
        ] {
            assert_eq!(field(wire), name, "{wire}");
            assert!(is_field(&field(wire)), "{wire}");
        }
    }

    #[test]
    fn modules_hide_nothing_and_need_no_raw_name() {
        for (wire, name) in [("ListNodes", "list_nodes"), ("Type", "type_"), ("Types", "types_"), ("Std", "std_")] {
            assert_eq!(module(wire), name);
        }
        assert_eq!(method("list_nodes"), "list_nodes");
        assert_eq!(method("match_"), "r#match");
        assert_eq!(method("operations"), "operations_action");
    }

    #[test]
    fn names_that_differ_in_case_only_say_how_they_are_written() {
        let names = fields(["FileID", "FileId", "fileId", "file_id", "Size"]);
        assert_eq!(one(&names, "FileId"), "file_id");
        assert_eq!(one(&names, "FileID"), "file_id_upper");
        assert_eq!(one(&names, "fileId"), "file_id_camel");
        assert_eq!(one(&names, "file_id"), "file_id_snake");
        assert_eq!(one(&names, "Size"), "size");
        let given = BTreeMap::from([("level", "level".to_owned()), ("type", "r#type".to_owned())]);
        let names = fields_beside(["Level", "LEVEL", "Type", "level", "type"], &given);
        assert_eq!(one(&names, "level"), "level");
        assert_eq!(one(&names, "Level"), "level_pascal");
        assert_eq!(one(&names, "LEVEL"), "level_upper");
        assert_eq!(one(&names, "type"), "r#type");
        assert_eq!(one(&names, "Type"), "type_pascal");
        let names = fields(["file id", "file:id", "file/id"]);
        let distinct: BTreeSet<&String> = names.values().collect();
        assert_eq!(distinct.len(), 3, "{names:?}");
    }

    #[test]
    fn variants_are_camel_case() {
        for (wire, name) in [
            ("PROD", "Prod"),
            ("NOT_DAY", "NotDay"),
            ("T+1", "TPlus1"),
            ("ACS::DataWorks::Table", "AcsDataWorksTable"),
            ("SELF", "SelfValue"),
            ("Other", "OtherValue"),
            ("0", "Value0"),
            ("1.5", "Value1Point5"),
            ("-1", "Minus1"),
            ("", "Empty"),
            ("<=", "LessEqual"),
        ] {
            assert_eq!(variant(wire), name, "{wire}");
        }
        let names = variants([vec!["PROD", "DEV"], vec!["Prod"], vec!["prod"]]);
        assert_eq!(
            [one(&names, "PROD"), one(&names, "Prod"), one(&names, "prod")],
            ["Prod", "ProdPascal", "ProdLower"]
        );
        let names = variants([vec!["DAY", "Day", "day"]]);
        assert_eq!(one(&names, "Day"), "Day");
        assert_eq!(one(&names, "DAY"), "DayUpper");
        assert_eq!(one(&names, "day"), "DayLower");
    }

    #[test]
    fn setters_hide_no_method_that_matters() {
        assert_eq!(setter("r#type"), "r#type");
        assert_eq!(setter("default"), "with_default");
        assert_eq!(setter("clone"), "with_clone");
    }

    #[test]
    fn types_keep_off_what_generated_code_uses() {
        assert!(is_type("Node"));
        assert!(is_type("File"), "a struct and a constructor of `Kind` do not meet");
        assert!(!is_type("Option"));
        assert!(!is_type("node"));
        assert!(!is_type("Client"));
        assert_eq!(shape("NodeInput"), "NODE_INPUT");
        assert_eq!(shape("Operation"), "OPERATION_SHAPE");
        assert_eq!(stem("ListDIJobs"), "ListDIJobs");
        assert_eq!(stem("list-jobs"), "ListJobs");
    }
}
