//! Contents that commits brought, searched: which of it is new, and which is still there.

use super::brought::Brought;
use super::gaps::{Gap, Gaps};
use super::{Content, Repository, Search};
use crate::model::Foreign as _;
use crate::scan::secrets::{Commit, Found, Sighting, Source, line_of, path_of};
use gix::ObjectId;
use lockgate_secrets::{Hit, Secret};
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

/// A content with its hits.
struct Holder {
    id: ObjectId,
    hits: Vec<(Hit, u32, u32)>,
}

impl Scales<'_> {
    /// Searches each content once, and each name that is new.
    pub(super) fn weigh(&self, brought: &[Brought], found: &mut Found, gaps: &mut Gaps) {
        let prefix = self.repository.prefix.as_ref();
        let inside: Vec<(&Brought, crate::model::RepoPath)> = brought
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
        let mut sightings: BTreeMap<(Known, &crate::model::RepoPath), Sighting> = BTreeMap::new();
        let mut earliest: BTreeMap<Known, usize> = BTreeMap::new();
        for (at, (brought, path)) in inside.iter().enumerate() {
            let Some(holder) = holders.get(&brought.id) else {
                continue;
            };
            for (hit, line, column) in &holder.hits {
                let known = (hit.rule, hit.secret.clone());
                earliest.entry(known.clone()).or_insert(at);
                sightings.entry((known, path)).or_insert_with(|| Sighting {
                    hit: copy(hit),
                    source: Source::Blob,
                    path: Some(path.clone()),
                    line: *line,
                    column: *column,
                    commit: self.commits.get(brought.commit).cloned().flatten(),
                    still_there: (self.end)(&brought.path).is_some_and(|id| {
                        let there = holders.get(&id);
                        there.is_some_and(|there| there.has(hit.rule, &hit.secret))
                    }),
                    had_before: false,
                    reachable: true,
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
        first: &[&(&Brought, crate::model::RepoPath)],
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
                path: path.raw().to_owned(),
                bytes,
            })
        });
        let holders = self.search.each(contents, |id, bytes, hits| {
            let hits = hits.into_iter().map(|hit| {
                let (line, column) = line_of(bytes, hit.place.start);
                (hit, line, column)
            });
            let hits: Vec<_> = hits.collect();
            (!hits.is_empty()).then_some(Holder { id, hits })
        });
        found.blobs += blobs;
        found.bytes += bytes_read;
        let mut left = super::MOST_HITS;
        let mut kept = BTreeMap::new();
        for mut holder in holders.into_iter().flatten() {
            for _ in left..holder.hits.len() {
                gaps.add(Gap::TooMany, "");
            }
            holder.hits.truncate(left);
            left -= holder.hits.len();
            kept.insert(holder.id, holder);
        }
        kept
    }

    fn read(&self, id: ObjectId, gaps: &mut Gaps, name: &str) -> Option<Vec<u8>> {
        let Ok(header) = self.repository.inner.find_header(id) else {
            gaps.add(Gap::Missing, name);
            return None;
        };
        if header.size() > self.search.limit {
            gaps.add(Gap::TooLarge, name);
            return None;
        }
        match self.repository.inner.find_object(id) {
            Ok(object) => Some(object.detach().data),
            Err(_) => {
                gaps.add(Gap::Damaged, name);
                None
            }
        }
    }

    /// Secrets that the first commit to have them did not bring: it altered, moved or removed what had
    /// them.
    fn moved(
        &self,
        earliest: &BTreeMap<Known, usize>,
        inside: &[(&Brought, crate::model::RepoPath)],
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
                    path: String::new(),
                    bytes,
                })
            });
            let had = self.search.each(contents, |(), _, hits| {
                let has = |(rule, secret): &Known| {
                    let mut hits = hits.iter();
                    hits.any(|hit| hit.rule == *rule && hit.secret == *secret)
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
    fn names(&self, inside: &[(&Brought, crate::model::RepoPath)], found: &mut Found) {
        let mut seen = BTreeSet::new();
        for (brought, path) in inside {
            if !brought.before.is_empty() || !seen.insert(&brought.path) {
                continue;
            }
            for hit in (self.search.scan)("", &brought.path) {
                let (line, column) = line_of(&brought.path, hit.place.start);
                found.sightings.push(Sighting {
                    hit,
                    source: Source::FileName,
                    path: Some(path.clone()),
                    line,
                    column,
                    commit: self.commits.get(brought.commit).cloned().flatten(),
                    still_there: (self.end)(&brought.path).is_some(),
                    had_before: false,
                    reachable: true,
                });
            }
        }
    }
}

impl Holder {
    fn has(&self, rule: usize, secret: &Secret) -> bool {
        self.hits
            .iter()
            .any(|(hit, _, _)| hit.rule == rule && hit.secret == *secret)
    }
}

fn copy(hit: &Hit) -> Hit {
    Hit {
        rule: hit.rule,
        place: hit.place.clone(),
        encodings: hit.encodings.clone(),
        secret: hit.secret.clone(),
        proof: hit.proof.clone(),
        severity: hit.severity,
        confidence: hit.confidence,
        also: hit.also.clone(),
        start: hit.start,
        end: hit.end,
        allowed_by: hit.allowed_by,
    }
}
