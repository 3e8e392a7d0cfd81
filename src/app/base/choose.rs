//! Which commit is the base.

use crate::edge::git::{Commit, Repository};
use crate::error::Error;
use crate::event::{Branch, Compare, Id, Pull, Push, Told};
use crate::model::{Base, Event, Untrusted};

/// The commits to compare with.
pub struct Choice<'r> {
    /// What people call them.
    pub name: Untrusted,
    /// See [`super::Known::target`].
    pub target: Commit<'r>,
    /// See [`super::Known::start`].
    pub start: Commit<'r>,
}

/// The commits, or the state without them.
pub type Chosen<'r> = Result<Choice<'r>, Box<Base>>;

/// The setting that brings the whole history into a checkout.
pub const WHOLE_HISTORY: &str = "give actions/checkout the setting fetch-depth: 0";

/// The one that brings a merge commit's parents.
const PARENTS: &str = "give actions/checkout the setting fetch-depth: 2";

const NO_REPOSITORY: &str = "this is no Git repository, or one that cannot be read";

const AGAIN: &str = "check out once more, with the whole of that commit";

/// A base that cannot be read.
pub fn unreadable(why: &str, mend: &str) -> Box<Base> {
    Box::new(Base::Unreadable {
        why: why.to_owned(),
        mend: mend.to_owned(),
    })
}

fn none(why: &str) -> Box<Base> {
    Box::new(Base::None {
        why: why.to_owned(),
    })
}

/// The commit that is checked out, where there must be one.
pub fn head(repository: Option<&Repository>) -> Result<Commit<'_>, Box<Base>> {
    let repository = repository.ok_or_else(|| {
        unreadable(
            NO_REPOSITORY,
            "check out with Git: where a runner has none, actions/checkout downloads the files alone",
        )
    })?;
    repository
        .head()
        .ok_or_else(|| match repository.is_unborn() {
            true => none("the repository has no commit yet"),
            false => unreadable("the commit that is checked out cannot be read", AGAIN),
        })
}

/// The base that the user names.
pub fn named<'r>(name: &str, told: &Told, repository: Option<&'r Repository>) -> Chosen<'r> {
    let head = head(repository)?;
    let repository = head.repository();
    let at_origin = || repository.commit_at(&Branch::parse(name)?.at_origin());
    let target = repository.find(name).or_else(at_origin);
    let target = target.ok_or_else(|| {
        let mend = match told.event {
            Event::Local => "fetch it, or name a commit that is here",
            _ => CHECK_NAME,
        };
        unreadable(
            "the base that was named is no commit of this checkout",
            mend,
        )
    })?;
    Ok(since(name.into(), target, &head))
}

/// The base that the event means.
///
/// # Errors
/// When what is checked out is certainly not what the event asks about.
pub fn by_event<'r>(told: &Told, repository: Option<&'r Repository>) -> Result<Chosen<'r>, Error> {
    match &told.compare {
        Compare::Whole => return Ok(Err(Box::new(Base::Whole))),
        Compare::Local => return Ok(Err(none(LOCAL))),
        Compare::Tag => {
            return Ok(Err(none("a tag is no change")));
        }
        Compare::Other => return Ok(Err(none(OTHER))),
        Compare::Pull(_) | Compare::Queue { .. } | Compare::Push(_) => {}
    }
    let head = match head(repository) {
        Ok(head) => head,
        Err(base) => return Ok(Err(base)),
    };
    Ok(match &told.compare {
        Compare::Pull(pull) => {
            stranger(pull, told, &head)?;
            pulled(pull, told, head)
        }
        Compare::Queue {
            head: built,
            base,
            into,
        } => {
            left_behind([built.as_ref(), told.commit.as_ref()], base.as_ref(), &head)?;
            queued(base.as_ref(), into.as_ref(), head)
        }
        Compare::Push(push) => {
            let after = [push.after.as_ref(), told.commit.as_ref()];
            left_behind(after, push.before.as_ref(), &head)?;
            pushed(push, head)
        }
        Compare::Whole | Compare::Local | Compare::Tag | Compare::Other => {
            Err(none("there is nothing to compare with"))
        }
    })
}

const LOCAL: &str = "no base is given (--base main tells new from old)";

const OTHER: &str = "this event names no base (--base REV gives one)";

/// From where the change left its target. Where this checkout does not reach back so far, or they have
/// nothing in common, the target itself: what it does not have, the merge would bring in, so that
/// nothing is then taken for older than it is.
fn since<'r>(name: Untrusted, target: Commit<'r>, head: &Commit<'r>) -> Choice<'r> {
    let start = head.repository().parted(&target, head).unwrap_or(target);
    Choice {
        name,
        target,
        start,
    }
}

/// The second parent of what is checked out, if it is a merge of two.
fn merged(head: &Commit<'_>) -> Option<(String, String)> {
    match <[String; 2]>::try_from(head.parents()) {
        Ok([first, second]) => Some((first, second)),
        Err(_) => None,
    }
}

fn is(commit: &str, id: Option<&Id>) -> bool {
    id.is_some_and(|id| id.as_str() == commit)
}

/// A pull request whose commits are not checked out would be judged by what the target holds, and
/// pass. `pull_request_target` does that by default, and so does a checkout of the base.
fn stranger(pull: &Pull, told: &Told, head: &Commit<'_>) -> Result<(), Error> {
    let here = head.id();
    let its_own = is(&here, pull.head.as_ref())
        || merged(head).is_some_and(|(_, second)| is(&second, pull.head.as_ref()));
    let targets =
        is(&here, pull.base.as_ref()) || (pull.privileged && is(&here, told.commit.as_ref()));
    if its_own || !targets {
        return Ok(());
    }
    Err(
        Error::usage("the target branch is checked out, not the pull request that is to be judged")
            .hint("run on pull_request, where actions/checkout takes the change by itself")
            .hint("or say --event workflow_dispatch to judge what is checked out for its own sake"),
    )
}

