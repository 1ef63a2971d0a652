//! What the benches share: CPU time of this thread, and the ratio of two pieces of work.

use std::time::Duration;

/// Under `cargo bench` the work is timed; `cargo test --benches` only checks that it does what it should.
pub(crate) fn timed() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The CPU time of this thread so far: what other processes and the server's thread do is not in it.
#[cfg(unix)]
pub(crate) fn cpu() -> Duration {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a thread has a CPU clock").into()
}

/// Without such a clock: the time that passes.
#[cfg(not(unix))]
pub(crate) fn cpu() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// Two pieces of work, measured side by side.
pub(crate) struct Comparison {
    /// CPU time of ours over the other's: the median over all rounds.
    pub(crate) ratio: f64,
    /// The median time of one run of ours.
    pub(crate) ours: Duration,
    /// The median time of one run of the other.
    pub(crate) other: Duration,
}

/// Runs both by turns, so that what slows the machine down for a while slows down both.
pub(crate) fn compare(rounds: usize, runs: u32, mut ours: impl FnMut(), mut other: impl FnMut()) -> Comparison {
    let mut measured: [Vec<Duration>; 2] = Default::default();
    let mut ratios = Vec::new();
    // The first tenth warms up caches, the allocator and the connection.
    let warm_up = rounds.div_ceil(10);
    for round in 0..rounds + warm_up {
        // Whoever comes second finds warmer caches: take turns.
        let (first, second) = if round % 2 == 0 {
            let first = time(runs, &mut ours);
            (first, time(runs, &mut other))
        } else {
            let second = time(runs, &mut other);
            (time(runs, &mut ours), second)
        };
        if round >= warm_up {
            ratios.push(first.as_secs_f64() / second.as_secs_f64());
            measured[0].push(first);
            measured[1].push(second);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let [ours, other] = measured.map(|mut times| {
        times.sort();
        times[times.len() / 2] / runs
    });
    Comparison { ratio: ratios[ratios.len() / 2], ours, other }
}

fn time(runs: u32, work: &mut impl FnMut()) -> Duration {
    let start = cpu();
    for _ in 0..runs {
        work();
    }
    cpu() - start
}
