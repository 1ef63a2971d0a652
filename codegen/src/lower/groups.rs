//! The actions of a version by group, as its documentation lists them.

use dataworks_api_spec::{Spec, Version};

use super::{docs, model::GroupModel};

/// The groups that have actions in this version, in the order of `groups.yaml`, and last what is in none.
pub(crate) fn lower(spec: &Spec, version: &Version) -> Vec<GroupModel> {
    let members = |group: Option<&str>| -> Vec<usize> {
        let names = version.actions.keys().enumerate();
        names.filter(|(_, name)| version.decisions(name).group == group).map(|(index, _)| index).collect()
    };
    let named = spec.groups.iter().map(|group| GroupModel {
        title: group.title.clone(),
        doc: docs::sentence(&group.doc),
        actions: members(Some(&group.id)),
    });
    let title = if spec.groups.is_empty() { "Actions" } else { "Others" };
    let others = GroupModel { title: title.to_owned(), doc: String::new(), actions: members(None) };
    named.chain([others]).filter(|group| !group.actions.is_empty()).collect()
}
