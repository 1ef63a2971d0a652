//! Tests of the core on a model written by hand, with a transport that plays the service on paused time.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod calls;
mod checks;
mod credentials;
mod data_service;
mod decoding;
mod events;
mod model;
mod pages;
mod properties;
mod retries;
mod scripted;
mod server;
mod shorthands;
mod signatures;
mod uploads;
mod waits;
