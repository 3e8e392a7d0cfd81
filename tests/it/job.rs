//! A job of Actions on the fake GitHub: a checked-out repository, an event, a token, and the files
//! that the runner gives to a step.

use crate::event_files;
use crate::hub::{Account, Hub, NAME, Permissions};
use crate::origin::commit;
use crate::program::{Lockgate, git};
use crate::runner::{self, Command};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tempfile::TempDir;

/// What a step has left behind.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    /// The job summary.
    pub summary: String,
    /// The step's outputs, as the runner reads them.
    pub outputs: BTreeMap<String, String>,
}

impl Ran {
    /// What the runner carries out.
    pub fn commands(&self) -> Vec<Command> {
        runner::commands(&format!("{}\n{}", self.stdout, self.stderr))
    }

    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// Everything that people see or machines read of the verdict itself.
    pub fn verdict(&self) -> (i32, Vec<(String, String)>, Vec<Command>) {
        let outputs = self.outputs.clone().into_iter().collect();
        let mut commands = self.commands();
        commands
            .retain(|command| command.name == "error" || command.properties.contains_key("file"));
        (self.code, outputs, commands)
    }
}

/// What the change brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// A finding that blocks.
    Blocked,
    /// A scanner that found nothing.
    Passing,
    /// A report that is not there.
    Incomplete,
    /// No word of any report.
    Unnamed,
}

impl Evidence {
    pub const ALL: [Self; 3] = [Self::Blocked, Self::Passing, Self::Incomplete];

    /// The exit code and the output `verdict`.
    pub fn expected(self) -> (i32, &'static str) {
        match self {
            Self::Blocked => (1, "block"),
            Self::Passing => (0, "pass"),
            Self::Incomplete | Self::Unnamed => (3, "incomplete"),
        }
    }
}

/// A job.
pub struct Job {
    pub hub: Hub,
    pub lockgate: Lockgate,
    /// Files of the runner, outside of the checkout.
    runner: TempDir,
    /// The change's last commit, its target, and what is checked out.
    pub head: String,
    pub base: String,
    pub commit: String,
}

/// A Bandit report with a finding at each of these places.
pub fn bandit(places: &[(&str, u32)]) -> String {
    let result = |(path, line): &(&str, u32)| {
        json!({
            "code": format!("{line} eval(x)\n"), "filename": path, "issue_severity": "HIGH",
            "issue_confidence": "HIGH", "issue_text": "Use of eval.", "line_number": line,
            "line_range": [line], "more_info": "", "test_id": "B307", "test_name": "eval",
            "issue_cwe": {"id": 95, "link": ""}, "col_offset": 0, "end_col_offset": 7,
        })
    };
    let results: Vec<Value> = places.iter().map(result).collect();
    json!({
        "errors": [], "generated_at": "2026-11-21T08:00:00Z", "results": results,
        "metrics": {"_totals": {"loc": 3}, "app.py": {"loc": 3}},
    })
    .to_string()
}

impl Job {
    /// A job for an event of `tests/fixtures/events`, on GitHub's own cloud.
    pub fn on(event: &str, evidence: Evidence) -> Self {
        Self::at(Hub::start(), event, evidence)
    }

    /// The same on any server.
    pub fn at(hub: Hub, event: &str, evidence: Evidence) -> Self {
        let lockgate = Lockgate::check();
        let folder = lockgate.folder.path().to_owned();
        git(&folder, &["init"]);
        let base = commit(
            &folder,
            &[("app.py", "x = input()\n"), (".gitignore", "/reports\n")],
        );
        git(&folder, &["checkout", "-b", "change"]);
        let head = commit(&folder, &[("app.py", "x = input()\neval(x)\n")]);
        git(&folder, &["checkout", "main"]);
        git(&folder, &["merge", "--no-ff", "-m", "merge", "change"]);
        let commit = commit(&folder, &[]);
        let runner = TempDir::new().unwrap();
        let payload = event_files::with(event, &head, &base, &commit);
        std::fs::write(runner.path().join("event.json"), payload.to_string()).unwrap();
        Self::people(&hub, event, &head, &base);
        let lockgate = match evidence {
            Evidence::Blocked => {
                lockgate.report("bandit", "reports/bandit.json", bandit(&[("app.py", 2)]))
            }
            Evidence::Passing => lockgate.report("bandit", "reports/bandit.json", bandit(&[])),
            Evidence::Unnamed => lockgate,
            Evidence::Incomplete => lockgate.args(&["--report", "bandit=reports/bandit.json"]),
        };
        let mut job = Self {
            hub,
            lockgate,
            runner,
            head,
            base,
            commit,
        };
        job.surround(event, &payload);
        job
    }

