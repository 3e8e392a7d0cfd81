//! Files' contents: the first searched as a whole, those made from it where they differ.

use super::super::Search;
use super::delta::{self, Span};
use super::pack::{Lost, Visit};
use lockgate_secrets::Secret;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Bytes by which binary files, and text in UTF-16, are recognised.
const START: usize = 1024;

/// Which secret which object holds.
#[derive(Default)]
pub(super) struct Holding {
    /// Rule and secret, by number.
    pub secrets: Vec<(usize, Secret)>,
    numbers: BTreeMap<(usize, Secret), u32>,
    /// Object and secret, by their numbers.
    pub pairs: Vec<(u32, u32)>,
    /// Objects that were not searched.
    pub lost: Vec<(u32, Lost)>,
    /// Objects of which not all was looked at.
    pub cut: Vec<u32>,
    /// Objects that were searched.
    pub objects: u64,
    /// Bytes that were looked at.
    pub bytes: u64,
}

impl Holding {
    /// The number of a secret.
    fn number(&mut self, rule: usize, secret: Secret) -> u32 {
        let next = u32::try_from(self.secrets.len()).unwrap_or(u32::MAX);
        match self.numbers.entry((rule, secret)) {
            std::collections::btree_map::Entry::Occupied(known) => *known.get(),
            std::collections::btree_map::Entry::Vacant(new) => {
                self.secrets.push(new.key().clone());
                *new.insert(next)
            }
        }
    }

    /// Adds what another thread found.
    pub(super) fn absorb(&mut self, other: Self) {
        let numbers: Vec<u32> = other
            .secrets
            .into_iter()
            .map(|(rule, secret)| self.number(rule, secret))
            .collect();
        let pairs = other.pairs.into_iter();
        self.pairs.extend(
            pairs.filter_map(|(object, secret)| Some((object, *numbers.get(secret as usize)?))),
        );
        self.lost.extend(other.lost);
        self.cut.extend(other.cut);
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

/// A secret's place in an object.
#[derive(Clone)]
pub(super) struct Held {
    place: Range<usize>,
    secret: u32,
}

/// Searches contents, on one thread.
pub(super) struct Contents<'a> {
    pub search: &'a Search<'a>,
    pub holding: Holding,
}

impl<'a> Contents<'a> {
    pub(super) fn new(search: &'a Search<'a>) -> Self {
        Self {
            search,
            holding: Holding::default(),
        }
    }

    fn hold(&mut self, number: u32, bytes: &[u8], from: usize, held: &mut Vec<Held>) {
        let scanned = self.search.scan(bytes);
        if !scanned.gaps.is_empty() {
            self.holding.cut.push(number);
        }
        for hit in scanned.hits {
            let place = hit.place.start + from..hit.place.end + from;
            let secret = self.holding.number(hit.rule, hit.secret);
            held.push(Held { place, secret });
        }
    }

    fn done(&mut self, number: u32, bytes: u64, held: &mut Vec<Held>) {
        held.sort_by_key(|held| (held.place.start, held.secret));
        held.dedup_by_key(|held| (held.place.start, held.secret));
        let secrets: BTreeSet<u32> = held.iter().map(|held| held.secret).collect();
        let pairs = secrets.into_iter().map(|secret| (number, secret));
        self.holding.pairs.extend(pairs);
        self.holding.objects += 1;
        self.holding.bytes += bytes;
        self.search.progress.add(1, bytes);
    }

    fn is_too_large(&mut self, number: u32, wanted: bool, bytes: &[u8]) -> bool {
        let too_large = bytes.len() as u64 > self.search.limit;
        if too_large && wanted {
            self.holding.lost.push((number, Lost::TooLarge));
        }
        too_large
    }
}

/// What is kept is `None` for an object that was not searched: those made from it are then searched
/// as a whole.
impl Visit for Contents<'_> {
    type Kept = Option<Vec<Held>>;

    fn whole(&mut self, number: u32, wanted: bool, bytes: &[u8]) -> Self::Kept {
        if self.is_too_large(number, wanted, bytes) || !wanted {
            return None;
        }
        let mut held = Vec::new();
        self.hold(number, bytes, 0, &mut held);
        self.done(number, bytes.len() as u64, &mut held);
        Some(held)
    }

    fn made(
        &mut self,
        number: u32,
        wanted: bool,
        bytes: &[u8],
        spans: &[Span],
        base: &Self::Kept,
    ) -> Self::Kept {
        // Where characters have two bytes, a part of them alone may be read wrongly.
        let wide = bytes.iter().take(START).any(|byte| *byte == 0);
        let Some(base) = base.as_ref().filter(|_| !wide) else {
            return self.whole(number, wanted, bytes);
        };
        if self.is_too_large(number, wanted, bytes) || !wanted {
            return None;
        }
        let mut held = inherited(base, spans);
        let mut looked_at = 0;
        for (start, end) in delta::regions(spans, bytes.len()) {
            if let Some(region) = bytes.get(start..end) {
                looked_at += region.len() as u64;
                self.hold(number, region, start, &mut held);
            }
        }
        self.done(number, looked_at, &mut held);
        Some(held)
    }

    fn lost(&mut self, number: u32, why: Lost) {
        self.holding.lost.push((number, why));
    }
}

/// What was copied as it is; `base` is in the order of places.
fn inherited(base: &[Held], spans: &[Span]) -> Vec<Held> {
    if base.is_empty() {
        return Vec::new();
    }
    let mut held = Vec::new();
    for span in spans {
        let Some(from) = span.from else { continue };
        let copied = from..from + span.len;
        let first = base.partition_point(|old| old.place.start < copied.start);
        let starting = base.iter().skip(first);
        for old in starting.take_while(|old| old.place.start < copied.end) {
            if old.place.end <= copied.end {
                let start = old.place.start - from + span.at;
                held.push(Held {
                    place: start..start + old.place.len(),
                    secret: old.secret,
                });
            }
        }
    }
    held
}
