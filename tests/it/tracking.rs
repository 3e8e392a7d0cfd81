//! The tracking issue of scheduled scans, against a small GitHub.

use crate::hub::{Account, Answer, Hub, Issue, Level, Permissions, Scope, What};
use crate::program::{Lockgate, Outcome};
use crate::schedule::{POLICY, Project, report};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value, json};

const COMMIT: &str = "cccccccccccccccccccccccccccccccccccccccc";

/// A project that is scanned by the clock, and its GitHub.
struct Scans {
    hub: Hub,
    project: Project,
}

impl Scans {
    fn new() -> Self {
        Self::with(Hub::start(), POLICY)
    }

    fn with(hub: Hub, policy: &str) -> Self {
        let project = Project::new(policy);
        Self { hub, project }
    }

    fn lockgate(&self, run: u32, day: &str, files: &[(&str, &str)]) -> Lockgate {
        let mut lockgate = self.project.command(day, files, &["--upload", "off"]);
        for (name, value) in self.hub.env() {
            lockgate = lockgate.env(&name, &value);
        }
        lockgate
            .env("GITHUB_EVENT_NAME", "schedule")
            .env("GITHUB_REF", "refs/heads/main")
            .env("GITHUB_SHA", COMMIT)
            .env("GITHUB_RUN_ID", &run.to_string())
            .env("GITHUB_RUN_ATTEMPT", "1")
    }

    /// A scan with the report of pip-audit; its number is that of the run.
    fn scan(&self, run: u32, day: &str, ids: &[&str]) -> Outcome {
        self.scan_with(run, day, &report(ids))
    }

    fn scan_with(&self, run: u32, day: &str, content: &str) -> Outcome {
        let outcome = self.lockgate(run, day, &[("pip-audit", content)]).run();
        self.hub
            .keeps_token("the output", outcome.stdout.as_bytes());
        outcome
    }

    fn issues(&self) -> Vec<Issue> {
        self.hub.state().issues.clone()
    }

    fn issue(&self) -> Issue {
        let issues = self.issues();
        assert_eq!(issues.len(), 1, "{issues:#?}");
        issues[0].clone()
    }

    /// What a person does to the issue.
    fn by_hand(&self, change: impl Fn(&mut Issue)) {
        change(self.hub.state().issues.last_mut().unwrap());
    }
}

/// The text without what pages do not show.
fn shown(issue: &Issue) -> String {
    let lines = issue.body.lines().filter(|line| !line.starts_with("<!--"));
    lines.collect::<Vec<_>>().join("\n")
}

const ONE: &str = "PYSEC-2020-1";
const TWO: &str = "PYSEC-2020-2";

