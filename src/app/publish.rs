//! `lockgate publish`: tells on a pull request what its own run has gathered.
//!
//! The run of a pull request from a fork may write nothing, so it leaves a bundle; this job follows it
//! on the default branch, with rights. Everything in the bundle was written by the change's author:
//! nothing of it is run or opened, no path in it leads anywhere, and which pull request it is about is
//! asked of GitHub. What is said here is news; what blocks the merge is the other run's own check.

use super::authority;
use super::case::colour;
use super::check;
use super::github::{self, Hub, Told};
use super::request::{Delivery, Request, delivery, request};
use super::shelf::{self, Places};
use super::{baseline, policy};
use super::{kept, news};
use crate::assess::assess;
use crate::bundle::{self, Bundle};
use crate::cli::{Publish, Status, Wish};
use crate::edge::clock;
use crate::edge::events;
use crate::edge::foreign;
use crate::edge::git::{Commit, Repository};
use crate::edge::terminal::Stream;
use crate::error::{Error, ErrorKind};
use crate::event::{Finished, Id, Subject};
use crate::github::pulls::{self, Pull};
use crate::github::{Request as Question, Trouble};
use crate::model::{
    Assessment, Authority, Base, Baseline, Context, Event, Foreign as _, PolicyOrigin, Revision,
    Verdict,
};
use crate::policy::Policy;

/// More than the attempts that GitHub allows of one run (docs.github.com, "Re-running workflows and
/// jobs": 50 times).
const MOST_ATTEMPTS: u64 = 100;

/// Publishes; returns the exit code.
pub fn run(args: Publish) -> Result<u8, Error> {
    let request = request(&args.check.input, "publish BUNDLE --root", args.check.color)?;
    let delivery = asked(&request, args.check)?;
    let finished = finished()?;
    if finished.event.raw() != "pull_request" {
        let text =
            "the run that this one follows was not of a pull request, so there is nothing to tell";
        return Ok(over(&delivery, text));
    }
    let bundle = open(&args.bundle)?;
    fits(&bundle, &finished)?;
    check::prepare(&delivery)?;

    let mut hub = match connect(&delivery) {
        Ok(hub) => hub,
        Err(why) => return Ok(untold(&delivery, &why)),
    };
    let claimed = bundle
        .context
        .base
        .change()
        .map(|change| change.base.id.as_str());
    let pull = match find(&hub, &finished, claimed) {
        Ok(pull) => pull,
        Err(None) => {
            let text = "no open pull request ends at the commit of that run any more, so there is nothing to tell";
            return Ok(over(&delivery, text));
        }
        Err(Some(why)) => return Ok(untold(&delivery, &why)),
    };
    let repository = Repository::open(&request.root);
    let Some(target) = target(&hub.subject, repository.as_ref(), &pull) else {
        let why = "the branch that the pull request is to be merged into is not in this checkout, so \
                   that its policy is unknown: give actions/checkout the setting fetch-depth: 0";
        return Ok(untold(&delivery, why));
    };
    let assessment = judge(bundle, &request, target, &pull)?;
    aim(&mut hub, &finished, &pull, &assessment);
    let told = github::publish(&hub, &assessment, &delivery);
    Ok(news::tell(&assessment, &hub.remarks, &told, &delivery))
}

/// What is asked for, where it makes sense.
fn asked(request: &Request, check: crate::cli::Check) -> Result<Delivery, Error> {
    if !request.reports.is_empty() || request.run.all || !request.run.named.is_empty() {
        return Err(Error::usage("publish reads no reports and runs no tools")
            .hint("it tells what the bundle of another run holds"));
    }
    let delivery = delivery(check)?;
    if delivery.hub.status != Status::Off {
        return Err(Error::usage(
            "publish sets no status: the evidence is the word of whoever wrote the change",
        )
        .hint("require the check of the pull request's own run"));
    }
    Ok(delivery)
}

/// The run that this one follows.
fn finished() -> Result<Finished, Error> {
    let surroundings = events::surroundings().filter(|s| s.name == "workflow_run");
    surroundings
        .and_then(|surroundings| Subject::read(&surroundings).follows)
        .ok_or_else(|| {
            Error::usage("publish belongs into a workflow that runs on workflow_run")
                .hint("on: { workflow_run: { workflows: [NAME], types: [completed] } }")
        })
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Evidence, format!("the bundle is refused: {why}"))
}

