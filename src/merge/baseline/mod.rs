//! Findings and the entries of a baseline → who is who.
//!
//! One entry stands for one finding, so that one old problem never hides fifty new ones. Matching
//! goes in passes, from the surest to the least sure, and each pass looks only at what is still
//! open. What cannot be told apart counts as new. Nothing depends on the order of the findings or
//! of the entries, and the time is near-linear in both.

mod dependencies;
mod item;
mod places;
mod renames;
mod shifts;

use crate::model::{Baseline, BaselineEntry, Finding, Standing};
use item::{Interner, Item, Subject};
use std::collections::{BTreeMap, VecDeque};

/// How an entry came to stand for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// The same problem at the same place.
    Exact,
    /// At another line of the same file.
    Moved,
    /// The same package and version, by another name of the advisory.
    Alias,
    /// The file has another name.
    Renamed,
    /// The package has another version, which is vulnerable, too.
    Bumped,
}

impl Pass {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "known",
            Self::Moved => "moved",
            Self::Alias => "alias",
            Self::Renamed => "renamed",
            Self::Bumped => "bumped",
        }
    }

    /// Why the finding is not new, as a clause.
    pub fn why(self) -> &'static str {
        match self {
            Self::Exact => "the baseline knows it",
            Self::Moved => "the baseline knows it at another line",
            Self::Alias => "the baseline knows it by another name of the advisory",
            Self::Renamed => {
                "the baseline knows it in a file that is gone, of which this is the new name"
            }
            Self::Bumped => "the baseline knows it in another version of the package",
        }
    }
}

/// Why no entry stands for a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Novelty {
    /// Nothing like it is there.
    Unknown,
    /// Every entry like it stands for another finding.
    Surplus,
    /// An entry like it is at another place of the file.
    Elsewhere,
    /// Files have new names, and more than one finding or entry looks like it.
    AmbiguousFile,
    /// Versions have changed, and more than one finding or entry may be meant.
    AmbiguousVersion,
}

impl Novelty {
    /// True where an entry may stand for it, and nobody can say which for what.
    pub fn is_ambiguous(self) -> bool {
        matches!(self, Self::AmbiguousFile | Self::AmbiguousVersion)
    }

    /// Why the finding is new, as a clause.
    pub fn why(self) -> &'static str {
        match self {
            Self::Unknown => "it is not in the baseline",
            Self::Surplus => "the baseline has fewer like it in this file",
            Self::Elsewhere => "the baseline has one like it only at another place of the file",
            Self::AmbiguousFile => {
                "files have moved, and several findings look alike, so none is told to be an old one"
            }
            Self::AmbiguousVersion => {
                "several versions of the package have changed, so none is told to be an old one"
            }
        }
    }
}

/// What the baseline says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// This entry, by its index, stands for it.
    Entry(usize, Pass),
    /// It is new.
    New(Novelty),
    /// The report marks it as not a problem, so nothing is compared.
    NotAProblem,
}

/// Findings held against a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What the baseline says of each finding, in their order.
    pub findings: Vec<Known>,
    /// Indices of the entries that stand for no finding, ascending.
    pub open: Vec<usize>,
}

/// Holds findings against a baseline.
pub fn compare(findings: &[&Finding], baseline: &Baseline) -> Comparison {
    let mut interner = Interner::default();
    let old = item::sorted(
        baseline
            .entries
            .iter()
            .map(|entry| interner.entry(entry))
            .collect(),
    );
    let new = findings.iter().enumerate();
    let new = new.filter(|(_, f)| !matches!(f.observation.standing, Standing::NotAProblem(_)));
    let new = item::sorted(
        new.map(|(index, finding)| interner.finding(index, finding))
            .collect(),
    );
    let mut matching = Matching::new(&old, &new);
    same_fingerprint(&mut matching);
    places::run(&mut matching);
    dependencies::run(&mut matching);
    renames::run(&mut matching, &baseline.absent);
    matching.finish(findings.len())
}

/// Who is who, so far. Positions count in the sorted lists.
struct Matching<'a> {
    old: &'a [Item<'a>],
    new: &'a [Item<'a>],
    /// For each new item, the old one that stands for it.
    of_new: Vec<Option<(usize, Pass)>>,
    /// Whether an old item stands for something.
    taken: Vec<bool>,
    novelty: Vec<Novelty>,
}

