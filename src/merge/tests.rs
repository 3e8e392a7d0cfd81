//! What becomes one finding and what does not, by what each observation knows.

use super::merge;
use crate::model::{
    AdvisoryId, Certainty, Confidence, Coverage, Ecosystem, Finding, Fix, Health, Kind, Located,
    Location, Observation, Package, Region, RepoPath, RuleId, Run, ScannerId, Severity,
    SourceDigests, Standing, Witnessed, Work,
};
use std::collections::BTreeMap;

fn located(observation: Observation, path: &str) -> Located {
    Located {
        observation: Box::new(observation),
        location: Location {
            path: RepoPath::new(path).unwrap(),
            region: None,
            certainty: Certainty::File,
            target: None,
        },
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    }
}

/// An advisory of a package; without a path the place is not known.
fn installed(name: &str, version: &str, path: &str, id: &str) -> Located {
    let mut observation = Observation::new(RuleId::new(id), Kind::Dependency, "t");
    let mut package = Package::new(Ecosystem::PYPI, name);
    package.version = (!version.is_empty()).then(|| version.into());
    observation.package = Some(package);
    observation.advisories = AdvisoryId::new(id).into_iter().collect();
    let known = !path.is_empty();
    let mut located = located(observation, if known { path } else { "assumed.txt" });
    if !known {
        located.location.certainty = Certainty::Assumed;
    }
    located
}

fn at(kind: Kind, rule: &str, cwe: u32, lines: Option<(u64, u64)>) -> Located {
    let mut observation = Observation::new(RuleId::new(rule), kind, "t");
    observation.cwe = [cwe].into();
    let mut located = located(observation, "a.py");
    located.location.region = lines.map(|(first, last)| Region::line(first).unwrap().to_line(last));
    located
}

fn run(scanner: &str, format: &'static str, observations: Vec<Located>) -> Witnessed {
    Witnessed {
        run: Run {
            scanner: ScannerId::new(scanner).unwrap(),
            tool: scanner.into(),
            home: None,
            version: None,
            report: Some(format.into()),
            ordinal: 0,
            format: Some(format),
            health: Health::Complete(Work::new(1, "files").unwrap()),
            coverage: Coverage::default(),
            notes: Vec::new(),
            findings: observations.len(),
            rules: BTreeMap::new(),
        },
        observations,
    }
}

/// One run of each list, of scanners a, b, c …
fn merged(lists: Vec<Vec<Located>>) -> Vec<Finding> {
    let names = ["a", "b", "c", "d"];
    let runs = names.iter().zip(lists);
    merge(runs.map(|(name, list)| run(name, "JSON", list)).collect()).1
}

/// The scanners of each finding, sorted: `a+b`.
fn together(findings: &[Finding]) -> Vec<String> {
    let mut all: Vec<String> = findings
        .iter()
        .map(|finding| {
            let names = finding.witnesses.iter().map(|w| w.scanner.as_str());
            names.collect::<Vec<_>>().join("+")
        })
        .collect();
    all.sort();
    all
}

const ID: &str = "CVE-2024-1";

#[test]
fn what_a_dependency_does_not_say_never_joins_what_differs() {
    let of = |name, version, path| vec![installed(name, version, path, ID)];
    for (lists, expected) in [
        // Another package, another advisory.
        (vec![of("x", "", "l"), of("y", "", "l")], vec!["a", "b"]),
        (vec![of("x", "", ""), of("y", "1", "l")], vec!["a", "b"]),
        (
            vec![
                vec![installed("x", "", "l", "CVE-2024-2")],
                of("x", "1", "l"),
            ],
            vec!["a", "b"],
        ),
        (vec![of("x", "", "l"), of("x", "1", "l")], vec!["a+b"]),
        (vec![of("x", "1", ""), of("x", "1", "l")], vec!["a+b"]),
        (vec![of("x", "", ""), of("x", "1", "l")], vec!["a+b"]),
        (vec![of("x", "2", ""), of("x", "1", "l")], vec!["a", "b"]),
        (vec![of("x", "", "m"), of("x", "1", "l")], vec!["a", "b"]),
        // Version and place are learned from each other, and then hold for the next one.
        (vec![of("x", "", "l"), of("x", "1", "")], vec!["a+b"]),
        (
            vec![of("x", "", "l"), of("x", "1", ""), of("x", "2", "")],
            vec!["a+b", "c"],
        ),
        (
            vec![of("x", "1", ""), of("x", "", "l"), of("x", "", "m")],
            vec!["a+b", "c"],
        ),
        // The one that knows more chooses first.
        (
            vec![of("x", "", ""), of("x", "", "l"), of("x", "1", "l")],
            vec!["a+b+c"],
        ),
        (vec![of("x", "", ""), of("x", "", "")], vec!["a+b"]),
    ] {
        let seen = together(&merged(lists.clone()));
        assert_eq!(seen, expected, "{lists:#?}");
    }
}

