//! Sets of bytes.

use super::rarity::fold;

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Bytes(pub(crate) [u64; 4]);

impl Bytes {
    /// Every byte.
    pub(crate) const ALL: Self = Self([u64::MAX; 4]);

    /// These.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut set = Self::default();
        bytes.iter().for_each(|&byte| set.insert(byte));
        set
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        let part = self.0.get(usize::from(byte >> 6)).copied();
        part.is_some_and(|bits| bits >> (byte & 63) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, byte: u8) {
        if let Some(bits) = self.0.get_mut(usize::from(byte >> 6)) {
            *bits |= 1 << (byte & 63);
        }
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    /// Its members as the filter sees them, each once.
    pub(crate) fn folded(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX)
            .filter(|&byte| fold(byte) == byte)
            .filter(move |&byte| self.contains(byte) || self.contains(byte & !0x20))
    }
}

/// The bytes of a class; `None` when it holds more than bytes.
pub(crate) fn of_class(class: &regex_syntax::hir::Class) -> Option<Bytes> {
    let mut set = Bytes::default();
    match class {
        regex_syntax::hir::Class::Bytes(class) => {
            for range in class.ranges() {
                (range.start()..=range.end()).for_each(|byte| set.insert(byte));
            }
        }
        regex_syntax::hir::Class::Unicode(class) => {
            for range in class.ranges() {
                let last = u8::try_from(range.end()).ok().filter(u8::is_ascii)?;
                let first = u8::try_from(range.start()).ok()?;
                (first..=last).for_each(|byte| set.insert(byte));
            }
        }
    }
    Some(set)
}
