//! What the action brings to GitHub, for every event, with every request and answer as published.

use crate::act::Scratch;
use crate::hub::{State, What};
use crate::job::Job;
use serde_json::{Value, json};

/// What the change brings along, and what becomes of it on a pull request.
const EVIDENCE: [(&str, i32); 3] = [("block", 1), ("pass", 0), ("incomplete", 3)];

/// A Bandit report with a finding in the line that the change adds, or with none.
fn bandit(finds: bool) -> String {
    let finding = json!({
        "code": "1 eval(x)\n", "filename": "app.py", "issue_severity": "HIGH",
        "issue_confidence": "HIGH", "issue_text": "Use of eval.", "line_number": 1,
        "line_range": [1], "more_info": "", "test_id": "B307", "test_name": "eval",
        "issue_cwe": {"id": 95, "link": ""}, "col_offset": 0, "end_col_offset": 7,
    });
    let results: Vec<Value> = finds.then_some(finding).into_iter().collect();
    json!({
        "errors": [], "generated_at": "2026-11-21T08:00:00Z", "results": results,
        "metrics": {"_totals": {"loc": 3}, "app.py": {"loc": 3}},
    })
    .to_string()
}

fn scratch(event: &str, verdict: &str) -> Scratch {
    let scratch = Scratch::new()
        .event(event)
        .file("app.py", "eval(x)\n")
        .input("reports", "bandit=reports/bandit.json");
    match verdict {
        "incomplete" => scratch,
        verdict => scratch.file("reports/bandit.json", bandit(verdict == "block")),
    }
}

#[track_caller]
fn ended(job: &Job, verdict: &str, code: i32) {
    let lines = job.lines().join("\n");
    assert_eq!(
        (job.output("verdict"), job.inner_code()),
        (verdict, code),
        "{lines}"
    );
    assert_eq!(job.outcome, if code == 0 { "success" } else { "failure" });
    assert!(!job.summary().is_empty());
    let errors = job.annotations("error").len();
    assert_eq!(errors > 0, code != 0, "{errors} errors");
    assert_eq!(job.violations(), [""; 0]);
    assert!(job.hub().lines().len() <= 8, "{:#?}", job.hub().lines());
}

/// Whether code scanning took a run of this tool for one that has looked.
fn processed(state: &State, tool: &str) -> bool {
    let mut taken = state.sarifs.iter().filter(|sarif| sarif.errors.is_empty());
    taken.any(|sarif| sarif.categories().iter().any(|(name, _)| name == tool))
}

#[test]
fn a_pull_request_gets_a_comment_and_its_alerts() {
    for (verdict, code) in EVIDENCE {
        let job = scratch("pull_request", verdict).by_the_book().run();
        ended(&job, verdict, code);
        let state = job.hub().state();
        // Who has nothing to tell begins no conversation.
        let comments = usize::from(verdict != "pass");
        assert_eq!(state.comments_of(7).len(), comments, "{verdict}");
        assert_eq!(processed(&state, "Bandit"), verdict != "incomplete");
        for sarif in &state.sarifs {
            assert_eq!(sarif.reference, "refs/pull/7/merge");
        }
    }
}

#[test]
fn what_may_not_write_is_told_and_judged_all_the_same() {
    for event in ["pull_request_fork", "pull_request_dependabot"] {
        for (verdict, code) in EVIDENCE {
            let job = scratch(event, verdict).by_the_book().run();
            ended(&job, verdict, code);
            let state = job.hub().state();
            assert_eq!(
                (state.comments.len(), state.sarifs.len()),
                (0, 0),
                "{event}"
            );
        }
    }
}

#[test]
fn a_merge_queue_is_judged_and_leaves_no_comment() {
    for (verdict, code) in EVIDENCE {
        let job = scratch("merge_group", verdict).by_the_book().run();
        ended(&job, verdict, code);
        let state = job.hub().state();
        assert_eq!((state.comments.len(), state.issues.len()), (0, 0));
    }
}

#[test]
fn a_push_brings_its_alerts_to_the_branch() {
    for (verdict, code) in EVIDENCE {
        let job = scratch("push_branch", verdict).by_the_book().run();
        ended(&job, verdict, code);
        let state = job.hub().state();
        assert_eq!((state.comments.len(), state.issues.len()), (0, 0));
        assert_eq!(processed(&state, "Bandit"), verdict != "incomplete");
        for sarif in &state.sarifs {
            assert_eq!(sarif.reference, "refs/heads/main");
        }
    }
}

/// By default what was there before stops no scheduled scan; the tracking issue tells of it.
#[test]
fn a_scheduled_scan_opens_its_issue() {
    for (evidence, verdict, code, issues) in [
        ("block", "warn", 0, 1),
        ("pass", "pass", 0, 0),
        ("incomplete", "incomplete", 3, 1),
    ] {
        let job = scratch("schedule", evidence).by_the_book().run();
        ended(&job, verdict, code);
        let state = job.hub().state();
        assert_eq!(
            (state.comments.len(), state.issues.len()),
            (0, issues),
            "{evidence}"
        );
    }
}

#[test]
fn a_run_by_hand_brings_its_alerts_and_no_issue() {
    for evidence in ["pass", "incomplete"] {
        let job = scratch("workflow_dispatch", evidence).by_the_book().run();
        ended(&job, evidence, if evidence == "pass" { 0 } else { 3 });
        let state = job.hub().state();
        assert_eq!((state.comments.len(), state.issues.len()), (0, 0));
    }
}

#[test]
fn statuses_are_set_when_they_are_asked_for() {
    for (status, checks, statuses) in [("check-run", 1, 0), ("commit-status", 0, 1)] {
        let scratch = scratch("pull_request", "block").by_the_book();
        let job = scratch.input("status", status).run();
        ended(&job, "block", 1);
        let state = job.hub().state();
        assert_eq!(
            (state.checks.len(), state.statuses.len()),
            (checks, statuses)
        );
        for check in &state.checks {
            assert_eq!(check["conclusion"], "failure");
        }
        for status in &state.statuses {
            assert_eq!(status["state"], "failure");
        }
    }
}

#[test]
fn what_is_required_and_refused_fails_the_step() {
    for input in ["comment", "upload"] {
        let job = scratch("pull_request_fork", "pass")
            .input(input, "required")
            .run();
        assert_eq!(
            (job.output("verdict"), job.inner_code()),
            ("pass", 4),
            "{input}"
        );
        let job = scratch("pull_request_fork", "block")
            .input(input, "required")
            .run();
        assert_eq!(
            (job.output("verdict"), job.inner_code()),
            ("block", 1),
            "{input}"
        );
    }
}

#[test]
fn a_github_that_is_down_changes_nothing() {
    for what in [
        What::down(503),
        What::DropBefore,
        What::secondary(429, Some(3000)),
    ] {
        let scratch = scratch("pull_request", "block");
        scratch.hub.fail("", "", usize::MAX, what.clone());
        let job = scratch.run();
        assert_eq!(
            (job.output("verdict"), job.inner_code()),
            ("block", 1),
            "{what:?}"
        );
        assert!(!job.summary().is_empty());
        assert!(!job.annotations("error").is_empty());
    }
}
