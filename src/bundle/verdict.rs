//! What was decided when the bundle was written. Nothing of it takes part in a new verdict; it is
//! what a new one is compared with.

use super::codec::{by_word, record};
use super::words::{Code, Hex};
use crate::model::{
    Assessment, Decided, Disposition, Foreign as _, GateName, Severity, Untrusted, Verdict,
    WaiverUse,
};
use jiff::civil::Date;

/// The verdict of that time.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The answer.
    pub verdict: Verdict,
    /// The policy's files, the most specific first.
    pub sources: Vec<Untrusted>,
    /// Codes of the reasons, most important first.
    pub reasons: Vec<&'static str>,
    /// What became of each finding.
    pub findings: Vec<Then>,
}

/// What became of a finding at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Then {
    /// Which finding.
    pub fingerprint: String,
    /// [`Disposition::word`].
    pub disposition: &'static str,
    /// The gate that decided, and its file.
    pub gate: Option<GateName>,
    /// Until when it was waived.
    pub until: Option<Date>,
    /// What the gates took for its severity.
    pub severity: Severity,
    /// The name under which people know it: the best known advisory, else the rule.
    pub name: Untrusted,
    /// One line.
    pub title: Untrusted,
}

by_word! {
    Verdict { Pass, Warn, Block, Incomplete }
}

record! {
    GateName as GateForm {
        name: Untrusted,
        source: Untrusted,
    }
    Then as ThenForm {
        fingerprint: Hex,
        disposition: Code,
        gate: Option<GateName>,
        until: Option<Date>,
        severity: Severity,
        name: Untrusted,
        title: Untrusted,
    }
    Header as HeaderForm {
        version: u32,
        lockgate: Untrusted,
        scheme: Untrusted,
    }
    Answer as AnswerForm {
        verdict: Verdict,
        sources: Vec<Untrusted>,
        reasons: Vec<Code>,
    }
    End as EndForm {
        part: Option<bool>,
        missing: Option<usize>,
        runs: usize,
        seen: usize,
        decided: usize,
    }
}

/// The first record.
pub struct Header {
    /// [`super::VERSION`].
    pub version: u32,
    /// The program's version.
    pub lockgate: Untrusted,
    /// [`crate::model::FINGERPRINT_SCHEME`].
    pub scheme: Untrusted,
}

/// [`Judged`] without its findings.
pub struct Answer {
    /// See [`Judged::verdict`].
    pub verdict: Verdict,
    /// See [`Judged::sources`].
    pub sources: Vec<Untrusted>,
    /// See [`Judged::reasons`].
    pub reasons: Vec<&'static str>,
}

/// The last record.
#[derive(Default, PartialEq, Eq)]
pub struct End {
    /// True when there is a part; absent otherwise.
    pub part: Option<bool>,
    /// Number of things that are missing, unless nothing is.
    pub missing: Option<usize>,
    /// Number of runs.
    pub runs: usize,
    /// Number of observations.
    pub seen: usize,
    /// Number of findings.
    pub decided: usize,
}

impl Judged {
    /// What an assessment says, as a bundle would keep it.
    pub fn of(assessment: &Assessment) -> Self {
        let Answer {
            verdict,
            sources,
            reasons,
        } = Answer::of(assessment);
        Self {
            verdict,
            sources,
            reasons,
            findings: assessment.findings.iter().map(Then::of).collect(),
        }
    }
}

impl Answer {
    /// The answer of an assessment.
    pub fn of(assessment: &Assessment) -> Self {
        Self {
            verdict: assessment.verdict,
            sources: assessment.policy.sources.clone(),
            reasons: assessment.reasons.iter().map(|r| r.code).collect(),
        }
    }
}

impl Then {
    /// What an assessment made of a finding.
    pub fn of(decided: &Decided) -> Self {
        let until = match &decided.disposition {
            Disposition::Waived(_, WaiverUse { expires, .. }) => Some(*expires),
            _ => None,
        };
        let observation = &decided.finding.observation;
        let advisory = observation.advisories.first().map(|id| id.as_str());
        Self {
            fingerprint: decided.finding.fingerprint.clone(),
            disposition: decided.disposition.word(),
            gate: decided.disposition.gate().cloned(),
            until,
            severity: decided.effective,
            name: advisory.unwrap_or(observation.rule.raw()).into(),
            title: observation.title.clone(),
        }
    }
}
