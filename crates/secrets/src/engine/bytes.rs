//! Sets of bytes.

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

    /// Its members as the filter sees them, each once: with the bit for lower case.
    pub(crate) fn folded(self) -> impl Iterator<Item = u8> {
        let quarters = self.0.into_iter().zip([0x20u8, 0x60, 0xa0, 0xe0]);
        quarters.flat_map(|(bits, first)| {
            let bits = (bits >> 32 | bits) & u64::from(u32::MAX);
            (0..32u8)
                .filter(move |bit| bits >> bit & 1 == 1)
                .map(move |bit| first + bit)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_folded() {
        let set = Bytes::of(b"aAZ_9\n\xff");
        assert_eq!(
            set.folded().collect::<Vec<_>>(),
            [b'*', b'9', b'a', b'z', 0x7f, 0xff]
        );
        assert_eq!(Bytes::ALL.folded().count(), 128);
    }
}
