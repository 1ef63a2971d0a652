//! What one element of a list is called: `Nodes` holds a `Node`.

/// Words that are their own singular although they end in `s`, and others that must not be shortened.
const UNCOUNTED: &[&str] = &[
    "alias",
    "always",
    "atlas",
    "bias",
    "canvas",
    "chaos",
    "dns",
    "gas",
    "gps",
    "has",
    "hdfs",
    "https",
    "kubernetes",
    "lens",
    "means",
    "news",
    "oss",
    "redis",
    "series",
    "species",
    "tls",
    "tos",
];

/// Plural → singular where no rule gives it.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("apis", "api"),
    ("axes", "axis"),
    ("bases", "basis"),
    ("biases", "bias"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("canvases", "canvas"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("criteria", "criterion"),
    ("halves", "half"),
    ("indices", "index"),
    ("leaves", "leaf"),
    ("lenses", "lens"),
    ("matrices", "matrix"),
    ("movies", "movie"),
    ("people", "person"),
    ("phenomena", "phenomenon"),
    ("statuses", "status"),
    ("syntheses", "synthesis"),
    ("ties", "tie"),
    ("vertices", "vertex"),
    ("viruses", "virus"),
];

/// Ending of a plural → ending of its singular; the first that fits decides.
const RULES: &[(&str, &str)] = &[
    ("sses", "ss"), // addresses, processes
    ("ss", "ss"),   // access
    ("us", "us"),   // status
    ("is", "is"),   // basis
    ("ies", "y"),   // properties
    ("xes", "x"),   // indexes
    ("ches", "ch"), // batches
    ("shes", "sh"), // hashes
    ("zzes", "zz"), // buzzes
    ("s", ""),      // nodes, databases, services
];

/// The singular of a field's name. Only its last word counts: `SecurityStrategies` → `SecurityStrategy`.
///
/// A list may be named so: `NodeList` → `Node`.
pub(crate) fn singular(field: &str) -> String {
    if let Some(element) = field.strip_suffix("List").filter(|element| !element.is_empty()) {
        return singular(element);
    }
    let word = last_word(field);
    let (front, word) = field.split_at(field.len() - word.len());
    format!("{front}{}", singular_word(word))
}

/// The lower-case letters at the end and the letter in front of them (`APIs`: `Is`, hence the look at what is before).
fn last_word(field: &str) -> &str {
    let lower = field.len() - field.bytes().rev().take_while(u8::is_ascii_lowercase).count();
    let capital = field[..lower].bytes().next_back().is_some_and(|byte| byte.is_ascii_uppercase());
    &field[if capital { lower - 1 } else { lower }..]
}

fn singular_word(word: &str) -> String {
    // A capital and an `s`: the plural of an acronym (`APIs`, `IDs`).
    if let [letter, b's'] = word.as_bytes()
        && letter.is_ascii_uppercase()
    {
        return word[..1].to_owned();
    }
    let lower = word.to_ascii_lowercase();
    if UNCOUNTED.contains(&lower.as_str()) {
        return word.to_owned();
    }
    let irregular = IRREGULAR.iter().find(|(plural, _)| *plural == lower).copied();
    let rule = || RULES.iter().find(|(ending, _)| lower.len() > ending.len() + 1 && lower.ends_with(ending)).copied();
    let Some((plural, single)) = irregular.or_else(rule) else {
        return word.to_owned();
    };
    // The letter case of the beginning stays: both forms share their first letter.
    let kept = word.len() - plural.len();
    let first = if irregular.is_some() { 1 } else { 0 };
    format!("{}{}", &word[..kept + first], &single[first..])
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn plurals_of_the_real_fields() {
        for (field, expected) in [
            ("APIs", "API"),
            ("Analysis", "Analysis"),
            ("Apis", "Api"),
            ("AssetCategories", "AssetCategory"),
            ("BaselineStatuses", "BaselineStatus"),
            ("BizDates", "BizDate"),
            ("BizProcesses", "BizProcess"),
            ("Business", "Business"),
            ("CheckProcesses", "CheckProcess"),
            ("DIJobs", "DIJob"),
            ("DataSourceProperties", "DataSourceProperty"),
            ("Dependencies", "Dependency"),
            ("Details", "Detail"),
            ("Entities", "Entity"),
            ("Indexes", "Index"),
            ("Influences", "Influence"),
            ("JobStatus", "JobStatus"),
            ("Lineages", "Lineage"),
            ("MeasureDatas", "MeasureData"),
            ("Metrics", "Metric"),
            ("Nodes", "Node"),
            ("NotificationServices", "NotificationService"),
            ("Params", "Param"),
            ("Properties", "Property"),
            ("ResourceSettings", "ResourceSetting"),
            ("SecurityStrategies", "SecurityStrategy"),
            ("Snapshots", "Snapshot"),
            ("SupportedEntityTypes", "SupportedEntityType"),
            ("WhiteLists", "WhiteList"),
            ("columns", "column"),
            ("scenes", "scene"),
            ("Stages", "Stage"),
            ("Variables", "Variable"),
            ("Contents", "Content"),
            ("Series", "Series"),
        ] {
            assert_eq!(singular(field), expected, "{field}");
        }
    }

    #[test]
    fn plurals_that_may_come() {
        for (field, expected) in [
            ("Status", "Status"),
            ("IpAddress", "IpAddress"),
            ("IpAddresses", "IpAddress"),
            ("Alias", "Alias"),
            ("Aliases", "Alias"),
            ("Basis", "Basis"),
            ("Progress", "Progress"),
            ("Caches", "Cache"),
            ("Batches", "Batch"),
            ("Hashes", "Hash"),
            ("Indices", "Index"),
            ("Databases", "Database"),
            ("Releases", "Release"),
            ("Warehouses", "Warehouse"),
            ("Responses", "Response"),
            ("Schemas", "Schema"),
            ("Data", "Data"),
            ("Metadata", "Metadata"),
            ("Criteria", "Criterion"),
            ("Children", "Child"),
            ("Keys", "Key"),
            ("IDs", "ID"),
            ("OSS", "OSS"),
            ("S", "S"),
            ("s", "s"),
            ("", ""),
            ("Is", "I"),
            ("_s", "_s"),
            ("Tags2", "Tags2"),
            ("Archives", "Archive"),
            ("Sizes", "Size"),
        ] {
            assert_eq!(singular(field), expected, "{field}");
        }
    }

    #[test]
    fn a_list_gives_the_name_of_its_element() {
        for (field, expected) in [
            ("NodeList", "Node"),
            ("NodesList", "Node"),
            ("SeriesList", "Series"),
            ("NodeTypeInfoList", "NodeTypeInfo"),
            ("List", "List"),
            ("Checklist", "Checklist"),
            ("ApiAuthorizedList", "ApiAuthorized"),
        ] {
            assert_eq!(singular(field), expected, "{field}");
        }
    }
}