impl<'a> Matching<'a> {
    fn new(old: &'a [Item<'a>], new: &'a [Item<'a>]) -> Self {
        Self {
            old,
            new,
            of_new: vec![None; new.len()],
            taken: vec![false; old.len()],
            novelty: vec![Novelty::Unknown; new.len()],
        }
    }

    /// New items that nothing stands for yet, with their positions.
    fn open_new(&self) -> impl Iterator<Item = (usize, &'a Item<'a>)> + use<'a, '_> {
        let open = self.new.iter().enumerate().zip(&self.of_new);
        open.filter(|(_, known)| known.is_none())
            .map(|(item, _)| item)
    }

    /// Old items that stand for nothing yet, with their positions.
    fn open_old(&self) -> impl Iterator<Item = (usize, &'a Item<'a>)> + use<'a, '_> {
        let open = self.old.iter().enumerate().zip(&self.taken);
        open.filter(|(_, taken)| !**taken).map(|(item, _)| item)
    }

    fn is_open_new(&self, new: usize) -> bool {
        self.of_new.get(new).is_some_and(Option::is_none)
    }

    fn is_open_old(&self, old: usize) -> bool {
        self.taken.get(old).is_some_and(|taken| !taken)
    }

    /// Lets an old item stand for a new one. Nothing happens when one of them is not open.
    fn pair(&mut self, old: usize, new: usize, pass: Pass) {
        if !self.is_open_old(old) || !self.is_open_new(new) {
            return;
        }
        if let (Some(taken), Some(known)) = (self.taken.get_mut(old), self.of_new.get_mut(new)) {
            *taken = true;
            *known = Some((old, pass));
        }
    }

    fn say(&mut self, new: usize, novelty: Novelty) {
        if let Some(said) = self.novelty.get_mut(new) {
            *said = novelty;
        }
    }

    /// One pass: open items that share a key are paired in their order. Keys that have none are left
    /// alone.
    fn by_key<K: Ord>(
        &mut self,
        key: impl Fn(&Item<'a>) -> Option<K>,
        pass: impl Fn(&Item<'a>, &Item<'a>) -> Pass,
    ) {
        let mut waiting: BTreeMap<K, VecDeque<(usize, &'a Item<'a>)>> = BTreeMap::new();
        for (position, item) in self.open_old() {
            if let Some(key) = key(item) {
                waiting.entry(key).or_default().push_back((position, item));
            }
        }
        let mut pairs = Vec::new();
        for (position, item) in self.open_new() {
            let list = key(item).and_then(|key| waiting.get_mut(&key));
            if let Some((old, old_item)) = list.and_then(VecDeque::pop_front) {
                pairs.push((old, position, pass(old_item, item)));
            }
        }
        for (old, new, pass) in pairs {
            self.pair(old, new, pass);
        }
    }

    fn finish(self, count: usize) -> Comparison {
        let mut findings = vec![Known::NotAProblem; count];
        let known = self.of_new.iter().zip(&self.novelty);
        for (item, (known, novelty)) in self.new.iter().zip(known) {
            let known = match known {
                Some((old, pass)) => self
                    .old
                    .get(*old)
                    .map_or(Known::New(*novelty), |old| Known::Entry(old.index, *pass)),
                None => Known::New(*novelty),
            };
            if let Some(slot) = findings.get_mut(item.index) {
                *slot = known;
            }
        }
        let mut open: Vec<usize> = self.open_old().map(|(_, item)| item.index).collect();
        open.sort_unstable();
        Comparison { findings, open }
    }
}

/// The surest pass: the same fingerprint, and nothing that speaks against it. For a dependency the
/// fingerprint says all. Lines that only look alike share fingerprints by their number, so what
/// stands around them must be the same on both sides; where nobody knows it, the line's number.
fn same_fingerprint(matching: &mut Matching<'_>) {
    matching.by_key(
        |item| match &item.subject {
            Subject::Package { .. } => Some((item.fingerprint, None, None)),
            Subject::Place { .. } => match item.around() {
                Some(around) => Some((item.fingerprint, Some(around), None)),
                None => Some((item.fingerprint, None, Some(item.line))),
            },
        },
        |old, new| match (&old.subject, old.line == new.line) {
            (Subject::Package { .. }, _) | (_, true) => Pass::Exact,
            _ => Pass::Moved,
        },
    );
}

/// The place of an entry: what was scanned instead of a file, failing that the file.
fn entry_place(entry: &BaselineEntry) -> &str {
    use crate::model::Foreign as _;
    match &entry.target {
        Some(target) => target.raw(),
        None => entry.path.raw(),
    }
}
