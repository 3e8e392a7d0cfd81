//! A simulation for machines.

use super::{Replay, Shift, Simulation, Unread};
use crate::bundle::Then;
use crate::escape::json as text;
use crate::model::{Reason, Verdict};
use serde::Serialize;

/// Version of the format; within one, fields are only added.
const VERSION: u32 = 1;

/// Writes the document, ending in a line break.
///
/// # Errors
/// The writer's.
pub fn write<W: std::io::Write>(simulation: &Simulation, out: &mut W) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, &Document::of(simulation))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    policy: Vec<&'a str>,
    against: Option<Vec<&'a str>>,
    runs: Vec<RunOut<'a>>,
    unread: Vec<UnreadOut<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    runs: usize,
    differ: usize,
    now_block: usize,
    no_longer_block: usize,
    now_incomplete: usize,
    unread: usize,
}

#[derive(Serialize)]
struct RunOut<'a> {
    bundle: &'a str,
    event: &'static str,
    date: String,
    before: &'static str,
    after: &'static str,
    missing: Vec<MissingOut<'a>>,
    now_blocks: Vec<ShiftOut<'a>>,
    no_longer_blocks: Vec<ShiftOut<'a>>,
    otherwise_decided: usize,
}

#[derive(Serialize)]
struct MissingOut<'a> {
    scanner: Option<&'a str>,
    code: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct ShiftOut<'a> {
    fingerprint: &'a str,
    name: &'a str,
    title: &'a str,
    severity: &'static str,
    before: Option<FateOut<'a>>,
    after: Option<FateOut<'a>>,
}

#[derive(Serialize)]
struct FateOut<'a> {
    disposition: &'static str,
    gate: Option<&'a str>,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct UnreadOut<'a> {
    bundle: &'a str,
    text: &'a str,
    detail: Option<&'a str>,
}

impl<'a> Document<'a> {
    fn of(simulation: &'a Simulation) -> Self {
        let runs = &simulation.runs;
        let number = |test: &dyn Fn(&Replay) -> bool| runs.iter().filter(|r| test(r)).count();
        Self {
            version: VERSION,
            policy: simulation.policy.iter().map(text).collect(),
            against: simulation
                .against
                .as_ref()
                .map(|sources| sources.iter().map(text).collect()),
            runs: runs.iter().map(RunOut::of).collect(),
            unread: simulation.unread.iter().map(unread).collect(),
            summary: Summary {
                runs: runs.len(),
                differ: number(&Replay::differs),
                now_block: number(&|r| r.becomes(Verdict::Block)),
                no_longer_block: number(&|r| r.leaves(Verdict::Block)),
                now_incomplete: number(&|r| r.becomes(Verdict::Incomplete)),
                unread: simulation.unread.len(),
            },
        }
    }
}

fn unread(unread: &Unread) -> UnreadOut<'_> {
    UnreadOut {
        bundle: text(&unread.name),
        text: &unread.why,
        detail: unread.detail.as_ref().map(text),
    }
}

impl<'a> RunOut<'a> {
    fn of(replay: &'a Replay) -> Self {
        Self {
            bundle: text(&replay.name),
            event: replay.event.word(),
            date: replay.day.to_string(),
            before: replay.before.word(),
            after: replay.after.word(),
            missing: replay.gaps.iter().map(missing).collect(),
            now_blocks: replay.blocks.iter().filter_map(ShiftOut::of).collect(),
            no_longer_blocks: replay.passes.iter().filter_map(ShiftOut::of).collect(),
            otherwise_decided: replay.others,
        }
    }
}

fn missing(reason: &Reason) -> MissingOut<'_> {
    MissingOut {
        scanner: reason.scanner.as_ref().map(|scanner| scanner.as_str()),
        code: reason.code,
        text: &reason.text,
    }
}

impl<'a> ShiftOut<'a> {
    fn of(shift: &'a Shift) -> Option<Self> {
        let then = shift.either()?;
        Some(Self {
            fingerprint: &then.fingerprint,
            name: text(&then.name),
            title: text(&then.title),
            severity: then.severity.word(),
            before: shift.before.as_ref().map(fate),
            after: shift.after.as_ref().map(fate),
        })
    }
}

fn fate(then: &Then) -> FateOut<'_> {
    FateOut {
        disposition: then.disposition,
        gate: then.gate.as_ref().map(|gate| text(&gate.name)),
        source: then.gate.as_ref().map(|gate| text(&gate.source)),
    }
}
