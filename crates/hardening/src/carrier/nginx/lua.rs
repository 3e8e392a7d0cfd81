//! Programs inside of a configuration. They follow rules of their own, and only their end matters here.

use std::ops::Range;

/// The braces of a block of Lua that begins behind white space, with all between them. Nothing when no
/// brace follows or none closes it.
pub(super) fn block(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let rest = bytes.get(from..)?;
    let start = from + rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if bytes.get(start) != Some(&b'{') {
        return None;
    }
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(start..at);
                }
            }
            b'-' if bytes.get(at) == Some(&b'-') => at = line_end(bytes, at),
            b'"' | b'\'' => at = string_end(bytes, at, byte),
            _ => {}
        }
    }
    None
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len())
}

/// Strings end on their line, at the latest.
fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'\n' => break,
            byte if byte == quote => break,
            _ => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_and_comments_close_nothing() {
        let text = b"x { -- don't }\n local a = '}' if b then c({}) end } y";
        let block = block(text, 1).unwrap();
        assert_eq!(&text[block.end..], b" y");
        assert_eq!(super::block(b" {{", 0), None);
    }
}
