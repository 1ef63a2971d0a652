//! Feature `embedded`: writes the table of the spec's files, each included as text.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    if env::var_os("CARGO_FEATURE_EMBEDDED").is_none() {
        println!("cargo::rerun-if-changed=build.rs");
        return Ok(());
    }
    // The whole crate, because a new version is a new folder.
    println!("cargo::rerun-if-changed=.");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut names = String::new();
    let mut versions = String::new();
    for folder in sorted(&root)? {
        let Some(service) = file(&folder, "service") else {
            continue;
        };
        let Some(name) = folder.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let overlay = file(&folder, "overlay")
            .ok_or_else(|| io::Error::other(format!("{}: has no `overlay.yaml`", folder.display())))?;
        write!(names, "{name:?}, ").map_err(io::Error::other)?;
        write!(
            versions,
            "Packed {{\n    service: {},\n    overlay: {},\n    examples: &[\n{}    ],\n    actions: &[\n{}    ],\n    types: &[\n{}    ],\n}},\n",
            include(&root, &service),
            include(&root, &overlay),
            examples(&root, &folder.join("examples"))?,
            table(&root, &folder.join("actions"))?,
            table(&root, &folder.join("types"))?,
        )
        .map_err(io::Error::other)?;
    }
    let glossary = optional(&root, file(&root, "glossary"));
    let groups = optional(&root, file(&root, "groups"));
    let code = format!(
        "static NAMES: &[&str] = &[{names}];\nstatic VERSIONS: &[Packed] = &[\n{versions}];\n\
         static GROUPS: Option<File> = {groups};\nstatic GLOSSARY: Option<File> = {glossary};\n"
    );
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs"), code)
}

/// The entries of a folder of files: name before the ending and text, sorted by name.
fn table(root: &Path, folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for file in if folder.is_dir() { sorted(folder)? } else { Vec::new() } {
        if let (Some(stem), true) = (file.file_stem().and_then(|stem| stem.to_str()), is_data(&file)) {
            files.push((stem.to_owned(), include(root, &file)));
        }
    }
    files.sort();
    Ok(files.iter().map(|(name, text)| format!("        ({name:?}, {text}),\n")).collect())
}

/// The examples of a version: name of the action and text, sorted by name.
fn examples(root: &Path, folder: &Path) -> io::Result<String> {
    let mut lines = String::new();
    for file in if folder.is_dir() { sorted(folder)? } else { Vec::new() } {
        if let (Some(stem), true) =
            (file.file_stem().and_then(|stem| stem.to_str()), file.extension() == Some("rs".as_ref()))
        {
            writeln!(lines, "        ({stem:?}, {}),", text(root, &file)).map_err(io::Error::other)?;
        }
    }
    Ok(lines)
}

fn optional(root: &Path, file: Option<PathBuf>) -> String {
    file.map_or_else(|| "None".to_owned(), |file| format!("Some({})", include(root, &file)))
}

/// `File { … }` for a file; its path is put together when the crate is compiled, so that the table is the same everywhere.
fn include(root: &Path, file: &Path) -> String {
    format!("File {{ path: {:?}, text: {} }}", inside(root, file), text(root, file))
}

fn text(root: &Path, file: &Path) -> String {
    format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {:?}))", inside(root, file))
}

fn inside(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

fn file(folder: &Path, stem: &str) -> Option<PathBuf> {
    sorted(folder).ok()?.into_iter().find(|file| is_data(file) && file.file_stem().is_some_and(|name| name == stem))
}

fn is_data(file: &Path) -> bool {
    file.is_file()
        && file.extension().is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
