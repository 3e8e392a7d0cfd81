//! Everything that a verdict needs, gathered: the policy, the evidence, the context.

use super::authority::{self, Circumstances};
use super::base::{self, Compared, Found};
use super::committed::Committed;
use super::configuration;
use super::own;
use super::quote::quote;
use super::request::Request;
use super::secrets;
use super::share::Share;
use super::suppressions::Undone;
use super::{gather, kept, memory, suppressions};
use crate::assess::{self, Proposal};
use crate::bundle::{Part, Shard};
use crate::canary;
use crate::cli::When;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, events};
use crate::error::Error;
use crate::event;
use crate::model::{Assessment, Baseline, Context, Event, Evidence, Foreign};
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
    /// What a bundle of it says of itself.
    pub part: Part,
}

/// What is known before there is any evidence.
pub struct Ground<'a, 'r> {
    /// What is asked for.
    pub request: &'a Request,
    /// The policy that decides.
    pub policy: &'a Policy,
    /// What git knows of reports.
    pub committed: &'a Committed<'r>,
    /// The base.
    pub compared: &'a Compared<'r>,
    /// The history, if there is one.
    pub repository: Option<&'r Repository>,
    /// What a bundle will say of itself, as far as it is known.
    pub part: &'a Part,
    /// Why the check runs.
    pub event: Event,
    /// What the last search of the whole history has left.
    pub history: Option<&'a str>,
}

/// Evidence with what belongs to it.
pub struct Gathered {
    /// The evidence.
    pub evidence: Evidence,
    /// Which suppressions had no effect.
    pub undone: Undone,
    /// Which share of a divided check it is.
    pub shard: Option<Shard>,
    /// What a search of the whole history leaves for the next one.
    pub history: Option<String>,
}

/// A way to come by evidence.
type Source<'s> = &'s dyn Fn(&Ground<'_, '_>) -> Result<Gathered, Error>;

impl Case {
    /// Gathers it: reads the reports, runs the tools.
    pub fn gather(request: &Request) -> Result<Self, Error> {
        Self::with(request, &|ground| {
            let share = Share::of(request, ground.policy, ground.repository)?;
            let (mut evidence, undone) = gather::evidence(
                request,
                ground.policy,
                ground.committed,
                ground.compared,
                &share,
            );
            let searched = secrets::run(ground, &share)?;
            let (run, history) = searched.unzip();
            evidence.runs.extend(run);
            evidence.runs.extend(configuration::run(ground, &share));
            quote(&mut evidence.runs, &request.root);
            Ok(Gathered {
                history: history.flatten(),
                evidence,
                undone,
                shard: share.shard(),
            })
        })
    }

    /// Gathers it from somewhere else.
    pub fn with(request: &Request, source: Source<'_>) -> Result<Self, Error> {
        let told = event::read(events::surroundings().as_ref(), request.event);
        let repository = Repository::open(&request.root);
        let given = request.base.as_deref();
        let Found {
            mut compared,
            asked,
            notes,
        } = base::find(&told, given, repository.as_ref(), &request.root)?;
        if let Compared::With(known) = &mut compared {
            known.touched.leave_out(&request.handed);
        }
        let colour = colour(request.color, Stream::Err);
        let circumstances = Circumstances {
            named: request.policy.as_deref(),
            root: &request.root,
            event: told.event,
            asked,
            repository: repository.as_ref(),
            colour,
        };
        let mut chosen = authority::choose(&circumstances, &compared)?;
        if let Some(scan) = &request.scan {
            own::narrow(&mut chosen.policy, &scan.scanner);
            secrets::narrow(&mut chosen.policy, scan);
        }
        let baseline = kept::load(request, &circumstances, &compared, &mut chosen)?;
        let mut state = state(request, told.event, &compared)?;
        let (alerts, alerts_unread) = memory::alerts(request, told.event)?;
        let committed = Committed::new(&request.root, repository.as_ref(), &compared, told.event);
        let head = repository.as_ref().and_then(Repository::head);
        let mut part = Part {
            commit: head.map(|head| head.id()),
            head: told.head().map(str::to_owned),
            policy: chosen.policy.digest.clone(),
            ..Part::default()
        };
        let Gathered {
            mut evidence,
            undone,
            shard,
            history,
        } = source(&Ground {
            request,
            policy: &chosen.policy,
            committed: &committed,
            compared: &compared,
            repository: repository.as_ref(),
            part: &part,
            event: told.event,
            history: state
                .as_ref()
                .and_then(|state| state.history.as_ref())
                .map(Foreign::raw),
        })?;
        if let (Some(state), Some(history)) = (&mut state, history) {
            state.history = Some(history.into());
        }
        // What the change adds is looked for once, by the job that judges.
        let added = match shard {
            Some(_) => None,
            // Somebody asks for one scanner alone.
            None if request.scan.is_some() => None,
            None => {
                let wanted = asked || told.event.judges_a_change();
                suppressions::examine(&compared, wanted, &request.root)
            }
        };
        let added = added.map(|added| added.witnessed(&undone, &evidence.runs));
        evidence.runs.extend(added);
        part.undone = undone;
        part.shard = shard;
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
            part,
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
