//! Conditions on single facts, and what holds where the fact is not known.

use super::answer::{Answer, Polarity, Subject};
use super::range::Range;
use crate::model::{Confidence, Ecosystem, Finding, Kind, Origin, Package};

/// Whether the origin is one of these. One that nobody knows counts as introduced for what stops;
/// what lets pass must name it.
pub fn origin(wanted: &[Origin], subject: &Subject<'_>) -> Answer {
    let origin = subject.finding.provenance.origin;
    if wanted.contains(&origin) {
        return Answer::Yes;
    }
    match (origin, subject.polarity) {
        (Origin::Unknown, Polarity::Stops) => wanted.contains(&Origin::Introduced).into(),
        (Origin::Unknown, Polarity::Passes) => Answer::Unknown,
        _ => Answer::No,
    }
}

/// Whether each witness's confidence is in one of the ranges; one that gave none may have any.
pub fn confidence(ranges: &[Range<Confidence>], subject: &Subject<'_>) -> Answer {
    let witnesses = subject.finding.witnesses.iter();
    Answer::agreed(witnesses.map(|witness| match witness.reported.confidence {
        Some(confidence) => within(ranges, confidence),
        None => Answer::Unknown,
    }))
}

/// Whether the number of different scanners that saw it is in one of the ranges.
pub fn witnesses(ranges: &[Range<u32>], finding: &Finding) -> Answer {
    within(ranges, scanners(finding))
}

/// How many different scanners saw it. Witnesses are sorted by scanner.
pub fn scanners(finding: &Finding) -> u32 {
    let mut last = None;
    let mut count = 0;
    for witness in &finding.witnesses {
        if last != Some(&witness.scanner) {
            last = Some(&witness.scanner);
            count += 1;
        }
    }
    count
}

/// The highest CVSS base score that anybody gave.
pub fn score(finding: &Finding) -> Option<f64> {
    let own = finding.observation.reported.score;
    let others = finding.witnesses.iter().map(|w| w.reported.score);
    others.chain([own]).flatten().max_by(f64::total_cmp)
}

/// Whether the CVSS score is in one of the ranges. A vulnerability has one, known or not; other
/// findings have one or none.
pub fn cvss(ranges: &[Range<f64>], subject: &Subject<'_>) -> Answer {
    match score(subject.finding) {
        Some(score) => within(ranges, score),
        None if subject.finding.observation.kind == Kind::Dependency => Answer::Unknown,
        None => subject.without(),
    }
}

/// Whether it is about a published vulnerability, which may be exploited.
pub fn is_vulnerability(finding: &Finding) -> bool {
    let observation = &finding.observation;
    observation.kind == Kind::Dependency || !observation.advisories.is_empty()
}

/// Whether the EPSS probability is in one of the ranges.
pub fn epss(ranges: &[Range<f64>], subject: &Subject<'_>) -> Answer {
    match subject.finding.observation.epss {
        Some(probability) => within(ranges, probability),
        None if is_vulnerability(subject.finding) => Answer::Unknown,
        None => subject.without(),
    }
}

/// Whether it is among the vulnerabilities that are known to be exploited.
pub fn kev(wanted: bool, subject: &Subject<'_>) -> Answer {
    match subject.finding.observation.kev {
        Some(listed) => (listed == wanted).into(),
        None if is_vulnerability(subject.finding) => Answer::Unknown,
        None => subject.without(),
    }
}

/// Whether one of the CWE numbers is given. A finding without any has none.
pub fn cwe(wanted: &[u32], subject: &Subject<'_>) -> Answer {
    let given = &subject.finding.observation.cwe;
    match given.is_empty() {
        true => subject.without(),
        false => wanted.iter().any(|number| given.contains(number)).into(),
    }
}

/// Something that packages have, known or not.
pub fn of_package<T: PartialEq>(
    wanted: &[T],
    subject: &Subject<'_>,
    fact: impl Fn(&Package) -> Option<T>,
) -> Answer {
    match &subject.finding.observation.package {
        None => subject.without(),
        Some(package) => match fact(package) {
            Some(fact) => wanted.contains(&fact).into(),
            None => Answer::Unknown,
        },
    }
}

/// Whether the package is of one of these ecosystems.
pub fn ecosystem(wanted: &[Ecosystem], subject: &Subject<'_>) -> Answer {
    match &subject.finding.observation.package {
        None => subject.without(),
        Some(package) if package.ecosystem == Ecosystem::UNKNOWN => {
            match wanted.contains(&Ecosystem::UNKNOWN) {
                true => Answer::Yes,
                false => Answer::Unknown,
            }
        }
        Some(package) => wanted.contains(&package.ecosystem).into(),
    }
}

/// Whether a value is in one of the ranges.
pub fn within<T: Copy + PartialOrd>(ranges: &[Range<T>], value: T) -> Answer {
    ranges.iter().any(|range| range.holds(value)).into()
}
