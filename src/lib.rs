//! lockgate: a CI security gate.
//!
//! The order of things is in [`app`], the pure core is [`assess`], all I/O is in [`edge`].
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the documentation is for people who work on it, and built with private items"
)]

pub mod alerts;
mod app;
pub mod assess;
pub mod baseline;
pub mod bundle;
pub mod canary;
mod cli;
mod edge;
mod error;
pub mod escape;
pub mod event;
pub mod explain;
pub mod github;
pub mod import;
pub mod ingest;
pub mod invoke;
pub mod locate;
pub mod manifest;
pub mod merge;
pub mod model;
pub mod origin;
pub mod policy;
pub mod report;
pub mod scan;
pub mod shard;
pub mod simulate;
pub mod sticky;
pub mod suppress;
pub mod tracking;
pub mod trial;
pub mod upload;
pub mod version;
pub mod waive;
pub mod workflows;

pub use app::{run, tell_of_panics};
