//! Lines `NAME=value`, as Compose and the libraries for `.env` files read them.

use std::ops::Range;

/// A variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    pub(super) name: &'t str,
    /// Without quotes and without a comment behind it.
    pub(super) value: &'t str,
    /// The bytes of the value, or of the name when there is none.
    pub(super) place: Range<usize>,
}

/// The variables of a file, in order. Lines that are none are passed over.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        found.extend(read(line, start));
    }
    found
}

fn read(line: &str, start: usize) -> Option<Line<'_>> {
    let trimmed = line.trim_start();
    let trimmed = match trimmed.strip_prefix("export ") {
        Some(rest) => rest.trim_start(),
        None => trimmed,
    };
    let (name, rest) = trimmed.split_once('=')?;
    let name = name.trim_end();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let value = value(rest);
    // Bytes from the end of the line are the same in the line and in its rest.
    let before = line.len() - trimmed.len();
    let place = match value.is_empty() {
        true => start + before..start + before + name.len(),
        false => {
            let inside = rest.find(value).unwrap_or_default();
            let from = start + line.len() - rest.len() + inside;
            from..from + value.len()
        }
    };
    Some(Line { name, value, place })
}

fn value(rest: &str) -> &str {
    let rest = rest.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = rest.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or_default();
        }
    }
    if rest.starts_with('#') {
        return "";
    }
    let end = rest
        .find(" #")
        .or_else(|| rest.find("\t#"))
        .unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_in_all_forms() {
        let text = "# A=1\nexport B = \"x # y\" # z\nC=a#b # c\nD=\nE='q'\nnot a line\n";
        let all = lines(text);
        let told: Vec<_> = all.iter().map(|line| (line.name, line.value)).collect();
        assert_eq!(told, [("B", "x # y"), ("C", "a#b"), ("D", ""), ("E", "q")]);
        for line in &all {
            let expected = if line.value.is_empty() {
                line.name
            } else {
                line.value
            };
            assert_eq!(text.get(line.place.clone()), Some(expected));
        }
    }
}
