//! Two texts of a file → the lines that differ.

use crate::model::Lines;
use gix::diff::blob::{Algorithm, Diff, InternedInput};

/// Lines of each text at most.
const MAX_LINES: usize = 200_000;

/// Which characters end a line, beside LF and CR LF. Scanners count by what their language says: git
/// by LF alone; Python's and most other parsers also by CR; ECMAScript by the next two of Unicode; C#
/// by U+0085, too; Python's `str.splitlines` by all of them. A text that has any is compared under
/// each reading, because a change that is one line to git may shift all others for a scanner.
const READINGS: [&[char]; 5] = [
    &[],
    &['\r'],
    &['\r', '\u{2028}', '\u{2029}'],
    &['\r', '\u{2028}', '\u{2029}', '\u{85}'],
    &[
        '\r', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}',
    ],
];

/// The lines of `new` that are not in `old`, and where lines of `old` are missing, under whichever
/// reading finds a difference. Line ends do not count: a checkout may write others than git keeps.
/// What lies beyond the end of a text that differs counts as added.
/// `None` for more lines than are compared in reasonable time.
pub fn lines(old: &str, new: &str) -> Option<Lines> {
    let mut found = Lines::default();
    let mut longest = 0;
    let mut last: Option<&[char]> = None;
    for ends in READINGS {
        let fresh = ends
            .iter()
            .filter(|end| last.is_none_or(|l| !l.contains(end)));
        let mut fresh = fresh.peekable();
        let has = |end: &char| match end {
            '\r' => lone_return(old) || lone_return(new),
            end => old.contains(*end) || new.contains(*end),
        };
        if fresh.peek().is_some() && !fresh.any(has) {
            continue;
        }
        last = Some(ends);
        let (old, new) = (split(old, ends), split(new, ends));
        if old.len().max(new.len()) > MAX_LINES {
            return None;
        }
        longest = longest.max(new.len());
        compare(&old, &new, &mut found);
    }
    if found != Lines::default() {
        found.added.push((number(longest) + 1, u32::MAX));
    }
    found.added = joined(found.added);
    found.cut.sort_unstable();
    found.cut.dedup();
    Some(found)
}

fn lone_return(text: &str) -> bool {
    text.contains('\r') && text.replace("\r\n", "\n").contains('\r')
}

/// The lines of a text, without their ends.
fn split<'a>(text: &'a str, ends: &[char]) -> Vec<&'a str> {
    if ends.is_empty() {
        return text.lines().collect();
    }
    let mut lines: Vec<&str> = text
        .lines()
        .flat_map(|line| line.split(|c| ends.contains(&c)))
        .collect();
    // `str::lines` keeps a CR at the very end.
    if text.ends_with(|c| ends.contains(&c)) {
        lines.pop();
    }
    lines
}

fn compare(old: &[&str], new: &[&str], found: &mut Lines) {
    let input = InternedInput::new(Text(old), Text(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let length = number(new.len());
    for hunk in diff.hunks() {
        if !hunk.after.is_empty() {
            found.added.push((hunk.after.start + 1, hunk.after.end));
            continue;
        }
        let after = hunk.after.start;
        found.cut.push(after);
        // What is about a file as a whole, such as a missing `USER`, stands at all of its lines, or at
        // its only one: what was cut from its ends was inside of it.
        if length < 2 {
            found.added.push((1, 1));
        } else if after == 0 {
            found.cut.push(1);
        } else if after == length {
            found.cut.push(length - 1);
        }
    }
}

fn number(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX - 1)
}

/// Ranges in order and apart from each other.
fn joined(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (start, end) in ranges {
        match joined.last_mut() {
            Some((_, before)) if start <= *before => *before = end.max(*before),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// A text as its lines, without their ends.
struct Text<'a>(&'a [&'a str]);

impl<'a> gix::diff::blob::TokenSource for Text<'a> {
    type Token = &'a str;
    type Tokenizer = std::iter::Copied<std::slice::Iter<'a, &'a str>>;

    fn tokenize(&self) -> Self::Tokenizer {
        self.0.iter().copied()
    }

    fn estimate_tokens(&self) -> u32 {
        number(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Region;

    #[test]
    fn lines_that_differ_are_found() {
        let lines = |old, new| lines(old, new).unwrap();
        let found = lines("a\nb\nc\nd\n", "a\r\nx\r\ny\r\nc\r\n");
        assert_eq!(found.added, [(2, 3), (5, u32::MAX)]);
        assert_eq!(found.cut, [3, 4]);
        assert_eq!(lines("a\n", "a"), Lines::default());
        assert_eq!(lines("a\r\nb\r\n", "a\nb\n"), Lines::default());
    }

    fn touched(old: &str, new: &str, first: u64, last: u64) -> bool {
        let region = Region::line(first).unwrap().to_line(last);
        lines(old, new).unwrap().touch(region)
    }

    #[test]
    fn a_line_end_that_git_does_not_count_hides_nothing() {
        let old = "1\n2\n3\n4\n5\n6\n";
        for end in ['\r', '\u{2028}', '\u{85}', '\u{c}'] {
            let new = format!("1\n2{end}x{end}x{end}evil{end}x\n3\n4\n5\n6\n");
            assert!(touched(old, &new, 5, 5), "{end:?}");
            assert!(!touched(&new, &new.replace('6', "7"), 5, 5), "{end:?}");
        }
        assert!(touched("a\rb\n1\n2\n3\n4\n", "a\rb\n1\n2\nx\n3\n4\n", 5, 5));
    }

    #[test]
    fn what_is_cut_from_the_ends_was_inside_of_the_whole() {
        assert!(touched("a\nb\nc\n", "a\nb\n", 1, 2));
        assert!(touched("a\nb\nc\n", "b\nc\n", 1, 2));
        assert!(touched("a\nb\n", "a\n", 1, 1));
        assert!(!touched("a\nb\nc\nd\n", "a\nb\nc\n", 1, 2));
        assert!(!touched("a\nb\nc\n", "a\nb\n", 2, 2));
    }

    #[test]
    fn a_place_beyond_the_end_proves_nothing() {
        assert!(touched("a\nb\n", "a\nc\n", 9, 9));
        assert!(!touched("a\nb\n", "a\nb\n", 9, 9));
    }
}
