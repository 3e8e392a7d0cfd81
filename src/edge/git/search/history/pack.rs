//! A pack, walked from each whole object to what is made from it, so that every object is made once.

use super::delta::{self, Span};
use super::table::{NONE, Table};
use gix::odb::pack::data::{self, entry::Header};
use gix::odb::pack::index;
use gix::zlib::Inflate;
use rayon::prelude::*;

/// Bytes that one thread keeps to make other objects from.
const MOST_KEPT: usize = 48 * 1024 * 1024;

/// Largest object that is made at all, in bytes: larger ones are not read, nor what is made from them.
pub(super) const MOST_MADE: usize = 128 * 1024 * 1024;

/// A pack and who is made from whom. All lists have one entry for each object, in the order of places.
pub(super) struct Pack {
    data: data::File,
    offsets: Vec<u64>,
    /// Number in the [`Table`]; with [`TWICE`] for an object that was met before, in another pack.
    numbers: Vec<u32>,
    first_child: Vec<u32>,
    next_child: Vec<u32>,
    /// Objects that are whole.
    roots: Vec<(u32, gix::objs::Kind)>,
    /// Objects that are made from one that is not in this pack.
    pub adrift: Vec<u32>,
}

/// Marks a number: another pack has this object, too, and that one counts.
const TWICE: u32 = 1 << 31;

/// Looks at objects, on one thread.
pub(super) trait Visit: Send {
    /// What it needs of an object to look at those that are made from it.
    type Kept: Send;

    /// An object by itself. `wanted` is false for one that is only needed to make others, or was
    /// met before.
    fn whole(&mut self, number: u32, wanted: bool, bytes: &[u8]) -> Self::Kept;

    /// An object that is made from another one.
    fn made(
        &mut self,
        number: u32,
        wanted: bool,
        bytes: &[u8],
        spans: &[Span],
        base: &Self::Kept,
    ) -> Self::Kept;

    /// An object that cannot be had: damaged, or larger than [`MOST_MADE`].
    fn lost(&mut self, number: u32, why: Lost);
}

/// Why an object cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Its bytes, or those that it is made from, cannot be read.
    Damaged,
    /// It is too large.
    TooLarge,
}

impl Pack {
    /// Reads every object's header; `None` when one of them is damaged.
    pub(super) fn new(
        index: &index::File,
        data: data::File,
        table: &Table,
        take: &mut dyn FnMut(u32) -> bool,
    ) -> Option<Self> {
        let count = index.num_objects();
        let mut order: Vec<(u64, u32)> = (0..count)
            .map(|at| (index.pack_offset_at_index(at), at))
            .collect();
        order.par_sort_unstable();
        let numbers = order.iter().map(|(_, at)| {
            let number = table.number(index.oid_at_index(*at));
            if take(number) { number } else { number | TWICE }
        });
        let numbers: Vec<u32> = numbers.collect();
        let offsets: Vec<u64> = order.iter().map(|(offset, _)| *offset).collect();
        drop(order);
        let mut pack = Self {
            first_child: vec![NONE; offsets.len()],
            next_child: vec![NONE; offsets.len()],
            roots: Vec::new(),
            adrift: Vec::new(),
            data,
            numbers,
            offsets,
        };
        let headers: Vec<Option<Header>> = pack
            .offsets
            .par_iter()
            .map(|offset| Some(pack.data.entry(*offset).ok()?.header))
            .collect();
        // From the last, so that children stand in the order of places.
        for (at, header) in headers.iter().enumerate().rev() {
            let here = u32::try_from(at).ok()?;
            let base = match header.as_ref()? {
                Header::OfsDelta { base_distance } => {
                    let offset = pack.offsets.get(at)?.checked_sub(*base_distance)?;
                    pack.offsets.binary_search(&offset).ok()
                }
                Header::RefDelta { base_id } => index
                    .lookup(base_id)
                    .map(|at| index.pack_offset_at_index(at))
                    .and_then(|offset| pack.offsets.binary_search(&offset).ok()),
                whole => {
                    pack.roots.push((here, whole.as_kind()?));
                    continue;
                }
            };
            let Some(base) = base else {
                pack.adrift.push(here);
                continue;
            };
            let first = pack.first_child.get_mut(base)?;
            *pack.next_child.get_mut(at)? = *first;
            *first = here;
        }
        pack.roots.reverse();
        Some(pack)
    }

