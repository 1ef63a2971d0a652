//! Published Data Service APIs: what a workspace offers to its users over the API gateway.
//!
//! These are no actions of DataWorks. Each has an address of its own, is called with the app code or the app key of an
//! application, and answers rows of a table. Retries, timeouts, errors and connections are the same as for actions.
//!
//! ```
//! # async fn example(code: String) -> Result<(), dataworks_sdk::Error> {
//! use dataworks_sdk::data_service;
//! use futures_util::TryStreamExt;
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     id: i64,
//!     amount: f64,
//! }
//!
//! let api = data_service::Client::builder("https://abc-cn-hangzhou.alicloudapi.com").app_code(code).build()?;
//!
//! // One page, or all that there is where the API does not page.
//! let answer = api.get("/orders").query("day", "2026-01-07").query("pageSize", 50).send::<Order>().await?;
//! println!("{} of {:?} orders, request {:?}", answer.rows().len(), answer.total_num(), answer.request_id());
//!
//! // All pages, row by row.
//! let mut orders = api.get("/orders").query("day", "2026-01-07").rows::<Order>();
//! while let Some(order) = orders.try_next().await? {
//!     println!("{} {}", order.id, order.amount);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An API is made with actions of 2020-05-18: `CreateDataServiceApi`, `SubmitDataServiceApi`, `PublishDataServiceApi`,
//! `CreateDataServiceApiAuthority`. The example `data_service` of this crate goes the whole way.
//!
//! # Errors
//! A refusal of the gateway is an error with the code, the message and the request id that it puts into headers; so is an
//! answer whose `errCode` is not 0. See [`Error::is_access_denied`](crate::Error::is_access_denied),
//! [`is_throttling`](crate::Error::is_throttling) and [`is_not_found`](crate::Error::is_not_found).
//!
//! # Retries
//! A GET is repeated as a read is, everything else as a write: only if it never left or was refused by throttling. A POST that
//! only asks says so with [`idempotent`](Call::idempotent).

mod answer;
mod call;
mod client;
mod credentials;
mod failure;
mod pages;
mod send;
pub(crate) mod signature;

pub use answer::Answer;
pub use call::Call;
pub use client::{Builder, Client, Stage};
pub use credentials::AppCredentials;
pub use pages::{Pages, Rows};
