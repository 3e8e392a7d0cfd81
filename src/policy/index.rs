//! Which gates and waivers can be about a finding at all, found without trying each.

use super::condition::{Condition, Pattern};
use super::fragments::Fragments;
use crate::model::{Ecosystem, Finding, Foreign as _, Kind, Severity};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What a word is, the most telling first: findings share a fingerprint least, a scanner most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sort {
    Fingerprint,
    Advisory,
    Package,
    Rule,
    /// A file, or a folder that it is in.
    Path,
    Cwe,
    Scanner,
    /// A part of a rule's name.
    InRule,
    /// A part of a path.
    InPath,
}

/// A word that a finding must bear for a condition to hold, whatever else the condition says.
type Key<'c> = (Sort, Cow<'c, str>);

/// Positions in a list of conditions, ascending.
type Positions = Vec<usize>;

/// A list of conditions, by what they need.
pub struct Index {
    /// The sorts that there are words of.
    sorts: BTreeSet<Sort>,
    /// By the number of a word, ascending. Words that share a number only cost a try in vain.
    words: Vec<(u64, Positions)>,
    in_rules: Option<Fragments>,
    in_paths: Option<Fragments>,
    /// Those that need no such word, for each kind and severity that they can hold for.
    rest: Vec<Positions>,
}

impl Index {
    /// Sorts the conditions of a list.
    pub fn new<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut index = Self {
            sorts: BTreeSet::new(),
            words: Vec::new(),
            in_rules: None,
            in_paths: None,
            rest: vec![Positions::new(); Kind::ALL.len() * Severity::ALL.len()],
        };
        let mut words: BTreeMap<u64, Positions> = BTreeMap::new();
        let mut parts: BTreeMap<Sort, BTreeMap<String, Positions>> = BTreeMap::new();
        for (at, condition) in conditions.enumerate() {
            let Some(keys) = keys(condition) else {
                index.add_to_rest(condition, at);
                continue;
            };
            for (sort, word) in keys {
                let positions = match sort {
                    Sort::InRule | Sort::InPath => {
                        let parts = parts.entry(sort).or_default();
                        parts.entry(word.into_owned()).or_default()
                    }
                    _ => {
                        index.sorts.insert(sort);
                        words.entry(number(sort, &word)).or_default()
                    }
                };
                positions.push(at);
            }
        }
        index.words = words.into_iter().collect();
        index.in_rules = index.fragments(parts.remove(&Sort::InRule));
        index.in_paths = index.fragments(parts.remove(&Sort::InPath));
        index
    }

    /// Makes parts ready to be looked for; those that cannot be are always tried.
    fn fragments(&mut self, parts: Option<BTreeMap<String, Positions>>) -> Option<Fragments> {
        let fragments = Fragments::new(parts?);
        fragments
            .map_err(|texts| {
                for positions in &mut self.rest {
                    positions.extend(texts.values().flatten());
                    positions.sort_unstable();
                    positions.dedup();
                }
            })
            .ok()
    }

    fn add_to_rest(&mut self, condition: &Condition, at: usize) {
        let pairs = Kind::ALL
            .into_iter()
            .flat_map(|kind| Severity::ALL.map(|severity| (kind, severity)));
        for ((kind, severity), positions) in pairs.zip(&mut self.rest) {
            if possible(condition, kind, severity) {
                positions.push(at);
            }
        }
    }

    /// The positions of all conditions that may hold for a finding, ascending, each once. All that
    /// are left out do not hold.
    pub fn candidates<'i>(
        &'i self,
        finding: &Finding,
        effective: Severity,
    ) -> impl Iterator<Item = usize> + use<'i> {
        let mut keyed = Positions::new();
        for sort in &self.sorts {
            borne(*sort, finding, &mut |word| {
                let number = number(*sort, word);
                let at = self
                    .words
                    .binary_search_by_key(&number, |(number, _)| *number);
                let found = at.ok().and_then(|at| self.words.get(at));
                keyed.extend(found.into_iter().flat_map(|(_, positions)| positions));
            });
        }
        if let Some(parts) = &self.in_paths {
            parts.find(finding.location.path.raw(), &mut keyed);
        }
        if let Some(parts) = &self.in_rules {
            let rules = finding.witnesses.iter().map(|w| w.rule.raw());
            rules.for_each(|rule| parts.find(rule, &mut keyed));
        }
        keyed.sort_unstable();
        keyed.dedup();
        let kind = Kind::ALL
            .iter()
            .position(|k| *k == finding.observation.kind);
        let severity = Severity::ALL.iter().position(|s| *s == effective);
        let rest = kind
            .zip(severity)
            .and_then(|(kind, severity)| self.rest.get(kind * Severity::ALL.len() + severity));
        ascending(keyed, rest.map_or(&[], Vec::as_slice))
    }
}

