//! Everything that a verdict needs, gathered: the policy, the evidence, the context.

use super::authority::{self, Circumstances};
use super::base::{self, Compared, Found};
use super::committed::Committed;
use super::request::Request;
use super::{gather, kept, memory, suppressions};
use crate::assess::{self, Proposal};
use crate::canary;
use crate::cli::When;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, events};
use crate::error::Error;
use crate::event;
use crate::model::{Assessment, Baseline, Context, Event, Evidence};
use crate::policy::Policy;

/// A case to be judged.
pub struct Case {
    /// By what.
    pub policy: Policy,
    /// What the judged change makes of policy and baseline. It decides nothing.
    pub proposed: Option<Proposal>,
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
        let circumstances = Circumstances {
            named: request.policy.as_deref(),
            root: &request.root,
            event: told.event,
            repository: repository.as_ref(),
            colour,
        };
        let mut chosen = authority::choose(&circumstances, &compared)?;
        let baseline = kept::load(request, &circumstances, &compared, &mut chosen)?;
        let state = state(request, told.event, &compared)?;
        let (alerts, alerts_unread) = memory::alerts(request, told.event)?;
        let committed = Committed::new(&request.root, repository.as_ref(), &compared, told.event);
        let added = suppressions::examine(&compared, told.event, &request.root);
        let (mut evidence, undone) =
            gather::evidence(request, &chosen.policy, &committed, &compared);
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
            baseline,
            state,
            alerts,
            alerts_unread: alerts_unread.is_some(),
            policy_changes: chosen.changes,
            authority: chosen.authority,
        };
        Ok(Self {
            policy: chosen.policy,
            proposed: chosen.proposed,
            evidence,
            context,
        })
    }

    /// Judges it.
    pub fn assess(self) -> Assessment {
        let proposed = self.proposed.as_ref();
        let mut assessment =
            assess::assess_both(self.evidence, &self.policy, proposed, &self.context);
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
