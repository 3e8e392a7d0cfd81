//! Finding and loading the policy.

use super::notes;
use super::shelf::Shelf;
use crate::edge::files::Root;
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, ErrorKind};
use crate::escape;
use crate::model::RepoPath;
use crate::model::diagnostic::Diagnostic;
use crate::policy::{self, DEFAULT, Policy, SHIPPED, Source};
use crate::report::diagnostics;
use std::path::Path;

/// Where a policy is looked for when none is named.
pub const NAMES: [&str; 2] = ["lockgate.toml", ".github/lockgate.toml"];

/// Largest policy file, in bytes. Errors in it are drawn with their lines.
const MAX_BYTES: usize = 1024 * 1024;

/// Refuses a text that is larger than a policy file may be.
pub fn bounded(text: String) -> Result<String, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it is larger than {} KiB", MAX_BYTES / 1024));
    }
    Ok(text)
}

/// Loads the named policy, the repository's, or the default.
pub fn load(named: Option<&str>, root: &Root, colour: bool) -> Result<Policy, Error> {
    let source = match named {
        Some(name) => open(name, root)?,
        None => discover(root)?,
    };
    parse(&source, root, colour)
}

/// Loads a policy of which the text is at hand.
pub fn parse(source: &Source, root: &Root, colour: bool) -> Result<Policy, Error> {
    policy::load(source, &Shelf::Tree(root)).map_err(|errors| wrong("the policy", &errors, colour))
}

/// The error of a policy that has errors.
pub fn wrong(policy: &str, errors: &[Diagnostic], colour: bool) -> Error {
    let count = match errors.len() {
        1 => "an error".to_owned(),
        n => format!("{n} errors"),
    };
    let message = format!("{policy} has {count}; nothing was evaluated");
    Error {
        drawing: Some(diagnostics::render(errors, colour)),
        ..Error::new(ErrorKind::Policy, message)
    }
}

fn open(name: &str, root: &Root) -> Result<Source, Error> {
    if name.starts_with("lockgate:") {
        return policy::shipped(name).ok_or_else(|| {
            let names: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
            Error::new(ErrorKind::Policy, "there is no such shipped policy")
                .detail(name)
                .hint(format!("shipped are {}", names.join(", ")))
        });
    }
    let unreadable = |why: String| {
        Error::new(
            ErrorKind::Policy,
            format!("the policy file cannot be read: {why}"),
        )
        .detail(name)
        .hint("check the path, or name a shipped policy: --policy lockgate:balanced")
    };
    // A file that the user names may be anywhere; one inside the root can extend its neighbours.
    if let Some(path) = root.inside(Path::new(name)) {
        let text = root.text(&path).and_then(bounded).map_err(unreadable)?;
        return Ok(Source {
            name: name.to_owned(),
            path: Some(path),
            text,
        });
    }
    let path = RepoPath::new(name).ok().filter(|path| root.has(path));
    match path {
        Some(path) => {
            let text = root.text(&path).and_then(bounded).map_err(unreadable)?;
            Ok(Source {
                name: name.to_owned(),
                path: Some(path),
                text,
            })
        }
        None => {
            let text = crate::edge::files::read_text(Path::new(name))
                .and_then(bounded)
                .map_err(unreadable)?;
            Ok(Source {
                name: name.to_owned(),
                path: None,
                text,
            })
        }
    }
}

fn discover(root: &Root) -> Result<Source, Error> {
    let found: Vec<RepoPath> = NAMES
        .iter()
        .filter_map(|name| RepoPath::new(name).ok())
        .filter(|path| root.has(path))
        .collect();
    match found.as_slice() {
        [] => policy::shipped(DEFAULT)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "the default policy is not shipped")),
        [path] => {
            let name = escape::json(path).to_owned();
            let text = root.text(path).and_then(bounded).map_err(|why| {
                Error::new(
                    ErrorKind::Policy,
                    format!("the policy file cannot be read: {why}"),
                )
                .detail(name.as_str())
            })?;
            Ok(Source {
                name,
                path: Some(path.clone()),
                text,
            })
        }
        _ => Err(Error::new(ErrorKind::Policy, "there are two policy files")
            .detail(NAMES.join(" and "))
            .hint("keep one of them, or name it: --policy FILE")),
    }
}

/// `lockgate policy check`.
pub fn check(name: &str, root: &Path) -> Result<u8, Error> {
    let root = Root::open(root).map_err(|e| {
        Error::usage(format!("the root folder cannot be opened: {e}"))
            .detail(root.display().to_string())
    })?;
    let policy = load(Some(name), &root, terminal::wants_colour(Stream::Err))?;
    notes::tell(&policy)?;
    let sources: Vec<String> = policy.sources.iter().map(escape::terminal).collect();
    let text = format!(
        "{}: no errors; gates: {}, waivers: {}, scanners: {}\n",
        sources.join(" + "),
        policy.gates.len(),
        policy.waivers.len(),
        policy.scanners.len(),
    );
    terminal::out(text.as_bytes());
    Ok(0)
}

/// `lockgate policy show`.
pub fn show(name: Option<&str>) -> Result<u8, Error> {
    let text = match name {
        Some(name) => {
            let found = SHIPPED.iter().find(|shipped| shipped.name == name);
            let missing = || {
                Error::usage("there is no such shipped policy")
                    .detail(name)
                    .hint("lockgate policy show lists them")
            };
            found.ok_or_else(missing)?.text.to_owned()
        }
        None => SHIPPED
            .iter()
            .map(|shipped| format!("{:<20} {}\n", shipped.name, shipped.about))
            .collect(),
    };
    terminal::out(text.as_bytes());
    Ok(0)
}
