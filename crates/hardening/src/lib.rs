//! Finds what does not belong in production in the configuration of a repository.
//!
//! ```text
//! role      production, development, test …: decides severity more than the pattern does     path → Role
//! carrier   formats of configuration: which headers a response gets, and where that is said  File → Response
//! check     settings that are weak by themselves, by area                                     File → Raised
//! scan      the order; severities by role; one note a file for hygiene; lines and columns     Tree → Scanned
//! ```
//!
//! Rules are data (`rules/*.toml`): what is wrong, why, how to mend it. Nothing here reads a file: a
//! [`Tree`] holds what somebody has read. Any bytes are looked at; what cannot be parsed is a [`Gap`].

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod carrier;
mod check;
mod desktop;
mod file;
mod finding;
mod html;
mod javascript;
mod message;
mod position;
mod program;
mod python;
mod response;
mod role;
pub mod rule;
mod scan;
mod text;
mod words;
mod yaml;

pub use file::{File, Tree};
pub use finding::{Finding, Gap, Related};
pub use position::Position;
pub use response::{Header, Response, Serves, State};
pub use role::Role;
pub use rule::{Rule, RuleId, Rules, Severity};
pub use scan::{Options, Scanned, looks_at, scan};
pub use text::{Segment, Text};
