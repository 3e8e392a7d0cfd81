//! A whole history: every object once, packs on all threads.
//!
//! ```text
//! table       every object of packs and folders gets a number
//! notes       commits and tags: how they hang together; their messages are searched
//! contents    files, along the packs' deltas: only what is new is searched    → object, secret
//! folders     who holds whom under which name; names are searched
//! ancestry    commits in order; the first that has an object, and its path
//! tell        the earliest object of each secret and path, searched again as a whole → sightings
//! ```

mod ancestry;
mod contents;
mod delta;
mod folders;
mod notes;
mod pack;
mod table;
mod tell;

use super::gaps::{Gap, Gaps};
use super::{Repository, Search, range};
use crate::model::{Problem, Untrusted};
use crate::scan::secrets::{Found, State};
use ancestry::{Ancestry, First};
use contents::{Contents, Holding};
use folders::{Aim, Folders, Names};
use gix::objs::Kind;
use gix::odb::loose;
use notes::Notes;
use pack::{Lost, MOST_MADE, Visit};
use rayon::prelude::*;
use std::collections::BTreeSet;
use table::{NONE, Table, Unlisted};

/// Searches everything that branches and tags reach, and tells apart what they do not reach. With the
/// state that an earlier search with the same rules left, only what is new.
///
/// # Errors
/// Why nothing could be searched.
pub fn history(
    repository: &Repository,
    search: &Search<'_>,
    earlier: Option<&State>,
) -> Result<Found, Problem> {
    let tips = repository.tips()?;
    if tips.is_empty() {
        return Err(Problem::new("no-commits", "the repository has no commits"));
    }
    let earlier = earlier.filter(|state| state.rules == search.rules);
    if let Some(earlier) = earlier
        && let Some(found) = range::since(repository, search, &tips, earlier)?
    {
        return Ok(found);
    }
    full(repository, search, &tips)
}

/// One object in a file of its own.
struct Alone {
    folder: usize,
    number: u32,
    kind: Kind,
    size: u64,
}

fn full(
    repository: &Repository,
    search: &Search<'_>,
    tips: &BTreeSet<gix::ObjectId>,
) -> Result<Found, Problem> {
    let table = list(repository)?;
    let mut gaps = Gaps::default();
    let alone = alone(&table, &mut gaps);
    search.progress.expect(table.len());

    let mut notes = Notes::new(search, &table, false);
    for of_tags in [false, true] {
        let make = || Notes::new(search, &table, of_tags);
        let kind = if of_tags { Kind::Tag } else { Kind::Commit };
        for part in visit(&table, &alone, kind, make) {
            notes.absorb(part);
        }
    }
    // Threads end in any order.
    notes.commits.sort_unstable_by_key(|commit| commit.number);
    notes.tags.sort_unstable_by_key(|tag| tag.number);

    let mut holding = Holding::default();
    for part in visit(&table, &alone, Kind::Blob, || Contents::new(search)) {
        holding.absorb(part.holding);
    }
    holding.pairs.sort_unstable();
    holding.pairs.dedup();
    let too_many = holding.pairs.len().saturating_sub(super::MOST_HITS);
    for _ in 0..too_many {
        gaps.add(Gap::TooMany, "");
    }
    holding.pairs.truncate(super::MOST_HITS);

    let hash = repository.inner.object_hash();
    let names = Names::default();
    let wanted: BTreeSet<u32> = holding.pairs.iter().map(|(object, _)| *object).collect();
    let mut aim = Aim::new(search, &table, &names, hash, &wanted);
    let mut folders = visit(&table, &alone, Kind::Tree, || Folders::new(&aim));
    let borne = names.borne();
    if !borne.is_empty() {
        // Rare enough to go through all folders again.
        drop(folders);
        aim.bearers = borne.into_iter().map(|(_, name)| name).collect();
        folders = visit(&table, &alone, Kind::Tree, || Folders::new(&aim));
    }

    let reached = reached_commits(tips, &table, &notes);
    let ancestry = Ancestry::new(&notes.commits, &reached, table.len());
    tell_gaps(
        repository, &table, &notes, &holding, &folders, &ancestry, &mut gaps,
    );
    let bearers: BTreeSet<u32> = names
        .borne()
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    let first = First::new(&notes.commits, &ancestry, &folders, table.len(), &bearers);
    drop(folders);
    let mut found = Found {
        commits: ancestry.reached as u64,
        blobs: holding.objects,
        bytes: holding.bytes,
        ..Found::default()
    };
    let (names, named) = names.all();
    let said = std::mem::take(&mut notes.said);
    let told = tell::Told {
        repository,
        search,
        table: &table,
        tips,
        notes: &notes,
        ancestry: &ancestry,
        first: &first,
        names: &names,
    };
    told.contents(&holding, &mut found, &mut gaps);
    told.names(named, &mut found);
    told.messages(said, &mut found);
    told.sort(&mut found);
    let ids = tips.iter().map(ToString::to_string).collect();
    let state = State::new(search.rules, ids, gaps.counts());
    found.state = Some(state.with(&found.sightings));
    found.gaps = gaps.problems();
    Ok(found)
}

fn list(repository: &Repository) -> Result<Table, Problem> {
    let objects = repository.inner.objects.store_ref();
    let mut folders = vec![objects.path().to_owned()];
    match objects.alternate_db_paths() {
        Ok(others) => folders.extend(others),
        Err(_) => {
            return Err(Problem::new(
                "damaged-objects",
                "the repository borrows objects from a folder that cannot be read",
            ));
        }
    }
    Table::new(&folders, repository.inner.object_hash()).map_err(|why| match why {
        Unlisted::Pack(name) => {
            Problem::new("damaged-objects", "a pack of the repository cannot be read")
                .items([Untrusted::from(name)])
        }
        Unlisted::TooMany => {
            Problem::new("too-many-objects", "the repository has too many objects")
        }
    })
}

