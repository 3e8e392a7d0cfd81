//! Caddy's language: lines of words, and braces around lines.

use super::fields::{field, header};
use crate::carrier::words::{Style, Word, line};
use crate::response::{Header, State};
use std::ops::Range;

pub(super) const STYLE: Style = Style {
    quotes: b"\"`",
    escapes: false,
    comments: true,
    long: true,
};
/// Blocks inside one another, at most.
pub(super) const DEPTH: usize = 32;

/// A line, with what is in its braces.
#[derive(Default)]
pub(super) struct Node {
    pub(super) words: Vec<Word>,
    pub(super) block: Option<Vec<Self>>,
}

impl Node {
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    pub(super) fn place(&self) -> Range<usize> {
        let start = self.words.first().map_or(0, |word| word.place.start);
        let end = self.words.last().map_or(start, |word| word.place.end);
        start..end
    }

    pub(super) fn block(&self) -> &[Self] {
        self.block.as_deref().unwrap_or_default()
    }
}

pub(super) type Parsed = (Vec<Node>, Vec<Header>);

pub(super) fn parse(text: &str) -> Result<Parsed, &'static str> {
    let mut open: Vec<Node> = vec![Node::default()];
    let mut comments = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let (mut words, next) = line(text, at, STYLE);
        at = next;
        if words.is_empty() {
            comments.extend(
                text.get(start..next)
                    .and_then(|line| comment(text, start, line)),
            );
            continue;
        }
        if words
            .first()
            .is_some_and(|word| word.text == "}" && !word.quoted)
        {
            let Some(closed) = open.pop().filter(|_| !open.is_empty()) else {
                return Err("a } closes nothing");
            };
            if let Some(above) = open.last_mut() {
                above.block.get_or_insert_default().push(closed);
            }
            continue;
        }
        let opens = words
            .last()
            .is_some_and(|word| word.text == "{" && !word.quoted);
        if opens {
            words.pop();
            if open.len() >= DEPTH {
                return Err("its blocks are nested too deeply");
            }
            open.push(Node {
                words,
                block: Some(Vec::new()),
            });
        } else if let Some(above) = open.last_mut() {
            above
                .block
                .get_or_insert_default()
                .push(Node { words, block: None });
        }
    }
    let file = open.pop().filter(|_| open.is_empty());
    let file = file.ok_or("a { is never closed")?;
    Ok((file.block.unwrap_or_default(), comments))
}

/// A policy that stands in a comment only.
pub(super) fn comment(text: &str, start: usize, written: &str) -> Option<Header> {
    let body = written.trim_start_matches([' ', '\t']).strip_prefix('#')?;
    let body = body.trim_start_matches(['#', ' ', '\t']);
    let from = start + (written.len() - body.len());
    let (words, _) = line(text, from, STYLE);
    let words = match words.first().map(|word| word.text.as_str()) {
        Some("header") => words.get(1..)?,
        _ => words.as_slice(),
    };
    let name = words
        .iter()
        .position(|word| field(&word.text).0 == "content-security-policy")?;
    // Anything before it but a matcher is a sentence.
    let (name, value) = (words.get(name).filter(|_| name < 2)?, words.get(name + 1)?);
    let mut header = header(&name.text, Some(value), name.place.start..value.place.end)?;
    header.state = State::Commented;
    value.quoted.then_some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces() {
        assert!(parse("a {\n b\n}\n").is_ok());
        assert!(parse("a {\n").is_err());
        assert!(parse("}\n").is_err());
        assert!(parse(&"a {\n".repeat(100)).is_err());
    }
}
