//! Which bytes of the outer text a decoded byte comes from.

use std::ops::Range;

/// Units of an encoding, one behind another: `consumed` bytes outside give `produced` bytes inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    inside: usize,
    outside: usize,
    consumed: usize,
    produced: usize,
}

/// The way back from a decoded text to the text it stands in.
#[derive(Debug, Default)]
pub(crate) struct Map {
    stretches: Vec<Stretch>,
    /// Length of the decoded text so far, and of the outer text that the last stretch takes.
    inside: usize,
    outside: usize,
}

impl Map {
    /// The next `produced` decoded bytes come from the `consumed` bytes at `outside`.
    pub(crate) fn push(&mut self, outside: usize, consumed: usize, produced: usize) {
        let goes_on = self.stretches.last().is_some_and(|last| {
            last.consumed == consumed && last.produced == produced && self.outside == outside
        });
        if !goes_on {
            self.stretches.push(Stretch {
                inside: self.inside,
                outside,
                consumed,
                produced,
            });
        }
        self.inside += produced;
        self.outside = outside + consumed;
    }

    /// As many bytes as they stand there.
    pub(crate) fn plain(&mut self, outside: Range<usize>) {
        let mut left = outside;
        if let Some(first) = left.next() {
            self.push(first, 1, 1);
            self.inside += left.len();
            self.outside += left.len();
        }
    }

    /// Decoded bytes that come from nowhere.
    pub(crate) fn filler(&mut self, produced: usize) {
        self.push(self.outside, 0, produced);
    }

    /// The outer bytes of a decoded stretch.
    pub(crate) fn outside(&self, inside: &Range<usize>) -> Range<usize> {
        let start = self.unit(inside.start).start;
        let end = match inside.end.checked_sub(1) {
            Some(last) if last >= inside.start => self.unit(last).end,
            _ => start,
        };
        start..end.max(start)
    }

    /// Whether anything in this decoded stretch looks different outside.
    pub(crate) fn is_decoded(&self, inside: &Range<usize>) -> bool {
        let first = self
            .stretches
            .partition_point(|stretch| stretch.inside <= inside.start)
            .saturating_sub(1);
        self.stretches
            .iter()
            .skip(first)
            .take_while(|stretch| stretch.inside < inside.end)
            .any(|stretch| stretch.consumed != stretch.produced && stretch.consumed > 0)
    }

    /// The outer bytes of the unit that gives this byte.
    fn unit(&self, inside: usize) -> Range<usize> {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.inside <= inside);
        let Some(stretch) = after.checked_sub(1).and_then(|at| self.stretches.get(at)) else {
            return 0..0;
        };
        let units = (inside - stretch.inside) / stretch.produced.max(1);
        let start = stretch.outside + units * stretch.consumed;
        start..start + stretch.consumed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_bytes_lead_back_to_their_units() {
        let mut map = Map::default();
        map.plain(10..14);
        for quad in 0..3 {
            map.push(14 + quad * 4, 4, 3);
        }
        map.push(27, 4, 3); // behind a line break
        map.push(31, 3, 2);
        map.filler(2);
        map.push(50, 2, 1);
        assert_eq!(map.outside(&(0..4)), 10..14);
        assert_eq!(map.outside(&(1..2)), 11..12);
        assert_eq!(map.outside(&(4..7)), 14..18);
        assert_eq!(map.outside(&(6..8)), 14..22);
        assert_eq!(map.outside(&(12..14)), 22..31);
        assert_eq!(map.outside(&(16..18)), 31..34);
        assert_eq!(map.outside(&(20..21)), 50..52);
        assert_eq!(map.outside(&(5..5)), 14..14);
        assert_eq!(Map::default().outside(&(3..9)), 0..0);
    }
}
