//! The parts of version 1 that lockgate uses.
//!
//! Source: the registry's answer to `/-/npm/v1/security/audits`; `audit/src/types.ts` of pnpm;
//! `packages/plugin-npm-cli/sources/npmAuditTypes.ts` of yarn.

use crate::ingest::lenient::{Scalar, Text, Texts, or_default};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// A whole document.
#[derive(Deserialize)]
pub struct Report<'a> {
    #[serde(borrow)]
    pub advisories: Advisories<'a>,
    pub metadata: Metadata,
    #[serde(default)]
    pub actions: Option<IgnoredAny>,
    #[serde(default)]
    pub muted: Option<IgnoredAny>,
}

/// Some registries answer with a list.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Advisories<'a> {
    #[serde(borrow)]
    ById(BTreeMap<String, Advisory<'a>>),
    #[serde(borrow)]
    List(Vec<Advisory<'a>>),
}

/// The counts, of which the formats have had several sets.
#[derive(Deserialize)]
pub struct Metadata {
    #[serde(flatten)]
    pub counts: BTreeMap<String, serde_json::Value>,
}

impl<'a> Advisories<'a> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Advisory<'a>> {
        let (map, list) = match self {
            Self::ById(map) => (Some(map.values()), None),
            Self::List(list) => (None, Some(list.iter())),
        };
        map.into_iter().flatten().chain(list.into_iter().flatten())
    }
}

impl Advisory<'_> {
    /// The scanner's own word for how severe it is.
    pub fn word(&self) -> Option<&str> {
        let word = self.severity.as_ref().map(Text::as_str);
        word.filter(|w| !w.is_empty())
    }
}

impl Metadata {
    /// How many packages were audited.
    pub fn packages(&self) -> u64 {
        let count = |key| {
            self.counts
                .get(key)
                .and_then(serde_json::Value::as_u64)
                .unwrap_or(0)
        };
        let parts =
            count("dependencies") + count("devDependencies") + count("optionalDependencies");
        count("totalDependencies").max(parts)
    }

    /// How many vulnerabilities are counted of each severity, in the tool's words: one for each way
    /// to a package, or one for each advisory.
    pub fn vulnerable(&self) -> impl Iterator<Item = (&str, u64)> {
        let counts = self.counts.get("vulnerabilities");
        let counts = counts.and_then(serde_json::Value::as_object).into_iter();
        counts
            .flatten()
            .filter_map(|(word, n)| Some((word.as_str(), n.as_u64()?)))
    }
}

/// One advisory, with where it applies.
#[derive(Deserialize)]
pub struct Advisory<'a> {
    #[serde(default)]
    pub id: Scalar,
    #[serde(default)]
    pub findings: Option<Vec<Installed>>,
    #[serde(borrow)]
    pub module_name: Text<'a>,
    #[serde(default, borrow)]
    pub severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub title: Option<Text<'a>>,
    #[serde(default)]
    pub cves: Texts,
    #[serde(default)]
    pub cwe: Texts,
    #[serde(default)]
    pub github_advisory_id: Scalar,
    #[serde(default)]
    pub patched_versions: Scalar,
    #[serde(default, borrow)]
    pub url: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub overview: Option<Text<'a>>,
    #[serde(default)]
    pub cvss: Option<Cvss>,
}

/// A rating, of which only the number is used.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Cvss {
    Details {
        #[serde(default)]
        score: Scalar,
    },
    Other(#[allow(dead_code, reason = "an unknown type is no score")] IgnoredAny),
}

/// One installed version that an advisory applies to.
#[derive(Deserialize)]
pub struct Installed {
    #[serde(default)]
    pub version: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    pub paths: Vec<String>,
    #[serde(default)]
    pub dev: Option<bool>,
}