/// A number for a word, nearly always another one for another word.
fn number(sort: Sort, word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (sort, word).hash(&mut hasher);
    hasher.finish()
}

/// Two ascending lists without a common element → one.
fn ascending(a: Positions, b: &[usize]) -> impl Iterator<Item = usize> {
    let mut a = a.into_iter().peekable();
    let mut b = b.iter().copied().peekable();
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x < y => a.next(),
        (_, Some(_)) => b.next(),
        (_, None) => a.next(),
    })
}

/// Every word of a sort that a finding bears.
fn borne(sort: Sort, finding: &Finding, visit: &mut impl FnMut(&str)) {
    let observation = &finding.observation;
    let witnesses = finding.witnesses.iter();
    match sort {
        Sort::Fingerprint => visit(&finding.fingerprint),
        Sort::Advisory => {
            let ids = observation.advisories.iter();
            ids.for_each(|id| visit(id.as_str()));
        }
        Sort::Package => {
            if let Some(package) = &observation.package {
                let name = package.name.raw();
                visit(name);
                visit(&package.ecosystem.normal(name));
            }
        }
        Sort::Rule => witnesses.for_each(|witness| visit(witness.rule.raw())),
        Sort::Scanner => witnesses.for_each(|witness| visit(witness.scanner.as_str())),
        Sort::Cwe => {
            let numbers = observation.cwe.iter();
            numbers.for_each(|number| visit(&number.to_string()));
        }
        Sort::Path => {
            let path = finding.location.path.raw();
            let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
            folders.chain([path]).for_each(visit);
        }
        // These are looked for, not looked up.
        Sort::InRule | Sort::InPath => {}
    }
}

/// The words of which a finding must bear one, of the most telling part of the condition; `None`
/// when there are no such words.
fn keys(condition: &Condition) -> Option<Vec<Key<'_>>> {
    match condition {
        Condition::Fingerprint(prints) => {
            let prints = prints.iter();
            Some(prints.map(|p| (Sort::Fingerprint, p.into())).collect())
        }
        Condition::Advisory(ids) => {
            let ids = ids.iter().map(|id| id.as_str().into());
            Some(ids.map(|id| (Sort::Advisory, id)).collect())
        }
        Condition::Cwe(numbers) => {
            let numbers = numbers.iter().map(|number| number.to_string().into());
            Some(numbers.map(|number| (Sort::Cwe, number)).collect())
        }
        Condition::Package(patterns) => {
            let names: Option<Vec<&str>> = patterns.iter().map(Pattern::literal).collect();
            Some(names?.into_iter().flat_map(spellings).collect())
        }
        Condition::Scanner(patterns) => {
            let names = patterns.iter().map(Pattern::literal);
            names
                .map(|name| Some((Sort::Scanner, name?.into())))
                .collect()
        }
        Condition::Rule(patterns) => words(patterns, Pattern::literal, Sort::Rule, Sort::InRule),
        Condition::Path(patterns) => words(patterns, Pattern::folder, Sort::Path, Sort::InPath),
        Condition::All(parts) => parts.iter().filter_map(keys).min_by_key(|keys| rank(keys)),
        Condition::Any(parts) => {
            let keys: Option<Vec<Vec<Key<'_>>>> = parts.iter().map(keys).collect();
            keys.map(|keys| keys.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// The words of patterns: the one that a pattern stands for, or a part of all that it stands for.
fn words<'c>(
    patterns: &'c [Pattern],
    whole: fn(&'c Pattern) -> Option<&'c str>,
    as_whole: Sort,
    as_part: Sort,
) -> Option<Vec<Key<'c>>> {
    let word = |pattern: &'c Pattern| match whole(pattern) {
        Some(word) => Some((as_whole, word.into())),
        None => Some((as_part, pattern.part()?.into())),
    };
    patterns.iter().map(word).collect()
}

/// The name of a package in every normal form that an ecosystem may have, see [`Ecosystem::normal`].
fn spellings(name: &str) -> impl Iterator<Item = Key<'_>> {
    let normal = [Ecosystem::NPM, Ecosystem::COMPOSER, Ecosystem::PYPI].map(|e| e.normal(name));
    normal.into_iter().map(|name| (Sort::Package, name))
}

/// The least telling word of a list decides what the list is worth.
fn rank(keys: &[Key<'_>]) -> (Option<Sort>, usize) {
    (keys.iter().map(|(sort, _)| *sort).max(), keys.len())
}

/// False when the condition cannot hold for any finding of this kind and severity.
fn possible(condition: &Condition, kind: Kind, severity: Severity) -> bool {
    match condition {
        Condition::Severity(tests) => tests.iter().any(|test| test.holds(severity)),
        Condition::Kind(kinds) => kinds.contains(&kind),
        Condition::All(parts) => parts.iter().all(|part| possible(part, kind, severity)),
        _ => true,
    }
}
