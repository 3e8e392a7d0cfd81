//! Bundles on this machine.

use crate::bundle::{self, Bundle};
use crate::edge::files::Root;
use crate::edge::reports::{self, ReportFile};
use crate::ingest;
use crate::model::ScannerId;
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

fn home(scanner: &ScannerId) -> Option<&'static str> {
    ingest::tool_named(scanner.as_str()).map(|tool| tool.url)
}
