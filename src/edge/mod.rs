//! All I/O. Nothing outside this folder opens a file, reads the environment, asks the clock or
//! prints; `clippy.toml` sees to that.
#![allow(clippy::disallowed_methods, reason = "this is where I/O belongs")]

pub mod actions;
pub mod clock;
pub mod configuration;
pub mod events;
pub mod files;
pub mod foreign;
pub mod git;
pub mod github;
pub mod named;
pub mod output;
pub mod process;
pub mod programs;
pub mod progress;
pub mod reports;
pub mod terminal;
pub mod tree;
pub mod trials;
