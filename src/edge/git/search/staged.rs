//! What is staged: contents of the index that the commit that is checked out does not have.

use super::brought::{Brought, Comparison};
use super::gaps::{Gap, Gaps};
use super::weigh::Scales;
use super::{Repository, Search, sort};
use crate::model::Problem;
use crate::scan::secrets::Found;
use gix::ObjectId;
use gix::index::entry::{Flags, Mode};
use std::collections::{BTreeMap, BTreeSet};

/// Searches what the next commit would bring.
///
/// # Errors
/// Why nothing could be searched.
pub fn staged(repository: &Repository, search: &Search<'_>) -> Result<Found, Problem> {
    let index = repository.inner.index_or_empty();
    let index = index.map_err(|_| Problem::new("damaged-index", "the index cannot be read"))?;
    let tree = repository.head().map(|head| head.tree());
    if tree.is_none() && !repository.is_unborn() || matches!(tree, Some(None)) {
        let text = "the files of the commit that is checked out are not in this checkout";
        return Err(Problem::new("missing-head", text));
    }
    let mut gaps = Gaps::default();
    let mut comparison = Comparison::new(&repository.inner);
    let mut committed: BTreeMap<Vec<u8>, ObjectId> = BTreeMap::new();
    if let Some(tree) = tree.flatten() {
        let all = comparison.brought(0, tree.id, &[]);
        committed.extend(all.into_iter().map(|brought| (brought.path, brought.id)));
    }
    for id in comparison.missing.iter().chain(&comparison.damaged) {
        gaps.add(Gap::Missing, id.to_string());
    }
    let mut there: BTreeMap<Vec<u8>, ObjectId> = BTreeMap::new();
    let mut brought = Vec::new();
    for entry in index.entries() {
        let path = entry.path(&index).to_vec();
        if entry.mode == Mode::COMMIT || entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        if entry.mode == Mode::DIR {
            // A folder outside of a sparse checkout stands for all that it holds.
            sparse(
                &mut comparison,
                &path,
                entry.id,
                &committed,
                &mut there,
                &mut brought,
            );
            continue;
        }
        push(&path, entry.id, &committed, &mut there, &mut brought);
    }
    let gone = |_: usize| -> Vec<ObjectId> {
        let left = committed.iter();
        left.filter(|(path, id)| there.get(*path) != Some(*id))
            .map(|(_, id)| *id)
            .collect()
    };
    let old = || committed.values().copied().collect::<BTreeSet<_>>();
    let end = |path: &[u8]| there.get(path).copied();
    let scales = Scales {
        repository,
        search,
        commits: &[None],
        old: &old,
        gone: &gone,
        end: &end,
    };
    let mut found = Found::default();
    scales.weigh(&brought, &mut found, &mut gaps);
    sort(&mut found, |_| 0);
    found.gaps = gaps.problems();
    Ok(found)
}

fn push(
    path: &[u8],
    id: ObjectId,
    committed: &BTreeMap<Vec<u8>, ObjectId>,
    there: &mut BTreeMap<Vec<u8>, ObjectId>,
    brought: &mut Vec<Brought>,
) {
    there.insert(path.to_vec(), id);
    let before = committed.get(path).copied();
    if before != Some(id) {
        brought.push(Brought {
            commit: 0,
            path: path.to_vec(),
            id,
            before: before.into_iter().collect(),
        });
    }
}

fn sparse(
    comparison: &mut Comparison<'_>,
    folder: &[u8],
    id: ObjectId,
    committed: &BTreeMap<Vec<u8>, ObjectId>,
    there: &mut BTreeMap<Vec<u8>, ObjectId>,
    brought: &mut Vec<Brought>,
) {
    let folder = folder.strip_suffix(b"/").unwrap_or(folder);
    for below in comparison.brought(0, id, &[]) {
        let path = [folder, &below.path].join(&b'/');
        push(&path, below.id, committed, there, brought);
    }
}