fn open(path: &std::path::Path) -> Result<Bundle, Error> {
    let shown = path.display().to_string();
    let bytes = foreign::read(path).map_err(|why| refused(&why).detail(shown.as_str()))?;
    bundle::read(&bytes, &super::bundles::home).map_err(|bad| {
        let error = refused(&bad.text);
        error.detail(bad.detail.unwrap_or_else(|| shown.into()))
    })
}

/// Whether a bundle is a whole one, and of the commit of the run that it is said to come from.
fn fits(bundle: &Bundle, finished: &Finished) -> Result<(), Error> {
    let Some(part) = &bundle.part else {
        return Err(refused("it does not say which commit it is about"));
    };
    if part.shard.is_some() {
        return Err(refused("it is one shard of a check").hint(
            "merge the shards in the pull request's own run: lockgate merge --output bundle=PATH",
        ));
    }
    if part.head.as_deref() != Some(finished.head.as_str()) {
        return Err(refused(
            "it is about another commit than the run that it is said to come from",
        ));
    }
    Ok(())
}

/// GitHub, as the job's token sees it.
fn connect(delivery: &Delivery) -> Result<Hub, String> {
    let required = [delivery.hub.comment, delivery.hub.upload].contains(&Wish::Required);
    match github::open(&delivery.hub, Event::PullRequest, required)? {
        Some(hub) => Ok(hub),
        None => Err("nothing was brought to GitHub".to_owned()),
    }
}

/// The pull request that the run was about, by GitHub's word alone. `claimed` is what the bundle says
/// of the target; it only helps to choose between several that fit.
///
/// # Errors
/// `None` when there is none, else a sentence.
fn find(hub: &Hub, finished: &Finished, claimed: Option<&str>) -> Result<Pull, Option<String>> {
    let commit = finished.head.as_str();
    let ask = |question: &Question| -> Result<Vec<Pull>, Trouble> {
        let answer = hub.client.send(question)?;
        pulls::fitting(&answer, question, &hub.repository, commit)
    };
    let failed = |trouble: Trouble| Some(trouble.why());
    let mut found = ask(&pulls::of_commit(&hub.repository, commit)).map_err(failed)?;
    if found.is_empty()
        && let (Some(from), Some(branch)) = (&finished.repository, &finished.branch)
        && let Some((owner, _)) = from.raw().split_once('/')
    {
        let question = pulls::of_branch(&hub.repository, owner, branch.name().raw());
        found = ask(&question).map_err(failed)?;
    }
    // Anybody can open one that ends at somebody else's commit; GitHub names the run's own branch.
    if found.len() > 1
        && let (Some(from), Some(branch)) = (&finished.repository, &finished.branch)
    {
        found.retain(|pull| pull.comes_from(from, &branch.name()));
    }
    if found.len() > 1 {
        found.retain(|pull| Some(pull.into_commit()) == claimed);
    }
    match <[Pull; 1]>::try_from(found) {
        Ok([pull]) => Ok(pull),
        Err(none) if none.is_empty() => Err(None),
        Err(_) => Err(Some(
            "several open pull requests end at that commit, so nobody can say which one it is about"
                .to_owned(),
        )),
    }
}

/// The state of the branch that the pull request is to be merged into: what is checked out, if it is
/// that branch, else the commit that GitHub names.
fn target<'r>(
    subject: &Subject,
    repository: Option<&'r Repository>,
    pull: &Pull,
) -> Option<Commit<'r>> {
    let repository = repository?;
    let head = repository.head()?;
    let branch = format!("refs/heads/{}", pull.into_branch());
    let here = subject.reference.as_deref() == Some(branch.as_str())
        && subject.commit.as_ref().map(Id::as_str) == Some(head.id().as_str());
    match here {
        true => Some(head),
        false => repository.commit_of(Id::parse(pull.into_commit())?.as_str()),
    }
}

