//! `osv-scanner.toml`.
//!
//! Source of the format: google/osv-scanner, `docs/configuration.md` and
//! `internal/config/config.go`.

use super::statement::{Found, Statement, Subject};
use super::{Document, Format};
use crate::model::{AdvisoryId, Untrusted};

/// True for a file with its tables.
pub fn is_one(document: &Document<'_>) -> bool {
    document.format == Format::Toml
        && (["IgnoredVulns", "PackageOverrides"]
            .iter()
            .any(|key| document.root.has(key))
            || document.name.starts_with("osv-scanner"))
}

/// Reads it.
pub fn read(document: &Document<'_>, found: &mut Found) {
    for entry in document.root.list_of("IgnoredVulns") {
        let id = entry.text_of("id").unwrap_or_default();
        let Some(advisory) = AdvisoryId::new(id) else {
            found.leave(entry.line, id, "it is not the id of an advisory");
            continue;
        };
        let mut statement = Statement::new(entry.line, Subject::advisory(advisory));
        if !statement.until(entry.text_of("ignoreUntil")) {
            found.leave(entry.line, id, "its `ignoreUntil` is not a date");
            continue;
        }
        statement.reason = entry.text_of("reason").map(Untrusted::from);
        found.keep(statement);
    }
    for entry in document.root.list_of("PackageOverrides") {
        let name = entry.text_of("name").unwrap_or("all packages");
        found.leave(
            entry.line,
            name,
            "a package override accepts every advisory of a package, also those that nobody knows \
             yet; name the advisories",
        );
    }
}
