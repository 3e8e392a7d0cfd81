//! Findings → code scanning.

use super::{Brought, Hub};
use crate::edge::files::Root;
use crate::edge::git::Repository;
use crate::escape;
use crate::event::Subject;
use crate::github::code_scanning::{self, Analysis, Receipt, State};
use crate::github::{Request, Trouble};
use crate::model::{Assessment, Event, Untrusted};
use crate::upload::{self, Part, Plan, Way};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Pauses before each look at what became of the uploads, in ninetieths of the time that is left: by
/// default that many seconds. Small uploads take the server a few seconds; github/codeql-action waits
/// 5, then twice as long each time.
const PAUSES: [u32; 4] = [2, 6, 12, 24];

/// Most uploads whose state is asked for one by one at each look.
const MOST_STATES: usize = 3;

/// What the alerts belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A full id.
    pub commit: String,
    /// `refs/heads/…`, `refs/tags/…`, `refs/pull/N/merge` or `refs/pull/N/head`.
    pub reference: String,
}

/// Uploads what this run has seen.
pub fn bring(hub: &Hub, assessment: &Assessment) -> Brought {
    if hub.event == Event::MergeGroup {
        // Its branch is gone when the queue is done, and rules of code scanning do not look at it
        // (docs.github.com, "Set code scanning merge protection"); the push that follows brings the
        // same to the branch.
        return Brought::Nothing;
    }
    to(hub, assessment, checked_out().as_deref())
}

fn to(hub: &Hub, assessment: &Assessment, checked_out: Option<&str>) -> Brought {
    match target(&hub.subject, hub.event, checked_out) {
        Ok(target) => send(hub, &target, assessment),
        Err(why) => Brought::Not(format!("code scanning: {why}")),
    }
}

/// Uploads what the run of a pull request has seen, of which nothing is checked out here.
pub fn publish(hub: &Hub, assessment: &Assessment) -> Brought {
    to(hub, assessment, None)
}

/// The commit that is checked out in the working folder.
fn checked_out() -> Option<String> {
    let root = Root::open(Path::new(".")).ok()?;
    Some(Repository::open(&root)?.head()?.id())
}

/// Commit and reference must belong together (docs.github.com, "Upload an analysis as SARIF data").
/// The runner's own pair does, unless the job has checked out the change itself instead of its test
/// merge (github/codeql-action, `src/git-utils.ts`, `getRef`), or something else altogether.
///
/// # Errors
/// With a clause, when there is no pair that is right.
pub fn target(
    subject: &Subject,
    event: Event,
    checked_out: Option<&str>,
) -> Result<Target, &'static str> {
    let (Some(commit), Some(reference)) = (&subject.commit, &subject.reference) else {
        return Err("nothing was uploaded: GITHUB_SHA and GITHUB_REF name no commit of a branch");
    };
    if event == Event::PullRequest && !reference.starts_with("refs/pull/") {
        return Err(
            "nothing was uploaded: the run stands on the target branch, and the findings of a change do not belong there",
        );
    }
    let here = checked_out.unwrap_or(commit.as_str());
    if here == commit.as_str() {
        return Ok(Target {
            commit: commit.as_str().to_owned(),
            reference: reference.clone(),
        });
    }
    let head = subject.head.as_ref().filter(|head| head.as_str() == here);
    match (subject.number, head) {
        (Some(number), Some(head)) => Ok(Target {
            commit: head.as_str().to_owned(),
            reference: format!("refs/pull/{number}/head"),
        }),
        // Another branch's findings would close the alerts of this one.
        _ => {
            Err("nothing was uploaded: what is checked out is not the commit that the run is about")
        }
    }
}

/// Uploads to a target, waits for the server to work on it, and tells what it says.
pub fn send(hub: &Hub, target: &Target, assessment: &Assessment) -> Brought {
    let plan = upload::plan(assessment, &hub.key);
    let mut sending = Sending {
        hub,
        target,
        plan: &plan,
        waiting: BTreeMap::new(),
        wrong: Vec::new(),
        notes: Vec::new(),
    };
    for part in &plan.parts {
        if let Err(why) = sending.post(part) {
            let fork = match hub.subject.has_few_rights() {
                true => "; the token of a pull request from a fork or by Dependabot is read-only",
                false => "",
            };
            return Brought::Not(format!(
                "code scanning: nothing more was uploaded: {why}{fork}"
            ));
        }
    }
    sending.wait();
    sending.finish()
}

