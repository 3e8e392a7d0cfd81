//! What a commit brings: contents that stand under a path where none of its parents has them.

use super::trees::{self, Kind};
use gix::ObjectId;
use std::collections::BTreeMap;

/// Deepest folder that is looked into.
const DEEPEST: usize = 1024;

/// A content under a path.
pub(super) struct Brought {
    /// Index of the commit in the list of those that are searched.
    pub commit: usize,
    pub path: Vec<u8>,
    pub id: ObjectId,
    /// What the parents have under that path.
    pub before: Vec<ObjectId>,
}

/// Reads folders.
pub(super) struct Comparison<'r> {
    repository: &'r gix::Repository,
    /// Folders that this checkout does not hold.
    pub missing: Vec<ObjectId>,
    /// Folders that cannot be read to their end.
    pub damaged: Vec<ObjectId>,
}

/// What is under a name on one side.
type Side = (bool, ObjectId);

impl<'r> Comparison<'r> {
    pub(super) fn new(repository: &'r gix::Repository) -> Self {
        Self {
            repository,
            missing: Vec::new(),
            damaged: Vec::new(),
        }
    }

    fn folder(&mut self, id: ObjectId) -> BTreeMap<Vec<u8>, Side> {
        // What every repository knows without holding it.
        if id.is_empty_tree() {
            return BTreeMap::new();
        }
        let Ok(object) = self.repository.find_object(id) else {
            self.missing.push(id);
            return BTreeMap::new();
        };
        let mut entries = trees::entries(&object.data, id.kind());
        let folder = entries
            .by_ref()
            .filter(|entry| entry.kind != Kind::Submodule)
            .map(|entry| {
                (
                    entry.name.to_vec(),
                    (entry.kind == Kind::Folder, entry.id.to_owned()),
                )
            })
            .collect();
        if entries.damaged {
            self.damaged.push(id);
        }
        folder
    }

    /// What a commit's root folder has that none of its parents' has, in the order of paths.
    pub(super) fn brought(
        &mut self,
        commit: usize,
        tree: ObjectId,
        parents: &[ObjectId],
    ) -> Vec<Brought> {
        let mut found = Vec::new();
        self.compare(commit, &mut Vec::new(), tree, parents, 0, &mut found);
        found
    }

    fn compare(
        &mut self,
        commit: usize,
        path: &mut Vec<u8>,
        tree: ObjectId,
        parents: &[ObjectId],
        depth: usize,
        found: &mut Vec<Brought>,
    ) {
        // A folder that one parent has just so brings nothing.
        if parents.contains(&tree) {
            return;
        }
        if depth > DEEPEST {
            self.damaged.push(tree);
            return;
        }
        let own = self.folder(tree);
        let others: Vec<_> = parents.iter().map(|parent| self.folder(*parent)).collect();
        for (name, (is_folder, id)) in own {
            let there = || others.iter().filter_map(|other| other.get(&name));
            if there().any(|other| *other == (is_folder, id)) {
                continue;
            }
            let before: Vec<ObjectId> = there()
                .filter(|(folder, _)| *folder == is_folder)
                .map(|(_, id)| *id)
                .collect();
            let len = path.len();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(&name);
            if is_folder {
                self.compare(commit, path, id, &before, depth + 1, found);
            } else {
                found.push(Brought {
                    commit,
                    path: path.clone(),
                    id,
                    before,
                });
            }
            path.truncate(len);
        }
    }

    /// Every content of a folder and those below it.
    pub(super) fn all(&mut self, tree: ObjectId) -> Vec<ObjectId> {
        let brought = self.brought(0, tree, &[]);
        brought.into_iter().map(|brought| brought.id).collect()
    }
}
