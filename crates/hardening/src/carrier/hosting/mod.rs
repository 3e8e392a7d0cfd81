//! Hosting services: files that name paths and the headers of what is served under them.

pub(crate) mod amplify;
pub(crate) mod cloudfront;
pub(crate) mod firebase;
pub(crate) mod headers_file;
mod json;
pub(crate) mod netlify;
pub(crate) mod staticwebapp;
pub(crate) mod vercel;

use crate::check::Found;
use crate::finding::Gap;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use std::ops::Range;

/// Rules of one file, at most; services allow far fewer.
const MOST: usize = 2000;

/// Headers of one pattern, at most.
const HEADERS: usize = 200;

/// A header that is sent.
fn header(name: &str, value: Text, place: Range<usize>) -> Header {
    Header {
        name: name.trim().to_ascii_lowercase(),
        value,
        place,
        state: State::Sent,
        always: None,
        meta: None,
    }
}

/// The responses of one file, by the pattern of their paths.
struct Paths {
    carrier: &'static str,
    path: String,
    responses: Vec<Response>,
    cut: bool,
}

impl Paths {
    fn new(carrier: &'static str, path: &str) -> Self {
        Self {
            carrier,
            path: path.to_owned(),
            responses: Vec::new(),
            cut: false,
        }
    }

    /// Headers of a pattern; several rules of one pattern add up.
    fn add(&mut self, pattern: &str, place: Range<usize>, headers: Vec<Header>, closed: bool) {
        // Most files have few rules, and none is so long that looking for a pattern matters.
        let near = self.responses.iter_mut().rev().take(50);
        if let Some(known) = near.into_iter().find(|one| one.scope == pattern) {
            let room = HEADERS.saturating_sub(known.headers.len());
            self.cut |= headers.len() > room;
            known.headers.extend(headers.into_iter().take(room));
            return;
        }
        if self.responses.len() >= MOST {
            self.cut = true;
            return;
        }
        self.cut |= headers.len() > HEADERS;
        self.responses.push(Response {
            carrier: self.carrier,
            path: self.path.clone(),
            scope: pattern.to_owned(),
            place,
            serves: serves(pattern),
            tls: None,
            closed: closed && is_all(pattern),
            headers: headers.into_iter().take(HEADERS).collect(),
        });
    }
}

/// Hands over what a file says.
fn hand_over(paths: Paths, found: &mut Found) {
    found.responses.extend(paths.responses);
    if paths.cut {
        found.gaps.push(Gap {
            path: paths.path,
            reason: format!(
                "only its first {MOST} rules, and {HEADERS} headers of each, were looked at"
            ),
            template: false,
        });
    }
}

/// Whether a pattern is that of every path.
fn is_all(pattern: &str) -> bool {
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    matches!(
        pattern,
        "/*" | "*"
            | "**"
            | "/**"
            | "**/*"
            | "/(.*)"
            | "(.*)"
            | "/(.*)?"
            | "/:path*"
            | "/.*"
            | ".*"
            | "/((?!api/).*)"
    )
}

/// What is served under a pattern.
fn serves(pattern: &str) -> Serves {
    let lower = pattern.to_ascii_lowercase();
    if is_all(pattern) || lower == "/" || lower.contains(".html") {
        return Serves::Html;
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words: Vec<&str> = lower
        .split(|c| !word(c))
        .filter(|word| !word.is_empty())
        .collect();
    let assets = [
        "js", "css", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2",
        "ttf", "otf", "eot", "json", "map", "txt", "xml", "wasm", "static", "assets", "images",
        "img", "fonts", "_next", "_astro", "mp4", "webm", "pdf",
    ];
    if words.iter().any(|word| assets.contains(word)) {
        return Serves::Assets;
    }
    match words.first() {
        Some(&("api" | "graphql")) => Serves::Data,
        _ => Serves::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_tell_what_they_serve() {
        for (pattern, expected) in [
            ("/*", Serves::Html),
            ("**", Serves::Html),
            ("/(.*)", Serves::Html),
            ("**/*.@(jpg|png)", Serves::Assets),
            ("/static/*", Serves::Assets),
            ("/api/(.*)", Serves::Data),
            ("/embed/*", Serves::Unknown),
        ] {
            assert_eq!(serves(pattern), expected, "{pattern}");
        }
    }
}
