//! The everyday actions with bodies and expectations written by hand, so that a mistake in reading the spec cannot agree
//! with itself: nothing here comes from the spec or from generated tables.

mod data_sources;
mod explained;
mod files_and_nodes;
mod instances;
mod projects;

use dataworks_emulator::{Emulator, Fault};
use dataworks_sdk::Config;

use crate::support::{Pairs, config, own, sorted};

/// A server that checks the signature and answers what it is told to.
struct Stage {
    emulator: Emulator,
    config: Config,
}

impl Stage {
    /// The answers of the next calls of an action each.
    async fn with(answers: &[(&str, &str)]) -> Self {
        let emulator = Emulator::start().await.unwrap();
        for (action, body) in answers {
            emulator.inject(action, Fault::raw(200, "application/json", (*body).to_owned()));
        }
        let config = config(&emulator);
        Self { emulator, config }
    }

    /// How the latest call travelled: its method, the action's own parameters in the query, and the form.
    fn sent(&self) -> (String, Pairs, Pairs) {
        let request = self.emulator.requests().pop().unwrap();
        assert_eq!(request.path, "/");
        assert_eq!(request.header("x-acs-action"), Some(request.action.as_str()));
        (request.method, sorted(own(request.query)), sorted(request.form))
    }
}

/// `sent` as it is written down: pairs in the order of their names.
macro_rules! assert_sent {
    ($stage:expr, $method:literal, query: [$($query:expr),* $(,)?], form: [$($form:expr),* $(,)?]) => {
        let expected = ($method.to_owned(), $crate::support::written(&[$($query),*]), $crate::support::written(&[$($form),*]));
        assert_eq!($stage.sent(), expected);
    };
}
use assert_sent;