#[test]
fn one_issue_is_opened_written_anew_closed_and_opened_again() {
    let scans = Scans::new();
    scans.scan(1, "2026-11-01", &[]);
    assert!(scans.issues().is_empty(), "nothing to say");

    let outcome = scans.scan(2, "2026-11-02", &[ONE]);
    assert_eq!(outcome.code, 0);
    let said = "note: tracking issue opened: https://github.com/octo/shop/issues/1\n";
    assert!(outcome.stdout.contains(said), "{}", outcome.stdout);
    let issue = scans.issue();
    assert_eq!(issue.labels, ["lockgate", "security"]);
    assert_eq!(issue.title, "lockgate: what the scheduled scan found");

    scans.hub.forget();
    scans.scan(3, "2026-11-04", &[ONE, TWO]);
    assert_eq!(scans.hub.requests().len(), 2, "{:?}", scans.hub.lines());
    let text = shown(&scans.issue());
    assert!(text.contains("### Newly disclosed (1)"), "{text}");
    assert!(
        text.contains("blocks on 2026-11-09, in 5 days, by gate"),
        "{text}"
    );

    let outcome = scans.scan(4, "2026-11-09", &[ONE, TWO]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!("tracking_issue", scans.issue().body);

    scans.scan(5, "2026-11-10", &[]);
    let issue = scans.issue();
    assert_eq!(
        (&*issue.state, issue.state_reason.as_deref()),
        ("closed", Some("completed"))
    );
    let text = shown(&issue);
    assert!(
        text.starts_with("## ✅ All clear since 2026-11-10\n"),
        "{text}"
    );
    assert!(text.contains("Resolved since 2026-11-09 (2)"), "{text}");
    assert!(
        text.contains("x-axis [\"11-02\", \"11-04\", \"11-09\", \"11-10\"]"),
        "{text}"
    );

    // A quiet day leaves it alone.
    scans.hub.forget();
    scans.scan(6, "2026-11-11", &[]);
    assert_eq!(scans.hub.writes().len(), 0);

    let outcome = scans.scan(7, "2026-11-12", &[ONE]);
    assert!(
        outcome.stdout.contains("tracking issue opened again"),
        "{}",
        outcome.stdout
    );
    assert_eq!(scans.issue().state, "open");
    assert!(
        scans.hub.state().comments.is_empty(),
        "it never writes a comment"
    );
}

#[test]
fn missing_evidence_never_clears_it() {
    let scans = Scans::new();
    scans.scan(1, "2026-11-01", &[ONE]);
    let outcome = scans.scan_with(2, "2026-11-02", "{");
    assert_eq!(outcome.code, 3);
    let issue = scans.issue();
    assert_eq!(issue.state, "open");
    let text = shown(&issue);
    assert!(text.starts_with("## ❓ Incomplete"), "{text}");
    assert!(
        text.contains("### Missing evidence\n\n- **pip-audit**"),
        "{text}"
    );
    assert!(
        text.contains("\"11-02 ?\"") && text.contains("evidence was missing"),
        "{text}"
    );
}

#[test]
fn what_somebody_closed_by_hand_stays_closed_until_there_is_news() {
    let scans = Scans::new();
    scans.scan(1, "2026-11-01", &[ONE]);
    scans.by_hand(|issue| issue.state = "closed".to_owned());
    let outcome = scans.scan(2, "2026-11-02", &[ONE]);
    assert!(outcome.stdout.contains("left closed"), "{}", outcome.stdout);
    assert_eq!(scans.issue().state, "closed");
    scans.scan(3, "2026-11-03", &[ONE, TWO]);
    assert_eq!(scans.issue().state, "open");
    scans.by_hand(|issue| issue.state = "closed".to_owned());
    scans.scan(4, "2026-11-04", &[ONE, TWO]);
    assert_eq!(scans.issue().state, "closed");
    // Its day has come.
    scans.scan(5, "2026-11-08", &[ONE, TWO]);
    assert_eq!(scans.issue().state, "open");
}

#[test]
fn what_people_wrote_into_it_cannot_break_it() {
    let scans = Scans::new();
    scans.scan(1, "2026-11-01", &[ONE]);
    scans.scan(2, "2026-11-02", &[ONE]);
    let whole = scans.issue().body;
    assert!(whole.contains("```mermaid"));
    for (run, altered) in [
        whole.replace("2026-11-01:", "2026-11-01\"]\nclick x:"),
        whole.replace("points=", "points=2026-10-01:1:1:99999999999999999999,"),
        whole.replace("lockgate:scans", "lockgate:gone"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_ne!(altered, whole);
        scans.by_hand(|issue| issue.body = altered.replace('\n', "\r\n"));
        scans.scan(10 + run as u32, "2026-11-03", &[ONE]);
        let text = shown(&scans.issue());
        assert!(text.contains("It starts anew"), "{text}");
        assert!(!text.contains("```mermaid"), "{text}");
    }
    scans.scan(20, "2026-11-04", &[ONE]);
    let text = shown(&scans.issue());
    assert!(
        !text.contains("It starts anew") && text.contains("```mermaid"),
        "{text}"
    );
}

#[test]
fn only_our_own_issue_is_touched() {
    let scans = Scans::new();
    scans.scan(1, "2026-11-01", &[ONE]);
    let (text, labels) = (scans.issue().body, scans.issue().labels);
    {
        let mut state = scans.hub.state();
        state.issues.clear();
        for author in [
            Account::person("mallory"),
            Account::bot("other[bot]", 7),
            Account::dependabot(),
        ] {
            state.issue(&author, "x", &text, &labels);
        }
        let (me, quoted) = (Account::actions(), format!("Look:\n{text}"));
        state.issue(&me, "our mark within other text", &quoted, &labels);
        let other = text.replace("key=", "key=other");
        state.issue(&me, "another key", &other, &labels);
        state.issue(&me, "no label", &text, &[]);
    }
    let before: Vec<String> = scans.issues().into_iter().map(|issue| issue.body).collect();
    scans.scan(2, "2026-11-02", &[ONE]);
    let after = scans.issues();
    assert_eq!(after.len(), before.len() + 1);
    let kept = after.iter().zip(&before);
    assert!(kept.into_iter().all(|(issue, body)| issue.body == *body));
    assert_eq!(after.last().unwrap().author, Account::actions());
}

#[test]
fn it_is_found_again_under_a_persons_token() {
    let scans = Scans::new();
    scans.hub.state().me = Account::person("ci");
    scans.scan(1, "2026-11-01", &[ONE]);
    scans.scan(2, "2026-11-02", &[ONE]);
    assert_eq!(scans.issue().author, Account::person("ci"));
    // Where nobody can be asked, it is not opened a second time.
    let scans = Scans::with(Hub::enterprise(), POLICY);
    scans.hub.state().me = Account::person("ci");
    scans.scan(1, "2026-11-01", &[ONE]);
    let outcome = scans.scan(2, "2026-11-02", &[ONE]);
    assert!(outcome.stdout.contains("nobody says"), "{}", outcome.stdout);
    scans.issue();
}

#[test]
fn it_is_found_on_a_later_page_and_duplicates_are_closed() {
    let scans = Scans::new();
    {
        let mut state = scans.hub.state();
        for number in 0..120 {
            let label = ["lockgate".to_owned()];
            state.issue(&Account::person("mona"), &format!("{number}"), "x", &label);
        }
    }
    scans.scan(1, "2026-11-01", &[ONE]);
    let first = scans.issues().last().unwrap().clone();
    {
        let mut state = scans.hub.state();
        state.issue(&Account::actions(), "again", &first.body, &first.labels);
    }
    scans.scan(2, "2026-11-02", &[ONE]);
    let issues = scans.issues();
    let [.., kept, needless] = &issues[..] else {
        panic!("{}", issues.len());
    };
    assert_eq!((kept.number, &*kept.state), (121, "open"));
    assert!(kept.body.contains("2026-11-02:1:0:0"), "{}", kept.body);
    let closed = (&*needless.state, needless.state_reason.as_deref());
    assert_eq!(closed, ("closed", Some("not_planned")));
    assert!(
        needless.body.starts_with("This is told in #121"),
        "{}",
        needless.body
    );
    scans.hub.forget();
    scans.scan(3, "2026-11-03", &[ONE]);
    assert_eq!(scans.hub.writes().len(), 1, "it is told once");
}

#[test]
fn of_two_scans_that_open_one_at_the_same_time_the_first_is_kept() {
    let scans = Scans::new();
    let other = Scans::new();
    other.scan(1, "2026-11-01", &[ONE]);
    let (body, labels) = (other.issue().body, other.issue().labels);
    scans.hub.first("POST", "/issues", move |state| {
        let me = Account::actions();
        state.issue(&me, "faster", &body, &labels);
    });
    scans.scan(2, "2026-11-01", &[ONE]);
    let states: Vec<String> = scans.issues().into_iter().map(|i| i.state).collect();
    assert_eq!(states, ["open", "closed"]);
}

#[test]
fn an_older_run_never_overwrites_a_later_one() {
    let scans = Scans::new();
    scans.scan(9, "2026-11-02", &[ONE, TWO]);
    let later = scans.issue().body;
    let outcome = scans.scan(8, "2026-11-01", &[]);
    assert!(
        outcome.stdout.contains("a later scan"),
        "{}",
        outcome.stdout
    );
    assert_eq!(scans.issue().body, later);
    assert_eq!(scans.issue().state, "open");
    let again = scans.lockgate(9, "2026-11-02", &[("pip-audit", &report(&[]))]);
    again.env("GITHUB_RUN_ATTEMPT", "2").run();
    assert_eq!(scans.issue().state, "closed", "the same run, tried again");
}

#[test]
fn what_comes_between_is_told_and_changes_no_verdict() {
    let answer = |status, message: &str| What::Answer(Answer::error(status, message, "x"));
    for (what, said) in [
        (
            answer(410, "Issues are disabled for this repo"),
            "switched off in this repository (410)",
        ),
        (
            answer(403, "Resource not accessible by integration"),
            "`issues: write`",
        ),
        (answer(422, "Validation Failed"), "refused"),
    ] {
        for wish in ["auto", "required"] {
            let scans = Scans::new();
            scans.hub.fail("", "/issues", 9, what.clone());
            let files = [("pip-audit", report(&[ONE]))];
            let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (*a, b.as_str())).collect();
            let lockgate = scans.lockgate(1, "2026-11-01", &files);
            let outcome = lockgate.args(&["--tracking-issue", wish]).run();
            assert!(outcome.stdout.contains(said), "{}", outcome.stdout);
            let code = if wish == "required" { 4 } else { 0 };
            assert_eq!(outcome.code, code, "{}", outcome.stderr);
        }
    }
    let scans = Scans::new();
    scans
        .hub
        .permit(Permissions::all().with(Scope::Issues, Level::Read));
    let outcome = scans.scan(1, "2026-11-01", &[ONE]);
    assert_eq!(outcome.code, 0);
    assert!(
        outcome.stdout.contains("issues: write"),
        "{}",
        outcome.stdout
    );
    assert!(scans.issues().is_empty());
}

#[test]
fn a_lost_answer_opens_no_second_issue() {
    for what in [What::DropAfter, What::DoneBut(Answer::error(502, "x", "x"))] {
        let scans = Scans::new();
        scans.hub.fail("POST", "/issues", 1, what);
        let outcome = scans.scan(1, "2026-11-01", &[ONE]);
        assert!(
            outcome.stdout.contains("tracking issue opened"),
            "{}",
            outcome.stdout
        );
        scans.scan(2, "2026-11-02", &[ONE]);
        scans.issue();
    }
}

#[test]
fn only_scheduled_scans_keep_it_unless_it_is_required() {
    let opened = |name: &str, reference: &str, more: &[&str]| {
        let scans = Scans::new();
        let event = json!({"repository": {"default_branch": "main"}}).to_string();
        let lockgate = Lockgate::check()
            .file("event.json", event)
            .args(&["--report", "p.json", "--upload", "off", "--comment", "off"])
            .args(more)
            .file("lockgate.toml", POLICY)
            .file("p.json", report(&[ONE]))
            .file("requirements.txt", "flask==1.0\n");
        let mut lockgate = lockgate
            .env("GITHUB_EVENT_PATH", "event.json")
            .env("GITHUB_EVENT_NAME", name)
            .env("GITHUB_REF", reference);
        for (name, value) in scans.hub.env() {
            lockgate = lockgate.env(&name, &value);
        }
        let outcome = lockgate.run();
        assert!(outcome.code < 4, "{}", outcome.stderr);
        !scans.issues().is_empty()
    };
    let main = "refs/heads/main";
    let required = &["--tracking-issue", "required"][..];
    assert!(opened("schedule", main, &[]));
    assert!(!opened("schedule", main, &["--tracking-issue", "off"]));
    assert!(!opened("workflow_dispatch", main, &[]));
    assert!(opened("workflow_dispatch", main, required));
    assert!(opened("push", main, required));
    // Never for what is no state of the default branch.
    assert!(!opened("workflow_dispatch", "refs/heads/topic", required));
    assert!(!opened("pull_request", "refs/pull/7/merge", required));
    let disguised = [required, &["--event", "schedule"][..]].concat();
    assert!(!opened("pull_request", "refs/pull/7/merge", &disguised));
    let queue = "refs/heads/gh-readonly-queue/main/pr-7-abc";
    assert!(!opened("merge_group", queue, required));
    assert!(!opened("push", queue, required));
}

/// A report in which everything that a stranger can choose is hostile.
fn hostile(count: usize) -> String {
    let mean = "\n-->\n<!-- lockgate:v1 key= run=9.9 -->\n@everyone </details> ```mermaid ##[error]x |#1 <img src=x>\u{202e}";
    let results: Vec<Value> = (0..count)
        .map(|number| {
            let rule = format!("R{number}{mean}");
            json!({"ruleId": rule, "level": "error", "message": {"text": format!("{mean}{number} {}", "𝄞`".repeat(300))},
                "locations": [{"physicalLocation": {"region": {"startLine": 1},
                    "artifactLocation": {"uri": format!("a%0A]({number})%60@all.py")}}}]})
        })
        .collect();
    let driver = json!({"name": "T", "version": "1", "rules": []});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

#[test]
fn thousands_of_hostile_findings_fit_and_forge_nothing() {
    let scans = Scans::new();
    for run in 1..=2 {
        let content = hostile(5000);
        let day = format!("2026-11-0{run}");
        let outcome = scans.lockgate(run, &day, &[("t", &content)]).run();
        assert!(outcome.code < 4, "{}", outcome.stderr);
    }
    let body = scans.issue().body;
    assert!(body.encode_utf16().count() <= 60_000);
    assert!(
        body.contains("findings are not shown here**"),
        "{body:.2000}"
    );
    assert_eq!(body.matches("<!-- lockgate:v1 ").count(), 1);
    assert!(!body.contains("@everyone") && !body.contains("##["));
    let mut depth = 0i32;
    for event in Parser::new(&body) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                depth += html.matches("<details>").count() as i32;
                depth -= html.matches("</details>").count() as i32;
                assert!(!html.contains("img"), "{html}");
            }
            Event::Start(Tag::Image { .. }) => panic!("an image"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(
                    dest_url.starts_with("https://github.com/octo/shop/"),
                    "{dest_url}"
                );
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    // The next scan finds it all the same.
    scans.scan(3, "2026-11-03", &[]);
    assert_eq!(scans.issues().len(), 1);
}

#[test]
fn each_key_has_an_issue_of_its_own() {
    let scans = Scans::new();
    for key in ["", "api", "web/app", "api"] {
        let content = report(&[ONE]);
        let lockgate = scans.lockgate(1, "2026-11-01", &[("pip-audit", &content)]);
        lockgate.args(&["--comment-key", key]).run();
    }
    let titles: Vec<String> = scans.issues().into_iter().map(|i| i.title).collect();
    assert_eq!(
        titles,
        [
            "lockgate: what the scheduled scan found",
            "lockgate: what the scheduled scan found (api)",
            "lockgate: what the scheduled scan found (web/app)",
        ]
    );
}

#[test]
fn enterprise_servers_are_asked_below_their_own_address() {
    let scans = Scans::with(Hub::enterprise(), POLICY);
    let outcome = scans.scan(1, "2026-11-01", &[ONE]);
    let said = "https://ghe.example.com/octo/shop/issues/1";
    assert!(outcome.stdout.contains(said), "{}", outcome.stdout);
    let link = format!("https://ghe.example.com/octo/shop/blob/{COMMIT}/requirements.txt#L1");
    assert!(scans.issue().body.contains(&link));
}
