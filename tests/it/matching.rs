//! Who is who in a baseline, by the smallest cases.
//!
//! Needs nothing but the library: it is also run for each mutant, see tests/mutation.

use crate::properties::judge_with;
use lockgate::baseline;
use lockgate::merge::baseline::{Known, compare};
use lockgate::model::{
    AdvisoryId, Baseline, Certainty, Coverage, Ecosystem, Evidence, Finding, Foreign as _, Health,
    Kind, Located, Location, Observation, Package, Region, RepoPath, RuleId, Run, ScannerId,
    SourceDigests, Witnessed, Work,
};
use std::collections::BTreeMap;

fn at(mut observation: Observation, path: &str, line: u64) -> Located {
    observation.message = format!("{path} {line}").as_str().into();
    Located {
        observation: Box::new(observation),
        location: Location {
            path: RepoPath::new(path).unwrap(),
            region: Region::line(line),
            certainty: Certainty::Exact,
            target: None,
        },
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    }
}

/// `path:line text around`, where text and around are small numbers; what is missing is not known.
/// `name@version path id id` for a package.
fn located(spec: &str) -> Located {
    let words: Vec<&str> = spec.split(' ').collect();
    if let Some((name, version)) = words[0].split_once('@') {
        let mut observation = Observation::new(RuleId::new(words[2]), Kind::Dependency, "t");
        let mut package = Package::new(Ecosystem::PYPI, name);
        package.version = (!version.is_empty()).then(|| version.into());
        observation.package = Some(package);
        let ids = words[2..].iter().filter_map(|id| AdvisoryId::new(id));
        observation.advisories = ids.collect();
        return at(observation, words[1], 1);
    }
    let (path, line) = words[0].split_once(':').unwrap();
    let observation = Observation::new(RuleId::new("r"), Kind::Code, "t");
    let mut located = at(observation, path, line.parse().unwrap());
    if let Some(text) = words.get(1) {
        located.digests.text = text.parse().ok();
        located.line_text = Some((*text).into());
    }
    if let [_, _, before, after] = words[..] {
        located.digests.around = [before.parse().ok(), after.parse().ok()];
    }
    located
}

fn findings(specs: &[&str]) -> (Vec<Finding>, Baseline) {
    let run = Run {
        scanner: ScannerId::new("alpha").unwrap(),
        tool: "alpha".into(),
        home: None,
        version: None,
        report: None,
        ordinal: 0,
        format: None,
        health: Health::Complete(Work::new(1, "files").unwrap()),
        coverage: Coverage::default(),
        notes: Vec::new(),
        findings: specs.len(),
        rules: BTreeMap::new(),
    };
    let observations = specs.iter().map(|spec| located(spec)).collect();
    let runs = vec![Witnessed { run, observations }];
    let assessment = judge_with(
        Evidence {
            runs,
            ..Evidence::default()
        },
        "",
        None,
    );
    let written = baseline::of(&assessment);
    let findings = assessment.findings.into_iter().map(|d| d.finding);
    (findings.collect(), written)
}

/// What the baseline of the first list says of each finding of the second, by place.
fn told(old: &[&str], new: &[&str], absent: &[&str]) -> Vec<String> {
    let mut baseline = findings(old).1;
    baseline.absent = absent.iter().map(|p| RepoPath::new(p).unwrap()).collect();
    let new = findings(new).0;
    let all: Vec<&Finding> = new.iter().collect();
    let comparison = compare(&all, &baseline);
    let mut told: Vec<_> = new
        .iter()
        .zip(comparison.findings)
        .map(|(finding, known)| {
            let location = &finding.location;
            let line = location.region.map_or(0, |region| region.line);
            let place = (
                location.path.raw().to_owned(),
                line,
                finding.fingerprint.clone(),
            );
            let known = match known {
                Known::Entry(index, pass) => {
                    let entry = &baseline.entries[index];
                    format!("{} {}", pass.word(), entry.line.unwrap_or(0))
                }
                Known::New(novelty) => format!("{novelty:?}"),
                Known::NotAProblem => "-".to_owned(),
            };
            (place, known)
        })
        .collect();
    told.sort();
    told.into_iter().map(|(_, known)| known).collect()
}