#[test]
fn two_names_of_one_advisory_in_one_run_stay_two_findings() {
    let ghsa = "GHSA-jf85-cpcp-j695";
    let mut both = installed("x", "1", "l", ID);
    both.observation.advisories.extend(AdvisoryId::new(ghsa));
    let lists = vec![
        vec![installed("x", "1", "l", ID), installed("x", "1", "l", ghsa)],
        vec![both],
    ];
    assert_eq!(together(&merged(lists)), ["a", "a+b"]);
}

#[test]
fn a_place_in_a_file_is_the_file_whatever_else_was_scanned() {
    let print = |certainty: Certainty| {
        let mut located = at(Kind::Code, "r", 78, Some((3, 3)));
        located.location.target = Some("image:1".into());
        located.location.certainty = certainty;
        merged(vec![vec![located]]).remove(0).fingerprint
    };
    let plain = merged(vec![vec![at(Kind::Code, "r", 78, Some((3, 3)))]]);
    assert_eq!(print(Certainty::File), plain[0].fingerprint);
    assert_ne!(print(Certainty::Assumed), plain[0].fingerprint);
}

#[test]
fn one_run_never_joins_its_own_findings() {
    let two = vec![
        installed("x", "", "l", ID),
        installed("x", "1", "l", ID),
        installed("x", "2", "l", ID),
    ];
    assert_eq!(together(&merged(vec![two])).len(), 3);
}

#[test]
fn code_joins_on_the_very_line_and_configuration_where_lines_overlap() {
    let code = |lines| vec![at(Kind::Code, "r", 78, lines)];
    let other = |lines| vec![at(Kind::Code, "s", 78, lines)];
    let one = |line| Some((line, line));
    for (a, b, expected) in [
        (one(3), one(3), 1),
        (one(3), one(4), 2),
        // Overlapping is not enough.
        (Some((3, 5)), one(4), 2),
        (Some((3, 5)), one(3), 1),
        // Without a line there is no sure place.
        (None, None, 2),
        (one(3), None, 2),
    ] {
        let found = merged(vec![code(a), other(b)]);
        assert_eq!(found.len(), expected, "code at {a:?} and {b:?}");
        let secret = |lines| vec![at(Kind::Secret, "r", 1, lines)];
        let found = merged(vec![secret(a), secret(b)]);
        assert_eq!(found.len(), expected, "secrets at {a:?} and {b:?}");
    }
    let config = |lines, family| {
        let mut located = at(Kind::Config, "r", 1, lines);
        located.observation.family = family;
        vec![located]
    };
    let user = Some("root-user");
    for (a, b, expected) in [
        (one(3), one(3), 1),
        (Some((3, 5)), one(5), 1),
        (Some((3, 5)), one(6), 2),
        (one(2), Some((3, 5)), 2),
        (Some((1, 9)), Some((3, 5)), 1),
        (None, one(6), 1),
        (None, None, 1),
    ] {
        let found = merged(vec![config(a, user), config(b, user)]);
        assert_eq!(found.len(), expected, "configuration at {a:?} and {b:?}");
        assert_eq!(merged(vec![config(a, user), config(b, None)]).len(), 2);
    }
    let mut assumed = code(one(3));
    assumed[0].location.certainty = Certainty::Assumed;
    assert_eq!(merged(vec![assumed, other(one(3))]).len(), 2);
    // One scanner saw two things on the line; the other's joins one of them.
    let mut both = code(one(3));
    both.extend(other(one(3)));
    let found = merged(vec![both, vec![at(Kind::Code, "t", 78, one(3))]]);
    assert_eq!(together(&found), ["a", "a+b"]);
}

#[test]
fn secrets_of_two_reports_are_one_only_on_the_same_line() {
    let report = |lines: &[u64]| {
        let secrets = lines
            .iter()
            .map(|line| at(Kind::Secret, "r", 1, Some((*line, *line))));
        run("a", "JSON", secrets.collect())
    };
    for (one, other, expected) in [
        (&[3][..], &[3][..], 1),
        (&[3], &[4], 2),
        (&[1, 3], &[3], 2),
        (&[1, 2], &[2, 9], 3),
    ] {
        let (_, found) = merge(vec![report(one), report(other)]);
        assert_eq!(found.len(), expected, "secrets at {one:?} and {other:?}");
    }
}

