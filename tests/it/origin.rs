//! What is compared with what, in real repositories that the git program makes: for every event, and
//! for every checkout that holds less than is needed.

use crate::program::{Lockgate, Outcome, git};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn says(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn id(folder: &Path, name: &str) -> String {
    says(folder, &["rev-parse", name])
}

fn write(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

pub fn commit(folder: &Path, files: &[(&str, &str)]) -> String {
    for (path, content) in files {
        write(folder, path, content);
    }
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "--allow-empty", "-m", "x"]);
    id(folder, "HEAD")
}

/// A report of a scanner that found something at each of these places.
fn report(places: &[(&str, u32)]) -> String {
    let results: Vec<Value> = places
        .iter()
        .map(|(path, line)| {
            json!({
                "ruleId": "R1", "level": "error",
                "message": {"text": format!("bad {path} {line}")},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": path}, "region": {"startLine": line}}}],
            })
        })
        .collect();
    let driver = json!({"name": "T", "version": "1", "rules": [{"id": "R1"}]});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

/// `path:line` → origin.
pub fn origins(json: &Value) -> BTreeMap<String, String> {
    let findings = json["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            let location = &f["location"];
            let place = format!(
                "{}:{}",
                location["path"].as_str().unwrap(),
                location["line"]
            );
            (place, f["origin"].as_str().unwrap().to_owned())
        })
        .collect()
}

pub fn assert_origins(json: &Value, expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> = expected
        .iter()
        .map(|(place, origin)| ((*place).to_owned(), (*origin).to_owned()))
        .collect();
    assert_eq!(origins(json), expected, "{}", json["comparison"]);
}

/// Where all tests of events look: a line that the change adds, one that it leaves, a file that only
/// the target has touched since.
const PLACES: &[(&str, u32)] = &[("app.py", 2), ("app.py", 3), ("other.py", 1)];

/// A hosting server's repository: `main`, and `topic`, which left `main` one commit ago.
pub struct Server {
    folder: TempDir,
    /// Where `topic` left `main`.
    pub fork: String,
    main: String,
    topic: String,
}

impl Server {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let at = folder.path();
        git(at, &["init"]);
        commit(at, &[("app.py", "a\nb\n"), ("other.py", "x\n")]);
        let fork = commit(at, &[("app.py", "a\nc\n")]);
        git(at, &["checkout", "-b", "topic"]);
        let topic = commit(at, &[("app.py", "a\nnew\nc\n")]);
        git(at, &["checkout", "main"]);
        let main = commit(at, &[("other.py", "y\n")]);
        // The server gives out any commit that is asked for by its id, as GitHub does.
        git(at, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        Self {
            folder,
            fork,
            main,
            topic,
        }
    }

    pub fn at(&self) -> &Path {
        self.folder.path()
    }

    /// The test merge, which the server keeps for a pull request.
    fn merge(&self) -> String {
        git(self.at(), &["checkout", "-b", "pull", "main"]);
        git(self.at(), &["merge", "--no-ff", "-m", "merge", "topic"]);
        id(self.at(), "HEAD")
    }

    /// A check in a clone that holds `branch`, as `actions/checkout` makes it; 0 is the whole history.
    pub fn check(&self, branch: &str, depth: u32) -> Lockgate {
        self.check_of(branch, depth, &report(PLACES))
    }

    fn check_of(&self, branch: &str, depth: u32, report: &str) -> Lockgate {
        let lockgate = Lockgate::check();
        let folder = lockgate.folder.path().to_owned();
        let source = format!("file://{}", self.at().display());
        let depth = format!("--depth={depth}");
        let mut args = vec!["clone", "--branch", branch, &source, "."];
        if depth != "--depth=0" {
            args.extend([depth.as_str(), "--single-branch"]);
        }
        git(&folder, &args);
        lockgate.report("", "r.sarif", report)
    }

    fn pull(&self) -> Value {
        json!({"number": 7, "pull_request": {
            "head": {"ref": "topic", "sha": self.topic},
            // Older than the branch: the event was written before the last push to main.
            "base": {"ref": "main", "sha": self.fork},
        }})
    }
}

/// The runner's words.
pub fn event(lockgate: Lockgate, name: &str, payload: &Value) -> Lockgate {
    text_event(lockgate, name, &payload.to_string())
}

fn text_event(lockgate: Lockgate, name: &str, payload: &str) -> Lockgate {
    let commit = id(lockgate.folder.path(), "HEAD");
    lockgate
        .file(".git/event.json", payload)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", name)
        .env("GITHUB_EVENT_PATH", ".git/event.json")
        .env("GITHUB_SHA", &commit)
}

pub fn known(json: &Value, name: &str, id: &str) {
    assert_eq!(
        json["comparison"]["state"], "known",
        "{}",
        json["comparison"]
    );
    assert_eq!(json["comparison"]["base"], json!({"name": name, "id": id}));
}

