//! Stored evidence: what is read back leads to the same verdict and the same bytes, and nothing
//! hostile in it gets further.

use crate::corpus::{folder, rows};
use crate::program::{Lockgate, fixture, git};
use lockgate::assess::assess;
use lockgate::bundle::{self, Bad, Bundle};
use lockgate::canary;
use lockgate::ingest;
use lockgate::model::{Assessment, Foreign as _, Origin, ScannerId};
use lockgate::policy::{self, Nothing};
use lockgate::report::{html, json, junit, markdown, sarif};
use lockgate::upload;

const KINDS: [&str; 6] = ["json", "sarif", "upload-sarif", "markdown", "html", "junit"];

pub fn home(scanner: &ScannerId) -> Option<&'static str> {
    ingest::tool_named(scanner.as_str()).map(|tool| tool.url)
}

pub fn read(bytes: &[u8]) -> Result<Bundle, Bad> {
    bundle::read(bytes, &home)
}

fn judge(bundle: &Bundle) -> Assessment {
    let source = policy::shipped(policy::DEFAULT).unwrap();
    let policy = policy::load(&source, &Nothing).unwrap();
    let mut assessment = assess(bundle.evidence.clone(), &policy, &bundle.context);
    canary::add(&mut assessment, &policy, &bundle.context);
    assessment
}

fn render(kind: &str, assessment: &Assessment) -> Vec<u8> {
    let mut out = Vec::new();
    match kind {
        "json" => json::write(assessment, &mut out).unwrap(),
        "sarif" => sarif::write(assessment, &mut out).unwrap(),
        "upload-sarif" => {
            let plan = upload::plan(assessment, "");
            plan.write(&plan.files()[0], &mut out).unwrap();
        }
        "markdown" => out = markdown::render(assessment).into_bytes(),
        "html" => out = html::render(assessment).into_bytes(),
        _ => out = junit::render(assessment).into_bytes(),
    }
    out
}

/// Checks with every kind of output and a bundle; gives the outputs and the bundle.
fn checked(reports: &[String], more: &[&str]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut lockgate = Lockgate::check()
        .file("requirements.txt", "Werkzeug==0.11\nflask==0.5\n")
        .args(&[
            "--quiet",
            "--as-of",
            "2026-11-20",
            "--output",
            "bundle=out/bundle",
        ])
        .args(more);
    for report in reports {
        lockgate = lockgate.args(&["--report", report]);
    }
    for kind in KINDS {
        lockgate = lockgate.args(&["--output", &format!("{kind}=out/{kind}")]);
    }
    let outcome = lockgate.run();
    assert!(outcome.code == 1 || outcome.code == 3, "{}", outcome.stderr);
    let out = |name: &str| std::fs::read(lockgate.folder.path().join("out").join(name)).unwrap();
    (KINDS.map(out).into(), out("bundle"))
}

#[test]
fn every_fixture_leads_to_the_same_bytes_again() {
    let reports: Vec<String> = rows()
        .iter()
        .filter(|row| row.verdict != "reject:empty")
        .map(|row| folder().join(&row.path).to_str().unwrap().to_owned())
        .collect();
    assert!(reports.len() > 50);
    let (outputs, bytes) = checked(&reports, &[]);
    let mut bundle = read(&bytes).unwrap();
    for turn in ["as read", "reversed", "turned"] {
        let again = judge(&bundle);
        for (kind, output) in KINDS.iter().zip(&outputs) {
            assert!(render(kind, &again) == *output, "{kind}, {turn}");
        }
        assert_eq!(again.verdict, bundle.judged.verdict);
        assert_eq!(again.findings.len(), bundle.judged.findings.len());
        bundle.evidence.runs.reverse();
        if turn == "reversed" {
            bundle.evidence.runs.rotate_left(reports.len() / 3);
        }
    }
}

