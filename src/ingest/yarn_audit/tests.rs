use crate::ingest::tool::Parsed;
use crate::ingest::{Expected, read};
use crate::model::{Foreign as _, HealthLevel, Relation, Scope};

const ADVISORY: &str = r#"{"type":"auditAdvisory","data":{"resolution":{"id":7,"path":"a>b","dev":true},"advisory":{"id":7,"module_name":"b","severity":"high","findings":[{"version":"1.0.0","paths":["a>b"]}],"patched_versions":">=1.0.2"}}}"#;
const SUMMARY: &str = r#"{"type":"auditSummary","data":{"vulnerabilities":{"low":0,"high":1},"totalDependencies":9}}"#;
const ROW: &str = r#"{"value":"b","children":{"ID":7,"Issue":"Bad","URL":"https://github.com/advisories/GHSA-hrpp-h998-j3pp","Severity":"moderate","Vulnerable Versions":"<2","Tree Versions":["1.0.0"],"Dependents":["a@npm:1.0.0"]}}"#;
const CLEAN: &str =
    r#"{"type":"info","name":1,"displayName":"YN0001","indent":"","data":"No audit suggestions"}"#;
const REGISTRY: &str = r#"{"actions":[],"advisories":{},"muted":[],"metadata":{"vulnerabilities":{"high":0},"totalDependencies":3}}"#;

fn run(lines: &[&str]) -> Parsed {
    let mut runs = read(lines.join("\n").as_bytes(), None);
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

fn code(run: &Parsed) -> &'static str {
    run.health.problems()[0].code
}

#[test]
fn yarn_1_is_read_with_its_summary_only() {
    let whole = run(&[ADVISORY, ADVISORY, SUMMARY]);
    assert_eq!(whole.scanner.as_str(), "yarn-audit");
    assert_eq!(whole.health.level(), HealthLevel::Complete);
    assert_eq!(whole.health.work().unwrap().inputs(), 9);
    assert_eq!(whole.observations.len(), 1, "two ways, one advisory");
    let package = whole.observations[0].package.as_ref().unwrap();
    assert_eq!(package.version.as_ref().unwrap().raw(), "1.0.0");
    assert_eq!(package.scope, Some(Scope::Development));
    assert_eq!(package.paths.len(), 1);
    assert_eq!(whole.observations[0].place.lockfiles, ["yarn.lock"]);
    // Cut at a line, at any line.
    assert_eq!(code(&run(&[ADVISORY, ADVISORY])), "no-summary");
    assert_eq!(code(&run(&[ADVISORY])), "no-summary");
    assert_eq!(code(&run(&[SUMMARY])), "contradiction");
    assert_eq!(code(&run(&[ADVISORY, SUMMARY, SUMMARY])), "second-document");
}

#[test]
fn advisories_that_are_counted_and_not_listed_make_yarn_1_partial() {
    let more = SUMMARY.replace("\"high\":1", "\"high\":3");
    let run_of = |summary: &str| run(&[ADVISORY, summary]);
    assert_eq!(code(&run_of(&more)), "lines-missing");
    let low = SUMMARY.replace("\"low\":0", "\"low\":2");
    assert_eq!(code(&run_of(&low)), "filtered");
    assert_eq!(run_of(&low).health.level(), HealthLevel::Partial);
}

#[test]
fn messages_are_no_result() {
    let no_lockfile = r#"{"type":"info","data":"No lockfile found."}"#;
    let error = r#"{"type":"error","data":"Error: the server answered 405"}"#;
    for lines in [&[no_lockfile][..], &[error], &[no_lockfile, error]] {
        let run = run(lines);
        assert_eq!(run.health.level(), HealthLevel::Failed);
        assert_eq!(code(&run), "no-summary");
        assert_eq!(run.scanner.as_str(), "yarn-audit");
    }
    let run = run(&[error, ADVISORY, SUMMARY]);
    assert_eq!(run.health.level(), HealthLevel::Partial);
    assert_eq!(code(&run), "scanner-error");
}

#[test]
fn yarn_4_lists_deprecated_packages_that_are_no_vulnerabilities() {
    let deprecated = r#"{"value":"c","children":{"ID":"c (deprecation)","Issue":"use d","Severity":"moderate","Vulnerable Versions":"1.0.0","Tree Versions":["1.0.0"],"Dependents":["w@workspace:."]}}"#;
    let found = run(&[ROW, deprecated]);
    assert_eq!(found.health.level(), HealthLevel::Complete);
    assert_eq!(found.observations.len(), 1);
    let package = found.observations[0].package.as_ref().unwrap();
    assert_eq!(package.relation, Some(Relation::Transitive));
    assert!(found.notes.iter().any(|n| n.code == "deprecated"));
    // With an address it is an advisory, whatever its number looks like.
    let texty = ROW.replace("\"ID\":7", "\"ID\":\"7 (deprecation)\"");
    assert_eq!(run(&[&texty]).observations.len(), 1);
    let direct = ROW.replace("a@npm:1.0.0", "w@workspace:.");
    assert!(
        run(&[&direct])
            .notes
            .iter()
            .any(|n| n.code == "direct-only")
    );
}

