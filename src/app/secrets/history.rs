//! What git adds to a search: the commits of a change, the whole history, what is staged.

use super::Ruleset;
use crate::app::base::Compared;
use crate::app::case::Ground;
use crate::app::request::Scope;
use crate::edge::git::search::{self, Progress};
use crate::edge::progress::watched;
use crate::model::{Certainty, Foreign as _, Problem, RepoPath};
use crate::scan::secrets::{Found, Sight, Sighting, Source, State};
use lockgate_secrets::{Scanner, Secret, Severity};
use std::collections::BTreeSet;

/// Largest content of a commit that is searched, in bytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Digits of a commit's id that are shown.
const SHORT: usize = 12;

/// What is asked for.
pub struct Asked<'a, 'r> {
    /// Everything that is known.
    pub ground: &'a Ground<'a, 'r>,
    /// Where to look.
    pub scope: Scope,
    /// The rules, made ready.
    pub scanner: &'a Scanner<'a>,
    /// The same, as they were read.
    pub set: &'a Ruleset,
}

/// What is to be told of it.
#[derive(Default)]
pub struct Told {
    /// What was not looked at.
    pub gaps: Vec<Problem>,
    /// What was done.
    pub notes: Vec<Problem>,
    /// Contents that were searched in place of files.
    pub contents: u64,
    /// Bytes that were looked at.
    pub bytes: u64,
    /// What the next search of the whole history may leave out.
    pub state: Option<State>,
}

/// A secret by its rule and itself.
type Known = BTreeSet<(usize, Secret)>;

/// Adds what git has. `sights` are those of the files that are there.
pub fn search(asked: &Asked<'_, '_>, sights: &mut Vec<Sight>, told: &mut Told) {
    let here: BTreeSet<(usize, Secret, RepoPath)> = sights
        .iter()
        .map(|sight| {
            let path = sight.location.path.clone();
            (sight.rule, sight.secret.clone(), path)
        })
        .collect();
    // Where the content stands in the file that is there, the file is the place.
    let stands_here = |sighting: &Sighting| {
        let sight = &sighting.sight;
        let path = sight.location.path.clone();
        let key = (sight.rule, sight.secret.clone(), path);
        sighting.still_there && sighting.source == Source::Blob && here.contains(&key)
    };
    let mut new = Known::new();
    match asked.scope {
        Scope::Staged => {
            let found = asked.ask(told, "", &|git, search| search::staged(git, search));
            for sighting in found.map(|found| found.sightings).unwrap_or_default() {
                let old = sighting.had_before;
                let mut sight = place(sighting);
                sight.in_base = Some(old);
                sights.push(sight);
            }
            return;
        }
        Scope::Tree | Scope::History => {
            for sighting in asked.commits(told) {
                let old = sighting.had_before;
                if !old {
                    new.insert((sighting.sight.rule, sighting.sight.secret.clone()));
                }
                if !stands_here(&sighting) {
                    let mut sight = place(sighting);
                    sight.in_base = Some(old);
                    sights.push(sight);
                }
            }
        }
    }
    if asked.scope == Scope::History {
        let compared = matches!(asked.ground.compared, Compared::With(_));
        // What cannot be read is of another version or damaged: everything is searched again.
        let earlier = asked.ground.history.and_then(|text| State::read(text).ok());
        let found = asked.ask(told, &asked.set.digest(), &|git, search| {
            search::history(git, search, earlier.as_ref())
        });
        told.state = found.as_ref().and_then(|found| found.state.clone());
        if told.state.is_some() && earlier.is_some_and(|state| state.rules == asked.set.digest()) {
            let text = "of the history, only what is new since the last search was looked at, and what that had found";
            told.notes.push(Problem::new("incremental", text));
        }
        for sighting in found.map(|found| found.sightings).unwrap_or_default() {
            let key = (sighting.sight.rule, sighting.sight.secret.clone());
            if stands_here(&sighting) || new.contains(&key) {
                continue;
            }
            let mut sight = place(sighting);
            sight.in_base = compared.then_some(true);
            sights.push(sight);
        }
    }
}

/// A search through objects.
type Way<'w> =
    &'w dyn Fn(&crate::edge::git::Repository, &search::Search<'_>) -> Result<Found, Problem>;

