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

/// Numbers secrets by their lines instead: nothing else of the line is known, so that the first one
/// of two reports may well be two secrets.
pub fn secrets_by_line(members: &[Member], numbers: &mut [usize]) {
    let lines = || {
        let mut last = None;
        let mut nth = 0;
        let mut of = move |member: &Member, number: usize| {
            let line = member.located.location.region.map(|region| region.line);
            let here = (member.run, member.digest, line);
            nth = match last {
                Some((before, same)) if before == here => nth + usize::from(same != number),
                _ => 0,
            };
            last = Some((here, number));
            (member.digest, line, nth)
        };
        move |(member, number): (&Member, usize)| {
            (member.located.observation.kind == Kind::Secret).then(|| of(member, number))
        }
    };
    let before = members.iter().zip(numbers.iter().copied());
    let mut all: BTreeMap<_, usize> = before.clone().filter_map(lines()).map(|l| (l, 0)).collect();
    let mut group = None;
    let mut next = 0;
    for ((digest, ..), number) in &mut all {
        next = if group == Some(*digest) { next + 1 } else { 0 };
        group = Some(*digest);
        *number = next;
    }
    let known: Vec<Option<usize>> = before
        .map(lines())
        .map(|line| line.and_then(|line| all.get(&line).copied()))
        .collect();
    for (number, known) in numbers.iter_mut().zip(known) {
        *number = known.unwrap_or(*number);
    }
}
