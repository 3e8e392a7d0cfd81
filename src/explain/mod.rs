//! Why a finding is judged as it is: the gates that were asked, the waivers, and what would change
//! the outcome. Pure: an assessment and its policy in, sections of sentences out.

mod find;
mod json;
mod render;
pub mod rule;
mod sections;
mod steps;

pub use find::{Missing, Search, search};
pub use json::{write, write_list, write_missing};
pub use render::{Style, list, missing, render};
pub use steps::{steps, waivers};

use crate::bundle::{Judged, Then};
use crate::model::{Assessment, Context, Decided};
use crate::policy::{self, Policy, Trace};
use crate::report::phrase::Phrase;

/// A finding with all that explains it.
pub struct Explained<'a> {
    /// The finding and what became of it.
    pub decided: &'a Decided,
    /// The check that it belongs to.
    pub assessment: &'a Assessment,
    /// The policy that decided.
    pub policy: &'a Policy,
    /// How it decided.
    pub trace: Trace,
    /// What was made of it when the bundle was written, if it comes from one.
    pub then: Option<&'a Then>,
}

impl<'a> Explained<'a> {
    /// Asks the policy again, and writes down what it answers.
    pub fn new(
        decided: &'a Decided,
        assessment: &'a Assessment,
        policy: &'a Policy,
        context: &Context,
        judged: Option<&'a Judged>,
    ) -> Self {
        let same = |then: &&Then| then.fingerprint == decided.finding.fingerprint;
        Self {
            decided,
            assessment,
            policy,
            trace: policy::trace(&decided.finding, decided.effective, policy, context),
            then: judged.and_then(|judged| judged.findings.iter().find(same)),
        }
    }
}

/// A heading with its lines.
#[derive(Debug, Clone)]
pub struct Section {
    /// Our words.
    pub title: &'static str,
    /// What stands below it.
    pub lines: Vec<Line>,
}

/// A sentence, and how far it is indented.
#[derive(Debug, Clone)]
pub struct Line {
    /// 0 for the outermost.
    pub depth: usize,
    /// The sentence.
    pub phrase: Phrase,
}

impl Line {
    fn new(depth: usize, phrase: Phrase) -> Self {
        Self { depth, phrase }
    }
}
