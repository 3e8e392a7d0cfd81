//! Values of attributes as the browser reads them, each byte with its place in the file.

use super::tags::MARKS;
use crate::text::Text;

/// Names of characters that occur in policies.
const NAMES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("quot", "\""),
    ("apos", "'"),
    ("lt", "<"),
    ("gt", ">"),
    ("nbsp", "\u{a0}"),
    ("semi", ";"),
    ("colon", ":"),
    ("comma", ","),
    ("ast", "*"),
    ("sol", "/"),
    ("period", "."),
    ("lowbar", "_"),
    ("equals", "="),
    ("num", "#"),
    ("excl", "!"),
    ("Tab", "\t"),
    ("NewLine", "\n"),
    ("commat", "@"),
    ("quest", "?"),
    ("plus", "+"),
    ("lpar", "("),
    ("rpar", ")"),
    ("percnt", "%"),
];
const LONGEST_NAME: usize = 10;

/// Reads a value that begins at this byte of the file.
pub(super) fn decode(value: &str, at: usize) -> Text {
    decode_into(Text::default(), value, at)
}

/// Adds such a value to a text.
pub(super) fn decode_into(mut out: Text, value: &str, at: usize) -> Text {
    let mut from = 0;
    let mut here = 0;
    let bytes = value.as_bytes();
    while let Some(byte) = bytes.get(here) {
        let rest = value.get(here..).unwrap_or_default();
        let special = match byte {
            b'&' => entity(rest).map(|(decoded, length)| (Some(decoded), length)),
            b'<' | b'{' | b'$' => mark(rest).map(|length| (None, length)),
            b'%' => placeholder(rest).map(|length| (None, length)),
            _ => None,
        };
        let Some((decoded, length)) = special else {
            here += 1;
            continue;
        };
        if from < here {
            out.push(
                value.get(from..here).unwrap_or_default(),
                at + from..at + here,
            );
        }
        let place = at + here..at + here + length;
        match decoded {
            Some(decoded) => out.push(&decoded, place),
            None => {
                let stand_in = match out.value().ends_with("nonce-") {
                    true => "bm9uY2Vub25jZW5vbmNl",
                    false => "dynamic.invalid",
                };
                out.push_dynamic(stand_in, place);
            }
        }
        here += length;
        from = here;
    }
    if from < value.len() {
        out.push(
            value.get(from..).unwrap_or_default(),
            at + from..at + value.len(),
        );
    }
    out
}

/// How long the template's mark is that a text begins with.
fn mark(rest: &str) -> Option<usize> {
    let (start, end) = MARKS.iter().find(|(start, _)| rest.starts_with(start))?;
    let inside = rest.get(start.len()..)?;
    let length = inside.find(end).map(|at| start.len() + at + end.len());
    Some(length.unwrap_or(rest.len()))
}

/// `%PUBLIC_URL%`, which some builders fill in.
fn placeholder(rest: &str) -> Option<usize> {
    let inside = rest.get(1..)?;
    let end = inside.find(|c: char| !(c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))?;
    let name = inside.get(..end)?;
    (end > 2 && inside.get(end..)?.starts_with('%') && name.contains('_')).then_some(end + 2)
}

/// The character that a text begins with by name or number, and how long that is.
fn entity(rest: &str) -> Option<(String, usize)> {
    let inside = rest.get(1..)?;
    if let Some(number) = inside.strip_prefix('#') {
        let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 3),
            None => (number, 10, 2),
        };
        let end = digits
            .find(|c: char| !c.is_digit(radix))
            .unwrap_or(digits.len());
        let decoded = u32::from_str_radix(digits.get(..end.min(8))?, radix).ok()?;
        let semicolon = usize::from(digits.get(end..)?.starts_with(';'));
        return Some((
            char::from_u32(decoded)?.to_string(),
            before + end + semicolon,
        ));
    }
    let end = inside
        .bytes()
        .take(LONGEST_NAME)
        .position(|byte| byte == b';')?;
    let name = inside.get(..end)?;
    let (_, decoded) = NAMES.iter().find(|(known, _)| *known == name)?;
    Some(((*decoded).to_owned(), end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_and_marks() {
        let text = decode(
            "script-src &#39;self&apos; 'nonce-{{ n }}' &x; %API_HOST% 50%",
            10,
        );
        assert_eq!(
            text.value(),
            "script-src 'self' 'nonce-bm9uY2Vub25jZW5vbmNl' &x; dynamic.invalid 50%"
        );
        assert_eq!(text.dynamic().len(), 2);
        assert_eq!(text.place(0..10), 10..20);
        assert_eq!(text.place(12..16), 26..30);
        assert_eq!(decode("&#xffffffff;&#", 0).value(), "&#xffffffff;&#");
    }
}
