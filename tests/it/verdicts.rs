//! Stored runs judged again: what each policy makes of each bundle is written down, so that no
//! change of what decides goes unseen. `LOCKGATE_UPDATE=1` writes it anew; look at the difference.
//!
//! Needs nothing but the library: it is also run for each mutant, see tests/mutation.

use crate::program::fixture;
use lockgate::assess::assess;
use lockgate::bundle;
use lockgate::model::{Assessment, Context, Decided, Disposition, Finding, Foreign as _, Health};
use lockgate::model::{RepoPath, ScannerId};
use lockgate::policy::{self, Judge, Policy, SHIPPED, Source, World};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// Policies may extend each other and name data.
struct Folder;

impl World for Folder {
    fn read(&self, path: &RepoPath) -> Result<String, String> {
        let path = fixture("verdicts/policies").join(path.raw());
        std::fs::read_to_string(path).map_err(|e| e.to_string())
    }

    fn scanner_meant_by(&self, _: &str) -> Option<ScannerId> {
        None
    }

    fn can_run(&self, _: &ScannerId) -> bool {
        true
    }
}

/// Files of a folder with this ending: name without it, and content.
fn files(folder: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(fixture(folder)).unwrap();
    let mut found: Vec<(String, Vec<u8>)> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.strip_suffix(ending)?.to_owned();
            Some((name, std::fs::read(&path).unwrap()))
        })
        .collect();
    found.sort();
    found
}

fn load(name: &str, text: &str) -> Policy {
    let source = Source {
        name: name.to_owned(),
        path: RepoPath::new(name).ok(),
        text: text.to_owned(),
    };
    policy::load(&source, &Folder).unwrap_or_else(|errors| panic!("{name}: {text}\n{errors:?}"))
}

fn policies() -> Vec<(String, Policy)> {
    let shipped = SHIPPED.iter().map(|s| {
        (
            s.name.to_owned(),
            load("shipped.toml", &format!("extends = {:?}\n", s.name)),
        )
    });
    let own = files("verdicts/policies", ".toml")
        .into_iter()
        .map(|(name, text)| {
            let policy = load(&format!("{name}.toml"), &String::from_utf8(text).unwrap());
            (name, policy)
        });
    shipped.chain(own).collect()
}

fn bundles() -> Vec<(String, bundle::Bundle)> {
    let files = files("verdicts/bundles", ".bundle");
    assert!(files.len() > 20);
    files
        .into_iter()
        .map(|(name, bytes)| {
            let bundle =
                bundle::read(&bytes, &|_| None).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            (name, bundle)
        })
        .collect()
}

/// What became of a finding; for a waived one, by which waiver.
fn fate(decided: &Decided) -> String {
    let disposition = &decided.disposition;
    let gate = disposition.gate().map_or("-", |gate| gate.name.raw());
    match disposition {
        Disposition::Waived(_, waiver) => format!("waived by {} {gate}", waiver.index),
        _ => format!("{} {gate}", disposition.word()),
    }
}

/// Everything of a finding that a user acts on.
fn line(decided: &Decided) -> String {
    let finding = &decided.finding;
    let seen = &finding.observation;
    let witnesses: Vec<String> = finding
        .witnesses
        .iter()
        .map(|w| format!("{}:{}", w.scanner, w.rule.raw()))
        .collect();
    format!(
        "{} | {} | {} {} {:?} {:?} | {} {:?} | {} | {:?} {:?} {:?}",
        finding.fingerprint,
        fate(decided),
        decided.effective.word(),
        finding.provenance.origin.word(),
        finding.since,
        seen.standing,
        finding.location.path.raw(),
        finding.location.region,
        witnesses.join(" "),
        seen.advisories,
        seen.package
            .as_ref()
            .map(|p| (p.name.raw(), p.version.as_ref().map(|v| v.raw()))),
        (seen.epss, seen.kev, &seen.cwe, &seen.fix),
    )
}

