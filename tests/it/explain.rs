//! `lockgate explain`: what a reader is told about one finding.

use crate::program::Lockgate;
use serde_json::Value;

/// Bandit's report with one finding: rule, severity, line, text.
pub fn bandit(findings: &[(&str, &str, u32, &str)]) -> String {
    let results: Vec<Value> = findings
        .iter()
        .map(|(rule, severity, line, text)| {
            serde_json::json!({
                "code": "", "col_offset": 0, "end_col_offset": 1, "filename": "./src/app.py",
                "issue_confidence": "HIGH", "issue_severity": severity, "issue_text": text,
                "issue_cwe": {"id": 78, "link": "https://example.org"}, "line_number": line,
                "line_range": [line], "more_info": "https://example.org", "test_id": rule,
                "test_name": "a_test",
            })
        })
        .collect();
    let totals = serde_json::json!({"loc": 10, "nosec": 0, "skipped_tests": 0});
    serde_json::json!({
        "errors": [], "generated_at": "2026-11-20T00:00:00Z",
        "metrics": {"_totals": totals, "./src/app.py": totals}, "results": results,
    })
    .to_string()
}

const POLICY: &str = r#"
[[gate]]
name   = "tests"
when   = { path = "tests/**" }
action = "allow"

[[gate]]
name   = "high"
when   = { severity = ">=high" }
action = "block"

[[waiver]]
rule    = "B602"
path    = "src/app.py"
reason  = "not reachable"
owner   = "@org/web"
expires = 2026-11-01

[[waiver]]
rule    = "B602"
path    = "src/other.py"
reason  = "not reachable"
owner   = "@org/web"
expires = 2027-01-31
"#;

fn project(command: &str) -> Lockgate {
    let source = "import subprocess\n".repeat(9);
    Lockgate::new(&[command])
        .file("lockgate.toml", POLICY)
        .file("src/app.py", source)
        .file(
            "bandit.json",
            bandit(&[
                ("B602", "HIGH", 3, "shell=True"),
                ("B404", "LOW", 3, "subprocess"),
                ("B404", "LOW", 7, "subprocess"),
            ]),
        )
}

fn explain(word: &str, more: &[&str]) -> (String, i32) {
    let lockgate =
        project("explain").args(&[word, "--report", "bandit.json", "--as-of", "2026-11-21"]);
    let outcome = lockgate.args(more).run();
    assert!(outcome.stderr.is_empty(), "{}", outcome.stderr);
    (outcome.stdout, outcome.code)
}

fn fingerprint(rule: &str) -> String {
    let (json, _) = project("check")
        .args(&["--report", "bandit.json", "--as-of", "2026-11-21"])
        .json();
    let findings = json["findings"].as_array().unwrap();
    let found = findings.iter().find(|f| f["rule"] == rule).unwrap();
    found["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_finding_tells_every_gate_and_what_would_change_it() {
    let (text, code) = explain(&fingerprint("B602")[..6], &[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("explained", text);
}

#[test]
fn markdown_and_json_say_the_same() {
    let word = fingerprint("B602");
    let (text, _) = explain(&word, &["--format", "markdown"]);
    assert!(text.contains("#### Gates, in order"), "{text}");
    assert!(
        text.contains(
            "- <code>tests</code> of <code>lockgate.toml</code> (allows): does not match"
        )
    );
    let (text, _) = explain(&word, &["--format", "json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["result"], "finding");
    assert_eq!(json["finding"]["disposition"], "blocked");
    assert_eq!(json["gates"][0]["answer"], "no");
    assert_eq!(json["gates"][0]["clauses"][0]["has"][0], "src/app.py");
    assert_eq!(json["gates"][1]["decides"], true);
    assert_eq!(json["waivers"][0]["expired"], true);
    assert!(json["ways_out"].as_array().unwrap().len() >= 3);
}

#[test]
fn a_place_means_the_findings_there() {
    for (word, code, says) in [
        ("src/app.py:3", 0, "src/app.py:3 means 2 findings"),
        ("./src/app.py", 0, "means 3 findings"),
        ("src/app.py:7", 0, "B404"),
        (
            "src/app.py:5",
            1,
            "There is no finding src/app.py:5 among the 3 findings",
        ),
        ("src/none.py", 1, "Every scanner of this check did its work"),
        ("CVE-2024-1", 1, "There is no finding CVE-2024-1"),
        ("B602", 1, "There is no finding"),
    ] {
        let (text, exit) = explain(word, &[]);
        assert_eq!(exit, code, "{word}");
        assert!(text.contains(says), "{word}: {text}");
    }
}

#[test]
fn what_is_not_there_is_told_by_what_is() {
    let whole = fingerprint("B602");
    let (text, code) = explain(&format!("{}zz", &whole[..4]).replace("zz", "00000000"), &[]);
    assert_eq!(code, 1);
    assert!(
        text.contains("Fingerprints that begin like it") && text.contains(&whole),
        "{text}"
    );
    let (text, code) = explain("src/none.py", &["--report", "trivy=gone.json"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("It may be missing because evidence is"),
        "{text}"
    );
    assert!(
        text.contains("trivy is failed: the report is not there"),
        "{text}"
    );
}

#[test]
fn a_bundle_is_explained_without_its_reports() {
    let check = project("check").args(&[
        "--report",
        "bandit.json",
        "--as-of",
        "2026-11-21",
        "--output",
        "bundle=run.bundle",
        "--quiet",
    ]);
    assert_eq!(check.run().code, 1);
    let bundle = std::fs::read(check.folder.path().join("run.bundle")).unwrap();
    let word = fingerprint("B602");
    let here = |policy: &str| {
        let outcome = Lockgate::new(&["explain", &word, "--from", "run.bundle"])
            .file("run.bundle", &bundle)
            .file("lockgate.toml", policy)
            .run();
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        outcome.stdout
    };
    assert_eq!(here(POLICY), explain(&word, &[]).0);
    let milder = here("extends = [\"lockgate:audit-only\"]\n");
    assert!(
        milder.contains("gate \"everything\" of lockgate:audit-only warns"),
        "{milder}"
    );
    assert!(
        milder.contains(
            "when the bundle was written it was blocked by gate \"high\" of lockgate.toml"
        ),
        "{milder}"
    );
}

#[test]
fn hostile_words_stay_words() {
    let hostile = "::error::x\u{1b}[31m <b>@org</b> [a](https://a.example) ##[error]y";
    let report = bandit(&[("B\u{1b}1", "HIGH", 1, hostile)]);
    for format in ["text", "markdown", "json"] {
        let outcome = Lockgate::new(&["explain", "src/app.py", "--format", format])
            .file("src/app.py", "x\n")
            .report("", "bandit.json", &report)
            .run();
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let text = outcome.stdout;
        assert!(!text.contains('\u{1b}'), "{text}");
        if format != "json" {
            assert!(!text.contains("##[") && !text.contains("\n::"), "{text}");
        }
        if format == "markdown" {
            assert!(
                !text.contains("<b>") && !text.contains("](") && !text.contains("@org"),
                "{text}"
            );
        }
    }
}
