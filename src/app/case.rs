//! Everything that a verdict needs, gathered: the policy, the evidence, the context.

use super::base::{self, Compared};
use super::request::Request;
use super::{baseline, gather, policy};
use crate::assess;
use crate::cli::When;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, events};
use crate::error::Error;
use crate::model::{Assessment, Base, Context, Evidence};
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
        let event = request.event.unwrap_or_else(events::current);
        let repository = Repository::open(&request.root);
        let compared = base::find(event, request.base.as_deref(), repository.as_ref());
        let colour = colour(request.color, Stream::Err);
        let policy = policy::load(request.policy.as_deref(), &request.root, colour)?;
        let baseline = baseline::load(request, &policy)?;
        let evidence = gather::evidence(request, &policy);
        if let Compared::Without(Base::Unreadable { why, mend }) = &compared {
            terminal::err(&format!("note: {why}; {mend}\n"));
        }
        let context = Context {
            prefix: request.root.prefix(),
            now: request.as_of.unwrap_or_else(clock::now),
            event,
            base: base::describe(compared, &evidence.runs, &request.root),
            baseline,
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
