//! cargo-deny's JSON: one diagnostic to a line on stderr, and a summary as the last line.
//!
//! Source of the format: `src/diag.rs`, `src/cargo-deny/stats.rs` (EmbarkStudios/cargo-deny). Of its
//! checks, that of advisories is read.

use super::audit;
use super::rustsec::{Advisory, Krate, Versions, krate, observe};
use crate::ingest::decode::second_document;
use crate::ingest::lenient::{Int, Scalar, Text, or_default};
use crate::ingest::shape::Shape;
use crate::ingest::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use crate::ingest::words::moment;
use crate::model::{
    Coverage, Health, Observation, Problem, Region, RuleId, RuleInfo, Standing, Untrusted, Work,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The adapter.
pub struct CargoDeny;

static INFO: ToolInfo = ToolInfo {
    id: "cargo-deny",
    name: "cargo-deny",
    aliases: &["cargo_deny", "cargodeny"],
    url: "https://github.com/EmbarkStudios/cargo-deny",
    command: "cargo deny --format json check advisories 2> cargo-deny.jsonl",
};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    fields: Fields<'a>,
}

/// The fields of diagnostics, log lines and summaries.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(default)]
    code: Scalar,
    #[serde(default, borrow)]
    severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    message: Option<Text<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    labels: Vec<Label<'a>>,
    #[serde(default, borrow)]
    advisory: Option<Advisory<'a>>,
    /// Sentences, one of which says how to mend it.
    #[serde(default, deserialize_with = "or_default")]
    notes: Vec<String>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    graphs: Vec<Graph<'a>>,
    /// Of a log line.
    #[serde(default)]
    level: Scalar,
    /// Of a log line.
    #[serde(default)]
    timestamp: Scalar,
    /// Of the summary: what each check counted.
    #[serde(default)]
    advisories: Option<Counts>,
    #[serde(default)]
    bans: Option<Counts>,
    #[serde(default)]
    licenses: Option<Counts>,
    #[serde(default)]
    sources: Option<Counts>,
}

#[derive(Deserialize, Clone, Copy)]
struct Counts {
    errors: u64,
    warnings: u64,
}

/// A place in Cargo.lock.
#[derive(Deserialize)]
struct Label<'a> {
    #[serde(default)]
    line: Int,
    /// `name version source`.
    #[serde(default, borrow)]
    span: Option<Text<'a>>,
}

/// The package, with the packages that bring it in.
#[derive(Deserialize)]
struct Graph<'a> {
    #[serde(default, borrow, rename = "Krate")]
    krate: Option<Krate<'a>>,
}

/// Diagnostics that say that the registry's index could not be asked, so that withdrawn versions
/// went unseen.
const INDEX_FAILURES: &[&str] = &["index-failure", "index-cache-load-failure"];

impl Tool for CargoDeny {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        if audit::is_denys(shape) {
            return Some("cargo-deny JSON (like cargo-audit)");
        }
        let is_line =
            |line: &Shape| line.has("type") && line.get("fields").is_some_and(Shape::is_object);
        let lines = shape.documents();
        (!lines.is_empty() && lines.iter().all(is_line)).then_some("cargo-deny JSON")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        if shape.has("lockfile") {
            return audit::compatible(&INFO, text);
        }
        let mut stream = Stream::default();
        for line in serde_json::Deserializer::from_str(text).into_iter::<Line<'_>>() {
            stream.read(&line.map_err(|e| wrong_shape(INFO.name, &e))?)?;
        }
        stream.end()
    }
}

/// What the lines told so far.
#[derive(Default)]
struct Stream {
    observations: Vec<Observation>,
    rules: BTreeMap<RuleId, RuleInfo>,
    /// Of each check that was made.
    summary: Option<Vec<Counts>>,
    checked_advisories: bool,
    /// Diagnostics of severity error and warning.
    printed: (u64, u64),
    yanked: Vec<Untrusted>,
    unreachable_index: Vec<Untrusted>,
    log_errors: Vec<String>,
    other: u64,
    coverage: Coverage,
}

