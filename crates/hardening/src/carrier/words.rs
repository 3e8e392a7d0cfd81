//! Words of a line, for servers whose files are lists of lines.

use crate::text::Text;
use std::ops::Range;

/// How a format writes words.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Characters around words with spaces.
    pub(super) quotes: &'static [u8],
    /// Whether `\` takes the meaning of a space away outside of quotes too.
    pub(super) escapes: bool,
    /// Whether `#` begins a comment inside of a line.
    pub(super) comments: bool,
    /// Whether a quoted word may go over lines.
    pub(super) long: bool,
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As the server reads it.
    pub(super) text: String,
    /// As it is written, with quotes.
    pub(super) place: Range<usize>,
    pub(super) quoted: bool,
}

impl Word {
    /// The bytes inside of the quotes.
    pub(super) fn inside(&self) -> Range<usize> {
        match self.quoted && self.place.len() >= 2 {
            true => self.place.start + 1..self.place.end - 1,
            false => self.place.clone(),
        }
    }

    /// Its value; what stands between these marks is only known when the server runs.
    pub(super) fn value(&self, marks: &[(&str, &str)]) -> Text {
        let inside = self.inside();
        let same = inside.len() == self.text.len();
        let place = |range: Range<usize>| match same {
            true => inside.start + range.start..inside.start + range.end,
            false => inside.clone(),
        };
        let mut text = Text::default();
        let mut plain = 0;
        let mut at = 0;
        while at < self.text.len() {
            let rest = self.text.get(at..).unwrap_or_default();
            let mark = marks.iter().find(|(start, _)| rest.starts_with(start));
            let end = mark
                .and_then(|(start, end)| Some((rest.get(start.len()..)?.find(end)?, start, end)));
            let Some((length, start, end)) = end else {
                at += rest.chars().next().map_or(1, char::len_utf8);
                // Without an end to the mark there is none for those that follow.
                if mark.is_some() {
                    break;
                }
                continue;
            };
            let end = at + start.len() + length + end.len();
            if at > plain {
                let before = self.text.get(plain..at).unwrap_or_default();
                text.push(before, place(plain..at));
            }
            let stand_in = match text.value().ends_with("nonce-") {
                true => "ZHluYW1pYy1ub25jZS0wMA==",
                false => "dynamic.invalid",
            };
            text.push_dynamic(stand_in, place(at..end));
            at = end;
            plain = end;
        }
        if plain < self.text.len() || self.text.is_empty() {
            let rest = self.text.get(plain..).unwrap_or_default();
            text.push(rest, place(plain..self.text.len()));
        }
        text
    }
}

/// The words from here to the end of the line, and where the next line begins.
pub(super) fn line(text: &str, from: usize, style: Style) -> (Vec<Word>, usize) {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return (words, at + 1),
            b' ' | b'\t' | b'\r' => at += 1,
            b'\\' if continues(bytes, at) => at = next_line(bytes, at),
            b'#' if style.comments => return (words, next_line(bytes, at)),
            _ => {
                let word = word(text, at, style);
                at = word.place.end.max(at + 1);
                words.push(word);
            }
        }
    }
    (words, bytes.len())
}

fn continues(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at + 1), Some(b'\n')) || bytes.get(at + 1..at + 3) == Some(b"\r\n")
}

/// Just behind the end of this line.
pub(super) fn next_line(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| at + end + 1)
}

fn word(text: &str, from: usize, style: Style) -> Word {
    let bytes = text.as_bytes();
    let first = bytes.get(from).copied().unwrap_or_default();
    let mut value = Vec::new();
    let mut at = from;
    let mut open: Option<u8> = None;
    let quoted = style.quotes.contains(&first);
    while let Some(&byte) = bytes.get(at) {
        match (open, byte) {
            (Some(quote), byte) if byte == quote => {
                open = None;
                at += 1;
                if quoted && !style.escapes {
                    break;
                }
            }
            (Some(b'"'), b'\\') if matches!(bytes.get(at + 1), Some(b'"' | b'\\')) => {
                value.extend(bytes.get(at + 1));
                at += 2;
            }
            (_, b'\\') if continues(bytes, at) => at = next_line(bytes, at),
            (Some(_), b'\n') if !style.long => break,
            (None, b' ' | b'\t' | b'\r' | b'\n') => break,
            (None, b'\\') if style.escapes => {
                value.extend(bytes.get(at + 1));
                at += 2;
            }
            (None, byte) if style.quotes.contains(&byte) && (at == from || style.escapes) => {
                open = Some(byte);
                at += 1;
            }
            (_, byte) => {
                value.push(byte);
                at += 1;
            }
        }
    }
    let end = at.min(bytes.len());
    let closed = end > from + 1 && quoted && bytes.get(end - 1) == Some(&first);
    Word {
        text: String::from_utf8_lossy(&value).into_owned(),
        place: from..end,
        quoted: closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        quotes: b"\"'",
        escapes: false,
        comments: false,
        long: false,
    };

    fn texts(text: &str, style: Style) -> Vec<String> {
        let words = line(text, 0, style).0;
        words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_escapes_and_continuations() {
        assert_eq!(
            texts("Header set X \"a \\\"b\\\"\" \\\n always\nnext", STYLE),
            ["Header", "set", "X", "a \"b\"", "always"]
        );
        let escaped = Style {
            escapes: true,
            comments: true,
            ..STYLE
        };
        assert_eq!(texts("a\\ b 'c d'e # x", escaped), ["a b", "c de"]);
        assert_eq!(line("a\nb", 0, STYLE).1, 2);
        assert_eq!(texts("\"open\nnext", STYLE), ["open"]);
    }

    #[test]
    fn marks_are_only_known_later() {
        let word = line("'nonce-{$N}x'", 0, STYLE).0.remove(0);
        let value = word.value(&[("{$", "}")]);
        assert_eq!(value.value(), "nonce-ZHluYW1pYy1ub25jZS0wMA==x");
        assert_eq!(value.dynamic().len(), 1);
        assert_eq!(value.place(0..5), 1..6);
    }
}
