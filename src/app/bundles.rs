//! Bundles on this machine.

use crate::bundle::{self, Bundle};
use crate::edge::files::Root;
use crate::edge::reports::{self, ReportFile};
use crate::ingest;
use crate::model::{Problem, ScannerId};
use crate::simulate::Unread;

/// The files that a name or pattern means.
///
/// # Errors
/// The name itself, when there is none.
pub fn find(name: &str, root: &Root) -> Result<Vec<ReportFile>, Unread> {
    match reports::on_command_line(name, root) {
        found if found.is_empty() => Err(Unread {
            name: name.into(),
            why: "there is no such file".to_owned(),
            detail: None,
        }),
        found => Ok(found),
    }
}

/// Reads one.
///
/// # Errors
/// Why it cannot be used.
pub fn open(file: &ReportFile) -> Result<Bundle, Unread> {
    let unread = |why, detail| Unread {
        name: file.name.clone(),
        why,
        detail,
    };
    let bytes = file.read().map_err(|problem| {
        unread(
            problem.text.replace("the report", "the file"),
            problem.detail,
        )
    })?;
    bundle::read(&bytes, &home).map_err(|bad| unread(bad.text, bad.detail))
}

/// Why a file is no evidence, for a merge.
pub fn problem(unread: Unread) -> Problem {
    let problem = Problem::new(
        "bundle-damaged",
        format!("a bundle cannot be used: {}", unread.why),
    );
    let problem = problem.items([unread.name]);
    match unread.detail {
        Some(detail) => problem.detail(detail),
        None => problem,
    }
}

/// Reads one that is a whole check. A shard alone says nothing, and where shards are missing, a verdict
/// would be about the rest.
///
/// # Errors
/// Why it cannot be used.
pub fn open_whole(file: &ReportFile) -> Result<Bundle, Unread> {
    let bundle = open(file)?;
    let shard = bundle.part.as_ref().and_then(|part| part.shard.as_ref());
    let why = match shard {
        Some(shard) => format!(
            "it is shard {} of {} of a check: lockgate merge puts them together",
            shard.number, shard.of
        ),
        None => return Ok(bundle),
    };
    Err(Unread {
        name: file.name.clone(),
        why,
        detail: None,
    })
}

/// The home page of a tool that lockgate knows.
pub fn home(scanner: &ScannerId) -> Option<&'static str> {
    ingest::tool_named(scanner.as_str()).map(|tool| tool.url)
}
