//! Canaries: known bad reports that must never come through, and broken ones that must never pass
//! for evidence. They go the whole way of a real report, through recognition, adapter, merge and the
//! policy at hand, so that a gate that has fallen asleep is seen before something real gets by.
//!
//! Pure: the policy and the time in, what became of each canary out.

mod samples;

pub use samples::{DRIVER, SAMPLES, SARIF, Sample};

use crate::assess::assess;
use crate::ingest::{self, Expected, tool::Parsed};
use crate::model::{
    Assessment, Base, Certainty, Change, Context, Disposition, Event, Evidence, HealthLevel, Lines,
    Located, Location, Reason, Region, RepoPath, Revision, Run, ScannerId, Severity, SourceDigests,
    Untrusted, Verdict, Witnessed,
};
use crate::policy::{Action, Policy};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What became of one scanner's canaries.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Whose reports were tried.
    pub scanner: ScannerId,
    /// The format as which the bad report was recognised.
    pub format: Option<&'static str>,
    /// What became of its finding; `None` when the adapter did not see it.
    pub disposition: Option<Disposition>,
    /// What the broken report alone makes of the verdict; [`Verdict::Pass`] when the adapter took
    /// it for evidence.
    pub broken: Verdict,
}

/// How a canary came through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escape {
    /// True when lockgate misread it, so that its reports cannot be trusted; false when the policy
    /// lets it pass.
    pub misread: bool,
    /// What happened, as one sentence of ours.
    pub text: &'static str,
    /// The gate that let it pass.
    pub gate: Option<Untrusted>,
}

impl Trial {
    /// How a canary came through; `None` when both were stopped. What lockgate misreads comes
    /// first.
    pub fn escape(&self) -> Option<Escape> {
        let misread = |text| Escape {
            misread: true,
            text,
            gate: None,
        };
        let Some(disposition) = &self.disposition else {
            return Some(misread(
                "lockgate does not see the finding of a report that is known to be bad",
            ));
        };
        if self.broken == Verdict::Pass {
            return Some(misread(
                "lockgate takes a report that is known to be broken for evidence",
            ));
        }
        let text = match disposition {
            Disposition::Blocked(_) if self.broken == Verdict::Incomplete => return None,
            Disposition::Blocked(_) => "a broken report of it would only warn",
            Disposition::Warned(_) => {
                "a critical finding of it that a change introduces would only warn, by gate"
            }
            Disposition::Allowed(_) => {
                "a critical finding of it that a change introduces would pass, by gate"
            }
            Disposition::Waived(..) => {
                "a waiver would accept any critical finding of it, against gate"
            }
            Disposition::Unmatched | Disposition::Suppressed(_) | Disposition::Informational(_) => {
                "a critical finding of it that a change introduces would pass, because no gate \
                 speaks of it"
            }
        };
        Some(Escape {
            misread: false,
            text,
            gate: disposition.gate().map(|gate| gate.name.clone()),
        })
    }
}

/// Tries the canaries of every adapter, and of SARIF.
pub fn all(policy: &Policy, now: Timestamp) -> Vec<Trial> {
    SAMPLES
        .iter()
        .chain([&SARIF])
        .map(|sample| fly(sample, &ScannerId::literal(sample.scanner), policy, now))
        .collect()
}

/// Tries the canaries of one scanner.
pub fn one(scanner: &ScannerId, policy: &Policy, now: Timestamp) -> Trial {
    fly(sample(scanner, None), scanner, policy, now)
}

/// Adds to a scheduled check what its canaries say; other events have no time for them.
pub fn add(assessment: &mut Assessment, policy: &Policy, context: &Context) {
    if context.event == Event::Schedule {
        let trials = of(&assessment.runs, policy, context.now);
        assessment.add(reasons(&trials, policy));
    }
}

/// Tries the canaries of the scanners that matter to a check: those with a run, in the format of
/// their reports, and those that the policy names.
pub fn of(runs: &[Run], policy: &Policy, now: Timestamp) -> Vec<Trial> {
    let mut wanted: BTreeSet<(&ScannerId, Option<&str>)> = runs
        .iter()
        .filter(|run| run.scanner.as_str() != ingest::UNKNOWN)
        .map(|run| (&run.scanner, run.format))
        .collect();
    // A run without a report has no format; any other run of the scanner stands for it.
    let known: BTreeSet<&ScannerId> = runs
        .iter()
        .filter(|run| run.format.is_some())
        .map(|run| &run.scanner)
        .collect();
    wanted.extend(policy.scanners.keys().map(|id| (id, None)));
    wanted.retain(|(scanner, format)| format.is_some() || !known.contains(scanner));
    wanted
        .into_iter()
        .map(|(scanner, format)| fly(sample(scanner, format), scanner, policy, now))
        .collect()
}

