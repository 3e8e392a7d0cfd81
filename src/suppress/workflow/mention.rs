//! A workflow → the scanners that it runs, each with what holds it back.

use super::words::{self, LOCKGATE};
use crate::manifest::read::{Node, yaml};
use std::collections::BTreeSet;

/// Lines of one script that are looked at.
const MAX_LINES: usize = 5_000;

/// One place where a workflow runs a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Which scanner.
    pub scanner: &'static str,
    /// What holds it back: `continue-on-error`, `|| true`, `--skip-dirs a`.
    pub weak: BTreeSet<String>,
    /// What makes it look at more, so that to lose it is to look at less.
    pub strong: BTreeSet<String>,
    /// Its line, 1-based.
    pub line: u32,
}

/// Mentions in one text, and filters of one trigger: no workflow has nearly as many.
const MOST: usize = 500;

/// Conditions that do not keep a step from running.
const ALWAYS: &[&str] = &[
    "always()",
    "true",
    "success()",
    "!cancelled()",
    "success() || failure()",
];

/// Events by which a change or its target is looked at.
const EVENTS: &[&str] = &[
    "pull_request",
    "pull_request_target",
    "merge_group",
    "push",
    "schedule",
];

/// Inputs of lockgate's own action that decide what it looks at and by what.
const INPUTS: &[&str] = &["base", "policy", "reports", "run", "working-directory"];

/// The mentions of a text; `None` for one that cannot be read, or has too many.
pub fn mentions(text: &str) -> Option<Vec<Mention>> {
    let documents = yaml::parse(text)?;
    let mut found = Vec::new();
    for document in &documents {
        let trigger = trigger(document);
        if trigger.weak.len() + trigger.strong.len() > MOST {
            return None;
        }
        for (_, job) in document.members_of("jobs") {
            let mut outer = trigger.clone();
            held_back(job, &mut outer);
            step(job, &outer, &mut found);
            for node in job.items_of("steps") {
                step(node, &outer, &mut found);
            }
        }
        for node in document
            .get("runs")
            .map(|r| r.items_of("steps"))
            .unwrap_or_default()
        {
            step(node, &trigger, &mut found);
        }
    }
    (found.len() <= MOST).then_some(found)
}

/// What holds all mentions of one surrounding back, and what makes them see more.
#[derive(Debug, Clone, Default)]
struct Around {
    weak: BTreeSet<String>,
    strong: BTreeSet<String>,
}

/// When the workflow runs at all.
fn trigger(document: &Node<'_>) -> Around {
    let mut around = Around::default();
    let Some(on) = document.get("on").or_else(|| document.get("true")) else {
        return around;
    };
    let words = on
        .text()
        .into_iter()
        .chain(on.items().iter().filter_map(Node::text));
    for event in words.filter(|event| EVENTS.contains(event)) {
        around.strong.insert(format!("on {event}"));
    }
    for (event, filter) in on.members().filter(|(event, _)| EVENTS.contains(event)) {
        around.strong.insert(format!("on {event}"));
        for (key, list) in filter.members() {
            let items = list.items().iter().filter_map(Node::text);
            let items: Vec<&str> = items.chain(list.text()).collect();
            match key {
                "paths-ignore" | "branches-ignore" => {
                    let words = items.iter().map(|item| format!("{event} {key} {item}"));
                    around.weak.extend(words);
                }
                "paths" | "branches" => {
                    let (out, taken): (Vec<&str>, Vec<&str>) =
                        items.iter().partition(|item| item.starts_with('!'));
                    around.weak.insert(format!("{event} only for some {key}"));
                    let words = out.iter().map(|item| format!("{event} {key} {item}"));
                    around.weak.extend(words);
                    let words = taken.iter().map(|item| format!("{event} {key} {item}"));
                    around.strong.extend(words);
                }
                _ => {}
            }
        }
    }
    around
}

/// A condition without the signs around it.
fn bare(when: &str) -> &str {
    let bare = when.trim().trim_start_matches("${{");
    bare.trim_end_matches("}}").trim()
}

