//! The files below `types`: shared schemas and enumerations.

use std::fmt::Write as _;

use quote::quote;

use super::{
    print,
    structs::{self, Extra},
    table::Here,
};
use crate::lower::model::{EnumModel, SharedModel, VersionModel};

pub(crate) fn shared(version: &VersionModel, shared: &SharedModel, core: &str) -> Result<String, String> {
    let source = format!("api-spec/{}/types/{}.json", version.name, shared.name);
    let root = shared.root.as_ref().filter(|_| shared.is_nested());
    let docs = root.map(|root| format!("[`{root}`] and what is nested in it."));
    let mut text = print::header(&source, docs);
    let _ = write!(text, "\nuse {core} as rt;\n");
    if shared.structs.iter().any(|it| !it.fields.is_empty()) {
        let _ = writeln!(text, "use {core}::table::*;");
    }
    text.push('\n');
    let all = shared.structs.iter().map(|it| structs::all(it, Here::Types(&shared.module), &Extra::default()));
    text.push_str(&print::items(quote!(#(#all)*))?);
    Ok(text)
}

/// Written as text: nothing formats what stands inside a macro.
pub(crate) fn enumeration(version: &VersionModel, enumeration: &EnumModel, core: &str) -> String {
    let none: [&str; 0] = [];
    let mut text = print::header(&format!("api-spec/{}/overlay.yaml", version.name), none);
    let _ = write!(text, "\nuse {core} as rt;\n\nrt::enumeration! {{\n");
    push_doc(&mut text, "    ", &enumeration.docs);
    let _ = writeln!(text, "    pub {} {{", enumeration.name);
    for variant in &enumeration.variants {
        let fallback = print::doc_lines([format!("`{}`.", variant.value)]).join(" ");
        push_doc(&mut text, "        ", &[variant.doc.as_ref().unwrap_or(&fallback)]);
        let _ = writeln!(text, "        {} = {:?},", variant.name, variant.value);
    }
    text.push_str("    }\n}\n");
    text
}

fn push_doc<S: AsRef<str>>(text: &mut String, indent: &str, docs: &[S]) {
    for line in print::doc_lines(docs) {
        let _ = writeln!(text, "{}", format!("{indent}/// {line}").trim_end());
    }
}