/// The sample of a scanner: of its own adapter unless its report is of a format that many tools
/// write.
fn sample(scanner: &ScannerId, format: Option<&str>) -> &'static Sample {
    let named = |name: &str| SAMPLES.iter().find(|sample| sample.scanner == name);
    let own = || named(scanner.as_str()).unwrap_or(&SARIF);
    match format {
        Some(format) if format.starts_with("SARIF") => &SARIF,
        Some(format) if format.starts_with("CycloneDX") => named("cyclonedx").unwrap_or(&SARIF),
        _ => own(),
    }
}

/// What canaries that came through do to the verdict of a check: one that lockgate misreads makes
/// the evidence of its scanner worthless, one that the policy lets pass is worth a warning.
pub fn reasons(trials: &[Trial], policy: &Policy) -> Vec<Reason> {
    let reason = |verdict, scanner, text: String, detail| Reason {
        verdict,
        code: "canary",
        scanner,
        text,
        detail,
    };
    let mut reasons = Vec::new();
    let blocks = policy.gates.iter().any(|gate| gate.action == Action::Block);
    if !blocks {
        let text = "the policy has no gate that blocks: whatever a scanner finds, it passes";
        reasons.push(reason(Verdict::Warn, None, text.to_owned(), None));
    }
    for trial in trials {
        let scanner = Some(trial.scanner.clone());
        match trial.escape() {
            Some(escape) if escape.misread => {
                let text = format!("{}, so its own cannot be trusted", escape.text);
                reasons.push(reason(Verdict::Incomplete, scanner, text, None));
            }
            Some(escape) if blocks => {
                let text = escape.text.to_owned();
                reasons.push(reason(Verdict::Warn, scanner, text, escape.gate));
            }
            _ => {}
        }
    }
    reasons
}

/// Sends both reports of a sample the whole way, as reports of `scanner`.
fn fly(sample: &Sample, scanner: &ScannerId, policy: &Policy, now: Timestamp) -> Trial {
    let path = match RepoPath::new(sample.path) {
        Ok(path) => path,
        Err(_) => unreachable!("a test builds every path of the table"),
    };
    let context = introducing(path.clone(), now);
    let bad = sample.bad.replace(DRIVER, scanner.as_str());
    // Recognised by its content alone, where the content names the scanner.
    let same = sample.scanner == scanner.as_str() || std::ptr::eq(sample, &raw const SARIF);
    let expected = Expected {
        scanner: scanner.clone(),
    };
    let runs = ingest::read(bad.as_bytes(), Some(&expected).filter(|_| !same));
    let format = runs.first().and_then(|run| run.format);
    let own = runs
        .into_iter()
        .filter(|run| run.scanner == *scanner && run.health.level() == HealthLevel::Complete);
    let assessment = assess(
        Evidence {
            runs: own.map(|run| placed(run, &path)).collect(),
            ..Evidence::default()
        },
        policy,
        &context,
    );
    let mut seen = assessment.findings.into_iter();
    let disposition = seen.next().map(|decided| decided.disposition);

    let broken = sample.broken.replace(DRIVER, scanner.as_str());
    let runs = ingest::read(broken.as_bytes(), Some(&expected));
    let failed = runs
        .iter()
        .all(|run| run.health.level() == HealthLevel::Failed);
    let runs = runs.into_iter().map(|run| placed(run, &path)).collect();
    let assessment = assess(
        Evidence {
            runs,
            ..Evidence::default()
        },
        policy,
        &context,
    );
    let about = |reason: &&Reason| reason.scanner.as_ref() == Some(scanner);
    let broken = assessment.reasons.iter().filter(about);
    Trial {
        scanner: scanner.clone(),
        format,
        disposition,
        broken: match failed {
            true => broken
                .map(|reason| reason.verdict)
                .max()
                .unwrap_or(Verdict::Pass),
            false => Verdict::Pass,
        },
    }
}

/// A change that adds this file.
fn introducing(path: RepoPath, now: Timestamp) -> Context {
    let change = Change {
        base: Revision {
            name: "canary".into(),
            id: String::new(),
        },
        files: BTreeSet::from([path.clone()]),
        renamed: BTreeMap::new(),
        lines: BTreeMap::from([(path, Lines::all())]),
        packages: BTreeMap::new(),
        texts: BTreeMap::new(),
        brought: BTreeMap::new(),
    };
    Context {
        event: Event::PullRequest,
        base: Base::Known(Box::new(change)),
        ..Context::at(now)
    }
}

