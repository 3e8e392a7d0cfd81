//! The tracking issue of scheduled scans.

use super::{Brought, Hub};
use crate::github::issues::{self, Become, Issue};
use crate::github::{Request, Trouble};
use crate::model::{Assessment, Foreign as _, Untrusted};
use crate::report::comment::Page;
use crate::sticky::{self, Comment, Identity, Marker, Ours, Plan, Stamp, Why};
use crate::tracking::{self, Action, LABEL, Left, Matters, Memory, Recalled, Text};

/// Opens, rewrites, closes the issue, as the scan asks for.
pub fn bring(hub: &Hub, assessment: &Assessment) -> Brought {
    let mut delivery = Delivery {
        hub,
        identity: Identity::of_workflows(),
        assessment,
        matters: Matters::of(assessment),
        page: page(hub),
    };
    delivery
        .deliver()
        .unwrap_or_else(|trouble| Brought::failed("the tracking issue was not written", &trouble))
}

fn page(hub: &Hub) -> Page {
    let commit = hub.subject.commit.as_ref();
    Page {
        web: hub.client.server().web().to_owned(),
        repository: hub.repository.full_name(),
        commit: commit.map(|id| id.as_str().to_owned()),
        run: Some(hub.run_page()),
        key: hub.key.clone(),
        room: tracking::MOST_UNITS,
        remarks: Vec::new(),
    }
}

struct Delivery<'a> {
    hub: &'a Hub,
    /// Under which name we write.
    identity: Identity,
    assessment: &'a Assessment,
    matters: Matters<'a>,
    page: Page,
}