impl Stream {
    fn read(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        let fields = &line.fields;
        match line.kind.as_str() {
            "diagnostic" => self.diagnostic(fields),
            "summary" => {
                if self.summary.is_some() {
                    return Err(second_document());
                }
                self.checked_advisories = fields.advisories.is_some();
                let checks = [
                    fields.advisories,
                    fields.bans,
                    fields.licenses,
                    fields.sources,
                ];
                self.summary = Some(checks.into_iter().flatten().collect());
            }
            _ => {
                let written = fields.timestamp.text().and_then(moment);
                self.coverage.written = self.coverage.written.max(written);
                if fields
                    .level
                    .text()
                    .is_some_and(|l| l.eq_ignore_ascii_case("error"))
                {
                    self.log_errors.extend(message(fields).map(str::to_owned));
                }
            }
        }
        Ok(())
    }

    fn diagnostic(&mut self, fields: &Fields<'_>) {
        let severity = fields.severity.as_ref().map(Text::as_str);
        match severity {
            Some("error") => self.printed.0 += 1,
            Some("warning") => self.printed.1 += 1,
            _ => {}
        }
        if let Some(advisory) = &fields.advisory {
            let observation = finding(fields, advisory, severity, &mut self.rules);
            self.observations.push(observation);
            return;
        }
        let (name, version) = package(fields);
        let named = || Untrusted::from(format!("{} {}", name.unwrap_or(""), version.unwrap_or("")));
        match fields.code.text() {
            Some("yanked") => self.yanked.push(named()),
            Some(code) if INDEX_FAILURES.contains(&code) => self.unreachable_index.push(named()),
            _ if matches!(severity, Some("error" | "warning")) => self.other += 1,
            _ => {}
        }
    }

    fn end(self) -> Result<Parsed, Problem> {
        let Some(summary) = &self.summary else {
            return Err(Problem::new(
                "truncated",
                "cargo-deny's lines have no summary: it was stopped, or something cut them",
            ));
        };
        if !self.checked_advisories {
            return Err(Problem::new(
                "nothing-scanned",
                "cargo-deny did not check advisories: run `cargo deny check advisories`",
            ));
        }
        let (errors, warnings) = summary.iter().fold((0_u64, 0_u64), |(e, w), counts| {
            (
                e.saturating_add(counts.errors),
                w.saturating_add(counts.warnings),
            )
        });
        if self.printed.0 < errors || self.printed.1 < warnings {
            return Err(Problem::new(
                "inconsistent",
                "cargo-deny's summary counts more problems than its lines tell: lines are lost, or \
                 it was told to print less (`--log-level`)",
            ));
        }
        let mut problems = Vec::new();
        if !self.unreachable_index.is_empty() {
            problems.push(
                Problem::new(
                    "scan-errors",
                    "cargo-deny could not read the registry's index: withdrawn versions went unseen",
                )
                .items(self.unreachable_index),
            );
        }
        let health = Health::judge(
            Work::new(summary.len() as u64, "checks"),
            problems,
            Problem::new("nothing-scanned", "cargo-deny checked nothing"),
        );
        let mut notes = Vec::new();
        if !self.yanked.is_empty() {
            let text = "cargo-deny warns of packages that their authors have withdrawn (yanked)";
            notes.push(Problem::new("advisory-warnings", text).items(self.yanked));
        }
        if let Some(first) = self.log_errors.first() {
            let text = "cargo-deny wrote an error into its log";
            notes.push(Problem::new("scan-log", text).detail(first.as_str()));
        }
        if self.other > 0 {
            notes.push(Problem::new(
                "other-checks",
                format!(
                    "cargo-deny has {} problems of another sort than advisories (bans, licences, \
                     sources, its settings); they are not read",
                    self.other
                ),
            ));
        }
        Ok(Parsed {
            observations: self.observations,
            rules: self.rules,
            notes,
            coverage: self.coverage,
            ..Parsed::of(&INFO, health)
        })
    }
}

fn message<'t>(fields: &'t Fields<'_>) -> Option<&'t str> {
    fields.message.as_ref().map(Text::as_str)
}

/// Name and version of the package that a diagnostic is about.
fn package<'t>(fields: &'t Fields<'_>) -> (Option<&'t str>, Option<&'t str>) {
    let spans = fields.labels.iter().find_map(|label| label.span.as_ref());
    let mut span = spans.map(Text::as_str).unwrap_or_default().split(' ');
    let (name, version) = (span.next().filter(|n| !n.is_empty()), span.next());
    match fields.graphs.iter().find_map(|graph| graph.krate.as_ref()) {
        Some(krate) => (
            Some(krate.name.as_str()),
            krate.version.as_ref().map(Text::as_str),
        ),
        None => (name, version),
    }
}

