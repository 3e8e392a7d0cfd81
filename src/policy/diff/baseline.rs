//! What a change does to the baseline, which accepts findings as well as any waiver.

use crate::model::{Baseline, Direction, PolicyChange, ScannerId, Untrusted};
use std::collections::BTreeMap;

/// What `after` lets pass, or misses, otherwise than `before`; `source` is the file.
pub fn baseline_changes(
    before: Option<&Baseline>,
    after: Option<&Baseline>,
    source: &Untrusted,
) -> Vec<PolicyChange> {
    let mut surplus: BTreeMap<&str, i64> = BTreeMap::new();
    for (baseline, one) in [(before, -1), (after, 1)] {
        for entry in baseline.iter().flat_map(|baseline| &baseline.entries) {
            *surplus.entry(&entry.fingerprint).or_default() += one;
        }
    }
    let added: i64 = surplus.values().filter(|n| **n > 0).sum();
    let gone: i64 = surplus.values().filter(|n| **n < 0).sum();
    let findings = |number: i64| match number {
        1 => "1 finding".to_owned(),
        number => format!("{number} findings"),
    };
    let mut changes = Vec::new();
    let mut say = |direction, text: String| {
        changes.push(PolicyChange {
            direction,
            text,
            words: vec![source.clone()],
            source: source.clone(),
            line: None,
        });
    };
    if added > 0 {
        let text = format!(
            "adds {} to the baseline …, so that they count as existing",
            findings(added)
        );
        say(Direction::Weaker, text);
    }
    let missed = only(before, after);
    if !missed.is_empty() {
        let text = format!("the baseline … no longer misses {}", missed.join(", "));
        say(Direction::Weaker, text);
    }
    if gone < 0 {
        let text = format!("takes {} out of the baseline …", findings(-gone));
        say(Direction::Stricter, text);
    }
    let missed = only(after, before);
    if !missed.is_empty() {
        let text = format!(
            "the baseline … also misses {} when it is gone",
            missed.join(", ")
        );
        say(Direction::Stricter, text);
    }
    changes
}

/// The scanners that one knows and the other does not.
fn only(has: Option<&Baseline>, lacks: Option<&Baseline>) -> Vec<String> {
    let known = |id: &ScannerId| lacks.is_some_and(|lacks| lacks.scanners.contains_key(id));
    let all = has.into_iter().flat_map(|has| has.scanners.keys());
    all.filter(|id| !known(id))
        .map(ToString::to_string)
        .collect()
}
