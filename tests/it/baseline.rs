//! The baseline: what is known stays known, what is new is new, and nothing hides behind an entry.

use crate::corpus;
use crate::program::{Lockgate, Outcome, git, repository};
use crate::properties::{any_observation, evidence, judge_with};
use lockgate::baseline;
use lockgate::model::{Baseline, Health, Kind, Origin, SourceDigests};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// A folder with sources and one SARIF report of a scanner called `alpha`.
pub struct Project(pub TempDir);

impl Project {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, path: &str) -> String {
        self.0.path().join(path).to_str().unwrap().to_owned()
    }

    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.path(path)).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// The report: rule, file and line of each result. The lines are those of the files.
    pub fn found(&self, results: &[(&str, &str, usize)]) {
        self.file("alpha.sarif", sarif("alpha", results));
    }

    /// A source of which every line with `eval(` is a finding of `R1`; other files' findings are
    /// given as they are.
    pub fn source(&self, path: &str, text: &str) -> Vec<(&'static str, String, usize)> {
        self.file(path, text);
        let lines = text.lines().enumerate();
        lines
            .filter(|(_, line)| line.contains("eval("))
            .map(|(index, _)| ("R1", path.to_owned(), index + 1))
            .collect()
    }

    /// Sources, and a report of all of their findings.
    pub fn sources(&self, files: &[(&str, &str)]) {
        let all: Vec<_> = files
            .iter()
            .flat_map(|(path, text)| self.source(path, text))
            .collect();
        let all: Vec<_> = all
            .iter()
            .map(|(rule, path, line)| (*rule, path.as_str(), *line))
            .collect();
        self.found(&all);
    }

    pub fn run(&self, words: &[&str], options: &[&str]) -> Outcome {
        let report = format!("alpha={}", self.path("alpha.sarif"));
        Lockgate::new(words)
            .args(&[self.0.path().to_str().unwrap(), "--as-of", "2026-11-20"])
            .args(&["--report", &report])
            .args(options)
            .run()
    }

    pub fn write(&self) -> Outcome {
        let outcome = self.run(&["baseline", "write"], &[]);
        assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
        outcome
    }

    /// The JSON of a check against the baseline.
    pub fn check(&self) -> Value {
        let options = [
            "--baseline",
            baseline::FILE,
            "--output",
            "json=-",
            "--quiet",
        ];
        let outcome = self.run(&["check"], &options);
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|e| panic!("{e}: {}", outcome.stderr))
    }
}

pub fn sarif(tool: &str, results: &[(&str, &str, usize)]) -> String {
    let results: Vec<Value> = results
        .iter()
        .map(|(rule, path, line)| {
            json!({
                "ruleId": rule,
                "message": {"text": format!("{rule} at line {line}")},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": path},
                    "region": {"startLine": line},
                }}],
            })
        })
        .collect();
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": tool, "version": "1.0"}},
        "results": results,
    }]})
    .to_string()
}

/// Origins and reasons, in the order of path and line.
pub fn origins(report: &Value) -> Vec<(String, u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut all: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let place = &f["location"];
            let line = place["line"].as_u64().unwrap_or_default();
            (
                text(&place["path"]),
                line,
                text(&f["origin"]),
                text(&f["origin_reason"]),
            )
        })
        .collect();
    all.sort();
    all
}

/// Findings that count as introduced: their lines and reasons.
pub fn new(report: &Value) -> Vec<(u64, String)> {
    let all = origins(report).into_iter();
    let new = all.filter(|(_, _, origin, _)| origin == "introduced" || origin == "unknown");
    new.map(|(_, line, _, why)| (line, why)).collect()
}

fn resolved(report: &Value) -> usize {
    let list = report["resolved"].as_array().unwrap().len();
    assert_eq!(report["counts"]["resolved"], list);
    list
}

const THREE: &str = "def a(x):\n    return eval(x)\n\ndef b(y):\n    return eval(y)\n\ndef c(z):\n    return eval(z)\n";

