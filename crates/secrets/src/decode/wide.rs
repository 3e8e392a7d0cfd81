//! UTF-16: whole files, and stretches of it in binary ones.

use super::{Building, Map, is_text};
use crate::hit::Encoding;
use std::ops::Range;

/// Which byte of the two comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

/// So many bytes are looked at when a file does not say what it is.
const SAMPLE: usize = 4096;

/// Characters in a row that make a stretch.
const LEAST: usize = 16;

/// Whether a file is UTF-16: by its mark, or because every second byte is zero.
pub(crate) fn utf16(bytes: &[u8]) -> Option<Order> {
    match bytes {
        // Four bytes are UTF-32, whose text is found by none; as rare as it is.
        [0xff, 0xfe, 0, 0, ..] => return None,
        [0xff, 0xfe, ..] => return Some(Order::Little),
        [0xfe, 0xff, ..] => return Some(Order::Big),
        _ => {}
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    memchr::memchr(0, sample)?;
    let (mut first, mut second, mut pairs) = (0, 0, 0);
    for pair in sample.chunks_exact(2) {
        pairs += 1;
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    let most = |zeros: usize, others: usize| zeros * 10 > pairs * 6 && others * 20 < pairs;
    if most(second, first) {
        Some(Order::Little)
    } else if most(first, second) {
        Some(Order::Big)
    } else {
        None
    }
}

/// The file as UTF-8, without its mark. What is no character becomes U+FFFD.
pub(crate) fn to_utf8(bytes: &[u8], order: Order) -> (Vec<u8>, Map) {
    let mark = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let mut at = if mark { 2 } else { 0 };
    let units = bytes.get(at..).unwrap_or_default().chunks_exact(2);
    let units = units.filter_map(|pair| {
        let pair = pair.try_into().ok()?;
        Some(match order {
            Order::Little => u16::from_le_bytes(pair),
            Order::Big => u16::from_be_bytes(pair),
        })
    });
    let mut text = Vec::with_capacity(bytes.len() / 2);
    let mut map = Map::default();
    for char in char::decode_utf16(units) {
        let (char, consumed) = match char {
            Ok(char) => (char, char.len_utf16() * 2),
            Err(_) => (char::REPLACEMENT_CHARACTER, 2),
        };
        let mut buffer = [0; 4];
        let encoded = char.encode_utf8(&mut buffer).as_bytes();
        text.extend_from_slice(encoded);
        map.push(at, consumed, encoded.len());
        at += consumed;
    }
    (text, map)
}

/// Stretches of ASCII with a zero before or behind each character, at any place.
pub(super) fn find(building: &mut Building<'_>, new: &dyn Fn(&Range<usize>) -> bool) {
    let outer = building.outer;
    let is_pair = |at: usize| matches!(outer.get(at..at + 2), Some([char, 0]) if is_text(*char));
    let Some(mut at) = memchr::memchr(0, outer) else {
        return;
    };
    at = at.saturating_sub(1);
    let mut done = at;
    // Steps that touch every stretch of that length.
    while at + 1 < outer.len() {
        let Some(pair) = [at, at + 1].into_iter().find(|at| is_pair(*at)) else {
            at += LEAST * 2 - 2;
            continue;
        };
        let mut start = pair;
        while start >= done + 2 && is_pair(start - 2) {
            start -= 2;
        }
        let mut end = pair + 2;
        while is_pair(end) {
            end += 2;
        }
        at = end;
        done = end;
        if end - start < LEAST * 2 || !new(&(start..end)) {
            continue;
        }
        if !building.open((end - start) / 2 + 1) {
            return;
        }
        for index in 0..(end - start) / 2 {
            let place = start + index * 2;
            building.unit(place, 2, outer.get(place..place + 1).unwrap_or_default());
        }
        // With the zero before each character, the last one has none behind it.
        let big = start.checked_sub(1).and_then(|at| outer.get(at)) == Some(&0);
        if big && outer.get(end).is_some_and(|byte| is_text(*byte)) {
            building.plain(end..end + 1);
        }
        building.close(Encoding::Utf16);
    }
}
