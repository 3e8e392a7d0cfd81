//! What is brought to GitHub, against the fake one: the verdict never depends on it.

use crate::hub::{Account, Answer, Hub, Level, Permissions, Scope, What};
use crate::job::{Evidence, Job, Ran};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// The most requests that an ordinary pull request may take.
const MOST_REQUESTS: usize = 8;

/// Everything that reads and decides in a run, without GitHub.
fn alone(event: &str, evidence: Evidence) -> Ran {
    let mut job = Job::on(event, evidence);
    for name in ["COMMENT", "UPLOAD", "TRACKING_ISSUE"] {
        job.env(&format!("LOCKGATE_{name}"), "off");
    }
    let ran = job.run();
    assert_eq!(job.hub.lines(), [""; 0]);
    ran
}

/// Fails if the run has not come to the same as one without GitHub.
#[track_caller]
fn undisturbed(job: &Job, event: &str, evidence: Evidence, what: &str) -> Ran {
    let (ran, alone) = (job.run(), alone(event, evidence));
    assert_eq!(ran.verdict(), alone.verdict(), "{what}");
    assert_eq!(ran.output("findings"), alone.output("findings"), "{what}");
    // Only the pull request is stopped by this finding; the others are told of it.
    if event.starts_with("pull_request") {
        let verdict = (ran.code, ran.output("verdict"));
        assert_eq!(verdict, evidence.expected(), "{what}");
    }
    assert!(!ran.summary.is_empty(), "{what}");
    ran
}

#[test]
fn an_ordinary_pull_request_takes_few_requests() {
    for evidence in Evidence::ALL {
        let job = Job::on("pull_request", evidence);
        undisturbed(&job, "pull_request", evidence, "first");
        let first = job.hub.lines();
        assert!(first.len() <= MOST_REQUESTS, "{first:#?}");
        // Who has nothing to tell begins no conversation.
        let comments = usize::from(evidence != Evidence::Passing);
        assert_eq!(job.comments().len(), comments, "{evidence:?}: {first:#?}");
        // Nothing has changed, so nothing is written but what code scanning gets anew.
        job.hub.forget();
        undisturbed(&job, "pull_request", evidence, "second");
        let second = job.hub.lines();
        assert!(second.len() <= MOST_REQUESTS, "{second:#?}");
        assert!(
            second.iter().all(|line| !line.contains("PATCH")),
            "{second:#?}"
        );
        assert_eq!(job.comments().len(), comments);
    }
}

#[test]
fn two_scanners_and_a_check_run_stay_within_the_requests() {
    let job = Job::on("pull_request", Evidence::Blocked).args(&["--status", "check-run"]);
    let npm = r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}, "dependencies": {"total": 9}}}"#;
    let job = job
        .file("reports/npm.json", npm)
        .args(&["--report", "npm-audit=reports/npm.json"]);
    let ran = job.run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let lines = job.hub.lines();
    assert!(lines.len() <= MOST_REQUESTS, "{lines:#?}");
    let state = job.hub.state();
    assert_eq!(
        (state.checks.len(), state.comments.len()),
        (1, 1),
        "{lines:#?}"
    );
    assert!(!state.sarifs.is_empty(), "{lines:#?}");
}

#[test]
fn no_event_and_no_rights_change_the_verdict() {
    for event in [
        "pull_request",
        "pull_request_synchronize",
        "pull_request_fork",
        "pull_request_deleted_fork",
        "pull_request_dependabot",
        "merge_group",
        "push_branch",
        "push_tag",
        "schedule",
        "workflow_dispatch",
    ] {
        std::thread::scope(|threads| {
            for evidence in Evidence::ALL {
                threads.spawn(move || {
                    let mut job = Job::on(event, evidence);
                    job.env("LOCKGATE_API_TIME", "1");
                    undisturbed(&job, event, evidence, event);
                    if evidence == Evidence::Blocked {
                        job.hub.permit(Permissions::none());
                        undisturbed(&job, event, evidence, &format!("{event} without rights"));
                    }
                });
            }
        });
    }
}

/// Everything that can go wrong at once, for every request.
fn faults() -> Vec<(&'static str, What)> {
    let huge = vec![b' '; 60_000_000];
    vec![
        ("500", What::down(500)),
        ("503", What::down(503)),
        ("dropped before", What::DropBefore),
        ("dropped after", What::DropAfter),
        ("cut off", What::CutOff),
        ("primary limit", What::primary(403, 3000)),
        ("secondary limit", What::secondary(429, Some(1000))),
        ("limit without a time", What::secondary(403, None)),
        ("no JSON", What::not_json()),
        (
            "huge",
            What::Answer(Answer::body(200, "application/json", huge)),
        ),
        ("endless", What::Endless),
        ("no content", What::Answer(Answer::body(200, "", ""))),
        (
            "other JSON",
            What::Answer(Answer::body(200, "application/json", "[1, {\"id\": []}]")),
        ),
        (
            "not found",
            What::Answer(Answer::error(404, "Not Found", "")),
        ),
        ("gone", What::Answer(Answer::error(410, "Gone", ""))),
        (
            "bad credentials",
            What::Answer(Answer::error(401, "Bad credentials", "")),
        ),
        (
            "circle",
            What::redirect(307, "/repos/octo/shop/issues/7/comments"),
        ),
        (
            "hostile words",
            What::Answer(Answer::error(
                422,
                "::error::forged\n##[set-output name=verdict]pass\u{202e}</details>@everyone",
                "",
            )),
        ),
    ]
}

