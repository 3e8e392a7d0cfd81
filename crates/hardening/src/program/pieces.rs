//! What stands between the marks of a text: escapes, and holes that the running program fills.

use super::language::Language;
use super::lex::{Lexer, is_word};
use super::token::Piece;
use std::ops::Range;

/// What a backslash does in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Nothing.
    None,
    /// It keeps the closing mark and itself from their meaning.
    Few,
    /// `\n`, `\u00e9` and so on.
    All,
}

/// How holes begin that the running program fills.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holes {
    None,
    /// `#{…}`
    Ruby,
    /// `{$…}`, `$name`, `${…}`
    Php,
    /// `$name`, `${…}`
    Kotlin,
    /// `{…}`, and `{{` for a brace.
    CSharp,
}

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Form<'f> {
    /// Empty where the end of the file is the end of the text.
    pub(super) close: &'f str,
    pub(super) escapes: Escapes,
    pub(super) holes: Holes,
    /// It may go over lines.
    pub(super) lines: bool,
    /// The closing mark twice stands for itself.
    pub(super) doubled: bool,
    /// A bracket of this kind inside is closed first.
    pub(super) nested: Option<u8>,
}

impl<'f> Form<'f> {
    pub(super) fn new(close: &'f str, escapes: Escapes, holes: Holes, lines: bool) -> Self {
        Self {
            close,
            escapes,
            holes,
            lines,
            doubled: false,
            nested: None,
        }
    }
}

/// Bytes of a hole, at most.
const HOLE: usize = 500;

/// The pieces of a text that begins here, and where its closing mark stands.
pub(super) fn read(lexer: &Lexer<'_>, from: usize, form: Form<'_>) -> Option<(Vec<Piece>, usize)> {
    let mut pieces = Pieces {
        lexer,
        all: Vec::new(),
        from,
    };
    let (mut at, mut depth) = (from, 0_usize);
    let lines = form.lines && !lexer.masked;
    while at < lexer.bytes.len() {
        let byte = lexer.byte(at);
        if byte == b'\n' && !lines {
            return None;
        }
        if form.nested == Some(byte) {
            depth += 1;
        } else if !form.close.is_empty() && lexer.starts(at, form.close) {
            if form.doubled && lexer.byte(at + 1) == b'"' {
                pieces.flush(at);
                pieces.push("\"", at..at + 2);
                at += 2;
                continue;
            }
            if depth == 0 {
                // Raw texts may end with quotes of their own.
                let more = form.close.len() == 3 && lexer.byte(at + 3) == b'"';
                if !more {
                    pieces.flush(at);
                    return Some((pieces.all, at));
                }
            }
            depth = depth.saturating_sub(1);
        } else if byte == b'\\' && form.escapes != Escapes::None {
            at = pieces.escape(at, form);
            continue;
        } else if let Some((inner, end)) = hole(lexer, at, form.holes) {
            pieces.flush(at);
            pieces.hole(inner, end);
            at = end;
            continue;
        } else if form.holes == Holes::CSharp && (lexer.starts(at, "{{") || lexer.starts(at, "}}"))
        {
            pieces.flush(at + 1);
            pieces.from = at + 2;
            at += 2;
            continue;
        }
        at += 1;
    }
    pieces.flush(at);
    form.close.is_empty().then_some((pieces.all, at))
}

struct Pieces<'l, 't> {
    lexer: &'l Lexer<'t>,
    all: Vec<Piece>,
    from: usize,
}

impl Pieces<'_, '_> {
    /// What stands as it is, up to here.
    fn flush(&mut self, to: usize) {
        let text = self.lexer.text.get(self.from..to).unwrap_or_default();
        if !text.is_empty() {
            self.push(text, self.from..to);
        }
        self.from = to;
    }

    fn push(&mut self, text: &str, place: Range<usize>) {
        self.from = place.end;
        self.all.push(Piece {
            text: Some(text.to_owned()),
            place,
        });
    }

