//! Version 1: a list of rows. An empty one says nothing about what was looked at.

use super::{INFO, health, observe, package};
use crate::ingest::lenient::Texts;
use crate::ingest::tool::{Parsed, wrong_shape};
use crate::model::Problem;
use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny};
use std::collections::{BTreeMap, BTreeSet};

/// Package, vulnerable versions, installed version, text and number; then, since 1.9, the scores
/// of CVSS 2 and 3.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Plain(String, IgnoredAny, String, String, Texts),
    Scored(
        String,
        IgnoredAny,
        String,
        String,
        Texts,
        IgnoredAny,
        IgnoredAny,
    ),
}

pub fn read(text: &str) -> Result<Result<Parsed, Problem>, serde_json::Error> {
    let rows: Vec<Row> = serde_json::from_str(text)?;
    let mut rules = BTreeMap::new();
    let mut observations = Vec::new();
    let mut names = BTreeSet::new();
    for row in &rows {
        let (Row::Plain(name, _, version, advisory, number)
        | Row::Scored(name, _, version, advisory, number, _, _)) = row;
        let Some(number) = number.items.first() else {
            let missing = serde_json::Error::custom("a row has no number");
            return Ok(Err(wrong_shape(INFO.name, &missing)));
        };
        names.insert(name.as_str());
        let package = package(name, Some(version));
        observations.push(observe(
            number,
            &[],
            Some(advisory),
            None,
            package,
            &mut rules,
        ));
    }
    Ok(Ok(Parsed {
        observations,
        rules,
        ..Parsed::of(&INFO, health(names.len() as u64, "packages", Vec::new()))
    }))
}
