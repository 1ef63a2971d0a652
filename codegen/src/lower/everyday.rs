//! Leads readers from a shared type to the everyday actions that use it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{ActionModel, Struct, Ty, VersionModel};

/// Notes in each shared type and enumeration which everyday actions use it: those that have an example.
pub(crate) fn link(version: &mut VersionModel) {
    let inside: BTreeMap<&str, Vec<&Struct>> =
        version.types.iter().map(|it| (it.module.as_str(), it.structs.iter().collect())).collect();
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in version.actions.iter().filter(|action| action.example.is_some()) {
        for module in reached(action, &inside) {
            users.entry(module).or_default().push(action.method.trim_start_matches("r#").to_owned());
        }
    }
    for shared in &mut version.types {
        let root = shared.structs.iter_mut().find(|it| Some(&it.name) == shared.root.as_ref());
        if let (Some(root), Some(methods)) = (root, users.get(&shared.module)) {
            root.docs.push(see(methods));
        }
    }
    for enumeration in &mut version.enums {
        enumeration.docs.extend(users.get(&enumeration.name).map(|methods| see(methods)));
    }
}

/// The way to the methods, seen from a module below `types`.
fn see(methods: &[String]) -> String {
    let link = |method: &String| format!("[`{method}`](super::super::Client::{method})");
    format!("See {}.", methods.iter().map(link).collect::<Vec<_>>().join(", "))
}

/// The modules of the shared types and the names of the enumerations that an action uses, directly or inside others.
fn reached(action: &ActionModel, inside: &BTreeMap<&str, Vec<&Struct>>) -> BTreeSet<String> {
    let own = [&action.request, &action.answer].into_iter().chain(&action.request_types).chain(&action.answer_types);
    let mut open: Vec<&Struct> = own.collect();
    let mut found = BTreeSet::new();
    while let Some(structure) = open.pop() {
        for field in &structure.fields {
            let Some(name) = shared_name(&field.ty) else { continue };
            if found.insert(name.to_owned()) {
                open.extend(inside.get(name).into_iter().flatten());
            }
        }
    }
    found
}

fn shared_name(ty: &Ty) -> Option<&str> {
    match ty {
        Ty::Enum(name) => Some(name),
        Ty::Object(object) => object.shared.as_deref(),
        Ty::List(inner) | Ty::Map(inner) => shared_name(inner),
        _ => None,
    }
}
