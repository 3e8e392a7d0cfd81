//! Runs with the repository's secrets do not judge somebody's change.

use crate::edge::git::{Commit, Repository};
use crate::error::Error;
use crate::event::{Id, Privileged, Told};
use crate::model::Event;

/// Refuses to go on where the code of a change is checked out in a run that holds the repository's
/// token and secrets: whatever the verdict would be, the checkout is the hole.
///
/// # Errors
/// The change is checked out there: its last commit, a merge that has it as second parent, or
/// something that contains it. Where a pull request has started the run or is to be judged, also what
/// cannot be told from that.
pub fn refuse(told: &Told, repository: Option<&Repository>) -> Result<(), Error> {
    let Some(run) = &told.privileged else {
        return Ok(());
    };
    let Some(head) = repository.and_then(Repository::head) else {
        return Ok(());
    };
    if holds_change(run, &head) {
        let text = format!("the code of the change is checked out in {}", run.name);
        return Err(refused(&text));
    }
    let known = run.own.iter().any(|own| own.as_str() == head.id());
    if (run.of_pull || told.event == Event::PullRequest) && !known {
        let text = format!(
            "what is checked out in {} is none of the commits that the event calls the repository's own, so that it may be the code of the change",
            run.name
        );
        return Err(refused(&text));
    }
    Ok(())
}

fn refused(text: &str) -> Error {
    Error::usage(format!(
        "{text}: that job has the repository's token and secrets, and every tool that it starts obeys the change"
    ))
    .hint("run on pull_request, which forks may use as well: lockgate needs no secret for its verdict")
    .hint("to comment on pull requests of forks, post from a second workflow: lockgate publish")
}

fn holds_change(run: &Privileged, head: &Commit<'_>) -> bool {
    let here = head.id();
    if run.own.iter().any(|own| own.as_str() == here) {
        return false;
    }
    let parents = head.parents();
    let near = |id: &Id| here == id.as_str() || parents.iter().skip(1).any(|p| p == id.as_str());
    // Of a checkout with history, also what was built upon the change since.
    let within = |id: &Id| {
        let repository = head.repository();
        let commit = repository.commit_of(id.as_str());
        let base = commit.and_then(|commit| repository.parted(&commit, head));
        base.is_some_and(|base| base.id() == id.as_str())
    };
    run.change.iter().any(|id| near(id) || within(id))
}
