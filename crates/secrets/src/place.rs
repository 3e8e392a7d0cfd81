//! Lines and columns, counted for hits only.

/// A place for people. Both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Lines end at `\n`, as Git counts them.
    pub line: u32,
    /// In UTF-16 code units, as SARIF counts them; a byte that is no UTF-8 is one.
    pub column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Position {
    /// The position behind `text`, when it begins here. Numbers stop at `u32::MAX`.
    #[must_use]
    pub fn after(self, text: &[u8]) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let lines = memchr::memchr_iter(b'\n', text).count();
        match memchr::memrchr(b'\n', text) {
            None => Self {
                line: self.line,
                column: self.column.saturating_add(count(units(text))),
            },
            Some(last) => Self {
                line: self.line.saturating_add(count(lines)),
                column: count(units(text.get(last + 1..).unwrap_or_default())).saturating_add(1),
            },
        }
    }
}

/// UTF-16 code units of a text that may be no UTF-8.
fn units(text: &[u8]) -> usize {
    text.utf8_chunks()
        .map(|chunk| {
            chunk.valid().chars().map(char::len_utf16).sum::<usize>() + chunk.invalid().len()
        })
        .sum()
}

/// Turns offsets that come in rising order into positions, in one pass over the text.
pub(crate) struct Counter<'t> {
    text: &'t [u8],
    at: usize,
    position: Position,
}

impl<'t> Counter<'t> {
    /// `first` is the position of the text's first byte.
    pub(crate) fn new(text: &'t [u8], first: Position) -> Self {
        Self {
            text,
            at: 0,
            position: first,
        }
    }

    /// The position of `offset`, which is not before that of the last call.
    pub(crate) fn at(&mut self, offset: usize) -> Position {
        if let Some(passed) = self.text.get(self.at..offset) {
            self.position = self.position.after(passed);
            self.at = offset;
        }
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (u32, u32) {
        let found = Counter::new(text.as_bytes(), Position::default()).at(offset);
        (found.line, found.column)
    }

    #[test]
    fn lines_end_at_line_feeds_and_columns_are_utf_16() {
        assert_eq!(at("abc", 2), (1, 3));
        assert_eq!(at("a\r\nbc", 4), (2, 2));
        assert_eq!(at("a\rb", 2), (1, 3));
        assert_eq!(at("\n\u{e9}\u{1f600}x", 7), (2, 4));
    }

    #[test]
    fn a_byte_that_is_no_text_is_one_column() {
        let position = Position::default().after(b"\xff\xfe a");
        assert_eq!((position.line, position.column), (1, 5));
    }

    #[test]
    fn counting_goes_on_where_it_stopped() {
        let mut counter = Counter::new(b"ab\ncd\nef", Position { line: 7, column: 3 });
        assert_eq!(counter.at(1), Position { line: 7, column: 4 });
        assert_eq!(counter.at(4), Position { line: 8, column: 2 });
        assert_eq!(counter.at(4), Position { line: 8, column: 2 });
        assert_eq!(counter.at(6), Position { line: 9, column: 1 });
    }
}
