//! Directives in blocks.

use super::tokens::{Token, Word, tokens};
use std::ops::Range;

/// Blocks inside one another, at most; nginx's own files have five.
const DEPTH: usize = 64;

/// A directive with its arguments, and what is in its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directive {
    pub(crate) name: Word,
    pub(crate) args: Vec<Word>,
    /// `None` for one that ends with `;`.
    pub(crate) block: Option<Block>,
    /// From the name to the `;` or the `}`.
    pub(crate) place: Range<usize>,
}

/// What stands between braces, or in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) directives: Vec<Directive>,
    /// Comments in it, but for those in the blocks inside.
    pub(crate) comments: Vec<Range<usize>>,
}

/// A block that is being read, with what stands before its brace; nothing for the file itself.
#[derive(Default)]
struct Open {
    head: Option<Vec<Word>>,
    block: Block,
}

/// Reads a file.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn parse(text: &str) -> Result<Block, &'static str> {
    parse_at(text, 0)
}

/// Reads what stands in a file from a byte on; all places are those of the file.
pub(crate) fn parse_at(text: &str, from: usize) -> Result<Block, &'static str> {
    let mut open = vec![Open::default()];
    let mut words: Vec<Word> = Vec::new();
    for token in tokens(text).into_iter().map(|token| token.behind(from)) {
        let Some(Open { block, .. }) = open.last_mut() else {
            return Err("a } closes nothing");
        };
        match token {
            Token::Comment(place) => block.comments.push(place),
            Token::Word(word) => words.push(word),
            Token::End(at) => {
                if let Some(directive) = directive(std::mem::take(&mut words), None, at + 1) {
                    block.directives.push(directive);
                }
            }
            Token::Open(_) => {
                if open.len() == DEPTH {
                    return Err("its blocks are nested too deeply");
                }
                open.push(Open {
                    head: Some(std::mem::take(&mut words)),
                    block: Block::default(),
                });
            }
            Token::Close(at) => {
                // What has no `;` before the brace is a template's; it says nothing.
                words.clear();
                let Some(Open {
                    head: Some(head),
                    block,
                }) = open.pop()
                else {
                    return Err("a } closes nothing");
                };
                let Some(outer) = open.last_mut() else {
                    return Err("a } closes nothing");
                };
                let inside = directive(head, Some(block), at + 1);
                outer.block.directives.extend(inside);
            }
        }
    }
    match open.pop() {
        Some(Open { head: None, block }) if open.is_empty() => Ok(block),
        _ => Err("a { is never closed"),
    }
}

fn directive(words: Vec<Word>, block: Option<Block>, end: usize) -> Option<Directive> {
    // Commands of a template stand before a directive and are none of its words.
    let mut words = words.into_iter().skip_while(is_command);
    let name = words.next()?;
    let words = words.collect();
    Some(Directive {
        place: name.place.start..end,
        name,
        args: words,
        block,
    })
}

fn is_command(word: &Word) -> bool {
    !word.quoted
        && ["{%", "{{", "{#"]
            .iter()
            .any(|mark| word.text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_in_blocks() {
        let block = parse("http { server { listen 80; # a\n location / { root /x; } } }").unwrap();
        let http = block.directives.first().unwrap();
        let server = http.block.as_ref().unwrap().directives.first().unwrap();
        let inside = server.block.as_ref().unwrap();
        assert_eq!(inside.directives.len(), 2);
        assert_eq!(inside.comments.len(), 1);
        assert_eq!(inside.directives[1].args[0].text, "/");
    }

    #[test]
    fn what_cannot_be_read() {
        assert!(parse("server { listen 80;").is_err());
        assert!(parse("}").is_err());
        assert!(parse(&"a {".repeat(100)).is_err());
        assert!(parse("").unwrap().directives.is_empty());
    }
}
