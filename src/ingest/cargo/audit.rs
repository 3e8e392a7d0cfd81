//! cargo-audit's JSON, which cargo-deny can write, too (`--audit-compatible-output`).

use super::rustsec::{Advisory, Krate, Versions, krate, observe};
use crate::ingest::lenient::{Int, Scalar, Text, or_default};
use crate::ingest::shape::Shape;
use crate::ingest::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use crate::ingest::words::moment;
use crate::model::{Coverage, Health, Problem, Untrusted, Work};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The adapter.
pub struct CargoAudit;

static INFO: ToolInfo = ToolInfo {
    id: "cargo-audit",
    name: "cargo-audit",
    aliases: &["cargo_audit", "cargoaudit", "rustsec"],
    url: "https://github.com/rustsec/rustsec",
    command: "cargo audit --json > cargo-audit.json",
};

#[derive(Deserialize)]
struct Report<'a, V> {
    #[serde(default, deserialize_with = "or_default")]
    database: Database,
    lockfile: Lockfile,
    #[serde(default, deserialize_with = "or_default")]
    settings: Settings,
    vulnerabilities: V,
    #[serde(default, borrow, deserialize_with = "or_default")]
    warnings: Warnings<'a>,
}

#[derive(Deserialize, Default)]
struct Database {
    #[serde(default, rename = "last-updated")]
    updated: Scalar,
}

#[derive(Deserialize)]
struct Lockfile {
    #[serde(rename = "dependency-count")]
    dependencies: Int,
}

#[derive(Deserialize, Default)]
struct Settings {
    /// Advisories that the scanner was told to keep silent about.
    #[serde(default, deserialize_with = "or_default")]
    ignore: Vec<String>,
}

#[derive(Deserialize)]
struct Listed<'a> {
    count: Int,
    #[serde(borrow)]
    list: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    advisory: Advisory<'a>,
    #[serde(borrow)]
    package: Krate<'a>,
    #[serde(default, deserialize_with = "or_default")]
    versions: Versions,
}

/// By kind; a list before version 0.12.
#[derive(Deserialize)]
#[serde(untagged)]
enum Warnings<'a> {
    #[serde(borrow)]
    Kinds(BTreeMap<String, Vec<Warning<'a>>>),
    List(Vec<Warning<'a>>),
}

impl Default for Warnings<'_> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// A package without a vulnerability that deserves a look; a yanked one has no advisory.
#[derive(Deserialize)]
struct Warning<'a> {
    #[serde(default)]
    kind: Scalar,
    #[serde(borrow)]
    package: Krate<'a>,
    #[serde(default, borrow)]
    advisory: Option<Advisory<'a>>,
}

/// True for the outline that cargo-audit and cargo-deny share.
fn is_shared(shape: &Shape) -> bool {
    shape.get("lockfile").is_some_and(Shape::is_object) && shape.has("vulnerabilities")
}

/// True when cargo-deny wrote it, which names no database and gives a plain list.
pub fn is_denys(shape: &Shape) -> bool {
    let list = shape.get("vulnerabilities").is_some_and(Shape::is_array);
    is_shared(shape) && list && !shape.has("database")
}

impl Tool for CargoAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        (is_shared(shape) && !is_denys(shape)).then_some("cargo-audit JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let report: Report<'_, Listed<'_>> =
            serde_json::from_str(text).map_err(|e| wrong_shape(INFO.name, &e))?;
        let listed = report.vulnerabilities.list.len();
        if i64::try_from(listed).ok() != report.vulnerabilities.count.0 {
            return Err(Problem::new(
                "inconsistent",
                format!(
                    "cargo-audit lists {listed} vulnerabilities, but counted another number: the \
                     report was shortened"
                ),
            ));
        }
        Ok(read(&INFO, &report, &report.vulnerabilities.list))
    }
}

/// Reads what cargo-deny writes with `--audit-compatible-output`.
///
/// # Errors
/// When the document has other types.
pub fn compatible(info: &ToolInfo, text: &str) -> Result<Parsed, Problem> {
    let report: Report<'_, Vec<Entry<'_>>> =
        serde_json::from_str(text).map_err(|e| wrong_shape(info.name, &e))?;
    Ok(read(info, &report, &report.vulnerabilities))
}

fn read<V>(info: &ToolInfo, report: &Report<'_, V>, entries: &[Entry<'_>]) -> Parsed {
    let dependencies = report.lockfile.dependencies.0;
    let health = Health::judge(
        Work::new(
            dependencies
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or(0),
            "packages",
        ),
        Vec::new(),
        Problem::new(
            "nothing-scanned",
            format!("{} found no package in the lockfile", info.name),
        ),
    );
    let mut rules = BTreeMap::new();
    let observations = entries
        .iter()
        .map(|entry| {
            let version = entry.package.version.as_ref().map(Text::as_str);
            let package = krate(entry.package.name.as_str(), version);
            observe(&entry.advisory, &entry.versions, package, &mut rules)
        })
        .collect();
    let mut notes = warnings(info, &report.warnings);
    let ignored = &report.settings.ignore;
    if !ignored.is_empty() {
        notes.push(
            Problem::new(
                "native-suppressions",
                format!(
                    "{} was told to keep silent about {} advisories",
                    info.name,
                    ignored.len()
                ),
            )
            .items(ignored.iter().map(|id| id.as_str().into())),
        );
    }
    Parsed {
        observations,
        rules,
        notes,
        coverage: Coverage {
            data: report.database.updated.text().and_then(moment),
            ..Coverage::default()
        },
        ..Parsed::of(info, health)
    }
}

