//! One integration binary: it links once, and its tests run side by side.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests read fixtures, start the program, and fail by panicking"
)]

mod anchors;
mod applications;
mod architecture;
mod baseline;
mod bundle;
mod cli;
mod commenting;
mod conditions;
mod corpus;
mod corrections;
mod damage;
mod delivery;
mod determinism;
mod dying;
mod evasions;
#[allow(dead_code, reason = "each binary uses its own part")]
#[path = "../support/events.rs"]
mod event_files;
mod explain;
mod fake;
mod forgery;
mod formats;
mod hardening;
mod histories;
mod hostile;
#[allow(dead_code, unused_imports, reason = "each binary uses its own part")]
#[path = "../support/hub/mod.rs"]
mod hub;
mod identity;
mod import;
mod job;
mod judging;
mod manifests;
mod matching;
mod origin;
mod pairs;
mod policies;
mod policy_test;
mod program;
mod properties;
mod publish;
mod remedies;
#[allow(dead_code, reason = "each binary uses its own part")]
#[path = "../support/runner.rs"]
mod runner;
#[cfg(unix)]
mod running;
mod sarif;
mod schedule;
mod schema;
mod secrets;
mod secrets_leak;
mod shards;
mod shop;
mod simulate;
mod suppressions;
mod tamper;
mod tracking;
mod uploading;
mod verdicts;
mod waive;
mod waivers;
mod workflows;
