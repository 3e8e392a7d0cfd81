//! What is brought to GitHub when the verdict stands. Nothing here can change the verdict: what is
//! not brought is told in a sentence.

pub mod alerts;
mod comment;
mod status;
mod tracking;
mod upload;

use super::request::Delivery;
use crate::cli::{Github, Wish};
use crate::edge::events::{self, Place};
use crate::edge::github::{Client, Token};
use crate::escape;
use crate::event::{Delivery as What, Due, Occasion, Subject};
use crate::github::{Repository, Server, Trouble, comments};
use crate::model::{Assessment, Event};
use std::time::Duration;

/// A run of a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Run {
    /// Grows from run to run of a repository.
    pub id: u64,
    /// Counted from 1; grows when a run is started again.
    pub attempt: u64,
}

/// The connection to GitHub, and what this run is about there.
pub struct Hub {
    /// Carries requests.
    pub client: Client,
    /// The repository that the workflow runs in.
    pub repository: Repository,
    /// What the event is about.
    pub subject: Subject,
    /// Why the check runs.
    pub event: Event,
    /// This run.
    pub run: Run,
    /// Tells several gates of one repository apart; empty by default.
    pub key: String,
    /// What has to be said of the verdict where it is told.
    pub remarks: Remarks,
}

/// Sentences of ours about where the evidence comes from.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    /// One sentence or two each.
    pub lines: Vec<String>,
    /// Somebody has to know, even if the verdict alone were no news.
    pub urgent: bool,
}

impl Hub {
    /// What the addresses of all runs begin with.
    pub fn runs(&self) -> String {
        let page = self.run_page();
        let digits = |c: char| c.is_ascii_digit();
        page.trim_end_matches(digits).to_owned()
    }

    /// The name of our token; an Enterprise Server answers that at another address, where the token
    /// does not go.
    pub fn login(&self) -> Option<String> {
        if !self.client.server().prefix().is_empty() {
            return None;
        }
        let answer = self.client.send(&comments::viewer()).ok()?;
        comments::login(&answer)
    }

    /// The page of this run, for people.
    pub fn run_page(&self) -> String {
        format!(
            "{}/{}/actions/runs/{}",
            self.client.server().web(),
            self.repository.full_name(),
            self.run.id
        )
    }
}

/// What became of one thing that was to be brought to GitHub.
#[derive(Debug)]
pub enum Brought {
    /// It is there; with what a person may want to know about it.
    Done(Option<String>),
    /// It is not there. The sentence is fit for a terminal.
    Not(String),
    /// There was nothing to do: no pull request, no schedule.
    Nothing,
}

impl Brought {
    /// Not there, because of what came between.
    pub fn failed(what: &str, trouble: &Trouble) -> Self {
        let words = match &trouble.said {
            Some(said) => format!(" ({})", escape::terminal(said)),
            None => String::new(),
        };
        let server = match &trouble.enterprise {
            Some(version) => format!(
                ", by GitHub Enterprise Server {}",
                escape::terminal(version)
            ),
            None => String::new(),
        };
        Self::Not(format!("{what}: {}{words}{server}", trouble.why()))
    }
}

/// What was brought, told in sentences.
#[derive(Debug, Default)]
pub struct Told {
    /// Fit for a terminal and for Markdown's plain text after escaping; no line breaks.
    pub notes: Vec<String>,
    /// Why something that was required is not there.
    pub failed: Vec<String>,
}

/// One thing that can be brought.
type Step = fn(&Hub, &Assessment) -> Brought;

/// Brings the verdict to GitHub: comment, code scanning, status, tracking issue.
pub fn bring(assessment: &Assessment, delivery: &Delivery) -> Told {
    let options = &delivery.hub;
    let mut told = Told::default();
    let occasion = events::surroundings().map(|words| Occasion::of(assessment.event, &words));
    let wish = |what, wish| wished(occasion, what, wish);
    let mut steps: Vec<(Wish, Step)> = vec![
        (
            wish(What::Comment, options.comment),
            comment::step(options.comment),
        ),
        (wish(What::Upload, options.upload), upload::bring),
        (
            wish(What::Tracking, options.tracking_issue),
            tracking::bring,
        ),
    ];
    let status = status::step(options.status);
    steps.extend(status.map(|(due, step)| (wish(What::Status, due), step)));
    steps.retain(|(wish, _)| *wish != Wish::Off);
    if steps.is_empty() {
        return told;
    }
    let required = steps.iter().any(|(wish, _)| *wish == Wish::Required);
    let hub = match open(options, assessment.event, required) {
        Ok(Some(hub)) => hub,
        Ok(None) => return told,
        Err(sentence) => {
            told.failed.extend(required.then(|| sentence.clone()));
            told.notes.push(sentence);
            return told;
        }
    };
    carry(&hub, steps, assessment, &mut told);
    told
}

