//! Version 2 (npm 7 and later).
//!
//! Source: `workspaces/arborist/lib/audit-report.js`, `vuln.js`. A finding is one *object* in a
//! `via` list; a text there only says from which package the weakness comes. There is no installed
//! version: `nodes` holds the lockfile's keys. Betas of npm 7 write `id` instead of `source`.

use super::range::ends;
use super::{INFO, WRITER, severity};
use crate::ingest::lenient::{Object, Scalar, Text, Texts, cwe_numbers, or_default};
use crate::ingest::npm_v1::nothing_scanned;
use crate::ingest::tool::{Parsed, wrong_shape};
use crate::model::{
    AdvisoryId, Distance, Ecosystem, Fix, Health, Kind, Observation, Package, Problem, Relation,
    Reported, RuleId, RuleInfo, Untrusted, Work,
};
use crate::version::upgrade;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    vulnerabilities: BTreeMap<Text<'a>, Object<Node<'a>>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    vulnerabilities: BTreeMap<String, Scalar>,
    #[serde(default)]
    dependencies: Option<Dependencies>,
}

/// Betas of npm 7 write a bare number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Dependencies {
    Total(u64),
    Counts(BTreeMap<String, Scalar>),
}

impl Dependencies {
    fn total(&self) -> u64 {
        let count = |counts: &BTreeMap<String, Scalar>, key: &str| {
            counts
                .get(key)
                .and_then(Scalar::number)
                .map_or(0, |n| n as u64)
        };
        match self {
            Self::Total(total) => *total,
            Self::Counts(counts) => count(counts, "total"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node<'a> {
    #[serde(default)]
    is_direct: Option<bool>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    via: Vec<Via<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    nodes: Vec<String>,
    #[serde(default)]
    fix_available: Option<FixAvailable>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Via<'a> {
    #[serde(borrow)]
    Advisory(Box<Advisory<'a>>),
    /// The name of the package that the weakness comes from. Only a text: an advisory that cannot
    /// be read must not pass for one.
    Package(String),
}

#[derive(Deserialize)]
struct Advisory<'a> {
    #[serde(default)]
    source: Option<Scalar>,
    #[serde(default)]
    id: Option<Scalar>,
    #[serde(default, borrow)]
    name: Option<Text<'a>>,
    #[serde(default, borrow)]
    title: Option<Text<'a>>,
    #[serde(default, borrow)]
    url: Option<Text<'a>>,
    #[serde(default, borrow)]
    severity: Option<Text<'a>>,
    #[serde(default)]
    cwe: Texts,
    #[serde(default)]
    cvss: Option<Cvss>,
    #[serde(default, borrow)]
    range: Option<Text<'a>>,
    #[serde(default, borrow)]
    vulnerable_versions: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(default)]
    score: Scalar,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FixAvailable {
    Known(bool),
    #[serde(rename_all = "camelCase")]
    Move {
        name: String,
        version: String,
        #[serde(default)]
        is_sem_ver_major: bool,
    },
    /// A form that npm has not written so far: no advice.
    Other(serde::de::IgnoredAny),
}

pub fn parse(text: &str) -> Result<Parsed, Problem> {
    let report: Report<'_> =
        serde_json::from_str(text).map_err(|e| wrong_shape("npm audit", &e))?;
    let mut rules = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut observations = Vec::new();
    for (key, Object(node)) in &report.vulnerabilities {
        for via in &node.via {
            let Via::Advisory(advisory) = via else {
                continue;
            };
            let name = advisory.name.as_ref().unwrap_or(key).as_str();
            // One advisory can stand in several lists.
            if seen.insert((name.to_owned(), number(advisory).to_owned())) {
                let home = report
                    .vulnerabilities
                    .get(&Text(name.into()))
                    .map_or(node, |home| &home.0);
                observations.push(observe(advisory, name, home, &mut rules));
            }
        }
    }
    let health = health(&report, observations.len());
    Ok(Parsed {
        observations,
        rules,
        ..Parsed::of(&INFO, health)
    })
}

fn number<'a>(advisory: &'a Advisory<'_>) -> &'a str {
    let number = |n: &'a Option<Scalar>| n.as_ref().and_then(Scalar::text);
    number(&advisory.source)
        .or_else(|| number(&advisory.id))
        .unwrap_or_default()
}

fn health(report: &Report<'_>, findings: usize) -> Health {
    let listed = report.vulnerabilities.len();
    let counted = report
        .metadata
        .vulnerabilities
        .get("total")
        .and_then(Scalar::number)
        .map_or(0, |n| n as usize);
    if findings == 0 && (listed > 0 || counted > 0) {
        return Health::Failed(Problem::new(
            "contradiction",
            format!(
                "npm audit counts {} vulnerable packages and names no advisory: the report was cut",
                listed.max(counted)
            ),
        ));
    }
    let mut problems = Vec::new();
    if counted > listed {
        problems.push(Problem::new(
            "contradiction",
            format!(
                "npm audit counts {counted} vulnerable packages and names {listed}: the report was cut"
            ),
        ));
    }
    let unexplained = unexplained(report);
    if !unexplained.is_empty() {
        problems.push(
            Problem::new(
                "contradiction",
                "npm audit calls packages vulnerable without an advisory: the report was cut",
            )
            .items(unexplained),
        );
    }
    let total = report
        .metadata
        .dependencies
        .as_ref()
        .map_or(0, Dependencies::total);
    Health::judge(
        Work::new(total.max(listed as u64), "packages"),
        problems,
        nothing_scanned(&WRITER),
    )
}

/// Vulnerable packages with neither an advisory nor a listed package that the weakness comes from.
fn unexplained(report: &Report<'_>) -> Vec<Untrusted> {
    let listed = |via: &Via<'_>| match via {
        Via::Advisory(_) => true,
        Via::Package(name) => report
            .vulnerabilities
            .contains_key(&Text(name.as_str().into())),
    };
    let nodes = report.vulnerabilities.iter();
    nodes
        .filter(|(_, node)| !node.0.via.iter().any(listed))
        .map(|(name, _)| name.as_str().into())
        .collect()
}

fn observe(
    advisory: &Advisory<'_>,
    name: &str,
    node: &Node<'_>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let url = advisory.url.as_ref().map(Text::as_str).unwrap_or_default();
    let ghsa = AdvisoryId::ghsa_in_url(url);
    let rule = match &ghsa {
        Some(id) => RuleId::new(id.as_str()),
        None => RuleId::new(number(advisory)),
    };
    let title = match &advisory.title {
        Some(title) if !title.as_str().is_empty() => title.as_str().to_owned(),
        _ => format!("Vulnerability in {name}"),
    };
    let cwe: BTreeSet<u32> = cwe_numbers(&advisory.cwe.items).collect();
    let word = advisory
        .severity
        .as_ref()
        .map(Text::as_str)
        .filter(|w| !w.is_empty());
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: Some(url.into()).filter(|u: &Untrusted| !u.is_empty()),
        cwe: cwe.iter().copied().collect(),
        ..RuleInfo::titled(title.as_str())
    });

