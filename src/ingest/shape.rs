//! The outline of a JSON document: enough to tell formats apart without building the document.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Keys are remembered up to this number per object. Formats are told apart by far fewer; the
/// bound keeps an object with a million keys from costing memory.
const MAX_KEYS: usize = 64;

/// Levels that are looked into below the top.
const MAX_DEPTH: usize = 3;

/// Outline of a document: of a JSON value, three levels deep; of XML, the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// `null`.
    Null,
    /// A boolean, number or string.
    Scalar,
    /// An array with the outline of its first element.
    Array(Option<Box<Self>>),
    /// An object's first keys, with the outline of each value.
    Object(Vec<(String, Self)>),
    /// Too deep to matter.
    Deeper,
    /// Several JSON documents one after another, most often one to a line: the outlines of the
    /// first ones that differ.
    Sequence(Vec<Self>),
    /// An XML document.
    Xml {
        /// Local name of the root element.
        root: String,
        /// Namespace of the root element; empty when it has none.
        namespace: String,
    },
}

impl Shape {
    /// The outline of the value under `key`, when this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// True for an object that has the key, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// True for an object that has all the keys.
    pub fn has_all(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.has(key))
    }

    /// True for an object that has one of the keys.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }

    /// True for an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// True for an array.
    pub fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    /// The outline of the first element of a non-empty array.
    pub fn first(&self) -> Option<&Self> {
        match self {
            Self::Array(first) => first.as_deref(),
            _ => None,
        }
    }

    /// The outlines of the documents of a sequence; of a single document, its own.
    pub fn documents(&self) -> &[Self] {
        match self {
            Self::Sequence(shapes) => shapes,
            Self::Xml { .. } => &[],
            single => std::slice::from_ref(single),
        }
    }

    /// True for an XML document with this root element.
    pub fn is_xml(&self, name: &str) -> bool {
        matches!(self, Self::Xml { root, .. } if root == name)
    }

    /// The keys of an object, in the document's order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let entries = match self {
            Self::Object(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, _)| key.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Outline(MAX_DEPTH).deserialize(deserializer)
    }
}

/// Reads a value down to the given number of levels and skips the rest.
struct Outline(usize);

impl<'de> DeserializeSeed<'de> for Outline {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outline {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Scalar)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        let Some(below) = self.0.checked_sub(1) else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Shape::Deeper);
        };
        let first = seq.next_element_seed(Self(below))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Array(first.map(Box::new)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let Some(below) = self.0.checked_sub(1) else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Shape::Deeper);
        };
        let mut entries = Vec::new();
        while entries.len() < MAX_KEYS {
            let Some(key) = map.next_key::<String>()? else {
                return Ok(Shape::Object(entries));
            };
            entries.push((key, map.next_value_seed(Self(below))?));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Shape::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn inner_keys_are_seen() {
        let s = shape(r#"{"runs":[{"tool":{"driver":{}}}],"n":null}"#);
        assert!(s.has_all(&["runs", "n"]));
        assert!(s.get("runs").is_some_and(Shape::is_array));
        assert_eq!(s.get("n"), Some(&Shape::Null));
        assert_eq!(shape("[]"), Shape::Array(None));
        assert!(
            shape(r#"[{"Target":1}]"#)
                .first()
                .is_some_and(|f| f.has("Target"))
        );
    }

    #[test]
    fn a_million_keys_cost_no_memory() {
        let body: Vec<String> = (0..1000).map(|i| format!("\"k{i}\":{i}")).collect();
        assert_eq!(
            shape(&format!("{{{}}}", body.join(","))).keys().count(),
            MAX_KEYS
        );
    }
}