/// True for a condition that keeps no step from running while all goes well.
pub fn harmless(when: &str) -> bool {
    ALWAYS.contains(&bare(when))
}

/// What a job or a step says of itself.
fn held_back(node: &Node<'_>, around: &mut Around) {
    if let Some(when) = node.text_of("if")
        && !harmless(when)
    {
        around.weak.insert(format!("if: {}", bare(when)));
    }
    let goes_on = node.text_of("continue-on-error");
    if goes_on.is_some_and(|word| !matches!(word.trim(), "false" | "")) {
        around.weak.insert("continue-on-error".to_owned());
    }
}

fn step(node: &Node<'_>, outer: &Around, found: &mut Vec<Mention>) {
    if is_full(found) {
        return;
    }
    let mut around = outer.clone();
    held_back(node, &mut around);
    if let Some(uses) = node.get("uses")
        && let Some(scanner) = uses.text().and_then(words::action)
    {
        let mut mention = mention(scanner, &around, uses.line);
        for (name, value) in node.members_of("with") {
            let value = value.text().unwrap_or_default();
            let weak = words::less(name, value);
            if scanner == LOCKGATE && INPUTS.contains(&name) {
                mention.strong.insert(format!("{name}: {value}"));
            }
            mention.weak.extend(weak.into_iter().flatten());
        }
        found.push(mention);
    }
    if let Some(run) = node.get("run")
        && let Some(script) = run.text()
    {
        scripted(script, run.line, &around, found);
    }
}

/// More than this are not made; they are too many already.
fn is_full(found: &[Mention]) -> bool {
    found.len() > MOST
}

fn mention(scanner: &'static str, around: &Around, line: u32) -> Mention {
    Mention {
        scanner,
        weak: around.weak.clone(),
        strong: around.strong.clone(),
        line,
    }
}

/// The commands of a script. This is no shell: it knows words, line ends and the signs that part
/// commands, which is enough to see that a known program is named.
fn scripted(script: &str, line: u32, around: &Around, found: &mut Vec<Mention>) {
    let joined = script.replace("\\\n", " ");
    let lenient = joined.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("set") && words.any(|word| word == "+e")
    });
    for text in joined.lines().take(MAX_LINES) {
        let text = text.trim();
        if text.starts_with('#') {
            continue;
        }
        if is_full(found) {
            return;
        }
        let excused = excused(text);
        for command in text.split(['|', ';', '&']) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let Some(scanner) = words::command(&words) else {
                continue;
            };
            let mut mention = mention(scanner, around, line);
            if excused {
                mention.weak.insert("its failure is passed over".to_owned());
            }
            if lenient {
                mention.weak.insert("set +e".to_owned());
            }
            options(&words, &mut mention);
            found.push(mention);
        }
    }
}

/// True for a line whose failure nobody hears of.
pub fn excused(line: &str) -> bool {
    let after = line.split("||").skip(1).map(str::trim);
    let calm = |command: &str| {
        let word = command.split([' ', ';']).next().unwrap_or_default();
        matches!(word, "true" | ":" | "echo" | "printf") || command.starts_with("exit 0")
    };
    let last = line.rsplit(';').next().unwrap_or_default().trim();
    after.into_iter().any(calm) || (line.contains(';') && matches!(last, "true" | ":" | "exit 0"))
}

/// The options by which a command line asks for less.
fn options(words: &[&str], mention: &mut Mention) {
    for (index, word) in words.iter().enumerate() {
        if !word.starts_with('-') {
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None => {
                let next = words.get(index + 1).filter(|next| !next.starts_with('-'));
                (*word, next.copied().unwrap_or_default())
            }
        };
        if mention.scanner == LOCKGATE
            && matches!(name, "--base" | "--report" | "--run" | "--policy")
        {
            mention.strong.insert(format!("{name} {value}"));
        }
        mention
            .weak
            .extend(words::less(name, value).into_iter().flatten());
    }
}
