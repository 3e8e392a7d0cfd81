//! Hexadecimal digits, two for each byte.

use super::runs::{Class, Runs, class};
use super::{Building, is_text};
use crate::hit::Encoding;
use std::ops::Range;

const HEX: Class = class(false, b"0123456789abcdefABCDEF");

/// Sixteen bytes.
const LEAST: usize = 32;

/// So many bytes of text in a row: a hash has them once in 150 000.
const BYTES: usize = 12;

/// What is written so in a run of letters and digits.
pub(super) fn find(building: &mut Building<'_>, run: &Range<usize>) {
    let text = building.outer.get(run.clone()).unwrap_or_default();
    for inside in Runs::new(text, &HEX, LEAST) {
        let digits = text.get(inside.clone()).unwrap_or_default();
        for phase in 0..2 {
            let Some(digits) = digits.get(phase..).filter(|digits| has_text(digits)) else {
                continue;
            };
            let start = run.start + inside.start + phase;
            if !building.open(super::LEAD + digits.len() / 2 + 2) {
                return;
            }
            building.lead(start);
            for (index, pair) in digits.chunks_exact(2).enumerate() {
                building.unit(start + index * 2, 2, &[byte(pair)]);
            }
            building.plain(building.tail(run.start + inside.end));
            building.close(Encoding::Hex);
            break;
        }
    }
}

fn has_text(digits: &[u8]) -> bool {
    let good = |at: usize| {
        let pair = digits.get(at * 2..at * 2 + 2);
        pair.is_some_and(|pair| is_text(byte(pair)))
    };
    let mut at = 0;
    'windows: while at + BYTES <= digits.len() / 2 {
        for back in (0..BYTES).rev() {
            if !good(at + back) {
                at += back + 1;
                continue 'windows;
            }
        }
        return true;
    }
    false
}

/// Two digits.
pub(super) fn byte(pair: &[u8]) -> u8 {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0) as u8;
    pair.iter().fold(0, |sum, byte| sum << 4 | digit(byte))
}
