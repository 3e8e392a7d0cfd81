//! OWASP Dependency-Check's JSON and XML.
//!
//! Source of the format: the templates `jsonReport.vsl` and `xmlReport.vsl` of its core, and the
//! schemas `dependency-check.*.xsd`. The version of the XML schema stands in the namespace.

mod format;
mod from_xml;

use super::lenient::{Text, cwe_numbers};
use super::shape::Shape;
use super::summary::first_sentence;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::{self, moment};
use super::{purl, xml};
use crate::model::{
    AdvisoryId, Coverage, Ecosystem, Health, Kind, Observation, Package, Problem, Reported, RuleId,
    RuleInfo, Severity, Standing, Untrusted, Work,
};
use crate::version::upgrade;
use format::{Dependency, Report, Vulnerability};
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct DependencyCheck;

static INFO: ToolInfo = ToolInfo {
    id: "dependency-check",
    name: "dependency-check",
    aliases: &["OWASP Dependency-Check", "owasp-dependency-check"],
    url: "https://owasp.org/www-project-dependency-check/",
    command: "dependency-check.sh --scan . --format JSON",
};

impl Tool for DependencyCheck {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        match shape {
            Shape::Xml { root, namespace } => {
                let own = root == "analysis" && namespace.contains("/dependency-check.");
                own.then_some("Dependency-Check XML")
            }
            _ => shape
                .has_all(&["reportSchema", "dependencies"])
                .then_some("Dependency-Check JSON"),
        }
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let root;
        let report: Report<'_> = if matches!(shape, Shape::Xml { .. }) {
            root = xml::read(text)?;
            from_xml::report(&root)?
        } else {
            serde_json::from_str(text).map_err(|e| wrong_shape("Dependency-Check", &e))?
        };
        let mut rules = BTreeMap::new();
        let mut observations = Vec::new();
        for dependency in &report.dependencies {
            let subject = Subject::of(dependency);
            for vulnerability in &dependency.vulnerabilities {
                observations.push(observe(&subject, vulnerability, &mut rules));
            }
            for vulnerability in &dependency.suppressed {
                let mut observation = observe(&subject, vulnerability, &mut rules);
                let notes = vulnerability.notes.text().map(Untrusted::from);
                observation.standing = Standing::Suppressed(notes);
                observations.push(observation);
            }
        }
        let names = report
            .dependencies
            .iter()
            .filter_map(|d| d.file_name.text());
        Ok(Parsed {
            version: report.scan.engine_version.text().map(Untrusted::from),
            observations,
            rules,
            coverage: Coverage {
                written: report.project.report_date.text().and_then(moment),
                data: report.data(),
                ..Coverage::default().inputs(names.map(Untrusted::from))
            },
            ..Parsed::of(&INFO, health(&report))
        })
    }
}

fn health(report: &Report<'_>) -> Health {
    let exceptions = report.scan.exceptions.len();
    let mut problems = Vec::new();
    if exceptions > 0 {
        problems.push(Problem::new(
            "scan-errors",
            format!(
                "Dependency-Check had {exceptions} errors: an analyzer or a source of data failed"
            ),
        ));
    }
    Health::judge(
        Work::new(report.dependencies.len() as u64, "packages"),
        problems,
        Problem::new(
            "nothing-scanned",
            "Dependency-Check lists no dependency: it found no file that it knows",
        ),
    )
}

fn observe(
    subject: &Subject<'_>,
    v: &Vulnerability<'_>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let name = v.name.as_str();
    let rule = RuleId::new(name);
    let description = v.description.as_ref().map(Text::as_str).unwrap_or_default();
    let title = first_sentence(description).unwrap_or_else(|| name.to_owned());
    let advisory = AdvisoryId::new(name).filter(|id| !id.as_str().starts_with("CWE-"));
    let cwe: BTreeSet<u32> = v.cwes().collect();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: Some(description.into()).filter(|d: &Untrusted| !d.is_empty()),
        help_url: advisory
            .as_ref()
            .and_then(AdvisoryId::url)
            .map(Untrusted::from),
        cwe: cwe.iter().copied().collect(),
        ..RuleInfo::titled(title.as_str())
    });
    let mut observation = Observation::new(rule, Kind::Dependency, title);
    if !description.is_empty() {
        observation.message = description.into();
    }
    observation.cwe = cwe;
    observation.advisories = advisory.into_iter().collect();
    if !observation.advisories.iter().any(|id| id.authority() == 1) {
        let pages = v.references.iter().filter_map(|r| r.url.text());
        observation.advisories.extend(words::only_ghsa(pages));
    }
    let word = v.severity.text().map(str::trim);
    let score = v.score();
    observation.severity = word
        .and_then(words::severity)
        .or_else(|| score.and_then(Severity::from_score));
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score,
        confidence: None,
        source: v.source.text().map(Untrusted::from),
    };
    // Without an entry nobody knows: the catalogue may not have been asked.
    observation.kev = v.exploited.is_some().then_some(true);
    let mut package = subject.package.clone();
    package.fixed = v.fixed().map(Untrusted::from).collect();
    // The data knows ranges of versions that are affected, seldom the one that mends it.
    observation.fix = (!package.fixed.is_empty()).then(|| upgrade(&package));
    observation.package = Some(package);
    observation.place.path = subject.path.map(Untrusted::from);
    observation
}

