//! A check that several jobs do together says what one job would have said, and what is not there
//! never passes.

use crate::bundle::{home, read as read_bundle};
use crate::corpus::{folder, rows};
use crate::program::{Lockgate, git};
use crate::properties::evidence as any_evidence;
use lockgate::assess::assess;
use lockgate::bundle::{self, Draft, Part, Shard};
use lockgate::model::{
    Assessment, Context, Evidence, Foreign as _, Problem, RepoPath, SourceDigests, Verdict,
    Witnessed,
};
use lockgate::policy::{self, Nothing, Policy};
use lockgate::shard::{Given, Home, Merged, merge};
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const COMMIT: &str = "1111111111111111111111111111111111111111";

fn default_policy() -> Policy {
    let source = policy::shipped(policy::DEFAULT).unwrap();
    policy::load(&source, &Nothing).unwrap()
}

fn context() -> Context {
    Context::at("2026-11-20T12:00:00Z".parse().unwrap())
}

/// A bundle as a job writes it.
fn written(part: &Part, evidence: &Evidence, context: &Context) -> Vec<u8> {
    let mut bytes = Vec::new();
    let draft = Draft::new(part, evidence, context).unwrap();
    match part.shard {
        Some(_) => draft.finish_share(&mut bytes).unwrap(),
        None => {
            let judged = assess(evidence.clone(), &default_policy(), context);
            draft.finish(&judged, &mut bytes).unwrap();
        }
    }
    bytes
}

fn given(name: &str, bytes: &[u8]) -> Given {
    let bundle = bundle::read(bytes, &home).map_err(|bad| Problem::new("bad", bad.text));
    Given {
        name: name.into(),
        bundle,
    }
}

fn part(number: u32, of: u32) -> Part {
    Part {
        commit: Some(COMMIT.to_owned()),
        policy: "aa".to_owned(),
        shard: Some(Shard {
            number,
            of,
            plan: "bb".to_owned(),
        }),
        ..Part::default()
    }
}

fn at_home() -> Home<'static> {
    Home {
        commit: Some(COMMIT),
        base: None,
        policy: "aa",
        prefix: None,
        expected: &[],
    }
}

/// Deals runs to shards by a number, and merges what the shards wrote.
fn dealt(evidence: &Evidence, of: u32, seed: u64) -> Merged {
    let mut shares: Vec<Evidence> = (0..of).map(|_| Evidence::default()).collect();
    let mut random = seed | 1;
    for run in &evidence.runs {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let index = (random >> 33) as usize % of as usize;
        shares[index].runs.push(run.clone());
    }
    let given = shares.iter().zip(1..).map(|(share, number)| {
        let bytes = written(&part(number, of), share, &context());
        given(&format!("{number}.bundle"), &bytes)
    });
    let mut given: Vec<Given> = given.collect();
    given.rotate_left(seed as usize % of as usize);
    merge(given, &at_home())
}

fn judged(evidence: Evidence) -> Assessment {
    assess(evidence, &default_policy(), &context())
}

/// What no check has: something of a line that holds a secret.
fn without_secret_lines(mut evidence: Evidence) -> Evidence {
    let all = evidence.runs.iter_mut().flat_map(|w| &mut w.observations);
    for located in all.filter(|located| located.observation.holds_secret()) {
        located.line_text = None;
        located.digests = SourceDigests::default();
    }
    evidence
}

proptest! {
    #[test]
    fn any_division_gives_the_same_assessment(evidence in any_evidence(), of in 1..6_u32, seed in any::<u64>()) {
        let evidence = without_secret_lines(evidence);
        let merged = dealt(&evidence, of, seed);
        prop_assert_eq!(&merged.evidence.missing, &Vec::new());
        prop_assert_eq!(judged(merged.evidence), judged(evidence));
    }
}

