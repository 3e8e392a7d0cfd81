//! What a change does to a policy, in meaning and not in text: two policies in, a list of what one
//! decides otherwise than the other.
//!
//! Files, order of keys and wording do not count; what files extend is part of them. The direction
//! is found by logic where that can be done, and is *mixed* otherwise. What is said here never
//! decides anything: it is for the people who look at the change.

mod baseline;
mod gates;
mod order;
mod parts;
mod relation;
mod scanners;
mod settings;
mod waivers;

pub use baseline::baseline_changes;

use super::{DEFAULT, Policy};
use crate::model::{Direction, Foreign as _, PolicyChange, Untrusted};

/// Most changes that are listed; the rest is counted.
const MOST: usize = 200;

/// What `after` decides otherwise than `before`: what makes it weaker first.
pub fn changes(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let mut list = List {
        after,
        changes: Vec::new(),
    };
    list.sources(before);
    settings::compare(before, after, &mut list);
    gates::compare(before, after, &mut list);
    waivers::compare(before, after, &mut list);
    list.finish()
}

/// What has been found so far.
struct List<'a> {
    after: &'a Policy,
    changes: Vec<PolicyChange>,
}

impl List<'_> {
    /// Adds something that has no line of its own.
    fn add(&mut self, direction: Direction, text: impl Into<String>, words: Vec<Untrusted>) {
        let source = self.after.sources.first().cloned().unwrap_or_default();
        self.at(direction, text, words, (source, None));
    }

    /// Adds something about a key, which may be gone in the new policy.
    fn about(
        &mut self,
        key: &str,
        direction: Direction,
        text: impl Into<String>,
        words: Vec<Untrusted>,
    ) {
        match self.after.places.get(key) {
            Some((source, line)) => {
                let place = (source.clone(), Some(*line));
                self.at(direction, text, words, place);
            }
            None => self.add(direction, text, words),
        }
    }

    fn at(
        &mut self,
        direction: Direction,
        text: impl Into<String>,
        words: Vec<Untrusted>,
        (source, line): (Untrusted, Option<usize>),
    ) {
        self.changes.push(PolicyChange {
            direction,
            text: text.into(),
            words,
            source,
            line,
        });
    }

    /// A policy file that comes or goes as a whole.
    fn sources(&mut self, before: &Policy) {
        let alone = |policy: &Policy| {
            let first = policy.sources.first().map(|source| source.raw());
            first == Some(DEFAULT)
        };
        match (alone(before), alone(self.after)) {
            (true, false) => self.add(
                Direction::Mixed,
                format!("adds a policy file; until then {DEFAULT} decides"),
                Vec::new(),
            ),
            (false, true) => self.add(
                Direction::Mixed,
                format!("removes the policy file, so that {DEFAULT} decides"),
                Vec::new(),
            ),
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<PolicyChange> {
        self.changes.sort_by_key(|change| change.direction);
        let rest = self.changes.split_off(self.changes.len().min(MOST));
        if let Some(first) = rest.first() {
            let direction = first.direction;
            self.add(
                direction,
                format!("and {} more changes", rest.len()),
                Vec::new(),
            );
        }
        self.changes
    }
}

/// The direction of a value that grew where `more` is the direction of growing.
fn by_order<T: PartialOrd>(before: &T, after: &T, more: Direction) -> Direction {
    let less = match more {
        Direction::Weaker => Direction::Stricter,
        Direction::Stricter => Direction::Weaker,
        Direction::Mixed => Direction::Mixed,
    };
    if after > before { more } else { less }
}