/// Uploads under way.
struct Sending<'s, 'a> {
    hub: &'s Hub,
    target: &'s Target,
    plan: &'s Plan<'a>,
    /// What the server works on, and the categories.
    waiting: BTreeMap<Receipt, String>,
    /// What was not taken, in sentences.
    wrong: Vec<String>,
    /// What else is to be told.
    notes: Vec<String>,
}

impl<'a> Sending<'_, 'a> {
    /// Sends a piece.
    ///
    /// # Errors
    /// When no other piece can be sent either, with the reason.
    fn post(&mut self, part: &Part<'a>) -> Result<(), String> {
        let category = part.category();
        let packed = match self.plan.ready(part) {
            Ok(packed) => packed,
            Err(why) => {
                self.wrong.push(format!("{category} was not sent: {why}"));
                return Ok(());
            }
        };
        let Target { commit, reference } = self.target;
        let sarif = upload::base64(&packed);
        let request = code_scanning::upload(&self.hub.repository, commit, reference, &sarif);
        let receipt = self.ask(&request, Receipt::read);
        match receipt {
            // That a run failed is an error there, too; nothing else is to be expected.
            Ok(_) if part.failed => {}
            Ok(receipt) => {
                self.waiting.insert(receipt, category.to_owned());
            }
            Err(trouble) => match code_scanning::closed(&trouble) {
                Some(why) => return Err(format!("{why}{}", said(trouble.said.as_ref()))),
                None => {
                    let why = trouble.why();
                    let words = said(trouble.said.as_ref());
                    self.wrong.push(format!("{category}: {why}{words}"));
                }
            },
        }
        Ok(())
    }

    fn ask<T>(
        &self,
        request: &Request,
        read: fn(&crate::github::Answer, &Request) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        read(&self.hub.client.send(request)?, request)
    }

    /// Looks what became of the uploads until the server is done or there is no more time.
    fn wait(&mut self) {
        let share: Duration = self.hub.client.left() / 90;
        for (look, pause) in PAUSES.into_iter().enumerate() {
            if self.waiting.is_empty() || !self.hub.client.wait(share * pause) {
                return;
            }
            let request = code_scanning::analyses(&self.hub.repository, &self.target.reference);
            match self.ask(&request, Analysis::read) {
                Ok(analyses) => self.compare(&analyses),
                Err(trouble) if code_scanning::is_empty(&trouble) => {}
                Err(trouble) => {
                    let words = said(trouble.said.as_ref());
                    self.notes.push(format!("{}{words}", trouble.why()));
                    return;
                }
            }
            if look > 0 {
                // What was refused has no analysis.
                self.ask_each();
            }
        }
    }

    fn compare(&mut self, analyses: &[Analysis]) {
        for analysis in analyses {
            let known = |(receipt, _): &(&Receipt, &String)| receipt.id() == analysis.sarif_id;
            let Some((receipt, _)) = self.waiting.iter().find(known) else {
                continue;
            };
            let receipt = receipt.clone();
            let category = self.waiting.remove(&receipt).unwrap_or_default();
            if let Some(words) = analysis.error() {
                self.wrong
                    .push(format!("{category} was refused{}", said(Some(&words))));
            }
            if let Some(words) = analysis.warning() {
                self.notes
                    .push(format!("{category}: GitHub warns{}", said(Some(&words))));
            }
        }
        self.vacate(analyses);
    }

    /// Empties what nothing is sent to any more.
    fn vacate(&mut self, analyses: &[Analysis]) {
        let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
        for analysis in analyses {
            newest
                .entry(analysis.category())
                .or_insert(analysis.results_count);
        }
        let full = newest.iter().filter(|(_, results)| **results > 0);
        let full: Vec<&str> = full.map(|(category, _)| *category).collect();
        for part in self.plan.vacated(&full) {
            if let Err(why) = self.post(&part) {
                self.wrong
                    .push(format!("{} was not emptied: {why}", part.category()));
                return;
            }
        }
    }

    fn ask_each(&mut self) {
        let asked: Vec<Receipt> = self.waiting.keys().take(MOST_STATES).cloned().collect();
        for receipt in asked {
            let request = code_scanning::state(&self.hub.repository, &receipt);
            match self.ask(&request, State::read) {
                Ok(State::Pending) | Err(_) => {}
                Ok(State::Complete) => {
                    self.waiting.remove(&receipt);
                }
                Ok(State::Failed(words)) => {
                    let category = self.waiting.remove(&receipt).unwrap_or_default();
                    self.wrong
                        .push(format!("{category} was refused{}", said(Some(&words))));
                }
            }
        }
    }

    fn finish(mut self) -> Brought {
        if !self.waiting.is_empty() {
            let categories: Vec<&str> = self.waiting.values().map(String::as_str).collect();
            self.notes.push(format!(
                "GitHub has taken {} and is still working on it",
                categories.join(", ")
            ));
        }
        self.notes.extend(self.plan.tell(Way::Api));
        let mut parts = self.wrong.clone();
        parts.append(&mut self.notes);
        match self.wrong.is_empty() {
            true if parts.is_empty() => Brought::Done(None),
            true => Brought::Done(Some(format!("code scanning: {}", parts.join(". ")))),
            false => Brought::Not(format!("code scanning: {}", parts.join(". "))),
        }
    }
}

