//! Reading a bundle.

use super::codec::Codec as _;
use super::context::ContextForm;
use super::evidence::{LocatedForm, ProblemForm, RunForm};
use super::part::{Part, PartForm};
use super::verdict::{
    Answer, AnswerForm, End, EndForm, Header, HeaderForm, Judged, Then, ThenForm,
};
use super::{Bad, Bundle, MAX_LINE, MAX_RUNS, VERSION};
use crate::model::{
    Context, Evidence, FINGERPRINT_SCHEME, Foreign as _, Located, Problem, Run, ScannerId,
    SourceDigests, Untrusted, Witnessed,
};
use serde::Deserialize;

/// A record. The largest are boxed.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    Bundle(HeaderForm),
    Part(Box<PartForm>),
    Context(Box<ContextForm>),
    Missing(Box<ProblemForm>),
    Run(Box<RunForm>),
    Seen(Box<LocatedForm>),
    Verdict(AnswerForm),
    Decided(ThenForm),
    End(EndForm),
}

/// Reads a whole bundle. `home` gives the home page of a tool that lockgate knows.
///
/// # Errors
/// Says what is wrong with it, and in which line. There is no half a bundle.
pub fn read(
    bytes: &[u8],
    home: &dyn Fn(&ScannerId) -> Option<&'static str>,
) -> Result<Bundle, Bad> {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty());
    let mut next = || -> Result<Option<(usize, Record)>, Bad> {
        let Some((index, line)) = lines.next() else {
            return Ok(None);
        };
        let number = index + 1;
        Ok(Some((number, parse(line).map_err(|bad| at(number, bad))?)))
    };
    match next() {
        Ok(Some((line, Record::Bundle(form)))) => {
            header(&Header::restore(form).map_err(|bad| at(line, bad))?)?;
        }
        Ok(_) => return Err(Bad::new("it is not a bundle: it does not begin like one")),
        Err(bad) => {
            return Err(Bad {
                text: "it is not a bundle: it does not begin like one".to_owned(),
                ..bad
            });
        }
    }
    let mut parts = Parts::default();
    while let Some((line, record)) = next()? {
        parts.add(record, home).map_err(|bad| at(line, bad))?;
    }
    parts.whole()
}

fn at(line: usize, bad: Bad) -> Bad {
    Bad {
        text: format!("line {line}: {}", bad.text),
        ..bad
    }
}

fn parse(line: &[u8]) -> Result<Record, Bad> {
    if line.len() > MAX_LINE {
        let most = MAX_LINE / 1024 / 1024;
        return Err(Bad::new(format!("it is longer than {most} MiB")));
    }
    serde_json::from_slice(line)
        .map_err(|e| Bad::new("it cannot be understood").detail(e.to_string()))
}

fn header(header: &Header) -> Result<(), Bad> {
    if header.version != VERSION {
        return Err(Bad::new(format!(
            "it has version {} of the format, and this lockgate reads version {VERSION}",
            header.version
        ))
        .detail(format!("written by lockgate {}", header.lockgate.raw())));
    }
    if header.scheme.raw() != FINGERPRINT_SCHEME {
        let text = format!("its fingerprints are not of the scheme {FINGERPRINT_SCHEME}");
        return Err(Bad::new(text).detail(header.scheme.clone()));
    }
    Ok(())
}

/// What was read so far.
#[derive(Default)]
struct Parts {
    part: Option<Part>,
    context: Option<Context>,
    evidence: Evidence,
    answer: Option<Answer>,
    findings: Vec<Then>,
    count: End,
    end: Option<End>,
}

impl Parts {
    fn add(
        &mut self,
        record: Record,
        home: &dyn Fn(&ScannerId) -> Option<&'static str>,
    ) -> Result<(), Bad> {
        if self.end.is_some() {
            return Err(Bad::new("something follows the end"));
        }
        let misplaced = || Err(Bad::new("the record does not belong here"));
        match record {
            Record::Part(form) if self.part.is_none() && self.context.is_none() => {
                self.count.part = Some(true);
                self.part = Some(Part::restore(*form)?);
            }
            Record::Missing(form) if self.context.is_some() && self.evidence.runs.is_empty() => {
                *self.count.missing.get_or_insert(0) += 1;
                self.evidence.missing.push(Problem::restore(*form)?);
            }
            Record::Context(form) if self.context.is_none() => {
                self.context = Some(Context::restore(*form)?);
            }
            Record::Run(_) if self.count.runs >= MAX_RUNS => {
                return Err(Bad::new(format!("it has more than {MAX_RUNS} runs")));
            }
            Record::Run(form) if self.context.is_some() && self.answer.is_none() => {
                let run = Run::restore(*form)?;
                self.count.runs += 1;
                self.evidence.runs.push(Witnessed {
                    run: Run {
                        home: home(&run.scanner),
                        ..run
                    },
                    observations: Vec::new(),
                });
            }
            Record::Seen(form) if self.answer.is_none() => {
                let Some(run) = self.evidence.runs.last_mut() else {
                    return misplaced();
                };
                self.count.seen += 1;
                run.observations.push(seen(Located::restore(*form)?));
            }
            Record::Verdict(form) if self.context.is_some() && self.answer.is_none() => {
                self.answer = Some(Answer::restore(form)?);
            }
            Record::Decided(form) if self.answer.is_some() => {
                self.count.decided += 1;
                self.findings.push(Then::restore(form)?);
            }
            Record::End(form) if self.answer.is_some() => self.end = Some(End::restore(form)?),
            _ => return misplaced(),
        }
        Ok(())
    }

    fn whole(self) -> Result<Bundle, Bad> {
        let (Some(context), Some(answer), Some(end)) = (self.context, self.answer, self.end) else {
            return Err(Bad::new("it is cut off: the end is missing"));
        };
        if end != self.count {
            return Err(Bad::new("records are missing, or were added"));
        }
        let Answer {
            verdict,
            sources,
            reasons,
        } = answer;
        Ok(Bundle {
            part: self.part,
            evidence: self.evidence,
            context,
            judged: Judged {
                verdict,
                sources,
                reasons,
                findings: self.findings,
            },
        })
    }
}

/// Neither text nor digest of a line that holds a secret is kept, whatever the bundle says.
fn seen(mut located: Located) -> Located {
    if located.observation.holds_secret() {
        located.line_text = None::<Untrusted>;
        located.observation.quoted_line = None;
        located.digests = SourceDigests::default();
    }
    located
}
