//! A value as the server will send it, with where each part of it is written.

use std::ops::Range;

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Bytes of the value.
    pub value: Range<usize>,
    /// Bytes of the file that say it.
    pub file: Range<usize>,
    /// Only known when the program runs; the value holds a stand-in.
    pub dynamic: bool,
}

/// A value that may be put together from several places of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    value: String,
    segments: Vec<Segment>,
    file: Option<String>,
    begins: Option<usize>,
}

impl Text {
    /// Says that it stands in another file than what it belongs to: in one that is included.
    #[must_use]
    pub fn of_file(mut self, path: Option<String>) -> Self {
        self.file = path;
        self
    }

    /// The other file in which it stands, and with it the place of the header that it is the value of.
    pub fn other_file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// Says where the statement begins that says it, when that is not where its first word stands: a call on
    /// several lines, a list of its own.
    #[must_use]
    pub fn begins_at(mut self, at: usize) -> Self {
        self.begins = Some(at);
        self
    }

    /// Where the statement begins that says it, when somebody has said that.
    pub fn begins(&self) -> Option<usize> {
        self.begins
    }

    /// All of it stands in the file as it is.
    pub fn plain(value: &str, at: usize) -> Self {
        let mut text = Self::default();
        text.push(value, at..at + value.len());
        text
    }

    /// Adds what these bytes of the file say.
    pub fn push(&mut self, value: &str, file: Range<usize>) {
        self.add(value, file, false);
    }

    /// Adds something that is only known when the program runs, with a stand-in.
    pub fn push_dynamic(&mut self, stand_in: &str, file: Range<usize>) {
        self.add(stand_in, file, true);
    }

    fn add(&mut self, value: &str, file: Range<usize>, dynamic: bool) {
        let from = self.value.len();
        self.value.push_str(value);
        self.segments.push(Segment {
            value: from..self.value.len(),
            file,
            dynamic,
        });
    }

    /// The value, with stand-ins for what is not known.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Its parts, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The parts of the value that are only known when the program runs.
    pub fn dynamic(&self) -> Vec<Range<usize>> {
        let dynamic = self.segments.iter().filter(|segment| segment.dynamic);
        dynamic.map(|segment| segment.value.clone()).collect()
    }

    /// The bytes of the file that say these bytes of the value. A part that is written in another way
    /// than it is sent (escapes) is all that can be told.
    pub fn place(&self, value: Range<usize>) -> Range<usize> {
        let inside = |segment: &&Segment| {
            segment.value.start <= value.start
                && value.start < segment.value.end.max(segment.value.start + 1)
        };
        let first = self.segments.iter().rev().find(inside);
        let last_byte = value.end.saturating_sub(1).max(value.start);
        let ends =
            |segment: &&Segment| segment.value.start <= last_byte && last_byte < segment.value.end;
        let last = self.segments.iter().find(ends).or(first);
        let (Some(first), Some(last)) = (first, last) else {
            return self.file();
        };
        let start = match is_as_written(first) {
            true => first.file.start + (value.start - first.value.start),
            false => first.file.start,
        };
        let end = match is_as_written(last) {
            true => last.file.start + (value.end.max(last.value.start) - last.value.start),
            false => last.file.end,
        };
        start..end.max(start)
    }

    /// All bytes of the file from the first part to the last, or from where it is said to begin.
    pub fn file(&self) -> Range<usize> {
        let starts = self.segments.iter().map(|segment| segment.file.start);
        let ends = self.segments.iter().map(|segment| segment.file.end);
        let start = self.begins.or(starts.min()).unwrap_or_default();
        start..ends.max().unwrap_or(start).max(start)
    }
}

fn is_as_written(segment: &Segment) -> bool {
    !segment.dynamic && segment.value.len() == segment.file.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_file() {
        let mut text = Text::plain("default-src ", 10);
        text.push("'self'", 40..46);
        text.push_dynamic("'nonce-x'", 60..70);
        assert_eq!(text.value(), "default-src 'self''nonce-x'");
        assert_eq!(text.place(0..11), 10..21);
        assert_eq!(text.place(12..18), 40..46);
        assert_eq!(text.place(20..22), 60..70);
        assert_eq!(text.place(8..15), 18..43);
        assert_eq!(text.dynamic().first(), Some(&(18..27)));
        assert_eq!(text.file(), 10..70);
    }
}