#[test]
fn what_is_known_is_existing_and_what_is_not_is_introduced() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    let said = project.write();
    assert!(said.stdout.contains("3 written (3 new)"), "{}", said.stdout);
    let report = project.check();
    assert!(new(&report).is_empty());
    assert_eq!(report["findings"][0]["since"], "2026-11-20");
    assert_eq!(
        report["findings"][0]["origin_reason"],
        "the baseline knows it"
    );
    project.sources(&[("a.py", &format!("{THREE}\ndef d(q):\n    return eval(q)\n"))]);
    let report = project.check();
    assert_eq!(new(&report), [(11, "it is not in the baseline".to_owned())]);
    assert_eq!(resolved(&report), 0);
}

#[test]
fn moved_indented_and_reworded_findings_stay_known() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    project.write();
    // A header, everything a level deeper, the order of functions turned.
    let parts: Vec<&str> = THREE.split_inclusive("\n\n").collect();
    let text = format!("# Licence\n# More\n{}\n{}{}", parts[2], parts[0], parts[1]);
    let deeper: String = text.lines().map(|line| format!("    {line}\n")).collect();
    project.sources(&[("a.py", &deeper)]);
    let report = project.check();
    assert_eq!(new(&report), [], "{:?}", origins(&report));
    assert_eq!(resolved(&report), 0);
}

#[test]
fn what_is_gone_is_resolved_where_its_scanner_has_looked() {
    let project = Project::new();
    project.sources(&[("a.py", THREE), ("b.py", "eval(1)\n")]);
    project.write();
    let mended = THREE.replace("eval(y)", "int(y)");
    project.sources(&[("a.py", &mended)]);
    project.remove("b.py");
    let report = project.check();
    assert_eq!(resolved(&report), 2);
    assert_eq!(report["resolved"][0]["location"]["path"], "a.py");
    assert_eq!(report["resolved"][0]["location"]["line"], 5);
    assert_eq!(report["resolved"][0]["since"], "2026-11-20");
    // People are told, too.
    let options = ["--baseline", baseline::FILE, "--output", "markdown=-"];
    let outcome = project.run(&["check"], &options);
    assert!(
        outcome.stdout.contains("Resolved since the baseline (2)"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stderr.contains("Resolved since the baseline (2)"),
        "{}",
        outcome.stderr
    );
    // Of what a scanner did not look at, nobody can say so.
    let mut artifacts: Value = serde_json::from_str(&project.read("alpha.sarif")).unwrap();
    artifacts["runs"][0]["artifacts"] = json!([{"location": {"uri": "c.py"}}]);
    project.file("alpha.sarif", artifacts.to_string());
    let report = project.check();
    assert_eq!(resolved(&report), 1, "only the file that is gone");
}

#[test]
fn a_scanner_that_is_gone_is_incomplete_and_never_clean() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    project.write();
    project.file("beta.sarif", sarif("beta", &[]));
    let report = format!("beta={}", project.path("beta.sarif"));
    let run = |policy: &str| {
        project.file(
            "lockgate.toml",
            format!("baseline = \"{}\"\n{policy}", baseline::FILE),
        );
        let outcome = Lockgate::new(&["check", &project.path(""), "--report", &report])
            .args(&["--output", "json=-", "--quiet"])
            .run();
        let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
        (
            json["verdict"].clone(),
            json["reasons"][0].clone(),
            resolved(&json),
        )
    };
    let (verdict, reason, resolved) = run("");
    assert_eq!((verdict, resolved), (json!("incomplete"), 0));
    assert_eq!(reason["code"], "scanner-gone");
    assert_eq!(reason["scanner"], "alpha");
    let (verdict, reason, _) = run("[scanners.alpha]\non-incomplete = \"warn\"\n");
    assert_eq!(
        (verdict, &reason["code"]),
        (json!("warn"), &json!("scanner-gone"))
    );
}

