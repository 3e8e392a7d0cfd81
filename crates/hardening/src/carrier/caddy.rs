//! Caddy: `header` in sites, snippets and routes.

use super::words::{Style, Word, line};
use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use std::collections::BTreeMap;
use std::ops::Range;

/// Files of Caddy.
pub(crate) const KIND: Kind = Kind {
    name: "Caddyfile",
    fits,
    look,
};

const STYLE: Style = Style {
    quotes: b"\"`",
    escapes: false,
    comments: true,
    long: true,
};
/// Placeholders.
const MARKS: [(&str, &str); 1] = [("{", "}")];
/// Blocks inside one another, at most.
const DEPTH: usize = 32;
/// Places of one file that responses are told of, at most.
const MOST: usize = 1000;
/// Lines of one file with all imports, at most.
const LINES: usize = 100_000;
/// Headers of one place, at most.
const HEADERS: usize = 200;
/// Directives that hold others.
const GROUPS: [&str; 6] = [
    "handle",
    "handle_path",
    "route",
    "handle_errors",
    "handle_response",
    "reverse_proxy",
];
/// Words that begin a line of a site, so that it is no address.
const DIRECTIVES: &[&str] = &[
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

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let known = [".caddy", ".caddyfile"]
        .iter()
        .any(|end| lower.ends_with(end));
    lower.starts_with("caddyfile") && !lower.ends_with(".md") || known
}

/// A line, with what is in its braces.
#[derive(Default)]
struct Node {
    words: Vec<Word>,
    block: Option<Vec<Self>>,
}

impl Node {
    fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    fn place(&self) -> Range<usize> {
        let start = self.words.first().map_or(0, |word| word.place.start);
        let end = self.words.last().map_or(start, |word| word.place.end);
        start..end
    }

    fn block(&self) -> &[Self] {
        self.block.as_deref().unwrap_or_default()
    }
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let (nodes, comments) = match parse(text) {
        Ok(parsed) => parsed,
        Err(reason) => {
            found.gaps.push(Gap {
                path: look.file.path.clone(),
                reason: reason.to_owned(),
                template: look.role == Role::Template || text.contains("{{") || text.contains("{%"),
            });
            return;
        }
    };
    let mut walk = Walk {
        path: &look.file.path,
        snippets: BTreeMap::new(),
        used: Vec::new(),
        responses: Vec::new(),
        left: LINES,
    };
    for node in &nodes {
        if let Some(name) = node.name().strip_prefix('(') {
            walk.snippets
                .insert(name.trim_end_matches(')').to_owned(), node.block());
        }
    }
    walk.sites(&nodes);
    if !comments.is_empty() {
        walk.push(
            "comments".to_owned(),
            0..0,
            Serves::Unknown,
            None,
            false,
            comments,
        );
    }
    found.responses.append(&mut walk.responses);
    if walk.left == 0 {
        found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: "it holds or imports too much; only the first part was looked at".to_owned(),
            template: false,
        });
    }
}

type Parsed = (Vec<Node>, Vec<Header>);

fn parse(text: &str) -> Result<Parsed, &'static str> {
    let mut open: Vec<Node> = vec![Node::default()];
    let mut comments = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let (mut words, next) = line(text, at, STYLE);
        at = next;
        if words.is_empty() {
            comments.extend(
                text.get(start..next)
                    .and_then(|line| comment(text, start, line)),
            );
            continue;
        }
        if words
            .first()
            .is_some_and(|word| word.text == "}" && !word.quoted)
        {
            let Some(closed) = open.pop().filter(|_| !open.is_empty()) else {
                return Err("a } closes nothing");
            };
            if let Some(above) = open.last_mut() {
                above.block.get_or_insert_default().push(closed);
            }
            continue;
        }
        let opens = words
            .last()
            .is_some_and(|word| word.text == "{" && !word.quoted);
        if opens {
            words.pop();
            if open.len() >= DEPTH {
                return Err("its blocks are nested too deeply");
            }
            open.push(Node {
                words,
                block: Some(Vec::new()),
            });
        } else if let Some(above) = open.last_mut() {
            above
                .block
                .get_or_insert_default()
                .push(Node { words, block: None });
        }
    }
    let file = open.pop().filter(|_| open.is_empty());
    let file = file.ok_or("a { is never closed")?;
    Ok((file.block.unwrap_or_default(), comments))
}

/// A policy that stands in a comment only.
fn comment(text: &str, start: usize, written: &str) -> Option<Header> {
    let body = written.trim_start_matches([' ', '\t']).strip_prefix('#')?;
    let body = body.trim_start_matches(['#', ' ', '\t']);
    let from = start + (written.len() - body.len());
    let (words, _) = line(text, from, STYLE);
    let words = match words.first().map(|word| word.text.as_str()) {
        Some("header") => words.get(1..)?,
        _ => words.as_slice(),
    };
    let name = words
        .iter()
        .position(|word| field(&word.text).0 == "content-security-policy")?;
    // Anything before it but a matcher is a sentence.
    let (name, value) = (words.get(name).filter(|_| name < 2)?, words.get(name + 1)?);
    let mut header = header(&name.text, Some(value), name.place.start..value.place.end)?;
    header.state = State::Commented;
    value.quoted.then_some(header)
}

struct Walk<'n> {
    path: &'n str,
    snippets: BTreeMap<String, &'n [Node]>,
    /// Snippets that some site imports.
    used: Vec<String>,
    responses: Vec<Response>,
    /// Lines that may still be looked at, imports counted each time.
    left: usize,
}

