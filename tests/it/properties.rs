//! What must hold for any evidence and any policy.

use lockgate::assess::assess;
use lockgate::model::{
    AdvisoryId, Assessment, Baseline, Certainty, Confidence, Context, Coverage, Disposition,
    Ecosystem, Evidence, Foreign as _, Health, Kind, Located, Location, Observation, Package,
    Problem, Region, RepoPath, Reported, RuleId, Run, ScannerId, Severity, SourceDigests, Verdict,
    Witnessed, Work,
};
use lockgate::policy::{self, Policy, Source};
use lockgate::version::canonical;
use proptest::prelude::*;
use std::collections::BTreeMap;

const SCANNERS: [&str; 3] = ["alpha", "beta", "gamma"];
const PATHS: [&str; 3] = ["src/a.py", "tests/b.py", "c.toml"];
const RULES: [&str; 3] = ["R1", "R2", "X9"];

fn observation() -> impl Strategy<Value = Located> {
    let severity = prop_oneof![
        Just(None),
        prop::sample::select(&Severity::ALL[..]).prop_map(Some)
    ];
    let kind = prop::sample::select(&Kind::ALL[..]);
    (
        severity,
        kind,
        0..3_usize,
        0..3_usize,
        1..5_u64,
        "[a-z]{1,3}",
    )
        .prop_map(|(severity, kind, rule, path, line, text)| {
            let mut observation = Observation::new(RuleId::new(RULES[rule]), kind, text.as_str());
            observation.severity = severity;
            observation.reported = Reported {
                severity: None,
                score: None,
                confidence: Some(Confidence::High),
                source: None,
            };
            // Neighbours that are shared by some lines, and not by others.
            let digests = SourceDigests {
                text: text.bytes().next().map(u64::from),
                around: [Some((line % 2) as u16), Some((line % 3) as u16)],
            };
            let location = Location {
                path: RepoPath::new(PATHS[path]).unwrap(),
                region: Region::line(line),
                certainty: Certainty::Exact,
                target: None,
            };
            // Nothing is kept of a line with a secret.
            let kept = !observation.holds_secret();
            Located {
                observation: Box::new(observation),
                location,
                line_hash: None,
                line_text: kept.then(|| text.into()),
                digests: if kept {
                    digests
                } else {
                    SourceDigests::default()
                },
            }
        })
}

/// Advisories with a few names each, so that lists meet, and one that bundles two.
const NAMES: [&[&str]; 8] = [
    &[],
    &["CVE-2024-1"],
    &["GHSA-aaaa-bbbb-cccc"],
    &["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"],
    &["CVE-2024-2", "GHSA-dddd-bbbb-cccc"],
    &["PYSEC-2024-9", "CVE-2024-1", "CVE-2024-2"],
    &["PYSEC-2024-9"],
    &[
        "PYSEC-2024-9",
        "CVE-2024-1",
        "CVE-2024-2",
        "GHSA-aaaa-bbbb-cccc",
        "GHSA-dddd-bbbb-cccc",
    ],
];

/// Everything by which observations of several scanners may become one finding: packages with and
/// without versions and places, names of advisories, weaknesses, families, secrets.
fn related() -> impl Strategy<Value = Located> {
    let version = prop::sample::select(vec![None, Some("1.0"), Some("1.0.0"), Some("2.0")]);
    let names = prop::sample::select(&NAMES[..]);
    let cwe = prop::sample::select(vec![None, Some(78), Some(88), Some(89)]);
    let family = prop::sample::select(vec![None, Some("root-user"), Some("sudo")]);
    let sure = any::<bool>();
    (observation(), version, names, cwe, family, sure, 0..2_usize).prop_map(
        |(mut located, version, names, cwe, family, sure, package)| {
            let observation = &mut located.observation;
            observation.cwe = cwe.into_iter().collect();
            match observation.kind {
                Kind::Dependency => {
                    let name = ["left_pad", "Left-Pad", "right"][package];
                    let mut installed = Package::new(Ecosystem::PYPI, name);
                    installed.version = version.map(Into::into);
                    observation.package = Some(installed);
                    let ids = names.iter().filter_map(|id| AdvisoryId::new(id));
                    observation.advisories = ids.collect();
                    if !sure {
                        located.location.region = None;
                        located.location.certainty = Certainty::Assumed;
                    }
                }
                Kind::Config => observation.family = family,
                Kind::Secret | Kind::Code | Kind::License => {}
            }
            located
        },
    )
}

