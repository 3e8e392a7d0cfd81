//! Words of nginx's language, with their places (nginx, `src/core/ngx_conf_file.c`).

use super::lua;
use std::ops::Range;

/// Programs that nothing closes, at most; each is looked for up to the end of the file.
const UNCLOSED: usize = 8;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word, without the quotes around it and with its escapes resolved.
    Word(Word),
    /// `;`
    End(usize),
    /// `{`
    Open(usize),
    /// `}`
    Close(usize),
    /// What stands behind `#`, up to the end of the line.
    Comment(Range<usize>),
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As nginx reads it.
    pub(crate) text: String,
    /// As it is written, with quotes.
    pub(crate) place: Range<usize>,
    /// Whether it is in quotes.
    pub(crate) quoted: bool,
}

impl Word {
    /// The bytes inside the quotes.
    pub(crate) fn inside(&self) -> Range<usize> {
        match self.quoted && self.place.len() >= 2 {
            true => self.place.start + 1..self.place.end - 1,
            false => self.place.clone(),
        }
    }
}

impl Token {
    /// The token when so many bytes stand before the text.
    pub(crate) fn behind(self, bytes: usize) -> Self {
        let moved = |place: Range<usize>| place.start + bytes..place.end + bytes;
        match self {
            Self::Word(word) => Self::Word(Word {
                place: moved(word.place),
                ..word
            }),
            Self::End(at) => Self::End(at + bytes),
            Self::Open(at) => Self::Open(at + bytes),
            Self::Close(at) => Self::Close(at + bytes),
            Self::Comment(place) => Self::Comment(moved(place)),
        }
    }
}

/// All tokens. Whatever stands there, this ends, and nothing is left out but white space.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut unclosed = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b';' => {
                tokens.push(Token::End(at));
                at += 1;
            }
            b'{' if !is_template(bytes, at, b'{') => {
                tokens.push(Token::Open(at));
                at += 1;
            }
            b'}' => {
                tokens.push(Token::Close(at));
                at += 1;
            }
            b'#' => {
                let rest = bytes.get(at..).unwrap_or_default();
                let end = rest.iter().position(|byte| *byte == b'\n');
                let end = at + end.unwrap_or(rest.len());
                tokens.push(Token::Comment(at + 1..end));
                at = end;
            }
            quote @ (b'"' | b'\'') => {
                let word = quoted(text, at, quote);
                at = word.place.end;
                tokens.push(Token::Word(word));
            }
            _ => {
                let word = bare(text, at);
                at = word.place.end.max(at + 1);
                let program = word.text.ends_with("_by_lua_block");
                tokens.push(Token::Word(word));
                let block = match program && unclosed < UNCLOSED {
                    true => lua::block(bytes, at),
                    false => None,
                };
                unclosed += usize::from(program && block.is_none());
                if let Some(block) = block {
                    tokens.push(Token::Open(block.start));
                    tokens.push(Token::Close(block.end - 1));
                    at = block.end;
                }
            }
        }
    }
    tokens
}

/// `{{ … }}`, which some program fills in before nginx reads the file.
fn is_template(bytes: &[u8], at: usize, byte: u8) -> bool {
    bytes.get(at) == Some(&byte) && matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#'))
}

fn quoted(text: &str, from: usize, quote: u8) -> Word {
    let bytes = text.as_bytes();
    let mut value = Vec::new();
    let mut at = from + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match (byte, bytes.get(at)) {
            (b'\\', Some(&next)) if matches!(next, b'"' | b'\'' | b'\\') => {
                value.push(next);
                at += 1;
            }
            (b'\\', Some(b'n')) => {
                value.push(b'\n');
                at += 1;
            }
            (b'\\', Some(b't')) => {
                value.push(b'\t');
                at += 1;
            }
            (byte, _) if byte == quote => break,
            (byte, _) => value.push(byte),
        }
    }
    Word {
        text: String::from_utf8_lossy(&value).into_owned(),
        place: from..at,
        quoted: true,
    }
}

fn bare(text: &str, from: usize) -> Word {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // A variable in braces, or what is filled in before.
            b'{' if at > from && bytes.get(at - 1) == Some(&b'$') => at = behind(bytes, at, b"}"),
            b'{' if is_template(bytes, at, b'{') => {
                let end: &[u8] = match bytes.get(at + 1) {
                    Some(b'%') => b"%}",
                    Some(b'#') => b"#}",
                    _ => b"}}",
                };
                at = behind(bytes, at, end);
            }
            b'\\' => at += 2,
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' => break,
            _ => at += 1,
        }
    }
    let end = at.min(bytes.len());
    Word {
        text: text.get(from..end).unwrap_or_default().to_owned(),
        place: from..end,
        quoted: false,
    }
}

/// Just behind the next `end`, or the end of the line.
fn behind(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let line = rest.iter().position(|byte| *byte == b'\n');
    let line = rest.get(..line.unwrap_or(rest.len())).unwrap_or_default();
    let found = line.windows(end.len()).position(|part| part == end);
    from + found.map_or(line.len().max(1), |at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let word = |token| match token {
            Token::Word(word) => word.text,
            Token::End(_) => ";".to_owned(),
            Token::Open(_) => "{".to_owned(),
            Token::Close(_) => "}".to_owned(),
            Token::Comment(_) => "#".to_owned(),
        };
        tokens(text).into_iter().map(word).collect()
    }

    #[test]
    fn words_quotes_and_comments() {
        assert_eq!(
            words("add_header X \"a; \\\"b\\\"\" always; # c\nlocation ~ \\.php$ { }"),
            [
                "add_header",
                "X",
                "a; \"b\"",
                "always",
                ";",
                "#",
                "location",
                "~",
                "\\.php$",
                "{",
                "}"
            ]
        );
        assert_eq!(
            words("proxy_pass http://${UP};"),
            ["proxy_pass", "http://${UP}", ";"]
        );
        assert_eq!(
            words("server_name {{ name }};"),
            ["server_name", "{{ name }}", ";"]
        );
        assert_eq!(words("a 'open"), ["a", "open"]);
    }
}
