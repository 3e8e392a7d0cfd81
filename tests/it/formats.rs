//! What users rely on across the formats: names, refusals, damage to XML, bounded work.

use crate::corpus::{folder, rows};
use lockgate::ingest::{self, Expected, tool::Parsed};
use lockgate::model::{Foreign as _, HealthLevel};

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(folder().join(path)).unwrap()
}

fn read_as(path: &str, name: &str) -> Parsed {
    let expected = Expected::named(name).unwrap();
    ingest::read(&fixture(path), Some(&expected)).remove(0)
}

#[test]
fn a_bill_of_materials_is_its_tools_evidence() {
    let path = "cyclonedx/dd_cyclonedx__nested-component-log4j.json";
    let run = read_as(path, "grype");
    assert_eq!(run.scanner.as_str(), "grype");
    assert_eq!(run.observations.len(), 8);
    // Another tool's evidence does not pass for Trivy's.
    let run = read_as(path, "trivy");
    assert_eq!(run.health.problems()[0].code, "wrong-tool");
    assert!(run.observations.is_empty());
    // pip-audit does not write its name; the user does.
    let path = "pip-audit/gen__vulnflask.cdx.xml";
    assert_eq!(read_as(path, "pip-audit").scanner.as_str(), "pip-audit");
    let unnamed = ingest::read(&fixture(path), None).remove(0);
    assert_eq!(unnamed.scanner.as_str(), "cyclonedx");
}

#[test]
fn an_empty_list_of_leaks_comes_with_the_way_out() {
    let expected = Expected::named("gitleaks").unwrap();
    for empty in ["[]", "null"] {
        let run = ingest::read(empty.as_bytes(), Some(&expected)).remove(0);
        assert_eq!(run.health.level(), HealthLevel::Failed);
        let problem = &run.health.problems()[0];
        assert!(problem.text.contains("SARIF"), "{}", problem.text);
    }
}

#[test]
fn formats_that_are_not_read_are_refused_by_name() {
    for (path, name) in [
        ("hadolint/gen__many-checkstyle.xml", "Checkstyle XML"),
        ("hadolint/gen__many-codeclimate.json", "Code Climate JSON"),
        (
            "secretlint/dd_secretlint__secretlint_one_vuln.json",
            "secretlint",
        ),
        (
            "detect-secrets/dd_detect_secrets__many_findings.json",
            "detect-secrets",
        ),
        ("snyk/dd_snyk__single_project_no_vulns.json", "Snyk"),
        ("snyk/dd_snyk__all-projects_no_vulns.json", "Snyk"),
        ("govulncheck/dd_govulncheck__many_vulns.json", "govulncheck"),
        (
            "govulncheck/dd_govulncheck__many_vulns_new_version.json",
            "govulncheck",
        ),
        (
            "composer-audit/dd_composer_audit__composer_audit_no_vuln.json",
            "Composer",
        ),
    ] {
        let run = ingest::read(&fixture(path), None).remove(0);
        let problem = &run.health.problems()[0];
        assert_eq!(
            problem.code, "unsupported-format",
            "{path}: {}",
            problem.text
        );
        assert!(problem.text.contains(name), "{path}: {}", problem.text);
    }
}