pub fn unreadable(json: &Value, mend: &str) {
    let comparison = &json["comparison"];
    assert_eq!(comparison["state"], "unreadable", "{comparison}");
    let said = comparison["mend"].as_str().unwrap();
    assert!(said.contains(mend), "{said}");
    let unknown = |origin: &String| origin == "unknown";
    assert!(origins(json).values().all(unknown));
}

pub const ONLY_THE_NEW_LINE: &[(&str, &str)] = &[
    ("app.py:2", "introduced"),
    ("app.py:3", "existing"),
    ("other.py:1", "existing"),
];

#[test]
fn a_test_merge_is_compared_with_what_it_merges_into() {
    let server = Server::new();
    server.merge();
    for depth in [2, 0] {
        let (json, _) = event(server.check("pull", depth), "pull_request", &server.pull()).json();
        known(&json, "main", &server.main);
        assert_origins(&json, ONLY_THE_NEW_LINE);
    }
}

#[test]
fn a_test_merge_alone_is_not_compared_and_says_what_to_set() {
    let server = Server::new();
    server.merge();
    let (json, code) = event(server.check("pull", 1), "pull_request", &server.pull()).json();
    unreadable(&json, "fetch-depth: 2");
    let findings = json["findings"].as_array().unwrap();
    let blocked = findings.iter().all(|f| f["disposition"] == "blocked");
    assert!(blocked, "what nobody knows blocks as what is introduced");
    assert_eq!(code, 3, "and nobody knows what the change silences");
}

#[test]
fn without_the_event_file_the_runners_words_show_a_test_merge() {
    let server = Server::new();
    server.merge();
    let lockgate = text_event(server.check("pull", 2), "pull_request", "")
        .env("GITHUB_REF", "refs/pull/7/merge")
        .env("GITHUB_BASE_REF", "main");
    let (json, _) = lockgate.json();
    known(&json, "main", &server.main);
    let elsewhere = text_event(server.check("pull", 2), "pull_request", "")
        .env("GITHUB_REF", "refs/heads/pull");
    unreadable(&elsewhere.json().0, "--base");
}

#[test]
fn a_checked_out_head_is_compared_with_where_it_left_the_target() {
    let server = Server::new();
    let (json, _) = event(server.check("topic", 0), "pull_request", &server.pull()).json();
    known(&json, "main", &server.fork);
    assert_origins(&json, ONLY_THE_NEW_LINE);
    // Alone it has nothing to be compared with.
    let (json, _) = event(server.check("topic", 1), "pull_request", &server.pull()).json();
    unreadable(&json, "fetch-depth: 0");
}

#[test]
fn a_head_without_the_way_to_its_target_is_compared_with_the_target_itself() {
    let server = Server::new();
    let mut payload = server.pull();
    payload["pull_request"]["base"]["sha"] = json!(server.main);
    let lockgate = server.check("topic", 1);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["fetch", "--depth=1", "origin", &server.main]);
    let (json, _) = event(lockgate, "pull_request", &payload).json();
    known(&json, "main", &server.main);
    // Stricter by what the target has altered since, never milder.
    assert_origins(
        &json,
        &[
            ("app.py:2", "introduced"),
            ("app.py:3", "existing"),
            ("other.py:1", "introduced"),
        ],
    );
}

#[test]
fn the_target_is_not_judged_in_place_of_the_change() {
    let server = Server::new();
    let mut payload = server.pull();
    for name in ["pull_request_target", "pull_request"] {
        payload["pull_request"]["base"]["sha"] = json!(server.main);
        let Outcome { code, stderr, .. } = event(server.check("main", 0), name, &payload).run();
        assert_eq!(code, 2, "{stderr}");
        assert!(
            stderr.contains("the target branch is checked out"),
            "{stderr}"
        );
    }
    let meant = event(server.check("main", 0), "pull_request_target", &payload);
    let (json, _) = meant.args(&["--event", "workflow_dispatch"]).json();
    assert_eq!(json["comparison"]["state"], "none");
}

/// What `lockgate check` says in a run with secrets, where `main` is what the run is about.
fn privileged(server: &Server, check: Lockgate, name: &str, payload: &Value) -> Outcome {
    let lockgate = event(check, name, payload).env("GITHUB_SHA", &server.main);
    lockgate.run()
}

