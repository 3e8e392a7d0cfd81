//! The SARIF files.

use crate::corpus::{folder, rows};
use crate::program::{Lockgate, fixture};
use lockgate::{ingest, merge::line_hash::line_hashes};
use serde_json::Value;

/// Standard base64, for the vectors; the crate has no other use for it.
fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|b| *b != b'=') {
        bits = bits << 6 | u32::try_from(DIGITS.iter().position(|d| *d == byte).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    out
}

#[test]
fn line_hashes_equal_code_scannings_own() {
    let vectors: Value =
        serde_json::from_slice(&std::fs::read(fixture("line-hash/vectors.json")).unwrap()).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert!(vectors.len() >= 20);
    for vector in vectors {
        let expected: Vec<&str> = vector["hashes_by_line"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| h.as_str().unwrap())
            .collect();
        let bytes = base64(vector["input_base64"].as_str().unwrap());
        assert_eq!(line_hashes(&bytes), expected, "{}", vector["name"]);
    }
}

struct Written {
    full: Value,
    upload: Value,
    json: Value,
}

fn written(lockgate: Lockgate) -> Written {
    let lockgate = lockgate.args(&[
        "--output",
        "sarif=full.sarif",
        "--output",
        "upload-sarif=upload.sarif",
        "--output",
        "json=report.json",
    ]);
    lockgate.run();
    let read = |name: &str| {
        serde_json::from_slice(&std::fs::read(lockgate.folder.path().join(name)).unwrap()).unwrap()
    };
    Written {
        full: read("full.sarif"),
        upload: read("upload.sarif"),
        json: read("report.json"),
    }
}

fn everything() -> Lockgate {
    let mut lockgate = Lockgate::check();
    for row in rows() {
        lockgate = lockgate.args(&["--report", folder().join(&row.path).to_str().unwrap()]);
    }
    lockgate
}

fn results(sarif: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let runs = sarif["runs"].as_array().unwrap();
    runs.iter().flat_map(|run| {
        run["results"]
            .as_array()
            .into_iter()
            .flatten()
            .map(move |r| (run, r))
    })
}

/// Everything that GitHub is known to reject a file for.
#[test]
fn the_upload_file_holds_only_what_github_accepts() {
    let mut lockgate = Lockgate::check();
    for row in rows()
        .iter()
        .filter(|row| ["findings", "clean", "partial"].contains(&row.verdict.as_str()))
    {
        lockgate = lockgate.args(&["--report", folder().join(&row.path).to_str().unwrap()]);
    }
    let Written { upload, .. } = written(lockgate);
    let runs = upload["runs"].as_array().unwrap();
    assert!(runs.len() > 5 && runs.len() <= 20, "{}", runs.len());
    let mut ids: Vec<&str> = runs
        .iter()
        .map(|r| r["automationDetails"]["id"].as_str().unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), runs.len());
    for run in runs {
        assert!(run["results"].is_array());
        assert!(!run["tool"]["driver"]["name"].as_str().unwrap().is_empty());
        for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
            for text in ["shortDescription", "fullDescription", "help"] {
                let text = rule[text]["text"].as_str().unwrap();
                assert!(!text.is_empty());
            }
            assert!(
                rule["shortDescription"]["text"]
                    .as_str()
                    .unwrap()
                    .chars()
                    .count()
                    <= 1024
            );
            let properties = &rule["properties"];
            assert!(
                properties["tags"]
                    .as_array()
                    .unwrap()
                    .contains(&"security".into())
            );
            assert!(properties["tags"].as_array().unwrap().len() <= 10);
            if let Some(score) = properties.get("security-severity") {
                let number: f64 = score.as_str().unwrap().parse().unwrap();
                assert!(number > 0.0 && number <= 10.0 && number != 9.0);
            }
        }
    }
    let mut count = 0;
    for (run, result) in results(&upload) {
        count += 1;
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            !uri.is_empty() && !uri.starts_with('/') && !uri.contains(':') && !uri.contains(".."),
            "{uri}"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(result.get("suppressions").is_none());
        assert!(result["partialFingerprints"]["lockgate/v1"].is_string());
    }
    assert!(count > 500, "{count}");
}