/// No single damaged sign of the markup turns an XML report into one with fewer findings.
#[test]
fn damaged_markup_never_hides_findings() {
    let mut wrong = Vec::new();
    for row in rows() {
        let bytes = fixture(&row.path);
        if !bytes.starts_with(b"<") || bytes.len() > 10_000 || row.findings.is_none() {
            continue;
        }
        let whole = ingest::read(&bytes, None);
        let count = |runs: &[Parsed]| runs.iter().map(|r| r.observations.len()).sum::<usize>();
        let clean = |runs: &[Parsed]| {
            let complete = |run: &Parsed| run.health.level() == HealthLevel::Complete;
            runs.iter().all(complete)
        };
        for at in (0..bytes.len()).filter(|at| b"<>/=\"!?-".contains(&bytes[*at])) {
            let mut damaged = bytes.clone();
            damaged[at] = b'~';
            let runs = ingest::read(&damaged, None);
            if clean(&runs) && count(&runs) < count(&whole) {
                wrong.push(format!("{} at {at}", row.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What one part of a document says and many findings repeat is repeated in short.
#[test]
fn shared_texts_do_not_multiply() {
    let long = "x".repeat(200_000);
    let vulnerability =
        format!(r#"{{"id":"CVE-2024-1","source":{{"name":"{long}"}},"affects":[{{"ref":"a"}}]}}"#);
    let one = format!(
        r#"{{"id":"CVE-2024-2","description":"{long}","recommendation":"{long}","affects":[{}]}}"#,
        (0..2_000)
            .map(|i| format!(r#"{{"ref":"urn:cdx:{i}#pkg:npm/{i}@1"}}"#))
            .collect::<Vec<_>>()
            .join(",")
    );
    let bom = format!(
        r#"{{"bomFormat":"CycloneDX","metadata":{{"component":{{"type":"container","name":"{long}"}}}},
        "components":[{{"bom-ref":"a","name":"{long}","version":"{long}","purl":"pkg:npm/{long}@1"}}],
        "vulnerabilities":[{one}{}]}}"#,
        format!(",{vulnerability}").repeat(20)
    );
    let run = ingest::read(bom.as_bytes(), None).remove(0);
    assert_eq!(run.observations.len(), 2_020);
    let size: usize = run
        .observations
        .iter()
        .map(|o| {
            let package = o.package.as_ref().unwrap();
            let version = package.version.as_ref().map_or(0, |v| v.raw().len());
            let target = o.place.target.as_ref().map_or(0, |t| t.raw().len());
            o.message.raw().len() + package.name.raw().len() + version + target
        })
        .sum();
    assert!(size < 2 * bom.len(), "{size} of {}", bom.len());
}

/// Each of these would take minutes if the work grew with the square of the length.
#[test]
fn hostile_markup_is_refused_or_read_in_linear_time() {
    let bom = |inside: &str, attributes: &str| {
        format!("<bom xmlns='http://cyclonedx.org/schema/bom/1.5'{attributes}>{inside}</bom>")
    };
    let names: String = (0..200_000).map(|i| format!(" xmlns:n{i}='u'")).collect();
    let component = "<component type='library'><name>n</name></component>";
    for text in [
        bom("", &" a='b'".repeat(500_000)),
        bom("", &names),
        bom(&"<x:a/>".repeat(300_000), " xmlns:x='u'"),
        bom(
            &format!("<components>{}</components>", component.repeat(20_000)),
            "",
        ),
        bom(&"&amp;".repeat(300_000), ""),
        format!(
            "<!DOCTYPE bom [{}]><bom/>",
            "<!ENTITY a 'b'>".repeat(50_000)
        ),
    ] {
        for run in ingest::read(text.as_bytes(), None) {
            assert_eq!(run.health.level(), HealthLevel::Failed);
        }
    }
}

#[test]
fn sarif_tells_when_it_was_written_and_what_was_looked_at() {
    let sarif = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T"}}, "results": [],
        "invocations": [{"executionSuccessful": true, "endTimeUtc": "2026-11-20T10:00:00Z"},
            {"executionSuccessful": true, "startTimeUtc": "2026-11-19T10:00:00Z"}],
        "artifacts": [{"location": {"uri": "src/b.c"}}, {"location": {"uri": "src/a.c"}}]}]}"#;
    let runs = ingest::read(sarif.as_bytes(), None);
    let coverage = &runs[0].coverage;
    assert_eq!(coverage.written, "2026-11-20T10:00:00Z".parse().ok());
    let names: Vec<&str> = coverage.inputs.iter().map(|name| name.raw()).collect();
    assert_eq!(names, ["src/a.c", "src/b.c"]);
}