fn refused(outcome: &Outcome) {
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    let said = outcome
        .stderr
        .contains("has the repository's token and secrets");
    assert!(said, "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("run on pull_request"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_change_is_not_checked_out_where_the_secrets_are() {
    let server = Server::new();
    server.merge();
    let payload = server.pull();
    let run = |check| privileged(&server, check, "pull_request_target", &payload);
    for depth in [1, 2, 0] {
        refused(&run(server.check("topic", depth)));
        refused(&run(server.check("pull", depth)));
    }
    // What was pushed since the event was written; seen alone it may be anything.
    git(server.at(), &["checkout", "topic"]);
    commit(server.at(), &[("app.py", "a\nnewer\nc\n")]);
    refused(&run(server.check("topic", 0)));
    refused(&run(server.check("topic", 1)));
    // Nobody's word makes that harmless.
    for word in ["workflow_dispatch", "pull_request", "local"] {
        refused(&run(server.check("topic", 1).args(&["--event", word])));
        refused(&run(server.check("pull", 0).args(&["--event", word])));
    }
    let outcome = run(server.check("main", 1));
    assert!(outcome.stderr.contains("the target branch is checked out"));
}

#[test]
fn a_run_after_another_does_not_check_out_its_change() {
    let server = Server::new();
    server.merge();
    let payload = |sha: &str, branch: &str| {
        let repository = json!({"full_name": "o/r", "default_branch": "main"});
        json!({"repository": repository, "workflow_run": {
            "head_sha": sha, "head_branch": branch, "head_repository": repository}})
    };
    let topic = payload(&server.topic, "topic");
    let run = |check, payload: &Value| privileged(&server, check, "workflow_run", payload);
    refused(&run(server.check("topic", 1), &topic));
    refused(&run(server.check("pull", 1), &topic));
    assert_ne!(run(server.check("main", 1), &topic).code, 2);
    // What was pushed while the run before was under way, seen alone.
    git(server.at(), &["checkout", "topic"]);
    commit(server.at(), &[("app.py", "a\nnewer\nc\n")]);
    let mut pull = topic.clone();
    pull["workflow_run"]["event"] = json!("pull_request");
    refused(&run(server.check("topic", 1), &pull));
    assert_ne!(run(server.check("main", 1), &pull).code, 2);
    // An earlier commit of the default branch is the repository's own.
    let own = payload(&server.topic, "main");
    assert_ne!(run(server.check("topic", 1), &own).code, 2);
}

#[test]
fn what_was_there_before_is_not_judged_in_place_of_what_came() {
    let server = Server::new();
    server.merge();
    let group = json!({"merge_group": {"head_sha": id(server.at(), "pull"),
        "base_sha": server.main, "base_ref": "refs/heads/main"}});
    let (json, _) = event(server.check("pull", 0), "merge_group", &group).json();
    known(&json, "main", &server.main);
    let mut pushed = push(&server.main, "refs/heads/main", false);
    pushed["after"] = json!(server.topic);
    for (name, payload) in [("merge_group", &group), ("push", &pushed)] {
        let lockgate = event(server.check("main", 0), name, payload);
        let outcome = lockgate.env("GITHUB_SHA", &server.topic).run();
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
        assert!(
            outcome.stderr.contains("what was there before"),
            "{}",
            outcome.stderr
        );
    }
}

pub fn push(before: &str, reference: &str, forced: bool) -> Value {
    json!({"before": before, "ref": reference, "forced": forced,
        "repository": {"default_branch": "main"}})
}

pub const ZEROS: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_push_is_compared_with_the_commit_before() {
    let server = Server::new();
    let payload = push(&server.fork, "refs/heads/topic", false);
    let (json, _) = event(server.check("topic", 0), "push", &payload).json();
    known(&json, "topic", &server.fork);
    assert_origins(&json, ONLY_THE_NEW_LINE);
    let (json, _) = event(server.check("topic", 2), "push", &payload).json();
    known(&json, "topic", &server.fork);
    let (json, _) = event(server.check("topic", 1), "push", &payload).json();
    unreadable(&json, "fetch-depth: 0");
}

#[test]
fn a_new_branch_is_compared_with_where_it_left_the_default_branch() {
    let server = Server::new();
    let payload = push(ZEROS, "refs/heads/topic", false);
    let (json, _) = event(server.check("topic", 0), "push", &payload).json();
    known(&json, "main", &server.fork);
    assert_origins(&json, ONLY_THE_NEW_LINE);
    let (json, _) = event(server.check("topic", 1), "push", &payload).json();
    unreadable(&json, "fetch-depth: 0");
    // Workflows hand the zeros on without knowing.
    let lockgate = server.check("topic", 0).args(&["--base", ZEROS]);
    known(
        &event(lockgate, "push", &payload).json().0,
        "main",
        &server.fork,
    );
}

#[test]
fn a_rewritten_branch_is_compared_with_what_both_have() {
    let server = Server::new();
    git(server.at(), &["checkout", "-b", "rewritten", &server.fork]);
    commit(
        server.at(),
        &[("app.py", "a\nnew\nc\n"), ("more.py", "m\n")],
    );
    let payload = push(&server.topic, "refs/heads/rewritten", true);
    let (json, _) = event(server.check("rewritten", 0), "push", &payload).json();
    known(&json, "rewritten", &server.fork);
    assert_origins(&json, ONLY_THE_NEW_LINE);
    // What was rewritten away is in no clone: the default branch is the next best.
    let gone = "9".repeat(40);
    let payload = push(&gone, "refs/heads/rewritten", true);
    let (json, _) = event(server.check("rewritten", 0), "push", &payload).json();
    known(&json, "main", &server.fork);
    let payload = push(&gone, "refs/heads/main", true);
    let (json, _) = event(server.check("main", 0), "push", &payload).json();
    unreadable(&json, "git fetch origin");
}

#[test]
fn what_is_no_change_is_compared_with_nothing() {
    let server = Server::new();
    let check = |name: &str, payload: Value| {
        let (json, _) = event(server.check("topic", 0), name, &payload).json();
        let state = json["comparison"]["state"].as_str().unwrap().to_owned();
        (state, origins(&json)["app.py:2"].clone())
    };
    let expected = |state: &str, origin: &str| (state.to_owned(), origin.to_owned());
    assert_eq!(check("schedule", json!({})), expected("whole", "existing"));
    // Whoever starts it, comments, or whose run ended, may be asking about somebody's change.
    for name in [
        "workflow_dispatch",
        "workflow_run",
        "issue_comment",
        "release",
    ] {
        assert_eq!(
            check(name, json!({})),
            expected("none", "unknown"),
            "{name}"
        );
    }
    let tag = push(&server.fork, "refs/tags/v1", false);
    assert_eq!(check("push", tag), expected("none", "unknown"));
}

#[test]
fn a_given_base_wins_and_says_where_it_differs() {
    let server = Server::new();
    server.merge();
    let lockgate = server.check("pull", 0).args(&["--base", &server.fork]);
    let lockgate = event(lockgate, "pull_request", &server.pull());
    let outcome = lockgate.run();
    assert!(
        outcome.stderr.contains("--base names another commit"),
        "{}",
        outcome.stderr
    );
    let (json, _) = lockgate.json();
    known(&json, &server.fork, &server.fork);
    assert_eq!(origins(&json)["other.py:1"], "introduced");
    // A branch that only the origin has.
    let lockgate = server.check("topic", 0).args(&["--base", "main"]);
    known(&lockgate.json().0, "main", &server.fork);
}

#[test]
fn hostile_events_never_choose_the_base() {
    let server = Server::new();
    let sha = |text: &str| {
        json!({"pull_request": {"head": {"sha": text}, "base": {"sha": text, "ref": text}}})
            .to_string()
    };
    let huge = format!("{{\"x\": \"{}\"}}", "x".repeat(26 * 1024 * 1024));
    for payload in [
        String::new(),
        "null".to_owned(),
        "[[[[".repeat(10_000),
        huge,
        json!({"pull_request": 7}).to_string(),
        json!({"pull_request": {"base": {"sha": {"a": []}}}}).to_string(),
        sha("--upload-pack=touch x"),
        sha("-x"),
        sha("HEAD"),
        sha("main"),
        sha("refs/heads/main"),
        sha("\u{1b}[31m\n::error::x"),
        sha("../../main"),
    ] {
        let lockgate = text_event(server.check("topic", 0), "pull_request", &payload);
        let (json, code) = lockgate.json();
        // A name that is a branch's own may be used as that; nothing else.
        let named = payload == sha("main");
        let state = if named { "known" } else { "unreadable" };
        assert_eq!(json["comparison"]["state"], state, "{payload:.60}");
        assert_eq!(code, if named { 1 } else { 3 }, "{payload:.60}");
    }
    let lockgate = server
        .check("topic", 0)
        .env("LOCKGATE_BASE", "--upload-pack=x");
    unreadable(&lockgate.json().0, "name a commit that is here");
}

#[test]
fn branch_names_are_shown_escaped() {
    let server = Server::new();
    let name = "x<b>|`##{}##";
    let mut payload = server.pull();
    payload["pull_request"]["base"]["ref"] = json!(name);
    let lockgate = event(server.check("topic", 0), "pull_request", &payload);
    let lockgate = lockgate.args(&["--output", "html=h.html", "--output", "markdown=m.md"]);
    let outcome = lockgate.run();
    assert!(
        outcome.stdout.contains("compared with x<b>|"),
        "{}",
        outcome.stdout
    );
    let read = |path: &str| std::fs::read_to_string(lockgate.folder.path().join(path)).unwrap();
    assert!(!read("h.html").contains("<b>|") && !read("m.md").contains("<b>|"));
    // No branch can have this name, which starts a command of the runner.
    payload["pull_request"]["base"]["ref"] = json!("##[error]x");
    let outcome = event(server.check("topic", 0), "pull_request", &payload).run();
    assert!(!outcome.stdout.contains("##["), "{}", outcome.stdout);
}

/// A local repository with `main`, on a new branch.
fn local(files: &[(&str, &str)]) -> Lockgate {
    let lockgate = Lockgate::check();
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["init"]);
    commit(&folder, files);
    git(&folder, &["checkout", "-b", "topic"]);
    lockgate
}

