//! Commits that one side reaches and the other does not: those of a change, or those that are new
//! since the last search.

use super::brought::{Brought, Comparison};
use super::gaps::{Gap, Gaps};
use super::weigh::Scales;
use super::{Repository, Search, message, order, sort};
use crate::model::Problem;
use crate::scan::secrets::{Commit, Found, Sighting, Source, State};
use gix::ObjectId;
use std::collections::{BTreeMap, BTreeSet};

/// How wrong clocks are believed to be, in seconds.
const CLOCKS: i64 = 24 * 60 * 60;

/// Searches every commit that `head` reaches and `base` does not, also those that only a merge brings;
/// their messages; and annotated tags that name one of them. Both are what git takes for a commit.
///
/// # Errors
/// Why nothing could be searched: one of both is not in this checkout.
pub fn commits(
    repository: &Repository,
    base: &str,
    head: &str,
    search: &Search<'_>,
) -> Result<Found, Problem> {
    let find = |name: &str, code, text: &str| {
        let commit = repository.find(name).filter(super::super::Commit::is_whole);
        commit.ok_or_else(|| Problem::new(code, format!("{text} (fetch-depth: 0 fetches all)")))
    };
    let base = find(
        base,
        "missing-base",
        "the base commit is not in this checkout",
    )?;
    let head = find(
        head,
        "missing-head",
        "the head commit is not in this checkout",
    )?;
    let change = Change {
        repository,
        search,
        tips: vec![head.id],
        hidden: vec![base.id],
        head: Some(head.id),
        base: Some(base.id),
        tags: BTreeSet::new(),
        again: BTreeSet::new(),
    };
    let (mut found, gaps) = change.search()?;
    found.gaps = gaps.problems();
    Ok(found)
}

/// What is new since an earlier search, and what that had found; `None` when nothing is left of what it
/// had searched.
pub(super) fn since(
    repository: &Repository,
    search: &Search<'_>,
    tips: &BTreeSet<ObjectId>,
    earlier: &State,
) -> Result<Option<Found>, Problem> {
    let searched: BTreeSet<ObjectId> = earlier
        .tips
        .iter()
        .filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok())
        .filter(|id| repository.inner.find_header(*id).is_ok())
        .collect();
    if searched.is_empty() {
        return Ok(None);
    }
    let commits = |ids: &BTreeSet<ObjectId>| -> Vec<ObjectId> {
        let peeled = ids.iter().filter_map(|id| repository.peeled(*id));
        peeled.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let tips_now = commits(tips);
    let found_before = earlier.brought.iter();
    let found_before = found_before
        .filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok())
        .collect();
    let change = Change {
        repository,
        search,
        again: reached(repository, tips_now.clone(), &found_before),
        tips: tips_now,
        hidden: commits(&searched),
        head: repository.head().map(|head| head.id),
        base: None,
        tags: tips.difference(&searched).copied().collect(),
    };
    let (mut found, mut gaps) = change.search()?;
    gaps.add_earlier(&earlier.gaps);
    let ids = tips.iter().map(ToString::to_string).collect();
    let state = State::new(search.rules, ids, gaps.counts());
    found.state = Some(state.with(&found.sightings));
    found.gaps = gaps.problems();
    Ok(Some(found))
}

/// Those of some commits that others lead to, or are.
fn reached(
    repository: &Repository,
    mut from: Vec<ObjectId>,
    wanted: &BTreeSet<ObjectId>,
) -> BTreeSet<ObjectId> {
    let read = |id: &ObjectId| {
        let object = repository.inner.find_object(*id).ok()?;
        message::commit(&object.data).map(|commit| (commit.time, commit.parents))
    };
    let times = wanted.iter().filter_map(|id| Some(read(id)?.0));
    let mut reached = BTreeSet::new();
    let Some(oldest) = times.min().map(|oldest| oldest.saturating_sub(CLOCKS)) else {
        return reached;
    };
    let mut seen = BTreeSet::new();
    while let Some(id) = from.pop() {
        if !seen.insert(id) {
            continue;
        }
        if wanted.contains(&id) {
            reached.insert(id);
        }
        from.extend(
            read(&id)
                .filter(|(time, _)| *time >= oldest)
                .into_iter()
                .flat_map(|(_, parents)| parents),
        );
    }
    reached
}

struct Change<'a> {
    repository: &'a Repository,
    search: &'a Search<'a>,
    tips: Vec<ObjectId>,
    /// What these reach is not searched.
    hidden: Vec<ObjectId>,
    /// Where a secret may still be.
    head: Option<ObjectId>,
    /// Whose contents are nothing new.
    base: Option<ObjectId>,
    /// Tags that are new whatever they name.
    tags: BTreeSet<ObjectId>,
    /// Commits that are searched once more.
    again: BTreeSet<ObjectId>,
}

