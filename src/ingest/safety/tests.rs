use crate::ingest;
use crate::ingest::tool::Parsed;
use crate::model::{Foreign as _, HealthLevel, Severity};

fn read(text: &str) -> Parsed {
    ingest::read(text.as_bytes(), None).remove(0)
}

fn check(packages: &str, vulnerabilities: &str, found: u32) -> Parsed {
    read(&format!(
        r#"{{"report_meta":{{"scan_target":"files","scanned":["requirements.txt"],"safety_version":"3.6.1",
        "timestamp":"2025-09-16 16:43:52","packages_found":2,"vulnerabilities_found":{found}}},
        "scanned_packages":{packages},"affected_packages":{{"p":{{"secure_versions":["3.0a1","2.2","2.1"]}}}},
        "vulnerabilities":[{vulnerabilities}],"ignored_vulnerabilities":[]}}"#
    ))
}

const PINNED: &str = r#"{"p":{"version":"2.0"},"q":{"version":"1"}}"#;

const VULNERABILITY: &str = r#"{"vulnerability_id":"77744","package_name":"p","analyzed_version":"2.0",
    "advisory":"A redirect is followed.","CVE":"CVE-2025-1","severity":null,"fixed_versions":[]}"#;

#[test]
fn a_check_names_numbers_files_and_fixes() {
    let run = check(PINNED, VULNERABILITY, 1);
    assert_eq!(run.health.level(), HealthLevel::Complete);
    assert_eq!(run.coverage.written, "2025-09-16T16:43:52Z".parse().ok());
    let seen = &run.observations[0];
    assert_eq!(seen.rule.raw(), "pyup-77744");
    let ids: Vec<_> = seen.advisories.iter().map(|id| id.as_str()).collect();
    assert_eq!(ids, ["CVE-2025-1", "pyup-77744"]);
    assert_eq!(seen.severity, None);
    assert_eq!(seen.place.path.as_ref().unwrap().raw(), "requirements.txt");
    let fixed = &seen.package.as_ref().unwrap().fixed;
    assert_eq!(fixed.len(), 2);

    let beta = VULNERABILITY.replacen('{', r#"{"analyzed_requirement":"==2.0","#, 1);
    let run = check(PINNED, &beta, 1);
    assert_eq!(run.observations[0].place.path, seen.place.path);

    let rated = r#"{"source":"nvd","cvssv3":{"base_score":9.8,"base_severity":"CRITICAL"}}"#;
    let rated = VULNERABILITY.replace("null", rated);
    let run = check(PINNED, &rated, 1);
    assert_eq!(run.observations[0].severity, Some(Severity::Critical));
}

#[test]
fn packages_without_a_version_were_not_judged() {
    let run = check(r#"{"p":{"version":"2.0"},"q":{"version":null}}"#, "", 0);
    assert_eq!(run.health.level(), HealthLevel::Partial);
    assert_eq!(run.health.problems()[0].items[0].raw(), "q");
    let run = check(r#"{"p":{"version":null},"q":{"version":null}}"#, "", 0);
    assert_eq!(run.health.level(), HealthLevel::Failed);
    assert_eq!(run.health.problems()[0].code, "all-skipped");
}

#[test]
fn a_shortened_report_is_refused() {
    let run = check(PINNED, "", 1);
    assert_eq!(run.health.problems()[0].code, "inconsistent");
}

#[test]
fn rows_of_version_1_are_read() {
    let plain = r#"["p","<2","1.0","Text of the advisory.","38449"]"#;
    let scored = r#"["p","<2","1.0","Text of the advisory.","38450",null,null]"#;
    let run = read(&format!("[{plain},{scored}]"));
    assert_eq!(run.observations.len(), 2);
    assert_eq!(run.observations[0].rule.raw(), "pyup-38449");
    let run = read(&format!(r#"[{plain},["p"]]"#));
    assert_eq!(run.health.level(), HealthLevel::Failed);
}

#[test]
fn a_scan_names_its_files() {
    let scan = |known: &str| {
        read(&format!(
            r#"{{"meta":{{"safety_version":"3.2.0"}},"scan_results":{{"projects":[{{"files":[{{"location":"/a/requirements.txt",
            "results":{{"dependencies":[{{"name":"flask","specifications":[{{"raw":"flask==0.12",
            "vulnerabilities":{{"known_vulnerabilities":[{known}],"remediation":{{"recommended":"3.0.3"}}}}}}]}}]}}}}]}}]}}}}"#
        ))
    };
    let run = scan(r#"{"id":"36388","ignored":null}"#);
    assert_eq!(run.health.level(), HealthLevel::Complete);
    let package = run.observations[0].package.as_ref().unwrap();
    assert_eq!(package.version.as_ref().unwrap().raw(), "0.12");
    let run = scan(r#"{"id":"36388","ignored":{"code":"manual"}}"#);
    assert!(run.observations.is_empty());
    assert_eq!(run.notes[0].code, "native-suppressions");
    let run = scan(r#"{"id":"36388","ignored":{"code":"unpinned"}}"#);
    assert_eq!(run.health.level(), HealthLevel::Partial);
    let run = read(r#"{"meta":{},"scan_results":{"projects":[]}}"#);
    assert_eq!(run.health.problems()[0].code, "nothing-scanned");
}
