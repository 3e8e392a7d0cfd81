//! Reading `all`, `any` and `not`, and conditions that contradict each other.

use super::super::condition::Condition;
use super::super::file::Reader;
use super::nested;
use crate::model::Kind;
use std::ops::Range;
use toml::de::DeTable;

/// Most tables inside each other.
const MOST_DEPTH: usize = 16;

/// The combinations of a table that is itself inside of `depth` others.
pub fn conditions(reader: &mut Reader<'_, '_>, depth: usize, all: &mut Vec<Condition>) {
    type Make = fn(Vec<Condition>) -> Condition;
    let lists: [(&'static str, Make); 2] = [("all", Condition::all), ("any", Condition::any)];
    for (key, make) in lists {
        let Some(value) = reader.value(key) else {
            continue;
        };
        let span = value.span();
        let list = value.get_ref().as_array();
        let wrong = |item: &toml::Spanned<toml::de::DeValue<'_>>| !item.get_ref().is_table();
        match list {
            Some(list) if list.is_empty() => reader.error(
                span,
                &format!("`{key}` is an empty list"),
                "nothing here",
                Some(format!("leave `{key}` out, or list conditions: {EXAMPLE}")),
            ),
            Some(list) if !list.iter().any(wrong) => {
                let tables = reader.tables(key);
                let parts = tables.into_iter();
                let parts = parts.map(|(table, span)| inner(reader, key, table, span, depth));
                all.push(make(parts.collect()));
            }
            _ => reader.error(
                span,
                &format!("`{key}` must be a list of tables"),
                "not a list of conditions",
                Some(format!("write {key} = {EXAMPLE}")),
            ),
        }
    }
    if let Some((table, span)) = reader.table("not") {
        let part = inner(reader, "not", table, span, depth);
        all.push(Condition::Not(Box::new(part)));
    }
}

const EXAMPLE: &str = "[{ kind = \"secret\" }, { severity = \">=high\" }]";

fn inner(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    table: &DeTable<'_>,
    span: Range<usize>,
    depth: usize,
) -> Condition {
    if depth >= MOST_DEPTH {
        reader.error(
            span,
            &format!("conditions are nested more than {MOST_DEPTH} deep"),
            "too deep",
            Some("write several gates; the first that matches decides".to_owned()),
        );
        return Condition::All(Vec::new());
    }
    if table.is_empty() {
        reader.error(
            span.clone(),
            &format!("an empty table in `{key}` is true of every finding"),
            "nothing here",
            Some("leave it out, or write a condition in it".to_owned()),
        );
    }
    let parts = reader.within(table, span, key, |reader| nested(reader, depth + 1));
    match <[Condition; 1]>::try_from(parts) {
        Ok([one]) => one,
        Err(parts) => Condition::all(parts),
    }
}

/// Reports conditions of one table that can never hold together.
pub fn contradictions(reader: &mut Reader<'_, '_>, all: &[Condition]) {
    let kinds = all.iter().find_map(|condition| match condition {
        Condition::Kind(kinds) => Some(kinds),
        _ => None,
    });
    let Some(kinds) = kinds else { return };
    let needs: [(&'static str, &[Kind]); 6] = [
        ("package", PACKAGES),
        ("ecosystem", PACKAGES),
        ("scope", PACKAGES),
        ("relation", PACKAGES),
        ("via", PACKAGES),
        ("fix", &[Kind::Dependency]),
    ];
    for (key, needed) in needs {
        let asked = all.iter().any(|condition| condition.key() == key);
        if asked && !kinds.iter().any(|kind| needed.contains(kind)) {
            let span = reader.value(key).map_or(0..0, toml::Spanned::span);
            reader.error(
                span,
                &format!("no finding of this `kind` has a `{key}`"),
                "never met together",
                Some(format!("`{key}` goes with kind = \"dependency\"")),
            );
        }
    }
}

const PACKAGES: &[Kind] = &[Kind::Dependency, Kind::License];