#[test]
fn writing_keeps_first_days_and_refuses_half_a_scan() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    project.write();
    project.sources(&[(
        "a.py",
        &format!("\n\n{THREE}eval(0)\n").replace("eval(y)", "int(y)"),
    )]);
    let options = ["--as-of", "2027-01-02"];
    let report = format!("alpha={}", project.path("alpha.sarif"));
    let outcome = Lockgate::new(&["baseline", "write", &project.path(""), "--report", &report])
        .args(&options)
        .run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(
        outcome
            .stdout
            .contains("3 written (1 new, 2 moved, 1 resolved)"),
        "{}",
        outcome.stdout
    );
    let text = project.read(baseline::FILE);
    assert_eq!(text.matches("\"since\":\"2026-11-20\"").count(), 2);
    assert_eq!(text.matches("\"since\":\"2027-01-02\"").count(), 1);

    project.file("alpha.sarif", "");
    let refused = project.run(&["baseline", "write"], &[]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(project.read(baseline::FILE), text);
    let forced = project.run(&["baseline", "write"], &["--force"]);
    assert_eq!(forced.code, 0);
    let empty = baseline::read(&project.read(baseline::FILE)).unwrap();
    assert_eq!((empty.entries.len(), empty.scanners.len()), (0, 0));
}

