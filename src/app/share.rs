//! A check that is divided among several jobs: what there is to divide, and what falls to this job.

use super::case::Case;
use super::check;
use super::own;
use super::request::{Delivery, Kind, Request};
use super::tools::{self, Wanted};
use crate::bundle::{Draft, Shard};
use crate::edge::git::{Commit, Repository};
use crate::error::{Error, verdict_code};
use crate::ingest::{self, Expected};
use crate::invoke::{Files, RECIPES};
use crate::model::{RepoPath, Run, ScannerId, Verdict};
use crate::policy::Policy;
use crate::report::console;
use crate::shard::{Number, Plan, Task, Unit, plan};
use std::collections::{BTreeMap, BTreeSet};

/// How much longer a tool runs than a report is read.
const TOOL: u64 = 10;

/// What falls to this job.
pub enum Share {
    /// Everything.
    Whole,
    /// One share of a plan.
    Part(Plan, Number),
}

impl Share {
    /// The share that the user asks for.
    ///
    /// # Errors
    /// There are not so many, which is a mistake in the workflow: the numbers come from the plan.
    pub fn of(
        request: &Request,
        policy: &Policy,
        repository: Option<&Repository>,
    ) -> Result<Self, Error> {
        let Some(number) = request.shard else {
            return Ok(Self::Whole);
        };
        let plan = plan(tasks(request, policy, repository), number.of);
        if plan.of() != number.of {
            let text = format!(
                "there is work for {} shards only, not for {}",
                plan.of(),
                number.of
            );
            return Err(Error::usage(text)
                .hint("take the numbers from lockgate plan with the same options"));
        }
        Ok(Self::Part(plan, number))
    }

    /// Whether a unit is this job's.
    pub fn holds(&self, unit: &Unit) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(plan, number) => plan.holds(*number, unit),
        }
    }

    /// Whether everything of a scanner is this job's.
    pub fn has(&self, scanner: &ScannerId) -> bool {
        self.holds(&Unit::Scanner(scanner.clone()))
    }

    /// What a bundle says of it.
    pub fn shard(&self) -> Option<Shard> {
        match self {
            Self::Whole => None,
            Self::Part(plan, number) => Some(Shard {
                number: number.number,
                of: number.of,
                plan: plan.digest.clone(),
            }),
        }
    }
}

/// What a report belongs to.
pub fn unit(expected: Option<&Expected>, name: &str) -> Unit {
    match expected {
        Some(expected) => Unit::Scanner(expected.scanner.clone()),
        None => Unit::Report(name.into()),
    }
}

/// Everything that a check with these options does. It depends on the command line, the policy and
/// the commit alone: what lies about on one machine, such as reports that are there already, must not
/// give that job another plan than the others have.
pub fn tasks(request: &Request, policy: &Policy, repository: Option<&Repository>) -> Vec<Task> {
    let mut weights: BTreeMap<Unit, u64> = BTreeMap::new();
    for report in &request.reports {
        let unit = unit(report.expected.as_ref(), &report.name);
        *weights.entry(unit).or_default() += 1;
    }
    for (scanner, rule) in &policy.scanners {
        if !rule.reports.is_empty() {
            let unit = Unit::Scanner(scanner.clone());
            *weights.entry(unit).or_default() += rule.reports.len() as u64;
        }
    }
    for id in ScannerId::OWN.map(ScannerId::literal) {
        if own::wanted(&id, request, policy) != Wanted::No {
            *weights.entry(Unit::Scanner(id)).or_default() += TOOL;
        }
    }
    let wanted = |scanner: &ScannerId| tools::wanted(scanner, policy, &request.run) != Wanted::No;
    let ids: Vec<_> = RECIPES
        .iter()
        .map(|recipe| (recipe, recipe.id()))
        .filter(|(_, id)| wanted(id))
        .collect();
    if ids.is_empty() {
        return finish(weights);
    }
    let head = repository.and_then(Repository::head);
    let paths = head.as_ref().map(Commit::list);
    let read = |path: &RepoPath| ingest::text(&head.as_ref()?.read(path)?);
    let files = paths
        .as_ref()
        .map(|paths: &BTreeSet<RepoPath>| Files::new(paths, &read));
    for (recipe, id) in ids {
        let count = files
            .as_ref()
            .map_or(1, |files| (recipe.plan)(files).len() as u64);
        *weights.entry(Unit::Scanner(id)).or_default() += TOOL * count;
    }
    finish(weights)
}

fn finish(weights: BTreeMap<Unit, u64>) -> Vec<Task> {
    let tasks = weights.into_iter();
    tasks.map(|(unit, weight)| Task { unit, weight }).collect()
}

/// Gathers the evidence of one share; returns the exit code. Nothing is decided, and nobody is told but
/// the job that merges.
pub fn check(request: &Request, number: Number, delivery: &Delivery) -> Result<u8, Error> {
    let bundles = delivery.outputs.iter().filter(|o| o.kind == Kind::Bundle);
    if bundles.count() != 1 || delivery.outputs.len() != 1 {
        return Err(Error::usage("a shard writes a bundle and nothing else")
            .hint("write --output bundle=PATH, and give the other outputs to lockgate merge"));
    }
    check::prepare(delivery)?;
    let case = Case::gather(request)?;
    let draft = Draft::new(&case.part, &case.evidence, &case.context);
    for output in &delivery.outputs {
        output.destination.write(&|out| match &draft {
            Ok(draft) => draft.finish_share(out),
            Err(e) => Err(std::io::Error::other(e.to_string())),
        })?;
    }
    let mut runs: Vec<Run> = case.evidence.runs.into_iter().map(|w| w.run).collect();
    runs.sort_by(|a, b| (&a.scanner, &a.report).cmp(&(&b.scanner, &b.report)));
    let missing = |run: &Run| {
        let worked = run.health.work().is_some();
        !worked && !run.health.is_excused()
    };
    if !delivery.quiet {
        check::show(delivery, &|colour| {
            console::share(&runs, number.number, number.of, colour)
        });
    }
    Ok(match runs.iter().any(missing) {
        true => verdict_code(Verdict::Incomplete),
        false => 0,
    })
}
