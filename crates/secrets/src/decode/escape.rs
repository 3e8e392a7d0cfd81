//! Escapes of strings: `\u0041`, `\u{41}`, `\U00000041`, `\x41`; and what parts a token from the letter
//! of an escape before it: `\n`, `\r`, `\t`, the colours of a terminal (ECMA-48, SGR).

use super::Building;
use crate::hit::Encoding;
use memchr::memchr2_iter;
use std::ops::Range;

/// So far back from the first escape, and on from the last, the value may reach.
const REACH: usize = 256;

/// The shortest run of a token's characters for which a line's end before it is worth a look.
const TOKEN: usize = 16;

const ESCAPE: u8 = 0x1b;

/// How it is written in source.
const ESCAPES: [&[u8]; 7] = [
    b"\x1b", b"\\x1b", b"\\x1B", b"\\u001b", b"\\u001B", b"\\033", b"\\e",
];

pub(super) fn find(building: &mut Building<'_>, new: &dyn Fn(&Range<usize>) -> bool) {
    let outer = building.outer;
    let mut done = 0;
    for at in memchr2_iter(b'\\', ESCAPE, outer) {
        if at < done || escape(outer, at).is_none_or(|(_, char)| !matches!(char, '\n' | '!'..='~'))
        {
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
        let slashes = memchr2_iter(b'\\', ESCAPE, outer.get(at..end).unwrap_or_default());
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
    if let Some(length) = line_end(outer.get(at..)?) {
        return Some((length, '\n'));
    }
    let rest = outer.get(at..)?.strip_prefix(b"\\")?;
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

/// Length of `\n` or the like, or of a colour, right before what may be a token.
fn line_end(rest: &[u8]) -> Option<usize> {
    let length = match rest {
        [b'\\', b'n' | b'r' | b't', ..] => 2,
        _ => colour(rest)?,
    };
    let token = rest.get(length..length + TOKEN)?;
    let is_token = token
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    (is_token && token.iter().any(u8::is_ascii_digit)).then_some(length)
}

/// Length of `ESC [ 1 ; 32 m`.
fn colour(rest: &[u8]) -> Option<usize> {
    let parameters = ESCAPES
        .iter()
        .find_map(|escape| rest.strip_prefix(*escape))?
        .strip_prefix(b"[")?;
    let count = parameters
        .iter()
        .take(12)
        .take_while(|byte| byte.is_ascii_digit() || **byte == b';')
        .count();
    (parameters.get(count) == Some(&b'm')).then(|| rest.len() - parameters.len() + count + 1)
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
