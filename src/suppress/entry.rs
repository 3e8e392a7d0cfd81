//! What a file says, entry by entry, and how two such lists differ in meaning.

use super::Deed;
use crate::import::day;
use std::collections::{BTreeMap, BTreeSet};

/// What it means that an entry is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// Something is left out.
    Hides,
    /// Of all there is, only what is listed is looked at.
    Selects,
    /// It guards: without it, something is left out.
    Guards,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The setting that it belongs to; empty where the file is one list.
    pub key: String,
    /// What it is about, in the file's words.
    pub what: String,
    /// Everything that decides what it does: entries of equal sense do the same.
    pub sense: String,
    /// Until when it holds, as written.
    pub until: Option<String>,
    /// Its line, 1-based.
    pub line: u32,
    /// What it means.
    pub means: Means,
}

impl Entry {
    /// An entry of a list that hides.
    pub fn hides(what: &str) -> Self {
        Self {
            key: String::new(),
            what: what.to_owned(),
            sense: what.to_owned(),
            until: None,
            line: 0,
            means: Means::Hides,
        }
    }
}

/// One thing by which the later list says more, or guards less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What the change does.
    pub deed: Deed,
    /// See [`Entry::key`].
    pub key: String,
    /// See [`Entry::what`].
    pub what: String,
    /// The line, when there is one.
    pub line: Option<u32>,
}

/// How the later list silences more than the earlier one. Order, comments and what is taken away
/// from a list that hides do not count.
pub fn differ(base: &[Entry], head: &[Entry]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let of = |list: &[Entry], means: Means| -> Vec<Entry> {
        let fits = list.iter().filter(|entry| entry.means == means);
        fits.cloned().collect()
    };
    hidden(
        &of(base, Means::Hides),
        &of(head, Means::Hides),
        &mut differences,
    );
    for means in [Means::Selects, Means::Guards] {
        lost(&of(base, means), &of(head, means), means, &mut differences);
    }
    differences
}

fn hidden(base: &[Entry], head: &[Entry], differences: &mut Vec<Difference>) {
    let mut known: BTreeMap<(&str, &str), Vec<Option<&str>>> = BTreeMap::new();
    for entry in base {
        let untils = known.entry((&entry.key, &entry.sense)).or_default();
        untils.push(entry.until.as_deref());
    }
    for entry in head {
        let deed = match known.get(&(entry.key.as_str(), entry.sense.as_str())) {
            None => Deed::Adds,
            Some(untils) if untils.iter().all(|old| later(entry.until.as_deref(), *old)) => {
                Deed::Prolongs
            }
            Some(_) => continue,
        };
        differences.push(difference(deed, entry, Some(entry.line)));
    }
}

/// True when something that held until `old` holds longer now. No day means for ever; what is no
/// day may mean that, too.
fn later(new: Option<&str>, old: Option<&str>) -> bool {
    match (new, old) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(new), Some(old)) => match (day(new), day(old)) {
            (Some(new), Some(old)) => new > old,
            _ => new != old,
        },
    }
}

/// Entries by their keys.
fn by_key(list: &[Entry]) -> BTreeMap<&str, Vec<&Entry>> {
    let mut map: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in list {
        map.entry(&entry.key).or_default().push(entry);
    }
    map
}

fn lost(base: &[Entry], head: &[Entry], means: Means, differences: &mut Vec<Difference>) {
    let (before, after) = (by_key(base), by_key(head));
    let keys: BTreeSet<&&str> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let of = |map: &BTreeMap<&str, Vec<_>>| map.get(*key).cloned().unwrap_or_default();
        let (base, head): (Vec<&Entry>, Vec<&Entry>) = (of(&before), of(&after));
        let line = head.first().map(|entry| entry.line);
        let still: BTreeSet<&str> = head.iter().map(|e| e.sense.as_str()).collect();
        match means {
            // Nothing selected is everything.
            Means::Selects if head.is_empty() => {}
            Means::Selects if base.is_empty() => {
                let words: Vec<&str> = head.iter().map(|e| e.what.as_str()).collect();
                differences.push(Difference {
                    deed: Deed::Narrows,
                    key: (*key).to_string(),
                    what: format!("only {}", words.join(", ")),
                    line,
                });
            }
            _ => {
                let gone = base.iter().filter(|e| !still.contains(e.sense.as_str()));
                differences.extend(gone.map(|entry| difference(Deed::Removes, entry, line)));
            }
        }
    }
}

fn difference(deed: Deed, entry: &Entry, line: Option<u32>) -> Difference {
    Difference {
        deed,
        key: entry.key.clone(),
        what: entry.what.clone(),
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_time_prolongs() {
        let day = Some("2027-01-31");
        assert!(later(Some("2027-02-01"), day));
        assert!(later(None, day) && later(Some("never"), day));
        assert!(!later(Some("2027-01-30T00:00:00Z"), day));
        assert!(!later(day, day) && !later(day, None) && !later(None, None));
    }
}
