//! Scheduled scans: clocks, deadlines, silent scanners, canaries.

use crate::program::{Lockgate, Outcome};
use serde_json::{Value, json};
use std::path::Path;

/// What is a week old blocks; before that it warns.
pub const POLICY: &str = r#"
[[gate]]
name   = "new"
when   = { severity = ">=high", origin = "introduced" }
action = "block"

[[gate]]
name   = "a week"
when   = { severity = ">=high", age = ">=7d" }
action = "block"

[[gate]]
name   = "look"
when   = { severity = ">=low" }
action = "warn"
"#;

/// A pip-audit report of these vulnerabilities.
pub fn report(ids: &[&str]) -> String {
    let vulns: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "fix_versions": ["2.0"], "aliases": []}))
        .collect();
    json!({"dependencies": [{"name": "flask", "version": "1.0", "vulns": vulns}]}).to_string()
}

/// A folder that is scanned day after day.
pub struct Project(tempfile::TempDir);

impl Project {
    pub fn new(policy: &str) -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("lockgate.toml"), policy).unwrap();
        std::fs::write(folder.path().join("requirements.txt"), "flask==1.0\n").unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn command(&self, day: &str, files: &[(&str, &str)], more: &[&str]) -> Lockgate {
        let mut lockgate = Lockgate::check().args(&["--as-of", day, "--state", "state.json"]);
        lockgate = lockgate.args(&["--event", "schedule"]).args(more);
        for (tool, content) in files {
            let name = format!("{tool}.json");
            std::fs::write(self.path().join(&name), content).unwrap();
            lockgate = lockgate.args(&["--report", &format!("{tool}={name}")]);
        }
        lockgate.inside(self.path())
    }

    /// A scan with the report of pip-audit.
    pub fn scan(&self, day: &str, content: &str) -> Value {
        self.with(day, &[("pip-audit", content)], &[]).0
    }

    pub fn with(&self, day: &str, files: &[(&str, &str)], more: &[&str]) -> (Value, i32) {
        self.command(day, files, more).json()
    }

    fn state(&self) -> Option<String> {
        std::fs::read_to_string(self.path().join("state.json")).ok()
    }
}

fn dates(json: &Value) -> Vec<(&str, &str, &str)> {
    let findings = json["findings"].as_array().unwrap().iter();
    let mut list: Vec<_> = findings
        .map(|f| {
            let text = |key: &str| f[key].as_str().unwrap();
            (text("rule"), text("since"), text("origin"))
        })
        .collect();
    list.sort_unstable();
    list
}

