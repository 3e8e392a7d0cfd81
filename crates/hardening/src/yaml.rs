//! YAML with the place of everything: anchors, aliases and merge keys (`<<`) as Compose reads them.
//!
//! Aliases share their node, and what merge keys add is bounded: nothing that is repeated by reference can
//! grow.

mod filled;
mod written;

pub(crate) use filled::without_commands;
pub(crate) use written::{plain, written};

use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Maps and lists in one another, at most.
const DEEPEST: usize = 64;
/// Entries that merge keys of a file add, at most.
const MERGED: usize = 50_000;
/// Signs that start a flow collection, part its values, or name something; the scanner keeps what they make
/// in memory until it knows whether all of it is a key.
const MAX_SIGNS: usize = 500_000;

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// Bytes of the file. A map or list begins with its first entry and ends where the parser says.
    pub(crate) place: Range<usize>,
    pub(crate) value: Value,
    /// How many maps and lists are in one another below it.
    depth: usize,
    /// Where the text of a scalar begins, when it stands in the file as it is.
    at: Option<usize>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Value {
    /// `plain` when it stands without quotes, so that `true` is a truth value.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Rc<Node>>),
    Map(Vec<(Key, Rc<Node>)>),
}

/// A key of a map.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) text: Rc<str>,
    pub(crate) place: Range<usize>,
}

impl Node {
    /// The entries of a map; none for anything else.
    pub(crate) fn entries(&self) -> &[(Key, Rc<Self>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Rc<Self>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The key and value of that name; the last one written, as loaders take it.
    pub(crate) fn entry(&self, name: &str) -> Option<&(Key, Rc<Self>)> {
        let mut entries = self.entries().iter().rev();
        entries.find(|(key, _)| &*key.text == name)
    }

    /// The value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Rc<Self>> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, name| node.get(name).map(|node| &**node))
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Where the text of a scalar begins in the file, when it stands there as it is.
    pub(crate) fn text_at(&self) -> Option<usize> {
        self.at
    }

    /// The text of the scalar of that name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(|node| node.text())
    }

    /// Whether nothing is written here.
    pub(crate) fn is_null(&self) -> bool {
        let Value::Scalar { text, plain } = &self.value else {
            return false;
        };
        *plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The truth value that is written here, also in quotes.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }
}

/// Why a text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// A map or list that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    value: Value,
    key: Option<Key>,
}

/// Why a text that breaks the grammar is not read.
const BROKEN: Unreadable = Unreadable("is not well-formed YAML");

/// The documents of a text.
pub(crate) fn parse(text: &str) -> Result<Vec<Rc<Node>>, Unreadable> {
    match documents(text) {
        Err(reason) if reason == BROKEN => documents(&eased(text)),
        other => other,
    }
}

/// The text as the parser takes it where others do without: no comment on a line of its own, and a bracket that
/// closes a list at the end of the line before, because it may not stand as far left as the key. As long as
/// before, so that every place is the same.
fn eased(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        if start.starts_with([']', '}']) {
            let ends = out.len() - out.trim_end_matches(['\r', '\n']).len();
            // Only the end of the line before: empty lines are none of a list's.
            let ends = ends.min(if out.ends_with("\r\n") { 2 } else { 1 });
            out.truncate(out.len() - ends);
            out.extend(std::iter::repeat_n(' ', ends));
        }
        if !start.starts_with('#') {
            out.push_str(line);
            continue;
        }
        let body = line.trim_end_matches(['\r', '\n']);
        out.extend(std::iter::repeat_n(' ', body.len()));
        out.push_str(line.get(body.len()..).unwrap_or_default());
    }
    out
}

