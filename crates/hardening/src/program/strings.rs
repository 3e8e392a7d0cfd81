//! Texts as each language writes them.

use super::heredoc;
use super::language::Language;
use super::lex::{Lexer, is_word};
use super::pieces::{Escapes, Form, Holes, read};
use super::token::{Kind, Piece};

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
    let Some((_, end)) = tried(lexer, from, form) else {
        if !lexer.masked {
            lexer.out.broken = true;
            lexer.at = lexer.bytes.len();
        }
        return !lexer.masked;
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
    match tried(lexer, lexer.at + 1, form) {
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

/// Reads a text, unless one of its kind was found not to end where this one would have to.
fn tried(lexer: &mut Lexer<'_>, from: usize, form: Form<'_>) -> Option<(Vec<Piece>, usize)> {
    let mark = form.close.bytes().next().unwrap_or_default();
    let failed = lexer.failed.iter().find(|(known, _)| *known == mark);
    if failed.is_some_and(|(_, until)| from <= *until) {
        return None;
    }
    let text = read(lexer, from, form);
    if text.is_none() {
        let rest = lexer.rest(from);
        let until = from + rest.find('\n').unwrap_or(rest.len());
        lexer.failed.retain(|(known, _)| *known != mark);
        lexer.failed.push((mark, until));
    }
    text
}

/// A text whose opening mark has that length.
fn whole(lexer: &mut Lexer<'_>, open: usize, form: Form<'_>) -> bool {
    let at = lexer.at;
    match tried(lexer, at + open, form) {
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
