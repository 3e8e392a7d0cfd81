//! gitleaks' JSON, of versions 8 and 7.
//!
//! Source of the format: `report/finding.go` (8), `scan/leak.go` (7). The list says what was
//! found and nothing about what was searched, so an empty one proves no work; SARIF does.
//! Every entry holds the secret, its line and its author: none of that is kept.

use super::lenient::{Int, Text};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words;
use crate::model::{
    Coverage, Fix, Health, Kind, Observation, Problem, RuleId, RuleInfo, Secret, Untrusted, Work,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Gitleaks;

static INFO: ToolInfo = ToolInfo {
    id: "gitleaks",
    name: "gitleaks",
    aliases: &[],
    url: "https://github.com/gitleaks/gitleaks",
    command: "gitleaks git --report-format sarif --report-path gitleaks.sarif",
};

#[derive(Deserialize)]
struct Leak<'a> {
    #[serde(borrow, rename = "RuleID", alias = "rule")]
    rule: Text<'a>,
    #[serde(default, borrow, rename = "Description")]
    description: Option<Text<'a>>,
    #[serde(default, rename = "StartLine", alias = "lineNumber")]
    line: Int,
    #[serde(default, rename = "EndLine")]
    end_line: Int,
    #[serde(borrow, rename = "File", alias = "file")]
    file: Text<'a>,
    #[serde(default, borrow, rename = "Secret", alias = "offender")]
    secret: Option<Text<'a>>,
    #[serde(default, borrow, rename = "Commit", alias = "commit")]
    commit: Option<Text<'a>>,
}

impl Tool for Gitleaks {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let first = shape.first()?;
        if first.has_all(&["RuleID", "File"]) {
            return Some("gitleaks JSON");
        }
        let old = first.has_all(&["rule", "offender", "file"]);
        old.then_some("gitleaks JSON (version 7)")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let leaks: Vec<Leak<'_>> =
            serde_json::from_str(text).map_err(|e| wrong_shape("gitleaks", &e))?;
        let mut rules = BTreeMap::new();
        let observations = leaks.iter().map(|l| observe(l, &mut rules)).collect();
        let files: BTreeSet<&str> = leaks.iter().map(|l| l.file.as_str()).collect();
        let health = Health::judge(
            Work::new(files.len() as u64, "files"),
            Vec::new(),
            Problem::new(
                "nothing-scanned",
                "gitleaks lists no leak, which proves no work",
            ),
        );
        Ok(Parsed {
            observations,
            rules,
            coverage: Coverage::default().inputs(files.into_iter().map(Untrusted::from)),
            ..Parsed::of(&INFO, health)
        })
    }
}

fn observe(leak: &Leak<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let id = leak.rule.as_str();
    let rule = RuleId::new(id);
    let description = leak.description.as_ref().map(Text::as_str);
    let title = description.filter(|d| !d.trim().is_empty()).unwrap_or(id);
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        cwe: vec![798],
        ..RuleInfo::titled(title)
    });
    let mut observation = Observation::new(rule, Kind::Secret, title);
    if let Some(commit) = leak.commit.as_ref().and_then(|c| abbreviated(c.as_str())) {
        observation.message = format!("{title} (in commit {commit})").into();
    }
    observation.cwe.insert(798);
    observation.place.path = Some(leak.file.as_str().into());
    observation.place.region = words::lines(leak.line, leak.end_line);
    observation.evidence = leak
        .secret
        .as_ref()
        .map(|secret| Secret::new(secret.as_str()).redact(id));
    observation.fix = Some(Fix::Advice(words::REVOKE.into()));
    observation
}

/// The first twelve digits of a commit's name.
fn abbreviated(commit: &str) -> Option<&str> {
    let hex = commit.len() >= 12 && commit.chars().all(|c| c.is_ascii_hexdigit());
    commit.get(..12).filter(|_| hex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    const LEAK: &str = r#"[{"RuleID":"aws-access-token","Description":"AWS token","StartLine":3,
        "EndLine":3,"File":"a/b.env","Match":"key=MATCHED","Secret":"WITHHELD","Commit":"",
        "Author":"A. Person","Email":"a@person.example","Message":"my commit"}]"#;

    #[test]
    fn nothing_of_the_secret_or_its_author_is_kept() {
        let shape = serde_json::from_str(LEAK).unwrap();
        assert_eq!(Gitleaks.sniff(&shape), Some("gitleaks JSON"));
        let run = Gitleaks.parse(LEAK, &shape).unwrap();
        let seen = format!("{run:?}");
        for word in ["WITHHELD", "MATCHED", "person", "Person", "my commit"] {
            assert!(!seen.contains(word), "{word}: {seen}");
        }
        let observation = &run.observations[0];
        assert_eq!(observation.evidence.as_ref().unwrap().length, 8);
        assert_eq!(observation.title.raw(), "AWS token");
        assert_eq!(observation.place.region.unwrap().line, 3);
        assert_eq!(observation.severity, None);
    }
}
