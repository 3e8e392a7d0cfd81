//! Commits and tags: how they hang together, and what their authors wrote.

use super::super::Search;
use super::super::message;
use super::delta::Span;
use super::pack::{Lost, Visit};
use super::table::{NONE, Table};
use crate::scan::secrets::{Sight, Source};

/// A commit, all by number.
pub(super) struct Commit {
    /// Its own.
    pub number: u32,
    /// Its root folder; [`NONE`] when that is not there.
    pub tree: u32,
    /// [`NONE`] for those that are not there.
    pub parents: Box<[u32]>,
    /// In seconds since 1970-01-01 UTC.
    pub time: i64,
}

/// An annotated tag.
pub(super) struct Tag {
    /// Its own number.
    pub number: u32,
    /// What it names.
    pub target: u32,
}

/// A hit in a message.
pub(super) struct Said {
    /// The commit or tag.
    pub number: u32,
    pub sight: Sight,
}

/// Reads commits and tags, on one thread.
pub(super) struct Notes<'a> {
    pub search: &'a Search<'a>,
    pub table: &'a Table,
    /// Which of both is read.
    pub of_tags: bool,
    pub commits: Vec<Commit>,
    pub tags: Vec<Tag>,
    pub said: Vec<Said>,
    pub lost: Vec<(u32, Lost)>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(search: &'a Search<'a>, table: &'a Table, of_tags: bool) -> Self {
        Self {
            search,
            table,
            of_tags,
            commits: Vec::new(),
            tags: Vec::new(),
            said: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Adds what another thread read.
    pub(super) fn absorb(&mut self, other: Self) {
        self.commits.extend(other.commits);
        self.tags.extend(other.tags);
        self.said.extend(other.said);
        self.lost.extend(other.lost);
    }

    pub(super) fn read(&mut self, number: u32, bytes: &[u8]) {
        let message = if self.of_tags {
            message::tag(bytes).map(|tag| {
                let target = self.table.number(&tag.target);
                self.tags.push(Tag { number, target });
                tag.message
            })
        } else {
            message::commit(bytes).map(|commit| {
                let parents = commit.parents.iter().map(|id| self.table.number(id));
                self.commits.push(Commit {
                    number,
                    tree: self.table.number(&commit.tree),
                    parents: parents.collect(),
                    time: commit.time,
                });
                commit.message
            })
        };
        let Some(message) = message else {
            self.lost.push((number, Lost::Damaged));
            return;
        };
        let source = match self.of_tags {
            true => Source::TagMessage,
            false => Source::CommitMessage,
        };
        let sights = source.sights(self.search.scanner, message, None);
        let said = sights.list.into_iter().map(|sight| Said { number, sight });
        self.said.extend(said);
        self.search.progress.add(1, message.len() as u64);
    }

    /// True when this commit is not all there.
    pub(super) fn is_cut(commit: &Commit) -> bool {
        commit.parents.contains(&NONE)
    }
}

impl Visit for Notes<'_> {
    type Kept = ();

    fn whole(&mut self, number: u32, wanted: bool, bytes: &[u8]) {
        if wanted {
            self.read(number, bytes);
        }
    }

    fn made(&mut self, number: u32, wanted: bool, bytes: &[u8], _: &[Span], (): &()) {
        self.whole(number, wanted, bytes);
    }

    fn lost(&mut self, number: u32, why: Lost) {
        self.lost.push((number, why));
    }
}
