//! Everything that a verdict needs, gathered: the policy, the evidence, the context.

use super::base::{self, Compared};
use super::request::Request;
use super::{baseline, gather, memory, policy};
use crate::assess;
use crate::canary;
use crate::cli::When;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, events};
use crate::error::Error;
use crate::model::{Assessment, Base, Baseline, Context, Event, Evidence};
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
        let state = state(request, event, &compared)?;
        let alerts = memory::alerts(request)?;
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
            state,
            alerts,
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
        let mut assessment = assess::assess(self.evidence, &self.policy, &self.context);
        canary::add(&mut assessment, &self.policy, &self.context);
        assessment
    }
}

/// The state of the last scan, unless the judged change brings it along: it would set its own
/// clocks.
fn state(
    request: &Request,
    event: Event,
    compared: &Compared<'_>,
) -> Result<Option<Baseline>, Error> {
    let path = request
        .state
        .as_deref()
        .and_then(|p| request.root.inside(p));
    if let (true, Compared::With(known), Some(path)) = (event.judges_a_change(), compared, path)
        && known.touched.files.contains(&path)
    {
        terminal::err("note: the change alters the state file, so that it is not read\n");
        return Ok(None);
    }
    memory::state(request)
}

/// Whether to colour what goes to a stream.
pub fn colour(when: When, stream: Stream) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal::wants_colour(stream),
    }
}
