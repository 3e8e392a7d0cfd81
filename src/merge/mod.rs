//! Observations of many runs → findings, one per problem.
//!
//! Two observations of one run are never merged: what a tool lists twice, it counts twice. Across
//! runs, an observation joins the finding that has the same identity and the same number among its
//! run's look-alikes.

mod identity;
pub mod line_hash;

use crate::model::{
    FINGERPRINT_SCHEME, Finding, Fix, Foreign as _, Located, Run, Severity, Standing, Untrusted,
    Witness, Witnessed,
};
use identity::{Identity, Loose};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// One observation on its way into a finding.
struct Member<'a> {
    run: usize,
    located: &'a Located,
}

/// Merges. `runs` must be in their final order; the result does not depend on the order of the
/// observations inside a run.
pub fn merge(runs: &[Witnessed]) -> Vec<Finding> {
    let mut members: Vec<Member<'_>> = runs
        .iter()
        .enumerate()
        .flat_map(|(run, w)| {
            w.observations
                .iter()
                .map(move |located| Member { run, located })
        })
        .collect();
    members.sort_by(|a, b| a.run.cmp(&b.run).then_with(|| order(a.located, b.located)));

    let aliases = identity::aliases(members.iter().map(|m| &m.located.observation));
    let mut findings: BTreeMap<(Identity, usize), Vec<Member<'_>>> = BTreeMap::new();
    let mut loose = Vec::new();
    let mut counts: BTreeMap<(usize, Identity), usize> = BTreeMap::new();
    for member in members {
        let scanner = runs.get(member.run).map(|w| &w.run.scanner);
        let identity = identity::of(member.located, scanner, &aliases);
        match identity.loose() {
            Some(key) => loose.push((key, identity, member)),
            None => {
                let count = counts.entry((member.run, identity.clone())).or_insert(0);
                findings.entry((identity, *count)).or_default().push(member);
                *count += 1;
            }
        }
    }
    join_loose(loose, &mut findings, &mut counts);
    findings
        .into_iter()
        .map(|((identity, number), members)| build(&identity, number, members, runs))
        .collect()
}

/// Observations without a version or without a file join the first finding that they fit and that
/// their own run does not see yet; else they stand for themselves.
fn join_loose<'a>(
    loose: Vec<(Loose, Identity, Member<'a>)>,
    findings: &mut BTreeMap<(Identity, usize), Vec<Member<'a>>>,
    counts: &mut BTreeMap<(usize, Identity), usize>,
) {
    let mut index: BTreeMap<Loose, Vec<(Identity, usize)>> = BTreeMap::new();
    for key in findings.keys() {
        if let Some(loose) = key.0.dependency_key() {
            index.entry(loose).or_default().push(key.clone());
        }
    }
    for (key, identity, member) in loose {
        let candidates = index.get(&key).map(Vec::as_slice).unwrap_or_default();
        let fitting = candidates.iter().find(|candidate| {
            identity.fits(&candidate.0)
                && findings
                    .get(*candidate)
                    .is_some_and(|members| members.iter().all(|m| m.run != member.run))
        });
        match fitting
            .cloned()
            .and_then(|candidate| findings.get_mut(&candidate))
        {
            Some(members) => members.push(member),
            None => {
                let count = counts.entry((member.run, identity.clone())).or_insert(0);
                let slot = (identity, *count);
                *count += 1;
                if !findings.contains_key(&slot) {
                    index.entry(key).or_default().push(slot.clone());
                }
                findings.entry(slot).or_default().push(member);
            }
        }
    }
}

/// A total order over everything that distinguishes two observations.
fn order(a: &Located, b: &Located) -> std::cmp::Ordering {
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
        .then_with(|| package(a).cmp(&package(b)))
        .then_with(|| x.message.cmp(&y.message))
        .then_with(|| x.severity.cmp(&y.severity))
        .then_with(|| x.title.cmp(&y.title))
        .then_with(|| x.advisories.iter().cmp(y.advisories.iter()))
        .then_with(|| x.fix.cmp(&y.fix))
}