#[test]
fn lines_are_known_by_what_is_around_them_and_else_by_how_their_file_moved() {
    for (old, new, expected) in [
        // The same, and moved with what is around it.
        (&["a:5 1 2 3"][..], &["a:5 1 2 3"][..], &["known 5"][..]),
        (&["a:5 1 2 3"], &["a:9 1 2 3"], &["moved 5"]),
        // One neighbour was altered; both; the line itself.
        (&["a:5 1 2 3"], &["a:9 1 2 4"], &["moved 5"]),
        (&["a:5 1 2 3"], &["a:9 1 4 3"], &["moved 5"]),
        (&["a:5 1 2 3"], &["a:5 1 2 4"], &["known 5"]),
        (&["a:5 1 2 3"], &["a:9 1 4 5"], &["Elsewhere"]),
        (&["a:5 1 2 3"], &["a:5 1 4 5"], &["known 5"]),
        (&["a:5 1 2 3"], &["a:5 6 2 3"], &["Unknown"]),
        (&["a:5 1 2 3"], &["b:5 1 2 3"], &["Unknown"]),
        // One old problem stands for one of today.
        (
            &["a:5 1 2 3"],
            &["a:5 1 2 3", "a:7 1 2 3"],
            &["known 5", "Surplus"],
        ),
        (&["a:5 1 2 3", "a:7 1 2 3"], &["a:5 1 2 3"], &["known 5"]),
        (&["a:5 1 2 3", "a:7 1 8 9"], &["a:7 1 8 9"], &["known 7"]),
        // What is around is not known: the number decides.
        (&["a:5 1"], &["a:5 1"], &["known 5"]),
        (&["a:5 1"], &["a:8 1"], &["Elsewhere"]),
        // Two that moved alike, each of another look.
        (
            &["a:5 1", "a:9 2"],
            &["a:8 1", "a:12 2"],
            &["moved 5", "moved 9"],
        ),
        (
            &["a:8 1", "a:12 2"],
            &["a:5 1", "a:9 2"],
            &["moved 8", "moved 12"],
        ),
        (
            &["a:5 1", "a:9 2"],
            &["a:8 1", "a:13 2"],
            &["Elsewhere", "Elsewhere"],
        ),
        // Another count of one look gives no vote.
        (
            &["a:5 1", "a:9 2"],
            &["a:8 1", "a:12 2", "a:20 2"],
            &["Elsewhere", "Elsewhere", "Elsewhere"],
        ),
        // Two shifts with two votes each: none.
        (
            &["a:5 1", "a:9 2", "a:30 3", "a:40 4"],
            &["a:8 1", "a:12 2", "a:34 3", "a:44 4"],
            &["Elsewhere", "Elsewhere", "Elsewhere", "Elsewhere"],
        ),
        (
            &["a:5 1", "a:9 2", "a:12 5", "a:30 3", "a:40 4"],
            &["a:8 1", "a:12 2", "a:15 5", "a:34 3", "a:44 4"],
            &["moved 5", "moved 9", "moved 12", "Elsewhere", "Elsewhere"],
        ),
        // A match above or below tells how far.
        (
            &["a:5 1 2 3", "a:9 4"],
            &["a:8 1 2 3", "a:12 4"],
            &["moved 5", "moved 9"],
        ),
        (
            &["a:9 1 2 3", "a:5 4"],
            &["a:12 1 2 3", "a:8 4"],
            &["moved 5", "moved 9"],
        ),
        (
            &["a:5 1 2 3", "a:9 4"],
            &["a:8 1 2 3", "a:13 4"],
            &["moved 5", "Elsewhere"],
        ),
        (
            &["a:5 1 2 3", "a:9 4"],
            &["a:2 1 2 3", "a:6 4"],
            &["moved 5", "moved 9"],
        ),
        (
            &["a:5 1 2 3", "b:9 4"],
            &["a:8 1 2 3", "b:12 4"],
            &["moved 5", "Elsewhere"],
        ),
    ] {
        assert_eq!(told(old, new, &[]), expected, "{old:?} -> {new:?}");
    }
}

