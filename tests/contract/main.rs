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
mod binary;
mod cases;
mod fixtures;
mod hostile;
mod injection;
mod job;
mod matrix;
mod policy;
mod programs;
mod runner;
mod sarif;
mod schema;
mod suppressions;
mod tools;
