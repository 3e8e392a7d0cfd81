//! Advisories of version 1 → observations.

use super::Writer;
use super::format::{Advisory, Cvss, Installed};
use crate::ingest::lenient::{Text, cwe_numbers};
use crate::ingest::npm_audit::severity;
use crate::model::{
    AdvisoryId, Ecosystem, Kind, Observation, Package, Relation, Reported, RuleId, RuleInfo, Scope,
    Untrusted,
};
use crate::version::upgrade;
use std::collections::{BTreeMap, BTreeSet};

/// Most paths kept of one advisory; the shortest ones.
const MAX_PATHS: usize = 20;

/// One advisory, which the document says is true of the `installed` versions.
pub fn observe<'a>(
    advisory: &Advisory<'_>,
    installed: impl IntoIterator<Item = &'a Installed>,
    writer: &Writer,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
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
    let word = advisory.word();
    observation.severity = word.and_then(severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score: match &advisory.cvss {
            Some(Cvss::Details { score }) => score.number().filter(|s| *s > 0.0 && *s <= 10.0),
            _ => None,
        },
        confidence: None,
        source: ghsa.map(|_| "ghsa".into()),
    };
    observation.place.lockfiles = writer.lockfiles;
    observation.cwe = cwe;
    observation.advisories = ids;
    let installed: Vec<&Installed> = installed.into_iter().collect();
    let package = package(advisory, &installed, writer);
    observation.fix = Some(upgrade(&package));
    observation.package = Some(package);
    observation
}

fn package(advisory: &Advisory<'_>, installed: &[&Installed], writer: &Writer) -> Package {
    let versions: BTreeSet<&str> = installed.iter().filter_map(|i| i.version.text()).collect();
    let mut package = Package::new(Ecosystem::NPM, advisory.module_name.as_str());
    package.fixed = fixed(advisory.patched_versions.text().unwrap_or_default());
    // Several installed versions stay unnamed here: one advisory is one finding in this format.
    package.version = match versions.first() {
        Some(version) if versions.len() == 1 => Some((*version).into()),
        _ => None,
    };
    let mut paths: Vec<Vec<Untrusted>> = installed
        .iter()
        .flat_map(|i| &i.paths)
        .map(|path| (writer.names)(path).map(Untrusted::from).collect())
        .collect();
    paths.sort_by(|a: &Vec<Untrusted>, b| (a.len(), a).cmp(&(b.len(), b)));
    paths.dedup();
    package.relation = paths.first().map(|path| match path.len() {
        1 => Relation::Direct,
        _ => Relation::Transitive,
    });
    package.more_paths = paths.len() > MAX_PATHS;
    paths.truncate(MAX_PATHS);
    package.paths = paths;
    let development: Vec<bool> = installed.iter().filter_map(|i| i.dev).collect();
    package.scope = match (development.contains(&true), development.contains(&false)) {
        (_, true) => Some(Scope::Production),
        (true, false) => Some(Scope::Development),
        (false, false) => None,
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
