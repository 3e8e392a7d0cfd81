//! Places in a text → lines.

/// Where the lines of a text begin.
pub struct Lines(Vec<usize>);

impl Lines {
    /// Looks through the text once.
    pub fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(breaks.map(|(at, _)| at).collect())
    }

    /// The line that a byte stands in, 1-based.
    pub fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_with_its_break() {
        let lines = Lines::of("a\n\nbc\n");
        let at = [0, 1, 2, 3, 4, 5, 6, 99].map(|byte| lines.at(byte));
        assert_eq!(at, [1, 1, 2, 3, 3, 3, 4, 4]);
    }
}
