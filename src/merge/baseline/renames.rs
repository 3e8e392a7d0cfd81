//! Findings in files that have another name since the baseline was written.
//!
//! Only a file that is gone can have been renamed, and only to one that the baseline does not know.
//! Where more than one finding or entry fits, nothing is guessed: all of them are new.

use super::dependencies::{Side, one_to_one};
use super::item::{Item, Subject};
use super::{Matching, Novelty, Pass};
use crate::model::RepoPath;
use std::collections::BTreeSet;

/// The passes over different files.
pub fn run(matching: &mut Matching<'_>, absent: &BTreeSet<RepoPath>) {
    let known: BTreeSet<usize> = matching.old.iter().map(|item| item.place).collect();
    let may_be_renamed = |side: Side, item: &Item<'_>| match side {
        Side::Old => absent.contains(item.path),
        Side::New => !known.contains(&item.place),
    };
    one_to_one(
        matching,
        |side, item| match &item.subject {
            Subject::Package {
                package,
                version,
                names,
            } if may_be_renamed(side, item) => Some(((*package, *version), names.as_slice())),
            _ => None,
        },
        |_, _| Some(Pass::Renamed),
        Novelty::AmbiguousFile,
    );
    one_to_one(
        matching,
        |side, item| match item.look() {
            // Without the line's text, one finding of a rule is like any other.
            Some((look, _)) if item.digests.text.is_some() && may_be_renamed(side, item) => {
                Some((look, [""].as_slice()))
            }
            _ => None,
        },
        |old, new| match (old.around(), new.around()) {
            (Some([a, b]), Some([c, d])) if a != c && b != d => None,
            _ => Some(Pass::Renamed),
        },
        Novelty::AmbiguousFile,
    );
}