    /// Shows every object of some kinds, each after the one that it is made from, on all threads.
    pub(super) fn walk<V: Visit>(
        &self,
        wanted: impl Fn(gix::objs::Kind) -> bool,
        make: impl Fn() -> V + Sync,
    ) -> Vec<V> {
        let roots: Vec<u32> = self
            .roots
            .iter()
            .filter(|(_, kind)| wanted(*kind))
            .map(|(at, _)| *at)
            .collect();
        let parts = roots
            .len()
            .div_ceil(rayon::current_num_threads() * 64)
            .max(1);
        roots
            .par_chunks(parts)
            .fold(
                || None,
                |worker: Option<Worker<V>>, part| {
                    let mut worker = worker.unwrap_or_else(|| Worker::new(make()));
                    for root in part {
                        worker.tree(self, *root);
                    }
                    Some(worker)
                },
            )
            .flatten()
            .map(|worker| worker.visitor)
            .collect()
    }

    /// The number of an object and whether it counts here.
    pub(super) fn number(&self, at: u32) -> (u32, bool) {
        let number = self.numbers.get(at as usize).copied().unwrap_or(NONE);
        (number & !TWICE, number & TWICE == 0)
    }

    fn child(&self, at: u32) -> u32 {
        self.first_child.get(at as usize).copied().unwrap_or(NONE)
    }

    fn sibling(&self, at: u32) -> u32 {
        self.next_child.get(at as usize).copied().unwrap_or(NONE)
    }
}

/// An object that others are made from.
struct Base<K> {
    bytes: Vec<u8>,
    kept: K,
    next: u32,
}

/// One thread's work.
struct Worker<V: Visit> {
    visitor: V,
    inflate: Inflate,
    delta: Vec<u8>,
    spans: Vec<Span>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
    bases: Vec<Base<V::Kept>>,
    kept: usize,
}

impl<V: Visit> Worker<V> {
    fn new(visitor: V) -> Self {
        Self {
            visitor,
            inflate: Inflate::default(),
            delta: Vec::new(),
            spans: Vec::new(),
            spare: Vec::new(),
            bases: Vec::new(),
            kept: 0,
        }
    }

    /// A whole object and all that is made from it.
    fn tree(&mut self, pack: &Pack, root: u32) {
        let (number, counts) = pack.number(root);
        let mut bytes = self.spare.pop().unwrap_or_default();
        match self.read(pack, root, &mut bytes) {
            Ok(()) => {
                let kept = self.visitor.whole(number, counts, &bytes);
                self.keep(pack, root, bytes, kept);
            }
            Err(why) => self.lose(pack, root, why),
        }
        while let Some(base) = self.bases.last_mut() {
            let child = base.next;
            if child == NONE {
                self.drop_base();
                continue;
            }
            base.next = pack.sibling(child);
            let mut bytes = self.spare.pop().unwrap_or_default();
            match self.make(pack, child, &mut bytes) {
                Ok(kept) => {
                    // A base with no more children makes room first: most trees are chains.
                    if self.bases.last().is_some_and(|base| base.next == NONE) {
                        self.drop_base();
                    }
                    self.keep(pack, child, bytes, kept);
                }
                Err(why) => self.lose(pack, child, why),
            }
        }
    }

    /// Keeps an object while others are to be made from it.
    fn keep(&mut self, pack: &Pack, at: u32, bytes: Vec<u8>, kept: V::Kept) {
        let next = pack.child(at);
        if next == NONE {
            self.recycle(bytes);
        } else if self.kept + bytes.len() > MOST_KEPT && !self.bases.is_empty() {
            // Too much is held by the objects above: these are made without them, one by one.
            self.alone(pack, at, bytes);
        } else {
            self.kept += bytes.len();
            self.bases.push(Base { bytes, kept, next });
        }
    }

