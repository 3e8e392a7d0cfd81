//! The filter: one look-up for each place of the text, for all needles of all rules.
//!
//! Four bytes in a row, letters in one case, are hashed into a table that is small enough for the
//! processor's cache; most text never gets further.

use super::literals::GRAM;
use super::rarity::fold;

/// Places that are looked at together.
const STEP: usize = 8;
/// Entries of the first table, as a power of two.
const BITS: u32 = 18;
const ENTRIES: usize = 1 << BITS;
/// All bytes of a word folded.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// A folded gram and who asks for it.
#[derive(Clone, Copy, Default)]
struct Slot {
    gram: u32,
    from: u32,
    to: u32,
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
    /// From pairs of a folded gram, in the order of the text with the first byte lowest, and a needle.
    pub(crate) fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut table: Box<[u8; ENTRIES]> = vec![0; ENTRIES]
            .into_boxed_slice()
            .try_into()
            .unwrap_or_else(|_| Box::new([0; ENTRIES]));
        let size = (pairs.len() * 2).next_power_of_two().max(16);
        let mut grams = Self {
            slots: vec![Slot::default(); size],
            shift: 32 - size.trailing_zeros(),
            owners: pairs.iter().map(|(_, needle)| *needle).collect(),
            table: Box::new([0; ENTRIES]),
        };
        let mut from = 0;
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(gram, _)) = same.first() else {
                continue;
            };
            let to = from + same.len();
            let (at, bit) = spread(gram);
            if let Some(bits) = table.get_mut(at) {
                *bits |= 1 << bit;
            }
            grams.insert(gram, from, to);
            from = to;
        }
        grams.table = table;
        grams
    }

    fn insert(&mut self, gram: u32, from: usize, to: usize) {
        let mask = self.slots.len() - 1;
        let mut at = self.slot(gram);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.from == slot.to {
                slot.gram = gram;
                slot.from = u32::try_from(from).unwrap_or_default();
                slot.to = u32::try_from(to).unwrap_or_default();
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn slot(&self, gram: u32) -> usize {
        usize::try_from(gram.wrapping_mul(0x85EB_CA6B) >> self.shift).unwrap_or_default()
    }

    /// The needles that have this gram.
    fn owners(&self, gram: u32) -> &[u32] {
        let mask = self.slots.len() - 1;
        let mut at = self.slot(gram);
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.from != slot.to) {
            if slot.gram == gram {
                let (from, to) = (slot.from as usize, slot.to as usize);
                return self.owners.get(from..to).unwrap_or_default();
            }
            at = (at + 1) & mask;
        }
        &[]
    }

    /// Calls `hit` with each place where a gram stands, in order, and with its needles.
    #[inline]
    pub(crate) fn scan(&self, text: &[u8], mut hit: impl FnMut(usize, &[u32])) {
        let mut before = None;
        let mut at = 0;
        for chunk in text.chunks_exact(STEP) {
            let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default()) | FOLD;
            if let Some(previous) = before {
                let mut places = 0;
                for place in 0..STEP {
                    places |= self.bit(gram(previous, word, place)) << place;
                }
                while places != 0 {
                    let place = places.trailing_zeros() as usize;
                    places &= places - 1;
                    self.one(gram(previous, word, place), at + place, &mut hit);
                }
                at += STEP;
            }
            before = Some(word);
        }
        let rest = text.get(at..).unwrap_or_default();
        for (place, gram) in rest.windows(GRAM).enumerate() {
            let gram = gram
                .iter()
                .rev()
                .fold(0, |all, &byte| all << 8 | u32::from(fold(byte)));
            if self.bit(gram) != 0 {
                self.one(gram, at + place, &mut hit);
            }
        }
    }

    /// 1 when the table has this gram, or one that hashes alike.
    #[inline]
    fn bit(&self, gram: u32) -> u32 {
        let (at, bit) = spread(gram);
        let entry = self.table.get(at).copied().unwrap_or_default();
        u32::from(entry) >> bit & 1
    }

    #[inline]
    fn one(&self, gram: u32, at: usize, hit: &mut impl FnMut(usize, &[u32])) {
        let owners = self.owners(gram);
        if !owners.is_empty() {
            hit(at, owners);
        }
    }
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
        u32::from_le_bytes(text.map(fold))
    }

    #[test]
    fn every_place_is_looked_at() {
        let grams = Grams::new(vec![
            (gram_of(b"GHP_"), 1),
            (gram_of(b"ghp_"), 2),
            (gram_of(b"key="), 3),
        ]);
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