fn carry(hub: &Hub, steps: Vec<(Wish, Step)>, assessment: &Assessment, told: &mut Told) {
    for (wish, step) in steps {
        match step(hub, assessment) {
            Brought::Done(note) => told.notes.extend(note),
            Brought::Nothing => {}
            Brought::Not(sentence) => {
                let required = wish == Wish::Required;
                told.failed.extend(required.then(|| sentence.clone()));
                told.notes.push(sentence);
            }
        }
    }
}

/// Brings the verdict on somebody else's evidence: the comment, and to code scanning only what is
/// asked for. No status, which would be the word of whoever wrote the change.
pub fn publish(hub: &Hub, assessment: &Assessment, delivery: &Delivery) -> Told {
    let options = &delivery.hub;
    let mut told = Told::default();
    let mut steps: Vec<(Wish, Step)> = vec![(options.comment, comment::step(options.comment))];
    if options.upload == Wish::Required {
        steps.push((options.upload, upload::publish));
    }
    steps.retain(|(wish, _)| *wish != Wish::Off);
    carry(hub, steps, assessment, &mut told);
    told
}

/// What remains of a wish on this occasion. Outside of Actions there is none; whoever requires
/// something there is told so.
fn wished(occasion: Option<Occasion>, what: What, wish: Wish) -> Wish {
    match occasion.map(|occasion| occasion.due(what)) {
        Some(Due::Never) => Wish::Off,
        Some(Due::Asked) if wish == Wish::Auto => Wish::Off,
        None if wish == Wish::Auto => Wish::Off,
        _ => wish,
    }
}

/// Finds out where to bring it. Outside of Actions nothing is brought, whatever token the machine
/// may have, unless it is required.
///
/// # Errors
/// With a sentence, when it cannot be brought.
pub fn open(options: &Github, event: Event, required: bool) -> Result<Option<Hub>, String> {
    if events::surroundings().is_none() {
        return match required {
            true => Err("nothing is brought to GitHub outside of GitHub Actions".to_owned()),
            false => Ok(None),
        };
    }
    let time = Duration::from_secs(options.api_time);
    let key = options.comment_key.clone().unwrap_or_default();
    connect(time, event, key)
        .map(Some)
        .map_err(|why| format!("nothing was brought to GitHub: {why}"))
}

/// Gets ready to talk to GitHub for at most `time`.
///
/// # Errors
/// With a clause, when that is not possible.
pub fn connect(time: Duration, event: Event, key: String) -> Result<Hub, String> {
    let Some(surroundings) = events::surroundings() else {
        return Err("this is no run of GitHub Actions".to_owned());
    };
    let place = Place::of_environment();
    let Some(token) = Token::from_environment() else {
        return Err("there is no token in LOCKGATE_TOKEN or GITHUB_TOKEN".to_owned());
    };
    let server = match (&place.api, &place.web) {
        (Some(api), Some(web)) => Server::new(api, web).map_err(|why| {
            format!("of the addresses GITHUB_API_URL and GITHUB_SERVER_URL, {why}")
        })?,
        _ => Server::github_com(),
    };
    let repository = place.repository.as_deref().and_then(Repository::parse);
    let Some(repository) = repository else {
        return Err("GITHUB_REPOSITORY names no repository".to_owned());
    };
    let client = Client::new(&server, token, time).map_err(|e| e.to_string())?;
    Ok(Hub {
        client,
        repository,
        subject: Subject::read(&surroundings),
        event,
        run: Run {
            id: place.run.unwrap_or_default(),
            attempt: place.attempt.unwrap_or(1),
        },
        key,
        remarks: Remarks::default(),
    })
}
