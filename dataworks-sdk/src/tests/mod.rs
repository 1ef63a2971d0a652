//! Tests of the core on a model written by hand, with a transport that plays the service on paused time.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

use crate as sdk;

mod calls;
mod checks;
mod credentials;
mod data_service;
mod decoding;
mod events;
mod model;
mod pages;
mod printed;
mod properties;
mod retries;
mod scripted;
mod secrets;
mod server;
mod shorthands;
mod signatures;
mod uploads;
mod waits;
