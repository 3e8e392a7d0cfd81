//! Structured text → one tree with lines, whatever its syntax. The formats above it read the tree
//! and never care how it was written.
//!
//! Each reader works in bounded memory and never deeper than [`MAX_DEPTH`].

pub mod json;
pub mod toml;
pub mod yaml;

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Deeper documents are refused. No lockfile that a tool writes comes near.
const MAX_DEPTH: usize = 64;

/// Documents of more values are refused: a lockfile of 50 000 packages has about a million.
const MAX_NODES: usize = 4_000_000;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    /// Line of its key, or of its start when it has none; 1-based.
    pub line: u32,
    /// What it is.
    pub value: Value<'a>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Null, or something of no interest.
    Nothing,
    /// A text; also numbers and flags, as they are written.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Node<'a>>),
    /// Named values. Of equal names the last one counts.
    Map(BTreeMap<Cow<'a, str>, Node<'a>>),
}

impl<'a> Node<'a> {
    /// The value of a key, when this has keys and that one is there.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(map) => map.get(key),
            _ => None,
        }
    }

    /// The value at the end of a way of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text, when this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// True when the key says `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.text_of(key) == Some("true")
    }

    /// True when this has keys.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// The named values, by name.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let map = match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        };
        map.into_iter()
            .flatten()
            .map(|(key, node)| (key.as_ref(), node))
    }

    /// The named values of a key.
    pub fn members_of(&self, key: &str) -> impl Iterator<Item = (&str, &Self)> {
        self.get(key).into_iter().flat_map(Self::members)
    }

    /// The values of the list.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The values of the list of a key.
    pub fn items_of(&self, key: &str) -> &[Self] {
        self.get(key).map(Self::items).unwrap_or_default()
    }
}

/// The name of the next value of a map, and its line.
type Key<'a> = (Cow<'a, str>, u32);

/// Values under construction, outermost first. Shared by the readers that see a document as a
/// sequence of steps, so that none of them calls itself.
#[derive(Default)]
struct Stack<'a> {
    open: Vec<(Node<'a>, Option<Key<'a>>)>,
    count: usize,
}

impl<'a> Stack<'a> {
    /// Starts a list or a map; `None` when this is too deep or too much.
    fn open(&mut self, line: u32, value: Value<'a>) -> Option<()> {
        self.count += 1;
        if self.open.len() >= MAX_DEPTH || self.count > MAX_NODES {
            return None;
        }
        self.open.push((Node { line, value }, None));
        Some(())
    }

    /// Ends the innermost list or map; the whole value when it was the outermost.
    fn close(&mut self) -> Option<Option<Node<'a>>> {
        let (node, _) = self.open.pop()?;
        self.put(node)
    }

    /// Puts a complete value where it belongs: `Some(None)`, or it is the whole document.
    fn put(&mut self, mut node: Node<'a>) -> Option<Option<Node<'a>>> {
        self.count += 1;
        if self.count > MAX_NODES {
            return None;
        }
        let Some((parent, key)) = self.open.last_mut() else {
            return Some(Some(node));
        };
        match &mut parent.value {
            Value::List(items) => items.push(node),
            Value::Map(map) => {
                let (key, line) = key.take()?;
                node.line = line;
                map.insert(key, node);
            }
            Value::Nothing | Value::Text(_) => return None,
        }
        Some(None)
    }

    /// Names the next value of the innermost map.
    fn key(&mut self, key: Cow<'a, str>, line: u32) -> Option<()> {
        let (_, slot) = self.open.last_mut()?;
        *slot = Some((key, line));
        Some(())
    }

    /// True when the innermost value is a map that waits for a name.
    fn wants_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|(node, key)| node.is_map() && key.is_none())
    }

    /// True when the innermost value is a list.
    fn in_list(&self) -> bool {
        let innermost = self.open.last();
        innermost.is_some_and(|(node, _)| matches!(node.value, Value::List(_)))
    }
}

/// A line number from a count of any size.
pub fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
