//! How often each waiver was used, and on what.

use crate::model::RuleId;
use std::collections::BTreeSet;

/// Names of rules that are kept for one waiver: enough to see that there are several.
const MOST_RULES: usize = 16;

/// What became of one waiver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// Findings that it fits, whatever became of them.
    pub matched: usize,
    /// Those of them that a gate would stop or warn of.
    pub needed: usize,
    /// Those that were let pass because of it.
    pub applied: usize,
    /// The first waiver that was applied where this one fits as well.
    pub instead: Option<usize>,
    /// Rules of the findings that it fits, the first ones by name.
    pub rules: BTreeSet<RuleId>,
}

impl Use {
    /// Counts a finding that the waiver fits.
    pub fn saw(&mut self, rule: &RuleId) {
        self.matched += 1;
        if !self.rules.contains(rule) {
            self.rules.insert(rule.clone());
            self.trim();
        }
    }

    fn trim(&mut self) {
        while self.rules.len() > MOST_RULES {
            self.rules.pop_last();
        }
    }

    fn add(&mut self, other: Self) {
        self.matched += other.matched;
        self.needed += other.needed;
        self.applied += other.applied;
        let instead = self.instead.into_iter().chain(other.instead);
        self.instead = instead.min();
        self.rules.extend(other.rules);
        self.trim();
    }
}

/// One [`Use`] for each waiver of a policy. Tallies of parts of the findings can be added in any
/// order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally(Vec<Use>);

impl Tally {
    /// Nothing used yet.
    pub fn new(waivers: usize) -> Self {
        Self(vec![Use::default(); waivers])
    }

    /// What became of the waiver at a position.
    pub fn get(&self, waiver: usize) -> Option<&Use> {
        self.0.get(waiver)
    }

    /// The same, to count.
    pub fn at(&mut self, waiver: usize) -> Option<&mut Use> {
        self.0.get_mut(waiver)
    }

    /// Adds what was counted elsewhere.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (mine, other) in self.0.iter_mut().zip(other.0) {
            mine.add(other);
        }
        self
    }
}
