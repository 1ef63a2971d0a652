//! `cargo xtask`: the chores of this repository.

mod budget;
mod diff;
mod fetch;
mod files;
mod import;
mod lint;
mod new_version;
mod regenerate;
mod soak;
mod trial;
mod update;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The chores of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    /// The repository to work on; this one if not given.
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures what the SDK costs to build and to use; fails if it is more than it may be.
    Budget(budget::Args),
    /// Says what changed between two specs, by meaning, and what breaks.
    Diff(diff::Args),
    /// Reads official api-docs files (JSON or YAML) into api-spec.
    Import(import::Args),
    /// Looks for what the spec lacks or says twice; prints how much of it is explained.
    Lint(lint::Args),
    /// Adds a version of the API: its spec, a first overlay, its feature and its code.
    NewVersion(new_version::Args),
    /// Generates the SDK's code from api-spec.
    Regenerate(regenerate::Args),
    /// Lets many callers loose on an emulator that misbehaves; fails if a read is lost, a write doubled, or memory grows.
    Soak(soak::Args),
    /// Brings api-spec and the code up to what upstream publishes, and sums it up for a pull request.
    Update(update::Args),
}

fn main() -> ExitCode {
    if let Some(code) = budget::wrapped_rustc() {
        return code;
    }
    let cli = Cli::parse();
    let root = cli.root.unwrap_or_else(|| repository().to_owned());
    let result = match cli.command {
        Command::Budget(args) => budget::run(&root, &args).map_err(Failure::from),
        Command::Diff(args) => diff::run(&root, &args),
        Command::Import(args) => import::run(&root, &args).map_err(Failure::from),
        Command::Lint(args) => lint::run(&root, &args).map_err(Failure::from),
        Command::NewVersion(args) => new_version::run(&root, &args).map_err(Failure::from),
        Command::Regenerate(args) => regenerate::run(&root, &args).map_err(Failure::from),
        Command::Soak(args) => soak::run(&root, &args).map_err(Failure::from),
        Command::Update(args) => update::run(&root, &args).map_err(Failure::from),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { code, message }) => {
            // Minds no reader that has gone away, as `say`.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::from(code)
        }
    }
}

/// Why a command fails, and what the program ends with.
struct Failure {
    code: u8,
    message: String,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { code: 1, message }
    }
}

fn repository() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Prints, and minds no reader that has gone away (`… | head`).
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
