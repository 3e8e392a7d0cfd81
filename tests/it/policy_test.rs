//! `lockgate policy test`: the shipped policies' own tests, and what a wrong one looks like.

use crate::program::{Lockgate, repository};

#[test]
fn shipped_policies_and_the_example_pass_their_tests() {
    let folder = |name: &str| repository().join(name).to_str().unwrap().to_owned();
    let outcome = Lockgate::new(&[
        "policy",
        "test",
        &folder("policies"),
        &folder("examples/shop"),
    ])
    .run();
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
    for policy in lockgate::policy::SHIPPED {
        let tested = format!("(policy {})", policy.name);
        assert!(
            outcome.stdout.contains(&tested),
            "{} has no tests",
            policy.name
        );
    }
    // Each gate of the shipped policies is expected somewhere to decide.
    for policy in ["balanced", "strict", "audit-only"] {
        let read = |end: &str| {
            std::fs::read_to_string(repository().join(format!("policies/{policy}{end}"))).unwrap()
        };
        let tests = read(".test.toml");
        for line in read(".toml")
            .lines()
            .filter(|line| line.starts_with("name "))
        {
            let gate = line.split('"').nth(1).unwrap();
            assert!(
                tests.contains(&format!("gate = \"{gate}\"")),
                "no test of {policy} expects the gate {gate}"
            );
        }
    }
}

fn test(file: &str) -> (String, String, i32) {
    let outcome = Lockgate::new(&["policy", "test"])
        .file("lockgate.test.toml", file)
        .file(
            "lockgate.toml",
            r#"
extends = ["lockgate:balanced"]

[scanners.trivy]
required = true
version  = ">=0.70, <0.71"
max-age  = "24h"

[[gate]]
name   = "exploited"
when   = { kev = true, epss = ">=0.5", via = "express > *" }
action = "block"

[[waiver]]
advisory = "CVE-2024-1"
package  = "qs"
reason   = "not reachable"
owner    = "@org/web"
expires  = 2026-12-01
"#,
        )
        .run();
    (outcome.stdout, outcome.stderr, outcome.code)
}

#[test]
fn every_fact_of_a_finding_can_be_made_up() {
    let (stdout, stderr, code) = test(
        r#"
policy = "lockgate.toml"
today  = 2026-11-21

[[case]]
name     = "a waiver accepts"
expect   = "pass"
findings = [{ kind = "dependency", package = "qs", ecosystem = "npm", version = "6.5.2", advisory = "CVE-2024-1", severity = "critical", expect = "waived" }]

[[case]]
name     = "until its day"
today    = 2026-12-02
expect   = "block"
findings = [{ kind = "dependency", package = "qs", advisory = ["CVE-2024-1", "GHSA-jf85-cpcp-j695"], severity = "critical", expect = "blocked" }]

[[case]]
name     = "exploited"
expect   = "block"
findings = [{ kind = "dependency", package = "qs", severity = "low", kev = true, epss = 0.7, cvss = 3, via = ["express > qs"], cwe = [79, "CWE-80"], scope = "production", relation = "transitive", fix = "minor", confidence = "high", witnesses = ["trivy", "npm-audit"], since = 2026-11-01, expect = "blocked", gate = "exploited" }]

[[case]]
name     = "what is required works, unless a case names the runs"
expect   = "pass"

[[case]]
name     = "old"
expect   = "incomplete"
reasons  = ["stale"]
runs     = [{ scanner = "trivy", version = "0.70.1", written = 2026-11-19 }]

[[case]]
name     = "of another version"
expect   = "incomplete"
reasons  = ["version"]
runs     = [{ scanner = "trivy", version = "0.69.4" }]

[[case]]
name     = "missing"
expect   = "incomplete"
reasons  = ["missing"]
runs     = [{ scanner = "bandit" }]
"#,
    );
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("7 cases, 0 failed"), "{stdout}");
}

#[test]
fn a_case_that_fails_says_why() {
    let (stdout, _, code) = test(
        r#"
policy = "lockgate.toml"

[[case]]
name     = "medium code blocks"
expect   = "block"
reasons  = ["stale"]
findings = [
  { kind = "code", severity = "medium", path = "src/app.py", expect = "blocked" },
  { kind = "secret", severity = "high", expect = "blocked", gate = "keys" },
]

[[case]]
name     = "nothing is a warning"
expect   = "warn"
"#,
    );
    assert_eq!(code, 1);
    insta::assert_snapshot!("policy_test_fails", stdout);
}

#[test]
fn a_wrong_file_is_told_with_line_and_column() {
    let (stdout, stderr, code) = test(
        r#"
policy = "lockgate.toml"
todya  = 2026-11-21

[[case]]
name   = ""
expect = "blocked"
findings = [
  { kind = "dependancy", severity = "hi", fix = "patch", cvss = 11, path = "../x", expcet = "blocked" },
  { severity = "high", cwe = "x", scanner = "A B", fingerprint = "1" },
]
runs = [{ health = "dead" }]
"#,
    );
    assert_eq!((code, stdout.as_str()), (2, ""));
    insta::assert_snapshot!("policy_test_errors", stderr);
}

#[test]
fn a_folder_without_tests_and_a_policy_that_is_wrong_are_errors() {
    let outcome = Lockgate::new(&["policy", "test"]).run();
    assert_eq!(outcome.code, 2);
    assert!(
        outcome
            .stderr
            .contains("there are no tests of policies here")
    );
    let wrong = Lockgate::new(&["policy", "test", ".github"])
        .file(".github/lockgate.toml", "gaet = 1\n")
        .file(
            ".github/lockgate.test.toml",
            "policy = \"lockgate.toml\"\n[[case]]\nname = \"x\"\nexpect = \"pass\"\n",
        )
        .run();
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains(".github/lockgate.toml:1:1"),
        "{}",
        wrong.stderr
    );
}
