//! `cargo xtask soak` in small: the same program for a moment, the emulator in the same process.

#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../../benches/soak/figures.rs"]
mod figures;
#[path = "../../benches/soak/load.rs"]
mod load;

use std::time::Duration;

use dataworks_emulator::Emulator;

const FAULTS: f64 = 0.1;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_callers_lose_no_read_and_double_no_write() {
    let emulator = Emulator::builder().fault_rate(FAULTS, 7).journal(0).start().await.unwrap();
    let settings = load::Settings { duration: Duration::from_secs(2), callers: 20 };
    let report = load::run(&emulator.url(), settings).await.unwrap();
    let problems = report.problems(FAULTS);
    assert!(problems.is_empty(), "{report}\n{}", problems.join("\n"));
}
