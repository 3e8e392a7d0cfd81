//! The YAML that package managers write.
//!
//! Aliases are read as nothing: lockfiles have none, and nothing that is repeated by reference can
//! grow. The markers of `saphyr-parser` give lines.

use super::{Node, Stack, Value, line_number};
use saphyr_parser::{Event, Parser};
use std::borrow::Cow;

/// Signs that start a flow collection, part its values, or name something. The scanner keeps what
/// they make in memory until it knows whether all of it is a key, so that their number is bounded;
/// 50 000 packages have about five each.
const MAX_SIGNS: usize = 1_000_000;

/// The documents of a text; `None` when one is not well-formed.
pub fn parse(text: &str) -> Option<Vec<Node<'_>>> {
    let sign = |byte: &u8| matches!(byte, b',' | b'[' | b'{' | b'&' | b'*' | b'!');
    let bytes = text.as_bytes();
    // The scanner takes a lone carriage return for a line end; editors and we do not.
    let lone = bytes
        .iter()
        .zip(bytes.iter().skip(1).chain(b" "))
        .any(|(this, next)| *this == b'\r' && *next != b'\n');
    if lone || bytes.iter().filter(|byte| sign(byte)).count() > MAX_SIGNS {
        return None;
    }
    let last = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    let mut documents = Vec::new();
    let mut stack = Stack::default();
    for step in Parser::new_from_str(text) {
        let (event, span) = step.ok()?;
        let line = line_number(span.start.line().clamp(1, last));
        let done = match event {
            Event::MappingStart(..) => {
                not_a_key(&stack)?;
                stack.open(line, Value::Map(Default::default()))?;
                None
            }
            Event::SequenceStart(..) => {
                not_a_key(&stack)?;
                stack.open(line, Value::List(Vec::new()))?;
                None
            }
            Event::MappingEnd | Event::SequenceEnd => stack.close()?,
            Event::Scalar(text, ..) => scalar(&mut stack, text, line)?,
            Event::Alias(_) => scalar(&mut stack, Cow::Borrowed(""), line)?,
            _ => None,
        };
        documents.extend(done);
    }
    Some(documents)
}

/// `None` for a key that is itself a map or a list: nothing that a package manager writes.
fn not_a_key(stack: &Stack<'_>) -> Option<()> {
    (!stack.wants_key()).then_some(())
}

fn scalar<'a>(stack: &mut Stack<'a>, text: Cow<'a, str>, line: u32) -> Option<Option<Node<'a>>> {
    if stack.wants_key() {
        stack.key(text, line)?;
        return Some(None);
    }
    stack.put(Node {
        line,
        value: Value::Text(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_lines_and_versions_stay_texts() {
        let text = "---\na: 1.10\n---\n'k@1':\n  v: {x: \"y\"}\n? long\n: z\nl:\n  - 1\n";
        let documents = parse(text).unwrap();
        assert_eq!(documents[0].text_of("a"), Some("1.10"));
        let second = &documents[1];
        assert_eq!(second.get("k@1").unwrap().line, 4);
        assert_eq!(second.at(&["k@1", "v", "x"]).unwrap().text(), Some("y"));
        assert_eq!(second.get("long").unwrap().line, 6);
        assert_eq!(second.items_of("l").len(), 1);
    }

    #[test]
    fn hostile_documents_are_refused_or_small() {
        assert_eq!(parse(&"[".repeat(100_000)), None);
        assert_eq!(parse(&"{a: ".repeat(100_000)), None);
        assert_eq!(parse("a: [\n"), None);
        assert_eq!(parse("a\rb"), None);
        assert_eq!(parse("[a]: b\n"), None);
        let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n";
        assert_eq!(parse(bomb).unwrap()[0].items_of("c")[0].text(), Some(""));
    }
}
