//! The SDK from the outside: one binary, because linking all of it is what takes time.

#![allow(clippy::unwrap_used, reason = "a helper of tests is a test")]

mod data_service;
mod diff_rules;
mod every_action;
mod everyday;
mod fixtures;
mod flows;
mod goldens;
mod msrv;
mod readmes;
mod regenerate_check;
mod soak;
mod support;
