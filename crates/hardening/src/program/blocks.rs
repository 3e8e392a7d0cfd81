//! What blocks are: functions, or only parts of them.

use super::language::Language;
use super::token::Tokens;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Function,
    /// A class, a module: not a part of a function.
    Type,
    /// A condition, a loop, a literal.
    Part,
}

const TYPES: &[&str] = &[
    "class",
    "interface",
    "struct",
    "impl",
    "trait",
    "namespace",
    "enum",
    "object",
    "module",
    "record",
    "mod",
];
const CONTROL: &[&str] = &[
    "if",
    "else",
    "for",
    "foreach",
    "while",
    "switch",
    "match",
    "try",
    "catch",
    "finally",
    "when",
    "do",
    "using",
    "lock",
    "loop",
    "unsafe",
    "case",
    "elseif",
    "synchronized",
    "select",
    "unless",
    "begin",
    "until",
];

/// The block of the function around a token; nothing outside of all.
pub(super) fn function(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let mut at = at;
    // Blocks inside of one another: more is made for nobody to read.
    for _ in 0..60 {
        let open = tokens.parent(at)?;
        match block(tokens, open) {
            Block::Function => return Some(open),
            Block::Type => return None,
            Block::Part => at = open,
        }
    }
    None
}

/// The name of the function around a token.
pub(super) fn scope<'t>(tokens: &Tokens<'t>, at: usize) -> &'t str {
    let mut at = at;
    for _ in 0..60 {
        let Some(open) = tokens.parent(at) else {
            return "";
        };
        if block(tokens, open) == Block::Function
            && let Some(name) = name(tokens, open)
        {
            return name;
        }
        at = open;
    }
    ""
}

fn block(tokens: &Tokens<'_>, open: usize) -> Block {
    if tokens.language == Language::Ruby {
        return match tokens.word(open) {
            "def" => Block::Function,
            "class" | "module" => Block::Type,
            _ => Block::Part,
        };
    }
    if !tokens.is(open, "{") {
        return Block::Part;
    }
    let head = head(tokens, open);
    let words = head..open;
    let first = words
        .clone()
        .find(|at| !tokens.is_any(*at, &["}", "(", ")"]));
    if first.is_some_and(|first| tokens.is_any(first, CONTROL)) {
        return Block::Part;
    }
    let mut at = head;
    let mut calls = false;
    while at < open {
        if tokens.is_any(at, TYPES) {
            return Block::Type;
        }
        // `=>` of Rust is an arm, `->` the type of a function that is named before.
        let arrow = tokens.language != Language::Rust && tokens.is_any(at, &["=>", "->"]);
        if arrow || tokens.is_any(at, &["func", "fn", "function", "fun", "|"]) {
            return Block::Function;
        }
        calls |= tokens.is(at, "(");
        if tokens.is_any(at, &["=", ":=", "return", "new", "=>"]) {
            return Block::Part;
        }
        at = tokens.after(at);
    }
    match calls && tokens.language != Language::Rust {
        true => Block::Function,
        false => Block::Part,
    }
}

/// Where what stands before a block begins.
fn head(tokens: &Tokens<'_>, open: usize) -> usize {
    let mut at = open;
    for _ in 0..40 {
        let Some(before) = at.checked_sub(1) else {
            return at;
        };
        // `throws A, B {`
        let listed = tokens.language != Language::Java && tokens.is(before, ",");
        if listed || tokens.is_any(before, &[";", "{", "}", "("]) {
            return at;
        }
        if tokens.language == Language::Go && tokens.get(at).is_some_and(|token| token.line) {
            return at;
        }
        at = match tokens.pair(before) {
            Some(pair) if pair < before => pair,
            _ => before,
        };
    }
    at
}

fn name<'t>(tokens: &Tokens<'t>, open: usize) -> Option<&'t str> {
    if tokens.language == Language::Ruby {
        let own = tokens
            .is(open + 2, ".")
            .then(|| tokens.name(open + 3))
            .flatten();
        return own.or_else(|| tokens.name(open + 1));
    }
    let mut at = head(tokens, open);
    let mut found = None;
    while at < open {
        if tokens.is(at, "(") {
            let before = at.checked_sub(1).map(|before| named(tokens, before));
            let before = before.and_then(|before| tokens.name(before));
            let before =
                before.filter(|word| !["func", "fn", "function", "fun", "async"].contains(word));
            // The last one: annotations stand in front.
            found = before.or(found);
        }
        at = tokens.after(at);
    }
    found
}

/// The name before `<…>`, if that is where a token ends.
fn named(tokens: &Tokens<'_>, at: usize) -> usize {
    if !tokens.is(at, ">") {
        return at;
    }
    let open = (at.saturating_sub(12)..at)
        .rev()
        .find(|at| tokens.is(*at, "<"));
    open.and_then(|open| open.checked_sub(1)).unwrap_or(at)
}
