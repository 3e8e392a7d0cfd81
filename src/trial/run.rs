//! Cases → outcomes.

use super::{Case, Failure, Made, MadeRun, Outcome};
use crate::assess::assess;
use crate::model::{
    Assessment, Base, Context, Coverage, Decided, Disposition, Event, Evidence, Health, Run,
    ScannerId, Untrusted, Verdict, Witnessed, Work,
};
use crate::policy::{Judge, Policy, Scanner, trace};
use jiff::Timestamp;
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// Runs one case.
///
/// The runs are judged as in a check; the findings go straight to the gates, because their origin
/// and their witnesses are given, where a check works them out.
pub fn run(case: &Case, policy: &Policy) -> Outcome {
    let context = context(case);
    let evidence = Evidence {
        runs: runs(case, policy),
        ..Evidence::default()
    };
    let judged = assess(evidence, policy, &context);
    let findings = case.findings.iter().map(|made| made.finding.clone());
    let judge = Judge::new(policy, &context);
    let (decided, _) = judge.all(findings.collect(), |finding| finding);
    let mut failures = Vec::new();
    for (index, (made, decided)) in case.findings.iter().zip(&decided).enumerate() {
        failures.extend(wrong(index + 1, made, decided, policy, &context));
    }
    let worst = decided.iter().map(|decided| meaning(&decided.disposition));
    let actual = worst.fold(judged.verdict, Verdict::max);
    if actual != case.verdict {
        failures.push(Failure::Verdict {
            expected: case.verdict,
            actual,
            reasons: reasons(actual, &judged, &decided),
        });
    }
    let codes = codes(&judged, &decided);
    let absent = |code: &&Untrusted| !codes.iter().any(|known| Untrusted::from(*known) == **code);
    failures.extend(
        case.reasons
            .iter()
            .filter(absent)
            .map(|code| Failure::Reason {
                expected: code.clone(),
                actual: codes.iter().copied().collect(),
            }),
    );
    Outcome {
        name: case.name.clone(),
        line: case.line,
        failures,
    }
}

fn context(case: &Case) -> Context {
    Context {
        event: case.event,
        base: match case.event {
            Event::Schedule => Base::Whole,
            _ => Base::None {
                why: "this is a test of a policy".to_owned(),
            },
        },
        ..Context::at(case.now)
    }
}

/// The runs of the case; a complete one for each scanner that the findings name and the case does
/// not; and where it names no runs, for each that is required.
fn runs(case: &Case, policy: &Policy) -> Vec<Witnessed> {
    let made = case.runs.as_deref().unwrap_or_default();
    let mut runs: Vec<Run> = made.iter().map(|made| listed(made, case.now)).collect();
    let seen = case
        .findings
        .iter()
        .flat_map(|made| &made.finding.witnesses);
    let mut wanted: BTreeSet<&ScannerId> = seen.map(|witness| &witness.scanner).collect();
    if case.runs.is_none() {
        let required = policy.scanners.iter().filter(|(_, rule)| rule.required);
        wanted.extend(required.map(|(id, _)| id));
    }
    wanted.retain(|id| made.iter().all(|made| made.scanner != **id));
    let any = ScannerId::literal("any");
    if runs.is_empty() && wanted.is_empty() && case.runs.is_none() {
        wanted.insert(&any);
    }
    runs.extend(wanted.into_iter().map(|id| implied(id, policy, case.now)));
    runs.into_iter()
        .map(|run| Witnessed {
            run,
            observations: Vec::new(),
        })
        .collect()
}

fn listed(made: &MadeRun, now: Timestamp) -> Run {
    made_of(
        &made.scanner,
        made.health.clone(),
        made.version.clone(),
        made.written.unwrap_or(now),
    )
}

/// A run that nobody spoke of is one that the policy accepts.
fn implied(scanner: &ScannerId, policy: &Policy, now: Timestamp) -> Run {
    let health = match Work::new(1, "files") {
        Some(work) => Health::Complete(work),
        None => return made_of(scanner, nothing(), None, now),
    };
    made_of(scanner, health, accepted(&policy.scanner(scanner)), now)
}

fn nothing() -> Health {
    Health::Failed(crate::model::Problem::new("failed", "the scanner failed"))
}

