//! lockgate's own look at configuration, as a user runs it.

use crate::origin::{commit, id};
use crate::program::{Lockgate, git};
use serde_json::{Value, json};
use std::path::Path;

const NGINX: &str = "server {
    listen 443 ssl;
    root /srv/www;
    add_header Content-Security-Policy \"script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'\" always;
    add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\" always;
    location / {
        try_files $uri /index.html;
        add_header Cache-Control \"no-cache\";
    }
}
";

const COMPOSE: &str = "services:
  db:
    image: postgres:16.4
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db
    ports: [\"5432:5432\"]
";

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    git(folder.path(), &["init"]);
    commit(folder.path(), files);
    folder
}

fn scan(scanner: &str, folder: &Path, args: &[&str]) -> (Value, i32) {
    let outcome = Lockgate::new(&["scan", scanner])
        .args(args)
        .args(&["--format", "json", "--quiet"])
        .inside(folder)
        .run();
    let json = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", outcome.stdout, outcome.stderr));
    (json, outcome.code)
}

/// `path:line rule severity` of each finding.
fn lines(json: &Value) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap();
    let line = |finding: &Value| {
        let location = &finding["location"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        format!(
            "{}:{} {} {}",
            text(&location["path"]),
            location["line"],
            text(&finding["rule"]),
            text(&finding["severity"])
        )
    };
    findings.iter().map(line).collect()
}

#[test]
fn a_policy_is_judged_on_its_token_and_its_loss_is_seen() {
    let folder = repository(&[("nginx/default.conf", NGINX)]);
    let (json, code) = scan("csp", folder.path(), &[]);
    let found = lines(&json);
    assert_eq!(code, 1);
    for wanted in [
        "nginx/default.conf:4 LG-CSP-201 high",
        "nginx/default.conf:8 LG-NGX-101 high",
    ] {
        assert!(
            found.iter().any(|line| line == wanted),
            "{wanted}: {found:#?}"
        );
    }
    let findings = json["findings"].as_array().unwrap();
    let inline = findings.iter().find(|f| f["rule"] == "LG-CSP-201").unwrap();
    let line = NGINX.lines().nth(3).unwrap();
    let column = line.find("'unsafe-inline'").unwrap() + 1;
    assert_eq!(inline["location"]["column"], json!(column));
    assert_eq!(json["runs"][0]["health"], "complete");
}

#[test]
fn what_a_file_is_for_decides_how_bad_it_is() {
    let folder = repository(&[
        ("docker-compose.yml", COMPOSE),
        ("docker-compose.dev.yml", COMPOSE),
        ("docs/docker-compose.yml", COMPOSE),
    ]);
    let port = |json: &Value| -> Vec<String> {
        let found = lines(json).into_iter();
        found.filter(|line| line.contains("LG-CMP-111")).collect()
    };
    let (json, code) = scan("hardening", folder.path(), &[]);
    assert_eq!(code, 1);
    assert_eq!(
        port(&json),
        [
            "docker-compose.yml:6 LG-CMP-111 high",
            "docker-compose.dev.yml:6 LG-CMP-111 low",
        ]
    );
    let policy = "extends = \"lockgate:balanced\"\n[scanners.hardening]\n\
        roles = { \"docker-compose.yml\" = \"test\", \"docs/\" = \"production\" }\n";
    std::fs::write(folder.path().join("lockgate.toml"), policy).unwrap();
    let (json, _) = scan("hardening", folder.path(), &[]);
    let mut found = port(&json);
    found.sort();
    assert_eq!(
        found,
        [
            "docker-compose.dev.yml:6 LG-CMP-111 low",
            "docker-compose.yml:6 LG-CMP-111 low",
            "docs/docker-compose.yml:6 LG-CMP-111 high",
        ]
    );
}

#[test]
fn a_role_or_a_rule_that_there_is_not_is_an_error_with_a_way_out() {
    let policy = "[scanners.csp]\nroles = { \"a/\" = \"prodution\" }\nalso = [\"LG-CSP-999\"]\n";
    let folder = repository(&[("lockgate.toml", policy), ("a.txt", "a")]);
    let outcome = Lockgate::new(&["scan", "csp"]).inside(folder.path()).run();
    assert_eq!(outcome.code, 2);
    for words in ["production", "LG-CSP-"] {
        assert!(outcome.stderr.contains(words), "{}", outcome.stderr);
    }
}

#[test]
fn a_comment_counts_when_the_policy_permits_it_and_the_change_does_not_touch_the_file() {
    let asks = COMPOSE.replace("5432\"]", "5432\"] # lockgate: allow, behind a firewall");
    let policy = "extends = \"lockgate:balanced\"\n[scanners.hardening]\nallow-comments = true\n";
    let folder = repository(&[("docker-compose.yml", &asks), ("lockgate.toml", policy)]);
    let path = folder.path();
    let base = id(path, "HEAD");
    let disposition = |json: &Value| -> Value {
        let findings = json["findings"].as_array().unwrap();
        let port = findings.iter().find(|f| f["rule"] == "LG-CMP-111").unwrap();
        port["disposition"].clone()
    };
    assert_eq!(disposition(&scan("hardening", path, &[]).0), "suppressed");
    let (strict, code) = scan("hardening", path, &["--policy", "lockgate:balanced"]);
    assert_eq!((disposition(&strict), code), (json!("blocked"), 1));
    let more = format!(
        "{asks}  cache:\n    image: redis:7.4\n    ports: [\"6379:6379\"] # lockgate: allow\n"
    );
    commit(path, &[("docker-compose.yml", &more)]);
    let (json, code) = scan("hardening", path, &["--since", &base]);
    assert_eq!(code, 1, "{:#?}", lines(&json));
}

