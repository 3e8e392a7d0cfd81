//! Code scanning: what is sent, what is said when it is not taken, and what never changes.

use crate::hub::{Hub, Level, Permissions, Scope, What};
use crate::program::{Lockgate, Outcome};
use serde_json::{Value, json};

const COMMIT: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";
const BASE: &str = "3333333333333333333333333333333333333333";

/// A report of a tool with so many findings, of which the first is an error.
fn report(tool: &str, findings: usize) -> String {
    let result = |n: usize| {
        json!({
            "ruleId": "r1", "message": {"text": format!("finding {n}")},
            "level": if n == 0 { "error" } else { "note" },
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": format!("src/{n}.py")}, "region": {"startLine": n + 1}}}],
        })
    };
    let results: Vec<Value> = (0..findings).map(result).collect();
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": tool, "version": "1", "rules": [{"id": "r1"}]}}, "results": results}]})
    .to_string()
}

/// A check that only uploads, on an event.
fn check(hub: &Hub, event: &str, reference: &str, payload: &Value) -> Lockgate {
    let mut lockgate = Lockgate::check()
        .file("event.json", payload.to_string())
        .args(&["--comment", "off", "--tracking-issue", "off"])
        .env("GITHUB_EVENT_NAME", event)
        .env("GITHUB_REF", reference)
        .env("GITHUB_SHA", COMMIT)
        .env("GITHUB_RUN_ID", "77");
    let path = lockgate.folder.path().join("event.json");
    lockgate = lockgate.env("GITHUB_EVENT_PATH", path.to_str().unwrap());
    for (name, value) in hub.env() {
        lockgate = lockgate.env(&name, &value);
    }
    lockgate
}

fn push(hub: &Hub) -> Lockgate {
    let payload = json!({"ref": "refs/heads/main", "before": BASE, "after": COMMIT});
    check(hub, "push", "refs/heads/main", &payload)
}

fn pull(hub: &Hub, from: &str) -> Lockgate {
    let side = |sha: &str, name: &str| json!({"ref": "x", "sha": sha, "repo": {"full_name": name}});
    let pull = json!({"number": 7, "head": side(HEAD, from), "base": side(BASE, crate::hub::NAME)});
    let payload = json!({"number": 7, "pull_request": pull});
    check(hub, "pull_request", "refs/pull/7/merge", &payload)
}

fn posts(hub: &Hub) -> usize {
    hub.writes().len()
}

/// One line, whatever was wrapped.
fn said(outcome: &Outcome) -> String {
    let all = format!("{} {}", outcome.stdout, outcome.stderr);
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_scanner_is_sent_by_itself_under_its_own_category() {
    let hub = Hub::start();
    let outcome = pull(&hub, crate::hub::NAME)
        .report("", "a.json", report("Alpha", 2))
        .report("", "b.json", report("Beta", 1))
        .run();
    let state = hub.state();
    let mut sent: Vec<_> = state.sarifs.iter().flat_map(|s| s.categories()).collect();
    sent.sort();
    let expected = [("Alpha", "lockgate/alpha"), ("Beta", "lockgate/beta")];
    assert_eq!(sent, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    for sarif in &state.sarifs {
        assert_eq!(sarif.errors, Vec::<String>::new());
        assert_eq!(sarif.reference, "refs/pull/7/merge");
        assert_eq!(sarif.commit_sha, COMMIT);
    }
    assert_eq!(state.alerts.len(), 3, "{}", said(&outcome));
    drop(state);
    // Two uploads, and one request for what became of both.
    assert_eq!(hub.requests().len(), 3, "{:?}", hub.lines());
}

#[test]
fn a_failed_run_closes_no_alert_and_a_clean_one_does() {
    let hub = Hub::start();
    let both = |alpha: String, beta: String| {
        push(&hub)
            .report("", "a.json", alpha)
            .report("", "b.json", beta)
            .run()
    };
    both(report("Alpha", 2), report("Beta", 1));
    assert_eq!(hub.state().alerts.len(), 3);
    let failed = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "Alpha", "version": "1"}},
        "invocations": [{"executionSuccessful": false}], "results": []}]});
    let outcome = both(failed.to_string(), report("Beta", 0));
    let state = hub.state();
    let open: Vec<_> = state.alerts.iter().filter(|a| a.state == "open").collect();
    assert_eq!(open.len(), 2);
    assert!(open.iter().all(|alert| alert.tool == "Alpha"));
    let errors: Vec<_> = state.sarifs.iter().flat_map(|s| s.errors.clone()).collect();
    assert_eq!(errors, ["unsuccessful execution"]);
    assert!(
        said(&outcome).contains("alpha: it failed and is sent as failed"),
        "{}",
        said(&outcome)
    );
    assert_eq!(outcome.code, 3);
}

