//! By what the action is named.

use super::read::Job;
use super::{Remark, Weight, remark};
use crate::suppress::workflow::words::{self, LOCKGATE};

/// Names of commits: SHA-1 and SHA-256.
const LENGTHS: [usize; 2] = [40, 64];

/// A tag or branch can be moved to other code; a commit cannot, and brings the checksums of its binary.
pub(super) fn check(job: &Job, remarks: &mut Vec<Remark>) {
    for (uses, line) in job.steps.iter().filter_map(|step| step.uses.as_ref()) {
        let Some((_, reference)) = uses.trim().split_once('@') else {
            continue;
        };
        if words::action(uses) != Some(LOCKGATE) {
            continue;
        }
        let commit = LENGTHS.contains(&reference.len())
            && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
        let text = match commit {
            false => {
                "the action is not pinned: a tag or branch can be moved to other code; name the commit \
                 of a release, all 40 digits"
            }
            true if reference.bytes().all(|byte| byte == b'0') => {
                "the commit is a placeholder; name the commit of a release"
            }
            true => continue,
        };
        remarks.push(remark(Weight::Advice, *line, &job.name, text));
    }
}
