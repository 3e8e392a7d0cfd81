//! Texts as a program writes them: escapes, white space, replacements.

use super::nodes::range;
use super::value::{Value, append};
use crate::text::Text;
use oxc_ast::ast::{RegExpLiteral, StringLiteral};
use std::ops::Range;

/// What a literal says.
pub(super) fn literal(text: &StringLiteral<'_>) -> Text {
    let mut out = Text::default();
    let at = text.span.start as usize + 1;
    match text.raw.as_ref().map(|raw| raw.as_str()) {
        Some(raw) if raw.len() >= 2 => {
            unescape(raw.get(1..raw.len() - 1).unwrap_or_default(), at, &mut out)
        }
        _ => out.push(text.value.as_str(), range(text.span)),
    }
    out
}

/// Reads what stands between quotes; what is written as it is sent keeps its place.
pub(super) fn unescape(raw: &str, at: usize, out: &mut Text) {
    let mut from = 0;
    let mut rest = raw;
    while let Some(slash) = rest.find('\\') {
        let (before, behind) = rest.split_at(slash);
        if !before.is_empty() {
            out.push(before, at + from..at + from + slash);
        }
        let mut chars = behind.chars().skip(1);
        let (decoded, length) = match chars.next() {
            Some('n') => ("\n".to_owned(), 2),
            Some('t') => ("\t".to_owned(), 2),
            Some('r') => ("\r".to_owned(), 2),
            Some('\r') if behind.starts_with("\\\r\n") => (String::new(), 3),
            Some('\n') => (String::new(), 2),
            Some('x') => coded(behind, 2..4),
            Some('u') if behind.starts_with("\\u{") => {
                let end = behind.find('}').unwrap_or(3);
                let (decoded, _) = coded(behind, 3..end);
                (decoded, (end + 1).min(behind.len()))
            }
            Some('u') => coded(behind, 2..6),
            Some(other) => (other.to_string(), 1 + other.len_utf8()),
            None => (String::new(), 1),
        };
        let start = at + from + slash;
        if !decoded.is_empty() {
            out.push(&decoded, start..start + length);
        }
        from += slash + length;
        rest = behind.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        out.push(rest, at + from..at + from + rest.len());
    }
}

/// A character by its number, and how many bytes that takes; the marks themselves when it is none.
fn coded(behind: &str, digits: Range<usize>) -> (String, usize) {
    let number = behind.get(digits.clone());
    let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match number.and_then(char::from_u32) {
        Some(decoded) => (decoded.to_string(), digits.end),
        None => ("?".to_owned(), 2),
    }
}

/// Whether a pattern matches white space only.
pub(super) fn is_blank(regex: &RegExpLiteral<'_>) -> bool {
    let pattern = regex.regex.pattern.text.as_str();
    let rest: String = pattern
        .replace("\\s", "")
        .replace("\\n", "")
        .replace("\\r", "")
        .replace("\\t", "");
    pattern.contains('\\') && rest.chars().all(|c| " {}0123456789,+*?[]()|^$".contains(c))
}

/// Writes a text with each run of white space replaced.
pub(super) fn collapse(text: &Text, with: &str, out: &mut Text) {
    let mut blank = false;
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        if segment.dynamic {
            out.push_dynamic(part, segment.file.clone());
            blank = false;
            continue;
        }
        let written = part.len() == segment.file.len();
        for piece in part.split_inclusive([' ', '\n', '\t', '\r']) {
            // Inside of one part a piece stands where its bytes do.
            let start = piece.as_ptr() as usize - part.as_ptr() as usize;
            let place = |range: Range<usize>| match written {
                true => segment.file.start + range.start..segment.file.start + range.end,
                false => segment.file.clone(),
            };
            let word = piece.trim_end_matches([' ', '\n', '\t', '\r']);
            if !word.is_empty() {
                out.push(word, place(start..start + word.len()));
                blank = false;
            }
            if word.len() < piece.len() && !blank {
                // A single space stays, whatever newlines become.
                let gap = match piece.ends_with(' ') && with.is_empty() {
                    true => " ",
                    false => with,
                };
                out.push(gap, place(start + word.len()..start + piece.len()));
                blank = !gap.is_empty();
            }
        }
    }
}

/// Writes a text with one word replaced by a value.
pub(super) fn substitute(text: &Text, what: &str, with: Option<&Value>, out: &mut Text) {
    let found = text.value().find(what).filter(|_| !what.is_empty());
    let Some(at) = found else {
        return append(out, text);
    };
    let value = text.value();
    out.push(value.get(..at).unwrap_or_default(), text.place(0..at));
    match with {
        Some(value) => value.write(out),
        None => out.push("undefined", text.place(at..at + what.len())),
    }
    let end = at + what.len();
    out.push(
        value.get(end..).unwrap_or_default(),
        text.place(end..value.len()),
    );
}
