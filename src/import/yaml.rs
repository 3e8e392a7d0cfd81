//! YAML. References (`*name`) are refused: none of the files needs them, and a few of them nested
//! make a small file huge.

use super::tree::{Entry, MAX_DEPTH, Node, Value, broken, too_deep};
use crate::model::Problem;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// A list or table that is not closed yet.
struct Open {
    line: u32,
    value: Value,
    /// The name that waits for its value.
    key: Option<(String, u32)>,
}

/// Reads the only document of a text.
///
/// # Errors
/// When it is not valid, empty, nested too deep, has references, or another document follows.
pub fn parse(text: &str) -> Result<Node, Problem> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| broken("YAML", &e.to_string()))?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        let value = match event {
            Event::Scalar(text, style, _, _) => scalar(text.into_owned(), style),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= MAX_DEPTH {
                    return Err(too_deep());
                }
                let value = match event {
                    Event::SequenceStart(..) => Value::List(Vec::new()),
                    _ => Value::Table(Vec::new()),
                };
                let key = None;
                open.push(Open { line, value, key });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(closed) => {
                    let (line, value) = (closed.line, closed.value);
                    put(&mut open, &mut root, Node { line, value })?;
                    continue;
                }
                None => continue,
            },
            Event::Alias(_) => {
                return Err(Problem::new(
                    "yaml-reference",
                    "the file has YAML references (`*name`); write them out",
                ));
            }
            _ => continue,
        };
        put(&mut open, &mut root, Node { line, value })?;
    }
    root.ok_or_else(|| broken("YAML", "it is empty"))
}

fn put(open: &mut [Open], root: &mut Option<Node>, node: Node) -> Result<(), Problem> {
    let Some(parent) = open.last_mut() else {
        if root.replace(node).is_some() {
            return Err(broken("YAML", "it holds more than one document"));
        }
        return Ok(());
    };
    match &mut parent.value {
        Value::List(list) => list.push(node),
        Value::Table(entries) => match parent.key.take() {
            Some((key, line)) => entries.push(Entry {
                key,
                line,
                value: node,
            }),
            None => {
                // A name that is no text belongs to nothing that is looked for.
                let key = node.text().unwrap_or_default().to_owned();
                parent.key = Some((key, node.line));
            }
        },
        _ => {}
    }
    Ok(())
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    match (style, text.as_str()) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        (ScalarStyle::Plain, "true" | "True" | "TRUE") => Value::Bool(true),
        (ScalarStyle::Plain, "false" | "False" | "FALSE") => Value::Bool(false),
        _ => Value::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let root = parse("# c\nskips: [B101,\n  'B102']\nx:\n  - id: CVE-1\n    y: ~\n").unwrap();
        let seen: Vec<_> = root
            .list_of("skips")
            .iter()
            .map(|n| (n.line, n.text().unwrap()))
            .collect();
        assert_eq!(seen, [(2, "B101"), (3, "B102")]);
        let item = &root.list_of("x")[0];
        assert_eq!((item.line, item.text_of("id")), (5, Some("CVE-1")));
        assert_eq!(item.get("y").unwrap().value, Value::Null);
    }

    #[test]
    fn damage_bombs_and_second_documents_are_errors() {
        for bad in [
            "",
            "a: [",
            "a: &x [1]\nb: *x\n",
            "a: 1\n---\nb: 2\n",
            "- a\nb: c\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"[".repeat(10_000)).is_err());
    }
}
