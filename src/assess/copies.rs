//! Which of several equal findings is which.

use crate::model::{Base, Finding, Origin};
use std::collections::BTreeMap;

/// Findings that differ in nothing but their place among each other are numbered by line, so that a
/// copy which the change puts above an old one would get its fingerprint, and with that its waiver.
/// Those that were there keep the first numbers; what the change adds comes after them.
pub fn tell_apart(findings: &mut [Finding], base: &Base) {
    if base.change().is_none() {
        return;
    }
    let mut equal: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in findings {
        let first = finding.namesake.clone();
        equal.entry(first).or_default().push(finding);
    }
    for mut copies in equal.into_values().filter(|copies| copies.len() > 1) {
        copies.sort_by(|a, b| (&a.location, &a.fingerprint).cmp(&(&b.location, &b.fingerprint)));
        let first = copies
            .iter()
            .position(|copy| copy.fingerprint == copy.namesake);
        let mut prints: Vec<String> = copies.iter().map(|c| c.fingerprint.clone()).collect();
        // The first number leads, whatever the order of the others.
        prints.rotate_left(first.unwrap_or_default());
        let is_new = |copy: &Finding| {
            let origin = copy.provenance.origin;
            matches!(origin, Origin::Introduced | Origin::Unknown)
        };
        copies.sort_by_key(|copy| is_new(copy));
        for (copy, print) in copies.into_iter().zip(prints) {
            copy.fingerprint = print;
        }
    }
}
