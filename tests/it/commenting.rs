//! The one comment on a pull request, and statuses beside the job's own, on the fake GitHub.

use crate::hub::{Account, Answer, Hub, Permissions, What};
use crate::job::{Evidence, Job, bandit};
use crate::properties::{evidence, judge_with};
use lockgate::model::{
    Assessment, Certainty, Coverage, Evidence as Seen, Health, Kind, Located, Location,
    Observation, Region, RepoPath, RuleId, Run, ScannerId, Severity, SourceDigests, Witnessed,
    Work,
};
use lockgate::report::comment::{self, Page};
use lockgate::sticky::Marker;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LONGEST: usize = 60_000;

fn blocked() -> Job {
    Job::on("pull_request", Evidence::Blocked).args(&["--upload", "off"])
}

/// Other evidence for the same pull request: so many findings that block.
fn report(job: &Job, blocking: usize) {
    write(job, &many(blocking, "plain", &["HIGH"]));
}

fn write(job: &Job, bandit: &str) {
    let path = job.lockgate.folder.path().join("reports/bandit.json");
    std::fs::write(path, bandit).unwrap();
}

const MIXED: &[&str] = &["HIGH", "MEDIUM", "LOW"];

/// A report with as many findings of these severities in turn, whose texts are what a hostile report
/// would hold.
fn many(number: usize, text: &str, severities: &[&str]) -> String {
    let one: Value = serde_json::from_str(&bandit(&[("app.py", 2)])).unwrap();
    let mut report = one.clone();
    let results = (0..number).map(|index| {
        let mut result = one["results"][0].clone();
        result["issue_severity"] = severities[index % severities.len()].into();
        result["filename"] = format!("src/é\u{1f512} {index}.py").into();
        result["issue_text"] = format!("{index} {text}").into();
        result["test_id"] = format!("B{index:04}").into();
        result
    });
    report["results"] = results.collect();
    report.to_string()
}

/// The only comment of ours.
#[track_caller]
fn posted(job: &Job) -> String {
    let mut comments = job.comments();
    assert_eq!(comments.len(), 1, "{:#?}", job.hub.lines());
    comments.remove(0)
}

fn requests(job: &Job) -> Vec<String> {
    let lines = job.hub.lines();
    job.hub.forget();
    let name = |line: String| line.replacen("/repos/octo/shop/", "", 1);
    let lines = lines.into_iter().map(name);
    let page = |line: String| line.split('?').next().unwrap().to_owned();
    lines.map(page).collect()
}

fn run_as(job: &mut Job, run: u64, attempt: u64) {
    job.env("GITHUB_RUN_ID", &run.to_string());
    job.env("GITHUB_RUN_ATTEMPT", &attempt.to_string());
}

#[test]
fn there_is_one_comment_and_it_changes_only_with_its_content() {
    let mut job = blocked();
    assert_eq!(job.run().code, 1);
    let list = "GET issues/7/comments";
    assert_eq!(requests(&job), [list, "POST issues/7/comments", list]);
    let first = posted(&job);
    assert!(first.contains("Blocked by 1 finding") || first.contains("blocked by 1 finding"));
    run_as(&mut job, 5006, 1);
    job.run();
    assert_eq!(requests(&job), [list]);
    assert_eq!(posted(&job), first, "nothing but the run is another");

    report(&job, 2);
    job.run();
    let id = job.hub.state().comments[0].id;
    assert_eq!(
        requests(&job),
        [list.to_owned(), format!("PATCH issues/comments/{id}")]
    );
    assert!(posted(&job).contains("blocked by 2 findings"));

    report(&job, 0);
    run_as(&mut job, 5007, 1);
    assert_eq!(job.run().code, 0);
    let clear = posted(&job);
    assert!(
        clear.contains("all clear") && !clear.contains("What blocks"),
        "{clear}"
    );
    requests(&job);
    job.run();
    assert_eq!(requests(&job), [list]);
}

