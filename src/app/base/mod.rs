//! Finding the base, and what differs from it.

mod choose;
mod describe;
mod privileged;

pub use describe::describe;

use crate::edge::files::Root;
use crate::edge::git::{Commit, Repository, Touched, Untold};
use crate::error::Error;
use crate::event::{Id, Told};
use crate::model::{Base, Untrusted};
use choose::Choice;

/// What the judged state is compared with, while its files can be asked for.
pub enum Compared<'r> {
    /// This commit.
    With(Known<'r>),
    /// Nothing, for the reason in here.
    Without(Base),
}

/// A base that can be read.
pub struct Known<'r> {
    /// What people call it.
    pub name: Untrusted,
    /// The commit whose policy, waivers and baseline decide: the target as it is now.
    pub target: Commit<'r>,
    /// The commit that the change started from.
    pub start: Commit<'r>,
    /// The files that differ from the start.
    pub touched: Touched,
}

/// What was found, with sentences of ours for the user.
pub struct Found<'r> {
    /// The base, or why there is none.
    pub compared: Compared<'r>,
    /// Whether the user has named a base. Where that is not there, nothing is compared.
    pub asked: bool,
    /// What the user should know about it.
    pub notes: Vec<String>,
}

/// Finds the base of what is checked out: the one that the user gives, else that of the event.
///
/// # Errors
/// When what is checked out is certainly not what the event asks about, or must not be checked out
/// there.
pub fn find<'r>(
    told: &Told,
    given: Option<&str>,
    repository: Option<&'r Repository>,
    root: &Root,
) -> Result<Found<'r>, Error> {
    privileged::refuse(told, repository)?;
    // `github.event.before` of a new branch is all zeros: nobody means that.
    let given = given.filter(|name| !Id::is_zero(name));
    let mut notes = Vec::new();
    let choice = match given {
        Some(name) => {
            let choice = choose::named(name, told, repository);
            if let (Ok(choice), Ok(events)) = (&choice, choose::by_event(told, repository)?)
                && choice.start.id() != events.start.id()
            {
                notes.push(
                    "--base names another commit than the event does; --base is what counts"
                        .to_owned(),
                );
            }
            choice
        }
        None => choose::by_event(told, repository)?,
    };
    let compared = choice.and_then(|choice| compare(choice, repository, root));
    let compared = compared.unwrap_or_else(|base| Compared::Without(*base));
    Ok(Found {
        compared,
        asked: given.is_some(),
        notes,
    })
}

fn compare<'r>(
    choice: Choice<'r>,
    repository: Option<&'r Repository>,
    root: &Root,
) -> Result<Compared<'r>, Box<Base>> {
    let head = choose::head(repository)?;
    let repository = head.repository();
    let touched = repository.touched(&choice.start, &head);
    let mut touched = touched.map_err(|why| match why {
        Untold::Absent => choose::unreadable(
            "the base commit's files are not in this checkout",
            choose::WHOLE_HISTORY,
        ),
        Untold::TooMany => choose::unreadable(
            "the change touches too many files to tell new from old",
            "divide it, or judge it without a base: --event workflow_dispatch",
        ),
    })?;
    repository.add_uncommitted(root, &mut touched);
    Ok(Compared::With(Known {
        name: choice.name,
        target: choice.target,
        start: choice.start,
        touched,
    }))
}
