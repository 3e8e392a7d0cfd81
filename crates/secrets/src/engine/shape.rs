//! The form of a value: so many characters of such an alphabet.
//!
//! Nearly all are a few such pieces in a row and are compared without a regular expression.

use super::bytes::{Bytes, of_class};
use regex_automata::{Anchored, Input, meta::Regex};
use regex_syntax::hir::{Hir, HirKind};
use std::sync::OnceLock;

/// Pieces of a shape, at most; repetition of a group multiplies them.
const PIECES: usize = 64;

/// So many bytes of a set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    set: Bytes,
    least: usize,
    most: usize,
}

/// A shape, made ready.
pub(crate) enum Shape {
    /// Each piece takes as much as it can; that this is right was checked when it was made.
    Pieces(Vec<Piece>),
    /// Everything else.
    Other {
        pattern: String,
        compiled: OnceLock<Option<Regex>>,
    },
}

/// A shape that is read when it is first needed; many services share one.
pub(crate) struct LazyShape {
    pattern: String,
    shape: OnceLock<Option<Shape>>,
}

impl LazyShape {
    pub(crate) fn new(pattern: String) -> Self {
        Self {
            pattern,
            shape: OnceLock::new(),
        }
    }

    /// The shape; `None` when the pattern is no regular expression.
    pub(crate) fn shape(&self) -> Option<&Shape> {
        self.shape
            .get_or_init(|| Shape::new(&self.pattern))
            .as_ref()
    }
}

impl Shape {
    /// From a regular expression over bytes; `None` when it is none.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        let hir = super::parse(pattern)?;
        let mut pieces = Vec::new();
        if flatten(&hir, &mut pieces).is_some() && is_plain(&pieces) {
            return Some(Self::Pieces(pieces));
        }
        Some(Self::Other {
            pattern: pattern.to_owned(),
            compiled: OnceLock::new(),
        })
    }

    /// Where a value that begins at `from` ends, when one does; never `from` itself.
    pub(crate) fn fit(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Pieces(pieces) => {
                let mut at = from;
                for piece in pieces {
                    let rest = text.get(at..)?;
                    let taken = rest
                        .iter()
                        .take(piece.most)
                        .take_while(|&&byte| piece.set.contains(byte))
                        .count();
                    if taken < piece.least {
                        return None;
                    }
                    at += taken;
                }
                // One more of the last piece makes it a part of something longer.
                let longer = pieces
                    .last()
                    .is_some_and(|last| text.get(at).is_some_and(|&next| last.set.contains(next)));
                (at > from && !longer).then_some(at)
            }
            Self::Other { pattern, compiled } => {
                let regex = compiled
                    .get_or_init(|| super::compile(pattern, false))
                    .as_ref()?;
                let end = (from + super::LONGEST_VALUE).min(text.len());
                let input = Input::new(text).range(from..end).anchored(Anchored::Yes);
                regex
                    .find(input)
                    .map(|found| found.end())
                    .filter(|&end| end > from)
            }
        }
    }
}

/// Adds the pieces of `hir`; `None` when it is not pieces in a row.
fn flatten(hir: &Hir, pieces: &mut Vec<Piece>) -> Option<()> {
    if pieces.len() > PIECES {
        return None;
    }
    match hir.kind() {
        HirKind::Empty => Some(()),
        HirKind::Literal(literal) => {
            for &byte in &literal.0 {
                add(pieces, Bytes::of(&[byte]), 1, 1);
            }
            Some(())
        }
        HirKind::Class(class) => {
            add(pieces, of_class(class)?, 1, 1);
            Some(())
        }
        HirKind::Repetition(repetition) => {
            let least = usize::try_from(repetition.min).ok()?;
            let most = match repetition.max {
                Some(most) => usize::try_from(most).ok()?,
                None => usize::MAX,
            };
            match repetition.sub.kind() {
                HirKind::Class(class) => {
                    add(pieces, of_class(class)?, least, most);
                    Some(())
                }
                HirKind::Literal(literal) if literal.0.len() == 1 => {
                    add(pieces, Bytes::of(&literal.0), least, most);
                    Some(())
                }
                _ if least == most && least <= PIECES => {
                    (0..least).try_for_each(|_| flatten(&repetition.sub, pieces))
                }
                _ => None,
            }
        }
        HirKind::Capture(capture) => flatten(&capture.sub, pieces),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| flatten(part, pieces)),
        HirKind::Look(_) | HirKind::Alternation(_) => None,
    }
}

/// Adds a piece, or makes the last one longer when that is the same set a fixed number of times.
fn add(pieces: &mut Vec<Piece>, set: Bytes, least: usize, most: usize) {
    match pieces.last_mut() {
        Some(last) if last.set == set && last.least == last.most && least == most => {
            last.least += least;
            last.most += most;
        }
        _ => pieces.push(Piece { set, least, most }),
    }
}

/// True when taking as much as each piece can never robs a later one.
fn is_plain(pieces: &[Piece]) -> bool {
    !pieces.is_empty()
        && pieces.iter().enumerate().all(|(index, piece)| {
            if piece.least == piece.most {
                return true;
            }
            for next in pieces.iter().skip(index + 1) {
                if piece.set.meets(next.set) {
                    return false;
                }
                if next.least > 0 {
                    break;
                }
            }
            true
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read() {
        for (pattern, plain) in [
            ("[0-9a-f]{32}", true),
            ("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", true),
            ("ab_[0-9A-Za-z]{20,40}", true),
            ("[a-z]{2,4}-[0-9]{3,}", true),
            ("[a-z]{2,4}[a-f]{3}", false),
            ("(?:us|eu)-[0-9]{3}", false),
        ] {
            let shape = Shape::new(pattern).unwrap();
            assert_eq!(matches!(shape, Shape::Pieces(_)), plain, "{pattern}");
        }
        assert!(Shape::new("[0-9").is_none());
    }

    #[test]
    fn a_value_is_not_a_part_of_a_longer_run() {
        let shape = Shape::new("[0-9a-f]{4}").unwrap();
        assert_eq!(shape.fit(b"12ab", 0), Some(4));
        assert_eq!(shape.fit(b"x12ab z", 1), Some(5));
        assert_eq!(shape.fit(b"12abc", 0), None);
        assert_eq!(shape.fit(b"12a", 0), None);
        let shape = Shape::new("(?:us|eu)-[0-9]{3}").unwrap();
        assert_eq!(shape.fit(b"eu-123", 0), Some(6));
    }
}