    /// What the server knows of the pull request, and what the token may do there.
    fn people(hub: &Hub, event: &str, head: &str, base: &str) {
        let mut state = hub.state();
        let pull = state.pull(7, head);
        base.clone_into(&mut pull.base_sha);
        if event.contains("fork") {
            pull.author = Account::person("mallory");
            pull.head_repository = (!event.contains("deleted")).then(|| "mallory/shop".to_owned());
        }
        if event.contains("dependabot") {
            pull.author = Account::dependabot();
        }
        let is_pull = event_files::kind(event) == "pull_request";
        if is_pull && (event.contains("fork") || event.contains("dependabot")) {
            state.permissions = Permissions::read_only();
        }
    }

    fn surround(&mut self, event: &str, payload: &Value) {
        let kind = event_files::kind(event);
        let reference = match kind {
            "pull_request" => "refs/pull/7/merge".to_owned(),
            "merge_group" => payload["merge_group"]["head_ref"]
                .as_str()
                .unwrap()
                .to_owned(),
            "push" => payload["ref"].as_str().unwrap().to_owned(),
            _ => "refs/heads/main".to_owned(),
        };
        let actor = payload["sender"]["login"].as_str().unwrap_or("mona");
        let path = |name: &str| self.runner.path().join(name).to_str().unwrap().to_owned();
        let mut env = self.hub.env();
        let mut set = |name: &str, value: &str| env.push((name.to_owned(), value.to_owned()));
        set("GITHUB_EVENT_NAME", kind);
        set("GITHUB_EVENT_PATH", &path("event.json"));
        set("GITHUB_SHA", &self.commit);
        set("GITHUB_REF", &reference);
        set("GITHUB_ACTOR", actor);
        set("GITHUB_RUN_ID", "5005");
        set("GITHUB_RUN_NUMBER", "12");
        set("GITHUB_RUN_ATTEMPT", "1");
        set("GITHUB_WORKFLOW", "gate");
        set("GITHUB_JOB", "gate");
        set(
            "GITHUB_WORKSPACE",
            self.lockgate.folder.path().to_str().unwrap(),
        );
        set("GITHUB_STEP_SUMMARY", &path("summary"));
        set("GITHUB_OUTPUT", &path("outputs"));
        set("NO_COLOR", "1");
        if kind == "pull_request" {
            set("GITHUB_BASE_REF", "main");
            set("GITHUB_HEAD_REF", "change");
        }
        for (name, value) in env {
            self.env(&name, &value);
        }
    }

    /// Sets a variable of the step; the last word counts.
    pub fn env(&mut self, name: &str, value: &str) {
        self.change(|lockgate| lockgate.env(name, value));
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.change(|lockgate| lockgate.args(args));
        self
    }

    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.change(|lockgate| lockgate.file(path, content));
        self
    }

    fn change(&mut self, change: impl FnOnce(Lockgate) -> Lockgate) {
        let lockgate = std::mem::replace(&mut self.lockgate, Lockgate::check());
        self.lockgate = change(lockgate);
    }

    /// Where the runner's files are.
    pub fn runner(&self) -> PathBuf {
        self.runner.path().to_owned()
    }

    /// Runs the step, with new files of the runner.
    pub fn run(&self) -> Ran {
        let path = |name: &str| self.runner.path().join(name);
        for name in ["summary", "outputs"] {
            std::fs::write(path(name), "").unwrap();
        }
        let outcome = self.lockgate.run();
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
        let ran = Ran {
            code: outcome.code,
            stdout: outcome.stdout,
            stderr: outcome.stderr,
            summary: read("summary"),
            outputs: runner::outputs(&read("outputs")).unwrap(),
        };
        self.keeps_token(&ran);
        ran
    }

    /// The token is in nothing that the run has written, whatever the test is about.
    fn keeps_token(&self, ran: &Ran) {
        self.hub.keeps_token("the log", &ran.stdout);
        self.hub.keeps_token("the log of errors", &ran.stderr);
        let mut folders = vec![self.runner(), self.lockgate.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let name = path.display().to_string();
                        self.hub.keeps_token(&name, &name);
                        self.hub.keeps_token(&name, std::fs::read(&path).unwrap());
                    }
                }
            }
        }
        for request in self.hub.requests() {
            let shown = [request.target.as_bytes(), &request.body].concat();
            self.hub.keeps_token(&request.line(), shown);
        }
    }

    /// The comments of ours on the pull request.
    pub fn comments(&self) -> Vec<String> {
        let state = self.hub.state();
        let comments = state.comments_of(7).into_iter();
        let ours = comments.filter(|comment| comment.author == state.me);
        ours.map(|comment| comment.body.clone()).collect()
    }

    /// The requests of one method, below the repository.
    pub fn asked(&self, method: &str) -> Vec<String> {
        let start = format!("/repos/{NAME}/");
        let requests = self.hub.requests().into_iter();
        requests
            .filter(|request| request.method == method)
            .map(|request| request.path.replacen(&start, "", 1))
            .collect()
    }
}
