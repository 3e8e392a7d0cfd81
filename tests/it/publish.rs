//! A bundle of a pull request's own run is published by a job with rights, which believes GitHub and
//! nothing else.

use crate::event_files;
use crate::hub::{Permissions, What};
use crate::job::{Evidence, Job};
use crate::origin::id;
use crate::program::{Lockgate, Outcome, git};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A pull request from a fork whose own run has left a bundle, and the server after it.
struct Second {
    job: Job,
    bundle: PathBuf,
    event: Value,
    env: Vec<(String, String)>,
}

impl Second {
    fn after(evidence: Evidence, conclusion: &str) -> Self {
        let job =
            Job::on("pull_request_fork", evidence).args(&["--output", "bundle=out/run.bundle"]);
        let first = job.run();
        assert_eq!(first.code, evidence.expected().0, "{}", first.stderr);
        assert!(job.comments().is_empty(), "a fork's token may not write");
        let bundle = job.runner().join("run.bundle");
        std::fs::rename(job.lockgate.folder.path().join("out/run.bundle"), &bundle).unwrap();
        // What the job of the default branch checks out.
        git(job.lockgate.folder.path(), &["reset", "--hard", &job.base]);
        job.hub.permit(Permissions::all());
        job.hub.forget();
        let mut event = event_files::with("workflow_run_fork", &job.head, &job.base, &job.base);
        event["workflow_run"]["head_sha"] = json!(job.head);
        event["workflow_run"]["conclusion"] = json!(conclusion);
        event["workflow_run"]["event"] = json!("pull_request");
        Self {
            job,
            bundle,
            event,
            env: Vec::new(),
        }
    }

    fn run(&self, args: &[&str]) -> Outcome {
        self.publish(&[&[self.bundle.to_str().unwrap()], args].concat())
    }

    fn publish(&self, args: &[&str]) -> Outcome {
        let runner = self.job.runner();
        let path = |name: &str| runner.join(name).to_str().unwrap().to_owned();
        std::fs::write(path("event.json"), self.event.to_string()).unwrap();
        for name in ["summary", "outputs"] {
            std::fs::write(path(name), "").unwrap();
        }
        let mut lockgate = Lockgate::new(&["publish"])
            .args(args)
            .inside(self.job.lockgate.folder.path());
        for (name, value) in self.job.hub.env() {
            lockgate = lockgate.env(&name, &value);
        }
        for (name, value) in [
            ("GITHUB_EVENT_NAME", "workflow_run"),
            ("GITHUB_EVENT_PATH", &path("event.json")),
            ("GITHUB_SHA", &id(self.job.lockgate.folder.path(), "HEAD")),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_RUN_ID", "7007"),
            ("GITHUB_STEP_SUMMARY", &path("summary")),
            ("GITHUB_OUTPUT", &path("outputs")),
        ] {
            lockgate = lockgate.env(name, value);
        }
        for (name, value) in &self.env {
            lockgate = lockgate.env(name, value);
        }
        lockgate.run()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.job.runner().join(name)).unwrap()
    }

    /// Runs, and expects that nothing was written and this was said.
    #[track_caller]
    fn silent(&self, code: i32, why: &str) {
        let ran = self.run(&[]);
        assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(why), "{why}: {}", ran.stderr);
        assert!(self.job.hub.writes().is_empty());
    }

    fn change(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(&self.bundle).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&self.bundle, text.replace(from, to)).unwrap();
    }
}

#[test]
fn the_comment_tells_where_the_evidence_is_from() {
    let second = Second::after(Evidence::Blocked, "failure");
    let ran = second.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let comments = second.job.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0].contains("B307"), "{}", comments[0]);
    assert!(
        comments[0].contains("pull request&#39;s own run")
            || comments[0].contains("pull request's own run"),
        "{}",
        comments[0]
    );
    assert!(!comments[0].contains("ended with success"));
    assert!(second.read("summary").contains("own check is what blocks"));
    // Nobody can take this for a verdict.
    assert_eq!(second.read("outputs"), "");
    let lines = second.job.hub.lines();
    assert!(
        lines.len() <= 8
            && lines
                .iter()
                .all(|line| !line.contains("statuses") && !line.contains("sarifs")),
        "{lines:#?}"
    );
    // The same again is no news.
    second.job.hub.forget();
    assert_eq!(second.run(&[]).code, 0);
    assert!(
        second.job.hub.writes().is_empty(),
        "{:#?}",
        second.job.hub.lines()
    );
}

