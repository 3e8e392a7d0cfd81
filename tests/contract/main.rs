//! The contracts with the world outside: the action in a real runner, every SARIF in an independent
//! validator, the JSON against its schema. Needs the tools of `tests/tools`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests read fixtures, start programs, and fail by panicking"
)]

mod act;
mod api;
mod binary;
mod cases;
mod command;
mod deliveries;
#[allow(dead_code, reason = "each binary uses its own part")]
#[path = "../support/events.rs"]
mod event_files;
mod events;
mod fixtures;
mod hostile;
#[allow(dead_code, unused_imports, reason = "each binary uses its own part")]
#[path = "../support/hub/mod.rs"]
mod hub;
mod injection;
mod install;
mod job;
mod matrix;
mod policy;
mod prism;
mod programs;
mod runner;
mod sarif;
mod schema;
mod suppressions;
mod tools;
mod workflows;
