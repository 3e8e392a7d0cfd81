//! Where the configuration of another tool comes from.
//!
//! Where a change is judged, it is that of the target, like all that makes scanners look at less.

use crate::app::base::Compared;
use crate::app::case::Ground;
use crate::app::shelf::Shelf;
use crate::edge::files::{Root, read_text};
use crate::edge::git::From;
use crate::error::{Error, ErrorKind};
use crate::escape::terminal;
use crate::model::{Foreign as _, RepoPath, ScannerId, Untrusted};
use crate::scan::secrets::foreign::{self, FileError, Foreign, Ignored, Wanted};
use std::path::Path;

/// A configuration, and what is to be left aside.
type Configuration = (Foreign, Ignored);

/// How often a configuration may extend another one; gitleaks' own limit.
const DEPTH: usize = 2;

/// Where gitleaks looks for findings that it is to leave aside.
const IGNORED: &str = ".gitleaksignore";

/// Reads a file of that name.
type Read<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// The configuration that the user names.
///
/// # Errors
/// It cannot be read, or something is wrong with it.
pub fn of_user(path: &Path, root: &Root) -> Result<Configuration, Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let read = |name: &str| match Path::new(name) == path {
        true => read_text(path),
        // gitleaks looks from where it is started; people write it beside the file.
        false => read_text(&folder.join(name)).or_else(|_| read_text(&root.path().join(name))),
    };
    let foreign = load(&path.to_string_lossy(), &read, DEPTH)?;
    Ok((foreign, ignored(&|name| read_text(&root.path().join(name)))))
}

/// The configuration that the policy names.
///
/// # Errors
/// It cannot be read, or something is wrong with it.
pub fn of_policy(ground: &Ground<'_, '_>) -> Result<Option<Configuration>, Error> {
    let id = ScannerId::literal(ScannerId::SECRETS);
    let Some(path) = ground.policy.scanner(&id).secrets.config else {
        return Ok(None);
    };
    let shelf = match ground.compared {
        Compared::With(known) => Shelf::Commit(known.target),
        // What the change itself brings must not make the search look at less.
        Compared::Without(_) if ground.event.judges_a_change() => return Ok(None),
        Compared::Without(_) => Shelf::Tree(&ground.request.root),
    };
    let read = |name: &str| {
        let path = RepoPath::new(name).map_err(|why| why.to_string())?;
        shelf.text(&path, From::Root)
    };
    let foreign = load(path.raw(), &read, DEPTH)?;
    Ok(Some((foreign, ignored(&read))))
}

fn ignored(read: Read<'_>) -> Ignored {
    let text = read(IGNORED).unwrap_or_default();
    Ignored::read(&text)
}

fn load(name: &str, read: Read<'_>, depth: usize) -> Result<Foreign, Error> {
    let text = read(name).map_err(|why| {
        let text = format!("the configuration of the secret scan cannot be read: {why}");
        Error::new(ErrorKind::Policy, text).detail(name)
    })?;
    let mut foreign = foreign::read(&text).map_err(|errors| wrong(name, &errors))?;
    if let Some(Wanted(path)) = foreign.extends.take() {
        if depth == 0 {
            return Err(Error::new(
                ErrorKind::Policy,
                "configurations of the secret scan extend each other too often",
            )
            .detail(name));
        }
        foreign.under(load(&path, read, depth - 1)?);
    }
    Ok(foreign)
}

fn wrong(name: &str, errors: &[FileError]) -> Error {
    let text = "the configuration of the secret scan is wrong";
    let mut error = Error::new(ErrorKind::Policy, text).detail(name);
    for wrong in errors.iter().take(20) {
        let about = terminal(Untrusted::from(wrong.about.as_str()));
        let text = terminal(Untrusted::from(wrong.text.as_str()));
        error = error.hint(format!("line {}: {about}: {text}", wrong.line));
    }
    error
}
