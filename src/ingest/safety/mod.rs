//! Safety's JSON: the lists of version 1, the `check` reports of versions 2 and 3, the `scan`
//! reports of version 3.
//!
//! Sources of the formats: `safety/formatters/json.py`, `safety/models/vulnerabilities.py`
//! (pyupio/safety) and the models of pyupio's safety-schemas. Severities are given to paying
//! customers only.

mod check;
mod list;
mod scan;

use super::advisory::{Advisory, LONGEST, identifiers};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::short;
use crate::model::{
    Coverage, Ecosystem, Health, Observation, Package, Problem, RuleId, RuleInfo, Untrusted, Work,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The adapter.
pub struct Safety;

static INFO: ToolInfo = ToolInfo {
    id: "safety",
    name: "Safety",
    aliases: &["pyup-safety", "safety-cli"],
    url: "https://github.com/pyupio/safety",
    command: "safety check -r requirements.txt --save-json safety.json",
};

impl Tool for Safety {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let row = |row: &Shape| row.first() == Some(&Shape::Scalar);
        if shape.first().is_some_and(row) {
            return Some("Safety JSON (version 1)");
        }
        if shape.has_all(&["report_meta", "vulnerabilities"]) {
            return Some("Safety JSON");
        }
        let scan = shape.has_all(&["meta", "scan_results"]);
        scan.then_some("Safety JSON (safety scan)")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let read = if shape.is_array() {
            list::read
        } else if shape.has("report_meta") {
            check::read
        } else {
            scan::read
        };
        read(text).map_err(|e| wrong_shape(INFO.name, &e))?
    }
}

/// A Python package.
fn package(name: &str, version: Option<&str>) -> Package {
    let mut package = Package::new(Ecosystem::PYPI, short(name, LONGEST));
    let version = version.filter(|version| !version.is_empty());
    package.version = version.map(|version| short(version, LONGEST).into());
    package
}

/// The observation of one vulnerability. Safety numbers its advisories; `ids` are other names.
fn observe(
    number: &str,
    ids: &[String],
    text: Option<&str>,
    page: Option<&str>,
    package: Package,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    // Numbers alone would be taken for those of others.
    let bare = number.starts_with(|c: char| c.is_ascii_digit());
    let rule = if bare {
        format!("pyup-{number}")
    } else {
        number.to_owned()
    };
    let others = ids.iter().map(String::as_str);
    let told = Advisory {
        rule: &rule,
        ids: identifiers(std::iter::once(rule.as_str()).chain(others)),
        text,
        page,
        ..Advisory::default()
    };
    told.observe(package, rules)
}

/// The health of a run that could judge only packages of which it knew the version: Safety leaves
/// vulnerabilities of the others out, unless it is told otherwise.
fn health(judged: u64, unit: &'static str, unpinned: Vec<Untrusted>) -> Health {
    let mut problems = Vec::new();
    if !unpinned.is_empty() {
        let (code, text) = if judged == 0 {
            (
                "all-skipped",
                "no package has a pinned version, so Safety judged none".to_owned(),
            )
        } else {
            (
                "some-skipped",
                format!(
                    "Safety did not judge {} packages without a pinned version",
                    unpinned.len()
                ),
            )
        };
        problems.push(Problem::new(code, text).items(unpinned));
    }
    Health::judge(
        Work::new(judged, unit),
        problems,
        Problem::new("nothing-scanned", "Safety found no package to look at"),
    )
}

/// What a report of version 2 or 3 told.
struct Seen {
    health: Health,
    version: Option<Untrusted>,
    written: Option<Timestamp>,
    inputs: Vec<Untrusted>,
    observations: Vec<Observation>,
    rules: BTreeMap<RuleId, RuleInfo>,
    /// By name: what Safety was told to keep silent about.
    silenced: Vec<Untrusted>,
}

impl From<Seen> for Parsed {
    fn from(seen: Seen) -> Self {
        Self {
            version: seen.version,
            observations: seen.observations,
            rules: seen.rules,
            notes: silenced(seen.silenced).into_iter().collect(),
            coverage: Coverage {
                written: seen.written,
                ..Coverage::default().inputs(seen.inputs)
            },
            ..Self::of(&INFO, seen.health)
        }
    }
}

fn silenced(names: Vec<Untrusted>) -> Option<Problem> {
    (!names.is_empty()).then(|| {
        Problem::new(
            "native-suppressions",
            format!(
                "Safety was told to keep silent about {} vulnerabilities",
                names.len()
            ),
        )
        .items(names)
    })
}

#[cfg(test)]
mod tests;
