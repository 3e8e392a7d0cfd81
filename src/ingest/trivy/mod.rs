//! Trivy's JSON: images, file systems, repositories, virtual machines, SBOMs, clusters, in schema 2
//! and in the bare array that versions before 0.20 wrote.

mod format;
mod observe;

use super::lenient::{Text, objects};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::moment;
use crate::model::{Coverage, Health, Problem, RuleId, RuleInfo, Untrusted, Work};
use format::{Report, Resource, Target};
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Trivy;

static INFO: ToolInfo = ToolInfo {
    id: "trivy",
    name: "Trivy",
    aliases: &[],
    url: "https://github.com/aquasecurity/trivy",
    command: "trivy fs --format json --output trivy.json .",
};

impl Tool for Trivy {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        match shape {
            Shape::Array(Some(first)) => {
                (first.has("Target")).then_some("Trivy JSON (before 0.20)")
            }
            _ if shape.has("ClusterName") => Some("Trivy Kubernetes JSON"),
            _ if shape.has("SchemaVersion") && shape.has("ArtifactName") => Some("Trivy JSON"),
            _ if shape.has_all(&["ArtifactName", "ArtifactType"]) => Some("Trivy JSON"),
            _ => None,
        }
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let wrong = |e| wrong_shape("Trivy", &e);
        let mut reader = Reader::default();
        if shape.is_array() {
            let mut list = serde_json::Deserializer::from_str(text);
            let targets: Option<Vec<Target<'_>>> = objects(&mut list).map_err(wrong)?;
            reader.targets(
                targets.as_deref().unwrap_or_default(),
                &observe::Subject::Files,
            );
            return Ok(reader.finish(None));
        }
        let report: Report<'_> = serde_json::from_str(text).map_err(wrong)?;
        let subject = observe::Subject::of(&report);
        reader.coverage.written = report.created_at.text().and_then(moment);
        reader.targets(report.results.as_deref().unwrap_or_default(), &subject);
        for list in [
            &report.resources,
            &report.vulnerabilities,
            &report.misconfigurations,
        ] {
            for resource in list.as_deref().unwrap_or_default() {
                reader.resource(resource);
            }
        }
        if report
            .metadata
            .and_then(|m| m.os)
            .is_some_and(|os| os.end_of_life)
        {
            reader.notes.push(Problem::new(
                "end-of-life",
                "the operating system no longer gets advisories: Trivy's list is not complete",
            ));
        }
        Ok(reader.finish(report.trivy.and_then(|t| t.version)))
    }
}

/// Collects what the targets hold.
#[derive(Default)]
struct Reader {
    looked_at: u64,
    suppressed: usize,
    names: BTreeSet<Untrusted>,
    coverage: Coverage,
    failures: Vec<(Untrusted, Untrusted)>,
    hidden: Vec<Untrusted>,
    notes: Vec<Problem>,
    observations: Vec<crate::model::Observation>,
    rules: BTreeMap<RuleId, RuleInfo>,
}