    let range = advisory
        .range
        .as_ref()
        .or(advisory.vulnerable_versions.as_ref());
    let mut observation = Observation::new(rule, Kind::Dependency, title.as_str());
    if let Some(range) = range {
        observation.message = format!("{title}. Affected: {name} {}", range.as_str()).into();
    }
    observation.severity = word.and_then(severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score: advisory
            .cvss
            .as_ref()
            .and_then(|cvss| cvss.score.number())
            .filter(|score| *score > 0.0 && *score <= 10.0),
        confidence: None,
        source: ghsa.as_ref().map(|_| "ghsa".into()),
    };
    observation.place.lockfiles = WRITER.lockfiles;
    observation.cwe = cwe;
    observation.advisories = ghsa.into_iter().collect();
    let mut package = Package::new(Ecosystem::NPM, name);
    package.relation = node.is_direct.map(|direct| match direct {
        true => Relation::Direct,
        false => Relation::Transitive,
    });
    let fixed = range.map(|range| ends(range.as_str())).unwrap_or_default();
    package.fixed = fixed.into_iter().map(Untrusted::from).collect();
    let within_reach = || match package.fixed.is_empty() {
        true => Fix::UpgradeExists,
        false => upgrade(&package),
    };
    observation.fix = match &node.fix_available {
        Some(FixAvailable::Known(true)) => Some(within_reach()),
        // What npm says of its own powers; a mended version may be published all the same.
        Some(FixAvailable::Known(false)) if !package.fixed.is_empty() => Some(upgrade(&package)),
        Some(FixAvailable::Known(false)) => Some(Fix::NoneYet),
        Some(FixAvailable::Move {
            name,
            version,
            is_sem_ver_major,
        }) => Some(Fix::Upgrade {
            package: name.as_str().into(),
            version: version.as_str().into(),
            distance: is_sem_ver_major.then_some(Distance::Major),
        }),
        Some(FixAvailable::Other(_)) | None => None,
    };
    observation.package = Some(package);
    observation.place.lock_keys = node.nodes.iter().map(|key| key.as_str().into()).collect();
    observation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HealthLevel;

    fn read(nodes: &str, total: u64) -> (HealthLevel, usize) {
        let text = format!(
            r#"{{"auditReportVersion":2,"vulnerabilities":{{{nodes}}},
            "metadata":{{"vulnerabilities":{{"total":{total}}},"dependencies":{{"total":9}}}}}}"#
        );
        match parse(&text) {
            Ok(run) => (run.health.level(), run.observations.len()),
            Err(_) => (HealthLevel::Failed, 0),
        }
    }

    #[test]
    fn a_report_that_names_less_than_it_counts_is_not_complete() {
        let a = r#""a":{"severity":"high","via":[{"source":1,"name":"a","severity":"high"}]}"#;
        let from_a = r#""b":{"severity":"high","via":["a"]}"#;
        assert_eq!(read(a, 1), (HealthLevel::Complete, 1));
        assert_eq!(read(a, 2), (HealthLevel::Partial, 1));
        assert_eq!(
            read(&format!("{a},{from_a}"), 2),
            (HealthLevel::Complete, 1)
        );
        for unexplained in [
            r#""b":{"severity":"critical","via":["c"]}"#,
            r#""b":{"severity":"critical","via":[]}"#,
            r#""b":{"severity":"critical","via":null}"#,
            r#""b":{}"#,
        ] {
            let health = read(&format!("{a},{unexplained}"), 2);
            assert_eq!(health, (HealthLevel::Partial, 1), "{unexplained}");
        }
        for wrong in [r#""b":[]"#, r#""b":[true]"#, r#""b":null"#] {
            let health = read(&format!("{a},{wrong}"), 2);
            assert_eq!(health.0, HealthLevel::Failed, "{wrong}");
        }
    }
}
