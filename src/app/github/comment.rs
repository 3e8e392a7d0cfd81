//! The one comment on the pull request: what is there, what to do with it, and doing it.
//!
//! Ordinarily two requests: a list, and a change or a new comment. A new one costs one more, because
//! another run may have written one at the same time; that happens once in a pull request's life.

use super::{Brought, Hub, Step};
use crate::cli::Wish;
use crate::github::{Trouble, comments};
use crate::model::{Assessment, Event, Foreign as _};
use crate::report::comment::{self, Need, Page};
use crate::sticky::{self, Comment, Identity, Marker, Ours, Plan, Stamp, Why};
use jiff::{SignedDuration, Timestamp};

/// How long before our own a comment may have been written that our list has not shown.
const RACE: SignedDuration = SignedDuration::from_mins(10);

/// How it is done for the option. A comment that is required is written on a clean pull request,
/// too.
pub fn step(wish: Wish) -> Step {
    match wish {
        Wish::Required => |hub, assessment| bring(hub, assessment, true),
        Wish::Auto | Wish::Off => |hub, assessment| {
            let speak = comment::need(assessment) == Need::Speak;
            bring(hub, assessment, speak)
        },
    }
}

/// Writes it; a new one only to `speak`.
fn bring(hub: &Hub, assessment: &Assessment, speak: bool) -> Brought {
    let (Some(number), Event::PullRequest) = (hub.subject.number, assessment.event) else {
        return Brought::Nothing;
    };
    let (marker, body) = compose(hub, assessment);
    let desk = Desk {
        hub,
        number,
        body,
        marker,
        runs: hub.runs(),
        speak: speak || hub.remarks.urgent,
    };
    match desk.write() {
        Ok(note) => Brought::Done(note),
        Err(trouble) => desk.failed(&trouble),
    }
}

/// The comment's marker and its whole body.
fn compose(hub: &Hub, assessment: &Assessment) -> (Marker, String) {
    let subject = &hub.subject;
    let commit = subject.head.as_ref().or(subject.commit.as_ref());
    let commit = commit.map(|id| id.as_str().to_owned());
    let mut marker = Marker {
        key: hub.key.clone(),
        verdict: assessment.verdict,
        head: commit.clone().unwrap_or_default(),
        stamp: Stamp {
            run: hub.run.id,
            attempt: hub.run.attempt,
        },
        digest: sticky::digest("", ""),
    };
    let page = Page {
        web: hub.client.server().web().to_owned(),
        repository: hub.repository.full_name(),
        commit,
        run: Some(hub.run_page()),
        key: hub.key.clone(),
        remarks: hub.remarks.lines.clone(),
        // The marker is ASCII, and has its length whatever the digest is.
        room: comments::LONGEST.saturating_sub(marker.write().len()),
    };
    let text = comment::render(assessment, &page);
    marker.digest = sticky::digest(&text, &hub.runs());
    let body = sticky::body(&marker, &text);
    (marker, body)
}

/// One comment to be written.
struct Desk<'a> {
    hub: &'a Hub,
    number: u64,
    marker: Marker,
    body: String,
    runs: String,
    speak: bool,
}

/// What a person may want to know about the comment.
type Note = Option<String>;

