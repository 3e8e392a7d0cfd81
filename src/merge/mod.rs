//! Observations of many runs → findings, one per problem.
//!
//! Identity first: an observation joins the finding that has the same identity and the same number
//! among its run's look-alikes. Then dependencies with gaps join what they fit, and what different
//! scanners say of one place joins by the weakness.

mod across;
mod alias;
pub mod baseline;
mod build;
mod formats;
mod identity;
pub mod line_hash;
mod loose;
mod number;
pub mod surroundings;
mod weakness;

use crate::model::{Finding, Foreign as _, Located, Run, ScannerId, Untrusted, Witnessed};
use identity::{Digest, Identity};
use number::Numbering;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One observation on its way into a finding.
struct Member {
    run: usize,
    located: Located,
    identity: Identity,
    digest: Digest,
    /// Its number among its run's look-alikes.
    number: usize,
}

/// A finding on its way: the identity's digest and the number among its look-alikes.
type Slot = (Digest, usize);

/// Merges. `witnessed` must be in its final order; the result does not depend on the order of the
/// observations inside a run.
pub fn merge(witnessed: Vec<Witnessed>) -> (Vec<Run>, Vec<Finding>) {
    let aliases = alias::aliases(
        witnessed
            .iter()
            .flat_map(|w| &w.observations)
            .map(|located| &*located.observation),
    );
    let (runs, lists): (Vec<Run>, Vec<Vec<Located>>) = witnessed
        .into_iter()
        .map(|w| (w.run, w.observations))
        .unzip();
    let mut members: Vec<Member> = lists
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(run, list)| list.into_iter().map(move |located| (run, located)))
        .map(|(run, located)| {
            let scanner = runs.get(run).map(|r| &r.scanner);
            let identity = identity::of(&located, scanner, &aliases);
            let digest = identity.digest();
            Member {
                run,
                located,
                identity,
                digest,
                number: 0,
            }
        })
        .collect();
    members.par_sort_unstable_by(|a, b| {
        (a.run, a.digest)
            .cmp(&(b.run, b.digest))
            .then_with(|| order(&a.located, &b.located))
    });

    let mut slots: BTreeMap<Slot, Vec<Member>> = BTreeMap::new();
    let mut gaps: BTreeMap<(usize, Slot), Vec<Member>> = BTreeMap::new();
    let mut numbering = Numbering::default();
    let mut numbers: Vec<usize> = members.iter().map(|m| numbering.number(m)).collect();
    number::secrets_by_line(&members, &mut numbers);
    for (mut member, number) in members.into_iter().zip(numbers) {
        member.number = number;
        let slot = (member.digest, member.number);
        match member.identity.has_gaps() {
            true => gaps.entry((member.run, slot)).or_default().push(member),
            false => slots.entry(slot).or_default().push(member),
        }
    }
    loose::join(gaps, &mut slots);
    formats::join(&mut slots, &runs);
    across::join(&mut slots, &scanners(&runs));
    let findings = slots
        .into_par_iter()
        .filter_map(|(_, members)| build::finding(members, &runs))
        .collect();
    (runs, findings)
}

/// Each run's scanner as a number.
fn scanners(runs: &[Run]) -> Vec<usize> {
    let mut numbers: BTreeMap<&ScannerId, usize> = BTreeMap::new();
    runs.iter()
        .map(|run| {
            let next = numbers.len();
            *numbers.entry(&run.scanner).or_insert(next)
        })
        .collect()
}

/// A total order over everything that distinguishes two observations.
fn order(a: &Located, b: &Located) -> Ordering {
    let (x, y) = (&a.observation, &b.observation);
    let package = |l: &Located| {
        l.observation
            .package
            .as_ref()
            .map(|p| (p.name.clone(), p.version.clone()))
    };
    a.location
        .cmp(&b.location)
        .then_with(|| x.place.cmp(&y.place))
        .then_with(|| x.rule.cmp(&y.rule))
        .then_with(|| x.message.cmp(&y.message))
        .then_with(|| x.severity.cmp(&y.severity))
        .then_with(|| x.title.cmp(&y.title))
        .then_with(|| package(a).cmp(&package(b)))
        .then_with(|| x.advisories.iter().cmp(y.advisories.iter()))
        .then_with(|| x.fix.cmp(&y.fix))
}

/// A line without white space, so that re-indenting does not make a finding new.
pub fn condense(line: &str) -> Untrusted {
    line.chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .into()
}

/// The raw text of an optional value, or nothing.
fn raw(text: Option<&Untrusted>) -> &str {
    text.map_or("", |text| text.raw())
}

#[cfg(test)]
mod tests;