fn alone(table: &Table, gaps: &mut Gaps) -> Vec<Alone> {
    let read: Vec<Result<Alone, u32>> = table
        .loose
        .par_iter()
        .map(|(folder, number)| {
            let id = table.id(*number).ok_or(*number)?;
            let store = table.folders.get(*folder).ok_or(*number)?;
            let header = store.try_header(&id).ok().flatten();
            let (size, kind) = header.ok_or(*number)?;
            Ok(Alone {
                folder: *folder,
                number: *number,
                kind,
                size,
            })
        })
        .collect();
    let mut alone = Vec::new();
    for read in read {
        match read {
            Ok(object) => alone.push(object),
            Err(number) => gaps.add(Gap::Damaged, name(table, number)),
        }
    }
    alone
}

fn name(table: &Table, number: u32) -> String {
    table
        .id(number)
        .map_or_else(String::new, |id| id.to_string())
}

/// Shows every object of a kind.
fn visit<V: Visit>(
    table: &Table,
    alone: &[Alone],
    kind: Kind,
    make: impl Fn() -> V + Sync,
) -> Vec<V> {
    let mut visitors = Vec::new();
    for pack in &table.packs {
        visitors.extend(pack.walk(|known| known == kind, &make));
    }
    // Who is made from what is not there could be of any kind; told once.
    if kind == Kind::Blob {
        let mut visitor = make();
        for pack in &table.packs {
            for at in &pack.adrift {
                visitor.lost(pack.number(*at).0, Lost::Damaged);
            }
        }
        visitors.push(visitor);
    }
    let of_kind: Vec<&Alone> = alone.iter().filter(|object| object.kind == kind).collect();
    let parts = of_kind
        .len()
        .div_ceil(rayon::current_num_threads() * 4)
        .max(1);
    let more = of_kind.par_chunks(parts).map(|part| {
        let mut visitor = make();
        let mut buffer = Vec::new();
        for object in part {
            match read(table, object, &mut buffer) {
                Ok(()) => drop(visitor.whole(object.number, true, &buffer)),
                Err(why) => visitor.lost(object.number, why),
            }
        }
        visitor
    });
    visitors.extend(more.collect::<Vec<V>>());
    visitors
}

fn read(table: &Table, object: &Alone, buffer: &mut Vec<u8>) -> Result<(), Lost> {
    if object.size > MOST_MADE as u64 {
        return Err(Lost::TooLarge);
    }
    let store: &loose::Store = table.folders.get(object.folder).ok_or(Lost::Damaged)?;
    let id = table.id(object.number).ok_or(Lost::Damaged)?;
    let mut whole = Vec::new();
    let data = store.try_find(&id, &mut whole).ok().flatten();
    let data = data.ok_or(Lost::Damaged)?;
    buffer.clear();
    buffer.extend_from_slice(data.data);
    Ok(())
}

/// The commits that branches and tags name, through tags of tags too.
fn reached_commits(tips: &BTreeSet<gix::ObjectId>, table: &Table, notes: &Notes<'_>) -> Vec<u32> {
    let mut reached: BTreeSet<u32> = tips.iter().map(|tip| table.number(tip)).collect();
    let mut left: Vec<u32> = reached.iter().copied().collect();
    while let Some(number) = left.pop() {
        if let Ok(at) = notes.tags.binary_search_by_key(&number, |tag| tag.number)
            && let Some(tag) = notes.tags.get(at)
            && reached.insert(tag.target)
        {
            left.push(tag.target);
        }
    }
    reached.into_iter().collect()
}

fn tell_gaps(
    repository: &Repository,
    table: &Table,
    notes: &Notes<'_>,
    holding: &Holding,
    folders: &[Folders<'_>],
    ancestry: &Ancestry,
    gaps: &mut Gaps,
) {
    let lost = folders.iter().flat_map(|folders| &folders.lost);
    for (number, why) in notes.lost.iter().chain(&holding.lost).chain(lost) {
        let gap = match why {
            Lost::Damaged => Gap::Damaged,
            Lost::TooLarge => Gap::TooLarge,
        };
        gaps.add(gap, name(table, *number));
    }
    for number in holding.cut.iter().collect::<BTreeSet<_>>() {
        gaps.add(Gap::Cut, name(table, *number));
    }
    let missing: BTreeSet<_> = folders
        .iter()
        .flat_map(|folders| &folders.missing)
        .collect();
    for id in missing {
        gaps.add(Gap::Missing, id.to_string());
    }
    let shallow = repository.inner.shallow_commits().ok().flatten();
    for at in ancestry.order.iter().take(ancestry.reached) {
        let Some(commit) = notes.commits.get(*at as usize) else {
            continue;
        };
        let id = table.id(commit.number);
        if commit.tree == NONE {
            gaps.add(
                Gap::Missing,
                format!("files of {}", name(table, commit.number)),
            );
        }
        if Notes::is_cut(commit) {
            let known = shallow
                .as_ref()
                .is_some_and(|cut| id.is_some_and(|id| cut.contains(&id)));
            let gap = if known { Gap::Shallow } else { Gap::Missing };
            gaps.add(gap, name(table, commit.number));
        }
    }
}
