//! The emulator over real HTTP, called by a client that shares nothing with it.

#![allow(clippy::unwrap_used, reason = "a helper of tests is a test")]

mod checks;
mod client;
mod data_services;
mod datasources;
mod faults;
mod files;
mod instances;
mod program;
mod projects;
mod shapes;
