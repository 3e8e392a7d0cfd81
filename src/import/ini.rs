//! INI as Python's `configparser` reads it: sections, `name = value` or `name: value`, comments on
//! lines of their own, and values that go on in indented lines.

use super::tree::{Entry, Node, Value, broken};
use crate::model::Problem;

/// Reads a document.
///
/// # Errors
/// When a line is none of the above.
pub fn parse(text: &str) -> Result<Node, Problem> {
    let mut sections: Vec<Entry> = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let body = line.trim();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = body.strip_prefix('[').and_then(|b| b.strip_suffix(']')) {
            sections.push(entry(name, number, Value::Table(Vec::new())));
            continue;
        }
        let wrong = || broken("INI", &format!("line {number}"));
        let Some(Value::Table(entries)) = sections.last_mut().map(|s| &mut s.value.value) else {
            return Err(wrong());
        };
        if line.starts_with([' ', '\t'])
            && let Some(Value::Text(value)) = entries.last_mut().map(|e| &mut e.value.value)
        {
            value.push('\n');
            value.push_str(body);
            continue;
        }
        let (name, value) = body.split_once(['=', ':']).ok_or_else(wrong)?;
        let value = Value::Text(value.trim().to_owned());
        entries.push(entry(&name.trim().to_lowercase(), number, value));
    }
    let value = Value::Table(sections);
    Ok(Node { line: 1, value })
}

fn entry(key: &str, line: u32, value: Value) -> Entry {
    Entry {
        key: key.to_owned(),
        line,
        value: Node { line, value },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_in_indented_lines() {
        let root = parse("; c\n[bandit]\nSkips = B101,\n  B102\nexclude: a\n").unwrap();
        let bandit = root.get("bandit").unwrap();
        assert_eq!(bandit.text_of("skips"), Some("B101,\nB102"));
        assert_eq!(bandit.get("exclude").unwrap().line, 5);
        assert!(parse("skips = B101").is_err());
        assert!(parse("[bandit]\nnonsense").is_err());
    }
}