#[test]
fn a_clean_pull_request_gets_a_comment_only_where_one_is_required() {
    let job = Job::on("pull_request", Evidence::Passing).args(&["--upload", "off"]);
    job.run();
    assert_eq!(requests(&job), ["GET issues/7/comments"]);
    let job = job.args(&["--comment", "required"]);
    assert_eq!(job.run().code, 0);
    assert!(posted(&job).contains("all clear"));
}

#[test]
fn an_older_run_never_has_the_last_word() {
    let mut job = blocked();
    run_as(&mut job, 900, 2);
    job.run();
    let newest = posted(&job);
    report(&job, 0);
    for (run, attempt) in [(899, 7), (900, 1)] {
        run_as(&mut job, run, attempt);
        let ran = job.run();
        assert_eq!(posted(&job), newest);
        let said = "a newer run has written it";
        assert!(ran.stdout.contains(said), "{}", ran.stdout);
    }
    run_as(&mut job, 900, 3);
    job.run();
    assert_ne!(posted(&job), newest);
}

#[test]
fn a_second_check_of_the_same_run_hides_nothing_and_is_told() {
    let job = blocked();
    job.run();
    report(&job, 0);
    let ran = job.run();
    assert!(posted(&job).contains("blocked by 1 finding"));
    assert!(
        ran.stdout.contains("give each its own --comment-key"),
        "{}",
        ran.stdout
    );
    let job = job.args(&["--comment-key", "web/a-b", "--comment", "required"]);
    job.run();
    assert_eq!(job.comments().len(), 2);
    assert!(job.comments()[1].contains("lockgate (web/a-b): all clear"));
}

/// Whether the answer is lost after or before the comment was made.
#[test]
fn a_lost_answer_makes_no_second_comment() {
    for what in [
        What::DropAfter,
        What::DropBefore,
        What::CutOff,
        What::DoneBut(Answer::body(502, "text/html", "<html>")),
        What::DoneBut(Answer::body(201, "application/json", "{}")),
        What::down(503),
    ] {
        let job = blocked();
        job.hub.fail("POST", "/comments", 1, what.clone());
        assert_eq!(job.run().code, 1);
        assert!(posted(&job).contains("blocked by"), "{what:?}");
    }
}

#[test]
fn two_runs_at_once_leave_one_comment() {
    // The other run, older or newer, writes between our look and our comment.
    for (other, ours_stays) in [(5004, true), (5006, false)] {
        let job = blocked();
        job.run();
        let theirs = posted(&job).replace("run=5005", &format!("run={other}"));
        let theirs = theirs.replace("blocked by", "also blocked by");
        let job = blocked();
        let written = theirs.clone();
        job.hub.first("POST", "/comments", move |state| {
            let me = state.me.clone();
            state.comment(7, &me, &written);
        });
        job.run();
        assert_eq!(posted(&job) != theirs, ours_stays);
    }
}

#[test]
fn a_comment_that_somebody_removes_meanwhile_is_made_anew() {
    let job = blocked();
    job.run();
    report(&job, 2);
    job.hub
        .first("PATCH", "/comments", |state| state.comments.clear());
    let ran = job.run();
    assert!(
        posted(&job).contains("blocked by 2 findings"),
        "{}",
        ran.stdout
    );
    // A server that shows what it does not know is not asked for ever.
    let job = blocked();
    job.run();
    report(&job, 0);
    job.hub.fail(
        "PATCH",
        "/comments",
        usize::MAX,
        What::Answer(Answer::error(404, "Not Found", "")),
    );
    job.run();
    assert!(job.hub.lines().len() < 10, "{:#?}", job.hub.lines());
}

