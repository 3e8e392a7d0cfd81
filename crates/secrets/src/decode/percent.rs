//! Percent signs with two digits, as in URLs (RFC 3986 §2.1).

use super::{Building, hex};
use crate::hit::Encoding;
use std::ops::Range;

/// So far back from the first sign the value may begin.
const BACK: usize = 256;

pub(super) fn find(building: &mut Building<'_>, new: &dyn Fn(&Range<usize>) -> bool) {
    let outer = building.outer;
    let mut done = 0;
    for at in memchr::memchr_iter(b'%', outer) {
        if at < done || escaped(outer, at).is_none_or(|byte| !matches!(byte, b'!'..=b'~' | b'\n')) {
            continue;
        }
        let low = at.saturating_sub(BACK).max(done);
        let before = outer.get(low..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| ends(*byte));
        let start = start.map_or(low, |end| low + end + 1);
        let after = outer.get(at..).unwrap_or_default();
        let end = after.iter().position(|byte| ends(*byte));
        let end = at + end.unwrap_or(after.len());
        done = end;
        if !new(&(at..end)) {
            continue;
        }
        if !building.open(end - start) {
            return;
        }
        let mut from = start;
        let signs = memchr::memchr_iter(b'%', outer.get(at..end).unwrap_or_default());
        for sign in signs.map(|sign| at + sign) {
            if let (true, Some(byte)) = (sign >= from, escaped(outer, sign)) {
                building.plain(from..sign);
                building.unit(sign, 3, &[byte]);
                from = sign + 3;
            }
        }
        building.plain(from..end);
        building.close(Encoding::Percent);
    }
}

/// The byte that stands behind a percent sign.
fn escaped(outer: &[u8], at: usize) -> Option<u8> {
    let pair = outer.get(at + 1..at + 3)?;
    pair.iter()
        .all(u8::is_ascii_hexdigit)
        .then(|| hex::byte(pair))
}

/// What no URL has in it.
fn ends(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | 0x7f..)
}
