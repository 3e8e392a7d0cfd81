//! Which commit was the first to have an object, and under which path.

use super::super::order;
use super::folders::Folders;
use super::notes::Commit;
use super::table::NONE;
use std::collections::{BTreeMap, BTreeSet};

/// Commits in order, and who was first.
pub(super) struct Ancestry {
    /// Indices of commits, parents first; those that branches and tags reach before the others.
    pub order: Vec<u32>,
    /// How many of these are reached.
    pub reached: usize,
    /// By number of a commit: its index.
    index: Vec<u32>,
}

impl Ancestry {
    /// `tips` are numbers of commits, `all` is how many objects there are.
    pub(super) fn new(commits: &[Commit], tips: &[u32], all: usize) -> Self {
        let mut index = vec![NONE; all];
        for (at, commit) in commits.iter().enumerate() {
            if let Some(slot) = index.get_mut(commit.number as usize) {
                *slot = u32::try_from(at).unwrap_or(NONE);
            }
        }
        let at = |number: u32| index.get(number as usize).copied().unwrap_or(NONE);
        let parents: Vec<Vec<u32>> = commits
            .iter()
            .map(|commit| commit.parents.iter().map(|parent| at(*parent)).collect())
            .collect();
        let mut reached = vec![false; commits.len()];
        let mut left: Vec<u32> = tips.iter().map(|tip| at(*tip)).collect();
        while let Some(commit) = left.pop() {
            if let Some(reached) = reached.get_mut(commit as usize)
                && !std::mem::replace(reached, true)
            {
                left.extend(parents.get(commit as usize).into_iter().flatten());
            }
        }
        let of = |at: usize| parents.get(at).map_or(&[][..], Vec::as_slice);
        let time = |at: usize| commits.get(at).map_or(0, |commit| commit.time);
        let order = order::oldest_first(commits.len(), of, time);
        let is_reached = |at: &usize| reached.get(*at).copied().unwrap_or(false);
        let (first, others): (Vec<usize>, Vec<usize>) = order.into_iter().partition(is_reached);
        let reached = first.len();
        let order = first.into_iter().chain(others);
        Self {
            order: order.map(|at| u32::try_from(at).unwrap_or(NONE)).collect(),
            reached,
            index,
        }
    }

    /// The index of a commit.
    pub(super) fn index(&self, number: u32) -> u32 {
        self.index.get(number as usize).copied().unwrap_or(NONE)
    }

    /// By index of a commit: its position in the order.
    pub(super) fn positions(&self) -> Vec<u32> {
        let mut positions = vec![NONE; self.order.len()];
        for (position, at) in self.order.iter().enumerate() {
            if let Some(slot) = positions.get_mut(*at as usize) {
                *slot = u32::try_from(position).unwrap_or(NONE);
            }
        }
        positions
    }
}

/// Where objects were first.
pub(super) struct First {
    /// By number of an object: position of the commit, [`NONE`] when no commit has it.
    commit: Vec<u32>,
    /// By number of an object: the folder that holds it, and the number of its name there.
    above: Vec<(u32, u32)>,
    /// By number of a name that is looked for: position of the first commit, and the folder.
    pub bearers: BTreeMap<u32, (u32, u32)>,
}

impl First {
    /// Goes through all commits in order, into every folder once.
    pub(super) fn new(
        commits: &[Commit],
        ancestry: &Ancestry,
        folders: &[Folders<'_>],
        all: usize,
        names: &BTreeSet<u32>,
    ) -> Self {
        let mut parts = vec![(NONE, 0); all];
        for (worker, folders) in folders.iter().enumerate() {
            for (folder, start) in &folders.parts {
                if let Some(part) = parts.get_mut(*folder as usize) {
                    *part = (u32::try_from(worker).unwrap_or(NONE), *start);
                }
            }
        }
        let mut first = Self {
            commit: vec![NONE; all],
            above: vec![(NONE, NONE); all],
            bearers: BTreeMap::new(),
        };
        let mut left = Vec::new();
        for (position, at) in ancestry.order.iter().enumerate() {
            let position = u32::try_from(position).unwrap_or(NONE);
            let Some(commit) = commits.get(*at as usize) else {
                continue;
            };
            if first.enter(commit.tree, position, (NONE, NONE)) {
                left.push(commit.tree);
            }
            while let Some(folder) = left.pop() {
                let part = parts.get(folder as usize).copied().unwrap_or((NONE, 0));
                let held = folders.get(part.0 as usize).map(|folders| &folders.held);
                let held = held.into_iter().flatten().skip(part.1 as usize);
                for (object, name) in held.take_while(|(object, _)| *object != NONE) {
                    if names.contains(name) {
                        first.bearers.entry(*name).or_insert((position, folder));
                    }
                    if first.enter(*object, position, (folder, *name)) {
                        left.push(*object);
                    }
                }
            }
        }
        first
    }

    fn enter(&mut self, object: u32, position: u32, above: (u32, u32)) -> bool {
        let slots = (
            self.commit.get_mut(object as usize),
            self.above.get_mut(object as usize),
        );
        match slots {
            (Some(commit), Some(slot)) if *commit == NONE => {
                *commit = position;
                *slot = above;
                true
            }
            _ => false,
        }
    }

    /// Position of the first commit that has an object.
    pub(super) fn position(&self, object: u32) -> Option<u32> {
        let position = self.commit.get(object as usize).copied();
        position.filter(|position| *position != NONE)
    }

    /// The path of an object in that commit; `None` when no commit has it.
    pub(super) fn path(&self, object: u32, names: &[Box<[u8]>]) -> Option<Vec<u8>> {
        self.position(object)?;
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = object;
        // No honest path is that deep; what is made from hashes cannot hold itself.
        for _ in 0..4096 {
            let (above, name) = *self.above.get(at as usize)?;
            if above == NONE {
                break;
            }
            parts.push(names.get(name as usize)?);
            at = above;
        }
        parts.reverse();
        Some(parts.join(&b'/'))
    }
}