#[test]
fn the_difference_is_told_with_reasons() {
    let project = Project::new();
    let diff = |options: &[&str]| {
        let options = [&["--baseline", baseline::FILE], options].concat();
        project.run(&["baseline", "diff"], &options)
    };
    project.sources(&[("a.py", THREE)]);
    let missing = diff(&[]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.stderr.contains("lockgate baseline write"),
        "{}",
        missing.stderr
    );
    project.write();
    let same = diff(&[]);
    assert_eq!((same.code, same.stdout.as_str()), (0, "3 known\n"));
    let text = format!("import os\n{}eval(0)\n", THREE.replace("eval(y)", "int(y)"));
    project.sources(&[("a.py", &text)]);
    let outcome = diff(&[]);
    assert_eq!(outcome.code, 1);
    for part in [
        "New (1)",
        "a.py:10: R1",
        "it is not in the baseline",
        "Moved (2)",
        "(was a.py:2)",
        "Resolved (1)",
        "1 new, 2 moved, 1 resolved",
    ] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    let json: Value = serde_json::from_str(&diff(&["--format", "json"]).stdout).unwrap();
    assert_eq!(json["complete"], true);
    let fates: Vec<&str> = json["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["fate"].as_str().unwrap())
        .collect();
    assert_eq!(fates, ["new", "moved", "moved", "resolved"]);
    assert_eq!(json["changes"][1]["now"]["line"], 3);
    assert_eq!(json["changes"][1]["was"]["line"], 2);
    project.file("alpha.sarif", "{}");
    assert_eq!(diff(&[]).code, 3);
}

#[test]
fn the_file_is_the_same_byte_for_byte_and_has_a_line_for_each_finding() {
    let project = Project::new();
    project.sources(&[
        ("ü.py", "# \u{202e}x\neval(1) # \u{202e}\n"),
        ("a.py", THREE),
    ]);
    project.write();
    let first = project.read(baseline::FILE);
    assert!(
        first
            .bytes()
            .all(|b| b == b'\n' || (b' '..=b'~').contains(&b))
    );
    assert_eq!(
        first.lines().filter(|l| l.starts_with("{\"path\"")).count(),
        4
    );
    project.write();
    assert_eq!(project.read(baseline::FILE), first);
    let mut read = baseline::read(&first).unwrap();
    read.entries.reverse();
    assert_eq!(baseline::write(&read).unwrap(), first);
}

#[test]
fn nothing_of_a_secret_is_written_down() {
    let project = Project::new();
    let text = "user = 'admin'\npassword = 'hunter2hunter2'\nx = eval(user)\n";
    project.file("a.py", text);
    let leak = json!([{
        "Description": "Password", "StartLine": 2, "EndLine": 2, "StartColumn": 1, "EndColumn": 9,
        "Match": "hunter2hunter2", "Secret": "hunter2hunter2", "File": "a.py", "Commit": "", "Entropy": 3.1,
        "Author": "", "Email": "", "Date": "", "Message": "", "Tags": [], "RuleID": "generic-password", "Fingerprint": "a.py:generic-password:2",
    }]);
    project.file("gitleaks.json", leak.to_string());
    project.found(&[("R1", "a.py", 2), ("R1", "a.py", 3)]);
    let gitleaks = format!("gitleaks={}", project.path("gitleaks.json"));
    let outcome = project.run(&["baseline", "write"], &["--report", &gitleaks]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let baseline = baseline::read(&project.read(baseline::FILE)).unwrap();
    let at = |line, kind| {
        let found = baseline
            .entries
            .iter()
            .find(|e| e.line == Some(line) && e.kind == kind);
        found.unwrap().digests()
    };
    assert_eq!(at(2, Kind::Secret), SourceDigests::default());
    assert_eq!(
        at(2, Kind::Code),
        SourceDigests::default(),
        "another scanner says so"
    );
    let beside = at(3, Kind::Code);
    assert!(beside.text.is_some());
    // Another secret on the line above changes nothing of what is known about the line below.
    let other = text.replace("hunter2hunter2", "a-longer-and-better-one");
    project.file("a.py", other);
    project.run(
        &["baseline", "write"],
        &["--report", &gitleaks, "--file", &project.path("2.json")],
    );
    let second = baseline::read(&project.read("2.json")).unwrap();
    let same = second.entries.iter().find(|e| e.line == Some(3)).unwrap();
    assert_eq!(same.digests(), beside);
}

#[test]
fn damaged_baselines_are_refused_with_their_line() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    project.write();
    let good = project.read(baseline::FILE);
    let deep = format!("{{\"version\": 1, \"findings\": {}", "[".repeat(100_000));
    for (bad, says) in [
        (String::new(), "it is empty"),
        ("null".to_owned(), "line 1 is not what a baseline holds"),
        ("[]".to_owned(), "line 1"),
        (
            good.replace("\"version\": 1", "\"version\": 2"),
            "its version is 2",
        ),
        (
            good.replace("\"version\": 1", "\"version\": 7, \"new\": []"),
            "its version is 7",
        ),
        (
            good.replace("lockgate/v1", "lockgate/v2"),
            "another scheme than lockgate/v1",
        ),
        (
            good.replace("\"line\":5", "\"line\":\"5\""),
            "line 10 is not what a baseline holds",
        ),
        (good.replace("\"line\":5", "\"line\":0"), "line 10"),
        (
            good.replace("\"line\":5", "\"line\":5,\"lien\":5"),
            "line 10",
        ),
        (
            good.replace(
                "\"path\":\"a.py\",\"line\":5",
                "\"path\":\"../a.py\",\"line\":5",
            ),
            "line 10",
        ),
        (good.replace("\"kind\":\"code\"", "\"kind\":\"bug\""), "bug"),
        (
            good.replace("\"since\":\"2026-11-20\"", "\"since\":\"today\""),
            "today",
        ),
        (
            good.replace("\"before\":\"", "\"before\":\"0"),
            "neighbours",
        ),
        (
            good.replace("\"fingerprint\":\"", "\"fingerprint\":\"A"),
            "32 lower-case hex digits",
        ),
        (good[..good.len() / 2].to_owned(), "it is cut off"),
        (
            good.replace("\"findings\": [\n", "\"findings\": [\n<<<<<<< HEAD\n"),
            "conflict markers",
        ),
        (deep, "line 1"),
        ("\u{1b}[31m{\n".to_owned(), "line 1"),
    ] {
        project.file(baseline::FILE, &bad);
        let outcome = project.run(&["check"], &["--baseline", baseline::FILE]);
        assert_eq!(outcome.code, 2, "{says}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(says), "{says}: {}", outcome.stderr);
        assert!(!outcome.stderr.contains('\u{1b}'));
    }
    // A copy of every line is no error: each stands for one finding.
    let twice = good.replace("\"findings\": [\n", "\"findings\": [\n{\"path\":\"b.py\",\"scanner\":\"alpha\",\"rule\":\"R1\",\"kind\":\"code\",\"severity\":\"low\",\"title\":\"\",\"fingerprint\":\"00000000000000000000000000000000\"},\n");
    project.file(baseline::FILE, twice);
    assert!(new(&project.check()).is_empty());
    // Too many are refused while they are read.
    let line = "{\"path\":\"b.py\",\"scanner\":\"alpha\",\"rule\":\"R1\",\"kind\":\"code\",\"severity\":\"low\",\"title\":\"\",\"fingerprint\":\"00000000000000000000000000000000\"},\n";
    let many = format!(
        "{{\"version\":1,\"fingerprints\":\"lockgate/v1\",\"scanners\":{{}},\"findings\":[{}",
        line.repeat(200_001)
    );
    let problem = baseline::read(&many).unwrap_err();
    assert_eq!(problem.code, "baseline-damaged");
    assert!(format!("{:?}", problem.detail).contains("200000"));
    assert_eq!(
        baseline::read(&" ".repeat(33 << 20)).unwrap_err().code,
        "baseline-too-large"
    );
}

#[test]
fn the_schema_speaks_of_what_is_written() {
    let project = Project::new();
    project.sources(&[("a.py", THREE)]);
    project.write();
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let schema =
        read(&std::fs::read_to_string(repository().join("schemas/baseline.schema.json")).unwrap());
    let written = read(&project.read(baseline::FILE));
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let mut all = keys(&schema["properties"]);
    let mut top = keys(&written);
    // Only the state of scheduled checks has a history.
    all.retain(|key| key != "history");
    all.sort();
    top.sort();
    assert_eq!(top, all);
    let finding = &schema["$defs"]["finding"];
    for key in keys(&written["findings"][0]) {
        assert!(finding["properties"][&key].is_object(), "{key}");
    }
    for key in finding["required"].as_array().unwrap() {
        let mut less = written.clone();
        less["findings"][0]
            .as_object_mut()
            .unwrap()
            .remove(key.as_str().unwrap());
        assert!(
            baseline::read(&less.to_string()).is_err(),
            "{key} is required"
        );
    }
    for key in keys(&finding["properties"]) {
        let mut wrong = written.clone();
        wrong["findings"][0][&key] = json!(true);
        assert!(baseline::read(&wrong.to_string()).is_err(), "{key} is read");
    }
}

#[test]
fn packages_are_known_by_any_name_of_the_advisory() {
    let project = Project::new();
    let lock = |version: &str| {
        project.file(
            "requirements.txt",
            format!("django=={version}\nflask==1.0\n"),
        );
    };
    let found = |version: &str, id: &str, aliases: &[&str]| {
        let report = json!({"dependencies": [
            {"name": "django", "version": version, "vulns": [
                {"id": id, "aliases": aliases, "fix_versions": ["9.0"], "description": "x"},
            ]},
            {"name": "flask", "version": "1.0", "vulns": []},
        ], "fixes": []});
        project.file("pip.json", report.to_string());
    };
    let pip = format!("pip-audit={}", project.path("pip.json"));
    let check = || {
        let outcome = Lockgate::new(&["check", &project.path(""), "--report", &pip])
            .args(&[
                "--baseline",
                baseline::FILE,
                "--output",
                "json=-",
                "--quiet",
            ])
            .run();
        let json: Value =
            serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.stderr));
        let finding = json["findings"][0].clone();
        (
            finding["origin"].as_str().unwrap().to_owned(),
            finding["origin_reason"].as_str().unwrap().to_owned(),
        )
    };
    lock("2.0");
    found("2.0", "GHSA-aaaa-bbbb-cccc", &[]);
    let outcome = Lockgate::new(&["baseline", "write", &project.path(""), "--report", &pip]).run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(check().0, "existing");
    found("2.0.0", "GHSA-aaaa-bbbb-cccc", &["CVE-2024-1"]);
    assert_eq!(
        check(),
        (
            "existing".into(),
            "the baseline knows it by another name of the advisory".into()
        )
    );
    lock("2.1");
    found(
        "2.1",
        "PYSEC-2024-1",
        &["GHSA-aaaa-bbbb-cccc", "CVE-2024-1"],
    );
    assert_eq!(
        check(),
        (
            "existing".into(),
            "the baseline knows it in another version of the package".into()
        )
    );
    found("2.1", "PYSEC-2024-2", &["CVE-2024-2"]);
    assert_eq!(
        check(),
        ("introduced".into(), "it is not in the baseline".into())
    );
}

