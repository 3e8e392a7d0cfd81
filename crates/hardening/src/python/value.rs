//! What a constant is, as far as it can be told without running the program.

use crate::text::Text;
use std::ops::Range;
use std::rc::Rc;

/// Parts of a value, at most; a larger one counts as unknown.
const LARGEST: u32 = 20_000;
/// Lists inside of each other, at most.
const DEEPEST: u32 = 30;
/// Bytes of one text, at most.
const LONGEST: usize = 64 << 10;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Valued {
    pub(super) what: What,
    /// The bytes that say it.
    pub(super) place: Range<usize>,
    /// The file, by its number in the evaluation.
    pub(super) file: usize,
    size: u32,
    depth: u32,
}

/// Values are shared, never copied.
pub(super) type Value = Rc<Valued>;

/// How a value from the environment became what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cast {
    /// It is still text.
    Text,
    /// Text is taken for its truth: `False` is true.
    Truth,
    /// It was read as what it says.
    Read,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum What {
    Nothing,
    Bool(bool),
    Number(f64),
    /// In seconds.
    Duration(f64),
    Text(Text),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// From the environment of the process, with what it is otherwise.
    Environment {
        default: Option<Value>,
        cast: Cast,
    },
    Unknown,
}

impl Valued {
    /// A value; unknown if it is too large.
    pub(super) fn new(what: What, place: Range<usize>, file: usize) -> Value {
        let (mut size, mut depth) = (1_u32, 0_u32);
        let mut count = |value: &Value| {
            size = size.saturating_add(value.size);
            depth = depth.max(value.depth + 1);
        };
        let long = match &what {
            What::List(all) => {
                all.iter().for_each(&mut count);
                false
            }
            What::Dict(all) => {
                for (key, value) in all {
                    count(key);
                    count(value);
                }
                false
            }
            What::Environment { default, .. } => {
                default.iter().for_each(&mut count);
                false
            }
            What::Text(text) => text.value().len() > LONGEST,
            _ => false,
        };
        let what = match long || size > LARGEST || depth > DEEPEST {
            true => What::Unknown,
            false => what,
        };
        if matches!(what, What::Unknown) {
            (size, depth) = (1, 0);
        }
        Rc::new(Self {
            what,
            place,
            file,
            size,
            depth,
        })
    }

    /// Something that only the running program knows.
    pub(super) fn unknown(place: Range<usize>, file: usize) -> Value {
        Self::new(What::Unknown, place, file)
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&Text> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text's value, if all of it is known.
    pub(super) fn str(&self) -> Option<&str> {
        self.text()
            .filter(|text| text.segments().iter().all(|part| !part.dynamic))
            .map(Text::value)
    }

    /// True or false, if it is that.
    pub(super) fn bool(&self) -> Option<bool> {
        match &self.what {
            What::Bool(bool) => Some(*bool),
            What::Number(number) => Some(*number != 0.0),
            What::Nothing => Some(false),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub(super) fn list(&self) -> Option<&[Value]> {
        match &self.what {
            What::List(all) => Some(all),
            _ => None,
        }
    }

    /// The entries, if it is a dictionary.
    pub(super) fn dict(&self) -> Option<&[(Value, Value)]> {
        match &self.what {
            What::Dict(all) => Some(all),
            _ => None,
        }
    }

    /// The last entry of a key.
    pub(super) fn get(&self, key: &str) -> Option<&(Value, Value)> {
        let mut entries = self.dict()?.iter().rev();
        entries.find(|(name, _)| name.str() == Some(key))
    }

    /// What it is when the environment says nothing; itself when it does not come from there.
    pub(super) fn otherwise(&self) -> Option<&Self> {
        match &self.what {
            What::Environment { default, .. } => default.as_deref(),
            _ => Some(self),
        }
    }
}

/// Adds a text to another one, each part with its place.
pub(super) fn append(text: &mut Text, more: &Text) {
    for part in more.segments() {
        let value = more.value().get(part.value.clone()).unwrap_or_default();
        match part.dynamic {
            true => text.push_dynamic(value, part.file.clone()),
            false => text.push(value, part.file.clone()),
        }
    }
}

/// A part of a text, with its places.
pub(super) fn slice(text: &Text, range: Range<usize>) -> Text {
    let mut cut = Text::default();
    for part in text.segments() {
        let start = part.value.start.max(range.start);
        let end = part.value.end.min(range.end);
        if start >= end {
            continue;
        }
        let Some(value) = text.value().get(start..end) else {
            continue;
        };
        match part.dynamic {
            true => cut.push_dynamic(value, part.file.clone()),
            false => cut.push(value, text.place(start..end)),
        }
    }
    cut
}

/// What stands for a part that is not known: a nonce after `nonce-`, a host elsewhere.
pub(super) fn push_unknown(text: &mut Text, place: Range<usize>) {
    let stand_in = match text.value().ends_with("nonce-") {
        true => "bG9ja2dhdGVsb2NrZ2F0ZQ",
        false => "dynamic.invalid",
    };
    text.push_dynamic(stand_in, place);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_grow_without_end_become_unknown() {
        let mut value = Valued::new(What::List(Vec::new()), 0..1, 0);
        for _ in 0..100 {
            value = Valued::new(What::List(vec![value.clone(), value]), 0..1, 0);
            assert!(value.size <= LARGEST && value.depth <= DEEPEST);
        }
    }

    #[test]
    fn slices_keep_their_places() {
        let mut text = Text::plain("default-src ", 100);
        text.push("'self'", 200..206);
        let cut = slice(&text, 8..14);
        assert_eq!(cut.value(), "src 's");
        assert_eq!(cut.place(0..3), 108..111);
        assert_eq!(cut.place(4..6), 200..202);
    }
}
