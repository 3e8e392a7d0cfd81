//! Whose policy decides.
//!
//! A change must not judge itself. Where a change is judged, the policy and everything that it
//! extends are those of the commit that the change is to be merged into; what the change makes of
//! them is shown, and takes effect after the merge. The policy of the working tree decides where
//! there is no change to judge: on a push, on a schedule, on a person's own machine.

use super::base::{Compared, Known};
use super::policy;
use super::shelf::{self, Failure, Places, Shelf};
use crate::assess::Proposal;
use crate::edge::files::Root;
use crate::edge::git::{Commit, Look, Repository};
use crate::edge::named::Named;
use crate::error::{Error, ErrorKind};
use crate::model::{
    Authority, Base, Event, Foreign as _, PolicyChange, PolicyError, PolicyOrigin, Revision,
};
use crate::policy::{self as rules, DEFAULT, Nothing, Policy};

/// The policy that decides, and what the judged change makes of it.
pub struct Chosen {
    /// The policy.
    pub policy: Policy,
    /// Whose it is.
    pub authority: Authority,
    /// How the change alters it.
    pub changes: Vec<PolicyChange>,
    /// What the change makes of policy and baseline, when that is something else.
    pub proposed: Option<Proposal>,
    /// Whether a change is judged, or a preview of that is wanted.
    pub judged: bool,
}

impl Chosen {
    fn with(policy: Policy, origin: PolicyOrigin) -> Self {
        Self {
            policy,
            authority: Authority {
                origin,
                errors: Vec::new(),
            },
            changes: Vec::new(),
            proposed: None,
            judged: false,
        }
    }
}

/// What is known of the run when the policy is chosen.
pub struct Circumstances<'a> {
    /// The policy that the user names.
    pub named: Option<&'a str>,
    /// The checked folder.
    pub root: &'a Root,
    /// Why the check runs.
    pub event: Event,
    /// Whether the user has named a base, which may not be there.
    pub asked: bool,
    /// Its history, if there is one.
    pub repository: Option<&'a Repository>,
    /// Whether errors are drawn in colour.
    pub colour: bool,
}

impl Circumstances<'_> {
    /// Whether a change is judged, or a preview of that is wanted.
    fn judges(&self, compared: &Compared<'_>) -> bool {
        let preview = || self.asked || matches!(compared, Compared::With(_));
        self.event.judges_a_change() || (self.event == Event::Local && preview())
    }
}

/// What the setting of a checkout that lacks something has to be.
const WHOLE_CHECKOUT: &str = "give actions/checkout the setting fetch-depth: 0 and no filter";

/// Chooses.
///
/// # Errors
/// There is no policy, or it has errors.
pub fn choose(given: &Circumstances<'_>, compared: &Compared<'_>) -> Result<Chosen, Error> {
    let judged = given.judges(compared);
    Ok(Chosen {
        judged,
        ..chosen(given, compared, judged)?
    })
}

fn chosen(
    given: &Circumstances<'_>,
    compared: &Compared<'_>,
    judged: bool,
) -> Result<Chosen, Error> {
    let shipped = given
        .named
        .is_some_and(|name| name.starts_with("lockgate:"));
    let tree = || policy::load(given.named, given.root, given.colour);
    if !judged || shipped {
        return Ok(Chosen::with(tree()?, PolicyOrigin::Given));
    }
    let places = Places::of(given.named, given.root);
    if given.named.is_some() && is_foreign(&places, given, compared) {
        return Ok(Chosen::with(tree()?, PolicyOrigin::Given));
    }
    match compared {
        Compared::With(known) => of_the_base(given, known, &places),
        Compared::Without(base) => Ok(Chosen::with(tree()?, without(base))),
    }
}

/// The origin of what is only there as the change has it.
pub fn without(base: &Base) -> PolicyOrigin {
    let (why, mend) = match base {
        Base::Unreadable { why, mend } => (why.as_str(), mend.as_str()),
        Base::None { why } => (why.as_str(), WHOLE_CHECKOUT),
        _ => ("there is no base", WHOLE_CHECKOUT),
    };
    PolicyOrigin::Change {
        why: why.to_owned(),
        mend: mend.to_owned(),
    }
}

/// The origin of what this checkout should hold and does not.
pub fn unread() -> PolicyOrigin {
    without(&Base::Unreadable {
        why: "this checkout lacks a part of the base commit".to_owned(),
        mend: WHOLE_CHECKOUT.to_owned(),
    })
}

/// True for a file that no commit of the repository knows: one outside of it, or one that the
/// workflow itself put there, such as a second checkout with the policies of the organisation. The
/// change cannot have brought it along.
pub fn is_foreign(places: &Places, given: &Circumstances<'_>, compared: &Compared<'_>) -> bool {
    let unknown = |shelf: Shelf<'_>, place: &Named| Places::entry(&shelf, place) == Look::Absent;
    let there = |place: &&Named| match place {
        Named::Outside => true,
        place => given.root.is_plain(place),
    };
    match places.each().find(there) {
        None => false,
        Some(Named::Outside) => true,
        Some(place) => {
            let head = given.repository.and_then(Repository::head);
            let in_base = match compared {
                Compared::With(known) => places
                    .each()
                    .any(|place| !unknown(Shelf::Commit(known.target), place)),
                Compared::Without(_) => false,
            };
            !in_base && head.is_some_and(|head| unknown(Shelf::Commit(head), place))
        }
    }
}

