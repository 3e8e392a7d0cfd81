//! Texts as each language writes them.

use super::heredoc;
use super::language::Language;
use super::lex::{Lexer, is_word};
use super::token::{Kind, Piece};
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
    fn new(close: &'f str, escapes: Escapes, holes: Holes, lines: bool) -> Self {
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
const HOLE: usize = 2000;

/// Reads a text, if one begins here.
pub(super) fn text(lexer: &mut Lexer<'_>) -> bool {
    match lexer.language {
        Language::Ruby => ruby(lexer),
        Language::Php => php(lexer),
        Language::Java | Language::Kotlin => java(lexer),
        Language::CSharp => csharp(lexer),
        Language::Go => go(lexer),
        Language::Rust => rust(lexer),
    }
}

fn ruby(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let next = lexer.byte(at + 1);
    match lexer.byte(at) {
        b'\'' => whole(lexer, 1, Form::new("'", Escapes::Few, Holes::None, true)),
        b'"' => whole(lexer, 1, Form::new("\"", Escapes::All, Holes::Ruby, true)),
        b'`' => whole(lexer, 1, Form::new("`", Escapes::All, Holes::Ruby, true)),
        b'?' if b"\"'#".contains(&next) && !lexer.behind_value() => {
            lexer.add_text(Vec::new(), at..at + 2);
            lexer.at += 2;
            true
        }
        b':' if next == b'"' && lexer.byte(at.wrapping_sub(1)) != b':' => {
            lexer.at += 1;
            ruby(lexer)
        }
        b':' if (next.is_ascii_alphabetic() || next == b'_')
            && at.checked_sub(1).is_none_or(|before| {
                !is_word(lexer.byte(before)) && lexer.byte(before) != b':'
            }) =>
        {
            let rest = lexer.rest(at + 1);
            let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
            lexer.at += 1 + length;
            lexer.token(Kind::Symbol, at + 1..at + 1 + length);
            true
        }
        b'<' if lexer.starts(at, "<<") => heredoc::ruby(lexer),
        b'%' => percent(lexer),
        b'/' if !lexer.behind_value() => regex(lexer),
        _ => false,
    }
}

/// `%w[a b]`, `%i[a b]`, `%q(…)`, `%(…)`.
fn percent(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let kind = lexer.byte(at + 1);
    let (open_at, kind) = match kind.is_ascii_alphabetic() {
        true => (at + 2, kind),
        false => (at + 1, b'Q'),
    };
    let open = lexer.byte(open_at);
    let spaced = at.checked_sub(1).map(|before| lexer.byte(before)) == Some(b' ');
    let fits = b"wWiIqQrsx".contains(&kind)
        && b"([{<|!/".contains(&open)
        && (!lexer.behind_value() || spaced && open_at == at + 2);
    if !fits {
        return false;
    }
    let (close, nested) = match open {
        b'(' => (")", Some(open)),
        b'[' => ("]", Some(open)),
        b'{' => ("}", Some(open)),
        b'<' => (">", Some(open)),
        b'|' => ("|", None),
        b'!' => ("!", None),
        _ => ("/", None),
    };
    let (escapes, holes) = match kind {
        b'q' | b'w' | b'i' | b's' => (Escapes::Few, Holes::None),
        _ => (Escapes::All, Holes::Ruby),
    };
    let mut form = Form::new(close, escapes, holes, true);
    form.nested = nested;
    if !matches!(kind, b'w' | b'W' | b'i' | b'I') {
        return whole(lexer, open_at + 1 - at, form);
    }
    let from = open_at + 1;
    let Some((_, end)) = read(lexer, from, form) else {
        return false;
    };
    let symbols = matches!(kind, b'i' | b'I');
    let inside = lexer.text.get(from..end).unwrap_or_default();
    let words = inside.split_ascii_whitespace().map(|word| {
        let start = from + (word.as_ptr() as usize - inside.as_ptr() as usize);
        let kind = match symbols {
            true => Kind::Symbol,
            false => Kind::Text(0),
        };
        (kind, start..start + word.len())
    });
    lexer.at = end + 1;
    lexer.add_words(at..from, words.collect(), end..end + 1);
    true
}

/// A pattern on one line; nothing in it is of interest.
fn regex(lexer: &mut Lexer<'_>) -> bool {
    let form = Form::new("/", Escapes::Few, Holes::Ruby, false);
    match read(lexer, lexer.at + 1, form) {
        Some((_, end)) => {
            let at = lexer.at;
            lexer.at = end + 1;
            lexer.token(Kind::Number, at..end + 1);
            true
        }
        None => false,
    }
}

fn php(lexer: &mut Lexer<'_>) -> bool {
    match lexer.byte(lexer.at) {
        b'\'' => whole(lexer, 1, Form::new("'", Escapes::Few, Holes::None, true)),
        b'"' => whole(lexer, 1, Form::new("\"", Escapes::All, Holes::Php, true)),
        b'`' => whole(lexer, 1, Form::new("`", Escapes::All, Holes::Php, true)),
        b'<' if lexer.starts(lexer.at, "<<<") => heredoc::php(lexer),
        _ => false,
    }
}

fn java(lexer: &mut Lexer<'_>) -> bool {
    let kotlin = lexer.language == Language::Kotlin;
    let holes = match kotlin {
        true => Holes::Kotlin,
        false => Holes::None,
    };
    if lexer.starts(lexer.at, "\"\"\"") {
        let escapes = match kotlin {
            true => Escapes::None,
            false => Escapes::All,
        };
        return whole(lexer, 3, Form::new("\"\"\"", escapes, holes, true));
    }
    match lexer.byte(lexer.at) {
        b'"' => whole(lexer, 1, Form::new("\"", Escapes::All, holes, false)),
        b'\'' => character(lexer),
        _ => false,
    }
}

fn csharp(lexer: &mut Lexer<'_>) -> bool {
    let marks = lexer.rest(lexer.at).bytes();
    let marks = marks.take_while(|byte| b"$@".contains(byte)).count();
    let behind = lexer.at + marks;
    let mark = lexer.text.get(lexer.at..behind).unwrap_or_default();
    if lexer.byte(behind) != b'"' {
        return marks == 0 && lexer.byte(lexer.at) == b'\'' && character(lexer);
    }
    let holes = match mark.contains('$') {
        true => Holes::CSharp,
        false => Holes::None,
    };
    if lexer.starts(behind, "\"\"\"") {
        let form = Form::new("\"\"\"", Escapes::None, holes, true);
        return whole(lexer, marks + 3, form);
    }
    let verbatim = mark.contains('@');
    let escapes = match verbatim {
        true => Escapes::None,
        false => Escapes::All,
    };
    let mut form = Form::new("\"", escapes, holes, verbatim);
    form.doubled = verbatim;
    whole(lexer, marks + 1, form)
}

fn go(lexer: &mut Lexer<'_>) -> bool {
    match lexer.byte(lexer.at) {
        b'"' => whole(lexer, 1, Form::new("\"", Escapes::All, Holes::None, false)),
        b'`' => whole(lexer, 1, Form::new("`", Escapes::None, Holes::None, true)),
        b'\'' => character(lexer),
        _ => false,
    }
}

fn rust(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let rest = lexer.rest(at);
    // `b"…"`, `r#"…"#`, `br"…"`, `c"…"`.
    let letters = rest.bytes().take_while(|byte| b"brc".contains(byte));
    let letters = letters.count();
    let before = at.checked_sub(1).map(|before| lexer.byte(before));
    if letters > 2 || letters > 0 && before.is_some_and(is_word) {
        return false;
    }
    let raw = rest.get(..letters).is_some_and(|mark| mark.contains('r'));
    let hashes = rest.bytes().skip(letters).take_while(|byte| *byte == b'#');
    let hashes = match raw {
        true => hashes.count(),
        false => 0,
    };
    match lexer.byte(at + letters + hashes) {
        b'"' if raw => {
            let close = format!("\"{}", "#".repeat(hashes.min(200)));
            let form = Form::new(&close, Escapes::None, Holes::None, true);
            whole(lexer, letters + hashes + 1, form)
        }
        b'"' => {
            let form = Form::new("\"", Escapes::All, Holes::None, true);
            whole(lexer, letters + 1, form)
        }
        b'\'' if letters == 0 => character(lexer),
        _ => false,
    }
}

/// `'x'`; `'a` alone is something else (a lifetime).
fn character(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let rest = lexer.rest(at + 1);
    let mut chars = rest.char_indices();
    let closes = match chars.next() {
        Some((_, '\\')) => rest
            .bytes()
            .take(12)
            .skip(2)
            .position(|byte| byte == b'\'')
            .map(|end| end + 2),
        Some((_, '\'' | '\n')) | None => None,
        Some(_) => chars
            .next()
            .filter(|(_, second)| *second == '\'')
            .map(|(end, _)| end),
    };
    let Some(end) = closes else {
        return false;
    };
    let piece = Piece {
        text: rest.get(..end).map(str::to_owned),
        place: at + 1..at + 1 + end,
    };
    lexer.at = at + end + 2;
    lexer.add_text(vec![piece], at..at + end + 2);
    true
}

/// A text whose opening mark has that length.
fn whole(lexer: &mut Lexer<'_>, open: usize, form: Form<'_>) -> bool {
    let at = lexer.at;
    match read(lexer, at + open, form) {
        Some((pieces, end)) => {
            lexer.at = end + form.close.len();
            lexer.add_text(pieces, at..lexer.at);
            true
        }
        // What never ends on its line is no text; what never ends at all takes the rest of the file.
        None if form.lines && !lexer.masked => {
            lexer.out.broken = true;
            lexer.at = lexer.bytes.len();
            true
        }
        None => false,
    }
}

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