impl Delivery<'_> {
    fn deliver(&mut self) -> Result<Brought, Trouble> {
        let issues = self.list()?;
        let comments: Vec<Comment> = issues.iter().map(Issue::comment).collect();
        // Only where somebody else has our marker does it matter who we are.
        if self.oldest(&issues).is_none()
            && sticky::is_claimed(&comments, &self.identity, &self.page.key)
        {
            match self.hub.login() {
                Some(login) => self.identity = Identity::named(&login),
                None => return Ok(Brought::Not(UNNAMED.to_owned())),
            }
        }
        let oldest = self.oldest(&issues);
        let left = oldest.map(left);
        let action = tracking::decide(left.as_ref(), &self.matters.remembered());
        let anew = left.as_ref().is_some_and(|left| left.memory.is_none());
        let text = self.text(left.and_then(|left| left.memory), anew);
        let plan = self.plan(&issues, &self.marker(&text));
        self.close_needless(oldest, &plan)?;
        let note = |text: &str| Ok(Brought::Done(Some(text.to_owned())));
        match plan.write {
            Err(Why::Newer) => {
                return note("the tracking issue is left as a later scan has written it");
            }
            Err(Why::Worse) => return note(SHARED),
            Err(Why::Same) if action == Action::Rewrite => return Ok(Brought::Nothing),
            Err(Why::Same | Why::Silent) | Ok(_) => {}
        }
        let body = sticky::body(&self.marker(&text), &text);
        let become_ = match action {
            Action::Leave => return Ok(Brought::Nothing),
            Action::Open => return self.open(&body),
            Action::Rewrite => Become::Same,
            Action::Close => Become::Done,
            Action::Reopen => Become::Open,
        };
        let Some(issue) = oldest else {
            return Ok(Brought::Nothing);
        };
        let repository = &self.hub.repository;
        let request = issues::update(repository, issue.number, &body, become_);
        self.hub.client.send(&request)?;
        let closed = issue.state != "open";
        Ok(self.done(
            issue.number,
            match action {
                Action::Close => "closed, nothing is left",
                Action::Reopen => "opened again",
                _ if closed => "left closed, nothing new has come since somebody closed it",
                _ => "brought up to date",
            },
        ))
    }

    fn done(&self, number: u64, what: &str) -> Brought {
        let Page {
            web, repository, ..
        } = &self.page;
        let text = format!("tracking issue {what}: {web}/{repository}/issues/{number}");
        Brought::Done(Some(text))
    }

    /// The issues with our label that are no pull requests.
    fn list(&self) -> Result<Vec<Issue>, Trouble> {
        let request = issues::list(&self.hub.repository, LABEL);
        let mut found = Vec::new();
        for page in self.hub.client.pages(&request)? {
            found.extend(issues::read_page(&request, &page)?);
        }
        found.retain(|issue| !issue.is_pull_request());
        Ok(found)
    }

    /// The one that counts: the oldest that is ours.
    fn oldest<'i>(&self, issues: &'i [Issue]) -> Option<&'i Issue> {
        let ours = issues.iter().filter(|issue| {
            let comment = issue.comment();
            let marker = Marker::split(comment.body.raw()).map(|(marker, _)| marker);
            marker.is_some_and(|marker| marker.key == self.page.key)
                && self.identity.wrote(&comment.author)
        });
        ours.min_by_key(|issue| issue.number)
    }

    fn marker(&self, text: &str) -> Marker {
        Marker {
            key: self.page.key.clone(),
            verdict: self.assessment.verdict,
            head: self.page.commit.clone().unwrap_or_default(),
            stamp: Stamp {
                run: self.hub.run.id,
                attempt: self.hub.run.attempt,
            },
            digest: sticky::digest(text, &self.hub.runs()),
        }
    }

    /// The same decision as for comments: which is kept, whose word counts, what goes.
    fn plan(&self, issues: &[Issue], marker: &Marker) -> Plan {
        let comments: Vec<Comment> = issues.iter().map(Issue::comment).collect();
        let ours = Ours {
            marker,
            runs: &self.hub.runs(),
            speak: true,
        };
        sticky::decide(&comments, &self.identity, &ours)
    }

    fn text(&self, memory: Option<Memory>, anew: bool) -> String {
        let reference = self.hub.subject.reference.as_deref();
        let branch = reference.and_then(|name| name.strip_prefix("refs/heads/"));
        tracking::body(&Text {
            assessment: self.assessment,
            matters: &self.matters,
            page: &self.page,
            branch: branch.map(Untrusted::from).as_ref(),
            memory: &tracking::remember(memory, self.assessment, &self.matters),
            anew,
        })
    }

    /// Two scans at the same time may have opened two: the oldest stays, the others lose their mark.
    fn close_needless(&self, kept: Option<&Issue>, plan: &Plan) -> Result<(), Trouble> {
        let Some(kept) = kept else {
            return Ok(());
        };
        let text = format!(
            "This is told in #{}. Two scans had opened an issue at the same time.\n",
            kept.number
        );
        for number in &plan.remove {
            let repository = &self.hub.repository;
            let request = issues::update(repository, *number, &text, Become::Needless);
            self.hub.client.send(&request)?;
        }
        Ok(())
    }

    fn open(&mut self, body: &str) -> Result<Brought, Trouble> {
        let title = tracking::title(&self.page.key);
        let request = issues::create(&self.hub.repository, &title, body, &tracking::LABELS);
        let Some(opened) = self.create(&request)? else {
            return Ok(Brought::Not(format!(
                "the tracking issue was opened without its label `{LABEL}`, by which the next scan \
                 finds it: make the label, and put it on the issue"
            )));
        };
        // Another scan may have done the same.
        let issues = self.list()?;
        let kept = self.oldest(&issues);
        if let Some((marker, _)) = Marker::split(body) {
            self.close_needless(kept, &self.plan(&issues, &marker))?;
        }
        // The list may lag behind what was written.
        let number = kept.map_or(opened, |kept| kept.number);
        Ok(self.done(number, "opened"))
    }

    /// Sends the request; `None` when the issue has no label. One that was lost on the way may have
    /// been carried out, which the list shows.
    fn create(&mut self, request: &Request) -> Result<Option<u64>, Trouble> {
        match self.hub.client.send(request) {
            Ok(answer) => {
                let issue: Issue = answer.json(request)?;
                self.identity = Identity::of(&issue.comment().author);
                Ok(issue.has_label(LABEL).then_some(issue.number))
            }
            Err(trouble) if trouble.may_be_done() => {
                let issues = self.list()?;
                let found = self.oldest(&issues).map(|issue| issue.number);
                found.map(Some).ok_or(trouble)
            }
            Err(trouble) => Err(trouble),
        }
    }
}

const UNNAMED: &str = "the tracking issue was not written: another account has opened one with \
     lockgate's mark, and nobody says whether the token is that account's; where it is not, take the label \
     `lockgate` off that issue";

const SHARED: &str = "the tracking issue is left as another job of this run has written it, with a worse \
     verdict: give each of them a key of its own (--comment-key)";

fn left(issue: &Issue) -> Left {
    Left {
        open: issue.state == "open",
        memory: match Memory::read(&issue.body()) {
            Recalled::Known(memory) => Some(memory),
            Recalled::Damaged => None,
        },
    }
}
