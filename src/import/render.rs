//! Waivers → TOML.

use super::gather::{Import, Origin, Remark, Waiver};
use crate::escape::{terminal, toml_string};
use crate::model::{Foreign, Untrusted};
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

fn table(out: &mut String, waiver: &Waiver) {
    let places = waiver.origins.iter().take(MAX_ORIGINS).map(place);
    let mut from = places.collect::<Vec<_>>().join(", ");
    if let more @ 1.. = waiver.origins.len().saturating_sub(MAX_ORIGINS) {
        let _ = write!(from, " and {more} more");
    }
    let _ = writeln!(out, "# from {from}");
    for wider in &waiver.wider {
        let _ = writeln!(out, "# wider: {wider}");
    }
    out.push_str("[[waiver]]\n");
    let subject = &waiver.subject;
    list(
        out,
        "advisory",
        subject
            .advisories
            .iter()
            .map(|id| Untrusted::from(id.as_str())),
    );
    list(out, "rule", subject.rules.iter());
    match subject.everywhere() {
        true => list(out, "path", [Untrusted::from("**")].iter()),
        false => list(out, "path", subject.paths.iter()),
    }
    list(out, "package", subject.packages.iter());
    list(out, "scanner", subject.scanner.map(Untrusted::from).iter());
    list(
        out,
        "kind",
        subject.kind.map(|k| Untrusted::from(k.word())).iter(),
    );
    let reason = waiver.reason.as_deref().map(Untrusted::from);
    text(out, "reason", reason.as_ref(), "why is it acceptable?");
    text(
        out,
        "owner",
        waiver.owner.as_ref(),
        "who answers for it? \"@org/team\"",
    );
    match waiver.expires {
        Some(day) => {
            let _ = writeln!(out, "{:<8} = {day}", "expires");
        }
        None => text(
            out,
            "expires",
            None,
            "until when? 2027-01-31, without quotes",
        ),
    }
    out.push('\n');
}

fn text(out: &mut String, key: &str, value: Option<&Untrusted>, question: &str) {
    let _ = match value {
        Some(value) => writeln!(out, "{key:<8} = {}", toml_string(value)),
        None => writeln!(out, "{key:<8} = \"\"  # TODO: {question}"),
    };
}

fn list(out: &mut String, key: &str, values: impl Iterator<Item = impl Foreign>) {
    let values: Vec<String> = values.map(toml_string).collect();
    let _ = match values.as_slice() {
        [] => return,
        [one] => writeln!(out, "{key:<8} = {one}"),
        _ => writeln!(out, "{key:<8} = [{}]", values.join(", ")),
    };
}
