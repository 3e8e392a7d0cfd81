//! Which observations of one run are one problem, and which only look alike.
//!
//! Some tools list a problem once for every path, every range of versions or every copy. Two
//! observations of one run with the same identity are one problem when they share a name of the
//! advisory; for anything but a dependency, when they are the same words at the same place.
//! Look-alikes (two identical lines) stay apart by a number.

use super::Member;
use super::identity::Digest;
use crate::model::{AdvisoryId, Kind, Located};
use std::collections::BTreeMap;

/// Numbers the members of runs that come sorted by run, digest and place.
#[derive(Default)]
pub struct Numbering<'a> {
    group: Option<(usize, Digest)>,
    next: usize,
    ids: BTreeMap<&'a AdvisoryId, usize>,
    unnamed: Option<usize>,
    last: Option<(&'a Located, usize)>,
}

impl<'a> Numbering<'a> {
    /// The number of a member among its run's look-alikes.
    pub fn number(&mut self, member: &'a Member) -> usize {
        let group = (member.run, member.digest);
        if self.group != Some(group) {
            *self = Self {
                group: Some(group),
                ..Self::default()
            };
        }
        if member.located.observation.kind == Kind::Dependency {
            self.dependency(&member.located)
        } else {
            self.place(&member.located)
        }
    }

    fn fresh(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn dependency(&mut self, located: &'a Located) -> usize {
        let ids = &located.observation.advisories;
        let known = match ids.is_empty() {
            true => self.unnamed,
            false => ids.iter().find_map(|id| self.ids.get(id).copied()),
        };
        let number = match known {
            Some(number) => number,
            None => self.fresh(),
        };
        if ids.is_empty() {
            self.unnamed = Some(number);
        }
        for id in ids {
            self.ids.entry(id).or_insert(number);
        }
        number
    }

    /// Equal ones stand beside each other, because the members come sorted.
    fn place(&mut self, located: &'a Located) -> usize {
        let words = |located: &'a Located| {
            let observation = &located.observation;
            (&located.location, &observation.place, &observation.message)
        };
        if let Some((last, number)) = self.last
            && words(last) == words(located)
        {
            return number;
        }
        let number = self.fresh();
        self.last = Some((located, number));
        number
    }
}
