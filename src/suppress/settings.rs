//! Structured settings: which keys of a file silence what.

use super::entry::{Entry, Means};
use crate::manifest::read::{Node, Value, json, line_number, toml, yaml};
use saphyr_parser::{Event, Parser};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A parsed document.
pub type Tree<'a> = Node<'a>;

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// JSON, also with comments.
    Json,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// Sections with names and values, as Python's `configparser` reads them.
    Ini,
    /// Names and values without sections, as npm reads them (npm's `ini` package).
    Npmrc,
}

/// One key and what it means.
#[derive(Debug)]
pub struct Rule {
    /// The way to it, parted by dots; `*` is any name, `*x` one that ends in `x`. Empty for the
    /// whole document.
    pub key: &'static str,
    /// What its values mean.
    pub means: Means,
    /// Values that do nothing. With [`Means::Guards`] and a list that is not empty, only the values
    /// in it guard.
    pub words: &'static [&'static str],
}

/// A key whose values each leave something out.
pub const fn hides(key: &'static str) -> Rule {
    Rule {
        key,
        means: Means::Hides,
        words: &[],
    }
}

/// A key that leaves something out unless it has one of these values.
pub const fn unless(key: &'static str, words: &'static [&'static str]) -> Rule {
    Rule {
        key,
        means: Means::Hides,
        words,
    }
}

/// A key that says what is looked at, where nothing means everything.
pub const fn selects(key: &'static str) -> Rule {
    Rule {
        key,
        means: Means::Selects,
        words: &[],
    }
}

/// A key whose values each guard.
pub const fn guards(key: &'static str, words: &'static [&'static str]) -> Rule {
    Rule {
        key,
        means: Means::Guards,
        words,
    }
}

/// The values that switch a flag off.
pub const OFF: &[&str] = &["false", "False", "FALSE", "no", "off", "0", "", "~", "null"];

/// The values that switch a flag on.
pub const ON: &[&str] = &["true", "True", "TRUE", "yes", "on", "1"];

/// Characters of a key that are kept.
const LONGEST_KEY: usize = 200;

/// Keys that say why, not what.
const NOTES: &[&str] = &[
    "comment",
    "comments",
    "created",
    "description",
    "notes",
    "reason",
    "statement",
    "title",
];

/// Keys that say until when.
const UNTILS: &[&str] = &[
    "expired_at",
    "expires",
    "expiry",
    "ignoreuntil",
    "until",
    "expiresat",
];

/// Keys that name what an entry is about, the best first.
const NAMES: &[&str] = &[
    "id",
    "vulnerability",
    "check_id",
    "name",
    "crate",
    "package",
    "rule",
    "file",
    "resource",
    "path",
    "paths",
    "regexes",
    "regex",
    "stopwords",
];

impl Language {
    /// The documents of a text; `None` when it cannot be read, or not without following references.
    pub fn parse(self, text: &str) -> Option<Vec<Tree<'_>>> {
        if text.trim().is_empty() {
            return Some(Vec::new());
        }
        match self {
            Self::Json => json::parse(text).map(|tree| vec![tree]),
            Self::Toml => toml::parse(text).map(|tree| vec![tree]),
            Self::Yaml => yaml::parse(text).filter(|_| !follows(text)),
            Self::Ini => ini(text, false).map(|tree| vec![tree]),
            Self::Npmrc => {
                let tree = ini(text, true)?;
                Some(tree.get("").cloned().into_iter().collect())
            }
        }
    }
}

/// True for a YAML text with references, behind which anything may stand. Ends at the first error: the
/// parser would repeat it for ever.
fn follows(text: &str) -> bool {
    text.contains('*')
        && Parser::new_from_str(text)
            .map_while(Result::ok)
            .any(|(event, _)| matches!(event, Event::Alias(_)))
}

/// Lines of names and values; values go on in indented lines. With `bare`, names may stand before
/// any section, and one alone means `true`.
fn ini(text: &str, bare: bool) -> Option<Tree<'_>> {
    let mut sections: BTreeMap<Cow<'_, str>, Node<'_>> = BTreeMap::new();
    let mut section: Cow<'_, str> = Cow::Borrowed("");
    let mut last: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let number = line_number(number + 1);
        let body = line.trim();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = body.strip_prefix('[').and_then(|b| b.strip_suffix(']')) {
            section = Cow::Borrowed(name.trim());
            last = None;
            continue;
        }
        let (name, value) = match body.split_once(['=', ':']) {
            _ if bare => body.split_once('=').unwrap_or((body, "true")),
            Some(parts) => parts,
            None => (body, ""),
        };
        let goes_on = !bare && line.starts_with([' ', '\t']);
        let (name, value) = match &last {
            Some(name) if goes_on => (name.clone(), body),
            _ => {
                let name = name.trim().trim_end_matches("[]").trim_matches('"');
                (name.to_ascii_lowercase(), value.trim().trim_matches('"'))
            }
        };
        let node = sections.entry(section.clone()).or_insert_with(|| Node {
            line: number,
            value: Value::Map(BTreeMap::new()),
        });
        let Value::Map(map) = &mut node.value else {
            return None;
        };
        let list = map.entry(Cow::Owned(name.clone())).or_insert_with(|| Node {
            line: number,
            value: Value::List(Vec::new()),
        });
        if let Value::List(items) = &mut list.value {
            items.push(Node {
                line: number,
                value: Value::Text(Cow::Borrowed(value)),
            });
        }
        last = Some(name);
    }
    Some(Node {
        line: 1,
        value: Value::Map(sections),
    })
}