/// The old findings, the new ones, the files that are gone, and what is told.
type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str], &'a [&'a str]);

#[test]
fn a_renamed_file_is_followed_where_nothing_is_guessed() {
    let one = &["a:5 1 2 3"][..];
    let cases: &[Case<'_>] = &[
        (one, &["b:5 1 2 3"], &["a"], &["renamed 5"]),
        (one, &["b:9 1 2 4"], &["a"], &["renamed 5"]),
        (one, &["b:9 1 4 3"], &["a"], &["renamed 5"]),
        (one, &["b:5 1 4 5"], &["a"], &["Unknown"]),
        (one, &["b:5 1 2 3"], &["c"], &["Unknown"]),
        (one, &["b:5 7 2 3"], &["a"], &["Unknown"]),
        (&["a:5 1"], &["b:5 1"], &["a"], &["renamed 5"]),
        (&["a:5"], &["b:5"], &["a"], &["Unknown"]),
        // The baseline knows the other file already.
        (
            &["a:5 1 2 3", "b:9 7 7 7"],
            &["b:5 1 2 3", "b:9 7 7 7"],
            &["a"],
            &["Unknown", "known 9"],
        ),
        (
            one,
            &["b:5 1 2 3", "c:5 1 2 3"],
            &["a"],
            &["AmbiguousFile", "AmbiguousFile"],
        ),
        (
            &["a:5 1 2 3", "d:5 1 2 3"],
            &["b:5 1 2 3"],
            &["a", "d"],
            &["AmbiguousFile"],
        ),
        (
            &["x@1 a CVE-2024-1"],
            &["x@1 b CVE-2024-1"],
            &["a"],
            &["renamed 1"],
        ),
        (
            &["x@1 a CVE-2024-1"],
            &["x@1 b CVE-2024-1"],
            &[],
            &["Unknown"],
        ),
        (
            &["x@1 a CVE-2024-1"],
            &["x@2 b CVE-2024-1"],
            &["a"],
            &["Unknown"],
        ),
    ];
    for (old, new, absent, expected) in cases {
        assert_eq!(
            told(old, new, absent),
            *expected,
            "{old:?} -> {new:?}, {absent:?} gone"
        );
    }
}

#[test]
fn packages_are_known_by_any_name_and_through_one_change_of_version() {
    let one = &["x@1 a CVE-2024-1"][..];
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        (one, one, &["known 1"]),
        (
            &["x@1 a PYSEC-2024-9"],
            &["x@1 a CVE-2024-1 PYSEC-2024-9"],
            &["alias 1"],
        ),
        (&["x@1 a PYSEC-2024-9"], &["x@1 a CVE-2024-1"], &["Unknown"]),
        (one, &["x@2 a CVE-2024-1"], &["bumped 1"]),
        (one, &["x@ a CVE-2024-1"], &["known 1"]),
        (&["x@ a CVE-2024-1"], &["x@2 a CVE-2024-1"], &["known 1"]),
        (one, &["y@1 a CVE-2024-1"], &["Unknown"]),
        (one, &["x@2 b CVE-2024-1"], &["Unknown"]),
        (one, &["x@2 a CVE-2024-2"], &["Unknown"]),
        (
            one,
            &["x@2 a CVE-2024-1", "x@3 a CVE-2024-1"],
            &["AmbiguousVersion", "AmbiguousVersion"],
        ),
        (
            &["x@1 a CVE-2024-1", "x@4 a CVE-2024-1"],
            &["x@2 a CVE-2024-1"],
            &["AmbiguousVersion"],
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(told(old, new, &[]), *expected, "{old:?} -> {new:?}");
    }
}
