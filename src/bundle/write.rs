//! Writing a bundle.

use super::VERSION;
use super::codec::Codec;
use super::part::Part;
use super::verdict::{Answer, End, Header, Then};
use crate::model::{
    Assessment, Context, Evidence, FINGERPRINT_SCHEME, Located, Problem, Run, Verdict,
};
use rayon::prelude::*;
use std::io::{Result, Write};

/// Observations that are made ready at once, so that a large run is never in memory twice.
const BATCH: usize = 4096;

/// Writes one record: `{"NAME":…}` and a line break.
fn record<C: Codec>(name: &str, model: &C::Model, out: &mut impl Write) -> Result<()> {
    write!(out, "{{\"{name}\":")?;
    serde_json::to_writer(&mut *out, &C::store(model))?;
    out.write_all(b"}\n")
}

/// The part of a bundle that is known before the verdict: judging uses the evidence up.
pub struct Draft {
    bytes: Vec<u8>,
    missing: usize,
    runs: usize,
    seen: usize,
}

impl Draft {
    /// Stores evidence and circumstances.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn new(part: &Part, evidence: &Evidence, context: &Context) -> Result<Self> {
        let header = Header {
            version: VERSION,
            lockgate: env!("CARGO_PKG_VERSION").into(),
            scheme: FINGERPRINT_SCHEME.into(),
        };
        let mut bytes = Vec::new();
        record::<Header>("bundle", &header, &mut bytes)?;
        record::<Part>("part", part, &mut bytes)?;
        record::<Context>("context", context, &mut bytes)?;
        many::<Problem>("missing", &evidence.missing, &mut bytes)?;
        for witnessed in &evidence.runs {
            record::<Run>("run", &witnessed.run, &mut bytes)?;
            many::<Located>("seen", &witnessed.observations, &mut bytes)?;
        }
        Ok(Self {
            bytes,
            missing: evidence.missing.len(),
            runs: evidence.runs.len(),
            seen: evidence.runs.iter().map(|w| w.observations.len()).sum(),
        })
    }

    /// Writes the bundle, with the verdict that the evidence led to.
    ///
    /// # Errors
    /// The writer's.
    pub fn finish(&self, assessment: &Assessment, out: &mut impl Write) -> Result<()> {
        let decided: Vec<Then> = assessment.findings.iter().map(Then::of).collect();
        self.end(&Answer::of(assessment), &decided, out)
    }

    /// Writes the bundle of a share, which by itself is never enough for a verdict.
    ///
    /// # Errors
    /// The writer's.
    pub fn finish_share(&self, out: &mut impl Write) -> Result<()> {
        let answer = Answer {
            verdict: Verdict::Incomplete,
            sources: Vec::new(),
            reasons: vec!["shard"],
        };
        self.end(&answer, &[], out)
    }

    fn end(&self, answer: &Answer, decided: &[Then], out: &mut impl Write) -> Result<()> {
        out.write_all(&self.bytes)?;
        record::<Answer>("verdict", answer, out)?;
        many::<Then>("decided", decided, out)?;
        let end = End {
            part: Some(true),
            missing: (self.missing > 0).then_some(self.missing),
            runs: self.runs,
            seen: self.seen,
            decided: decided.len(),
        };
        record::<End>("end", &end, out)
    }
}

fn many<C: Codec<Model: Sync>>(
    name: &str,
    models: &[C::Model],
    out: &mut impl Write,
) -> Result<()> {
    for batch in models.chunks(BATCH) {
        let lines: Vec<Vec<u8>> = batch
            .par_iter()
            .map(|model| {
                let mut line = Vec::new();
                record::<C>(name, model, &mut line).map(|()| line)
            })
            .collect::<Result<_>>()?;
        for line in lines {
            out.write_all(&line)?;
        }
    }
    Ok(())
}