/// The policy that a commit has, or else the default; `None` when this checkout lacks a part of the
/// commit.
///
/// # Errors
/// It is there and cannot be used.
pub fn of_commit(
    commit: Commit<'_>,
    base: Revision,
    places: &Places,
    colour: bool,
) -> Result<Option<(Policy, PolicyOrigin)>, Error> {
    Ok(Some(match shelf::load(&Shelf::Commit(commit), places) {
        Ok(Some(policy)) => (policy, PolicyOrigin::Base(base)),
        Ok(None) => (default()?, PolicyOrigin::Default(base)),
        Err(Failure::Unreadable) => return Ok(None),
        Err(failure) => return Err(wrong_in_base(failure, &base, colour)),
    }))
}

fn of_the_base(
    given: &Circumstances<'_>,
    known: &Known<'_>,
    places: &Places,
) -> Result<Chosen, Error> {
    let base = Revision {
        name: known.name.clone(),
        id: known.target.id(),
    };
    let Some((policy, origin)) = of_commit(known.target, base, places, given.colour)? else {
        let policy = policy::load(given.named, given.root, given.colour)?;
        return Ok(Chosen::with(policy, unread()));
    };
    let head = head_of(given);
    // What the change does is seen from where it started. Since then the target may have moved on,
    // and what happened there is not the change's doing.
    let start = match known.start.id() == known.target.id() {
        true => None,
        false => Some(shelf::load(&Shelf::Commit(known.start), places)),
    };
    let broken_before = matches!(start, Some(Err(Failure::Wrong(_) | Failure::Unusable(..))));
    let gone = given.named.is_some() && matches!(origin, PolicyOrigin::Base(_));
    let mut chosen = Chosen::with(policy, origin);
    let proposed = match shelf::load(&head, places) {
        Ok(None) if gone => Err(gone_by(given.named)),
        Ok(None) if given.named.is_some() => {
            // Neither the base nor the change has it: a mistake on the command line.
            policy::load(given.named, given.root, given.colour)?;
            return Ok(chosen);
        }
        Ok(None) => Ok(default()?),
        Ok(Some(policy)) => Ok(policy),
        Err(failure) => Err(failure.errors()),
    };
    match proposed {
        Ok(proposed) => {
            let before = match start {
                Some(Ok(Some(policy))) => Some(policy),
                Some(Ok(None)) => Some(default()?),
                _ => None,
            };
            chosen.changes = rules::changes(before.as_ref().unwrap_or(&chosen.policy), &proposed);
            chosen.proposed = (!chosen.changes.is_empty()).then(|| Proposal {
                policy: Some(proposed),
                baseline: None,
            });
        }
        Err(_) if broken_before => {}
        Err(mut errors) => {
            errors.truncate(Authority::MOST);
            chosen.authority.errors = errors;
        }
    }
    Ok(chosen)
}

/// What would be merged; on a person's machine also what is not committed yet.
pub fn head_of<'a>(given: &Circumstances<'a>) -> Shelf<'a> {
    match (given.event, given.repository.and_then(Repository::head)) {
        (Event::Local, _) | (_, None) => Shelf::Tree(given.root),
        (_, Some(head)) => Shelf::Commit(head),
    }
}

/// The policy that holds when there is no file.
fn default() -> Result<Policy, Error> {
    let missing = || Error::new(ErrorKind::Internal, "the default policy is not shipped");
    let source = rules::shipped(DEFAULT).ok_or_else(missing)?;
    rules::load(&source, &Nothing).map_err(|_| missing())
}

fn gone_by(named: Option<&str>) -> Vec<PolicyError> {
    vec![PolicyError {
        source: named.unwrap_or_default().into(),
        place: None,
        message: "the change removes the file, and the command line names it".into(),
    }]
}

/// The base's policy cannot be used, so that nothing can be judged, not even what mends it.
fn wrong_in_base(failure: Failure, base: &Revision, colour: bool) -> Error {
    let id = base.short();
    let of_base = format!("the policy of the base commit {id}");
    let error = match failure {
        Failure::Wrong(errors) => policy::wrong(&of_base, &errors, colour),
        Failure::Unreadable => Error::new(ErrorKind::Policy, of_base),
        Failure::Unusable(why, source) => {
            let message = format!("{of_base} cannot be used: {why}");
            Error::new(ErrorKind::Policy, message).detail(source.raw())
        }
    };
    error.hint(
        "a change is judged by the policy of what it is merged into, so that mending the policy takes \
         somebody who may merge past this check, or one run with --policy lockgate:balanced",
    )
}