fn build(
    identity: &Identity,
    number: usize,
    mut members: Vec<Member<'_>>,
    runs: &[Witnessed],
) -> Finding {
    let run = |member: &Member<'_>| runs.get(member.run).map(|w| &w.run);
    members.sort_by(|a, b| {
        let key = |m: &Member<'_>| {
            let scanner = run(m).map(|r: &Run| r.scanner.clone());
            (m.located.observation.severity.is_none(), scanner, m.run)
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| order(a.located, b.located))
    });
    let witnesses = witnesses(&members, runs);
    let severity = members
        .iter()
        .filter_map(|m| m.located.observation.severity)
        .max();
    let (lead, others) = match members.split_first() {
        Some(split) => split,
        None => unreachable!("a finding has at least one member"),
    };
    let mut observation = lead.located.observation.clone();
    let mut location = lead.located.location.clone();
    let mut line_hash = lead.located.line_hash.clone();
    for other in others {
        fill(&mut observation, other.located, severity);
        let better = |l: &crate::model::Location| (l.certainty, l.region.is_none());
        if better(&other.located.location) < better(&location) {
            location = other.located.location.clone();
            line_hash = other.located.line_hash.clone();
        }
    }
    observation.severity = severity;
    let scanner = match witnesses.iter().find(|w| w.run == lead.run) {
        Some(witness) => witness.scanner.clone(),
        None => unreachable!("the lead is a witness"),
    };
    Finding {
        fingerprint: fingerprint(identity, number),
        scanner,
        observation,
        location,
        line_hash,
        witnesses,
    }
}

fn witnesses(members: &[Member<'_>], runs: &[Witnessed]) -> Vec<Witness> {
    let mut witnesses: Vec<Witness> = members
        .iter()
        .filter_map(|member| {
            let observation = &member.located.observation;
            Some(Witness {
                scanner: runs.get(member.run)?.run.scanner.clone(),
                run: member.run,
                rule: observation.rule.clone(),
                severity: observation.severity,
                reported: observation.reported.clone(),
            })
        })
        .collect();
    witnesses.sort_by(|a, b| (&a.scanner, &a.rule, a.run).cmp(&(&b.scanner, &b.rule, b.run)));
    witnesses
}

/// Fills what the leading observation does not know from another one.
fn fill(into: &mut crate::model::Observation, from: &Located, severity: Option<Severity>) {
    let other = &from.observation;
    into.advisories.extend(other.advisories.iter().cloned());
    into.cwe.extend(other.cwe.iter().copied());
    if severity > into.severity && other.severity == severity {
        into.severity = severity;
        into.reported = other.reported.clone();
    } else if into.reported.score.is_none() && other.severity == severity {
        into.reported.score = other.reported.score;
    }
    let rank = |fix: &Option<Fix>| match fix {
        Some(Fix::Upgrade { .. }) => 0,
        Some(Fix::Advice(_)) => 1,
        Some(Fix::UpgradeExists) => 2,
        Some(Fix::NoneYet) => 3,
        None => 4,
    };
    if rank(&other.fix) < rank(&into.fix) {
        into.fix = other.fix.clone();
    }
    // A problem that one scanner still sees is not settled because another was told to be silent.
    if other.standing == Standing::Open {
        into.standing = Standing::Open;
    }
    if let (Some(package), Some(other)) = (into.package.as_mut(), &other.package) {
        package.version = package.version.take().or_else(|| other.version.clone());
        package.scope = package.scope.or(other.scope);
        package.relation = package.relation.or(other.relation);
        if package.fixed.is_empty() {
            package.fixed.clone_from(&other.fixed);
        }
        if package.paths.is_empty() {
            package.paths.clone_from(&other.paths);
        }
    }
}

/// 128 bits of SHA-256 over the identity's parts, each ended by a byte that no text contains.
fn fingerprint(identity: &Identity, number: usize) -> String {
    let mut hash = Sha256::new();
    hash.update(FINGERPRINT_SCHEME.as_bytes());
    for part in identity.parts() {
        hash.update([0xff]);
        hash.update(part.as_bytes());
    }
    if number > 0 {
        hash.update([0xff]);
        hash.update(number.to_string().as_bytes());
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
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
