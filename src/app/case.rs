//! Everything that a verdict needs, gathered: the policy, the evidence, the context.

use super::base::{self, Found};
use super::request::Request;
use super::{gather, policy, suppressions};
use crate::assess;
use crate::cli::When;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, events};
use crate::error::Error;
use crate::event;
use crate::model::{Assessment, Context, Evidence};
use crate::policy::Policy;

/// A case to be judged.
pub struct Case {
    /// By what.
    pub policy: Policy,
    /// On what grounds.
    pub evidence: Evidence,
    /// In which circumstances.
    pub context: Context,
}

impl Case {
    /// Gathers it.
    pub fn gather(request: &Request) -> Result<Self, Error> {
        let told = event::read(events::surroundings().as_ref(), request.event);
        let repository = Repository::open(&request.root);
        let given = request.base.as_deref();
        let Found { compared, notes } =
            base::find(&told, given, repository.as_ref(), &request.root)?;
        let colour = colour(request.color, Stream::Err);
        let policy = policy::load(request.policy.as_deref(), &request.root, colour)?;
        let added = suppressions::examine(&compared, told.event, &request.root);
        let (mut evidence, undone) = gather::evidence(request, &policy, &compared);
        let added = added.map(|added| added.witnessed(&undone, &evidence.runs));
        evidence.runs.extend(added);
        for note in notes {
            terminal::err(&format!("note: {note}\n"));
        }
        let context = Context {
            prefix: request.root.prefix(),
            now: request.as_of.unwrap_or_else(clock::now),
            event: told.event,
            base: base::describe(compared, &evidence.runs, &request.root),
            baseline: None,
            policy_changes: Vec::new(),
        };
        Ok(Self {
            policy,
            evidence,
            context,
        })
    }

    /// Judges it.
    pub fn assess(self) -> Assessment {
        assess::assess(self.evidence, &self.policy, &self.context)
    }
}

/// Whether to colour what goes to a stream.
pub fn colour(when: When, stream: Stream) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal::wants_colour(stream),
    }
}
