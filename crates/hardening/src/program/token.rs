//! A program as a list of tokens, which knows what is inside of what.

use super::language::Language;
use std::ops::Range;

/// No token.
pub(super) const NONE: usize = usize::MAX;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A literal text: its pieces are at this index.
    Text(usize),
    /// `:self` of Ruby; the place is that of the name.
    Symbol,
    Number,
    Sign,
    /// A bracket, or a word of Ruby that `end` closes.
    Open,
    Close,
}

/// A part of a program.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Range<usize>,
    /// The first of its line.
    pub(super) line: bool,
    /// The other bracket.
    pub(super) pair: usize,
    /// The bracket around it.
    pub(super) parent: usize,
}

/// A part of a literal text.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// What it says; nothing for a hole that the running program fills.
    pub(super) text: Option<String>,
    /// The bytes of the file; of a hole, those of the expression in it.
    pub(super) place: Range<usize>,
}

/// A program, cut into tokens.
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) language: Language,
    pub(super) all: Vec<Token>,
    pub(super) texts: Vec<Vec<Piece>>,
    /// What stands in comments, without their marks.
    pub(super) comments: Vec<Range<usize>>,
    /// A text begins and never ends.
    pub(super) broken: bool,
}

impl<'t> Tokens<'t> {
    /// A token.
    pub(super) fn get(&self, at: usize) -> Option<&Token> {
        self.all.get(at)
    }

    /// What a token is.
    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.get(at).map(|token| token.kind)
    }

    /// How a token is written; empty when there is none.
    pub(super) fn word(&self, at: usize) -> &'t str {
        let place = self.get(at).map(|token| token.place.clone());
        place
            .and_then(|place| self.text.get(place))
            .unwrap_or_default()
    }

    /// Whether a token is this sign, bracket or name.
    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        !matches!(self.kind(at), None | Some(Kind::Text(_) | Kind::Symbol)) && self.word(at) == word
    }

    /// Whether a token is one of these.
    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(at, word))
    }

    /// A name, without the marks of variables.
    pub(super) fn name(&self, at: usize) -> Option<&'t str> {
        let named = self.kind(at) == Some(Kind::Name);
        named.then(|| self.word(at).trim_start_matches(['$', '@']))
    }

    /// The pieces of a literal text.
    pub(super) fn pieces(&self, at: usize) -> Option<&[Piece]> {
        match self.kind(at)? {
            Kind::Text(index) => self.texts.get(index).map(Vec::as_slice),
            _ => None,
        }
    }

    /// What a text without holes says.
    pub(super) fn plain(&self, at: usize) -> Option<String> {
        let pieces = self.pieces(at)?;
        pieces.iter().map(|piece| piece.text.as_deref()).collect()
    }

    /// The token behind this one and behind everything in it.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.get(at) {
            Some(token) if token.kind == Kind::Open && token.pair != NONE => token.pair + 1,
            _ => at + 1,
        }
    }

    /// The bracket around a token.
    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        let parent = self.get(at)?.parent;
        (parent != NONE).then_some(parent)
    }

    /// The other bracket.
    pub(super) fn pair(&self, at: usize) -> Option<usize> {
        let pair = self.get(at)?.pair;
        (pair != NONE).then_some(pair)
    }

    /// The bytes of a range of tokens.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.get(range.start).map_or(0, |token| token.place.start);
        let last = range.end.checked_sub(1).and_then(|last| self.get(last));
        start..last.map_or(start, |token| token.place.end).max(start)
    }

    /// The parts of a range between these signs, none of them inside of brackets.
    pub(super) fn split(&self, range: &Range<usize>, signs: &[&str]) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let (mut from, mut at) = (range.start, range.start);
        while at < range.end {
            if self.kind(at) == Some(Kind::Sign) && self.is_any(at, signs) {
                parts.push(from..at);
                from = at + 1;
            }
            at = self.after(at);
        }
        if from < range.end || !parts.is_empty() {
            parts.push(from..range.end.max(from));
        }
        parts
    }

    /// The first of these signs in a range and outside of brackets.
    pub(super) fn find(&self, range: &Range<usize>, signs: &[&str]) -> Option<usize> {
        let mut at = range.start;
        while at < range.end {
            if self.is_any(at, signs) {
                return Some(at);
            }
            at = self.after(at);
        }
        None
    }

    /// What stands between a bracket and its other one.
    pub(super) fn inside(&self, open: usize) -> Range<usize> {
        match self.pair(open) {
            Some(pair) if pair > open => open + 1..pair,
            _ => open + 1..open + 1,
        }
    }

    /// The arguments in a bracket.
    pub(super) fn arguments(&self, open: usize) -> Vec<Range<usize>> {
        let mut parts = self.split(&self.inside(open), &[","]);
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// Where an expression that begins here ends: at the end of the statement, or before what is around it.
    pub(super) fn expression(&self, start: usize) -> Range<usize> {
        /// Tokens and brackets of one expression, at most; nobody writes more.
        const LONGEST: usize = 4000;
        const GOES_ON: &[&str] = &[
            ".", "?.", "&.", "+", "||", "&&", "?:", "->", "?", ":", "and", "or", "|",
        ];
        const ENDS: &[&str] = &["if", "unless", "rescue", "while", "until", "do", "then"];
        let mut at = start;
        for _ in 0..LONGEST {
            let Some(token) = self.get(at) else {
                break;
            };
            let closes = token.kind == Kind::Close;
            if closes || self.is_any(at, &[";", ",", "?>"]) {
                break;
            }
            if at > start && self.language.by_lines() && token.line {
                let before = at - 1;
                let open = self.kind(before) == Some(Kind::Sign)
                    && !self.is_any(before, &["!", "++", "--"]);
                if !open && !self.is_any(at, GOES_ON) {
                    break;
                }
            }
            if at > start && self.language == Language::Ruby && self.is_any(at, ENDS) {
                break;
            }
            at = self.after(at);
        }
        start..at
    }

    /// Where the statement that holds a token begins.
    pub(super) fn statement(&self, at: usize) -> usize {
        let mut at = at;
        // A statement is no longer than that; more is looked at by nobody.
        for _ in 0..400 {
            let Some(before) = at.checked_sub(1) else {
                return at;
            };
            let token = self.get(before);
            let opens = token.is_some_and(|token| token.kind == Kind::Open);
            let ends = self.is_any(before, &[";", "?>"]);
            let block = token.is_some_and(|token| token.kind == Kind::Close)
                && self.is_any(before, &["}", "end"])
                && self.get(at).is_some_and(|token| token.line)
                && !self.is_any(at, &[".", "?.", "&.", "->", "?->"]);
            let new_line = self.language.by_lines()
                && self.get(at).is_some_and(|token| token.line)
                && token.is_some_and(|token| token.kind != Kind::Sign)
                && !self.is_any(at, &[".", "?.", "&.", "+", "||", "&&"]);
            if opens || ends || block || new_line {
                return at;
            }
            at = match token {
                Some(token) if token.kind == Kind::Close && token.pair < before => token.pair,
                _ => before,
            };
        }
        at
    }
}
