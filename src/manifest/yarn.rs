//! `yarn.lock`: two formats under one name.

use super::{Entry, Source, yarn_berry, yarn_classic};

/// The entries, or `None` when this is no lockfile of Yarn. Berry's files always have a block that
/// tells their version.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let berry = source
        .text
        .lines()
        .any(|line| line.starts_with("__metadata:"));
    if berry {
        yarn_berry::parse(source)
    } else {
        yarn_classic::parse(source)
    }
}
