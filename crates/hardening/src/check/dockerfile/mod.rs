//! Dockerfiles: what hadolint and Trivy do not say.

pub(crate) mod healthcheck;
mod lines;

use super::{Found, Kind, Look, Raised};
use crate::check::compose::dev_server;
use crate::finding::Gap;
use crate::role::Role;
use crate::words::secret::{self, Secret, quoted};
use crate::yaml;
use parse_dockerfile::{Command, Dockerfile, Instruction};
use std::ops::Range;

/// Dockerfiles.
pub(crate) const KIND: Kind = Kind {
    name: "Dockerfile",
    fits,
    look,
};

/// Ends of names of programs that deal with Dockerfiles.
const CODE: &[&str] = &[
    ".go",
    ".js",
    ".ts",
    ".py",
    ".rs",
    ".rb",
    ".java",
    ".md",
    ".txt",
    ".sh",
    ".yml",
    ".yaml",
    ".toml",
    ".json",
    ".json",
    ".tmlanguage",
    ".snippets",
    ".lock",
    ".dockerignore",
];

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let named = name == "dockerfile"
        || name == "containerfile"
        || name.starts_with("dockerfile.")
        || name.starts_with("dockerfile-")
        || name.ends_with(".dockerfile");
    named && !CODE.iter().any(|end| name.ends_with(end))
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let path = &look.file.path;
    let template = yaml::is_template(text);
    let slashes = match template {
        true => Vec::new(),
        false => lines::slashed(text),
    };
    for line in &slashes {
        let message = "A comment of another language; the build stops here.";
        let raised = Raised::new("LG-DKR-101", path, line.clone(), message);
        let words = text.get(line.clone()).unwrap_or_default();
        let words = words.trim_matches(['/', '*', ' ', '\t', '\r', '\n']);
        found.raised.push(raised.better(format!("# {words}")));
    }
    // The rest is read as if they were not there.
    let without = lines::blanked(text, &slashes);
    match parse_dockerfile::parse(&without) {
        Ok(parsed) => judge(&parsed, look, found),
        Err(_) => found.gaps.push(Gap {
            path: path.clone(),
            reason: "is not a well-formed Dockerfile".to_owned(),
            template,
        }),
    }
}

fn judge(parsed: &Dockerfile<'_>, look: &Look<'_>, found: &mut Found) {
    let path = &look.file.path;
    for instruction in &parsed.instructions {
        let (arguments, what) = match instruction {
            Instruction::Env(env) => (&env.arguments, "ENV"),
            Instruction::Arg(arg) => (&arg.arguments, "ARG"),
            _ => continue,
        };
        for (name, value) in pairs(&arguments.value) {
            let is_secret = secret::is_secret_name(name) && secret::of_value(value) != Secret::None;
            if !is_secret || value.starts_with('$') {
                continue;
            }
            let message = format!(
                "`{what} {}` keeps a secret in the image for everybody who pulls it.",
                cut(name)
            );
            let raised = Raised::new("LG-DKR-103", path, arguments.span.clone(), message);
            found.raised.push(raised.better(format!(
                "RUN --mount=type=secret,id={} …",
                name.to_ascii_lowercase()
            )));
        }
    }
    let last = parsed.stages().last();
    let Some(stage) = last else {
        return;
    };
    if matches!(look.role, Role::Production | Role::Overlay) {
        server(stage.instructions, path, found);
    }
    healthcheck::look(parsed, path, found);
}

fn cut(name: &str) -> String {
    name.chars().take(60).collect()
}

/// `A=b C="d e"`, or `A b` as it was written once.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let text = text.trim();
    if !text
        .split_ascii_whitespace()
        .next()
        .unwrap_or_default()
        .contains('=')
    {
        let pair = text.split_once(char::is_whitespace);
        return pair
            .map(|(name, value)| (name, value.trim()))
            .into_iter()
            .collect();
    }
    let mut all = Vec::new();
    for word in text.split_ascii_whitespace() {
        if let Some((name, value)) = word.split_once('=') {
            all.push((name, value.trim_matches(['"', '\''])));
        }
    }
    all
}

/// The words of a command, and its place.
fn words<'a>(command: &'a Command<'_>) -> (Vec<&'a str>, Range<usize>) {
    match command {
        Command::Exec(list) => {
            let words = list
                .value
                .iter()
                .flat_map(|word| word.value.split_ascii_whitespace());
            (words.collect(), list.span.clone())
        }
        Command::Shell(line) => (
            line.value.split_ascii_whitespace().collect(),
            line.span.clone(),
        ),
        _ => (Vec::new(), 0..0),
    }
}

/// The command that the last stage starts with.
fn server(instructions: &[Instruction<'_>], path: &str, found: &mut Found) {
    let (mut entrypoint, mut command) = (None, None);
    for instruction in instructions {
        match instruction {
            Instruction::Entrypoint(one) => {
                (entrypoint, command) = (Some(words(&one.arguments)), None)
            }
            Instruction::Cmd(one) => command = Some(words(&one.arguments)),
            _ => {}
        }
    }
    let both = [entrypoint, command];
    let texts: Vec<&str> = both
        .iter()
        .flatten()
        .flat_map(|(words, _)| words.iter().copied())
        .collect();
    let place = both.iter().flatten().last().map(|(_, place)| place.clone());
    if let (Some(server), Some(place)) = (dev_server(&texts), place) {
        let message = format!(
            "The image starts {}, which is made for developers.",
            quoted(server)
        );
        found
            .raised
            .push(Raised::new("LG-DKR-102", path, place, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerfiles() {
        for path in [
            "Dockerfile",
            "web/Dockerfile.prod",
            "app.dockerfile",
            "Containerfile",
        ] {
            assert!(fits(path), "{path}");
        }
        for path in [
            "dockerfile.go",
            "lang/dockerfile.js",
            "rules/dockerfile.toml",
            "docker-compose.yml",
        ] {
            assert!(!fits(path), "{path}");
        }
    }

    #[test]
    fn variables_in_both_forms() {
        assert_eq!(pairs("A=b C=\"d\""), [("A", "b"), ("C", "d")]);
        assert_eq!(pairs("A b c"), [("A", "b c")]);
        assert_eq!(pairs("A"), []);
    }
}
