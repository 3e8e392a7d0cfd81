//! JSON of hosting services: lists of `source` and `headers`.

use super::{Paths, header, netlify::written};
use crate::check::{Found, Look};
use crate::finding::Gap;
use crate::response::Header;
use jsonc_parser::ast::{Array, Object, ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// Reads a file and hands its object on. What cannot be read is a gap.
pub(super) fn with_object(
    look: &Look<'_>,
    found: &mut Found,
    then: impl FnOnce(&Object<'_>, &mut Found),
) {
    let text = look.file.text();
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    match parsed.map(|parsed| parsed.value) {
        Ok(Some(Value::Object(object))) => then(&object, found),
        Ok(_) => {}
        Err(_) => found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: "it is no JSON".to_owned(),
            template: text.contains("{{"),
        }),
    }
}

pub(super) fn get<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o Value<'a>> {
    let named = |property: &&ObjectProp<'a>| property.name.as_str() == name;
    object
        .properties
        .iter()
        .find(named)
        .map(|property| &property.value)
}

pub(super) fn list<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o Array<'a>> {
    match get(object, name) {
        Some(Value::Array(array)) => Some(array),
        _ => None,
    }
}

pub(super) fn objects<'o, 'a>(array: &'o Array<'a>) -> impl Iterator<Item = &'o Object<'a>> {
    array.elements.iter().filter_map(|value| match value {
        Value::Object(object) => Some(object),
        _ => None,
    })
}

fn words<'o>(value: Option<&'o Value<'_>>) -> Option<(&'o str, Range<usize>)> {
    match value {
        Some(Value::StringLit(literal)) => {
            let range = literal.range();
            Some((literal.value.as_ref(), range.start..range.end))
        }
        _ => None,
    }
}

/// `{"source": …, "headers": [{"key": …, "value": …}]}`
pub(super) fn rules(text: &str, array: &Array<'_>, paths: &mut Paths) {
    for rule in objects(array) {
        let pattern = ["source", "glob", "regex"]
            .iter()
            .find_map(|name| words(get(rule, name)));
        let Some((pattern, place)) = pattern else {
            continue;
        };
        let headers = list(rule, "headers")
            .into_iter()
            .flat_map(|array| objects(array));
        let headers = headers.filter_map(|one| {
            let (name, _) = words(get(one, "key"))?;
            let (value, span) = words(get(one, "value"))?;
            let range = one.range();
            Some(header(
                name,
                written(text, value, span),
                range.start..range.end,
            ))
        });
        let headers = headers.collect();
        // With a condition the rule does not hold for all.
        let always = get(rule, "has").is_none() && get(rule, "missing").is_none();
        paths.add(pattern, place, headers, always);
    }
}

/// `{"Name": "value"}`
pub(super) fn table(text: &str, object: &Object<'_>) -> Vec<Header> {
    let properties = object.properties.iter().filter_map(|property| {
        let (value, span) = words(Some(&property.value))?;
        let range = property.range();
        let mut header = header(
            property.name.as_str(),
            written(text, value, span),
            range.start..range.end,
        );
        if value.is_empty() {
            header.state = crate::response::State::Removed;
        }
        Some(header)
    });
    properties.collect()
}

/// The place of a value.
pub(super) fn place(object: &Object<'_>) -> Range<usize> {
    let range = object.range();
    range.start..range.start + 1
}

/// A text of an object, with its place.
pub(super) fn text<'o>(object: &'o Object<'_>, name: &str) -> Option<(&'o str, Range<usize>)> {
    words(get(object, name))
}
