//! JSON, also with comments and trailing commas as in `bun.lock`.
//!
//! Source: RFC 8259; for comments and commas bun's documentation of its lockfile. A reader of our
//! own, because the lines of keys are needed and `serde_json` keeps none; it does not call itself,
//! so that no nesting exhausts the stack.

use super::{Node, Stack, Value};
use std::borrow::Cow;

/// The document; `None` when it is not well-formed.
pub fn parse(text: &str) -> Option<Node<'_>> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
    };
    let mut stack = Stack::default();
    loop {
        reader.blank()?;
        let line = reader.line;
        let done = match reader.peek()? {
            b'{' => {
                reader.at += 1;
                stack.open(line, Value::Map(Default::default()))?;
                None
            }
            b'[' => {
                reader.at += 1;
                stack.open(line, Value::List(Vec::new()))?;
                None
            }
            b'}' if stack.wants_key() => {
                reader.at += 1;
                stack.close()?
            }
            b']' if stack.in_list() => {
                reader.at += 1;
                stack.close()?
            }
            // A value or a name must stand between two commas; that one is missing harms nobody.
            b',' => {
                reader.at += 1;
                None
            }
            b'"' => {
                let text = reader.string()?;
                if stack.wants_key() {
                    reader.blank()?;
                    reader.expect(b':')?;
                    stack.key(text, line)?;
                    None
                } else {
                    stack.put(Node {
                        line,
                        value: Value::Text(text),
                    })?
                }
            }
            _ if stack.wants_key() => return None,
            _ => {
                let value = reader.bare()?;
                stack.put(Node { line, value })?
            }
        };
        if let Some(document) = done {
            reader.blank()?;
            return reader.peek().is_none().then_some(document);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes white space and comments; `None` for a comment that never ends.
    fn blank(&mut self) -> Option<()> {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.line = self.line.saturating_add(1);
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'/' => {
                    let rest = self.rest();
                    let length = if rest.starts_with("//") {
                        rest.find('\n').unwrap_or(rest.len())
                    } else if rest.starts_with("/*") {
                        rest.find("*/")? + 2
                    } else {
                        return None;
                    };
                    self.pass(length);
                }
                _ => break,
            }
        }
        Some(())
    }

    /// Passes bytes and counts the lines among them.
    fn pass(&mut self, length: usize) {
        let passed = self.rest().get(..length).unwrap_or_default();
        let lines = passed.bytes().filter(|b| *b == b'\n').count();
        self.line = self.line.saturating_add(super::line_number(lines));
        self.at += length;
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let rest = self.rest();
        let mut escaped = false;
        let mut end = None;
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'"' => {
                    end = Some(at);
                    break;
                }
                b'\n' => return None,
                b'\\' => {
                    escaped = true;
                    break;
                }
                _ => {}
            }
        }
        if !escaped {
            let end = end?;
            self.at += end + 1;
            return rest.get(..end).map(Cow::Borrowed);
        }
        // Names and versions hold no escapes, so that the slow way is rare.
        let mut stream =
            serde_json::Deserializer::from_str(self.text.get(self.at.checked_sub(1)?..)?)
                .into_iter::<String>();
        let text = stream.next()?.ok()?;
        self.at += stream.byte_offset().checked_sub(1)?;
        Some(Cow::Owned(text))
    }

    /// A number, a flag or null.
    fn bare(&mut self) -> Option<Value<'a>> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(rest.len());
        let word = rest.get(..end).filter(|word| !word.is_empty())?;
        self.at += end;
        Some(match word {
            "null" => Value::Nothing,
            "true" | "false" => Value::Text(Cow::Borrowed(word)),
            _ => {
                word.parse::<f64>().ok()?;
                Value::Text(Cow::Borrowed(word))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_lines() {
        let text = "{ // c\n \"a\": {\n  \"b\": [1, \"x\\n\\u00e4\",],\n /* two\n lines */ \"c\": true,\n },\n}";
        let tree = parse(text).unwrap();
        assert_eq!(tree.get("a").unwrap().line, 2);
        assert_eq!(
            tree.at(&["a", "b"]).unwrap().items()[1].text(),
            Some("x\nä")
        );
        let c = tree.at(&["a", "c"]).unwrap();
        assert_eq!((c.line, c.text()), (5, Some("true")));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[1",
            "{\"a\" 1}",
            "{]",
            "[}",
            "{a:1}",
            "{} {}",
            "\"a\nb\"",
            "/* x",
            "nope",
            "{\"a\":}",
            "\"a",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(1_000_000)), None);
        assert_eq!(parse(&"{\"a\":".repeat(1_000)), None);
    }
}
