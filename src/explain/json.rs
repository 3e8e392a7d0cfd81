//! Explanations for machines.

use super::steps::ways_out;
use super::{Explained, Missing};
use crate::escape::json as text;
use crate::model::{Decided, Foreign as _, Untrusted};
use crate::policy::{Action, Answer, Clause, GateStep, WaiverStep};
use crate::report::json::finding;
use crate::report::phrase::{self, Phrase, Sink};
use serde::Serialize;
use std::io::{Result, Write};

/// Version of the format; within one, fields are only added.
const VERSION: u32 = 1;

/// JSON's own encoding is the escape.
static PLAIN: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| text(name).to_owned(),
    title: |title| text(title).to_owned(),
    line: |line| text(line).to_owned(),
    words: |words| text(words).to_owned(),
};

#[derive(Serialize)]
struct Document<T: Serialize> {
    version: u32,
    /// `finding`, `several` or `missing`.
    result: &'static str,
    #[serde(flatten)]
    content: T,
}

fn document<T: Serialize>(result: &'static str, content: T, out: &mut impl Write) -> Result<()> {
    let document = Document {
        version: VERSION,
        result,
        content,
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// One finding, with all that explains it.
///
/// # Errors
/// The writer's.
pub fn write(explained: &Explained<'_>, out: &mut impl Write) -> Result<()> {
    let trace = &explained.trace;
    let decides = |at| trace.decided == Some(at);
    let gates = trace.gates.iter().enumerate();
    let shown = |phrase: Phrase| phrase.show(&PLAIN);
    let content = Content {
        verdict: explained.assessment.verdict.word(),
        policy: explained.policy.sources.iter().map(text).collect(),
        finding: finding(explained.decided),
        decision: shown(phrase::decision(explained.decided)),
        then: explained.then.map(|then| then.disposition),
        unasked: trace.unasked,
        gates: gates.map(|(at, step)| gate(step, decides(at))).collect(),
        waivers: trace
            .waivers
            .iter()
            .map(|step| waiver(step, trace.waived == Some(step.index)))
            .collect(),
        ways_out: ways_out(trace).into_iter().map(shown).collect(),
    };
    document("finding", content, out)
}

#[derive(Serialize)]
struct Content<'a, F: Serialize> {
    verdict: &'static str,
    policy: Vec<&'a str>,
    finding: F,
    decision: String,
    /// What was made of it when the bundle was written.
    then: Option<&'static str>,
    unasked: Option<&'static str>,
    gates: Vec<GateOut<'a>>,
    waivers: Vec<WaiverOut<'a>>,
    ways_out: Vec<String>,
}

#[derive(Serialize)]
struct GateOut<'a> {
    name: &'a str,
    source: &'a str,
    action: &'static str,
    answer: &'static str,
    decides: bool,
    clauses: Vec<ClauseOut<'a>>,
}

#[derive(Serialize)]
struct WaiverOut<'a> {
    subject: &'a str,
    owner: &'a str,
    expires: String,
    expired: bool,
    source: &'a str,
    line: usize,
    answer: &'static str,
    applies: bool,
    clauses: Vec<ClauseOut<'a>>,
}

#[derive(Serialize)]
struct ClauseOut<'a> {
    key: &'static str,
    wants: Vec<&'a str>,
    has: Vec<&'a str>,
    note: Option<&'static str>,
    answer: &'static str,
    parts: Vec<Self>,
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unknown => "unknown",
    }
}

fn gate(step: &GateStep, decides: bool) -> GateOut<'_> {
    GateOut {
        name: text(&step.gate.name),
        source: text(&step.gate.source),
        action: match step.action {
            Action::Block => "block",
            Action::Warn => "warn",
            Action::Allow => "allow",
        },
        answer: answer(step.answer),
        decides,
        clauses: step.clauses.iter().map(clause).collect(),
    }
}

fn waiver(step: &WaiverStep, applies: bool) -> WaiverOut<'_> {
    WaiverOut {
        subject: text(&step.subject),
        owner: text(&step.owner),
        expires: step.expires.to_string(),
        expired: step.expired,
        source: text(&step.place.0),
        line: step.place.1,
        answer: answer(step.answer),
        applies,
        clauses: step.clauses.iter().map(clause).collect(),
    }
}

fn clause(clause: &Clause) -> ClauseOut<'_> {
    ClauseOut {
        key: clause.key,
        wants: clause.wants.iter().map(text).collect(),
        has: clause.found.values.iter().map(text).collect(),
        note: clause.found.note,
        answer: answer(clause.answer),
        parts: clause.parts.iter().map(self::clause).collect(),
    }
}

/// Several findings, when the word does not tell them apart.
///
/// # Errors
/// The writer's.
pub fn write_list(found: &[&Decided], out: &mut impl Write) -> Result<()> {
    #[derive(Serialize)]
    struct Several<F: Serialize> {
        findings: Vec<F>,
    }
    let findings = found.iter().map(|decided| finding(decided)).collect();
    document("several", Several { findings }, out)
}

/// What is known of a finding that is not there.
///
/// # Errors
/// The writer's.
pub fn write_missing(missing: &Missing<'_>, out: &mut impl Write) -> Result<()> {
    #[derive(Serialize)]
    struct Nothing<'a> {
        near: Vec<&'a str>,
        baseline: Vec<Known<'a>>,
        doubtful: Vec<Doubtful<'a>>,
    }
    #[derive(Serialize)]
    struct Known<'a> {
        fingerprint: &'a str,
        scanner: &'a str,
        title: &'a str,
        resolved: bool,
    }
    #[derive(Serialize)]
    struct Doubtful<'a> {
        scanner: &'a str,
        health: &'static str,
        report: Option<&'a str>,
    }
    let known = missing.known.iter().map(|(entry, resolved)| Known {
        fingerprint: &entry.fingerprint,
        scanner: entry.scanner.as_str(),
        title: text(&entry.title),
        resolved: *resolved,
    });
    let doubtful = missing.doubtful.iter().map(|run| Doubtful {
        scanner: run.scanner.as_str(),
        health: run.health.level().word(),
        report: run.report.as_ref().map(Untrusted::raw),
    });
    let near = missing.near.iter();
    let content = Nothing {
        near: near.map(|d| d.finding.fingerprint.as_str()).collect(),
        baseline: known.collect(),
        doubtful: doubtful.collect(),
    };
    document("missing", content, out)
}