/// One note for each kind of warning, with the names of the packages.
fn warnings(info: &ToolInfo, warnings: &Warnings<'_>) -> Vec<Problem> {
    let mut kinds: BTreeMap<&'static str, Vec<Untrusted>> = BTreeMap::new();
    let mut add = |kind: Option<&str>, warning: &Warning<'_>| {
        let version = warning.package.version.as_ref().map_or("", Text::as_str);
        let id = warning.advisory.as_ref().map(|a| a.id.as_str());
        let id = id.map(|id| format!(" ({id})")).unwrap_or_default();
        let name = format!("{} {version}{id}", warning.package.name.as_str());
        kinds.entry(meaning(kind)).or_default().push(name.into());
    };
    match warnings {
        Warnings::Kinds(by_kind) => {
            for (kind, list) in by_kind {
                list.iter().for_each(|w| add(Some(kind), w));
            }
        }
        Warnings::List(list) => list.iter().for_each(|w| add(w.kind.text(), w)),
    }
    let note = |(meaning, packages): (&str, Vec<Untrusted>)| {
        let text = format!("{} warns of packages that {meaning}", info.name);
        Problem::new("advisory-warnings", text).items(packages)
    };
    kinds.into_iter().map(note).collect()
}

fn meaning(kind: Option<&str>) -> &'static str {
    match kind {
        Some("unmaintained") => "nobody maintains",
        Some("unsound") => "are unsound",
        Some("yanked") => "their authors have withdrawn (yanked)",
        Some("notice") => "come with a notice",
        _ => "come with a warning of another kind",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest;
    use crate::model::{Fix, Foreign as _, HealthLevel, Severity};

    fn read(vulnerabilities: &str, dependencies: u32) -> Parsed {
        let database = match vulnerabilities.starts_with('[') {
            true => "",
            false => r#""database":{"last-updated":"2026-08-21T10:00:00+02:00"},"#,
        };
        let warnings = r#"{"yanked":[{"kind":"yanked","package":{"name":"y","version":"1.0.0"},"advisory":null}]}"#;
        let text = format!(
            r#"{{{database}"lockfile":{{"dependency-count":{dependencies}}},
            "settings":{{"ignore":["RUSTSEC-2020-0001"]}},"vulnerabilities":{vulnerabilities},"warnings":{warnings}}}"#
        );
        ingest::read(text.as_bytes(), None).remove(0)
    }

    const ENTRY: &str = r#"{"advisory":{"id":"RUSTSEC-2026-0041","title":"Leak of memory","aliases":["CVE-2026-1"],
        "cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},"versions":{"patched":["<0.10.0, >=0.9.3",">=0.11.6"]},
        "package":{"name":"p","version":"0.11.5"}}"#;

    #[test]
    fn vectors_become_severities_and_requirements_fixes() {
        let run = read(&format!(r#"{{"count":1,"list":[{ENTRY}]}}"#), 9);
        assert_eq!(run.scanner.as_str(), "cargo-audit");
        let seen = &run.observations[0];
        assert_eq!(seen.severity, Some(Severity::Critical));
        assert_eq!(seen.reported.score, Some(9.8));
        let Some(Fix::Upgrade { version, .. }) = &seen.fix else {
            panic!("no upgrade");
        };
        assert_eq!(version.raw(), "0.11.6");
        assert_eq!(run.coverage.data, "2026-08-21T08:00:00Z".parse().ok());
        let codes: Vec<_> = run.notes.iter().map(|n| n.code).collect();
        assert_eq!(codes, ["advisory-warnings", "native-suppressions"]);
        assert_eq!(run.notes[0].items[0].raw(), "y 1.0.0");
    }

    #[test]
    fn a_list_is_cargo_denys() {
        let run = read(&format!("[{ENTRY}]"), 9);
        assert_eq!(run.scanner.as_str(), "cargo-deny");
        assert_eq!(run.observations.len(), 1);
    }

    #[test]
    fn an_empty_lockfile_and_a_shortened_list_are_no_evidence() {
        for (vulnerabilities, dependencies, code) in [
            (r#"{"count":0,"list":[]}"#, 0, "nothing-scanned"),
            (r#"{"count":2,"list":[]}"#, 9, "inconsistent"),
            (r#"{"list":[]}"#, 9, "wrong-shape"),
        ] {
            let run = read(vulnerabilities, dependencies);
            assert_eq!(run.health.level(), HealthLevel::Failed);
            assert_eq!(run.health.problems()[0].code, code);
        }
    }
}
