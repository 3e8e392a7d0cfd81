//! Code, secrets, configuration, licences: by file, text and what is around the line.

use super::{Matching, Novelty, Pass, shifts};
use std::collections::BTreeSet;

/// The passes inside of one file.
pub fn run(matching: &mut Matching<'_>) {
    // What is around it is the same, wherever it went.
    matching.by_key(
        |item| Some((item.look()?, item.around()?)),
        |old, new| at(old.line, new.line),
    );
    // One neighbour was altered.
    for side in 0..2 {
        matching.by_key(
            |item| Some((item.look()?, *item.around()?.get(side)?)),
            |old, new| at(old.line, new.line),
        );
    }
    shifts::run(matching);
    explain(matching);
}

/// What to call a match inside of a file.
pub fn at(old: Option<u32>, new: Option<u32>) -> Pass {
    match old == new {
        true => Pass::Exact,
        false => Pass::Moved,
    }
}

/// Why what is still open is new.
fn explain(matching: &mut Matching<'_>) {
    let open: BTreeSet<_> = matching
        .open_old()
        .filter_map(|(_, item)| item.look())
        .collect();
    let all: BTreeSet<_> = matching.old.iter().filter_map(|item| item.look()).collect();
    let said: Vec<(usize, Novelty)> = matching
        .open_new()
        .filter_map(|(position, item)| {
            let look = item.look()?;
            let novelty = match (open.contains(&look), all.contains(&look)) {
                (true, _) => Novelty::Elsewhere,
                (false, true) => Novelty::Surplus,
                (false, false) => return None,
            };
            Some((position, novelty))
        })
        .collect();
    for (position, novelty) in said {
        matching.say(position, novelty);
    }
}