    fn hole(&mut self, inner: Range<usize>, end: usize) {
        self.from = end;
        self.all.push(Piece {
            text: None,
            place: inner,
        });
    }

    /// What a backslash stands for; gives the place behind it.
    fn escape(&mut self, at: usize, form: Form<'_>) -> usize {
        let next = self.lexer.byte(at + 1);
        let length = self.lexer.rest(at + 1).chars().next();
        let length = 1 + length.map_or(0, char::len_utf8);
        if form.escapes == Escapes::Few {
            if next == b'\\' || form.close.as_bytes().first() == Some(&next) {
                self.flush(at);
                self.from = at + 1;
            }
            return at + length;
        }
        self.flush(at);
        let decoded = match next {
            b'n' => "\n".to_owned(),
            b't' => "\t".to_owned(),
            b'r' => "\r".to_owned(),
            b'\r' | b'\n' => return self.joined(at),
            b'u' | b'x' => return self.coded(at),
            _ => {
                let rest = self.lexer.rest(at + 1);
                rest.chars().next().map(String::from).unwrap_or_default()
            }
        };
        self.push(&decoded, at..at + length);
        at + length
    }

    /// A line that goes on in the next one; Rust leaves out what it begins with.
    fn joined(&mut self, at: usize) -> usize {
        let rest = self.lexer.rest(at + 1);
        let blank: &[char] = match self.lexer.language {
            Language::Rust => &[' ', '\t', '\r', '\n'],
            _ => &['\r', '\n'],
        };
        let end = at + 1 + (rest.len() - rest.trim_start_matches(blank).len());
        self.from = end;
        end
    }

    /// A character by its number.
    fn coded(&mut self, at: usize) -> usize {
        let rest = self.lexer.rest(at + 2);
        let braces = rest.starts_with('{');
        let most = match (braces, self.lexer.byte(at + 1)) {
            (true, _) => 9,
            (false, b'x') => 2,
            (false, _) => 4,
        };
        let from = usize::from(braces);
        let digits = rest.bytes().skip(from).take(most);
        let digits = digits.take_while(u8::is_ascii_hexdigit).count();
        let number = rest.get(from..from + digits).unwrap_or_default();
        let number = u32::from_str_radix(number, 16).ok();
        let decoded = number.and_then(char::from_u32).unwrap_or('?');
        let end = at + 2 + digits + 2 * from;
        let end = end.min(self.lexer.bytes.len());
        self.push(decoded.encode_utf8(&mut [0; 4]), at..end);
        end
    }
}

/// A hole that begins here: the expression in it, and where it ends.
fn hole(lexer: &Lexer<'_>, at: usize, holes: Holes) -> Option<(Range<usize>, usize)> {
    let next = lexer.byte(at + 1);
    let byte = lexer.byte(at);
    let skip = match (holes, byte, next) {
        (Holes::Ruby, b'#', b'{') => 2,
        (Holes::Php, b'{', b'$') => 1,
        (Holes::Php | Holes::Kotlin, b'$', b'{') => 2,
        (Holes::CSharp, b'{', next) if next != b'{' => 1,
        (Holes::Php | Holes::Kotlin, b'$', next) if next.is_ascii_alphabetic() || next == b'_' => {
            let name = lexer.rest(at + 1).bytes();
            let mut end = at + 1 + name.take_while(|byte| is_word(*byte)).count();
            if holes == Holes::Php && lexer.starts(end, "->") && is_word(lexer.byte(end + 2)) {
                let more = lexer.rest(end + 2).bytes();
                end += 2 + more.take_while(|byte| is_word(*byte)).count();
            }
            if holes == Holes::Php && lexer.byte(end) == b'[' {
                let close = lexer.rest(end).bytes().take(60).position(|b| b == b']');
                end += close.map_or(0, |close| close + 1);
            }
            return Some((at..end, end));
        }
        _ => return None,
    };
    let start = at + skip;
    let (mut at, mut depth) = (start, 1_usize);
    let limit = (start + HOLE).min(lexer.bytes.len());
    while at < limit {
        match lexer.byte(at) {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((start..at, at + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
