//! `safety scan` of version 3.

use super::{Seen, health, observe, package};
use crate::ingest::advisory::{LONGEST, versions};
use crate::ingest::lenient::{Scalar, Text, Texts, or_default};
use crate::ingest::tool::Parsed;
use crate::ingest::words::{moment, short};
use crate::model::{Problem, Untrusted};
use crate::version::upgrade;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Report<'a> {
    meta: Meta,
    #[serde(borrow)]
    scan_results: Results<'a>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    safety_version: Scalar,
    #[serde(default)]
    timestamp: Scalar,
}

#[derive(Deserialize)]
struct Results<'a> {
    #[serde(borrow)]
    projects: Vec<Project<'a>>,
}

#[derive(Deserialize)]
struct Project<'a> {
    #[serde(borrow)]
    files: Vec<File<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    location: Text<'a>,
    #[serde(borrow)]
    results: FileResults<'a>,
}

#[derive(Deserialize)]
struct FileResults<'a> {
    #[serde(borrow)]
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Deserialize)]
struct Dependency<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    specifications: Vec<Specification<'a>>,
}

#[derive(Deserialize)]
struct Specification<'a> {
    /// As the file has it: `flask==0.12`.
    #[serde(borrow)]
    raw: Text<'a>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    vulnerabilities: Vulnerabilities<'a>,
}

#[derive(Deserialize, Default)]
struct Vulnerabilities<'a> {
    #[serde(default, borrow, deserialize_with = "or_default")]
    known_vulnerabilities: Vec<Known<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    remediation: Remediation,
}

#[derive(Deserialize, Default)]
struct Remediation {
    #[serde(default)]
    recommended: Scalar,
    #[serde(default)]
    other_recommended: Texts,
}

#[derive(Deserialize)]
struct Known<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default)]
    ignored: Option<Ignored>,
}

/// Why it does not count: `unpinned`, `manual`, `environment`, `severity` …
#[derive(Deserialize)]
struct Ignored {
    #[serde(default)]
    code: Scalar,
}

pub fn read(text: &str) -> Result<Result<Parsed, Problem>, serde_json::Error> {
    let report: Report<'_> = serde_json::from_str(text)?;
    let projects = report.scan_results.projects.iter();
    let files: Vec<&File<'_>> = projects.flat_map(|project| &project.files).collect();

    let (mut observations, mut rules) = (Vec::new(), BTreeMap::new());
    let (mut ignored, mut unpinned) = (Vec::new(), Vec::new());
    for file in &files {
        for dependency in &file.results.dependencies {
            for specification in &dependency.specifications {
                let name = short(dependency.name.as_str(), LONGEST);
                let version = pinned(specification.raw.as_str());
                let vulnerabilities = &specification.vulnerabilities;
                let remediation = &vulnerabilities.remediation;
                let fixed = remediation.recommended.text().into_iter();
                let others = remediation.other_recommended.items.iter();
                let mut package = package(name, version);
                package.fixed = versions(fixed.chain(others.map(String::as_str)));
                for known in &vulnerabilities.known_vulnerabilities {
                    match known.ignored.as_ref().map(|i| i.code.text()) {
                        Some(Some("unpinned")) => {
                            unpinned.push(name.into());
                            continue;
                        }
                        Some(_) => {
                            ignored.push(format!("{name} ({})", known.id.as_str()).into());
                            continue;
                        }
                        None => {}
                    }
                    let fix = (!package.fixed.is_empty()).then(|| upgrade(&package));
                    let id = known.id.as_str();
                    let mut observation = observe(id, &[], None, None, package.clone(), &mut rules);
                    observation.fix = fix;
                    let path = short(file.location.as_str(), LONGEST);
                    observation.place.path = Some(path.into());
                    observations.push(observation);
                }
            }
        }
    }
    let inputs = files.iter().map(|file| file.location.as_str().into());
    let meta = &report.meta;
    Ok(Ok(Parsed::from(Seen {
        health: health(files.len() as u64, "files", unpinned),
        version: meta.safety_version.text().map(Untrusted::from),
        written: meta.timestamp.text().and_then(moment),
        inputs: inputs.collect(),
        observations,
        rules,
        silenced: ignored,
    })))
}

/// The version of `flask==0.12 ; python_version > "3"`.
fn pinned(requirement: &str) -> Option<&str> {
    let (_, version) = requirement.split_once("==")?;
    let end = version.find(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '#' | '\\'));
    let version = version.get(..end.unwrap_or(version.len()))?;
    let version = version.trim_start_matches('=');
    (!version.is_empty() && !version.contains('*')).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::pinned;

    #[test]
    fn only_an_exact_requirement_names_a_version() {
        assert_eq!(pinned("flask==0.12 ; python_version > '3'"), Some("0.12"));
        assert_eq!(pinned("flask===0.12"), Some("0.12"));
        for open in ["flask>=1", "flask==1.*", "flask"] {
            assert_eq!(pinned(open), None, "{open}");
        }
    }
}