/// The bundle of a check, with the reports that say something.
fn whole() -> Evidence {
    let mut check = Lockgate::check()
        .file("requirements.txt", "Werkzeug==0.11\nflask==0.5\n")
        .args(&["--quiet", "--output", "bundle=run.bundle"]);
    for row in rows().iter().filter(|row| row.verdict != "reject:empty") {
        let path = folder().join(&row.path);
        check = check.args(&["--report", path.to_str().unwrap()]);
    }
    check.run();
    let bytes = std::fs::read(check.folder.path().join("run.bundle")).unwrap();
    read_bundle(&bytes).unwrap().evidence
}

#[test]
fn the_whole_corpus_can_be_divided() {
    let evidence = whole();
    assert!(evidence.runs.len() > 50);
    let one = judged(evidence.clone());
    for (of, seed) in [(1, 1), (2, 7), (3, 11), (7, 23), (40, 5)] {
        let merged = dealt(&evidence, of, seed);
        assert!(judged(merged.evidence) == one, "{of} shards, seed {seed}");
    }
}

/// What is missing when these bundles are merged, by code and name.
fn missing(given: Vec<Given>, home: &Home<'_>) -> Vec<String> {
    let merged = merge(given, home);
    let missing = merged.evidence.missing.clone();
    let verdict = judged(merged.evidence).verdict;
    assert_eq!(verdict == Verdict::Incomplete, !missing.is_empty());
    let told = missing.iter().map(|problem| {
        let items: Vec<&str> = problem.items.iter().map(|item| item.raw()).collect();
        format!("{}: {} {items:?}", problem.code, problem.text)
    });
    told.collect()
}

fn some() -> Evidence {
    let report = crate::explain::bandit(&[("B101", "LOW", 1, "assert")]);
    let parsed = lockgate::ingest::read(report.as_bytes(), None);
    let runs = parsed.into_iter().map(|parsed| {
        let (run, _) = parsed.run(Some("bandit.json".into()), 0);
        Witnessed {
            run,
            observations: Vec::new(),
        }
    });
    Evidence {
        runs: runs.collect(),
        ..Evidence::default()
    }
}

fn shard(number: u32, of: u32, change: impl Fn(&mut Part)) -> Given {
    let mut part = part(number, of);
    change(&mut part);
    given(
        &format!("{number}-of-{of}"),
        &written(&part, &some(), &context()),
    )
}

