//! Conditions: every key on real findings, and every way to write one wrong.

use crate::program::{Lockgate, fixture, repository};
use serde_json::{Value, json};

/// How many findings of the example each condition matches, of those that block and of those that
/// are allowed. Where the two differ, something is not known.
#[test]
fn every_key_on_real_findings() {
    let shop = repository().join("examples/shop");
    let count = |when: &str, action: &str, disposition: &str| {
        let policy = format!(
            "[scanners.bandit]\nreports = \"api/reports/bandit.json\"\n\
             [scanners.pip-audit]\nreports = \"api/reports/pip-audit.json\"\n\
             [scanners.npm-audit]\nreports = \"web/reports/npm-audit.json\"\n\
             [scanners.trivy]\nreports = [\"reports/trivy*.json\", \"*/reports/trivy*.json\"]\n\
             [[gate]]\nname = \"g\"\nwhen = {{ {when} }}\naction = \"{action}\"\n"
        );
        let lockgate = Lockgate::check().file("p.toml", policy);
        let file = lockgate.folder.path().join("p.toml");
        let args = [shop.to_str().unwrap(), "--policy", file.to_str().unwrap()];
        let (json, code) = lockgate.args(&args).args(&["--as-of", "2026-11-20"]).json();
        assert_ne!(code, 2, "{when}");
        json["counts"][disposition].as_u64().unwrap()
    };
    let mut table = String::new();
    for when in [
        "",
        "severity = \">=high\"",
        "severity = \">=medium, <critical\"",
        "kind = [\"code\", \"config\"]",
        "scanner = \"trivy\"",
        "rule = \"B1*\"",
        "path = \"api/**\"",
        "cwe = [78, \"CWE-20\"]",
        "advisory = \"CVE-2019-14806\"",
        "package = \"Werkzeug\"",
        "ecosystem = \"npm\"",
        "scope = \"production\"",
        "scope = \"development\"",
        "relation = \"direct\"",
        "relation = \"transitive\"",
        "via = \"express > *\"",
        "via = \"*\"",
        "fix = \"minor\"",
        "fix = \"any\"",
        "fix = \"none\"",
        "origin = \"introduced\"",
        "origin = [\"existing\", \"disclosed\"]",
        "event = \"local\"",
        "age = \">7d\"",
        "confidence = \"high\"",
        "confidence = \"<high\"",
        "witnesses = \">=2\"",
        "cvss = \">=7.0\"",
        "epss = \">=0.5\"",
        "kev = true",
        "not = { kind = \"dependency\" }",
        "any = [{ kind = \"secret\" }, { rule = \"B*\" }]",
        "all = [{ kind = \"dependency\" }, { not = { fix = \"any\" } }]",
    ] {
        let blocked = count(when, "block", "blocked");
        let allowed = count(when, "allow", "allowed");
        assert!(allowed <= blocked, "{when}");
        table.push_str(&format!(
            "{when:<60} blocks {blocked:>3}  allows {allowed:>3}\n"
        ));
    }
    insta::assert_snapshot!("conditions", table);
}

#[test]
fn every_wrong_condition_is_told_with_its_place() {
    let bad = std::fs::read_to_string(fixture("policy/conditions.toml")).unwrap();
    let outcome = Lockgate::check().file("lockgate.toml", bad).run();
    assert_eq!(outcome.code, 2);
    insta::assert_snapshot!("condition_errors", outcome.stderr);
}

#[test]
fn conditions_are_nested_to_a_bounded_depth() {
    let nested = |depth: usize| {
        let when = format!(
            "{}kind = \"code\"{}",
            "not = { ".repeat(depth),
            " }".repeat(depth)
        );
        let policy = format!("[[gate]]\nname = \"g\"\nwhen = {{ {when} }}\naction = \"warn\"\n");
        let outcome = Lockgate::new(&["policy", "check", "p.toml"])
            .file("p.toml", policy)
            .run();
        (
            outcome.code,
            outcome.stderr.contains("nested more than 16 deep"),
        )
    };
    assert_eq!(nested(16), (0, false));
    assert_eq!(nested(17), (2, true));
    assert_eq!(nested(70).0, 2);
}

/// A pip-audit report of one package with these CVEs.
fn vulnerable(cves: &[&str]) -> String {
    let vulns = cves.iter().map(|id| json!({"id": id, "fix_versions": []}));
    let vulns: Vec<Value> = vulns.collect();
    json!({"dependencies": [{"name": "a", "version": "1.0", "vulns": vulns}]}).to_string()
}

const EPSS: &str = "#model_version:v2025.03.14,score_date:2026-11-10T00:00:00Z\n\
                    cve,epss,percentile\nCVE-2024-1,0.9,0.99\nCVE-2024-2,0.01,0.5\n";

const KEV: &str = r#"{"catalogVersion": "2026.11.10", "dateReleased": "2026-11-10T14:00:00.1Z",
    "count": 1, "vulnerabilities": [{"cveID": "CVE-2024-1"}]}"#;

