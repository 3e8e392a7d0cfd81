//! Reading fields whose type drifts between versions of a tool.
//!
//! What tells formats apart is read strictly elsewhere; these are for the rest, where a wrong type
//! means "not given" and must not cost the whole report.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// Text that borrows from the document where it can. `Option<Cow<str>>` never does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> serde::Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A number or a text, or nothing: `9.8`, `"9.8 "`, `1179`, `"pyup-1"`; anything else is nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scalar(pub Option<String>);

impl Scalar {
    /// The number, where it is one: surrounding white space is tolerated, nothing else.
    pub fn number(&self) -> Option<f64> {
        let number: f64 = self.0.as_deref()?.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// The text, where there is some.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref().filter(|t| !t.is_empty())
    }
}

impl<'de> serde::Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut texts = Texts::deserialize(deserializer)?;
        Ok(Self(if texts.list { None } else { texts.items.pop() }))
    }
}

/// A whole number, also written as `3.0` or `"3"`; anything else is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Int(pub Option<i64>);

impl<'de> serde::Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor)
    }
}

struct IntVisitor;

impl<'de> Visitor<'de> for IntVisitor {
    type Value = Int;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Int, E> {
        Ok(Int(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Int, E> {
        Ok(Int(None))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Int, E> {
        Ok(Int(Some(n)))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Int, E> {
        Ok(Int(i64::try_from(n).ok()))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Int, E> {
        let whole = n.fract() == 0.0 && n.abs() < 1e15;
        Ok(Int(whole.then_some(n as i64)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Int, E> {
        Ok(Int(text.trim().parse().ok()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Int, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Int(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Int, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Int(None))
    }
}

/// A value that is empty when it is `null`: several tools write `null` for an empty list.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: serde::Deserialize<'de> + Default,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// A value that is written as an object. A derived reader also takes a list, its elements for the
/// fields in their order, and where all fields are optional `[]` would pass for an empty one.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: serde::Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// A list of objects, or nothing: see [`Object`].
pub fn objects<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    let list = <Option<Vec<Object<T>>> as serde::Deserialize>::deserialize(deserializer)?;
    Ok(list.map(|list| list.into_iter().map(|object| object.0).collect()))
}

/// Texts from a list of scalars, or from a single scalar; objects and nested lists are skipped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    /// The texts, numbers and booleans spelled out.
    pub items: Vec<String>,
    list: bool,
}

impl<'de> serde::Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor)
    }
}

struct TextsVisitor;

impl TextsVisitor {
    fn one(text: impl ToString) -> Texts {
        Texts {
            items: vec![text.to_string()],
            list: false,
        }
    }
}

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Texts, E> {
        Ok(Texts::default())
    }

    fn visit_bool<E>(self, b: bool) -> Result<Texts, E> {
        Ok(Self::one(b))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Texts, E> {
        Ok(Self::one(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Texts, E> {
        Ok(Self::one(n))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Texts, E> {
        Ok(Self::one(n))
    }

    fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
        Ok(Self::one(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Texts, A::Error> {
        let mut items = Vec::new();
        while let Some(Scalar(item)) = seq.next_element()? {
            items.extend(item);
        }
        Ok(Texts { items, list: true })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Texts::default())
    }
}

/// CWE numbers in any of the spellings that occur: `CWE-79`, `79`, `cwe-079`, `["CWE-79"]` in a
/// string.
pub fn cwe_numbers(texts: &[String]) -> impl Iterator<Item = u32> {
    texts.iter().flat_map(|text| {
        text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .filter(|n| *n > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_in_every_spelling() {
        let number = |t: &str| serde_json::from_str::<Scalar>(t).unwrap().number();
        assert_eq!(number("9.8"), Some(9.8));
        assert_eq!(number("\"9.8 \""), Some(9.8));
        for nothing in [
            "null",
            "\"undefined\"",
            "\"\"",
            "[]",
            "{\"a\":[1]}",
            "\"NaN\"",
            "\"inf\"",
        ] {
            assert_eq!(number(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn whole_numbers_in_every_spelling() {
        let int = |t: &str| serde_json::from_str::<Int>(t).unwrap().0;
        for three in ["3", "3.0", "\"3\""] {
            assert_eq!(int(three), Some(3), "{three}");
        }
        for nothing in ["null", "3.5", "\"x\"", "[1]", "{}", "true", "1e300"] {
            assert_eq!(int(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_list_is_no_object() {
        #[derive(serde::Deserialize)]
        struct Lax {
            #[serde(default)]
            name: Scalar,
        }
        let read = serde_json::from_str::<Object<Lax>>;
        assert_eq!(
            read(r#"{"name":"a","b":1}"#).unwrap().0.name.text(),
            Some("a")
        );
        for wrong in ["[]", "[\"a\"]", "null", "\"a\"", "1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn weaknesses_in_every_spelling() {
        let cwe = |t: &str| {
            let texts: Texts = serde_json::from_str(t).unwrap();
            cwe_numbers(&texts.items).collect::<Vec<_>>()
        };
        assert_eq!(cwe("\"CWE-79\""), [79]);
        assert_eq!(cwe("[\"CWE-079\",\"CWE-1321\"]"), [79, 1321]);
        assert_eq!(cwe(r#""[\"CWE-471\"]""#), [471]);
        assert_eq!(cwe("null"), [0; 0]);
    }
}
