//! A name, an operator, a value of a known shape.

use regex_automata::{Anchored, Input, meta::Regex};
use std::ops::Range;

/// A service, made ready.
pub(crate) struct Named {
    words: Vec<String>,
    values: Vec<Regex>,
    within: usize,
}

impl Named {
    pub(crate) fn new(names: &[String], values: &[String], within: usize) -> Self {
        let mut words = Vec::new();
        for name in names {
            let name = name.to_ascii_lowercase();
            if name.contains('_') {
                words.extend(["", "-", ".", " "].map(|between| name.replace('_', between)));
            }
            words.push(name);
        }
        Self {
            words,
            values: values
                .iter()
                .filter_map(|value| super::compile(value))
                .collect(),
            within,
        }
    }

    /// Every spelling of every name, in lower case.
    pub(crate) fn words(&self) -> Vec<String> {
        self.words.clone()
    }

    /// The first value within reach of a name that ends at `from`.
    pub(crate) fn value_after(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let limit = (from + self.within).min(text.len());
        let mut operator = false;
        let mut before = *text.get(from.checked_sub(1)?)?;
        for at in from..limit {
            let byte = *text.get(at)?;
            if operator && is_word(byte) && !is_word(before) {
                for value in &self.values {
                    let input = Input::new(text).range(at..).anchored(Anchored::Yes);
                    if let Some(found) = value.find(input) {
                        let after = text.get(found.end()).copied();
                        if !found.is_empty() && !after.is_some_and(is_word) {
                            return Some(found.range());
                        }
                    }
                }
            }
            operator |= matches!(byte, b'=' | b':' | b'"' | b'\'' | b'`' | b'>' | b'(' | b',');
            before = byte;
        }
        None
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
