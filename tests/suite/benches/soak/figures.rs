//! What is counted, how it is printed, and what it may be.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::load::{Report, Writes};

/// Each doubling of the microseconds has so many steps: a figure is right to 6 %.
const STEPS: usize = 16;
const BUCKETS: usize = 40 * STEPS;
/// So many failures are kept in words.
const WORDS: usize = 20;
/// What memory may grow by between the second and the last quarter of the time: the larger of the two.
const GROWTH: f64 = 0.10;
const SLACK: u64 = 16 << 20;
/// Of fewer samples, ten seconds, the second quarter is still the beginning.
const JUDGED: usize = 40;
const MIB: f64 = 1_048_576.0;

/// Counters of fixed size: what measures memory must not take more and more of it.
#[derive(Debug)]
pub(crate) struct Tally {
    reads: AtomicU64,
    failed: AtomicU64,
    calls: AtomicU64,
    repeated: AtomicU64,
    attempts: AtomicU64,
    buckets: Vec<AtomicU64>,
    words: Mutex<Vec<String>>,
}

impl Default for Tally {
    fn default() -> Self {
        let buckets = (0..BUCKETS).map(|_| AtomicU64::new(0)).collect();
        let [reads, failed, calls, repeated, attempts] = [const { AtomicU64::new(0) }; 5];
        Self { reads, failed, calls, repeated, attempts, buckets, words: Mutex::default() }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

impl Tally {
    /// A call is over: after how long, and after how many attempts if it succeeded.
    pub(crate) fn answered(&self, took: Duration, attempts: u32) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let doublings = micros.ilog2();
        let step = ((u128::from(micros) << 4) >> doublings) - 16;
        let bucket = doublings as usize * STEPS + usize::try_from(step).unwrap_or(0);
        add(&self.buckets[bucket.min(BUCKETS - 1)], 1);
        add(&self.calls, 1);
        add(&self.attempts, attempts.into());
        add(&self.repeated, u64::from(attempts > 1));
    }

    /// A read brought everything.
    pub(crate) fn read(&self) {
        add(&self.reads, 1);
    }

    /// A read did not.
    pub(crate) fn fail(&self, why: String) {
        add(&self.failed, 1);
        if let Ok(mut words) = self.words.lock()
            && words.len() < WORDS
        {
            words.push(why);
        }
    }

    /// The time within which this share of the calls was over.
    fn within(&self, share: f64) -> Duration {
        let all: u64 = self.buckets.iter().map(get).sum();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
        let wanted = (all as f64 * share).ceil() as u64;
        let mut seen = 0;
        let at = self.buckets.iter().position(|bucket| {
            seen += get(bucket);
            seen >= wanted
        });
        let at = at.unwrap_or(0);
        let (doublings, step) = (at / STEPS, at % STEPS);
        Duration::from_micros((((16 + step as u64 + 1) << doublings) >> 4).max(1))
    }
}

/// What the process had in memory, by and by; empty where the system does not say so.
#[derive(Debug, Default)]
pub(crate) struct Memory(Vec<u64>);

impl Memory {
    /// Looks four times a second.
    pub(crate) async fn watch(until: Instant) -> Self {
        let mut samples = Vec::new();
        while Instant::now() < until {
            samples.extend(resident());
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        Self(samples)
    }

    /// The medians of the second and the last quarter.
    fn quarters(&self) -> Option<[u64; 2]> {
        let quarter = self.0.len() / 4;
        let median = |from: usize| {
            let mut samples = self.0.get(from..from + quarter)?.to_vec();
            samples.sort_unstable();
            samples.get(quarter / 2).copied()
        };
        Some([median(quarter)?, median(self.0.len() - quarter)?])
    }

    fn grown(&self) -> Option<String> {
        if self.0.len() < JUDGED {
            return None;
        }
        let [early, late] = self.quarters()?;
        let bound = (early as f64 * (1.0 + GROWTH)).max((early + SLACK) as f64);
        (late as f64 > bound).then(|| format!("memory grew from {} to {}", Mib(early), Mib(late)))
    }
}

/// Bytes of this process in memory.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

struct Mib(u64);

impl fmt::Display for Mib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} MiB", self.0 as f64 / MIB)
    }
}

impl Report {
    /// What is past its bound.
    pub(crate) fn problems(&self, faults: f64) -> Vec<String> {
        let mut problems = Vec::new();
        let failed = get(&self.tally.failed);
        if failed > 0 {
            let words = self.tally.words.lock().map(|words| words.join("\n  ")).unwrap_or_default();
            problems.push(format!("{failed} reads did not finish, the first of them:\n  {words}"));
        }
        if get(&self.tally.reads) == 0 {
            problems.push("nothing was read".to_owned());
        }
        for (kind, writes) in [("without a token", &self.plain), ("with a ClientToken", &self.with_token)] {
            let Writes { doubled, lost, unasked, .. } = writes;
            for (what, names) in [("doubled", doubled), ("lost", lost), ("there although refused", unasked)] {
                if !names.is_empty() {
                    problems.push(format!("{} writes {kind} are {what}: {:?}", names.len(), names));
                }
            }
        }
        let Writes { done, unknown, refused, .. } = &self.with_token;
        if unknown + refused > 0 || *done == 0 {
            problems.push(format!("of the writes with a ClientToken {done} were done, and {} not", unknown + refused));
        }
        if self.plain.done == 0 {
            problems.push("nothing was written without a token".to_owned());
        }
        if faults > 0.0 && get(&self.tally.repeated) == 0 {
            problems.push("no call was repeated: there were no faults".to_owned());
        }
        problems.extend(self.memory.grown());
        problems
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        let [reads, failed, calls, repeated, attempts] =
            [&tally.reads, &tally.failed, &tally.calls, &tally.repeated, &tally.attempts].map(get);
        let seconds = self.elapsed.as_secs_f64();
        writeln!(f, "time        {seconds:.1} s")?;
        writeln!(f, "reads       {reads} finished, {failed} did not")?;
        for (kind, writes) in [("plain", &self.plain), ("with token", &self.with_token)] {
            let Writes { done, unknown, refused, doubled, lost, unasked } = writes;
            let [doubled, lost, unasked] = [doubled, lost, unasked].map(Vec::len);
            writeln!(
                f,
                "writes      {kind}: {done} done, {refused} not carried out, {unknown} unknown; \
                 {doubled} doubled, {lost} lost, {unasked} there although refused"
            )?;
        }
        let rate = calls as f64 / seconds;
        writeln!(
            f,
            "calls       {calls} timed, {rate:.0} per second; {repeated} repeated, {attempts} attempts in all"
        )?;
        let [half, most, nearly] = [0.5, 0.95, 0.99].map(|share| tally.within(share));
        let longest = tally.within(1.0);
        writeln!(f, "latency     p50 {half:.1?}, p95 {most:.1?}, p99 {nearly:.1?}, longest {longest:.1?}")?;
        match self.memory.quarters() {
            Some([early, late]) => {
                write!(f, "memory      {} in the second quarter, {} in the last", Mib(early), Mib(late))
            }
            None => f.write_str("memory      not measured: this system does not say, or the time was too short"),
        }
    }
}
