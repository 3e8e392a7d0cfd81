//! From the outermost block to the innermost: what each one sends.

use super::level::{self, Level, Set};
use super::place;
use super::resolve::{Inside, Node};
use super::words::{self, Value};
use super::{locations, lost, servers};
use crate::check::Found;
use crate::file::Tree;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;

/// Places of one file that responses are told of, at most.
pub(super) const MOST: usize = 1000;
/// What the variables of one place may be, at most.
const ALTERNATIVES: usize = 8;

/// What is known of the server around a block.
#[derive(Clone, Copy, Default)]
pub(super) struct Around {
    pub(super) tls: Option<bool>,
    pub(super) has_root: bool,
    /// Only this machine may come.
    pub(super) loopback: bool,
}

/// A walk through one file with all that it includes.
pub(super) struct Walk<'a> {
    pub(super) tree: &'a Tree,
    pub(super) path: &'a str,
    pub(super) found: &'a mut Found,
    pub(super) responses: usize,
}

impl Walk<'_> {
    /// The file itself.
    pub(super) fn file(&mut self, inside: &Inside<'_>) {
        let level = Level::top(inside);
        self.comments(inside);
        if !level.adds.is_empty() || !level.more.is_empty() {
            let place = 0..0;
            self.respond(
                "file",
                place,
                inside,
                &level,
                Serves::Unknown,
                Around::default(),
            );
        }
        lost::of_block(self, "file", &level, Serves::Unknown);
        servers::settings(self, inside);
        servers::file(self, inside);
        self.blocks(inside, &level, "", Around::default());
    }

    fn blocks(&mut self, inside: &Inside<'_>, above: &Level<'_>, scope: &str, around: Around) {
        for node in &inside.nodes {
            if self.responses > MOST {
                return;
            }
            let Some(children) = &node.inside else {
                continue;
            };
            match node.name() {
                "http" => {
                    let level = above.below(children);
                    let serves = Serves::Unknown;
                    lost::of_block(self, "http", &level, serves);
                    servers::settings(self, children);
                    if !level.own.is_empty() {
                        // Servers may stand in files that nobody has at hand.
                        let mut open = level.clone();
                        open.open = true;
                        let place = head(node);
                        self.respond("http", place, children, &open, serves, Around::default());
                    }
                    self.blocks(children, &level, "http", around);
                }
                "server" => self.server(node, children, above, scope),
                "location" => self.location(node, children, above, scope, around),
                "if" | "limit_except" => {
                    let level = above.below(children);
                    let scope = join(scope, &format!("if ({})", condition(node)));
                    lost::of_block(self, &scope, &level, around.serves(children));
                    if !level.own.is_empty() {
                        let serves = around.serves(children);
                        self.respond(
                            &scope,
                            node.it.place.clone(),
                            children,
                            &level,
                            serves,
                            around,
                        );
                    }
                    self.blocks(children, &level, &scope, around);
                }
                _ => {}
            }
        }
    }

    fn server(&mut self, node: &Node<'_>, inside: &Inside<'_>, above: &Level<'_>, scope: &str) {
        let level = above.below(inside);
        let name = inside
            .named("server_name")
            .next()
            .map_or("", |node| node.arg(0));
        let scope = join(scope, format!("server {name}").trim_end());
        let around = Around {
            tls: servers::tls(inside),
            has_root: inside.has("root"),
            loopback: servers::is_loopback(inside),
        };
        let root = inside
            .named("location")
            .find(|node| place::path(node) == "/");
        let serves = match (root, root.and_then(|node| node.inside.as_ref())) {
            (Some(root), Some(below)) => around.location(root, below),
            _ if place::turns_away(inside) => Serves::Data,
            _ => place::block(inside),
        };
        lost::of_block(self, &scope, &level, serves);
        servers::server(self, node, inside, &level);
        locations::root(self, inside);
        if root.is_none() || !level.own.is_empty() {
            self.respond(&scope, head(node), inside, &level, serves, around);
        }
        self.blocks(inside, &level, &scope, around);
    }

    fn location(
        &mut self,
        node: &Node<'_>,
        inside: &Inside<'_>,
        above: &Level<'_>,
        scope: &str,
        around: Around,
    ) {
        let level = above.below(inside);
        let name: Vec<&str> = node.args().collect();
        let scope = join(scope, &format!("location {}", name.join(" ")));
        let serves = around.location(node, inside);
        lost::of_block(self, &scope, &level, serves);
        locations::location(self, node, inside, &level, around);
        self.respond(&scope, head(node), inside, &level, serves, around);
        self.blocks(inside, &level, &scope, around);
    }

    fn respond(
        &mut self,
        scope: &str,
        place: std::ops::Range<usize>,
        inside: &Inside<'_>,
        level: &Level<'_>,
        serves: Serves,
        around: Around,
    ) {
        self.responses += 1;
        if self.responses > MOST {
            return;
        }
        // What the application behind sends is taken away before anything is added.
        let proxied =
            inside.has("proxy_pass") || inside.has("fastcgi_pass") || inside.has("uwsgi_pass");
        let hidden = level.hidden.iter().filter(|set| set.protects() && proxied);
        let mut headers: Vec<Header> = hidden.map(|set| header(set, State::Removed)).collect();
        headers.extend(level.gone.iter().map(|set| {
            let mut header = header(set, State::Lost);
            header.value = level::text(set, &level.variables).of_file(self.other(set.path));
            header
        }));
        let mut alternatives: Vec<(String, Header)> = Vec::new();
        for set in level.adds.iter().chain(&level.more) {
            let known =
                words::only_variable(&set.value.text).and_then(|name| level.variables.get(name));
            if let Some(Value::Map(values)) = known.map(AsRef::as_ref) {
                for (when, value) in values
                    .iter()
                    .take(ALTERNATIVES.saturating_sub(alternatives.len()))
                {
                    let mut header = header(set, state(value));
                    header.value = value.clone().of_file(self.other(set.path));
                    alternatives.push((when.clone(), header));
                }
                continue;
            }
            let value = level::text(set, &level.variables);
            let mut header = header(set, state(&value));
            header.value = value.of_file(self.other(set.path));
            headers.push(header);
        }
        let closed = !level.open && !turned_away(inside);
        let response = |scope: String, headers| Response {
            carrier: "nginx",
            path: self.path.to_owned(),
            scope,
            place: place.clone(),
            serves,
            tls: around.tls,
            closed,
            headers,
        };
        if alternatives.is_empty() {
            self.found
                .responses
                .push(response(scope.to_owned(), headers));
            return;
        }
        for (when, header) in alternatives {
            let mut headers = headers.clone();
            headers.push(header);
            let one = response(format!("{scope} ({when})"), headers);
            self.found.responses.push(one);
        }
    }

    fn other(&self, path: &str) -> Option<String> {
        (path != self.path).then(|| path.to_owned())
    }

    /// Headers that stand in comments only.
    fn comments(&mut self, inside: &Inside<'_>) {
        let mut headers = Vec::new();
        gather(self.tree, self.path, inside, &mut headers);
        if !headers.is_empty() {
            self.found.responses.push(Response {
                carrier: "nginx",
                path: self.path.to_owned(),
                scope: "comments".to_owned(),
                place: 0..0,
                serves: Serves::Unknown,
                tls: None,
                closed: false,
                headers,
            });
        }
    }
}

