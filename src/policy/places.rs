//! Where the keys of a policy file stand, for whoever talks about them later.

use super::Source;
use super::lines::Lines;
use crate::model::Untrusted;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// A key such as `unrated` or `scanners.bandit.max-age` → the file and the line that has it.
pub type Places = BTreeMap<String, (Untrusted, usize)>;

/// Tables in tables that are looked into: `scanners`, and one scanner.
const DEEPEST: usize = 2;

/// The places of a file's keys. Lists of tables have places of their own.
pub fn places(source: &Source, table: &DeTable<'_>, lines: &Lines) -> Places {
    let mut places = Places::new();
    let mut open = vec![(String::new(), table, 0)];
    while let Some((prefix, table, depth)) = open.pop() {
        for (key, value) in table.iter() {
            let name = format!("{prefix}{}", key.get_ref());
            let line = lines.at(key.span().start);
            if let DeValue::Table(below) = value.get_ref()
                && depth < DEEPEST
            {
                open.push((format!("{name}."), below, depth + 1));
            }
            places.insert(name, (source.name.as_str().into(), line));
        }
    }
    places
}
