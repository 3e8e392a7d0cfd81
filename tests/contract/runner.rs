//! What the action tells the runner: outputs, outcome, summary, annotations.

use crate::act::Scratch;
use crate::fixtures;
use crate::job::Job;
use crate::programs::repository;
use std::collections::BTreeSet;

/// Annotations of one level that GitHub keeps for a step.
const BUDGET: usize = 10;

/// Every output of `action.yml`.
const OUTPUTS: [&str; 9] = [
    "blocking",
    "findings",
    "incomplete",
    "introduced",
    "matrix",
    "report",
    "sarif",
    "verdict",
    "waived",
];

/// Asserts how the step ended: with this exit code, and seen as this by the job.
#[track_caller]
fn ended(job: &Job, code: i32) {
    let (outcome, act) = if code == 0 {
        ("success", 0)
    } else {
        ("failure", 1)
    };
    assert_eq!(
        (job.inner_code(), job.outcome.as_str(), job.code),
        (code, outcome, act)
    );
}

#[track_caller]
fn has_all_outputs(job: &Job) {
    assert_eq!(
        job.outputs
            .keys()
            .map(String::as_str)
            .collect::<BTreeSet<_>>(),
        BTreeSet::from(OUTPUTS)
    );
}

fn clean_bandit() -> Vec<u8> {
    fixtures::read("bandit/wild__svange_tagmania__bandit-report.json")
}

#[test]
fn a_clean_report_passes() {
    let job = Scratch::new()
        .file("reports/bandit.json", clean_bandit())
        .input("reports", "bandit=reports/bandit.json")
        .run();
    ended(&job, 0);
    has_all_outputs(&job);
    assert_eq!(job.output("verdict"), "pass");
    for name in ["blocking", "findings", "incomplete", "introduced", "waived"] {
        assert_eq!(job.output(name), "0", "{name}");
    }
    assert!(job.summary().contains("Passed"), "{}", job.summary());
    assert!(job.commands().is_empty(), "{:?}", job.commands());
    assert!(!job.lines().is_empty());
    // The defaults of the input `outputs`.
    assert!(job.output("sarif").ends_with("/lockgate/upload.sarif"));
    assert!(job.output("report").ends_with("/lockgate/report.json"));
}

#[test]
fn the_files_that_the_outputs_name_are_there() {
    let job = Scratch::new()
        .file("app/reports/bandit.json", clean_bandit())
        .input("working-directory", "app")
        .input("reports", "reports/*.json")
        .input("outputs", "json=out/all.json\n\n  sarif=out/all.sarif  \n")
        .run();
    ended(&job, 0);
    assert!(
        job.output("sarif").ends_with("/app/out/all.sarif"),
        "{:?}",
        job.outputs
    );
    assert!(
        job.output("report").ends_with("/app/out/all.json"),
        "{:?}",
        job.outputs
    );
    let parse = |text: &Option<String>| -> serde_json::Value {
        serde_json::from_str(text.as_ref().expect("the file is there")).unwrap()
    };
    assert_eq!(parse(&job.sarif)["version"], "2.1.0");
    assert_eq!(parse(&job.report)["verdict"], "pass");
}

#[test]
fn the_shop_is_blocked_with_the_worst_in_front() {
    let job = Scratch::new()
        .tree(&repository().join("examples/shop"))
        .run();
    ended(&job, 1);
    has_all_outputs(&job);
    assert_eq!(job.output("verdict"), "block");
    assert_eq!(job.output("incomplete"), "0");
    assert_eq!(job.output("waived"), "1");
    let blocking = job.number("blocking");
    assert!(
        blocking > BUDGET,
        "{blocking} blocking findings do not fill the budget"
    );
    assert!(job.number("findings") > blocking);
    let headline = format!("Blocked by {blocking} findings");
    assert!(job.summary().contains(&headline), "{}", job.summary());

    let errors = job.annotations("error");
    assert_eq!(errors.len(), BUDGET);
    let warnings = job.annotations("warning").len();
    assert!((1..=BUDGET).contains(&warnings), "{warnings} warnings");
    let (last, findings) = errors.split_last().unwrap();
    assert_eq!(
        last.message,
        format!(
            "{} more are in the job summary and the report",
            blocking - findings.len()
        )
    );
    let root = repository().join("examples/shop");
    for error in findings {
        let file = std::fs::read_to_string(root.join(&error.properties["file"])).unwrap();
        let line: usize = error.properties["line"].parse().unwrap();
        assert!((1..=file.lines().count()).contains(&line), "{error:?}");
    }
}

#[test]
fn a_report_that_is_not_there_leaves_the_verdict_incomplete() {
    let job = Scratch::new()
        .file("reports/bandit.json", clean_bandit())
        .input(
            "reports",
            "bandit=reports/bandit.json\npip-audit=reports/pip-audit.json\n",
        )
        .run();
    incomplete(&job);
    let [error] = &*job.annotations("error") else {
        panic!("{:?}", job.commands());
    };
    assert!(
        error.message.contains("reports/pip-audit.json"),
        "{error:?}"
    );
}

#[test]
fn an_npm_audit_that_failed_leaves_the_verdict_incomplete() {
    let error = r#"{"error": {"code": "ENOAUDIT", "summary": "Your configured registry does not support audit requests.", "detail": "The server said: Not Found"}}"#;
    let job = Scratch::new()
        .file("reports/npm.json", error)
        .input("reports", "npm-audit=reports/npm.json")
        .run();
    incomplete(&job);
}

#[test]
fn no_report_at_all_leaves_the_verdict_incomplete() {
    incomplete(&Scratch::new().file("lockgate.toml", "").run());
}

#[track_caller]
fn incomplete(job: &Job) {
    ended(job, 3);
    has_all_outputs(job);
    assert_eq!(job.output("verdict"), "incomplete");
    assert_eq!(job.output("incomplete"), "1");
    assert_eq!(job.output("blocking"), "0");
    assert!(
        job.summary().contains("Missing evidence"),
        "{}",
        job.summary()
    );
    assert_eq!(job.annotations("error").len(), 1);
}

#[test]
fn a_binary_that_is_not_there_fails_the_step() {
    let job = Scratch::new()
        .file("reports/bandit.json", clean_bandit())
        .input("reports", "bandit=reports/bandit.json")
        .input("binary-path", "/nowhere/lockgate")
        .run();
    ended(&job, 5);
    assert_eq!(job.output("verdict"), "");
    assert_eq!(job.annotations("error").len(), 1);
}
