//! Contents of commits, searched: a change's commits, a whole history, what is staged.
//!
//! Objects are read by their id, never as the text of a difference: `.gitattributes` has no say in
//! what is looked at.

mod brought;
mod gaps;
mod history;
mod message;
mod order;
mod range;
mod staged;
mod trees;
mod weigh;

pub use history::history;
pub use range::commits;
pub use staged::staged;

use super::Repository;
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::{Found, Sights, Source, window};
use lockgate_secrets::{Input, Scanned, Scanner};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of content that are read before they are searched, on all threads.
const BATCH: usize = 16 * 1024 * 1024;

/// Hits that are followed up in one search. Beyond that, somebody wants to exhaust it.
const MOST_HITS: usize = 1_000_000;

/// How contents are searched.
pub struct Search<'a> {
    /// All rules, made ready.
    pub scanner: &'a Scanner<'a>,
    /// Tells one set of rules from another.
    pub rules: &'a str,
    /// Largest content that is searched, in bytes.
    pub limit: u64,
    /// How far the search is.
    pub progress: &'a Progress,
}

/// How far a search is, for whoever tells the user.
#[derive(Debug, Default)]
pub struct Progress {
    objects: AtomicU64,
    all: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// Objects that were looked at, all of them (0 while nobody knows), and bytes.
    pub fn now(&self) -> (u64, u64, u64) {
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        (load(&self.objects), load(&self.all), load(&self.bytes))
    }

    fn expect(&self, objects: usize) {
        self.all.fetch_add(objects as u64, Ordering::Relaxed);
    }

    fn add(&self, objects: u64, bytes: u64) {
        self.objects.fetch_add(objects, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A content to be searched.
struct Content<T> {
    /// What it is to whoever asks.
    about: T,
    /// `None` when nobody knows it.
    path: Option<RepoPath>,
    bytes: Vec<u8>,
}

impl Search<'_> {
    /// What is in bytes of which nobody knows the name yet.
    fn scan(&self, bytes: &[u8]) -> Scanned {
        self.scanner.scan(&Input { path: "", bytes })
    }

    /// Searches contents that are read one after the other, on all threads.
    fn each<T: Send, R: Send>(
        &self,
        contents: impl Iterator<Item = Content<T>>,
        judge: impl Fn(T, Sights) -> R + Sync,
    ) -> Vec<R> {
        let mut results = Vec::new();
        let mut batch: Vec<Content<T>> = Vec::new();
        let mut size = 0;
        let run = |batch: &mut Vec<Content<T>>| -> Vec<R> {
            let all: Vec<_> = std::mem::take(batch);
            let bytes: usize = all.iter().map(|content| content.bytes.len()).sum();
            let found = all
                .into_par_iter()
                .map(|content| {
                    let sights = match &content.path {
                        Some(path) => window(self.scanner, path, path.raw(), &content.bytes),
                        None => Source::Blob.sights(self.scanner, &content.bytes, None),
                    };
                    judge(content.about, sights)
                })
                .collect::<Vec<R>>();
            self.progress.add(found.len() as u64, bytes as u64);
            found
        };
        for content in contents {
            size += content.bytes.len();
            batch.push(content);
            if size > BATCH {
                results.extend(run(&mut batch));
                size = 0;
            }
        }
        results.extend(run(&mut batch));
        results
    }
}

/// Sorted as [`Found::sightings`] says, commits in the order of `rank`.
fn sort(found: &mut Found, rank: impl Fn(&str) -> usize) {
    for sighting in &mut found.sightings {
        let commit = sighting.commit.as_ref();
        sighting.sight.commit = commit.map(|commit| commit.id.clone());
    }
    found.sightings.sort_by_cached_key(|sighting| {
        let commit = sighting.commit.as_ref();
        (
            !sighting.reachable,
            commit.map_or(usize::MAX, |commit| rank(&commit.id)),
            sighting.source,
            sighting.sight.location.clone(),
            sighting.sight.rule,
        )
    });
}

#[cfg(test)]
mod tests;
