//! A status on the commit beside the job's own, for who wants one: a check run, or a commit status.
//!
//! The job itself is the better check to require: GitHub puts a check run that a workflow makes under
//! whichever workflow it likes, and none of the two can be had on forks.

use super::{Brought, Hub, Step};
use crate::cli::{Status, Wish};
use crate::github::Trouble;
use crate::github::statuses::{self, ANNOTATIONS, CheckRun, Conclusion, LONGEST, Output};
use crate::model::{Assessment, Verdict};
use crate::report::{check, markdown, phrase};

/// Requests for annotations beyond the first: no more than a person looks at.
const MORE: usize = 2;

/// What is to be done for the option. A status cannot be required: without it, what needs it waits.
pub fn step(status: Status) -> Option<(Wish, Step)> {
    match status {
        Status::Off => None,
        Status::CheckRun => Some((Wish::Auto, check_run)),
        Status::Commit => Some((Wish::Auto, commit_status)),
    }
}

/// Its name, by which people require it.
fn name(hub: &Hub) -> String {
    match hub.key.as_str() {
        "" => "lockgate".to_owned(),
        key => format!("lockgate/{key}"),
    }
}

/// The commit that people see: of a pull request its last one, not the test merge.
fn commit(hub: &Hub) -> Option<&str> {
    let subject = &hub.subject;
    let id = subject.head.as_ref().or(subject.commit.as_ref());
    id.map(|id| id.as_str())
}

fn conclusion(verdict: Verdict) -> Conclusion {
    match verdict {
        Verdict::Pass | Verdict::Warn => Conclusion::Success,
        Verdict::Block | Verdict::Incomplete => Conclusion::Failure,
    }
}

fn check_run(hub: &Hub, assessment: &Assessment) -> Brought {
    let Some(commit) = commit(hub) else {
        return Brought::Not("check run: nobody says of which commit".to_owned());
    };
    match write(hub, commit, assessment) {
        Ok(()) => Brought::Done(None),
        Err(trouble) => Brought::failed("check run", &trouble),
    }
}

fn write(hub: &Hub, commit: &str, assessment: &Assessment) -> Result<(), Trouble> {
    let annotations = check::annotations(assessment, ANNOTATIONS * (1 + MORE));
    let mut batches = annotations.chunks(ANNOTATIONS);
    let title = phrase::verdict(assessment);
    let summary = markdown::within(assessment, &[], LONGEST);
    let output = |annotations| Output {
        title: &title,
        summary: &summary,
        annotations,
    };
    let request = statuses::create(
        &hub.repository,
        &CheckRun {
            name: &name(hub),
            head_sha: commit,
            details_url: &hub.run_page(),
            conclusion: conclusion(assessment.verdict),
            output: output(batches.next().unwrap_or_default()),
        },
    );
    let answer = hub.client.send(&request)?;
    let made = statuses::made(&answer, &request)?;
    for batch in batches {
        let request = statuses::add(&hub.repository, made.id, &output(batch));
        hub.client.send(&request)?;
    }
    Ok(())
}

fn commit_status(hub: &Hub, assessment: &Assessment) -> Brought {
    let Some(commit) = commit(hub) else {
        return Brought::Not("commit status: nobody says of which commit".to_owned());
    };
    let request = statuses::status(
        &hub.repository,
        commit,
        conclusion(assessment.verdict),
        &name(hub),
        &check::description(assessment),
        &hub.run_page(),
    );
    match hub.client.send(&request) {
        Ok(_) => Brought::Done(None),
        Err(trouble) => Brought::failed("commit status", &trouble),
    }
}
