//! `cargo xtask soak`: many callers for a while against an emulator that spoils a share of the calls.

use std::path::Path;

use crate::budget::{cargo, line};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How long, in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How many call at the same time.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..))]
    callers: u16,
    /// Which share of the calls is spoiled, 0 to 1.
    #[arg(long, default_value_t = 0.1, value_parser = share)]
    faults: f64,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is a number from 0 to 1".to_owned()),
    }
}

/// Runs the bench of that name: it has the SDK in it, which no other chore should have to build.
pub(crate) fn run(root: &Path, args: &Args) -> Result<(), String> {
    let mut cargo = cargo(root);
    cargo.args(["bench", "--quiet", "--package", "dataworks-suite", "--bench", "soak", "--"]);
    for (name, value) in [
        ("--seconds", args.seconds.to_string()),
        ("--callers", args.callers.to_string()),
        ("--faults", args.faults.to_string()),
    ] {
        cargo.args([name, &value]);
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", line(&cargo))),
        Err(error) => Err(format!("{}: {error}", line(&cargo))),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_between_nothing_and_all() {
        assert_eq!([share("0"), share("0.1"), share("1")], [Ok(0.0), Ok(0.1), Ok(1.0)]);
        assert!(["-0.1", "1.1", "NaN", "ten"].iter().all(|text| share(text).is_err()));
    }
}
