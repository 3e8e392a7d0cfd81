//! What holds in a block: its own directives, and what it has from above.

use super::resolve::{Inside, Node};
use super::tokens::{Token, Word, tokens};
use super::words::{self, Value, Variables};
use crate::text::Text;
use std::ops::Range;
use std::rc::Rc;

/// Headers and variables that are kept of one block, at most.
const MOST: usize = 200;

/// Headers that protect pages. A loss of one of these matters.
pub(super) const SECURITY: [&str; 10] = [
    "content-security-policy",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "content-security-policy-report-only",
];

/// One header, as a directive sets it.
#[derive(Clone)]
pub(super) struct Set<'p> {
    pub(super) path: &'p str,
    /// In lower case.
    pub(super) name: String,
    /// As it is written.
    pub(super) title: String,
    pub(super) value: Word,
    pub(super) always: bool,
    pub(super) place: Range<usize>,
}

impl Set<'_> {
    pub(super) fn protects(&self) -> bool {
        SECURITY.contains(&self.name.as_str())
    }
}

/// Whether headers from above stay when a block has its own (`add_header_inherit`, nginx 1.29.3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inherit {
    On,
    Off,
    Merge,
}

/// What holds in a block.
#[derive(Clone)]
pub(super) struct Level<'p> {
    /// `add_header` in force.
    pub(super) adds: Vec<Set<'p>>,
    /// Those of this very block.
    pub(super) own: Vec<Set<'p>>,
    /// Those from above that are gone.
    pub(super) lost: Vec<Set<'p>>,
    /// All from above that protect and are gone here.
    pub(super) gone: Vec<Set<'p>>,
    /// `more_set_headers` in force; blocks add to those above.
    pub(super) more: Vec<Set<'p>>,
    /// Headers of the application behind that are taken away.
    pub(super) hidden: Vec<Set<'p>>,
    pub(super) variables: Variables,
    inherit: Inherit,
    /// Something is included here that nobody has at hand.
    pub(super) open: bool,
    /// It is included in this very block.
    pub(super) open_here: bool,
    /// Only some may come: `allow` and `deny`, a password, `internal`.
    pub(super) guarded: bool,
}

impl<'p> Level<'p> {
    /// Of the file itself.
    pub(super) fn top(inside: &Inside<'p>) -> Self {
        let empty = Level {
            adds: Vec::new(),
            own: Vec::new(),
            lost: Vec::new(),
            gone: Vec::new(),
            more: Vec::new(),
            hidden: Vec::new(),
            variables: Variables::new(),
            inherit: Inherit::On,
            open: false,
            open_here: false,
            guarded: false,
        };
        empty.into_block(inside)
    }

    /// Of a block below this one.
    pub(super) fn below(&self, inside: &Inside<'p>) -> Self {
        self.clone().into_block(inside)
    }

    fn into_block(self, inside: &Inside<'p>) -> Self {
        let mut level = self;
        if let Some(node) = inside.named("add_header_inherit").last() {
            level.inherit = match node.arg(0) {
                "merge" => Inherit::Merge,
                "off" => Inherit::Off,
                _ => Inherit::On,
            };
        }
        level.open |= inside.open;
        level.open_here = inside.open;
        variables(inside, &mut level.variables);
        let own: Vec<Set<'p>> = inside
            .named("add_header")
            .filter_map(add_header)
            .take(MOST)
            .collect();
        level.lost.clear();
        let above = std::mem::take(&mut level.adds);
        let stays = match level.inherit {
            Inherit::On => own.is_empty(),
            Inherit::Off => false,
            Inherit::Merge => true,
        };
        if stays {
            level.adds = above;
        } else if level.inherit == Inherit::On {
            let again = |set: &Set<'_>| own.iter().chain(&level.more).any(|o| o.name == set.name);
            level.lost = above.into_iter().filter(|set| !again(set)).collect();
        }
        let protecting = level.lost.iter().filter(|set| set.protects()).cloned();
        level.gone.extend(protecting);
        level
            .gone
            .retain(|set| !own.iter().any(|again| again.name == set.name));
        level.gone.truncate(MOST);
        level.adds.extend(own.iter().cloned());
        level.adds.truncate(MOST);
        level.own = own;
        for node in inside.named("more_set_headers") {
            // The last one replaces those before it, but for answers of some kinds only.
            let of_all = !node.args().any(|word| matches!(word, "-s" | "-t"));
            for set in more_set_headers(node) {
                if of_all {
                    level.more.retain(|other| other.name != set.name);
                }
                if level.more.len() < MOST {
                    level.more.push(set);
                }
            }
        }
        let hide = [
            "proxy_hide_header",
            "fastcgi_hide_header",
            "uwsgi_hide_header",
        ];
        let hidden = inside
            .nodes
            .iter()
            .filter(|node| hide.contains(&node.name()));
        let hidden: Vec<Set<'p>> = hidden.filter_map(hide_header).take(MOST).collect();
        if !hidden.is_empty() {
            level.hidden = hidden;
        }
        level.guarded = guards(inside).unwrap_or(level.guarded);
        level
    }
}

