//! From the spec to its Rust shape: every name and type is decided here, no code is written.

pub(crate) mod docs;
pub(crate) mod enums;
mod everyday;
pub(crate) mod fitting;
mod groups;
pub(crate) mod model;
pub(crate) mod names;
mod pages;
pub(crate) mod shared;
pub(crate) mod shorthands;
mod structs;

use std::{collections::BTreeMap, num::NonZero, thread};

use dataworks_api_spec::{Action, OutcomeField, Spec, Version};

use crate::Error;
use model::{ActionModel, OutcomeModel, SharedModel, Struct, VersionModel};
use pages::Structs;
use shared::Shared;
use structs::Lowering;

/// What lowering a version needs at every place.
pub(crate) struct Context<'a> {
    pub spec: &'a Spec,
    pub version: &'a Version,
    pub shared: Shared<'a>,
}

impl<'a> Context<'a> {
    fn new(spec: &'a Spec, version: &'a Version) -> Self {
        Self { spec, version, shared: Shared::new(version, type_modules(version)) }
    }
}

/// Lowers the whole spec.
pub(crate) fn lower(spec: &Spec) -> Result<Vec<VersionModel>, Error> {
    let mut findings = Vec::new();
    let mut versions = Vec::new();
    for version in &spec.versions {
        match lower_version(spec, version) {
            Ok(model) => versions.push(model),
            Err(found) => findings.extend(found),
        }
    }
    if findings.is_empty() { Ok(versions) } else { Err(Error::new(findings)) }
}

