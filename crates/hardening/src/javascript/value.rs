//! What an expression of a program stands for, as far as the file tells.

use crate::text::Text;
use std::ops::Range;

/// Longer texts are cut: no header is.
const LONGEST: usize = 64 * 1024;

/// A value and the bytes that say it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) place: Range<usize>,
    pub(crate) what: What,
}

/// The value itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Text(Text),
    Number(f64),
    Bool(bool),
    Null,
    Undefined,
    List(Vec<Value>),
    Object(Object),
    /// With what it returns, when that is one expression.
    Function(Option<Box<Value>>),
    /// Only known when the program runs.
    Unknown,
}

/// The properties of an object, in order; of two with one name the last counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Object {
    pub(crate) entries: Vec<Entry>,
    /// It may have more: something unknown is spread into it.
    pub(crate) open: bool,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Range<usize>,
    pub(crate) value: Value,
}

impl Object {
    pub(crate) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// The first of several names for one thing.
    pub(crate) fn any(&self, keys: &[&str]) -> Option<&Entry> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// Each property that counts, where its name stood first.
    pub(crate) fn effective(&self) -> Vec<&Entry> {
        let mut out: Vec<&Entry> = Vec::new();
        for entry in &self.entries {
            match out.iter_mut().find(|other| other.key == entry.key) {
                Some(other) => *other = entry,
                None => out.push(entry),
            }
        }
        out
    }
}

impl Value {
    pub(crate) fn new(place: Range<usize>, what: What) -> Self {
        Self { place, what }
    }

    pub(crate) fn unknown(place: Range<usize>) -> Self {
        Self::new(place, What::Unknown)
    }

    pub(crate) fn text(&self) -> Option<&Text> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn str(&self) -> Option<&str> {
        self.text().map(Text::value)
    }

    pub(crate) fn number(&self) -> Option<f64> {
        match self.what {
            What::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn object(&self) -> Option<&Object> {
        match &self.what {
            What::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        match &self.what {
            What::List(list) => Some(list),
            _ => None,
        }
    }

    pub(crate) fn is(&self, truth: bool) -> bool {
        self.what == What::Bool(truth)
    }

    /// Whether it counts as true; `None` when that is not known.
    pub(crate) fn truth(&self) -> Option<bool> {
        match &self.what {
            What::Text(text) => match text.dynamic().is_empty() {
                true => Some(!text.value().is_empty()),
                false => None,
            },
            What::Number(number) => Some(*number != 0.0),
            What::Bool(truth) => Some(*truth),
            What::Null | What::Undefined => Some(false),
            What::List(_) | What::Object(_) | What::Function(_) => Some(true),
            What::Unknown => None,
        }
    }

    /// Adds it to a text as the program would. What is not known has a stand-in, by what it follows.
    pub(crate) fn write(&self, out: &mut Text) {
        match &self.what {
            What::Text(text) => append(out, text),
            What::Number(number) => out.push(&number.to_string(), self.place.clone()),
            What::Bool(truth) => out.push(&truth.to_string(), self.place.clone()),
            What::Null => out.push("null", self.place.clone()),
            What::Undefined => out.push("undefined", self.place.clone()),
            What::Function(Some(value)) => value.write(out),
            What::List(list) => join(list, ",", &self.place, out),
            What::Object(_) | What::Function(None) | What::Unknown => {
                let stand_in = stand_in(out.value());
                out.push_dynamic(stand_in, self.place.clone());
            }
        }
    }
}

/// What to write for something unknown: in a nonce some base64, else a host that cannot be.
pub(crate) fn stand_in(before: &str) -> &'static str {
    match before.ends_with("nonce-") {
        true => "bm9uY2Vub25jZW5vbmNl",
        false => "dynamic.invalid",
    }
}

/// Adds a text to another one.
pub(crate) fn append(out: &mut Text, text: &Text) {
    for segment in text.segments() {
        if out.value().len() > LONGEST {
            return;
        }
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        match segment.dynamic {
            true => out.push_dynamic(part, segment.file.clone()),
            false => out.push(part, segment.file.clone()),
        }
    }
}

/// Writes a list with something in between; what stands in between is said by `place`.
pub(crate) fn join(list: &[Value], between: &str, place: &Range<usize>, out: &mut Text) {
    for (nth, value) in list.iter().enumerate() {
        if out.value().len() > LONGEST {
            return;
        }
        if nth > 0 {
            out.push(between, place.clone());
        }
        if !matches!(value.what, What::Null | What::Undefined) {
            value.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_has_a_stand_in() {
        let mut out = Text::plain("'nonce-", 0);
        Value::unknown(7..9).write(&mut out);
        assert_eq!(out.value(), "'nonce-bm9uY2Vub25jZW5vbmNl");
        assert_eq!(out.dynamic().len(), 1);
    }

    #[test]
    fn the_last_property_of_a_name_counts() {
        let entry = |key: &str, what| Entry {
            key: key.to_owned(),
            at: 0..1,
            value: Value::new(0..1, what),
        };
        let object = Object {
            entries: vec![
                entry("a", What::Null),
                entry("b", What::Null),
                entry("a", What::Bool(true)),
            ],
            open: false,
        };
        assert!(object.get("a").unwrap().value.is(true));
        assert_eq!(object.effective().len(), 2);
    }
}
