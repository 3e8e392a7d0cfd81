//! A workflow → what the advice looks at. Unknown keys are passed over: GitHub's own check of the
//! syntax is the runner's work.

use crate::manifest::read::{Node, yaml};
use crate::suppress::workflow::words::{self, LOCKGATE};
use std::collections::BTreeMap;

/// Largest workflow that is read, in bytes; GitHub's own limit is 512 KiB.
const MAX_BYTES: usize = 1024 * 1024;

/// One event that starts the workflow.
pub struct Trigger {
    /// Its name.
    pub event: String,
    /// Its line.
    pub line: u32,
    /// Whether `paths` or `paths-ignore` keep it from some changes.
    pub filtered: bool,
}

/// What the token may do.
pub enum Permissions {
    /// Everything, or only read everything.
    All {
        /// Whether it may write.
        write: bool,
    },
    /// What is named, and nothing else.
    Named(BTreeMap<String, String>),
}

impl Permissions {
    /// Whether it may write there.
    pub fn writes(&self, scope: &str) -> bool {
        match self {
            Self::All { write } => *write,
            Self::Named(map) => map.get(scope).is_some_and(|word| word == "write"),
        }
    }
}

/// Something that can be skipped, or whose failure can be passed over: a job or a step.
pub struct Held {
    /// Its line.
    pub line: u32,
    /// The condition and its line.
    pub when: Option<(String, u32)>,
    /// The line of a `continue-on-error` that is not `false`.
    pub goes_on: Option<u32>,
}

/// A step.
pub struct Step {
    /// What holds it back.
    pub held: Held,
    /// The action with its line.
    pub uses: Option<(String, u32)>,
    /// Inputs of the action.
    pub with: BTreeMap<String, String>,
    /// The script with its line.
    pub run: Option<(String, u32)>,
    /// Its id.
    pub id: Option<String>,
    /// Everything that it says, to look for names in.
    pub words: String,
}

/// What a step asks lockgate to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Its result is the verdict.
    Gate,
    /// It decides over what other jobs have gathered.
    Merge,
    /// A share of a check, the plan of one, or the publishing of another run's result.
    Part,
}

impl Step {
    /// What it asks lockgate to do; `None` when it does not call lockgate.
    pub fn call(&self) -> Option<Call> {
        if let Some((uses, _)) = &self.uses
            && words::action(uses) == Some(LOCKGATE)
        {
            let shard = self
                .with
                .get("shard")
                .is_some_and(|shard| !shard.is_empty());
            return Some(match self.with.get("command").map_or("", String::as_str) {
                "" | "check" if !shard => Call::Gate,
                "merge" => Call::Merge,
                _ => Call::Part,
            });
        }
        let (script, _) = self.run.as_ref()?;
        script.lines().find_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let at = words
                .iter()
                .position(|w| *w == LOCKGATE || w.ends_with("/lockgate"))?;
            match *words.get(at + 1)? {
                "check" if !line.contains("--shard") => Some(Call::Gate),
                "merge" => Some(Call::Merge),
                "check" | "plan" | "publish" => Some(Call::Part),
                _ => None,
            }
        })
    }

    /// An input of the action; empty when it is not given.
    pub fn input(&self, name: &str) -> &str {
        self.with.get(name).map_or("", String::as_str)
    }
}

/// A job.
pub struct Job {
    /// Its key.
    pub name: String,
    /// What holds it back.
    pub held: Held,
    /// Whether it waits for other jobs.
    pub needs: bool,
    /// What its token may do, where it says so.
    pub permissions: Option<Permissions>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A workflow.
pub struct Workflow {
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// What its tokens may do, where it says so.
    pub permissions: Option<Permissions>,
    /// Its jobs, by name.
    pub jobs: Vec<Job>,
}

/// Reads a workflow; `None` for a text that is none, or too large.
pub fn workflow(text: &str) -> Option<Workflow> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let documents = yaml::parse(text)?;
    let document = documents.first()?;
    let on = document.get("on").or_else(|| document.get("true"))?;
    Some(Workflow {
        triggers: triggers(on),
        permissions: permissions(document),
        jobs: document.members_of("jobs").map(job).collect(),
    })
}

fn triggers(on: &Node<'_>) -> Vec<Trigger> {
    let plain = |node: &Node<'_>| {
        node.text().map(|event| Trigger {
            event: event.to_owned(),
            line: node.line,
            filtered: false,
        })
    };
    let listed = on.items().iter().filter_map(plain);
    let named = on.members().map(|(event, filter)| Trigger {
        event: event.to_owned(),
        line: filter.line,
        filtered: filter.get("paths").is_some() || filter.get("paths-ignore").is_some(),
    });
    plain(on).into_iter().chain(listed).chain(named).collect()
}

fn permissions(node: &Node<'_>) -> Option<Permissions> {
    let node = node.get("permissions")?;
    Some(match node.text() {
        Some(word) if word.ends_with("-all") => Permissions::All {
            write: word == "write-all",
        },
        _ => Permissions::Named(texts(node)),
    })
}

/// The named texts of a map.
fn texts(node: &Node<'_>) -> BTreeMap<String, String> {
    let named = node.members().map(|(name, value)| {
        let text = value.text().unwrap_or_default();
        (name.to_owned(), text.to_owned())
    });
    named.collect()
}

fn placed(node: &Node<'_>, key: &str) -> Option<(String, u32)> {
    let value = node.get(key)?;
    Some((value.text()?.to_owned(), value.line))
}

fn held(node: &Node<'_>) -> Held {
    let goes_on = placed(node, "continue-on-error");
    Held {
        line: node.line,
        when: placed(node, "if"),
        goes_on: goes_on
            .filter(|(word, _)| !matches!(word.trim(), "false" | ""))
            .map(|(_, line)| line),
    }
}

fn job((name, node): (&str, &Node<'_>)) -> Job {
    Job {
        name: name.to_owned(),
        held: held(node),
        needs: node.get("needs").is_some(),
        permissions: permissions(node),
        steps: node.items_of("steps").iter().map(step).collect(),
    }
}

fn step(node: &Node<'_>) -> Step {
    let with = node.get("with").map(texts).unwrap_or_default();
    let env = node.get("env").map(texts).unwrap_or_default();
    let run = placed(node, "run");
    let held = held(node);
    let mut words: Vec<&str> = with
        .values()
        .chain(env.values())
        .map(String::as_str)
        .collect();
    words.extend(
        run.iter()
            .chain(held.when.iter())
            .map(|(text, _)| text.as_str()),
    );
    let words = words.join("\n");
    Step {
        held,
        uses: placed(node, "uses"),
        with,
        run,
        id: node.text_of("id").map(str::to_owned),
        words,
    }
}