/// What a dependency's findings are about.
struct Subject<'t> {
    package: Package,
    path: Option<&'t str>,
}

/// Characters of a name or path, which every finding of a dependency repeats.
const LONGEST: usize = 512;

impl<'t> Subject<'t> {
    /// The package by its URL, else by the file: that is all that a vulnerable binary has.
    fn of(dependency: &'t Dependency<'_>) -> Self {
        let urls = dependency.packages.iter().filter_map(|p| p.id.text());
        let mut urls = urls.filter(|url| url.len() <= LONGEST);
        let name = dependency.file_name.text().unwrap_or("unnamed file").trim();
        // `/work/package-lock.json?yargs-parser`: what follows `?` is an entry of the file.
        let path = dependency
            .file_path
            .text()
            .and_then(|p| p.trim().split('?').next());
        Self {
            package: urls
                .find_map(purl::package)
                .unwrap_or_else(|| Package::new(Ecosystem::UNKNOWN, words::short(name, LONGEST))),
            path: path
                .filter(|p| !p.is_empty())
                .map(|p| words::short(p, LONGEST)),
        }
    }
}

impl Vulnerability<'_> {
    fn cwes(&self) -> impl Iterator<Item = u32> {
        // `CWE-79 Improper …`: the number alone, not what the text after it holds.
        let heads = self.cwes.items.iter().chain(&self.cwe.items).map(|text| {
            let mut words = text.split([' ', ':']);
            words.next().unwrap_or_default().to_owned()
        });
        cwe_numbers(&heads.collect::<Vec<_>>())
            .collect::<Vec<_>>()
            .into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Foreign as _, HealthLevel};

    fn read(text: &str) -> Parsed {
        let shape = crate::ingest::decode::document(text.as_bytes())
            .unwrap()
            .shape;
        assert!(DependencyCheck.sniff(&shape).is_some());
        DependencyCheck.parse(text, &shape).unwrap()
    }

    const JSON: &str = r#"{"reportSchema":"1.1","scanInfo":{"engineVersion":"12.1.0","dataSource":[
        {"name":"NVD API Last Checked","timestamp":"2026-01-02T03:04:05Z"}]},
        "projectInfo":{"reportDate":"2026-01-03T00:00:00.123456Z"},"dependencies":[{"fileName":"a.jar",
        "filePath":"/w/package-lock.json?a","packages":[{"id":"pkg:npm/a@1.0.0"}],
        "vulnerabilities":[{"source":"OSSINDEX","name":"CVE-2024-1","severity":"MODERATE",
        "cvssv3":{"baseScore":5.3},"cwes":["CWE-79 XSS 2"],"description":"It is bad indeed.",
        "references":[{"url":"https://github.com/advisories/GHSA-jf85-cpcp-j695"}],
        "vulnerableSoftware":[{"software":{"id":"cpe","vulnerabilityIdMatched":"true",
        "versionEndExcluding":"1.0.1"}}]}],"suppressedVulnerabilities":[{"name":"CVE-2024-2",
        "severity":"high","notes":"accepted"}]}]}"#;

    #[test]
    fn json_with_suppressed_findings() {
        let run = read(JSON);
        assert_eq!(run.health.level(), HealthLevel::Complete);
        assert_eq!(
            run.coverage.data.unwrap().to_string(),
            "2026-01-02T03:04:05Z"
        );
        assert!(run.coverage.written.is_some());
        let [open, suppressed] = &run.observations[..] else {
            panic!()
        };
        assert_eq!(open.severity, Some(Severity::Medium));
        assert_eq!(open.reported.score, Some(5.3));
        assert_eq!(open.advisories.len(), 2);
        assert_eq!(open.cwe, BTreeSet::from([79]));
        assert_eq!(open.package.as_ref().unwrap().fixed, ["1.0.1".into()]);
        assert_eq!(
            open.place.path.as_ref().unwrap().raw(),
            "/w/package-lock.json"
        );
        assert_eq!(
            suppressed.standing,
            Standing::Suppressed(Some("accepted".into()))
        );
    }

    #[test]
    fn errors_leave_a_gap_and_no_dependency_is_no_work() {
        let text = JSON.replace(
            r#""dataSource""#,
            r#""analysisExceptions":[{"exception":{"message":"m"}}],"dataSource""#,
        );
        assert_eq!(read(&text).health.level(), HealthLevel::Partial);
        let run = read(r#"{"reportSchema":"1.1","dependencies":[]}"#);
        assert_eq!(run.health.problems()[0].code, "nothing-scanned");
    }
}