/// Another App's token, a person's, and an Enterprise Server, which does not say whose a token is.
#[test]
fn whoever_the_token_belongs_to_has_one_comment() {
    for (me, hub) in [
        (Account::bot("our-app[bot]", 77), Hub::start()),
        (Account::person("mona"), Hub::start()),
        (Account::bot("our-app[bot]", 77), Hub::enterprise()),
    ] {
        hub.state().me = me.clone();
        let mut job = Job::at(hub, "pull_request", Evidence::Blocked).args(&["--upload", "off"]);
        job.run();
        for (run, places) in [(5006, 2), (5007, 3)] {
            run_as(&mut job, run, 1);
            report(&job, places);
            job.hub.forget();
            job.run();
            let body = posted(&job);
            assert!(
                body.contains(&format!("blocked by {places} findings")),
                "{me:?}"
            );
            assert!(job.hub.lines().len() <= 5, "{:#?}", job.hub.lines());
        }
    }
}

#[test]
fn it_is_found_among_many_pages() {
    let job = blocked();
    let chat = |job: &Job| {
        let mut state = job.hub.state();
        for number in 0..150 {
            state.comment(7, &Account::person("mona"), &format!("{number}"));
        }
    };
    chat(&job);
    job.run();
    chat(&job);
    report(&job, 2);
    job.run();
    assert!(posted(&job).contains("blocked by 2 findings"));
}

#[test]
fn what_keeps_it_from_being_written_is_said_in_a_sentence() {
    let locked = "Unable to create comment because issue is locked.";
    for (event, what, sentence) in [
        (
            "pull_request",
            None,
            "it needs the permission `pull-requests: write` (403)",
        ),
        ("pull_request_fork", None, "lockgate publish"),
        ("pull_request_dependabot", None, "lockgate publish"),
        (
            "pull_request",
            Some(Answer::error(403, locked, "")),
            "comment: the conversation is locked",
        ),
        (
            "pull_request",
            Some(Answer::error(410, "Gone", "")),
            "switched off in this repository (410)",
        ),
        (
            "pull_request",
            Some(Answer::error(422, "Validation Failed", "")),
            "GitHub refused the request (422) (Validation Failed)",
        ),
    ] {
        let job = Job::on(event, Evidence::Blocked).args(&["--upload", "off"]);
        match what {
            Some(answer) => job.hub.fail("POST", "/comments", 9, What::Answer(answer)),
            None => job.hub.permit(Permissions::read_only()),
        }
        let ran = job.run();
        assert_eq!(ran.code, 1);
        let note = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("note: comment: "));
        assert!(note.unwrap().contains(sentence), "{event}: {note:?}");
        assert!(ran.summary.contains("comment: "), "{}", ran.summary);
        assert_eq!(job.comments().len(), 0);
    }
}

/// Findings are left out whole from the least severe up; what is there is whole.
#[test]
fn it_keeps_within_the_limit() {
    for (number, text) in [
        (40, "plain"),
        (400, "é\u{1f512}|`</details>"),
        (3000, "plain"),
        (120, &*"| \u{1f512}".repeat(200)),
    ] {
        let job = blocked();
        write(&job, &many(number, text, MIXED));
        job.run();
        let body = posted(&job);
        let units = body.encode_utf16().count();
        assert!(units <= LONGEST, "{units}");
        let (marker, text) = Marker::split(&body).unwrap();
        assert_eq!(marker.head, job.head);
        closed(text);
        if number > 40 {
            assert!(units > LONGEST - 4_000, "{number}: room is left: {units}");
            let left: usize = said(text, "**", " of the ");
            assert!(left > 0 && left < number, "{left}");
            assert!(text.contains(&format!("{left} of the {number} findings are not shown")));
        }
        let high = text.matches("🔴").count();
        let rows = text.matches("| medium ").count();
        let blocking = number.div_ceil(3);
        assert!(
            high == blocking || rows == 0,
            "{number}: {high} of {blocking}, {rows}"
        );
    }
}

/// The number that stands between two marks.
fn said(text: &str, before: &str, after: &str) -> usize {
    let end = text.find(after).unwrap();
    let start = text[..end].rfind(before).unwrap() + before.len();
    text[start..end].parse().unwrap()
}

