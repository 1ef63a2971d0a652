//! Where in the files stands what cannot become Rust: code generation says it in words, with the place in front.

use std::path::PathBuf;

use dataworks_api_spec::{Spec, Version};

use super::{Finding, Spot, load::NO_RUST, places};

/// A finding out of what code generation says.
pub(super) fn finding(spec: &Spec, message: &str) -> Finding {
    let found = spec.versions.iter().find_map(|version| {
        let name = version.name();
        let of_folder = message.strip_prefix("api-spec/").and_then(|rest| rest.strip_prefix(name)?.strip_prefix('/'));
        let of_action = || message.strip_prefix(name)?.strip_prefix(' ');
        let (place, what) = of_folder.or_else(of_action)?.split_once(": ")?;
        let at = locate(version, place, what);
        Some(At { file: PathBuf::from(name).join(at.file), ..at })
    });
    let At { file, spot, place } = found.unwrap_or_default();
    Finding { lint: &NO_RUST, file, spot, place, message: message.to_owned() }
}

struct At {
    file: PathBuf,
    spot: Spot,
    place: String,
}

impl Default for At {
    fn default() -> Self {
        Self { file: PathBuf::new(), spot: Spot::Whole, place: String::new() }
    }
}

/// `place` is `ListNodes answer.Data`, `types/Column`, `overlay.yaml`, `overlay.yaml enums.Mode`, `actions`.
fn locate(version: &Version, place: &str, what: &str) -> At {
    let quoted: Vec<&str> = what.split('`').skip(1).step_by(2).collect();
    let [first, second] = [0, 1].map(|index| quoted.get(index).copied().unwrap_or_default());
    match place.split_once(' ').unwrap_or((place, "")) {
        ("overlay.yaml", "") => decision(what.split(':').next().unwrap_or_default(), first),
        ("overlay.yaml", entry) => decision(entry, ""),
        // Of two that would have one name, the second can go.
        ("actions" | "types", "") => {
            At { file: format!("{place}/{second}.json").into(), spot: Spot::Whole, place: format!("{place}.{second}") }
        }
        (owner, path) => {
            let of_type = owner.strip_prefix("types/");
            let entry = of_type.map_or_else(|| format!("actions.{owner}"), |name| format!("types.{name}"));
            let key = ["shorthand", "pages"]
                .into_iter()
                .find(|word| what.split('`').next().unwrap_or_default().contains(word));
            match key {
                Some("shorthand") => decision(&format!("{entry}.shorthands"), first),
                Some(_) => decision(&format!("{entry}.pages"), first),
                None => {
                    let action = if of_type.is_some() { "" } else { owner };
                    let wanted = [format!("{path}.{second}"), path.to_owned(), second.to_owned()];
                    fact(version, action, of_type, &wanted, first)
                }
            }
        }
    }
}

/// The first of these paths that is in a file of facts, or else where a nested type got this name.
fn fact(version: &Version, action: &str, of_type: Option<&str>, paths: &[String], name: &str) -> At {
    let (file, entry, names, renames) = match of_type {
        Some(name) => (
            format!("types/{name}.json"),
            format!("types.{name}"),
            version.types.get(name).map(|it| &it.type_names),
            version.overlay.types.get(name).map(|it| &it.renames),
        ),
        None => (
            format!("actions/{action}.json"),
            format!("actions.{action}"),
            version.actions.get(action).map(|it| &it.type_names),
            version.overlay.actions.get(action).map(|it| &it.renames),
        ),
    };
    let all = places::all(version);
    let found = paths.iter().find_map(|path| all.iter().find(|it| it.action == action && it.path == *path));
    if let Some(found) = found {
        return At { file: found.file().into(), spot: Spot::Fact(found.keys.clone()), place: found.name() };
    }
    if let Some((path, _)) = renames.and_then(|renames| renames.iter().find(|(_, it)| it.to == name)) {
        return decision(&format!("{entry}.renames"), path);
    }
    let named = names.and_then(|names| names.iter().find(|(_, it)| *it == name)).map(|(path, _)| path);
    match named {
        Some(path) => At {
            file: file.into(),
            spot: Spot::Fact(vec!["typeNames".to_owned(), path.clone()]),
            place: places::placed(action, path),
        },
        None => At { file: file.into(), spot: Spot::Whole, place: entry },
    }
}

/// An entry of the overlay, `actions.ListNodes.renames`, and what stands under it.
fn decision(place: &str, value: &str) -> At {
    let mut parts = place.split('.');
    let [section, entry, key] = [(); 3].map(|()| parts.next().unwrap_or_default());
    let known =
        |word: &str| ["actions", "enums", "pages", "renames", "shorthands", "types"].into_iter().find(|it| *it == word);
    let spot = Spot::Decision {
        section: known(section).unwrap_or_default(),
        entry: entry.to_owned(),
        key: known(key).unwrap_or_default(),
        value: value.to_owned(),
    };
    At { file: "overlay.yaml".into(), spot, place: place.to_owned() }
}
