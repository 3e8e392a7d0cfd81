//! Base64: RFC 4648 with either alphabet, padded or not, in one line or wrapped.

use super::runs::{Class, Runs, class};
use super::{Building, hex, is_text};
use crate::hit::Encoding;
use std::borrow::Cow;
use std::ops::Range;

/// Both alphabets.
const BASE64: Class = class(true, b"+/-_");

/// Shorter runs hold less than 18 bytes, which no token has that can be told without its name.
const LEAST: usize = 24;

/// Lines that are wrapped are at least so long (OpenSSH: 70, PEM: 64, MIME: 76; some write 48).
const WRAPPED: usize = 40;

/// The bytes between two lines of one value, at most: a line end, quotes, a plus sign, indentation.
const GAP: usize = 40;

/// So many quads of text in a row make a run worth decoding: chance gives this once in 200 000.
const QUADS: usize = 4;

const OTHER: u8 = 0xff;

/// Value of a digit in either alphabet.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [OTHER; 256];
    let mut byte = 0u8;
    loop {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => OTHER,
        };
        #[allow(clippy::indexing_slicing)]
        // A byte indexes 256 places; run when the program is built.
        {
            table[byte as usize] = value;
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

/// The bytes of a value in either alphabet, padded or not; `None` when it holds anything else.
pub(crate) fn bytes(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=')? + 1;
    let digits = text.get(..end)?;
    if digits.len() % 4 == 1 || !digits.iter().all(is_digit) {
        return None;
    }
    let mut found = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for quad in digits.chunks(4) {
        found.extend_from_slice(three(quad).get(..quad.len() - 1)?);
    }
    Some(found)
}

/// A value, perhaps over several lines.
struct Value<'t> {
    digits: Cow<'t, [u8]>,
    lines: Vec<Range<usize>>,
}

pub(super) fn find(building: &mut Building<'_>, new: &dyn Fn(&Range<usize>) -> bool) {
    let outer = building.outer;
    let mut done = 0;
    for run in Runs::new(outer, &BASE64, LEAST) {
        if run.start < done || !new(&run) {
            continue;
        }
        hex::find(building, &run);
        let value = join(outer, run);
        done = value.lines.last().map_or(done, |line| line.end);
        for phase in 0..4 {
            let digits = value.digits.get(phase..).unwrap_or_default();
            if let Some(first) = text_in(digits) {
                decode(building, &value, phase, first);
            }
        }
    }
}

/// The run with the lines that go on with it.
fn join(outer: &[u8], first: Range<usize>) -> Value<'_> {
    let width = first.len();
    let mut end = first.end;
    let mut lines = vec![first];
    while width >= WRAPPED {
        let Some(start) = next_line(outer, end) else {
            break;
        };
        let rest = outer.get(start..).unwrap_or_default();
        let digits = rest
            .iter()
            .take(width + 1)
            .take_while(|byte| is_digit(byte));
        let length = digits.count();
        if length == 0 || length > width {
            break;
        }
        end = start + length;
        lines.push(start..end);
        if length < width {
            break;
        }
    }
    let of = |line: &Range<usize>| outer.get(line.clone()).unwrap_or_default();
    let digits = match lines.as_slice() {
        [line] => Cow::Borrowed(of(line)),
        lines => Cow::Owned(lines.iter().flat_map(of).copied().collect()),
    };
    Value { digits, lines }
}

fn is_digit(byte: &u8) -> bool {
    value(*byte) != OTHER
}

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

/// Where the next line's digits begin, when between them and `end` is one line end, real or written
/// as `\n`, and nothing but what joins the strings of one value.
fn next_line(outer: &[u8], end: usize) -> Option<usize> {
    let gap = outer.get(end..)?;
    let gap = gap.get(..GAP).unwrap_or(gap);
    let mut bytes = gap.iter().enumerate().peekable();
    let mut ends = 0;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\n' => ends += 1,
            b'\\' => match bytes.peek() {
                Some((_, b'n')) => {
                    ends += 1;
                    bytes.next();
                }
                Some((_, b'r')) => {
                    bytes.next();
                }
                _ => {}
            },
            b'\r' | b' ' | b'\t' | b'"' | b'\'' | b'#' | b'*' => {}
            // A plus sign is a digit, too, but between two strings it joins them.
            b'+' if ends == 0 || matches!(gap.get(at + 1), Some(b' ' | b'"')) => {}
            _ => return (ends == 1).then_some(end + at),
        }
    }
    None
}

/// The quad in which text begins, when there is some.
fn text_in(digits: &[u8]) -> Option<usize> {
    let count = digits.len() / 4;
    let good = |quad: usize| {
        let digits = digits.get(quad * 4..quad * 4 + 4);
        digits.is_some_and(|digits| is_texty(three(digits)))
    };
    // Every fourth quad suffices to touch four in a row.
    let mut at = QUADS - 1;
    while at < count {
        if !good(at) {
            at += QUADS;
            continue;
        }
        let mut first = at;
        while first > 0 && at - first < QUADS && good(first - 1) {
            first -= 1;
        }
        let mut last = at;
        while last - first + 1 < QUADS && last + 1 < count && good(last + 1) {
            last += 1;
        }
        if last - first + 1 >= QUADS {
            return Some(first);
        }
        at = last + QUADS;
    }
    None
}

/// Plain text, or text of two bytes for each character.
fn is_texty(bytes: [u8; 3]) -> bool {
    match bytes {
        [a, 0, b] => is_text(a) && is_text(b),
        [0, a, 0] => is_text(a),
        all => all.into_iter().all(is_text),
    }
}

/// Up to three bytes of up to four digits; missing digits count as zero.
fn three(digits: &[u8]) -> [u8; 3] {
    let mut bits = 0u32;
    for at in 0..4 {
        let digit = digits.get(at).map_or(0, |digit| value(*digit));
        bits = bits << 6 | u32::from(digit & 63);
    }
    let [_, a, b, c] = bits.to_be_bytes();
    [a, b, c]
}

fn decode(building: &mut Building<'_>, value: &Value<'_>, phase: usize, first: usize) {
    let digits = value.digits.get(phase..).unwrap_or_default();
    // A path or a name before the value: what stands before its last sign is not of it.
    let before = phase + first * 4;
    let sign = before.checked_sub(1).and_then(|at| value.digits.get(at));
    let skipped = match sign {
        Some(b'/' | b'-' | b'_' | b'+') => first,
        _ => 0,
    };
    let Some(start) = place(&value.lines, phase + skipped * 4) else {
        return;
    };
    if !building.open(super::LEAD + digits.len() / 4 * 3 + 5) {
        return;
    }
    building.lead(start);
    let mut lines = value.lines.iter().cloned().flatten();
    let mut lines = lines.by_ref().skip(phase + skipped * 4);
    for quad in digits.chunks(4).skip(skipped) {
        let Some(from) = lines.next() else { break };
        let to = lines.by_ref().take(quad.len() - 1).last().unwrap_or(from);
        let bytes = three(quad);
        // One digit alone is less than a byte.
        if let Some(bytes) = bytes.get(..quad.len() - 1).filter(|b| !b.is_empty()) {
            building.unit(from, to + 1 - from, bytes);
        }
    }
    let end = value.lines.last().map_or(start, |line| line.end);
    building.plain(building.tail(end));
    building.close(Encoding::Base64);
}

/// Where a digit stands.
fn place(lines: &[Range<usize>], digit: usize) -> Option<usize> {
    lines.iter().cloned().flatten().nth(digit)
}
