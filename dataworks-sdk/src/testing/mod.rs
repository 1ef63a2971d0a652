//! Tests of code that uses this crate: a service that answers from a script, in memory (feature `testing`).
//!
//! There are two ways to test without the real service:
//!
//! | | [`MockService`], here | the crate `dataworks-emulator` |
//! |---|---|---|
//! | what it is | a transport that answers what the test says | a local server that keeps state |
//! | good for | one call and its faults, on paused time, in microseconds | flows: create, list, deploy, run, wait |
//! | checks of the request, signature, retries, pages, decoding | run as always | run as always, and the server checks all of it |
//! | network | none | loopback |
//!
//! Make both dev-dependencies:
//!
//! ```toml
//! [dev-dependencies]
//! dataworks-sdk = { version = "0.1", features = ["testing"] }
//! dataworks-emulator = "0.1"
//! ```
//!
//! # Answers from a script
//!
//! ```
//! # #[cfg(feature = "v2020-05-18")]
//! # mod example {
//! use dataworks_sdk::Error;
//! use dataworks_sdk::testing::{Fault, MockService};
//! use dataworks_sdk::v2020_05_18::{Client, GetNodeRequest, GetNodeResponseBody};
//!
//! /// The code under test.
//! async fn name_of(client: &Client, node: i64) -> Result<Option<String>, Error> {
//!     let request = GetNodeRequest::new().node_id(node).project_env("PROD");
//!     match client.get_node(request).await {
//!         Ok(node) => Ok(node.into_body().data.node_name),
//!         Err(error) if error.is_not_found() => Ok(None),
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! # pub
//! async fn a_test() -> Result<(), Error> {
//!     let service = MockService::new();
//!     service.answer(|request: &GetNodeRequest| {
//!         let mut answer = GetNodeResponseBody::default();
//!         answer.data.node_name = Some(format!("node {}", request.node_id.as_ref().unwrap()));
//!         answer
//!     });
//!     let client = Client::new(&service.config());
//!
//!     service.fail_next("GetNode", Fault::throttled());            // refused once, and repeated by the client
//!     assert_eq!(name_of(&client, 7).await?.as_deref(), Some("node 7"));
//!     assert_eq!(service.requests::<GetNodeRequest>().len(), 2);
//!
//!     service.fail_next("GetNode", Fault::error(404, "NotFound.Node", "no such node"));
//!     assert_eq!(name_of(&client, 8).await?, None);
//!     Ok(())
//! }
//! # }
//! # #[cfg(feature = "v2020-05-18")]
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(example::a_test())?;
//! # Ok::<(), dataworks_sdk::Error>(())
//! ```
//!
//! Under `#[tokio::test(start_paused = true)]` (tokio's feature `test-util`) the pauses between attempts pass at once, and
//! `tokio::time::Instant` tells how long they were. [`Fault`] has everything that goes wrong between a client and a service;
//! what the script does not foresee is answered by an error that names the action.
//!
//! # Against the emulator
//!
//! ```
//! # #[cfg(feature = "v2020-05-18")]
//! # mod example {
//! use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
//! use dataworks_sdk::Credentials;
//! use dataworks_sdk::v2020_05_18::{Client, CreateFileRequest, GetFileRequest};
//!
//! # pub
//! async fn a_test() -> Result<(), Box<dyn std::error::Error>> {
//!     let emulator = Emulator::start().await?; // on a free port of the loopback address
//!     let client = Client::builder()
//!         .endpoint(emulator.url())
//!         .credentials(Credentials::new("testid", "testsecret"))
//!         .build()?;
//!
//!     let request = CreateFileRequest::new()
//!         .project_id(PROJECT_ID)
//!         .file_name("orders")
//!         .file_type(10)
//!         .content("SELECT 1;");
//!     let id = client.create_file(request).await?.into_body().data;
//!     emulator.inject("GetFile", Fault::CloseBeforeAnswer); // a read is repeated
//!     let file = client.get_file(GetFileRequest::new().project_id(PROJECT_ID).file_id(id)).await?;
//!     assert_eq!(file.data.file.content.as_deref(), Some("SELECT 1;"));
//!     assert_eq!(emulator.count("GetFile"), 2);
//!     Ok(())
//! }
//! # }
//! # #[cfg(feature = "v2020-05-18")]
//! # tokio::runtime::Runtime::new()?.block_on(example::a_test()).unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```

mod fault;
mod sent;
mod service;

pub use fault::Fault;
pub use sent::SentRequest;
pub use service::MockService;
