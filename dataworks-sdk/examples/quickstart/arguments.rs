//! What the tour can be told on the command line.

use std::io::{IsTerminal as _, Write as _, stdin, stdout};

use dataworks_sdk::Environment;

pub(crate) const USAGE: &str = "\
Usage: cargo run --example quickstart -- [--project ID] [--endpoint URL]

  --project ID    the project to look into (or DATAWORKS_PROJECT_ID)
  --endpoint URL  another server than the one of ALIBABA_CLOUD_REGION_ID

Without ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment it plays against an
emulator inside the process, and needs neither.";

#[derive(Default)]
pub(crate) struct Arguments {
    project: Option<String>,
    pub(crate) endpoint: Option<String>,
}

impl Arguments {
    /// `None` if help was asked for.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Option<Self>, String> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let place = match name {
                "--project" => &mut parsed.project,
                "--endpoint" => &mut parsed.endpoint,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("unknown argument {argument:?}")),
            };
            let value = inline.or_else(|| arguments.next()).filter(|value| !value.is_empty());
            *place = Some(value.ok_or_else(|| format!("{name} needs a value"))?);
        }
        Ok(Some(parsed))
    }

    /// The emulator has a project of its own, and is where it is.
    pub(crate) fn refuse_without_access_key(&self) -> Result<(), &'static str> {
        match (&self.project, &self.endpoint) {
            (None, None) => Ok(()),
            _ => Err("--project and --endpoint need an access key: set ALIBABA_CLOUD_ACCESS_KEY_ID and \
                      ALIBABA_CLOUD_ACCESS_KEY_SECRET, or leave them out to play against the emulator"),
        }
    }

    /// The project to look into: given, from the environment, or asked for.
    pub(crate) fn project(self) -> Result<String, &'static str> {
        let given = self.project.or_else(|| Environment::process().get("DATAWORKS_PROJECT_ID"));
        given.or_else(ask).ok_or(
            "which project? Give the id of one of those above: `cargo run --example quickstart -- --project ID`, \
             or set DATAWORKS_PROJECT_ID",
        )
    }
}

fn ask() -> Option<String> {
    if !stdin().is_terminal() {
        return None;
    }
    print!("\nThe id of the project to look into: ");
    stdout().flush().ok()?;
    let mut answer = String::new();
    stdin().read_line(&mut answer).ok()?;
    let answer = answer.trim();
    (!answer.is_empty()).then(|| answer.to_owned())
}