#[test]
fn the_full_file_holds_every_finding_and_every_run() {
    let Written { full, json, .. } = written(everything());
    let findings = json["findings"].as_array().unwrap().len();
    assert_eq!(results(&full).count(), findings);
    let invocations: usize = full["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["invocations"].as_array().unwrap().len())
        .sum();
    assert_eq!(invocations, json["runs"].as_array().unwrap().len());
    for run in full["runs"].as_array().unwrap() {
        let failed = |i: &Value| i["executionSuccessful"] == false;
        if run["invocations"].as_array().unwrap().iter().all(failed) {
            assert!(
                run.get("results").is_none(),
                "a scanner that did not work has no results"
            );
        }
    }
}

/// A failed scanner's empty run would close all its alerts on GitHub.
#[test]
fn a_failed_scanner_is_left_out_of_the_upload() {
    let lockgate = Lockgate::check()
        .report("trivy", "t.json", "{\"error\": \"x\"}")
        .report(
            "bandit",
            "b.json",
            std::fs::read(fixture("reports/bandit/gen__pygoat.json")).unwrap(),
        );
    let Written { full, upload, .. } = written(lockgate);
    let names = |sarif: &Value| -> Vec<String> {
        let runs = sarif["runs"].as_array().unwrap();
        runs.iter()
            .map(|r| r["tool"]["driver"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&full), ["Bandit", "Trivy"]);
    assert_eq!(names(&upload), ["Bandit"]);
}

/// GitHub shows severity by rule, so that one rule with two severities becomes two.
#[test]
fn a_finding_keeps_its_severity_on_github() {
    let report = std::fs::read(fixture("reports/bandit/gen__bandit-examples.json"));
    let report = report
        .or_else(|_| std::fs::read(fixture("reports/bandit/gen__pygoat.json")))
        .unwrap();
    let Written { full, .. } = written(Lockgate::check().report("bandit", "b.json", report));
    for (run, result) in results(&full) {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        let score: f64 = rule["properties"]["security-severity"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let shown = lockgate::model::Severity::from_score(score).unwrap().word();
        assert_eq!(
            result["properties"]["lockgate/effectiveSeverity"], shown,
            "{}",
            result["ruleId"]
        );
    }
}

/// SARIF 2.1.0 §3.27.23: all results of a run have suppressions, or none has.
#[test]
fn waived_findings_are_suppressed_with_their_reason() {
    let policy = "extends = \"lockgate:strict\"\n[[waiver]]\nrule = \"B105\"\npath = \"**\"\nreason = \"not a password\"\nowner = \"@o\"\nexpires = 2999-01-01\n";
    let lockgate = Lockgate::check().file("lockgate.toml", policy).report(
        "bandit",
        "b.json",
        std::fs::read(fixture("reports/bandit/gen__pygoat.json")).unwrap(),
    );
    let Written { full, upload, json } = written(lockgate);
    let waived = json["counts"]["waived"].as_u64().unwrap() as usize;
    assert!(waived > 0);
    assert!(results(&full).all(|(_, r)| r["suppressions"].is_array()));
    let suppressed: Vec<&Value> = results(&full)
        .map(|(_, r)| r)
        .filter(|r| !r["suppressions"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(suppressed.len(), waived);
    assert_eq!(
        suppressed[0]["suppressions"][0]["justification"],
        "not a password (owner @o, until 2999-01-01)"
    );
    assert_eq!(results(&upload).count() + waived, results(&full).count());
}

#[test]
fn lockgate_reads_its_own_sarif() {
    let report = std::fs::read(fixture(
        "reports/trivy/golden__alpine-39-ignore-cveids.json",
    ))
    .unwrap();
    let Written { full, .. } = written(Lockgate::check().report("trivy", "t.json", report));
    let runs = ingest::read(full.to_string().as_bytes(), None);
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].scanner.as_str(), "trivy");
    assert_eq!(runs[0].observations.len(), 2);
}

/// A secret is on the line that would be hashed; the hash must not confirm a guess of it.
#[test]
fn a_secrets_line_is_hashed_without_the_secret() {
    let report = |line: u32| {
        serde_json::json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
            {"Target": "conf.env", "Class": "secret", "Secrets": [
                {"RuleID": "generic", "Category": "generic", "Severity": "HIGH", "Title": "A token",
                 "StartLine": line, "EndLine": line, "Match": "KEY=left-over-of-another-secret*****"}]}]})
        .to_string()
    };
    let run = |secret: &str| {
        let lockgate = Lockgate::check()
            .file("conf.env", format!("A=1\nKEY={secret}\n"))
            .report("trivy", "t.json", report(2));
        let Written { full, json, .. } = written(lockgate);
        let text = format!("{full}{json}");
        assert!(
            !text.contains(secret) && !text.contains("left-over"),
            "{text}"
        );
        results(&full).next().unwrap().1["partialFingerprints"].clone()
    };
    assert_eq!(run("first-secret-value"), run("another-value"));
}

/// Bandit quotes the password that it found, in its message and in its excerpt.
#[test]
fn a_password_that_a_scanner_quotes_goes_nowhere() {
    let report = |secret: &str| {
        serde_json::json!({"errors": [], "generated_at": "x", "metrics": {"_totals": {}, "a.py": {}}, "results": [{
            "code": format!("1 PASSWORD = '{secret}'\n"), "filename": "a.py", "issue_severity": "LOW", "issue_confidence": "MEDIUM",
            "issue_text": format!("Possible hardcoded password: '{secret}'"), "line_number": 1, "line_range": [1],
            "test_id": "B105", "test_name": "hardcoded_password_string"}]})
        .to_string()
    };
    let run = |secret: &str| {
        let lockgate = Lockgate::check()
            .file("a.py", format!("PASSWORD = '{secret}'\n"))
            .report("bandit", "b.json", report(secret))
            .args(&["--policy", "lockgate:strict", "--output", "markdown=o.md"])
            .env("GITHUB_ACTIONS", "true");
        let console = lockgate.run().stdout;
        let markdown = std::fs::read_to_string(lockgate.folder.path().join("o.md")).unwrap();
        let Written { full, upload, json } = written(lockgate);
        let all = format!("{console}{markdown}{full}{upload}{json}");
        assert!(!all.contains(secret), "{all}");
        results(&full).next().unwrap().1["partialFingerprints"].clone()
    };
    assert_eq!(run("correct-horse"), run("battery-staple"));
}
