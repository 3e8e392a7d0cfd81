//! JSON, also with comments and trailing commas, and JSON5.

use super::tree::{Entry, LineIndex, MAX_DEPTH, Node, Value, broken, too_deep};
use crate::model::Problem;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// Reads a document.
///
/// # Errors
/// When it is not valid, empty, or nested too deep.
pub fn parse(text: &str) -> Result<Node, Problem> {
    let options = ParseOptions {
        allow_missing_commas: false,
        ..ParseOptions::default()
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options)
        .map_err(|e| broken("JSON", &e.to_string()))?;
    let value = parsed.value.ok_or_else(|| broken("JSON", "it is empty"))?;
    node(value, &LineIndex::new(text), MAX_DEPTH)
}

fn node(value: ast::Value<'_>, lines: &LineIndex, depth: usize) -> Result<Node, Problem> {
    let below = depth.checked_sub(1).ok_or_else(too_deep)?;
    let line = lines.at(value.range().start);
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::NumberLit(literal) => Value::Number(literal.value.to_owned()),
        ast::Value::StringLit(literal) => Value::Text(literal.value.into_owned()),
        ast::Value::Array(array) => {
            let nodes = array.elements.into_iter().map(|v| node(v, lines, below));
            Value::List(nodes.collect::<Result<_, _>>()?)
        }
        ast::Value::Object(object) => {
            let entries = object.properties.into_iter().map(|property| {
                Ok(Entry {
                    line: lines.at(property.range.start),
                    key: property.name.into_string(),
                    value: node(property.value, lines, below)?,
                })
            });
            Value::Table(entries.collect::<Result<_, _>>()?)
        }
    };
    Ok(Node { line, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_json5_are_read_with_their_lines() {
        let root = parse("// c\n{\n  allowlist: ['a', /* b */\n 'c',],\n}").unwrap();
        let list = root.list_of("allowlist");
        let seen: Vec<_> = list.iter().map(|n| (n.line, n.text().unwrap())).collect();
        assert_eq!(seen, [(3, "a"), (4, "c")]);
    }

    #[test]
    fn damage_is_an_error() {
        for bad in ["", "{", "{} {}", "[1 2]", "{\"a\":}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse(&"[".repeat(500_000)).unwrap_err().code,
            "not-readable"
        );
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(parse(&deep).unwrap_err().code, "too-deep");
    }
}
