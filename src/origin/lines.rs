//! Two texts of a file → the lines that differ.

use crate::model::Lines;
use gix::diff::blob::{Algorithm, Diff, InternedInput};

/// Lines of each text at most.
const MAX_LINES: usize = 200_000;

/// The lines of `new` that are not in `old`, and where lines of `old` are missing. Line ends do not
/// count: a checkout may write others than git keeps.
/// `None` for more lines than are compared in reasonable time.
pub fn lines(old: &str, new: &str) -> Option<Lines> {
    if [old, new]
        .iter()
        .any(|text| text.lines().count() > MAX_LINES)
    {
        return None;
    }
    let input = InternedInput::new(Text(old), Text(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let mut lines = Lines::default();
    for hunk in diff.hunks() {
        match hunk.after.is_empty() {
            true => lines.cut.push(hunk.after.start),
            false => lines.added.push((hunk.after.start + 1, hunk.after.end)),
        }
    }
    Some(lines)
}

/// A text as its lines, without their ends.
struct Text<'a>(&'a str);

impl<'a> gix::diff::blob::TokenSource for Text<'a> {
    type Token = &'a str;
    type Tokenizer = std::str::Lines<'a>;

    fn tokenize(&self) -> Self::Tokenizer {
        self.0.lines()
    }

    fn estimate_tokens(&self) -> u32 {
        u32::try_from(self.0.len() / 32).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_found() {
        let lines = |old, new| lines(old, new).unwrap();
        let found = lines("a\nb\nc\nd\n", "a\r\nx\r\ny\r\nc\r\n");
        assert_eq!(found.added, [(2, 3)]);
        assert_eq!(found.cut, [4]);
        assert_eq!(lines("a\n", "a"), Lines::default());
        assert_eq!(lines("b\na\n", "a\n").cut, [0]);
    }
}
