//! The parts of a Dependency-Check report that are read.

use crate::ingest::lenient::{Scalar, Text, Texts, or_default};
use crate::ingest::words::moment;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A report.
#[derive(Deserialize)]
pub struct Report<'a> {
    /// By what it was made.
    #[serde(default, rename = "scanInfo", deserialize_with = "or_default")]
    pub scan: ScanInfo,
    /// About what.
    #[serde(default, rename = "projectInfo", deserialize_with = "or_default")]
    pub project: ProjectInfo,
    /// Everything that was looked at.
    #[serde(borrow)]
    pub dependencies: Vec<Dependency<'a>>,
}

impl Report<'_> {
    /// When the advisory data was last checked. `VersionCheckOn` is about the program.
    pub fn data(&self) -> Option<Timestamp> {
        let sources = self.scan.data_sources.iter();
        let checked = sources.filter(|s| s.name.text().is_some_and(|n| n.contains("Checked")));
        checked.filter_map(|s| moment(s.timestamp.text()?)).max()
    }
}

/// By what it was made.
#[derive(Deserialize, Default)]
pub struct ScanInfo {
    /// The tool's version.
    #[serde(default, rename = "engineVersion")]
    pub engine_version: Scalar,
    /// The data that it used.
    #[serde(default, rename = "dataSource", deserialize_with = "or_default")]
    pub data_sources: Vec<DataSource>,
    /// What went wrong.
    #[serde(
        default,
        rename = "analysisExceptions",
        deserialize_with = "or_default"
    )]
    pub exceptions: Vec<IgnoredAny>,
}

/// Data that was used.
#[derive(Deserialize)]
pub struct DataSource {
    /// Which.
    #[serde(default)]
    pub name: Scalar,
    /// From when.
    #[serde(default)]
    pub timestamp: Scalar,
}

/// About what.
#[derive(Deserialize, Default)]
pub struct ProjectInfo {
    /// When it was written.
    #[serde(default, rename = "reportDate")]
    pub report_date: Scalar,
}

/// A file or an entry of a lockfile.
#[derive(Deserialize)]
pub struct Dependency<'a> {
    /// Its name.
    #[serde(default, rename = "fileName")]
    pub file_name: Scalar,
    /// Its path.
    #[serde(default, rename = "filePath")]
    pub file_path: Scalar,
    /// The packages that it may be, the likeliest first.
    #[serde(default, deserialize_with = "or_default")]
    pub packages: Vec<Identifier>,
    /// What is wrong with it.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub vulnerabilities: Vec<Vulnerability<'a>>,
    /// The same, where a suppression file says to keep silent.
    #[serde(
        default,
        borrow,
        rename = "suppressedVulnerabilities",
        deserialize_with = "or_default"
    )]
    pub suppressed: Vec<Vulnerability<'a>>,
}

/// A package URL.
#[derive(Deserialize)]
pub struct Identifier {
    /// The URL.
    #[serde(default)]
    pub id: Scalar,
}

/// A vulnerability.
#[derive(Deserialize)]
pub struct Vulnerability<'a> {
    /// Whose advisory.
    #[serde(default)]
    pub source: Scalar,
    /// Its identifier, or a title where the source has none.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Severity, in the source's case and words.
    #[serde(default)]
    pub severity: Scalar,
    /// CVSS 2.
    #[serde(default, deserialize_with = "or_default")]
    pub cvssv2: Score,
    /// CVSS 3.
    #[serde(default, deserialize_with = "or_default")]
    pub cvssv3: Score,
    /// CVSS 4.
    #[serde(default, deserialize_with = "or_default")]
    pub cvssv4: Score,
    /// Weaknesses.
    #[serde(default)]
    pub cwes: Texts,
    /// A weakness, in old reports.
    #[serde(default)]
    pub cwe: Texts,
    /// What is wrong.
    #[serde(default, borrow)]
    pub description: Option<Text<'a>>,
    /// Why it is suppressed.
    #[serde(default)]
    pub notes: Scalar,
    /// Where to read more.
    #[serde(default, deserialize_with = "or_default")]
    pub references: Vec<Reference>,
    /// The entry of CISA's catalogue of known exploited vulnerabilities, since 7.2.
    #[serde(default, rename = "knownExploitedVulnerability")]
    pub exploited: Option<IgnoredAny>,
    /// Which versions have it.
    #[serde(
        default,
        rename = "vulnerableSoftware",
        deserialize_with = "or_default"
    )]
    pub software: Vec<VulnerableSoftware>,
}

impl Vulnerability<'_> {
    /// The base score of the newest version of CVSS.
    pub fn score(&self) -> Option<f64> {
        [&self.cvssv4, &self.cvssv3, &self.cvssv2]
            .into_iter()
            .filter_map(|s| s.base.number())
            .find(|score| *score > 0.0 && *score <= 10.0)
    }

    /// The first versions after the ranges that the dependency is in.
    pub fn fixed(&self) -> impl Iterator<Item = &str> {
        let matched = self.software.iter().map(|s| &s.software);
        let matched = matched.filter(|s| s.matched.text() == Some("true"));
        matched.filter_map(|s| s.end_excluding.text())
    }
}

/// A score.
#[derive(Deserialize, Default)]
pub struct Score {
    /// The base score.
    #[serde(default, rename = "baseScore", alias = "score")]
    pub base: Scalar,
}

/// A page.
#[derive(Deserialize)]
pub struct Reference {
    /// Its address.
    #[serde(default)]
    pub url: Scalar,
}

/// Versions that have it.
#[derive(Deserialize)]
pub struct VulnerableSoftware {
    /// The versions.
    #[serde(default, deserialize_with = "or_default")]
    pub software: Software,
}

/// A range of versions.
#[derive(Deserialize, Default)]
pub struct Software {
    /// `true` for the range that the dependency is in.
    #[serde(default, rename = "vulnerabilityIdMatched")]
    pub matched: Scalar,
    /// The version after its end.
    #[serde(default, rename = "versionEndExcluding")]
    pub end_excluding: Scalar,
}
