//! lockgate's own look at configuration: headers and policies of content, settings of production.

use super::base::Compared;
use super::case::Ground;
use super::own;
use super::share::Share;
use super::tools::Wanted;
use crate::edge::configuration::Configuration;
use crate::edge::progress::watched;
use crate::ingest::family;
use crate::model::{
    Coverage, Foreign as _, Health, Problem, RepoPath, Run, ScannerId, Untrusted, Witnessed, Work,
};
use crate::scan::hardening::collect;
use lockgate_hardening::{Options, Scanned, scan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

/// The runs of those of the two scanners that are wanted. Both look once.
pub fn run(ground: &Ground<'_, '_>, share: &Share) -> Vec<Witnessed> {
    let wanted: Vec<ScannerId> = [ScannerId::CSP, ScannerId::HARDENING]
        .map(ScannerId::literal)
        .into_iter()
        .filter(|id| own::wanted(id, ground.request, ground.policy) != Wanted::No)
        .filter(|id| share.has(id))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let tracked = ground.repository.and_then(|git| git.tracked());
    let files = AtomicU64::new(0);
    let now = || (files.load(Ordering::Relaxed), "files", 0);
    let (read, scanned) = watched(&now, ground.request.quiet, || {
        let read = ground.request.root.configuration(tracked.as_ref(), &files);
        let scanned = scan(&read.tree, &options(ground));
        (read, scanned)
    });
    let witnessed = wanted.into_iter().map(|id| {
        let permitted = ground.policy.scanner(&id).configuration.allow_comments;
        let honoured = |path: &RepoPath| permitted && old(ground, path);
        let mut collected = collect(&scanned.findings, id.as_str(), &honoured);
        for located in &mut collected.observations {
            let observation = &mut located.observation;
            observation.family = family::of(id.as_str(), observation.rule.raw());
        }
        Witnessed {
            run: Run {
                tool: "lockgate".into(),
                home: None,
                version: Some(env!("CARGO_PKG_VERSION").into()),
                report: None,
                ordinal: 0,
                format: None,
                health: health(&read, &scanned),
                coverage: Coverage::default(),
                notes: notes(&read, &scanned),
                findings: collected.observations.len(),
                rules: collected.rules,
                scanner: id,
            },
            observations: collected.observations,
        }
    });
    witnessed.collect()
}

/// What the policy says of the look. Both scanners look at the same files.
fn options(ground: &Ground<'_, '_>) -> Options {
    let mut options = Options::default();
    for id in [ScannerId::CSP, ScannerId::HARDENING].map(ScannerId::literal) {
        let said = ground.policy.scanner(&id).configuration;
        options.roles.extend(said.roles);
        options.wanted.extend(said.also);
    }
    options
}

/// Whether a comment in a file is older than the judged change, which could otherwise accept what it
/// brings. Of a file that the change touches that is not known.
fn old(ground: &Ground<'_, '_>, path: &RepoPath) -> bool {
    match ground.compared {
        Compared::With(known) => !known.touched.files.contains(path),
        Compared::Without(_) => !ground.event.judges_a_change(),
    }
}

fn names<'a>(paths: impl Iterator<Item = &'a RepoPath> + 'a) -> impl Iterator<Item = Untrusted> {
    paths.map(|path| Untrusted::from(path.raw()))
}

fn health(read: &Configuration, scanned: &Scanned) -> Health {
    let mut problems = Vec::new();
    if !read.unreadable.is_empty() {
        let text = "files could not be read";
        problems.push(Problem::new("unreadable", text).files(names(read.unreadable.iter())));
    }
    if read.nameless > 0 {
        let text = "files or folders could not be read, and their names are not known";
        problems.push(Problem::new("unreadable", text));
    }
    let mut gaps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for gap in scanned.gaps.iter().filter(|gap| !gap.template) {
        gaps.entry(&gap.reason).or_default().insert(&gap.path);
    }
    for (reason, paths) in gaps {
        let text = format!("a file could not be looked at: {reason}");
        let paths = paths.into_iter().map(Untrusted::from);
        problems.push(Problem::new("not-parsed", text).files(paths));
    }
    let files: u64 = scanned.looked_at.values().sum();
    // That there is no configuration is known from having looked at every name.
    let (count, what) = match files {
        0 => (read.tree.names().count() as u64, "file names"),
        files => (files, "configuration files"),
    };
    let nothing = Problem::new(Health::NOTHING_TO_LOOK_AT, "there is no file to look at");
    match count {
        0 if problems.is_empty() => Health::Skipped(nothing),
        count => Health::judge(Work::new(count, what), problems, nothing),
    }
}

fn notes(read: &Configuration, scanned: &Scanned) -> Vec<Problem> {
    let mut notes = Vec::new();
    if !read.large.is_empty() {
        let text = "files are larger than configuration is, and were not looked at";
        notes.push(Problem::new("large-files", text).files(names(read.large.iter())));
    }
    let templates = scanned.gaps.iter().filter(|gap| gap.template);
    let templates: BTreeSet<&str> = templates.map(|gap| gap.path.as_str()).collect();
    if !templates.is_empty() {
        let text = "templates cannot be read before they are filled in";
        let paths = templates.into_iter().map(Untrusted::from);
        notes.push(Problem::new("templates", text).files(paths));
    }
    let kinds: Vec<String> = scanned
        .looked_at
        .iter()
        .map(|(kind, count)| format!("{kind}: {count}"))
        .collect();
    if !kinds.is_empty() {
        let text = format!("looked at {}", kinds.join(", "));
        notes.push(Problem::new("looked-at", text));
    }
    notes
}
