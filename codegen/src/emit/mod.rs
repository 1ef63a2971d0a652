//! From the Rust shape to texts: one file per action, per shared type and per enumeration.

mod action;
mod client;
mod module;
pub(crate) mod print;
pub(crate) mod shorthands;
pub(crate) mod structs;
pub(crate) mod table;
mod tidy;
mod types;
pub(crate) mod waiters;

use std::{collections::BTreeMap, thread};

use crate::{
    Error, Options,
    lower::{model::VersionModel, processors},
};

/// A file to be written, when its turn comes.
type Job<'a> = (String, Box<dyn Fn() -> Result<String, String> + Send + Sync + 'a>);

/// Writes every file of every version.
pub(crate) fn emit(versions: &[VersionModel], options: &Options) -> Result<BTreeMap<String, String>, Error> {
    let core = options.core.as_str();
    if syn::parse_str::<syn::Path>(core).is_err() {
        return Err(Error::new(vec![format!("`{core}` is no path of a Rust module")]));
    }
    let mut jobs: Vec<Job<'_>> = vec![("mod.rs".to_owned(), Box::new(|| Ok(module::root(versions, options))))];
    for version in versions {
        add_version(version, options, core, &mut jobs);
    }
    run(&jobs)
}

fn add_version<'a>(version: &'a VersionModel, options: &'a Options, core: &'a str, jobs: &mut Vec<Job<'a>>) {
    let module = &version.module;
    for action in &version.actions {
        let path = format!("{module}/actions/{}.rs", action.module);
        jobs.push((path, Box::new(|| action::file(version, action, core, options.examples_use.as_deref()))));
    }
    for shared in &version.types {
        let path = format!("{module}/types/{}.rs", shared.module);
        jobs.push((path, Box::new(|| types::shared(version, shared, core))));
    }
    for enumeration in &version.enums {
        let path = format!("{module}/types/{}.rs", enumeration.module);
        jobs.push((path, Box::new(|| Ok(types::enumeration(version, enumeration, core)))));
    }
    jobs.push((format!("{module}/mod.rs"), Box::new(|| Ok(module::version(version, options, core)))));
    jobs.push((format!("{module}/actions/mod.rs"), Box::new(|| Ok(module::actions(version)))));
    if !version.types.is_empty() || !version.enums.is_empty() {
        jobs.push((format!("{module}/types/mod.rs"), Box::new(|| Ok(module::types(version)))));
    }
    jobs.push((
        format!("{module}/client.rs"),
        Box::new(|| client::file(version, core, options.examples_use.as_deref())),
    ));
    jobs.push((format!("{module}/for_each_action.rs"), Box::new(|| Ok(module::for_each_action(version)))));
}

/// Files are independent of each other, so that each processor takes its share of them.
fn run(jobs: &[Job<'_>]) -> Result<BTreeMap<String, String>, Error> {
    let workers = processors();
    let mut files = BTreeMap::new();
    let mut findings = Vec::new();
    thread::scope(|scope| {
        let work = |start: usize| {
            let share = jobs.iter().skip(start).step_by(workers);
            share.map(|(path, write)| (path, write())).collect::<Vec<_>>()
        };
        let started: Vec<_> = (0..workers).map(|start| scope.spawn(move || work(start))).collect();
        for worker in started {
            for (path, text) in worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                match text {
                    Ok(text) => drop(files.insert(path.clone(), text)),
                    Err(reason) => findings.push(format!("{path}: {reason}")),
                }
            }
        }
    });
    if findings.is_empty() { Ok(files) } else { Err(Error::new(findings)) }
}
