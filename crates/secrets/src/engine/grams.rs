//! The filter: one look-up for each place of the text, for all needles of all rules.
//!
//! Four bytes in a row, letters in one case, are hashed into a table that is small enough for the
//! processor's cache; most text never gets further.

use super::bytes::Bytes;
use super::literals::GRAM;

/// Places that are looked at together.
const STEP: usize = 8;
/// Bytes that go through one step before the next has its turn.
const STRETCH: usize = 4096;
/// Entries of the first table, as a power of two.
const BITS: u32 = 18;
const ENTRIES: usize = 1 << BITS;
/// All bytes of a word folded.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// Kinds of bytes, so many that they are the bits of a word; see [`kind`].
pub(crate) type Kinds = u64;

/// The kind of a byte: letters in one case, and what shares their lower bits.
#[inline]
fn kind(byte: u8) -> u32 {
    u32::from(byte & 31 | byte >> 1 & 32)
}

/// The kinds of all bytes of a set.
pub(crate) fn kinds(set: Bytes) -> Kinds {
    let members = (0..=u8::MAX).filter(|&byte| set.contains(byte));
    members.fold(0, |kinds, byte| kinds | 1 << kind(byte))
}

/// A place beside a gram: how far from the gram's beginning, and what may stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) offset: i8,
    pub(crate) kinds: Kinds,
}

impl Beside {
    /// Says nothing.
    const ANYTHING: Self = Self {
        offset: 0,
        kinds: Kinds::MAX,
    };
}

/// A folded gram, two places that tell most of what must stand beside it, and who asks for it. Fits
/// half a line of the processor's cache.
#[derive(Clone, Copy, Default)]
struct Slot {
    kinds: [Kinds; 2],
    gram: u32,
    from: u32,
    count: u32,
    offsets: [i8; 2],
    /// Other grams hash to this place, too.
    shared: bool,
}

impl Slot {
    #[inline]
    fn fits(&self, text: &[u8], at: usize) -> bool {
        let [first, second] = self.offsets;
        let fits = |offset: i8, kinds: Kinds| {
            let at = at.wrapping_add_signed(isize::from(offset));
            text.get(at)
                .is_some_and(|byte| kinds >> kind(*byte) & 1 == 1)
        };
        // Both, because whether the first one fits cannot be guessed.
        fits(first, self.kinds[0]) & fits(second, self.kinds[1])
    }
}

/// The two places that tell most, of those that all needles of a gram have: for each needle the
/// offset of its first place from the gram, and what may stand at each.
fn beside(needles: &[(i8, Vec<Kinds>)]) -> [Beside; 2] {
    let mut best = [Beside::ANYTHING; 2];
    let from = needles
        .iter()
        .map(|(from, _)| *from)
        .max()
        .unwrap_or_default();
    for offset in from..i8::MAX {
        let all = needles.iter().try_fold(0, |all, (from, kinds)| {
            let place = usize::try_from(offset - from).ok()?;
            kinds.get(place).map(|kinds| all | kinds)
        });
        let Some(kinds) = all else { break };
        // Of the gram itself nothing is left to be told.
        if (0..4).contains(&offset) {
            continue;
        }
        let new = Beside { offset, kinds };
        let [first, second] = &mut best;
        {
            if kinds.count_ones() < first.kinds.count_ones() {
                *second = std::mem::replace(first, new);
            } else if kinds.count_ones() < second.kinds.count_ones() {
                *second = new;
            }
        }
    }
    best
}

/// All grams of all needles.
pub(crate) struct Grams {
    /// At the place that a gram hashes to, one of eight bits by another part of the hash.
    table: Box<[u8; ENTRIES]>,
    /// The grams themselves, by another hash; with free room.
    slots: Vec<Slot>,
    shift: u32,
    /// Needles, those of one gram together.
    owners: Vec<u32>,
}

/// Place in the table, and the bit's number.
#[inline]
fn spread(gram: u32) -> (usize, u32) {
    let hash = gram.wrapping_mul(0x9E37_79B1);
    ((hash >> (32 - BITS)) as usize, hash >> (32 - BITS - 3) & 7)
}

