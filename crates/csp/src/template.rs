//! Which ranges of a policy's text only running code knows.
//!
//! Carriers name what they know of. The common templates are told by their marks, none of which has a
//! meaning in a policy.

use std::ops::Range;

/// Opening and closing marks; a longer one stands before its beginning.
const MARKS: &[(&str, &str)] = &[
    ("${{", "}}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("${", "}"),
    ("#{", "}"),
    ("{", "}"),
    ("<%", "%>"),
    ("<?", "?>"),
    ("<", ">"),
    ("%(", ")s"),
];

/// Marks that a browser may get to see, and would read what stands between spaces: there are none.
const BARE: &[&str] = &["{", "<"];

/// The longest text between them, in bytes.
const LONGEST: usize = 128;

/// The length of what is between bare marks.
fn bare(inner: &str, close: &str) -> Option<usize> {
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || *byte == b';' || close.as_bytes().contains(byte);
    let length = inner.as_bytes().iter().take(LONGEST).position(ends)?;
    inner.get(length..)?.starts_with(close).then_some(length)
}

/// Sorted, without overlaps, on character boundaries.
pub(crate) fn opaque(text: &str, named: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut all = marked(text);
    let inside = |at: &usize| text.is_char_boundary(*at);
    let named = named.iter().filter(|range| range.start <= range.end);
    all.extend(
        named
            .filter(|range| inside(&range.start) && inside(&range.end))
            .cloned(),
    );
    all.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in all {
        match merged.last_mut() {
            Some(last) if range.start < last.end || *last == range => {
                last.end = last.end.max(range.end);
            }
            _ => merged.push(range),
        }
    }
    merged
}

/// The ranges of the marks.
fn marked(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // A closing mark that is missing once is missing from there on: the search stays linear.
    let mut missing = [false; MARKS.len()];
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(step) = rest.find(['$', '#', '{', '<', '%', '_']) else {
            break;
        };
        let start = at + step;
        let Some(rest) = text.get(start..) else {
            break;
        };
        let end = enclosed(rest, &mut missing).or_else(|| plain(text, start, rest));
        match end {
            Some(length) => {
                found.push(start..start + length);
                at = start + length;
            }
            None => at = start + 1,
        }
    }
    found
}

/// The length of a pair of marks and what is between.
fn enclosed(rest: &str, missing: &mut [bool]) -> Option<usize> {
    for ((open, close), missing) in MARKS.iter().zip(missing) {
        let Some(inner) = rest.strip_prefix(open) else {
            continue;
        };
        if *missing {
            continue;
        }
        if BARE.contains(open) {
            return bare(inner, close).map(|length| open.len() + length + close.len());
        }
        match inner.find(close) {
            Some(length) => return Some(open.len() + length + close.len()),
            None => *missing = true,
        }
    }
    None
}

/// The length of a mark without an end: `$name`, `%s`, `__NAME__`.
fn plain(text: &str, start: usize, rest: &str) -> Option<usize> {
    let word = |text: &str, fits: fn(char) -> bool| text.find(|c| !fits(c)).unwrap_or(text.len());
    if let Some(name) = rest.strip_prefix('$') {
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let length = word(name, |c| c.is_ascii_alphanumeric() || c == '_');
        return begins.then_some(1 + length);
    }
    if rest.starts_with("%s") || rest.starts_with("%d") {
        return Some(2);
    }
    let begins = !text
        .get(..start)
        .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    let name = rest.strip_prefix("__").filter(|_| begins)?;
    let length = word(name, |c| {
        c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
    });
    let name = name.get(..length)?;
    (name.len() > 2 && name.ends_with("__") && !name.starts_with('_')).then_some(2 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        opaque(text, &[])
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn templates_are_told_by_their_marks() {
        assert_eq!(shown("'nonce-${n}' 'nonce-{{ n }}' x"), ["${n}", "{{ n }}"]);
        assert_eq!(
            shown("'nonce-<%= a > b %>' $host"),
            ["<%= a > b %>", "$host"]
        );
        assert_eq!(
            shown("'nonce-%s' %(host)s {} __CSP_NONCE__"),
            ["%s", "%(host)s", "{}", "__CSP_NONCE__"]
        );
        assert_eq!(
            shown("https://a.example/my__FILE__x 'self' https://x/%20"),
            [""; 0]
        );
        assert_eq!(shown("< 'unsafe-inline' > {;} {x} <y>"), ["{x}", "<y>"]);
        assert_eq!(shown("${{ github.sha }}"), ["${{ github.sha }}"]);
    }

    #[test]
    fn named_ranges_are_kept_where_they_are_possible() {
        let text = "é 'nonce-X' {y}";
        let ranges = opaque(text, &[1..2, 9..99, 10..11, 3..3, 10..11]);
        assert_eq!(ranges, [3..3, 10..11, 13..16]);
    }

    #[test]
    fn open_marks_alone_take_linear_time() {
        for piece in ["{{${<%<", "{ ", "<", "{"] {
            let text = format!("{} }}", piece.repeat(100_000));
            assert!(opaque(&text, &[]).len() < 2, "{piece}");
        }
    }
}