impl Desk<'_> {
    fn write(&self) -> Result<Note, Trouble> {
        let there = self.list(None)?;
        let mut identity = Identity::of_workflows();
        let mut plan = self.decide(&there, &identity);
        // Only where somebody else has our marker does it matter who we are.
        if matches!(plan.write, Ok(None) | Err(Why::Silent))
            && sticky::is_claimed(&there, &identity, &self.marker.key)
            && let Some(login) = self.hub.login()
        {
            identity = Identity::named(&login);
            plan = self.decide(&there, &identity);
        }
        match plan.write {
            Ok(None) => self.create(there, &identity),
            _ => self.carry_out(&plan, there, &identity, true),
        }
    }

    fn list(&self, since: Option<&str>) -> Result<Vec<Comment>, Trouble> {
        let request = comments::list(&self.hub.repository, self.number, since);
        let pages = self.hub.client.pages(&request)?;
        let pages = pages.iter().map(|page| comments::listed(page, &request));
        Ok(pages.collect::<Result<Vec<_>, _>>()?.concat())
    }

    fn decide(&self, there: &[Comment], identity: &Identity) -> Plan {
        let ours = Ours {
            marker: &self.marker,
            runs: &self.runs,
            speak: self.speak,
        };
        sticky::decide(there, identity, &ours)
    }

    /// A new comment. Nobody knows what became of a request that was not answered: then the list says
    /// whether it is there, before it is sent a second and last time.
    fn create(&self, mut there: Vec<Comment>, identity: &Identity) -> Result<Note, Trouble> {
        let request = comments::create(&self.hub.repository, self.number, &self.body);
        let sent = self.hub.client.send(&request);
        let sent = sent.and_then(|answer| comments::written(&answer, &request));
        let (identity, since) = match sent {
            Ok((comment, moment)) => (Identity::of(&comment.author), moment),
            Err(trouble) if trouble.may_be_done() => {
                let there = self.list(None)?;
                let plan = self.decide(&there, identity);
                if plan.write != Ok(None) {
                    return self.carry_out(&plan, there, identity, false);
                }
                let answer = self.hub.client.send(&request)?;
                let (comment, moment) = comments::written(&answer, &request)?;
                (Identity::of(&comment.author), moment)
            }
            Err(trouble) => return Err(trouble),
        };
        // It is there. Whether it is the only one is worth a look, but no failure.
        let since = since.as_deref().and_then(before);
        let Ok(seen) = self.list(since.as_deref()) else {
            return Ok(None);
        };
        there.retain(|old| seen.iter().all(|new| new.id != old.id));
        there.extend(seen);
        let plan = self.decide(&there, &identity);
        match plan.write {
            Ok(None) => Ok(None),
            _ => self.carry_out(&plan, there, &identity, false),
        }
    }

    /// Changes and removes. A comment that is gone may be made anew, `once`.
    fn carry_out(
        &self,
        plan: &Plan,
        there: Vec<Comment>,
        identity: &Identity,
        once: bool,
    ) -> Result<Note, Trouble> {
        let client = &self.hub.client;
        let mut notes = Vec::new();
        if let Ok(Some(id)) = plan.write {
            let request = comments::update(&self.hub.repository, id, &self.body);
            match client.send(&request) {
                // Somebody has removed it since.
                Err(trouble) if trouble.status == Some(404) && once => {
                    let gone = there.into_iter().filter(|comment| comment.id != id);
                    let there: Vec<Comment> = gone.collect();
                    let plan = self.decide(&there, identity);
                    return match plan.write {
                        Ok(None) => self.create(there, identity),
                        _ => self.carry_out(&plan, there, identity, false),
                    };
                }
                sent => sent.map(|_| ())?,
            }
        }
        for id in &plan.remove {
            let sent = client.send(&comments::delete(&self.hub.repository, *id));
            if let Err(trouble) = sent
                && trouble.status != Some(404)
            {
                notes.push(format!("a second comment stays: {}", trouble.why()));
            }
        }
        if plan.write == Err(Why::Newer) {
            notes.push("a newer run has written it, and it was left as it is".to_owned());
        }
        if plan.shared {
            notes.push(
                "another check of this run writes the same one: give each its own --comment-key"
                    .to_owned(),
            );
        }
        let note = format!("comment: {}", notes.join("; "));
        Ok((!notes.is_empty()).then_some(note))
    }

    fn failed(&self, trouble: &Trouble) -> Brought {
        let said = trouble.said.as_ref();
        if said.is_some_and(|said| said.raw().to_ascii_lowercase().contains("locked")) {
            return Brought::Not(
                "comment: the conversation is locked, and the token may not write there".to_owned(),
            );
        }
        let fork = self.hub.subject.has_few_rights() && trouble.lacks_rights();
        match Brought::failed("comment", trouble) {
            Brought::Not(sentence) if fork => Brought::Not(format!(
                "{sentence}; for changes from forks and from Dependabot a second workflow can write \
                 it, with lockgate publish"
            )),
            brought => brought,
        }
    }
}

/// Some time before a moment, both as the API writes them.
fn before(moment: &str) -> Option<String> {
    let moment: Timestamp = moment.parse().ok()?;
    let earlier = moment.checked_sub(RACE).ok()?;
    Some(earlier.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
