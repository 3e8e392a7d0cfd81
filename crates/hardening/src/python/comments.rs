//! Lines that are commented out: somebody knew what should stand there.

use crate::file::File;
use crate::response::{Header, State};
use crate::text::Text;
use std::ops::Range;

/// Policies that stand in comments only, as lines of code.
pub(super) fn policies(file: &File) -> Vec<Header> {
    let mut found = Vec::new();
    for (at, code) in lines(file.text()) {
        let lower = code.to_ascii_lowercase();
        let names = ["content-security-policy\"", "content-security-policy'"];
        let named = names.iter().find_map(|name| lower.find(name)).filter(|_| {
            // A call, a key or an entry; a sentence about the header has none of them.
            ["\"] =", "'] =", "\":", "':", "\", ", "', "]
                .iter()
                .any(|mark| code.contains(mark))
        });
        let setting = [
            "CSP_DEFAULT_SRC",
            "CSP_SCRIPT_SRC",
            "SECURE_CSP",
            "CONTENT_SECURITY_POLICY",
        ]
        .iter()
        .find(|name| is_assignment(code, name));
        let (start, length) = match (named, setting) {
            (Some(start), _) => (start, "content-security-policy".len()),
            (None, Some(name)) => (0, name.len()),
            (None, None) => continue,
        };
        let place = at + start..at + start + length;
        let rest = code.get(start + length + 1..).unwrap_or_default();
        let value = literal(rest).filter(|(_, text)| text.contains("-src"));
        let text = value.map(|(from, text)| Text::plain(text, place.end + 1 + from));
        found.push(Header {
            name: "content-security-policy".to_owned(),
            value: text.unwrap_or_default(),
            place,
            state: State::Commented,
            always: None,
            meta: None,
        });
    }
    found
}

/// The place of a setting that is commented out.
pub(super) fn setting(text: &str, name: &str) -> Option<Range<usize>> {
    let mut all = lines(text);
    let (at, _) = all.find(|(_, code)| is_assignment(code, name))?;
    Some(at..at + name.len())
}

fn is_assignment(code: &str, name: &str) -> bool {
    code.strip_prefix(name)
        .is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// Comments that fill a line: where their words begin, and these.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let code = line
            .trim_start()
            .strip_prefix('#')?
            .trim_start_matches([' ', '#', '\t']);
        let code_at = start + line.len() - code.len();
        Some((code_at, code.trim_end()))
    })
}

/// The first text in quotes that looks like a value, and where it begins.
fn literal(code: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    loop {
        let rest = code.get(at..)?;
        let open = rest.find(['"', '\''])?;
        let quote = if rest.get(open..)?.starts_with('"') {
            '"'
        } else {
            '\''
        };
        let inner = rest.get(open + 1..)?;
        let end = inner.find(quote)?;
        let text = inner.get(..end)?;
        if text.contains(' ') {
            return Some((at + open + 1, text));
        }
        at += open + end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_comments_is_told_from_words() {
        let text = "# Content-Security-Policy: stops \"injected\" scripts\n\
                    x = 1\n    # response.headers[\"Content-Security-Policy\"] = \"default-src 'self'\"\n\
                    # SECURE_CSP = {\n# SECURE_HSTS_SECONDS = 3600\n";
        let file = File::new("a.py", text.as_bytes());
        let found = policies(&file);
        let told: Vec<_> = found.iter().map(|one| one.value.value()).collect();
        assert_eq!(told, ["default-src 'self'", ""]);
        let value = &found[0].value;
        assert_eq!(text.get(value.place(0..7)), Some("default"));
        let place = setting(text, "SECURE_HSTS_SECONDS").unwrap();
        assert_eq!(text.get(place), Some("SECURE_HSTS_SECONDS"));
    }
}
