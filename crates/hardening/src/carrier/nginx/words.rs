//! What a word of the configuration becomes when its variables are filled in.

use crate::text::Text;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::tokens::Word;

/// A value longer than this is not put together; no header is.
const LONGEST: usize = 16 * 1024;

/// Variables, by name without `$`.
pub(super) type Variables = BTreeMap<String, Rc<Value>>;

/// What is known of a variable.
pub(super) enum Value {
    /// `set`
    Set { path: String, text: Text },
    /// `map`: what it may be. Empty ones are left out.
    Map(Vec<(String, Text)>),
}

/// A stand-in for what is only known at run time, by what stands before it.
pub(super) fn stand_in(before: &str) -> &'static str {
    match before.ends_with("nonce-") {
        true => "ZHluYW1pYy1ub25jZS0wMA==",
        false => "dynamic.invalid",
    }
}

/// The value of a word of the file `path`. Variables set in the same file are filled in; all others are
/// only known at run time.
pub(super) fn value(word: &Word, path: &str, variables: &Variables) -> Text {
    let inside = word.inside();
    let same = inside.len() == word.text.len();
    let place = |range: Range<usize>| match same {
        true => inside.start + range.start..inside.start + range.end,
        // Written with escapes: the parts cannot be told apart.
        false => inside.clone(),
    };
    let mut text = Text::default();
    let mut plain = 0;
    let mut at = 0;
    while let Some(found) = reference(&word.text, at) {
        if found.range.start > plain {
            let before = word.text.get(plain..found.range.start).unwrap_or_default();
            text.push(before, place(plain..found.range.start));
        }
        let known = found.name.and_then(|name| variables.get(name));
        match known.map(AsRef::as_ref) {
            Some(Value::Set {
                path: of,
                text: set,
            }) if of == path && text.value().len() + set.value().len() < LONGEST => {
                for segment in set.segments() {
                    let part = set.value().get(segment.value.clone()).unwrap_or_default();
                    match segment.dynamic {
                        true => text.push_dynamic(part, segment.file.clone()),
                        false => text.push(part, segment.file.clone()),
                    }
                }
            }
            _ => {
                let stand_in = stand_in(text.value());
                text.push_dynamic(stand_in, place(found.range.clone()));
            }
        }
        at = found.range.end;
        plain = at;
    }
    if plain < word.text.len() || word.text.is_empty() {
        let rest = word.text.get(plain..).unwrap_or_default();
        text.push(rest, place(plain..word.text.len()));
    }
    text
}

/// The name of the variable that is all of a word.
pub(super) fn only_variable(word: &str) -> Option<&str> {
    let found = reference(word, 0)?;
    let all = found.range == (0..word.len());
    found.name.filter(|_| all)
}

struct Reference<'w> {
    range: Range<usize>,
    name: Option<&'w str>,
}

/// The next `$name`, `${name}`, or mark of a template.
fn reference(word: &str, from: usize) -> Option<Reference<'_>> {
    let bytes = word.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        let rest = word.get(at..);
        let mark = [("{{", "}}"), ("{%", "%}"), ("<%", "%>")]
            .into_iter()
            .find(|(start, _)| rest.is_some_and(|rest| rest.starts_with(start)));
        if let Some((_, end)) = mark {
            let length = rest.and_then(|rest| rest.find(end)).map(|at| at + 2)?;
            return Some(Reference {
                range: at..at + length,
                name: None,
            });
        }
        if byte == b'$' {
            let braced = bytes.get(at + 1) == Some(&b'{');
            let start = at + 1 + usize::from(braced);
            let name = bytes.get(start..).unwrap_or_default();
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            let length = name.iter().take_while(|byte| is_name(byte)).count();
            let closed = !braced || bytes.get(start + length) == Some(&b'}');
            if length > 0 && closed {
                return Some(Reference {
                    range: at..start + length + usize::from(braced),
                    name: word.get(start..start + length),
                });
            }
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word {
            text: text.to_owned(),
            place: 100..100 + text.len(),
            quoted: false,
        }
    }

    #[test]
    fn variables_are_filled_in() {
        let mut variables = Variables::new();
        let first = Text::plain("default-src 'self';", 10);
        let set = |text| {
            Rc::new(Value::Set {
                path: "a".to_owned(),
                text,
            })
        };
        variables.insert("csp".to_owned(), set(first));
        let second = value(&word("${csp} img-src $host"), "a", &variables);
        assert_eq!(
            second.value(),
            "default-src 'self'; img-src dynamic.invalid"
        );
        assert_eq!(second.place(0..11), 10..21);
        assert_eq!(second.place(20..27), 107..114);
        assert!(value(&word("$csp"), "b", &variables).segments()[0].dynamic);
        assert_eq!(only_variable("$csp"), Some("csp"));
        assert_eq!(only_variable("$csp;"), None);
    }

    #[test]
    fn templates_are_only_known_later() {
        let text = value(&word("'nonce-{{ n }}' 'self'"), "a", &Variables::new());
        assert_eq!(text.value(), "'nonce-ZHluYW1pYy1ub25jZS0wMA==' 'self'");
        assert_eq!(text.dynamic().len(), 1);
    }
}