/// A version inside the policy's range: one that a bound of it names, or the next.
fn accepted(rule: &Scanner) -> Option<Untrusted> {
    let range = rule.version.as_ref()?;
    let bounds = range.comparators.iter().map(|bound| {
        let (minor, patch) = (bound.minor.unwrap_or(0), bound.patch.unwrap_or(0));
        Version::new(bound.major, minor, patch)
    });
    let mut candidates: Vec<Version> = bounds.collect();
    candidates.extend(candidates.clone().into_iter().flat_map(|bound| {
        [
            Version::new(bound.major, bound.minor, bound.patch + 1),
            Version::new(bound.major, bound.minor + 1, 0),
            Version::new(bound.major + 1, 0, 0),
        ]
    }));
    candidates.push(Version::new(0, 0, 0));
    let fits = candidates.iter().find(|version| range.matches(version))?;
    Some(fits.to_string().into())
}

fn made_of(
    scanner: &ScannerId,
    health: Health,
    version: Option<Untrusted>,
    written: Timestamp,
) -> Run {
    Run {
        scanner: scanner.clone(),
        tool: scanner.as_str().into(),
        home: None,
        version,
        report: None,
        ordinal: 0,
        format: None,
        health,
        coverage: Coverage {
            written: Some(written),
            ..Coverage::default()
        },
        notes: Vec::new(),
        findings: 0,
        rules: BTreeMap::new(),
    }
}

/// What a finding alone does to the verdict.
fn meaning(disposition: &Disposition) -> Verdict {
    match disposition {
        Disposition::Blocked(_) => Verdict::Block,
        Disposition::Warned(_) => Verdict::Warn,
        Disposition::Allowed(_)
        | Disposition::Unmatched
        | Disposition::Waived(..)
        | Disposition::Suppressed(_)
        | Disposition::Informational(_) => Verdict::Pass,
    }
}

fn codes(judged: &Assessment, decided: &[Decided]) -> BTreeSet<&'static str> {
    let of_findings = decided.iter().filter_map(|d| match d.disposition {
        Disposition::Blocked(_) => Some("gate-blocks"),
        Disposition::Warned(_) => Some("gate-warns"),
        _ => None,
    });
    let of_runs = judged.reasons.iter().map(|reason| reason.code);
    of_runs.chain(of_findings).collect()
}

/// Why the verdict is what it is: what is missing, or the findings that lead to it.
fn reasons(
    actual: Verdict,
    judged: &Assessment,
    decided: &[Decided],
) -> Vec<(String, Option<Untrusted>)> {
    let missing = judged.reasons.iter().filter(|r| r.verdict == actual);
    let missing = missing.map(|reason| match &reason.scanner {
        Some(scanner) => (format!("{scanner}: {}", reason.text), None),
        None => (reason.text.clone(), None),
    });
    let findings = decided.iter().enumerate();
    let findings = findings
        .filter(|(_, d)| actual != Verdict::Pass && meaning(&d.disposition) == actual)
        .map(|(index, d)| {
            let text = format!("finding {} is {} by gate", index + 1, d.disposition.word());
            (text, d.disposition.gate().map(|gate| gate.name.clone()))
        });
    missing.chain(findings).collect()
}

/// What of one finding is not as expected.
fn wrong(
    number: usize,
    made: &Made,
    decided: &Decided,
    policy: &Policy,
    context: &Context,
) -> Option<Failure> {
    let word = decided.disposition.word();
    let gate = decided.disposition.gate().map(|gate| &gate.name);
    let (what, expected, actual): (_, Untrusted, Untrusted) = match (made.disposition, &made.gate) {
        (Some(expected), _) if expected != word => ("disposition", expected.into(), word.into()),
        (_, Some(expected)) if gate != Some(expected) => {
            let actual = gate.cloned().unwrap_or_else(|| "none".into());
            ("gate", expected.clone(), actual)
        }
        _ => return None,
    };
    let finding = &decided.finding;
    let observation = &finding.observation;
    let mut about = vec![
        observation.kind.word().into(),
        decided.effective.word().into(),
    ];
    match &observation.package {
        Some(package) => about.push(package.name.clone()),
        None => about.push(crate::escape::json(&finding.location.path).into()),
    }
    about.push(finding.provenance.origin.word().into());
    Some(Failure::Finding {
        number,
        about,
        what,
        expected,
        actual,
        trace: Box::new(trace(finding, decided.effective, policy, context)),
    })
}