/// A repository with a main branch and what a change makes of it; the reports speak of the change.
fn changed(policy: &str, base: &[(&str, &str)], head: &[(&str, &str)]) -> Value {
    let project = Project::new();
    let folder = project.0.path();
    git(folder, &["init", "-b", "main"]);
    project.file(
        "lockgate.toml",
        format!("baseline = \"{}\"\n{policy}", baseline::FILE),
    );
    let reports = ["--report", "alpha.sarif", "--report", "pip-audit=pip.json"];
    let run = |words: &[&str], options: &[&str]| {
        let reports = reports.map(|word| match word.rsplit_once('=') {
            Some((tool, file)) => format!("{tool}={}", project.path(file)),
            None if word.ends_with(".sarif") => format!("alpha={}", project.path(word)),
            None => word.to_owned(),
        });
        let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
        Lockgate::new(words)
            .args(&[&project.path("")])
            .args(&reports)
            .args(options)
            .run()
    };
    let put = |files: &[(&str, &str)]| {
        project.sources(files);
        let pins: Vec<(&str, &str)> = files
            .iter()
            .filter(|(path, _)| path.starts_with("requirements"))
            .flat_map(|(_, text)| text.lines().filter_map(|line| line.split_once("==")))
            .collect();
        let all: Vec<Value> = pins
            .iter()
            .map(|(name, version)| json!({"name": name, "version": version, "vulns": [
                {"id": "PYSEC-2024-1", "aliases": ["CVE-2024-1"], "fix_versions": ["9.0"], "description": "x"}]}))
            .chain([json!({"name": "zest", "version": "1", "vulns": []})])
            .collect();
        project.file(
            "pip.json",
            json!({"dependencies": all, "fixes": []}).to_string(),
        );
    };
    put(base);
    let written = run(&["baseline", "write"], &[]);
    assert_eq!(written.code, 0, "{}", written.stderr);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-m", "base"]);
    git(folder, &["checkout", "-b", "work"]);
    put(head);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-m", "head"]);
    let checked = run(
        &["check", "--base", "main", "--output", "json=-", "--quiet"],
        &[],
    );
    serde_json::from_str(&checked.stdout).unwrap_or_else(|_| panic!("{}", checked.stderr))
}