#[test]
fn what_cannot_be_parsed_is_told_by_name_and_stops_nothing() {
    let folder = repository(&[
        ("nginx/default.conf", NGINX),
        ("nginx/broken.conf", "server { listen 80;"),
        ("docker-compose.yml", COMPOSE),
    ]);
    let (json, _) = scan("hardening", folder.path(), &[]);
    let run = &json["runs"][0];
    assert_eq!(run["health"], "partial");
    assert!(run.to_string().contains("nginx/broken.conf"), "{run}");
    assert!(lines(&json).iter().any(|line| line.contains("LG-CMP-111")));
}

#[test]
fn a_check_without_a_policy_and_a_report_looks_with_all_three() {
    let folder = repository(&[("docker-compose.yml", COMPOSE)]);
    let (json, code) = Lockgate::check().inside(folder.path()).json();
    let runs = json["runs"].as_array().unwrap();
    let scanners: Vec<&str> = runs.iter().filter_map(|r| r["scanner"].as_str()).collect();
    assert_eq!(scanners, ["csp", "hardening", "secrets"]);
    assert_eq!(code, 1);
}

#[test]
fn rules_are_listed_and_explained() {
    let list = Lockgate::new(&["rules", "--scanner", "csp"]).run();
    assert!(list.stdout.contains("LG-CSP-201") && !list.stdout.contains("LG-CMP-"));
    let one = Lockgate::new(&["explain", "LG-NGX-101"]).run();
    assert_eq!(one.code, 0);
    assert!(one.stdout.contains("CWE-693"), "{}", one.stdout);
    let wrong = Lockgate::new(&["rules", "--scanner", "bandit"]).run();
    assert_eq!(wrong.code, 2);
    let json = Lockgate::new(&["rules", "--format", "json"]).run();
    let pages: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    assert!(
        pages
            .iter()
            .all(|page| page["why"].as_str().is_some_and(|why| why.len() > 10))
    );
}

#[test]
fn what_trivy_says_as_well_is_said_once() {
    let dockerfile = "FROM python:3.12-slim\nENV API_TOKEN=change_me_now\nUSER app\n";
    let folder = repository(&[("Dockerfile", dockerfile)]);
    let report = json!({
        "SchemaVersion": 2, "Trivy": {"Version": "0.69.0"}, "CreatedAt": "2026-11-20T10:00:00Z",
        "ArtifactName": ".", "ArtifactType": "repository",
        "Results": [{
            "Target": "Dockerfile", "Class": "config", "Type": "dockerfile",
            "MisconfSummary": {"Successes": 26, "Failures": 1},
            "Misconfigurations": [{
                "Type": "Dockerfile Security Check", "ID": "DS-0031", "Title": "Secrets passed via `build-args` or envs",
                "Message": "Possible exposure of secret env \"API_TOKEN\" in ENV", "Severity": "CRITICAL", "Status": "FAIL",
                "CauseMetadata": {"Provider": "Dockerfile", "Service": "general", "StartLine": 2, "EndLine": 2},
            }],
        }],
    });
    std::fs::write(folder.path().join("trivy.json"), report.to_string()).unwrap();
    let (json, _) = Lockgate::check()
        .args(&["--report", "trivy.json", "--run", "hardening"])
        .args(&["--as-of", "2026-11-21"])
        .inside(folder.path())
        .json();
    let findings = json["findings"].as_array().unwrap();
    let secrets: Vec<&Value> = findings
        .iter()
        .filter(|finding| finding["location"]["line"] == 2)
        .collect();
    assert_eq!(secrets.len(), 1, "{secrets:#?}");
    let witnesses = secrets[0]["witnesses"].as_array().unwrap();
    let rules: Vec<&str> = witnesses
        .iter()
        .filter_map(|one| one["rule"].as_str())
        .collect();
    assert_eq!(rules, ["LG-DKR-103", "DS-0031"]);
}

#[test]
fn tls_that_ends_upstream_is_the_policys_to_decide() {
    let compose = "services:\n  proxy:\n    image: traefik:3.2 # lockgate: tls-upstream\n    ports: [\"80:80\"]\n    command: [\"--entrypoints.web.address=:80\"]\n";
    let folder = repository(&[("docker-compose.yml", compose)]);
    let tls = |policy: &str| -> Option<Value> {
        std::fs::write(folder.path().join("lockgate.toml"), policy).unwrap();
        let (json, _) = scan("hardening", folder.path(), &[]);
        let findings = json["findings"].as_array().unwrap();
        let one = findings.iter().find(|one| one["rule"] == "LG-TRF-103");
        one.map(|one| one["disposition"].clone())
    };
    let with = |key: &str| {
        format!("extends = \"lockgate:balanced\"\n[scanners.hardening]\n{key} = true\n")
    };
    // The comment alone is a request.
    assert_eq!(
        tls("extends = \"lockgate:balanced\"\n"),
        Some(json!("blocked"))
    );
    assert_eq!(tls(&with("allow-comments")), Some(json!("suppressed")));
    assert_eq!(tls(&with("tls-terminated-upstream")), None);
}

/// GitHub links what looks like a commit, and text that must not be linked holds an invisible character.
#[test]
fn a_corrected_line_can_be_copied_from_the_comment() {
    let folder = repository(&[("nginx/default.conf", NGINX)]);
    Lockgate::check()
        .args(&["--run", "csp", "--output", "markdown=summary.md"])
        .inside(folder.path())
        .run();
    let summary = std::fs::read_to_string(folder.path().join("summary.md")).unwrap();
    let line = "Here: <code>add&#95;header Content-Security-Policy \"";
    assert!(summary.contains(line), "{summary}");
    assert!(summary.contains("max-age=31536000"), "{summary}");
}
