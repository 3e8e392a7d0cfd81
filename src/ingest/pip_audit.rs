//! pip-audit's JSON: an object since 2.0, a bare array of dependencies before.
//!
//! Source of the format: `pip_audit/_format/json.py`. It names neither file nor line nor severity;
//! `aliases` exist since 2.7.0.

use super::lenient::{Text, or_default};
use super::shape::Shape;
use super::summary::first_sentence;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use crate::model::{
    AdvisoryId, Coverage, Ecosystem, Health, Kind, Observation, Package, Problem, RuleId, RuleInfo,
    Untrusted, Work,
};
use crate::version::upgrade;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The adapter.
pub struct PipAudit;

static INFO: ToolInfo = ToolInfo {
    id: "pip-audit",
    name: "pip-audit",
    aliases: &["pip_audit", "pipaudit"],
    url: "https://github.com/pypa/pip-audit",
    command: "pip-audit -r requirements.txt -f json --aliases on -o pip-audit.json",
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Deserialize)]
struct Dependency<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
    #[serde(default, borrow)]
    skip_reason: Option<Text<'a>>,
    #[serde(default, borrow)]
    vulns: Option<Vec<Vulnerability<'a>>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default, deserialize_with = "or_default")]
    fix_versions: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, borrow)]
    description: Option<Text<'a>>,
}

impl Tool for PipAudit {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let dependency = |s: &Shape| s.has("name") && (s.has("vulns") || s.has("skip_reason"));
        match shape {
            Shape::Array(Some(first)) => dependency(first).then_some("pip-audit JSON (before 2.0)"),
            Shape::Object(_) if shape.has("reportSchema") => None,
            _ => match shape.get("dependencies")? {
                Shape::Array(None) => Some("pip-audit JSON"),
                Shape::Array(Some(first)) => dependency(first).then_some("pip-audit JSON"),
                _ => None,
            },
        }
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let dependencies = if shape.is_array() {
            serde_json::from_str::<Vec<Dependency<'_>>>(text)
        } else {
            serde_json::from_str::<Report<'_>>(text).map(|report| report.dependencies)
        }
        .map_err(|e| wrong_shape("pip-audit", &e))?;

        let mut skipped = Vec::new();
        let mut reasons = Vec::new();
        let mut audited = 0;
        let mut observations = Vec::new();
        let mut rules = BTreeMap::new();
        for dependency in &dependencies {
            match (&dependency.vulns, &dependency.skip_reason) {
                (_, Some(reason)) => {
                    skipped.push(Untrusted::new(dependency.name.as_str()));
                    reasons.push(reason.as_str());
                }
                (Some(vulns), None) => {
                    audited += 1;
                    for vuln in vulns {
                        observations.push(observe(dependency, vuln, &mut rules));
                    }
                }
                // Neither audited nor said to be skipped: not evidence of anything.
                (None, None) => skipped.push(Untrusted::new(dependency.name.as_str())),
            }
        }
        let audited_names = dependencies
            .iter()
            .filter(|d| d.vulns.is_some() && d.skip_reason.is_none())
            .map(|d| Untrusted::from(d.name.as_str()));
        let coverage = Coverage::default().inputs(audited_names);
        let health = health(
            audited,
            dependencies.len(),
            skipped,
            reasons.first().copied(),
        );
        Ok(Parsed {
            coverage,
            observations,
            rules,
            ..Parsed::of(&INFO, health)
        })
    }
}

fn health(audited: u64, total: usize, skipped: Vec<Untrusted>, reason: Option<&str>) -> Health {
    let mut problems = Vec::new();
    if !skipped.is_empty() {
        let (code, text) = if audited == 0 {
            (
                "all-skipped",
                format!("pip-audit skipped all {total} dependencies: nothing was audited"),
            )
        } else {
            (
                "some-skipped",
                format!(
                    "pip-audit skipped {} of {total} dependencies",
                    skipped.len()
                ),
            )
        };
        problems.push(
            Problem::new(code, text)
                .detail(reason.unwrap_or_default())
                .items(skipped),
        );
    }
    Health::judge(
        Work::new(audited, "packages"),
        problems,
        Problem::new(
            "nothing-scanned",
            "pip-audit looked at no dependency: empty requirements, or a dry run",
        ),
    )
}

fn observe(
    dependency: &Dependency<'_>,
    vuln: &Vulnerability<'_>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let name = dependency.name.as_str();
    let rule = RuleId::new(vuln.id.as_str());
    let version = dependency.version.as_ref().map(Text::as_str);
    let description = vuln
        .description
        .as_ref()
        .map(Text::as_str)
        .unwrap_or_default();
    let title =
        first_sentence(description).unwrap_or_else(|| format!("{} in {name}", vuln.id.as_str()));

    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: Some(description.into()).filter(|d: &Untrusted| !d.is_empty()),
        help_url: AdvisoryId::new(vuln.id.as_str())
            .and_then(|id| id.url())
            .map(Untrusted::from),
        ..RuleInfo::titled(title.as_str())
    });

    let mut observation = Observation::new(rule, Kind::Dependency, title);
    if !description.is_empty() {
        observation.message = description.into();
    }
    observation.advisories = std::iter::once(vuln.id.as_str())
        .chain(vuln.aliases.iter().map(String::as_str))
        .filter_map(AdvisoryId::new)
        .collect();
    let mut package = Package::new(Ecosystem::PYPI, name);
    package.version = version.map(Untrusted::from);
    package.fixed = vuln
        .fix_versions
        .iter()
        .map(|v| v.as_str().into())
        .collect();
    observation.fix = Some(upgrade(&package));
    observation.package = Some(package);
    observation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    #[test]
    fn what_was_skipped_is_not_covered() {
        let text = r#"{"dependencies":[{"name":"flask","version":"1.0","vulns":[]},{"name":"local","skip_reason":"not found"}],"fixes":[]}"#;
        let run = PipAudit.parse(text, &Shape::Null).unwrap();
        let inputs: Vec<&str> = run.coverage.inputs.iter().map(|i| i.raw()).collect();
        assert_eq!(inputs, ["flask"]);
    }
}