#[test]
fn the_baseline_outweighs_git_only_where_git_cannot_know_better() {
    let only = |report: &Value| {
        let all = origins(report);
        assert_eq!(all.len(), 1, "{all:?}");
        (all[0].2.clone(), all[0].3.clone())
    };
    // Code that the change indents is of the change; its problem is not.
    let deeper = "if 1:\n    def a(x):\n        return eval(x)\n";
    let report = changed(
        "",
        &[("a.py", "def a(x):\n    return eval(x)\n")],
        &[("a.py", deeper)],
    );
    assert_eq!(
        only(&report),
        (
            "existing".into(),
            "the baseline knows it at another line".into()
        )
    );
    assert_eq!(report["comparison"]["baseline"]["findings"], 1);
    // A package that the base has is no news, and one that moves to a version that is vulnerable, too,
    // is none either.
    let report = changed(
        "",
        &[("requirements.txt", "django==2.0\n")],
        &[("requirements.txt", "\ndjango==2.0\n")],
    );
    assert_eq!(
        only(&report),
        ("existing".into(), "the baseline knows it".into())
    );
    let report = changed(
        "",
        &[("requirements.txt", "django==2.0\n")],
        &[("requirements.txt", "django==2.1\n")],
    );
    assert_eq!(
        only(&report),
        (
            "existing".into(),
            "the baseline knows it in another version of the package".into()
        )
    );
    // A new finding in what the change does not touch keeps git's word.
    let quiet = "def a(x):\n    return 1\n";
    let report = changed(
        "",
        &[("a.py", quiet), ("b.py", "1\n")],
        &[("a.py", quiet), ("b.py", "eval(1)\n")],
    );
    assert_eq!(only(&report).0, "introduced");
}

