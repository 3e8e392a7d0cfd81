//! `_headers`: a path on a line, its headers indented below it (Netlify, Cloudflare Pages).

use super::{Paths, hand_over, header};
use crate::check::{Found, Kind, Look};
use crate::response::{Header, State};
use crate::text::Text;
use std::ops::Range;

/// Files of headers.
pub(crate) const KIND: Kind = Kind {
    name: "headers file",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    path.rsplit('/').next() == Some("_headers")
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let mut paths = Paths::new("headers file", &look.file.path);
    let mut rule: Option<(&str, Range<usize>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let body = line.trim();
        let start = from + (line.len() - line.trim_start().len());
        if body.is_empty() {
            continue;
        }
        let (body, start, comment) = match body.strip_prefix('#') {
            Some(rest) => {
                let inner = rest.trim_start_matches(['#', ' ', '\t']);
                (inner, start + (body.len() - inner.len()), true)
            }
            None => (body, start, false),
        };
        let indented = line.starts_with([' ', '\t']);
        if !indented && !comment {
            rule = Some((body, start..start + body.len()));
            continue;
        }
        let Some((pattern, place)) = &rule else {
            continue;
        };
        paths.add(pattern, place.clone(), one(body, start, comment), true);
    }
    hand_over(paths, found);
}

fn one(body: &str, start: usize, comment: bool) -> Vec<Header> {
    // `! Name` takes a header away that another rule sets.
    if let Some(name) = body.strip_prefix('!').filter(|_| !comment) {
        let place = start..start + body.len();
        let mut header = header(name, Text::default(), place);
        header.state = State::Removed;
        return vec![header];
    }
    let Some((name, value)) = body.split_once(':') else {
        return Vec::new();
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.chars().all(is_name) {
        return Vec::new();
    }
    let from = start + name.len() + 1 + (value.len() - value.trim_start().len());
    let mut header = header(
        name,
        Text::plain(value.trim(), from),
        start..start + body.len(),
    );
    if comment {
        if !header.name.starts_with("content-security-policy") {
            return Vec::new();
        }
        header.state = State::Commented;
    }
    vec![header]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_values_and_comments() {
        let headers = one("X-Frame-Options: DENY", 10, false);
        assert_eq!(headers[0].name, "x-frame-options");
        assert_eq!(headers[0].value.file(), 27..31);
        assert_eq!(one("! X-Frame-Options", 0, false)[0].state, State::Removed);
        let comment = one("Content-Security-Policy: default-src 'self'", 0, true);
        assert_eq!(comment[0].state, State::Commented);
        assert!(one("a sentence: with words", 0, true).is_empty());
    }
}