/// Judges the evidence anew, by what the target branch says.
fn judge(
    bundle: Bundle,
    request: &Request,
    target: Commit<'_>,
    pull: &Pull,
) -> Result<Assessment, Error> {
    let revision = Revision {
        name: pull.into_name(),
        id: target.id(),
    };
    let (policy, origin) = rules(request, target, revision.clone())?;
    let baseline = known(request, &policy, target)?;
    let claimed = bundle.context;
    let base = match claimed.base {
        // Its lines are the other run's word, its name is not.
        Base::Known(mut change) => {
            change.base.name = revision.name;
            Base::Known(change)
        }
        base => base,
    };
    let context = Context {
        prefix: claimed.prefix,
        base,
        event: Event::PullRequest,
        baseline,
        authority: Authority {
            origin,
            errors: Vec::new(),
        },
        policy_changes: claimed.policy_changes,
        ..Context::at(request.as_of.unwrap_or_else(clock::now))
    };
    Ok(assess(bundle.evidence, &policy, &context))
}

fn rules(
    request: &Request,
    target: Commit<'_>,
    revision: Revision,
) -> Result<(Policy, PolicyOrigin), Error> {
    let named = request.policy.as_deref();
    let colour = colour(request.color, Stream::Err);
    if named.is_some_and(|name| name.starts_with("lockgate:")) {
        let policy = policy::load(named, &request.root, colour)?;
        return Ok((policy, PolicyOrigin::Given));
    }
    let places = Places::of(named, &request.root);
    match authority::of_commit(target, revision, &places, colour)? {
        // The command line names a file that this job itself has put there.
        Some((_, PolicyOrigin::Default(_))) if named.is_some() => {
            let policy = policy::load(named, &request.root, colour)?;
            Ok((policy, PolicyOrigin::Given))
        }
        Some(found) => Ok(found),
        None => Err(Error::new(
            ErrorKind::Policy,
            "the policy of the target branch cannot be read from this checkout",
        )
        .hint("give actions/checkout the setting fetch-depth: 0 and no filter")),
    }
}

/// The baseline of the target branch.
fn known(
    request: &Request,
    policy: &Policy,
    target: Commit<'_>,
) -> Result<Option<Baseline>, Error> {
    let Some(places) = kept::places(request, policy) else {
        return Ok(None);
    };
    let found = shelf::find(&shelf::Shelf::Commit(target), &places).map_err(kept::unusable)?;
    found
        .map(|found| baseline::parse(&found.name, &found.text))
        .transpose()
}

/// Makes everything go to the pull request, in the name of the run that gathered the evidence: news of
/// an older run must not replace those of a newer one.
fn aim(hub: &mut Hub, finished: &Finished, pull: &Pull, assessment: &Assessment) {
    hub.run = github::Run {
        id: finished.id,
        // Started again, this job speaks anew of the same run.
        attempt: finished
            .attempt
            .saturating_mul(MOST_ATTEMPTS)
            .saturating_add(hub.run.attempt.min(MOST_ATTEMPTS - 1)),
    };
    hub.subject.number = Some(pull.number);
    hub.subject.head = Some(finished.head.clone());
    hub.subject.commit = Some(finished.head.clone());
    hub.subject.reference = Some(format!("refs/pull/{}/head", pull.number));
    let success = finished.conclusion.as_ref().map(|word| word.raw()) == Some("success");
    let passes = matches!(assessment.verdict, Verdict::Pass | Verdict::Warn);
    hub.remarks.lines.push(
        "This is what the pull request's own run has gathered, judged by the policy of the target \
         branch. Whoever wrote the change could alter that run; its own check is what blocks."
            .to_owned(),
    );
    let contradiction = match (success, passes) {
        (true, false) => Some(
            "That run ended with success, although this evidence does not pass: look at what it did \
             before this is merged.",
        ),
        (false, true) => Some(
            "That run did not end with success, although this evidence passes: something failed \
             there that the evidence does not tell of.",
        ),
        _ => None,
    };
    hub.remarks.urgent = contradiction.is_some();
    hub.remarks.lines.extend(contradiction.map(str::to_owned));
}

/// Ends where there is nothing to tell, which is no failure.
fn over(delivery: &Delivery, text: &str) -> u8 {
    news::say(delivery, text);
    0
}

/// Ends where it could not be told.
fn untold(delivery: &Delivery, why: &str) -> u8 {
    let required = [delivery.hub.comment, delivery.hub.upload].contains(&Wish::Required);
    let told = Told {
        notes: vec![why.to_owned()],
        failed: required.then(|| why.to_owned()).into_iter().collect(),
    };
    news::say(delivery, why);
    news::brought(&told)
}
