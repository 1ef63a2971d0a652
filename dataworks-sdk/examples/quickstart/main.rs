//! A tour of the SDK: `cargo run --example quickstart`.
//!
//! Without an access key in the environment it plays against an emulator inside this process, and shows everything. With one
//! it talks to DataWorks, and only reads: it asks for a project, and creates, runs, stops and deletes nothing.

#[path = "../common/mod.rs"]
mod common;

mod any_action;
mod arguments;
mod data_sources;
mod errors;
mod files;
mod instances;
mod screen;
mod workspace;

use std::error::Error;
use std::process::ExitCode;

use arguments::Arguments;
use dataworks_emulator::Emulator;
use dataworks_sdk::{Config, Id, v2020_05_18, v2024_05_18};

/// What every part of the tour needs: the clients, and the project that it looks into.
struct Tour {
    v2020: v2020_05_18::Client,
    v2024: v2024_05_18::Client,
    project: Id,
}

impl Tour {
    /// One configuration, a client of each version: they share connections, access key and retry budget.
    fn new(config: &Config, project: impl Into<Id>) -> Self {
        Self {
            v2020: v2020_05_18::Client::new(config),
            v2024: v2024_05_18::Client::new(config),
            project: project.into(),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{}", arguments::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let toured = if common::has_access_key() { dataworks(arguments).await } else { emulator(&arguments).await };
    match toured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The whole tour, against an emulator inside this process.
async fn emulator(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    arguments.refuse_without_access_key()?;
    let emulator = Emulator::builder()
        .access_key("testid", "testsecret")
        .access_key_with("reader", "readersecret", |action| action.starts_with("List") || action.starts_with("Get"))
        .start()
        .await?;
    screen::title("DataWorks SDK for Rust: a tour");
    screen::say(format_args!(
        "No access key in the environment: playing against an emulator in this process, {}.",
        emulator.url()
    ));
    screen::say("To talk to DataWorks, set ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and");
    screen::say("ALIBABA_CLOUD_REGION_ID, and run it again with --project ID: then it only reads.");

    let config = common::config_for(&emulator, "testid", "testsecret")?;
    let reader = common::config_for(&emulator, "reader", "readersecret")?;
    let tour = Tour::new(&config, dataworks_emulator::PROJECT_ID);

    workspace::projects(&tour.v2024).await?;
    workspace::nodes(&tour).await?;
    files::life_of_a_file(&tour).await?;
    data_sources::life_of_a_data_source(&tour).await?;
    instances::backfill(&tour).await?;
    instances::smoke_test(&tour).await?;
    any_action::by_name(&tour).await?;
    errors::wrong_parameters(&tour).await?;
    errors::missing_permission(&Tour::new(&reader, tour.project.clone())).await?;
    errors::throttling(&tour, &emulator).await?;

    screen::heading("That was it");
    let calls = emulator.requests().len();
    screen::say(format_args!(
        "{calls} requests, each signed, checked and answered in this process. The code: dataworks-sdk/examples."
    ));
    emulator.shutdown().await;
    Ok(())
}

/// What can be shown of a workspace without changing anything in it.
async fn dataworks(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut config = Config::builder();
    if let Some(endpoint) = &arguments.endpoint {
        config = config.endpoint(endpoint);
    }
    let config = config.build()?;
    screen::title("DataWorks SDK for Rust: a tour");
    let place = arguments.endpoint.as_deref().or(config.region()).unwrap_or_default();
    screen::say(format_args!("There is an access key in the environment: talking to DataWorks, {place}."));
    screen::say("This tour only reads: it creates, runs, stops and deletes nothing.");

    workspace::projects(&v2024_05_18::Client::new(&config)).await?;
    let tour = Tour::new(&config, arguments.project()?);
    // A permission that is missing for one part says nothing about the next.
    let parts = [
        screen::told(workspace::nodes(&tour).await),
        screen::told(data_sources::list(&tour).await),
        screen::told(instances::yesterday(&tour).await),
        screen::told(any_action::by_name(&tour).await),
    ];
    match parts.iter().filter(|told| !**told).count() {
        0 => Ok(()),
        failed => Err(format!("{failed} of {} parts failed, as shown above", parts.len()).into()),
    }
}
