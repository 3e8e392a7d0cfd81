//! TOML.

use super::tree::{Entry, LineIndex, MAX_DEPTH, Node, Value, broken, too_deep};
use crate::model::Problem;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a document.
///
/// # Errors
/// When it is not valid, or nested too deep.
pub fn parse(text: &str) -> Result<Node, Problem> {
    let table = DeTable::parse(text).map_err(|e| broken("TOML", e.message()))?;
    let value = entries(table.get_ref(), &LineIndex::new(text), MAX_DEPTH)?;
    Ok(Node { line: 1, value })
}

fn entries(table: &DeTable<'_>, lines: &LineIndex, depth: usize) -> Result<Value, Problem> {
    let entries = table.iter().map(|(key, value)| {
        Ok(Entry {
            key: key.get_ref().to_string(),
            line: lines.at(key.span().start),
            value: node(value, lines, depth)?,
        })
    });
    Ok(Value::Table(entries.collect::<Result<_, _>>()?))
}

fn node(value: &Spanned<DeValue<'_>>, lines: &LineIndex, depth: usize) -> Result<Node, Problem> {
    let below = depth.checked_sub(1).ok_or_else(too_deep)?;
    let line = lines.at(value.span().start);
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(when) => Value::Text(when.to_string()),
        DeValue::Array(list) => {
            let nodes = list.iter().map(|v| node(v, lines, below));
            Value::List(nodes.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => entries(table, lines, below)?,
    };
    Ok(Node { line, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_a_list_know_their_lines() {
        let root = parse("# c\n\n[[a]]\nid = \"x\"\n\n[[a]]\nuntil = 2027-01-31\n").unwrap();
        let lines: Vec<_> = root.list_of("a").iter().map(|n| n.line).collect();
        assert_eq!(lines, [3, 6]);
        assert_eq!(root.list_of("a")[1].text_of("until"), Some("2027-01-31"));
        assert!(parse("[a").is_err());
    }
}