    /// The same walk with nothing held but one object and what it is made from.
    fn alone(&mut self, pack: &Pack, at: u32, bytes: Vec<u8>) {
        // Each stands with the way from here, so that it can be made again.
        let mut left: Vec<Vec<u32>> = Vec::new();
        let push = |left: &mut Vec<Vec<u32>>, way: &[u32], above: u32| {
            let mut child = pack.child(above);
            while child != NONE {
                left.push(way.iter().copied().chain([child]).collect());
                child = pack.sibling(child);
            }
        };
        push(&mut left, &[], at);
        let (mut one, mut other) = (Vec::new(), Vec::new());
        while let Some(way) = left.pop() {
            let Some(&last) = way.last() else { continue };
            let mut made = Ok(());
            for (step, entry) in way.iter().enumerate() {
                let base = if step == 0 { &bytes } else { &one };
                made = self.apply(pack, *entry, base, &mut other);
                std::mem::swap(&mut one, &mut other);
                if made.is_err() {
                    break;
                }
            }
            match made {
                Ok(()) => {
                    let (number, counts) = pack.number(last);
                    self.visitor.whole(number, counts, &one);
                    push(&mut left, &way, last);
                }
                Err(why) => self.lose(pack, last, why),
            }
        }
        self.recycle(bytes);
    }

    fn drop_base(&mut self) {
        if let Some(base) = self.bases.pop() {
            self.kept = self.kept.saturating_sub(base.bytes.len());
            self.recycle(base.bytes);
        }
    }

    fn recycle(&mut self, bytes: Vec<u8>) {
        const MOST: usize = 1024 * 1024;
        if self.spare.len() < 8 && bytes.capacity() <= MOST {
            self.spare.push(bytes);
        }
    }

    fn make(&mut self, pack: &Pack, at: u32, out: &mut Vec<u8>) -> Result<V::Kept, Lost> {
        let mut delta = std::mem::take(&mut self.delta);
        let read = self.read(pack, at, &mut delta);
        self.delta = delta;
        read?;
        let Some(base) = self.bases.last() else {
            return Err(Lost::Damaged);
        };
        result(&self.delta, &base.bytes, out, &mut self.spans)?;
        let (number, counts) = pack.number(at);
        let visitor = &mut self.visitor;
        Ok(visitor.made(number, counts, out, &self.spans, &base.kept))
    }

    fn apply(&mut self, pack: &Pack, at: u32, base: &[u8], out: &mut Vec<u8>) -> Result<(), Lost> {
        let mut delta = std::mem::take(&mut self.delta);
        let read = self.read(pack, at, &mut delta);
        self.delta = delta;
        read?;
        result(&self.delta, base, out, &mut self.spans)
    }

    /// What the pack holds of an object: all of it, or a delta.
    fn read(&mut self, pack: &Pack, at: u32, out: &mut Vec<u8>) -> Result<(), Lost> {
        let offset = pack.offsets.get(at as usize).ok_or(Lost::Damaged)?;
        let entry = pack.data.entry(*offset).map_err(|_| Lost::Damaged)?;
        let len = usize::try_from(entry.decompressed_size).unwrap_or(usize::MAX);
        if len > MOST_MADE {
            return Err(Lost::TooLarge);
        }
        out.clear();
        out.resize(len, 0);
        let read = pack.data.decompress_entry(&entry, &mut self.inflate, out);
        read.map(drop).map_err(|_| Lost::Damaged)
    }

    /// An object that cannot be had, with all that is made from it.
    fn lose(&mut self, pack: &Pack, at: u32, why: Lost) {
        let mut left = vec![at];
        while let Some(at) = left.pop() {
            let (number, counts) = pack.number(at);
            if counts {
                self.visitor.lost(number, why);
            }
            let mut child = pack.child(at);
            while child != NONE {
                left.push(child);
                child = pack.sibling(child);
            }
        }
    }
}

fn result(delta: &[u8], base: &[u8], out: &mut Vec<u8>, spans: &mut Vec<Span>) -> Result<(), Lost> {
    if delta::result_len(delta).is_some_and(|len| len > MOST_MADE as u64) {
        return Err(Lost::TooLarge);
    }
    delta::apply(delta, base, MOST_MADE, out, spans).ok_or(Lost::Damaged)
}
