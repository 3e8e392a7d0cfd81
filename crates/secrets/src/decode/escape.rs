//! Escapes of strings: `\u0041`, `\u{41}`, `\U00000041`, `\x41`.

use super::Building;
use crate::hit::Encoding;
use memchr::memchr_iter;
use std::ops::Range;

/// So far back from the first escape, and on from the last, the value may reach.
const REACH: usize = 256;

pub(super) fn find(building: &mut Building<'_>, new: &dyn Fn(&Range<usize>) -> bool) {
    let outer = building.outer;
    let mut done = 0;
    for at in memchr_iter(b'\\', outer) {
        if at < done || escape(outer, at).is_none_or(|(_, char)| !matches!(char, '!'..='~')) {
            continue;
        }
        let low = at.saturating_sub(REACH).max(done);
        let before = outer.get(low..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(low, |end| low + end + 1);
        let end = region(outer, at);
        done = end;
        if !new(&(at..end)) {
            continue;
        }
        // No escape is longer than what it says.
        if !building.open(end - start) {
            return;
        }
        let mut from = start;
        let slashes = memchr_iter(b'\\', outer.get(at..end).unwrap_or_default());
        for slash in slashes.map(|slash| at + slash) {
            let Some((length, char)) = escape(outer, slash).filter(|_| slash >= from) else {
                continue;
            };
            if slash + length > end {
                break;
            }
            building.plain(from..slash);
            let mut bytes = [0; 4];
            building.unit(slash, length, char.encode_utf8(&mut bytes).as_bytes());
            from = slash + length;
        }
        building.plain(from..end);
        building.close(Encoding::Escape);
    }
}

/// To the end of the line, or so far behind the last escape that nothing is cut that holds one.
fn region(outer: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        let rest = outer.get(end..).unwrap_or_default();
        let near = rest.get(..REACH).unwrap_or(rest);
        let line = memchr::memchr(b'\n', near).unwrap_or(near.len());
        let near = near.get(..line).unwrap_or_default();
        let last = memchr::memrchr_iter(b'\\', near).find_map(|slash| {
            let (length, _) = escape(outer, end + slash)?;
            Some(end + slash + length)
        });
        match last {
            // Escapes of characters that are no text go on with the region all the same.
            Some(next) => end = next,
            None => return end + line,
        }
    }
}

/// Length of the escape that begins here, and what it stands for.
fn escape(outer: &[u8], at: usize) -> Option<(usize, char)> {
    let rest = outer.get(at + 1..)?;
    let (kind, rest) = rest.split_first()?;
    let (before, digits) = match (kind, rest.first()) {
        (b'u', Some(b'{')) => {
            let rest = rest.get(1..)?;
            let end = rest.iter().take(7).position(|byte| *byte == b'}')?;
            let code = number(rest.get(..end)?)?;
            return Some((end + 4, char::from_u32(code)?));
        }
        (b'u', _) => (2, 4),
        (b'U', _) => (2, 8),
        (b'x', _) => (2, 2),
        _ => return None,
    };
    let code = number(rest.get(..digits)?)?;
    // Half of a pair stands for nothing by itself.
    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((before + digits, char))
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |sum, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        sum.checked_mul(16)?.checked_add(digit)
    })
}
