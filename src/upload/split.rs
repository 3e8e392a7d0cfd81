//! A scanner's findings → pieces that code scanning takes.
//!
//! Two things are wanted of the pieces: the most severe findings are in the first, and a finding
//! stays in its piece from run to run, because an alert that changes its category is closed in one
//! and opened in the other. So findings are ordered by severity and then by the first digits of
//! their fingerprints, which neither time nor other findings change, and pieces are cut only between
//! such groups: some findings more or less move nobody until a whole group no longer fits.

use super::{MAX_BYTES, MAX_RESULTS, SHOWN};
use crate::model::{Decided, Severity};
use std::cmp::Reverse;

/// Digits of a fingerprint that tell groups apart: 256 groups for each severity.
const DIGITS: usize = 2;

/// Findings that fit.
pub struct Piece<'a> {
    /// The findings.
    pub findings: Vec<&'a Decided>,
    /// At least as many bytes as they take after gzip.
    pub size: u64,
}

/// Where a finding belongs.
fn group(decided: &Decided) -> (Reverse<Severity>, &str) {
    let digits = decided.finding.fingerprint.get(..DIGITS);
    (Reverse(decided.effective), digits.unwrap_or_default())
}

/// Cuts the findings into pieces; one for none. `size` is an upper bound of a piece's bytes after
/// gzip; a finding that is too large by itself is in no piece. Findings that fit into one piece keep
/// their order when all of them are shown.
pub fn split<'a>(
    mut findings: Vec<&'a Decided>,
    size: &dyn Fn(&[&'a Decided]) -> u64,
) -> Vec<Piece<'a>> {
    if findings.len() <= SHOWN {
        let size = size(&findings);
        if size <= MAX_BYTES {
            return vec![Piece { findings, size }];
        }
    }
    findings.sort_by_key(|decided| group(decided));
    let mut rest = findings.as_slice();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (piece, size) = first(rest, size);
        rest = rest.get(piece.len()..).unwrap_or_default();
        if size <= MAX_BYTES {
            pieces.push(Piece {
                findings: piece.to_vec(),
                size,
            });
        }
    }
    pieces
}

/// As much of the beginning as fits, and its size; a single finding that does not fit is given too.
fn first<'f, 'a>(
    rest: &'f [&'a Decided],
    size: &dyn Fn(&[&'a Decided]) -> u64,
) -> (&'f [&'a Decided], u64) {
    let mut most = MAX_RESULTS;
    loop {
        let piece = cut(rest, most);
        let bytes = size(piece);
        if bytes <= MAX_BYTES || piece.len() <= 1 {
            return (piece, bytes);
        }
        // What fits by proportion, and a little less, so that the next look is mostly the last.
        let share = u128::from(MAX_BYTES) * 19 / 20 * piece.len() as u128 / u128::from(bytes);
        most = usize::try_from(share)
            .unwrap_or_default()
            .clamp(1, piece.len() - 1);
    }
}

/// The beginning with at most so many findings, cut between groups unless the first alone is larger.
fn cut<'f, 'a>(rest: &'f [&'a Decided], most: usize) -> &'f [&'a Decided] {
    if rest.len() <= most {
        return rest;
    }
    let fits = rest.get(..most).unwrap_or_default();
    let Some(next) = rest.get(most) else {
        return fits;
    };
    let whole = fits.partition_point(|decided| group(decided) < group(next));
    match whole {
        0 => fits,
        whole => fits.get(..whole).unwrap_or_default(),
    }
}