impl Around {
    fn serves(self, inside: &Inside<'_>) -> Serves {
        match place::turns_away(inside) {
            true => Serves::Data,
            false => place::block(inside),
        }
    }

    fn location(self, node: &Node<'_>, inside: &Inside<'_>) -> Serves {
        let passes = inside
            .nodes
            .iter()
            .any(|node| node.name().ends_with("_pass"));
        match place::location(node, inside) {
            Serves::Unknown if self.has_root && !passes && !inside.has("alias") => Serves::Html,
            serves => serves,
        }
    }
}

fn turned_away(inside: &Inside<'_>) -> bool {
    place::turns_away(inside)
}

fn gather(tree: &Tree, path: &str, inside: &Inside<'_>, headers: &mut Vec<Header>) {
    for (of, comment) in inside.comments.iter().filter(|(of, _)| *of == path) {
        let text = tree.file(of).map_or("", |file| file.text());
        let set = level::commented(of, text, comment);
        headers.extend(set.map(|set| {
            let mut header = header(&set, State::Commented);
            header.value = level::text(&set, &words::Variables::new());
            header
        }));
    }
    for node in &inside.nodes {
        if let Some(inside) = &node.inside {
            gather(tree, path, inside, headers);
        }
    }
}

fn header(set: &Set<'_>, state: State) -> Header {
    Header {
        name: set.name.clone(),
        value: Text::default(),
        place: set.place.clone(),
        state,
        always: Some(set.always),
        meta: None,
    }
}

/// A value of which nothing is known cannot be judged.
fn state(value: &Text) -> State {
    let known = value.segments().iter().any(|segment| {
        let text = value.value().get(segment.value.clone()).unwrap_or_default();
        !segment.dynamic && !text.trim().is_empty()
    });
    let unknown = value.segments().iter().any(|segment| segment.dynamic);
    match unknown && !known {
        true => State::Undecidable,
        false => State::Sent,
    }
}

/// The bytes that begin a block.
pub(super) fn head(node: &Node<'_>) -> std::ops::Range<usize> {
    let last = node.it.args.last().unwrap_or(&node.it.name);
    node.it.place.start..last.place.end.max(node.it.place.start)
}

fn condition(node: &Node<'_>) -> String {
    let words: Vec<&str> = node.args().collect();
    let all = words.join(" ");
    all.trim_matches(['(', ')', ' ']).to_owned()
}

fn join(scope: &str, part: &str) -> String {
    match scope {
        "" => part.to_owned(),
        scope => format!("{scope} > {part}"),
    }
}