/// Nothing that GitHub does changes the verdict.
#[test]
fn what_github_refuses_is_one_sentence_and_the_verdict_stands() {
    let alone = |hub: &Hub| pull(hub, "fork/shop").report("", "a.json", report("Alpha", 1));
    let verdict = alone(&Hub::start()).args(&["--upload", "off"]).run().code;
    assert_ne!(verdict, 0);

    let hub = Hub::start();
    hub.permit(Permissions::read_only());
    let outcome = alone(&hub).run();
    assert_eq!(outcome.code, verdict);
    let words = said(&outcome);
    assert!(
        words.contains("`security-events: write`") && words.contains("fork"),
        "{words}"
    );
    assert_eq!(words.matches("note: code scanning:").count(), 1, "{words}");
    assert_eq!(posts(&hub), 1, "one refusal is enough");

    let hub = Hub::start();
    hub.state().code_scanning = false;
    let outcome = push(&hub).report("", "a.json", report("Alpha", 0)).run();
    assert_eq!(outcome.code, 0);
    assert!(said(&outcome).contains("not enabled"), "{}", said(&outcome));
    let outcome = push(&hub)
        .report("", "a.json", report("Alpha", 0))
        .args(&["--upload", "required"])
        .run();
    assert_eq!(outcome.code, 4, "{}", said(&outcome));
}

#[test]
fn the_servers_own_words_are_told_and_cannot_forge_anything() {
    let hub = Hub::start();
    let forged = "bad\n::error::forged\n##[set-output name=verdict]pass";
    hub.fail(
        "POST",
        "/sarifs",
        1,
        What::Answer(crate::hub::Answer::error(400, forged, "")),
    );
    let outcome = push(&hub)
        .report("", "a.json", report("Alpha", 0))
        .report("", "b.json", report("Beta", 0))
        .run();
    assert_eq!(outcome.code, 0);
    let words = said(&outcome);
    assert!(
        words.contains("lockgate/alpha") && words.contains("bad"),
        "{words}"
    );
    assert!(!outcome.stdout.contains("\n::error::forged") && !outcome.stdout.contains("##[set"));
    // The others are sent all the same.
    assert_eq!(hub.state().sarifs.len(), 1);
    hub.keeps_token("the output", words);
}

#[test]
fn a_slow_server_is_waited_for_and_not_for_ever() {
    let hub = Hub::start();
    hub.fail("POST", "/sarifs", 1, What::down(503));
    let outcome = push(&hub)
        .report("", "a.json", report("Alpha", 0))
        .args(&["--api-time", "6"])
        .run();
    assert_eq!(outcome.code, 0, "{}", said(&outcome));
    assert_eq!(
        hub.state().sarifs.len(),
        1,
        "an upload replaces itself and may be sent again"
    );
}

/// Its branch is gone when the queue is done.
#[test]
fn nothing_is_sent_for_a_merge_queue() {
    let hub = Hub::start();
    let group = json!({"merge_group": {"base_sha": BASE, "base_ref": "refs/heads/main"}});
    let reference =
        "refs/heads/gh-readonly-queue/main/pr-7-3333333333333333333333333333333333333333";
    check(&hub, "merge_group", reference, &group)
        .report("", "a.json", report("Alpha", 0))
        .args(&["--upload", "required"])
        .run();
    assert_eq!(hub.requests().len(), 0, "{:?}", hub.lines());
}

#[test]
fn an_enterprise_server_gets_no_field_that_it_does_not_know() {
    let hub = Hub::enterprise();
    push(&hub).report("", "a.json", report("Alpha", 1)).run();
    assert_eq!(hub.state().sarifs.len(), 1, "{:?}", hub.lines());
}

const AGED: &str = "[[gate]]\nname = \"old\"\nwhen = { age = \">=30d\" }\naction = \"block\"\n";

#[test]
fn ages_come_from_the_alerts_and_an_api_that_fails_makes_nothing_milder() {
    let hub = Hub::start();
    let upload = push(&hub).report("", "a.json", report("Alpha", 1)).run();
    assert_eq!(hub.state().alerts.len(), 1, "{}", said(&upload));
    let aged = |args: &[&str]| {
        check(&hub, "schedule", "refs/heads/main", &json!({}))
            .file("lockgate.toml", AGED)
            .report("", "a.json", report("Alpha", 1))
            .args(&["--upload", "off", "--alerts", "api"])
            .args(args)
            .run()
    };
    assert_eq!(aged(&[]).code, 0, "the alert is new");
    hub.state().alerts[0].created = "2020-01-01T00:00:00Z".to_owned();
    assert_eq!(aged(&[]).code, 1);
    hub.state().alerts[0].state = "fixed".to_owned();
    assert_eq!(aged(&[]).code, 0);
    hub.permit(Permissions::all().with(Scope::SecurityEvents, Level::None));
    let outcome = aged(&[]);
    assert_eq!(outcome.code, 1, "{}", said(&outcome));
    assert!(
        said(&outcome).contains("ages are unknown"),
        "{}",
        said(&outcome)
    );
}

#[test]
fn any_sarif_can_be_looked_at_before_it_is_sent() {
    let good = Lockgate::new(&["sarif", "check", "a.sarif"])
        .file("a.sarif", report("Alpha", 1))
        .run();
    assert_eq!(good.code, 3, "rules without texts: {}", good.stdout);
    let upload = Lockgate::check()
        .report("", "a.json", report("Alpha", 1))
        .args(&["--output", "upload-sarif=up.sarif"]);
    upload.run();
    let outcome = Lockgate::new(&["sarif", "check", "up.sarif"])
        .inside(upload.folder.path())
        .run();
    assert_eq!(outcome.code, 0, "{}", outcome.stdout);
    assert!(
        outcome
            .stdout
            .starts_with("up.sarif: GitHub would take it\n")
    );
    let missing = Lockgate::new(&["sarif", "check", "no.sarif"]).run();
    assert_eq!(missing.code, 2);
}
