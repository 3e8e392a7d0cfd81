//! What a person is told to do about a package.

use crate::program::Lockgate;
use serde_json::{Value, json};

const LOCK: &str = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "express": "^4" } },
    "node_modules/express": { "version": "4.0.0" },
    "node_modules/cookie": { "version": "0.4.1" },
    "node_modules/express/node_modules/cookie": { "version": "0.3.0" }
  }
}"#;

fn trivy(name: &str, installed: &str, fixed: &str) -> String {
    json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
        {"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2020-1", "PkgName": name, "InstalledVersion": installed,
             "FixedVersion": fixed, "Severity": "HIGH"}]}]})
    .to_string()
}

fn fix(name: &str, installed: &str, fixed: &str) -> Value {
    let (json, _) = Lockgate::check()
        .file("package-lock.json", LOCK)
        .report("", "t.json", trivy(name, installed, fixed))
        .json();
    json["findings"][0]["fix"].clone()
}

#[test]
fn a_direct_dependency_is_moved_and_a_transitive_one_refreshed() {
    let direct = fix("express", "4.0.0", "3.9.1, 4.2.0");
    assert_eq!(
        direct["text"],
        "upgrade express from 4.0.0 to 4.2.0 or later (minor): `npm install express@4.2.0`"
    );
    assert_eq!(direct["distance"], "minor");
    assert_eq!(direct["command"], "npm install express@4.2.0");
    let transitive = fix("cookie", "0.3.0", "0.3.2");
    let text = transitive["text"].as_str().unwrap();
    assert!(text.starts_with(
        "upgrade cookie from 0.3.0 to 0.3.2 or later (patch): refresh the lockfile (`npm update cookie`)"
    ));
}

#[test]
fn no_command_is_made_of_hostile_names_and_versions() {
    for (name, installed, fixed) in [
        ("express", "4.0.0", "4.2.0;id"),
        ("$(id)", "4.0.0", "4.2.0"),
        ("-g", "4.0.0", "4.2.0"),
    ] {
        assert_eq!(fix(name, installed, fixed)["command"], Value::Null);
    }
}

#[test]
fn an_advisory_for_two_installed_versions_is_two_findings() {
    let npm = json!({"auditReportVersion": 2, "vulnerabilities": {"cookie": {
        "name": "cookie", "severity": "low", "isDirect": false, "range": "<0.7.0",
        "nodes": ["node_modules/cookie", "node_modules/express/node_modules/cookie"],
        "via": [{"source": 1, "name": "cookie", "dependency": "cookie", "title": "t",
            "url": "https://github.com/advisories/GHSA-pxg6-pf52-xh8x", "severity": "low",
            "range": "<0.7.0"}],
        "fixAvailable": {"name": "express", "version": "4.2.0", "isSemVerMajor": false}}},
        "metadata": {"vulnerabilities": {"total": 1}, "dependencies": {"total": 3}}});
    let (json, _) = Lockgate::check()
        .file("package-lock.json", LOCK)
        .report("", "n.json", npm.to_string())
        .json();
    let findings = json["findings"].as_array().unwrap();
    let mut seen: Vec<_> = findings
        .iter()
        .map(|f| {
            (
                f["package"]["version"].as_str(),
                f["location"]["line"].as_u64(),
            )
        })
        .collect();
    seen.sort();
    assert_eq!(seen, [(Some("0.3.0"), Some(7)), (Some("0.4.1"), Some(6))]);
    // npm names the dependency to move; the lockfile knows how far that is.
    assert_eq!(findings[0]["fix"]["package"], "express");
    assert_eq!(findings[0]["fix"]["distance"], "minor");
    assert_eq!(json["runs"][0]["findings"], 1, "what the report lists");
}
