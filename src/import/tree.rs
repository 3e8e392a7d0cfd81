//! One tree for JSON, YAML, TOML and INI, in which every value knows its line.

use crate::model::Problem;

/// Levels of nesting that are read; the files in question have five.
pub const MAX_DEPTH: usize = 64;

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The line it starts on, 1-based.
    pub line: u32,
    /// What it is.
    pub value: Value,
}

/// What a node holds. All of it is foreign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text; dates too.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Names with values, in the file's order; a name may occur twice.
    Table(Vec<Entry>),
}

/// A named value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub key: String,
    /// The line of the name, 1-based.
    pub line: u32,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value of a name. Of a name that occurs twice the last counts, as the tools' own readers
    /// have it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entry = self.entries().iter().rev().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    /// True for a table with this name in it.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The text, for a text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text under a name.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The elements, for a list.
    pub fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// The elements of the list under a name.
    pub fn list_of(&self, key: &str) -> &[Self] {
        self.get(key).map(Self::list).unwrap_or_default()
    }

    /// The texts of the list under a name; none when the name is not there. `None` when it holds
    /// something else.
    pub fn texts_of(&self, key: &str) -> Option<Vec<&str>> {
        match self.get(key).map(|node| &node.value) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::List(list)) => list.iter().map(Self::text).collect(),
            Some(_) => None,
        }
    }

    /// The entries, for a table.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }
}

/// Finds the line of a byte.
pub struct LineIndex(Vec<usize>);

impl LineIndex {
    /// For a text.
    pub fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line that holds the byte at this offset, 1-based.
    pub fn at(&self, offset: usize) -> u32 {
        let before = self.0.partition_point(|newline| *newline < offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

/// The file is not what its name or its beginning promise. `words` are the parser's.
pub fn broken(language: &str, words: &str) -> Problem {
    Problem::new("not-readable", format!("the file is not valid {language}")).detail(words)
}

/// See [`MAX_DEPTH`].
pub fn too_deep() -> Problem {
    Problem::new(
        "too-deep",
        format!("the file is nested more than {MAX_DEPTH} levels deep"),
    )
}
