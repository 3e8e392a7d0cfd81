//! Who brings in whom: ways from the project to a package, and what only developers need.

use super::{Entry, Manifest};
use crate::model::{Relation, Scope};
use std::collections::VecDeque;

/// The shortest ways from the packages that the project asks for to an entry: each a list of
/// positions in [`Manifest::entries`], from the direct one to `entry` inclusive. Shortest first,
/// then by position; at most `most`. A direct entry has the way of itself. Where the manifest does
/// not say what is direct, ways start at the entries that no other one needs.
///
/// Time: linear in entries and needs, plus the length of the ways.
pub fn paths(manifest: &Manifest, entry: usize, most: usize) -> Vec<Vec<usize>> {
    let entries = &manifest.entries;
    let parents = parents(entries);
    let distance = distances(&parents, entry);
    let mut starts: Vec<(usize, usize)> = starts(entries, &parents)
        .into_iter()
        .filter_map(|at| Some((distance.get(at).copied().flatten()?, at)))
        .collect();
    starts.sort_unstable();
    let mut found = Vec::new();
    for (_, start) in starts {
        if found.len() >= most {
            break;
        }
        walk(entries, &distance, start, most, &mut found);
    }
    found
}

/// The entries at which ways start, by position.
fn starts(entries: &[Entry], parents: &[Vec<usize>]) -> Vec<usize> {
    let direct = |e: &Entry| e.relation == Some(Relation::Direct);
    let told = entries.iter().any(direct);
    let all = entries.iter().zip(parents).enumerate();
    let starts = all.filter(|(_, (entry, above))| match told {
        true => direct(entry),
        false => above.is_empty(),
    });
    starts.map(|(at, _)| at).collect()
}

/// For each entry the one before it on a shortest way from the project: itself where ways start,
/// `None` where none leads. One search for all entries, where [`paths`] would be too slow.
pub fn tree(manifest: &Manifest) -> Vec<Option<usize>> {
    let entries = &manifest.entries;
    let mut before = vec![None; entries.len()];
    let starts = starts(entries, &parents(entries));
    let mut queue: VecDeque<(usize, usize)> = starts.into_iter().map(|at| (at, at)).collect();
    while let Some((from, at)) = queue.pop_front() {
        if let Some(slot @ None) = before.get_mut(at) {
            *slot = Some(from);
            let needs = entries.get(at).into_iter().flat_map(|e| &e.needs);
            queue.extend(needs.map(|need| (at, *need)));
        }
    }
    before
}

/// Adds every way from `start` on which each step is one nearer to the goal.
fn walk(
    entries: &[Entry],
    distance: &[Option<usize>],
    start: usize,
    most: usize,
    found: &mut Vec<Vec<usize>>,
) {
    let far = |at: usize| distance.get(at).copied().flatten();
    // Each level: the steps that are still to be tried. All of them end at the goal, so that no
    // step is taken in vain.
    let mut levels = vec![vec![start]];
    let mut way: Vec<usize> = Vec::new();
    while let Some(level) = levels.last_mut() {
        let Some(at) = level.pop() else {
            levels.pop();
            continue;
        };
        way.truncate(levels.len() - 1);
        way.push(at);
        let Some(rest) = far(at).filter(|rest| *rest > 0) else {
            found.push(way.clone());
            if found.len() >= most {
                return;
            }
            continue;
        };
        let needs = entries.get(at).map(|e| e.needs.as_slice());
        let mut nearer: Vec<usize> = needs
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|next| far(*next) == Some(rest - 1))
            .collect();
        nearer.sort_unstable_by(|a, b| b.cmp(a));
        nearer.dedup();
        // More than `most` alternatives are never used: the smallest ones stand at the end.
        nearer.drain(..nearer.len().saturating_sub(most));
        levels.push(nearer);
    }
}

/// The entries that need each entry.
fn parents(entries: &[Entry]) -> Vec<Vec<usize>> {
    let mut parents = vec![Vec::new(); entries.len()];
    for (at, entry) in entries.iter().enumerate() {
        for need in &entry.needs {
            if let Some(list) = parents.get_mut(*need) {
                list.push(at);
            }
        }
    }
    parents
}

