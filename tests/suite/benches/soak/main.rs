//! Runs for a while what a busy program does, against an emulator that spoils a share of the calls: `cargo xtask soak`.
//!
//! The emulator runs as a process of its own, so that the memory that is measured is that of the SDK and its callers.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod figures;
mod load;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use dataworks_emulator::Emulator;

/// The faults are the same in every run, as far as the calls come in the same order.
const SEED: u64 = 7;

struct Arguments {
    seconds: u64,
    callers: usize,
    faults: f64,
    /// Be the emulator.
    emulator: bool,
}

impl Arguments {
    fn read() -> Result<Self, String> {
        let mut read = Self { seconds: 60, callers: 200, faults: 0.1, emulator: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            match name.as_str() {
                // Cargo says so to every bench.
                "--bench" => continue,
                "--emulator" => {
                    read.emulator = true;
                    continue;
                }
                _ => {}
            }
            let value = arguments.next().unwrap_or_default();
            let bad = || format!("{name} {value:?}: not understood");
            match name.as_str() {
                "--seconds" => read.seconds = value.parse().map_err(|_| bad())?,
                "--callers" => read.callers = value.parse().map_err(|_| bad())?,
                "--faults" => read.faults = value.parse().map_err(|_| bad())?,
                _ => return Err(bad()),
            }
        }
        Ok(read)
    }
}

fn main() -> ExitCode {
    match Arguments::read()
        .and_then(|arguments| if arguments.emulator { be_emulator(&arguments) } else { soak(&arguments) })
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())
}

/// Serves until nobody holds the other end of the standard input any more.
fn be_emulator(arguments: &Arguments) -> Result<(), String> {
    let runtime = runtime()?;
    let emulator = Emulator::builder().fault_rate(arguments.faults, SEED).journal(0).start();
    let emulator = runtime.block_on(emulator).map_err(|error| error.to_string())?;
    println!("{}", emulator.url());
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    // What comes, if anything, means nothing.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}

/// The emulator's process, which ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends by itself; nothing is left to do if it did already.
        let _ = self.0.wait();
    }
}

fn start_emulator(arguments: &Arguments) -> Result<(Running, String), String> {
    let about = |error: std::io::Error| format!("the emulator does not start: {error}");
    let mut command = Command::new(std::env::current_exe().map_err(about)?);
    command.args(["--emulator", "--faults", &arguments.faults.to_string()]);
    let mut running = Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(about)?);
    let mut url = String::new();
    let stdout = running.0.stdout.take().ok_or("the emulator has no output")?;
    BufReader::new(stdout).read_line(&mut url).map_err(about)?;
    Ok((running, url.trim().to_owned()))
}

fn soak(arguments: &Arguments) -> Result<(), String> {
    let Arguments { seconds, callers, faults, .. } = *arguments;
    println!("{callers} callers for {seconds} s, {:.0} % of the calls spoiled (seed {SEED})", faults * 100.0);
    let (_emulator, url) = start_emulator(arguments)?;
    let settings = load::Settings { duration: Duration::from_secs(seconds), callers };
    let report = runtime()?.block_on(load::run(&url, settings)).map_err(|error| error.to_string())?;
    println!("{report}");
    let problems = report.problems(faults);
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