pub fn any_observation() -> impl Strategy<Value = Located> {
    prop_oneof![observation(), related(), related()]
}

fn health() -> impl Strategy<Value = Health> {
    let problem = || Problem::new("x", "x");
    prop_oneof![
        4 => Just(Health::Complete(Work::new(1, "files").unwrap())),
        1 => Just(Health::Partial(Work::new(1, "files").unwrap(), vec![problem()])),
        1 => Just(Health::Failed(problem())),
    ]
}

fn witnessed() -> impl Strategy<Value = Witnessed> {
    (
        0..3_usize,
        health(),
        prop::collection::vec(any_observation(), 0..8),
        0..4_u8,
    )
        .prop_map(|(scanner, health, mut observations, report)| {
            if matches!(health, Health::Failed(_)) {
                observations.clear();
            }
            Witnessed {
                run: Run {
                    scanner: ScannerId::new(SCANNERS[scanner]).unwrap(),
                    tool: SCANNERS[scanner].into(),
                    home: None,
                    version: None,
                    report: Some(format!("r{report}").into()),
                    ordinal: 0,
                    // A scanner's second report is of another format.
                    format: [Some("JSON"), Some("SARIF 2.1.0")][usize::from(report % 2)],
                    health,
                    coverage: Coverage::default(),
                    notes: Vec::new(),
                    findings: observations.len(),
                    rules: BTreeMap::new(),
                },
                observations,
            }
        })
}

pub fn evidence() -> impl Strategy<Value = Evidence> {
    prop::collection::vec(witnessed(), 0..5).prop_map(|mut runs| {
        // One report is read once for each scanner.
        runs.sort_by(|a, b| (&a.run.scanner, &a.run.report).cmp(&(&b.run.scanner, &b.run.report)));
        runs.dedup_by(|a, b| (&a.run.scanner, &a.run.report) == (&b.run.scanner, &b.run.report));
        Evidence {
            runs,
            ..Evidence::default()
        }
    })
}

/// Gates that only look at severity and kind, as most policies do.
fn policy_text() -> impl Strategy<Value = String> {
    let condition = prop_oneof![
        prop::sample::select(vec!["low", "medium", "high", "critical"])
            .prop_map(|s| format!("severity = \">={s}\"")),
        prop::sample::select(vec!["code", "secret", "dependency"])
            .prop_map(|k| format!("kind = \"{k}\"")),
        Just("path = \"tests/**\"".to_owned()),
        Just("rule = \"R*\"".to_owned()),
    ];
    let action = prop::sample::select(vec!["block", "warn", "allow"]);
    let gate = (condition, action);
    (prop::collection::vec(gate, 0..5), any::<bool>(), any::<bool>()).prop_map(|(gates, required, relaxed)| {
        let mut text = String::new();
        if relaxed {
            text.push_str("on-partial = \"warn\"\n");
        }
        if required {
            text.push_str("[scanners.alpha]\nrequired = true\n");
        }
        for (index, (condition, action)) in gates.iter().enumerate() {
            text.push_str(&format!("[[gate]]\nname = \"g{index}\"\nwhen = {{ {condition} }}\naction = \"{action}\"\n"));
        }
        text
    })
}

/// Waivers without their last day.
fn waivers() -> impl Strategy<Value = Vec<String>> {
    let subject = prop::sample::select(vec![
        "rule = \"R1\"\npath = \"src/a.py\"",
        "rule = [\"R2\", \"X*\"]\npath = \"**\"",
        "rule = \"*\"\npath = \"tests\"\nkind = \"code\"",
        "advisory = \"CVE-2024-1\"",
        "advisory = [\"PYSEC-2024-9\", \"CVE-2024-2\"]\npackage = \"left-pad\"",
        "advisory = \"GHSA-aaaa-bbbb-cccc\"\nseverity = \"<critical\"",
    ]);
    let waiver = subject.prop_map(|s| format!("[[waiver]]\n{s}\nreason = \"r\"\nowner = \"o\"\n"));
    prop::collection::vec(waiver, 0..5)
}

fn load(text: &str) -> Policy {
    let source = Source {
        name: "p.toml".into(),
        path: None,
        text: text.into(),
    };
    policy::load(&source, &policy::Nothing).unwrap()
}

fn judge(evidence: Evidence, policy: &str) -> Assessment {
    judge_with(evidence, policy, None)
}

