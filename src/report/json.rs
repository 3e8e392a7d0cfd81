//! The JSON for machines. Its schema is `schemas/report.schema.json`; within one `version`, fields
//! are only added.

use super::comparison::ComparisonOut;
use super::coverage_json::CoverageOut;
use super::fix_json::FixOut;
use super::parallel;
use super::policy_json::Policy;
use super::resolved::ResolvedOut;
use super::schedule_json::ScheduleOut;
use crate::escape::json as text;
use crate::model::{
    AdvisoryId, Assessment, Decided, Disposition, Location, PolicyNote, Problem, Reason, Run,
    Witness,
};
use serde::Serialize;
use serde::ser::Serializer;

/// Version of the format.
pub const VERSION: u32 = 1;

/// Writes the document, ending in a line break.
///
/// # Errors
/// The writer's.
pub fn write<W: std::io::Write>(assessment: &Assessment, out: &mut W) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, &Document::of(assessment))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    verdict: &'static str,
    date: String,
    reasons: Vec<ReasonOut<'a>>,
    comparison: ComparisonOut<'a>,
    policy: Policy<'a>,
    counts: Counts,
    runs: Vec<RunOut<'a>>,
    findings: Findings<'a>,
    resolved: Vec<ResolvedOut<'a>>,
    waivers: Vec<NoteOut<'a>>,
    schedule: Option<ScheduleOut<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    findings: usize,
    blocked: usize,
    warned: usize,
    allowed: usize,
    unmatched: usize,
    waived: usize,
    suppressed: usize,
    informational: usize,
    resolved: usize,
}

impl<'a> Document<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        let count = |word: &str| assessment.count(|d| d.word() == word);
        Self {
            version: VERSION,
            tool: Tool {
                name: "lockgate",
                version: env!("CARGO_PKG_VERSION"),
            },
            verdict: assessment.verdict.word(),
            date: assessment.today.to_string(),
            reasons: assessment.reasons.iter().map(ReasonOut::of).collect(),
            comparison: ComparisonOut::of(assessment),
            policy: Policy::of(assessment),
            counts: Counts {
                findings: assessment.findings.len(),
                blocked: count("blocked"),
                warned: count("warned"),
                allowed: count("allowed"),
                unmatched: count("unmatched"),
                waived: count("waived"),
                suppressed: count("suppressed"),
                informational: count("informational"),
                resolved: assessment.resolved.len(),
            },
            runs: assessment.runs.iter().map(RunOut::of).collect(),
            findings: Findings(&assessment.findings),
            resolved: assessment.resolved.iter().map(ResolvedOut::of).collect(),
            waivers: assessment.notes.iter().map(NoteOut::of).collect(),
            schedule: assessment.schedule.as_ref().map(ScheduleOut::of),
        }
    }
}

#[derive(Serialize)]
struct ReasonOut<'a> {
    verdict: &'static str,
    code: &'static str,
    scanner: Option<&'a str>,
    text: &'a str,
    detail: Option<&'a str>,
}

impl<'a> ReasonOut<'a> {
    fn of(reason: &'a Reason) -> Self {
        Self {
            verdict: reason.verdict.word(),
            code: reason.code,
            scanner: reason.scanner.as_ref().map(|s| s.as_str()),
            text: &reason.text,
            detail: reason.detail.as_ref().map(text),
        }
    }
}

#[derive(Serialize)]
struct RunOut<'a> {
    scanner: &'a str,
    report: Option<&'a str>,
    format: Option<&'static str>,
    tool: RunTool<'a>,
    health: &'static str,
    reasons: Vec<ProblemOut<'a>>,
    inputs: u64,
    unit: Option<&'static str>,
    coverage: CoverageOut<'a>,
    findings: usize,
    notes: Vec<ProblemOut<'a>>,
}

#[derive(Serialize)]
struct RunTool<'a> {
    name: &'a str,
    version: Option<&'a str>,
}

impl<'a> RunOut<'a> {
    fn of(run: &'a Run) -> Self {
        let work = run.health.work();
        Self {
            scanner: run.scanner.as_str(),
            report: run.report.as_ref().map(text),
            format: run.format,
            tool: RunTool {
                name: text(&run.tool),
                version: run.version.as_ref().map(text),
            },
            health: run.health.level().word(),
            reasons: run.health.problems().iter().map(ProblemOut::of).collect(),
            inputs: work.map_or(0, |w| w.inputs()),
            unit: work.map(|w| w.unit()),
            coverage: CoverageOut::of(&run.coverage),
            findings: run.findings,
            notes: run.notes.iter().map(ProblemOut::of).collect(),
        }
    }
}

#[derive(Serialize)]
struct ProblemOut<'a> {
    code: &'static str,
    text: &'a str,
    detail: Option<&'a str>,
    items: Vec<&'a str>,
}

impl<'a> ProblemOut<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self {
            code: problem.code,
            text: &problem.text,
            detail: problem.detail.as_ref().map(text),
            items: problem.items.iter().map(text).collect(),
        }
    }
}

#[derive(Serialize)]
struct NoteOut<'a> {
    code: &'static str,
    text: &'a str,
    subject: &'a str,
    owner: &'a str,
    source: &'a str,
    line: usize,
}

impl<'a> NoteOut<'a> {
    fn of(note: &'a PolicyNote) -> Self {
        Self {
            code: note.code.word(),
            text: &note.text,
            subject: text(&note.subject),
            owner: text(&note.owner),
            source: text(&note.source),
            line: note.line,
        }
    }
}

/// Made while they are written: a large report is never in memory twice.
struct Findings<'a>(&'a [Decided]);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        parallel::array(serializer, self.0, FindingOut::of)
    }
}

/// One finding as it stands in the document.
pub fn finding(decided: &Decided) -> impl Serialize + use<'_> {
    FindingOut::of(decided)
}

