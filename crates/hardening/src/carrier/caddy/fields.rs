//! Fields of headers, and what sites say of themselves.

use super::lines::Node;
use crate::carrier::words::Word;
use crate::response::{Header, Serves, State};
use std::ops::Range;

/// Placeholders.
pub(super) const MARKS: [(&str, &str); 1] = [("{", "}")];
/// Directives that hold others.
pub(super) const GROUPS: [&str; 6] = [
    "handle",
    "handle_path",
    "route",
    "handle_errors",
    "handle_response",
    "reverse_proxy",
];
/// Words that begin a line of a site, so that it is no address.
pub(super) const DIRECTIVES: &[&str] = &[
    "abort",
    "acme_server",
    "basic_auth",
    "basicauth",
    "bind",
    "encode",
    "error",
    "file_server",
    "forward_auth",
    "fs",
    "handle",
    "handle_errors",
    "handle_path",
    "header",
    "import",
    "invoke",
    "intercept",
    "log",
    "log_append",
    "log_skip",
    "map",
    "method",
    "metrics",
    "php_fastcgi",
    "push",
    "redir",
    "request_body",
    "request_header",
    "respond",
    "reverse_proxy",
    "rewrite",
    "root",
    "route",
    "skip_log",
    "templates",
    "tls",
    "tracing",
    "try_files",
    "uri",
    "vars",
];

/// `header [matcher] Field value`, or the fields in a block.
pub(super) fn directive(node: &Node) -> (Option<String>, Vec<Header>) {
    let mut words = node.words.iter().skip(1).peekable();
    let is_matcher = |word: &&Word| !word.quoted && word.text.starts_with(['@', '/', '*']);
    let matcher = words
        .next_if(|word| is_matcher(word))
        .map(|word| word.text.clone());
    let matcher = matcher.filter(|matcher| matcher != "*" && matcher != "/*");
    let first = words.next().and_then(|name| {
        let value = words.next();
        let mut header = header(&name.text, value, node.place())?;
        // With a third word the value is searched and replaced.
        if words.next().is_some() {
            header.state = State::Undecidable;
        }
        Some(header)
    });
    let below = node.block().iter().filter_map(|line| {
        let mut header = header(line.name(), line.words.get(1), line.place())?;
        if line.words.len() > 2 {
            header.state = State::Undecidable;
        }
        Some(header)
    });
    (matcher, first.into_iter().chain(below).collect())
}

/// The name of a field in lower case, and what stands before it.
pub(super) fn field(word: &str) -> (String, Option<char>) {
    let prefix = word
        .chars()
        .next()
        .filter(|c| matches!(c, '+' | '-' | '?' | '>'));
    let name = word.trim_start_matches(['+', '-', '?', '>']);
    (name.trim_end_matches(':').to_ascii_lowercase(), prefix)
}

pub(super) fn header(word: &str, value: Option<&Word>, place: Range<usize>) -> Option<Header> {
    let (name, prefix) = field(word);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*');
    if name.is_empty() || !name.chars().all(is_name) || matches!(name.as_str(), "defer" | "match") {
        return None;
    }
    let text = value.map(|word| word.value(&MARKS)).unwrap_or_default();
    let unknown =
        !text.dynamic().is_empty() && text.segments().iter().all(|segment| segment.dynamic);
    let state = match prefix {
        Some('-') => State::Removed,
        _ if unknown => State::Undecidable,
        _ => State::Sent,
    };
    Some(Header {
        name,
        value: text,
        place,
        state,
        always: None,
        meta: None,
    })
}

/// Caddy encrypts by itself what has a name.
pub(super) fn tls(addresses: &[&str]) -> Option<bool> {
    let known = addresses.iter().map(|address| {
        let address = address.trim_end_matches(',');
        if address.contains(['{', '$']) {
            return None;
        }
        let plain = address.starts_with("http://") || address.starts_with(':') && address != ":443";
        let local = ["localhost", "127.", "[::1]"]
            .iter()
            .any(|start| address.starts_with(start));
        Some(!plain && !local)
    });
    let known: Vec<Option<bool>> = known.collect();
    known
        .iter()
        .all(Option::is_some)
        .then(|| known.contains(&Some(true)))
}

pub(super) fn serves(nodes: &[Node]) -> Serves {
    let has = |names: &[&str]| nodes.iter().any(|node| names.contains(&node.name()));
    let groups = nodes.iter().any(|node| GROUPS.contains(&node.name()));
    if has(&["file_server", "php_fastcgi", "try_files", "templates"]) {
        return Serves::Html;
    }
    match has(&["redir", "respond", "abort", "error"]) && !groups {
        true => Serves::Data,
        false => Serves::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_encryption() {
        assert_eq!(tls(&["shop.example.com"]), Some(true));
        assert_eq!(tls(&[":80"]), Some(false));
        assert_eq!(tls(&["{$HOST}"]), None);
    }

    #[test]
    fn fields_with_what_stands_before() {
        assert_eq!(field("?X-A"), ("x-a".to_owned(), Some('?')));
        assert_eq!(field("-Server"), ("server".to_owned(), Some('-')));
    }
}
