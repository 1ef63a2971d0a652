//! The files that hold the others together. They are lists, so they are written as text.

use std::fmt::Write as _;

use super::print;
use crate::{Options, lower::model::VersionModel};

/// `mod.rs` above the versions.
pub(crate) fn root(versions: &[VersionModel], options: &Options) -> String {
    let mut text = print::header("api-spec", ["The versions of the API."]);
    for version in versions {
        text.push('\n');
        if options.version_features {
            let _ = writeln!(text, "#[cfg(feature = \"{}\")]", feature(&version.name));
        }
        let _ = writeln!(text, "pub mod {};", version.module);
    }
    if options.version_features {
        text.push_str(&for_each_version(versions));
    }
    text
}

/// The macro that visits every version, so that a new one is tested like the others as soon as it is there.
fn for_each_version(versions: &[VersionModel]) -> String {
    let mut text = String::from(
        "\n/// Calls a macro with every version, which takes the feature `all-versions`.\n\
         #[doc(hidden)]\n#[macro_export]\nmacro_rules! for_each_version {\n    ($visit:ident) => {\n        $visit! {\n",
    );
    for version in versions {
        let (module, name) = (&version.module, &version.name);
        let _ = writeln!(text, "            {module}: {name:?}, {};", visitor(version));
    }
    text.push_str("        }\n    };\n}\n");
    text
}

/// The name of the macro that visits every action of a version.
fn visitor(version: &VersionModel) -> String {
    format!("for_each_action_{}", version.module.trim_start_matches('v'))
}

/// `v2020-05-18`.
fn feature(version: &str) -> String {
    format!("v{version}")
}

/// `mod.rs` of a version.
pub(crate) fn version(version: &VersionModel, options: &Options, core: &str) -> String {
    let name = &version.name;
    let count = match version.actions.len() {
        1 => "1 action".to_owned(),
        count => format!("{count} actions"),
    };
    let docs = [
        format!("DataWorks `OpenAPI` {name}: {count}."),
        "`Client` calls them. Each action has a module with its request, its answer and their nested types.".to_owned(),
    ];
    let mut text = print::header(&format!("api-spec/{name}"), docs);
    text.push_str(&groups(version));
    let gate = options.client_feature.as_ref().map(|feature| format!("#[cfg(feature = \"{feature}\")]\n"));
    let gate = gate.unwrap_or_default();
    let has_types = !version.types.is_empty() || !version.enums.is_empty();
    let _ = write!(text, "\npub(crate) mod actions;\n{gate}mod client;\nmod for_each_action;\n");
    if has_types {
        text.push_str("pub mod types;\n");
    }
    let _ = write!(text, "\nuse {core} as rt;\n\n{gate}pub use client::Client;\n\n");
    for action in &version.actions {
        let (module, request, answer) = (&action.module, &action.request.name, &action.answer.name);
        let line = format!("pub use actions::{module}::{{self, {request}, {answer}}};");
        if line.len() <= print::WIDTH {
            let _ = writeln!(text, "{line}");
        } else {
            let _ = writeln!(text, "pub use actions::{module}::{{\n    self, {request}, {answer},\n}};");
        }
    }
    text.push_str(&api(version));
    text
}

/// The actions by group, a line each.
fn groups(version: &VersionModel) -> String {
    let mut text = String::new();
    for group in &version.groups {
        let _ = writeln!(text, "//!\n//! # {}", group.title);
        if !group.doc.is_empty() {
            let _ = writeln!(text, "//! {}", group.doc);
        }
        text.push_str("//!\n");
        for action in group.actions.iter().map(|index| &version.actions[*index]) {
            let method = action.method.trim_start_matches("r#");
            let note = if action.deprecated.is_some() { " *Deprecated.*" } else { "" };
            let _ = writeln!(text, "//! - [`{method}`](Client::{method}): {}{note}", action.summary);
        }
    }
    text
}

fn api(version: &VersionModel) -> String {
    let mut text = String::from("\npub(crate) static API: rt::Api = rt::Api {\n");
    let _ = writeln!(text, "    product: {:?},", version.product);
    let _ = writeln!(text, "    version: {:?},", version.name);
    text.push_str("    endpoints: &[\n");
    for (region, hosts) in &version.endpoints {
        let vpc = hosts.vpc.as_ref().map_or_else(|| "None".to_owned(), |vpc| format!("Some({vpc:?})"));
        let _ = writeln!(text, "        rt::Endpoint {{");
        let _ = writeln!(text, "            region: {region:?},");
        let _ = writeln!(text, "            public: {:?},", hosts.public);
        let _ = writeln!(text, "            vpc: {vpc},");
        let _ = writeln!(text, "        }},");
    }
    text.push_str("    ],\n    operations: &[\n");
    let mut actions: Vec<_> = version.actions.iter().collect();
    actions.sort_by(|one, other| one.name.cmp(&other.name));
    for action in actions {
        let _ = writeln!(text, "        &{}::OPERATION,", action.module);
    }
    text.push_str("    ],\n};\n");
    text
}

/// `actions/mod.rs`.
pub(crate) fn actions(version: &VersionModel) -> String {
    let mut text = print::header(&format!("api-spec/{}/actions", version.name), ["A module for each action."]);
    text.push('\n');
    for action in &version.actions {
        let _ = writeln!(text, "pub mod {};", action.module);
    }
    text
}

/// `types/mod.rs`.
pub(crate) fn types(version: &VersionModel) -> String {
    let docs = ["Types that several actions share."];
    let mut text = print::header(&format!("api-spec/{}/types and overlay.yaml", version.name), docs);
    text.push('\n');
    let shared = version.types.iter().map(|it| (it.module.as_str(), it.root.as_deref(), it.is_nested()));
    let enums = version.enums.iter().map(|it| (it.module.as_str(), Some(it.name.as_str()), false));
    let mut all: Vec<(&str, Option<&str>, bool)> = shared.chain(enums).collect();
    all.sort();
    for (module, _, nested) in &all {
        // Nested types are reached through their module.
        let visibility = if *nested { "pub" } else { "pub(crate)" };
        let _ = writeln!(text, "{visibility} mod {module};");
    }
    text.push('\n');
    for (module, name, _) in &all {
        let Some(name) = name else { continue };
        let _ = writeln!(text, "pub use {module}::{name};");
    }
    text
}

/// The macro that visits every action: for tests that hold for all of them.
pub(crate) fn for_each_action(version: &VersionModel) -> String {
    let none: [&str; 0] = [];
    let mut text = print::header(&format!("api-spec/{}/actions", version.name), none);
    let _ = write!(
        text,
        "\n/// Calls a macro with every action: `list_nodes: ListNodesRequest => ListNodesResponseBody; …`.\n\
         #[doc(hidden)]\n#[macro_export]\nmacro_rules! {} {{\n    ($visit:ident) => {{\n        $visit! {{\n",
        visitor(version)
    );
    for action in &version.actions {
        let (module, request, answer) = (&action.module, &action.request.name, &action.answer.name);
        let _ = writeln!(text, "            {module}: {request} => {answer};");
    }
    text.push_str("        }\n    };\n}\n");
    text
}
