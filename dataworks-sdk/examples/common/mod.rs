//! What the examples share: where they play, and how they show an optional value.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::fmt::Display;
use std::time::{Duration, SystemTime};

use dataworks_emulator::Emulator;
use dataworks_sdk::{Config, Credentials, Environment, Id, ServiceUrls};

/// How long to wait before asking for a state again. The emulator's runs take a second; the service's take minutes, so ask
/// every ten seconds there.
pub(crate) const POLL: Duration = Duration::from_millis(100);

/// Where an example plays: what clients are made from, and a project to look into.
pub(crate) struct Stage {
    pub(crate) config: Config,
    pub(crate) project: Id,
    /// It ends when it is dropped.
    emulator: Option<Emulator>,
}

impl Stage {
    /// Where the published APIs of a group are called. In the real service a group has a domain of its own, which its page in
    /// the console of API Gateway shows.
    pub(crate) fn gateway(&self, group: &str) -> Result<String, Box<dyn Error>> {
        let emulator = self.emulator.as_ref().ok_or("give the address of the API group instead")?;
        Ok(emulator.gateway_url(group))
    }
}

/// For examples that only read: DataWorks if there is an access key in the environment, else the emulator.
pub(crate) async fn reading() -> Result<Stage, Box<dyn Error>> {
    if !has_access_key() {
        return writing().await;
    }
    let project = Environment::process().get("DATAWORKS_PROJECT_ID");
    let project = project.ok_or("set DATAWORKS_PROJECT_ID to the id of the project to look into")?;
    Ok(Stage { config: Config::from_env()?, project: project.into(), emulator: None })
}

/// For examples that write: always the emulator. To write in a workspace of yours, begin with `Config::from_env()`.
pub(crate) async fn writing() -> Result<Stage, Box<dyn Error>> {
    let emulator = Emulator::start().await?;
    let config = config_for(&emulator, "testid", "testsecret")?;
    println!("(playing against an emulator in this process, {})\n", emulator.url());
    Ok(Stage { config, project: dataworks_emulator::PROJECT_ID.into(), emulator: Some(emulator) })
}

/// A configuration that talks to the emulator with one of the access keys that it knows.
pub(crate) fn config_for(emulator: &Emulator, id: &str, secret: &str) -> Result<Config, dataworks_sdk::Error> {
    let urls = ServiceUrls::new().open_platform(emulator.url()).object_storage(emulator.url());
    let builder = Config::builder().endpoint(emulator.url()).region("cn-shanghai").service_urls(urls);
    builder.credentials(Credentials::new(id, secret)).build()
}

/// Whether the environment names an access key. Half of one counts: the first call says which half is missing.
pub(crate) fn has_access_key() -> bool {
    let environment = Environment::process();
    ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
        .iter()
        .any(|name| environment.get(name).is_some())
}

/// The business date of most runs, yesterday in the service's time zone: `2026-11-23 00:00:00`.
pub(crate) fn yesterday() -> String {
    const SHANGHAI: Duration = Duration::from_secs(8 * 3600);
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let then = humantime::format_rfc3339_seconds(SystemTime::now() + SHANGHAI - DAY).to_string();
    format!("{} 00:00:00", &then[..10])
}

/// An optional value for people.
pub(crate) fn text<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
}
