//! `lockgate policy test`.

use super::case::colour;
use super::policy;
use crate::cli::{PolicyTest, When};
use crate::edge::files::{self, Root};
use crate::edge::terminal::{self, Stream};
use crate::edge::trials;
use crate::error::{Error, ErrorKind};
use crate::model::Untrusted;
use crate::policy::{Policy, Source};
use crate::report::diagnostics;
use crate::trial::{self, Outcome};
use std::path::{Path, PathBuf};

/// Exit code when a case fails.
const FAILED: u8 = 1;

/// Runs the tests of policies; returns the exit code.
pub fn run(args: &PolicyTest) -> Result<u8, Error> {
    let mut found = Vec::new();
    for path in &args.paths {
        found.extend(find(path)?);
    }
    found.dedup();
    let (mut cases, mut failed) = (0, 0);
    for file in &found {
        let outcomes = test(file)?;
        cases += outcomes.len();
        failed += outcomes.iter().filter(|o| !o.failures.is_empty()).count();
    }
    if found.len() > 1 {
        let text = format!("{} files: {cases} cases, {failed} failed\n", found.len());
        terminal::out(text.as_bytes());
    }
    Ok(if failed > 0 { FAILED } else { 0 })
}

/// The file itself, or the tests in a folder.
fn find(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let about = |error: Error| error.detail(path.display().to_string());
    let found = trials::find(path)
        .map_err(|e| about(Error::usage(format!("the tests cannot be read: {e}"))))?;
    if found.is_empty() {
        return Err(about(Error::usage("there are no tests of policies here"))
            .hint("write lockgate.test.toml beside the policy, or name a file"));
    }
    Ok(found)
}

/// Runs one file and prints what became of its cases.
fn test(file: &Path) -> Result<Vec<Outcome>, Error> {
    let name = file.display().to_string();
    let text = files::read_text(file)
        .and_then(policy::bounded)
        .map_err(|why| {
            Error::usage(format!("the tests cannot be read: {why}")).detail(name.as_str())
        })?;
    let source = Source {
        name: name.clone(),
        path: None,
        text,
    };
    let paint = colour(When::Auto, Stream::Err);
    let trial = trial::read(&source).map_err(|errors| Error {
        drawing: Some(diagnostics::render(&errors, paint)),
        ..Error::new(
            ErrorKind::Policy,
            "the tests have errors; nothing was tested",
        )
    })?;
    let policy = tested(&trial.policy, file, paint)?;
    let outcomes: Vec<Outcome> = trial
        .cases
        .iter()
        .map(|case| trial::run(case, &policy))
        .collect();
    let text = trial::render(&Untrusted::from(name), &policy.sources, &outcomes);
    terminal::out(text.as_bytes());
    Ok(outcomes)
}

/// The policy that a file of tests names: a shipped one, or a path relative to the file. What it
/// extends is below its folder.
fn tested(name: &str, file: &Path, paint: bool) -> Result<Policy, Error> {
    let folder = |path: &Path| match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let open = |folder: &Path| {
        Root::open(folder).map_err(|e| {
            let error = Error::usage(format!("the policy's folder cannot be opened: {e}"));
            error.detail(folder.display().to_string())
        })
    };
    let beside = folder(file);
    if name.starts_with("lockgate:") {
        return policy::load(Some(name), &open(&beside)?, paint);
    }
    let path = match beside == Path::new(".") {
        true => PathBuf::from(name),
        false => beside.join(name),
    };
    let root = open(&folder(&path))?;
    policy::load(Some(&path.display().to_string()), &root, paint)
}