fn documents(text: &str) -> Result<Vec<Rc<Node>>, Unreadable> {
    let sign = |byte: &u8| matches!(byte, b',' | b'[' | b'{' | b'&' | b'*' | b'!');
    if text.bytes().filter(|byte| sign(byte)).count() > MAX_SIGNS {
        return Err(Unreadable("has too many signs to be read as YAML"));
    }
    let bytes = Bytes::new(text);
    let mut reader = Reader {
        text,
        documents: Vec::new(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        merged: 0,
    };
    for step in Parser::new_from_str(text) {
        let (event, span) = step.map_err(|_| BROKEN)?;
        let place = bytes.at(span.start.index())..bytes.at(span.end.index());
        reader.event(event, place)?;
    }
    if reader.merged >= MERGED {
        return Err(Unreadable("has too many merge keys"));
    }
    Ok(reader.documents)
}

struct Reader<'t> {
    text: &'t str,
    documents: Vec<Rc<Node>>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Node>>,
    merged: usize,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, place: Range<usize>) -> Result<(), Unreadable> {
        match event {
            Event::MappingStart(anchor, _) => {
                self.start(place.start, anchor, Value::Map(Vec::new()))
            }
            Event::SequenceStart(anchor, _) => {
                self.start(place.start, anchor, Value::List(Vec::new()))
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                let place = open.start..place.end.max(open.start);
                let value = match open.value {
                    Value::Map(entries) => Value::Map(self.merge(entries)),
                    other => other,
                };
                let depth = match &value {
                    Value::List(items) => items.iter().map(|node| node.depth).max(),
                    Value::Map(entries) => entries.iter().map(|(_, node)| node.depth).max(),
                    Value::Scalar { .. } => None,
                };
                let depth = depth.unwrap_or_default() + 1;
                self.put(
                    Rc::new(Node {
                        place,
                        value,
                        depth,
                        at: None,
                    }),
                    open.anchor,
                );
                Ok(())
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = matches!(style, ScalarStyle::Plain);
                let place = self.tight(place);
                let at = self.as_written(&text, &place);
                let text = text.into_owned();
                let value = Value::Scalar { text, plain };
                let depth = 0;
                self.put(
                    Rc::new(Node {
                        place,
                        value,
                        depth,
                        at,
                    }),
                    anchor,
                );
                Ok(())
            }
            Event::Alias(anchor) => {
                let unknown = || {
                    let text = String::new();
                    let value = Value::Scalar { text, plain: true };
                    Rc::new(Node {
                        place: place.clone(),
                        value,
                        depth: 0,
                        at: None,
                    })
                };
                let known = self.anchors.get(&anchor).cloned();
                // Aliases of aliases nest as well as brackets do.
                let known = known.filter(|node| node.depth < DEEPEST);
                let node = known.unwrap_or_else(unknown);
                self.put(node, 0);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, start: usize, anchor: usize, value: Value) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            return Err(Unreadable("is nested too deep"));
        }
        self.open.push(Open {
            start,
            anchor,
            value,
            key: None,
        });
        Ok(())
    }

    fn put(&mut self, node: Rc<Node>, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        match &mut open.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    open.key = Some(Key {
                        text: node.text().unwrap_or_default().into(),
                        place: node.place.clone(),
                    });
                }
            },
            Value::Scalar { .. } => {}
        }
    }

    /// Adds what `<<` names; keys that stand in the map itself win, and earlier maps before later ones.
    fn merge(&mut self, entries: Vec<(Key, Rc<Node>)>) -> Vec<(Key, Rc<Node>)> {
        if !entries.iter().any(|(key, _)| &*key.text == "<<") {
            return entries;
        }
        let (merges, mut own): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|(key, _)| &*key.text == "<<");
        let mut names: std::collections::BTreeSet<Rc<str>> =
            own.iter().map(|(key, _)| key.text.clone()).collect();
        for (_, node) in merges {
            let maps = match &node.value {
                Value::List(items) => items.clone(),
                _ => vec![node],
            };
            for (key, value) in maps.iter().flat_map(|map| map.entries()) {
                if self.merged < MERGED && names.insert(key.text.clone()) {
                    self.merged += 1;
                    own.push((key.clone(), value.clone()));
                }
            }
        }
        own
    }

    /// Where a text begins when it stands in the file as it is, with quotes around it or without.
    fn as_written(&self, text: &str, place: &Range<usize>) -> Option<usize> {
        let raw = self.text.get(place.clone())?;
        let inside = raw.get(1..raw.len().saturating_sub(1));
        match raw == text {
            true => Some(place.start),
            false => (inside? == text).then_some(place.start + 1),
        }
    }

    /// Without white space at the end, which the parser counts to a plain scalar.
    fn tight(&self, place: Range<usize>) -> Range<usize> {
        let text = self.text.get(place.clone()).unwrap_or_default();
        place.start..place.start + text.trim_end().len()
    }
}

/// Places in bytes: the parser counts characters.
struct Bytes(Option<Vec<usize>>, usize);

impl Bytes {
    fn new(text: &str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self(starts, text.len())
    }

    fn at(&self, character: usize) -> usize {
        match &self.0 {
            Some(starts) => starts.get(character).copied().unwrap_or(self.1),
            None => character.min(self.1),
        }
    }
}

/// Whether a text holds the marks of a template that is filled in before anybody reads it as YAML.
pub(crate) fn is_template(text: &str) -> bool {
    ["{{", "{%", "<%"].iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bytes_and_merge_keys_are_applied() {
        let text = "x: &a\n  \u{e9}: 1 # no\n  k: v\nb:\n  <<: *a\n  k: w\n";
        let documents = parse(text).unwrap();
        let b = documents[0].get("b").unwrap();
        assert_eq!(b.text_of("k"), Some("w"));
        let (key, value) = b.entry("\u{e9}").unwrap();
        assert_eq!(text.get(value.place.clone()), Some("1"));
        assert_eq!(text.get(key.place.clone()), Some("\u{e9}"));
        assert_eq!(documents[0].at(&["b", "k"]).unwrap().text(), Some("w"));
    }

    #[test]
    fn hostile_texts_are_refused_or_stay_small() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"a: {".repeat(1_000)).is_err());
        assert!(parse("a: [\n").is_err());
        assert!(parse("a: &a [*a]\n").is_ok_and(|documents| documents.len() == 1));
        let mut bomb = "a0: &a0 {x: 1}\n".to_owned();
        for at in 1..60 {
            bomb += &format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1);
        }
        assert!(parse(&bomb).is_ok());
        let mut chain = "a0: &a0 {x: 1}\n".to_owned();
        for at in 1..50_000 {
            chain += &format!("a{at}: &a{at} [*a{}]\n", at - 1);
        }
        assert!(parse(&chain).is_ok());
    }

    #[test]
    fn brackets_that_close_below_their_key() {
        for text in [
            "a:\n  b: [\n    1,\n    # \u{e9}, 2\n  ]\n  c: 3\n",
            "a:\r\n  b: [\r\n    \"x\"\r\n  ]\r\n  c: 3\r\n",
        ] {
            let documents = parse(text).unwrap();
            let c = documents[0].at(&["a", "c"]).unwrap();
            assert_eq!(text.get(c.place.clone()), Some("3"));
            assert_eq!(documents[0].at(&["a", "b"]).unwrap().items().len(), 1);
            assert_eq!(eased(text).len(), text.len());
        }
    }

    #[test]
    fn truth() {
        let documents = parse("a: yes\nb: \"false\"\nc:\n").unwrap();
        assert_eq!(documents[0].get("a").unwrap().truth(), Some(true));
        assert_eq!(documents[0].get("b").unwrap().truth(), Some(false));
        assert!(documents[0].get("c").unwrap().is_null());
    }
}
