//! What GitHub's runner makes of what a step writes, by the runner's own rules
//! (actions/runner: `ActionCommand`, `OutputManager`, `FileCommandManager`).

use std::collections::BTreeMap;

/// A command that the runner would carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub name: String,
    pub properties: BTreeMap<String, String>,
    pub data: String,
    /// Written as `::name::`, and not as `##[name]`.
    pub modern: bool,
}

/// Commands that the runner knows; any other line is only shown.
const KNOWN: [&str; 18] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "resume-commands",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
    "summary",
];

/// The command in a line, if the runner takes it for one: `::` after white space first, else `##[`
/// anywhere in the line.
pub fn command(line: &str) -> Option<Command> {
    modern(line).or_else(|| old(line))
}

fn modern(line: &str) -> Option<Command> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let escaped = [
        ("%3A", ":"),
        ("%2C", ","),
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%25", "%"),
    ];
    known(
        name,
        pairs(properties, ',', &escaped),
        plain(data, &escaped[2..]),
        true,
    )
}

fn old(line: &str) -> Option<Command> {
    let (_, rest) = line.split_once("##[")?;
    let (head, data) = rest.split_once(']')?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let escaped = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]")];
    known(
        name,
        pairs(properties, ';', &escaped),
        plain(data, &escaped),
        false,
    )
}

fn known(
    name: &str,
    properties: BTreeMap<String, String>,
    data: String,
    modern: bool,
) -> Option<Command> {
    let name = name.trim().to_lowercase();
    KNOWN.contains(&&*name).then_some(Command {
        name,
        properties,
        data,
        modern,
    })
}

fn plain(text: &str, escaped: &[(&str, &str)]) -> String {
    let unescape = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    escaped.iter().fold(text.to_owned(), unescape)
}

fn pairs(text: &str, between: char, escaped: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = text.split(between).filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), plain(value, escaped)))
        .collect()
}

/// The commands in a log, obeying `stop-commands`. A line ends where any reader may end it.
pub fn commands(log: &str) -> Vec<Command> {
    let ends = [
        '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
    ];
    log.split(ends).filter_map(command).collect()
}

/// A file of `GITHUB_OUTPUT`.
///
/// # Errors
/// Where the runner lets the step fail, with the line.
pub fn outputs(file: &str) -> Result<BTreeMap<String, String>, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = file.split('\n').map(|line| line.trim_end_matches('\r'));
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        let is_plain = equals.is_some_and(|at| heredoc.is_none_or(|other| at < other));
        if is_plain {
            let (name, value) = line.split_once('=').unwrap();
            outputs.insert(name.to_owned(), value.to_owned());
            continue;
        }
        let (name, end) = line.split_once("<<").ok_or_else(|| line.to_owned())?;
        let mut value = Vec::new();
        loop {
            match lines.next() {
                Some(line) if line == end => break,
                Some(line) => value.push(line),
                None => return Err(line.to_owned()),
            }
        }
        outputs.insert(name.to_owned(), value.join("\n"));
    }
    Ok(outputs)
}
