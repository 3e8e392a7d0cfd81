//! lockgate's own search for secrets: which, where, and what it says of itself.

mod base;
mod config;
mod health;
mod history;
mod rules;

pub use rules::{Ruleset, configured, own, ruleset, test_rules, together};

use super::base::Compared;
use super::case::Ground;
use super::own;
use super::request::{Scan, Scope};
use super::share::Share;
use super::tools::Wanted;
use crate::edge::progress::watched;
use crate::edge::tree::{Progress, Searched, Walked};
use crate::error::{Error, ErrorKind};
use crate::model::{Coverage, Event, Health, Problem, RepoPath, Run, ScannerId, Witnessed, Work};
use crate::policy::Policy;
use crate::scan::secrets::{BaseSecrets, Honour, Sight, collect};
use lockgate_secrets::{Gap, Scanner};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Most sights that are kept. A tree with more was made for that, and nobody reads them.
const MOST: usize = 100_000;

/// Leaves of the policy what a search for secrets alone needs.
pub fn narrow(policy: &mut Policy, scan: &Scan) {
    // Whoever names a configuration wants it to count.
    if scan.config.is_some() {
        let id = ScannerId::literal(ScannerId::SECRETS);
        policy.scanners.entry(id).or_default().honour_suppressions = true;
    }
}

/// The run, when secrets are to be looked for; with what the next search of the history may leave out.
///
/// # Errors
/// Rules of the user's that are wrong: nothing was looked at.
pub fn run(
    ground: &Ground<'_, '_>,
    share: &Share,
) -> Result<Option<(Witnessed, Option<String>)>, Error> {
    let id = ScannerId::literal(ScannerId::SECRETS);
    if own::wanted(&id, ground.request, ground.policy) == Wanted::No || !share.has(&id) {
        return Ok(None);
    }
    let set = ruleset(ground)?;
    let scanner = Scanner::new(&set.rules).map_err(|error| {
        Error::new(ErrorKind::Usage, "the rules cannot be searched for").detail(error.to_string())
    })?;
    Ok(Some(Search::new(ground, &set, &scanner).witnessed()))
}

/// One search.
struct Search<'a, 'r> {
    ground: &'a Ground<'a, 'r>,
    set: &'a Ruleset,
    progress: Progress,
    net: Net<'a>,
}

/// What was not looked at, in which files.
type Gaps = BTreeMap<Gap, BTreeSet<RepoPath>>;

/// What all threads put their hits into.
struct Net<'a> {
    scanner: &'a Scanner<'a>,
    sights: Mutex<Vec<Sight>>,
    /// What was not looked at, in which files.
    gaps: Mutex<Gaps>,
}

impl<'a, 'r> Search<'a, 'r> {
    fn new(ground: &'a Ground<'a, 'r>, set: &'a Ruleset, scanner: &'a Scanner<'a>) -> Self {
        Self {
            ground,
            set,
            progress: Progress::default(),
            net: Net {
                scanner,
                sights: Mutex::default(),
                gaps: Mutex::default(),
            },
        }
    }