#[test]
fn a_run_that_contradicts_its_evidence_is_told() {
    let second = Second::after(Evidence::Blocked, "success");
    assert_eq!(second.run(&[]).code, 0);
    assert!(second.job.comments()[0].contains("ended with success, although"));
    let second = Second::after(Evidence::Passing, "failure");
    assert_eq!(second.run(&[]).code, 0);
    assert!(second.job.comments()[0].contains("did not end with success"));
    let second = Second::after(Evidence::Passing, "success");
    assert_eq!(second.run(&[]).code, 0);
    assert!(second.job.comments().is_empty(), "nothing is to be told");
}

#[test]
fn the_policy_is_the_targets() {
    let mut second = Second::after(Evidence::Blocked, "failure");
    let folder = &second.job.lockgate.folder.path().to_owned();
    std::fs::write(
        folder.join("lockgate.toml"),
        "[[gate]]\nname = \"all\"\naction = \"allow\"\nwhen = {}\n",
    )
    .unwrap();
    // Not committed: nobody has agreed to it.
    assert_eq!(second.run(&[]).code, 0);
    assert!(second.job.comments()[0].contains("blocked"));
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "policy"]);
    second.env.push(("GITHUB_RUN_ATTEMPT".into(), "2".into()));
    assert_eq!(second.run(&[]).code, 0);
    assert!(
        second.job.comments()[0].contains("all clear"),
        "{}",
        second.job.comments()[0]
    );
}

#[test]
fn the_pull_request_is_githubs_word() {
    let second = Second::after(Evidence::Blocked, "failure");
    second.job.hub.state().pulls[0].state = "closed".to_owned();
    second.silent(0, "no open pull request");
    second.job.hub.state().pulls[0].state = "open".to_owned();
    second.job.hub.state().pulls[0].head_sha = "c".repeat(40);
    second.silent(0, "no open pull request");
    second.job.hub.state().pulls[0]
        .head_sha
        .clone_from(&second.job.head);
    let target = second.job.base.clone();
    {
        let mut state = second.job.hub.state();
        let pull = state.pull(8, &second.job.head);
        pull.base_ref = "other".to_owned();
        pull.head_repository = Some("mallory/shop".to_owned());
    }
    // Two that fit: the one whose target the run has compared with.
    assert_eq!(second.run(&[]).code, 0);
    assert_eq!(second.job.comments().len(), 1);
    second.job.hub.forget();
    second.job.hub.state().pulls[1].base_sha = target;
    second.silent(0, "several open pull requests");
    // The other one's target is a commit that is not here.
    second.job.hub.state().pulls.remove(0);
    second.job.hub.state().pulls[0].base_sha = "e".repeat(40);
    second.silent(0, "fetch-depth: 0");
}

/// Anybody can open a pull request that ends at somebody else's commit.
#[test]
fn a_strangers_pull_request_at_the_same_commit_silences_nothing() {
    let second = Second::after(Evidence::Blocked, "failure");
    let (head, base) = (second.job.head.clone(), second.job.base.clone());
    for (number, from, branch) in [
        (8, Some("stranger/shop"), "change"),
        (9, Some("mallory/shop"), "other"),
        (10, None, "change"),
    ] {
        let mut state = second.job.hub.state();
        let pull = state.pull(number, &head);
        pull.base_sha.clone_from(&base);
        pull.head_repository = from.map(str::to_owned);
        branch.clone_into(&mut pull.head_ref);
    }
    assert_eq!(second.run(&[]).code, 0);
    let state = second.job.hub.state();
    let told: Vec<u64> = state.comments.iter().map(|c| c.issue).collect();
    assert_eq!(told, [7]);
}