impl<'n> Walk<'n> {
    fn sites(&mut self, nodes: &'n [Node]) {
        // Without braces all lines belong to one site.
        let is_directive =
            |node: &Node| DIRECTIVES.contains(&node.name()) || node.name().starts_with('@');
        let bare = nodes.iter().any(is_directive);
        if bare {
            self.block(nodes, "site", 0..0, None, Vec::new(), DEPTH);
        }
        for node in nodes
            .iter()
            .filter(|node| node.block.is_some() && !is_directive(node))
        {
            if node.words.is_empty() || node.name().starts_with('(') {
                continue;
            }
            let addresses: Vec<&str> = node.words.iter().map(|word| word.text.as_str()).collect();
            let scope = addresses.join(" ");
            self.block(
                node.block(),
                &scope,
                node.place(),
                tls(&addresses),
                Vec::new(),
                DEPTH,
            );
        }
        let unused = nodes.iter().filter(|node| {
            let name = node
                .name()
                .strip_prefix('(')
                .map(|name| name.trim_end_matches(')'));
            name.is_some_and(|name| !self.used.iter().any(|used| used == name))
        });
        for node in unused.collect::<Vec<_>>() {
            let mut headers = Vec::new();
            self.gather(node.block(), &mut headers, &mut Vec::new(), DEPTH);
            if !headers.is_empty() {
                self.push(
                    node.name().to_owned(),
                    node.place(),
                    Serves::Unknown,
                    None,
                    false,
                    headers,
                );
            }
        }
    }

    /// A site or a route: what holds for all its responses, then what holds for some.
    fn block(
        &mut self,
        nodes: &'n [Node],
        scope: &str,
        place: Range<usize>,
        tls: Option<bool>,
        mut headers: Vec<Header>,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let mut some = Vec::new();
        self.gather(nodes, &mut headers, &mut some, depth);
        let serves = serves(nodes);
        // What a header says of some comes on top.
        for (matcher, header) in some {
            let mut headers = headers.clone();
            headers.retain(|other| other.name != header.name);
            headers.push(header);
            let part = format!("{scope} {matcher}");
            self.push(part, place.clone(), Serves::Unknown, tls, false, headers);
        }
        for node in nodes
            .iter()
            .filter(|node| GROUPS.contains(&node.name()) && node.block.is_some())
        {
            let words: Vec<&str> = node.words.iter().map(|word| word.text.as_str()).collect();
            let part = format!("{scope} > {}", words.join(" "));
            let own = node
                .block()
                .iter()
                .any(|node| matches!(node.name(), "header" | "header_down" | "import"));
            if own
                || node
                    .block()
                    .iter()
                    .any(|node| GROUPS.contains(&node.name()))
            {
                self.block(
                    node.block(),
                    &part,
                    node.place(),
                    tls.map(|_| false),
                    headers.clone(),
                    depth,
                );
            }
        }
        self.push(scope.to_owned(), place, serves, tls, true, headers);
    }

    /// The headers that these lines set, with what they import.
    fn gather(
        &mut self,
        nodes: &'n [Node],
        headers: &mut Vec<Header>,
        some: &mut Vec<(String, Header)>,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for node in nodes {
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
            if headers.len() > HEADERS || some.len() > HEADERS {
                return;
            }
            match node.name() {
                "header" => {
                    let (matcher, own) = directive(node);
                    match matcher {
                        Some(matcher) => {
                            some.extend(own.into_iter().map(|one| (matcher.clone(), one)))
                        }
                        None => own.into_iter().for_each(|one| apply(headers, one)),
                    }
                }
                "header_down" => {
                    let value = node.words.get(2);
                    let name = node.words.get(1);
                    let one = name.and_then(|name| header(&name.text, value, node.place()));
                    one.into_iter().for_each(|one| apply(headers, one));
                }
                "import" => {
                    let name = node.words.get(1).map_or("", |word| &word.text);
                    if let Some(snippet) = self.snippets.get(name).copied() {
                        if !self.used.iter().any(|used| used == name) {
                            self.used.push(name.to_owned());
                        }
                        self.gather(snippet, headers, some, depth);
                    }
                }
                _ => {}
            }
        }
    }

    fn push(
        &mut self,
        scope: String,
        place: Range<usize>,
        serves: Serves,
        tls: Option<bool>,
        closed: bool,
        headers: Vec<Header>,
    ) {
        if self.responses.len() < MOST {
            self.responses.push(Response {
                carrier: "caddy",
                path: self.path.to_owned(),
                scope,
                place,
                serves,
                tls,
                closed,
                headers,
            });
        }
    }
}

/// A later header takes the place of an earlier one.
fn apply(headers: &mut Vec<Header>, one: Header) {
    headers.retain(|other| other.name != one.name);
    headers.push(one);
}

/// `header [matcher] Field value`, or the fields in a block.
fn directive(node: &Node) -> (Option<String>, Vec<Header>) {
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
fn field(word: &str) -> (String, Option<char>) {
    let prefix = word
        .chars()
        .next()
        .filter(|c| matches!(c, '+' | '-' | '?' | '>'));
    let name = word.trim_start_matches(['+', '-', '?', '>']);
    (name.trim_end_matches(':').to_ascii_lowercase(), prefix)
}

fn header(word: &str, value: Option<&Word>, place: Range<usize>) -> Option<Header> {
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
fn tls(addresses: &[&str]) -> Option<bool> {
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

fn serves(nodes: &[Node]) -> Serves {
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

    #[test]
    fn braces() {
        assert!(parse("a {\n b\n}\n").is_ok());
        assert!(parse("a {\n").is_err());
        assert!(parse("}\n").is_err());
        assert!(parse(&"a {\n".repeat(100)).is_err());
    }
}