/// The run as evidence: what it saw stands in this file, and is as bad as can be, because some
/// tools have no word for that.
fn placed(parsed: Parsed, path: &RepoPath) -> Witnessed {
    let (run, observations) = parsed.run(None, 0);
    let located = |mut observation: crate::model::Observation| {
        observation.severity = Some(Severity::Critical);
        Located {
            observation: Box::new(observation),
            location: Location {
                path: path.clone(),
                region: Region::line(1),
                certainty: Certainty::Exact,
                target: None,
            },
            line_hash: None,
            line_text: None,
            digests: SourceDigests::default(),
        }
    };
    Witnessed {
        run,
        observations: observations.into_iter().map(located).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{self, Nothing, SHIPPED, Source};

    fn policy(text: &str) -> Policy {
        let source = Source {
            name: "p".into(),
            path: None,
            text: text.into(),
        };
        policy::load(&source, &Nothing).unwrap()
    }

    fn now() -> Timestamp {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_adapter_has_a_canary() {
        let tools: Vec<&str> = ingest::TOOLS.iter().map(|tool| tool.info().id).collect();
        let samples: Vec<&str> = SAMPLES.iter().map(|sample| sample.scanner).collect();
        assert_eq!(samples, tools);
        for sample in SAMPLES.iter().chain([&SARIF]) {
            assert!(RepoPath::new(sample.path).is_ok(), "{}", sample.path);
        }
    }

    #[test]
    fn policies_that_block_stop_every_canary() {
        for name in ["lockgate:balanced", "lockgate:strict"] {
            let shipped = SHIPPED.iter().find(|s| s.name == name).unwrap();
            for trial in all(&policy(shipped.text), now()) {
                assert_eq!(trial.escape(), None, "{name}: {trial:?}");
                assert!(trial.format.is_some(), "{trial:?}");
            }
        }
    }

    #[test]
    fn a_policy_that_only_warns_is_told_so_once() {
        let policy = policy("extends = \"lockgate:audit-only\"");
        let trials = all(&policy, now());
        for trial in &trials {
            let escape = trial.escape().unwrap();
            assert!(!escape.misread && escape.gate.is_some(), "{trial:?}");
        }
        let reasons = reasons(&trials, &policy);
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0].verdict, Verdict::Warn);
    }

    #[test]
    fn gates_and_waivers_that_let_a_scanner_pass_are_named() {
        let escape = |text: &str, scanner: &str| {
            let policy = policy(text);
            let trials = all(&policy, now());
            let reasons = reasons(&trials, &policy);
            let names: Vec<&str> = reasons
                .iter()
                .filter_map(|r| r.scanner.as_ref().map(|s| s.as_str()))
                .collect();
            assert_eq!(names, [scanner], "{text}");
            let trial = trials.iter().find(|t| t.scanner.as_str() == scanner);
            trial.unwrap().escape().unwrap().text
        };
        let below = "extends = \"lockgate:balanced\"\n";
        let gate = format!(
            "{below}[[gate]]\nname = \"quiet\"\nwhen = {{ scanner = \"bandit\" }}\naction = \"allow\"\n"
        );
        assert!(escape(&gate, "bandit").contains("would pass, by gate"));
        let waiver = format!(
            "{below}[[waiver]]\nrule = \"B*\"\npath = \"**\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2099-01-01\n"
        );
        assert!(escape(&waiver, "bandit").contains("waiver"));
        let gap = format!("{below}[scanners.trivy]\non-incomplete = \"warn\"\n");
        assert!(escape(&gap, "trivy").contains("broken report"));
    }

    #[test]
    fn what_lockgate_misreads_makes_the_verdict_incomplete() {
        let sample = |bad: &'static str, broken: &'static str| Sample {
            bad,
            broken,
            ..SAMPLES[0]
        };
        let policy = policy("extends = \"lockgate:audit-only\"");
        let bandit = ScannerId::literal("bandit");
        for wrong in [
            sample("{}", SAMPLES[0].broken),
            sample(SAMPLES[0].broken, SAMPLES[0].broken),
            sample(SAMPLES[0].bad, SAMPLES[0].bad),
            sample(SAMPLES[1].bad, SAMPLES[0].broken),
        ] {
            let trial = fly(&wrong, &bandit, &policy, now());
            assert!(trial.escape().unwrap().misread, "{trial:?}");
            let reasons = reasons(&[trial], &policy);
            assert!(reasons.iter().any(|r| r.verdict == Verdict::Incomplete));
        }
    }

    #[test]
    fn a_check_tries_the_formats_that_it_has_read() {
        let run = |scanner: &'static str, format: Option<&'static str>| {
            let mut parsed = Parsed::failed(
                ScannerId::literal(scanner),
                scanner.into(),
                crate::model::Problem::new("x", "x"),
            );
            parsed.format = format;
            parsed.run(None, 0).0
        };
        let runs = [
            run("bandit", Some("SARIF 2.1.0")),
            run("bandit", None),
            run("codeql", Some("SARIF 2.1.0")),
            run("syft", Some("CycloneDX JSON")),
            run(ingest::UNKNOWN, None),
        ];
        let policy = policy(
            "extends = \"lockgate:balanced\"\n[scanners.trivy]\nrequired = true\n[scanners.bandit]\nrequired = true\n",
        );
        let trials = of(&runs, &policy, now());
        let seen: Vec<_> = trials
            .iter()
            .map(|t| {
                assert_eq!(t.escape(), None, "{t:?}");
                (t.scanner.as_str(), t.format.unwrap())
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("bandit", "SARIF 2.1.0"),
                ("codeql", "SARIF 2.1.0"),
                ("syft", "CycloneDX JSON"),
                ("trivy", "Trivy JSON"),
            ]
        );
    }
}