/// A bundle with one finding of each of two scanners, and a base.
fn small() -> String {
    let report = crate::explain::bandit(&[("B602", "HIGH", 2, "shell")]);
    let check = Lockgate::check()
        .file("src/app.py", "x\n")
        .report("", "bandit.json", report);
    let here = check.folder.path();
    git(here, &["init", "-q"]);
    git(here, &["add", "src"]);
    git(here, &["commit", "-qm", "one"]);
    git(here, &["branch", "old"]);
    std::fs::write(here.join("src/app.py"), "x\ny\n").unwrap();
    git(here, &["commit", "-qam", "two"]);
    let check = check.args(&[
        "--base",
        "old",
        "--quiet",
        "--output",
        "bundle=run.bundle",
        "--output",
        "json=run.json",
    ]);
    assert_eq!(check.run().code, 1);
    let text = |name: &str| std::fs::read_to_string(check.folder.path().join(name)).unwrap();
    let bundle = text("run.bundle");
    let again = judge(&read(bundle.as_bytes()).unwrap());
    assert_eq!(
        String::from_utf8(render("json", &again)).unwrap(),
        text("run.json")
    );
    let origin = again.findings[0].finding.provenance.origin;
    assert_eq!(origin, Origin::Introduced);
    bundle
}

#[test]
fn the_base_is_kept() {
    let bundle = read(small().as_bytes()).unwrap();
    let change = bundle.context.base.change().unwrap();
    assert_eq!(change.base.name.raw(), "old");
    assert_eq!(bundle.judged.findings[0].disposition, "blocked");
}

#[test]
fn there_is_no_half_a_bundle() {
    let text = small();
    for (end, _) in text.char_indices() {
        assert!(
            read(&text.as_bytes()[..end]).is_err() || text[end..].trim().is_empty(),
            "{end}"
        );
    }
    let lines: Vec<&str> = text.lines().collect();
    for left_out in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(left_out);
        assert!(
            read(fewer.join("\n").as_bytes()).is_err(),
            "without line {left_out}"
        );
        let mut twice = lines.clone();
        twice.insert(left_out, lines[left_out]);
        assert!(
            read(twice.join("\n").as_bytes()).is_err(),
            "line {left_out} twice"
        );
    }
}

#[test]
fn hostile_values_are_refused() {
    let text = small();
    let gone = |from: &str, to: &str, why: &str| {
        assert!(text.contains(from), "{from}");
        let bad = read(text.replace(from, to).as_bytes()).unwrap_err();
        assert!(bad.text.contains(why), "{from} → {to}: {bad:?}");
    };
    gone(
        "\"path\":\"src/app.py\",\"region\"",
        "\"path\":\"../../etc/passwd\",\"region\"",
        "path inside the repository",
    );
    gone(
        "\"path\":\"src/app.py\",\"region\"",
        "\"path\":\"/etc/passwd\",\"region\"",
        "path inside the repository",
    );
    gone(
        "\"severity\":\"high\"",
        "\"severity\":\"worst\"",
        "Severity",
    );
    gone(
        "\"scanner\":\"bandit\"",
        "\"scanner\":\"Ban dit\"",
        "scanner",
    );
    gone(
        "{\"complete\":[1,\"files\"]}",
        "{\"complete\":[0,\"files\"]}",
        "looked at nothing",
    );
    gone(
        "{\"complete\":[1,\"files\"]}",
        "{\"complete\":[1,\"www.example.org\"]}",
        "no unit",
    );
    gone(
        "{\"complete\":[1,\"files\"]}",
        "{\"partial\":[[1,\"files\"],[]]}",
        "nothing says why",
    );
    gone(
        "\"kind\":\"code\"",
        "\"kind\":\"code\",\"more\":1",
        "cannot be understood",
    );
    gone("\"version\":1", "\"version\":2", "version 2");
    gone("lockgate/v1", "lockgate/v9", "scheme");
    gone("\"added\":[[2,2]", "\"added\":[[9,9],[2,2]", "not in order");
    gone("\"region\":[2,", "\"region\":[0,", "line 1");
    let run = text
        .lines()
        .find(|line| line.starts_with("{\"run\""))
        .unwrap();
    let many = text.replacen(run, &format!("{run}\n").repeat(bundle::MAX_RUNS + 1), 1);
    let bad = read(many.as_bytes()).unwrap_err();
    assert!(bad.text.contains("more than 10000 runs"), "{bad:?}");
    assert!(read(b"").is_err());
    assert!(read(b"[]").is_err());
    assert!(read(&[b'['; 100_000]).is_err());
}

