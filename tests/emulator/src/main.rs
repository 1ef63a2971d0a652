//! `dataworks-emulator`: a local DataWorks for programs in any language.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};
use dataworks_emulator::Emulator;

/// A local DataWorks: checks signatures and parameters, keeps state, answers in the shape of the real service.
#[derive(Parser)]
#[command(name = "dataworks-emulator", version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The id of the access key that may call it.
    #[arg(long, value_name = "ID", default_value = "testid")]
    access_key_id: String,
    /// The secret of that access key.
    #[arg(
        long,
        value_name = "SECRET",
        default_value = "testsecret",
        env = "DATAWORKS_EMULATOR_ACCESS_KEY_SECRET",
        hide_env_values = true
    )]
    access_key_secret: String,
    /// How many times faster than the service's everything happens.
    #[arg(long, value_name = "FACTOR", default_value = "60", value_parser = speed)]
    speed: f64,
    /// Listen on an address that other machines reach.
    #[arg(long)]
    allow_remote: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    speed.ok_or_else(|| "a number above 0 is expected".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.listen.ip().is_loopback() && !arguments.allow_remote {
        let problem = format!(
            "{} is reached by other machines: listen on 127.0.0.1, or add --allow-remote if that is wanted",
            arguments.listen
        );
        Arguments::command().error(ErrorKind::ValueValidation, problem).exit();
    }
    let listen = arguments.listen;
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the emulator cannot run at {listen}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<()> {
    let signal = Signal::new()?;
    let emulator = Emulator::builder()
        .listen(arguments.listen)
        .access_key(arguments.access_key_id, arguments.access_key_secret)
        .speed(arguments.speed)
        .journal(0)
        .start()
        .await?;
    let mut out = io::stdout();
    writeln!(out, "listening on {}", emulator.url())?;
    out.flush()?;
    signal.wait().await?;
    emulator.shutdown().await;
    Ok(())
}

/// The signals that end the program. They are listened to before it says that it is ready.
struct Signal {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signal {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "the other platform's signature")]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    #[allow(clippy::unnecessary_wraps, reason = "the other platform's signature")]
    async fn wait(mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.terminate.recv() => Ok(()),
            _ = self.interrupt.recv() => Ok(()),
        }
    }

    #[cfg(not(unix))]
    async fn wait(self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
