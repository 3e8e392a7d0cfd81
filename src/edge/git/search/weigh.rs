//! Contents that commits brought, searched: which of it is new, and which is still there.

use super::brought::Brought;
use super::gaps::{Gap, Gaps};
use super::{Content, Repository, Search};
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::{Commit, Found, Sight, Sighting, Source, path_of};
use gix::ObjectId;
use lockgate_secrets::Secret;
use std::collections::{BTreeMap, BTreeSet};

/// A rule and what it found.
type Known = (usize, Secret);

/// How what was brought is judged.
pub(super) struct Scales<'a> {
    pub repository: &'a Repository,
    pub search: &'a Search<'a>,
    /// By index: the commit; none for what is staged.
    pub commits: &'a [Option<Commit>],
    /// Contents that are nothing new wherever they stand.
    pub old: &'a dyn Fn() -> BTreeSet<ObjectId>,
    /// What a commit removed or altered, by its index.
    pub gone: &'a dyn Fn(usize) -> Vec<ObjectId>,
    /// What stands under a path in the end.
    pub end: &'a dyn Fn(&[u8]) -> Option<ObjectId>,
}

/// A content with what is in it.
struct Holder {
    id: ObjectId,
    sights: Vec<Sight>,
}

impl Scales<'_> {
    /// Searches each content once, and each name that is new.
    pub(super) fn weigh(&self, brought: &[Brought], found: &mut Found, gaps: &mut Gaps) {
        let prefix = self.repository.prefix.as_ref();
        let inside: Vec<(&Brought, RepoPath)> = brought
            .iter()
            .filter_map(|brought| Some((brought, path_of(&brought.path, prefix)?)))
            .collect();
        let mut seen = BTreeSet::new();
        let first: Vec<_> = inside
            .iter()
            .filter(|(brought, _)| seen.insert(brought.id))
            .collect();
        self.search.progress.expect(first.len());
        let mut holders = self.holders(&first, found, gaps);
        if !holders.is_empty() {
            let old = (self.old)();
            holders.retain(|id, _| !old.contains(id));
        }
        let mut sightings: BTreeMap<(Known, &RepoPath), Sighting> = BTreeMap::new();
        let mut earliest: BTreeMap<Known, usize> = BTreeMap::new();
        for (at, (brought, path)) in inside.iter().enumerate() {
            let Some(holder) = holders.get(&brought.id) else {
                continue;
            };
            for sight in &holder.sights {
                let known = (sight.rule, sight.secret.clone());
                earliest.entry(known.clone()).or_insert(at);
                let end = || (self.end)(&brought.path);
                sightings.entry((known, path)).or_insert_with(|| {
                    let there = end().and_then(|id| holders.get(&id));
                    let mut copy = sight.clone();
                    copy.location.path = path.clone();
                    Sighting {
                        sight: copy,
                        source: Source::Blob,
                        commit: self.commits.get(brought.commit).cloned().flatten(),
                        still_there: there.is_some_and(|t| t.has(sight.rule, &sight.secret)),
                        had_before: false,
                        reachable: true,
                    }
                });
            }
        }
        let moved = self.moved(&earliest, &inside, &holders);
        for ((known, _), mut sighting) in sightings {
            sighting.had_before = moved.contains(&known);
            found.sightings.push(sighting);
        }
        self.names(&inside, found);
    }

    fn holders(
        &self,
        first: &[&(&Brought, RepoPath)],
        found: &mut Found,
        gaps: &mut Gaps,
    ) -> BTreeMap<ObjectId, Holder> {
        let mut bytes_read = 0;
        let mut blobs = 0;
        let contents = first.iter().filter_map(|(brought, path)| {
            let bytes = self.read(brought.id, gaps, path.raw())?;
            bytes_read += bytes.len() as u64;
            blobs += 1;
            Some(Content {
                about: brought.id,
                path: Some(path.clone()),
                bytes,
            })
        });
        let holders = self.search.each(contents, |id, sights| {
            let cut = !sights.gaps.is_empty();
            let sights = sights.list;
            (cut || !sights.is_empty()).then_some((cut, Holder { id, sights }))
        });
        found.blobs += blobs;
        found.bytes += bytes_read;
        let mut left = super::MOST_HITS;
        let mut kept = BTreeMap::new();
        for (cut, mut holder) in holders.into_iter().flatten() {
            if cut {
                gaps.add(Gap::Cut, holder.id.to_string());
            }
            if holder.sights.is_empty() {
                continue;
            }
            for _ in left..holder.sights.len() {
                gaps.add(Gap::TooMany, "");
            }
            holder.sights.truncate(left);
            left -= holder.sights.len();
            kept.insert(holder.id, holder);
        }
        kept
    }

    fn read(&self, id: ObjectId, gaps: &mut Gaps, name: &str) -> Option<Vec<u8>> {
        let found = match self.repository.inner.find_header(id) {
            Err(_) => Err(Gap::Missing),
            Ok(header) if header.size() > self.search.limit => Err(Gap::TooLarge),
            Ok(_) => {
                let object = self.repository.inner.find_object(id);
                object.map_err(|_| Gap::Damaged)
            }
        };
        match found {
            Ok(object) => Some(object.detach().data),
            Err(gap) => {
                // A name that is itself a secret is not told.
                let hidden = !self.search.scan(name.as_bytes()).hits.is_empty();
                match hidden || name.is_empty() {
                    true => gaps.add(gap, id.to_string()),
                    false => gaps.add(gap, name),
                }
                None
            }
        }
    }

    /// Secrets that the first commit to have them did not bring: it altered, moved or removed what had
    /// them.
    fn moved(
        &self,
        earliest: &BTreeMap<Known, usize>,
        inside: &[(&Brought, RepoPath)],
        holders: &BTreeMap<ObjectId, Holder>,
    ) -> BTreeSet<Known> {
        let mut by_commit: BTreeMap<usize, Vec<(&Known, &Brought)>> = BTreeMap::new();
        for (known, at) in earliest {
            if let Some((brought, _)) = inside.get(*at) {
                by_commit
                    .entry(brought.commit)
                    .or_default()
                    .push((known, brought));
            }
        }
        let mut moved = BTreeSet::new();
        for (commit, of_this) in by_commit {
            let mut before: BTreeSet<ObjectId> = of_this
                .iter()
                .flat_map(|(_, brought)| brought.before.iter().copied())
                .collect();
            before.extend((self.gone)(commit));
            // What the search saw first in this change cannot be older than it.
            before.retain(|id| !holders.contains_key(id));
            let contents = before.into_iter().filter_map(|id| {
                let bytes = self.read(id, &mut Gaps::default(), "")?;
                Some(Content {
                    about: (),
                    path: None,
                    bytes,
                })
            });
            let had = self.search.each(contents, |(), sights| {
                let has = |(rule, secret): &Known| {
                    let mut sights = sights.list.iter();
                    sights.any(|sight| sight.rule == *rule && sight.secret == *secret)
                };
                let secrets = of_this.iter().map(|(known, _)| *known);
                secrets
                    .filter(|known| has(known))
                    .cloned()
                    .collect::<Vec<Known>>()
            });
            moved.extend(had.into_iter().flatten());
        }
        moved
    }

    /// Names that no parent has.
    fn names(&self, inside: &[(&Brought, RepoPath)], found: &mut Found) {
        let mut seen = BTreeSet::new();
        for (brought, path) in inside {
            if !brought.before.is_empty() || !seen.insert(&brought.path) {
                continue;
            }
            let path = Some(path.clone());
            let sights = Source::FileName.sights(self.search.scanner, &brought.path, path);
            found
                .sightings
                .extend(sights.list.into_iter().map(|sight| Sighting {
                    sight,
                    source: Source::FileName,
                    commit: self.commits.get(brought.commit).cloned().flatten(),
                    still_there: (self.end)(&brought.path).is_some(),
                    had_before: false,
                    reachable: true,
                }));
        }
    }
}

impl Holder {
    fn has(&self, rule: usize, secret: &Secret) -> bool {
        let mut sights = self.sights.iter();
        sights.any(|sight| sight.rule == rule && sight.secret == *secret)
    }
}