#[test]
fn rows_that_cannot_be_read_are_not_passed_over() {
    for wrong in [
        r#"{"value":"b","children":{}}"#,
        r#"{"value":7,"children":{"Issue":"x"}}"#,
        r#"{"value":"b","children":{"Issue":7}}"#,
        r#"{"type":"auditAdvisory","data":"x"}"#,
        r#"{"type":"auditAdvisory","data":{"resolution":{},"advisory":{}}}"#,
    ] {
        for lines in [&[wrong][..], &[ROW, wrong], &[wrong, SUMMARY]] {
            let run = run(lines);
            assert_eq!(run.health.level(), HealthLevel::Failed, "{lines:?}");
            assert!(run.observations.is_empty());
        }
    }
}

#[test]
fn yarn_says_that_it_found_nothing() {
    let found = run(&[CLEAN]);
    assert_eq!(found.health.level(), HealthLevel::Complete);
    assert_eq!(code(&run(&[CLEAN, ADVISORY])), "no-summary");
    // Yarn 2 and 3 print the registry's answer in front of it.
    let found = run(&[REGISTRY, CLEAN]);
    assert_eq!(found.scanner.as_str(), "yarn-audit");
    assert_eq!(found.health.work().unwrap().inputs(), 3);
    assert_eq!(code(&run(&[REGISTRY, REGISTRY, CLEAN])), "second-document");
    assert_eq!(code(&run(&[REGISTRY, ROW])), "second-document");
}

#[test]
fn a_shared_format_is_taken_for_what_the_user_says() {
    let named = |name: &str, text: &str| {
        let expected = Expected::named(name).unwrap();
        read(text.as_bytes(), Some(&expected)).remove(0)
    };
    assert_eq!(run(&[REGISTRY]).scanner.as_str(), "npm-audit");
    for name in ["npm-audit", "yarn-audit", "pnpm-audit"] {
        let run = named(name, REGISTRY);
        assert_eq!(run.scanner.as_str(), name);
        assert_eq!(run.health.level(), HealthLevel::Complete, "{name}");
    }
    assert_eq!(code(&named("trivy", REGISTRY)), "wrong-tool");
    // Where the content shows who wrote it, the name does not change that.
    let pnpm = r#"{"actions":[],"advisories":{"1":{"id":1,"module_name":"b","findings":[{"version":"1.0.0","paths":["packages__web>a>b",".>b"]}]}},"muted":[],"metadata":{"vulnerabilities":{"high":2},"totalDependencies":3}}"#;
    let run = named("pnpm", pnpm);
    assert_eq!(run.observations.len(), 1);
    let package = run.observations[0].package.as_ref().unwrap();
    assert_eq!(package.relation, Some(Relation::Direct));
    assert_eq!(
        package.paths,
        [vec!["b".into()], vec!["a".into(), "b".into()]]
    );
    assert_eq!(
        read(pnpm.as_bytes(), None)[0].scanner.as_str(),
        "pnpm-audit"
    );
    for name in ["npm-audit", "yarn-audit"] {
        let run = named(name, pnpm);
        assert_eq!(code(&run), "wrong-tool");
        assert!(run.observations.is_empty());
        assert_eq!(run.scanner.as_str(), name);
    }
}

#[test]
fn what_pnpm_hides_is_seen_in_its_counts() {
    let document = |listed: &str| {
        format!(
            r#"{{"advisories":{{{listed}}},"metadata":{{"vulnerabilities":{{"high":2,"low":1}},"totalDependencies":3}}}}"#
        )
    };
    let high = r#""1":{"id":1,"module_name":"b","severity":"high"}"#;
    let found = run(&[&document(high)]);
    assert_eq!(found.scanner.as_str(), "pnpm-audit");
    assert_eq!(found.health.level(), HealthLevel::Partial);
    assert_eq!(code(&found), "filtered");
    assert_eq!(code(&run(&[&document("")])), "contradiction");
    let error = r#"{"error":{"code":"ERR_PNPM_AUDIT_BAD_RESPONSE","message":"405"}}"#;
    let failed = run(&[error]);
    assert_eq!(failed.scanner.as_str(), "pnpm-audit");
    assert_eq!(code(&failed), "error-document");
}
