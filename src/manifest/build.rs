//! Puts the entries of a lockfile together: what needs what, what the project asks for.

use super::{Entry, graph};
use crate::model::{Relation, Scope};
use std::collections::BTreeSet;

/// Needs that are kept: 50 000 packages have about 300 000. Of more, scopes are not told.
const MAX_NEEDS: usize = 4_000_000;

/// Entries under construction.
#[derive(Default)]
pub struct Builder {
    entries: Vec<Entry>,
    asked: Vec<(usize, Option<Scope>)>,
    /// Asked for by the main list of the root.
    at_root: BTreeSet<usize>,
    /// It is known what the project asks for, so that everything else is transitive.
    roots_known: bool,
    /// Every need is in the file, so that what only development needs can be told.
    needs_known: bool,
    needs: usize,
}

impl Builder {
    /// Adds an entry and gives its number.
    pub fn add(&mut self, entry: Entry) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    /// The first entry brings in the second.
    pub fn need(&mut self, from: usize, to: usize) {
        self.needs += 1;
        if self.needs > MAX_NEEDS || from == to {
            return;
        }
        if let Some(entry) = self.entries.get_mut(from) {
            entry.needs.push(to);
        }
    }

    /// The file itself tells the relation of an entry; [`Self::ask`] counts more.
    pub fn relation(&mut self, entry: usize, relation: Relation) {
        if let Some(entry) = self.entries.get_mut(entry) {
            entry.relation = Some(relation);
        }
    }

    /// The project asks for an entry; `None`: it is not known whether for production.
    pub fn ask(&mut self, entry: usize, scope: Option<Scope>) {
        self.asked.push((entry, scope));
        self.at_root.insert(entry);
    }

    /// The same, where [`Entry::elsewhere`] is true of the words that ask.
    pub fn ask_elsewhere(&mut self, entry: usize, scope: Option<Scope>) {
        self.asked.push((entry, scope));
    }

    /// The file itself tells the scope of an entry.
    pub fn scope(&mut self, entry: usize, scope: Option<Scope>) {
        if let Some(entry) = self.entries.get_mut(entry) {
            entry.scope = scope;
        }
    }

    /// All that the project asks for has been, or will be, told by [`Self::ask`].
    pub fn roots_known(&mut self) {
        self.roots_known = true;
    }

    /// All that brings in something has been, or will be, told by [`Self::need`].
    pub fn needs_known(&mut self) {
        self.needs_known = true;
    }

    /// The entries in the order of their lines.
    pub fn finish(mut self) -> Vec<Entry> {
        for entry in &mut self.entries {
            entry.needs.sort_unstable();
            entry.needs.dedup();
        }
        if self.roots_known && self.needs_known && self.needs <= MAX_NEEDS {
            let scopes = graph::scopes(&self.entries, &self.asked);
            for (entry, scope) in self.entries.iter_mut().zip(scopes) {
                entry.scope = entry.scope.or(scope);
            }
        }
        for (at, _) in &self.asked {
            if let Some(entry) = self.entries.get_mut(*at) {
                entry.relation = Some(Relation::Direct);
                entry.elsewhere = !self.at_root.contains(at);
            }
        }
        if self.roots_known {
            for entry in &mut self.entries {
                entry.relation = entry.relation.or(Some(Relation::Transitive));
            }
        }
        in_order(self.entries)
    }
}

/// Sorts by line; what `needs` points to moves along.
fn in_order(entries: Vec<Entry>) -> Vec<Entry> {
    let mut sorted: Vec<(usize, Entry)> = entries.into_iter().enumerate().collect();
    sorted.sort_by_key(|(_, entry)| entry.line);
    let mut place = vec![0; sorted.len()];
    for (new, (old, _)) in sorted.iter().enumerate() {
        if let Some(slot) = place.get_mut(*old) {
            *slot = new;
        }
    }
    let moved = sorted.into_iter().map(|(_, mut entry)| {
        let needs = entry
            .needs
            .iter()
            .filter_map(|old| place.get(*old).copied());
        entry.needs = needs.collect();
        entry.needs.sort_unstable();
        entry
    });
    moved.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_follow_the_entries() {
        let mut builder = Builder::default();
        let a = builder.add(Entry::new("a", None, 9));
        let b = builder.add(Entry::new("b", None, 3));
        builder.need(a, b);
        builder.need(a, b);
        builder.need(a, a);
        builder.need(a, 77);
        builder.ask(a, Some(Scope::Development));
        builder.roots_known();
        builder.needs_known();
        let entries = builder.finish();
        let names: Vec<_> = entries.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(entries[1].needs, [0]);
        assert_eq!(entries[0].relation, Some(Relation::Transitive));
        assert_eq!(entries[1].relation, Some(Relation::Direct));
        assert_eq!(entries[0].scope, Some(Scope::Development));
    }
}
