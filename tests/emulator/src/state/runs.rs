//! Runs of nodes: what state one is in, and what its log says, at any moment of its life.

use super::{Store, Time, dates};

const FIRST_DAG: i64 = 700_000_123_000_000;
const FIRST_INSTANCE: i64 = 1_170_330_757_800_000_000;

/// A node whose code holds this fails when it runs.
const FAILS: &str = "emulator: fail";

/// A run in the service's seconds: when it leaves each state, and how long it takes as a whole.
const NOT_RUN: f64 = 5.0;
const WAIT_TIME: f64 = 10.0;
const WAIT_RESOURCE: f64 = 18.0;
const WHOLE: f64 = 60.0;
/// How far apart instances of one run begin, and from which on they begin together.
const APART: f64 = 6.0;
const TOGETHER: f64 = 5.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    NotRun,
    WaitTime,
    WaitResource,
    Running,
    Success,
    Failure,
}

impl State {
    /// As 2020-05-18 writes it.
    pub(super) fn older(self) -> &'static str {
        match self {
            Self::NotRun => "NOT_RUN",
            Self::WaitTime => "WAIT_TIME",
            Self::WaitResource => "WAIT_RESOURCE",
            Self::Running => "RUNNING",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
        }
    }

    /// As 2024-05-18 writes it.
    pub(super) fn newer(self) -> &'static str {
        match self {
            Self::NotRun => "NotRun",
            Self::WaitTime => "WaitTime",
            Self::WaitResource => "WaitResource",
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Failure => "Failure",
        }
    }

    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }
}

/// Why a run exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Schedule,
    SmokeTest,
    Backfill,
    Manual,
}

impl Origin {
    /// `DagType` of 2020-05-18.
    pub(super) fn older(self) -> &'static str {
        match self {
            Self::Schedule => "DAILY",
            Self::SmokeTest => "SMOKE_TEST",
            Self::Backfill => "SUPPLY_DATA",
            Self::Manual => "MANUAL",
        }
    }

    /// `WorkflowInstanceType` of 2024-05-18.
    pub(super) fn newer(self) -> &'static str {
        match self {
            Self::Schedule => "Normal",
            Self::SmokeTest => "SmokeTest",
            Self::Backfill => "SupplementData",
            Self::Manual => "Manual",
        }
    }
}

/// A set of instances that were started together: a DAG of 2020-05-18, a workflow instance of 2024-05-18.
#[derive(Clone, Debug)]
pub(super) struct Dag {
    pub(super) id: i64,
    pub(super) project: i64,
    pub(super) name: String,
    pub(super) production: bool,
    pub(super) origin: Origin,
    pub(super) bizdate: i64,
    pub(super) created: i64,
}

/// What an instance needs to know of its node, even when that is gone.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) node: i64,
    pub(super) name: String,
    pub(super) program_type: &'static str,
    pub(super) owner: String,
    pub(super) connection: String,
    pub(super) content: String,
    pub(super) parameters: String,
}

/// One run of one node for one day.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) id: i64,
    pub(super) dag: i64,
    pub(super) project: i64,
    pub(super) production: bool,
    pub(super) origin: Origin,
    pub(super) bizdate: i64,
    pub(super) created: i64,
    pub(super) task: Task,
    /// The first run and each restart.
    pub(super) attempts: Vec<Attempt>,
}

/// One go of an instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    started: i64,
    stopped: Option<i64>,
}

/// What an instance is like at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) state: State,
    pub(super) waits_for_time: Option<i64>,
    pub(super) waits_for_resources: Option<i64>,
    pub(super) runs: Option<i64>,
    pub(super) finished: Option<i64>,
}

impl Attempt {
    fn moment(&self, time: Time, fails: bool) -> Moment {
        let until = Time { now: self.stopped.map_or(time.now, |stopped| stopped.min(time.now)), ..time };
        let from = |seconds: f64| until.reached(self.started, seconds).then(|| time.after(self.started, seconds));
        let end = if fails { State::Failure } else { State::Success };
        let own = [
            (NOT_RUN, State::NotRun),
            (WAIT_TIME, State::WaitTime),
            (WAIT_RESOURCE, State::WaitResource),
            (WHOLE, State::Running),
        ]
        .into_iter()
        .find(|(until, _)| from(*until).is_none())
        .map_or(end, |(_, state)| state);
        let stopped = self.stopped.filter(|_| !own.is_over());
        Moment {
            state: if stopped.is_some() { State::Failure } else { own },
            waits_for_time: from(NOT_RUN),
            waits_for_resources: from(WAIT_TIME),
            runs: from(WAIT_RESOURCE),
            finished: stopped.or_else(|| from(WHOLE)),
        }
    }
}

impl Instance {
    fn fails(&self) -> bool {
        self.task.content.contains(FAILS)
    }

    pub(super) fn moment(&self, time: Time) -> Moment {
        let never = Attempt { started: i64::MAX, stopped: None };
        self.attempts.last().unwrap_or(&never).moment(time, self.fails())
    }

    /// Runs it once more, if it has ended.
    pub(super) fn restart(&mut self, time: Time) -> bool {
        let over = self.moment(time).state.is_over();
        if over {
            self.attempts.push(Attempt { started: time.now, stopped: None });
        }
        over
    }

    /// Ends it as a failure, if it has not ended.
    pub(super) fn stop(&mut self, time: Time) -> bool {
        let over = self.moment(time).state.is_over();
        if let Some(attempt) = self.attempts.last_mut().filter(|_| !over) {
            attempt.stopped = Some(time.now);
        }
        !over
    }