pub fn judge_with(evidence: Evidence, policy: &str, baseline: Option<Baseline>) -> Assessment {
    assess(
        evidence,
        &load(policy),
        &Context {
            baseline,
            ..Context::at("2026-11-20T12:00:00Z".parse().unwrap())
        },
    )
}

proptest! {
    #[test]
    fn adding_a_finding_never_turns_block_into_pass(evidence in evidence(), policy in policy_text(), more in any_observation()) {
        let before = judge(evidence.clone(), &policy);
        let mut larger = evidence;
        if let Some(run) = larger.runs.iter_mut().find(|w| w.run.health.work().is_some()) {
            run.observations.push(more);
        }
        // A place that was only assumed may turn out to be another one, of which a gate on paths
        // does not speak.
        let mut seen = larger.runs.iter().flat_map(|w| &w.observations);
        let assumed = seen.any(|located| located.location.certainty == Certainty::Assumed);
        if assumed && policy.contains("path =") {
            return Ok(());
        }
        let after = judge(larger, &policy);
        prop_assert!(after.verdict >= before.verdict, "{:?} -> {:?}", before.verdict, after.verdict);
    }

    #[test]
    fn removing_evidence_never_turns_incomplete_into_pass(evidence in evidence(), policy in policy_text(), which in 0..5_usize) {
        if evidence.runs.is_empty() {
            return Ok(());
        }
        let which = which % evidence.runs.len();
        let before = judge(evidence.clone(), &policy);
        // A report that is gone is still expected: it was named.
        let mut smaller = evidence;
        smaller.runs[which].run.health = Health::Failed(Problem::new("missing", "x"));
        smaller.runs[which].observations.clear();
        let after = judge(smaller, &policy);
        prop_assert_eq!(after.verdict, Verdict::Incomplete);
        prop_assert!(after.verdict >= before.verdict);
    }

    #[test]
    fn a_required_scanner_without_evidence_is_never_passed(evidence in evidence()) {
        let mut evidence = evidence;
        evidence.runs.retain(|w| w.run.scanner.as_str() != "alpha");
        let assessment = judge(evidence, "[scanners.alpha]\nrequired = true\n");
        prop_assert_eq!(assessment.verdict, Verdict::Incomplete);
    }

    #[test]
    fn the_order_of_reports_never_matters(evidence in evidence(), policy in policy_text(), waivers in waivers(), seed in any::<u64>()) {
        let waivers: String = waivers.iter().map(|waiver| format!("{waiver}expires = 2026-11-30\n")).collect();
        let policy = format!("{policy}{waivers}");
        let mut shuffled = evidence.clone();
        let mut random = seed | 1;
        for index in (1..shuffled.runs.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.runs.swap(index, (random >> 33) as usize % (index + 1));
        }
        for run in &mut shuffled.runs {
            run.observations.reverse();
        }
        prop_assert_eq!(judge(evidence, &policy), judge(shuffled, &policy));
    }

    #[test]
    fn nothing_is_dropped(evidence in evidence(), policy in policy_text()) {
        let told: Vec<_> = evidence
            .runs
            .iter()
            .flat_map(|w| w.observations.iter().map(|o| (w.run.scanner.clone(), o.clone())))
            .collect();
        let assessment = judge(evidence, &policy);
        for (scanner, located) in told {
            let seen = &located.observation;
            let kept = assessment.findings.iter().any(|d| {
                let finding = &d.finding;
                let witness = finding.witnesses.iter().any(|w| w.scanner == scanner && w.rule == seen.rule);
                let version = |o: &Observation| {
                    let package = o.package.as_ref()?;
                    let version = package.version.as_ref()?;
                    Some(canonical(&package.ecosystem, version.raw()))
                };
                let told = version(seen);
                // Two versions or two files never become one.
                let same = told.is_none() || told == version(&finding.observation);
                let sure = located.location.certainty != Certainty::Assumed;
                let here = !sure || finding.location.path == located.location.path;
                witness
                    && same
                    && here
                    && finding.observation.kind == seen.kind
                    && finding.observation.severity >= seen.severity
                    && seen.advisories.is_subset(&finding.observation.advisories)
            });
            prop_assert!(kept, "{located:?} is not in {:?}", assessment.findings);
        }
        let mut prints: Vec<_> = assessment.findings.iter().map(|d| &d.finding.fingerprint).collect();
        prints.sort();
        prints.dedup();
        prop_assert_eq!(prints.len(), assessment.findings.len(), "fingerprints are unique");
    }

    #[test]
    fn an_expired_waiver_equals_none(evidence in evidence(), policy in policy_text()) {
        let waiver = "[[waiver]]\nrule = \"*\"\npath = \"**\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-11-19\n";
        let with = judge(evidence.clone(), &format!("{policy}{waiver}"));
        let without = judge(evidence, &policy);
        prop_assert_eq!(with.verdict, without.verdict);
        prop_assert_eq!(with.findings, without.findings);
    }

    #[test]
    fn a_waiver_that_does_not_hold_equals_none(evidence in evidence(), policy in policy_text(), waivers in waivers(), more in "2026-11-(0[1-9]|1[0-9])|2026-12-01") {
        // One day over, or longer than the policy allows.
        let limit = "[waivers]\nmax-days = 10\n";
        let text: String = waivers.iter().map(|waiver| format!("{waiver}expires = {more}\n")).collect();
        let with = judge(evidence.clone(), &format!("{policy}{limit}{text}"));
        let without = judge(evidence, &format!("{policy}{limit}"));
        prop_assert_eq!(with.verdict, without.verdict);
        prop_assert_eq!(with.findings, without.findings);
        prop_assert_eq!(with.notes.len(), waivers.len());
    }

    #[test]
    fn every_finding_has_one_disposition_and_a_waiver_only_takes_what_is_stopped(evidence in evidence(), policy in policy_text(), waivers in waivers()) {
        let text: String = waivers.iter().map(|waiver| format!("{waiver}expires = 2026-11-20\n")).collect();
        let plain = judge(evidence.clone(), &policy);
        let with = judge(evidence, &format!("{policy}{text}"));
        prop_assert_eq!(plain.findings.len(), with.findings.len());
        let words = ["blocked", "warned", "allowed", "unmatched", "waived", "suppressed", "informational"];
        let counted: usize = words.iter().map(|word| with.count(|d| d.word() == *word)).sum();
        prop_assert_eq!(counted, with.findings.len());
        prop_assert!(with.verdict <= plain.verdict);
        for before in &plain.findings {
            let mut same = with.findings.iter().filter(|d| d.finding.fingerprint == before.finding.fingerprint);
            let after = &same.next().unwrap().disposition;
            prop_assert!(same.next().is_none());
            match after {
                Disposition::Waived(gate, _) => {
                    prop_assert!(matches!(&before.disposition, Disposition::Blocked(g) | Disposition::Warned(g) if g == gate));
                }
                after => prop_assert_eq!(after, &before.disposition),
            }
        }
    }

    #[test]
    fn unrated_never_counts_less_than_the_policy_says(evidence in evidence()) {
        let assessment = judge(evidence, "unrated = \"critical\"\n");
        for decided in &assessment.findings {
            let expected = decided.finding.observation.severity.unwrap_or(Severity::Critical);
            prop_assert_eq!(decided.effective, expected);
        }
    }

    #[test]
    fn fingerprints_survive_moved_lines_and_new_words(located in any_observation(), line in 1..9_000_u64, words in ".{0,40}") {
        let mut moved = located.clone();
        moved.location.region = Region::line(line);
        moved.observation.message = words.as_str().into();
        moved.observation.title = words.into();
        let print = |located: Located| {
            let mut evidence = Evidence::default();
            let scanner = ScannerId::new("alpha").unwrap();
            let run = Run { scanner, tool: "a".into(), home: None, version: None, report: None, ordinal: 0, format: None,
                health: Health::Complete(Work::new(1, "files").unwrap()), coverage: Coverage::default(), notes: Vec::new(), findings: 1, rules: BTreeMap::new() };
            evidence.runs.push(Witnessed { run, observations: vec![located] });
            judge(evidence, "").findings[0].finding.fingerprint.clone()
        };
        prop_assert_eq!(print(located), print(moved));
    }

    #[test]
    fn repository_paths_stay_inside(text in "[a-z./\\\\:\\x00 ]{0,20}") {
        if let Ok(path) = RepoPath::new(&text) {
            prop_assert!(!path.raw().starts_with('/') && !path.raw().contains('\\'));
            prop_assert!(path.raw().split('/').all(|part| !part.is_empty() && part != ".." && part != "."));
            prop_assert_eq!(RepoPath::new(path.raw()), Ok(path));
        }
    }
}
