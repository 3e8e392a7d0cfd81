//! The tracking issue of scheduled scans.

use super::{Brought, Hub};
use crate::github::issues::{self, Become, Issue};
use crate::github::{Request, Trouble};
use crate::model::{Assessment, Untrusted};
use crate::tracking::{self, Action, LABEL, Left, Marker, Matters, Memory, Recalled, Scan, Text};

/// Opens, rewrites, closes the issue, as the scan asks for.
pub fn bring(hub: &Hub, assessment: &Assessment) -> Brought {
    match deliver(hub, assessment) {
        Ok(brought) => brought,
        Err(trouble) => Brought::failed("the tracking issue was not written", &trouble),
    }
}

/// An issue that is ours.
struct Found {
    issue: Issue,
    marker: Marker,
}

fn deliver(hub: &Hub, assessment: &Assessment) -> Result<Brought, Trouble> {
    let mut found = ours(hub)?;
    if found.iter().any(|found| found.marker.run > run(hub)) {
        return Ok(Brought::Done(Some(
            "the tracking issue is left as a later scan has written it".to_owned(),
        )));
    }
    let further = found.split_off(found.len().min(1));
    close_needless(hub, &found, &further)?;
    let matters = Matters::of(assessment);
    let before = found.pop();
    let left = before.as_ref().map(|found| left(&found.issue));
    let action = tracking::decide(left.as_ref(), &matters.remembered());
    let anew = left.as_ref().is_some_and(|left| left.memory.is_none());
    let memory = left.and_then(|left| left.memory);
    let memory = tracking::remember(memory, assessment, &matters);
    let text = tracking::body(&Text {
        assessment,
        matters: &matters,
        scan: &scan(hub),
        memory: &memory,
        anew,
        marker: &marker(hub).write(),
    });
    let Some(issue) = before.map(|found| found.issue) else {
        return match action {
            Action::Open => open(hub, &text),
            _ => Ok(Brought::Nothing),
        };
    };
    let become_ = match action {
        Action::Leave | Action::Open => return Ok(Brought::Nothing),
        Action::Rewrite => Become::Same,
        Action::Close => Become::Done,
        Action::Reopen => Become::Open,
    };
    let request = issues::update(&hub.repository, issue.number, &text, become_);
    hub.client.send(&request)?;
    let what = match action {
        Action::Close => "closed, nothing is left",
        Action::Reopen => "opened again",
        _ if issue.state != "open" => "left closed, nothing new has come since somebody closed it",
        _ => "brought up to date",
    };
    Ok(done(hub, issue.number, what))
}

fn done(hub: &Hub, number: u64, what: &str) -> Brought {
    let (web, name) = (hub.client.server().web(), hub.repository.full_name());
    Brought::Done(Some(format!(
        "tracking issue {what}: {web}/{name}/issues/{number}"
    )))
}

fn run(hub: &Hub) -> (u64, u64) {
    (hub.run.id, hub.run.attempt)
}

fn marker(hub: &Hub) -> Marker {
    Marker {
        key: hub.key.clone(),
        run: run(hub),
    }
}

fn scan(hub: &Hub) -> Scan {
    let subject = &hub.subject;
    let reference = subject.reference.as_deref();
    let branch = reference.and_then(|name| name.strip_prefix("refs/heads/"));
    Scan {
        home: format!(
            "{}/{}",
            hub.client.server().web(),
            hub.repository.full_name()
        ),
        run: hub.run_page(),
        commit: subject.commit.as_ref().map(|id| id.as_str().to_owned()),
        branch: branch.map(Untrusted::from),
    }
}

/// The issues with our label, our author and our key, the oldest first.
fn ours(hub: &Hub) -> Result<Vec<Found>, Trouble> {
    let request = issues::list(&hub.repository, LABEL);
    let mut found = Vec::new();
    for page in hub.client.pages(&request)? {
        let issues = issues::read_page(&request, &page)?;
        let mine = issues.into_iter().filter_map(|issue| {
            let marker = Marker::read(&issue.body())?;
            let ours = marker.key == hub.key && issue.is_by_actions() && !issue.is_pull_request();
            ours.then_some(Found { issue, marker })
        });
        found.extend(mine);
    }
    found.sort_by_key(|found| found.issue.number);
    Ok(found)
}

fn left(issue: &Issue) -> Left {
    Left {
        open: issue.state == "open",
        memory: match Memory::read(&issue.body()) {
            Recalled::Known(memory) => Some(memory),
            Recalled::Damaged => None,
        },
    }
}

/// Two scans at the same time may have opened two: the oldest stays, the others lose their mark.
fn close_needless(hub: &Hub, kept: &[Found], further: &[Found]) -> Result<(), Trouble> {
    let Some(kept) = kept.first() else {
        return Ok(());
    };
    let text = format!(
        "This is told in #{}. Two scans had opened an issue at the same time.\n",
        kept.issue.number
    );
    for needless in further {
        let number = needless.issue.number;
        let request = issues::update(&hub.repository, number, &text, Become::Needless);
        hub.client.send(&request)?;
    }
    Ok(())
}

fn open(hub: &Hub, text: &str) -> Result<Brought, Trouble> {
    let title = tracking::title(&hub.key);
    let request = issues::create(&hub.repository, &title, text, &tracking::LABELS);
    let labelled = create(hub, &request)?;
    if !labelled {
        return Ok(Brought::Not(format!(
            "the tracking issue was opened without its label `{LABEL}`, by which the next scan finds it: \
             make the label, and put it on the issue"
        )));
    }
    // Another scan may have done the same.
    let found = ours(hub)?;
    let (kept, further) = found.split_at(found.len().min(1));
    close_needless(hub, kept, further)?;
    Ok(match kept.first() {
        Some(kept) => done(hub, kept.issue.number, "opened"),
        // The list lags behind what was written; the answer was there.
        None => Brought::Done(Some("tracking issue opened".to_owned())),
    })
}

/// Sends the request; false when the issue has no label. One that was lost on the way may have been
/// carried out, which the list shows.
fn create(hub: &Hub, request: &Request) -> Result<bool, Trouble> {
    match hub.client.send(request) {
        Ok(answer) => {
            let issue: Issue = answer.json(request)?;
            Ok(issue.has_label(LABEL))
        }
        Err(trouble) if trouble.may_be_done() => match ours(hub)?.is_empty() {
            true => Err(trouble),
            false => Ok(true),
        },
        Err(trouble) => Err(trouble),
    }
}
