//! Variables in values of Compose and of env files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:?error}`
//! (<https://docs.docker.com/reference/compose-file/interpolation/>).

use std::ops::Range;

/// Defaults inside of defaults, at most.
const DEEPEST: usize = 8;

/// What is done when a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unset {
    /// Nothing is said: it is empty.
    Empty,
    /// A default takes its place.
    Default,
    /// It is an error.
    Refused,
    /// It is only asked whether it is set (`:+`).
    Asked,
}

/// One variable in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable<'t> {
    pub(crate) name: &'t str,
    pub(crate) unset: Unset,
    /// The default or the words of the error.
    pub(crate) word: &'t str,
    /// Bytes of the value, from `$` to the closing brace.
    pub(crate) place: Range<usize>,
}

/// The variables of a value, those of defaults not counted.
pub(crate) fn variables(value: &str) -> Vec<Variable<'_>> {
    let bytes = value.as_bytes();
    if !value.contains('$') {
        return Vec::new();
    }
    let pairs = braces(bytes);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(dollar) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| *b == b'$'))
    {
        let start = at + dollar;
        at = start + 1;
        match bytes.get(at) {
            Some(b'$') => at += 1,
            Some(b'{') => {
                let pair = pairs.binary_search_by_key(&at, |(open, _)| *open).ok();
                let Some((_, end)) = pair.and_then(|pair| pairs.get(pair)).copied() else {
                    continue;
                };
                let inner = value.get(at + 1..end).unwrap_or_default();
                found.extend(braced(inner, start..end + 1));
                at = end + 1;
            }
            _ => {
                let rest = value.get(at..).unwrap_or_default();
                let name = name(rest);
                if !name.is_empty() {
                    found.push(Variable {
                        name,
                        unset: Unset::Empty,
                        word: "",
                        place: start..at + name.len(),
                    });
                    at += name.len();
                }
            }
        }
    }
    found
}

fn name(text: &str) -> &str {
    let digit_first = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    match digit_first {
        true => "",
        false => text.get(..end).unwrap_or_default(),
    }
}

/// The braces of a text in order, each with the one that closes it on the same line.
fn braces(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => pairs.extend(open.pop().map(|start| (start, at))),
            b'\n' => open.clear(),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

fn braced(inner: &str, place: Range<usize>) -> Option<Variable<'_>> {
    let name = name(inner);
    if name.is_empty() {
        return None;
    }
    let rest = inner.get(name.len()..)?;
    let (unset, word) = [
        (":-", Unset::Default),
        ("-", Unset::Default),
        (":?", Unset::Refused),
        ("?", Unset::Refused),
        (":+", Unset::Asked),
        ("+", Unset::Asked),
    ]
    .into_iter()
    .find_map(|(sign, unset)| Some((unset, rest.strip_prefix(sign)?)))
    .unwrap_or((Unset::Empty, ""));
    Some(Variable {
        name,
        unset,
        word,
        place,
    })
}

/// The value when no variable is set: defaults stand, everything else is empty.
pub(crate) fn resolve(value: &str) -> String {
    resolved(value, 0)
}

fn resolved(value: &str, depth: usize) -> String {
    let mut out = String::with_capacity(value.len());
    let mut at = 0;
    for variable in variables(value) {
        out.push_str(value.get(at..variable.place.start).unwrap_or_default());
        at = variable.place.end;
        if variable.unset == Unset::Default && depth < DEEPEST {
            out.push_str(&resolved(variable.word, depth + 1));
        }
    }
    out.push_str(value.get(at..).unwrap_or_default());
    out.replace("$$", "$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_their_defaults() {
        let all = variables("a$B ${C:-d${E:-f}} $${G} ${H:?no} ${I");
        let told: Vec<_> = all.iter().map(|v| (v.name, v.unset, v.word)).collect();
        assert_eq!(
            told,
            [
                ("B", Unset::Empty, ""),
                ("C", Unset::Default, "d${E:-f}"),
                ("H", Unset::Refused, "no"),
            ]
        );
        assert_eq!(
            resolve("${BIND:-127.0.0.1}:${P:-${Q:-80}}:80"),
            "127.0.0.1:80:80"
        );
        assert_eq!(resolve("$$x${Y}"), "$x");
        let deep = "${a:-".repeat(10_000) + &"}".repeat(10_000);
        assert_eq!(resolve(&deep).len(), resolve(&deep).len());
    }
}