/// The whole answer, in a form that is only compared.
fn lines(assessment: &Assessment) -> String {
    let mut out = String::new();
    for run in &assessment.runs {
        let health = match &run.health {
            Health::Complete(_) => "complete",
            Health::Partial(..) => "partial",
            Health::Failed(_) => "failed",
            Health::Skipped(_) => "skipped",
        };
        writeln!(
            out,
            "{} {:?} {health} {}",
            run.scanner, run.report, run.findings
        )
        .unwrap();
    }
    for decided in &assessment.findings {
        writeln!(out, "{}", line(decided)).unwrap();
    }
    for note in &assessment.notes {
        writeln!(
            out,
            "{} {} {}",
            note.code.word(),
            note.subject.raw(),
            note.line
        )
        .unwrap();
    }
    let rest = (
        &assessment.resolved,
        &assessment.schedule,
        &assessment.carried,
    );
    writeln!(out, "{rest:#?}").unwrap();
    out
}

fn digest(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Compares with the committed file, or writes it.
fn hold(name: &str, told: &[(String, String)]) {
    let mut text = String::new();
    for (line, detail) in told {
        writeln!(text, "{line} {}", digest(detail)).unwrap();
    }
    let path = fixture("verdicts").join(name);
    if std::env::var_os("LOCKGATE_UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
        if let Some(folder) = std::env::var_os("LOCKGATE_DETAILS") {
            let all: String = told.iter().map(|(l, d)| format!("== {l}\n{d}")).collect();
            std::fs::write(Path::new(&folder).join(name), all).unwrap();
        }
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        expected.lines().count(),
        told.len(),
        "{name} is of other bundles"
    );
    for (expected, (found, (_, detail))) in expected.lines().zip(text.lines().zip(told)) {
        assert_eq!(expected, found, "what is behind it now:\n{detail}");
    }
}

fn count(fates: &[&'static str]) -> String {
    let words = [
        "blocked",
        "warned",
        "allowed",
        "unmatched",
        "waived",
        "suppressed",
        "informational",
    ];
    let counts = words.iter().filter_map(|word| {
        let count = fates.iter().filter(|fate| fate == &word).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}

#[test]
fn every_stored_run_leads_to_the_verdict_that_is_written_down() {
    let policies = policies();
    let mut told = Vec::new();
    for (name, bundle) in bundles() {
        for (policy_name, policy) in &policies {
            let assessment = assess(bundle.evidence.clone(), policy, &bundle.context);
            let reasons: Vec<&str> = assessment.reasons.iter().map(|r| r.code).collect();
            let fates: Vec<_> = assessment
                .findings
                .iter()
                .map(|d| d.disposition.word())
                .collect();
            let line = format!(
                "{name} | {policy_name} | {} | {} | {} |",
                assessment.verdict.word(),
                reasons.join(" "),
                count(&fates),
            );
            told.push((line, lines(&assessment)));
        }
    }
    hold("verdicts.txt", &told);
}

#[test]
fn every_condition_takes_the_findings_that_are_written_down() {
    let plain = load(
        "plain.toml",
        "[[gate]]\nname = \"all\"\naction = \"warn\"\n",
    );
    let judged: Vec<(Context, Vec<Finding>)> = bundles()
        .into_iter()
        .map(|(_, bundle)| {
            let assessment = assess(bundle.evidence, &plain, &bundle.context);
            let findings = assessment.findings.into_iter().map(|d| d.finding);
            (bundle.context, findings.take(40).collect())
        })
        .collect();
    let text = std::fs::read_to_string(fixture("verdicts/conditions.txt")).unwrap();
    let mut told = Vec::new();
    for when in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        for action in ["block", "allow"] {
            let gates = format!(
                "on-suppression = \"gates\"\n[[gate]]\nname = \"this\"\nwhen = {{ {when} }}\naction = \"{action}\"\n\
                 [[gate]]\nname = \"rest\"\naction = \"warn\"\n"
            );
            let policy = load("condition.toml", &gates);
            let (mut fates, mut detail) = (Vec::new(), String::new());
            for (context, findings) in &judged {
                let prepare = |mut finding: Finding| {
                    policy.data.enrich(&mut finding, context.now);
                    finding
                };
                let (decided, _) = Judge::new(&policy, context).all(findings.clone(), prepare);
                fates.extend(decided.iter().map(|d| d.disposition.word()));
                for d in &decided {
                    writeln!(detail, "{} {}", d.finding.fingerprint, fate(d)).unwrap();
                }
            }
            told.push((format!("{when} | {action} | {} |", count(&fates)), detail));
        }
    }
    hold("conditions-expected.txt", &told);
}
