//! The ages that a policy asks for.

use super::Policy;
use super::condition::Condition;
use std::collections::BTreeSet;

/// Different ages of which notice is taken; a policy has a handful.
const MOST: usize = 32;

impl Policy {
    /// The numbers of days after which a gate may think differently of a finding, ascending. Only
    /// the first ones of a policy that asks for very many.
    pub fn turning_points(&self) -> BTreeSet<i64> {
        let mut hours = BTreeSet::new();
        for gate in &self.gates {
            gather(&gate.when, &mut hours);
        }
        // On the day itself for `>=`, on the next one for `>`.
        let days = hours.into_iter().flat_map(|h| [h / 24, h / 24 + 1]);
        days.take(2 * MOST).collect()
    }
}

fn gather(condition: &Condition, hours: &mut BTreeSet<i64>) {
    if let Condition::Age(ranges) = condition {
        let ages = ranges.iter().flat_map(|range| range.values());
        hours.extend(ages.map(super::condition::Age::hours));
    }
    for part in condition.parts() {
        gather(part, hours);
    }
}
