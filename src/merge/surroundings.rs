//! What tells a line of source apart from others like it: digests of its text and of its
//! neighbours'.

use super::condense;
use crate::model::{Foreign as _, SourceDigests, Untrusted};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// Digest of a line without white space.
pub fn text_digest(condensed: &Untrusted) -> u64 {
    let bytes = Sha256::digest(condensed.raw().as_bytes());
    bytes
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// What a neighbour that holds a secret counts as.
const HIDDEN: &str = "[secret]";

/// The lines of one file, ready to be asked for their digests. Each line is read a bounded number of
/// times, however many findings there are.
pub struct Surroundings<'a> {
    lines: &'a [&'a str],
    /// Whether a line holds a known secret.
    hidden: &'a [bool],
    /// For each line, the nearest one before and after it that says something.
    nearest: Vec<[Option<usize>; 2]>,
    known: BTreeMap<usize, u16>,
}

impl<'a> Surroundings<'a> {
    /// Of these lines; `hidden` says of each whether it holds a secret.
    pub fn new(lines: &'a [&'a str], hidden: &'a [bool]) -> Self {
        let mut nearest = vec![[None; 2]; lines.len()];
        let mut last = None;
        for (index, (line, slot)) in lines.iter().zip(&mut nearest).enumerate() {
            let [before, _] = slot;
            *before = last;
            last = says_something(line).then_some(index).or(last);
        }
        let mut next = None;
        for (index, (line, slot)) in lines.iter().zip(&mut nearest).enumerate().rev() {
            let [_, after] = slot;
            *after = next;
            next = says_something(line).then_some(index).or(next);
        }
        Self {
            lines,
            hidden,
            nearest,
            known: BTreeMap::new(),
        }
    }

    /// The digests of a line, counted from 0; `text` is its text without white space. Nothing of a
    /// line that holds a secret, or that is not there.
    pub fn of(&mut self, index: usize, text: &Untrusted) -> SourceDigests {
        let Some(nearest) = self.nearest.get(index).copied() else {
            return SourceDigests::default();
        };
        if self.is_hidden(index) {
            return SourceDigests::default();
        }
        SourceDigests {
            text: Some(text_digest(text)),
            around: nearest.map(|line| Some(line.map_or(0, |line| self.neighbour(line)))),
        }
    }

    fn is_hidden(&self, index: usize) -> bool {
        self.hidden.get(index).copied().unwrap_or(false)
    }

    fn neighbour(&mut self, index: usize) -> u16 {
        let line = match self.is_hidden(index) {
            true => HIDDEN,
            false => self.lines.get(index).copied().unwrap_or_default(),
        };
        let digest = || (text_digest(&condense(line)) >> 48) as u16;
        *self.known.entry(index).or_insert_with(digest)
    }
}

/// A bracket alone stands beside too many lines to tell them apart.
fn says_something(line: &str) -> bool {
    line.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str], hidden: &[usize], index: usize) -> SourceDigests {
        let hidden: Vec<bool> = (0..lines.len()).map(|i| hidden.contains(&i)).collect();
        let text = condense(lines.get(index).unwrap_or(&""));
        Surroundings::new(lines, &hidden).of(index, &text)
    }

    #[test]
    fn indentation_blank_lines_and_brackets_do_not_count() {
        let one = of(&["def f():", "  eval(x)", "  return"], &[], 1);
        let other = of(
            &["", "def f():", "", "\teval( x )", "  }", "return", "x"],
            &[],
            3,
        );
        assert_eq!(one, other);
        let elsewhere = of(&["def g():", "  eval(x)", "  return"], &[], 1);
        assert_eq!(elsewhere.text, one.text);
        assert_eq!(elsewhere.around[1], one.around[1]);
        assert_ne!(elsewhere.around[0], one.around[0]);
    }

    #[test]
    fn the_edge_of_a_file_is_a_neighbour_too() {
        let alone = of(&["eval(x)"], &[], 0);
        assert_eq!(alone.around, [Some(0), Some(0)]);
        assert_eq!(of(&["a"], &[], 7), SourceDigests::default());
    }

    #[test]
    fn nothing_of_a_secret_is_digested() {
        let guess = of(&["password = hunter2", "eval(x)"], &[], 1);
        let masked = of(&["password = hunter2", "eval(x)"], &[0], 1);
        let other = of(&["password = tr0ub4dor", "eval(x)"], &[0], 1);
        assert_ne!(guess.around, masked.around);
        assert_eq!(masked, other);
        assert_eq!(of(&["password"], &[0], 0), SourceDigests::default());
    }
}
