//! `safety check` of versions 2 and 3.

use super::{Seen, health, observe, package};
use crate::ingest::advisory::{LONGEST, MOST, scored, severity, versions};
use crate::ingest::lenient::{Int, Object, Scalar, Text, Texts, or_default};
use crate::ingest::tool::Parsed;
use crate::ingest::words::{moment, short};
use crate::model::{Observation, Problem, Reported, RuleId, RuleInfo, Untrusted};
use crate::version::upgrade;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Report<'a> {
    report_meta: Meta,
    #[serde(default, borrow, deserialize_with = "or_default")]
    scanned_packages: BTreeMap<String, Scanned<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    affected_packages: BTreeMap<String, Affected>,
    #[serde(borrow)]
    vulnerabilities: Vec<Vulnerability<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    ignored_vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Deserialize)]
struct Meta {
    /// `environment`, `files`, `stdin`.
    #[serde(default)]
    scan_target: Scalar,
    /// Paths of the files or of the folders of the environment.
    #[serde(default)]
    scanned: Texts,
    #[serde(default)]
    safety_version: Scalar,
    #[serde(default)]
    timestamp: Scalar,
    packages_found: Int,
    #[serde(default)]
    vulnerabilities_found: Int,
}

#[derive(Deserialize)]
struct Scanned<'a> {
    /// `None` for a requirement that names no single version.
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Affected {
    /// Versions without a known vulnerability.
    #[serde(default)]
    secure_versions: Texts,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    package_name: Text<'a>,
    vulnerability_id: Scalar,
    #[serde(default)]
    analyzed_version: Scalar,
    #[serde(default)]
    analyzed_requirement: Written,
    #[serde(default, borrow)]
    advisory: Option<Text<'a>>,
    #[serde(default, rename = "CVE")]
    cve: Texts,
    #[serde(default, deserialize_with = "or_default")]
    severity: Rated,
    #[serde(default)]
    fixed_versions: Texts,
    #[serde(default)]
    more_info_url: Scalar,
}

/// Betas of version 3 write only the text of the requirement.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Requirement(Object<Requirement>),
    Other(IgnoredAny),
}

impl Default for Written {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl Written {
    /// The file that names it; of an environment, a folder.
    fn found(&self) -> Option<&str> {
        match self {
            Self::Requirement(Object(requirement)) => requirement.found.text(),
            Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Requirement {
    #[serde(default)]
    found: Scalar,
}

#[derive(Deserialize, Default)]
struct Rated {
    #[serde(default)]
    source: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    cvssv3: Cvss,
}

#[derive(Deserialize, Default)]
struct Cvss {
    #[serde(default)]
    base_score: Scalar,
    #[serde(default)]
    base_severity: Scalar,
}

pub fn read(text: &str) -> Result<Result<Parsed, Problem>, serde_json::Error> {
    let report: Report<'_> = serde_json::from_str(text)?;
    let meta = &report.report_meta;
    let listed = i64::try_from(report.vulnerabilities.len()).unwrap_or(i64::MAX);
    if meta.vulnerabilities_found.0.is_some_and(|n| n > listed) {
        return Ok(Err(Problem::new(
            "inconsistent",
            "Safety counted more vulnerabilities than the report lists: it was shortened",
        )));
    }
    let found = meta.packages_found.0.and_then(|n| u64::try_from(n).ok());
    let packages = report.scanned_packages.iter();
    let unpinned: Vec<Untrusted> = packages
        .filter(|(_, package)| package.version.is_none())
        .map(|(name, _)| name.as_str().into())
        .collect();
    let judged = found.unwrap_or(0).saturating_sub(unpinned.len() as u64);

    let mut rules = BTreeMap::new();
    let observations = report.vulnerabilities.iter();
    let observations = observations
        .map(|v| finding(v, &report, &mut rules))
        .collect();
    // Those of packages without a version are said above.
    let ignored = report.ignored_vulnerabilities.iter();
    let ignored = ignored
        .filter(|v| v.analyzed_version.text().is_some())
        .map(|v| {
            let number = v.vulnerability_id.text().unwrap_or_default();
            format!("{} ({number})", v.package_name.as_str()).into()
        })
        .collect();
    let inputs = meta.scanned.items.iter().map(|path| path.as_str().into());
    Ok(Ok(Parsed::from(Seen {
        health: health(judged, "packages", unpinned),
        version: meta.safety_version.text().map(Untrusted::from),
        written: meta.timestamp.text().and_then(moment),
        inputs: inputs.collect(),
        observations,
        rules,
        silenced: ignored,
    })))
}

fn finding(
    v: &Vulnerability<'_>,
    report: &Report<'_>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let name = v.package_name.as_str();
    let mut package = package(name, v.analyzed_version.text());
    package.fixed = versions(v.fixed_versions.items.iter().map(String::as_str));
    if package.fixed.is_empty()
        && let Some(affected) = report.affected_packages.get(name)
    {
        // Not the preliminary ones: nobody is advised to move to those.
        let secure = affected.secure_versions.items.iter().map(String::as_str);
        let released = |v: &&str| v.chars().all(|c| c.is_ascii_digit() || c == '.');
        package.fixed = versions(secure.take(MOST).filter(released));
    }
    let fix = (!package.fixed.is_empty()).then(|| upgrade(&package));
    let mut observation = observe(
        v.vulnerability_id.text().unwrap_or_default(),
        &v.cve.items,
        v.advisory.as_ref().map(Text::as_str),
        v.more_info_url.text(),
        package,
        rules,
    );
    observation.fix = fix;
    let word = v.severity.cvssv3.base_severity.text();
    let score = scored(v.severity.cvssv3.base_score.number());
    observation.severity = severity(word, score);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score,
        confidence: None,
        source: v.severity.source.text().map(Untrusted::from),
    };
    let meta = &report.report_meta;
    if meta.scan_target.text() == Some("files") {
        let only = match meta.scanned.items.as_slice() {
            [file] => Some(short(file, LONGEST)),
            _ => None,
        };
        let path = v.analyzed_requirement.found().or(only);
        observation.place.path = path.map(Untrusted::from);
    }
    observation
}