/// A commit that is searched.
struct Step {
    id: ObjectId,
    tree: ObjectId,
    parents: Vec<ObjectId>,
    time: i64,
    message: Vec<u8>,
}

impl Change<'_> {
    fn search(&self) -> Result<(Found, Gaps), Problem> {
        let mut gaps = Gaps::default();
        let steps = self.steps(&mut gaps)?;
        let mut comparison = Comparison::new(&self.repository.inner);
        let mut brought: Vec<Brought> = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            let parents = self.trees_before(step);
            brought.extend(comparison.brought(at, step.tree, &parents));
        }
        let head = self.head.and_then(|id| self.repository.commit(id).tree());
        let commits: Vec<Option<Commit>> = steps
            .iter()
            .map(|step| Some(named(step.id, step.time)))
            .collect();
        let old = || self.old();
        let gone = |at: usize| {
            steps
                .get(at)
                .map(|step| self.gone(step))
                .unwrap_or_default()
        };
        let end = |path: &[u8]| {
            let path = path.split(|byte| *byte == b'/');
            let entry = head.as_ref()?.lookup_entry(path).ok()??;
            Some(entry.object_id())
        };
        let scales = Scales {
            repository: self.repository,
            search: self.search,
            commits: &commits,
            old: &old,
            gone: &gone,
            end: &end,
        };
        let mut found = Found {
            commits: (steps.len() - self.again.len().min(steps.len())) as u64,
            ..Found::default()
        };
        scales.weigh(&brought, &mut found, &mut gaps);
        for id in comparison.missing {
            gaps.add(Gap::Missing, id.to_string());
        }
        for id in comparison.damaged {
            gaps.add(Gap::Damaged, id.to_string());
        }
        self.messages(&steps, &mut found);
        let ranks: BTreeMap<String, usize> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| (step.id.to_string(), at))
            .collect();
        sort(&mut found, |id| {
            ranks.get(id).copied().unwrap_or(usize::MAX)
        });
        Ok((found, gaps))
    }

    /// The commits, parents first.
    fn steps(&self, gaps: &mut Gaps) -> Result<Vec<Step>, Problem> {
        let failed = || {
            Problem::new(
                "missing-history",
                "the commits between base and head are not all in this checkout (fetch-depth: 0 fetches all)",
            )
        };
        let walk = self
            .repository
            .inner
            .rev_walk(self.tips.iter().copied())
            .with_hidden(self.hidden.iter().copied())
            .all()
            .map_err(|_| failed())?;
        let mut steps = Vec::new();
        for info in walk {
            let id = info.map_err(|_| failed())?.id;
            steps.push(self.step(id).ok_or_else(failed)?);
        }
        let old = self.hidden_after_all(&steps);
        steps.retain(|step| !old.contains(&step.id) && !self.again.contains(&step.id));
        for id in &self.again {
            steps.push(self.step(*id).ok_or_else(failed)?);
        }
        let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let index: BTreeMap<ObjectId, u32> = steps
            .iter()
            .enumerate()
            .map(|(n, step)| (step.id, at(n)))
            .collect();
        let shallow = self.repository.inner.shallow_commits().ok().flatten();
        for step in &steps {
            let there = |id: &ObjectId| self.repository.inner.find_header(*id).is_ok();
            let cut = shallow.as_ref().is_some_and(|cut| cut.contains(&step.id));
            if cut || !step.parents.iter().all(there) {
                gaps.add(Gap::Shallow, step.id.to_string());
            }
        }
        let parents: Vec<Vec<u32>> = steps
            .iter()
            .map(|step| {
                step.parents
                    .iter()
                    .filter_map(|id| index.get(id).copied())
                    .collect()
            })
            .collect();
        let of = |at: usize| parents.get(at).map_or(&[][..], Vec::as_slice);
        let time = |at: usize| steps.get(at).map_or(0, |step: &Step| step.time);
        let order = order::oldest_first(steps.len(), of, time);
        let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
        let taken = order.into_iter().filter_map(|at| steps.get_mut(at)?.take());
        Ok(taken.collect())
    }

    fn step(&self, id: ObjectId) -> Option<Step> {
        let object = self.repository.inner.find_object(id).ok()?;
        let read = message::commit(&object.data)?;
        Some(Step {
            id,
            tree: read.tree,
            parents: read.parents,
            time: read.time,
            message: read.message.to_vec(),
        })
    }

    /// Commits of the list that are hidden, although the walk, which goes by their clocks, came upon
    /// them before it knew.
    fn hidden_after_all(&self, steps: &[Step]) -> BTreeSet<ObjectId> {
        let listed: BTreeSet<ObjectId> = steps.iter().map(|step| step.id).collect();
        reached(self.repository, self.hidden.clone(), &listed)
    }

    /// The root folders that a commit is compared with. Where the checkout ends, the base stands in
    /// for what is not there.
    fn trees_before(&self, step: &Step) -> Vec<ObjectId> {
        let tree = |id: &ObjectId| self.repository.commit(*id).tree().map(|tree| tree.id);
        let trees: Vec<ObjectId> = step.parents.iter().filter_map(tree).collect();
        match trees.is_empty() && !step.parents.is_empty() {
            true => self.base.iter().filter_map(tree).collect(),
            false => trees,
        }
    }

    /// All contents of the base.
    fn old(&self) -> BTreeSet<ObjectId> {
        let tree = self.base.and_then(|id| self.repository.commit(id).tree());
        let mut comparison = Comparison::new(&self.repository.inner);
        tree.map(|tree| comparison.all(tree.id))
            .into_iter()
            .flatten()
            .collect()
    }

    /// What a commit's parents have that the commit itself has not, under the same path.
    fn gone(&self, step: &Step) -> Vec<ObjectId> {
        let mut comparison = Comparison::new(&self.repository.inner);
        let before = self.trees_before(step).into_iter();
        before
            .flat_map(|parent| comparison.brought(0, parent, &[step.tree]))
            .map(|brought| brought.id)
            .collect()
    }

    /// What the authors of commits and tags wrote.
    fn messages(&self, steps: &[Step], found: &mut Found) {
        let mut seen = BTreeSet::new();
        let mut add = |source: Source, text: &[u8], commit: Option<Commit>| {
            for sight in source.sights(self.search.scanner, text, None).list {
                if !seen.insert((sight.rule, sight.secret.clone(), source)) {
                    continue;
                }
                found.sightings.push(Sighting {
                    sight,
                    source,
                    commit: commit.clone(),
                    still_there: true,
                    had_before: false,
                    reachable: true,
                });
            }
        };
        for step in steps {
            let commit = named(step.id, step.time);
            add(Source::CommitMessage, &step.message, Some(commit));
        }
        let times: BTreeMap<ObjectId, i64> =
            steps.iter().map(|step| (step.id, step.time)).collect();
        for id in self.repository.tags() {
            let Some(commit) = self.repository.peeled(id) else {
                continue;
            };
            let time = times.get(&commit).copied();
            if time.is_none() && !self.tags.contains(&id) {
                continue;
            }
            let mut next = Some(id);
            // A tag may name another tag.
            for _ in 0..16 {
                let object = next.and_then(|id| self.repository.inner.find_object(id).ok());
                let object = object.filter(|object| object.kind == gix::objs::Kind::Tag);
                let Some(tag) = object.as_ref().and_then(|tag| message::tag(&tag.data)) else {
                    break;
                };
                add(
                    Source::TagMessage,
                    tag.message,
                    Some(named(commit, time.unwrap_or(0))),
                );
                next = Some(tag.target);
            }
        }
    }
}

