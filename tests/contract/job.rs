//! What became of a workflow, read from what it saved and from act's event log.

use crate::act::{MARK, Scratch};
use crate::hub::Hub;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which step the events belong to: the action's only inner one.
const INNER: [&str; 2] = ["gate", "check"];

/// A workflow command that the runner carried out.
#[derive(Debug)]
pub struct Command {
    /// `error`, `warning`, `add-mask` …
    pub name: String,
    /// The whole line, as the step wrote it.
    pub line: String,
    /// What stands after the second `::`.
    pub message: String,
    /// What stands between the command and the second `::`.
    pub properties: BTreeMap<String, String>,
}

impl Command {
    /// Reads a line as GitHub's runner does (actions/runner, `ActionCommand.TryParseV2`): the first
    /// `::` ends the properties. act takes the last.
    fn new(line: &str) -> Self {
        let rest = line.trim().strip_prefix("::").unwrap_or_default();
        let (head, message) = rest.split_once("::").expect("a second `::`");
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let data = |text: &str| {
            text.replace("%0D", "\r")
                .replace("%0A", "\n")
                .replace("%25", "%")
        };
        let property = |text: &str| data(&text.replace("%3A", ":").replace("%2C", ","));
        Self {
            name: name.to_owned(),
            line: line.trim_end().to_owned(),
            message: data(message),
            properties: properties
                .split(',')
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.trim().to_owned(), property(value)))
                .collect(),
        }
    }
}

/// What became of the workflow.
pub struct Job {
    /// act's exit code.
    pub code: i32,
    /// `steps.gate.outcome`.
    pub outcome: String,
    /// `steps.gate.outputs`.
    pub outputs: BTreeMap<String, String>,
    /// The file that the output `sarif` names, if there is one.
    pub sarif: Option<String>,
    /// The file that the output `report` names, if there is one.
    pub report: Option<String>,
    events: Vec<Value>,
    scratch: Scratch,
}

impl Job {
    /// Reads what the last step saved in the folder `probe`, and the event log.
    pub fn new(code: i32, log: &str, probe: &Path, scratch: Scratch) -> Self {
        let saved = |name: &str| std::fs::read_to_string(probe.join(name));
        let event = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let job = Self {
            code,
            outcome: saved("outcome").unwrap(),
            outputs: serde_json::from_str(&saved("outputs").unwrap()).unwrap(),
            sarif: saved("sarif").ok(),
            report: saved("report").ok(),
            events: log.lines().map(event).collect(),
            scratch,
        };
        let mark = |event: &Value| event["msg"].as_str().is_some_and(|m| m.starts_with(MARK));
        // A binary that could not be installed leaves nothing to run.
        let ran = job.inner().next().is_some();
        assert!(
            !ran || job.inner().any(mark),
            "the step's last line is missing: {log}"
        );
        job.keeps_token();
        job
    }

    /// The GitHub that the job talked to.
    pub fn hub(&self) -> &Hub {
        &self.scratch.hub
    }

    /// See [`Scratch::violations`].
    pub fn violations(&self) -> Vec<String> {
        self.scratch.violations()
    }

    /// See [`Scratch::beside`].
    pub fn beside(&self, name: &str) -> PathBuf {
        self.scratch.beside(name)
    }

    /// An output of the action; empty when it is not set.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// An output that is a number.
    pub fn number(&self, name: &str) -> usize {
        let text = self.output(name);
        text.parse()
            .unwrap_or_else(|_| panic!("the output {name} is {text:?}, no number"))
    }

    /// The token is in nothing that the step has left behind, whatever the test is about.
    fn keeps_token(&self) {
        let hub = self.hub();
        for event in self.inner() {
            hub.keeps_token("an event of the step", event.to_string());
        }
        hub.keeps_token("the outputs", format!("{:?}", self.outputs));
        for file in [&self.sarif, &self.report].into_iter().flatten() {
            hub.keeps_token("a file", file);
        }
        for request in hub.requests() {
            hub.keeps_token(
                &request.line(),
                [request.target.as_bytes(), &request.body].concat(),
            );
        }
    }

    fn inner(&self) -> impl Iterator<Item = &Value> {
        self.events
            .iter()
            .filter(|event| event["stepID"] == json!(INNER))
    }

    /// The exit code of the action's inner step.
    pub fn inner_code(&self) -> i32 {
        let said = self
            .inner()
            .filter(|event| event["level"] == "error")
            .find_map(|event| event["msg"].as_str()?.strip_prefix("exit status "));
        match said {
            Some(number) => number.trim().parse().unwrap(),
            None => {
                let done = self.inner().find_map(|event| event["stepResult"].as_str());
                assert_eq!(done, Some("success"), "the inner step has no exit code");
                0
            }
        }
    }

    /// The job summary that the inner step wrote.
    pub fn summary(&self) -> &str {
        self.inner()
            .filter(|event| event["command"] == "summary")
            .find_map(|event| event["content"].as_str())
            .unwrap_or_default()
    }

    /// The lines that the runner only shows.
    pub fn lines(&self) -> Vec<&str> {
        self.inner()
            .filter(|event| event["raw_output"] == true)
            .filter_map(|event| event["msg"].as_str())
            .map(str::trim_end)
            .filter(|line| !line.starts_with(MARK))
            .collect()
    }

    /// The lines that the runner obeyed. Outputs and summary, which go through files, have none.
    pub fn commands(&self) -> Vec<Command> {
        self.inner()
            .filter_map(|event| {
                let command = Command::new(event["raw"].as_str()?);
                assert_eq!(event["command"], command.name, "{command:?}");
                Some(command)
            })
            .collect()
    }

    /// The annotations of one level.
    pub fn annotations(&self, level: &str) -> Vec<Command> {
        let mut commands = self.commands();
        commands.retain(|command| command.name == level);
        commands
    }
}
