//! Folders: who holds whom under which name.

use super::super::Search;
use super::super::trees::{self, Kind};
use super::delta::Span;
use super::pack::{Lost, Visit};
use super::table::{NONE, Table};
use lockgate_secrets::Hit;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Names that a thread has at hand, at most.
const SLOTS: usize = 1024;

/// Names by number, and the hits in them.
pub(super) type Named = (Vec<Box<[u8]>>, Vec<(u32, Hit)>);

/// Names of files and folders, each once.
#[derive(Default)]
pub(super) struct Names {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    numbers: BTreeMap<Box<[u8]>, u32>,
    names: Vec<Box<[u8]>>,
    hits: Vec<(u32, Hit)>,
}

impl Names {
    /// The number of a name; a new one is searched.
    fn number(&self, name: &[u8], search: &Search<'_>) -> u32 {
        {
            let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(number) = inner.numbers.get(name) {
                return *number;
            }
        }
        let hits = search.scan(name).hits;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(inner.names.len()).unwrap_or(NONE);
        if let Some(number) = inner.numbers.get(name) {
            return *number;
        }
        inner.numbers.insert(name.into(), next);
        inner.names.push(name.into());
        inner.hits.extend(hits.into_iter().map(|hit| (next, hit)));
        next
    }

    /// Names that hold a secret, with their numbers.
    pub(super) fn borne(&self) -> BTreeSet<(u32, Box<[u8]>)> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let hits = inner.hits.iter();
        hits.filter_map(|(number, _)| {
            let name = inner.names.get(*number as usize)?;
            Some((*number, name.clone()))
        })
        .collect()
    }

    /// All names by number, and the hits in them.
    pub(super) fn all(self) -> Named {
        let inner = self.inner.into_inner();
        let inner = inner.unwrap_or_else(PoisonError::into_inner);
        (inner.names, inner.hits)
    }
}

/// Objects that are looked for, by number.
pub(super) struct Wanted(Vec<u64>);

impl Wanted {
    pub(super) fn new(all: usize, wanted: impl Iterator<Item = u32>) -> Self {
        let mut bits = vec![0_u64; all.div_ceil(64)];
        for number in wanted {
            if let Some(word) = bits.get_mut(number as usize / 64) {
                *word |= 1 << (number % 64);
            }
        }
        Self(bits)
    }

    pub(super) fn has(&self, number: u32) -> bool {
        let word = self.0.get(number as usize / 64);
        word.is_some_and(|word| word & 1 << (number % 64) != 0)
    }
}

/// What is looked for in folders.
pub(super) struct Aim<'a> {
    pub search: &'a Search<'a>,
    pub table: &'a Table,
    pub hash: gix::hash::Kind,
    pub names: &'a Names,
    /// Contents whose place must be known.
    pub contents: Wanted,
    /// The first bytes of their ids, so that others are told apart without looking them up.
    pub starts: Vec<u64>,
    /// Names whose bearers must be known; the second time only.
    pub bearers: BTreeSet<Box<[u8]>>,
}

impl<'a> Aim<'a> {
    pub(super) fn new(
        search: &'a Search<'a>,
        table: &'a Table,
        names: &'a Names,
        hash: gix::hash::Kind,
        wanted: &BTreeSet<u32>,
    ) -> Self {
        let mut starts = vec![0_u64; (1 << 16) / 64];
        for id in wanted.iter().filter_map(|number| table.id(*number)) {
            let start = start_of(&id);
            if let Some(word) = starts.get_mut(start / 64) {
                *word |= 1 << (start % 64);
            }
        }
        Self {
            search,
            table,
            hash,
            names,
            contents: Wanted::new(table.len(), wanted.iter().copied()),
            starts,
            bearers: BTreeSet::new(),
        }
    }

    fn may_want(&self, id: &gix::oid) -> bool {
        let start = start_of(id);
        let word = self.starts.get(start / 64);
        word.is_some_and(|word| word & 1 << (start % 64) != 0)
    }
}

fn start_of(id: &gix::oid) -> usize {
    match id.as_bytes() {
        [a, b, ..] => usize::from(*a) << 8 | usize::from(*b),
        _ => 0,
    }
}

