//! A command that prints credentials.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::context::{Context, LONGEST, json};
use super::provide::{Miss, fails};

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `command` and reads the JSON object that it prints. Neither its arguments nor what it says are ever shown, because
/// both may be secret.
pub(crate) async fn run(context: &Context, profile: &str, command: &str) -> Result<Value, Miss> {
    let Some(words) = shlex::split(command) else {
        return fails(format!("`process_command` of {profile} cannot be split into words: a quote is left open"));
    };
    let Some((program, arguments)) = words.split_first() else {
        return fails(format!("`process_command` of {profile} is empty"));
    };
    let what = format!("{program:?} (`process_command` of {profile})");
    let mut process = Command::new(program);
    process.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    if let Some(variables) = context.environment.given() {
        process.env_clear().envs(variables);
    }
    match tokio::time::timeout(LIMIT, output(process)).await {
        Err(_) => fails(format!("{what} did not end within {}", humantime::format_duration(LIMIT))),
        Ok(Err(error)) => fails(format!("{what} cannot be run: {error}")),
        Ok(Ok((status, _))) if !status.success() => {
            fails(format!("{what} failed with {status}: run it by hand to see what it says"))
        }
        Ok(Ok((_, printed))) if printed.len() > LONGEST => fails(format!("{what} prints more than {LONGEST} bytes")),
        Ok(Ok((_, printed))) => Ok(json(&what, &printed)?),
    }
}

async fn output(mut process: Command) -> std::io::Result<(std::process::ExitStatus, Vec<u8>)> {
    let mut child = process.spawn()?;
    let mut printed = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LONGEST as u64 + 1).read_to_end(&mut printed).await?;
    }
    if printed.len() > LONGEST {
        child.kill().await?;
        // How it ended does not matter then.
        return Ok((std::process::ExitStatus::default(), printed));
    }
    Ok((child.wait().await?, printed))
}