/// What the documents say by these rules.
pub fn entries(trees: &[Tree<'_>], rules: &[Rule]) -> Vec<Entry> {
    let mut found = Vec::new();
    for tree in trees {
        for rule in rules {
            let way = rule.key.split('.').filter(|name| !name.is_empty());
            let way: Vec<&str> = way.collect();
            follow(tree, &way, &mut Vec::new(), &mut |key, node| {
                values(key, node, rule, &mut found);
            });
        }
    }
    found
}

/// Every node at the end of a way of names. The way is ours, so that the calls nest no deeper than
/// it has parts.
fn follow<'t>(
    node: &'t Node<'_>,
    way: &[&str],
    passed: &mut Vec<&'t str>,
    take: &mut dyn FnMut(&str, &'t Node<'_>),
) {
    let Some((name, rest)) = way.split_first() else {
        // A name of any length must not be written out with every value.
        let key: String = passed.join(".").chars().take(LONGEST_KEY).collect();
        take(&key, node);
        return;
    };
    // A list on the way is as many tables.
    for item in node.items() {
        follow(item, way, passed, take);
    }
    for (key, child) in node.members() {
        let fits = match name.strip_prefix('*') {
            Some(end) => key.ends_with(end),
            None => key == *name,
        };
        if fits {
            passed.push(key);
            follow(child, rest, passed, take);
            passed.pop();
        }
    }
}

fn values(key: &str, node: &Node<'_>, rule: &Rule, found: &mut Vec<Entry>) {
    let mut collector = Collector { key, rule, found };
    match &node.value {
        Value::Nothing => {}
        Value::Text(text) => collector.words(text, node.line),
        Value::List(items) => {
            for item in items {
                match item.text() {
                    Some(text) => collector.words(text, item.line),
                    None => collector.add(&name(item), sense(item), until(item), item.line),
                }
            }
        }
        Value::Map(members) => {
            for (name, value) in members {
                let nothing = value.text().is_some_and(|text| rule.words.contains(&text));
                if !nothing || rule.means == Means::Guards {
                    let sense = format!("{name}={}", sense(value));
                    collector.add(name, sense, until(value), value.line);
                }
            }
        }
    }
}

/// Takes the values of one key.
struct Collector<'a> {
    key: &'a str,
    rule: &'a Rule,
    found: &'a mut Vec<Entry>,
}

impl Collector<'_> {
    fn add(&mut self, what: &str, sense: String, until: Option<String>, line: u32) {
        let Rule { means, words, .. } = self.rule;
        let known = words.contains(&what);
        let counts = match means {
            Means::Guards => known || words.is_empty(),
            Means::Hides | Means::Selects => !known,
        };
        if counts {
            self.found.push(Entry {
                key: self.key.to_owned(),
                what: what.to_owned(),
                sense,
                until,
                line,
                means: *means,
            });
        }
    }

    /// One value, or several with commas or line ends between them.
    fn words(&mut self, text: &str, line: u32) {
        let parts = text.split([',', '\n']).map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            self.add(part, part.to_owned(), None, line);
        }
    }
}

/// A short name for an entry.
fn name(node: &Node<'_>) -> String {
    let found = NAMES.iter().find_map(|name| {
        let node = node.get(name)?;
        let texts = std::iter::once(node).chain(node.items());
        texts.filter_map(Node::text).find(|text| !text.is_empty())
    });
    match found {
        Some(text) => text.to_owned(),
        None => sense(node),
    }
}

/// Everything in an entry but its reason and its last day, in an order of its own. Documents nest
/// no deeper than their reader allows.
pub fn sense(node: &Node<'_>) -> String {
    match &node.value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.trim().to_owned(),
        Value::List(items) => {
            let mut items: Vec<String> = items.iter().map(sense).collect();
            items.sort();
            items.join(", ")
        }
        Value::Map(members) => {
            let says = |name: &&str| {
                let name = name.to_ascii_lowercase();
                !NOTES.contains(&name.as_str()) && !UNTILS.contains(&name.as_str())
            };
            let parts: Vec<String> = members
                .iter()
                .filter(|(name, _)| says(&&***name))
                .map(|(name, value)| format!("{name}={}", sense(value)))
                .collect();
            parts.join("; ")
        }
    }
}

/// The first day in an entry after which it does not hold.
fn until(node: &Node<'_>) -> Option<String> {
    let own = node.members().find_map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let text = value.text().filter(|text| !text.is_empty())?;
        UNTILS.contains(&name.as_str()).then(|| text.to_owned())
    });
    own.or_else(|| node.members().find_map(|(_, value)| until(value)))
        .or_else(|| node.items().iter().find_map(until))
}