impl Grams {
    /// From pairs of a folded gram, in the order of the text with the first byte lowest, and its needle.
    /// `places` tells of a needle how far from the gram its first place is, and what may stand at each.
    pub(crate) fn new(
        mut pairs: Vec<(u32, u32)>,
        places: impl Fn(u32) -> (i8, Vec<Kinds>),
    ) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let distinct = pairs.chunk_by(|a, b| a.0 == b.0).count();
        let size = (distinct + distinct / 4).next_power_of_two().max(16);
        let mut grams = Self {
            slots: vec![Slot::default(); size],
            shift: 32 - size.trailing_zeros(),
            owners: pairs.iter().map(|(_, needle)| *needle).collect(),
            table: vec![0; ENTRIES]
                .into_boxed_slice()
                .try_into()
                .unwrap_or_else(|_| Box::new([0; ENTRIES])),
        };
        let mut from = 0;
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(gram, _)) = same.first() else {
                continue;
            };
            let to = from + same.len();
            let (at, bit) = spread(gram);
            if let Some(bits) = grams.table.get_mut(at) {
                *bits |= 1 << bit;
            }
            let needles: Vec<_> = same.iter().map(|(_, needle)| places(*needle)).collect();
            grams.insert(gram, from, same.len(), beside(&needles));
            from = to;
        }
        grams
    }

    fn insert(&mut self, gram: u32, from: usize, count: usize, beside: [Beside; 2]) {
        let mask = self.slots.len() - 1;
        let mut at = self.slot(gram);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.count == 0 {
                *slot = Slot {
                    kinds: beside.map(|place| place.kinds),
                    gram,
                    from: u32::try_from(from).unwrap_or_default(),
                    count: u32::try_from(count).unwrap_or_default(),
                    offsets: beside.map(|place| place.offset),
                    shared: false,
                };
                return;
            }
            slot.shared = true;
            at = (at + 1) & mask;
        }
    }

    fn slot(&self, gram: u32) -> usize {
        usize::try_from(gram.wrapping_mul(0x85EB_CA6B) >> self.shift).unwrap_or_default()
    }

    /// The needles that may stand around the gram at a place.
    fn owners(&self, gram: u32, text: &[u8], place: usize) -> &[u32] {
        let mask = self.slots.len() - 1;
        let mut at = self.slot(gram);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.count != 0) {
            if slot.gram == gram {
                if !slot.fits(text, place) {
                    return &[];
                }
                let (from, count) = (slot.from as usize, slot.count as usize);
                return self.owners.get(from..from + count).unwrap_or_default();
            }
            at = (at + 1) & mask;
        }
        &[]
    }

    /// Calls `hit` with each place where a gram stands, in order, and with needles that may stand
    /// around it.
    ///
    /// A processor that guesses wrong at a branch loses the time of many steps, and nobody can guess where
    /// grams stand. So each step takes a stretch of text and hands on what it kept without a branch.
    #[inline]
    pub(crate) fn scan(&self, text: &[u8], mut hit: impl FnMut(usize, &[u32])) {
        let mut sieve = Sieve::new();
        let mut base = 0;
        while let Some(rest) = text.get(base..).filter(|rest| rest.len() >= 2 * STEP) {
            let most = rest.len() / STEP * STEP;
            let stretch = rest.get(..most.min(STRETCH + STEP)).unwrap_or_default();
            self.words(stretch, &mut sieve);
            self.places(text, base, &mut sieve);
            for &place in sieve.places() {
                self.one(text, base + place as usize, &mut hit);
            }
            base += stretch.len() - STEP;
        }
        for place in base..text.len().saturating_sub(GRAM - 1) {
            self.one(text, place, &mut hit);
        }
    }

    /// Keeps the words of a stretch where a gram may begin; its last word is only looked into.
    #[inline]
    fn words(&self, stretch: &[u8], sieve: &mut Sieve) {
        let mut words = stretch.chunks_exact(STEP).map(|chunk| {
            let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
            word | FOLD
        });
        let mut previous = words.next().unwrap_or_default();
        let mut kept = 0;
        for (at, word) in words.enumerate() {
            let mut places = 0;
            for place in 0..STEP {
                places |= self.bit(gram(previous, word, place)) << place;
            }
            if let Some(room) = sieve.words.get_mut(kept) {
                *room = (at as u32, places);
            }
            kept += usize::from(places != 0);
            previous = word;
        }
        sieve.kept_words = kept;
    }

    /// Of those, keeps the places where a gram stands with what must stand beside it.
    #[inline]
    fn places(&self, text: &[u8], base: usize, sieve: &mut Sieve) {
        let mut kept = 0;
        let words = sieve.words.get(..sieve.kept_words).unwrap_or_default();
        for &(at, mut places) in words {
            while places != 0 {
                let place = at * STEP as u32 + places.trailing_zeros();
                places &= places - 1;
                if let Some(room) = sieve.places.get_mut(kept) {
                    *room = place;
                }
                kept += usize::from(self.may_stand(text, base + place as usize));
            }
        }
        sieve.kept_places = kept;
    }

    /// True when a gram stands at a place with what must stand beside it, or when that takes a search.
    #[inline]
    fn may_stand(&self, text: &[u8], at: usize) -> bool {
        let Some(gram) = gram_at(text, at) else {
            return false;
        };
        let Some(slot) = self.slots.get(self.slot(gram)) else {
            return false;
        };
        let same = slot.gram == gram;
        (same & slot.fits(text, at)) | (!same & slot.shared)
    }

    /// 1 when the table has this gram, or one that hashes alike.
    #[inline]
    fn bit(&self, gram: u32) -> u32 {
        let (at, bit) = spread(gram);
        let entry = self.table.get(at).copied().unwrap_or_default();
        u32::from(entry) >> bit & 1
    }

    #[inline]
    fn one(&self, text: &[u8], at: usize, hit: &mut impl FnMut(usize, &[u32])) {
        let owners = gram_at(text, at).map_or(&[][..], |gram| self.owners(gram, text, at));
        if !owners.is_empty() {
            hit(at, owners);
        }
    }
}

