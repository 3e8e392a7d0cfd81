//! The baseline of a check. Like the policy, it is the base's where a change is judged: it lets
//! findings pass.

use super::authority::{Chosen, Circumstances, head_of, is_foreign, unread, without};
use super::base::Compared;
use super::baseline;
use super::request::Request;
use super::shelf::{Failure, Places, Shelf, find};
use crate::assess::Proposal;
use crate::edge::terminal;
use crate::error::Error;
use crate::model::{Authority, Baseline, Foreign as _, PolicyError, Untrusted};
use crate::policy::{Policy, baseline_changes};

/// The baseline that counts. What the change makes of it is added to what it makes of the policy.
///
/// # Errors
/// It is named and cannot be used.
pub fn load(
    request: &Request,
    given: &Circumstances<'_>,
    compared: &Compared<'_>,
    chosen: &mut Chosen,
) -> Result<Option<Baseline>, Error> {
    let of_tree = |policy: &Policy| baseline::load(request, policy);
    if !chosen.judged || request.writes_baseline {
        return of_tree(&chosen.policy);
    }
    let Some(places) = places(request, &chosen.policy) else {
        propose(request, given, compared, chosen, None)?;
        return Ok(None);
    };
    if is_foreign(&places, given, compared) {
        return of_tree(&chosen.policy);
    }
    let known = match compared {
        Compared::With(known) => known,
        Compared::Without(base) => {
            chosen.authority.origin = without(base);
            return of_tree(&chosen.policy);
        }
    };
    let of_base = match find(&Shelf::Commit(known.target), &places) {
        Ok(found) => found,
        Err(Failure::Unreadable) => {
            chosen.authority.origin = unread();
            return of_tree(&chosen.policy);
        }
        Err(failure) => return Err(unusable(failure)),
    };
    let parsed = of_base.map(|found| baseline::parse(&found.name, &found.text));
    let mut old = parsed.transpose()?;
    if let Some(old) = &mut old {
        baseline::look_for_files(old, given.root);
    }
    propose(request, given, compared, chosen, old.as_ref())?;
    Ok(old)
}

/// Where it may be: where the user says, failing that where the policy says.
pub fn places(request: &Request, policy: &Policy) -> Option<Places> {
    if let Some(name) = &request.baseline {
        return Some(Places::of(Some(name), &request.root));
    }
    policy.baseline.clone().map(Places::inside)
}

/// What the change makes of it.
fn propose(
    request: &Request,
    given: &Circumstances<'_>,
    compared: &Compared<'_>,
    chosen: &mut Chosen,
    old: Option<&Baseline>,
) -> Result<(), Error> {
    let Compared::With(known) = compared else {
        return Ok(());
    };
    let policy = chosen.proposed.as_ref().and_then(|p| p.policy.as_ref());
    let Some(places) = places(request, policy.unwrap_or(&chosen.policy)) else {
        // The change no longer compares with one, which its policy says.
        if let Some(proposal) = &mut chosen.proposed {
            proposal.baseline = None;
        }
        return Ok(());
    };
    let text = |shelf: &Shelf<'_>| find(shelf, &places).ok().flatten().map(|found| found.text);
    let head = head_of(given);
    let new = match find(&head, &places) {
        Ok(Some(new)) => new,
        Ok(None) if old.is_some() => {
            let error = "the change removes the file, and the policy or the command line names it";
            wrong(chosen, places.name(), error);
            return Ok(());
        }
        Ok(None) => {
            // Neither the base nor the change has it: a mistake of whoever named it.
            baseline::load(request, &chosen.policy)?;
            return Ok(());
        }
        Err(_) => {
            wrong(chosen, places.name(), "the baseline cannot be read");
            return Ok(());
        }
    };
    if old.is_none() {
        terminal::err(
            "note: the base has no baseline; the one of this change takes effect after the merge\n",
        );
    }
    let before = text(&Shelf::Commit(known.start));
    if before.as_ref() == Some(&new.text) {
        if let Some(proposal) = &mut chosen.proposed {
            proposal.baseline = old.cloned();
        }
        return Ok(());
    }
    match baseline::parse(&new.name, &new.text) {
        Err(error) => wrong(chosen, &new.name, &error.message),
        Ok(mut parsed) => {
            baseline::look_for_files(&mut parsed, given.root);
            let before = before.and_then(|text| baseline::parse(&new.name, &text).ok());
            let source = Untrusted::from(new.name.as_str());
            let changes = baseline_changes(before.as_ref().or(old), Some(&parsed), &source);
            if !changes.is_empty() || chosen.proposed.is_some() {
                chosen.changes.extend(changes);
                chosen.changes.sort_by_key(|change| change.direction);
                let proposal = chosen.proposed.get_or_insert_with(Proposal::default);
                proposal.baseline = Some(parsed);
            }
        }
    }
    Ok(())
}

fn wrong(chosen: &mut Chosen, name: &str, message: &str) {
    if chosen.authority.errors.len() < Authority::MOST {
        chosen.authority.errors.push(PolicyError {
            source: name.into(),
            place: None,
            message: message.into(),
        });
    }
}

/// The error of a baseline that cannot be read from a commit.
pub fn unusable(failure: Failure) -> Error {
    let error = Error::usage("the baseline of the base commit cannot be used");
    match failure.errors().into_iter().next() {
        Some(first) => error.detail(format!("{}: {}", first.source.raw(), first.message.raw())),
        None => error,
    }
}