/// Reads folders, on one thread.
pub(super) struct Folders<'a> {
    pub aim: &'a Aim<'a>,
    /// Folder, and where in [`Self::held`] its part starts.
    pub parts: Vec<(u32, u32)>,
    /// What folders hold that matters: number and number of the name. Each part ends with [`NONE`].
    pub held: Vec<(u32, u32)>,
    /// Names that this thread has seen, the last one of each slot.
    known: Vec<(Box<[u8]>, u32)>,
    /// Objects that are not there.
    pub missing: Vec<gix::ObjectId>,
    pub lost: Vec<(u32, Lost)>,
}

impl<'a> Folders<'a> {
    pub(super) fn new(aim: &'a Aim<'a>) -> Self {
        Self {
            aim,
            parts: Vec::new(),
            held: Vec::new(),
            known: vec![(Box::default(), NONE); SLOTS],
            missing: Vec::new(),
            lost: Vec::new(),
        }
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        // FNV-1a: the same few names come again and again.
        let hash = name.iter().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
        let slot = (hash ^ (hash >> 16)) as usize % SLOTS;
        if let Some((known, number)) = self.known.get(slot)
            && **known == *name
            && *number != NONE
        {
            return *number;
        }
        let number = self.aim.names.number(name, self.aim.search);
        if let Some(known) = self.known.get_mut(slot) {
            *known = (name.into(), number);
        }
        number
    }

    /// `spans` are those of the delta; none for a whole folder, all of which is new.
    pub(super) fn read(&mut self, number: u32, bytes: &[u8], spans: Option<&[Span]>) {
        let start = u32::try_from(self.held.len()).unwrap_or(NONE);
        let mut spans = spans.map(|spans| spans.iter().peekable());
        let mut entries = trees::entries(bytes, self.aim.hash);
        loop {
            let from = bytes.len() - entries.left();
            let Some(entry) = entries.next() else { break };
            let to = bytes.len() - entries.left();
            let new = match &mut spans {
                None => true,
                Some(spans) => {
                    // An entry is new unless one copied part holds all of it.
                    while spans.next_if(|span| span.at + span.len <= from).is_some() {}
                    spans
                        .peek()
                        .is_none_or(|span| span.from.is_none() || to > span.at + span.len)
                }
            };
            match entry.kind {
                Kind::Submodule => {
                    if new {
                        self.name(entry.name);
                    }
                }
                Kind::Folder => {
                    let folder = self.aim.table.number(entry.id);
                    let name = self.name(entry.name);
                    if folder == NONE {
                        if new {
                            self.missing.push(entry.id.to_owned());
                        }
                    } else {
                        self.held.push((folder, name));
                    }
                }
                Kind::Blob => {
                    let bearer =
                        !self.aim.bearers.is_empty() && self.aim.bearers.contains(entry.name);
                    if !new && !bearer && !self.aim.may_want(entry.id) {
                        continue;
                    }
                    let blob = self.aim.table.number(entry.id);
                    if new && blob == NONE {
                        self.missing.push(entry.id.to_owned());
                    }
                    if bearer || (blob != NONE && self.aim.contents.has(blob)) {
                        let name = self.name(entry.name);
                        if blob != NONE {
                            self.held.push((blob, name));
                        }
                    } else if new {
                        self.name(entry.name);
                    }
                }
            }
        }
        if entries.damaged {
            self.lost.push((number, Lost::Damaged));
        }
        self.held.push((NONE, NONE));
        self.parts.push((number, start));
        self.aim.search.progress.add(1, 0);
    }
}

impl Visit for Folders<'_> {
    type Kept = ();

    fn whole(&mut self, number: u32, wanted: bool, bytes: &[u8]) {
        if wanted {
            self.read(number, bytes, None);
        }
    }

    fn made(&mut self, number: u32, wanted: bool, bytes: &[u8], spans: &[Span], (): &()) {
        if wanted {
            self.read(number, bytes, Some(spans));
        }
    }

    fn lost(&mut self, number: u32, why: Lost) {
        self.lost.push((number, why));
    }
}