    /// The log of one go, the first being 1: it grows while that goes on.
    pub(super) fn log(&self, number: usize, time: Time) -> Option<String> {
        let attempt = self.attempts.get(number.checked_sub(1)?)?;
        let moment = attempt.moment(time, self.fails());
        let mut log = String::new();
        let mut line = |at: i64, text: &str| {
            log.push_str(&dates::stamp(at));
            log.push_str(" INFO ");
            log.push_str(text);
            log.push('\n');
        };
        if let Some(at) = moment.waits_for_resources {
            line(at, "Waiting for a slot of the resource group group_375827434852437.");
        }
        if let Some(at) = moment.runs {
            line(
                at,
                &format!(
                    "Executing {} of {}, bizdate {}.",
                    self.task.name,
                    self.task.program_type,
                    dates::stamp(self.bizdate)
                ),
            );
            for text in self.task.content.lines().filter(|text| !text.trim().is_empty()) {
                line(at, &format!("> {text}"));
            }
            let until = moment.finished.unwrap_or(time.now);
            for (step, seconds) in [30.0, 40.0, 50.0].into_iter().enumerate() {
                let at = time.after(attempt.started, seconds);
                if at <= until {
                    line(at, &format!("Stage {} of 3 has finished.", step + 1));
                }
            }
        }
        if let Some(at) = moment.finished {
            line(
                at,
                match (moment.state, attempt.stopped) {
                    (State::Failure, Some(_)) => "FAILED: the instance was stopped.",
                    (State::Failure, None) => {
                        "FAILED: ODPS-0130161: Parse exception - the node's code asks for a failure."
                    }
                    _ => "OK. The task has finished: SUCCESS.",
                },
            );
        }
        Some(log)
    }
}

impl Store {
    /// Starts tasks together, each a little after the one before, as what depends on it does.
    pub(super) fn start_dag(&mut self, dag: Dag, tasks: Vec<Task>, time: Time) -> i64 {
        let id = self.next_id(FIRST_DAG);
        let mut offset = 0.0;
        for task in tasks {
            let started = time.after(dag.created, f64::min(offset, TOGETHER) * APART);
            offset += 1.0;
            let instance = Instance {
                id: self.next_id(FIRST_INSTANCE),
                dag: id,
                project: dag.project,
                production: dag.production,
                origin: dag.origin,
                bizdate: dag.bizdate,
                created: dag.created,
                task,
                attempts: vec![Attempt { started, stopped: None }],
            };
            self.instances.insert(instance.id, instance);
        }
        self.dags.insert(id, Dag { id, ..dag });
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(content: &str) -> Instance {
        let task = Task {
            node: 1,
            name: "n".to_owned(),
            program_type: "ODPS_SQL",
            owner: String::new(),
            connection: String::new(),
            content: content.to_owned(),
            parameters: String::new(),
        };
        let attempts = vec![Attempt { started: 1_000, stopped: None }];
        Instance {
            id: 1,
            dag: 1,
            project: 1,
            production: true,
            origin: Origin::Manual,
            bizdate: 0,
            created: 0,
            task,
            attempts,
        }
    }

    fn at(seconds: f64) -> Time {
        let time = Time { now: 0, speed: 60.0 };
        Time { now: time.after(1_000, seconds), ..time }
    }

    #[test]
    fn a_run_goes_through_its_states() {
        let run = instance("select 1;");
        let states = [0.0, 5.0, 10.0, 18.0, 59.0, 60.0, 1e9].map(|seconds| run.moment(at(seconds)).state.older());
        assert_eq!(states, ["NOT_RUN", "WAIT_TIME", "WAIT_RESOURCE", "RUNNING", "RUNNING", "SUCCESS", "SUCCESS"]);
        assert_eq!(run.moment(at(60.0)).finished, Some(2_000), "a whole run takes a second at this speed");
        assert_eq!(instance("-- emulator: fail").moment(at(60.0)).state, State::Failure);
    }

    #[test]
    fn the_log_grows_to_its_last_line() {
        let run = instance("select 1;");
        let logs = [0.0, 12.0, 20.0, 45.0, 60.0].map(|seconds| run.log(1, at(seconds)).unwrap());
        assert_eq!(logs[0], "");
        for pair in logs.windows(2) {
            assert!(pair[1].starts_with(&pair[0]) && pair[1].len() > pair[0].len(), "{pair:?}");
        }
        assert!(logs[2].contains("> select 1;") && logs[4].ends_with("SUCCESS.\n"), "{}", logs[4]);
        assert_eq!(run.log(2, at(60.0)), None);
    }

    #[test]
    fn a_stopped_run_has_failed_and_runs_again() {
        let mut run = instance("select 1;");
        assert!(!run.restart(at(20.0)), "it has not ended");
        assert!(run.stop(at(20.0)));
        assert_eq!(run.moment(at(1e6)).state, State::Failure);
        assert!(run.log(1, at(1e6)).unwrap().ends_with("stopped.\n"));
        assert!(!run.stop(at(30.0)), "it has ended");
        assert!(run.restart(at(100.0)));
        assert_eq!(run.moment(at(101.0)).state, State::NotRun);
        assert_eq!(run.moment(at(160.0)).state, State::Success);
        assert!(!run.stop(at(200.0)));
    }
}