#[test]
fn an_old_entry_does_not_let_a_package_come_back() {
    let project = Project::new();
    let folder = project.0.path();
    git(folder, &["init", "-b", "main"]);
    let pip = format!("pip-audit={}", project.path("pip.json"));
    let put = |version: &str, vulnerable: bool| {
        project.file("requirements.txt", format!("django=={version}\n"));
        let list = match vulnerable {
            true => {
                json!([{"id": "CVE-2024-1", "aliases": [], "fix_versions": ["9.0"], "description": "x"}])
            }
            false => json!([]),
        };
        let report = json!({"dependencies": [{"name": "django", "version": version, "vulns": list}], "fixes": []});
        project.file("pip.json", report.to_string());
    };
    put("2.0", true);
    let written = Lockgate::new(&["baseline", "write", &project.path(""), "--report", &pip]).run();
    assert_eq!(written.code, 0, "{}", written.stderr);
    // Main has mended it since, and forgot to write the baseline again.
    put("9.0", false);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-m", "mended"]);
    git(folder, &["checkout", "-b", "work"]);
    for version in ["2.0", "2.1"] {
        put(version, true);
        git(folder, &["add", "-A"]);
        git(folder, &["commit", "-m", "back"]);
        let checked = Lockgate::new(&[
            "check",
            &project.path(""),
            "--report",
            &pip,
            "--base",
            "main",
        ])
        .args(&[
            "--baseline",
            baseline::FILE,
            "--output",
            "json=-",
            "--quiet",
        ])
        .run();
        let report: Value = serde_json::from_str(&checked.stdout).unwrap();
        assert_eq!(report["findings"][0]["origin"], "introduced", "{version}");
        assert_eq!(report["findings"][0]["since"], Value::Null);
    }
}

/// Every readable report of the corpus at once, written down and held against itself.
#[test]
fn a_baseline_of_real_reports_knows_all_of_them() {
    let project = Project::new();
    let mut args = vec!["--force".to_owned(), "--quiet".to_owned()];
    for row in corpus::rows()
        .iter()
        .filter(|row| !row.verdict.starts_with("reject"))
    {
        args.push("--report".to_owned());
        args.push(
            corpus::folder()
                .join(&row.path)
                .to_str()
                .unwrap()
                .to_owned(),
        );
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = project.path("");
    let outcome = Lockgate::new(&["baseline", "write", &root])
        .args(&args)
        .run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let outcome = Lockgate::new(&["check", &root])
        .args(&args[1..])
        .args(&["--baseline", baseline::FILE, "--output", "json=-"])
        .run();
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let count = json["findings"].as_array().unwrap().len();
    assert!(count > 1000, "{count}");
    let new: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["origin"] == "introduced" && f["disposition"] != "informational")
        .collect();
    assert!(new.is_empty(), "{} of {count}: {}", new.len(), new[0]);
    assert_eq!(resolved(&json), 0);
}

