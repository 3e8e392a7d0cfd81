//! Texts that stand on the lines below: `<<~NAME` of Ruby, `<<<NAME` of PHP.

use super::lex::{Lexer, is_word};
use super::pieces::{Escapes, Form, Holes, read};
use super::token::{Kind, Piece};

/// The line that ends a text.
pub(super) struct Mark<'t> {
    word: &'t str,
    raw: bool,
}

/// Reads `<<~NAME`; its lines are read when they come.
pub(super) fn ruby(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let mut from = at + 2;
    let marked = matches!(lexer.byte(from), b'~' | b'-');
    from += usize::from(marked);
    let quoted = matches!(lexer.byte(from), b'\'' | b'"');
    let raw = lexer.byte(from) == b'\'';
    from += usize::from(quoted);
    let Some(word) = word(lexer, from) else {
        return false;
    };
    let shouts = word.starts_with(|c: char| c.is_ascii_uppercase());
    if lexer.masked || !shouts || !marked && !quoted && lexer.behind_value() {
        return false;
    }
    let end = from + word.len() + usize::from(quoted);
    let token = lexer.out.all.len();
    lexer.at = end;
    lexer.add_text(Vec::new(), at..end);
    lexer.waiting.push((token, Mark { word, raw }));
    true
}

fn word<'t>(lexer: &Lexer<'t>, from: usize) -> Option<&'t str> {
    let rest = lexer.rest(from);
    let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
    rest.get(..length).filter(|word| !word.is_empty())
}

/// Reads the lines of a text up to its mark.
pub(super) fn body(lexer: &mut Lexer<'_>, token: usize, mark: &Mark<'_>) {
    let from = lexer.at;
    let mut at = from;
    for line in lexer.rest(from).split_inclusive('\n') {
        if line.trim() == mark.word {
            let pieces = pieces(lexer, from..at, mark.raw, Holes::Ruby);
            fill(lexer, token, pieces);
            lexer.at = at + line.trim_end_matches('\n').len();
            return;
        }
        at += line.len();
    }
    lexer.out.broken = true;
    lexer.at = lexer.bytes.len();
}

/// Reads `<<<NAME` with its lines.
pub(super) fn php(lexer: &mut Lexer<'_>) -> bool {
    let at = lexer.at;
    let rest = lexer.rest(at + 3);
    let from = at + 3 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let quoted = matches!(lexer.byte(from), b'\'' | b'"');
    let raw = lexer.byte(from) == b'\'';
    let from = from + usize::from(quoted);
    let Some(word) = word(lexer, from).filter(|_| !lexer.masked) else {
        return false;
    };
    let rest = lexer.rest(from);
    let Some(first) = rest.find('\n') else {
        return false;
    };
    let start = from + first + 1;
    let mut line_at = start;
    for line in lexer.rest(start).split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t']);
        let behind = trimmed.strip_prefix(word);
        if behind.is_some_and(|behind| !behind.bytes().next().is_some_and(is_word)) {
            let pieces = pieces(lexer, start..line_at, raw, Holes::Php);
            lexer.at = line_at + (line.len() - trimmed.len()) + word.len();
            lexer.add_text(pieces, at..lexer.at);
            return true;
        }
        line_at += line.len();
    }
    lexer.out.broken = true;
    lexer.at = lexer.bytes.len();
    true
}

fn fill(lexer: &mut Lexer<'_>, token: usize, pieces: Vec<Piece>) {
    let Some(Kind::Text(index)) = lexer.out.kind(token) else {
        return;
    };
    if let Some(text) = lexer.out.texts.get_mut(index) {
        *text = pieces;
    }
}

/// The pieces of lines; the break before the mark is none of them.
fn pieces(lexer: &Lexer<'_>, place: std::ops::Range<usize>, raw: bool, holes: Holes) -> Vec<Piece> {
    let text = lexer.text.get(place.clone()).unwrap_or_default();
    let inside = text.trim_end_matches(['\n', '\r']);
    let end = place.start + inside.len();
    let all = Piece {
        text: Some(inside.to_owned()),
        place: place.start..end,
    };
    if raw {
        return vec![all];
    }
    let form = Form {
        close: "",
        escapes: Escapes::All,
        holes,
        lines: true,
        doubled: false,
        nested: None,
    };
    let cut = lexer.up_to(end);
    read(&cut, place.start, form).map_or_else(|| vec![all], |(pieces, _)| pieces)
}
