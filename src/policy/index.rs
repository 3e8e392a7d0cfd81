//! Which gates and waivers can be about a finding at all, found without trying each.

use super::condition::{Condition, Pattern};
use crate::model::{AdvisoryId, Ecosystem, Finding, Foreign as _, Kind, Severity};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A word that a finding must bear for a condition to hold, whatever else the condition says.
enum Key<'c> {
    Advisory(&'c AdvisoryId),
    Fingerprint(&'c str),
    Rule(&'c str),
    Package(Cow<'c, str>),
}

/// Positions in a list of conditions, ascending.
type Positions = Vec<usize>;

/// A list of conditions, by what they need.
pub struct Index {
    advisories: BTreeMap<AdvisoryId, Positions>,
    fingerprints: BTreeMap<String, Positions>,
    rules: BTreeMap<String, Positions>,
    packages: BTreeMap<String, Positions>,
    /// Those that need no such word, for each kind and severity that they can hold for.
    rest: Vec<Positions>,
}

impl Index {
    /// Sorts the conditions of a list.
    pub fn new<'c>(conditions: impl Iterator<Item = &'c Condition>) -> Self {
        let mut index = Self {
            advisories: BTreeMap::new(),
            fingerprints: BTreeMap::new(),
            rules: BTreeMap::new(),
            packages: BTreeMap::new(),
            rest: vec![Positions::new(); Kind::ALL.len() * Severity::ALL.len()],
        };
        for (at, condition) in conditions.enumerate() {
            match keys(condition) {
                Some(keys) => keys.into_iter().for_each(|key| index.add(key, at)),
                None => index.add_to_rest(condition, at),
            }
        }
        index
    }

    fn add(&mut self, key: Key<'_>, at: usize) {
        let positions = match key {
            Key::Advisory(id) => self.advisories.entry(id.clone()).or_default(),
            Key::Fingerprint(text) => self.fingerprints.entry(text.to_owned()).or_default(),
            Key::Rule(text) => self.rules.entry(text.to_owned()).or_default(),
            Key::Package(text) => self.packages.entry(text.into_owned()).or_default(),
        };
        positions.push(at);
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
        let observation = &finding.observation;
        let mut keyed = Positions::new();
        let mut add = |found: Option<&Positions>| keyed.extend(found.into_iter().flatten());
        if !self.fingerprints.is_empty() {
            add(self.fingerprints.get(&finding.fingerprint));
        }
        if !self.advisories.is_empty() {
            let ids = observation.advisories.iter();
            ids.for_each(|id| add(self.advisories.get(id)));
        }
        if !self.rules.is_empty() {
            let rules = finding.witnesses.iter().map(|w| w.rule.raw());
            rules.for_each(|rule| add(self.rules.get(rule)));
        }
        if !self.packages.is_empty()
            && let Some(package) = &observation.package
        {
            add(self.packages.get(package.name.raw()));
            let normal = package.ecosystem.normal(package.name.raw());
            add(self.packages.get(normal.as_ref()));
        }
        keyed.sort_unstable();
        keyed.dedup();
        let kind = Kind::ALL.iter().position(|k| *k == observation.kind);
        let severity = Severity::ALL.iter().position(|s| *s == effective);
        let rest = kind
            .zip(severity)
            .and_then(|(kind, severity)| self.rest.get(kind * Severity::ALL.len() + severity));
        ascending(keyed, rest.map_or(&[], Vec::as_slice))
    }
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

/// The words of which a finding must bear one, of the most telling part of the condition; `None`
/// when there are no such words.
fn keys(condition: &Condition) -> Option<Vec<Key<'_>>> {
    match condition {
        Condition::Advisory(ids) => Some(ids.iter().map(Key::Advisory).collect()),
        Condition::Fingerprint(list) => Some(list.iter().map(|f| Key::Fingerprint(f)).collect()),
        Condition::Package(patterns) => {
            let literals: Option<Vec<&str>> = patterns.iter().map(Pattern::literal).collect();
            Some(literals?.into_iter().flat_map(spellings).collect())
        }
        Condition::Rule(patterns) => patterns
            .iter()
            .map(|pattern| pattern.literal().map(Key::Rule))
            .collect(),
        Condition::All(parts) => parts.iter().filter_map(keys).min_by_key(|keys| rank(keys)),
        _ => None,
    }
}

/// The name of a package in every normal form that an ecosystem may have, see [`Ecosystem::normal`].
fn spellings(name: &str) -> impl Iterator<Item = Key<'_>> {
    let normal = [Ecosystem::NPM, Ecosystem::COMPOSER, Ecosystem::PYPI].map(|e| e.normal(name));
    normal.into_iter().map(Key::Package)
}

/// Findings share a fingerprint least, a rule most.
fn rank(keys: &[Key<'_>]) -> (u8, usize) {
    let kind = match keys.first() {
        None | Some(Key::Fingerprint(_)) => 0,
        Some(Key::Advisory(_)) => 1,
        Some(Key::Package(_)) => 2,
        Some(Key::Rule(_)) => 3,
    };
    (kind, keys.len())
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