    fn witnessed(self) -> (Witnessed, Option<String>) {
        let request = self.ground.request;
        let scope = scope(self.ground);
        let now = || {
            let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
            (
                load(&self.progress.files),
                "files",
                load(&self.progress.bytes),
            )
        };
        let walked = watched(&now, request.quiet, || match scope {
            Scope::Staged => Walked::default(),
            Scope::Tree | Scope::History => self.tree(),
        });
        let (_, _, bytes) = now();
        let mut told = history::Told::default();
        let sights = self.net.sights.into_inner();
        let mut sights = sights.unwrap_or_else(PoisonError::into_inner);
        let asked = history::Asked {
            ground: self.ground,
            scope,
            scanner: self.net.scanner,
            set: self.set,
        };
        history::search(&asked, &mut sights, &mut told);
        let base = in_base(self.ground, self.net.scanner, &sights);
        let files = self.progress.files.load(Ordering::Relaxed) + told.contents;
        let gaps = self.net.gaps.into_inner();
        let gaps = gaps.unwrap_or_else(PoisonError::into_inner);
        self.set.sift(&mut sights);
        history::hide_names(&mut sights);
        let honour = honour(self.ground);
        let rules = &self.set.rules;
        let collected = collect(sights, rules, base.as_ref(), honour);
        let nothing = Problem::new(Health::NOTHING_TO_LOOK_AT, "there is no file to look at");
        let mut problems = health::problems(&walked, &gaps);
        problems.extend(told.gaps);
        let health = match files {
            // Nothing is staged, and the index has been looked at.
            0 if problems.is_empty() && scope == Scope::Staged => {
                Health::judge(Work::new(1, "index"), problems, nothing)
            }
            0 if problems.is_empty() => Health::Skipped(nothing),
            files => Health::judge(Work::new(files, "files"), problems, nothing),
        };
        let mut notes = health::notes(&walked);
        notes.extend(self.set.notes.iter().cloned());
        notes.extend(told.notes);
        notes.push(health::work(bytes + told.bytes, rules.all().len()));
        let witnessed = Witnessed {
            run: Run {
                scanner: ScannerId::literal(ScannerId::SECRETS),
                tool: "lockgate".into(),
                home: None,
                version: Some(env!("CARGO_PKG_VERSION").into()),
                report: None,
                ordinal: 0,
                format: None,
                health,
                coverage: Coverage::default(),
                notes,
                findings: collected.observations.len(),
                rules: collected.rules,
            },
            observations: collected.observations,
        };
        (witnessed, told.state.map(|state| state.write()))
    }

    /// Every file of the tree.
    fn tree(&self) -> Walked {
        let tracked = self.ground.repository.and_then(|git| git.tracked());
        let root = &self.ground.request.root;
        let net = &self.net;
        root.search(tracked.as_ref(), &self.progress, net.scanner, &|searched| {
            net.keep(searched);
        })
    }
}

/// What the base holds, where there is one and something to compare.
fn in_base(
    ground: &Ground<'_, '_>,
    scanner: &Scanner<'_>,
    sights: &[Sight],
) -> Option<BaseSecrets> {
    match ground.compared {
        Compared::With(_) if sights.is_empty() => Some(BaseSecrets::default()),
        Compared::With(known) => Some(base::secrets(known, sights, scanner)),
        Compared::Without(_) => None,
    }
}

impl Net<'_> {
    fn keep(&self, searched: Searched) {
        let Searched { sights, gaps, path } = searched;
        let kept = self.sights.lock();
        let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(kept.len());
        let full = (sights.len() > room).then_some(Gap::Hits);
        kept.extend(sights.into_iter().take(room));
        drop(kept);
        let all = self.gaps.lock();
        let mut all = all.unwrap_or_else(PoisonError::into_inner);
        for gap in gaps.into_iter().chain(full) {
            all.entry(gap).or_default().insert(path.clone());
        }
    }
}

/// Where secrets are looked for. A scheduled check, which has the time, also looks at the history.
fn scope(ground: &Ground<'_, '_>) -> Scope {
    if let Some(scan) = &ground.request.scan {
        return scan.scope;
    }
    let id = ScannerId::literal(ScannerId::SECRETS);
    let wanted = ground.policy.scanner(&id).secrets.history;
    match wanted.unwrap_or(ground.event == Event::Schedule) {
        true => Scope::History,
        false => Scope::Tree,
    }
}

/// What comments beside a secret do.
fn honour(ground: &Ground<'_, '_>) -> Honour {
    let id = ScannerId::literal(ScannerId::SECRETS);
    if !ground.policy.scanner(&id).secrets.allow_comments {
        return Honour::No;
    }
    match (ground.compared, ground.event.judges_a_change()) {
        (Compared::With(_), _) => Honour::OfTheBase,
        (Compared::Without(_), true) => Honour::No,
        (Compared::Without(_), false) => Honour::Any,
    }
}

/// A rule's severity in the words of policies.
pub fn word(severity: lockgate_secrets::Severity) -> &'static str {
    crate::scan::secrets::severity(severity).word()
}