#[derive(Serialize)]
struct FindingOut<'a> {
    fingerprint: &'a str,
    scanner: &'a str,
    witnesses: Vec<WitnessOut<'a>>,
    rule: &'a str,
    kind: &'static str,
    /// The highest that any witness gave.
    severity: Option<&'static str>,
    /// What the gates saw.
    effective_severity: &'static str,
    reported: ReportedOut<'a>,
    title: &'a str,
    message: &'a str,
    location: LocationOut<'a>,
    /// The other places of the same secret.
    further: Vec<LocationOut<'a>>,
    /// How many more places there are.
    more_places: usize,
    package: Option<PackageOut<'a>>,
    advisories: Vec<&'a str>,
    cwe: Vec<u32>,
    /// The probability that it is exploited within 30 days.
    epss: Option<f64>,
    /// Whether it is known to be exploited; null when nobody looked.
    kev: Option<bool>,
    fix: Option<FixOut<'a>>,
    secret: Option<SecretOut<'a>>,
    origin: &'static str,
    /// Why, as a clause.
    origin_reason: &'static str,
    since: Option<String>,
    disposition: &'static str,
    gate: Option<&'a str>,
    waiver: Option<WaiverOut<'a>>,
}

#[derive(Serialize)]
struct ReportedOut<'a> {
    severity: Option<&'a str>,
    score: Option<f64>,
    confidence: Option<&'static str>,
    source: Option<&'a str>,
}

impl<'a> ReportedOut<'a> {
    fn of(reported: &'a crate::model::Reported) -> Self {
        Self {
            severity: reported.severity.as_ref().map(text),
            score: reported.score,
            confidence: reported.confidence.map(|c| c.word()),
            source: reported.source.as_ref().map(text),
        }
    }
}

#[derive(Serialize)]
struct WitnessOut<'a> {
    scanner: &'a str,
    run: usize,
    rule: &'a str,
    severity: Option<&'static str>,
    reported: ReportedOut<'a>,
}

impl<'a> WitnessOut<'a> {
    fn of(witness: &'a Witness) -> Self {
        Self {
            scanner: witness.scanner.as_str(),
            run: witness.run,
            rule: text(&witness.rule),
            severity: witness.severity.map(|s| s.word()),
            reported: ReportedOut::of(&witness.reported),
        }
    }
}

#[derive(Serialize)]
struct LocationOut<'a> {
    path: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
    certainty: &'static str,
    target: Option<&'a str>,
}

impl<'a> LocationOut<'a> {
    fn of(location: &'a Location) -> Self {
        let region = location.region;
        Self {
            path: text(&location.path),
            line: region.map(|r| r.line),
            column: region.and_then(|r| r.column),
            end_line: region.and_then(|r| r.end_line),
            end_column: region.and_then(|r| r.end_column),
            certainty: location.certainty.word(),
            target: location.target.as_ref().map(text),
        }
    }
}

#[derive(Serialize)]
struct PackageOut<'a> {
    ecosystem: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    fixed: Vec<&'a str>,
    scope: Option<&'static str>,
    relation: Option<&'static str>,
    paths: Vec<Vec<&'a str>>,
}

#[derive(Serialize)]
struct SecretOut<'a> {
    kind: &'a str,
    length: usize,
}

#[derive(Serialize)]
struct WaiverOut<'a> {
    reason: &'a str,
    owner: &'a str,
    expires: String,
}

impl<'a> FindingOut<'a> {
    fn of(decided: &'a Decided) -> Self {
        let finding = &decided.finding;
        let observation = &finding.observation;
        let sighted = observation.sighted.as_ref();
        Self {
            fingerprint: &finding.fingerprint,
            scanner: finding.scanner.as_str(),
            witnesses: finding.witnesses.iter().map(WitnessOut::of).collect(),
            rule: text(&observation.rule),
            kind: observation.kind.word(),
            severity: observation.severity.map(|s| s.word()),
            effective_severity: decided.effective.word(),
            reported: ReportedOut::of(&observation.reported),
            title: text(&observation.title),
            message: text(&observation.message),
            location: LocationOut::of(&finding.location),
            further: sighted
                .map(|sighted| sighted.further.iter().map(LocationOut::of).collect())
                .unwrap_or_default(),
            more_places: sighted.map_or(0, |sighted| sighted.more),
            package: observation.package.as_ref().map(|package| PackageOut {
                ecosystem: package.ecosystem.as_str(),
                name: text(&package.name),
                version: package.version.as_ref().map(text),
                fixed: package.fixed.iter().map(text).collect(),
                scope: package.scope.map(|s| s.word()),
                relation: package.relation.map(|r| r.word()),
                paths: package
                    .paths
                    .iter()
                    .map(|p| p.iter().map(text).collect())
                    .collect(),
            }),
            advisories: observation
                .advisories
                .iter()
                .map(AdvisoryId::as_str)
                .collect(),
            cwe: observation.cwe.iter().copied().collect(),
            epss: observation.epss,
            kev: observation.kev,
            fix: FixOut::of(finding),
            secret: observation.evidence.as_ref().map(|redacted| SecretOut {
                kind: text(&redacted.kind),
                length: redacted.length,
            }),
            origin: finding.provenance.origin.word(),
            origin_reason: finding.provenance.why,
            since: finding.since.map(|day| day.to_string()),
            disposition: decided.disposition.word(),
            gate: decided.disposition.gate().map(|gate| text(&gate.name)),
            waiver: match &decided.disposition {
                Disposition::Waived(_, waiver) => Some(WaiverOut {
                    reason: text(&waiver.reason),
                    owner: text(&waiver.owner),
                    expires: waiver.expires.to_string(),
                }),
                _ => None,
            },
        }
    }
}