#[test]
fn every_shard_must_be_there_once() {
    let plain = |number, of| shard(number, of, |_| ());
    let told = |given| missing(given, &at_home());
    assert!(told(vec![plain(2, 2), plain(1, 2)]).is_empty());
    assert_eq!(
        told(vec![plain(1, 3), plain(3, 3)]),
        ["shard-missing: shard 2 of 3 is missing []"]
    );
    assert_eq!(
        told(vec![plain(2, 4)]),
        ["shard-missing: shards 1, 3, 4 of 4 are missing []"]
    );
    assert_eq!(
        told(vec![plain(1, 2), plain(2, 2), plain(2, 2)]),
        [r#"shard-twice: shard 2 of 2 is there more than once ["2-of-2"]"#]
    );
    let bad = told(vec![plain(1, 1), given("x", b"{}")]);
    assert!(bad[0].starts_with("bad: "), "{bad:?}");
    let nothing = merge(Vec::new(), &at_home()).evidence;
    assert_eq!(judged(nothing).verdict, Verdict::Incomplete);
}

#[test]
fn shards_of_different_checks_are_not_mixed() {
    let told = |change: &dyn Fn(&mut Part)| {
        missing(vec![shard(1, 2, |_| ()), shard(2, 2, change)], &at_home())
    };
    let other = |part: &mut Part| part.commit = Some("2".repeat(40));
    assert_eq!(
        told(&other),
        [
            r#"other-commit: a bundle is about another commit than the one that is checked out here ["2-of-2"]"#,
            "shard-missing: shard 2 of 2 is missing []"
        ]
    );
    assert_eq!(
        told(&|part| part.commit = None)[0].split(':').next(),
        Some("other-commit")
    );
    assert!(told(&|part| part.policy = "cc".to_owned())[0].starts_with("other-policy: "));
    let other = |part: &mut Part| part.shard.as_mut().unwrap().plan = "cc".to_owned();
    assert!(told(&other)[0].ends_with(r#"["1-of-2", "2-of-2"]"#));
    for (number, of) in [(0, 2), (3, 2), (1, 1_000_000), (u32::MAX, u32::MAX)] {
        let other = move |part: &mut Part| {
            *part.shard.as_mut().unwrap() = Shard {
                number,
                of,
                plan: "bb".to_owned(),
            };
        };
        assert!(
            told(&other)[0].starts_with("bundle-damaged: "),
            "{number}/{of}"
        );
    }
}

#[test]
fn a_bundle_of_before_is_not_believed_to_be_of_now() {
    let bytes = std::fs::read(crate::program::fixture("bundles/shop.bundle")).unwrap();
    let told = missing(vec![given("old", &bytes)], &at_home());
    assert!(told[0].starts_with("bundle-unmarked: "), "{told:?}");
}

#[test]
fn a_suppression_counts_unless_nobody_hears_it() {
    let bandit = some().runs[0].run.scanner.clone();
    let deaf = |part: &mut Part| {
        part.undone = [(bandit.clone(), "comment"), (bandit.clone(), "settings")].into()
    };
    let hears = |part: &mut Part| part.undone = [(bandit.clone(), "settings")].into();
    let undone = |given| {
        merge(given, &at_home())
            .undone
            .into_iter()
            .map(|(_, s)| s)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        undone(vec![shard(1, 2, deaf), shard(2, 2, deaf)]),
        ["comment", "settings"]
    );
    assert_eq!(
        undone(vec![shard(1, 2, deaf), shard(2, 2, hears)]),
        ["settings"]
    );
    assert!(undone(vec![shard(1, 2, deaf), shard(2, 2, |_| ())]).is_empty());
}

#[test]
fn folders_keep_their_place_and_are_missed() {
    let path = |text: &str| RepoPath::new(text).unwrap();
    let of = |folder: &str| {
        let context = Context {
            prefix: Some(path(folder)),
            ..context()
        };
        let part = Part {
            shard: None,
            ..part(1, 1)
        };
        given(folder, &written(&part, &some(), &context))
    };
    let expected = [path("services/api"), path("services/web")];
    let home = Home {
        expected: &expected,
        ..at_home()
    };
    let merged = merge(vec![of("services/web"), of("services/api")], &home);
    assert!(merged.evidence.missing.is_empty());
    let reports = merged
        .evidence
        .runs
        .iter()
        .map(|w| w.run.report.as_ref().unwrap().raw());
    assert_eq!(
        reports.collect::<Vec<_>>(),
        ["services/api/bandit.json", "services/web/bandit.json"]
    );
    assert_eq!(
        missing(vec![of("services/web")], &home),
        [r#"folder-missing: there is no bundle of a folder that is expected ["services/api"]"#]
    );
    let services = path("services/api");
    let inside = Home {
        prefix: Some(&services),
        ..at_home()
    };
    assert!(missing(vec![of("services/web")], &inside)[0].starts_with("bundle-outside: "));
}

/// A repository with a base, in which a change adds findings of three scanners.
struct Project {
    folder: TempDir,
}

impl Project {
    fn new(policy: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let project = Self { folder };
        project.write("lockgate.toml", policy);
        project.write("src/app.py", "x\n");
        project.write("requirements.txt", "flask==0.5\n");
        project.git(&["init", "-q"]);
        project.git(&["add", "."]);
        project.git(&["commit", "-qm", "one"]);
        project.git(&["branch", "old"]);
        project.write("src/app.py", "x\npassword = 1  # nosec\nz\n");
        project.git(&["commit", "-qam", "two"]);
        let rows: &[(&str, &str, u32, &str)] =
            &[("B602", "HIGH", 2, "shell"), ("B101", "LOW", 3, "assert")];
        project.write("reports/bandit.json", &crate::explain::bandit(rows));
        let leak = r#"[{"RuleID":"key","Description":"a key","File":"src/app.py","StartLine":2,"EndLine":2,"Secret":"x","Match":"x","Fingerprint":"f"}]"#;
        project.write("reports/gitleaks.json", leak);
        project.write("reports/pip.json", r#"{"dependencies":[{"name":"flask","version":"0.5","vulns":[{"id":"PYSEC-2018-66","fix_versions":["0.12.3"],"aliases":["CVE-2018-1000656"],"description":"d"}]}],"fixes":[]}"#);
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn git(&self, args: &[&str]) {
        git(self.path(), args);
    }

    fn lockgate(&self, args: &[&str]) -> Lockgate {
        Lockgate::new(args).inside(self.path())
    }
}

const DAY: [&str; 4] = ["--base", "old", "--as-of", "2026-11-20"];
const REPORTS: [&str; 6] = [
    "--report",
    "bandit=reports/bandit.json",
    "--report",
    "gitleaks=reports/gitleaks.json",
    "--report",
    "reports/pip*.json",
];

fn json(lockgate: Lockgate) -> (Value, i32) {
    lockgate.args(&DAY).json()
}

#[test]
fn three_jobs_say_what_one_says() {
    let project = Project::new("extends = [\"lockgate:balanced\"]\n");
    let one = json(project.lockgate(&["check"]).args(&REPORTS));
    let plan = project
        .lockgate(&["plan", "--shards", "3"])
        .args(&REPORTS)
        .args(&DAY[..2])
        .run();
    assert_eq!(plan.code, 0, "{}", plan.stderr);
    let matrix: Value = serde_json::from_str(&plan.stdout).unwrap();
    let shards: Vec<&str> = matrix["include"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["shard"].as_str().unwrap())
        .collect();
    assert_eq!(shards, ["1/3", "2/3", "3/3"]);
    for (index, shard) in shards.iter().enumerate() {
        let output = format!("bundle=bundles/{index}.bundle");
        let done = project
            .lockgate(&["check", "--shard", shard, "--output", &output])
            .args(&REPORTS)
            .args(&DAY)
            .run();
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert!(
            done.stdout.contains(&format!("shard {} of 3", index + 1)),
            "{}",
            done.stdout
        );
    }
    let merged = json(project.lockgate(&["merge", "bundles/*.bundle"]));
    assert_eq!(merged, one);
    assert_eq!(one.1, 1);

    // What this job has is not what the jobs had.
    std::fs::remove_file(project.path().join("bundles/1.bundle")).unwrap();
    let (merged, code) = json(project.lockgate(&["merge", "bundles/*.bundle"]));
    assert_eq!((&merged["verdict"], code), (&Value::from("incomplete"), 3));
    assert_eq!(merged["reasons"][0]["code"], "shard-missing");

    // One shard alone is nobody's verdict.
    let tried = project
        .lockgate(&[
            "simulate",
            "bundles/0.bundle",
            "--policy",
            "lockgate:strict",
        ])
        .run();
    assert!(
        tried.code == 3 && tried.stdout.contains("shard 1 of 3"),
        "{}",
        tried.stdout
    );
}

#[test]
fn a_shard_whose_scanner_failed_ends_with_three_and_is_merged_all_the_same() {
    let project = Project::new("extends = [\"lockgate:balanced\"]\n");
    project.write("reports/bandit.json", "{}");
    let shard = ["check", "--shard", "1/1", "--output", "bundle=b/1"];
    let done = project.lockgate(&shard).args(&REPORTS).args(&DAY).run();
    assert_eq!(done.code, 3, "{}", done.stdout);
    assert!(
        done.stdout.contains("evidence is missing or damaged"),
        "{}",
        done.stdout
    );
    let (merged, code) = json(project.lockgate(&["merge", "b/1"]));
    assert_eq!(code, 3);
    assert_eq!(merged["reasons"][0]["scanner"], "bandit");
}

#[test]
fn wrong_words_are_refused_before_anything_is_done() {
    let project = Project::new("");
    let refused = |args: &[&str], why: &str| {
        let done = project.lockgate(args).run();
        assert_eq!(done.code, 2, "{args:?}");
        assert!(done.stderr.contains(why), "{args:?}: {}", done.stderr);
    };
    let bundle = [
        "--output",
        "bundle=x",
        "--report",
        "bandit=reports/bandit.json",
    ];
    refused(
        &[&["check", "--shard", "3/2"][..], &bundle].concat(),
        "--shard",
    );
    refused(
        &[&["check", "--shard", "2/2"][..], &bundle].concat(),
        "1 shards only",
    );
    refused(
        &["check", "--shard", "1/1", "--output", "json=x"],
        "a bundle and nothing else",
    );
    refused(&["check", "--shard", "1/1"], "a bundle and nothing else");
    refused(&["plan", "--shards", "0"], "--shards");
    refused(&["plan", "--shards", "1", "--github"], "GitHub Actions");
    refused(&["merge", "x", "--report", "y"], "reads no reports");
    refused(&["merge", "x", "--expect", "../x"], "--expect");
    let (merged, code) = json(project.lockgate(&["merge", "nowhere"]));
    assert_eq!(
        (&merged["reasons"][0]["code"], code),
        (&Value::from("bundle-missing"), 3)
    );
}

#[test]
fn services_are_judged_by_one_gate() {
    let project = Project::new("extends = [\"lockgate:balanced\"]\n");
    for service in ["api", "web"] {
        project.write(&format!("services/{service}/src/app.py"), "a\nb\n");
        let report = crate::explain::bandit(&[("B602", "HIGH", 2, service)]);
        project.write(&format!("services/{service}/bandit.json"), &report);
    }
    project.git(&["add", "services/api/src", "services/web/src"]);
    project.git(&["commit", "-qm", "three"]);
    for service in ["api", "web"] {
        let path = format!("services/{service}");
        let bundle = format!("bundle=bundles/{service}");
        let done = project
            .lockgate(&[
                "check",
                &path,
                "--report",
                "bandit=bandit.json",
                "--output",
                &bundle,
            ])
            .args(&DAY)
            .run();
        assert_eq!(done.code, 1, "{} {}", done.stderr, done.stdout);
    }
    let (merged, code) = json(project.lockgate(&[
        "merge",
        "bundles/*",
        "--expect",
        "services/api",
        "--expect",
        "services/web",
    ]));
    assert_eq!(code, 1);
    let places: Vec<&str> = merged["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["scanner"] == "bandit")
        .map(|finding| finding["location"]["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        places,
        ["services/api/src/app.py", "services/web/src/app.py"]
    );
    assert!(
        merged["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["origin"] == "introduced")
    );
    let sarif = project.lockgate(&["merge", "bundles/*", "--output", "sarif=-"]);
    let sarif: Value = serde_json::from_str(&sarif.args(&DAY).run().stdout).unwrap();
    let runs = sarif["runs"].as_array().unwrap().iter();
    let runs = runs.filter(|run| run["tool"]["driver"]["name"] == "Bandit");
    let ids: Vec<(&str, usize)> = runs
        .map(|run| {
            let id = run["automationDetails"]["id"].as_str().unwrap();
            (id, run["results"].as_array().unwrap().len())
        })
        .collect();
    assert_eq!(
        ids,
        [
            ("lockgate/bandit/services/api/", 1),
            ("lockgate/bandit/services/web/", 1)
        ]
    );
    let (merged, code) =
        json(project.lockgate(&["merge", "bundles/*", "--expect", "services/jobs"]));
    assert_eq!(
        (&merged["reasons"][0]["code"], code),
        (&Value::from("folder-missing"), 3)
    );
}
