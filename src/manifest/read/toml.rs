//! TOML. The parser of the `toml` crate refuses documents that nest more than 80 deep and keys
//! that stand twice.

use super::{Node, Value, line_number};
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The document; `None` when it is not well-formed.
pub fn parse(text: &str) -> Option<Node<'_>> {
    let table = DeTable::parse(text).ok()?;
    let lines = Lines::of(text);
    Some(Node {
        line: 1,
        value: map(table.into_inner(), &lines),
    })
}

fn map<'a>(table: DeTable<'a>, lines: &Lines) -> Value<'a> {
    let members = table.into_iter().map(|(key, value)| {
        let line = lines.at(&key.span());
        let value = convert(value.into_inner(), lines);
        (key.into_inner(), Node { line, value })
    });
    Value::Map(members.collect())
}

fn convert<'a>(value: DeValue<'a>, lines: &Lines) -> Value<'a> {
    match value {
        DeValue::String(text) => Value::Text(text),
        DeValue::Integer(number) => Value::Text(Cow::Owned(number.as_str().to_owned())),
        DeValue::Boolean(flag) => Value::Text(Cow::Borrowed(if flag { "true" } else { "false" })),
        DeValue::Float(number) => Value::Text(Cow::Owned(number.as_str().to_owned())),
        DeValue::Datetime(when) => Value::Text(Cow::Owned(when.to_string())),
        DeValue::Array(items) => {
            let items = items.into_iter().map(|item| Node {
                line: lines.at(&item.span()),
                value: convert(item.into_inner(), lines),
            });
            Value::List(items.collect())
        }
        DeValue::Table(table) => map(table, lines),
    }
}

/// Lines by position.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(
            std::iter::once(0)
                .chain(starts.map(|(at, _)| at + 1))
                .collect(),
        )
    }

    fn at(&self, span: &Range<usize>) -> u32 {
        line_number(self.0.partition_point(|start| *start <= span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_lines() {
        let tree =
            parse("version = 3\n\n[[package]]\nname = \"a\"\nversion = \"\"\"1\"\"\"\n").unwrap();
        assert_eq!(tree.text_of("version"), Some("3"));
        let package = &tree.items_of("package")[0];
        assert_eq!(package.get("version").unwrap().line, 5);
        assert_eq!(package.text_of("version"), Some("1"));
        assert_eq!(parse("a = 1\na = 2\n"), None);
        assert_eq!(parse(&format!("a = {}", "[".repeat(100_000))), None);
    }
}