/// What the steps hand on.
struct Sieve {
    /// Of the stretch, the number of a word and, in bits, the places in it.
    words: [(u32, u32); STRETCH / STEP],
    kept_words: usize,
    /// From the stretch's beginning.
    places: [u32; STRETCH],
    kept_places: usize,
}

impl Sieve {
    fn new() -> Self {
        Self {
            words: [(0, 0); STRETCH / STEP],
            kept_words: 0,
            places: [0; STRETCH],
            kept_places: 0,
        }
    }

    fn places(&self) -> &[u32] {
        self.places.get(..self.kept_places).unwrap_or_default()
    }
}

/// The folded gram at a place.
#[inline]
fn gram_at(text: &[u8], at: usize) -> Option<u32> {
    let bytes = text.get(at..)?.first_chunk::<GRAM>()?;
    Some(u32::from_le_bytes(*bytes) | FOLD as u32)
}

/// The gram at a place of a word that is followed by another.
#[inline]
fn gram(word: u64, next: u64, place: usize) -> u32 {
    let bits = 8 * place;
    let low = word >> bits;
    let joined = if place > STEP - GRAM {
        low | next << (64 - bits)
    } else {
        low
    };
    (joined & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gram_of(text: &[u8; 4]) -> u32 {
        u32::from_le_bytes(*text) | FOLD as u32
    }

    #[test]
    fn every_place_is_looked_at() {
        let pairs = vec![
            (gram_of(b"GHP_"), 1),
            (gram_of(b"ghp_"), 2),
            (gram_of(b"key="), 3),
        ];
        let grams = Grams::new(pairs, |_| (0, vec![Kinds::MAX; 4]));
        for length in 0..40 {
            for at in 0..40 {
                let mut text = vec![b'x'; at];
                text.extend_from_slice(b"Ghp_");
                text.extend(vec![b'x'; length]);
                let mut found = Vec::new();
                grams.scan(&text, |at, owners| found.push((at, owners.to_vec())));
                assert_eq!(found, [(at, vec![1, 2])], "{at} {length}");
            }
        }
    }
}