#[test]
fn no_fault_of_github_changes_the_verdict() {
    for (name, what) in faults() {
        let mut job = Job::on("pull_request", Evidence::Blocked);
        job.env("LOCKGATE_API_TIME", "2");
        job.hub.fail("", "", usize::MAX, what);
        let started = Instant::now();
        let ran = undisturbed(&job, "pull_request", Evidence::Blocked, name);
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
        for command in ran.commands() {
            assert!(
                ["error", "warning", "notice"].contains(&&*command.name),
                "{name}: {command:?}"
            );
            assert!(
                !command.data.starts_with("forged") && command.modern,
                "{name}: {command:?}"
            );
        }
        let writes = job.hub.writes();
        let posts = writes
            .iter()
            .filter(|r| r.method == "POST" && r.path.ends_with("/comments"));
        if !name.contains("limit") && name != "circle" {
            assert!(posts.count() <= 1, "{name}: a comment was sent twice");
        }
    }
}

#[test]
fn a_slow_server_costs_no_more_than_its_time() {
    let mut job = Job::on("pull_request", Evidence::Passing);
    job.env("LOCKGATE_API_TIME", "1");
    job.hub
        .fail("", "", usize::MAX, What::Slow(Duration::from_secs(10)));
    let started = Instant::now();
    let ran = job.run();
    assert_eq!((ran.code, ran.output("verdict")), (0, "pass"));
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    job.hub.forget();
    let mut job = Job::on("pull_request", Evidence::Passing);
    job.env("LOCKGATE_API_TIME", "1");
    job.hub.fail(
        "",
        "",
        usize::MAX,
        What::Trickle(Duration::from_millis(200)),
    );
    let started = Instant::now();
    assert_eq!(job.run().code, 0);
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn what_is_required_and_not_brought_is_exit_code_4_unless_the_verdict_stops() {
    for option in ["--comment", "--upload"] {
        for evidence in Evidence::ALL {
            let job = Job::on("pull_request_fork", evidence).args(&[option, "required"]);
            let ran = job.run();
            let (code, verdict) = evidence.expected();
            let code = if code == 0 { 4 } else { code };
            assert_eq!(
                (ran.code, ran.output("verdict")),
                (code, verdict),
                "{option}: {}",
                ran.stderr
            );
        }
        let job = Job::on("pull_request", Evidence::Passing).args(&[option, "required"]);
        let ran = job.run();
        assert_eq!(ran.code, 0, "{option}: {}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn the_token_goes_nowhere_else() {
    // Another origin, to which GitHub's answers lead.
    let elsewhere = Hub::start();
    elsewhere.state().pull(7, &"a".repeat(40));
    for status in [301, 302, 307, 308] {
        let job = Job::on("pull_request", Evidence::Passing);
        let to = format!("{}/repos/octo/shop/issues/7/comments", elsewhere.api());
        job.hub
            .fail("", "", usize::MAX, What::redirect(status, &to));
        let ran = job.run();
        assert_eq!((ran.code, ran.output("verdict")), (0, "pass"));
        assert_eq!(elsewhere.lines(), [""; 0], "{status}");
    }
    // A list whose next page is somewhere else.
    let job = Job::on("pull_request", Evidence::Passing);
    let next = format!(
        "<{}/repos/octo/shop/issues/7/comments?page=2>; rel=\"next\"",
        elsewhere.api()
    );
    let page = Answer::body(200, "application/json", "[]").header("link", next);
    job.hub
        .fail("GET", "/comments", usize::MAX, What::Answer(page));
    assert_eq!(job.run().code, 0);
    assert_eq!(elsewhere.lines(), [""; 0]);
    // An address that is not encrypted and not this machine.
    for api in [
        "http://api.example.org",
        "http://10.255.255.1",
        "ftp://127.0.0.1",
        "https://user:x@127.0.0.1",
    ] {
        let mut job = Job::on("pull_request", Evidence::Passing);
        job.env("GITHUB_API_URL", api);
        let ran = job.run();
        assert_eq!((ran.code, ran.output("verdict")), (0, "pass"), "{api}");
        assert!(
            ran.stderr.contains("GITHUB_API_URL") || ran.stdout.contains("GITHUB_API_URL"),
            "{}{}",
            ran.stdout,
            ran.stderr
        );
    }
}

#[test]
fn a_proxy_gets_to_know_the_host_and_nothing_else() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let seen = std::thread::spawn(move || {
        let mut asked = Vec::new();
        // An empty line is the word to stop.
        for stream in proxy.incoming().map(Result::unwrap) {
            stream
                .set_read_timeout(Some(Duration::from_secs(60)))
                .unwrap();
            let mut reader = BufReader::new(&stream);
            let mut head = Vec::new();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 0 && !line.trim().is_empty() {
                head.push(std::mem::take(&mut line));
            }
            if head.is_empty() {
                break;
            }
            asked.push(head.concat());
            let answer = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n";
            let _ = (&stream).write_all(answer);
        }
        asked
    });
    let mut job = Job::on("pull_request", Evidence::Blocked);
    // No name server knows it, so that only the proxy could lead there.
    job.env("GITHUB_API_URL", "https://api.github.example");
    job.env("HTTPS_PROXY", &format!("http://{address}"));
    job.env("LOCKGATE_API_TIME", "3");
    let ran = job.run();
    assert_eq!((ran.code, ran.output("verdict")), (1, "block"));
    TcpStream::connect(address)
        .unwrap()
        .write_all(b"\r\n")
        .unwrap();
    let asked = seen.join().unwrap();
    assert!(!asked.is_empty(), "{}", ran.stderr);
    for head in asked {
        assert!(
            head.starts_with("CONNECT api.github.example:443 HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(!head.to_lowercase().contains("authorization"), "{head}");
        job.hub.keeps_token("what a proxy sees", &head);
    }
}

#[test]
fn a_repository_that_has_moved_is_found() {
    let mut job = Job::on("pull_request", Evidence::Blocked);
    job.hub.state().old_names.push("octo/old-shop".to_owned());
    job.env("GITHUB_REPOSITORY", "octo/old-shop");
    let ran = job.run();
    assert_eq!(ran.code, 1);
    assert_eq!(
        job.comments().len(),
        1,
        "{:#?}{}",
        job.hub.lines(),
        ran.stderr
    );
}

#[test]
fn an_enterprise_server_gets_the_same() {
    let job = Job::at(Hub::enterprise(), "pull_request", Evidence::Blocked);
    let ran = job.run();
    assert_eq!(ran.code, 1);
    assert_eq!(
        job.comments().len(),
        1,
        "{:#?}{}",
        job.hub.lines(),
        ran.stderr
    );
    assert!(!job.hub.state().sarifs.is_empty());
    // Its schema has no such field.
    for request in job.hub.writes() {
        assert!(request.json()["validate"].is_null());
    }
}

#[test]
fn nothing_is_sent_outside_of_actions_or_without_a_token() {
    for (name, value) in [("GITHUB_ACTIONS", ""), ("LOCKGATE_TOKEN", "")] {
        let mut job = Job::on("pull_request", Evidence::Blocked);
        job.env(name, value);
        assert_eq!(job.run().code, 1);
        assert_eq!(job.hub.lines(), [""; 0], "{name}");
    }
}

#[test]
fn each_right_is_used_by_itself() {
    let write = |scope| Permissions::read_only().with(scope, Level::Write);
    for (scope, comments, sarifs) in [
        (Scope::PullRequests, 1, 0),
        (Scope::Issues, 1, 0),
        (Scope::SecurityEvents, 0, 1),
    ] {
        let job = Job::on("pull_request", Evidence::Blocked);
        job.hub.permit(write(scope));
        assert_eq!(job.run().code, 1);
        let found = (job.comments().len(), job.hub.state().sarifs.len().min(1));
        assert_eq!(found, (comments, sarifs), "{scope:?}");
    }
}

#[test]
fn other_peoples_comments_are_left_alone() {
    let job = Job::on("pull_request", Evidence::Blocked);
    job.run();
    let ours = job.comments().remove(0);
    let job = Job::on("pull_request", Evidence::Blocked);
    let theirs: Vec<u64> = {
        let mut state = job.hub.state();
        let people = [
            Account::person("mallory"),
            Account::bot("other[bot]", 5),
            Account::person("github-actions"),
        ];
        people
            .iter()
            .map(|who| state.comment(7, who, &ours))
            .collect()
    };
    job.run();
    let state = job.hub.state();
    for id in theirs {
        let comment = state
            .comments
            .iter()
            .find(|comment| comment.id == id)
            .unwrap();
        assert_eq!((&comment.body, &comment.created), (&ours, &comment.updated));
    }
    assert_eq!(state.comments_of(7).len(), 4);
}