/// A merge group or a push of which the state before is checked out would be compared with itself,
/// and everything in it be old.
fn left_behind(
    after: [Option<&Id>; 2],
    before: Option<&Id>,
    head: &Commit<'_>,
) -> Result<(), Error> {
    let here = head.id();
    let meant = after.into_iter().any(|id| is(&here, id));
    let named = after.into_iter().any(|id| id.is_some());
    if meant || !named || !is(&here, before) {
        return Ok(());
    }
    Err(
        Error::usage("what was there before is checked out, not the commits that are to be judged")
            .hint("let actions/checkout take what the event is about: remove its setting ref")
            .hint("or say --event workflow_dispatch to judge what is checked out for its own sake"),
    )
}

fn pulled<'r>(pull: &Pull, told: &Told, head: Commit<'r>) -> Chosen<'r> {
    let repository = head.repository();
    let here = head.id();
    let name = |fallback: &str| {
        let branch = pull.into.as_ref().map(Branch::name);
        branch.unwrap_or_else(|| fallback.into())
    };
    if let Some((first, second)) = merged(&head).filter(|_| !is(&here, pull.head.as_ref())) {
        // The test merge: what is judged is the target with the change, so that the target as it was
        // merged is the base, whatever the event says, which may be older. Without an event, the
        // runner's own words say that it is one.
        let by_runner = pull.head.is_none() && pull.merged && is(&here, told.commit.as_ref());
        if is(&second, pull.head.as_ref()) || by_runner {
            let target = repository.commit_of(&first).ok_or_else(|| {
                unreadable(
                    "the checkout holds the test merge alone, without the base that it merges into",
                    PARENTS,
                )
            })?;
            return Ok(Choice {
                name: name(&first),
                target,
                start: target,
            });
        }
    }
    let base = pull.base.as_ref();
    let target = base.and_then(|base| repository.commit_of(base.as_str()));
    let target = target.or_else(|| at_origin(repository, pull.into.as_ref()));
    let target = target.ok_or_else(|| absent(told, base, pull.into.as_ref()))?;
    Ok(since(name(&target.id()), target, &head))
}

/// Why the commit that an event names is not there.
fn absent(told: &Told, base: Option<&Id>, into: Option<&Branch>) -> Box<Base> {
    match (base, into) {
        (None, None) if told.understood => unreadable("the event names no base", GIVE_BASE),
        (None, None) => unreadable(
            "there is no file of the event (GITHUB_EVENT_PATH) that can be understood",
            GIVE_BASE,
        ),
        _ => unreadable("the base commit is not in this checkout", WHOLE_HISTORY),
    }
}

const CHECK_NAME: &str =
    "look whether the name is right, and give actions/checkout the setting fetch-depth: 0";

const GIVE_BASE: &str = "name the base: --base REV, or the input base of the action";

/// The origin's branch, as this checkout knows it.
fn at_origin<'r>(repository: &'r Repository, branch: Option<&Branch>) -> Option<Commit<'r>> {
    repository.commit_at(&branch?.at_origin())
}

fn queued<'r>(base: Option<&Id>, into: Option<&Branch>, head: Commit<'r>) -> Chosen<'r> {
    let repository = head.repository();
    let target = match base {
        Some(base) => repository.commit_of(base.as_str()),
        // Older servers do not say; the branch is then where the queue starts, or shortly after.
        None => at_origin(repository, into),
    };
    let why = match (base, into) {
        (None, None) => unreadable("the event names no base", GIVE_BASE),
        _ => unreadable(
            "the base of the merge queue is not in this checkout",
            WHOLE_HISTORY,
        ),
    };
    let target = target.ok_or(why)?;
    let branch = into.map(Branch::name);
    let name = branch.unwrap_or_else(|| target.id().into());
    Ok(since(name, target, &head))
}

fn pushed<'r>(push: &Push, head: Commit<'r>) -> Chosen<'r> {
    let repository = head.repository();
    let branch = |branch: Option<&Branch>, commit: &Commit<'_>| {
        let name = branch.map(Branch::name);
        name.unwrap_or_else(|| commit.id().into())
    };
    let by_default = || {
        let target = at_origin(repository, push.default.as_ref())?;
        Some(since(branch(push.default.as_ref(), &target), target, &head))
    };
    let to_default = push.branch.is_some() && push.branch == push.default;
    if let Some(before) = &push.before {
        if let Some(target) = repository.commit_of(before.as_str()) {
            let name = branch(push.branch.as_ref(), &target);
            return Ok(since(name, target, &head));
        }
        // What was rewritten away is in no branch, so that no checkout fetches it. Seen from the
        // default branch the change is at least as large.
        let rewritten = (push.forced && !to_default).then(by_default).flatten();
        let gone = push.forced && (to_default || !repository.is_shallow());
        let mend = if gone { FETCH_BEFORE } else { WHOLE_HISTORY };
        return rewritten
            .ok_or_else(|| unreadable("the commit before the push is not in this checkout", mend));
    }
    if !push.created {
        let why = "the event does not say what was there before the push";
        return Err(unreadable(why, GIVE_BASE));
    }
    if to_default || head.parents().is_empty() {
        return Err(none(
            "this is the first push, before which there was nothing",
        ));
    }
    by_default().ok_or_else(|| {
        unreadable(
            "the branch is new, and the default branch, which it would be compared with, is not in this checkout",
            WHOLE_HISTORY,
        )
    })
}

const FETCH_BEFORE: &str = "history was rewritten: fetch that commit in a step before this one, git fetch origin \
     with the id from github.event.before";
