//! The members of one finding → the finding.

use super::{Member, order};
use crate::model::{
    Finding, Fix, Located, Location, Observation, Provenance, Run, Severity, Standing, Witness,
};

/// The finding; `None` only for an empty list.
pub fn finding(mut members: Vec<Member>, runs: &[Run]) -> Option<Finding> {
    if members.len() > 1 {
        members.sort_by(|a, b| {
            let key = |m: &Member| {
                let scanner = runs.get(m.run).map(|r| &r.scanner);
                (m.located.observation.severity.is_none(), scanner, m.run)
            };
            key(a)
                .cmp(&key(b))
                .then_with(|| order(&a.located, &b.located))
        });
    }
    let witnesses = witnesses(&members, runs);
    // Of the identity that knows most, so that the fingerprint stays when another witness goes.
    let namesake = members.iter().min_by_key(|member| {
        let identity = &member.identity;
        (identity.has_gaps(), identity, member.number)
    })?;
    let fingerprint = namesake.identity.fingerprint(namesake.number);
    let first = namesake.identity.fingerprint(0);
    let severity = members
        .iter()
        .filter_map(|m| m.located.observation.severity)
        .max();
    let mut members = members.into_iter();
    let lead = members.next()?;
    let scanner = runs.get(lead.run)?.scanner.clone();
    let Located {
        mut observation,
        mut location,
        mut line_hash,
        mut digests,
        ..
    } = lead.located;
    for other in members {
        fill(&mut observation, &other.located, severity);
        let rank = |l: &Location| (l.certainty, l.region.is_none());
        if rank(&other.located.location) < rank(&location) {
            location = other.located.location;
            line_hash = other.located.line_hash;
            digests = other.located.digests;
        }
    }
    observation.severity = severity;
    Some(Finding {
        fingerprint,
        namesake: first,
        scanner,
        observation,
        location,
        line_hash,
        digests,
        witnesses,
        provenance: Provenance::UNSEEN,
        since: None,
    })
}

fn witnesses(members: &[Member], runs: &[Run]) -> Vec<Witness> {
    let mut witnesses: Vec<Witness> = members
        .iter()
        .filter_map(|member| {
            let observation = &member.located.observation;
            Some(Witness {
                scanner: runs.get(member.run)?.scanner.clone(),
                run: member.run,
                rule: observation.rule.clone(),
                severity: observation.severity,
                reported: observation.reported.clone(),
            })
        })
        .collect();
    witnesses.sort_by(|a, b| {
        let key = |w: &Witness| (w.scanner.clone(), w.rule.clone(), w.run);
        key(a)
            .cmp(&key(b))
            .then_with(|| b.severity.cmp(&a.severity))
    });
    // A run that lists a problem once for every path or copy has seen it once.
    witnesses.dedup_by(|b, a| (a.run, &a.rule) == (b.run, &b.rule));
    witnesses
}

/// Fills what the leading observation does not know from another one.
fn fill(into: &mut Observation, from: &Located, severity: Option<Severity>) {
    let other = &from.observation;
    into.advisories.extend(other.advisories.iter().cloned());
    into.cwe.extend(other.cwe.iter().copied());
    into.epss = into.epss.into_iter().chain(other.epss).reduce(f64::max);
    into.sighted = into.sighted.take().or_else(|| other.sighted.clone());
    into.kev = into.kev.into_iter().chain(other.kev).max();
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
    if other.standing == Standing::Open && !matches!(into.standing, Standing::Silences(_)) {
        into.standing = Standing::Open;
    }
    if let (Some(package), Some(other)) = (into.package.as_mut(), &other.package) {
        package.version = package.version.take().or_else(|| other.version.clone());
        // A copy that is shipped, or that the project asks for itself, weighs more.
        package.scope = package.scope.into_iter().chain(other.scope).min();
        package.relation = package.relation.into_iter().chain(other.relation).min();
        if package.fixed.is_empty() {
            package.fixed.clone_from(&other.fixed);
        }
        if package.paths.is_empty() {
            package.paths.clone_from(&other.paths);
            package.more_paths = other.more_paths;
        }
    }
}