fn with_data(data: &str, gates: &str, cves: &[&str]) -> Lockgate {
    Lockgate::check()
        .file("security/epss.csv", EPSS)
        .file("security/kev.json", KEV)
        .file("lockgate.toml", format!("{data}\n{gates}"))
        .report("pip-audit", "p.json", vulnerable(cves))
        .args(&["--as-of", "2026-11-20"])
}

const DATA: &str = "[data]\nepss = \"security/epss.csv\"\nkev = \"security/kev.json\"\n";

#[test]
fn snapshots_tell_what_is_exploited() {
    let gates = "[[gate]]\nname = \"exploited\"\nwhen = { any = [{ kev = true }, { epss = \">=0.5\" }] }\naction = \"block\"\n";
    let (json, code) = with_data(DATA, gates, &["CVE-2024-1", "CVE-2024-2"]).json();
    assert_eq!(code, 1);
    let told = |cve: &str| {
        let findings = json["findings"].as_array().unwrap().iter();
        let found = findings.clone().find(|f| f["rule"] == cve).unwrap();
        (
            found["epss"].clone(),
            found["kev"].clone(),
            found["disposition"].clone(),
        )
    };
    assert_eq!(
        told("CVE-2024-1"),
        (json!(0.9), json!(true), json!("blocked"))
    );
    assert_eq!(
        told("CVE-2024-2"),
        (json!(0.01), json!(false), json!("unmatched"))
    );
    let source = |key: &str, path: &str, entries: u64| json!({"key": key, "path": path, "date": "2026-11-10", "entries": entries, "stale": false});
    assert_eq!(
        json["policy"]["data"],
        json!([
            source("epss", "security/epss.csv", 2),
            source("kev", "security/kev.json", 1)
        ])
    );
}

/// Without a snapshot nobody looked, and what may be exploited counts as exploited.
#[test]
fn not_having_looked_stops_and_is_said() {
    let gate = "[[gate]]\nname = \"exploited\"\nwhen = { kev = true }\naction = \"block\"\n";
    let codes = |json: &Value| {
        let reasons = json["reasons"].as_array().unwrap().iter();
        reasons
            .map(|r| r["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (json, code) = with_data("", gate, &["CVE-2024-2"]).json();
    assert_eq!(
        (code, codes(&json)),
        (1, vec!["gate-blocks".into(), "kev-unknown".into()])
    );
    let allow = gate.replace("block", "allow").replace("true", "false");
    let (json, _) = with_data("", &allow, &["CVE-2024-2"]).json();
    assert_eq!(json["counts"]["allowed"], 0);
    let (json, _) = with_data(DATA, &allow, &["CVE-2024-2"]).json();
    assert_eq!(json["counts"]["allowed"], 1);
}

#[test]
fn old_snapshots_prove_nothing() {
    let gate = "[[gate]]\nname = \"quiet\"\nwhen = { kev = false }\naction = \"allow\"\n";
    let aged = |days: &str, top: &str| {
        let data = format!("{top}{DATA}max-age = \"{days}\"\n");
        let (json, code) = with_data(&data, gate, &["CVE-2024-2"]).json();
        let reason = json["reasons"][0]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (code, reason, json["counts"]["allowed"].as_u64().unwrap())
    };
    assert_eq!(aged("30d", ""), (0, String::new(), 1));
    assert_eq!(aged("7d", ""), (3, "stale-data".into(), 0));
    assert_eq!(
        aged("7d", "on-incomplete = \"warn\"\n"),
        (0, "stale-data".into(), 0)
    );
}

#[test]
fn reports_tell_what_is_exploited() {
    let report = fixture("reports/grype/golden__json__TestJsonImgsPresenter.json");
    let (json, _) = Lockgate::check()
        .report("grype", "g.json", std::fs::read(report).unwrap())
        .json();
    let findings = json["findings"].as_array().unwrap().iter();
    let mut told: Vec<_> = findings
        .map(|f| {
            (
                f["rule"].as_str().unwrap(),
                f["epss"].as_f64().unwrap(),
                f["kev"].as_bool(),
            )
        })
        .collect();
    told.sort_by(|a, b| a.0.cmp(b.0));
    assert_eq!(
        told,
        [
            ("CVE-1999-0001", 0.03, Some(false)),
            ("CVE-1999-0002", 0.08, Some(true))
        ]
    );
}

/// The clock of the shipped policy runs out only where somebody knows since when a finding is there,
/// and where nobody does a scheduled check says so.
#[test]
fn a_scheduled_check_without_ages_says_that_its_clocks_stand_still() {
    let (json, code) = Lockgate::check()
        .report("pip-audit", "p.json", vulnerable(&["CVE-2024-1"]))
        .args(&["--event", "schedule", "--as-of", "2026-11-20"])
        .json();
    assert_eq!((code, json["verdict"].as_str().unwrap()), (0, "warn"));
    let reasons = json["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "age-unknown"));
}