/// The number of steps from each entry to `goal`, where there is a way.
fn distances(parents: &[Vec<usize>], goal: usize) -> Vec<Option<usize>> {
    let mut distance = vec![None; parents.len()];
    let mut queue = VecDeque::new();
    if let Some(slot) = distance.get_mut(goal) {
        *slot = Some(0);
        queue.push_back((goal, 0));
    }
    while let Some((at, steps)) = queue.pop_front() {
        for parent in parents.get(at).into_iter().flatten() {
            if let Some(slot @ None) = distance.get_mut(*parent) {
                *slot = Some(steps + 1);
                queue.push_back((*parent, steps + 1));
            }
        }
    }
    distance
}

/// The scope of each entry by what the project asks for: production when something shipped brings
/// it in, development when only development does. Unknown when an entry of unknown scope does, or
/// nothing.
pub fn scopes(entries: &[Entry], asked: &[(usize, Option<Scope>)]) -> Vec<Option<Scope>> {
    let mut scopes: Vec<Option<Option<Scope>>> = vec![None; entries.len()];
    // The strongest claim first: what is reached by it is not asked again.
    for claim in [Some(Scope::Production), None, Some(Scope::Development)] {
        let starts = asked.iter().filter(|(_, scope)| *scope == claim);
        let mut open: Vec<usize> = starts.map(|(at, _)| *at).collect();
        while let Some(at) = open.pop() {
            if let Some(slot @ None) = scopes.get_mut(at) {
                *slot = Some(claim);
                open.extend(entries.get(at).into_iter().flat_map(|e| &e.needs));
            }
        }
    }
    scopes.into_iter().map(Option::flatten).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ecosystem, RepoPath};

    fn manifest(needs: &[&[usize]], direct: &[usize]) -> Manifest {
        let entries = needs.iter().enumerate().map(|(at, needs)| {
            let mut entry = Entry::new(format!("p{at}"), None, 1);
            entry.needs = needs.to_vec();
            entry.relation = direct.contains(&at).then_some(Relation::Direct);
            entry
        });
        Manifest {
            path: RepoPath::new("x").unwrap(),
            ecosystem: Ecosystem::NPM,
            entries: entries.collect(),
        }
    }

    #[test]
    fn the_shortest_ways_come_first() {
        // 0 → 1 → 3, 0 → 2 → 3, 4 → 3, 3 → 0 (a circle).
        let needs: [&[usize]; 5] = [&[2, 1], &[3], &[3], &[0], &[3]];
        let manifest = manifest(&needs, &[0, 4]);
        assert_eq!(
            paths(&manifest, 3, 5),
            [vec![4, 3], vec![0, 1, 3], vec![0, 2, 3]]
        );
        assert_eq!(paths(&manifest, 3, 2), [vec![4, 3], vec![0, 1, 3]]);
        assert_eq!(paths(&manifest, 4, 5), [vec![4]]);
        assert_eq!(paths(&manifest, 0, 1), [vec![0]]);
        assert!(paths(&manifest, 9, 5).is_empty());
        assert!(paths(&manifest, 3, 0).is_empty());
    }

    #[test]
    fn without_direct_entries_ways_start_where_nothing_leads() {
        let manifest = manifest(&[&[1], &[2], &[]], &[]);
        assert_eq!(paths(&manifest, 2, 5), [vec![0, 1, 2]]);
    }

    #[test]
    fn many_ways_are_not_counted_out() {
        // Thirty diamonds in a row: 2^30 ways of equal length.
        let needs: Vec<Vec<usize>> = (0..91)
            .map(|at| match at % 3 {
                0 if at < 90 => vec![at + 1, at + 2],
                1 => vec![at + 2],
                2 => vec![at + 1],
                _ => Vec::new(),
            })
            .collect();
        let needs: Vec<&[usize]> = needs.iter().map(Vec::as_slice).collect();
        let found = paths(&manifest(&needs, &[0]), 90, 5);
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|way| way.len() == 61));
    }

    #[test]
    fn only_what_nothing_shipped_needs_is_development() {
        let manifest = manifest(&[&[2], &[2, 3], &[], &[], &[], &[3]], &[]);
        let (p, d) = (Some(Scope::Production), Some(Scope::Development));
        let asked = [(1, d), (0, p)];
        assert_eq!(scopes(&manifest.entries, &asked), [p, d, p, d, None, None]);
        let asked = [(1, d), (0, p), (5, None)];
        assert_eq!(
            scopes(&manifest.entries, &asked),
            [p, d, p, None, None, None]
        );
    }
}