/// Bandit on the example project, with a header in every file, other words and a newer version.
#[test]
fn real_findings_survive_shifted_lines_and_a_newer_tool() {
    let project = Project::new();
    let shop = repository().join("examples/shop/api");
    let write = |header: &str| {
        for file in ["accounts.py", "app.py", "backoffice.py", "store.py"] {
            let text = std::fs::read_to_string(shop.join(file)).unwrap();
            project.file(&format!("api/{file}"), format!("{header}{text}"));
        }
    };
    let mut bandit: Value =
        serde_json::from_str(&std::fs::read_to_string(shop.join("reports/bandit.json")).unwrap())
            .unwrap();
    let root = project.path("");
    let report = format!("bandit={}", project.path("bandit.json"));
    let run = |words: &[&str], options: &[&str]| {
        Lockgate::new(words)
            .args(&[&root, "--report", &report])
            .args(options)
            .run()
    };
    write("");
    project.file("bandit.json", bandit.to_string());
    let outcome = run(&["baseline", "write"], &[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    write("# one\n# two\nimport three\n");
    for result in bandit["results"].as_array_mut().unwrap() {
        result["line_number"] = json!(result["line_number"].as_u64().unwrap() + 3);
        for line in result["line_range"].as_array_mut().unwrap() {
            *line = json!(line.as_u64().unwrap() + 3);
        }
        // Of passwords, the words tell what must not be shown.
        if result["test_id"] != "B105" {
            result["issue_text"] = json!("said in other words");
        }
        result["issue_confidence"] = json!("LOW");
    }
    project.file("bandit.json", bandit.to_string());
    let outcome = run(&["baseline", "diff"], &["--baseline", baseline::FILE]);
    assert_eq!(outcome.code, 0, "{}", outcome.stdout);
    let count = bandit["results"].as_array().unwrap().len();
    assert!(count > 3);
    assert!(!outcome.stdout.contains("resolved"), "{}", outcome.stdout);
}

/// The findings that the baseline does not know.
fn unknown(evidence: lockgate::model::Evidence, baseline: &Baseline) -> usize {
    let assessment = judge_with(evidence, "", Some(baseline.clone()));
    let new = assessment.findings.iter();
    new.filter(|d| d.finding.provenance.origin == Origin::Introduced)
        .count()
}

fn of(evidence: &lockgate::model::Evidence) -> Baseline {
    let assessment = judge_with(evidence.clone(), "", None);
    let text = baseline::write(&baseline::of(&assessment)).unwrap();
    baseline::read(&text).unwrap()
}

proptest! {
    #[test]
    fn a_baseline_of_the_same_evidence_knows_all_of_it(evidence in evidence()) {
        prop_assert_eq!(unknown(evidence.clone(), &of(&evidence)), 0);
    }

    #[test]
    fn one_more_finding_is_at_most_one_more_that_is_new(mut evidence in evidence(), more in any_observation()) {
        // Who is who among a tool's reports in two formats is told by what is nearest.
        for witnessed in &mut evidence.runs {
            witnessed.run.format = None;
        }
        let baseline = of(&evidence);
        let mut larger = evidence;
        if let Some(run) = larger.runs.iter_mut().find(|w| !matches!(w.run.health, Health::Failed(_))) {
            run.observations.push(more);
        }
        prop_assert!(unknown(larger, &baseline) <= 1);
    }

    #[test]
    fn one_entry_less_is_one_more_that_is_new(evidence in evidence(), which in any::<usize>()) {
        let mut baseline = of(&evidence);
        if baseline.entries.is_empty() {
            return Ok(());
        }
        let which = which % baseline.entries.len();
        baseline.entries.remove(which);
        prop_assert_eq!(unknown(evidence, &baseline), 1);
    }

    #[test]
    fn matching_is_one_to_one(old in evidence(), new in evidence()) {
        let baseline = of(&old);
        let assessment = judge_with(new, "", Some(baseline.clone()));
        let known = assessment.findings.iter().filter(|d| {
            d.finding.provenance.origin == Origin::Existing && d.finding.provenance.why.starts_with("the baseline")
        });
        let known = known.count();
        prop_assert!(known <= baseline.entries.len());
        prop_assert!(assessment.resolved.len() <= baseline.entries.len() - known);
    }

    #[test]
    fn the_order_of_entries_does_not_matter(old in evidence(), new in evidence(), seed in any::<usize>()) {
        let baseline = of(&old);
        let mut turned = baseline.clone();
        if !turned.entries.is_empty() {
            let at = seed % turned.entries.len();
            turned.entries.rotate_left(at);
            turned.entries[at / 2..].reverse();
        }
        let first = judge_with(new.clone(), "", Some(baseline));
        prop_assert_eq!(first, judge_with(new, "", Some(turned)));
    }
}
