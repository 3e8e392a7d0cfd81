//! Version 1: npm 6, and the registry's answer to `/audits/quick`.
//!
//! One finding per advisory. `metadata.vulnerabilities` counts paths, not advisories.

use super::{nothing_scanned, parsed, severity};
use crate::ingest::lenient::{Scalar, Text, Texts, cwe_numbers, or_default};
use crate::ingest::tool::{Parsed, wrong_shape};
use crate::model::{
    AdvisoryId, Ecosystem, Health, Kind, Observation, Package, Problem, Relation, Reported, RuleId,
    RuleInfo, Scope, Untrusted, Work,
};
use crate::version::upgrade;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most paths kept of one advisory; the shortest ones.
const MAX_PATHS: usize = 20;

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    advisories: Advisories<'a>,
    metadata: Metadata,
}

/// Some registries answer with a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Advisories<'a> {
    #[serde(borrow)]
    ById(BTreeMap<String, Advisory<'a>>),
    #[serde(borrow)]
    List(Vec<Advisory<'a>>),
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(flatten)]
    counts: BTreeMap<String, serde_json::Value>,
}

impl Metadata {
    fn packages(&self) -> u64 {
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

    fn vulnerable_paths(&self) -> u64 {
        let counts = self
            .counts
            .get("vulnerabilities")
            .and_then(|v| v.as_object());
        counts.map_or(0, |c| {
            c.values().filter_map(serde_json::Value::as_u64).sum()
        })
    }
}

#[derive(Deserialize)]
struct Advisory<'a> {
    #[serde(default)]
    id: Scalar,
    #[serde(default)]
    findings: Option<Vec<Installed>>,
    #[serde(borrow)]
    module_name: Text<'a>,
    #[serde(default, borrow)]
    severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    title: Option<Text<'a>>,
    #[serde(default)]
    cves: Texts,
    #[serde(default)]
    cwe: Texts,
    #[serde(default)]
    github_advisory_id: Scalar,
    #[serde(default)]
    patched_versions: Scalar,
    #[serde(default, borrow)]
    url: Option<Text<'a>>,
    #[serde(default, borrow)]
    overview: Option<Text<'a>>,
    #[serde(default)]
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cvss {
    Details {
        #[serde(default)]
        score: Scalar,
    },
    Other(#[allow(dead_code, reason = "an unknown type is no score")] serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Installed {
    #[serde(default)]
    version: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    paths: Vec<String>,
    #[serde(default)]
    dev: Option<bool>,
}

pub fn parse(text: &str) -> Result<Parsed, Problem> {
    let report: Report<'_> =
        serde_json::from_str(text).map_err(|e| wrong_shape("npm audit", &e))?;
    let advisories: Vec<&Advisory<'_>> = match &report.advisories {
        Advisories::ById(map) => map.values().collect(),
        Advisories::List(list) => list.iter().collect(),
    };
    let mut rules = BTreeMap::new();
    let observations: Vec<_> = advisories.iter().map(|a| observe(a, &mut rules)).collect();
    let counted = report.metadata.vulnerable_paths();
    let health = if observations.is_empty() && counted > 0 {
        Health::Failed(Problem::new(
            "contradiction",
            format!("npm audit counts {counted} vulnerable paths and names no advisory"),
        ))
    } else {
        let packages = report.metadata.packages().max(observations.len() as u64);
        Health::judge(
            Work::new(packages, "packages"),
            Vec::new(),
            nothing_scanned(),
        )
    };
    Ok(parsed(health, observations, rules))
}

fn observe(advisory: &Advisory<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let name = advisory.module_name.as_str();
    let url = advisory.url.as_ref().map(Text::as_str).unwrap_or_default();
    let ghsa = advisory
        .github_advisory_id
        .text()
        .and_then(AdvisoryId::new)
        .or_else(|| AdvisoryId::ghsa_in_url(url));
    let mut ids: BTreeSet<AdvisoryId> = advisory
        .cves
        .items
        .iter()
        .filter_map(|id| AdvisoryId::new(id))
        .collect();
    ids.extend(ghsa.clone());
    let rule = match (&ghsa, ids.first()) {
        (Some(id), _) | (None, Some(id)) => RuleId::new(id.as_str()),
        (None, None) => RuleId::new(advisory.id.text().unwrap_or_default()),
    };
    let title = match &advisory.title {
        Some(title) if !title.as_str().is_empty() => title.as_str().to_owned(),
        _ => format!("Vulnerability in {name}"),
    };
    let cwe: BTreeSet<u32> = cwe_numbers(&advisory.cwe.items).collect();
    let overview = advisory
        .overview
        .as_ref()
        .map(Text::as_str)
        .unwrap_or_default()
        .trim();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: Some(overview.into()).filter(|d: &Untrusted| !d.is_empty()),
        help_url: Some(url.into()).filter(|u: &Untrusted| !u.is_empty()),
        cwe: cwe.iter().copied().collect(),
        ..RuleInfo::titled(title.as_str())
    });

    let mut observation = Observation::new(rule, Kind::Dependency, title);
    if !overview.is_empty() {
        observation.message = overview.into();
    }
    let word = advisory
        .severity
        .as_ref()
        .map(Text::as_str)
        .filter(|w| !w.is_empty());
    observation.severity = word.and_then(severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score: match &advisory.cvss {
            Some(Cvss::Details { score }) => score.number().filter(|s| *s > 0.0 && *s <= 10.0),
            _ => None,
        },
        confidence: None,
        source: None,
    };
    observation.cwe = cwe;
    observation.advisories = ids;
    let package = package(advisory, name);
    observation.fix = Some(upgrade(&package));
    observation.package = Some(package);
    observation
}

fn package(advisory: &Advisory<'_>, name: &str) -> Package {
    let installed = advisory.findings.as_deref().unwrap_or_default();
    let versions: BTreeSet<&str> = installed.iter().filter_map(|i| i.version.text()).collect();
    let mut package = Package::new(Ecosystem::NPM, name);
    package.fixed = fixed(advisory.patched_versions.text().unwrap_or_default());
    // Several installed versions stay unnamed here: one advisory is one finding in this format.
    package.version = match versions.first() {
        Some(version) if versions.len() == 1 => Some((*version).into()),
        _ => None,
    };
    let mut paths: Vec<Vec<Untrusted>> = installed
        .iter()
        .flat_map(|i| &i.paths)
        .map(|path| path.split('>').map(Untrusted::from).collect())
        .collect();
    paths.sort_by(|a: &Vec<Untrusted>, b| (a.len(), a).cmp(&(b.len(), b)));
    paths.dedup();
    package.relation = paths.first().map(|path| match path.len() {
        1 => Relation::Direct,
        _ => Relation::Transitive,
    });
    paths.truncate(MAX_PATHS);
    package.paths = paths;
    let development = !installed.is_empty() && installed.iter().all(|i| i.dev == Some(true));
    let production = installed.iter().any(|i| i.dev == Some(false));
    package.scope = match (development, production) {
        (true, _) => Some(Scope::Development),
        (_, true) => Some(Scope::Production),
        _ => None,
    };
    package
}

/// `>=1.2.3`, `>= 1.2.3 < 2.0.0 || >= 2.0.1`; `<0.0.0` means that there is none.
fn fixed(patched: &str) -> Vec<Untrusted> {
    patched
        .split("||")
        .filter_map(|range| range.trim().strip_prefix(">="))
        .filter_map(|range| range.split_whitespace().next())
        .map(Untrusted::from)
        .collect()
}