/// The server's own words, in brackets.
fn said(words: Option<&Untrusted>) -> String {
    words.map_or_else(String::new, |words| {
        format!(" (GitHub says: {})", escape::terminal_up_to(words, 300))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Id;

    const MERGE: &str = "1111111111111111111111111111111111111111";
    const HEAD: &str = "2222222222222222222222222222222222222222";

    fn subject(reference: &str) -> Subject {
        Subject {
            commit: Id::parse(MERGE),
            reference: Some(reference.to_owned()),
            ..Subject::default()
        }
    }

    fn pull() -> Subject {
        Subject {
            number: Some(7),
            head: Id::parse(HEAD),
            ..subject("refs/pull/7/merge")
        }
    }

    fn pair(subject: &Subject, event: Event, checked_out: Option<&str>) -> (String, String) {
        let target = target(subject, event, checked_out).unwrap();
        (target.commit, target.reference)
    }

    #[test]
    fn commit_and_reference_belong_together() {
        let merge = (MERGE.to_owned(), "refs/pull/7/merge".to_owned());
        let head = (HEAD.to_owned(), "refs/pull/7/head".to_owned());
        let pulled = |checked_out| pair(&pull(), Event::PullRequest, checked_out);
        assert_eq!(pulled(Some(MERGE)), merge);
        assert_eq!(pulled(None), merge);
        assert_eq!(pulled(Some(HEAD)), head);
        let pushed = pair(&subject("refs/heads/main"), Event::Push, Some(MERGE));
        assert_eq!(pushed, (MERGE.to_owned(), "refs/heads/main".to_owned()));
        let tag = pair(&subject("refs/tags/v1"), Event::Push, None);
        assert_eq!(tag.1, "refs/tags/v1");
    }

    #[test]
    fn findings_of_a_change_never_go_to_the_target_branch() {
        let privileged = Subject {
            reference: Some("refs/heads/main".to_owned()),
            ..pull()
        };
        assert!(target(&privileged, Event::PullRequest, Some(HEAD)).is_err());
        // A job of `workflow_run` or of a schedule that has checked out something else.
        let other = subject("refs/heads/main");
        assert!(target(&other, Event::Manual, Some(HEAD)).is_err());
        assert!(target(&other, Event::Schedule, Some(HEAD)).is_err());
        assert!(target(&Subject::default(), Event::Push, None).is_err());
    }
}
