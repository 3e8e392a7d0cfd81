//! The real action in `act`, on this machine, without containers and without a network.
//!
//! A scratch repository holds the action under test, and one workflow that checks it out (act
//! copies the folder instead), runs it, and in a last step saves what a later step can know of it.

use crate::event_files;
use crate::hub::{Account, Hub, NAME, Permissions};
use crate::job::Job;
use crate::prism::Prism;
use crate::programs::{self, command, lockgate, output, repository, tool};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const WORKFLOW: &str = r#"
on:
  merge_group:
  pull_request:
  push:
  schedule: [{cron: '17 3 * * 1'}]
  workflow_dispatch:
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: gate
        uses: ./
        with: INPUTS
      - if: always()
        shell: bash
        env:
          OUTPUTS: ${{ toJSON(steps.gate.outputs) }}
          OUTCOME: ${{ steps.gate.outcome }}
          SARIF: ${{ steps.gate.outputs.sarif }}
          REPORT: ${{ steps.gate.outputs.report }}
        run: |
          printf %s "$OUTPUTS" > "$PROBE_DIR/outputs"
          printf %s "$OUTCOME" > "$PROBE_DIR/outcome"
          if [ -f "$SARIF" ]; then cp -- "$SARIF" "$PROBE_DIR/sarif"; fi
          if [ -f "$REPORT" ]; then cp -- "$REPORT" "$PROBE_DIR/report"; fi
"#;

/// The `bash` of the steps. act leaves unread what a step that fails has written last, so the step
/// ends only when act has passed on a last line of ours. The event log is written by act, line by
/// line.
const BASH: &str = r#"#!/bin/sh
if [ -n "${INSIDE-}" ]; then
  exec REAL "$@"
fi
INSIDE=1 REAL "$@"
code=$?
mark="MARK $$."
echo "$mark"
for _ in $(seq 1000); do
  if grep -q -- "$mark" "$EVENTS"; then
    exit $code
  fi
  sleep 0.02
done
exit 99
"#;

/// How the last line of a step begins.
pub const MARK: &str = "contract-test: end of step";

/// A repository in which the action will run.
pub struct Scratch {
    folder: TempDir,
    inputs: BTreeMap<String, String>,
    /// The GitHub that the job talks to.
    pub hub: Hub,
    prism: Option<Prism>,
    event: String,
    branch: String,
}

impl Scratch {
    /// A repository that holds nothing but the action, which uses the binary under test.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("lockgate-act-").unwrap();
        for name in ["bin", "home", "probe"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let bash = folder.path().join("bin/bash");
        let script = BASH.replace("REAL", &found("bash")).replace("MARK", MARK);
        std::fs::write(&bash, script).unwrap();
        std::fs::set_permissions(&bash, std::fs::Permissions::from_mode(0o755)).unwrap();
        let binary = lockgate().to_str().unwrap().to_owned();
        let mut scratch = Self {
            folder,
            inputs: BTreeMap::new(),
            hub: Hub::start(),
            prism: None,
            event: "pull_request".to_owned(),
            branch: "change".to_owned(),
        };
        for part in [
            "action.yml",
            "action/install.sh",
            "action/run.sh",
            "action/checksums.txt",
        ] {
            scratch = scratch.file(part, std::fs::read(repository().join(part)).unwrap());
        }
        scratch.input("binary-path", &binary)
    }