/// `v2020_05_18`.
pub(crate) fn version_module(version: &str) -> String {
    format!("v{}", version.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

fn lower_version(spec: &Spec, version: &Version) -> Result<VersionModel, Vec<String>> {
    let context = Context::new(spec, version);
    let mut findings = Vec::new();
    check_stems(&context, &mut findings);
    let types = lower_types(&context, &mut findings);
    let enums = enums::lower(&context, &mut findings);
    let actions = lower_actions(&context, &types, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut model = VersionModel {
        name: version.name().to_owned(),
        module: version_module(version.name()),
        product: version.service.product.clone(),
        endpoints: version.service.endpoints.iter().map(|(region, hosts)| (region.clone(), hosts.clone())).collect(),
        groups: groups::lower(spec, version),
        actions,
        types,
        enums,
    };
    everyday::link(&mut model);
    Ok(model)
}

/// Name of a shared schema or an enumeration → its module below `types`, which follows a better name.
fn type_modules(version: &Version) -> BTreeMap<&str, String> {
    let types = version.types.keys().map(|name| (name.as_str(), structs::better_name(version, name).unwrap_or(name)));
    let enums = version.overlay.enums.keys().map(|name| (name.as_str(), name.as_str()));
    let names: Vec<(&str, &str)> = types.chain(enums).collect();
    let modules = names::modules(names.iter().map(|(_, rust)| *rust));
    names.into_iter().map(|(name, rust)| (name, modules[rust].clone())).collect()
}

/// Official names whose Rust types would be the same.
fn check_stems(context: &Context<'_>, findings: &mut Vec<String>) {
    let version = context.version;
    let actions = version.actions.keys().map(|name| (names::stem(name), name, "actions"));
    let types = version.types.iter().filter(|(_, shared)| shared::is_struct(&shared.schema));
    let types = types.map(|(name, _)| (structs::root_name(context, name), name, "types"));
    let mut seen = BTreeMap::new();
    for (stem, name, folder) in actions.chain(types) {
        if let Some(first) = seen.insert((folder, stem.clone()), name) {
            let way_out = match folder {
                "types" => "rename one in overlay.yaml",
                _ => "only one of them can stay in the spec: remove the file of the other",
            };
            let place = format!("api-spec/{}/{folder}", version.name());
            findings.push(format!("{place}: `{first}` and `{name}` would both be named `{stem}` in Rust; {way_out}"));
        }
    }
}

fn lower_types(context: &Context<'_>, findings: &mut Vec<String>) -> Vec<SharedModel> {
    let mut types = Vec::new();
    for (name, shared) in &context.version.types {
        let structs = structs::shared_type(context, name, findings);
        if structs.is_empty() {
            continue;
        }
        types.push(SharedModel {
            name: name.clone(),
            module: context.shared.module(name).to_owned(),
            root: shared::is_struct(&shared.schema).then(|| structs::root_name(context, name)),
            structs,
        });
    }
    types
}

/// Actions are independent of each other, so that each processor takes its share of them.
fn lower_actions(context: &Context<'_>, types: &[SharedModel], findings: &mut Vec<String>) -> Vec<ActionModel> {
    let modules = names::modules(context.version.actions.keys().map(String::as_str));
    let actions: Vec<(&String, &Action)> = context.version.actions.iter().collect();
    let share = actions.len().div_ceil(processors()).max(1);
    let mut models = Vec::with_capacity(actions.len());
    thread::scope(|scope| {
        let modules = &modules;
        let workers: Vec<_> = actions
            .chunks(share)
            .map(|actions| {
                scope.spawn(move || {
                    let mut findings = Vec::new();
                    let lower = |(name, action): &(&String, &Action)| {
                        lower_action(context, types, (name, action), &modules[name.as_str()], &mut findings)
                    };
                    (actions.iter().map(lower).collect::<Vec<_>>(), findings)
                })
            })
            .collect();
        for worker in workers {
            let (lowered, found) = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            models.extend(lowered);
            findings.extend(found);
        }
    });
    models
}

/// How many threads are worth starting.
pub(crate) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn lower_action(
    context: &Context<'_>,
    types: &[SharedModel],
    (name, action): (&str, &Action),
    module: &str,
    findings: &mut Vec<String>,
) -> ActionModel {
    let version = context.version.name();
    let decisions = context.version.decisions(name);
    let mut lowering = Lowering::action(context, name, action, findings);
    let (request, request_types) = lowering.request(action);
    let (answer, answer_types) = lowering.answer(action);
    lowering.check_names([&request].into_iter().chain(&request_types).chain([&answer]).chain(&answer_types));
    let structs = Structs { answer: &answer, nested: &answer_types, shared: types };
    let pages = decisions.pages.as_ref().and_then(|paging| {
        pages::lower(paging, &structs, |path| context.version.schema_at(name, &format!("request.{path}")))
            .inspect_err(|reason| findings.push(format!("{version} {name}: {reason}")))
            .ok()
    });
    let shorthands = shorthands::lower(context, (name, action), decisions.shorthands, &request, findings);
    let error_codes = action.error_codes.iter();
    ActionModel {
        name: name.to_owned(),
        module: module.to_owned(),
        method: names::method(module),
        http: action.method,
        safety: decisions.safety,
        outcome: outcome(decisions.outcome, &answer),
        pages,
        events: decisions.events,
        summary: decisions.summary.map_or_else(|| format!("Calls `{name}`."), docs::sentence),
        page_url: format!("https://api.aliyun.com/document/{}/{version}/{name}", context.version.service.product),
        deprecated: action.deprecated.then(|| docs::replacement(context, name, decisions.replaced_by)),
        aliases: decisions.aliases.to_vec(),
        shorthands,
        waiters: decisions.waiters.iter().map(|(goal, waiter)| (goal.clone(), waiter.clone())).collect(),
        example: context.version.examples.get(name).cloned(),
        error_codes: error_codes.flat_map(|(status, codes)| codes.iter().map(|code| (*status, code.clone()))).collect(),
        request,
        request_types,
        answer,
        answer_types,
    }
}

fn outcome(decided: OutcomeField<'_>, answer: &Struct) -> OutcomeModel {
    match decided {
        OutcomeField::Success => OutcomeModel::Success,
        OutcomeField::Status(field) => OutcomeModel::Status(field.to_owned()),
        OutcomeField::Items(field) => OutcomeModel::Items(field.to_owned()),
        // An answer without `Success` needs no word about it.
        OutcomeField::None if answer.fields.iter().all(|field| field.wire != "Success") => OutcomeModel::Success,
        OutcomeField::None => OutcomeModel::None,
    }
}

/// Checks that every name of `given` is there only once, and says who has it twice.
pub(crate) fn check_unique<'a>(
    place: &str,
    given: impl IntoIterator<Item = (&'a str, &'a str)>,
    findings: &mut Vec<String>,
) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, owner) in given {
        if let Some(first) = seen.insert(name, owner) {
            findings.push(format!(
                "{place}: `{first}` and `{owner}` would both be named `{name}` in Rust; rename one in overlay.yaml"
            ));
        }
    }
}