impl Reader {
    fn targets(&mut self, targets: &[Target<'_>], subject: &observe::Subject) {
        for target in targets {
            self.looked_at += 1;
            self.names.insert(target.target.as_str().into());
            self.suppressed += target
                .experimental_modified_findings
                .as_ref()
                .map_or(0, Vec::len);
            if target.hidden_failures().is_some() {
                self.hidden.push(target.target.as_str().into());
            }
            observe::target(target, subject, &mut self.observations, &mut self.rules);
        }
    }

    fn resource(&mut self, resource: &Resource<'_>) {
        let part = |text: &Option<Text<'_>>| text.as_ref().map(|t| t.as_str().to_owned());
        let name = [
            part(&resource.namespace),
            part(&resource.kind),
            part(&resource.name),
        ]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("/");
        if let Some(error) = resource.error.as_ref().filter(|e| !e.as_str().is_empty()) {
            self.failures
                .push((name.as_str().into(), error.as_str().into()));
        }
        let targets = resource.results.as_deref().unwrap_or_default();
        self.targets(targets, &observe::Subject::Elsewhere(name));
    }

    fn finish(mut self, version: Option<String>) -> Parsed {
        if self.suppressed > 0 {
            self.notes.push(Problem::new(
                "native-suppressions",
                format!(
                    "{} findings are hidden by Trivy's own ignore files",
                    self.suppressed
                ),
            ));
        }
        let mut problems = Vec::new();
        if let Some((_, error)) = self.failures.first().cloned() {
            problems.push(
                Problem::new(
                    "resources-not-scanned",
                    format!("Trivy could not scan {} resources", self.failures.len()),
                )
                .detail(error)
                .items(self.failures.into_iter().map(|(name, _)| name)),
            );
        }
        if !self.hidden.is_empty() {
            problems.push(
                Problem::new(
                    "filtered",
                    "Trivy counts failed checks of which it lists none: the report was cut, or \
                     filtered by severity",
                )
                .items(self.hidden),
            );
        }
        let health = Health::judge(
            Work::new(self.looked_at, "targets"),
            problems,
            Problem::new(
                "nothing-scanned",
                "Trivy found nothing to scan: no lockfile, package or configuration that it knows",
            ),
        );
        Parsed {
            version: version.map(Untrusted::from),
            coverage: self.coverage.inputs(self.names),
            notes: self.notes,
            observations: self.observations,
            rules: self.rules,
            ..Parsed::of(&INFO, health)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Foreign as _, HealthLevel};

    fn level(results: &str) -> (HealthLevel, usize) {
        let text = format!(r#"{{"SchemaVersion":2,"ArtifactName":".","Results":{results}}}"#);
        match Trivy.parse(&text, &Shape::Null) {
            Ok(run) => (run.health.level(), run.observations.len()),
            Err(_) => (HealthLevel::Failed, 0),
        }
    }

    #[test]
    fn a_list_in_place_of_a_target_proves_nothing() {
        for wrong in [r#"[["Dockerfile"]]"#, "[[]]", "[null]", "[{}]", "{}"] {
            assert_eq!(level(wrong).0, HealthLevel::Failed, "{wrong}");
        }
        let legacy = r#"[["Dockerfile"]]"#;
        let shape = serde_json::from_str(legacy).unwrap();
        assert!(Trivy.parse(legacy, &shape).is_err());
    }

    #[test]
    fn failures_that_are_counted_and_not_listed_leave_a_gap() {
        let checks = |failures: u64, list: &str| {
            level(&format!(
                r#"[{{"Target":"Dockerfile","Class":"config","MisconfSummary":{{"Successes":1,"Failures":{failures}}}{list}}}]"#
            ))
        };
        assert_eq!(checks(0, ""), (HealthLevel::Complete, 0));
        assert_eq!(checks(2, ""), (HealthLevel::Partial, 0));
        let passed = r#","Misconfigurations":[{"ID":"DS-1","Status":"PASS"}]"#;
        assert_eq!(checks(2, passed), (HealthLevel::Partial, 0));
        // Only a status that says so takes a check off the list.
        let odd = r#","Misconfigurations":[{"ID":"DS-1","Status":"fail"}]"#;
        assert_eq!(checks(1, odd), (HealthLevel::Complete, 1));
    }

    #[test]
    fn the_report_tells_when_what_and_whose_word() {
        let text = r#"{"SchemaVersion":2,"CreatedAt":"2026-02-24T07:07:53.487381Z","ArtifactName":".","Results":[
            {"Target":"yarn.lock","Vulnerabilities":[{"VulnerabilityID":"CVE-2020-1","PkgName":"a","Severity":"HIGH","SeveritySource":"ghsa"}]},
            {"Target":"Dockerfile","Class":"config"}]}"#;
        let run = Trivy.parse(text, &Shape::Null).unwrap();
        assert!(run.coverage.written.is_some());
        let inputs: Vec<&str> = run.coverage.inputs.iter().map(|i| i.raw()).collect();
        assert_eq!(inputs, ["Dockerfile", "yarn.lock"]);
        let source = run.observations[0].reported.source.as_ref();
        assert_eq!(source.map(|s| s.raw()), Some("ghsa"));
    }
}