fn compared(lockgate: Lockgate, places: &[(&str, u32)]) -> Value {
    let lockgate = lockgate.report("", "r.sarif", report(places));
    lockgate.args(&["--base", "main"]).json().0
}

#[test]
fn without_a_base_a_local_run_says_how_to_give_one() {
    let lockgate = local(&[("a.py", "a\n")]).report("", "r.sarif", report(&[("a.py", 1)]));
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.stdout.contains("not compared: no base is given")
            && outcome.stdout.contains("--base main"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn without_history_there_is_nothing_to_compare_with() {
    let check = |base: &[&str]| {
        Lockgate::check()
            .file("a.py", "a\n")
            .report("", "r.sarif", report(&[("a.py", 1)]))
            .args(base)
    };
    assert_eq!(check(&[]).json().0["comparison"]["state"], "none");
    unreadable(&check(&["--base", "main"]).json().0, "check out with Git");
    let unborn = check(&["--base", "main"]);
    git(unborn.folder.path(), &["init"]);
    assert_eq!(unborn.json().0["comparison"]["state"], "none");
    let gone = check(&["--base", "main"]);
    git(gone.folder.path(), &["init"]);
    let gone = gone.file(".git/HEAD", "1".repeat(40));
    unreadable(&gone.json().0, "check out once more");
    let damaged = check(&["--base", "main"]).file(".git/HEAD", "x");
    unreadable(&damaged.json().0, "check out with Git");
}

#[test]
fn what_is_not_committed_is_part_of_the_change() {
    let lockgate = local(&[
        ("altered.py", "a\nb\n"),
        ("staged.py", "a\nb\n"),
        ("still.py", "a\nb\n"),
        ("ends.py", "a\nb\n"),
        ("mode.py", "a\nb\n"),
        (".gitignore", "ignored.py\n"),
    ]);
    let folder = lockgate.folder.path().to_owned();
    write(&folder, "altered.py", "a\nB\n");
    write(&folder, "staged.py", "a\nB\n");
    git(&folder, &["add", "staged.py"]);
    // The same text with the line ends of another system.
    write(&folder, "ends.py", "a\r\nb\r\n");
    write(&folder, "new.py", "a\n");
    write(&folder, "ignored.py", "a\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.join("mode.py"), mode).unwrap();
    }
    let places = [
        ("altered.py", 1),
        ("altered.py", 2),
        ("staged.py", 2),
        ("still.py", 2),
        ("ends.py", 2),
        ("mode.py", 2),
        ("new.py", 1),
        ("ignored.py", 1),
    ];
    assert_origins(
        &compared(lockgate, &places),
        &[
            ("altered.py:1", "existing"),
            ("altered.py:2", "introduced"),
            ("staged.py:2", "introduced"),
            ("still.py:2", "existing"),
            ("ends.py:2", "existing"),
            ("mode.py:2", "existing"),
            ("new.py:1", "introduced"),
            // Git has nothing to compare it with.
            ("ignored.py:1", "unknown"),
        ],
    );
}

#[test]
fn a_file_altered_right_after_the_checkout_is_seen() {
    // The same size, in the same tick of the clock as git's own note of it.
    let lockgate = local(&[("a.py", "a\nb\n")]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["checkout", "main"]);
    write(&folder, "a.py", "a\nc\n");
    let json = compared(lockgate, &[("a.py", 2)]);
    assert_origins(&json, &[("a.py:2", "introduced")]);
}

#[test]
fn lines_of_files_that_git_keeps_with_other_ends_are_the_same() {
    let lockgate = local(&[("a.py", "a\r\nb\r\n"), ("b.py", "a\nb\n")]);
    let folder = lockgate.folder.path().to_owned();
    commit(&folder, &[("b.py", "a\r\nb\r\n")]);
    write(&folder, "a.py", "a\nb\n");
    let json = compared(lockgate, &[("a.py", 2), ("b.py", 2)]);
    assert_origins(&json, &[("a.py:2", "existing"), ("b.py:2", "existing")]);
}

#[test]
fn a_renamed_file_keeps_its_lines() {
    let text: String = (1..=20).map(|n| format!("line {n}\n")).collect();
    let lockgate = local(&[("old/a.py", &text), ("gone.py", "a\n")]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["mv", "old", "new"]);
    git(&folder, &["rm", "gone.py"]);
    let edited = text.replace("line 7\n", "line seven\n");
    commit(&folder, &[("new/a.py", &edited)]);
    // The scanner's report is older than the change and still names a file that is gone.
    let json = compared(lockgate, &[("new/a.py", 7), ("new/a.py", 8)]);
    assert_origins(
        &json,
        &[("new/a.py:7", "introduced"), ("new/a.py:8", "existing")],
    );
}

#[test]
fn a_folder_of_the_repository_is_compared_by_its_own_paths() {
    let lockgate = local(&[("services/api/a.py", "a\nb\n"), ("a.py", "a\nb\n")]);
    let folder = lockgate.folder.path().to_owned();
    commit(&folder, &[("services/api/a.py", "a\nB\n")]);
    write(&folder, "a.py", "x\ny\n");
    let report = report(&[("a.py", 1), ("a.py", 2)]);
    let (json, _) = lockgate
        .report("", "r.sarif", report)
        .args(&["services/api", "--base", "main"])
        .json();
    assert_origins(&json, &[("a.py:1", "existing"), ("a.py:2", "introduced")]);
}

#[test]
fn a_worktree_is_a_checkout_like_any_other() {
    let main = local(&[("a.py", "a\nb\n")]);
    let at = main.folder.path();
    let lockgate = Lockgate::check();
    let there = lockgate.folder.path().join("w");
    git(
        at,
        &["worktree", "add", "-b", "more", there.to_str().unwrap()],
    );
    assert!(there.join(".git").is_file());
    commit(&there, &[("a.py", "a\nB\n")]);
    let (json, _) = lockgate
        .report("", "w/r.sarif", report(&[("a.py", 1), ("a.py", 2)]))
        .args(&["w", "--base", "main"])
        .json();
    assert_origins(&json, &[("a.py:1", "existing"), ("a.py:2", "introduced")]);
}

#[test]
fn what_lies_in_a_submodule_is_as_new_as_its_commit() {
    let inner = local(&[("x.py", "x\n")]);
    let source = inner.folder.path().to_str().unwrap().to_owned();
    let lockgate = local(&[("a.py", "a\n")]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["checkout", "main"]);
    let allow = "protocol.file.allow=always";
    git(&folder, &["-c", allow, "submodule", "add", &source, "sub"]);
    commit(&folder, &[]);
    git(&folder, &["checkout", "-b", "next"]);
    let check = || {
        // A new report in the same folder for each state.
        let (json, _) = Lockgate::check()
            .file("r.sarif", report(&[("sub/x.py", 1)]))
            .args(&[
                folder.to_str().unwrap(),
                "--base",
                "main",
                "--report",
                "r.sarif",
            ])
            .json();
        origins(&json)["sub/x.py:1"].clone()
    };
    assert_eq!(check(), "existing");
    write(&folder, "sub/x.py", "y\n");
    assert_eq!(check(), "unknown", "altered inside");
    commit(&folder.join("sub"), &[]);
    assert_eq!(check(), "unknown", "another commit checked out");
    commit(&folder, &[]);
    assert_eq!(check(), "unknown", "another commit recorded");
}

#[cfg(unix)]
#[test]
fn a_link_is_as_new_as_the_file_that_it_leads_to() {
    let lockgate = local(&[("real/a.py", "a\nb\n"), ("real/b.py", "a\n")]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["checkout", "main"]);
    std::os::unix::fs::symlink("real", folder.join("link")).unwrap();
    std::os::unix::fs::symlink("real/a.py", folder.join("one.py")).unwrap();
    std::os::unix::fs::symlink("real/a.py", folder.join("two.py")).unwrap();
    commit(&folder, &[]);
    git(&folder, &["checkout", "-b", "next"]);
    std::fs::remove_file(folder.join("two.py")).unwrap();
    std::os::unix::fs::symlink("real/b.py", folder.join("two.py")).unwrap();
    commit(&folder, &[("real/a.py", "a\nB\n")]);
    let places = [
        ("link/a.py", 1),
        ("link/a.py", 2),
        ("link/b.py", 1),
        ("one.py", 2),
        ("two.py", 1),
    ];
    assert_origins(
        &compared(lockgate, &places),
        &[
            ("link/a.py:1", "existing"),
            ("link/a.py:2", "introduced"),
            ("link/b.py:1", "existing"),
            ("one.py:2", "introduced"),
            ("two.py:1", "unknown"),
        ],
    );
}

#[test]
fn what_cannot_be_compared_by_line_is_unknown() {
    let large = "x\n".repeat(3 * 1024 * 1024);
    let lockgate = local(&[
        ("large.txt", large.as_str()),
        ("binary.bin", "a\0\n"),
        ("whole.py", "a\n"),
    ]);
    let folder = lockgate.folder.path().to_owned();
    commit(
        &folder,
        &[
            ("large.txt", &format!("{large}y\n")),
            ("binary.bin", "a\0\nb\n"),
            ("whole.py", "a\nb\n"),
        ],
    );
    let results = json!([
        {"ruleId": "R1", "level": "error", "message": {"text": "no line"},
         "locations": [{"physicalLocation": {"artifactLocation": {"uri": "whole.py"}}}]},
    ]);
    let other = json!({"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "U", "version": "1"}}, "results": results}]});
    let lockgate = lockgate.report("", "u.sarif", other.to_string());
    let json = compared(lockgate, &[("large.txt", 1), ("binary.bin", 1)]);
    assert_origins(
        &json,
        &[
            ("large.txt:1", "unknown"),
            ("binary.bin:1", "unknown"),
            ("whole.py:null", "unknown"),
        ],
    );
}

/// A report of pip-audit.
fn pip_audit(packages: &[(&str, &str)]) -> String {
    let dependencies: Vec<Value> = packages
        .iter()
        .map(|(name, version)| {
            json!({"name": name, "version": version, "vulns": [
                {"id": format!("PYSEC-2020-{}", name.len()), "fix_versions": ["99"],
                 "aliases": [], "description": "bad"}]})
        })
        .collect();
    json!({"dependencies": dependencies, "fixes": []}).to_string()
}

fn packages(json: &Value) -> BTreeMap<String, String> {
    let findings = json["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            let name = f["package"]["name"].as_str().unwrap().to_owned();
            (name, f["origin"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn expected(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, origin)| ((*name).to_owned(), (*origin).to_owned()))
        .collect()
}

#[test]
fn dependencies_are_compared_by_what_the_base_lists() {
    let lockgate = local(&[("requirements.txt", "flask==0.5\nrequests==2.0\n")]);
    let folder = lockgate.folder.path().to_owned();
    // Every line moves, one version changes, one package is new.
    let now = "# pinned\ndjango==1.0\nrequests==2.1\nflask==0.5\n";
    commit(&folder, &[("requirements.txt", now)]);
    let report = pip_audit(&[("flask", "0.5"), ("requests", "2.1"), ("django", "1.0")]);
    let (json, _) = lockgate
        .report("pip-audit", "p.json", report)
        .args(&["--base", "main"])
        .json();
    let wanted = [
        ("flask", "disclosed"),
        ("requests", "introduced"),
        ("django", "introduced"),
    ];
    assert_eq!(packages(&json), expected(&wanted));
}

#[test]
fn a_version_that_the_base_left_open_is_as_new_as_its_line() {
    let lockgate = local(&[("requirements.txt", "flask\nrequests\n")]);
    let folder = lockgate.folder.path().to_owned();
    commit(&folder, &[("requirements.txt", "flask==0.5\nrequests\n")]);
    let report = pip_audit(&[("flask", "0.5"), ("requests", "2.0")]);
    let (json, _) = lockgate
        .report("pip-audit", "p.json", report)
        .args(&["--base", "main"])
        .json();
    let wanted = [("flask", "introduced"), ("requests", "disclosed")];
    assert_eq!(packages(&json), expected(&wanted));
}

#[test]
fn a_manifest_that_moves_brings_nothing_new() {
    // Git does not see the rename: too little is left.
    let lockgate = local(&[("old/requirements.txt", "flask==0.5\n")]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["rm", "old/requirements.txt"]);
    let now: String = (1..=30).map(|n| format!("package-{n}==1.0\n")).collect();
    let now = format!("{now}flask==0.5\ndjango==1.0\n");
    commit(&folder, &[("new/requirements.txt", &now)]);
    let report = pip_audit(&[("flask", "0.5"), ("django", "1.0")]);
    let (json, _) = lockgate
        .report("pip-audit", "p.json", report)
        .args(&["--base", "main"])
        .json();
    let wanted = [("flask", "disclosed"), ("django", "introduced")];
    assert_eq!(
        packages(&json),
        expected(&wanted),
        "{}",
        json["findings"][0]["location"]
    );
}

/// A lockfile of npm with one package, and npm audit's word on it.
fn npm(dev: bool) -> (String, String) {
    let mut package = json!({"version": "1.0.0", "resolved": "", "integrity": ""});
    let mut root = json!({"name": "p", "dependencies": {"qs": "1.0.0"}});
    if dev {
        package["dev"] = json!(true);
        root = json!({"name": "p", "devDependencies": {"qs": "1.0.0"}});
    }
    let lock = json!({"name": "p", "lockfileVersion": 3, "packages": {
        "": root, "node_modules/qs": package}});
    let audit = json!({"auditReportVersion": 2, "vulnerabilities": {"qs": {
        "name": "qs", "severity": "high", "isDirect": true, "effects": [], "range": "<2.0.0",
        "nodes": ["node_modules/qs"], "fixAvailable": false,
        "via": [{"source": 1, "name": "qs", "dependency": "qs", "title": "bad",
            "url": "https://github.com/advisories/GHSA-gqgv-6jq5-jjj9", "severity": "high",
            "cwe": [], "cvss": {"score": 0, "vectorString": null}, "range": "<2.0.0"}]}},
        "metadata": {"vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 1,
            "critical": 0, "total": 1},
            "dependencies": {"prod": 1, "dev": 0, "optional": 0, "peer": 0, "peerOptional": 0,
            "total": 1}}});
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    (text(&lock), text(&audit))
}

#[test]
fn a_dependency_that_is_shipped_from_now_on_is_introduced() {
    for (before, now, origin) in [
        (true, false, "introduced"),
        (false, true, "disclosed"),
        (true, true, "disclosed"),
    ] {
        let lockgate = local(&[("package-lock.json", npm(before).0.as_str())]);
        let folder = lockgate.folder.path().to_owned();
        let (lock, audit) = npm(now);
        commit(&folder, &[("package-lock.json", &lock), ("x", "x")]);
        let (json, _) = lockgate
            .report("npm-audit", "n.json", audit)
            .args(&["--base", "main"])
            .json();
        assert_eq!(
            packages(&json),
            expected(&[("qs", origin)]),
            "{before} {now}"
        );
    }
}

#[test]
fn another_package_manager_brings_no_package_that_was_there() {
    let lockgate = local(&[("package-lock.json", npm(false).0.as_str())]);
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["rm", "package-lock.json"]);
    let yarn = "# yarn lockfile v1\n\n\nqs@1.0.0:\n  version \"1.0.0\"\n";
    commit(&folder, &[("yarn.lock", yarn)]);
    let (json, _) = lockgate
        .report("npm-audit", "n.json", npm(false).1)
        .args(&["--base", "main"])
        .json();
    assert_eq!(packages(&json), expected(&[("qs", "disclosed")]));
    assert_eq!(json["findings"][0]["location"]["path"], "yarn.lock");
}

#[test]
fn a_partial_clone_is_compared_as_far_as_it_goes() {
    let server = Server::new();
    let at = server.at();
    git(at, &["config", "uploadpack.allowFilter", "true"]);
    git(at, &["checkout", "topic"]);
    git(at, &["mv", "other.py", "renamed.py"]);
    commit(at, &[("renamed.py", "x\nmore\n")]);
    let lockgate = Lockgate::check();
    let source = format!("file://{}", at.display());
    let folder = lockgate.folder.path().to_owned();
    git(
        &folder,
        &[
            "clone",
            "--branch",
            "topic",
            "--filter=blob:none",
            &source,
            ".",
        ],
    );
    let places = [("app.py", 2), ("renamed.py", 1)];
    let (json, _) = lockgate
        .report("", "r.sarif", report(&places))
        .args(&["--base", "main"])
        .json();
    known(&json, "main", &server.fork);
    assert_origins(
        &json,
        &[("app.py:2", "unknown"), ("renamed.py:1", "introduced")],
    );
}

#[test]
fn every_output_tells_what_was_compared() {
    let server = Server::new();
    server.merge();
    let outputs = ["json", "markdown", "html", "sarif"].map(|kind| format!("{kind}=out.{kind}"));
    let mut args = Vec::new();
    for output in &outputs {
        args.extend(["--output", output.as_str()]);
    }
    let check = |depth| {
        let lockgate = event(server.check("pull", depth), "pull_request", &server.pull());
        let lockgate = lockgate.args(&args);
        let outcome = lockgate.run();
        let read = |kind: &str| {
            let path = lockgate.folder.path().join(format!("out.{kind}"));
            std::fs::read_to_string(path).unwrap()
        };
        (
            outcome.stdout,
            read("markdown"),
            read("html"),
            read("sarif"),
        )
    };
    let short = &server.main[..7];
    let (console, markdown, html, sarif) = check(2);
    let counts = "1 introduced, 2 existing";
    assert!(
        console.contains(&format!("compared with main ({short}): {counts}")),
        "{console}"
    );
    assert!(
        console.contains("introduced: the change touches the line"),
        "{console}"
    );
    assert!(
        markdown.contains(&format!(
            "compared with <code>main</code> ({short}): {counts}"
        )),
        "{markdown}"
    );
    assert!(
        markdown.contains("introduced: the change touches the line"),
        "{markdown}"
    );
    assert!(
        html.contains(counts) && html.contains("introduced: the change touches"),
        "{html}"
    );
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let runs = log["runs"].as_array().unwrap().iter();
    let results = runs.flat_map(|run| run["results"].as_array().unwrap());
    let mut states: Vec<&str> = results
        .map(|r| r["baselineState"].as_str().unwrap())
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["new", "unchanged", "unchanged"]);

    let (console, markdown, html, sarif) = check(1);
    let mend = "give actions/checkout the setting fetch-depth: 2";
    for text in [&console, &html] {
        assert!(text.contains(mend), "{text}");
    }
    assert!(markdown.contains("> [!WARNING]\n> not compared") && markdown.contains(mend));
    assert!(!sarif.contains("baselineState"));
}

#[test]
fn annotations_show_the_changes_own_first() {
    let server = Server::new();
    server.merge();
    let places: Vec<(&str, u32)> = vec![("app.py", 1), ("app.py", 2), ("app.py", 3)];
    let annotations = |depth, level: &str| {
        let report = report(&places).replace("\"error\"", &format!("\"{level}\""));
        let lockgate = server.check_of("pull", depth, &report);
        let lockgate = event(lockgate, "pull_request", &server.pull());
        let lines = lockgate.run().stdout;
        let about = format!("::{level} file=");
        let lines = lines.lines().filter(|line| line.starts_with(&about));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let errors = annotations(2, "error");
    assert!(
        errors[0].starts_with("::error file=app.py,line=2,"),
        "{errors:?}"
    );
    assert!(errors[0].contains("Origin: introduced"), "{errors:?}");
    // What was there is not the author's to mend, and the summary has it.
    let warnings = annotations(2, "warning");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("::warning file=app.py,line=2,"));
    assert_eq!(
        annotations(1, "warning").len(),
        3,
        "where nobody knows, all"
    );
}