#[test]
fn nothing_is_said_in_our_name() {
    let text = small().replace(
        "{\"complete\":[1,\"files\"]}",
        "{\"failed\":{\"code\":\"x\\u001b\",\"text\":\"::error::a\\u001b[31m <b>\",\"items\":[],\"files\":false}}",
    );
    let bundle = read(text.as_bytes()).unwrap();
    let problem = &bundle.evidence.runs[0].run.health.problems()[0];
    assert_eq!(
        (problem.code, problem.text.as_str()),
        ("x·", ":·error:·a··31m <b>")
    );
    // The home page is lockgate's own knowledge, and not stored.
    assert!(!small().contains("bandit.readthedocs.io/en/latest"));
}

#[test]
fn no_line_of_a_secret_is_kept() {
    let text = small();
    assert!(
        text.contains("\"line_text\":\"y\""),
        "the test needs a line"
    );
    let text = text.replace("\"kind\":\"code\"", "\"kind\":\"secret\"");
    let bundle = read(text.as_bytes()).unwrap();
    let located = &bundle.evidence.runs[0].observations[0];
    assert_eq!(
        (&located.line_text, &located.observation.quoted_line),
        (&None, &None)
    );
}

/// A bundle of an older lockgate is read as long as the version of the format stays.
#[test]
fn a_stored_bundle_is_still_read() {
    let bytes = std::fs::read(fixture("bundles/shop.bundle")).unwrap();
    let bundle = read(&bytes).unwrap();
    assert_eq!(bundle.judged.findings.len(), 3);
    assert_eq!(judge(&bundle).findings.len(), 3);
}

/// Ages, alerts and what was resolved come out of a bundle as they came out of the check.
#[test]
fn what_earlier_checks_wrote_down_is_kept() {
    let report = |rules: &[&str]| {
        let rows: Vec<_> = rules
            .iter()
            .map(|rule| (*rule, "HIGH", 1, "shell"))
            .collect();
        crate::explain::bandit(&rows)
    };
    let check = |lockgate: Lockgate| {
        let lockgate = lockgate.file("src/app.py", "x\n").args(&[
            "--report",
            "bandit.json",
            "--quiet",
            "--event",
            "schedule",
        ]);
        lockgate.run();
        lockgate
    };
    let first = check(
        Lockgate::check()
            .file("bandit.json", report(&["B602", "B604"]))
            .args(&[
                "--as-of",
                "2026-11-01",
                "--state",
                "new.json",
                "--update-state",
                "always",
            ]),
    );
    let state = std::fs::read(first.folder.path().join("new.json")).unwrap();
    let alert = serde_json::json!([{
        "number": 1, "state": "open", "created_at": "2026-10-01T00:00:00Z",
        "rule": {"id": "B602"}, "tool": {"name": "Bandit"},
        "most_recent_instance": {"location": {"path": "src/app.py", "start_line": 1}},
    }]);
    let second = check(
        Lockgate::check()
            .file("bandit.json", report(&["B602"]))
            .file("state.json", state)
            .file("alerts.json", alert.to_string())
            .args(&[
                "--as-of",
                "2026-11-09",
                "--state",
                "state.json",
                "--alerts",
                "alerts.json",
            ])
            .args(&["--output", "json=run.json", "--output", "bundle=run.bundle"]),
    );
    let out = |name: &str| std::fs::read(second.folder.path().join(name)).unwrap();
    let bundle = read(&out("run.bundle")).unwrap();
    assert!(bundle.context.state.is_some() && !bundle.context.alerts.is_empty());
    let again = judge(&bundle);
    assert_eq!(
        again.findings[0].finding.since,
        Some("2026-10-01".parse().unwrap())
    );
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_eq!(text(render("json", &again)), text(out("run.json")));
}