    /// A path beside the repository, gone when the test ends.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Adds a file.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.beside("repository").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Adds all files of a folder.
    pub fn tree(mut self, from: &Path) -> Self {
        let mut folders = vec![from.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(from).unwrap().to_str().unwrap();
                    self = self.file(name, std::fs::read(&path).unwrap());
                }
            }
        }
        self
    }

    /// Gives the action an input; the last word on a name counts.
    pub fn input(mut self, name: &str, value: &str) -> Self {
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs for this event of `tests/fixtures/events`, and not for a pull request.
    pub fn event(mut self, name: &str) -> Self {
        name.clone_into(&mut self.event);
        self
    }

    /// Gives the change's branch another name.
    pub fn branch(mut self, name: &str) -> Self {
        name.clone_into(&mut self.branch);
        self
    }

    /// Lets only pass to GitHub, and from it, what its published description allows.
    pub fn by_the_book(mut self) -> Self {
        self.prism = Some(Prism::before(&self.hub));
        self
    }

    /// Runs the workflow.
    pub fn run(self) -> Job {
        // JSON is YAML, and no text can break out of it.
        let inputs = serde_json::to_string(&self.inputs).unwrap();
        let workflow = WORKFLOW.replace("INPUTS", &inputs);
        let scratch = self.file(".github/workflows/gate.yml", workflow);
        let event_file = scratch.pull_request();
        let (code, log, said) = scratch.act(event_files::kind(&scratch.event), &event_file);
        let probe = scratch.beside("probe");
        assert!(
            probe.join("outcome").exists(),
            "act did not come to the last step: {said}\n{log}"
        );
        Job::new(code, &log, &probe, scratch)
    }

    /// Runs act on the committed workflow; gives its exit code, its event log and what it says.
    pub fn act(&self, event: &str, event_file: &Path) -> (i32, String, String) {
        let event_log = self.beside("events");
        let set = |name: &str, value: &Path| format!("{name}={}", value.display());
        let path =
            std::env::join_paths(std::iter::once(self.beside("bin")).chain(programs::path()));
        let done = output(
            command(&tool("act"), &self.beside("home"))
                .current_dir(self.beside("repository"))
                .env("PATH", path.unwrap())
                .args([event, "--json", "--no-cache-server"])
                .args(["-P", "ubuntu-latest=-self-hosted"])
                // What act hides, a test could not find.
                .args(["--insecure-secrets", "-s"])
                .arg(format!("GITHUB_TOKEN={}", self.hub.token()))
                .args(["--env", &format!("GITHUB_API_URL={}", self.hub.api())])
                .args(["--env", &set("PROBE_DIR", &self.beside("probe"))])
                .args(["--env", &set("LOCKGATE_BIN", &lockgate())])
                .args(["--env", &set("EVENTS", &event_log)])
                // The runner gives a step no terminal; act does.
                .args(["--env", "NO_COLOR=1"])
                .arg("-e")
                .arg(event_file)
                .stdout(std::fs::File::create(&event_log).unwrap()),
        );
        let log = std::fs::read_to_string(event_log).unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        let code = done.status.code().expect("no signal ended act");
        (code, log, said)
    }

    /// Commits, and writes the event; gives its file.
    pub fn pull_request(&self) -> PathBuf {
        self.commit();
        let (head, base) = (self.id("change-of-test"), self.id("HEAD^1"));
        let event = event_files::with(&self.event, &head, &base, &self.id("HEAD"));
        let branch = serde_json::to_string(&self.branch).unwrap();
        let text = event
            .to_string()
            .replace("\"ref\":\"change\"", &format!("\"ref\":{branch}"));
        let event_file = self.beside("event.json");
        std::fs::write(&event_file, text).unwrap();
        self.people(&head, &base);
        event_file
    }

    /// What the server knows of the pull request, and what the token may do there.
    fn people(&self, head: &str, base: &str) {
        let mut state = self.hub.state();
        let pull = state.pull(7, head);
        base.clone_into(&mut pull.base_sha);
        self.branch.clone_into(&mut pull.head_ref);
        if self.event.contains("fork") {
            pull.author = Account::person("mallory");
            pull.head_repository = Some("mallory/shop".to_owned());
        }
        if self.event.contains("fork") || self.event.contains("dependabot") {
            state.permissions = Permissions::read_only();
        }
    }

    /// What Prism found that the description does not allow.
    pub fn violations(&self) -> Vec<String> {
        self.prism
            .as_ref()
            .map(Prism::violations)
            .unwrap_or_default()
    }

    /// A target branch with the policy, a change with the rest, and the test merge of both checked
    /// out. Reports are in no commit: a scanner has written them in this run.
    fn commit(&self) {
        let act = |args: &[&str]| self.git(args);
        act(&["init", "--quiet", "--initial-branch", "main"]);
        let origin = format!("https://github.com/{NAME}.git");
        act(&["remote", "add", "origin", &origin]);
        act(&["add", "--", ".github", "action", "action.yml"]);
        if self.beside("repository/lockgate.toml").exists() {
            act(&["add", "--", "lockgate.toml"]);
        }
        act(&["commit", "--quiet", "--message", "target"]);
        act(&["checkout", "--quiet", "-b", "change-of-test"]);
        act(&["add", "--", ".", ":(exclude,glob)**/reports/**"]);
        act(&["commit", "--quiet", "--allow-empty", "--message", "change"]);
        act(&["checkout", "--quiet", "main"]);
        let merge = ["merge", "--quiet", "--no-ff", "--message", "test merge"];
        act(&[&merge[..], &["change-of-test"]].concat());
    }

    /// The id of a commit of the repository.
    fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision]).trim().to_owned()
    }

    fn git(&self, args: &[&str]) -> String {
        let done = output(
            command(Path::new("git"), &self.beside("home"))
                .current_dir(self.beside("repository"))
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
                .args(args),
        );
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

/// Where a program of the system is.
fn found(name: &str) -> String {
    let path = programs::path()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    let path = path.unwrap_or_else(|| panic!("there is no {name} in PATH"));
    path.to_str().unwrap().to_owned()
}
