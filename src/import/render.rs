//! Waivers → TOML.

use super::gather::{Import, Origin, Remark, Waiver};
use crate::escape::{terminal, toml_string};
use crate::model::{Foreign, Untrusted};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Places that a comment names.
const MAX_ORIGINS: usize = 5;

/// Writes `[[waiver]]` tables for a policy file, with comments that say where each comes from, and
/// what was not imported. Gaps are empty values, which `lockgate policy check` refuses with their
/// line.
pub fn render(import: &Import) -> String {
    let mut out = String::new();
    for waiver in &import.waivers {
        table(&mut out, waiver);
    }
    for remark in &import.remarks {
        let _ = writeln!(out, "# {}", line(remark));
    }
    out
}

/// One line about something that did not become a waiver.
pub fn line(remark: &Remark) -> String {
    let Remark { origin, left } = remark;
    let what = terminal(&left.what);
    let joint = if what.is_empty() { "" } else { ": " };
    format!(
        "{}: {}{joint}{what}: {}",
        left.fate.word(),
        place(origin),
        left.why
    )
}

fn place(origin: &Origin) -> String {
    format!("{}:{}", terminal(&origin.file), origin.line)
}

/// Width of the keys that every waiver has.
const WIDTH: usize = 8;

fn table(out: &mut String, waiver: &Waiver) {
    let places = waiver.origins.iter().take(MAX_ORIGINS).map(place);
    let mut from = places.collect::<Vec<_>>().join(", ");
    if let more @ 1.. = waiver.origins.len().saturating_sub(MAX_ORIGINS) {
        let _ = write!(from, " and {more} more");
    }
    if !from.is_empty() {
        let _ = writeln!(out, "# from {from}");
    }
    if let Some(about) = &waiver.about {
        let _ = writeln!(out, "# {about}");
    }
    for wider in &waiver.wider {
        let _ = writeln!(out, "# wider: {wider}");
    }
    out.push_str("[[waiver]]\n");
    let subject = &waiver.subject;
    let everywhere = BTreeSet::from(["**".into()]);
    let paths = match subject.everywhere() {
        true => &everywhere,
        false => &subject.paths,
    };
    let fingerprints = subject.fingerprints.iter();
    let ids = subject.advisories.iter();
    let reason = waiver.reason.as_deref().map(Untrusted::from);
    let expires = waiver.expires.map(|day| day.to_string());
    let fields = [
        (
            "fingerprint",
            list(fingerprints.map(|f| Untrusted::from(f.as_str()))),
        ),
        ("advisory", list(ids.map(|id| Untrusted::from(id.as_str())))),
        ("rule", list(subject.rules.iter())),
        ("path", list(paths.iter())),
        ("package", list(subject.packages.iter())),
        ("scanner", list(subject.scanner.map(Untrusted::from).iter())),
        (
            "kind",
            list(subject.kind.map(|k| Untrusted::from(k.word())).iter()),
        ),
        (
            "reason",
            Some(text(reason.as_ref(), "why is it acceptable?")),
        ),
        (
            "owner",
            Some(text(
                waiver.owner.as_ref(),
                "who answers for it? \"@org/team\"",
            )),
        ),
        (
            "expires",
            expires.or_else(|| Some(text(None, "until when? 2027-01-31, without quotes"))),
        ),
    ];
    let fields = fields
        .iter()
        .filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let width = fields.clone().map(|(key, _)| key.len()).max();
    let width = width.unwrap_or(WIDTH).max(WIDTH);
    for (key, value) in fields {
        let _ = writeln!(out, "{key:<width$} = {value}");
    }
    out.push('\n');
}

/// A text, or a gap that a person must fill.
fn text(value: Option<&Untrusted>, question: &str) -> String {
    match value {
        Some(value) => toml_string(value),
        None => format!("\"\"  # TODO: {question}"),
    }
}

fn list(values: impl Iterator<Item = impl Foreign>) -> Option<String> {
    let values: Vec<String> = values.map(toml_string).collect();
    match values.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        _ => Some(format!("[{}]", values.join(", "))),
    }
}
