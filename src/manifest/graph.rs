//! Who brings in whom: ways from the project to a package.

use super::Manifest;
use crate::model::Relation;
use std::collections::VecDeque;

/// The shortest ways from the packages that the project asks for to an entry: each a list of
/// positions in [`Manifest::entries`], from the direct one to `entry` inclusive. Shortest first; at
/// most `most`. Time: linear in entries and needs.
pub fn paths(manifest: &Manifest, entry: usize, most: usize) -> Vec<Vec<usize>> {
    let entries = &manifest.entries;
    // Of each entry that was reached: the one that brought it in.
    let mut before: Vec<Option<Option<usize>>> = entries
        .iter()
        .map(|e| (e.relation == Some(Relation::Direct)).then_some(None))
        .collect();
    let mut queue: VecDeque<usize> = (0..entries.len())
        .filter(|at| matches!(before.get(*at), Some(Some(_))))
        .collect();
    while let Some(at) = queue.pop_front() {
        for need in entries.get(at).iter().flat_map(|e| &e.needs) {
            if let Some(slot @ None) = before.get_mut(*need) {
                *slot = Some(Some(at));
                queue.push_back(*need);
            }
        }
    }
    if most == 0 || !matches!(before.get(entry), Some(Some(_))) {
        return Vec::new();
    }
    let step = |at: &usize| before.get(*at).copied().flatten().flatten();
    let mut path: Vec<usize> = std::iter::successors(Some(entry), step).collect();
    path.reverse();
    vec![path]
}
