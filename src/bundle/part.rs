//! Which part of which check a bundle is: what has to fit before several of them are put together.

use super::codec::record;
use super::words::{Code, Hex};
use crate::model::ScannerId;
use std::collections::BTreeSet;

/// What the job knew of itself when it wrote the bundle. A bundle is not believed because of it: it
/// is what a job that merges several holds against what it knows by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// The commit that was checked out, in hex; `None` without a Git repository.
    pub commit: Option<String>,
    /// The last commit of the pull request, as the event says, in hex.
    pub head: Option<String>,
    /// Digest of the policy that asked for the evidence, in hex: `Policy::digest`.
    pub policy: String,
    /// Which share of a divided check; `None` for a whole one.
    pub shard: Option<Shard>,
    /// Which suppressions have no effect on the tools that ran: scanner and surface.
    pub undone: BTreeSet<(ScannerId, &'static str)>,
}

/// One share of a divided check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// Digest of who does what, in hex: shards of one plan agree on it.
    pub plan: String,
}

record! {
    Part as PartForm {
        commit: Option<Hex>,
        head: Option<Hex>,
        policy: Hex,
        shard: Option<Shard>,
        undone: BTreeSet<(ScannerId, Code)>,
    }
    Shard as ShardForm {
        number: u32,
        of: u32,
        plan: Hex,
    }
}