impl Asked<'_, '_> {
    /// The commits of the change, where one is judged.
    fn commits(&self, told: &mut Told) -> Vec<Sighting> {
        let known = match self.ground.compared {
            Compared::With(known) => known,
            Compared::Without(_) => {
                if self.ground.event.judges_a_change() {
                    let text = "the commits of the change cannot be looked at without its base";
                    told.gaps.push(Problem::new("no-base", text));
                }
                return Vec::new();
            }
        };
        let base = known.start.id();
        let found = self.ask(told, "", &|git, search| {
            search::commits(git, &base, "HEAD", search)
        });
        found.map(|found| found.sightings).unwrap_or_default()
    }

    fn ask(&self, told: &mut Told, rules: &str, way: Way<'_>) -> Option<Found> {
        let Some(git) = self.ground.repository else {
            let text = "there is no Git repository to look at";
            told.gaps.push(Problem::new("no-repository", text));
            return None;
        };
        let progress = Progress::default();
        let search = search::Search {
            scanner: self.scanner,
            rules,
            limit: LARGEST,
            progress: &progress,
        };
        let now = || {
            let (objects, _, bytes) = progress.now();
            (objects, "objects", bytes)
        };
        let found = watched(&now, self.ground.request.quiet, || way(git, &search));
        match found {
            Err(problem) => {
                told.gaps.push(problem);
                None
            }
            Ok(mut found) => {
                told.gaps.append(&mut found.gaps);
                told.bytes += found.bytes;
                if self.scope == Scope::Staged {
                    told.contents += found.blobs;
                } else {
                    let (commits, blobs) = (found.commits, found.blobs);
                    let text = format!("searched {commits} commits with {blobs} contents");
                    told.notes.push(Problem::new("commits", text));
                }
                Some(found)
            }
        }
    }
}

/// A sighting as a place: what is in a commit has that as its target.
fn place(sighting: Sighting) -> Sight {
    let Sighting {
        mut sight,
        source,
        commit,
        reachable,
        ..
    } = sighting;
    let id = commit.as_ref().map(|commit| {
        let id = commit.id.get(..SHORT).unwrap_or(&commit.id);
        format!("commit {id}")
    });
    let target = match (id, source) {
        (None, Source::Blob) => None,
        (None, source) => Some(source.word().to_owned()),
        (Some(id), Source::Blob) => Some(id),
        (Some(id), source) => Some(format!("{} of {id}", source.word())),
    };
    let lost = match reachable {
        true => "",
        false => ", which no branch or tag leads to",
    };
    if !reachable {
        // It need not ever have left this machine.
        sight.severity = Severity::Info;
    }
    sight.location.target = target.map(|target| format!("{target}{lost}").into());
    sight.commit = commit.map(|commit| commit.id);
    if source == Source::FileName {
        // The name is the secret.
        sight.location.path = masked(&sight.location.path, &sight.secret);
    }
    sight
}

/// The path without a secret in it.
fn masked(path: &RepoPath, secret: &Secret) -> RepoPath {
    let text = std::str::from_utf8(secret.bytes()).unwrap_or_default();
    let shown = match text.is_empty() || !path.raw().contains(text) {
        // It is encoded somehow: nothing of the name is shown.
        true => "[secret]".to_owned(),
        false => path.raw().replace(text, "[secret]"),
    };
    RepoPath::new(&shown).unwrap_or_else(|_| path.clone())
}

/// Takes every secret out of every path: a name may hold what stands in another file.
pub fn hide_names(sights: &mut [Sight]) {
    let secrets: Vec<Secret> = sights.iter().map(|sight| sight.secret.clone()).collect();
    let paths: BTreeSet<RepoPath> = sights
        .iter()
        .map(|sight| sight.location.path.clone())
        .collect();
    let texts: BTreeSet<&str> = secrets
        .iter()
        .filter_map(|secret| std::str::from_utf8(secret.bytes()).ok())
        .filter(|text| text.len() >= 8)
        .collect();
    if texts.is_empty() {
        return;
    }
    let finder = aho_corasick::AhoCorasick::new(&texts);
    let Ok(finder) = finder else { return };
    let told: BTreeSet<&RepoPath> = paths
        .iter()
        .filter(|path| finder.is_match(path.raw()))
        .collect();
    for sight in sights.iter_mut() {
        if told.contains(&sight.location.path) {
            let hidden: Vec<&str> = texts.iter().map(|_| "[secret]").collect();
            let shown = finder.replace_all(sight.location.path.raw(), &hidden);
            sight.location.path = RepoPath::new(&shown).unwrap_or(sight.location.path.clone());
            sight.location.certainty = Certainty::File;
        }
    }
}
