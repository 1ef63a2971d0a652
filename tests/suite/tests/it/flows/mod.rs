//! What people do, over real HTTP against the emulator: the tour of the quickstart, pages, failures, broken connections,
//! timeouts, waits, and where secrets must not turn up.

mod blocking;
mod connections;
mod events;
mod failures;
mod pages;
pub(crate) mod secrets;
mod signatures;
mod timeouts;
mod tour;
mod transport;
mod upload;
mod waiters;

use dataworks_emulator::PROJECT_ID;
use dataworks_sdk::v2020_05_18::ListNodesRequest;

/// The nodes of the project that the emulator starts with.
fn nodes() -> ListNodesRequest {
    ListNodesRequest::new().project_id(PROJECT_ID).project_env("PROD")
}
