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
mod architecture;
mod baseline;
mod bundle;
mod cli;
mod conditions;
mod corpus;
mod corrections;
mod damage;
mod determinism;
mod evasions;
mod explain;
mod formats;
mod histories;
mod hostile;
mod identity;
mod import;
mod judging;
mod manifests;
mod matching;
mod origin;
mod pairs;
mod policies;
mod policy_test;
mod program;
mod properties;
mod remedies;
#[cfg(unix)]
mod running;
mod sarif;
mod schedule;
mod schema;
mod shards;
mod shop;
mod simulate;
mod suppressions;
mod tamper;
mod verdicts;
mod waive;
mod waivers;