/// `Upgrade to >=1.0.103 OR ^0.9.3 (try …)`; any other sentence says that there is no way.
fn solved(solution: &str) -> Versions {
    let requirements = solution.strip_prefix("Upgrade to ").unwrap_or_default();
    let requirements = requirements.split(" (try").next().unwrap_or_default();
    let requirements = requirements.split(" OR ").filter(|r| !r.is_empty());
    Versions::of(requirements.map(str::to_owned).collect())
}

fn finding(
    fields: &Fields<'_>,
    advisory: &Advisory<'_>,
    severity: Option<&str>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let (name, version) = package(fields);
    let named = advisory.package.as_ref().map(Text::as_str);
    let package = krate(name.or(named).unwrap_or("unnamed"), version);
    let solution = fields
        .notes
        .iter()
        .find_map(|n| n.strip_prefix("Solution: "));
    let versions = solution.map(solved).unwrap_or_default();
    let mut observation = observe(advisory, &versions, package, rules);
    if solution.is_none() {
        observation.fix = None;
    }
    observation.reported.severity = severity.map(Untrusted::from);
    // Lower than a warning is what deny.toml allows.
    if matches!(severity, Some("note" | "help")) {
        observation.standing = Standing::Suppressed(message(fields).map(Untrusted::from));
    }
    let line = fields.labels.iter().find_map(|label| label.line.0);
    let line = line.and_then(|line| u64::try_from(line).ok());
    observation.place.path = Some("Cargo.lock".into());
    observation.place.region = line.and_then(Region::line);
    observation
}

#[cfg(test)]
mod tests {
    use crate::ingest;
    use crate::model::{Fix, Foreign as _, HealthLevel, Standing};

    const ERROR: &str = r#"{"type":"diagnostic","fields":{"code":"vulnerability","severity":"error","message":"m","labels":[{"line":43,"column":1,"span":"bytes 1.10.1 registry"}],"advisory":{"id":"RUSTSEC-2026-0007","package":"bytes"},"notes":["ID: x","Solution: Upgrade to >=1.11.1 (try `cargo update -p bytes`)"],"graphs":[]}}"#;
    const ALLOWED: &str = r#"{"type":"diagnostic","fields":{"code":"advisory-ignored","severity":"note","message":"m","labels":[],"advisory":{"id":"RUSTSEC-2026-0008","package":"x"}}}"#;
    const SUMMARY: &str = r#"{"type":"summary","fields":{"advisories":{"errors":1,"helps":0,"notes":1,"warnings":0}}}"#;

    fn read(lines: &[&str]) -> ingest::tool::Parsed {
        ingest::read(lines.join("\n").as_bytes(), None).remove(0)
    }

    #[test]
    fn lines_name_the_line_of_the_lockfile() {
        let run = read(&[ERROR, ALLOWED, SUMMARY]);
        assert_eq!(run.health.level(), HealthLevel::Complete);
        let region = run.observations[0].place.region.unwrap();
        assert_eq!(region.line, 43);
        assert!(
            matches!(&run.observations[0].fix, Some(Fix::Upgrade { version, .. }) if version.raw() == "1.11.1")
        );
        assert!(matches!(
            run.observations[1].standing,
            Standing::Suppressed(_)
        ));
    }

    #[test]
    fn without_all_lines_there_is_no_evidence() {
        let bans = r#"{"type":"summary","fields":{"bans":{"errors":0,"warnings":0}}}"#;
        for (lines, code) in [
            (&[ERROR, ALLOWED][..], "truncated"),
            (&[ALLOWED, SUMMARY], "inconsistent"),
            (&[SUMMARY], "inconsistent"),
            (&[ERROR, SUMMARY, ERROR, SUMMARY], "second-document"),
            (&[bans], "nothing-scanned"),
        ] {
            let run = read(lines);
            assert_eq!(run.health.level(), HealthLevel::Failed, "{code}");
            assert_eq!(run.health.problems()[0].code, code);
            assert!(run.observations.is_empty());
        }
    }
}