/// Every fence and every element that is opened is closed, as a reader of Markdown sees it.
pub fn closed(text: &str) {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
    let count = |part: &str| text.matches(part).count();
    assert_eq!(count("<details>"), count("</details>"));
    assert_eq!(count("<sub>"), count("</sub>"));
    assert_eq!(count("```") % 2, 0);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        if let Event::Start(Tag::CodeBlock(kind)) = event {
            assert!(
                matches!(&kind, CodeBlockKind::Fenced(name) if &**name == "sh"),
                "{kind:?}"
            );
        }
    }
    assert!(text.ends_with("</sub>\n"), "{text}");
}

/// A network that wants a login first says "200" to everything.
#[test]
fn what_somebody_else_has_answered_is_not_written() {
    let mut job = blocked();
    job.run();
    report(&job, 0);
    run_as(&mut job, 6006, 1);
    job.hub.fail("PATCH", "/comments", 1, What::down(200));
    job.env("LOCKGATE_COMMENT", "required");
    let ran = job.run();
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    let mut job = blocked();
    job.hub.fail("POST", "/statuses", 1, What::down(200));
    job.env("LOCKGATE_STATUS", "commit-status");
    let ran = job.run();
    assert!(
        ran.stdout.contains("answer cannot be understood"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_status_is_written_where_one_is_asked_for() {
    for (evidence, conclusion) in [
        (Evidence::Blocked, "failure"),
        (Evidence::Passing, "success"),
        (Evidence::Incomplete, "failure"),
    ] {
        let job = Job::on("pull_request", evidence).args(&["--upload", "off", "--comment", "off"]);
        let mut job = job.args(&["--comment-key", "web"]);
        job.env("LOCKGATE_STATUS", "check-run");
        job.run();
        let state = job.hub.state();
        assert_eq!(state.checks[0]["name"], "lockgate/web");
        assert_eq!(state.checks[0]["conclusion"], conclusion);
        assert_eq!(state.checks[0]["head_sha"], job.head.as_str());
        drop(state);
        job.env("LOCKGATE_STATUS", "commit-status");
        job.run();
        let state = job.hub.state();
        assert_eq!(state.statuses[0]["state"], conclusion);
        assert_eq!(state.statuses[0]["sha"], job.head.as_str());
        assert_eq!(state.statuses[0]["context"], "lockgate/web");
    }
}

#[test]
fn a_check_run_keeps_within_its_limits() {
    let job = blocked().args(&["--status", "check-run", "--comment", "off"]);
    write(&job, &many(900, "é\u{1f512}|", MIXED));
    let ran = job.run();
    assert_eq!(ran.code, 1);
    let lines = requests(&job);
    assert_eq!(lines.len(), 3, "{lines:#?}{}", ran.stdout);
    let state = job.hub.state();
    let output = &state.checks[0]["output"];
    let summary = output["summary"].as_str().unwrap();
    assert!(summary.len() <= 65_535 && summary.len() > 60_000);
    closed(summary);
    for request in job.hub.requests() {
        let annotations = request.json()["output"]["annotations"].clone();
        assert_eq!(annotations.as_array().unwrap().len(), 50);
    }
    let job = Job::on("pull_request_fork", Evidence::Blocked).args(&["--status", "commit-status"]);
    let ran = job.run();
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("commit status: writing it: the token may not do this, it needs the permission `statuses: write`"));
}

/// Comments as people see them; read, and found good.
#[test]
fn comments_read_well() {
    let shown = |job: &Job| {
        let body = posted(job);
        let (marker, text) = Marker::split(&body).unwrap();
        assert_eq!(marker.stamp.run, 5005);
        let text = text
            .replace(&job.head, "HEAD")
            .replace(&job.base[..7], "BASE");
        let text = text
            .replace(&job.head[..7], "HEAD")
            .replace(&job.base, "BASE");
        text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    };
    insta::assert_snapshot!("comment_blocked", shown(&shop()));
    let job = Job::on("pull_request", Evidence::Incomplete).args(&["--upload", "off"]);
    job.run();
    insta::assert_snapshot!("comment_incomplete", shown(&job));
    let mut job = shop();
    run_as(&mut job, 5005, 2);
    let empty = json!({"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 9}}});
    let path = job.lockgate.folder.path().join("reports/npm.json");
    std::fs::write(path, empty.to_string()).unwrap();
    report(&job, 0);
    job.run();
    insta::assert_snapshot!("comment_clear", shown(&job));
}

/// A change with findings of several kinds.
fn shop() -> Job {
    let lock = json!({
        "name": "web", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
            "": {"name": "web", "version": "1.0.0", "dependencies": {"lodash": "^4.17.15"}},
            "node_modules/lodash": {"version": "4.17.15"},
        },
    });
    let via = json!({
        "source": 1, "name": "lodash", "dependency": "lodash", "severity": "high", "range": "<4.17.19",
        "title": "Prototype Pollution in lodash", "cwe": ["CWE-1321"],
        "url": "https://github.com/advisories/GHSA-p6mc-m468-83gw", "cvss": {"score": 7.4, "vectorString": null},
    });
    let npm = json!({
        "auditReportVersion": 2, "metadata": {"dependencies": {"total": 9}}, "vulnerabilities": {"lodash": {
            "name": "lodash", "severity": "high", "isDirect": true, "via": [via], "effects": [],
            "range": "<4.17.19", "nodes": ["node_modules/lodash"],
            "fixAvailable": {"name": "lodash", "version": "4.17.19", "isSemVerMajor": false},
        }},
    });
    let job = blocked()
        .file(
            "web/package-lock.json",
            serde_json::to_string_pretty(&lock).unwrap(),
        )
        .file("reports/npm.json", npm.to_string())
        .args(&["--report", "npm-audit=reports/npm.json"]);
    let mut bandit: Value =
        serde_json::from_str(&many(9, "Possible @everyone #1 | `x`", MIXED)).unwrap();
    for (index, result) in bandit["results"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .enumerate()
    {
        if index % 3 > 0 {
            result["test_id"] = "B101".into();
            result["issue_text"] = "Use of assert detected.".into();
        }
    }
    write(&job, &bandit.to_string());
    job.run();
    job
}

/// The summary of a job in which earlier commands of the step have written so much already.
fn summary(used: usize) -> (usize, String) {
    let job = Job::on("push_branch", Evidence::Blocked).args(&["--upload", "off"]);
    write(&job, &many(700, &"| \u{1f512}".repeat(200), MIXED));
    let path = job.runner().join("summary");
    let mut lockgate = job.lockgate;
    lockgate = lockgate.env("GITHUB_STEP_SUMMARY", path.to_str().unwrap());
    std::fs::write(&path, "x".repeat(used)).unwrap();
    assert_eq!(lockgate.run().code, 1);
    let text = std::fs::read_to_string(path).unwrap();
    (text.len(), text[used..].to_owned())
}

/// Part of anchor 24.
pub fn summaries_keep_within_a_mebibyte() {
    const MOST: usize = 1024 * 1024;
    let (all, _) = summary(0);
    // Exactly as much room as it takes with the line break that ends it, and less: what is no
    // finding goes first.
    const FAR: usize = 9_000;
    for less in [0, 1, 2, FAR] {
        let (length, text) = summary(MOST - 1 - all + less);
        assert!(length <= MOST, "{length}");
        assert_eq!(text.len() == all, less == 0, "{less}");
        closed(&text);
        assert_eq!(text.contains("this page is full"), less == FAR, "{less}");
    }
    for used in [MOST - 3000, MOST - 100, MOST - 1, MOST, MOST + 1] {
        let (length, text) = summary(used);
        assert!(length <= MOST.max(used), "{length}");
        if !text.is_empty() {
            closed(&text);
        }
    }
}

fn page(room: usize) -> Page {
    Page {
        web: "https://github.com".to_owned(),
        repository: "octo/shop".to_owned(),
        commit: Some("c".repeat(40)),
        run: Some("https://github.com/octo/shop/actions/runs/1".to_owned()),
        key: String::new(),
        room,
        remarks: Vec::new(),
    }
}

const BLOCKS: &str =
    "[[gate]]\nname = \"all\"\nwhen = { severity = \">=medium\" }\naction = \"block\"\n";

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Findings of which the whole comment has so many UTF-16 units.
fn sized(wanted: usize) -> Assessment {
    let located = |index: u32, title: &str| Located {
        observation: Box::new({
            let mut observation =
                Observation::new(RuleId::new(&format!("R{index}")), Kind::Code, title);
            observation.severity = Some(Severity::Critical);
            observation
        }),
        location: Location {
            path: RepoPath::new("é/\u{1f512}.py").unwrap(),
            region: Region::line(index.into()),
            certainty: Certainty::Exact,
            target: None,
        },
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    };
    let judged = |titles: &[String]| {
        let run = Run {
            scanner: ScannerId::new("alpha").unwrap(),
            tool: "alpha".into(),
            home: None,
            version: None,
            report: None,
            ordinal: 0,
            format: None,
            health: Health::Complete(Work::new(1, "files").unwrap()),
            coverage: Coverage::default(),
            notes: Vec::new(),
            findings: titles.len(),
            rules: BTreeMap::new(),
        };
        let observations = (100..)
            .zip(titles)
            .map(|(line, title)| located(line, title));
        let observations = observations.collect();
        let evidence = Seen {
            runs: vec![Witnessed { run, observations }],
            missing: Vec::new(),
        };
        judge_with(evidence, BLOCKS, None)
    };
    let length = |titles: &[String]| units(&comment::render(&judged(titles), &page(usize::MAX)));
    // Each finding has the same length but for its title.
    let some = |number: usize| vec!["\u{1f512}é".repeat(10); number];
    let (few, more) = (length(&some(150)), length(&some(151)));
    let mut titles = some(150 + (wanted - few) / (more - few));
    let missing = wanted - length(&titles);
    let mut at = 0;
    for _ in 0..missing {
        if titles[at].chars().count() > 190 {
            at += 1;
        }
        titles[at].push('x');
    }
    assert_eq!(length(&titles), wanted);
    judged(&titles)
}

/// Part of anchor 24: as long as GitHub accepts it, and one more.
pub fn comments_keep_within_the_limit() {
    const MOST: usize = 65_536;
    // A little too much costs a part that is no finding.
    const FAR: usize = MOST + 2_000;
    for wanted in [MOST - 1, MOST, MOST + 1, FAR] {
        let text = comment::render(&sized(wanted), &page(MOST));
        assert!(units(&text) <= MOST);
        assert_eq!(units(&text) == wanted, wanted <= MOST, "{wanted}");
        assert_eq!(text.contains("not shown here"), wanted == FAR);
        closed(&text);
        // What is sent stays further away, with its marker.
        let text = comment::render(&sized(wanted), &page(LONGEST));
        assert!(units(&text) <= LONGEST && text.contains("not shown here"));
        closed(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_comment_fits_and_is_whole(evidence in evidence(), room in 0..6000usize) {
        let assessment = judge_with(evidence, BLOCKS, None);
        let text = comment::render(&assessment, &page(room));
        prop_assert!(units(&text) <= room);
        let text2 = comment::render(&assessment, &page(room));
        prop_assert_eq!(&text, &text2);
        let whole = comment::render(&assessment, &page(LONGEST));
        closed(&whole);
        if !text.is_empty() && text.ends_with("</sub>\n") {
            closed(&text);
        }
    }
}
