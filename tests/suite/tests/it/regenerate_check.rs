//! The committed code is what the committed spec becomes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dataworks_api_spec::Spec;
use dataworks_codegen::Options;

/// Every file below a folder, by its path from there.
fn read(dir: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn the_generated_code_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spec = Spec::load(&root.join("api-spec")).unwrap_or_else(|error| panic!("{error}"));
    let options = Options {
        core: "crate::__rt".to_owned(),
        client_feature: Some("client".to_owned()),
        examples_use: Some("dataworks_sdk".to_owned()),
        version_features: true,
    };
    let wanted = dataworks_codegen::generate(&spec, &options).unwrap_or_else(|error| panic!("{error}"));
    assert!(wanted.len() > 702, "only {} files are generated", wanted.len());
    let mut found = BTreeMap::new();
    read(&root.join("dataworks-sdk/src/generated"), "", &mut found);

    let mut lines = Vec::new();
    for (path, text) in &wanted {
        match found.get(path) {
            None => lines.push(format!("missing: {path}")),
            Some(old) if old != text => lines.push(format!("stale: {path}")),
            Some(_) => {}
        }
    }
    lines.extend(found.keys().filter(|path| !wanted.contains_key(*path)).map(|path| format!("orphan: {path}")));
    assert!(lines.is_empty(), "in dataworks-sdk/src/generated\n{}\nrun: cargo xtask regenerate", lines.join("\n"));
}
