//! `lockgate simulate`: another policy on stored runs.

use crate::explain::bandit;
use crate::program::{Lockgate, Outcome};
use serde_json::Value;

/// The bundle of a check of one finding on one day.
fn bundle(severity: &str, day: &str, event: &str) -> Vec<u8> {
    let check = Lockgate::check()
        .file("src/app.py", "x\n")
        .report("", "bandit.json", bandit(&[("B602", severity, 1, "shell")]))
        .args(&["--as-of", day, "--event", event, "--quiet"])
        .args(&["--output", "bundle=run.bundle"]);
    check.run();
    std::fs::read(check.folder.path().join("run.bundle")).unwrap()
}

fn project() -> Lockgate {
    Lockgate::new(&["simulate"])
        .file("runs/1.bundle", bundle("HIGH", "2026-11-18", "local"))
        .file("runs/2.bundle", bundle("MEDIUM", "2026-11-19", "push"))
        .file(
            "runs/3.bundle",
            bundle("LOW", "2026-11-20", "workflow_dispatch"),
        )
        .file(
            "high.toml",
            "[[gate]]\nname = \"high\"\nwhen = { severity = \">=high\" }\naction = \"block\"\n",
        )
        .file(
            "new.toml",
            "[[gate]]\nname = \"medium\"\nwhen = { severity = \">=medium\" }\naction = \"block\"\n",
        )
}

fn run(more: &[&str]) -> Outcome {
    project().args(more).run()
}

#[test]
fn the_table_says_what_would_change() {
    let outcome = run(&["--policy", "new.toml", "runs/*.bundle"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    insta::assert_snapshot!("simulated", outcome.stdout);
}

#[test]
fn two_policies_can_be_compared() {
    let outcome = run(&[
        "--policy",
        "new.toml",
        "--against",
        "high.toml",
        "--format",
        "json",
        "runs/*.bundle",
    ]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(json["against"][0], "high.toml");
    let words = |key: &str| -> Vec<String> {
        let runs = json["runs"].as_array().unwrap().iter();
        runs.map(|run| run[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(words("event"), ["local", "push", "workflow_dispatch"]);
    assert_eq!(words("date"), ["2026-11-18", "2026-11-19", "2026-11-20"]);
    assert_eq!(words("before"), ["block", "pass", "pass"]);
    assert_eq!(words("after"), ["block", "block", "pass"]);
    let shift = &json["runs"][1]["now_blocks"][0];
    assert_eq!(
        (&shift["name"], &shift["after"]["gate"]),
        (&"B602".into(), &"medium".into())
    );
    assert_eq!(json["summary"]["now_block"], 1);
}

#[test]
fn the_same_policy_changes_nothing() {
    let outcome = run(&[
        "--policy",
        "lockgate:balanced",
        "runs/1.bundle",
        "runs/2.bundle",
    ]);
    assert_eq!(outcome.code, 0, "{}", outcome.stdout);
    assert!(
        outcome
            .stdout
            .contains("0 of 2 runs would now block, 2 would end as before")
    );
}

#[test]
fn waivers_are_judged_by_the_day_of_the_run() {
    let waived = "extends = [\"lockgate:balanced\"]\n[[waiver]]\nrule = \"B602\"\npath = \"src/app.py\"\n\
                  reason = \"r\"\nowner = \"@o\"\nexpires = 2026-11-18\n";
    let outcome = project()
        .file("waived.toml", waived)
        .args(&["--policy", "waived.toml", "runs/1.bundle", "runs/2.bundle"])
        .run();
    assert_eq!(outcome.code, 1, "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("1 would no longer block"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_scanner_that_the_new_policy_requires_is_missing() {
    let policy = "extends = [\"lockgate:balanced\"]\n[scanners.trivy]\nrequired = true\n";
    let outcome = project()
        .file("more.toml", policy)
        .args(&["--policy", "more.toml", "runs/3.bundle"])
        .run();
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .stdout
            .contains("trivy: it is required, and no report of it was given")
    );
    assert!(
        outcome.stdout.contains("1 would now be incomplete"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_bundle_that_cannot_be_read_is_no_agreement() {
    let outcome = project()
        .file("runs/4.bundle", "{}")
        .args(&[
            "--policy",
            "lockgate:balanced",
            "runs/*.bundle",
            "gone.bundle",
        ])
        .run();
    assert_eq!(outcome.code, 3);
    assert!(
        outcome
            .stdout
            .contains("runs/4.bundle  cannot be read: it is not a bundle"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stdout
            .contains("gone.bundle  cannot be read: there is no such file")
    );
    assert!(outcome.stdout.contains("2 could not be read"));
}
