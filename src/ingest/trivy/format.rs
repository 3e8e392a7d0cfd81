//! The parts of Trivy's JSON that lockgate uses.
//!
//! Source: `pkg/types/report.go`, `vulnerability.go`, `misconfiguration.go`, `secret.go`,
//! `license.go` and `pkg/fanal/types/` of aquasecurity/trivy. Every field is optional there.

use crate::ingest::lenient::{Int, Scalar, Text, objects, or_default};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Schema 2, and the Kubernetes report.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Report<'a> {
    #[serde(default)]
    pub trivy: Option<Tool>,
    #[serde(default)]
    pub created_at: Scalar,
    #[serde(default, borrow)]
    pub artifact_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub artifact_type: Option<Text<'a>>,
    #[serde(default)]
    pub metadata: Option<Metadata>,
    #[serde(default, borrow, deserialize_with = "objects")]
    pub results: Option<Vec<Target<'a>>>,
    #[serde(default, borrow, deserialize_with = "objects")]
    pub resources: Option<Vec<Resource<'a>>>,
    #[serde(default, borrow, deserialize_with = "objects")]
    pub vulnerabilities: Option<Vec<Resource<'a>>>,
    #[serde(default, borrow, deserialize_with = "objects")]
    pub misconfigurations: Option<Vec<Resource<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tool {
    #[serde(default)]
    pub version: Option<String>,
}

#[derive(Deserialize)]
pub struct Metadata {
    #[serde(default, rename = "OS")]
    pub os: Option<Os>,
}

#[derive(Deserialize)]
pub struct Os {
    #[serde(default, rename = "EOSL", deserialize_with = "or_default")]
    pub end_of_life: bool,
}

/// A resource of a cluster with its own results.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Resource<'a> {
    #[serde(default, borrow)]
    pub namespace: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub error: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "objects")]
    pub results: Option<Vec<Target<'a>>>,
}

/// One thing that was looked at: a lockfile, an image's packages, a configuration file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target<'a> {
    #[serde(borrow)]
    pub target: Text<'a>,
    #[serde(default, borrow)]
    pub class: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub r#type: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub packages: Option<Vec<Package<'a>>>,
    #[serde(default, borrow)]
    pub vulnerabilities: Option<Vec<Vulnerability<'a>>>,
    #[serde(default, borrow)]
    pub misconfigurations: Option<Vec<Misconfiguration<'a>>>,
    #[serde(default)]
    pub misconf_summary: Option<MisconfSummary>,
    #[serde(default, borrow)]
    pub secrets: Option<Vec<Secret<'a>>>,
    #[serde(default, borrow)]
    pub licenses: Option<Vec<License<'a>>>,
    #[serde(default)]
    pub experimental_modified_findings: Option<Vec<IgnoredAny>>,
}

impl Target<'_> {
    /// How many checks failed by the summary, where not one of them is listed. Old releases made
    /// the summary before they filtered by severity, so that some are missing is no contradiction.
    pub fn hidden_failures(&self) -> Option<i64> {
        let counted = self.misconf_summary.as_ref()?.failures.0?;
        let mut listed = self.misconfigurations.iter().flatten();
        (counted > 0 && !listed.any(Misconfiguration::failed)).then_some(counted)
    }
}

/// What a target's checks came to (`MisconfSummary` of `pkg/types/report.go`).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MisconfSummary {
    /// How many failed.
    #[serde(default)]
    pub failures: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Package<'a> {
    #[serde(default, rename = "ID", borrow)]
    pub id: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub version: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    pub dev: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub indirect: bool,
    #[serde(default, borrow)]
    pub relationship: Option<Text<'a>>,
    #[serde(default)]
    pub locations: Option<Vec<Lines>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "PascalCase")]
pub struct Lines {
    #[serde(default, deserialize_with = "or_default")]
    pub start_line: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub end_line: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vulnerability<'a> {
    #[serde(default, rename = "VulnerabilityID", borrow)]
    pub id: Option<Text<'a>>,
    #[serde(default, rename = "VendorIDs")]
    pub vendor_ids: Option<Vec<String>>,
    #[serde(default, rename = "PkgID", borrow)]
    pub pkg_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub pkg_name: Text<'a>,
    #[serde(default, borrow)]
    pub pkg_path: Option<Text<'a>>,
    #[serde(default)]
    pub pkg_identifier: Option<Identifier>,
    #[serde(default, borrow)]
    pub installed_version: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub fixed_version: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub severity_source: Option<Text<'a>>,
    #[serde(default, rename = "CVSS")]
    pub cvss: Option<BTreeMap<String, Cvss>>,
    #[serde(default, rename = "CweIDs")]
    pub cwe_ids: Option<Vec<String>>,
    #[serde(default)]
    pub references: Option<Vec<String>>,
    #[serde(default, borrow)]
    pub title: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub description: Option<Text<'a>>,
    #[serde(default, rename = "PrimaryURL", borrow)]
    pub primary_url: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub struct Identifier {
    #[serde(default, rename = "PURL")]
    pub purl: Option<String>,
}

#[derive(Deserialize)]
pub struct Cvss {
    #[serde(default, rename = "V3Score")]
    pub v3: Option<Scalar>,
    #[serde(default, rename = "V40Score")]
    pub v4: Option<Scalar>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Misconfiguration<'a> {
    #[serde(rename = "ID", borrow)]
    pub id: Text<'a>,
    #[serde(default, borrow)]
    pub title: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub description: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub message: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub resolution: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub severity: Option<Text<'a>>,
    #[serde(default, rename = "PrimaryURL", borrow)]
    pub primary_url: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub status: Option<Text<'a>>,
    #[serde(default)]
    pub cause_metadata: Option<Lines>,
}

impl Misconfiguration<'_> {
    /// False for what is listed with `--include-non-failures` only (`MisconfStatus` of
    /// `pkg/types/misconfiguration.go`). A word that Trivy has not written so far is a failure.
    pub fn failed(&self) -> bool {
        let status = self.status.as_ref().map(Text::as_str);
        !matches!(status, Some("PASS" | "EXCEPTION"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret<'a> {
    #[serde(rename = "RuleID", borrow)]
    pub rule_id: Text<'a>,
    #[serde(default, borrow)]
    pub category: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub title: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    pub start_line: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub end_line: u64,
    #[serde(default, borrow)]
    pub r#match: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct License<'a> {
    #[serde(default, borrow)]
    pub severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub category: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub pkg_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub file_path: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub link: Option<Text<'a>>,
}
