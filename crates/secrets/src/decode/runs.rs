//! Finds long runs of some bytes without looking at most of the others.

/// A set of bytes.
pub(crate) type Class = [bool; 256];

/// Letters, digits and the given others.
pub(crate) const fn class(alphanumeric: bool, others: &[u8]) -> Class {
    let mut set = [false; 256];
    let mut byte = 0;
    // Not `for` and not `get`: this runs when the program is built.
    while byte < 256 {
        let is = alphanumeric && (byte as u8).is_ascii_alphanumeric();
        let mut other = 0;
        let mut listed = false;
        #[allow(clippy::indexing_slicing)]
        // When the program is built, out of bounds does not compile.
        while other < others.len() {
            listed |= others[other] as usize == byte;
            other += 1;
        }
        #[allow(clippy::indexing_slicing)] // The same.
        {
            set[byte] = is || listed;
        }
        byte += 1;
    }
    set
}

/// All of the set's longest runs of at least `least` bytes, in order.
///
/// Steps of `least` bytes suffice to touch every such run, so in text of short words most bytes are
/// never looked at (the idea of Boyer and Moore, 1977). No byte is looked at more than twice.
pub(crate) struct Runs<'t> {
    text: &'t [u8],
    class: &'static Class,
    least: usize,
    at: usize,
}

impl<'t> Runs<'t> {
    pub(crate) fn new(text: &'t [u8], class: &'static Class, least: usize) -> Self {
        Self {
            text,
            class,
            least: least.max(1),
            at: 0,
        }
    }

    fn is(&self, at: usize) -> bool {
        self.text
            .get(at)
            .is_some_and(|byte| self.class.get(usize::from(*byte)) == Some(&true))
    }
}

impl Iterator for Runs<'_> {
    type Item = std::ops::Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        // `self.at..known` is all in the set.
        let mut known = self.at;
        loop {
            let last = self.at + self.least - 1;
            if last >= self.text.len() {
                return None;
            }
            let mut low = last + 1;
            while low > known && self.is(low - 1) {
                low -= 1;
            }
            if low > known {
                self.at = low;
                known = last + 1;
                continue;
            }
            let start = self.at;
            let mut end = last + 1;
            while self.is(end) {
                end += 1;
            }
            self.at = end;
            return Some(start..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: Class = class(true, b"-");

    #[test]
    fn every_long_run_is_found_wherever_it_stands() {
        // All texts of 14 bytes of two kinds, beside the plain way.
        for bits in 0u32..1 << 14 {
            let text: Vec<u8> = (0..14)
                .map(|at| if bits >> at & 1 == 1 { b'a' } else { b' ' })
                .collect();
            for least in [1, 2, 3, 5] {
                let found: Vec<_> = Runs::new(&text, &LETTERS, least).collect();
                let mut plain = Vec::new();
                let mut start = 0;
                for at in 0..=text.len() {
                    if text.get(at) != Some(&b'a') {
                        if at - start >= least {
                            plain.push(start..at);
                        }
                        start = at + 1;
                    }
                }
                assert_eq!(found, plain, "{text:?} {least}");
            }
        }
    }
}
