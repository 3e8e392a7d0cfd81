//! Observations of many runs → findings, one per problem.
//!
//! Two observations of one run are never merged: what a tool lists twice, it counts twice. Across
//! runs, an observation joins the finding that has the same identity and the same number among its
//! run's look-alikes.

mod build;
mod identity;
pub mod line_hash;

use crate::model::{Finding, Foreign as _, Located, Run, Untrusted, Witnessed};
use identity::{Digest, Identity, Loose};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One observation on its way into a finding.
struct Member {
    run: usize,
    located: Located,
    identity: Identity,
    digest: Digest,
}

/// A finding on its way: the identity's digest and the number among its look-alikes.
type Slot = (Digest, usize);

/// Merges. `witnessed` must be in its final order; the result does not depend on the order of the
/// observations inside a run.
pub fn merge(witnessed: Vec<Witnessed>) -> (Vec<Run>, Vec<Finding>) {
    let aliases = identity::aliases(
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
            }
        })
        .collect();
    members.par_sort_unstable_by(|a, b| {
        (a.run, a.digest)
            .cmp(&(b.run, b.digest))
            .then_with(|| order(&a.located, &b.located))
    });

    let mut slots: BTreeMap<Slot, Vec<Member>> = BTreeMap::new();
    let mut loose = Vec::new();
    let mut previous = None;
    let mut number = 0;
    for member in members {
        if let Some(key) = member.identity.loose() {
            loose.push((key, member));
            continue;
        }
        number = if previous == Some((member.run, member.digest)) {
            number + 1
        } else {
            0
        };
        previous = Some((member.run, member.digest));
        slots
            .entry((member.digest, number))
            .or_default()
            .push(member);
    }
    join_loose(loose, &mut slots);
    let findings = slots
        .into_par_iter()
        .filter_map(|((_, number), members)| build::finding(number, members, &runs))
        .collect();
    (runs, findings)
}

/// Observations without a version or without a file join the first finding that they fit and that
/// their own run does not see yet; else they stand for themselves.
fn join_loose(loose: Vec<(Loose, Member)>, slots: &mut BTreeMap<Slot, Vec<Member>>) {
    if loose.is_empty() {
        return;
    }
    // In the order of the identities, not of their digests, so that "first" means something.
    let mut index: BTreeMap<Loose, Vec<(Identity, Slot)>> = BTreeMap::new();
    for (slot, members) in slots.iter() {
        if let Some(first) = members.first()
            && let Some(key) = first.identity.dependency_key()
        {
            index
                .entry(key)
                .or_default()
                .push((first.identity.clone(), *slot));
        }
    }
    for list in index.values_mut() {
        list.sort();
    }
    let mut counts: BTreeMap<(usize, Digest), usize> = BTreeMap::new();
    // Where a run's next look-alike goes on searching: what it passed over does not fit it either.
    let mut passed: BTreeMap<(usize, Digest), usize> = BTreeMap::new();
    for (key, member) in loose {
        let sees = |members: &[Member]| members.iter().any(|m| m.run == member.run);
        let candidates = index.get(&key).map(Vec::as_slice).unwrap_or_default();
        let start = passed.entry((member.run, member.digest)).or_insert(0);
        let fitting = candidates.iter().skip(*start).find(|(identity, slot)| {
            *start += 1;
            member.identity.fits(identity) && slots.get(slot).is_some_and(|members| !sees(members))
        });
        let slot = match fitting {
            Some((_, slot)) => *slot,
            None => {
                let count = counts.entry((member.run, member.digest)).or_insert(0);
                let slot = (member.digest, *count);
                *count += 1;
                if !slots.contains_key(&slot) {
                    index
                        .entry(key)
                        .or_default()
                        .push((member.identity.clone(), slot));
                }
                slot
            }
        };
        slots.entry(slot).or_default().push(member);
    }
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
