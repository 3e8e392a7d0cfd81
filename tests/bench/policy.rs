//! A large policy: 500 gates and 2 000 waivers over 25 000 findings, beside a policy with one gate.
//!
//! `cargo bench --bench policy`. In this process and through the library, because the rest of a
//! check would hide it. Limit: the large policy adds less than 100 ms to the decision, with what is
//! said about the waivers.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark takes the time and prints"
)]

use lockgate::model::{
    AdvisoryId, Certainty, Context, Ecosystem, Finding, Kind, Location, Observation, Package,
    Provenance, Region, RepoPath, Reported, RuleId, ScannerId, Severity, Witness,
};
use lockgate::policy::{self, Judge, Nothing, Policy, Seen, Source, waiver_notes};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const FINDINGS: usize = 25_000;
const GATES: usize = 500;
const WAIVERS: usize = 2_000;
const RUNS: usize = 21;
const MOST: Duration = Duration::from_millis(100);

fn main() {
    let findings: Vec<Finding> = (0..FINDINGS).map(finding).collect();
    let context = Context::at("2026-11-20T12:00:00Z".parse().unwrap());
    let processors = std::thread::available_parallelism().unwrap();
    println!("{FINDINGS} findings, {processors} processors, {RUNS} runs each");
    println!("{:<32} {:>10} {:>10} {:>10}", "", "min", "median", "max");
    let small = "[[gate]]\nname = \"all\"\naction = \"block\"\n".to_owned();
    let large = large();
    let mut medians = Vec::new();
    for (name, text) in [("one gate", small), ("500 gates, 2 000 waivers", large)] {
        let mut policy = None;
        measure(&format!("{name}: load"), || policy = Some(load(&text)));
        let policy = policy.unwrap();
        let mut waived = 0;
        let decide = || {
            let given = findings.clone();
            let start = Instant::now();
            let (decided, tally) = Judge::new(&policy, &context).all(given, |finding| finding);
            let notes = waiver_notes(&policy, context.today(), Some(Seen::new(&tally, &[])));
            let time = start.elapsed();
            waived = decided
                .iter()
                .filter(|d| d.disposition.word() == "waived")
                .count();
            assert_eq!(decided.len(), FINDINGS);
            drop(notes);
            time
        };
        medians.push(median(&format!("{name}: decide"), decide));
        println!("{:<32} {waived:>10}", "  waived");
    }
    let added = medians[1].saturating_sub(medians[0]);
    println!("the large policy adds {:.1} ms", added.as_secs_f64() * 1e3);
    assert!(added < MOST, "more than {MOST:?}");
}

fn measure(name: &str, mut work: impl FnMut()) -> Duration {
    median(name, || {
        let start = Instant::now();
        work();
        start.elapsed()
    })
}

fn median(name: &str, mut work: impl FnMut() -> Duration) -> Duration {
    work();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| work()).collect();
    times.sort();
    let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    println!(
        "{name:<32} {:>10} {:>10} {:>10}",
        ms(times[0]),
        ms(times[RUNS / 2]),
        ms(times[RUNS - 1])
    );
    times[RUNS / 2]
}

fn load(text: &str) -> Policy {
    let source = Source {
        name: "lockgate.toml".into(),
        path: None,
        text: text.into(),
    };
    policy::load(&source, &Nothing).unwrap()
}

/// Half are of packages, half of code; 2 000 files, 200 rules, 5 000 packages.
fn finding(number: usize) -> Finding {
    let package = number.is_multiple_of(2);
    let scanner = ScannerId::literal(if package { "alpha" } else { "beta" });
    let id = format!("CVE-2024-{}", number % 10_000);
    let rule = match package {
        true => RuleId::new(&id),
        false => RuleId::new(&format!("rule-{}", number * 7 % 200)),
    };
    let kind = if package {
        Kind::Dependency
    } else {
        Kind::Code
    };
    let mut observation = Observation::new(rule.clone(), kind, "A weakness");
    observation.severity = Some(Severity::ALL[number % 5]);
    if package {
        observation.advisories.extend(AdvisoryId::new(&id));
        let name = format!("package-{}", number % 5_000);
        observation.package = Some(Package::new(Ecosystem::NPM, name));
    }
    let path = match package {
        true => format!("app{}/package-lock.json", number % 40),
        false => format!("src/module{}/file{}.py", number % 40, number % 2_000),
    };
    let severity = observation.severity;
    Finding {
        namesake: String::new(),
        fingerprint: format!("{number:032x}"),
        scanner: scanner.clone(),
        observation: Box::new(observation),
        location: Location {
            path: RepoPath::new(&path).unwrap(),
            region: Region::line(7),
            certainty: Certainty::Exact,
            target: None,
        },
        line_hash: None,
        digests: lockgate::model::SourceDigests::default(),
        witnesses: vec![Witness {
            scanner,
            run: 0,
            rule,
            severity,
            reported: Reported::default(),
        }],
        provenance: Provenance::UNSEEN,
        since: None,
    }
}

/// What large policies are made of: single rules and packages, folders, patterns that need a search,
/// combinations. Few gates match, so that most findings see all of them.
fn large() -> String {
    let mut text = String::new();
    for n in 0..GATES - 1 {
        let when = match n % 8 {
            0 => format!("rule = [\"rule-{n}\", \"other-{n}\"], path = \"src/module{n}/**\""),
            1 => format!("package = \"package-{}\", fix = \"patch\"", n + 5_000),
            2 => format!("scanner = \"gamma{n}\", severity = \">=high\""),
            3 => format!("path = \"**/generated{n}/*.py\", severity = \"<critical\""),
            4 => format!("kind = \"secret\", path = \"tests/{n}/**\""),
            5 => format!("rule = \"*-special-{n}\", kind = \"code\""),
            6 => format!(
                "any = [{{ cwe = {} }}, {{ path = \"vendor{n}\" }}]",
                n + 2_000
            ),
            _ => format!("kind = \"dependency\", ecosystem = \"pypi\", package = \"lib{n}-*\""),
        };
        let action = ["block", "warn", "allow"][n % 3];
        let _ = write!(
            text,
            "[[gate]]\nname = \"g{n}\"\naction = \"{action}\"\nwhen = {{ {when} }}\n"
        );
    }
    text.push_str("[[gate]]\nname = \"rest\"\naction = \"block\"\n");
    for n in 0..WAIVERS {
        let what = match n % 8 {
            0..=3 => format!("advisory = \"CVE-2024-{n}\"\npackage = \"package-{n}\""),
            4 | 5 => format!("fingerprint = \"{:032x}\"", n * 3),
            6 => format!(
                "rule = \"rule-{}\"\npath = \"src/module{}/file{n}.py\"",
                n % 200,
                n % 40
            ),
            _ => format!("rule = \"rule-1*\"\npath = \"lib{n}/**\""),
        };
        let _ = write!(
            text,
            "[[waiver]]\n{what}\nreason = \"accepted\"\nowner = \"@org/web\"\nexpires = 2027-01-31\n"
        );
    }
    text
}