#[test]
fn a_disclosure_warns_then_blocks_then_is_resolved() {
    let project = Project::new(POLICY);
    let first = project.scan("2026-11-01", &report(&["PYSEC-2020-1"]));
    assert_eq!(first["verdict"], "warn");
    assert_eq!(first["schedule"]["memory"], "first");
    assert_eq!(dates(&first), [("PYSEC-2020-1", "2026-11-01", "existing")]);
    let deadline = &first["schedule"]["deadlines"][0];
    assert_eq!(
        (&deadline["day"], &deadline["gate"]),
        (&json!("2026-11-08"), &json!("a week"))
    );

    let both = report(&["PYSEC-2020-1", "PYSEC-2020-2"]);
    let second = project.scan("2026-11-03", &both);
    assert_eq!(second["verdict"], "warn");
    assert_eq!(second["schedule"]["last"], "2026-11-01");
    assert_eq!(
        dates(&second),
        [
            ("PYSEC-2020-1", "2026-11-01", "existing"),
            ("PYSEC-2020-2", "2026-11-03", "disclosed"),
        ]
    );

    // A crash in between stops no clock.
    let (crashed, code) = project.with("2026-11-05", &[("pip-audit", "{")], &[]);
    assert_eq!((&crashed["verdict"], code), (&json!("incomplete"), 3));

    let eighth = project.scan("2026-11-08", &both);
    assert_eq!(eighth["verdict"], "block");
    let blocked = eighth["findings"].as_array().unwrap();
    let blocked = blocked.iter().filter(|f| f["disposition"] == "blocked");
    let rules: Vec<&str> = blocked.map(|f| f["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["PYSEC-2020-1"]);
    assert_eq!(eighth["schedule"]["deadlines"][0]["day"], "2026-11-10");

    let clean = project.scan("2026-11-09", &report(&[]));
    assert_eq!(clean["verdict"], "pass");
    assert!(!project.state().unwrap().contains("PYSEC"));
    // What comes back later starts anew.
    let again = project.scan("2026-11-10", &report(&["PYSEC-2020-1"]));
    assert_eq!(dates(&again), [("PYSEC-2020-1", "2026-11-10", "disclosed")]);
}

/// The clocks of the policy that holds without a file: a month for what is high.
#[test]
fn the_default_policy_blocks_what_nobody_mends() {
    let project = Project::new("extends = \"lockgate:balanced\"\n");
    let one = report(&["PYSEC-2020-1"]);
    for (day, verdict, deadline) in [
        ("2026-11-01", "warn", json!("2026-12-02")),
        ("2026-11-08", "warn", json!("2026-12-02")),
        ("2026-12-01", "warn", json!("2026-12-02")),
        ("2026-12-02", "block", Value::Null),
    ] {
        let json = project.scan(day, &one);
        assert_eq!(json["verdict"], verdict, "{day}: {}", json["reasons"]);
        assert_eq!(json["schedule"]["deadlines"][0]["day"], deadline, "{day}");
    }
    // Without a state no clock runs, and the check says so.
    let (json, _) = Lockgate::check()
        .args(&["--event", "schedule"])
        .report("pip-audit", "p.json", &one)
        .json();
    assert_eq!(json["schedule"]["memory"], "none");
    assert_eq!(reasons(&json, "age-unknown").len(), 1);
}

/// A waiver is a promise with a last day.
#[test]
fn the_end_of_a_waiver_is_a_deadline() {
    let policy = "[[gate]]\nname = \"all\"\naction = \"block\"\n[[waiver]]\nadvisory = \"PYSEC-2020-1\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-11-20\n";
    let project = Project::new(policy);
    let json = project.scan("2026-11-01", &report(&["PYSEC-2020-1"]));
    assert_eq!(json["counts"]["waived"], 1);
    assert_eq!(json["schedule"]["deadlines"][0]["day"], "2026-11-21");
}

#[test]
fn a_change_does_not_set_its_own_clocks() {
    let project = Project::new(POLICY);
    let one = report(&["PYSEC-2020-1"]);
    project.scan("2026-11-01", &one);
    let state = project.state().unwrap();
    let git = |args: &[&str]| crate::program::git(project.path(), args);
    git(&["init", "-q"]);
    git(&["add", "requirements.txt", "lockgate.toml"]);
    git(&["commit", "-qm", "a"]);
    git(&["checkout", "-qb", "change"]);
    let forged = state.replace("2026-11-01", "2026-11-09");
    std::fs::write(project.path().join("state.json"), forged).unwrap();
    git(&["add", "state.json"]);
    git(&["commit", "-qm", "b"]);
    std::fs::write(project.path().join("pip-audit.json"), &one).unwrap();
    let since = |event: &str| {
        let lockgate = Lockgate::check()
            .args(&["--event", event, "--base", "main", "--state", "state.json"])
            .args(&["--as-of", "2026-11-10", "--update-state", "never"])
            .args(&["--report", "pip-audit.json"])
            .inside(project.path());
        lockgate.json().0["findings"][0]["since"].clone()
    };
    assert_eq!(since("pull_request"), Value::Null);
    assert_eq!(since("local"), "2026-11-09");
}

#[test]
fn a_damaged_state_is_refused_and_left_as_it_is() {
    let project = Project::new(POLICY);
    project.scan("2026-11-01", &report(&["PYSEC-2020-1"]));
    let whole = project.state().unwrap();
    for damaged in ["", "{}", "null", whole.get(..whole.len() / 2).unwrap()] {
        std::fs::write(project.path().join("state.json"), damaged).unwrap();
        let clean = report(&[]);
        let outcome = project
            .command("2026-11-02", &[("pip-audit", &clean)], &[])
            .run();
        assert_eq!(outcome.code, 2, "{damaged}");
        assert!(outcome.stderr.contains("state"), "{}", outcome.stderr);
        assert_eq!(project.state().as_deref(), Some(damaged));
    }
}

#[test]
fn only_scans_of_the_branch_write_the_state() {
    let project = Project::new(POLICY);
    let one = report(&["PYSEC-2020-1"]);
    let check = |event: &str, more: &[&str]| {
        let lockgate = Lockgate::check()
            .args(&["--state", "state.json", "--event", event, "--quiet"])
            .args(&["--as-of", "2026-11-01", "--report", "pip-audit.json"])
            .args(more)
            .inside(project.path());
        let _ = std::fs::remove_file(project.path().join("state.json"));
        std::fs::write(project.path().join("pip-audit.json"), &one).unwrap();
        lockgate.run();
        project.state().is_some()
    };
    assert!(!check("pull_request", &[]));
    assert!(!check("merge_group", &[]));
    assert!(check("push", &[]));
    assert!(check("schedule", &[]));
    assert!(check("pull_request", &["--update-state", "always"]));
    assert!(!check("schedule", &["--update-state", "never"]));
}

#[test]
fn a_state_that_cannot_be_written_is_a_failed_delivery() {
    let clean = report(&[]);
    let outcome = Lockgate::check()
        .args(&["--state", "nowhere/state.json", "--event", "schedule"])
        .report("pip-audit", "p.json", clean)
        .run();
    assert_eq!(outcome.code, 4, "{}", outcome.stderr);
}

fn reasons(json: &Value, code: &str) -> Vec<(String, String, String)> {
    let text = |r: &Value, key: &str| r[key].as_str().unwrap_or_default().to_owned();
    let reasons = json["reasons"].as_array().unwrap().iter();
    reasons
        .filter(|r| r["code"] == code)
        .map(|r| (text(r, "verdict"), text(r, "scanner"), text(r, "text")))
        .collect()
}

const BANDIT: &str = r#"{"errors":[],"generated_at":"2026-11-01T00:00:00Z","metrics":{"a.py":{"loc":1}},"results":[]}"#;

#[test]
fn a_scanner_that_falls_silent_is_missed() {
    let dark = |policy: &str, day: &str, files: &[(&str, &str)]| {
        let project = Project::new(&format!("{policy}{POLICY}"));
        let clean = report(&[]);
        let both = [("pip-audit", clean.as_str()), ("bandit", BANDIT)];
        project.with("2026-11-01", &both, &[]);
        let mut files = files.to_vec();
        files.push(("pip-audit", &clean));
        let (json, _) = project.with(day, &files, &[]);
        reasons(&json, "scanner-dark")
            .into_iter()
            .map(|(verdict, scanner, _)| format!("{verdict} {scanner}"))
            .collect::<Vec<_>>()
    };
    assert!(dark("", "2026-11-08", &[("bandit", BANDIT)]).is_empty());
    assert_eq!(dark("", "2026-11-08", &[]), ["warn bandit"]);
    assert_eq!(dark("", "2026-11-09", &[]), ["incomplete bandit"]);
    let broken = &[("bandit", "")];
    assert_eq!(dark("", "2026-11-09", broken), ["incomplete bandit"]);
    let longer = "dark-after = \"2w\"\n";
    assert_eq!(dark(longer, "2026-11-09", &[]), ["warn bandit"]);
    let own = "dark-after = \"2w\"\n[scanners.bandit]\ndark-after = \"1d\"\n";
    assert_eq!(dark(own, "2026-11-03", &[]), ["incomplete bandit"]);
    let given_up = "[scanners.bandit]\ndark-after = \"never\"\n";
    assert!(dark(given_up, "2027-11-09", &[]).is_empty());
    let required = "[scanners.bandit]\nrequired = true\n";
    assert_eq!(dark(required, "2026-11-02", &[]), ["incomplete bandit"]);
    // A report that is too old is no evidence of today.
    let stale = "[scanners.bandit]\nmax-age = \"1d\"\non-incomplete = \"warn\"\n";
    let old = &[("bandit", BANDIT)];
    assert_eq!(dark(stale, "2026-11-20", old), ["incomplete bandit"]);
}

#[test]
fn dark_after_must_be_days() {
    for wrong in ["0d", "12h", "soon", "-3d"] {
        let outcome = Lockgate::check()
            .file("lockgate.toml", format!("dark-after = \"{wrong}\"\n"))
            .run();
        assert_eq!(outcome.code, 2, "{wrong}");
        assert!(outcome.stderr.contains("dark"), "{}", outcome.stderr);
    }
}

#[test]
fn alerts_tell_ages_and_accept_nothing() {
    let project = Project::new(POLICY);
    let alert = |rule: &str, state: &str, tool: &str| {
        json!({"number": 1, "created_at": "2026-10-01T08:00:00Z", "state": state,
            "rule": {"id": rule}, "tool": {"name": tool},
            "most_recent_instance": {"location": {"path": "requirements.txt", "start_line": 1}}})
    };
    let alerts = [
        alert("PYSEC-2020-1-high", "open", "pip-audit"),
        alert("PYSEC-2020-2", "dismissed", "pip-audit"),
        alert("PYSEC-2020-3", "fixed", "pip-audit"),
        alert("PYSEC-2020-4", "open", "Trivy"),
    ];
    let pages = alerts.map(|alert| format!("[{alert}]")).concat();
    std::fs::write(project.path().join("alerts.json"), pages).unwrap();
    let all = report(&[
        "PYSEC-2020-1",
        "PYSEC-2020-2",
        "PYSEC-2020-3",
        "PYSEC-2020-4",
    ]);
    let files = [("pip-audit", all.as_str())];
    let (json, code) = project.with("2026-11-01", &files, &["--alerts", "alerts.json"]);
    let since: Vec<&str> = dates(&json).iter().map(|(_, since, _)| *since).collect();
    assert_eq!(
        since,
        ["2026-10-01", "2026-10-01", "2026-11-01", "2026-11-01"]
    );
    assert_eq!((&json["counts"]["blocked"], code), (&json!(2), 1));
    let note = &json["runs"][0]["notes"][0];
    assert_eq!(note["code"], "alerts-dismissed");
    assert_eq!(note["items"], json!(["PYSEC-2020-2 in requirements.txt"]));

    for damaged in ["", "{\"message\":\"Not Found\"}", "[{}]"] {
        std::fs::write(project.path().join("alerts.json"), damaged).unwrap();
        let outcome = project
            .command("2026-11-01", &files, &["--alerts", "alerts.json"])
            .run();
        assert_eq!(outcome.code, 2, "{damaged}");
    }
}

#[test]
fn a_scheduled_scan_tries_its_canaries() {
    let policy = "extends = \"lockgate:balanced\"\n[[gate]]\nname = \"quiet\"\nwhen = { scanner = \"pip-audit\" }\naction = \"allow\"\n";
    let project = Project::new(policy);
    let json = project.scan("2026-11-01", &report(&[]));
    let canary = reasons(&json, "canary");
    assert_eq!(canary.len(), 1, "{canary:?}");
    assert_eq!(
        (canary[0].0.as_str(), canary[0].1.as_str()),
        ("warn", "pip-audit")
    );
    let balanced = Project::new("extends = \"lockgate:balanced\"\n");
    let json = balanced.scan("2026-11-01", &report(&[]));
    assert!(reasons(&json, "canary").is_empty(), "{json:#}");
}

#[test]
fn the_command_says_which_canary_came_through() {
    let run = |args: &[&str]| -> Outcome { Lockgate::new(&["canary"]).args(args).run() };
    let outcome = run(&[]);
    assert_eq!(outcome.code, 0, "{}", outcome.stdout);
    assert!(outcome.stdout.contains("Every canary was stopped"));
    let outcome = run(&["--policy", "lockgate:audit-only", "--tool", "npm"]);
    assert_eq!(outcome.code, 3);
    let through: Vec<&str> = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("THROUGH"))
        .collect();
    assert_eq!(
        through,
        [
            "THROUGH: npm-audit: a critical finding of it that a change introduces would only warn, by gate \"everything\""
        ]
    );
    assert_eq!(run(&["--tool", "!"]).code, 2);
}

#[test]
fn people_read_what_is_new_first_and_then_what_is_oldest() {
    let project = Project::new(POLICY);
    project.with("2026-11-01", &[("bandit", BANDIT)], &[]);
    project.scan("2026-11-02", &report(&["PYSEC-2020-1", "PYSEC-2020-3"]));
    let today = report(&["PYSEC-2020-1", "PYSEC-2020-2"]);
    let files = [("pip-audit", today.as_str())];
    let outputs = ["--output", "markdown=s.md", "--output", "html=s.html"];
    let outcome = project
        .command("2026-11-05", &files, &outputs)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "schedule")
        .run();
    insta::assert_snapshot!("scheduled_console", outcome.stdout);
    let markdown = std::fs::read_to_string(project.path().join("s.md")).unwrap();
    insta::assert_snapshot!("scheduled_markdown", markdown);
    let html = std::fs::read_to_string(project.path().join("s.html")).unwrap();
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
    assert!(at("Newly disclosed (1)") < at("Still open, oldest first (1)"));
    assert!(at("Still open, oldest first (1)") < at("Dark scanners (1)"));
    assert!(at("Dark scanners (1)") < at("Resolved since 2026-11-02 (1)"));
}
