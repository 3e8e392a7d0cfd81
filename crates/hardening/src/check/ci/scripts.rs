//! `npm run NAME` where no package has a script of that name: the step always fails, or was never run.

use super::Step;
use crate::File;
use crate::check::{Found, Raised};
use crate::rule::Severity;
use crate::words::secret::quoted;
use std::collections::{BTreeMap, BTreeSet};

/// The names of the scripts of a `package.json`; `None` when it cannot be read.
pub(super) fn of_package(text: &str) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Package {
        #[serde(default)]
        scripts: BTreeMap<String, serde_json::Value>,
    }
    let package: Package = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    Some(package.scripts.into_keys().collect())
}

/// Scripts that managers run by themselves or bring.
const OWN: &[&str] = &[
    "install", "test", "start", "stop", "restart", "prepare", "publish", "pack", "version", "env",
];
/// Options that take the next word.
const TAKES: &[&str] = &[
    "-w",
    "--workspace",
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "--filter",
    "-F",
    "--loglevel",
    "--script-shell",
    "--userconfig",
    "--cache",
    "--scope",
];

pub(super) fn look(
    file: &File,
    severity: Severity,
    steps: &[Step],
    known: &BTreeSet<String>,
    found: &mut Found,
) {
    for step in steps {
        for (line, place) in step.lines(file) {
            for (script, at) in scripts(line) {
                if known.contains(script) || OWN.contains(&script) {
                    continue;
                }
                let place = place.start + at..place.start + at + script.len();
                let message = format!(
                    "No package.json of the repository has the script {}.",
                    quoted(script)
                );
                found
                    .raised
                    .push(Raised::new("LG-CI-101", &file.path, place, message).at(severity));
            }
        }
    }
}

/// The scripts that a line runs, each with where its name begins.
fn scripts(line: &str) -> Vec<(&str, usize)> {
    let mut all = Vec::new();
    let mut from = 0;
    for command in line.split([';', '&', '|', '(', ')']) {
        let words = words(command);
        all.extend(script(&words).map(|(name, at)| (name, from + at)));
        from += command.len() + 1;
    }
    all
}

fn words(command: &str) -> Vec<(&str, usize)> {
    let mut all = Vec::new();
    let mut from = 0;
    for word in command.split_ascii_whitespace() {
        let at = from
            + command
                .get(from..)
                .and_then(|rest| rest.find(word))
                .unwrap_or_default();
        from = at + word.len();
        all.push((word, at));
    }
    all
}

fn script<'t>(words: &[(&'t str, usize)]) -> Option<(&'t str, usize)> {
    let start = words
        .iter()
        .position(|(word, _)| matches!(*word, "npm" | "pnpm" | "yarn"))?;
    // `run: npm …` on one line, or variables before the command: nothing else may stand there.
    let before = words.get(..start)?;
    let harmless = |word: &str| {
        word.contains('=')
            || matches!(
                word,
                "run:"
                    | "-"
                    | "|"
                    | ">"
                    | "sudo"
                    | "time"
                    | "then"
                    | "do"
                    | "\""
                    | "xvfb-run"
                    | "cross-env"
            )
    };
    if !before.iter().all(|(word, _)| harmless(word)) {
        return None;
    }
    let mut rest = words.get(start + 1..)?.iter();
    let mut runs = false;
    while let Some((word, at)) = rest.next() {
        if word.contains('$')
            || *word == "--if-present"
            || *word == "--"
            || *word == "-r"
            || *word == "--recursive"
        {
            return None;
        }
        if word.starts_with('-') {
            if TAKES.contains(word) {
                rest.next();
            }
            continue;
        }
        if runs {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.');
            let if_present = rest.any(|(word, _)| *word == "--if-present");
            return (word.chars().all(plain) && !if_present).then_some((word, *at));
        }
        match *word {
            "run" | "run-script" => runs = true,
            // `yarn workspace NAME run …`
            "workspace" => {
                rest.next();
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_a_line_runs() {
        let of = |line| {
            scripts(line)
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("npm ci && npm run lint -- --fix"), ["lint"]);
        assert_eq!(of("npm --prefix web run build:prod"), ["build:prod"]);
        assert_eq!(of("npm run -w web check"), ["check"]);
        assert_eq!(of("CI=1 pnpm --filter web run e2e"), ["e2e"]);
        assert_eq!(of("yarn workspace web run a"), ["a"]);
        for none in [
            "npm run lint --if-present",
            "npm run ${{ matrix.x }}",
            "bun run --filter frontend build",
            "echo npm run x",
            "npm test",
            "yarn lint",
        ] {
            assert!(of(none).is_empty(), "{none}");
        }
    }
}
