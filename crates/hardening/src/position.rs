//! Lines and columns.

/// A place in a file, for people. Both count from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Where the lines of a text begin.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        Self {
            text,
            starts: starts.collect(),
        }
    }

    /// The position of a byte.
    pub(crate) fn position(&self, at: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let before = self.text.as_bytes().get(start.unwrap_or_default()..at);
        // A byte that goes on with a character does not begin one.
        let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
        let column = before.unwrap_or_default().iter().filter(begins).count();
        Position {
            line: u32::try_from(line.max(1)).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// The bytes of the line that holds a byte, without its end.
    pub(crate) fn line(&self, at: usize) -> std::ops::Range<usize> {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or_default();
        let end = self
            .starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let lines = Lines::new("a\n\u{e9}b\n");
        let position = |at| {
            let Position { line, column } = lines.position(at);
            (line, column)
        };
        assert_eq!(position(0), (1, 1));
        assert_eq!(position(4), (2, 2));
        assert_eq!(position(6), (3, 1));
        assert_eq!(lines.line(3), 2..5);
    }
}