/// Whether a block says who may come; `None` when it says nothing.
pub(super) fn guards(inside: &Inside<'_>) -> Option<bool> {
    let closed = inside.named("deny").any(|node| node.arg(0) == "all");
    let asks = ["auth_basic", "auth_request", "auth_jwt"];
    let asked = inside
        .nodes
        .iter()
        .filter(|node| asks.contains(&node.name()));
    let asked: Vec<bool> = asked.map(|node| node.arg(0) != "off").collect();
    let refused = inside
        .named("return")
        .any(|node| node.arg(0).starts_with('4'));
    if closed || refused || inside.has("internal") || inside.has("ssl_verify_client") {
        return Some(true);
    }
    asked.last().copied()
}

fn variables(inside: &Inside<'_>, variables: &mut Variables) {
    for node in &inside.nodes {
        if variables.len() > MOST {
            return;
        }
        match (node.name(), node.it.args.as_slice()) {
            ("set", [name, value]) => {
                let text = words::value(value, node.path, variables);
                let path = node.path.to_owned();
                let name = name.text.trim_start_matches('$').to_owned();
                variables.insert(name, Rc::new(Value::Set { path, text }));
            }
            ("map", [_, name]) => {
                let inside = node.inside.iter().flat_map(|inside| &inside.nodes);
                let values = inside.filter_map(|node| {
                    let value = node.it.args.first().filter(|word| !word.text.is_empty())?;
                    let text = words::value(value, node.path, &Variables::new());
                    Some((node.name().to_owned(), text))
                });
                let values = values.take(MOST).collect();
                let name = name.text.trim_start_matches('$').to_owned();
                variables.insert(name, Rc::new(Value::Map(values)));
            }
            _ => {}
        }
    }
}

fn add_header<'p>(node: &Node<'p>) -> Option<Set<'p>> {
    set(node.path, &node.it.args, node.it.place.clone())
}

fn set<'p>(path: &'p str, args: &[Word], place: Range<usize>) -> Option<Set<'p>> {
    let name = args.first()?;
    Some(Set {
        path,
        name: name.text.trim().to_ascii_lowercase(),
        title: name.text.trim().to_owned(),
        value: args.get(1)?.clone(),
        always: args.get(2).is_some_and(|word| word.text == "always"),
        place,
    })
}

/// `more_set_headers -s 404 'Name: value' 'Name: value'`
fn more_set_headers<'p>(node: &Node<'p>) -> Vec<Set<'p>> {
    let mut sets = Vec::new();
    let mut words = node.it.args.iter();
    while let Some(word) = words.next() {
        if matches!(word.text.as_str(), "-s" | "-t") {
            words.next();
            continue;
        }
        let Some((name, value)) = word.text.split_once(':') else {
            continue;
        };
        let value = value.trim();
        let at = word.text.len() - word.text.trim_start().len();
        let from = word.text.find(value).unwrap_or(at);
        let inside = word.inside();
        let same = inside.len() == word.text.len() && !value.is_empty();
        let place = match same {
            true => inside.start + from..inside.start + from + value.len(),
            false => inside,
        };
        sets.push(Set {
            path: node.path,
            name: name.trim().to_ascii_lowercase(),
            title: name.trim().to_owned(),
            value: Word {
                text: value.to_owned(),
                place,
                quoted: false,
            },
            always: true,
            place: word.place.clone(),
        });
    }
    sets
}

fn hide_header<'p>(node: &Node<'p>) -> Option<Set<'p>> {
    let name = node.it.args.first()?;
    Some(Set {
        path: node.path,
        name: name.text.to_ascii_lowercase(),
        title: name.text.clone(),
        value: name.clone(),
        always: true,
        place: node.it.place.clone(),
    })
}

/// The protecting header that somebody has put into a comment: `# add_header Name value always;`.
pub(super) fn commented<'p>(path: &'p str, text: &str, comment: &Range<usize>) -> Option<Set<'p>> {
    let line = text.get(comment.clone())?;
    let begins = line.trim_start_matches(['#', ' ', '\t']);
    if !begins.starts_with("add_header") {
        return None;
    }
    let from = comment.end - begins.len();
    let moved = |range: Range<usize>| range.start + from..range.end + from;
    let words = tokens(begins).into_iter().map_while(|token| match token {
        Token::Word(word) => Some(Word {
            place: moved(word.place),
            ..word
        }),
        _ => None,
    });
    let words: Vec<Word> = words.take(4).collect();
    let place = words.first()?.place.start..words.last()?.place.end;
    let set = set(path, words.get(1..)?, place)?;
    set.protects().then_some(set)
}

/// The value of a header where it is sent, and `None` when nothing of it can be told.
pub(super) fn text(set: &Set<'_>, variables: &Variables) -> Text {
    words::value(&set.value, set.path, variables)
}
