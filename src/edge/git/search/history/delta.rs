//! Deltas as packs hold them: what of an object is new, what is copied from another one.
//!
//! Format: `gitformat-pack(5)`, "Deltified representation".

/// A part of the result, without gaps from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// Where it starts in the result.
    pub at: usize,
    /// Its length in bytes.
    pub len: usize,
    /// Where it stands in the base; `None` when the delta itself brings it.
    pub from: Option<usize>,
}

/// Bytes around what is new that are looked at again, because a secret may be made of old and new.
const CONTEXT: usize = 256;

/// Regions with fewer bytes between them are one.
const CLOSE: usize = 64;

/// Length of the result that a delta promises.
pub(super) fn result_len(delta: &[u8]) -> Option<u64> {
    let mut rest = delta;
    size(&mut rest)?;
    size(&mut rest)
}

/// Makes the result of a delta; `None` when the delta is damaged, or longer than `most` bytes.
pub(super) fn apply(
    delta: &[u8],
    base: &[u8],
    most: usize,
    out: &mut Vec<u8>,
    spans: &mut Vec<Span>,
) -> Option<()> {
    out.clear();
    spans.clear();
    let mut rest = delta;
    if size(&mut rest)? != base.len() as u64 {
        return None;
    }
    let len = usize::try_from(size(&mut rest)?).ok()?;
    if len > most {
        return None;
    }
    out.reserve_exact(len);
    while let Some(command) = byte(&mut rest) {
        let at = out.len();
        let from = if command & 0x80 != 0 {
            let mut number = |bits: [u8; 4]| {
                let mut value = 0_usize;
                for (shift, bit) in bits.into_iter().enumerate() {
                    if bit != 0 && command & bit != 0 {
                        value |= usize::from(byte(&mut rest)?) << (8 * shift);
                    }
                }
                Some(value)
            };
            let from = number([0x01, 0x02, 0x04, 0x08])?;
            let count = match number([0x10, 0x20, 0x40, 0])? {
                0 => 0x10000,
                count => count,
            };
            out.extend_from_slice(base.get(from..from.checked_add(count)?)?);
            Some(from)
        } else {
            let (new, after) = rest.split_at_checked(usize::from(command))?;
            if new.is_empty() {
                return None;
            }
            out.extend_from_slice(new);
            rest = after;
            None
        };
        if out.len() > len {
            return None;
        }
        add(spans, at, out.len() - at, from);
    }
    (out.len() == len).then_some(())
}

/// Neighbours that continue each other are one span.
fn add(spans: &mut Vec<Span>, at: usize, len: usize, from: Option<usize>) {
    if let Some(last) = spans.last_mut()
        && last.from.map(|start| start + last.len) == from
    {
        last.len += len;
        return;
    }
    spans.push(Span { at, len, from });
}

/// What of a result must be looked at when its base was: what is new, and where parts meet.
pub(super) fn regions(spans: &[Span], len: usize) -> Vec<(usize, usize)> {
    let mut regions: Vec<(usize, usize)> = Vec::new();
    let mut look_at = |start: usize, end: usize| {
        let start = start.saturating_sub(CONTEXT);
        let end = (end + CONTEXT).min(len);
        match regions.last_mut() {
            Some(last) if start <= last.1 + CLOSE => last.1 = last.1.max(end),
            _ => regions.push((start, end)),
        }
    };
    for (index, span) in spans.iter().enumerate() {
        if span.from.is_none() {
            look_at(span.at, span.at + span.len);
        } else if index > 0 {
            look_at(span.at, span.at);
        }
    }
    regions
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    let mut shift = 0;
    loop {
        let next = byte(rest)?;
        if shift > 56 {
            return None;
        }
        value |= u64::from(next & 0x7f) << shift;
        shift += 7;
        if next & 0x80 == 0 {
            return Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(delta: &[u8], base: &[u8]) -> Option<(Vec<u8>, Vec<Span>)> {
        let (mut out, mut spans) = (Vec::new(), Vec::new());
        apply(delta, base, 1000, &mut out, &mut spans)?;
        Some((out, spans))
    }

    #[test]
    fn what_is_new_is_told_from_what_is_copied() {
        let base = b"one two three";
        // Copy 4 from 0, insert "2", "nd", copy 6 from 7.
        let delta = [13, 13, 0x91, 0, 4, 1, b'2', 2, b'n', b'd', 0x91, 7, 6];
        let (out, spans) = applied(&delta, base).unwrap();
        assert_eq!(out, b"one 2nd three");
        let span = |at, len, from| Span { at, len, from };
        assert_eq!(
            spans,
            [span(0, 4, Some(0)), span(4, 3, None), span(7, 6, Some(7))]
        );
        assert_eq!(regions(&spans, out.len()), [(0, 13)]);
        assert_eq!(result_len(&delta), Some(13));
    }

    #[test]
    fn a_damaged_delta_is_refused() {
        let base = b"one";
        for delta in [
            &[][..],
            &[3],
            &[4, 1, 1, b'x'],
            &[3, 9, 1, b'x'],
            &[3, 1, 0],
            &[3, 1, 5, b'x'],
            &[3, 4, 0x91, 1, 4],
            &[3, 1, 0x91],
            &[
                0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
            ],
            // 2000 bytes are promised.
            &[3, 0xd0, 0x0f, 1, b'x'],
        ] {
            assert_eq!(applied(delta, base), None, "{delta:?}");
        }
    }

    #[test]
    fn regions_are_apart_when_much_lies_between() {
        let spans = [
            Span {
                at: 0,
                len: 5,
                from: None,
            },
            Span {
                at: 5,
                len: 10_000,
                from: Some(0),
            },
            Span {
                at: 10_005,
                len: 10_000,
                from: Some(50_000),
            },
        ];
        let found = regions(&spans, 20_005);
        assert_eq!(found, [(0, 261), (9_749, 10_261)]);
    }
}