#[test]
fn two_formats_of_one_scanner_say_the_same_of_lines_that_are_near() {
    let json = |lines: &[u64]| {
        let all = lines.iter();
        all.map(|line| at(Kind::Code, "r", 78, Some((*line, *line))))
            .map(|mut located| {
                located.line_text = Some("json".into());
                located
            })
            .collect()
    };
    let sarif = |lines: &[u64]| -> Vec<Located> {
        let mut list: Vec<Located> = json(lines);
        for located in &mut list {
            located.line_text = Some("sarif".into());
        }
        list
    };
    let count = |a: &[u64], b: &[u64], format| {
        merge(vec![run("a", "JSON", json(a)), run("a", format, sarif(b))])
            .1
            .len()
    };
    let near = u64::from(super::formats::NEAR);
    assert_eq!(count(&[30], &[30], "SARIF"), 1);
    assert_eq!(count(&[30], &[30 + near], "SARIF"), 1);
    assert_eq!(count(&[30 + near], &[30], "SARIF"), 1);
    assert_eq!(count(&[30], &[31 + near], "SARIF"), 2);
    assert_eq!(count(&[31 + near], &[30], "SARIF"), 2);
    // Two reports of one format are two looks, which differ by the text of the line.
    assert_eq!(count(&[30], &[30], "JSON"), 2);
    assert_eq!(count(&[30, 31], &[], "SARIF"), 2);
    // Another scanner is another matter.
    let runs = vec![
        run("a", "JSON", json(&[30])),
        run("b", "SARIF", sarif(&[30])),
        run("b", "JSON", vec![at(Kind::Code, "q", 1, Some((9, 9)))]),
    ];
    assert_eq!(merge(runs).1.len(), 2);
}

/// What two witnesses of one advisory make of it.
fn pair(change: impl Fn(&mut Observation, &mut Observation)) -> Observation {
    let (mut a, mut b) = (installed("x", "1", "l", ID), installed("x", "1", "l", ID));
    change(&mut a.observation, &mut b.observation);
    let mut found = merged(vec![vec![a], vec![b]]);
    assert_eq!(found.len(), 1);
    *found.remove(0).observation
}

#[test]
fn of_two_ratings_the_higher_counts_with_its_own_words() {
    use Severity::{High, Low};
    for (first, second, severity, score) in [
        (Some(Low), Some(High), High, Some(2.0)),
        (Some(High), Some(Low), High, Some(1.0)),
        (None, Some(Low), Low, Some(2.0)),
        (Some(High), Some(High), High, Some(1.0)),
    ] {
        let seen = pair(|a, b| {
            (a.severity, b.severity) = (first, second);
            (a.reported.score, b.reported.score) = (Some(1.0), Some(2.0));
            a.reported.confidence = Some(Confidence::High);
        });
        assert_eq!(seen.severity, Some(severity), "{first:?} {second:?}");
        assert_eq!(seen.reported.score, score, "{first:?} {second:?}");
    }
    // A score is borrowed only from one who rates it alike.
    for (first, second, score) in [
        (Some(High), Some(High), Some(2.0)),
        (Some(High), Some(Low), None),
    ] {
        let seen = pair(|a, b| {
            (a.severity, b.severity) = (first, second);
            b.reported.score = Some(2.0);
        });
        assert_eq!(seen.reported.score, score);
    }
}

#[test]
fn what_one_still_sees_is_open_and_what_helps_more_is_kept() {
    let open = pair(|a, _| a.standing = Standing::Suppressed(None));
    assert_eq!(open.standing, Standing::Open);
    let both = pair(|a, b| {
        a.standing = Standing::Suppressed(None);
        b.standing = Standing::Suppressed(None);
    });
    assert_eq!(both.standing, Standing::Suppressed(None));
    let advice = |text: &str| Some(Fix::Advice(text.into()));
    for (first, second, expected) in [
        (Some(Fix::NoneYet), advice("x"), advice("x")),
        (advice("x"), Some(Fix::NoneYet), advice("x")),
        (None, Some(Fix::NoneYet), Some(Fix::NoneYet)),
        (advice("x"), advice("y"), advice("x")),
        (Some(Fix::UpgradeExists), advice("y"), advice("y")),
    ] {
        let seen = pair(|a, b| (a.fix, b.fix) = (first.clone(), second.clone()));
        assert_eq!(seen.fix, expected);
    }
    let seen = pair(|a, b| {
        (a.epss, b.epss) = (Some(0.1), Some(0.4));
        (a.kev, b.kev) = (Some(false), Some(true));
    });
    assert_eq!((seen.epss, seen.kev), (Some(0.4), Some(true)));
}
