use super::*;
use crate::model::{Foreign as _, HealthLevel};

fn read(results: &str, rest: &str) -> Parsed {
    let text = format!(r#"{{"version":"1.0","results":[{results}],"errors":[]{rest}}}"#);
    let shape = serde_json::from_str(&text).unwrap();
    assert_eq!(Semgrep.sniff(&shape), Some("Semgrep JSON"));
    Semgrep.parse(&text, &shape).unwrap()
}

fn one(extra: &str) -> Observation {
    let result = format!(
        r#"{{"check_id":"a.b.my-rule","path":"x.py","start":{{"line":3,"col":5}},
        "end":{{"line":3,"col":9}},"extra":{{{extra}}}}}"#
    );
    let run = read(&result, "");
    assert_eq!(run.health.level(), HealthLevel::Complete);
    assert_eq!(run.rules.len(), 1);
    run.observations.into_iter().next().unwrap()
}

#[test]
fn both_generations_of_severities() {
    for (word, expected) in [
        ("ERROR", Some(Severity::High)),
        ("WARNING", Some(Severity::Medium)),
        ("INFO", Some(Severity::Low)),
        ("CRITICAL", Some(Severity::Critical)),
        ("LOW", Some(Severity::Low)),
        ("OTHER", None),
    ] {
        let observation = one(&format!(r#""severity":"{word}""#));
        assert_eq!(observation.severity, expected, "{word}");
    }
}

#[test]
fn metadata_lines_and_suppression() {
    let observation = one(
        r#""severity":"ERROR","message":"A sentence here. More.","is_ignored":true,
        "lines":"    call(1)\n    more","metadata":{"cwe":"CWE-79: Neutralization ('XSS 2')",
        "confidence":"LOW","technology":["python"]}"#,
    );
    assert_eq!(observation.kind, Kind::Code);
    assert_eq!(observation.title.raw(), "A sentence here");
    assert_eq!(observation.standing, Standing::Suppressed(None));
    assert_eq!(observation.quoted_line.unwrap().raw(), "    call(1)");
    assert_eq!(observation.cwe.into_iter().collect::<Vec<_>>(), [79]);
    assert_eq!(observation.place.region.unwrap().column, Some(5));
    let hidden = one(r#""lines":"requires login","message":"m""#);
    assert_eq!(hidden.quoted_line, None);
}

#[test]
fn secrets_are_neither_quoted_nor_in_the_message() {
    let extra = |metavars: &str| {
        format!(
            r#""message":"Found WITHHELD here","lines":"key = WITHHELD","fix":"WITHHELD",
            "metavars":{metavars},"metadata":{{"technology":["secrets"]}}"#
        )
    };
    let observation = one(&extra(r#"{"$X":{"abstract_content":"WITHHELD"}}"#));
    assert_eq!(observation.kind, Kind::Secret);
    assert!(!format!("{observation:?}").contains("WITHHELD"));
    // Nothing was put into this one.
    assert!(one(&extra("{}")).message.raw().starts_with("Found"));
}

#[test]
fn supply_chain_findings_are_about_packages() {
    let observation = one(
        r#""severity":"HIGH","message":"m","metadata":{"sca-vuln-database-identifier":"CVE-2024-1",
        "sca-fix-versions":[{"lodash":"4.17.21"},{"other":"1"}]},"sca_info":{"reachable":false,
        "dependency_match":{"lockfile":"package-lock.json","found_dependency":{"package":"lodash",
        "version":"4.17.1","ecosystem":"npm","transitivity":"direct"}}}"#,
    );
    assert_eq!(observation.kind, Kind::Dependency);
    let package = observation.package.unwrap();
    assert_eq!(package.fixed, ["4.17.21".into()]);
    assert_eq!(package.relation, Some(Relation::Direct));
    assert_eq!(observation.advisories.len(), 1);
    assert_eq!(observation.place.path.unwrap().raw(), "package-lock.json");
}

#[test]
fn gaps_are_told_and_choices_are_noted() {
    let skipped = |reason: &str| {
        let paths = format!(
            r#","paths":{{"scanned":["a"],"skipped":[{{"path":"b","reason":"{reason}"}}]}}"#
        );
        let run = read("", &paths);
        (run.health.level(), run.notes.len())
    };
    assert_eq!(skipped("too_big"), (HealthLevel::Partial, 0));
    assert_eq!(
        skipped("semgrepignore_patterns_match"),
        (HealthLevel::Complete, 1)
    );
    assert_eq!(skipped("wrong_language"), (HealthLevel::Complete, 0));
    let rules = read(
        "",
        r#","paths":{"scanned":["a"]},"skipped_rules":[{"rule_id":"r"}]"#,
    );
    assert_eq!(rules.health.level(), HealthLevel::Partial);
    let nothing = read("", r#","paths":{"scanned":[]}"#);
    assert_eq!(nothing.health.problems()[0].code, "nothing-scanned");
}
