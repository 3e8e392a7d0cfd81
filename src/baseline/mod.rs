//! The baseline file: findings that a team knows, written down so that later checks can tell what is
//! new. Pure: text in, baseline out, and back.
//!
//! It is JSON with one finding on each line, sorted, so that git merges it and a reviewer reads its
//! changes. Nothing outside of printable ASCII is in it. The schema is
//! `schemas/baseline.schema.json`. Who is who is decided by [`mod@crate::merge::baseline`].

mod change;
mod line;
mod read;
mod write;

pub use change::{Change, Fate};
pub use line::Line;
pub use read::read;
pub use write::{entry, of, write};

/// Version of the format.
pub const VERSION: u64 = 1;

/// The file that is written when nobody names another one.
pub const FILE: &str = "lockgate-baseline.json";

/// Largest baseline, in bytes: the largest file that is read from a commit.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Most findings of a baseline.
const MAX_ENTRIES: usize = 200_000;

/// Longest title that is written down, in characters.
const MAX_TITLE: usize = 160;