#[test]
fn numbers_at_their_limits_are_no_fault() {
    let mut second = Second::after(Evidence::Blocked, "failure");
    for field in ["id", "run_attempt"] {
        second.event["workflow_run"][field] = json!(u64::MAX);
    }
    assert_eq!(second.run(&[]).code, 0);
    assert_eq!(second.job.comments().len(), 1);
}

#[test]
fn hostile_bundles_are_refused_before_anything_is_asked() {
    let refused = |second: &Second, why: &str| {
        second.silent(3, why);
        assert!(second.job.hub.lines().is_empty(), "{why}");
    };
    let second = Second::after(Evidence::Blocked, "failure");
    let original = std::fs::read_to_string(&second.bundle).unwrap();
    second.change(&second.job.head, &"d".repeat(40));
    refused(&second, "another commit than the run");
    std::fs::write(&second.bundle, &original).unwrap();
    second.change("\"path\":\"app.py\"", "\"path\":\"../../../etc/passwd\"");
    refused(&second, "the bundle is refused");
    for text in ["", "{}", "[[[[", &original[..original.len() / 2]] {
        std::fs::write(&second.bundle, text).unwrap();
        refused(&second, "the bundle is refused");
    }
    std::fs::write(&second.bundle, &original).unwrap();
    second.change(
        "\"undone\":[]",
        "\"shard\":{\"number\":1,\"of\":1,\"plan\":\"aa\"},\"undone\":[]",
    );
    refused(&second, "one shard of a check");
    let large = std::fs::File::create(&second.bundle).unwrap();
    large.set_len(128 * 1024 * 1024 + 1).unwrap();
    refused(&second, "larger than 128 MiB");
    std::fs::remove_file(&second.bundle).unwrap();
    refused(&second, "no such file");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", &second.bundle).unwrap();
        refused(&second, "symbolic link");
    }
}

#[test]
fn foreign_words_stay_words() {
    let second = Second::after(Evidence::Blocked, "failure");
    let hostile = "@everyone </details>\\n::set-output name=verdict::pass ##[error]x `a` <script>";
    second.change("Use of eval.", hostile);
    let ran = second.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!said.contains("\n::") && !said.contains("##["), "{said}");
    let comment = &second.job.comments()[0];
    assert!(
        !comment.contains("@everyone") && !comment.contains("<script>"),
        "{comment}"
    );
}

#[test]
fn what_cannot_be_told_is_no_failure_unless_it_is_required() {
    let second = Second::after(Evidence::Blocked, "failure");
    second.job.hub.permit(Permissions::read_only());
    let ran = second.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("pull-requests: write"),
        "{}",
        ran.stdout
    );
    assert_eq!(second.run(&["--comment", "required"]).code, 4);
    second.job.hub.permit(Permissions::none());
    assert_eq!(second.run(&[]).code, 0);
    second.job.hub.permit(Permissions::all());
    second.job.hub.fail("GET", "/pulls", 20, What::down(502));
    assert_eq!(
        second
            .run(&["--comment", "required", "--api-time", "3"])
            .code,
        4
    );
}

#[test]
fn alerts_go_to_the_pull_request_only_when_asked() {
    let second = Second::after(Evidence::Blocked, "failure");
    let ran = second.run(&["--upload", "required"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let state = second.job.hub.state();
    assert!(!state.sarifs.is_empty());
    assert!(
        state
            .sarifs
            .iter()
            .all(|sarif| sarif.reference == "refs/pull/7/head"
                && sarif.commit_sha == second.job.head)
    );
}

#[test]
fn it_belongs_to_a_run_that_follows_another() {
    let mut second = Second::after(Evidence::Blocked, "failure");
    second
        .env
        .push(("GITHUB_EVENT_NAME".into(), "pull_request".into()));
    second.silent(2, "workflow_run");
    second.env.clear();
    for args in [["--status", "check-run"], ["--report", "x"]] {
        assert_eq!(second.run(&args).code, 2);
    }
    second.event["workflow_run"]["event"] = json!("push");
    second.silent(0, "not of a pull request");
}
