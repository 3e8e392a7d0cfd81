//! From objects and their secrets to sightings: where each was first.

use super::super::gaps::{Gap, Gaps};
use super::super::{Content, Repository, Search, sort};
use super::ancestry::{Ancestry, First};
use super::contents::Holding;
use super::notes::{Notes, Said};
use super::table::{NONE, Table};
use crate::model::RepoPath;
use crate::scan::secrets::{Commit, Found, Sighting, Source, path_of};
use lockgate_secrets::{Hit, Secret};
use std::collections::{BTreeMap, BTreeSet};

/// All that is known once everything was searched.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub repository: &'a Repository,
    pub search: &'a Search<'a>,
    pub table: &'a Table,
    pub tips: &'a BTreeSet<gix::ObjectId>,
    pub notes: &'a Notes<'a>,
    pub ancestry: &'a Ancestry,
    pub first: &'a First,
    pub names: &'a [Box<[u8]>],
}

/// An object that is searched again, now as a whole and under its name.
struct Again<'a> {
    object: u32,
    path: Option<RepoPath>,
    /// As the repository has it.
    raw: Vec<u8>,
    /// Those that it is the first to hold under that path, with their numbers.
    secrets: Vec<(u32, &'a (usize, Secret))>,
}

impl Told<'_> {
    /// What contents hold.
    pub(super) fn contents(&self, holding: &Holding, found: &mut Found, gaps: &mut Gaps) {
        // The earliest object of each secret and path. What no folder holds has no path.
        let mut earliest: BTreeMap<(u32, Vec<u8>), (u32, u32)> = BTreeMap::new();
        let mut paths: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        for (object, secret) in &holding.pairs {
            let path = paths
                .entry(*object)
                .or_insert_with(|| self.first.path(*object, self.names).unwrap_or_default());
            let position = self.first.position(*object).unwrap_or(NONE);
            let earliest = earliest.entry((*secret, path.clone()));
            let earliest = earliest.or_insert((position, *object));
            *earliest = (position, *object).min(*earliest);
        }
        drop(paths);
        let mut again: BTreeMap<u32, Again<'_>> = BTreeMap::new();
        for ((secret, raw), (_, object)) in earliest {
            let path = path_of(&raw, self.repository.prefix.as_ref());
            let outside = path.is_none() && !raw.is_empty();
            let Some(known) = holding.secrets.get(secret as usize).filter(|_| !outside) else {
                continue;
            };
            let again = again.entry(object).or_insert_with(|| Again {
                object,
                path,
                raw,
                secrets: Vec::new(),
            });
            again.secrets.push((secret, known));
        }
        let head = self.repository.head().and_then(|head| head.tree());
        let still = |again: &Again<'_>, secret: u32| {
            let entry = head.as_ref().filter(|_| !again.raw.is_empty());
            let path = again.raw.split(|byte| *byte == b'/');
            let entry = entry.and_then(|tree| tree.lookup_entry(path).ok().flatten());
            entry.is_some_and(|entry| {
                let object = self.table.number(&entry.object_id());
                holding.pairs.binary_search(&(object, secret)).is_ok()
            })
        };
        let contents = again.into_values().filter_map(|again| {
            let id = self.table.id(again.object)?;
            let Ok(object) = self.repository.inner.find_object(id) else {
                gaps.add(Gap::Damaged, id.to_string());
                return None;
            };
            let still: Vec<bool> = again
                .secrets
                .iter()
                .map(|(n, _)| still(&again, *n))
                .collect();
            Some(Content {
                path: again.path.clone(),
                about: (self.commit(self.first.position(again.object)), again, still),
                bytes: object.detach().data,
            })
        });
        let sightings = self
            .search
            .each(contents, |(commit, again, still), sights| {
                let mut sightings = Vec::new();
                let secrets = again.secrets.iter().zip(still);
                let mut left: BTreeMap<(usize, Secret), bool> = secrets
                    .map(|((_, known), still)| ((*known).clone(), still))
                    .collect();
                for sight in sights.list {
                    let still = left.remove(&(sight.rule, sight.secret.clone()));
                    let Some(still) = still else { continue };
                    let (commit, reachable) = commit.clone();
                    sightings.push(Sighting {
                        sight,
                        source: Source::Blob,
                        commit,
                        still_there: still,
                        had_before: false,
                        reachable,
                    });
                }
                sightings
            });
        found.sightings.extend(sightings.into_iter().flatten());
    }

    /// What names of files and folders hold.
    pub(super) fn names(&self, hits: Vec<(u32, Hit)>, found: &mut Found) {
        let head = self.repository.head().and_then(|head| head.tree());
        for (name, hit) in hits {
            let Some((position, folder)) = self.first.bearers.get(&name).copied() else {
                continue;
            };
            let above = self.first.path(folder, self.names).unwrap_or_default();
            let own: &[u8] = self.names.get(name as usize).map_or(b"", |name| name);
            let raw = match above.is_empty() {
                true => own.to_vec(),
                false => [&above, own].join(&b'/'),
            };
            let Some(path) = path_of(&raw, self.repository.prefix.as_ref()) else {
                continue;
            };
            let parts = raw.split(|byte| *byte == b'/');
            let entry = head
                .as_ref()
                .and_then(|tree| tree.lookup_entry(parts).ok()?);
            let (commit, reachable) = self.commit(Some(position));
            let sights = Source::FileName.sights(self.search.scanner, own, Some(path));
            let of_hit = sights
                .list
                .into_iter()
                .filter(|sight| sight.secret == hit.secret);
            found.sightings.extend(of_hit.take(1).map(|sight| Sighting {
                sight,
                source: Source::FileName,
                commit: commit.clone(),
                still_there: entry.is_some(),
                had_before: false,
                reachable,
            }));
        }
    }

    /// What messages hold.
    pub(super) fn messages(&self, said: Vec<Said>, found: &mut Found) {
        let positions = self.ancestry.positions();
        let tips: BTreeSet<u32> = self.tips.iter().map(|tip| self.table.number(tip)).collect();
        let mut first: BTreeMap<(usize, Secret, Source), usize> = BTreeMap::new();
        let mut sightings: Vec<(u32, Sighting)> = Vec::new();
        for said in said {
            let tag = self
                .notes
                .tags
                .binary_search_by_key(&said.number, |tag| tag.number);
            let tag = tag.ok().and_then(|at| self.notes.tags.get(at));
            let (source, commit) = match tag {
                Some(tag) => (Source::TagMessage, tag.target),
                None => (Source::CommitMessage, said.number),
            };
            let index = self.ancestry.index(commit) as usize;
            let position = positions.get(index).copied();
            let (commit, mut reachable) = self.commit(position);
            if tag.is_some() {
                reachable = tips.contains(&said.number);
            }
            let rank = position.unwrap_or(NONE);
            let sighting = Sighting {
                sight: said.sight,
                source,
                commit,
                still_there: reachable,
                had_before: false,
                reachable,
            };
            let key = (sighting.sight.rule, sighting.sight.secret.clone(), source);
            match first.entry(key) {
                std::collections::btree_map::Entry::Vacant(new) => {
                    new.insert(sightings.len());
                    sightings.push((rank, sighting));
                }
                std::collections::btree_map::Entry::Occupied(known) => {
                    if let Some(known) = sightings.get_mut(*known.get())
                        && (!reachable, rank) < (!known.1.reachable, known.0)
                    {
                        *known = (rank, sighting);
                    }
                }
            }
        }
        found
            .sightings
            .extend(sightings.into_iter().map(|(_, sighting)| sighting));
    }

    /// In the order of commits.
    pub(super) fn sort(&self, found: &mut Found) {
        let mut ranks = BTreeMap::new();
        for (rank, at) in self.ancestry.order.iter().enumerate() {
            if let Some(commit) = self.notes.commits.get(*at as usize)
                && let Some(id) = self.table.id(commit.number)
            {
                ranks.insert(id, rank);
            }
        }
        let rank = |id: &str| {
            let id = gix::ObjectId::from_hex(id.as_bytes()).ok();
            id.and_then(|id| ranks.get(&id).copied())
                .unwrap_or(usize::MAX)
        };
        sort(found, rank);
    }

    /// The commit at a position, and whether a branch or a tag leads to it.
    fn commit(&self, position: Option<u32>) -> (Option<Commit>, bool) {
        let Some(position) = position else {
            return (None, false);
        };
        let at = self.ancestry.order.get(position as usize);
        let commit = at.and_then(|at| self.notes.commits.get(*at as usize));
        let commit = commit.and_then(|commit| {
            Some(Commit {
                id: self.table.id(commit.number)?.to_string(),
                time: commit.time,
            })
        });
        (commit, (position as usize) < self.ancestry.reached)
    }
}