fn named(id: ObjectId, time: i64) -> Commit {
    Commit {
        id: id.to_string(),
        time,
    }
}

impl Repository {
    /// What every branch, tag and other reference names, and `HEAD`; not followed through tags.
    ///
    /// # Errors
    /// When references cannot be read.
    pub(super) fn tips(&self) -> Result<BTreeSet<ObjectId>, Problem> {
        let failed = || Problem::new("damaged-references", "branches and tags cannot be read");
        let references = self.inner.references().map_err(|_| failed())?;
        let mut tips = BTreeSet::new();
        for reference in references.all().map_err(|_| failed())? {
            let reference = reference.map_err(|_| failed())?;
            tips.extend(reference.try_id().map(gix::Id::detach));
        }
        tips.extend(self.head().map(|head| head.id));
        Ok(tips)
    }

    /// What tags name, also those that are mere names of a commit.
    fn tags(&self) -> BTreeSet<ObjectId> {
        let references = self.inner.references();
        let tags = references.as_ref().ok().and_then(|all| all.tags().ok());
        let tags = tags.into_iter().flatten().flatten();
        tags.filter_map(|tag| Some(tag.try_id()?.detach()))
            .collect()
    }

    /// The commit that an object leads to.
    fn peeled(&self, id: ObjectId) -> Option<ObjectId> {
        let object = self.inner.find_object(id).ok()?;
        Some(object.peel_to_commit().ok()?.id)
    }
}
