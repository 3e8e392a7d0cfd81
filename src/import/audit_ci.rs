//! The allow-list of audit-ci (`audit-ci.json`, `.jsonc`, `.json5`).
//!
//! Source of the format: IBM/audit-ci, README ("Allowlisting") and `lib/allowlist.ts`: an entry is
//! an advisory, an advisory with a way to the package (`GHSA-…|a>b`), a way or a package's name; or
//! an object of such names with `active`, `expiry` and `notes`.

use super::statement::{Found, Statement, Subject, day, package};
use super::tree::{Node, Value};
use super::{Document, Format};
use crate::model::{AdvisoryId, Ecosystem, Untrusted};

const WIDER_PATH: &str =
    "the file names one way to the package; the waiver holds for every way to it";

/// True for a file with an allow-list.
pub fn is_one(document: &Document<'_>) -> bool {
    let name = document.name.starts_with("audit-ci") && document.name.contains(".json");
    document.format == Format::Json && (document.root.has("allowlist") || name)
}

/// Reads the allow-list.
pub fn read(document: &Document<'_>, found: &mut Found) {
    for item in document.root.list_of("allowlist") {
        if let Some(text) = item.text() {
            entry(item.line, text, None, found);
        }
        for named in item.entries() {
            entry(named.line, &named.key, Some(&named.value), found);
        }
    }
}

fn entry(line: u32, text: &str, about: Option<&Node>, found: &mut Found) {
    let (id, way) = text.split_once('|').unwrap_or((text, ""));
    let Some(advisory) = AdvisoryId::new(id).filter(|id| id.authority() == 1) else {
        found.leave(line, text, not_an_advisory(id));
        return;
    };
    let mut statement = Statement::new(line, Subject::advisory(advisory));
    let last = way.rsplit('>').next().unwrap_or_default().trim();
    if !way.is_empty() && way != "*" {
        statement.wider = Some(WIDER_PATH);
    }
    if !last.is_empty() && !last.contains('*') {
        statement.subject.packages = [package(&Ecosystem::NPM, last)].into();
    }
    if about.and_then(|a| a.get("active")).map(|a| &a.value) == Some(&Value::Bool(false)) {
        found.leave(line, text, "it is not active");
        return;
    }
    if let Some(expiry) = about.and_then(|about| about.get("expiry")) {
        statement.expires = match &expiry.value {
            Value::Text(text) => day(text),
            Value::Number(milliseconds) => milliseconds
                .parse()
                .ok()
                .and_then(|n| jiff::Timestamp::from_millisecond(n).ok())
                .map(|time| jiff::tz::Offset::UTC.to_datetime(time).date()),
            _ => None,
        };
        if statement.expires.is_none() && expiry.value != Value::Null {
            found.leave(line, text, "its `expiry` is not a date such as 2027-01-31");
            return;
        }
    }
    let notes = about.and_then(|about| about.text_of("notes"));
    statement.reason = notes.map(Untrusted::from);
    found.keep(statement);
}

fn not_an_advisory(id: &str) -> &'static str {
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_digit()) {
        "it is a number of npm's former database; name the GHSA id"
    } else {
        "it accepts every advisory of a package, also those that nobody knows yet; name the GHSA ids"
    }
}
