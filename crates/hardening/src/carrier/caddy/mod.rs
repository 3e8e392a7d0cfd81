//! Caddy: `header` in sites, snippets and routes.

mod fields;
mod lines;

use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::{Header, Response, Serves};
use crate::role::Role;
use fields::{DIRECTIVES, GROUPS, directive, header, serves, tls};
use lines::{DEPTH, Node, parse};
use std::collections::BTreeMap;
use std::ops::Range;

/// Files of Caddy.
pub(crate) const KIND: Kind = Kind {
    name: "Caddyfile",
    fits,
    look,
};

/// Places of one file that responses are told of, at most.
const MOST: usize = 1000;
/// Lines of one file with all imports, at most.
const LINES: usize = 100_000;
/// Headers of one place, at most.
const HEADERS: usize = 200;
fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let known = [".caddy", ".caddyfile"]
        .iter()
        .any(|end| lower.ends_with(end));
    lower.starts_with("caddyfile") && !lower.ends_with(".md") || known
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
