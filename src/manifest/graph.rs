//! Who brings in whom: ways from the project to a package.

use super::Manifest;
use crate::model::Relation;
use std::collections::{BTreeMap, VecDeque};

/// The shortest ways from the packages that the project asks for to an entry: each a list of
/// positions in [`Manifest::entries`], from the direct one to `entry` inclusive. Shortest first; at
/// most `most`. Time: linear in entries and needs.
pub fn paths(manifest: &Manifest, entry: usize, most: usize) -> Vec<Vec<usize>> {
    let entries = &manifest.entries;
    let mut before: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    let mut queue: VecDeque<usize> = entries
        .iter()
        .enumerate()
        .filter(|(_, e)| e.relation == Some(Relation::Direct))
        .map(|(at, _)| at)
        .collect();
    before.extend(queue.iter().map(|at| (*at, None)));
    while let Some(at) = queue.pop_front() {
        for need in entries.get(at).iter().flat_map(|e| &e.needs) {
            if !before.contains_key(need) {
                before.insert(*need, Some(at));
                queue.push_back(*need);
            }
        }
    }
    if !before.contains_key(&entry) || most == 0 {
        return Vec::new();
    }
    let step = |at: &usize| before.get(at).copied().flatten();
    let mut path: Vec<usize> = std::iter::successors(Some(entry), step).collect();
    path.reverse();
    vec![path]
}
