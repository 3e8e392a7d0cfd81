//! Stored evidence: everything that a verdict needs except the policy, in one file.
//!
//! A *bundle* is lines of JSON, one record a line, so that a large one is neither written nor read
//! as a whole:
//!
//! 1. `bundle`: version of the format, version of lockgate, scheme of the fingerprints;
//! 2. `part`: which part of which check it is, see [`Part`]; older bundles have none;
//! 3. `context`: see [`crate::model::Context`];
//! 4. `missing`, for everything that should be here and belongs to no run;
//! 5. `run`, each followed by a `seen` for every observation of it;
//! 6. `verdict` of the time when it was written, followed by a `decided` for every finding;
//! 7. `end`, with the number of runs and observations: a bundle that was cut off is none.
//!
//! A bundle may come from anybody. Every value goes through the constructor that guards it
//! elsewhere, words that outputs show as lockgate's own are let in only if lockgate could have
//! written them ([`words`]), unknown keys are errors, and what is read is bounded by the bytes of the
//! file: at most [`MAX_LINE`] for one record, [`MAX_LIST`] members for one list, [`MAX_RUNS`] runs.
//!
//! How each type of the model is stored is written once, in [`evidence`] and [`context`]; the
//! macro takes every struct apart, so that a new field does not compile until it is stored.

mod codec;
mod context;
mod evidence;
mod part;
mod read;
mod verdict;
mod words;
mod write;

pub use part::{Part, Shard};
pub use read::read;
pub use verdict::{Judged, Then};
pub use write::Draft;

use crate::model::{Context, Evidence, Untrusted};

/// Version of the format. Another version is refused: a field that is missing or not understood
/// could be the one that blocks.
pub const VERSION: u32 = 1;

/// Most bytes of one record.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// Most runs: a verdict looks at all of them for each scanner.
pub const MAX_RUNS: usize = 10_000;

/// Most members of one list.
pub const MAX_LIST: usize = 1_000_000;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// Which part of which check it is; `None` when an older lockgate has written it.
    pub part: Option<Part>,
    /// On what grounds.
    pub evidence: Evidence,
    /// In which circumstances.
    pub context: Context,
    /// What was decided then.
    pub judged: Judged,
}

/// Why a file is no bundle that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// One sentence of ours.
    pub text: String,
    /// Foreign words that belong to it.
    pub detail: Option<Untrusted>,
}

impl Bad {
    fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            detail: None,
        }
    }

    fn detail(mut self, detail: impl Into<Untrusted>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
